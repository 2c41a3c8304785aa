/* What revoked devices had not sent: a coordinator looks at it, and takes it over or turns it down.
 */
#include <stdlib.h>
#include <string.h>

#include "figures/waiting.h"
#include "i18n.h"
#include "input/change.h"
#include "input/held.h"
#include "input/pick.h"
#include "text.h"
#include "words.h"
#include "words/outcome.h"
#include "words/phrase.h"

struct review {
    struct context *context;
    struct arena *arena;
    const struct book_entry **chosen;
    size_t count;
    bool answers;     /* takes over or turns down */
    struct held held; /* taken over, and waiting for somebody's choice */
};

/* --- telling -----------------------------------------------------------------------------------
 */

static const char *value_of(const struct review *to, const struct waiting *one,
    const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    const char *text = message == NULL ? ""
                                       : phrase_field(to->context->book, one->kind, message, field,
                                             to->context->language, false, to->arena);

    return text == NULL || text[0] == '\0' ? _("(empty)") : text;
}

/* "percentage: 30 then, 45 now; would become 60". */
static const char *sentence(
    const struct review *to, const struct waiting *one, const ProtobufCFieldDescriptor *field)
{
    const char *name = words_show(WORDS_FIELD, field->name, to->context->language);
    const char *would = value_of(to, one, one->patch, field);
    const char *then = value_of(to, one, one->seen, field);
    const char *now = one->target == NULL ? "" : value_of(to, one, one->target->body, field);

    if (one->base == 0)
        return arena_printf(to->arena, _("%s: %s"), name, would);
    if (one->seen == NULL || one->target == NULL || strcmp(then, now) == 0)
        return arena_printf(
            to->arena, _("%s: %s → %s"), name, one->target == NULL ? then : now, would);
    return arena_printf(to->arena, _("%s: %s then, %s now → %s"), name, then, now, would);
}

static const char *headline(const struct review *to, const struct waiting *one)
{
    const char *kind =
        words_show(WORDS_KIND, one->kind == NULL ? "" : one->kind->name, to->context->language);

    if (one->kind == NULL)
        return _("of a kind that this program does not know");
    if (one->base == 0)
        return arena_printf(
            to->arena, _("makes: %s"), outcome_new(to->context, one->kind, one->patch));
    if (one->target == NULL)
        return arena_printf(to->arena, _("changes a record (%s) that is gone"), kind);
    return arena_printf(to->arena, one->removes ? _("removes: %s") : _("changes: %s"),
        phrase_name(to->context->book, one->target, to->context->language, to->arena));
}

static const char *const *lines_of(
    const struct review *to, const struct waiting *one, size_t *count_r)
{
    const char **lines = arena_alloc(to->arena, (RECORD_FIELDS_MAX + 3) * sizeof(*lines));
    const uint64_t held = held_by(&to->held, one->entry->id);

    *count_r = 0;
    if (lines == NULL)
        return NULL;
    lines[(*count_r)++] = headline(to, one);
    for (size_t i = 0; one->kind != NULL && i < one->fields.count; i++) {
        const ProtobufCFieldDescriptor *field = record_field(one->kind, one->fields.name[i]);

        if (field != NULL)
            lines[(*count_r)++] = sentence(to, one, field);
    }
    if (held != 0)
        lines[(*count_r)++] = arena_printf(to->arena,
            _("answered already, and held up: “concert resolve %llu”"), (unsigned long long)held);
    return lines;
}

static const char *device_title(const struct review *to, const struct book_entry *device)
{
    const struct book_entry *account =
        device == NULL ? NULL : book_follow(to->context->book, device, "account");
    const char *person = account == NULL ? NULL : book_text(account, "person");

    if (device == NULL)
        return "—";
    return arena_printf(to->arena, "%s · %s · %s", device->handle,
        book_label(to->context->book, device), person == NULL ? "—" : person);
}

static void put(
    const struct review *to, struct sheet *sheet, const struct waiting *one, const char *device)
{
    size_t count;
    const char *const *lines = lines_of(to, one, &count);

    sheet_row(sheet, 0, one->gone ? SHEET_WARN : SHEET_PLAIN);
    sheet_text(sheet, one->entry->handle);
    if (to->context->machine)
        sheet_text(sheet, device);
    sheet_texts(sheet, lines, lines == NULL ? 0 : count);
    sheet_text(sheet, one->reason);
    sheet_number(sheet, one->authored_at);
    sheet_number(sheet, (int64_t)one->part);
}

static enum command_exit list(struct review *to)
{
    static const struct sheet_column people[] = {{"handle", N_("No."), SHEET_TEXT, false, false},
        {"what", N_("What it would do"), SHEET_LIST, true, false},
        {"reason", N_("Reason"), SHEET_TEXT, true, false},
        {"at", N_("Written"), SHEET_TIME, false, false}, {"part", NULL, SHEET_NUMBER, false, true}};
    static const struct sheet_column programs[] = {{"handle", NULL, SHEET_TEXT, false, false},
        {"device", NULL, SHEET_TEXT, false, false}, {"what", NULL, SHEET_LIST, false, false},
        {"reason", NULL, SHEET_TEXT, false, false}, {"at", NULL, SHEET_TIME, false, false},
        {"part", NULL, SHEET_NUMBER, false, false}};
    struct context *context = to->context;
    const struct book_entry *device = NULL;
    struct sheet *sheet = NULL;

    if (context->machine)
        sheet = report_sheet(context->report, "quarantine", NULL, SHEET_TABLE, false, programs, 6);
    for (size_t i = 0; i < to->count; i++) {
        const struct book_entry *of = book_follow(context->book, to->chosen[i], "device");
        struct waiting one;

        if (!waiting_read(context->book, to->chosen[i], to->arena, &one))
            return change_no_memory(context);
        if (!context->machine && (sheet == NULL || of != device))
            sheet = report_sheet(
                context->report, "quarantine", device_title(to, of), SHEET_TABLE, false, people, 5);
        device = of;
        put(to, sheet, &one, of == NULL ? NULL : of->handle);
    }
    if (to->count == 0)
        report_note(context->report, _("Nothing waits in quarantine."));
    else if (!context->machine)
        report_note(context->report,
            _("“concert quarantine Q1 --accept” takes a change over in your name, “--refuse -m "
              "REASON” turns it down; --all means all of them. What was written together goes "
              "together."));
    return COMMAND_OK;
}

/* --- choosing ----------------------------------------------------------------------------------
 */

static bool has(const struct review *to, const struct book_entry *entry)
{
    for (size_t i = 0; i < to->count; i++)
        if (to->chosen[i] == entry)
            return true;
    return false;
}

static bool belongs(const struct review *to, const struct book_entry *entry)
{
    for (size_t i = 0; i < to->count; i++)
        if (waiting_together(to->chosen[i], entry))
            return true;
    return false;
}

/* Those that are named, with what was written together with them; in the order of their writing. */
static enum command_exit choose(
    struct review *to, const struct book_entry *const *all, size_t count)
{
    struct context *context = to->context;
    enum command_exit code;

    for (int i = 0; i < context->argc; i++) {
        const struct book_entry *entry =
            command_record(context, context->argv[i], KIND_BIT(QUARANTINE), &code);

        if (entry == NULL)
            return code;
        if (!waiting_is_open(entry))
            return command_say(
                context, COMMAND_REFUSED, _("%s was answered already."), entry->handle);
        if (to->answers && held_by(&to->held, entry->id) != 0)
            return command_say(context, COMMAND_CONFLICT,
                _("%s was answered already, and what it goes with is held up: “concert resolve "
                  "%llu” settles it."),
                entry->handle, (unsigned long long)held_by(&to->held, entry->id));
        if (!has(to, entry))
            to->chosen[to->count++] = entry;
    }
    for (size_t i = 0; i < count; i++)
        if (!has(to, all[i]) && (context->argc == 0 || belongs(to, all[i])) &&
            !(to->answers && held_by(&to->held, all[i]->id) != 0))
            to->chosen[to->count++] = all[i];
    if (to->count > 1)
        qsort(to->chosen, to->count, sizeof(*to->chosen), waiting_compare);
    return COMMAND_OK;
}

/* --- answering ---------------------------------------------------------------------------------
 */

static bool answer(const struct review *to, const struct book_entry *entry,
    Concert__Quarantine__Status status, struct desk_change *change_r)
{
    const char *text = command_option(to->context, "message");
    struct fields_reader reader = change_reader(to->context, to->arena);
    struct record_value value = {.number = status};
    struct record_value words = {.data = text, .size = text == NULL ? 0 : strlen(text)};
    struct fields_patch patch;

    if (!fields_begin(&reader, entry->kind, &patch) ||
        !record_set(patch.message, record_field(entry->kind, "status"), &value, 1, to->arena) ||
        (text != NULL &&
            !record_set(patch.message, record_field(entry->kind, "answer"), &words, 1, to->arena)))
        return false;
    *change_r = change_of(&patch, entry, entry->id, text);
    return true;
}

/* Who wrote it, on which device: both names are then in the history. */
static const char *reason_of(const struct review *to, const struct waiting *one)
{
    return arena_printf(to->arena, _("%s, not sent by %s%s%s"), one->entry->handle,
        device_title(to, book_follow(to->context->book, one->entry, "device")),
        one->reason == NULL ? "" : " · ", one->reason == NULL ? "" : one->reason);
}

static enum command_exit check(const struct review *to, const struct waiting *one)
{
    if (one->kind == NULL)
        return command_say(to->context, COMMAND_REFUSED,
            _("%s is of a kind that this program does not know: it is too old for it."),
            one->entry->handle);
    if (one->gone)
        return command_say(to->context, COMMAND_REFUSED,
            _("What %s would change is gone: turn it down with “concert quarantine %s --refuse -m "
              "REASON”."),
            one->entry->handle, one->entry->handle);
    return COMMAND_OK;
}

/* The operation in this person's name, behind those that stand already. */
static enum command_exit take_over(
    const struct review *to, size_t index, struct desk_change *changes, size_t count)
{
    struct desk_change *change = &changes[count];
    struct waiting one;
    enum command_exit code;

    if (!waiting_read(to->context->book, to->chosen[index], to->arena, &one))
        return change_no_memory(to->context);
    /* what an earlier one of them makes is there for the later ones */
    for (size_t i = 0; i < count; i++)
        one.gone = one.gone && !(changes[i].base == 0 && uuid_equal(changes[i].id, one.id));
    if ((code = check(to, &one)) != COMMAND_OK)
        return code;
    *change = (struct desk_change){.kind = one.kind,
        .base = one.base,
        .patch = one.removes ? NULL : one.patch,
        .clear = one.clear,
        .n_clear = one.removes ? 0 : one.n_clear,
        .remove = one.removes,
        .seen = one.seen,
        .reason = reason_of(to, &one)};
    memcpy(change->id, one.id, UUID_SIZE);
    return COMMAND_OK;
}

/* The end of those that were written together with `first`. */
static size_t end_of(const struct review *to, size_t first)
{
    size_t end = first + 1;

    while (end < to->count && waiting_together(to->chosen[first], to->chosen[end]))
        end++;
    return end;
}

/* What was written together commits together, with its answers; what clashes holds up nothing
 * else. */
static enum command_exit accept(struct review *to)
{
    struct desk_change *changes = arena_alloc(to->arena, 2 * to->count * sizeof(*changes));
    enum command_exit code;
    size_t count = 0;

    if (changes == NULL)
        return change_no_memory(to->context);
    for (size_t first = 0, end; first < to->count; first = end) {
        const size_t start = count;

        end = end_of(to, first);
        for (size_t i = first; i < end; i++)
            if ((code = take_over(to, i, changes, count++)) != COMMAND_OK)
                return code;
        for (size_t i = first; i < end; i++)
            if (!answer(
                    to, to->chosen[i], CONCERT__QUARANTINE__STATUS__ACCEPTED, &changes[count++]))
                return change_no_memory(to->context);
        for (size_t i = start; i < count; i++)
            changes[i].group = first;
    }
    code = command_write(to->context, changes, count, true);
    if (code == COMMAND_CONFLICT)
        command_tell(to->context, "kept", "%s",
            _("The quarantine of what clashes stays as it is until this is settled: “concert "
              "conflicts”."));
    return code;
}

/* Each by itself: there may be more of them than one push holds. */
static enum command_exit refuse(struct review *to)
{
    struct desk_change *changes = arena_alloc(to->arena, (to->count + 1) * sizeof(*changes));

    if (changes == NULL)
        return change_no_memory(to->context);
    if (command_option(to->context, "message") == NULL)
        return command_say(to->context, COMMAND_USAGE,
            _("Say why it is turned down: it stays in the log. Give the reason with -m."));
    for (size_t i = 0; i < to->count; i++)
        if (!answer(to, to->chosen[i], CONCERT__QUARANTINE__STATUS__REFUSED, &changes[i]))
            return change_no_memory(to->context);
    return command_write(to->context, changes, to->count, false);
}

/* --- the command --------------------------------------------------------------------------------
 */

/* “quarantine all --accept” means --all. */
static bool means_all(const struct context *context)
{
    char word[16];

    if (command_option(context, "all") != NULL)
        return true;
    return context->argc == 1 && text_fold(context->argv[0], word, sizeof(word)) < sizeof(word) &&
           (strcmp(word, "all") == 0 || strcmp(word, "tout") == 0);
}

static enum command_exit run(struct context *context)
{
    struct review to = {.context = context, .arena = context->arena};
    bool accepts = command_option(context, "accept") != NULL;
    bool refuses = command_option(context, "refuse") != NULL;
    const struct book_entry *const *all;
    enum command_exit code;
    size_t count;

    to.answers = accepts || refuses;
    if (desk_identity(context->desk)->role != CONCERT__ACCOUNT__ROLE__COORDINATOR)
        return command_say(context, COMMAND_REFUSED,
            _("What revoked devices had not sent is a coordinator's to look at."));
    if (accepts && refuses)
        return command_say(context, COMMAND_USAGE, _("Accept or refuse, not both at once."));
    if (means_all(context))
        context->argc = 0;
    else if ((accepts || refuses) && context->argc == 0)
        return command_say(
            context, COMMAND_USAGE, _("Say which: concert quarantine Q1 Q2, or --all."));
    all = waiting_list(context->book, to.arena, &count);
    to.chosen = arena_alloc(to.arena, (count + 1 + (size_t)context->argc) * sizeof(*to.chosen));
    if (all == NULL || to.chosen == NULL)
        return change_no_memory(context);
    if (!held_read(context, &to.held))
        return change_no_memory(context);
    if ((code = choose(&to, all, count)) != COMMAND_OK)
        return code;
    if (to.count == 0 || (!accepts && !refuses))
        return list(&to);
    return accepts ? accept(&to) : refuse(&to);
}

static const struct command_option options[] = {
    {"accept", "accepter", 0, NULL, N_("Takes them over, in your name and with theirs.")},
    {"refuse", "refuser", 0, NULL, N_("Turns them down, with the reason of -m.")},
    {"all", "tout", 0, NULL, N_("All that waits.")},
    {"message", "message", 'm', N_("TEXT"), N_("A word on it: the log keeps it.")},
    {.name = NULL},
};

const struct command quarantine_command = {
    .name = "quarantine",
    .french = "quarantaine",
    .usage_en = "[Q1… | --all] [--accept | --refuse -m REASON]",
    .usage_fr = "[Q1… | --tout] [--accepter | --refuser -m MOTIF]",
    .summary = N_("Shows what revoked devices had not sent, and takes it over or turns it down."),
    .examples_en = "concert quarantine\nconcert quarantine Q1 Q2 --accept\n"
                   "concert quarantine --all --refuse -m \"Written twice\"",
    .examples_fr = "concert quarantaine\nconcert quarantaine Q1 Q2 --accepter\n"
                   "concert quarantaine --tout --refuser -m \"Écrit deux fois\"",
    .options = options,
    .min_args = 0,
    .max_args = -1,
    .flags = COMMAND_WRITES,
    .run = run,
};
