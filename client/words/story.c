#include "words/story.h"

#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "input/change.h"

#define ARENA_LIMIT ((size_t)256 << 20)
#define PAGE 200 /* changes asked for at once */

static const char *copy_text(const struct story *story, const char *text)
{
    return text == NULL || text[0] == '\0' ? NULL : arena_copy(story->arena, text, strlen(text));
}

static bool make_room(struct story *story)
{
    struct story_event *more = array_grow(story->events, story->count, &story->room, sizeof(*more));

    if (more != NULL)
        story->events = more;
    return more != NULL;
}

static bool copy_names(
    const struct story *story, char **names, size_t count, struct record_names *names_r)
{
    const size_t most = sizeof(names_r->name) / sizeof(names_r->name[0]);

    for (size_t i = 0; i < count && names_r->count < most; i++) {
        const char *name = copy_text(story, names[i]);

        if (name == NULL)
            return false;
        names_r->name[names_r->count++] = name;
    }
    return true;
}

static bool take_resolution(
    const struct story *story, const Concert__Resolution *resolution, struct story_event *event)
{
    struct error error;
    const uint8_t *aside;

    if (resolution == NULL)
        return true;
    event->settles = true;
    if (resolution->has_set_aside) {
        aside = (const uint8_t *)arena_copy(
            story->arena, resolution->set_aside.data, resolution->set_aside.len);
        if (aside == NULL)
            return false;
        event->set_aside =
            record_decode(event->kind, aside, resolution->set_aside.len, story->arena, &error);
    }
    return copy_names(story, resolution->mine, resolution->n_mine, &event->mine) &&
           copy_names(story, resolution->theirs, resolution->n_theirs, &event->theirs) &&
           copy_names(story, resolution->rewritten, resolution->n_rewritten, &event->rewritten);
}

/* The answer lives until the desk's next call: all that is kept is copied. */
static bool take_change(struct story *story, const Concert__Change *change)
{
    const struct kind *kind = kinds_get(change->kind);
    struct story_event event = {.kind = kind,
        .seq = change->seq,
        .revision = change->revision,
        .at = change->at,
        .authored_at = change->authored_at,
        .who = copy_text(story, change->who),
        .device = copy_text(story, change->device_name),
        .reason = copy_text(story, change->reason),
        .removed = change->delete_,
        .erased = change->has_erased && change->erased,
        .n_fields = change->n_fields};
    struct error error;
    const uint8_t *patch;

    if (kind == NULL || change->id.len != UUID_SIZE)
        return true; /* of a later version: not ours to tell */
    memcpy(event.id, change->id.data, UUID_SIZE);
    event.fields = arena_alloc(story->arena, (event.n_fields + 1) * sizeof(*event.fields));
    patch = (const uint8_t *)arena_copy(story->arena, change->patch.data, change->patch.len);
    if (event.fields == NULL || patch == NULL || !make_room(story))
        return false;
    for (size_t i = 0; i < event.n_fields; i++)
        if ((event.fields[i] = copy_text(story, change->fields[i])) == NULL)
            return false;
    if (!take_resolution(story, change->resolution, &event))
        return false;
    event.patch = record_decode(kind, patch, change->patch.len, story->arena, &error);
    story->events[story->count++] = event;
    return true;
}

static bool take_page(struct story *story, const Concert__HistoryAnswer *page)
{
    for (size_t i = 0; i < page->n_changes; i++)
        if (!take_change(story, page->changes[i]))
            return false;
    return true;
}

/* The whole story of one record, back to its first revision. */
static enum command_exit take_record(struct story *story, const uint8_t id[UUID_SIZE])
{
    uint64_t before = 0;

    for (;;) {
        struct desk_why why = {.trouble = DESK_FINE};
        const Concert__HistoryAnswer *page =
            desk_history(story->context->desk, id, before, PAGE, &why);
        const Concert__Change *last;

        if (page == NULL)
            return command_why(story->context, &why);
        if (page->n_changes == 0)
            return COMMAND_OK;
        last = page->changes[page->n_changes - 1];
        before = last->seq;
        if (!take_page(story, page))
            return change_no_memory(story->context);
        if (last->revision <= 1 || before <= 1)
            return COMMAND_OK;
    }
}

/* What was written of an action is mostly in its shares and notes: their story is its own. */
static enum command_exit take_children(struct story *story, const struct book_entry *entry)
{
    enum command_exit code = COMMAND_OK;

    for (size_t i = 0; i < kinds_count && code == COMMAND_OK; i++) {
        size_t count;
        const struct book_entry *const *children;

        if (kinds[i].parent == NULL)
            continue;
        children = book_children(story->context->book, entry->id, kinds[i].id, NULL, &count);
        for (size_t j = 0; j < count && code == COMMAND_OK; j++) {
            story->several = true;
            if (children[j]->revision > 0)
                code = take_record(story, children[j]->id);
            if (code == COMMAND_OK && kinds[i].id == CONCERT__KIND__SHARE)
                code = take_children(story, children[j]);
        }
    }
    return code;
}

static enum command_exit take_newest(struct story *story, uint32_t count)
{
    struct desk_why why = {.trouble = DESK_FINE};
    const Concert__HistoryAnswer *page = desk_history(story->context->desk, NULL, 0, count, &why);

    if (page == NULL)
        return command_why(story->context, &why);
    story->several = true;
    story->whole = false;
    return take_page(story, page) ? COMMAND_OK : change_no_memory(story->context);
}

static int newest_first(const void *a, const void *b)
{
    const struct story_event *x = a, *y = b;

    return (y->seq > x->seq) - (y->seq < x->seq);
}

static bool begin(struct story *story, struct context *context)
{
    *story = (struct story){.context = context, .arena = arena_new(ARENA_LIMIT), .whole = true};
    return story->arena != NULL;
}

static enum command_exit finish(struct story *story, enum command_exit code)
{
    if (story->count > 1)
        qsort(story->events, story->count, sizeof(*story->events), newest_first);
    return code;
}

enum command_exit story_of_record(
    struct story *story, struct context *context, const struct book_entry *entry, bool below)
{
    enum command_exit code;

    if (!begin(story, context))
        return change_no_memory(context);
    code = take_record(story, entry->id);
    if (code == COMMAND_OK && below)
        code = take_children(story, entry);
    return finish(story, code);
}

enum command_exit story_of_all(struct story *story, struct context *context, uint32_t count)
{
    if (!begin(story, context))
        return change_no_memory(context);
    return finish(story, take_newest(story, count));
}

void story_clear(struct story *story)
{
    free(story->events);
    arena_free(&story->arena);
    *story = (struct story){.context = NULL};
}

const ProtobufCMessage *story_earlier(const struct story *story, size_t index, const char *field)
{
    const struct story_event *event = &story->events[index];

    for (size_t i = index + 1; i < story->count; i++) {
        const struct story_event *older = &story->events[i];
        if (!uuid_equal(older->id, event->id))
            continue;
        for (size_t j = 0; j < older->n_fields; j++)
            if (strcmp(older->fields[j], field) == 0)
                return older->patch;
    }
    return NULL;
}
