/* What a change settled, in sentences. */
#include <string.h>

#include "i18n.h"
#include "words.h"
#include "words/phrase.h"
#include "words/story.h"

static bool is_written(const struct story_event *event, const char *name)
{
    for (size_t i = 0; i < event->n_fields; i++)
        if (strcmp(event->fields[i], name) == 0)
            return true;
    return false;
}

/* The names that were, or were not, written by the change, joined with commas; "" when none. */
static const char *join(const struct story *story, const struct story_event *event,
    const struct record_names *names, bool written)
{
    const char *text = "";

    for (size_t i = 0; i < names->count && text != NULL; i++)
        if (is_written(event, names->name[i]) == written)
            text = arena_printf(story->arena, "%s%s%s", text, text[0] == '\0' ? "" : ", ",
                words_show(WORDS_FIELD, names->name[i], story->context->language));
    return text == NULL ? "" : text;
}

static const char *add(
    const struct story *story, const char *text, const char *format, const char *names)
{
    const char *one;

    if (text == NULL || names[0] == '\0')
        return text;
    one = arena_printf(story->arena, "%s%s", _(format), names);
    return one == NULL ? NULL : arena_printf(story->arena, "%s; %s", text, one);
}

static const char *aside(const struct story *story, const struct story_event *event)
{
    const ProtobufCMessageDescriptor *d = event->kind->descriptor;
    const char *text = "";

    for (unsigned i = 0; event->set_aside != NULL && i < d->n_fields && text != NULL; i++) {
        const char *value;

        if (record_count(event->set_aside, &d->fields[i]) == 0)
            continue;
        value = phrase_field(story->context->book, event->kind, event->set_aside, &d->fields[i],
            story->context->language, false, story->arena);
        text = arena_printf(story->arena, _("%s%s%s “%s”"), text, text[0] == '\0' ? "" : ", ",
            words_show(WORDS_FIELD, d->fields[i].name, story->context->language),
            value == NULL ? "" : value);
    }
    return text == NULL ? "" : text;
}

/* Who settles a conflict writes the other side's words when it takes them for its own record, and
 * its own when it insists: what the change wrote tells which. */
const char *story_conflict(const struct story *story, const struct story_event *event)
{
    const char *who = event->who == NULL ? _("the server") : event->who;
    const char *text;

    if (!event->settles)
        return NULL;
    text = arena_printf(story->arena, _("Conflict settled by %s"), who);
    text = add(story, text, N_("their own words kept: "), join(story, event, &event->mine, true));
    text = add(
        story, text, N_("what the record had was kept: "), join(story, event, &event->mine, false));
    text =
        add(story, text, N_("the others’ words taken: "), join(story, event, &event->theirs, true));
    text = add(story, text, N_("what the others had written was left: "),
        join(story, event, &event->theirs, false));
    text = add(story, text, N_("a new text: "), join(story, event, &event->rewritten, true));
    text = add(story, text, N_("a new text: "), join(story, event, &event->rewritten, false));
    text = add(story, text, N_("set aside: "), aside(story, event));
    return text == NULL ? NULL : arena_printf(story->arena, "%s.", text);
}
