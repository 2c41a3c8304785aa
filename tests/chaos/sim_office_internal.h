/* Private to sim_office*.c. */
#pragma once

#include "desk/desk_internal.h"
#include "desk/desk_sync.h"
#include "sim_link.h"
#include "sim_office.h"

#define SIM_OFFICE_FOCUS 3
#define SIM_OFFICE_HOME 256

/* What is known of one operation outside of the disk. */
struct sim_office_op {
    uint8_t op_id[UUID_SIZE];
    bool acknowledged; /* the person was told that it is kept */
    bool may_go;       /* the person has put it aside, or the home was restored from before it */
    bool present;      /* in the outbox, when it was last looked at */
    Concert__Result__Status status; /* the last answer; 0: none */
    uint32_t restores;              /* of the server's, when that answer was first seen */
};

/* What a write that is under way would leave. */
struct sim_office_attempt {
    struct sim_office_attempt *next;
    uint8_t id[UUID_SIZE];
    uint8_t *shown;
    size_t shown_size;
};

struct sim_office {
    struct sim_office_place place;
    uint32_t index;
    struct sim_process process;
    struct sim_office_weather weather;
    struct sim_office_counts counts;
    char home[SIM_OFFICE_HOME];
    struct sim_disk_folder *folder;
    struct sim_disk_copy *backup;
    struct sim_link_end end;
    struct desk *desk;      /* NULL: no process runs */
    struct desk_sync *sync; /* NULL: none under way */
    struct desk *editor;    /* another process, in which the person has had the plan before its eyes
                               for a while; NULL: there is none */
    uint64_t deadline;      /* of the sync: an event */
    uint64_t act;           /* the person's next: an event */
    bool slow;              /* its line: pages are small */
    bool calm, bad;
    bool in_doubt;     /* a write was cut short: what it wrote may be in the outbox */
    bool restored;     /* from a backup, and not looked at since */
    uint32_t restores; /* of the server's, when the last sync began */
    struct sim_office_attempt *attempts;
    struct sim_office_op *ops;
    size_t n_ops, ops_room;
    uint8_t focus[SIM_OFFICE_FOCUS][UUID_SIZE]; /* records written lately */
};

/* --- sim_office.c ------------------------------------------------------------------------------
 */

/* Something promised was not kept: prints it. Always false. */
bool sim_office_fail(struct sim_office *office, const char *what, const uint8_t *op_id);

/* The desk, opened when it is not: NULL when the process died of it, or the home cannot be read. */
struct desk *sim_office_desk(struct sim_office *office);

/* The process is gone, with all that it had under way; with `power` what was not synced goes too.
 */
void sim_office_die(struct sim_office *office, bool power);

/* The process ends by itself. */
void sim_office_close(struct sim_office *office);

/* Dies when the disk says so. True when it did. */
bool sim_office_check_dead(struct sim_office *office);

/* --- sim_office_sync.c -------------------------------------------------------------------------
 */

/* The office's end of the line hands what comes to its sync. */
void sim_office_sync_listen(struct sim_office *office);

/* The sync under way, if any, is forgotten; nothing is written. */
void sim_office_sync_drop(struct sim_office *office);

/* The line is gone: a sync under way ends there. */
void sim_office_sync_cut(struct sim_office *office);

/* --- sim_office_memory.c -----------------------------------------------------------------------
 */

/* Before a write: the record as its author is shown it (NULL: it is being made). */
void sim_office_memory_attempt(
    struct sim_office *office, const uint8_t id[UUID_SIZE], const struct book_entry *entry);

/* The write has returned: `good`, and its operations, from number `first` on, are kept, or it has
 * told that nothing was. `resolution`: they settle a conflict. */
void sim_office_memory_wrote(
    struct sim_office *office, struct replica *replica, bool good, uint64_t first, bool resolution);

/* These leave the outbox by the person's order. */
void sim_office_memory_drop(struct sim_office *office, const uint8_t op_id[UUID_SIZE]);

/* Compares the outbox with what is remembered; `final`: tells the check of all answers. */
bool sim_office_memory_look(struct sim_office *office, struct replica *replica, bool final);

/* Frees what is remembered. */
void sim_office_memory_free(struct sim_office *office);

/* --- sim_office_write.c ------------------------------------------------------------------------
 */

/* The person writes something, or several things at once, by this desk. */
void sim_office_write(struct sim_office *office, struct desk *desk);

/* --- sim_office_settle.c -----------------------------------------------------------------------
 */

/* The person looks at conflicts and refusals, and settles one, if there is any. */
void sim_office_settle(struct sim_office *office, struct desk *desk);

/* --- sim_office_person.c -----------------------------------------------------------------------
 */

/* One act of the person, or of fate. */
void sim_office_person(struct sim_office *office);
