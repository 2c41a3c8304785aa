/* Field-level merge: what an operation and the changes that its author had not seen have in common.
 */
#pragma once

#include "record.h"
#include "store/store.h"

/* A field that both sides changed to different values. */
struct merge_clash {
    const char *field;
    const ProtobufCMessage
        *theirs; /* holds the field's present value alone; empty: they emptied it */
    const struct store_change *change; /* the newest that set it */
};

/* Compares the record's proposed state `after` with the present one `now`, in the fields that are
 * in both `touched` (the operation's) and one of the changes, oldest first, that are unseen: later
 * than `base` and not from `device` itself, which knows what it wrote. Returns how many clash;
 * clashes_r (in the arena) holds them; SIZE_MAX when the arena is at its limit. *unseen_r: any
 * unseen change. */
size_t merge_clashes(const struct kind *kind, const ProtobufCMessage *now,
    const ProtobufCMessage *after, const struct record_names *touched,
    const struct store_change *const *changes, size_t n_changes, uint64_t base,
    const uint8_t device[UUID_SIZE], struct arena *arena, const struct merge_clash **clashes_r,
    bool *unseen_r);
