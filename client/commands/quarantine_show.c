/* What revoked devices had not sent, as sentences. */
#include <string.h>

#include "commands/quarantine.h"
#include "i18n.h"
#include "input/change.h"
#include "words.h"
#include "words/outcome.h"
#include "words/phrase.h"

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
    const struct review *to, const struct waiting *one, bool is_so, size_t *count_r)
{
    const char **lines = arena_alloc(to->arena, (RECORD_FIELDS_MAX + 5) * sizeof(*lines));
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
    if (is_so)
        lines[(*count_r)++] = _("it is so already: nothing changes");
    if (waiting_lacks_file(one))
        lines[(*count_r)++] = _("the file itself was not handed over: have it attached again");
    if (held != 0)
        lines[(*count_r)++] = arena_printf(to->arena,
            _("answered already, and held up: “concert resolve %llu”"), (unsigned long long)held);
    return lines;
}

bool quarantine_is_so(const struct review *to, size_t index, const struct waiting *one)
{
    if (!waiting_is_so(one))
        return false;
    for (size_t i = 0; i < index; i++) {
        const Concert__Quarantine *before = (const Concert__Quarantine *)to->chosen[i]->body;

        if (before->target.len == UUID_SIZE && uuid_equal(before->target.data, one->id))
            return false;
    }
    return true;
}

const char *quarantine_device(const struct review *to, const struct book_entry *device)
{
    const struct book_entry *account =
        device == NULL ? NULL : book_follow(to->context->book, device, "account");
    const char *person = account == NULL ? NULL : book_text(account, "person");

    if (device == NULL)
        return "—";
    return arena_printf(to->arena, "%s · %s · %s", device->handle,
        book_label(to->context->book, device), person == NULL ? "—" : person);
}

static void put(const struct review *to, struct sheet *sheet, size_t index,
    const struct waiting *one, const char *device)
{
    const bool is_so = quarantine_is_so(to, index, one);
    size_t count;
    const char *const *lines = lines_of(to, one, is_so, &count);

    sheet_row(sheet, 0, one->gone ? SHEET_WARN : is_so ? SHEET_FAINT : SHEET_PLAIN);
    sheet_text(sheet, one->entry->handle);
    if (to->context->machine)
        sheet_text(sheet, device);
    sheet_texts(sheet, lines, lines == NULL ? 0 : count);
    sheet_text(sheet, one->reason);
    sheet_number(sheet, one->authored_at);
    sheet_number(sheet, (int64_t)one->part);
    if (to->context->machine)
        sheet_number(sheet, is_so);
}

enum command_exit quarantine_list(const struct review *to)
{
    static const struct sheet_column people[] = {{"handle", N_("No."), SHEET_TEXT, false, false},
        {"what", N_("What it would do"), SHEET_LIST, true, false},
        {"reason", N_("Reason"), SHEET_TEXT, true, false},
        {"at", N_("Written"), SHEET_TIME, false, false}, {"part", NULL, SHEET_NUMBER, false, true}};
    static const struct sheet_column programs[] = {{"handle", NULL, SHEET_TEXT, false, false},
        {"device", NULL, SHEET_TEXT, false, false}, {"what", NULL, SHEET_LIST, false, false},
        {"reason", NULL, SHEET_TEXT, false, false}, {"at", NULL, SHEET_TIME, false, false},
        {"part", NULL, SHEET_NUMBER, false, false}, {"already", NULL, SHEET_BOOL, false, false}};
    struct context *context = to->context;
    const struct book_entry *device = NULL;
    struct sheet *sheet = NULL;

    if (context->machine)
        sheet = report_sheet(context->report, "quarantine", NULL, SHEET_TABLE, false, programs, 7);
    for (size_t i = 0; i < to->count; i++) {
        const struct book_entry *of = book_follow(context->book, to->chosen[i], "device");
        struct waiting one;

        if (!waiting_read(context->book, to->chosen[i], to->arena, &one))
            return change_no_memory(context);
        if (!context->machine && (sheet == NULL || of != device))
            sheet = report_sheet(context->report, "quarantine", quarantine_device(to, of),
                SHEET_TABLE, false, people, 5);
        device = of;
        put(to, sheet, i, &one, of == NULL ? NULL : of->handle);
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
