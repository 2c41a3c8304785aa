#include "import/csvfile.h"

#include <csv.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "array.h"
#include "import/csvfile_text.h"
#include "text.h"

struct cell {
    const char *text;
    unsigned line;
};

struct row {
    size_t first, count; /* of `cells` */
    unsigned line;
};

struct csvfile {
    struct arena *arena; /* the cells' texts */
    struct cell *cells;
    size_t n_cells, max_cells;
    struct row *rows;
    size_t n_rows, max_rows;
    char separator;
};

/* Where the parser is; libcsv itself counts no lines. */
struct reading {
    struct csvfile *file;
    unsigned line;      /* of the byte being read */
    unsigned cell_line; /* of the cell being read; 0: none has begun */
    size_t first;       /* first cell of the row being read */
    bool memory;        /* is out */
};

static void take_cell(void *data, size_t size, void *arg)
{
    struct reading *reading = arg;
    struct csvfile *file = reading->file;
    struct cell *cells = array_grow(file->cells, file->n_cells, &file->max_cells, sizeof(*cells));
    char *text = arena_copy(file->arena, data, size);

    if (cells != NULL)
        file->cells = cells;
    if (cells == NULL || text == NULL) {
        reading->memory = true;
        return;
    }
    if (reading->cell_line == 0)
        reading->cell_line = reading->line;
    cells[file->n_cells++] = (struct cell){text_trim(text), reading->cell_line};
    reading->cell_line = 0;
}

static void take_row(int terminator, void *arg)
{
    struct reading *reading = arg;
    struct csvfile *file = reading->file;
    struct row *rows = array_grow(file->rows, file->n_rows, &file->max_rows, sizeof(*rows));

    (void)terminator;
    if (rows == NULL) {
        reading->memory = true;
        return;
    }
    file->rows = rows;
    if (file->n_cells > reading->first)
        rows[file->n_rows++] = (struct row){
            reading->first, file->n_cells - reading->first, file->cells[reading->first].line};
    reading->first = file->n_cells;
}

/* The separator that the header has most of, outside of quotes; `;` when in doubt. */
static char detect(const char *text)
{
    static const char candidates[] = ";,\t";
    size_t counts[3] = {0};
    size_t best = 0;
    bool quoted = false;

    while (*text == '\n')
        text++;
    for (; *text != '\0' && (quoted || *text != '\n'); text++) {
        const char *found = strchr(candidates, *text);

        quoted ^= *text == '"';
        if (found != NULL && !quoted)
            counts[found - candidates]++;
    }
    for (size_t i = 1; i < 3; i++)
        if (counts[i] > counts[best])
            best = i;
    return candidates[best];
}

static bool quote_error(
    struct reading *reading, enum csvfile_problem problem, struct csvfile_error *error_r)
{
    *error_r = (struct csvfile_error){.problem = problem,
        .line = reading->cell_line == 0 ? reading->line : reading->cell_line,
        .column = (unsigned)(reading->file->n_cells - reading->first) + 1,
        .noticed = reading->line};
    return false;
}

/* Byte by byte: the callbacks then know the line. */
static bool feed(struct csv_parser *parser, struct reading *reading, const char *text, size_t size,
    struct csvfile_error *error_r)
{
    for (size_t i = 0; i < size && !reading->memory; i++) {
        if (reading->cell_line == 0 && text[i] != '\n')
            reading->cell_line = reading->line;
        if (csv_parse(parser, text + i, 1, take_cell, take_row, reading) != 1)
            return quote_error(reading, CSVFILE_QUOTE, error_r);
        reading->line += text[i] == '\n';
    }
    if (csv_fini(parser, take_cell, take_row, reading) != 0)
        return quote_error(reading, CSVFILE_UNCLOSED, error_r);
    if (reading->memory)
        *error_r = (struct csvfile_error){.problem = CSVFILE_MEMORY};
    return !reading->memory;
}

static bool parse(
    struct csvfile *file, const char *text, size_t size, struct csvfile_error *error_r)
{
    struct reading reading = {.file = file, .line = 1};
    struct csv_parser parser;
    bool ok;

    if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL) != 0) {
        *error_r = (struct csvfile_error){.problem = CSVFILE_MEMORY};
        return false;
    }
    file->separator = detect(text);
    csv_set_delim(&parser, (unsigned char)file->separator);
    ok = feed(&parser, &reading, text, size, error_r);
    csv_free(&parser);
    if (ok && file->n_rows == 0)
        *error_r = (struct csvfile_error){.problem = CSVFILE_EMPTY};
    return ok && file->n_rows > 0;
}

struct csvfile *csvfile_parse(const char *data, size_t size, struct csvfile_error *error_r)
{
    struct csvfile *file = calloc(1, sizeof(*file));
    char *text = NULL;

    *error_r = (struct csvfile_error){.problem = CSVFILE_MEMORY};
    if (file != NULL)
        file->arena = arena_new(CSVFILE_SIZE_MAX * 8);
    if (file != NULL && file->arena != NULL)
        text = csvfile_text_decode(data, size, &size, error_r);
    if (text == NULL || !parse(file, text, size, error_r))
        csvfile_free(&file);
    else
        error_r->problem = CSVFILE_FINE;
    free(text);
    return file;
}

static struct csvfile *parse_stream(FILE *stream, struct csvfile_error *error_r)
{
    char *data = malloc(CSVFILE_SIZE_MAX + 1);
    struct csvfile *file = NULL;
    size_t size;

    *error_r = (struct csvfile_error){.problem = CSVFILE_MEMORY};
    if (data == NULL)
        return NULL;
    size = fread(data, 1, CSVFILE_SIZE_MAX + 1, stream);
    if (ferror(stream)) {
        error_r->problem = CSVFILE_SYSTEM;
        text_copy(error_r->detail, sizeof(error_r->detail), strerror(errno));
    } else if (size > CSVFILE_SIZE_MAX) {
        error_r->problem = CSVFILE_LARGE;
    } else {
        file = csvfile_parse(data, size, error_r);
    }
    free(data);
    return file;
}

struct csvfile *csvfile_read(const char *path, struct csvfile_error *error_r)
{
    FILE *stream = fopen(path, "rbe");
    struct csvfile *file;

    if (stream == NULL) {
        *error_r = (struct csvfile_error){.problem = CSVFILE_SYSTEM};
        text_copy(error_r->detail, sizeof(error_r->detail), strerror(errno));
        return NULL;
    }
    file = parse_stream(stream, error_r);
    fclose(stream);
    return file;
}

void csvfile_free(struct csvfile **file)
{
    if (*file == NULL)
        return;
    arena_free(&(*file)->arena);
    free((*file)->cells);
    free((*file)->rows);
    free(*file);
    *file = NULL;
}

char csvfile_separator(const struct csvfile *file)
{
    return file->separator;
}

size_t csvfile_rows(const struct csvfile *file)
{
    return file->n_rows;
}

size_t csvfile_cells(const struct csvfile *file, size_t row)
{
    return file->rows[row].count;
}

const char *csvfile_cell(const struct csvfile *file, size_t row, size_t column)
{
    const struct row *r = &file->rows[row];

    return column < r->count ? file->cells[r->first + column].text : "";
}

unsigned csvfile_line(const struct csvfile *file, size_t row, size_t column)
{
    const struct row *r = &file->rows[row];

    return column < r->count ? file->cells[r->first + column].line : r->line;
}

bool csvfile_blank(const struct csvfile *file, size_t row)
{
    for (size_t i = 0; i < file->rows[row].count; i++)
        if (csvfile_cell(file, row, i)[0] != '\0')
            return false;
    return true;
}
