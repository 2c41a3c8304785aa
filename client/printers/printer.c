#include "printer.h"

#include <string.h>

#include "text.h"

static const struct printer printers[] = {
    {"table", "tableau", false, table_print},
    {"json", "json", true, json_print},
    {"csv", "csv", true, delimited_csv},
    {"tsv", "tsv", true, delimited_tsv},
};

const struct printer *printer_get(size_t index)
{
    return index < sizeof(printers) / sizeof(printers[0]) ? &printers[index] : NULL;
}

const struct printer *printer_find(const char *name)
{
    char folded[32];
    const struct printer *p;

    text_fold(name, folded, sizeof(folded));
    for (size_t i = 0; (p = printer_get(i)) != NULL; i++)
        if (strcmp(p->name, folded) == 0 || strcmp(p->french, folded) == 0)
            return p;
    return NULL;
}
