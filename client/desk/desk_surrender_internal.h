/* Private to desk_surrender*.c. */
#pragma once

#include "desk/desk_push.h"

struct surrender {
    struct desk *desk;
    struct arena *arena;
    struct desk_push *push;
    Concert__Push *next; /* read, and in no request yet */
    struct desk_gone *gone;
    struct desk_why *why_r;
    uint64_t last;              /* number of the newest operation that was handed over */
    size_t asked;               /* operations in the request under way */
    uint8_t (*lost)[UUID_SIZE]; /* op_ids of those that the server cannot keep, or had refused */
    size_t n_lost, room_lost;
    uint64_t told; /* number of the newest of them that on_lost has heard of */
    desk_lost_fn *on_lost;
    void *arg;
};

/* Hands over all that waits, one request after the other; fills `last`, `lost`, and the counts in
 * `gone`. False with why_r: some of it may be there already, and is not taken twice. */
bool desk_surrender_hand_over(struct surrender *to);
