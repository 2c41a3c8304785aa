/* One record and everything that hangs on it. */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "date.h"
#include "figures/due.h"
#include "figures/tally.h"
#include "i18n.h"
#include "input/change.h"
#include "record.h"
#include "words.h"
#include "words/phrase.h"

#define PATH_MAX_DEPTH 16

struct view {
    struct context *context;
    struct arena *arena;
    const struct book_entry *entry;
};

/* "Plan 2009-2010 › 4 Title › 4.1 Title": what the record hangs on, the outermost first. */
static void show_path(const struct view *view)
{
    const struct book *book = view->context->book;
    const struct book_entry *at = view->entry;
    const char *text = NULL;

    for (int depth = 0; depth < PATH_MAX_DEPTH; depth++) {
        const struct book_entry *up = NULL;
        /* An objective hangs on its plan, but through the objective above it when there is one. */
        if (at->kind->id == CONCERT__KIND__OBJECTIVE)
            up = book_follow(book, at, "parent");
        if (up == NULL && at->kind->parent != NULL)
            up = book_follow(book, at, at->kind->parent);
        if (up == NULL || up == at)
            break;
        at = up;
        text = text == NULL ? phrase_record(book, at, true, view->arena)
                            : arena_printf(view->arena, "%s › %s",
                                  phrase_record(book, at, true, view->arena), text);
        if (text == NULL)
            return;
    }
    if (text != NULL && !view->context->machine)
        report_note(view->context->report, text);
}

/* "Action 4.1.1 Title". */
static const char *heading(const struct view *view)
{
    char kind[PHRASE_SIZE];
    const char *label = phrase_record(view->context->book, view->entry, true, view->arena);
    const char *handle = view->entry->handle;

    phrase_capital(words_show(WORDS_KIND, view->entry->kind->name, view->context->language), kind,
        sizeof(kind));
    if (strncmp(label, handle, strlen(handle)) == 0)
        return arena_printf(view->arena, "%s %s", kind, label);
    return arena_printf(view->arena, "%s %s %s", kind, handle, label);
}

/* Status and percentage of what has one: worked out, never stored. */
static bool show_progress(const struct view *view)
{
    static const struct sheet_column people[] = {{"status", N_("Status"), SHEET_TEXT, false, false},
        {"progress", N_("Progress"), SHEET_TEXT, true, false}};
    static const struct sheet_column programs[] = {{"status", NULL, SHEET_TEXT, false, false},
        {"percent", NULL, SHEET_PERCENT, false, false},
        {"counted", NULL, SHEET_NUMBER, false, false},
        {"dropped", NULL, SHEET_NUMBER, false, false},
        {"not_applicable", NULL, SHEET_NUMBER, false, false}};
    const uint64_t tallied = KIND_BIT(ACTION) | KIND_BIT(OBJECTIVE) | KIND_BIT(PLAN) |
                             KIND_BIT(PARTY) | KIND_BIT(TERRITORY);
    struct tally_scope scope = {.of = view->entry};
    struct context *context = view->context;
    struct sheet *sheet;
    struct tally tally;
    const char *status;
    int percent;

    if (!(tallied & (UINT64_C(1) << view->entry->kind->id)))
        return true;
    if (!tally_sum(context->book, &scope, context->today, view->arena, &tally))
        return false;
    percent = rollup_percent(&tally.rollup);
    status = tally_status(tally.status);
    sheet = context->machine
                ? report_sheet(context->report, "progress", NULL, SHEET_CARD, true, programs, 5)
                : report_sheet(context->report, "progress", NULL, SHEET_CARD, true, people, 2);
    sheet_row(sheet, 0, SHEET_PLAIN);
    if (!context->machine) {
        sheet_text(sheet, status[0] == '\0' ? NULL : status);
        sheet_text(sheet, tally_figure(&tally.rollup, view->arena));
        return true;
    }
    sheet_text(sheet, tally_status_name(tally.status));
    if (percent < 0)
        sheet_none(sheet);
    else
        sheet_number(sheet, percent);
    sheet_number(sheet, (int64_t)tally.rollup.counted);
    sheet_number(sheet, (int64_t)tally.rollup.dropped);
    sheet_number(sheet, (int64_t)tally.rollup.not_applicable);
    return true;
}

/* --- notes: those of the record, and of an action those of its shares too --- */

struct notes {
    const struct book_entry **list;
    size_t count;
};

static bool add_notes(const struct view *view, const uint8_t *id, struct notes *notes)
{
    size_t count;
    const struct book_entry *const *found =
        book_children(view->context->book, id, CONCERT__KIND__NOTE, NULL, &count);
    const struct book_entry **more;

    if (count == 0)
        return true;
    more = realloc(notes->list, (notes->count + count) * sizeof(*more));
    if (more == NULL)
        return false;
    notes->list = more;
    for (size_t i = 0; i < count; i++)
        notes->list[notes->count++] = found[i];
    return true;
}

static int newest_first(const void *a, const void *b)
{
    const struct book_entry *x = *(const struct book_entry *const *)a;
    const struct book_entry *y = *(const struct book_entry *const *)b;

    return (y->created_at > x->created_at) - (y->created_at < x->created_at);
}

static void draw_notes(const struct view *view, const struct notes *notes)
{
    static const struct sheet_column columns[] = {{"on", N_("Date"), SHEET_DATE, false, false},
        {"party", N_("From"), SHEET_TEXT, true, false},
        {"text", N_("Note"), SHEET_TEXT, true, false}};
    const struct book *book = view->context->book;
    struct sheet *sheet =
        report_sheet(view->context->report, "note", N_("Notes"), SHEET_TABLE, false, columns, 3);

    for (size_t i = 0; i < notes->count; i++) {
        const struct book_entry *note = notes->list[i];
        const struct book_entry *owner = book_get(book, note->owner);
        sheet_row(sheet, 0, note->pending ? SHEET_FAINT : SHEET_PLAIN);
        if (book_text(note, "on") == NULL)
            sheet_none(sheet);
        else
            sheet_number(sheet, book_date(note, "on"));
        sheet_text(sheet, owner == NULL ? NULL : book_label(book, owner));
        sheet_text(sheet, book_text(note, "text"));
    }
}

static bool show_notes(const struct view *view)
{
    struct notes notes = {NULL, 0};
    size_t count;
    const struct book_entry *const *shares =
        book_children(view->context->book, view->entry->id, CONCERT__KIND__SHARE, "action", &count);
    bool good = add_notes(view, view->entry->id, &notes);

    for (size_t i = 0; i < count && good; i++)
        good = add_notes(view, shares[i]->id, &notes);
    if (notes.count > 1)
        qsort(notes.list, notes.count, sizeof(*notes.list), newest_first);
    if (good && view->context->machine)
        report_records(view->context->report, "note", NULL, view->context->book,
            kinds_get(CONCERT__KIND__NOTE), notes.list, notes.count, SHEET_TABLE, false);
    else if (good)
        draw_notes(view, &notes);
    free(notes.list);
    return good;
}

/* --- whatever else refers to the record --- */

static bool is_parent(const struct kind *kind, const ProtobufCFieldDescriptor *field)
{
    return kind->parent != NULL && strcmp(kind->parent, field->name) == 0;
}

/* A deadline is what was written; when it falls, and whether it was met. */
static void draw_deadlines(struct context *context, const char *title,
    const struct book_entry *const *deadlines, size_t count)
{
    static const struct sheet_column columns[] = {
        {"handle", N_("Handle"), SHEET_TEXT, false, false},
        {"text", N_("As written"), SHEET_TEXT, true, false},
        {"mode", N_("Mode"), SHEET_TEXT, false, false},
        {"latest", N_("At the latest"), SHEET_DATE, false, false},
        {"met_on", N_("Met on"), SHEET_DATE, false, false}};
    const ProtobufCFieldDescriptor *mode = record_field(kinds_get(CONCERT__KIND__DEADLINE), "mode");
    struct sheet *sheet =
        report_sheet(context->report, "deadline", title, SHEET_TABLE, false, columns, 5);

    for (size_t i = 0; i < count; i++) {
        const struct book_entry *d = deadlines[i];
        int32_t latest = book_date(d, "latest"), met = book_date(d, "met_on");
        const char *read = phrase_field(context->book, d->kind, d->body, mode, context->language,
            false, report_arena(context->report));
        bool late = latest != DATE_NONE && met == DATE_NONE && latest < context->today;
        sheet_row(sheet, 0, late ? SHEET_BAD : SHEET_PLAIN);
        sheet_text(sheet, d->handle);
        sheet_text(sheet, due_one(d, report_arena(context->report)));
        sheet_text(sheet, read[0] == '\0' ? _("not understood") : read);
        latest == DATE_NONE ? sheet_none(sheet) : sheet_number(sheet, latest);
        met == DATE_NONE ? sheet_none(sheet) : sheet_number(sheet, met);
    }
}

/* True when another field of the kind may name such a record too: the heading tells which it was.
 */
static bool is_one_of_several(
    const struct view *view, const struct kind *kind, const ProtobufCFieldDescriptor *field)
{
    size_t count = 0;

    for (unsigned i = 0; i < kind->descriptor->n_fields; i++)
        count +=
            kinds_field(kind, kind->descriptor->fields[i].name)->refs >> view->entry->kind->id & 1;
    return count > 1 && !is_parent(kind, field);
}

static void show_children(
    const struct view *view, const struct kind *kind, const ProtobufCFieldDescriptor *field)
{
    struct context *context = view->context;
    char title[PHRASE_SIZE];
    const char *name = kind->name, *shown = title;
    size_t count;
    const struct book_entry *const *children =
        book_children(context->book, view->entry->id, kind->id, field->name, &count);

    phrase_capital(words_show(WORDS_KINDS, kind->name, context->language), title, sizeof(title));
    if (!is_parent(kind, field))
        name = arena_printf(view->arena, "%s.%s", kind->name, field->name);
    if (is_one_of_several(view, kind, field))
        shown = arena_printf(
            view->arena, "%s (%s)", title, words_show(WORDS_FIELD, field->name, context->language));
    if (kind->id == CONCERT__KIND__DEADLINE && !context->machine) {
        draw_deadlines(context, title, children, count);
        return;
    }
    report_records_under(context->report, name == NULL ? kind->name : name, shown, context->book,
        kind, children, count, field->name);
}

/* With `parents` what hangs on the record, else what names it otherwise. */
static void show_referring(const struct view *view, bool parents)
{
    uint64_t self = UINT64_C(1) << view->entry->kind->id;

    for (size_t i = 0; i < kinds_count; i++) {
        const struct kind *kind = &kinds[i];
        if (kind->id == CONCERT__KIND__NOTE)
            continue;
        for (unsigned j = 0; j < kind->descriptor->n_fields; j++) {
            const ProtobufCFieldDescriptor *field = &kind->descriptor->fields[j];
            if ((kinds_field(kind, field->name)->refs & self) && is_parent(kind, field) == parents)
                show_children(view, kind, field);
        }
    }
}

/* What is part of the record comes before what merely names it. */
static void show_all_children(const struct view *view)
{
    show_referring(view, true);
    show_referring(view, false);
}

static enum command_exit show(const struct view *view)
{
    struct context *context = view->context;

    show_path(view);
    report_records(context->report, "record", heading(view), context->book, view->entry->kind,
        &view->entry, 1, SHEET_CARD, true);
    if (!show_progress(view))
        return change_no_memory(context);
    show_all_children(view);
    if (!show_notes(view))
        return change_no_memory(context);
    if (view->entry->pending)
        command_tell(
            context, "pending", "%s", _("Some of this waits on this device for the server."));
    return COMMAND_OK;
}

static enum command_exit run(struct context *context)
{
    struct view view = {.context = context, .arena = context->arena};
    enum command_exit code;

    view.entry = command_record(context, context->argv[0], KIND_ANY, &code);
    if (view.entry == NULL)
        return code;
    return show(&view);
}

const struct command show_command = {
    .name = "show",
    .french = "voir",
    .usage_en = "HANDLE",
    .usage_fr = "REPÈRE",
    .summary = N_("Shows a record and everything that hangs on it."),
    .examples_en = "concert show 2.1.3\nconcert show Mékinac\nconcert show PA14 --format json",
    .examples_fr = "concert voir 2.1.3\nconcert voir Mékinac\nconcert voir PA14 --format json",
    .min_args = 1,
    .max_args = 1,
    .flags = COMMAND_READS,
    .run = run,
};
