/* What the rows of records mean. */
#include "import/import_records.h"

#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "import/import_records_rows.h"
#include "text.h"
#include "words.h"

/* Fields by which a record of another region is recognised here, where ids are not the same. */
struct namesake {
    Concert__Kind kind;
    const char *field;
};

static const struct namesake namesakes[] = {
    {CONCERT__KIND__TERRITORY, "code"},
    {CONCERT__KIND__PARTY, "name"},
    {CONCERT__KIND__AUDIENCE, "number"},
    {CONCERT__KIND__PLAN, "title"},
};

/* --- whom a row means --------------------------------------------------------------------------
 */

static const struct records_cell *cell_of(const struct records_row *row, const char *field)
{
    for (size_t i = 0; i < row->n_cells; i++)
        if (strcmp(row->cells[i].field->name, field) == 0 && row->cells[i].texts.count == 1)
            return &row->cells[i];
    return NULL;
}

static bool same_folded(const char *a, const char *b)
{
    char one[1024], other[1024];

    return text_fold(a, one, sizeof(one)) < sizeof(one) &&
           text_fold(b, other, sizeof(other)) < sizeof(other) && strcmp(one, other) == 0;
}

/* The record of this region that the row describes under another id; NULL when there is none. */
static struct draft *namesake(struct import *import, const struct records_row *row)
{
    for (size_t i = 0; i < sizeof(namesakes) / sizeof(namesakes[0]); i++) {
        const char *name = namesakes[i].field;
        const struct records_cell *cell =
            namesakes[i].kind == row->kind->id ? cell_of(row, name) : NULL;
        struct draft *found = cell == NULL ? NULL
                                           : import_draft_find(import->drafts, row->kind->id, NULL,
                                                 cell->texts.text[0]);
        struct exchange_texts known;

        if (found != NULL && found->entry != NULL &&
            exchange_get(row->kind, found->entry->body, cell->field, import->arena, &known) &&
            known.count == 1 && same_folded(known.text[0], cell->texts.text[0]))
            return found;
    }
    return NULL;
}

static void meet_by_id(struct import *import, struct records_row *row, const uint8_t *id)
{
    row->draft = import_draft_get(import->drafts, id);
    if (row->draft != NULL && row->draft->kind != row->kind) {
        import_records_refuse(import, row->file, row->line, "id",
            import_work_text(import, _("This id is that of a record of the kind “%s”."),
                row->draft->kind->name));
        return;
    }
    if (row->draft != NULL)
        return;
    row->draft = namesake(import, row);
    if (row->draft != NULL) {
        import_records_warn(import, row->file, row->line, NULL,
            import_work_text(import,
                _("“%s” is known here as %s, with another id: it is taken for the same."),
                import_draft_name(import, row->draft), row->draft->entry->handle));
        import->out_of_memory |= !import_draft_alias(import->drafts, row->draft, id);
        return;
    }
    row->draft = import_draft_make(import->drafts, row->kind, id);
    import->out_of_memory |= row->draft == NULL;
}

static void meet_by_handle(struct import *import, struct records_row *row)
{
    const struct book_entry *entry, *near[1];
    size_t n_near;

    if (row->kind->prefix != NULL &&
        book_find(import->book, row->handle, UINT64_C(1) << row->kind->id, import->options.today,
            &entry, near, 1, &n_near) == BOOK_FOUND &&
        strcmp(entry->handle, row->handle) == 0)
        row->draft = import_draft_get(import->drafts, entry->id);
}

/* Ids come before all else, so that rows may refer to those below them. */
static void meet(struct import *import, struct records_row *row)
{
    uint8_t id[UUID_SIZE];

    if (row->id[0] == '\0') {
        if (row->handle[0] != '\0')
            meet_by_handle(import, row);
        return;
    }
    if (uuid_parse(row->id, id))
        meet_by_id(import, row, id);
    else
        import_records_refuse(import, row->file, row->line, "id",
            import_work_text(
                import, _("“%s” is not an id. Leave the cell empty for a new record."), row->id));
}

/* --- what it says ------------------------------------------------------------------------------
 */

/* Fields by which the rows of a file name each other, beside the handle that it gives. */
static const char *const name_fields[] = {"name", "short_name", "title", "code"};
#define N_NAME_FIELDS (sizeof(name_fields) / sizeof(name_fields[0]))
#define NAMES_EACH (N_NAME_FIELDS + 2)
#define NAME_SIZE 1024

/* One name of one row without id. */
struct records_name {
    const char *folded;
    struct records_row *row;
};

static int compare_names(const void *a, const void *b)
{
    const struct records_name *x = a, *y = b;

    return strcmp(x->folded, y->folded);
}

static void add_name(struct import *import, struct records_row *row, const char *name)
{
    char folded[NAME_SIZE];

    if (name[0] == '\0' || text_fold(name, folded, sizeof(folded)) >= sizeof(folded))
        return;
    import->names[import->n_names++] =
        (struct records_name){import_work_text(import, "%s", folded), row};
}

/* All names of all rows without id, sorted. */
static void know_names(struct import *import)
{
    size_t rows = 0;

    for (struct records_row *row = import->records; row != NULL; row = row->next)
        rows++;
    import->names = arena_alloc(import->arena, (rows * NAMES_EACH + 1) * sizeof(*import->names));
    if (import->names == NULL) {
        import->out_of_memory = true;
        return;
    }
    for (struct records_row *row = import->records; row != NULL; row = row->next) {
        const struct records_cell *cell;

        if (row->id[0] != '\0')
            continue;
        add_name(import, row, row->handle);
        for (size_t i = 0; i < N_NAME_FIELDS; i++)
            if ((cell = cell_of(row, name_fields[i])) != NULL)
                add_name(import, row, cell->texts.text[0]);
        if (row->kind->label != NULL && (cell = cell_of(row, row->kind->label)) != NULL)
            add_name(import, row, cell->texts.text[0]);
    }
    qsort(import->names, import->n_names, sizeof(*import->names), compare_names);
}

static void work_row(struct import *import, struct records_row *row);

/* The record that the only row without id of that name makes; its fields are read first. NULL when
 * there is no such row, or several, or it is the row at hand that asks. */
static struct draft *named_row(struct import *import, uint64_t kinds_mask, const char *word)
{
    char folded[NAME_SIZE];
    struct records_name wanted = {.folded = folded}, *name;
    struct records_row *found = NULL;

    if (text_fold(word, folded, sizeof(folded)) >= sizeof(folded))
        return NULL;
    name = bsearch(&wanted, import->names, import->n_names, sizeof(*name), compare_names);
    while (name != NULL && name > import->names && compare_names(name - 1, &wanted) == 0)
        name--;
    for (; name != NULL && name < import->names + import->n_names &&
           compare_names(name, &wanted) == 0;
         name++) {
        if (!(kinds_mask >> name->row->kind->id & 1) || name->row == found)
            continue;
        if (found != NULL)
            return NULL;
        found = name->row;
    }
    if (found != NULL && !found->worked)
        work_row(import, found);
    return found == NULL ? NULL : found->draft;
}

/* A number names an audience in all files. */
static struct draft *audience(struct import *import, uint64_t kinds_mask, const char *word)
{
    return kinds_mask == KIND_BIT(AUDIENCE)
               ? import_draft_find(import->drafts, CONCERT__KIND__AUDIENCE, NULL, word)
               : NULL;
}

/* A reference to a record that these files make: by its id, or a name that a row has. Those of the
 * book are found by name as everywhere. */
static bool resolve(void *arg, uint64_t kinds_mask, const char *word, uint8_t id_r[UUID_SIZE])
{
    struct import *import = arg;
    struct draft *found = NULL;
    uint8_t id[UUID_SIZE];

    if (uuid_parse(word, id)) {
        found = import_draft_get(import->drafts, id);
        if (found != NULL && !(kinds_mask >> found->kind->id & 1))
            found = NULL;
    } else {
        found = named_row(import, kinds_mask, word);
        if (found == NULL)
            found = audience(import, kinds_mask, word);
    }
    if (found != NULL)
        memcpy(id_r, found->id, UUID_SIZE);
    return found != NULL;
}

static bool is_fixed(const struct import *import, const struct records_row *row,
    const struct records_cell *cell, const struct fields_patch *patch)
{
    const ProtobufCMessage *body = row->draft->entry->body;

    (void)import;
    return (kinds_field(row->kind, cell->field->name)->flags & KIND_FIXED) &&
           !record_same(body, patch->message, cell->field);
}

/* Only what differs from what is known is read: what a file carried out comes in unchanged. */
static void take_cell(struct import *import, const struct records_row *row,
    const struct records_cell *cell, struct fields_patch *patch)
{
    const struct book_entry *entry = row->draft == NULL ? NULL : row->draft->entry;
    struct fields_problem problem = {.sentence = ""};
    struct exchange_texts known;

    if (kinds_field(row->kind, cell->field->name)->flags & KIND_SERVER)
        return;
    if (entry == NULL && cell->texts.count == 0)
        return;
    if (entry != NULL) {
        if (!exchange_get(row->kind, entry->body, cell->field, import->arena, &known))
            import->out_of_memory = true;
        else if (exchange_same(&known, &cell->texts))
            return;
    }
    if (!exchange_set(&import->reader, patch, cell->field, &cell->texts, &problem))
        import_records_refuse(import, row->file, row->line, cell->header,
            import_work_text(import, "%s", problem.sentence));
    else if (entry != NULL && is_fixed(import, row, cell, patch))
        import_records_refuse(import, row->file, row->line, cell->header,
            import_work_text(import, _("“%s” is set once and cannot be changed. Put back: %s"),
                words_show(WORDS_FIELD, cell->field->name, import->options.language),
                exchange_join(cell->field, &known, import->arena)));
}

/* What another region cannot be given: a document without its bytes would be none, and an accepted
 * proposal is one whose change was made with it. */
static const char *why_not(const struct records_row *row)
{
    const struct records_cell *status = cell_of(row, "status");

    if (row->draft != NULL && row->draft->entry != NULL)
        return NULL;
    if (row->kind->id == CONCERT__KIND__DOCUMENT)
        return _("A document's bytes are not in the file: it is left out. Attach it again.");
    if (row->kind->id == CONCERT__KIND__PROPOSAL && status != NULL &&
        strcmp(status->texts.text[0], "accepted") == 0)
        return _(
            "An accepted proposal belongs to the log of the region that applied it: it is left "
            "out.");
    return NULL;
}

static bool leave_out(struct import *import, const struct records_row *row)
{
    const char *why = why_not(row);

    if (why != NULL)
        import_records_warn(import, row->file, row->line, NULL, why);
    return why != NULL;
}

static void claim(struct import *import, struct records_row *row, const struct fields_patch *patch)
{
    struct import_row at = {import, row->file, row->line};

    if (row->draft == NULL)
        row->draft = import_draft_same(import->drafts, patch);
    if (row->draft != NULL)
        import_draft_claim(&at, SIZE_MAX, row->draft, patch);
    else
        row->draft = import_draft_take(&at, SIZE_MAX, patch);
}

static void work_row(struct import *import, struct records_row *row)
{
    struct import_row at = {import, row->file, row->line};
    struct fields_patch patch = import_work_begin(&at, row->kind->id);
    size_t refused = import->n_refused;

    row->worked = true;
    if (leave_out(import, row))
        return;
    for (size_t i = 0; i < row->n_cells && !import->out_of_memory; i++)
        take_cell(import, row, &row->cells[i], &patch);
    if (import->n_refused == refused && !import->out_of_memory)
        claim(import, row, &patch);
}

void import_records_work(struct import *import)
{
    struct fields_reader plain = import->reader;

    for (struct records_row *row = import->records; row != NULL; row = row->next)
        if (!import->out_of_memory)
            meet(import, row);
    know_names(import);
    import->reader.resolve = resolve;
    import->reader.arg = import;
    for (struct records_row *row = import->records; row != NULL; row = row->next)
        if (!row->worked && !import->out_of_memory && (row->id[0] == '\0' || row->draft != NULL))
            work_row(import, row);
    import->reader = plain;
}
