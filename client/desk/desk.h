/*
 * What commands see: the plan, a pencil, and whether the server is in reach. The only room that
 * knows both the copy (replica) and the line (link).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "book/book.h"
#include "error.h"
#include "kinds.h"

struct desk;

/* Why something did not go as asked. Words for people are made from it by client/talk. */
enum desk_trouble {
    DESK_FINE,
    DESK_NO_HOME,     /* this home has not joined a region: detail is the home */
    DESK_DAMAGED,     /* the copy (SQLite file) cannot be read: detail is its path */
    DESK_STORAGE,     /* disk full, no permission */
    DESK_UNREACHABLE, /* no answer in time: detail is host:port */
    DESK_IMPOSTOR,    /* the server's key is not the one of the invitation */
    DESK_INVITATION,  /* the line to join with is not one: error.field code, fingerprint or "" */
    DESK_JOINED,      /* this home is joined already: detail is the region */
    DESK_ANSWER,      /* the server answered an error: `error` */
    DESK_DIVERGED,    /* the server's log no longer holds what this copy came from */
    DESK_LIMIT,       /* memory or a limit of this program */
    DESK_GONE         /* the device was revoked and this home is empty: desk_gone tells */
};

struct desk_why {
    enum desk_trouble trouble;
    struct error error;
    int system;       /* STORAGE: errno, and detail is the path; 0: detail says it */
    char detail[512];
};

struct desk_options {
    const char *home; /* folder; made when absent by desk_join only */
    bool offline;     /* never touch the network */
    bool slow;        /* the line is slow, whatever was measured: more patience, smaller pages */
};

struct desk_identity {
    char region[64], title[200], language[8], timezone[64];
    char address[300];     /* host:port */
    char responsible[400]; /* for personal information, and how to reach them; "": not told */
    char retention[400];   /* months that kinds keep it: "contact 24, attendance 36"; or "" */
    uint8_t account[UUID_SIZE], device[UUID_SIZE];
    Concert__Account__Role role;
    uint8_t parties[16][UUID_SIZE];
    size_t n_parties;
};

/* Opens a home that has joined. NULL with why_r. Free with desk_free. No network. */
struct desk *desk_open(const struct desk_options *options, struct desk_why *why_r);

/* Accepts NULL, leaves NULL. */
void desk_free(struct desk **desk);

/* Makes a key and certificate in options->home, joins with the invitation line, and takes the first
 * copy. On failure before the server's answer the home is left unjoined (and may be joined again);
 * after a cut, at any point, the same line goes on where it was. A home that has its first copy:
 * DESK_JOINED. */
bool desk_join(const struct desk_options *options, const char *line, const char *device_name,
    void (*progress)(void *arg, uint64_t done, uint64_t all), void *arg, struct desk_why *why_r);

/* Who this home is, as the server last told. Borrowed. */
const struct desk_identity *desk_identity(const struct desk *desk);

/* The fingerprint of the server's key, as the invitation had it: lower-case hexadecimal. */
void desk_fingerprint(const struct desk *desk, char text_r[65]);

/* How much the server takes in one push, as it last told: operations, and bytes of a frame. */
void desk_limits(const struct desk *desk, uint32_t *operations_r, uint32_t *frame_r);

/* Brings the copy up to date and empties the outbox, in one connection. Waits at most 2 s for the
 * server to answer at all, on a slow line longer. False with why_r: the copy as it is, is still
 * good. With `offline` true it does nothing and is false, trouble DESK_UNREACHABLE. */
bool desk_refresh(struct desk *desk, struct desk_why *why_r);

/* What was done when the server's log was not the one that this copy came from, as after a restore
 * from an older backup. */
struct desk_restart {
    int64_t at;         /* microseconds since 1970 UTC */
    int64_t sent_again; /* operations with a receipt of the former log */
    int64_t lacking;    /* of these, such as the log lacked and has again now */
    int64_t known;      /* such as it had already */
    int64_t clashing;   /* such as clash with what it has now */
    int64_t refused;    /* such as it does not take so far: they are asked again */
    int64_t former;     /* records of the former copy that are missing, or older, still */
};

/* The last one. False: there was none. */
bool desk_restart(struct desk *desk, struct desk_restart *restart_r);

/* The same, once: true when it is over and nobody has been told of it yet. */
bool desk_restart_news(struct desk *desk, struct desk_restart *restart_r);

/* Gives each record of the former copy that the copy lacks, or has in an older state, to `take`,
 * borrowed for the call; false from `take` ends it. False with why_r when it cannot be read. */
bool desk_former(struct desk *desk, bool (*take)(void *arg, const struct book_entry *entry),
    void *arg, struct desk_why *why_r);

/* Called during a transfer, after each page: the place in the log that the copy has reached, and
 * the log's newest. */
void desk_on_progress(
    struct desk *desk, void (*progress)(void *arg, uint64_t done, uint64_t all), void *arg);

/* How many operations the server takes in one push, as it last told. */
uint32_t desk_operations_max(const struct desk *desk);

/* When the copy last agreed with the server (microseconds since 1970 UTC; 0 never), and the log's
 * seq that it shows. */
int64_t desk_age(const struct desk *desk, uint64_t *seq_r);

/* When the server last answered anything; microseconds since 1970 UTC, 0 never. */
int64_t desk_contact(const struct desk *desk);

/* True on a slow line: it was said so, or the last connections' round trips took long. */
bool desk_slow(const struct desk *desk);

/* The plan as known here. Borrowed until the next refresh or write; NULL with why_r. Loads once. */
const struct book *desk_book(struct desk *desk, struct desk_why *why_r);

/* The record removed last that had this handle, without a body: what its history can be asked by.
 * False when there is none. The handle is the caller's. */
bool desk_removed(struct desk *desk, const char *handle, struct book_entry *entry_r);

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

/* One change of the log, as a watch tells it. All is borrowed for the call. */
struct desk_news {
    const struct book *book;         /* the plan after it, and maybe after more */
    const struct book_entry *before; /* the record that it changed; NULL: made by it, or not known
                                        here as it was just before */
    const struct book_entry *now;    /* after it; of a removed record as it was before */
    const Concert__Change *change;
};

struct desk_watching {
    bool (*changed)(void *arg, const struct desk_news *news); /* false: stop */
    void (*lost)(void *arg, const struct desk_why *why);      /* the line is cut */
    void (*found)(void *arg);                                 /* it is there again */
    void *arg;
};

/* Follows the log from where the copy is, refreshed by the caller: `changed` is called for each
 * change that this home may read, once, in the log's order, also for several of one record; across
 * cuts of the line, which are told once each (lost and found may be NULL). Returns true when
 * `changed` said so or on SIGINT or SIGTERM; false with why_r: with DESK_DIVERGED a refresh makes
 * the copy anew. */
bool desk_watch(struct desk *desk, const struct desk_watching *watching, struct desk_why *why_r);
