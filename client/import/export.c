#include "import/export.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "import/exchange.h"
#include "printers/printer.h"

#define PATH_SIZE 4096
#define SCRATCH ((size_t)1 << 30)
#define MARK "\xEF\xBB\xBF" /* by which spreadsheets know UTF-8 */

static const struct sheet_column envelope[] = {
    {"kind", NULL, SHEET_TEXT, false, true},
    {"id", NULL, SHEET_TEXT, false, true},
    {"handle", NULL, SHEET_TEXT, false, true},
};
#define N_ENVELOPE (sizeof(envelope) / sizeof(envelope[0]))

/* --- sheets ------------------------------------------------------------------------------------
 */

static enum sheet_type type_of(const ProtobufCFieldDescriptor *field, enum export_format format)
{
    if (format == EXPORT_CSV)
        return SHEET_TEXT;
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        return SHEET_LIST;
    if (field->type == PROTOBUF_C_TYPE_BOOL)
        return SHEET_BOOL;
    return field->type == PROTOBUF_C_TYPE_UINT32 ? SHEET_NUMBER : SHEET_TEXT;
}

static void fill_cell(struct sheet *sheet, struct report *report, const struct book_entry *entry,
    const ProtobufCFieldDescriptor *field, enum export_format format)
{
    struct arena *arena = report_arena(report);
    enum sheet_type type = type_of(field, format);
    struct exchange_texts texts;

    if (!exchange_get(entry->kind, entry->body, field, arena, &texts))
        return;
    if (type == SHEET_LIST)
        sheet_texts(sheet, texts.text, texts.count);
    else if (texts.count == 0)
        sheet_none(sheet);
    else if (type == SHEET_BOOL || type == SHEET_NUMBER)
        sheet_number(sheet, record_get(entry->body, field, 0).number);
    else
        sheet_text(
            sheet, format == EXPORT_CSV ? exchange_join(field, &texts, arena) : texts.text[0]);
}

static void fill_row(struct sheet *sheet, struct report *report, const struct book_entry *entry,
    enum export_format format, bool personal)
{
    const ProtobufCMessageDescriptor *d = entry->kind->descriptor;
    char id[UUID_TEXT];

    uuid_format(entry->id, id);
    sheet_row(sheet, 0, SHEET_PLAIN);
    sheet_text(sheet, entry->kind->name);
    sheet_text(sheet, id);
    sheet_text(sheet, entry->handle);
    for (unsigned i = 0; i < d->n_fields; i++)
        if (exchange_carries(entry->kind, &d->fields[i], personal))
            fill_cell(sheet, report, entry, &d->fields[i], format);
}

struct sheet *export_sheet(struct report *report, const struct book *book, const struct kind *kind,
    enum export_format format, bool personal)
{
    struct sheet_column columns[N_ENVELOPE + RECORD_FIELDS_MAX];
    size_t n = N_ENVELOPE, count;
    const struct book_entry *const *list = book_list(book, kind->id, &count);
    struct sheet *sheet;

    memcpy(columns, envelope, sizeof(envelope));
    for (unsigned i = 0; i < kind->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &kind->descriptor->fields[i];

        if (exchange_carries(kind, field, personal))
            columns[n++] = (struct sheet_column){
                .key = field->name, .type = type_of(field, format), .machine = true};
    }
    sheet = report_sheet(report, kind->name, NULL, SHEET_TABLE, false, columns, n);
    for (size_t i = 0; i < count && sheet != NULL; i++)
        fill_row(sheet, report, list[i], format, personal);
    return sheet;
}

/* --- files -------------------------------------------------------------------------------------
 */

static void put_cell(FILE *out, const char *text)
{
    if (strpbrk(text, ";,\"\r\n\t") == NULL) {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '"')
            fputc('"', out);
        fputc(*c, out);
    }
    fputc('"', out);
}

static void put_sheet(FILE *out, const struct sheet *sheet)
{
    size_t n;
    const struct sheet_column *columns = sheet_columns(sheet, &n);

    for (size_t i = 0; i < n; i++)
        fprintf(out, "%s%s", i == 0 ? "" : ";", columns[i].key);
    fputs("\r\n", out);
    for (size_t row = 0; row < sheet_rows(sheet); row++) {
        for (size_t i = 0; i < n; i++) {
            struct sheet_cell cell = sheet_cell(sheet, row, i);

            if (i > 0)
                fputc(';', out);
            put_cell(out, cell.empty ? "" : cell.text);
        }
        fputs("\r\n", out);
    }
}

static bool put(const struct report *report, enum export_format format, FILE *out)
{
    struct printer_page page = {.out = out, .width = 80, .language = "en"};

    if (format == EXPORT_CSV) {
        fputs(MARK, out);
        for (size_t i = 0; i < report_count(report); i++)
            put_sheet(out, report_get(report, i));
        return true;
    }
    page.arena = arena_new(SCRATCH);
    if (page.arena == NULL)
        return false;
    json_print(report, &page);
    arena_free(&page.arena);
    return true;
}

/* Closes the file; true when all of it is on the disk. */
static bool finish(FILE *out, bool good)
{
    bool fine = good && !ferror(out) && fflush(out) == 0 && fsync(fileno(out)) == 0;

    return fclose(out) == 0 && fine;
}

bool export_write(
    const struct report *report, enum export_format format, const char *path, bool replace)
{
    char draft[PATH_SIZE];
    int fd, error;
    FILE *out;
    bool good;

    if (report_failed(report) ||
        (size_t)snprintf(draft, sizeof(draft), "%s.XXXXXX", path) >= sizeof(draft)) {
        errno = report_failed(report) ? ENOMEM : ENAMETOOLONG;
        return false;
    }
    if (!replace && access(path, F_OK) == 0) {
        errno = EEXIST;
        return false;
    }
    fd = mkstemp(draft);
    out = fd < 0 ? NULL : fdopen(fd, "wb");
    if (out == NULL)
        return false;
    good = finish(out, put(report, format, out));
    good = good && rename(draft, path) == 0;
    error = errno;
    if (!good)
        unlink(draft);
    errno = error;
    return good;
}
