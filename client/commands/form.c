/* A form as a blank page to print, and its next version. */
#include <stdio.h>
#include <string.h>

#include "figures/potential.h"
#include "i18n.h"
#include "input/change.h"
#include "input/pick.h"
#include "words/phrase.h"

#define BOXES_MAX 11 /* a longer scale is a line to write on */

struct page {
    struct context *context;
    struct arena *arena;
    const struct book_entry *form;
    const struct book_entry *const *criteria;
    size_t n_criteria;
};

/* --- the blank page ----------------------------------------------------------------------------
 */

/* "☐ 1 ☐ 2 ☐ 3", or "____ / 100". */
static const char *boxes(const struct page *page)
{
    int64_t min = book_number(page->form, "scale_min", 0);
    int64_t max = book_number(page->form, "scale_max", min);
    const char *text = "";

    if (max <= min)
        return "______";
    if (max - min >= BOXES_MAX)
        return arena_printf(page->arena, "____ / %lld", (long long)max);
    for (int64_t i = min; i <= max && text != NULL; i++)
        text = arena_printf(page->arena, "%s%s☐ %lld", text, i > min ? "  " : "", (long long)i);
    return text;
}

static const struct sheet_column columns[] = {
    {"rank", N_("No."), SHEET_NUMBER, false, false},
    {"question", N_("Question"), SHEET_TEXT, true, false},
    {"dimension", NULL, SHEET_TEXT, false, true},
    {"weight", N_("Weight"), SHEET_NUMBER, false, false},
    {"score", N_("Score"), SHEET_TEXT, false, false},
};

/* A table for each dimension, in the order of the criteria; for programs all in one. */
static void draw_criteria(const struct page *page)
{
    const char *last = NULL, *blank = boxes(page);
    struct sheet *sheet = NULL;

    for (size_t i = 0; i < page->n_criteria; i++) {
        const char *dimension = book_text(page->criteria[i], "dimension");

        dimension = dimension == NULL ? "" : dimension;
        if (sheet == NULL || (!page->context->machine && strcmp(dimension, last) != 0))
            sheet = report_sheet(page->context->report, "criteria",
                *dimension == '\0' ? NULL : dimension, SHEET_TABLE, false, columns,
                sizeof(columns) / sizeof(columns[0]));
        last = dimension;
        sheet_row(sheet, 0, SHEET_PLAIN);
        sheet_number(sheet, book_number(page->criteria[i], "rank", 0));
        sheet_text(sheet, book_text(page->criteria[i], "question"));
        sheet_text(sheet, dimension);
        sheet_number(sheet, book_number(page->criteria[i], "weight", 1));
        sheet_text(sheet, page->context->machine ? NULL : blank);
    }
}

static void draw_head(const struct page *page)
{
    static const struct sheet_column head[] = {{"title", N_("Form"), SHEET_TEXT, true, false},
        {"version", N_("Version"), SHEET_NUMBER, false, false},
        {"scale_min", N_("Scale from"), SHEET_NUMBER, false, false},
        {"scale_max", N_("to"), SHEET_NUMBER, false, false},
        {"community", N_("Community"), SHEET_TEXT, true, false},
        {"territory", N_("Territory"), SHEET_TEXT, true, false},
        {"on", N_("Date"), SHEET_TEXT, true, false}};
    static const char blank[] = "______________________________";
    struct sheet *sheet = report_sheet(page->context->report, "form", NULL, SHEET_CARD, true, head,
        sizeof(head) / sizeof(head[0]));

    sheet_row(sheet, 0, SHEET_PLAIN);
    sheet_text(sheet, book_text(page->form, "title"));
    sheet_number(sheet, book_number(page->form, "version", 1));
    sheet_number(sheet, book_number(page->form, "scale_min", 0));
    sheet_number(sheet, book_number(page->form, "scale_max", 0));
    for (int i = 0; i < 3; i++)
        sheet_text(sheet, page->context->machine ? NULL : blank);
    if (book_text(page->form, "description") != NULL)
        report_note(page->context->report, book_text(page->form, "description"));
}

static void draw_foot(const struct page *page)
{
    if (page->n_criteria == 0) {
        report_note(page->context->report, arena_printf(page->arena,
                                               _("This form has no criterion yet: “concert add "
                                                 "criterion %s question=…” adds one."),
                                               page->form->handle));
        return;
    }
    report_note(page->context->report,
        _("Comments: ______________________________________________________"));
    report_note(page->context->report,
        arena_printf(page->arena,
            _("To record it: concert assess %s \"Community\" territory=… %lld=SCORE …"),
            page->form->handle, (long long)book_number(page->criteria[0], "rank", 1)));
}

/* --- the next version --------------------------------------------------------------------------
 */

/* A copy of a record, with what the caller then sets otherwise. */
static bool copy(
    const struct fields_reader *reader, const struct book_entry *entry, struct fields_patch *patch)
{
    if (!fields_begin(reader, entry->kind, patch))
        return false;
    for (unsigned i = 0; i < entry->kind->descriptor->n_fields; i++)
        record_copy(patch->message, entry->body, &entry->kind->descriptor->fields[i]);
    return true;
}

static bool make_form(
    const struct page *page, const struct fields_reader *reader, struct fields_patch *patch)
{
    struct record_value version = {.number = book_number(page->form, "version", 1) + 1};

    return copy(reader, page->form, patch) &&
           record_set(
               patch->message, record_field(patch->kind, "version"), &version, 1, page->arena);
}

static enum command_exit make_version(const struct page *page)
{
    struct fields_reader reader = change_reader(page->context, page->arena);
    size_t count = page->n_criteria + 1;
    struct desk_change *changes = arena_alloc(page->arena, count * sizeof(*changes));
    struct fields_patch *patches = arena_alloc(page->arena, count * sizeof(*patches));
    uint8_t(*ids)[UUID_SIZE] = arena_alloc(page->arena, count * UUID_SIZE);

    if (changes == NULL || patches == NULL || ids == NULL || !make_form(page, &reader, &patches[0]))
        return change_no_memory(page->context);
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && (!copy(&reader, page->criteria[i - 1], &patches[i]) ||
                         !fields_refer(&reader, &patches[i], "form", ids[0])))
            return change_no_memory(page->context);
        change_new_id(ids[i]);
        changes[i] = change_of(&patches[i], NULL, ids[i], NULL);
    }
    return command_write(page->context, changes, count, true);
}

/* --- the command -------------------------------------------------------------------------------
 */

/* The form named, or the newest of the only one there is. */
static const struct book_entry *pick_form(struct page *page, enum command_exit *code_r)
{
    struct context *context = page->context;
    const struct book_entry *newest = NULL;
    const char *list = "";
    bool several = false;
    size_t count;
    const struct book_entry *const *forms = book_list(context->book, CONCERT__KIND__FORM, &count);

    if (context->argc > 0)
        return command_record(context, context->argv[0], KIND_BIT(FORM), code_r);
    for (size_t i = 0; i < count && list != NULL; i++) {
        several |= newest != NULL && strcmp(book_label(context->book, newest),
                                         book_label(context->book, forms[i])) != 0;
        if (newest == NULL ||
            book_number(forms[i], "version", 1) > book_number(newest, "version", 1))
            newest = forms[i];
        list = arena_printf(page->arena, "%s\n  %s  %s", list, forms[i]->handle,
            book_label(context->book, forms[i]));
    }
    if (newest != NULL && !several)
        return newest;
    *code_r = newest == NULL
                  ? command_say(context, COMMAND_NOT_FOUND,
                        _("There is no form yet. The coordination makes one: concert add form "
                          "title=\"…\" scale_min=1 scale_max=5"))
                  : command_say(context, COMMAND_USAGE, _("Which form? There are:%s"),
                        list == NULL ? "" : list);
    return NULL;
}

/* Forms are the staff's. */
static enum command_exit next_version(const struct page *page)
{
    if (pick_is_staff(page->context))
        return make_version(page);
    return command_say(page->context, COMMAND_REFUSED,
        _("Forms are made by the coordination and the secretariat: ask them for a new version."));
}

static enum command_exit run(struct context *context)
{
    struct page page = {.context = context, .arena = context->arena};
    enum command_exit code = COMMAND_OK;

    page.form = pick_form(&page, &code);
    if (page.form != NULL) {
        page.criteria = potential_criteria(context->book, page.form, page.arena, &page.n_criteria);
        if (page.criteria == NULL)
            code = change_no_memory(context);
    }
    if (code == COMMAND_OK && command_option(context, "new-version") != NULL) {
        code = next_version(&page);
    } else if (code == COMMAND_OK) {
        draw_head(&page);
        draw_criteria(&page);
        draw_foot(&page);
    }
    return code;
}

static const struct command_option options[] = {
    {"new-version", "nouvelle-version", 0, NULL,
        N_("Makes the next version, with the same criteria: earlier results stay as they are.")},
    {.name = NULL},
};

const struct command form_command = {
    .name = "form",
    .french = "grille",
    .usage_en = "[FORM]",
    .usage_fr = "[GRILLE]",
    .summary = N_("Prints a form as a blank page, or makes its next version."),
    .examples_en = "concert form G1\nconcert form G1 --new-version",
    .examples_fr = "concert grille G1\nconcert grille G1 --nouvelle-version",
    .options = options,
    .min_args = 0,
    .max_args = 1,
    .flags = COMMAND_WRITES,
    .run = run,
};
