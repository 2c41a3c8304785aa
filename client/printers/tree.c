/* Rows under headers. Column widths are made to fit the page: bars go first, then wide columns
 * shrink and wrap, then the others. */
#include "printers/cell.h"

#include <stdint.h>
#include <string.h>

#include "text.h"

#define GAP 2
#define BAR 10
#define WIDE_MIN 16
#define OTHER_MIN 6
#define INDENT 2
#define SAMPLE ((size_t)400) /* rows by which the layout is judged */

struct column {
    size_t index; /* in the sheet */
    const struct sheet_column *column;
    size_t width, least;
    bool right;
};

struct grid {
    const struct sheet *sheet;
    const struct printer_page *page;
    struct column *columns;
    size_t n;
    size_t *natural; /* width of each cell when it is not wrapped, row by row */
    bool bars;
};

static unsigned indent_of(const struct grid *grid, size_t row, size_t column)
{
    return column == 0 && sheet_shape(grid->sheet) == SHEET_TREE
               ? sheet_depth(grid->sheet, row, NULL) * INDENT
               : 0;
}

static const char *text_of(const struct grid *grid, size_t row, const struct column *column)
{
    struct sheet_cell cell = sheet_cell(grid->sheet, row, column->index);
    const char *text = cell_people(&cell, column->column->type, grid->page);

    if (grid->bars && column->column->type == SHEET_PERCENT && !cell.empty)
        text = arena_printf(grid->page->arena, "%s %*s%s",
            cell_bar(cell.number, BAR, grid->page->arena),
            text_width(text) < 5 ? (int)(5 - text_width(text)) : 0, "", text);
    return text == NULL ? "" : text;
}

static size_t lines_width(const char *text, struct arena *arena)
{
    size_t most = 0;
    const char *line;

    while ((line = cell_line(&text, SIZE_MAX, arena)) != NULL) {
        size_t width = text_width(line);
        most = width > most ? width : most;
    }
    return most;
}

static void measure(struct grid *grid)
{
    for (size_t i = 0; i < grid->n; i++) {
        struct column *c = &grid->columns[i];
        c->width = c->column->title == NULL ? 0 : text_width(c->column->title);
        for (size_t row = 0; row < sheet_rows(grid->sheet); row++) {
            size_t width =
                lines_width(text_of(grid, row, c), grid->page->arena) + indent_of(grid, row, i);
            grid->natural[row * grid->n + i] = width;
            c->width = width > c->width ? width : c->width;
        }
        c->least = c->column->wide ? WIDE_MIN : c->right ? c->width : OTHER_MIN;
        if (c->column->type == SHEET_DATE || c->column->type == SHEET_TIME ||
            (i == 0 && !c->column->wide))
            c->least = c->width;
        if (c->least > c->width)
            c->least = c->width;
    }
}

static size_t total(const struct grid *grid)
{
    size_t sum = grid->n == 0 ? 0 : GAP * (grid->n - 1);

    for (size_t i = 0; i < grid->n; i++)
        sum += grid->columns[i].width;
    return sum;
}

/* Lines that all rows take when column `tried` has `width`. */
static size_t height(const struct grid *grid, size_t tried, size_t width)
{
    size_t sum = 0, rows = sheet_rows(grid->sheet);

    for (size_t row = 0; row < rows && row < SAMPLE; row++) {
        size_t lines = 1;
        for (size_t i = 0; i < grid->n; i++) {
            size_t room = i == tried ? width : grid->columns[i].width;
            size_t needs = (grid->natural[row * grid->n + i] + room - 1) / (room == 0 ? 1 : room);
            lines = needs > lines ? needs : lines;
        }
        sum += lines;
    }
    return sum;
}

/* A column and how much is to be taken off it. */
struct cut {
    struct column *column;
    size_t step, cost; /* lines that the page grows, in thousandths a column taken off */
};

static void consider(struct grid *grid, size_t index, size_t now, struct cut *best)
{
    struct column *c = &grid->columns[index];
    size_t over = total(grid) - grid->page->width;

    /* Farther steps too: a first column taken off may cost a line, and the next ten nothing more.
     */
    for (size_t step = 1; step <= over && c->width >= c->least + step; step++) {
        size_t grown = height(grid, index, c->width - step);
        size_t cost = (grown > now ? grown - now : 0) * 1000 / step;
        if (best->column == NULL || cost < best->cost ||
            (cost == best->cost && c->width > best->column->width))
            *best = (struct cut){c, step, cost};
    }
}

/* Takes columns off the wide ones (or off all) until the page holds them, where it makes the page
 * grow least, and there from the widest. */
static void shrink(struct grid *grid, bool wide)
{
    while (total(grid) > grid->page->width) {
        struct cut best = {NULL, 0, 0};
        size_t now = height(grid, 0, grid->columns[0].width);
        for (size_t i = 0; i < grid->n; i++)
            if (!wide || grid->columns[i].column->wide)
                consider(grid, i, now, &best);
        if (best.column == NULL)
            return;
        best.column->width -= best.step;
    }
}

static bool lay_out(struct grid *grid)
{
    size_t n, readable = 0;
    const struct sheet_column *columns = sheet_columns(grid->sheet, &n);

    grid->columns = arena_alloc(grid->page->arena, n * sizeof(*grid->columns));
    if (grid->columns == NULL)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!columns[i].machine)
            grid->columns[grid->n++] = (struct column){.index = i,
                .column = &columns[i],
                .right = columns[i].type == SHEET_NUMBER || columns[i].type == SHEET_PERCENT};
    grid->natural =
        arena_alloc(grid->page->arena, grid->n * sheet_rows(grid->sheet) * sizeof(*grid->natural));
    if (grid->natural == NULL)
        return false;
    grid->bars = true;
    measure(grid);
    for (size_t i = 0; i < grid->n; i++)
        if (grid->columns[i].column->wide && grid->columns[i].width > 3 * BAR)
            readable += grid->columns[i].width - 3 * BAR;
    if (total(grid) > grid->page->width + readable) {
        grid->bars = false;
        measure(grid);
    }
    shrink(grid, true);
    shrink(grid, false);
    return true;
}

static void print_header(const struct grid *grid)
{
    const struct printer_page *page = grid->page;

    fputs(cell_tone(SHEET_STRONG, page), page->out);
    for (size_t i = 0; i < grid->n; i++) {
        const struct column *c = &grid->columns[i];
        const char *title = c->column->title == NULL ? "" : c->column->title;
        const char *line = cell_line(&title, c->width, page->arena);
        bool last = i + 1 == grid->n;
        cell_pad(page->out, line == NULL ? "" : line, last && !c->right ? 0 : c->width, c->right);
        fprintf(page->out, "%*s", last ? 0 : GAP, "");
    }
    fprintf(page->out, "%s\n%s", cell_plain(SHEET_STRONG, page), cell_tone(SHEET_FAINT, page));
    for (size_t i = 0; i < grid->n; i++) {
        for (size_t j = 0; j < grid->columns[i].width; j++)
            fputs("─", page->out);
        fprintf(page->out, "%*s", i + 1 == grid->n ? 0 : GAP, "");
    }
    fprintf(page->out, "%s\n", cell_plain(SHEET_FAINT, page));
}

/* One line of the page: the next line of each cell. False when all cells are at their end. */
static bool print_line(const struct grid *grid, size_t row, const char **rest, bool first)
{
    const struct printer_page *page = grid->page;
    const char **lines = arena_alloc(page->arena, grid->n * sizeof(*lines));
    size_t last = 0;

    for (size_t i = 0; lines != NULL && i < grid->n; i++) {
        unsigned indent = indent_of(grid, row, i);
        size_t room = grid->columns[i].width;
        lines[i] = cell_line(&rest[i], room > indent ? room - indent : 1, page->arena);
        if (lines[i] != NULL)
            last = i + 1;
    }
    if (lines == NULL || (last == 0 && !first))
        return false;
    for (size_t i = 0; i < last; i++) {
        const struct column *c = &grid->columns[i];
        unsigned indent = indent_of(grid, row, i);
        bool end = i + 1 == last && !c->right;
        fprintf(page->out, "%*s", (int)indent, "");
        cell_pad(page->out, lines[i] == NULL ? "" : lines[i],
            end || c->width < indent ? 0 : c->width - indent, c->right);
        fprintf(page->out, "%*s", i + 1 == last ? 0 : GAP, "");
    }
    return true;
}

static void print_row(const struct grid *grid, size_t row)
{
    const char **rest = arena_alloc(grid->page->arena, grid->n * sizeof(*rest));
    enum sheet_tone tone;
    bool first = true;

    sheet_depth(grid->sheet, row, &tone);
    for (size_t i = 0; rest != NULL && i < grid->n; i++)
        rest[i] = text_of(grid, row, &grid->columns[i]);
    fputs(cell_tone(tone, grid->page), grid->page->out);
    while (rest != NULL && print_line(grid, row, rest, first)) {
        fputc('\n', grid->page->out);
        first = false;
    }
    fputs(cell_plain(tone, grid->page), grid->page->out);
}

void tree_sheet(const struct sheet *sheet, const struct printer_page *page)
{
    struct grid grid = {.sheet = sheet, .page = page};

    if (!lay_out(&grid) || grid.n == 0)
        return;
    print_header(&grid);
    for (size_t row = 0; row < sheet_rows(sheet); row++)
        print_row(&grid, row);
}
