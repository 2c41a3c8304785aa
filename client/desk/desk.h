/*
 * What commands see: the plan, a pencil, and whether the server is in reach. The only room that
 * knows both the copy (replica) and the line (link).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "book/book.h"
#include "error.h"
#include "kinds.h"

struct desk;

/* Why something did not go as asked. Words for people are made from it by client/talk. */
enum desk_trouble {
    DESK_FINE,
    DESK_NO_HOME,     /* this home has not joined a region: detail is the home */
    DESK_DAMAGED,     /* the copy (SQLite file) cannot be read: detail is its path */
    DESK_STORAGE,     /* disk full, no permission: detail is the system's message */
    DESK_UNREACHABLE, /* no answer in time: detail is host:port */
    DESK_IMPOSTOR,    /* the server's key is not the one of the invitation */
    DESK_INVITATION,  /* the line to join with is not one: error.field code, fingerprint or "" */
    DESK_JOINED,      /* this home is joined already: detail is the region */
    DESK_ANSWER,      /* the server answered an error: `error` */
    DESK_DIVERGED,    /* the server's log no longer holds what this copy came from */
    DESK_LIMIT        /* memory or a limit of this program */
};

struct desk_why {
    enum desk_trouble trouble;
    struct error error;
    char detail[512];
};

struct desk_options {
    const char *home; /* folder; made when absent by desk_join only */
    bool offline;     /* never touch the network */
};

struct desk_identity {
    char region[64], title[200], language[8], timezone[64];
    char address[300]; /* host:port */
    uint8_t account[UUID_SIZE], device[UUID_SIZE];
    Concert__Account__Role role;
    uint8_t parties[16][UUID_SIZE];
    size_t n_parties;
};

/* Opens a home that has joined. NULL with why_r. Free with desk_free. No network. */
struct desk *desk_open(const struct desk_options *options, struct desk_why *why_r);

/* Accepts NULL, leaves NULL. */
void desk_free(struct desk **desk);

/* Makes a key and certificate in home, joins with the invitation line, and takes the first copy. On
 * failure before the server's answer the home is left unjoined (and may be joined again); after a
 * cut, at any point, the same line goes on where it was. A home that has its first copy:
 * DESK_JOINED. */
bool desk_join(const char *home, const char *line, const char *device_name,
    void (*progress)(void *arg, uint64_t done, uint64_t all), void *arg, struct desk_why *why_r);

/* Who this home is, as the server last told. Borrowed. */
const struct desk_identity *desk_identity(const struct desk *desk);

/* How much the server takes in one push, as it last told: operations, and bytes of a frame. */
void desk_limits(const struct desk *desk, uint32_t *operations_r, uint32_t *frame_r);

/* Brings the copy up to date and empties the outbox, in one connection. Waits at most 2 s for the
 * server to answer at all. False with why_r: the copy as it is, is still good. With `offline` true
 * it does nothing and is false, trouble DESK_UNREACHABLE. */
bool desk_refresh(struct desk *desk, struct desk_why *why_r);

/* How many accepted operations the last refresh sent again, because the server's log was not the
 * one that this copy came from (an older backup); -1: it did not come to that. */
long desk_resent(const struct desk *desk);

/* Called during a transfer, after each page: the place in the log that the copy has reached, and
 * the log's newest. */
void desk_on_progress(
    struct desk *desk, void (*progress)(void *arg, uint64_t done, uint64_t all), void *arg);

/* How many operations the server takes in one push, as it last told. */
uint32_t desk_operations_max(const struct desk *desk);

/* When the copy last agreed with the server (microseconds since 1970 UTC; 0 never), and the log's
 * seq that it shows. */
int64_t desk_age(const struct desk *desk, uint64_t *seq_r);

/* The plan as known here. Borrowed until the next refresh or write; NULL with why_r. Loads once. */
const struct book *desk_book(struct desk *desk, struct desk_why *why_r);

/* The record removed last that had this handle, without a body: what its history can be asked by.
 * False when there is none. The handle is the caller's. */
bool desk_removed(struct desk *desk, const char *handle, struct book_entry *entry_r);

/* One change to one record, as a command asks for it. */
struct desk_change {
    const struct kind *kind;
    uint8_t id[UUID_SIZE];
    uint64_t base;                 /* revision seen (book_entry.revision); 0: create */
    const ProtobufCMessage *patch; /* NULL with remove */
    const char *const *clear;
    size_t n_clear;
    bool remove;
    const char *reason; /* NULL: none */
};

enum desk_state { DESK_WAITING, DESK_SENT, DESK_ACCEPTED, DESK_CONFLICT, DESK_REFUSED };

/* A field that both sides changed. */
struct desk_clash {
    char field[64];
    const ProtobufCMessage *theirs; /* holding this field; it may be absent: they emptied it */
    char who[200];
    int64_t at;
};

/* One operation of the outbox and what became of it. */
struct desk_operation {
    uint64_t number; /* place in the outbox, for people */
    uint8_t op_id[UUID_SIZE];
    const struct kind *kind;
    uint8_t id[UUID_SIZE];
    enum desk_state state;
    bool merged;
    uint64_t seq, revision;
    char handle[64];
    struct error error;               /* DESK_REFUSED */
    const struct desk_clash *clashes; /* DESK_CONFLICT */
    size_t n_clashes;
    int64_t authored_at;
    const char *reason;
    const ProtobufCMessage *patch;
    const char *const *clear;
    size_t n_clear;
    bool remove;
};

/* Checks the changes (record_check), writes them to the outbox, synced to disk, then sends them
 * when the server is in reach and fetches what they led to. True: recorded; *operations_r (count of
 * them, borrowed until the next call on the desk other than desk_book) tells what became of each,
 * and `why_r` why they wait when they do. False: nothing was recorded, why_r tells; with an error
 * of record_check, DESK_ANSWER with the field. `atomic`: all or none, also on the server. */
bool desk_write(struct desk *desk, const struct desk_change *changes, size_t count, bool atomic,
    const struct desk_operation **operations_r, struct desk_why *why_r);

/* The outbox: operations not accepted yet, and with `all` those accepted too; oldest first.
 * Borrowed until the next call on the desk. */
const struct desk_operation *desk_outbox(
    struct desk *desk, bool all, size_t *count_r, struct desk_why *why_r);

/* Takes an operation that was refused or is in conflict out of the outbox. */
bool desk_drop(struct desk *desk, uint64_t number, struct desk_why *why_r);

/* The log's changes of a record (NULL: all), newest first, from the server; borrowed until the next
 * call on the desk. NULL with why_r. */
const Concert__HistoryAnswer *desk_history(
    struct desk *desk, const uint8_t *id, uint64_t before, uint32_t limit, struct desk_why *why_r);

/* The log's changes from the first to `upto`, the oldest first, as this home keeps them; what it
 * may not read and what is personal is not among them. */
struct desk_log {
    const Concert__Change *const *changes;
    size_t count;
    uint64_t upto; /* at most what desk_age tells; 0: nothing is kept */
};

/* Brings the changes kept here up to the copy where the server is in reach, and gives them,
 * borrowed until the next desk_log. Without the server it gives what is there: compare `upto`.
 * False with why_r when the copy cannot be read. */
bool desk_log(struct desk *desk, struct desk_log *log_r, struct desk_why *why_r);

/* Asks for an invitation for an account. The line lives until the next call on the desk. */
const char *desk_invite(struct desk *desk, const uint8_t account[UUID_SIZE], uint32_t days,
    int64_t *expires_at_r, struct desk_why *why_r);

/* Follows the log: `changed` is called for each record as it commits, with the record as it was
 * known here before (NULL: new) and as it is; returns false to stop. Goes on after cuts from the
 * last page. Returns when `changed` says so or on SIGINT/SIGTERM. */
bool desk_watch(struct desk *desk,
    bool (*changed)(void *arg, const struct book *book, const struct book_entry *before,
        const struct book_entry *now, bool deleted),
    void *arg, struct desk_why *why_r);
