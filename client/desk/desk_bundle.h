/*
 * Files instead of a line: what waits in the outbox as a file that any other office hands on, and
 * the answer that comes back (proto/README.md, "Files handed on"). Files may be taken twice, in any
 * order, or never.
 */
#pragma once

#include "desk/desk.h"

/* What a file has to say of itself. */
enum desk_bundle_state {
    DESK_BUNDLE_GOOD,
    DESK_BUNDLE_SHAPE,   /* no file of ours at all */
    DESK_BUNDLE_CUT,     /* it ends too early */
    DESK_BUNDLE_DAMAGED, /* something in it was changed */
    DESK_BUNDLE_FOREIGN, /* an answer that this device cannot open */
    DESK_BUNDLE_FORGED,  /* an answer that this home's server has not made */
    DESK_BUNDLE_FORMER,  /* an answer to a file that this copy has not written, or had written
                            before it was made anew */
    DESK_BUNDLE_REFUSED, /* the server does not take it as its author's: error */
};

enum desk_bundle_kind {
    DESK_BUNDLE_NONE,    /* neither */
    DESK_BUNDLE_PARCELS, /* to hand on */
    DESK_BUNDLE_ANSWER
};

/* What a file is, by its first bytes. False with why_r when it cannot be read. */
bool desk_bundle_kind(const char *path, enum desk_bundle_kind *kind_r, struct desk_why *why_r);

struct desk_bundle_written {
    size_t changes; /* operations in it */
    bool fresh;     /* it asks for the whole plan again: what waits goes with the next file */
};

/* Writes what waits into a file, synced, in place of one of that name; what is in it counts as
 * sent, and stays in the outbox until its results have come. Also when nothing waits: the answer
 * has the news. False with why_r, and no file is left. */
bool desk_bundle_write(struct desk *desk, const char *path, struct desk_bundle_written *written_r,
    struct desk_why *why_r);

/* Whether the next file asks for the whole plan again, as after an answer said that the server's
 * log is another one. False with why_r. */
bool desk_bundle_renews(struct desk *desk, bool *renews_r, struct desk_why *why_r);

/* When a file that holds changes was last written; microseconds since 1970 UTC, 0 never. False with
 * why_r. */
bool desk_bundle_last(struct desk *desk, int64_t *at_r, struct desk_why *why_r);

struct desk_bundle_carried {
    enum desk_bundle_state state;
    char fingerprint[65]; /* the author's device, as in its record; "" when it cannot be told */
    char device[200];     /* what it calls itself; "" when it does not tell */
    bool own;             /* this very device has written it */
    struct error error;   /* with REFUSED */
};

/* Hands the parcels of a file on, and writes what they were answered to `answer`, synced, in place
 * of a file of that name. False with why_r when the server or the disk is out of reach: it may be
 * done again. True with a state other than GOOD: no answer was written. */
bool desk_bundle_carry(struct desk *desk, const char *path, const char *answer,
    struct desk_bundle_carried *carried_r, struct desk_why *why_r);

struct desk_bundle_taken {
    enum desk_bundle_state state;
    size_t accepted, conflicts, refused; /* operations that this file settled */
    uint64_t from, upto;                 /* where the copy stood before and stands now */
    bool hole;     /* its news begin after the copy's place: another file must come before */
    bool late;     /* the copy has moved on since: what it does not take comes with the next file */
    bool diverged; /* the server's log is another one: the next file fetches it whole */
    bool revoked;  /* the device was revoked: what the file held waits for the coordination, */
    size_t unkept; /* but for so many changes, which the server did not keep and are still here */
    bool renewed;  /* the copy is that of another log now; what was accepted is to be sent again */
};

/* Reads an answer: results settle operations, pages go into the copy, each in one transaction.
 * Nothing is taken from a file whose state is not GOOD. False with why_r when the copy or the file
 * cannot be read or written: it may be done again. */
bool desk_bundle_take(
    struct desk *desk, const char *path, struct desk_bundle_taken *taken_r, struct desk_why *why_r);
