/* What was taken over from quarantine, and clashed: the answer there follows what was chosen. */
#include <string.h>

#include "desk/desk_conflict_internal.h"

/* What is done with one field of a part; NULL: nobody chose. */
static const struct desk_choice *choice_of(
    const struct desk_choice *choices, size_t count, size_t part, const char *field)
{
    for (size_t i = 0; i < count; i++)
        if (choices[i].part == part && (field == NULL || strcmp(choices[i].field, field) == 0))
            return &choices[i];
    return NULL;
}

static bool is_taken(const struct desk_choice *choice)
{
    return choice == NULL || choice->take == DESK_TAKE_MINE;
}

/* How many of the operation's fields go as its author wrote them, and how many do not. */
static bool count_fields(const struct desk_conflict *conflict, size_t part,
    const Concert__Quarantine *body, const struct desk_choice *choices, size_t n_choices,
    struct arena *arena, size_t counts[2])
{
    const struct kind *kind = conflict->parts[part].kind;
    const ProtobufCMessage *patch;
    struct record_names names = {.count = 0};
    struct error error;

    if (body->has_removes && body->removes) {
        counts[is_taken(choice_of(choices, n_choices, part, NULL))]++;
        return true;
    }
    patch = record_decode(kind, body->patch.data, body->patch.len, arena, &error);
    if (patch == NULL || !record_touched(kind, patch, (const char *const *)body->clear,
                             body->n_clear, arena, &names))
        return false;
    for (size_t i = 0; i < names.count; i++)
        counts[is_taken(choice_of(choices, n_choices, part, names.name[i]))]++;
    return true;
}

/* The owner has answered by a proposal: what it took is taken. */
static bool owner_took(const struct desk_conflict *conflict)
{
    return conflict->state == DESK_CONFLICT_ANSWERED && conflict->proposal != NULL &&
           book_number(conflict->proposal, "status", CONCERT__PROPOSAL__STATUS__OPEN) ==
               CONCERT__PROPOSAL__STATUS__ACCEPTED;
}

bool desk_conflict_review(const struct desk_conflict *conflict, size_t part,
    const struct desk_choice *choices, size_t n_choices, struct arena *arena, bool *none_r,
    bool *left_r)
{
    const struct book_entry *entry = conflict->parts[part].entry;
    const Concert__Quarantine *body = entry == NULL || entry->kind->id != CONCERT__KIND__QUARANTINE
                                          ? NULL
                                          : (const Concert__Quarantine *)entry->body;
    size_t counts[2] = {0, 0};

    *none_r = *left_r = false;
    if (body == NULL || body->target.len != UUID_SIZE || owner_took(conflict))
        return true;
    for (size_t i = 0; i < conflict->n_parts; i++)
        if (uuid_equal(conflict->parts[i].id, body->target.data) &&
            conflict->parts[i].kind->id != CONCERT__KIND__QUARANTINE &&
            !count_fields(conflict, i, body, choices, n_choices, arena, counts))
            return false;
    *left_r = counts[false] > 0;
    *none_r = *left_r && counts[true] == 0;
    return true;
}
