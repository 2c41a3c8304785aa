#include "import/exchange.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "input/fields_value.h"
#include "text.h"
#include "words.h"
#include "words/amount.h"

#define MARK "json:"
#define MARK_SIZE (sizeof(MARK) - 1)

static const Concert__Kind left_out[] = {CONCERT__KIND__ACCOUNT, CONCERT__KIND__DEVICE,
    CONCERT__KIND__QUARANTINE}; /* whose patches may hold anything */

bool exchange_has(const struct kind *kind, bool staff)
{
    for (size_t i = 0; i < sizeof(left_out) / sizeof(left_out[0]); i++)
        if (kind->id == left_out[i])
            return false;
    return staff || kind->readers == KIND_READ_ALL;
}

bool exchange_carries(const struct kind *kind, const ProtobufCFieldDescriptor *field, bool personal)
{
    return personal || !(kinds_field(kind, field->name)->flags & KIND_PERSONAL);
}

static bool is_list(const ProtobufCFieldDescriptor *field)
{
    return field->label == PROTOBUF_C_LABEL_REPEATED;
}

/* --- values as texts ---------------------------------------------------------------------------
 */

static const char *show(const struct kind *kind, const ProtobufCFieldDescriptor *field,
    struct record_value value, struct arena *arena)
{
    unsigned flags = kinds_field(kind, field->name)->flags;
    char amount[AMOUNT_SIZE];

    if (!(flags & (KIND_MONEY | KIND_DECIMAL)))
        return record_text(kind, field, value, arena);
    if (flags & KIND_MONEY)
        amount_money_plain(value.number, amount);
    else
        amount_decimal_plain(value.number, amount);
    return arena_copy(arena, amount, strlen(amount));
}

bool exchange_get(const struct kind *kind, const ProtobufCMessage *message,
    const ProtobufCFieldDescriptor *field, struct arena *arena, struct exchange_texts *texts_r)
{
    size_t count = record_count(message, field);

    *texts_r = (struct exchange_texts){
        .text = arena_alloc(arena, (count + 1) * sizeof(*texts_r->text)), .count = count};
    if (texts_r->text == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        texts_r->text[i] = show(kind, field, record_get(message, field, i), arena);
        if (texts_r->text[i] == NULL)
            return false;
    }
    /* An empty text is none, but in a list. */
    if (!is_list(field) && count == 1 && texts_r->text[0][0] == '\0')
        texts_r->count = 0;
    return true;
}

/* Bytes that are no id, as record_text writes them: two digits each. */
static bool read_bytes(const char *text, struct arena *arena, struct record_value *value_r)
{
    size_t size = strlen(text) / 2;
    char *bytes = arena_alloc(arena, size + 1);

    if (bytes == NULL || strlen(text) % 2 != 0 ||
        strspn(text, "0123456789abcdefABCDEF") != strlen(text))
        return false;
    for (size_t i = 0; i < size; i++) {
        char pair[3] = {text[2 * i], text[2 * i + 1], '\0'};

        bytes[i] = (char)strtoul(pair, NULL, 16);
    }
    *value_r = (struct record_value){.data = bytes, .size = size};
    return true;
}

/* Closed lists and bytes first as files have them; all else only reads in one way. */
static bool read_one(const struct fields_reader *reader, const struct kind *kind,
    const ProtobufCFieldDescriptor *field, const char *text, struct record_value *value_r,
    struct fields_problem *problem_r)
{
    bool plain = field->type == PROTOBUF_C_TYPE_STRING &&
                 !(kinds_field(kind, field->name)->flags & (KIND_DATE | KIND_MOMENT));
    bool bytes = field->type == PROTOBUF_C_TYPE_BYTES && !kinds_is_reference(kind, field);

    if (plain) {
        *value_r = (struct record_value){.size = strlen(text)};
        value_r->data = arena_copy(reader->arena, text, value_r->size);
        return value_r->data != NULL;
    }
    return (bytes && read_bytes(text, reader->arena, value_r)) ||
           (field->type == PROTOBUF_C_TYPE_ENUM &&
               record_parse(kind, field, text, reader->arena, value_r)) ||
           fields_value_read(reader, kind, field, text, value_r, problem_r);
}

static bool clear(struct fields_patch *patch, const ProtobufCFieldDescriptor *field)
{
    if (patch->n_clear < RECORD_FIELDS_MAX)
        patch->clear[patch->n_clear++] = field->name;
    return true;
}

bool exchange_set(const struct fields_reader *reader, struct fields_patch *patch,
    const ProtobufCFieldDescriptor *field, const struct exchange_texts *texts,
    struct fields_problem *problem_r)
{
    const char *word = words_show(WORDS_FIELD, field->name, reader->language);
    struct record_value *values;

    if (texts->count == 0)
        return clear(patch, field);
    if (texts->count > (is_list(field) ? RECORD_REPEATED_MAX : 1))
        return fields_value_wrong(problem_r, field->name, "count",
            _("“%s” takes at most %d values."), word,
            is_list(field) ? (int)RECORD_REPEATED_MAX : 1);
    values = arena_alloc(reader->arena, texts->count * sizeof(*values));
    if (values == NULL)
        return fields_value_wrong(problem_r, field->name, "limit", "%s", _("Memory is out."));
    for (size_t i = 0; i < texts->count; i++)
        if (!read_one(reader, patch->kind, field, texts->text[i], &values[i], problem_r))
            return false;
    return record_set(patch->message, field, values, texts->count, reader->arena) ||
           fields_value_wrong(problem_r, field->name, "limit", "%s", _("Memory is out."));
}

bool exchange_same(const struct exchange_texts *a, const struct exchange_texts *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (strcmp(a->text[i], b->text[i]) != 0)
            return false;
    return true;
}

/* --- texts as cells ----------------------------------------------------------------------------
 */

/* True when a cell, read back, is this text: spreadsheets take white space off and know but one
 * line end. */
static bool is_safe(const char *text, bool list)
{
    size_t length;
    const char *trimmed = text_trimmed(text, strlen(text), &length);

    return trimmed == text && length == strlen(text) && strchr(text, '\r') == NULL &&
           strncmp(text, MARK, MARK_SIZE) != 0 &&
           (!list || (length > 0 && strchr(text, '\n') == NULL));
}

static const char *join_json(const struct exchange_texts *texts, bool list, struct arena *arena)
{
    json_t *value = list ? json_array() : json_string(texts->text[0]);
    char *dump;
    const char *cell = NULL;

    for (size_t i = 0; list && i < texts->count; i++)
        json_array_append_new(value, json_string(texts->text[i]));
    dump = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    if (dump != NULL)
        cell = arena_printf(arena, "%s%s", MARK, dump);
    free(dump);
    json_decref(value);
    return cell;
}

const char *exchange_join(
    const ProtobufCFieldDescriptor *field, const struct exchange_texts *texts, struct arena *arena)
{
    bool list = is_list(field);
    const char *cell = "";

    for (size_t i = 0; i < texts->count; i++)
        if (!is_safe(texts->text[i], list))
            return join_json(texts, list, arena);
    for (size_t i = 0; i < texts->count && cell != NULL; i++)
        cell = i == 0 ? texts->text[i] : arena_printf(arena, "%s\n%s", cell, texts->text[i]);
    return cell;
}

static bool add(struct exchange_texts *texts, struct arena *arena, const char *text, size_t length)
{
    char *copy = arena_copy(arena, text, length);

    texts->text[texts->count++] = copy;
    return copy != NULL;
}

/* False when the cell is not what join_json writes. */
static bool split_json(
    const char *cell, bool list, struct arena *arena, struct exchange_texts *texts_r)
{
    json_t *value = json_loads(cell + MARK_SIZE, JSON_DECODE_ANY, NULL);
    size_t count = list ? json_array_size(value) : 1;
    bool good = value != NULL && (list ? json_is_array(value) : json_is_string(value));

    texts_r->text = good ? arena_alloc(arena, (count + 1) * sizeof(*texts_r->text)) : NULL;
    good = good && texts_r->text != NULL;
    for (size_t i = 0; good && i < count; i++) {
        const char *text = json_string_value(list ? json_array_get(value, i) : value);

        good = text != NULL && add(texts_r, arena, text, strlen(text));
    }
    json_decref(value);
    return good;
}

bool exchange_split(const ProtobufCFieldDescriptor *field, const char *cell, struct arena *arena,
    struct exchange_texts *texts_r)
{
    bool list = is_list(field);
    size_t room = 2;

    *texts_r = (struct exchange_texts){.count = 0};
    if (strncmp(cell, MARK, MARK_SIZE) == 0 && split_json(cell, list, arena, texts_r))
        return true;
    for (const char *c = cell; *c != '\0'; c++)
        room += *c == '\n';
    *texts_r = (struct exchange_texts){.text = arena_alloc(arena, room * sizeof(char *))};
    if (texts_r->text == NULL)
        return false;
    if (!list)
        return cell[0] == '\0' || add(texts_r, arena, cell, strlen(cell));
    while (*cell != '\0') {
        size_t length = strcspn(cell, "\n"), kept;
        const char *piece = text_trimmed(cell, length, &kept);

        if (kept > 0 && !add(texts_r, arena, piece, kept))
            return false;
        cell += length + (cell[length] == '\n');
    }
    return true;
}
