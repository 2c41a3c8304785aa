/* What a new plan takes over from an old one: objectives, actions and who is responsible, as
 * changes in the making. */
#pragma once

#include "command.h"
#include "input/fields.h"

struct heir {
    const struct fields_reader *reader; /* its book and arena; borrowed */
    bool with_shares;                   /* the committees' shares too, without their progress */
    bool with_deadlines;                /* deadlines without a date too */
    struct desk_change *changes;        /* in the arena */
    size_t count, room;
};

/* Adds the creation of a record `id` (borrowed until the changes are written). False when memory is
 * out. */
bool heir_add(struct heir *heir, const struct fields_patch *patch, const uint8_t id[UUID_SIZE]);

/* Adds what the plan `old` holds as records of the plan `plan`, those above before those below.
 * False when memory is out. */
bool heir_take(struct heir *heir, const struct book_entry *old, const uint8_t plan[UUID_SIZE]);
