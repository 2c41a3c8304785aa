/* Private to desk*.c. */
#pragma once

#include "arena.h"
#include "desk/desk.h"
#include "desk/desk_document.h"
#include "desk/desk_gone.h"
#include "desk/desk_outbox.h"
#include "identity.h"
#include "link/link.h"
#include "replica/replica.h"

#define DESK_PATH_SIZE 4096
#define DESK_ARENA_LIMIT ((size_t)256 << 20)

struct desk {
    char home[DESK_PATH_SIZE];
    char host[256], port[32];
    uint8_t fingerprint[IDENTITY_FINGERPRINT_SIZE]; /* the server's key */
    struct desk_identity identity;
    uint32_t limit_frame, limit_operations; /* as the server last told */
    bool joined;                            /* the server has told who we are */
    bool complete;                          /* the copy has once been whole */
    bool offline;
    bool slow;          /* the line is, its user says */
    int64_t rtt_ms;     /* round trips of the last connections, smoothed */
    int64_t contact;    /* the server's last answer, microseconds since 1970 UTC */
    int64_t contact_at; /* the same, as the copy has it */
    bool packs;         /* the server unpacks requests, as it last told */
    int64_t synced_at;
    int64_t missed_at; /* clock_steady when the server was last out of reach; 0: it was not */
    uint64_t cursor;
    uint64_t log_upto;   /* the log's changes are kept up to here */
    uint64_t log_wanted; /* the newest adoption of a plan: its log is to be read off line too */
    struct replica *replica;
    struct link *link;           /* NULL: none open */
    struct desk_stream *streams; /* of answers that come packed */
    uint64_t requests;           /* numbers given on this link */
    uint64_t hello;              /* number of the hello that is under way; 0: none */
    enum desk_closed closed;     /* what the server last said of this device */
    bool doubt;                  /* an answer says that it may be closed by now */
    bool greeted;                /* the hello of this link has been queued */
    struct book *book;           /* NULL: not loaded */
    struct book *retired;        /* the one before: commands may still print from it */
    struct arena *answer;        /* what the last call handed out */
    struct arena *log;           /* what the last desk_log handed out */
    struct desk_sending sending; /* of documents' files, with the last refresh */
    void (*progress)(void *arg, uint64_t done, uint64_t all);
    void *progress_arg;
};

/* --- desk.c: trouble in the desk's words ------------------------------------------------------ */

/* Notes why, and is false. `detail` may be NULL. */
bool desk_fail(struct desk_why *why_r, enum desk_trouble trouble, const char *detail);

/* Likewise DESK_STORAGE, from errno. */
bool desk_fail_system(struct desk_why *why_r, const char *path);

/* Likewise, when the server answered an error. */
bool desk_fail_error(struct desk_why *why_r, const Concert__Error *error);

/* Likewise, when the copy could not. */
bool desk_fail_replica(struct desk_why *why_r, const struct replica_why *why);

/* Likewise, when the line could not. */
bool desk_fail_link(const struct desk *desk, struct desk_why *why_r, const struct link_why *why);

/* Opens a home whatever its state: NO_HOME only when there is no copy at all. */
struct desk *desk_open_any(const struct desk_options *options, struct desk_why *why_r);

/* A new arena for what a call hands out. NULL with why_r. */
struct arena *desk_arena(struct desk_why *why_r);

/* Keeps the arena until the next call hands out another; the one before is freed. */
void desk_hand_out(struct desk *desk, struct arena *arena);

/* The book is not the copy's picture any more. */
void desk_forget_book(struct desk *desk);

/* --- desk_facts.c: who this home is, kept in the copy ----------------------------------------- */

/* Reads them from the copy. False with why_r. */
bool desk_load_facts(struct desk *desk, struct desk_why *why_r);

/* Writes them into the copy. False with why_r. */
bool desk_store_facts(struct desk *desk, struct desk_why *why_r);

/* Notes that the server has answered, at `now` (microseconds since 1970 UTC). */
void desk_note_contact(struct desk *desk, int64_t now);

/* Writes that into the copy when its pages do not tell. Best effort. */
void desk_keep_contact(struct desk *desk);

/* Notes how long the connection's round trips take; stored when it is news. Best effort. */
void desk_note_rtt(struct desk *desk, int64_t rtt_ms);

/* Notes what the server says of this device; stored when it is news. Best effort. */
void desk_note_closed(struct desk *desk, enum desk_closed closed);

/* Takes over what hello answered; stored when it is news. */
bool desk_take_hello(struct desk *desk, const Concert__HelloAnswer *answer, struct desk_why *why_r);

/* --- desk_lock.c: one process of a home sends at a time ----------------------------------------
 */

/* A descriptor to close, or -1 with why_r when another holds the lock for too long. */
int desk_lock(const char *home, struct desk_why *why_r);

/* Lets go of the lock. Accepts -1, leaves -1. */
void desk_unlock(int *lock);

/* --- desk_exchange.c ---------------------------------------------------------------------------
 */

/* desk_refresh without handing out or forgetting anything. */
bool desk_exchange(struct desk *desk, struct desk_why *why_r);

/* The same, but for a server that has just not answered: nobody waits twice in one command. */
bool desk_exchange_after(struct desk *desk, struct desk_why *why_r);

/* --- desk_log.c ----------------------------------------------------------------------------------
 */

/* Notes in the copy which plans of the page are adopted, and drops the log when names in it may
 * have changed; in the caller's write transaction. */
bool desk_log_note(struct desk *desk, const Concert__Page *page);

/* Nothing of the log is kept any more, and what is wanted is told by the copy as it is now: in the
 * transaction of replica_fresh_take. */
bool desk_log_begin(struct desk *desk);

/* Fetches what the copy shows and is not kept of the log, page by page, each of which is kept:
 * after a cut it goes on where it was. False with why_r. Needs no lock. */
bool desk_log_fetch(struct desk *desk, struct desk_why *why_r);

/* Fetches the log when a plan was adopted beyond what is kept of it. Best effort: what cannot be
 * had now is asked for again. Needs no lock. */
void desk_log_follow(struct desk *desk);

/* --- desk_overlay.c -----------------------------------------------------------------------------
 */

/* Puts what waits in the outbox on top of the book, before it is indexed. */
bool desk_overlay(struct desk *desk, struct book *book, struct desk_why *why_r);

/* The owner that the register says such a record has; uuid_none when it cannot be told. */
void desk_owner(const struct book *book, const struct kind *kind, const uint8_t id[UUID_SIZE],
    const ProtobufCMessage *body, uint8_t owner_r[UUID_SIZE]);

/* A list of field names, a space between; "" is no names. In the arena; NULL at its limit. */
const char **desk_split_names(const char *names, struct arena *arena, size_t *count_r);

/* --- desk_write.c -------------------------------------------------------------------------------
 */

/* What is written in one durable transaction: changes, and operations that they stand for. */
struct desk_writing {
    const struct desk_change *changes;
    Concert__Resolution *const *resolutions; /* one a change, each may be NULL; NULL: none at all */
    size_t count;
    bool atomic;
    const uint64_t *drops; /* numbers of operations that leave the outbox */
    size_t n_drops;
};

/* As desk_write, with what else is in the writing. Fails with NOT_FOUND, and writes nothing, when
 * an operation to drop is not there any more, or is not one that was refused or is in conflict. */
bool desk_write_all(struct desk *desk, const struct desk_writing *writing,
    const struct desk_operation **operations_r, struct desk_why *why_r);

/* --- desk_gone.c: the note in a home whose device was revoked ----------------------------------
 */

/* Puts the note, synced: with DESK_GONE_EMPTYING the home is about to be emptied. False with why_r.
 */
bool desk_gone_note(const char *home, const struct desk_gone *gone, struct desk_why *why_r);

/* Deletes what the note has announced, as far as it can be, sets gone->state and gone->left, and
 * notes them. */
void desk_gone_empty(const char *home, struct desk_gone *gone);

/* Goes on with an emptying that the note has announced; nothing without such a note. Best effort:
 * the note says what is left. */
void desk_gone_finish(const char *home);

/* Takes the note away: the home has joined again. */
void desk_gone_forget(const char *home);

/* --- desk_outbox.c ------------------------------------------------------------------------------
 */

/* Operations from number `from` whose states are in the mask, decoded into the arena. */
bool desk_read_outbox(struct desk *desk, uint64_t from, unsigned states, struct arena *arena,
    const struct desk_operation **operations_r, size_t *count_r, struct desk_why *why_r);
