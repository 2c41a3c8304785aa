/* What a person writes: chosen by the seed among what its role would touch, and a little beyond. */
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "record.h"
#include "sim_office_internal.h"

#define GROUP_MAX 4
#define LINES 6
#define LONG_LINE 1500
#define ARENA_LIMIT ((size_t)4 << 20)

enum shape { SHAPE_LINE, SHAPE_TEXT, SHAPE_NUMBER, SHAPE_WORD };

/* A field that people write in. Words are separated by a space. */
struct pencil {
    const char *kind, *field;
    enum shape shape;
    const char *words;
    bool clears; /* it may be emptied */
    unsigned weight;
};

static const struct pencil pencils[] = {
    {"share", "percent", SHAPE_NUMBER, "100", true, 5},
    {"share", "status", SHAPE_WORD, "not_started under_way suspended done", true, 4},
    {"share", "expected", SHAPE_LINE, NULL, true, 3},
    {"share", "next_step", SHAPE_TEXT, NULL, true, 4},
    {"party", "mission", SHAPE_TEXT, NULL, true, 3},
    {"party", "context", SHAPE_TEXT, NULL, true, 2},
    {"party", "phone", SHAPE_LINE, NULL, true, 1},
    {"action", "title", SHAPE_LINE, NULL, false, 2},
    {"action", "description", SHAPE_TEXT, NULL, true, 2},
    {"project", "summary", SHAPE_TEXT, NULL, true, 3},
    {"project", "status", SHAPE_WORD, "idea submitted funded under_way", true, 1},
    {"budget_line", "planned", SHAPE_NUMBER, "900000", false, 2},
    {"budget_line", "note", SHAPE_TEXT, NULL, true, 1},
    {"note", "text", SHAPE_TEXT, NULL, false, 1},
};
#define PENCILS (sizeof(pencils) / sizeof(pencils[0]))

/* One write: changes that go together. */
struct draft {
    struct sim_office *office;
    struct sim_world *world;
    struct desk *desk;
    const struct book *book;
    struct arena *arena;
    struct desk_change changes[GROUP_MAX];
    const char *clear[GROUP_MAX];
    size_t count;
};

/* Now and then a long one, so that what is pulled takes several pages. */
static const char *some_line(struct draft *draft)
{
    int width = sim_world_chance(draft->world, 1000) ? LONG_LINE : 0;

    return arena_printf(draft->arena, "ligne %u de %-*u", sim_world_below(draft->world, 1000),
        width, draft->office->index);
}

/* A text of several lines, of which one is touched: replaced, added or removed. */
static const char *some_text(struct draft *draft, const char *before)
{
    uint32_t at = sim_world_below(draft->world, LINES), line = 0;
    const char *rest = before == NULL ? "" : before;
    char *text = arena_printf(draft->arena, "%s", "");
    bool removes = sim_world_chance(draft->world, 1500);

    if (before == NULL || before[0] == '\0' || sim_world_chance(draft->world, 1000)) {
        for (; line < LINES; line++)
            text = arena_printf(draft->arena, "%s%u. %s\n", text, line, some_line(draft));
        return text;
    }
    for (; *rest != '\0'; line++) {
        size_t size = strcspn(rest, "\n");

        if (line != at)
            text = arena_printf(draft->arena, "%s%.*s\n", text, (int)size, rest);
        else if (!removes)
            text = arena_printf(draft->arena, "%s%u. %s\n", text, line, some_line(draft));
        rest += rest[size] == '\0' ? size : size + 1;
    }
    if (line <= at)
        text = arena_printf(draft->arena, "%s%s\n", text, some_line(draft));
    return text;
}

static const char *some_word(struct draft *draft, const char *words)
{
    uint32_t count = 1, which;

    for (const char *at = words; *at != '\0'; at++)
        count += *at == ' ';
    which = sim_world_below(draft->world, count);
    for (; which > 0; which--)
        words = strchr(words, ' ') + 1;
    return arena_copy(draft->arena, words, strcspn(words, " "));
}

static const char *some_value(struct draft *draft, const struct pencil *pencil, const char *before)
{
    unsigned below = 0;

    switch (pencil->shape) {
    case SHAPE_LINE:
        return some_line(draft);
    case SHAPE_TEXT:
        return some_text(draft, before);
    case SHAPE_NUMBER:
        sscanf(pencil->words, "%u", &below);
        return arena_printf(draft->arena, "%u", sim_world_below(draft->world, below));
    default:
        return some_word(draft, pencil->words);
    }
}

/* --- changes ------------------------------------------------------------------------------------
 */

static void set_text(struct draft *draft, const struct kind *kind, ProtobufCMessage *patch,
    const char *name, const char *text)
{
    const ProtobufCFieldDescriptor *field = record_field(kind, name);
    struct record_value value;

    if (field != NULL && record_parse(kind, field, text, draft->arena, &value))
        record_set(patch, field, &value, 1, draft->arena);
}

static void set_id(struct draft *draft, const struct kind *kind, ProtobufCMessage *patch,
    const char *name, const uint8_t id[UUID_SIZE])
{
    struct record_value value = {
        .data = arena_copy(draft->arena, id, UUID_SIZE), .size = UUID_SIZE};

    record_set(patch, record_field(kind, name), &value, 1, draft->arena);
}

static struct desk_change *new_change(
    struct draft *draft, const struct kind *kind, const struct book_entry *entry)
{
    struct desk_change *change = &draft->changes[draft->count++];

    *change = (struct desk_change){.kind = kind};
    if (entry != NULL) {
        memcpy(change->id, entry->id, UUID_SIZE);
        change->base = entry->revision;
    } else {
        uuid_make(clock_now() / 1000, change->id);
    }
    sim_office_memory_attempt(draft->office, change->id, entry);
    memmove(draft->office->focus[1], draft->office->focus[0],
        (SIM_OFFICE_FOCUS - 1) * (size_t)UUID_SIZE);
    memcpy(draft->office->focus[0], change->id, UUID_SIZE);
    return change;
}

static const struct pencil *some_pencil(struct draft *draft, const struct kind *kind)
{
    uint32_t all = 0, which;

    for (size_t i = 0; i < PENCILS; i++)
        if (kind == NULL || strcmp(pencils[i].kind, kind->name) == 0)
            all += pencils[i].weight;
    if (all == 0)
        return NULL;
    which = sim_world_below(draft->world, all);
    for (size_t i = 0; i < PENCILS; i++)
        if (kind == NULL || strcmp(pencils[i].kind, kind->name) == 0) {
            if (which < pencils[i].weight)
                return &pencils[i];
            which -= pencils[i].weight;
        }
    return NULL;
}

static bool in_draft(const struct draft *draft, const struct book_entry *entry)
{
    for (size_t i = 0; i < draft->count; i++)
        if (uuid_equal(draft->changes[i].id, entry->id))
            return true;
    return false;
}

/* People write in what is theirs; staff anywhere; and now and then somebody where it may not. */
static bool would_touch(struct draft *draft, const struct book_entry *entry)
{
    const struct policy_actor *actor =
        &draft->office->place.founded->offices[draft->office->index].actor;

    return !in_draft(draft, entry) &&
           (policy_staff(actor->role) || policy_owns(actor, entry->owner) ||
               sim_world_chance(draft->world, 200));
}

static const struct book_entry *some_entry(struct draft *draft, const struct kind *kind)
{
    size_t count;
    const struct book_entry *const *list = book_list(draft->book, kind->id, &count);
    uint32_t from = count == 0 ? 0 : sim_world_below(draft->world, (uint32_t)count);

    for (size_t i = 0; i < count; i++) {
        const struct book_entry *entry = list[(from + i) % count];

        if (would_touch(draft, entry))
            return entry;
    }
    return NULL;
}

/* Where this person has lately written, or what everybody talks about these days. */
static const struct book_entry *some_known(struct draft *draft)
{
    const struct sim_server_founded *founded = draft->office->place.founded;
    uint32_t which = sim_world_below(draft->world, 10);
    const struct book_entry *entry = NULL;

    if (which < 4)
        entry = book_get(
            draft->book, draft->office->focus[sim_world_below(draft->world, SIM_OFFICE_FOCUS)]);
    else if (which < 8)
        entry = book_get(draft->book,
            founded->shares[0][1 + sim_world_below(draft->world, SIM_SERVER_PARTIES - 1)]);
    return entry != NULL && would_touch(draft, entry) ? entry : NULL;
}

static const struct book_entry *some_target(struct draft *draft, const struct pencil **pencil_r)
{
    const struct book_entry *entry = some_known(draft);

    if (entry != NULL) {
        *pencil_r = some_pencil(draft, entry->kind);
        if (*pencil_r != NULL)
            return entry;
    }
    *pencil_r = some_pencil(draft, NULL);
    return some_entry(draft, kinds_by_name((*pencil_r)->kind));
}

static void edit(struct draft *draft)
{
    const struct pencil *pencil;
    const struct book_entry *entry = some_target(draft, &pencil);
    struct desk_change *change;
    ProtobufCMessage *patch;
    size_t at = draft->count;

    if (entry == NULL)
        return;
    patch = record_new(entry->kind, draft->arena);
    change = new_change(draft, entry->kind, entry);
    change->patch = patch;
    if (pencil->clears && sim_world_chance(draft->world, 1000)) {
        draft->clear[at] = pencil->field;
        change->clear = &draft->clear[at];
        change->n_clear = 1;
    } else {
        set_text(draft, entry->kind, patch, pencil->field,
            some_value(draft, pencil,
                pencil->shape == SHAPE_TEXT ? book_text(entry, pencil->field) : NULL));
    }
}

static ProtobufCMessage *create(struct draft *draft, const char *kind_name, uint8_t id_r[UUID_SIZE])
{
    const struct kind *kind = kinds_by_name(kind_name);
    ProtobufCMessage *patch = record_new(kind, draft->arena);
    struct desk_change *change = new_change(draft, kind, NULL);

    change->patch = patch;
    memcpy(id_r, change->id, UUID_SIZE);
    return patch;
}

static void write_note(struct draft *draft)
{
    const struct kind *kind = kinds_by_name("note");
    const struct book_entry *subject = some_entry(draft, kinds_by_name("share"));
    uint8_t id[UUID_SIZE];
    ProtobufCMessage *patch;

    if (subject == NULL)
        return;
    patch = create(draft, "note", id);
    set_id(draft, kind, patch, "subject", subject->id);
    set_text(draft, kind, patch, "text", some_line(draft));
    set_text(draft, kind, patch, "on", "2009-10-15");
}

static void write_line(struct draft *draft, const uint8_t project[UUID_SIZE])
{
    const struct kind *kind = kinds_by_name("budget_line");
    uint8_t id[UUID_SIZE];
    ProtobufCMessage *patch = create(draft, "budget_line", id);

    set_id(draft, kind, patch, "project", project);
    set_text(draft, kind, patch, "label", some_line(draft));
    set_text(draft, kind, patch, "planned", "125000");
}

/* With its lines, at once, or with one later: a child of what is not accepted yet. */
static void write_project(struct draft *draft)
{
    const struct kind *kind = kinds_by_name("project");
    const struct book_entry *party = some_entry(draft, kinds_by_name("party"));
    uint8_t id[UUID_SIZE];
    ProtobufCMessage *patch;

    if (party == NULL)
        return;
    patch = create(draft, "project", id);
    set_text(draft, kind, patch, "title", some_line(draft));
    set_id(draft, kind, patch, "party", party->id);
    for (uint32_t more = sim_world_below(draft->world, GROUP_MAX); more > 0; more--)
        write_line(draft, id);
}

static void write_another_line(struct draft *draft)
{
    const struct book_entry *project = some_entry(draft, kinds_by_name("project"));

    if (project != NULL)
        write_line(draft, project->id);
}

static void write_removal(struct draft *draft)
{
    static const char *const names[] = {"project", "budget_line", "budget_line", "note", "share"};
    const struct kind *kind = kinds_by_name(names[sim_world_below(draft->world, 5)]);
    const struct book_entry *entry = some_entry(draft, kind);

    if (entry != NULL)
        new_change(draft, kind, entry)->remove = true;
}

static void write_group(struct draft *draft)
{
    for (uint32_t more = 2 + sim_world_below(draft->world, GROUP_MAX - 1); more > 0; more--)
        edit(draft);
}

struct act {
    void (*write)(struct draft *draft);
    uint32_t weight;
};

static const struct act acts[] = {
    {edit, 60},
    {write_note, 8},
    {write_project, 8},
    {write_another_line, 6},
    {write_removal, 6},
    {write_group, 12},
};

static void (*some_act(struct sim_world *world))(struct draft *)
{
    uint32_t which = sim_world_below(world, 100);

    for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
        if (which < acts[i].weight)
            return acts[i].write;
        which -= acts[i].weight;
    }
    return edit;
}

static void send_draft(struct draft *draft)
{
    struct sim_office *office = draft->office;
    const struct desk_operation *operations;
    struct desk_why why;
    bool atomic = draft->count > 1 && sim_world_chance(draft->world, 8000);
    bool good = desk_write(draft->desk, draft->changes, draft->count, atomic, &operations, &why);

    if (good)
        *(atomic ? &office->counts.groups : &office->counts.writes) += 1;
    else if (why.trouble == DESK_ANSWER)
        office->counts.refused_here++;
    else if (why.trouble != DESK_STORAGE)
        sim_office_fail(office, "a write failed in a way it should not:", NULL);
    sim_office_memory_wrote(
        office, draft->desk->replica, good, good ? operations[0].number : 0, false);
}

void sim_office_write(struct sim_office *office, struct desk *desk)
{
    struct draft draft = {.office = office,
        .world = office->place.world,
        .desk = desk,
        .arena = arena_new(ARENA_LIMIT)};
    struct desk_why why;

    draft.book = desk_book(desk, &why);
    if (draft.book != NULL)
        some_act(office->place.world)(&draft);
    if (draft.count > 0)
        send_draft(&draft);
    arena_free(&draft.arena);
}
