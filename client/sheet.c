#include "sheet.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "array.h"
#include "i18n.h"

#define ARENA_LIMIT ((size_t)1 << 30)

struct row {
    unsigned depth;
    enum sheet_tone tone;
    size_t filled;
    struct sheet_cell *cells;
};

struct sheet {
    struct report *report;
    struct sheet *next;
    const char *name, *title;
    enum sheet_shape shape;
    bool single;
    const struct sheet_column *columns;
    size_t n_columns;
    struct row *rows;
    size_t n_rows, room;
};

struct report {
    struct arena *arena;
    struct sheet *sheets, *last;
    size_t count;
    const char **notes;
    size_t *places; /* per note, how many sheets stood above it */
    size_t n_notes;
    const char *language;
    bool machine, failed;
};

struct report *report_new(void)
{
    struct report *report = calloc(1, sizeof(*report));

    if (report == NULL || (report->arena = arena_new(ARENA_LIMIT)) == NULL) {
        free(report);
        return NULL;
    }
    report->language = "en";
    return report;
}

static void drop(struct report *report)
{
    for (struct sheet *s = report->sheets; s != NULL; s = s->next)
        free(s->rows);
    free(report->notes);
    free(report->places);
    arena_free(&report->arena);
}

void report_free(struct report **report)
{
    if (*report == NULL)
        return;
    drop(*report);
    free(*report);
    *report = NULL;
}

void report_clear(struct report *report)
{
    struct report fresh = {
        .arena = arena_new(ARENA_LIMIT), .language = report->language, .machine = report->machine};

    fresh.failed = fresh.arena == NULL;
    drop(report);
    *report = fresh;
}

void report_for(struct report *report, const char *language, bool machine)
{
    report->language = language;
    report->machine = machine;
}

bool report_failed(const struct report *report)
{
    return report->failed;
}

const char *report_language(const struct report *report, bool *machine_r)
{
    *machine_r = report->machine;
    return report->language;
}

struct arena *report_arena(struct report *report)
{
    return report->arena;
}

static const char *keep(struct report *report, const char *text)
{
    const char *copy;

    if (text == NULL || report->arena == NULL)
        return NULL;
    copy = arena_copy(report->arena, text, strlen(text));
    if (copy == NULL)
        report->failed = true;
    return copy;
}

static void *take(struct report *report, size_t size)
{
    void *data = report->arena == NULL ? NULL : arena_alloc(report->arena, size);

    if (data == NULL)
        report->failed = true;
    return data;
}

/* A heading in the language of gettext; what is translated already stays as it is. */
static const char *shown(struct report *report, const char *title)
{
    return keep(report, title == NULL || title[0] == '\0' ? title : _(title));
}

struct sheet *report_sheet(struct report *report, const char *name, const char *title,
    enum sheet_shape shape, bool single, const struct sheet_column *columns, size_t n_columns)
{
    struct sheet *sheet = take(report, sizeof(*sheet));
    struct sheet_column *copies = take(report, n_columns * sizeof(*copies));

    if (sheet == NULL || copies == NULL)
        return NULL;
    for (size_t i = 0; i < n_columns; i++) {
        copies[i] = columns[i];
        copies[i].key = keep(report, columns[i].key);
        copies[i].title = shown(report, columns[i].title);
    }
    *sheet = (struct sheet){.report = report,
        .name = keep(report, name),
        .title = shown(report, title),
        .shape = shape,
        .single = single,
        .columns = copies,
        .n_columns = n_columns};
    if (report->last == NULL)
        report->sheets = sheet;
    else
        report->last->next = sheet;
    report->last = sheet;
    report->count++;
    return sheet;
}

void report_note(struct report *report, const char *text)
{
    const char *copy = keep(report, text);
    const char **notes = realloc(report->notes, (report->n_notes + 1) * sizeof(*notes));
    size_t *places;

    if (notes != NULL)
        report->notes = notes;
    places = realloc(report->places, (report->n_notes + 1) * sizeof(*places));
    if (places != NULL)
        report->places = places;
    if (copy == NULL || notes == NULL || places == NULL) {
        report->failed = true;
        return;
    }
    notes[report->n_notes] = copy;
    places[report->n_notes++] = report->count;
}

static bool make_room(struct sheet *sheet)
{
    struct row *rows = array_grow(sheet->rows, sheet->n_rows, &sheet->room, sizeof(*rows));

    if (rows != NULL)
        sheet->rows = rows;
    return rows != NULL;
}

void sheet_row(struct sheet *sheet, unsigned depth, enum sheet_tone tone)
{
    struct sheet_cell *cells;

    if (sheet == NULL)
        return;
    cells = take(sheet->report, sheet->n_columns * sizeof(*cells));
    if (cells == NULL || !make_room(sheet)) {
        sheet->report->failed = true;
        return;
    }
    for (size_t i = 0; i < sheet->n_columns; i++)
        cells[i].empty = true;
    sheet->rows[sheet->n_rows++] = (struct row){depth, tone, 0, cells};
}

/* The row's next cell; NULL when the row is full or memory ran out. */
static struct sheet_cell *next_cell(struct sheet *sheet)
{
    struct row *row;

    if (sheet == NULL || sheet->n_rows == 0 || sheet->report->failed)
        return NULL;
    row = &sheet->rows[sheet->n_rows - 1];
    return row->filled < sheet->n_columns ? &row->cells[row->filled++] : NULL;
}

void sheet_text(struct sheet *sheet, const char *text)
{
    struct sheet_cell *cell = next_cell(sheet);

    if (cell == NULL || text == NULL)
        return;
    cell->text = keep(sheet->report, text);
    cell->empty = cell->text == NULL;
}

void sheet_number(struct sheet *sheet, int64_t number)
{
    struct sheet_cell *cell = next_cell(sheet);

    if (cell == NULL)
        return;
    cell->number = number;
    cell->empty = false;
}

void sheet_none(struct sheet *sheet)
{
    (void)next_cell(sheet);
}

void sheet_texts(struct sheet *sheet, const char *const *texts, size_t count)
{
    struct sheet_cell *cell = next_cell(sheet);
    const char **copies;

    if (cell == NULL || count == 0 ||
        (copies = take(sheet->report, count * sizeof(*copies))) == NULL)
        return;
    for (size_t i = 0; i < count; i++)
        copies[i] = keep(sheet->report, texts[i]);
    cell->texts = copies;
    cell->n_texts = count;
    cell->empty = sheet->report->failed;
}

size_t report_count(const struct report *report)
{
    return report->count;
}

const struct sheet *report_get(const struct report *report, size_t index)
{
    const struct sheet *sheet = report->sheets;

    while (index-- > 0)
        sheet = sheet->next;
    return sheet;
}

const char *const *report_notes(const struct report *report, size_t *count_r)
{
    *count_r = report->n_notes;
    return report->notes;
}

size_t report_note_place(const struct report *report, size_t index)
{
    return report->places[index];
}

const char *sheet_name(const struct sheet *sheet)
{
    return sheet->name;
}

const char *sheet_title(const struct sheet *sheet)
{
    return sheet->title;
}

enum sheet_shape sheet_shape(const struct sheet *sheet)
{
    return sheet->shape;
}

bool sheet_single(const struct sheet *sheet)
{
    return sheet->single;
}

const struct sheet_column *sheet_columns(const struct sheet *sheet, size_t *count_r)
{
    *count_r = sheet->n_columns;
    return sheet->columns;
}

size_t sheet_rows(const struct sheet *sheet)
{
    return sheet->n_rows;
}

unsigned sheet_depth(const struct sheet *sheet, size_t row, enum sheet_tone *tone_r)
{
    if (tone_r != NULL)
        *tone_r = sheet->rows[row].tone;
    return sheet->rows[row].depth;
}

struct sheet_cell sheet_cell(const struct sheet *sheet, size_t row, size_t column)
{
    return sheet->rows[row].cells[column];
}
