#include "admin/erase_bytes.h"

#include <string.h>

#include "protocol.pb-c.h"
#include "text.h"

/* --- texts of an encoded message ---------------------------------------------------------------
 */

/* What is left of the bytes. */
struct bytes {
    const uint8_t *at;
    size_t left;
};

static bool skip(struct bytes *bytes, uint64_t size)
{
    if (size > bytes->left)
        return false;
    bytes->at += size;
    bytes->left -= (size_t)size;
    return true;
}

static bool take_number(struct bytes *bytes, uint64_t *number_r)
{
    *number_r = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        const uint8_t *at = bytes->at;

        if (!skip(bytes, 1))
            return false;
        *number_r |= (uint64_t)(*at & 0x7f) << shift;
        if (*at < 0x80)
            return true;
    }
    return false;
}

/* The next field that may be a text; false at the end, and where it is no message any more. */
static bool next_text(struct bytes *bytes, struct bytes *text_r)
{
    enum { VARINT, EIGHT, SIZED, FOUR = 5 };
    uint64_t tag, number;

    while (take_number(bytes, &tag)) {
        bool fine = false;

        if ((tag & 7) == VARINT)
            fine = take_number(bytes, &number);
        else if ((tag & 7) == EIGHT || (tag & 7) == FOUR)
            fine = skip(bytes, (tag & 7) == EIGHT ? 8 : 4);
        else if ((tag & 7) == SIZED && take_number(bytes, &number)) {
            *text_r = (struct bytes){bytes->at, (size_t)number};
            return skip(bytes, number);
        }
        if (!fine)
            return false;
    }
    return false;
}

static bool is_name(struct erase_plan *plan, const char *text)
{
    const char *folded = erase_plan_fold(plan, text);

    for (size_t i = 0; folded != NULL && i < plan->n_names; i++)
        if (strcmp(folded, plan->names[i]) == 0)
            return true;
    return false;
}

bool erase_bytes_name(
    struct erase_plan *plan, const uint8_t *data, size_t size, bool whole, struct arena *arena)
{
    struct bytes bytes = {data, size}, text;

    while (next_text(&bytes, &text)) {
        const char *copy = text_valid_utf8((const char *)text.at, text.left)
                               ? arena_copy(arena, (const char *)text.at, text.left)
                               : "";

        if (copy == NULL)
            plan->failed = true;
        else if (erase_plan_names(plan, copy, true, arena) || (whole && is_name(plan, copy)))
            return true;
    }
    return false;
}

/* --- what is in quarantine ---------------------------------------------------------------------
 */

struct search {
    struct erase_plan *plan;
    size_t count; /* targets that are looked for */
    uint8_t *ids;
    size_t n_ids, room;
};

static bool is_about(const struct search *search, const Concert__Quarantine *quarantine)
{
    for (size_t i = 0; i < search->count && quarantine->target.len == UUID_SIZE; i++) {
        const struct erase_target *target = &search->plan->targets[i];

        if (kinds_has_personal(target->kind) && uuid_equal(target->id, quarantine->target.data))
            return true;
    }
    return false;
}

static bool tells_name(
    struct erase_plan *plan, const Concert__Quarantine *quarantine, struct arena *arena)
{
    const struct kind *kind =
        quarantine->target_kind == NULL ? NULL : kinds_by_name(quarantine->target_kind);
    bool whole = kind != NULL && kinds_has_personal(kind);
    const char *const words[] = {quarantine->reason, quarantine->answer};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (words[i] != NULL && erase_plan_names(plan, words[i], true, arena))
            return true;
    return erase_bytes_name(plan, quarantine->patch.data, quarantine->patch.len, whole, arena) ||
           erase_bytes_name(plan, quarantine->seen.data, quarantine->seen.len, whole, arena);
}

static bool add(struct search *search, const uint8_t id[UUID_SIZE])
{
    uint8_t *ids;

    if (search->n_ids > 0 && uuid_equal(search->ids + (search->n_ids - 1) * UUID_SIZE, id))
        return true; /* another change of the same */
    ids = arena_grow(search->plan->arena, search->ids, search->n_ids, &search->room, UUID_SIZE);
    if (ids == NULL)
        return false;
    search->ids = ids;
    memcpy(ids + search->n_ids++ * UUID_SIZE, id, UUID_SIZE);
    return true;
}

/* What a change says of the operation; one that was emptied says nothing. */
static bool look_at(struct search *search, const struct store_change *change, struct arena *arena)
{
    struct error error;
    const Concert__Quarantine *quarantine =
        change->patch == NULL ? NULL
                              : (const Concert__Quarantine *)record_decode(
                                    change->kind, change->patch, change->patch_size, arena, &error);

    if (quarantine == NULL || (quarantine->patch.len == 0 && quarantine->seen.len == 0 &&
                                  quarantine->reason == NULL && quarantine->answer == NULL))
        return true;
    if (!is_about(search, quarantine) &&
        !(search->plan->everywhere && tells_name(search->plan, quarantine, arena)))
        return true;
    return add(search, change->id);
}

static bool take(void *arg, const struct audit_change *taken)
{
    struct search *search = arg;
    struct arena *arena = arena_new(RECORD_SIZE_MAX * 16);
    bool fine =
        arena != NULL && (taken->change.kind == NULL || look_at(search, &taken->change, arena));

    arena_free(&arena);
    search->plan->failed |= !fine;
    return !search->plan->failed;
}

bool erase_bytes_quarantined(
    struct erase_plan *plan, size_t count, const uint8_t **ids_r, size_t *n_ids_r)
{
    struct search search = {.plan = plan, .count = count};
    bool fine = audit_walk(plan->inspect,
        "WHERE c.kind = 'quarantine' ORDER BY c.record, c.revision", NULL, 0, take, &search);

    *ids_r = search.ids;
    *n_ids_r = search.n_ids;
    return fine && !plan->failed;
}
