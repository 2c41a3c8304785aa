/* From the drafts to the report's lines and the changes to write. */
#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "import/import_draft.h"
#include "import/import_order.h"
#include "import/import_records.h"
#include "text.h"
#include "words.h"
#include "words/talk.h"

#define SHOWN_MAX 60 /* characters of a value in a sentence */

/* --- the rows ----------------------------------------------------------------------------------
 */

/* Cells beyond the header's may be there when they are empty: spreadsheets leave them behind. */
static bool whole_row(const struct import_row *row)
{
    const struct csvfile *table = row->file->table;
    size_t header = csvfile_cells(table, 0), count = csvfile_cells(table, row->row), used = count;

    while (used > header && csvfile_cell(table, row->row, used - 1)[0] == '\0')
        used--;
    if (used > header)
        import_work_refuse(row, SIZE_MAX,
            _("This row has %zu cells, the header %zu. Put cells that hold “%c” in quotation "
              "marks."),
            used, header, csvfile_separator(table));
    else if (count < header)
        import_work_refuse(row, SIZE_MAX,
            _("This row has %zu cells, the header %zu. Add the missing ones, even empty."), count,
            header);
    return used <= header && count >= header;
}

static void work_file(struct import *import, const struct import_file *file)
{
    struct import_row row = {import, file, 0};

    import->top = import->specific = NULL;
    if (file->shape->begin != NULL && !file->shape->begin(&row))
        return;
    for (row.row = 1; row.row < csvfile_rows(file->table) && !import->out_of_memory; row.row++)
        if (!csvfile_blank(file->table, row.row) && whole_row(&row))
            file->shape->row(&row);
}

/* --- the drafts --------------------------------------------------------------------------------
 */

/* Why a record cannot be as the file says. */
static const char *wrong(struct import *import, const struct error *error)
{
    char sentence[TALK_SIZE];

    talk_error(error, import->options.language, sentence);
    return import_work_text(import, "%s", sentence);
}

static const char *shown(struct import *import, const struct kind *kind,
    const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    const char *text = fields_show(&import->reader, kind, message, field);
    const struct draft *named = NULL;
    size_t fits;

    if (kinds_is_reference(kind, field) && record_count(message, field) == 1)
        named =
            import_draft_get(import->drafts, (const uint8_t *)record_get(message, field, 0).data);
    if (named != NULL)
        text = import_draft_name(import, named);

    if (text == NULL)
        return "";
    fits = text_fit(text, SHOWN_MAX, NULL);
    return import_work_text(import, "%.*s%s", (int)fits, text, text[fits] == '\0' ? "" : "…");
}

/* "title: “a” → “b”; weight: “2”; annex: “D” → “”" */
static const char *differences(struct import *import, const struct draft *draft,
    const ProtobufCMessage *patch, const struct record_names *clear)
{
    const char *all = "";

    for (unsigned i = 0; i < draft->kind->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &draft->kind->descriptor->fields[i];
        const char *name, *before;

        if (record_count(patch, field) == 0 && !record_named(clear, field->name))
            continue;
        name = words_show(WORDS_FIELD, field->name, import->options.language);
        before = shown(import, draft->kind, draft->entry->body, field);
        all = import_work_text(import, "%s%s%s", all, all[0] == '\0' ? "" : "; ",
            before[0] == '\0' ? import_work_text(import, _("%s: “%s”"), name,
                                    shown(import, draft->kind, patch, field))
                              : import_work_text(import, _("%s: “%s” → “%s”"), name, before,
                                    shown(import, draft->kind, patch, field)));
    }
    return all;
}

static bool touches(
    const struct kind *kind, const ProtobufCMessage *patch, const struct record_names *clear)
{
    for (unsigned i = 0; i < kind->descriptor->n_fields; i++)
        if (record_count(patch, &kind->descriptor->fields[i]) > 0)
            return true;
    return clear->count > 0;
}

static struct desk_change *add_change(
    struct import *import, const struct draft *draft, const ProtobufCMessage *patch, uint64_t base)
{
    struct desk_change *change = &import->changes[import->n_changes];

    *change = (struct desk_change){
        .kind = draft->kind, .base = base, .patch = patch, .reason = import->options.reason};
    memcpy(change->id, draft->id, UUID_SIZE);
    import->origin[import->n_changes] = import->n_changes;
    import->n_changes++;
    return change;
}

static void set_clear(
    struct import *import, struct desk_change *change, const struct record_names *clear)
{
    const char **names = arena_alloc(import->arena, (clear->count + 1) * sizeof(*names));

    if (names == NULL) {
        import->out_of_memory = true;
        return;
    }
    memcpy(names, clear->name, clear->count * sizeof(*names));
    change->clear = names;
    change->n_clear = clear->count;
}

static struct import_line line_of(struct import *import, const struct draft *draft)
{
    const char *number = import_draft_text(draft, "number");

    return (struct import_line){.place = draft->place,
        .kind = draft->kind,
        .handle = draft->entry != NULL ? import_work_text(import, "%s", draft->entry->handle)
                  : number != NULL     ? number
                                       : "",
        .name = import_draft_name(import, draft),
        .what = "",
        .change = SIZE_MAX};
}

static void write_draft(struct import *import, const struct draft *draft, ProtobufCMessage *patch,
    const struct record_names *clear)
{
    if (draft->entry != NULL) {
        set_clear(import, add_change(import, draft, patch, draft->entry->revision), clear);
        return;
    }
    /* What must wait stands in the whole that was checked: it is only written apart. */
    import->later[import->n_changes] = import_order_later(import, draft, patch);
    add_change(import, draft, patch, 0);
}

static void settle_draft(struct import *import, const struct draft *draft)
{
    const ProtobufCMessage *body = draft->entry == NULL ? NULL : draft->entry->body;
    ProtobufCMessage *whole =
        record_patch(draft->kind, body, draft->wanted, draft->clear, draft->n_clear, import->arena);
    struct import_line line = line_of(import, draft);
    struct record_names clear;
    ProtobufCMessage *patch;
    struct error error;

    if (whole == NULL ||
        (patch = record_difference(draft->kind, body, whole, import->arena, &clear)) == NULL) {
        import->out_of_memory = true;
        return;
    }
    if (!record_check(draft->kind, patch, false, &error) ||
        !record_check(draft->kind, whole, true, &error)) {
        line.outcome = IMPORT_REFUSED;
        line.what = wrong(import, &error);
    } else if (!touches(draft->kind, patch, &clear)) {
        line.outcome = IMPORT_UNCHANGED;
    } else {
        line.outcome = body == NULL ? IMPORT_CREATED : IMPORT_UPDATED;
        line.what = body == NULL ? "" : differences(import, draft, patch, &clear);
        line.change = import->n_changes;
        write_draft(import, draft, patch, &clear);
    }
    import_work_line(import, &line);
}

/* A record that no file names, under one that a file lists in full: it stays, and people are told.
 */
static void settle_absent(struct import *import, const struct draft *draft)
{
    const struct draft *parent = import_draft_follow(import->drafts, draft, draft->kind->parent);
    struct import_line line;

    if (parent == NULL || !(parent->covered >> draft->kind->id & 1))
        return;
    line = line_of(import, draft);
    line.outcome = IMPORT_KEPT;
    line.place = parent->listing;
    line.what = import_work_text(import,
        _("It is not in the file any more, and stays. If it is no longer true: concert remove %s"),
        line.handle);
    import_work_line(import, &line);
}

/* --- the order of the report -------------------------------------------------------------------
 */

static int compare_lines(const void *a, const void *b)
{
    const struct import_line *x = a, *y = b;
    int names = strcmp(x->place.file, y->place.file);

    if (names != 0)
        return names;
    if (x->place.line != y->place.line)
        return x->place.line < y->place.line ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

/* Files were worked out in the order of their needs: changes follow it, lines are for people. */
static void sort_lines(struct import *import)
{
    for (size_t i = 0; i < import->n_lines; i++)
        import->lines[i].order = i;
    if (import->n_lines > 0)
        qsort(import->lines, import->n_lines, sizeof(*import->lines), compare_lines);
}

static size_t count_drafts(const struct import *import)
{
    size_t count = 0;

    for (const struct draft *draft = import_draft_all(import->drafts); draft != NULL;
         draft = draft->next)
        count++;
    return count;
}

static void settle_known(struct import *import)
{
    for (const struct draft *draft = import_draft_all(import->drafts);
         draft != NULL && !import->out_of_memory; draft = draft->next) {
        if (draft->entry == NULL)
            continue;
        if (draft->wanted != NULL)
            settle_draft(import, draft);
        else
            settle_absent(import, draft);
    }
}

/* What waited until all were made. */
static void settle_later(struct import *import, const struct draft *const *list, size_t count)
{
    size_t made = import->n_changes < count ? import->n_changes : count;

    for (size_t i = 0; i < made; i++)
        if (import->later[i] != NULL) {
            add_change(import, list[i], import->later[i], 1);
            import->origin[import->n_changes - 1] = i;
        }
}

/* New records come first, since changes to old ones may refer to them. */
static void settle_drafts(struct import *import)
{
    size_t most = 2 * count_drafts(import) + 1, count, made;
    struct draft **list = import_order_creates(import, &count);

    import->changes = arena_alloc(import->arena, most * sizeof(*import->changes));
    import->origin = arena_alloc(import->arena, most * sizeof(*import->origin));
    import->later = arena_alloc(import->arena, most * sizeof(*import->later));
    if (list == NULL || import->changes == NULL || import->origin == NULL ||
        import->later == NULL) {
        import->out_of_memory = true;
        return;
    }
    for (size_t i = 0; i < count && !import->out_of_memory; i++)
        settle_draft(import, list[i]);
    made = import->n_changes;
    settle_known(import);
    /* When one was refused nothing is written. */
    if (made == count)
        settle_later(import, (const struct draft *const *)list, count);
}

bool import_settle(struct import *import)
{
    for (size_t s = 0; s < import_shapes_count; s++)
        for (size_t f = 0; f < import->n_files; f++)
            if (import->files[f].shape == &import_shapes[s])
                work_file(import, &import->files[f]);
    import_records_work(import);
    settle_drafts(import);
    if (import->out_of_memory)
        import_work_line(import, &(struct import_line){.outcome = IMPORT_REFUSED,
                                     .place = {.file = ""},
                                     .handle = "",
                                     .name = "",
                                     .what = _("Memory is out: give fewer files at a time."),
                                     .change = SIZE_MAX});
    sort_lines(import);
    if (import->n_refused > 0 || import->out_of_memory)
        import->n_changes = 0;
    return import->n_refused == 0 && !import->out_of_memory;
}

const struct import_line *import_lines(const struct import *import, size_t *count_r)
{
    *count_r = import->n_lines;
    return import->lines;
}

const struct desk_change *import_changes(const struct import *import, size_t *count_r)
{
    *count_r = import->n_changes;
    return import->changes;
}

void import_refused(struct import *import, size_t change, const char *what)
{
    for (size_t i = 0; i < import->n_lines; i++)
        if (import->lines[i].change == import->origin[change]) {
            import->lines[i].outcome = IMPORT_REFUSED;
            import->lines[i].what = import_work_text(import, "%s", what);
        }
}

void import_accepted(struct import *import, size_t change, const char *handle)
{
    for (size_t i = 0; i < import->n_lines; i++)
        if (import->lines[i].change == change)
            import->lines[i].handle = import_work_text(import, "%s", handle);
}
