/* Private to sim_store*.c: the database's rows, and the transactions and doors on it. */
#pragma once

#include "idmap.h"
#include "sim_store.h"
#include "store/store_document.h"
#include "store/store_read.h"

#define SIM_STORE_LOG 4096
#define SIM_STORE_DOORS 2
#define SIM_STORE_INVITATIONS 64
#define SIM_STORE_BACKUPS 8

/* One state of a record; a restore goes back to an older one. */
struct state {
    struct store_record record;
    struct state *older;
};

struct backup {
    struct store_head head;
    size_t n_invitations, n_resolutions;
    struct store_invitation invitations[SIM_STORE_INVITATIONS];
    struct store_resolution resolutions[SIM_STORE_INVITATIONS];
};

struct slot {
    uint8_t id[UUID_SIZE];
    struct state *newest; /* NULL: a restore has taken it away */
};

/* A batch at the database: it outlives its connection. Freed when both sides let go of it. */
struct transaction {
    struct transaction *next; /* waiting for the head's row */
    struct sim_store *store;
    struct door *door;
    struct arena *arena;
    struct store_ask ask; /* in the arena */
    struct store_writes writes;
    const struct store_answer *answer;
    bool holds; /* the head's row */
    bool kept;  /* the door still has it: its memory is wanted */
    bool lost;  /* its connection is gone */
    bool ended; /* the database is done with it */
};

/* Which of a door's calls. */
enum call_kind {
    BEGIN,
    COMMIT,
    ROLLBACK,
    PAGE,
    KIND,
    HISTORY,
    FLOOR,
    DOCUMENT,
    QUARANTINED,
    CALL_KINDS
};

union call_cb {
    store_begin_cb *begin;
    store_commit_cb *end;
    store_page_cb *page;
    store_kind_cb *records;
    store_history_cb *history;
    store_floor_cb *floor;
    store_document_cb *document;
    store_quarantined_cb *quarantined;
};

struct call {
    struct call *next;
    struct door *door;
    enum call_kind kind;
    union call_cb cb;
    void *arg;
    const struct kind *of;
    uint64_t since;
    size_t limit;
    bool one;
    uint8_t id[UUID_SIZE];
    enum store_status status;
    struct error error;
    uint64_t event; /* what it waits for in the world's queue; 0: the head's row */
    bool arrived;
    struct arena *arena; /* of a read's answer */
    struct store_page page;
    const struct store_change *changes;
    const struct store_record *records;
    struct store_quarantined quarantined;
    size_t count;
};

/* What a server calls its store. */
struct door {
    struct sim_store *store;
    const struct sim_process *server;
    store_listen_cb *listen;
    void *listen_arg;
    bool up, killed;
    uint64_t connecting;
    uint64_t notified; /* the highest head that a notice on its way tells */
    struct call *calls;
    struct transaction *batch;
};

struct sim_store {
    struct sim_world *world;
    struct sim_process process;
    struct sim_store_weather weather;
    enum sim_store_bad bad;
    struct arena *arena; /* all that was ever committed */
    bool up;
    struct store_head head;
    struct store_change *log; /* the one of seq N is log[N - 1] */
    struct idmap *by_op, *by_id;
    struct slot *slots;
    size_t n_slots;
    const struct store_record **present;
    struct store_invitation invitations[SIM_STORE_INVITATIONS];
    struct store_resolution resolutions[SIM_STORE_INVITATIONS];
    size_t n_invitations, n_resolutions;
    struct backup backups[SIM_STORE_BACKUPS];
    size_t n_backups;
    uint32_t restores;
    struct transaction *holder, *first, **last; /* who has the head's row, who waits for it */
    struct door *doors[SIM_STORE_DOORS];
    void (*committed)(void *arg, const struct store_change *change);
    void *committed_arg;
};

/* --- sim_store.c ------------------------------------------------------------------------------ */

/* The database of the world, for store_open. */
struct sim_store *sim_store_the(void);

/* Takes the log back to what a backup holds. */
void sim_store_back(struct sim_store *store, const struct backup *backup);

/* As arena_alloc and arena_copy; the end of memory is the program's. */
void *sim_store_alloc(struct arena *arena, size_t size);
const void *sim_store_bytes(struct arena *arena, const void *data, size_t size);

/* --- sim_store_rows.c ------------------------------------------------------------------------- */

/* The present row; NULL: none. */
const struct store_record *sim_store_rows_get(const struct sim_store *store, const uint8_t *id);

/* What a batch that asks this is answered now, in the arena. */
const struct store_answer *sim_store_rows_answer(
    const struct sim_store *store, const struct store_ask *ask, struct arena *arena);

/* Writes and commits. False with the error when a constraint refuses it: nothing is written. */
bool sim_store_rows_write(
    struct sim_store *store, const struct store_writes *writes, struct error *error_r);

/* A store_change whose texts and bytes are in the arena. */
struct store_change sim_store_rows_copy(const struct store_change *change, struct arena *arena);

/* A body whose bytes are in the arena; NULL for NULL. */
ProtobufCMessage *sim_store_rows_body(
    const struct kind *kind, const ProtobufCMessage *body, struct arena *arena);

/* --- sim_store_lock.c: transactions ----------------------------------------------------------- */

/* A door's transaction that waits for the head's row, as `ask` (copied). */
struct transaction *sim_store_lock_begin(struct door *door, const struct store_ask *ask);

/* It waits in line; the row is given to whoever is first. */
void sim_store_lock_wait(struct sim_store *store, struct transaction *transaction);

/* The database is done with it: the row goes to the next. */
void sim_store_lock_end(struct transaction *transaction);

/* Its connection is lost: the database ends it, at once or later. `commit`: one was on its way,
 * which may still happen. */
void sim_store_lock_lose(struct transaction *transaction, bool commit);

/* The door is done with it. */
void sim_store_lock_leave(struct transaction *transaction);

/* The database has crashed: all are over. */
void sim_store_lock_crash(struct sim_store *store);

/* --- sim_store_door.c ------------------------------------------------------------------------- */

/* The connections of a door are lost: what is under way is answered unavailable. */
void sim_store_door_lose(struct door *door);

/* Tells the other doors of the head. */
void sim_store_door_notify(struct sim_store *store, const struct door *from);

/* --- sim_store_call.c ------------------------------------------------------------------------- */

/* How long something takes from a server to the database, or back. */
int64_t sim_store_call_delay(const struct door *door);

/* A call sets out; when the door is down it will be answered unavailable. */
struct call *sim_store_call_add(
    struct door *door, enum call_kind kind, void *arg, union call_cb cb);

/* Its answer comes after `delay`. */
void sim_store_call_answer(struct call *call, int64_t delay);

/* Answers it now, with its status, and frees it. */
void sim_store_call_tell(struct call *call);

/* The door lets go of its batch, if it has one. */
void sim_store_call_leave(struct door *door);

/* The transaction has the row now: its call is answered. */
void sim_store_call_granted(struct transaction *transaction);
