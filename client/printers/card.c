#include "printers/cell.h"

#include <string.h>

#include "text.h"

#define LONG_ITEM 30 /* a list with a longer item is written one to a line */
#define VALUE_MIN 12
#define BAR 20

static bool is_set(const struct sheet *sheet, size_t column)
{
    for (size_t row = 0; row < sheet_rows(sheet); row++)
        if (!sheet_cell(sheet, row, column).empty)
            return true;
    return false;
}

/* The widest header of those that are drawn. */
static size_t header_width(const struct sheet *sheet)
{
    size_t n, most = 0;
    const struct sheet_column *columns = sheet_columns(sheet, &n);

    for (size_t i = 0; i < n; i++) {
        size_t width = columns[i].title == NULL ? 0 : text_width(columns[i].title);
        if (width > most && !columns[i].machine && is_set(sheet, i))
            most = width;
    }
    return most;
}

static bool is_long(const struct sheet_cell *cell)
{
    for (size_t i = 0; i < cell->n_texts; i++)
        if (text_width(cell->texts[i]) > LONG_ITEM)
            return cell->n_texts > 1;
    return false;
}

static const char *itemized(const struct sheet_cell *cell, const struct printer_page *page)
{
    const char *text = "";

    for (size_t i = 0; i < cell->n_texts && text != NULL; i++)
        text = arena_printf(page->arena, "%s%s• %s", text, i == 0 ? "" : "\n", cell->texts[i]);
    return text == NULL ? "" : cell_clean(text, page->arena);
}

static const char *value_text(
    const struct sheet_cell *cell, enum sheet_type type, const struct printer_page *page)
{
    const char *text;

    if (type == SHEET_LIST && is_long(cell))
        return itemized(cell, page);
    text = cell_people(cell, type, page);
    if (type == SHEET_PERCENT)
        text = arena_printf(page->arena, "%s %s", cell_bar(cell->number, BAR, page->arena), text);
    return text == NULL ? "" : text;
}

static void print_value(const char *text, size_t indent, const struct printer_page *page)
{
    size_t room = page->width > indent + VALUE_MIN ? page->width - indent : VALUE_MIN;
    const char *line;
    bool first = true;

    while ((line = cell_line(&text, room, page->arena)) != NULL) {
        fprintf(page->out, "%*s%s\n", first ? 0 : (int)indent, "", line);
        first = false;
    }
    if (first)
        fputc('\n', page->out);
}

static void print_row(const struct sheet *sheet, size_t row, const struct printer_page *page)
{
    const char *colon = strcmp(page->language, "fr") == 0 ? "\u00a0: " : ": ";
    size_t n, width = header_width(sheet);
    const struct sheet_column *columns = sheet_columns(sheet, &n);
    enum sheet_tone tone;

    sheet_depth(sheet, row, &tone);
    for (size_t i = 0; i < n; i++) {
        struct sheet_cell cell = sheet_cell(sheet, row, i);
        if (columns[i].machine || cell.empty || columns[i].title == NULL)
            continue;
        fputs(cell_tone(SHEET_FAINT, page), page->out);
        cell_pad(page->out, columns[i].title, width, false);
        fprintf(page->out, "%s%s%s", colon, cell_plain(SHEET_FAINT, page), cell_tone(tone, page));
        print_value(value_text(&cell, columns[i].type, page), width + text_width(colon), page);
        fputs(cell_plain(tone, page), page->out);
    }
}

void card_sheet(const struct sheet *sheet, const struct printer_page *page)
{
    for (size_t row = 0; row < sheet_rows(sheet); row++) {
        if (row > 0)
            fputc('\n', page->out);
        print_row(sheet, row, page);
    }
}
