/*
 * What an input cannot know is put into its requests: an id or a hash of one byte stands for one of
 * the region's, the text "$" for the code of the last invitation.
 */
#pragma once

#include "arena.h"
#include "protocol.pb-c.h"
#include "sim_store.h"

struct fix {
    const struct sim_store *store;
    const char *code; /* of the last invitation; NULL: none that may be known */
    struct arena *arena;
};

/* The request with all of that put in place. */
void fix_request(const struct fix *fix, ProtobufCMessage *message);
