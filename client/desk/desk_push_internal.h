/* Private to desk_push*.c. */
#pragma once

#include "desk/desk_push.h"
#include "replica/replica_outbox.h"

/* One operation under way. */
struct desk_push_item {
    struct desk_push_item *next;
    uint64_t number;
    uint64_t request;    /* of the push that carries it */
    const uint8_t *push; /* group that commits together; NULL: by itself */
    Concert__Operation *operation;
    size_t size;
    enum replica_state became; /* SENT until its result came */
    uint8_t *result;
    size_t result_size;
    Concert__Result__Status status; /* of that result */
    enum replica_again again;
    uint64_t seq;
    bool settled;
    bool barred; /* refused for want of a right */
};

struct desk_push {
    struct arena *arena;
    struct desk_push_item *first, **end;
    struct desk_push_item *next;   /* the first that no push carries yet */
    struct desk_push_item *barred; /* of all: what nobody is to hand over */
    uint64_t under_way;            /* the push that is not answered yet; 0: none */
    uint64_t upto;                 /* of the log, that the copy shows */
    struct error held;             /* why the server wants to be asked later; code 0: it does not */
    bool all;                      /* what clashed or was refused too */
    bool out_of_memory;
};
