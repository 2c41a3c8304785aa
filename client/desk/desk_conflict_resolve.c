/* What a person chose, as operations: one for each record of the conflict, and its answer. */
#include <string.h>

#include "desk/desk_conflict_internal.h"

struct resolver {
    const struct desk_conflict *conflict;
    const struct desk_choice *choices;
    size_t n_choices;
    const char *reason, *answer;
    struct arena *arena;
    struct desk_change *changes;
    Concert__Resolution **resolutions;
    size_t count;
    size_t taken, kept; /* fields of what was asked: as its author wants, and otherwise */
    struct desk_why *why_r;
};

static bool fail_memory(struct resolver *resolver)
{
    return desk_fail(resolver->why_r, DESK_LIMIT, NULL);
}

/* --- one field ---------------------------------------------------------------------------------
 */

static bool decides(const struct resolver *resolver)
{
    return resolver->conflict->state == DESK_CONFLICT_DECIDE;
}

static const struct desk_choice *choice_of(
    const struct resolver *resolver, size_t part, const char *field)
{
    bool whole = resolver->conflict->parts[part].remove;

    for (size_t i = 0; i < resolver->n_choices; i++)
        if (resolver->choices[i].part == part &&
            (whole || strcmp(resolver->choices[i].field, field) == 0))
            return &resolver->choices[i];
    return NULL;
}

/* What is done with a field, by choice or by itself. False with why_r when somebody must choose. */
static bool take_of(
    struct resolver *resolver, size_t part, size_t index, struct desk_choice *choice_r)
{
    const struct desk_conflict_part *of = &resolver->conflict->parts[part];
    const struct desk_conflict_field *field = &of->fields[index];
    const struct desk_choice *choice = choice_of(resolver, part, field->name);

    *choice_r = (struct desk_choice){.part = part,
        .field = field->name,
        .take = decides(resolver) ? DESK_TAKE_THEIRS : DESK_TAKE_MINE};
    if (choice != NULL) {
        *choice_r = *choice;
        return true;
    }
    if (field->merged != NULL && !of->remove) {
        struct record_value value = {.data = field->merged, .size = strlen(field->merged)};
        ProtobufCMessage *merged = record_new(of->kind, resolver->arena);

        if (merged == NULL ||
            !record_set(merged, record_field(of->kind, field->name), &value, 1, resolver->arena))
            return fail_memory(resolver);
        choice_r->take = DESK_TAKE_NEW;
        choice_r->value = merged;
        choice_r->merged = true;
        return true;
    }
    if (!field->clashes)
        return true;
    desk_fail(resolver->why_r, DESK_ANSWER, NULL);
    resolver->why_r->error = error_make(CONCERT__CODE__INVALID, field->name, "choice", NULL);
    return false;
}

/* The message that the field's value is taken from; NULL: it stays as the record has it. */
static const ProtobufCMessage *value_of(const struct resolver *resolver,
    const struct desk_conflict_part *part, const struct desk_choice *choice)
{
    if (choice->take == DESK_TAKE_NEW)
        return choice->value;
    if (choice->take == DESK_TAKE_MINE)
        return decides(resolver) ? NULL : part->mine;
    return decides(resolver) ? part->theirs : NULL;
}

/* --- the resolution of one record --------------------------------------------------------------
 */

struct drawn {
    Concert__Resolution *resolution;
    ProtobufCMessage *patch, *set_aside;
    const char **clear;
    size_t n_clear;
    bool removes, any_aside;
};

static bool begin_drawn(
    struct resolver *resolver, const struct desk_conflict_part *part, struct drawn *drawn_r)
{
    const size_t most = 2 * RECORD_FIELDS_MAX * sizeof(char *);
    Concert__Resolution *resolution = arena_alloc(resolver->arena, sizeof(*resolution));

    *drawn_r = (struct drawn){.resolution = resolution,
        .patch = record_new(part->kind, resolver->arena),
        .set_aside = record_new(part->kind, resolver->arena),
        .clear = arena_alloc(resolver->arena, most)};
    if (resolution == NULL || drawn_r->patch == NULL || drawn_r->set_aside == NULL ||
        drawn_r->clear == NULL)
        return fail_memory(resolver);
    concert__resolution__init(resolution);
    resolution->mine = arena_alloc(resolver->arena, most);
    resolution->theirs = arena_alloc(resolver->arena, most);
    resolution->rewritten = arena_alloc(resolver->arena, most);
    if (resolution->mine == NULL || resolution->theirs == NULL || resolution->rewritten == NULL)
        return fail_memory(resolver);
    resolution->has_op_id = true;
    resolution->op_id = (ProtobufCBinaryData){UUID_SIZE, (uint8_t *)part->op_id};
    return true;
}

static void set_aside(
    struct drawn *drawn, const ProtobufCMessage *from, const ProtobufCFieldDescriptor *field)
{
    if (from == NULL || record_count(from, field) == 0)
        return;
    record_copy(drawn->set_aside, from, field);
    drawn->any_aside = true;
}

static void draw_field(struct resolver *resolver, const struct desk_conflict_part *part,
    const struct desk_choice *choice, struct drawn *drawn)
{
    const ProtobufCFieldDescriptor *field = record_field(part->kind, choice->field);
    const ProtobufCMessage *value = value_of(resolver, part, choice);
    const ProtobufCMessage *asked = decides(resolver) ? part->theirs : part->mine;
    Concert__Resolution *to = drawn->resolution;
    char *name = (char *)(uintptr_t)field->name;

    if (choice->take == DESK_TAKE_MINE)
        to->mine[to->n_mine++] = name;
    else if (choice->take == DESK_TAKE_THEIRS)
        to->theirs[to->n_theirs++] = name;
    else
        to->rewritten[to->n_rewritten++] = name;
    if (value == asked)
        resolver->taken++;
    else
        resolver->kept++;
    if (value != asked && !choice->merged)
        set_aside(drawn, asked, field);
    if (value == NULL)
        return;
    if (record_count(value, field) > 0)
        record_copy(drawn->patch, value, field);
    else
        drawn->clear[drawn->n_clear++] = field->name;
}

static bool in_resolution(const Concert__Resolution *resolution, const char *name)
{
    for (size_t i = 0; i < resolution->n_mine; i++)
        if (strcmp(resolution->mine[i], name) == 0)
            return true;
    for (size_t i = 0; i < resolution->n_theirs; i++)
        if (strcmp(resolution->theirs[i], name) == 0)
            return true;
    for (size_t i = 0; i < resolution->n_rewritten; i++)
        if (strcmp(resolution->rewritten[i], name) == 0)
            return true;
    return false;
}

/* The operation was itself a choice that met another conflict: the log is to know the first one,
 * and the words that were set aside then. */
static bool take_earlier(
    struct resolver *resolver, const struct desk_conflict_part *part, struct drawn *drawn)
{
    const Concert__Resolution *earlier = part->earlier;
    Concert__Resolution *to = drawn->resolution;
    const ProtobufCMessage *aside = NULL;
    struct error error;

    if (earlier == NULL)
        return true;
    if (earlier->op_id.len == UUID_SIZE)
        to->op_id = earlier->op_id;
    if (earlier->has_set_aside && (aside = record_decode(part->kind, earlier->set_aside.data,
                                       earlier->set_aside.len, resolver->arena, &error)) == NULL)
        return fail_memory(resolver);
    for (size_t i = 0; i < earlier->n_theirs; i++)
        if (!in_resolution(to, earlier->theirs[i]) && to->n_theirs < RECORD_FIELDS_MAX)
            to->theirs[to->n_theirs++] = earlier->theirs[i];
    for (unsigned i = 0; aside != NULL && i < part->kind->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &part->kind->descriptor->fields[i];

        if (record_count(drawn->set_aside, field) == 0)
            set_aside(drawn, aside, field);
    }
    return true;
}

/* What is corrected beside the fields that were written. */
static void draw_others(struct resolver *resolver, size_t index, struct drawn *drawn)
{
    const struct desk_conflict_part *part = &resolver->conflict->parts[index];

    for (size_t i = 0; i < resolver->n_choices; i++) {
        const struct desk_choice *choice = &resolver->choices[i];

        if (choice->part == index && choice->take == DESK_TAKE_NEW &&
            desk_conflict_field_of(part, choice->field) == NULL &&
            record_field(part->kind, choice->field) != NULL)
            draw_field(resolver, part, choice, drawn);
    }
}

static bool draw_part(struct resolver *resolver, size_t index, struct drawn *drawn)
{
    const struct desk_conflict_part *part = &resolver->conflict->parts[index];

    if (!begin_drawn(resolver, part, drawn))
        return false;
    for (size_t i = 0; i < part->n_fields; i++) {
        struct desk_choice choice;

        if (!take_of(resolver, index, i, &choice))
            return false;
        drawn->removes = part->remove && choice.take == DESK_TAKE_MINE;
        draw_field(resolver, part, &choice, drawn);
    }
    draw_others(resolver, index, drawn);
    drawn->removes = drawn->removes || (part->remove && part->n_fields == 0);
    if (!take_earlier(resolver, part, drawn))
        return false;
    if (!drawn->any_aside)
        return true;
    drawn->resolution->has_set_aside = true;
    drawn->resolution->set_aside.data =
        record_encode(drawn->set_aside, resolver->arena, &drawn->resolution->set_aside.len);
    return drawn->resolution->set_aside.data != NULL || fail_memory(resolver);
}

static bool set_text(struct resolver *resolver, ProtobufCMessage *message, const struct kind *kind,
    const char *name, const char *text)
{
    struct record_value value = {.data = text, .size = strlen(text)};

    return record_set(message, record_field(kind, name), &value, 1, resolver->arena);
}

/* Nothing is called accepted of which nothing goes. */
static bool draw_review(struct resolver *resolver, size_t index, struct drawn *drawn)
{
    const struct desk_conflict_part *part = &resolver->conflict->parts[index];
    const struct book_entry *proposal = resolver->conflict->proposal;
    const char *answer = resolver->answer != NULL ? resolver->answer : resolver->reason;
    struct record_value status = {.number = CONCERT__QUARANTINE__STATUS__REFUSED};
    bool none, left;

    if (decides(resolver))
        return true;
    if (!desk_conflict_review(resolver->conflict, index, resolver->choices, resolver->n_choices,
            resolver->arena, &none, &left))
        return fail_memory(resolver);
    if (proposal != NULL && resolver->conflict->state == DESK_CONFLICT_ANSWERED &&
        book_text(proposal, "answer") != NULL)
        answer = book_text(proposal, "answer");
    if (none &&
        !record_set(drawn->patch, record_field(part->kind, "status"), &status, 1, resolver->arena))
        return fail_memory(resolver);
    return !left || answer == NULL ||
           set_text(resolver, drawn->patch, part->kind, "answer", answer) || fail_memory(resolver);
}

/* --- the writing -------------------------------------------------------------------------------
 */

static bool add_part(struct resolver *resolver, size_t index)
{
    const struct desk_conflict_part *part = &resolver->conflict->parts[index];
    struct desk_change *change = &resolver->changes[resolver->count];
    struct drawn drawn;

    if (!draw_part(resolver, index, &drawn) || !draw_review(resolver, index, &drawn))
        return false;
    *change = (struct desk_change){.kind = part->kind,
        .base = part->entry == NULL ? 0 : part->entry->revision,
        .patch = drawn.removes ? NULL : drawn.patch,
        .clear = drawn.clear,
        .n_clear = drawn.removes || part->remove ? 0 : drawn.n_clear,
        .remove = drawn.removes,
        .reason = resolver->reason != NULL || decides(resolver) ? resolver->reason : part->reason};
    memcpy(change->id, part->id, UUID_SIZE);
    if ((part->clashed && part->n_fields > 0) || part->earlier != NULL)
        resolver->resolutions[resolver->count] = drawn.resolution;
    resolver->count++;
    return true;
}

/* The proposal is accepted when all that it asks is done, and nothing else. */
static bool add_answer(struct resolver *resolver)
{
    const struct book_entry *proposal = resolver->conflict->proposal;
    struct desk_change *change = &resolver->changes[resolver->count++];
    ProtobufCMessage *patch = record_new(proposal->kind, resolver->arena);
    const char *answer = resolver->answer != NULL ? resolver->answer : resolver->reason;
    struct record_value status = {.number = resolver->kept > 0
                                                ? CONCERT__PROPOSAL__STATUS__REFUSED
                                                : CONCERT__PROPOSAL__STATUS__ACCEPTED};

    *change =
        (struct desk_change){.kind = proposal->kind, .base = proposal->revision, .patch = patch};
    memcpy(change->id, proposal->id, UUID_SIZE);
    if (patch == NULL ||
        !record_set(patch, record_field(proposal->kind, "status"), &status, 1, resolver->arena) ||
        (answer != NULL && !set_text(resolver, patch, proposal->kind, "answer", answer)))
        return fail_memory(resolver);
    return true;
}

/* Its author does not ask any more; what was answered meanwhile stays. */
static void add_withdrawals(struct resolver *resolver)
{
    for (size_t i = 0; i < resolver->conflict->n_proposals; i++) {
        const struct book_entry *proposal = resolver->conflict->proposals[i];
        struct desk_change *change = &resolver->changes[resolver->count];

        if (book_number(proposal, "status", CONCERT__PROPOSAL__STATUS__OPEN) !=
            CONCERT__PROPOSAL__STATUS__OPEN)
            continue;
        *change = (struct desk_change){
            .kind = proposal->kind, .base = proposal->revision, .remove = true};
        memcpy(change->id, proposal->id, UUID_SIZE);
        resolver->count++;
    }
}

static bool add_all(struct resolver *resolver)
{
    const struct desk_conflict *conflict = resolver->conflict;
    size_t room = conflict->n_parts + conflict->n_proposals + 1;

    resolver->changes = arena_alloc(resolver->arena, room * sizeof(*resolver->changes));
    resolver->resolutions = arena_alloc(resolver->arena, room * sizeof(*resolver->resolutions));
    if (resolver->changes == NULL || resolver->resolutions == NULL)
        return fail_memory(resolver);
    for (size_t i = 0; i < conflict->n_parts; i++)
        if (!add_part(resolver, i))
            return false;
    if (conflict->state == DESK_CONFLICT_DECIDE)
        return add_answer(resolver);
    if (conflict->state == DESK_CONFLICT_ASKED)
        add_withdrawals(resolver);
    return true;
}

bool desk_conflict_resolve(struct desk *desk, const struct desk_conflict *conflict,
    const struct desk_choice *choices, size_t n_choices, const char *reason, const char *answer,
    const struct desk_operation **operations_r, size_t *count_r, struct desk_why *why_r)
{
    struct resolver resolver = {.conflict = conflict,
        .choices = choices,
        .n_choices = n_choices,
        .reason = reason,
        .answer = answer,
        .arena = desk_arena(why_r),
        .why_r = why_r};
    struct desk_writing writing = {.drops = conflict->numbers, .n_drops = conflict->n_numbers};
    bool good = resolver.arena != NULL && add_all(&resolver);

    *count_r = 0;
    if (good) {
        writing.changes = resolver.changes;
        writing.resolutions = resolver.resolutions;
        writing.count = resolver.count;
        writing.atomic = resolver.count > 1;
        good = desk_write_all(desk, &writing, operations_r, why_r);
        *count_r = good ? resolver.count : 0;
    }
    arena_free(&resolver.arena);
    return good;
}

bool desk_conflict_drop(
    struct desk *desk, const struct desk_conflict *conflict, struct desk_why *why_r)
{
    const struct desk_writing writing = {
        .drops = conflict->numbers, .n_drops = conflict->n_numbers};
    const struct desk_operation *none;

    return desk_write_all(desk, &writing, &none, why_r);
}
