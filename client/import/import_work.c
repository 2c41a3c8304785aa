#include "import/import_work.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "clock.h"
#include "import/import_draft.h"

#define SENTENCE_MAX 2048

const char *import_work_cell(const struct import_row *row, size_t column)
{
    size_t at = row->file->column[column];

    return at == SIZE_MAX ? "" : csvfile_cell(row->file->table, row->row, at);
}

struct import_place import_work_place(const struct import_row *row, size_t column)
{
    const struct import_file *file = row->file;
    size_t at = column == SIZE_MAX ? SIZE_MAX : file->column[column];

    if (file->table == NULL) /* records: they know their lines themselves */
        return (struct import_place){.file = file->name, .line = (unsigned)row->row};
    return (struct import_place){.file = file->name,
        .line = csvfile_line(file->table, row->row, at == SIZE_MAX ? 0 : at),
        .column = at == SIZE_MAX ? NULL : csvfile_cell(file->table, 0, at)};
}

void import_work_line(struct import *import, const struct import_line *line)
{
    struct import_line *lines =
        array_grow(import->lines, import->n_lines, &import->max_lines, sizeof(*lines));

    if (lines == NULL) {
        import->out_of_memory = true;
        return;
    }
    import->lines = lines;
    import->lines[import->n_lines++] = *line;
    import->n_refused += line->outcome == IMPORT_REFUSED;
}

static void say(const struct import_row *row, size_t column, enum import_outcome outcome,
    const char *format, va_list list)
{
    struct import *import = row->import;
    char sentence[SENTENCE_MAX];

    vsnprintf(sentence, sizeof(sentence), format, list);
    import_work_line(import, &(struct import_line){.outcome = outcome,
                                 .place = import_work_place(row, column),
                                 .handle = "",
                                 .name = "",
                                 .what = import_work_text(import, "%s", sentence),
                                 .change = SIZE_MAX});
}

void import_work_refuse(const struct import_row *row, size_t column, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    say(row, column, IMPORT_REFUSED, format, list);
    va_end(list);
}

void import_work_warn(const struct import_row *row, size_t column, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    say(row, column, IMPORT_WARNING, format, list);
    va_end(list);
}

bool import_work_first(struct import *import, const char *words)
{
    for (size_t i = 0; i < import->n_said; i++)
        if (strcmp(import->said[i], words) == 0)
            return false;
    if (import->n_said < IMPORT_SAID_MAX)
        import->said[import->n_said++] = words;
    return true;
}

const char *import_work_text(struct import *import, const char *format, ...)
{
    va_list list, again;
    char *text = NULL;
    int size;

    va_start(list, format);
    va_copy(again, list);
    size = vsnprintf(NULL, 0, format, list);
    if (size >= 0)
        text = arena_alloc(import->arena, (size_t)size + 1);
    if (text != NULL)
        vsnprintf(text, (size_t)size + 1, format, again);
    else
        import->out_of_memory = true;
    va_end(again);
    va_end(list);
    return text == NULL ? "" : text;
}

int64_t import_work_clock(void)
{
    return clock_now() / 1000;
}

struct fields_patch import_work_begin(const struct import_row *row, Concert__Kind kind)
{
    struct fields_patch patch;

    /* Without a message nothing is set or taken any more: all else looks at out_of_memory. */
    if (!fields_begin(&row->import->reader, kinds_get(kind), &patch))
        row->import->out_of_memory = true;
    return patch;
}

static void set(const struct import_row *row, struct fields_patch *patch, const char *field,
    const struct record_value *value)
{
    if (row->import->out_of_memory ||
        !record_set(patch->message, record_field(patch->kind, field), value, 1, row->import->arena))
        row->import->out_of_memory = true;
}

void import_work_set(
    const struct import_row *row, struct fields_patch *patch, const char *field, const char *text)
{
    const char *copy = import_work_text(row->import, "%s", text);

    if (copy[0] != '\0')
        set(row, patch, field, &(struct record_value){.data = copy, .size = strlen(copy)});
}

void import_work_number(
    const struct import_row *row, struct fields_patch *patch, const char *field, int64_t number)
{
    set(row, patch, field, &(struct record_value){.number = number});
}

void import_work_refer(const struct import_row *row, struct fields_patch *patch, const char *field,
    const struct draft *draft)
{
    set(row, patch, field,
        &(struct record_value){.data = (const char *)draft->id, .size = UUID_SIZE});
}

bool import_work_choose(const struct import_row *row, size_t column, struct fields_patch *patch,
    const char *field, const char *text)
{
    struct fields_problem problem;

    if (text[0] == '\0' || row->import->out_of_memory)
        return true;
    if (fields_set(&row->import->reader, patch, record_field(patch->kind, field), text, &problem))
        return true;
    import_work_refuse(row, column, "%s", problem.sentence);
    return false;
}
