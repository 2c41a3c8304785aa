/* Private to desk_conflict*.c. */
#pragma once

#include "desk/desk_conflict.h"
#include "desk/desk_internal.h"

/* True when this account speaks for the party. */
bool desk_conflict_ours(const struct desk *desk, const uint8_t party[UUID_SIZE]);

/* The field of both messages holds the same, one of them or both may be NULL: nothing. */
bool desk_conflict_same(
    const ProtobufCMessage *a, const ProtobufCMessage *b, const ProtobufCFieldDescriptor *field);

/* Says of each field of the part whether it clashes, or how it merges. `now` is what the record
 * has, `change` what an operation makes of it. False at the arena's limit. */
bool desk_conflict_compare(struct desk_conflict_part *part, const ProtobufCMessage *now,
    const ProtobufCMessage *change, struct arena *arena);

/* Adds the names that the patch touches to the part's fields. False at the arena's limit. */
bool desk_conflict_touch(struct desk_conflict_part *part, const ProtobufCMessage *patch,
    const char *const *clear, size_t n_clear, struct arena *arena);

/* The part's field of that name; NULL when it has none. */
struct desk_conflict_field *desk_conflict_field_of(
    const struct desk_conflict_part *part, const char *name);

/* --- desk_conflict_review.c: what was taken over from quarantine --------------------------------
 */

/* Of a part that answers an operation in quarantine: *left_r, something of it does not go as its
 * author wrote it; *none_r, nothing does. Both are false of any other part. False at the arena's
 * limit. */
bool desk_conflict_review(const struct desk_conflict *conflict, size_t part,
    const struct desk_choice *choices, size_t n_choices, struct arena *arena, bool *none_r,
    bool *left_r);

/* --- desk_conflict_group.c: conflicts of this home's outbox ------------------------------------
 */

/* Those of `operations`, refused or in conflict, put together: *conflicts_r, in the arena, with
 * room for `spare` more. False with why_r. */
bool desk_conflict_group(struct desk *desk, const struct desk_operation *operations, size_t count,
    size_t spare, struct arena *arena, struct desk_conflict **conflicts_r, size_t *count_r,
    struct desk_why *why_r);
