/* What is held on a person, drawn: records, changes, mentions. */
#include <ctype.h>
#include <string.h>

#include "i18n.h"
#include "import/person_internal.h"
#include "text.h"
#include "words.h"
#include "words/phrase.h"

#define TEXT_SIZE 65536

static const char *kind_word(const struct person *to, const struct kind *kind)
{
    return to->context->machine ? kind->name
                                : words_show(WORDS_KIND, kind->name, to->context->language);
}

/* "field: value" of every field that is set. */
static const char *const *content(
    const struct person *to, const struct book_entry *entry, size_t *count_r)
{
    const ProtobufCMessageDescriptor *d = entry->kind->descriptor;
    const char **lines = arena_alloc(to->arena, (d->n_fields + 1) * sizeof(*lines));
    const char *language = to->context->language;

    *count_r = 0;
    for (unsigned i = 0; lines != NULL && i < d->n_fields; i++)
        if (record_count(entry->body, &d->fields[i]) > 0)
            lines[(*count_r)++] = arena_printf(to->arena, _("%s: %s"),
                to->context->machine ? d->fields[i].name
                                     : words_show(WORDS_FIELD, d->fields[i].name, language),
                phrase_field(to->context->book, entry->kind, entry->body, &d->fields[i], language,
                    false, to->arena));
    return lines;
}

void person_draw_records(const struct person *to)
{
    static const struct sheet_column columns[] = {
        {"handle", N_("Record"), SHEET_TEXT, false, false},
        {"kind", N_("Kind"), SHEET_TEXT, false, false},
        {"content", N_("What stands in it"), SHEET_LIST, true, false},
        {"created_at", NULL, SHEET_TIME, false, true},
        {"changed_at", N_("Changed"), SHEET_TIME, false, false}};
    struct sheet *sheet = report_sheet(to->context->report, "records",
        N_("Records that name the person"), SHEET_TABLE, false, columns, 5);

    for (size_t i = 0; i < to->n_records; i++) {
        const struct book_entry *entry = to->records[i];
        size_t count;
        const char *const *lines = content(to, entry, &count);

        sheet_row(sheet, 0, SHEET_PLAIN);
        sheet_text(sheet, entry->handle);
        sheet_text(sheet, kind_word(to, entry->kind));
        sheet_texts(sheet, lines, lines == NULL ? 0 : count);
        sheet_number(sheet, entry->created_at);
        sheet_number(sheet, entry->changed_at);
    }
}

void person_draw_namesakes(const struct person *to)
{
    static const struct sheet_column columns[] = {
        {"handle", N_("Record"), SHEET_TEXT, false, false},
        {"kind", N_("Kind"), SHEET_TEXT, false, false}};
    struct sheet *sheet;

    if (to->n_namesakes == 0)
        return;
    sheet = report_sheet(to->context->report, "namesakes",
        N_("Records of the same name, maybe another person's"), SHEET_TABLE, false, columns, 2);
    for (size_t i = 0; i < to->n_namesakes; i++) {
        sheet_row(sheet, 0, SHEET_PLAIN);
        sheet_text(sheet, to->namesakes[i]->handle);
        sheet_text(sheet, kind_word(to, to->namesakes[i]->kind));
    }
}

/* --- what they wrote ---------------------------------------------------------------------------
 */

static bool is_author(const struct person *to, const Concert__Change *change)
{
    for (size_t i = 0; i < to->n_records && change->account.len == UUID_SIZE; i++)
        if (to->records[i]->kind->id == CONCERT__KIND__ACCOUNT &&
            uuid_equal(to->records[i]->id, change->account.data))
            return true;
    return false;
}

static void put_change(const struct person *to, struct sheet *sheet, const Concert__Change *change)
{
    const struct book_entry *entry =
        change->id.len == UUID_SIZE ? book_get(to->context->book, change->id.data) : NULL;
    const struct kind *kind = kinds_get(change->kind);
    const char **fields = arena_alloc(to->arena, (change->n_fields + 1) * sizeof(*fields));

    for (size_t i = 0; fields != NULL && i < change->n_fields; i++)
        fields[i] = to->context->machine
                        ? change->fields[i]
                        : words_show(WORDS_FIELD, change->fields[i], to->context->language);
    sheet_row(sheet, 0, SHEET_PLAIN);
    sheet_number(sheet, (int64_t)change->seq);
    sheet_number(sheet, change->at);
    sheet_text(sheet, entry != NULL
                          ? phrase_name(to->context->book, entry, to->context->language, to->arena)
                      : kind == NULL ? NULL
                                     : kind_word(to, kind));
    sheet_texts(sheet, fields, fields == NULL ? 0 : change->n_fields);
    sheet_text(sheet, change->device_name);
    sheet_text(sheet, change->reason);
}

void person_read_log(struct person *to)
{
    struct desk_why why;
    uint64_t seq = 0;

    desk_age(to->context->desk, &seq);
    to->whole = desk_log(to->context->desk, &to->log, &why) && to->log.upto >= seq;
    for (size_t i = 0; i < to->log.count; i++)
        to->authored += is_author(to, to->log.changes[i]);
}

void person_draw_authored(const struct person *to)
{
    static const struct sheet_column columns[] = {{"seq", N_("No."), SHEET_NUMBER, false, false},
        {"at", N_("When"), SHEET_TIME, false, false},
        {"record", N_("Record"), SHEET_TEXT, true, false},
        {"fields", N_("Fields"), SHEET_LIST, true, false},
        {"device", N_("Device"), SHEET_TEXT, false, false},
        {"reason", N_("Reason"), SHEET_TEXT, true, false}};
    struct sheet *sheet = report_sheet(to->context->report, "authored",
        N_("Changes that the person's account made"), SHEET_TABLE, false, columns, 6);

    for (size_t i = 0; i < to->log.count; i++)
        if (is_author(to, to->log.changes[i]))
            put_change(to, sheet, to->log.changes[i]);
}

/* --- free words --------------------------------------------------------------------------------
 */

/* Of a folded word: “Anne” is not told of in “année”. */
static bool is_letter(char c)
{
    return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

static bool mentions(const struct person *to, const char *text, char *folded)
{
    const size_t length = strlen(to->folded);

    text_fold(text, folded, TEXT_SIZE);
    for (const char *at = strstr(folded, to->folded); at != NULL; at = strstr(at + 1, to->folded))
        if ((at == folded || !is_letter(at[-1])) && !is_letter(at[length]))
            return true;
    return false;
}

/* The text of the record's field number `index` when it names the person; else NULL. */
static const char *mention_in(
    const struct person *to, const struct book_entry *entry, unsigned index, char *folded)
{
    const ProtobufCFieldDescriptor *field = &entry->kind->descriptor->fields[index];
    const char *text = field->type != PROTOBUF_C_TYPE_STRING ||
                               field->label == PROTOBUF_C_LABEL_REPEATED ||
                               person_is_personal(entry->kind, field)
                           ? NULL
                           : book_text(entry, field->name);

    return text != NULL && mentions(to, text, folded) ? text : NULL;
}

static bool is_mentioning(const struct person *to, const struct book_entry *entry, char *folded)
{
    for (unsigned i = 0; i < entry->kind->descriptor->n_fields; i++)
        if (mention_in(to, entry, i, folded) != NULL)
            return true;
    return false;
}

bool person_find_mentions(struct person *to)
{
    char *folded = arena_alloc(to->arena, TEXT_SIZE);
    size_t room = 0, count;

    for (size_t k = 0; folded != NULL && k < kinds_count; k++) {
        const struct book_entry *const *list = book_list(to->context->book, kinds[k].id, &count);

        for (size_t i = 0; i < count; i++) {
            if (!is_mentioning(to, list[i], folded))
                continue;
            to->mentioning =
                arena_grow(to->arena, to->mentioning, to->mentions, &room, sizeof(*to->mentioning));
            if (to->mentioning == NULL)
                return false;
            to->mentioning[to->mentions++] = list[i];
        }
    }
    return folded != NULL;
}

/* Two plans may number alike: "PL2/1.1.1" then tells which. */
static void put_mention(
    const struct person *to, struct sheet *sheet, size_t index, unsigned field, const char *text)
{
    const struct book_entry *entry = to->mentioning[index];
    const char *name = entry->kind->descriptor->fields[field].name;
    char handle[PHRASE_SIZE], id[UUID_TEXT];

    phrase_handle(to->context->book, to->mentioning, to->mentions, index, handle);
    uuid_format(entry->id, id);
    sheet_row(sheet, 0, SHEET_PLAIN);
    sheet_text(sheet, id);
    sheet_text(sheet, to->context->machine ? entry->handle : handle);
    sheet_text(sheet, kind_word(to, entry->kind));
    sheet_text(
        sheet, to->context->machine ? name : words_show(WORDS_FIELD, name, to->context->language));
    sheet_text(sheet, text);
}

void person_draw_mentions(const struct person *to)
{
    static const struct sheet_column columns[] = {{"id", NULL, SHEET_TEXT, false, true},
        {"handle", N_("Record"), SHEET_TEXT, false, false},
        {"kind", N_("Kind"), SHEET_TEXT, false, false},
        {"field", N_("Field"), SHEET_TEXT, false, false},
        {"text", N_("Text"), SHEET_TEXT, true, false}};
    struct sheet *sheet = report_sheet(to->context->report, "mentions", N_("Mentions in free text"),
        SHEET_TABLE, false, columns, 5);
    char *folded = arena_alloc(to->arena, TEXT_SIZE);

    for (size_t i = 0; folded != NULL && i < to->mentions; i++)
        for (unsigned j = 0; j < to->mentioning[i]->kind->descriptor->n_fields; j++) {
            const char *text = mention_in(to, to->mentioning[i], j, folded);

            if (text != NULL)
                put_mention(to, sheet, i, j, text);
        }
}
