#include "import/import_work.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "i18n.h"
#include "import/import_draft.h"
#include "import/import_records.h"
#include "text.h"

#define ARENA_MAX ((size_t)512 << 20)

struct import *import_new(const struct book *book, const struct import_options *options)
{
    struct import *import = calloc(1, sizeof(*import));

    if (import == NULL)
        return NULL;
    import->book = book;
    import->options = *options;
    import->last_record = &import->records;
    import->arena = arena_new(ARENA_MAX);
    if (import->arena != NULL)
        import->drafts = import_draft_new(import->arena, book);
    import->reader = (struct fields_reader){.book = book,
        .arena = import->arena,
        .language = options->language,
        .today = options->today};
    if (import->drafts == NULL)
        import_free(&import);
    return import;
}

void import_free(struct import **import)
{
    if (*import == NULL)
        return;
    for (size_t i = 0; i < (*import)->n_files; i++)
        csvfile_free(&(*import)->files[i].table);
    arena_free(&(*import)->arena);
    free((*import)->lines);
    free(*import);
    *import = NULL;
}

/* Refuses a file, or a line of it, before there are rows. */
static void refuse_file(
    struct import *import, const char *name, unsigned line, const char *column, const char *what)
{
    import_work_line(import, &(struct import_line){.outcome = IMPORT_REFUSED,
                                 .place = {.file = name, .line = line, .column = column},
                                 .handle = "",
                                 .name = "",
                                 .what = what,
                                 .change = SIZE_MAX});
}

/* What is wrong with a file that could not be read at all. */
static const char *broken(struct import *import, const struct csvfile_error *error)
{
    switch (error->problem) {
    case CSVFILE_SYSTEM:
        return import_work_text(import, _("The file cannot be read: %s."), error->detail);
    case CSVFILE_LARGE:
        return _("The file is larger than 16 MiB: no table of a plan is. Is it the right file?");
    case CSVFILE_EMPTY:
        return _("The file is empty: its first row must hold the headers of the columns.");
    case CSVFILE_NUL:
        return _("There is a NUL character here: this is not a text. In the spreadsheet, save the "
                 "table again as “CSV UTF-8”.");
    case CSVFILE_UTF16:
        return _("The file is in UTF-16. In the spreadsheet, save the table again as “CSV UTF-8”.");
    case CSVFILE_ENCODING:
        return _("The text is neither in UTF-8 nor in Windows-1252. In the spreadsheet, save the "
                 "table again as “CSV UTF-8”.");
    case CSVFILE_UNCLOSED:
        return import_work_text(import,
            _("The quotation mark that opens cell %u of this row is never closed. Close it."),
            error->column);
    case CSVFILE_QUOTE:
        return import_work_text(import,
            _("A quotation mark in cell %u of this row is in the way (noticed on line %u). Close "
              "the one before it, or write it twice inside a cell in quotation marks."),
            error->column, error->noticed);
    default:
        return _("Memory is out.");
    }
}

/* --- which kind of file ------------------------------------------------------------------------
 */

/* True when a header means the column: one of its names, folded. */
static bool means(const char *header, const char *names)
{
    char typed[256], one[256];

    text_fold(header, typed, sizeof(typed));
    while (*names != '\0') {
        size_t length = strcspn(names, "|");
        char name[256];

        if (length < sizeof(name)) {
            memcpy(name, names, length);
            name[length] = '\0';
            text_fold(name, one, sizeof(one));
            if (strcmp(typed, one) == 0)
                return true;
        }
        names += length + (names[length] == '|');
    }
    return false;
}

static size_t find_column(const struct csvfile *table, const char *names)
{
    for (size_t i = 0; i < csvfile_cells(table, 0); i++)
        if (means(csvfile_cell(table, 0, i), names))
            return i;
    return SIZE_MAX;
}

/* How many of the shape's columns the table has; *required_r: how many of the required ones. */
static size_t match(
    const struct csvfile *table, const struct import_shape *shape, size_t *required_r)
{
    size_t found = 0;

    *required_r = 0;
    for (size_t i = 0; i < shape->n_columns; i++)
        if (find_column(table, shape->columns[i].names) != SIZE_MAX) {
            found++;
            *required_r += i < shape->n_required;
        }
    return found;
}

/* The shape that the header has most columns of, whole ones before others. NULL: none at all. */
static const struct import_shape *recognise(const struct csvfile *table, bool *whole_r)
{
    const struct import_shape *best = NULL;
    size_t most = 0;

    *whole_r = false;
    for (size_t i = 0; i < import_shapes_count; i++) {
        size_t required, found = match(table, &import_shapes[i], &required);
        bool whole = required == import_shapes[i].n_required;

        if (found > 0 && (whole == *whole_r ? found > most : whole)) {
            best = &import_shapes[i];
            most = found;
            *whole_r = whole;
        }
    }
    return best;
}

/* A column's first name. */
static const char *title(struct import *import, const struct import_column *column)
{
    return import_work_text(import, "%.*s", (int)strcspn(column->names, "|"), column->names);
}

static void refuse_missing(
    struct import *import, const struct import_file *file, const struct import_shape *shape)
{
    const char *headers[64];
    size_t count = 0;

    for (size_t i = 0; i < csvfile_cells(file->table, 0) && count < 64; i++)
        headers[count++] = csvfile_cell(file->table, 0, i);
    for (size_t i = 0; i < shape->n_required; i++) {
        const char *wanted = title(import, &shape->columns[i]), *near;

        if (find_column(file->table, shape->columns[i].names) != SIZE_MAX)
            continue;
        near = text_nearest(wanted, headers, count);
        refuse_file(import, file->name, 1, wanted,
            near == NULL
                ? import_work_text(import,
                      _("This looks like %s, but the column “%s” is missing. Add it, even empty."),
                      _(shape->what), wanted)
                : import_work_text(import,
                      _("This looks like %s, but the column “%s” is missing. Is it the one called "
                        "“%s”? Correct its header."),
                      _(shape->what), wanted, near));
    }
}

static void refuse_unknown(struct import *import, const struct import_file *file)
{
    const char *all = "";

    for (size_t i = 0; i < import_shapes_count; i++)
        if (import_shapes[i].row != NULL)
            all = import_work_text(import, "%s%s%s (%s)", all, i == 0 ? "" : ", ",
                _(import_shapes[i].what), title(import, &import_shapes[i].columns[0]));
    refuse_file(import, file->name, 1, NULL,
        import_work_text(import,
            _("The first row names none of the columns known here. Known are (with their first "
              "column): %s."),
            all));
}

static bool known_column(const struct import_file *file, size_t column)
{
    for (size_t i = 0; i < file->shape->n_columns; i++)
        if (file->column[i] == column)
            return true;
    return false;
}

static void warn_extra(struct import *import, const struct import_file *file)
{
    struct import_row header = {import, file, 0};

    for (size_t i = 0; i < csvfile_cells(file->table, 0); i++)
        if (!known_column(file, i) && csvfile_cell(file->table, 0, i)[0] != '\0')
            import_work_warn(&header, SIZE_MAX,
                _("The column “%s” is not one of those of %s: its cells are not imported."),
                csvfile_cell(file->table, 0, i), _(file->shape->what));
}

static bool recognise_file(struct import *import, struct import_file *file)
{
    bool whole;
    const struct import_shape *shape = recognise(file->table, &whole);

    if (shape == NULL)
        refuse_unknown(import, file);
    else if (!whole)
        refuse_missing(import, file, shape);
    else if (shape->row == NULL)
        refuse_file(import, file->name, 0, NULL,
            import_work_text(import,
                _("This is %s: this version of Concert does not know it yet. Leave the file out."),
                _(shape->what)));
    if (shape == NULL || !whole || shape->row == NULL)
        return false;
    file->shape = shape;
    for (size_t i = 0; i < shape->n_columns; i++)
        file->column[i] = find_column(file->table, shape->columns[i].names);
    warn_extra(import, file);
    return true;
}

/* JSON by its name, or by how it begins. */
static bool is_json(const char *path)
{
    const char *dot = strrchr(path, '.');
    FILE *file = fopen(path, "rbe");
    char first = '\0';

    if (file != NULL) {
        if (fscanf(file, " %c", &first) != 1)
            first = '\0';
        fclose(file);
    }
    return (dot != NULL && strcasecmp(dot, ".json") == 0) || first == '[' || first == '{';
}

static void add_table(struct import *import, const char *name, const char *path)
{
    struct import_file *file = &import->files[import->n_files];
    struct csvfile_error error;

    *file = (struct import_file){.name = name, .table = csvfile_read(path, &error)};
    if (file->table == NULL) {
        refuse_file(import, name, error.line, NULL, broken(import, &error));
    } else if (import_records_is(file->table)) {
        import_records_add(import, name, file->table);
        import->n_files++;
    } else if (recognise_file(import, file)) {
        import->n_files++;
    } else {
        csvfile_free(&file->table);
    }
}

void import_add(struct import *import, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = import_work_text(import, "%s", slash == NULL ? path : slash + 1);

    if (import->n_files == IMPORT_FILES_MAX)
        refuse_file(import, name, 0, NULL, _("Too many files at once: give at most 64."));
    else if (is_json(path))
        import_records_add_json(import, name, path);
    else
        add_table(import, name, path);
}
