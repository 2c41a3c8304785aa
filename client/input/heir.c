#include "input/heir.h"

#include <string.h>

#include "date.h"
#include "input/change.h"

#define DEPTH_MAX 16 /* of objectives within objectives */

static bool make_room(struct heir *to)
{
    size_t room = to->room == 0 ? 64 : 2 * to->room;
    struct desk_change *changes;

    if (to->count < to->room)
        return true;
    changes = arena_alloc(to->reader->arena, room * sizeof(*changes));
    if (changes == NULL)
        return false;
    if (to->count > 0)
        memcpy(changes, to->changes, to->count * sizeof(*changes));
    to->changes = changes;
    to->room = room;
    return true;
}

bool heir_add(struct heir *to, const struct fields_patch *patch, const uint8_t id[UUID_SIZE])
{
    struct fields_patch *kept = arena_alloc(to->reader->arena, sizeof(*kept));

    if (kept == NULL || !make_room(to))
        return false;
    *kept = *patch;
    to->changes[to->count++] = change_of(kept, NULL, id, NULL);
    return true;
}

/* --- taking over -------------------------------------------------------------------------------
 */

/* What of a record is taken over: all of its fields, or those named. */
struct taking {
    Concert__Kind kind;
    const char *parent;    /* the field that names what it hangs on */
    const char *fields[4]; /* NULL after the last; none: all */
};

static const struct taking objectives = {CONCERT__KIND__OBJECTIVE, "plan", {"number", "title"}};
static const struct taking actions = {CONCERT__KIND__ACTION, "objective", {NULL}};
static const struct taking responsibilities = {CONCERT__KIND__RESPONSIBILITY, "subject", {NULL}};
static const struct taking deadlines = {CONCERT__KIND__DEADLINE, "subject", {NULL}};
static const struct taking shares = {CONCERT__KIND__SHARE, "action", {"party", "weight"}};

static bool is_taken(const struct taking *what, const char *field)
{
    if (what->fields[0] == NULL)
        return true;
    for (size_t i = 0; i < sizeof(what->fields) / sizeof(what->fields[0]); i++)
        if (what->fields[i] != NULL && strcmp(what->fields[i], field) == 0)
            return true;
    return false;
}

/* A new record like the old one, under `above`. *id_r is its id. */
static bool take_over(struct heir *to, const struct taking *what, const struct book_entry *old,
    const uint8_t *above, struct fields_patch *patch_r, uint8_t **id_r)
{
    uint8_t *id = arena_alloc(to->reader->arena, UUID_SIZE);

    if (id == NULL || !fields_begin(to->reader, old->kind, patch_r))
        return false;
    change_new_id(id);
    for (unsigned i = 0; i < old->kind->descriptor->n_fields; i++)
        if (is_taken(what, old->kind->descriptor->fields[i].name))
            record_copy(patch_r->message, old->body, &old->kind->descriptor->fields[i]);
    *id_r = id;
    return fields_refer(to->reader, patch_r, what->parent, above);
}

/* Deadlines with a date are of the old plan's time. */
static bool is_undated(const struct book_entry *deadline)
{
    return book_number(deadline, "mode", 0) != CONCERT__DEADLINE__MODE__DATED &&
           book_date(deadline, "latest") == DATE_NONE && book_number(deadline, "mode", 0) != 0;
}

static bool take_children(
    struct heir *to, const struct taking *what, const struct book_entry *old, const uint8_t *above)
{
    size_t count;
    const struct book_entry *const *children =
        book_children(to->reader->book, old->id, what->kind, NULL, &count);
    struct fields_patch patch;
    uint8_t *id;

    for (size_t i = 0; i < count; i++) {
        if (what == &deadlines && !is_undated(children[i]))
            continue;
        if (!take_over(to, what, children[i], above, &patch, &id) || !heir_add(to, &patch, id))
            return false;
    }
    return true;
}

static bool take_action(struct heir *to, const struct book_entry *old, const uint8_t *objective)
{
    struct fields_patch patch;
    uint8_t *id;

    return take_over(to, &actions, old, objective, &patch, &id) && heir_add(to, &patch, id) &&
           take_children(to, &responsibilities, old, id) &&
           (!to->with_deadlines || take_children(to, &deadlines, old, id)) &&
           (!to->with_shares || take_children(to, &shares, old, id));
}

/* Where in the new plan something goes. */
struct place {
    const uint8_t *plan;
    const uint8_t *above; /* the objective; NULL: none */
    unsigned depth;
};

static bool take_objective(
    struct heir *to, const struct book_entry *old, const struct place *place);

static bool take_below(struct heir *to, const struct book_entry *old, const struct place *place)
{
    const struct book *book = to->reader->book;
    size_t n_actions, n_below;
    const struct book_entry *const *list =
        book_children(book, old->id, CONCERT__KIND__ACTION, NULL, &n_actions);
    const struct book_entry *const *below =
        book_children(book, old->id, CONCERT__KIND__OBJECTIVE, "parent", &n_below);

    for (size_t i = 0; i < n_actions; i++)
        if (!take_action(to, list[i], place->above))
            return false;
    for (size_t i = 0; i < n_below && place->depth < DEPTH_MAX; i++)
        if (!take_objective(to, below[i], place))
            return false;
    return true;
}

/* Those above come before those below, which name them. */
static bool take_objective(struct heir *to, const struct book_entry *old, const struct place *place)
{
    struct place here = {.plan = place->plan, .depth = place->depth + 1};
    struct fields_patch patch;
    uint8_t *id;

    if (!take_over(to, &objectives, old, place->plan, &patch, &id) ||
        (place->above != NULL && !fields_refer(to->reader, &patch, "parent", place->above)) ||
        !heir_add(to, &patch, id))
        return false;
    here.above = id;
    return take_below(to, old, &here);
}

bool heir_take(struct heir *to, const struct book_entry *old, const uint8_t plan[UUID_SIZE])
{
    const struct place top = {.plan = plan};
    size_t count;
    const struct book_entry *const *list =
        book_children(to->reader->book, old->id, CONCERT__KIND__OBJECTIVE, NULL, &count);

    for (size_t i = 0; i < count; i++)
        if (book_follow(to->reader->book, list[i], "parent") == NULL &&
            !take_objective(to, list[i], &top))
            return false;
    return true;
}
