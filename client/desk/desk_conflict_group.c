/* Operations that were refused or are in conflict, put together: by record, and by what commits
 * together. */
#include <string.h>

#include "desk/desk_conflict_internal.h"

struct grouping {
    struct desk *desk;
    const struct book *book;
    const struct desk_operation *operations;
    size_t count;
    size_t *group; /* of each operation: the index of the group's first */
    struct arena *arena;
};

/* --- which belong together ---------------------------------------------------------------------
 */

/* Refused alone are changes of one record together when none of them found it there. */
static bool belong(const struct grouping *g, size_t a, size_t b)
{
    const struct desk_operation *x = &g->operations[a], *y = &g->operations[b];

    if (!uuid_equal(x->push, uuid_none) && uuid_equal(x->push, y->push))
        return true;
    if (!uuid_equal(x->id, y->id))
        return false;
    return (x->state == DESK_CONFLICT && y->state == DESK_CONFLICT) ||
           book_get(g->book, x->id) == NULL;
}

static void join(struct grouping *g, size_t from, size_t to)
{
    for (size_t i = 0; i < g->count; i++)
        if (g->group[i] == from)
            g->group[i] = to;
}

static bool find_groups(struct grouping *g)
{
    g->group = arena_alloc(g->arena, (g->count + 1) * sizeof(*g->group));
    if (g->group == NULL)
        return false;
    for (size_t i = 0; i < g->count; i++) {
        g->group[i] = i;
        for (size_t j = 0; j < i; j++) {
            size_t a = g->group[i], b = g->group[j];

            if (a != b && belong(g, i, j))
                join(g, a > b ? a : b, a > b ? b : a);
        }
    }
    return true;
}

/* --- one record of a group ---------------------------------------------------------------------
 */

/* What the first operation that touches a field saw there is what both sides came from. */
static void take_seen(struct desk_conflict_part *part, const struct desk_operation *operation,
    ProtobufCMessage *seen, size_t from)
{
    for (size_t i = from; i < part->n_fields; i++) {
        struct desk_conflict_field *of = &part->fields[i];

        of->seen_known = operation->seen != NULL;
        if (of->seen_known)
            record_copy(seen, operation->seen, record_field(part->kind, of->name));
    }
}

/* The line may have been cut between the server's answer and the news: the copy is as the author
 * saw it then, and what the others wrote is known by the answer alone. */
static bool catch_up(struct grouping *g, struct desk_conflict_part *part,
    const struct desk_operation *operation, uint64_t base)
{
    const ProtobufCMessageDescriptor *d = part->kind->descriptor;
    ProtobufCMessage *theirs;

    if (part->entry == NULL || part->entry->revision > base || operation->n_clashes == 0)
        return true;
    if ((theirs = record_new(part->kind, g->arena)) == NULL)
        return false;
    for (unsigned i = 0; i < d->n_fields; i++)
        record_copy(theirs, part->theirs, &d->fields[i]);
    for (size_t i = 0; i < operation->n_clashes; i++) {
        const struct desk_clash *clash = &operation->clashes[i];
        const ProtobufCFieldDescriptor *field = record_field(part->kind, clash->field);

        if (field != NULL && clash->theirs != NULL)
            record_copy(theirs, clash->theirs, field);
    }
    part->theirs = theirs;
    return true;
}

static void take_clashes(struct desk_conflict_part *part, const struct desk_operation *operation)
{
    for (size_t i = 0; i < operation->n_clashes; i++) {
        const struct desk_clash *clash = &operation->clashes[i];
        struct desk_conflict_field *of = desk_conflict_field_of(part, clash->field);
        const ProtobufCFieldDescriptor *field = record_field(part->kind, clash->field);

        if (of == NULL || field == NULL)
            continue;
        of->clashes = true;
        /* who wrote what stands there now: the clash tells of what stood there then */
        if (part->entry != NULL && !desk_conflict_same(clash->theirs, part->theirs, field))
            continue;
        of->who = clash->who[0] == '\0' ? NULL : clash->who;
        of->at = clash->at;
    }
}

/* A removal touches every field that others changed since. */
static bool take_removal(struct grouping *g, struct desk_conflict_part *part,
    const struct desk_operation *operation, ProtobufCMessage *seen)
{
    const ProtobufCMessageDescriptor *d = part->kind->descriptor;
    struct record_names changed = {.count = 0};

    part->remove = true;
    part->mine = record_new(part->kind, g->arena);
    for (unsigned i = 0; i < d->n_fields && part->entry != NULL && operation->seen != NULL; i++)
        if (!desk_conflict_same(operation->seen, part->entry->body, &d->fields[i]))
            changed.name[changed.count++] = d->fields[i].name;
    for (size_t i = 0; operation->seen == NULL && i < operation->n_clashes; i++)
        if (changed.count < RECORD_FIELDS_MAX)
            changed.name[changed.count++] = operation->clashes[i].field;
    part->n_fields = 0;
    if (part->mine == NULL ||
        !desk_conflict_touch(part, part->mine, changed.name, changed.count, g->arena))
        return false;
    take_seen(part, operation, seen, 0);
    return true;
}

static bool add_operation(struct grouping *g, struct desk_conflict_part *part,
    const struct desk_operation *operation, ProtobufCMessage *seen)
{
    size_t known = part->n_fields;

    if (operation->reason != NULL)
        part->reason = operation->reason;
    if (operation->resolution != NULL)
        part->earlier = operation->resolution;
    if (operation->state == DESK_CONFLICT)
        part->clashed = true;
    else if (strcmp(operation->error.rule, "atomic") != 0 && part->error.code == 0)
        part->error = operation->error;
    if (operation->remove)
        return take_removal(g, part, operation, seen);
    part->remove = false;
    part->mine = record_patch(
        part->kind, part->mine, operation->patch, operation->clear, operation->n_clear, g->arena);
    if (part->mine == NULL || !desk_conflict_touch(part, operation->patch, operation->clear,
                                  operation->n_clear, g->arena))
        return false;
    take_seen(part, operation, seen, known);
    return true;
}

/* Nobody else's name is known for what stands there now: who changed the record last wrote it. */
static void name_others(const struct grouping *g, struct desk_conflict_part *part)
{
    const struct book_entry *account =
        part->entry == NULL ? NULL : book_get(g->book, part->entry->changed_by);

    for (size_t i = 0; part->entry != NULL && i < part->n_fields; i++) {
        if (part->fields[i].at != 0)
            continue;
        part->fields[i].at = part->entry->changed_at;
        part->fields[i].who = account == NULL ? NULL : book_label(g->book, account);
    }
}

static bool fill_part(struct grouping *g, size_t first, struct desk_conflict_part *part)
{
    const struct desk_operation *head = &g->operations[first];
    ProtobufCMessage *seen = record_new(head->kind, g->arena);

    *part = (struct desk_conflict_part){
        .kind = head->kind, .entry = book_get(g->book, head->id), .create = head->base == 0};
    memcpy(part->id, head->id, UUID_SIZE);
    memcpy(part->op_id, head->op_id, UUID_SIZE);
    part->theirs = part->entry == NULL ? record_new(head->kind, g->arena) : part->entry->body;
    part->seen = seen;
    if (seen == NULL || part->theirs == NULL)
        return false;
    for (size_t i = first; i < g->count; i++)
        if (g->group[i] == g->group[first] && uuid_equal(g->operations[i].id, head->id) &&
            !add_operation(g, part, &g->operations[i], seen))
            return false;
    for (size_t i = first; i < g->count; i++)
        if (g->group[i] == g->group[first] && uuid_equal(g->operations[i].id, head->id) &&
            !catch_up(g, part, &g->operations[i], head->base))
            return false;
    for (size_t i = first; i < g->count; i++)
        if (g->group[i] == g->group[first] && uuid_equal(g->operations[i].id, head->id))
            take_clashes(part, &g->operations[i]);
    name_others(g, part);
    return desk_conflict_compare(part, part->entry == NULL ? NULL : part->theirs,
        part->remove ? NULL : part->mine, g->arena);
}

/* --- one group ---------------------------------------------------------------------------------
 */

static bool is_first_of_record(const struct grouping *g, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (g->group[i] == g->group[index] &&
            uuid_equal(g->operations[i].id, g->operations[index].id))
            return false;
    return true;
}

/* The operation that made the proposal was refused: the owner has not been asked. */
static bool could_not_ask(const struct grouping *g, const uint8_t proposal[UUID_SIZE])
{
    for (size_t i = 0; i < g->count; i++)
        if (uuid_equal(g->operations[i].id, proposal))
            return true;
    return false;
}

static void find_state(const struct grouping *g, struct desk_conflict *conflict,
    const struct desk_operation *operation)
{
    const struct book_entry *proposal;

    if (operation->state != DESK_CONFLICT)
        return;
    if (conflict->state == DESK_CONFLICT_REFUSED)
        conflict->state = DESK_CONFLICT_CHOOSE;
    if (uuid_equal(operation->proposal, uuid_none) || could_not_ask(g, operation->proposal))
        return;
    proposal = book_get(g->book, operation->proposal);
    if (proposal != NULL)
        conflict->proposals[conflict->n_proposals++] = proposal;
    if (proposal != NULL && conflict->proposal != NULL && conflict->state == DESK_CONFLICT_ASKED)
        return; /* one of several still waits */
    conflict->proposal = proposal;
    conflict->state = DESK_CONFLICT_ASKED;
    if (proposal == NULL)
        return;
    memcpy(conflict->owner, proposal->owner, UUID_SIZE);
    if (book_number(proposal, "status", CONCERT__PROPOSAL__STATUS__OPEN) !=
        CONCERT__PROPOSAL__STATUS__OPEN)
        conflict->state = DESK_CONFLICT_ANSWERED;
}

/* Another office of the owner has answered meanwhile: that answer stands, and is not given again.
 */
static bool is_answered(const struct desk_conflict_part *part)
{
    return part->kind->id == CONCERT__KIND__PROPOSAL && part->entry != NULL && !part->remove &&
           book_number(part->entry, "status", CONCERT__PROPOSAL__STATUS__OPEN) !=
               CONCERT__PROPOSAL__STATUS__OPEN;
}

static void leave_answered(struct desk_conflict *conflict)
{
    size_t kept = 0;

    if (conflict->state != DESK_CONFLICT_CHOOSE)
        return;
    for (size_t i = 0; i < conflict->n_parts; i++)
        if (i == 0 || !is_answered(&conflict->parts[i]))
            conflict->parts[kept++] = conflict->parts[i];
    conflict->n_parts = kept;
}

static size_t size_of(const struct grouping *g, size_t first)
{
    size_t size = 0;

    for (size_t i = first; i < g->count; i++)
        size += g->group[i] == first;
    return size;
}

static bool fill_conflict(struct grouping *g, size_t first, struct desk_conflict *conflict)
{
    size_t size = size_of(g, first);
    uint64_t *numbers = arena_alloc(g->arena, size * sizeof(*numbers));

    *conflict = (struct desk_conflict){.state = DESK_CONFLICT_REFUSED,
        .number = g->operations[first].number,
        .at = g->operations[first].authored_at,
        .numbers = numbers};
    conflict->parts = arena_alloc(g->arena, size * sizeof(*conflict->parts));
    conflict->proposals = arena_alloc(g->arena, size * sizeof(struct book_entry *));
    if (numbers == NULL || conflict->parts == NULL || conflict->proposals == NULL)
        return false;
    for (size_t i = first; i < g->count; i++) {
        if (g->group[i] != first)
            continue;
        numbers[conflict->n_numbers++] = g->operations[i].number;
        find_state(g, conflict, &g->operations[i]);
        if (is_first_of_record(g, i) && !fill_part(g, i, &conflict->parts[conflict->n_parts++]))
            return false;
    }
    leave_answered(conflict);
    return true;
}

bool desk_conflict_group(struct desk *desk, const struct desk_operation *operations, size_t count,
    size_t spare, struct arena *arena, struct desk_conflict **conflicts_r, size_t *count_r,
    struct desk_why *why_r)
{
    struct grouping g = {.desk = desk,
        .book = desk_book(desk, why_r),
        .operations = operations,
        .count = count,
        .arena = arena};

    *count_r = 0;
    if (g.book == NULL)
        return false;
    *conflicts_r = arena_alloc(arena, (count + spare + 1) * sizeof(**conflicts_r));
    if (*conflicts_r == NULL || !find_groups(&g))
        return desk_fail(why_r, DESK_LIMIT, NULL);
    for (size_t i = 0; i < count; i++)
        if (g.group[i] == i && !fill_conflict(&g, i, &(*conflicts_r)[(*count_r)++]))
            return desk_fail(why_r, DESK_LIMIT, NULL);
    return true;
}
