/* Sheets of records: which columns they have, and how a field becomes a cell. */
#include <string.h>

#include "arena.h"
#include "date.h"
#include "i18n.h"
#include "sheet.h"
#include "text.h"
#include "words.h"
#include "words/phrase.h"

#define ENVELOPE 5
#define COLUMNS_MAX (ENVELOPE + RECORD_FIELDS_MAX + 1)
#define GAP 2
#define TABLE_ROOM ((size_t)72) /* columns of a page of 80 beside the handle */
#define LABEL_ROOM ((size_t)24) /* what the label wants at least */
#define DETAILS_ROOM ((size_t)24)
#define REFERENCE_ROOM ((size_t)20)
#define CELL_ROOM ((size_t)26) /* wider values wrap, or are for cards */

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
    size_t wants[RECORD_FIELDS_MAX]; /* columns of a page, by the descriptor's index; 0: none */
};

static enum sheet_type type_of(const struct kind *kind, const ProtobufCFieldDescriptor *field)
{
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        return SHEET_LIST;
    if (kinds_field(kind, field->name)->flags & KIND_DATE)
        return SHEET_DATE;
    if (kinds_field(kind, field->name)->flags & KIND_MOMENT)
        return SHEET_MOMENT;
    if (kinds_field(kind, field->name)->flags & KIND_MONEY)
        return SHEET_MONEY;
    if (kinds_field(kind, field->name)->flags & KIND_DECIMAL)
        return SHEET_DECIMAL;
    if (kinds_field(kind, field->name)->flags & KIND_BYTES)
        return SHEET_BYTES;
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

/* Bytes that are another kind's words, and what stands with them. */
static bool is_told_apart(const struct kind *kind, const ProtobufCFieldDescriptor *field)
{
    if (kind->id == CONCERT__KIND__QUARANTINE && !kinds_is_reference(kind, field))
        return field->type != PROTOBUF_C_TYPE_UINT32 && field->type != PROTOBUF_C_TYPE_UINT64;
    return kind->id == CONCERT__KIND__PROPOSAL && field->type == PROTOBUF_C_TYPE_BYTES &&
           !kinds_is_reference(kind, field);
}

/* What people read in the field. A status that is absent is the first of its list (records.proto:
 * "absent: not started"). */
static const char *shown_text(
    const struct plan *plan, const struct book_entry *entry, const ProtobufCFieldDescriptor *field)
{
    struct arena *arena = report_arena(plan->report);

    if (strcmp(field->name, "status") == 0 && field->type == PROTOBUF_C_TYPE_ENUM &&
        record_count(entry->body, field) == 0)
        return phrase_absent(plan->kind, field, plan->language, arena);
    return phrase_field(plan->book, plan->kind, entry->body, field, plan->language,
        plan->shape == SHEET_CARD, arena);
}

/* The widest value of the field among the records; 0 when none has it. */
static size_t widest(const struct plan *plan, const ProtobufCFieldDescriptor *field)
{
    size_t most = 0;

    for (size_t i = 0; i < plan->count; i++) {
        size_t width = text_width(shown_text(plan, plan->entries[i], field));
        if (width > most)
            most = width;
    }
    return most;
}

static bool is_label(const struct kind *kind, const ProtobufCFieldDescriptor *field)
{
    return kind->label != NULL && strcmp(kind->label, field->name) == 0;
}

/* Columns that the field wants of a page: its widest value or its heading, but a reference wraps.
 */
static size_t wants(const struct plan *plan, const ProtobufCFieldDescriptor *field)
{
    size_t width = widest(plan, field);
    size_t title = text_width(words_show(WORDS_FIELD, field->name, plan->language));

    if (width == 0)
        return 0;
    if (kinds_is_reference(plan->kind, field) && width > REFERENCE_ROOM)
        width = REFERENCE_ROOM;
    return (width < title ? title : width) + GAP;
}

/* Who comes first to the room: the label; what is measured, of what parts, at what time, and how
 * far it is; the other fields; and last who merely told it. */
#define TURNS 4

static unsigned turn_of(const struct kind *kind, const ProtobufCFieldDescriptor *field)
{
    unsigned flags = kinds_field(kind, field->name)->flags;

    if (is_label(kind, field))
        return 0;
    if ((flags & (KIND_MONEY | KIND_DECIMAL | KIND_MOMENT)) ||
        (field->label == PROTOBUF_C_LABEL_REPEATED && field->type == PROTOBUF_C_TYPE_STRING) ||
        (field->type == PROTOBUF_C_TYPE_ENUM && strcmp(field->name, "status") == 0))
        return 1;
    return kind->owner != NULL && strcmp(kind->owner, field->name) == 0 && !(flags & KIND_REQUIRED)
               ? 3
               : 2;
}

/* Gives the fields their columns while there is room; what finds none goes to `rest`. */
static void fill_room(struct plan *plan, size_t room)
{
    const ProtobufCMessageDescriptor *d = plan->kind->descriptor;
    bool taken[RECORD_FIELDS_MAX] = {false};

    for (unsigned turn = 0; turn < TURNS; turn++)
        for (unsigned i = 0; i < d->n_fields && i < RECORD_FIELDS_MAX; i++) {
            size_t width = turn == 0 ? 0 : plan->wants[i]; /* the label's is kept free already */
            if (turn_of(plan->kind, &d->fields[i]) != turn || width > CELL_ROOM + GAP ||
                width > room)
                continue;
            taken[i] = true;
            room -= width;
        }
    plan->n_fields = plan->n_rest = 0;
    for (unsigned i = 0; i < d->n_fields && i < RECORD_FIELDS_MAX; i++) {
        if (plan->wants[i] == 0)
            continue;
        if (taken[i])
            plan->fields[plan->n_fields++] = &d->fields[i];
        else
            plan->rest[plan->n_rest++] = &d->fields[i];
    }
}

/* Sixty-four digits that nobody reads in a table: they are on the record's own card. */
static bool is_digest(const ProtobufCFieldDescriptor *field)
{
    return strcmp(field->name, "sha256") == 0 || strcmp(field->name, "fingerprint") == 0;
}

/* A table for people has what fits in a page beside the label. */
static void choose_columns(struct plan *plan)
{
    const ProtobufCMessageDescriptor *d = plan->kind->descriptor;
    size_t room = TABLE_ROOM;

    for (unsigned i = 0; i < d->n_fields && i < RECORD_FIELDS_MAX; i++) {
        const ProtobufCFieldDescriptor *field = &d->fields[i];
        if ((kinds_field(plan->kind, field->name)->flags & KIND_NUMBER) || is_digest(field) ||
            (plan->omit != NULL && strcmp(plan->omit, field->name) == 0))
            continue; /* the handle, and what is said above the table */
        plan->wants[i] = wants(plan, field);
        if (is_label(plan->kind, field))
            room -= plan->wants[i] < LABEL_ROOM ? plan->wants[i] : LABEL_ROOM;
    }
    fill_room(plan, room);
    if (plan->details && plan->n_rest > 0)
        fill_room(plan, room - DETAILS_ROOM);
    plan->details = plan->details && plan->n_rest > 0;
}

/* Programs get all fields, a card for people those that are set. */
static void choose_fields(struct plan *plan)
{
    const ProtobufCMessageDescriptor *d = plan->kind->descriptor;

    if (!plan->machine && plan->shape != SHEET_CARD) {
        choose_columns(plan);
        return;
    }
    plan->details = false;
    for (unsigned i = 0; i < d->n_fields && i < RECORD_FIELDS_MAX; i++) {
        bool number = (kinds_field(plan->kind, d->fields[i].name)->flags & KIND_NUMBER) != 0;
        if (plan->machine || (!number && widest(plan, &d->fields[i]) > 0))
            plan->fields[plan->n_fields++] = &d->fields[i];
    }
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
        enum sheet_type type = !plan->machine && is_told_apart(plan->kind, field)
                                   ? SHEET_TEXT
                                   : type_of(plan->kind, field);
        columns[n] = (struct sheet_column){.key = field->name,
            .title = title_of(plan, field->name),
            .type = type,
            .wide = is_label(plan->kind, field) || type == SHEET_LIST ||
                    kinds_is_reference(plan->kind, field)};
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

    if (count == 0 || (!plan->machine && is_told_apart(plan->kind, field))) {
        const char *text = plan->machine ? "" : shown_text(plan, entry, field);
        sheet_text(sheet, text[0] == '\0' ? NULL : text);
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
    case SHEET_MOMENT:
        sheet_text(sheet, value.data);
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
        const char *value = shown_text(plan, entry, plan->rest[i]);
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
