/* Field-level merge: what an operation and what its author had not seen have in common. */
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

/* An operation on a record that is there. */
struct merge_case {
    const struct store_record *record; /* as it is, with its body */
    const ProtobufCMessage *after;     /* as the operation leaves it; a deletion: empty */
    const char *const *touched;        /* the operation's fields, each once */
    size_t n_touched;
    const ProtobufCMessage *seen;              /* what they held for its author; NULL: not told */
    const struct record_names *told;           /* those that `seen` speaks of; NULL: all */
    const struct store_change *const *changes; /* of the record, oldest first */
    size_t n_changes;
    uint64_t base; /* what the author saw holds the changes up to here */
    const uint8_t *device;
    struct arena *arena;
};

/* All in the arena. */
struct merge_result {
    const struct merge_clash *clashes;
    size_t n_clashes;
    const ProtobufCMessage *texts; /* texts that both sides changed, as one; NULL: there are none */
    bool unseen;                   /* there is a change after the base, not from the device */
};

/* Which of the touched fields clash. One that `seen` speaks of does when its present value differs
 * from both what was seen and what the operation puts there; unless it is a text, not emptied,
 * whose lines merge (text_merge.h). Any other does when the newest change of it after the base, if
 * any, is not from the device itself, which knows what it wrote, and left another value than the
 * operation's. When one clashes, texts that would merge are told as clashes too: who settles the
 * one sees the others. False when the arena is at its limit. */
bool merge_fields(const struct merge_case *merge_case, struct merge_result *result_r);
