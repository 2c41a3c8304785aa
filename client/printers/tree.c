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
#define WORD_MAX 12 /* of a narrow column's cells, words so long are kept whole */
#define CUT_MIN 20  /* a title cut shorter says nothing */
#define FOLD_MIN 4  /* columns that make it worth folding a header */
#define CUT_LINES 2 /* of a cell that is cut */
#define INDENT 2
#define NARROW 60            /* a page on which a table that does not fit is one card a row */
#define HEADER SIZE_MAX      /* in place of a row's number */
#define SAMPLE ((size_t)400) /* rows by which the layout is judged */

struct column {
    size_t index; /* in the sheet */
    const struct sheet_column *column;
    size_t width, least;
    size_t torn;   /* least width when words of its cells may be torn */
    size_t folded; /* width when its header is folded at every space */
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
    return column == 0 && row != HEADER && sheet_shape(grid->sheet) == SHEET_TREE
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

/* The longest word: a header is never torn within one. */
static size_t word_width(const char *text, struct arena *arena)
{
    size_t most = 0;

    while (text != NULL && *text != '\0') {
        size_t length = strcspn(text, " ");
        const char *word = arena_copy(arena, text, length);
        size_t width = word == NULL ? 0 : text_width(word);

        most = width > most ? width : most;
        text += length + (text[length] == ' ');
    }
    return most;
}

/* The least width of a column whose other widths are known. */
static size_t least_of(const struct grid *grid, const struct column *c, bool first)
{
    enum sheet_type type = c->column->type;
    bool whole = c->right || type == SHEET_DATE || type == SHEET_TIME || type == SHEET_MOMENT ||
                 (first && !c->column->wide);
    size_t least = whole                          ? c->folded
                   : c->column->wide == SHEET_CUT ? CUT_MIN
                   : c->column->wide              ? WIDE_MIN
                                                  : OTHER_MIN;
    size_t word = word_width(c->column->title, grid->page->arena);

    least = least < word ? word : least;
    return least > c->width ? c->width : least;
}

/* The longest word of a narrow column's cells, as far as it is to be kept whole. */
static size_t longest_word(const struct grid *grid, const struct column *c)
{
    size_t most = 0;

    for (size_t row = 0; row < sheet_rows(grid->sheet) && row < SAMPLE; row++) {
        size_t width = word_width(text_of(grid, row, c), grid->page->arena);

        if (width <= WORD_MAX && width > most)
            most = width;
    }
    return most;
}

static void measure(struct grid *grid)
{
    for (size_t i = 0; i < grid->n; i++) {
        struct column *c = &grid->columns[i];
        c->width = 0;
        for (size_t row = 0; row < sheet_rows(grid->sheet); row++) {
            size_t width =
                lines_width(text_of(grid, row, c), grid->page->arena) + indent_of(grid, row, i);
            grid->natural[row * grid->n + i] = width;
            c->width = width > c->width ? width : c->width;
        }
        c->folded = word_width(c->column->title, grid->page->arena);
        c->folded = c->width > c->folded ? c->width : c->folded;
        if (c->column->title != NULL && text_width(c->column->title) > c->width)
            c->width = text_width(c->column->title);
        c->least = c->torn = least_of(grid, c, i == 0);
        if (!c->column->wide && c->least < c->width) {
            size_t word = longest_word(grid, c);

            c->least = word > c->least ? word : c->least;
        }
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

/* A header over narrow figures costs the page a line, and no cell its width. */
static void fold_headers(struct grid *grid)
{
    for (size_t i = 0; i < grid->n && total(grid) > grid->page->width; i++)
        if (!grid->columns[i].column->wide &&
            grid->columns[i].width >= grid->columns[i].folded + FOLD_MIN)
            grid->columns[i].width = grid->columns[i].folded;
}

/* What is read from its last figure on. */
static bool is_number(enum sheet_type type)
{
    return type == SHEET_NUMBER || type == SHEET_PERCENT || type == SHEET_MONEY ||
           type == SHEET_DECIMAL || type == SHEET_BYTES || type == SHEET_FIGURE;
}

/* Where the page is too narrow, columns that hold nothing go first. */
static void drop_empty(struct grid *grid)
{
    size_t kept = 0, rows = sheet_rows(grid->sheet);

    for (size_t i = 0; i < grid->n; i++) {
        bool holds = i == 0;

        for (size_t row = 0; row < rows && !holds; row++)
            holds = grid->natural[row * grid->n + i] > 0;
        if (holds)
            grid->columns[kept++] = grid->columns[i];
    }
    if (kept == grid->n)
        return;
    grid->n = kept;
    measure(grid);
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
            grid->columns[grid->n++] = (struct column){
                .index = i, .column = &columns[i], .right = is_number(columns[i].type)};
    grid->natural =
        arena_alloc(grid->page->arena, grid->n * sheet_rows(grid->sheet) * sizeof(*grid->natural));
    if (grid->natural == NULL)
        return false;
    grid->bars = true;
    measure(grid);
    if (total(grid) > grid->page->width)
        drop_empty(grid);
    for (size_t i = 0; i < grid->n; i++)
        if (grid->columns[i].column->wide && grid->columns[i].width > 3 * BAR)
            readable += grid->columns[i].width - 3 * BAR;
    if (total(grid) > grid->page->width + readable) {
        grid->bars = false;
        measure(grid);
    }
    fold_headers(grid);
    shrink(grid, true);
    shrink(grid, false);
    for (size_t i = 0; i < grid->n; i++)
        grid->columns[i].least = grid->columns[i].torn;
    shrink(grid, false);
    return true;
}

/* The next line of a cell, its line number `line`; the last line of a cut one ends with an ellipsis
 * where more would follow. NULL: the cell is at its end. */
static const char *next_line(
    const struct column *c, const char **rest, size_t room, size_t line, struct arena *arena)
{
    const char *before = *rest, *text = cell_line(rest, room, arena);

    if (c->column->wide != SHEET_CUT || line + 1 < CUT_LINES || text == NULL || **rest == '\0')
        return text;
    text = cell_line(&before, room > 1 ? room - 1 : 1, arena);
    *rest = "";
    return arena_printf(arena, "%s…", text == NULL ? "" : text);
}

/* One line of the page: the next line of each cell. False when all cells are at their end. */
static bool print_line(const struct grid *grid, size_t row, const char **rest, size_t line)
{
    const struct printer_page *page = grid->page;
    const char **lines = arena_alloc(page->arena, grid->n * sizeof(*lines));
    size_t last = 0;

    for (size_t i = 0; lines != NULL && i < grid->n; i++) {
        unsigned indent = indent_of(grid, row, i);
        size_t room = grid->columns[i].width;
        lines[i] = next_line(
            &grid->columns[i], &rest[i], room > indent ? room - indent : 1, line, page->arena);
        if (lines[i] != NULL)
            last = i + 1;
    }
    if (lines == NULL || (last == 0 && line > 0))
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

static void print_row(const struct grid *grid, size_t row, enum sheet_tone tone)
{
    const char **rest = arena_alloc(grid->page->arena, grid->n * sizeof(*rest));

    for (size_t i = 0; rest != NULL && i < grid->n; i++) {
        const struct column *c = &grid->columns[i];
        rest[i] = row != HEADER              ? text_of(grid, row, c)
                  : c->column->title == NULL ? ""
                                             : c->column->title;
    }
    fputs(cell_tone(tone, grid->page), grid->page->out);
    for (size_t line = 0; rest != NULL && print_line(grid, row, rest, line); line++)
        fputc('\n', grid->page->out);
    fputs(cell_plain(tone, grid->page), grid->page->out);
}

static void print_header(const struct grid *grid)
{
    const struct printer_page *page = grid->page;

    print_row(grid, HEADER, SHEET_STRONG);
    fputs(cell_tone(SHEET_FAINT, page), page->out);
    for (size_t i = 0; i < grid->n; i++) {
        for (size_t j = 0; j < grid->columns[i].width; j++)
            fputs("─", page->out);
        fprintf(page->out, "%*s", i + 1 == grid->n ? 0 : GAP, "");
    }
    fprintf(page->out, "%s\n", cell_plain(SHEET_FAINT, page));
}

void tree_sheet(const struct sheet *sheet, const struct printer_page *page)
{
    struct grid grid = {.sheet = sheet, .page = page};

    if (!lay_out(&grid) || grid.n == 0)
        return;
    if (sheet_shape(sheet) == SHEET_TABLE && page->width < NARROW && total(&grid) > page->width) {
        card_sheet(sheet, page);
        return;
    }
    print_header(&grid);
    for (size_t row = 0; row < sheet_rows(sheet); row++) {
        enum sheet_tone tone;
        sheet_depth(sheet, row, &tone);
        print_row(&grid, row, tone);
    }
}
