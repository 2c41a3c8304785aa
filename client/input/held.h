/* Answers to what is in quarantine that the server has not taken: what they go with clashes, or was
 * refused. */
#pragma once

#include "command.h"

struct held_answer {
    uint8_t id[UUID_SIZE]; /* of the record in quarantine */
    uint64_t number;       /* by which “concert resolve” knows it */
};

struct held {
    struct held_answer *answers;
    size_t count;
};

/* Reads them from the outbox, into the context's arena. False when that is full. */
bool held_read(const struct context *context, struct held *held_r);

/* The number to settle it by; 0: it is not held. */
uint64_t held_by(const struct held *held, const uint8_t id[UUID_SIZE]);
