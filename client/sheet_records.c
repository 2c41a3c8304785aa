/* Sheets of records: which columns they have, and how a field becomes a cell. */
#include <string.h>

#include "arena.h"
#include "date.h"
#include "i18n.h"
#include "phrase.h"
#include "sheet.h"
#include "text.h"
#include "words.h"

#define ENVELOPE 5
#define COLUMNS_MAX (ENVELOPE + RECORD_FIELDS_MAX + 1)
#define TABLE_ROOM 68 /* columns of a page of 80 that are left beside the handle */
#define LABEL_ROOM 24 /* what the label wants at least */
#define CELL_ROOM 26  /* wider values are for cards */

struct plan {
    struct report *report;
    const struct book *book;
    const struct kind *kind;
    const struct book_entry *const *entries;
    size_t count;
    enum sheet_shape shape;
    const char *language;
    bool machine, details;
    const char *omit; /* NULL: none */
    const ProtobufCFieldDescriptor *fields[RECORD_FIELDS_MAX];
    size_t n_fields;
    const ProtobufCFieldDescriptor *rest[RECORD_FIELDS_MAX]; /* with details: what has no column */
    size_t n_rest;
};

static enum sheet_type type_of(const struct kind *kind, const ProtobufCFieldDescriptor *field)
{
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        return SHEET_LIST;
    if (kinds_field(kind, field->name)->flags & KIND_DATE)
        return SHEET_DATE;
    switch (field->type) {
    case PROTOBUF_C_TYPE_BOOL:
        return SHEET_BOOL;
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_BYTES:
    case PROTOBUF_C_TYPE_ENUM:
        return SHEET_TEXT;
    default:
        return strcmp(field->name, "percent") == 0 ? SHEET_PERCENT : SHEET_NUMBER;
    }
}

/* The widest value of the field among the records; 0 when none has it. */
static size_t widest(const struct plan *plan, const ProtobufCFieldDescriptor *field)
{
    size_t most = 0;

    for (size_t i = 0; i < plan->count; i++) {
        const char *text = phrase_field(plan->book, plan->kind, plan->entries[i]->body, field,
            plan->language, plan->shape == SHEET_CARD, report_arena(plan->report));
        size_t width = text_width(text);
        if (width > most)
            most = width;
    }
    return most;
}

static bool is_label(const struct kind *kind, const ProtobufCFieldDescriptor *field)
{
    return kind->label != NULL && strcmp(kind->label, field->name) == 0;
}

static bool is_omitted(const struct plan *plan, const ProtobufCFieldDescriptor *field)
{
    return plan->omit != NULL && strcmp(plan->omit, field->name) == 0;
}

/* For people: a card has all that is set; a table what fits in a page beside the label. */
static void choose_field(struct plan *plan, const ProtobufCFieldDescriptor *field, size_t *room)
{
    size_t width = widest(plan, field);
    size_t title = text_width(words_show(WORDS_FIELD, field->name, plan->language));

    if (width == 0 || (kinds_field(plan->kind, field->name)->flags & KIND_NUMBER) ||
        is_omitted(plan, field))
        return;
    width = (width < title ? title : width) + 2;
    if (plan->shape == SHEET_CARD || is_label(plan->kind, field)) {
        plan->fields[plan->n_fields++] = field;
    } else if (width > CELL_ROOM || width > *room) {
        plan->rest[plan->n_rest++] = field;
    } else {
        *room -= width;
        plan->fields[plan->n_fields++] = field;
    }
}

static void choose_fields(struct plan *plan)
{
    const ProtobufCMessageDescriptor *d = plan->kind->descriptor;
    size_t room = TABLE_ROOM - (plan->kind->label == NULL ? 0 : LABEL_ROOM);

    if (plan->details)
        room -= LABEL_ROOM;
    for (unsigned i = 0; i < d->n_fields && i < RECORD_FIELDS_MAX; i++) {
        if (plan->machine)
            plan->fields[plan->n_fields++] = &d->fields[i];
        else
            choose_field(plan, &d->fields[i], &room);
    }
    plan->details = plan->details && !plan->machine && plan->n_rest > 0;
}

static const char *title_of(struct plan *plan, const char *name)
{
    char title[PHRASE_SIZE];

    phrase_capital(words_show(WORDS_FIELD, name, plan->language), title, sizeof(title));
    return arena_copy(report_arena(plan->report), title, strlen(title));
}

static size_t make_columns(struct plan *plan, struct sheet_column columns[COLUMNS_MAX])
{
    static const struct sheet_column envelope[ENVELOPE] = {{"id", NULL, SHEET_TEXT, false, true},
        {"kind", NULL, SHEET_TEXT, false, true}, {"handle", NULL, SHEET_TEXT, false, false},
        {"revision", NULL, SHEET_NUMBER, false, true}, {"owner", NULL, SHEET_TEXT, false, true}};
    size_t n = 0;

    for (; n < ENVELOPE; n++) {
        columns[n] = envelope[n];
        columns[n].title = title_of(plan, envelope[n].key);
    }
    for (size_t i = 0; i < plan->n_fields; i++, n++) {
        const ProtobufCFieldDescriptor *field = plan->fields[i];
        enum sheet_type type = type_of(plan->kind, field);
        columns[n] = (struct sheet_column){.key = field->name,
            .title = title_of(plan, field->name),
            .type = type,
            .wide = is_label(plan->kind, field) || type == SHEET_LIST};
    }
    if (plan->details)
        columns[n++] = (struct sheet_column){"details", N_("Details"), SHEET_TEXT, true, false};
    return n;
}

static const char *cell_text(
    struct plan *plan, const ProtobufCFieldDescriptor *field, struct record_value value)
{
    struct arena *arena = report_arena(plan->report);

    return plan->machine ? record_text(plan->kind, field, value, arena)
                         : phrase_value(plan->book, plan->kind, field, value, plan->language,
                               plan->shape == SHEET_CARD, arena);
}

static void fill_list(struct sheet *sheet, struct plan *plan, const ProtobufCMessage *body,
    const ProtobufCFieldDescriptor *field, size_t count)
{
    const char **texts = arena_alloc(report_arena(plan->report), count * sizeof(*texts));

    for (size_t i = 0; texts != NULL && i < count; i++)
        texts[i] = cell_text(plan, field, record_get(body, field, i));
    sheet_texts(sheet, texts, texts == NULL ? 0 : count);
}

static void fill_cell(struct sheet *sheet, struct plan *plan, const struct book_entry *entry,
    const ProtobufCFieldDescriptor *field)
{
    size_t count = record_count(entry->body, field);
    struct record_value value;
    int32_t day;

    if (count == 0) {
        sheet_none(sheet);
        return;
    }
    value = record_get(entry->body, field, 0);
    switch (type_of(plan->kind, field)) {
    case SHEET_LIST:
        fill_list(sheet, plan, entry->body, field, count);
        break;
    case SHEET_TEXT:
        sheet_text(sheet, cell_text(plan, field, value));
        break;
    case SHEET_DATE:
        if (date_parse(value.data, &day))
            sheet_number(sheet, day);
        else
            sheet_none(sheet);
        break;
    default:
        sheet_number(sheet, value.number);
    }
}

/* "Next step: call the city; due: Oct 15, 2009". */
static void fill_details(struct sheet *sheet, struct plan *plan, const struct book_entry *entry)
{
    struct arena *arena = report_arena(plan->report);
    bool french = strcmp(plan->language, "fr") == 0;
    const char *text = NULL;

    for (size_t i = 0; i < plan->n_rest; i++) {
        const char *value = phrase_field(
            plan->book, plan->kind, entry->body, plan->rest[i], plan->language, false, arena);
        if (value[0] == '\0')
            continue;
        text = arena_printf(arena, "%s%s%s%s%s", text == NULL ? "" : text, text == NULL ? "" : "; ",
            words_show(WORDS_FIELD, plan->rest[i]->name, plan->language),
            french ? "\u00a0: " : ": ", value);
    }
    sheet_text(sheet, text);
}

static void fill_row(struct sheet *sheet, struct plan *plan, const struct book_entry *entry)
{
    char id[UUID_TEXT], owner[UUID_TEXT];

    sheet_row(sheet, 0, entry->pending ? SHEET_FAINT : SHEET_PLAIN);
    uuid_format(entry->id, id);
    uuid_format(entry->owner, owner);
    sheet_text(sheet, id);
    sheet_text(sheet, entry->kind->name);
    sheet_text(sheet, entry->handle);
    sheet_number(sheet, (int64_t)entry->revision);
    sheet_text(sheet, uuid_equal(entry->owner, uuid_none) ? NULL : owner);
    for (size_t i = 0; i < plan->n_fields; i++)
        fill_cell(sheet, plan, entry, plan->fields[i]);
    if (plan->details)
        fill_details(sheet, plan, entry);
}

static struct sheet *fill_sheet(struct plan *plan, const char *name, const char *title, bool single)
{
    struct sheet_column columns[COLUMNS_MAX];
    struct sheet *sheet;
    size_t n;

    plan->language = report_language(plan->report, &plan->machine);
    choose_fields(plan);
    n = make_columns(plan, columns);
    sheet = report_sheet(plan->report, name, title, plan->shape, single, columns, n);
    for (size_t i = 0; i < plan->count; i++)
        fill_row(sheet, plan, plan->entries[i]);
    return sheet;
}

struct sheet *report_records(struct report *report, const char *name, const char *title,
    const struct book *book, const struct kind *kind, const struct book_entry *const *entries,
    size_t count, enum sheet_shape shape, bool single)
{
    struct plan plan = {.report = report,
        .book = book,
        .kind = kind,
        .entries = entries,
        .count = count,
        .shape = shape};

    return fill_sheet(&plan, name, title, single);
}

struct sheet *report_records_under(struct report *report, const char *name, const char *title,
    const struct book *book, const struct kind *kind, const struct book_entry *const *entries,
    size_t count, const char *omit)
{
    struct plan plan = {.report = report,
        .book = book,
        .kind = kind,
        .entries = entries,
        .count = count,
        .shape = SHEET_TABLE,
        .details = true,
        .omit = omit};

    return fill_sheet(&plan, name, title, false);
}
