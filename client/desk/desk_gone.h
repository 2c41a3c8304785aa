/*
 * A device that the server does not let in any more, and the home that it leaves behind.
 */
#pragma once

#include "desk/desk.h"

/* What the server last said of this device. */
enum desk_closed {
    DESK_OPEN,
    DESK_REVOKED, /* the device was revoked: what waits is handed over, then the home is emptied */
    DESK_ENDED,   /* its account's mandate is over: the copy stays */
    DESK_CLOSED   /* its account is closed: the copy stays */
};

/* That word, from the copy. */
enum desk_closed desk_closed(const struct desk *desk);

/* The same, asked again where an answer of this run left a doubt. */
enum desk_closed desk_closed_now(struct desk *desk);

/* How far the emptying of such a home has come. */
enum desk_gone_state {
    DESK_GONE_EMPTYING, /* the copy, or another file of this program, may still be there */
    DESK_GONE_REST,     /* only in the documents' folder something is, that could not be deleted */
    DESK_GONE_DONE
};

/* What became of a home whose device was revoked. */
struct desk_gone {
    enum desk_gone_state state;
    char left[300];    /* what could not be deleted, below the home; "" when that is not known */
    int64_t at;        /* microseconds since 1970 UTC */
    int64_t handed;    /* changes that the coordination has now */
    int64_t lost;      /* such as the server could not keep */
    int64_t refused;   /* such as it had refused for want of a right, and nobody is handed */
    int64_t documents; /* files that waited, and are gone */
    char region[64], title[200], language[8], timezone[64];
};

struct desk_operation;

/* Hears of a change that the server cannot keep, or had refused for want of a right, while it can
 * still be read. It is borrowed. */
typedef void desk_lost_fn(void *arg, const struct desk_operation *operation);

/* Hands all that waits here, or clashed, or was refused, to the coordination, but for what was
 * refused for want of a right (desk_push_new_all), and when the server has all of it that it can
 * keep, tells `on_lost` the rest and empties the home: *desk is NULL then, with its books.
 * gone_r->state tells whether all of it could be deleted. False with why_r: nothing was deleted,
 * the next call begins anew (what the server has already it does not take twice). */
bool desk_surrender(struct desk **desk, desk_lost_fn *on_lost, void *arg, struct desk_gone *gone_r,
    struct desk_why *why_r);

/* How many changes wait to be handed over. */
size_t desk_surrender_waiting(struct desk *desk);

/* What the note in an emptied home says; desk_open goes on with an emptying that is not done.
 * False: there is none, or the home has joined again. */
bool desk_gone(const char *home, struct desk_gone *gone_r);
