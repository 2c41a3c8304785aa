/* Conflicts for programs: one row a field. */
#include "error.h"
#include "words/clash.h"

/* The field's values as texts, as its kind has them. */
static void put_values(const struct clash *clash, struct sheet *sheet,
    const struct desk_conflict_part *part, const ProtobufCMessage *message, const char *name)
{
    const ProtobufCFieldDescriptor *field = name == NULL ? NULL : record_field(part->kind, name);
    size_t count = message == NULL || field == NULL ? 0 : record_count(message, field);
    const char **texts = arena_alloc(clash->arena, (count + 1) * sizeof(*texts));

    if (count == 0 || texts == NULL) {
        sheet_none(sheet);
        return;
    }
    for (size_t i = 0; i < count; i++)
        texts[i] = record_text(part->kind, field, record_get(message, field, i), clash->arena);
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        sheet_texts(sheet, texts, count);
    else
        sheet_text(sheet, texts[0]);
}

static void put_record(const struct clash *clash, struct sheet *sheet,
    const struct desk_conflict *conflict, const struct desk_conflict_part *part)
{
    char id[UUID_TEXT];

    uuid_format(part->id, id);
    sheet_row(sheet, 0, SHEET_PLAIN);
    if (conflict->number == 0)
        sheet_none(sheet);
    else
        sheet_number(sheet, (int64_t)conflict->number);
    sheet_text(sheet, conflict->proposal == NULL ? NULL : conflict->proposal->handle);
    sheet_text(sheet, clash_state(conflict));
    sheet_text(sheet, part->kind->name);
    sheet_text(sheet, id);
    sheet_text(sheet, part->entry == NULL ? NULL : part->entry->handle);
    sheet_text(sheet, clash_record(clash, part));
    sheet_number(sheet, part->remove);
}

static void put_field(const struct clash *clash, struct sheet *sheet,
    const struct desk_conflict *conflict, const struct desk_conflict_part *part,
    const struct desk_conflict_field *field)
{
    const char *name = field == NULL ? NULL : field->name;

    sheet_text(sheet, name);
    sheet_number(sheet, field != NULL && field->clashes);
    put_values(clash, sheet, part, part->mine, name);
    put_values(clash, sheet, part, part->theirs, name);
    put_values(clash, sheet, part, part->seen, name);
    sheet_text(sheet, field == NULL ? NULL : field->merged);
    if (field == NULL || field->at == 0) {
        sheet_none(sheet);
        sheet_none(sheet);
    } else {
        sheet_text(sheet, clash_who(clash, conflict, field));
        sheet_number(sheet, field->at);
    }
}

static void put_rest(const struct clash *clash, struct sheet *sheet,
    const struct desk_conflict *conflict, const struct desk_conflict_part *part)
{
    bool others =
        conflict->state == DESK_CONFLICT_ASKED || conflict->state == DESK_CONFLICT_ANSWERED;

    sheet_number(sheet, conflict->at);
    sheet_number(sheet, !others);
    sheet_text(sheet, others ? clash_decider(clash, conflict) : NULL);
    sheet_text(sheet, part->reason);
    sheet_text(sheet, conflict->proposal == NULL ? NULL : book_text(conflict->proposal, "answer"));
    sheet_text(sheet, part->error.code == 0 ? NULL : error_name(part->error.code));
    sheet_text(sheet, part->error.field[0] == '\0' ? NULL : part->error.field);
    sheet_text(sheet, part->error.rule[0] == '\0' ? NULL : part->error.rule);
}

static void put_conflict(
    const struct clash *clash, struct sheet *sheet, const struct desk_conflict *conflict)
{
    for (size_t i = 0; i < conflict->n_parts; i++) {
        const struct desk_conflict_part *part = &conflict->parts[i];

        for (size_t j = 0; j < part->n_fields || j == 0; j++) {
            put_record(clash, sheet, conflict, part);
            put_field(clash, sheet, conflict, part, part->n_fields == 0 ? NULL : &part->fields[j]);
            put_rest(clash, sheet, conflict, part);
        }
    }
}

void clash_rows(const struct clash *clash, const struct desk_conflict *conflicts, size_t count)
{
    static const struct sheet_column columns[] = {{"number", NULL, SHEET_NUMBER, false, false},
        {"proposal", NULL, SHEET_TEXT, false, false}, {"state", NULL, SHEET_TEXT, false, false},
        {"kind", NULL, SHEET_TEXT, false, false}, {"id", NULL, SHEET_TEXT, false, false},
        {"handle", NULL, SHEET_TEXT, false, false}, {"title", NULL, SHEET_TEXT, false, false},
        {"removal", NULL, SHEET_BOOL, false, false}, {"name", NULL, SHEET_TEXT, false, false},
        {"clashes", NULL, SHEET_BOOL, false, false}, {"mine", NULL, SHEET_ANY, false, false},
        {"theirs", NULL, SHEET_ANY, false, false}, {"ancestor", NULL, SHEET_ANY, false, false},
        {"merged", NULL, SHEET_TEXT, false, false}, {"who", NULL, SHEET_TEXT, false, false},
        {"at", NULL, SHEET_TIME, false, false}, {"written_at", NULL, SHEET_TIME, false, false},
        {"mine_to_decide", NULL, SHEET_BOOL, false, false},
        {"decider", NULL, SHEET_TEXT, false, false}, {"reason", NULL, SHEET_TEXT, false, false},
        {"answer", NULL, SHEET_TEXT, false, false}, {"error", NULL, SHEET_TEXT, false, false},
        {"field", NULL, SHEET_TEXT, false, false}, {"rule", NULL, SHEET_TEXT, false, false}};
    struct sheet *sheet = report_sheet(clash->context->report, "conflicts", NULL, SHEET_TABLE,
        false, columns, sizeof(columns) / sizeof(columns[0]));

    for (size_t i = 0; i < count; i++)
        put_conflict(clash, sheet, &conflicts[i]);
}
