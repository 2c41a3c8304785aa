#include <jansson.h>
#include <string.h>

#include "printers/cell.h"

/* json_string refuses invalid UTF-8, which only a damaged copy could hold. */
static json_t *string(const char *text, struct arena *arena)
{
    json_t *value = json_string(text);

    return value != NULL ? value : json_string(cell_clean(text, arena));
}

static json_t *texts(const struct sheet_cell *cell, struct arena *arena)
{
    json_t *list = json_array();

    for (size_t i = 0; i < cell->n_texts; i++)
        json_array_append_new(list, string(cell->texts[i], arena));
    return list;
}

static json_t *value(const struct sheet_cell *cell, enum sheet_type type, struct arena *arena)
{
    if (type == SHEET_LIST)
        return texts(cell, arena);
    if (cell->empty)
        return json_null();
    type = cell_type(cell, type);
    switch (type) {
    case SHEET_LIST:
        return texts(cell, arena);
    case SHEET_NUMBER:
    case SHEET_PERCENT:
    case SHEET_BYTES:
        return json_integer(cell->number);
    case SHEET_BOOL:
        return json_boolean(cell->number != 0);
    default:
        return string(cell_machine(cell, type, arena), arena);
    }
}

static json_t *row_object(const struct sheet *sheet, size_t row, struct arena *arena)
{
    json_t *object = json_object();
    size_t n;
    const struct sheet_column *columns = sheet_columns(sheet, &n);

    if (sheet_shape(sheet) == SHEET_TREE)
        json_object_set_new(object, "depth", json_integer(sheet_depth(sheet, row, NULL)));
    for (size_t i = 0; i < n; i++) {
        struct sheet_cell cell = sheet_cell(sheet, row, i);
        json_object_set_new(object, columns[i].key, value(&cell, columns[i].type, arena));
    }
    return object;
}

static json_t *sheet_value(const struct sheet *sheet, struct arena *arena)
{
    json_t *list;

    if (sheet_single(sheet))
        return sheet_rows(sheet) > 0 ? row_object(sheet, 0, arena) : json_null();
    list = json_array();
    for (size_t row = 0; row < sheet_rows(sheet); row++)
        json_array_append_new(list, row_object(sheet, row, arena));
    return list;
}

static json_t *notes_list(const struct report *report, struct arena *arena)
{
    json_t *list = json_array();
    size_t count;
    const char *const *notes = report_notes(report, &count);

    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, string(notes[i], arena));
    return list;
}

/* Several sheets, or a note beside a single record, need an object around them. */
static json_t *report_value(const struct report *report, struct arena *arena)
{
    json_t *object;
    size_t n_notes;

    report_notes(report, &n_notes);
    if (report_count(report) == 1)
        return sheet_value(report_get(report, 0), arena);
    object = json_object();
    for (size_t i = 0; i < report_count(report); i++) {
        const struct sheet *sheet = report_get(report, i);
        json_object_set_new(object, sheet_name(sheet), sheet_value(sheet, arena));
    }
    if (n_notes > 0)
        json_object_set_new(object, "notes", notes_list(report, arena));
    return object;
}

void json_print(const struct report *report, const struct printer_page *page)
{
    size_t n_notes;
    json_t *whole;

    report_notes(report, &n_notes);
    if (report_count(report) == 0 && n_notes == 0)
        return;
    whole = report_value(report, page->arena);
    json_dumpf(whole, page->out, (page->lines ? JSON_COMPACT : JSON_INDENT(2)) | JSON_ENCODE_ANY);
    fputc('\n', page->out);
    json_decref(whole);
}
