/* A cross table as a sheet. */
#include <stdio.h>
#include <string.h>

#include "figures/cross.h"
#include "i18n.h"
#include "text.h"

#define LABELS_ROOM ((size_t)52) /* columns of a page of 80 for all headings with their gaps */
#define GAP 2

struct drawing {
    const struct cross *cross;
    const struct cross_page *page;
    struct arena *arena;
    struct sheet *sheet;
    bool machine, brief, unset;
};

static const char *heading(const struct drawing *to, const struct cross_key *key)
{
    if (to->brief && key->brief != NULL)
        return key->brief;
    return key->label == NULL ? key->key : key->label;
}

/* True when the labels of all columns together are too wide for a page. */
static bool too_wide(const struct drawing *to)
{
    size_t width = 0;

    for (size_t i = 0; i < cross_columns(to->cross); i++) {
        struct cross_key key = cross_column_key(to->cross, i);
        width += text_width(heading(to, &key)) + GAP;
    }
    return width > LABELS_ROOM;
}

static const char *unset_title(const char *title)
{
    return title == NULL ? N_("Not said") : title;
}

static size_t make_columns(const struct drawing *to, struct sheet_column *columns)
{
    enum sheet_type type = to->page->type;
    size_t n = 0;

    columns[n++] = (struct sheet_column){
        to->page->row_key, to->machine ? NULL : to->page->row_title, SHEET_TEXT, true, false};
    if (to->machine)
        columns[n++] = (struct sheet_column){"label", NULL, SHEET_TEXT, false, true};
    for (size_t i = 0; i < cross_columns(to->cross); i++) {
        struct cross_key key = cross_column_key(to->cross, i);
        columns[n++] = (struct sheet_column){key.key, heading(to, &key), type, false, false};
    }
    if (to->unset)
        columns[n++] =
            (struct sheet_column){"unset", unset_title(to->page->unset_column), type, false, false};
    if (!to->page->bare)
        columns[n++] = (struct sheet_column){"total", N_("In all"), type, false, false};
    return n;
}

static void put_cell(const struct drawing *to, size_t row, size_t column)
{
    struct cross_cell cell = cross_cell(to->cross, row, column);
    bool keyed = column != CROSS_UNSET && row != CROSS_UNSET;

    if (cell.count > 0 || to->machine || (to->page->gaps && keyed))
        sheet_number(to->sheet, to->page->counts ? (int64_t)cell.count : cell.sum);
    else
        sheet_none(to->sheet);
}

static void put_row(const struct drawing *to, size_t row, const char *key, const char *label)
{
    sheet_row(to->sheet, 0, row == CROSS_TOTAL ? SHEET_STRONG : SHEET_PLAIN);
    if (to->machine)
        sheet_text(to->sheet, key);
    sheet_text(to->sheet, label);
    for (size_t i = 0; i < cross_columns(to->cross); i++)
        put_cell(to, row, i);
    if (to->unset)
        put_cell(to, row, CROSS_UNSET);
    if (!to->page->bare)
        put_cell(to, row, CROSS_TOTAL);
}

/* "MEK: Mékinac; CHE: Des Chenaux." */
static void note_briefs(const struct drawing *to, struct report *report)
{
    const char *text = NULL;

    for (size_t i = 0; i < cross_columns(to->cross); i++) {
        struct cross_key key = cross_column_key(to->cross, i);
        const char *one;

        if (key.brief == NULL)
            continue;
        one = arena_printf(to->arena, _("%s: %s"), key.brief, key.label);
        text = text == NULL ? one : arena_printf(to->arena, "%s; %s", text, one);
    }
    if (text != NULL)
        report_note(report, arena_printf(to->arena, "%s.", text));
}

static void put_rows(const struct drawing *to)
{
    for (size_t i = 0; i < cross_rows(to->cross); i++) {
        struct cross_key key = cross_row_key(to->cross, i);
        put_row(to, i, key.key, key.label == NULL ? key.key : key.label);
    }
    if (cross_cell(to->cross, CROSS_UNSET, CROSS_TOTAL).count > 0)
        put_row(to, CROSS_UNSET, NULL, gettext(unset_title(to->page->unset_row)));
    if (!to->page->bare)
        put_row(to, CROSS_TOTAL, "total", _("In all"));
}

struct sheet *cross_draw(
    const struct cross *cross, struct report *report, const struct cross_page *page)
{
    struct drawing to = {.cross = cross, .page = page, .arena = report_arena(report)};
    struct sheet_column columns[CROSS_KEYS_MAX + 4];

    report_language(report, &to.machine);
    to.unset = cross_cell(cross, CROSS_TOTAL, CROSS_UNSET).count > 0;
    to.brief = !to.machine && too_wide(&to);
    to.sheet = report_sheet(
        report, page->name, page->title, SHEET_TABLE, false, columns, make_columns(&to, columns));
    if (to.sheet == NULL)
        return NULL;
    put_rows(&to);
    if (to.brief)
        note_briefs(&to, report);
    return to.sheet;
}
