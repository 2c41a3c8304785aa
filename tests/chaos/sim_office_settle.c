/* The person settles what clashed or was refused. */
#include <string.h>

#include "desk/desk_conflict.h"
#include "record.h"
#include "replica/replica_outbox.h"
#include "sim_office_internal.h"

#define CHOICES_MAX 64
#define ARENA_LIMIT ((size_t)1 << 20)

/* Another text than either side's, where the field is a text. */
static const ProtobufCMessage *new_value(struct sim_world *world,
    const struct desk_conflict_part *part, const char *name, struct arena *arena)
{
    const ProtobufCFieldDescriptor *field = record_field(part->kind, name);
    ProtobufCMessage *value = record_new(part->kind, arena);
    const char *text = arena_printf(arena, "ni l'un ni l'autre, %u", sim_world_below(world, 1000));
    struct record_value one = {.data = text, .size = strlen(text)};

    if (field == NULL || field->type != PROTOBUF_C_TYPE_STRING ||
        !record_set(value, field, &one, 1, arena))
        return NULL;
    return value;
}

static struct desk_choice choose_field(struct sim_world *world,
    const struct desk_conflict *conflict, size_t part, const char *name, struct arena *arena)
{
    struct desk_choice choice = {.part = part, .field = name, .take = DESK_TAKE_THEIRS};

    if (conflict->state == DESK_CONFLICT_ASKED || sim_world_chance(world, 4000))
        return choice;
    choice.take = DESK_TAKE_MINE;
    if (sim_world_chance(world, 3000))
        choice.value = new_value(world, &conflict->parts[part], name, arena);
    if (choice.value != NULL)
        choice.take = DESK_TAKE_NEW;
    return choice;
}

/* Takes each clashing field from a side drawn, or neither; or leaves it, where it merges. */
static size_t choose(struct sim_world *world, const struct desk_conflict *conflict,
    struct desk_choice *choices, struct arena *arena)
{
    size_t count = 0;

    for (size_t p = 0; p < conflict->n_parts; p++)
        for (size_t f = 0; f < conflict->parts[p].n_fields && count < CHOICES_MAX; f++) {
            const struct desk_conflict_field *field = &conflict->parts[p].fields[f];

            if (!field->clashes || (field->merged != NULL && sim_world_chance(world, 5000)))
                continue;
            choices[count++] = choose_field(world, conflict, p, field->name, arena);
        }
    return count;
}

struct leave {
    struct sim_office *office;
    const struct desk_conflict *conflict;
};

static bool take_leaving(void *arg, const struct replica_operation *stored)
{
    const struct leave *leave = arg;

    for (size_t i = 0; i < leave->conflict->n_numbers; i++)
        if (leave->conflict->numbers[i] == stored->number)
            sim_office_memory_drop(leave->office, stored->op_id);
    return true;
}

/* By the person's order they leave the outbox. */
static void note_leaving(
    struct sim_office *office, struct desk *desk, const struct desk_conflict *conflict)
{
    struct leave leave = {office, conflict};

    replica_outbox(desk->replica, 0, ~0u, take_leaving, &leave);
}

static void note_attempts(struct sim_office *office, const struct desk_conflict *conflict)
{
    for (size_t p = 0; p < conflict->n_parts; p++)
        sim_office_memory_attempt(office, conflict->parts[p].id, conflict->parts[p].entry);
    if (conflict->proposal != NULL)
        sim_office_memory_attempt(office, conflict->proposal->id, conflict->proposal);
    for (size_t p = 0; p < conflict->n_proposals; p++)
        sim_office_memory_attempt(office, conflict->proposals[p]->id, conflict->proposals[p]);
}

static void resolve(
    struct sim_office *office, struct desk *desk, const struct desk_conflict *conflict)
{
    struct desk_choice choices[CHOICES_MAX];
    struct arena *arena = arena_new(ARENA_LIMIT);
    size_t n_choices = choose(office->place.world, conflict, choices, arena), count = 0;
    const struct desk_operation *operations = NULL;
    struct desk_why why;
    bool good;

    note_attempts(office, conflict);
    note_leaving(office, desk, conflict);
    good = desk_conflict_resolve(
        desk, conflict, choices, n_choices, "parce que", NULL, &operations, &count, &why);
    if (good)
        office->counts.resolved++;
    else if (why.trouble != DESK_STORAGE && why.trouble != DESK_ANSWER)
        sim_office_fail(office, "a conflict cannot be resolved:", NULL);
    sim_office_memory_wrote(office, desk->replica, good && count > 0,
        good && count > 0 ? operations[0].number : 0, true);
    arena_free(&arena);
}

static void drop(struct sim_office *office, struct desk *desk, const struct desk_conflict *conflict)
{
    struct desk_why why;

    note_leaving(office, desk, conflict);
    if (desk_conflict_drop(desk, conflict, &why))
        office->counts.dropped++;
    else if (why.trouble != DESK_STORAGE)
        sim_office_fail(office, "what was refused cannot be put aside:", NULL);
}

void sim_office_settle(struct sim_office *office, struct desk *desk)
{
    const struct desk_conflict *conflicts, *conflict;
    struct desk_why why;
    size_t count;

    conflicts = desk_conflicts(desk, &count, &why);
    if (conflicts == NULL || count == 0)
        return;
    conflict = &conflicts[sim_world_below(office->place.world, (uint32_t)count)];
    if (conflict->state == DESK_CONFLICT_REFUSED || conflict->state == DESK_CONFLICT_ANSWERED)
        drop(office, desk, conflict);
    else
        resolve(office, desk, conflict);
}
