/* A tree in words: each row is its first column and its second one, with what else there is to say
 * on the lines below, so that long titles keep the page's width. */
#include "printers/cell.h"

#include <string.h>

#include "text.h"

#define INDENT 2
#define GAP 2
#define ROOM_MIN 20

struct outline {
    const struct sheet *sheet;
    const struct printer_page *page;
    const struct sheet_column *columns;
    size_t n_columns;
};

static const char *value(const struct outline *outline, size_t row, size_t column)
{
    struct sheet_cell cell = sheet_cell(outline->sheet, row, column);

    return cell_people(&cell, outline->columns[column].type, outline->page);
}

/* The text wrapped at `indent`, of which the first line is there already. */
static void print_block(const char *text, size_t indent, const struct printer_page *page)
{
    size_t room = page->width > indent + ROOM_MIN ? page->width - indent : ROOM_MIN;
    const char *line;
    bool first = true;

    while ((line = cell_line(&text, room, page->arena)) != NULL) {
        fprintf(page->out, "%s%*s%s", first ? "" : "\n", first ? 0 : (int)indent, "", line);
        first = false;
    }
}

/* What is behind the title, in one sentence: "late · 53 %: 6 shares · March 31, 2009". */
static const char *details(const struct outline *outline, size_t row)
{
    struct arena *arena = outline->page->arena;
    const char *all = "";

    for (size_t i = 2; all != NULL && i < outline->n_columns; i++) {
        const char *text = outline->columns[i].machine ? "" : value(outline, row, i);

        if (*text != '\0')
            all = arena_printf(arena, "%s%s%s", all, *all == '\0' ? "" : " · ", text);
    }
    return all == NULL ? "" : all;
}

static void print_row(const struct outline *outline, size_t row)
{
    const struct printer_page *page = outline->page;
    enum sheet_tone tone;
    size_t depth = sheet_depth(outline->sheet, row, &tone) * INDENT;
    const char *first = value(outline, row, 0), *more = details(outline, row);
    size_t indent = depth + text_width(first) + GAP;

    if (depth == 0 && row > 0)
        fputc('\n', page->out);
    fprintf(page->out, "%*s%s%s%*s", (int)depth, "", cell_tone(SHEET_STRONG, page), first, GAP, "");
    print_block(value(outline, row, 1), indent, page);
    fprintf(page->out, "%s\n", cell_plain(SHEET_STRONG, page));
    if (*more == '\0')
        return;
    fprintf(page->out, "%*s%s", (int)indent, "", cell_tone(tone, page));
    print_block(more, indent, page);
    fprintf(page->out, "%s\n", cell_plain(tone, page));
}

void outline_sheet(const struct sheet *sheet, const struct printer_page *page)
{
    struct outline outline = {.sheet = sheet, .page = page};

    outline.columns = sheet_columns(sheet, &outline.n_columns);
    for (size_t row = 0; outline.n_columns > 1 && row < sheet_rows(sheet); row++)
        print_row(&outline, row);
}
