#include <string.h>

#include "printers/cell.h"

struct dialect {
    char delimiter;
    const char *end;
    void (*put)(FILE *out, const char *text);
};

static void put_csv(FILE *out, const char *text)
{
    size_t length = strlen(text);

    if (strpbrk(text, ",\"\r\n") == NULL && text[0] != ' ' &&
        (length == 0 || text[length - 1] != ' ')) {
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

static void put_tsv(FILE *out, const char *text)
{
    static const char from[] = "\t\n\r\\", to[] = "tnr\\";

    for (const char *c = text; *c != '\0'; c++) {
        const char *at = strchr(from, *c);
        if (at == NULL)
            fputc(*c, out);
        else
            fprintf(out, "\\%c", to[at - from]);
    }
}

static const struct dialect csv = {',', "\r\n", put_csv};
static const struct dialect tsv = {'\t', "\n", put_tsv};

static void print_sheet(
    const struct sheet *sheet, const struct dialect *dialect, const struct printer_page *page)
{
    size_t n;
    const struct sheet_column *columns = sheet_columns(sheet, &n);

    for (size_t i = 0; i < n && !page->again; i++) {
        if (i > 0)
            fputc(dialect->delimiter, page->out);
        dialect->put(page->out, columns[i].key);
    }
    if (!page->again)
        fputs(dialect->end, page->out);
    for (size_t row = 0; row < sheet_rows(sheet); row++) {
        for (size_t i = 0; i < n; i++) {
            struct sheet_cell cell = sheet_cell(sheet, row, i);
            if (i > 0)
                fputc(dialect->delimiter, page->out);
            dialect->put(page->out, cell_machine(&cell, columns[i].type, page->arena));
        }
        fputs(dialect->end, page->out);
    }
}

static void print_all(
    const struct report *report, const struct dialect *dialect, const struct printer_page *page)
{
    for (size_t i = 0; i < report_count(report); i++) {
        if (i > 0)
            fputs(dialect->end, page->out);
        print_sheet(report_get(report, i), dialect, page);
    }
}

void delimited_csv(const struct report *report, const struct printer_page *page)
{
    print_all(report, &csv, page);
}

void delimited_tsv(const struct report *report, const struct printer_page *page)
{
    print_all(report, &tsv, page);
}
