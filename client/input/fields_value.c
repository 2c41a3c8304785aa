#include "input/fields_value.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "date.h"
#include "i18n.h"
#include "text.h"
#include "words.h"
#include "words/amount.h"
#include "words/phrase.h"

#define CHOICES_MAX 64
#define NEAR_MAX 5

bool fields_value_wrong(
    struct fields_problem *problem_r, const char *field, const char *rule, const char *format, ...)
{
    char sentence[sizeof(problem_r->sentence) + 4];
    va_list args;

    va_start(args, format);
    vsnprintf(sentence, sizeof(sentence), format, args);
    va_end(args);
    /* text_copy never cuts a character in two. */
    text_copy(problem_r->sentence, sizeof(problem_r->sentence), sentence);
    text_copy(problem_r->field, sizeof(problem_r->field), field == NULL ? "" : field);
    problem_r->rule = rule;
    return false;
}

void fields_value_join(char *text, size_t size, const char *between, const char *more)
{
    size_t used = strlen(text);

    if (used > 0 && used + 1 < size) {
        text_copy(text + used, size - used, between);
        used = strlen(text);
    }
    text_copy(text + used, size - used, more);
}

static const char *field_word(
    const struct fields_reader *reader, const ProtobufCFieldDescriptor *field)
{
    return words_show(WORDS_FIELD, field->name, reader->language);
}

/* --- closed lists ------------------------------------------------------------------------------
 */

static size_t choice_names(
    const ProtobufCEnumDescriptor *list, struct arena *arena, const char *names_r[CHOICES_MAX])
{
    size_t count = 0;

    for (unsigned i = 0; i < list->n_values && count < CHOICES_MAX; i++) {
        char *name = arena_copy(arena, list->values[i].name, strlen(list->values[i].name));

        for (char *c = name; c != NULL && *c != '\0'; c++)
            *c = (char)tolower((unsigned char)*c);
        if (name != NULL)
            names_r[count++] = name;
    }
    return count;
}

static bool wrong_choice(const struct fields_reader *reader, const struct kind *kind,
    const ProtobufCFieldDescriptor *field, const char *text, const char *const *names, size_t count,
    struct fields_problem *problem_r)
{
    const char *candidates[3 * CHOICES_MAX];
    char all[600] = "";
    const char *near;

    for (size_t i = 0; i < count; i++) {
        candidates[3 * i] = words_value(kind->name, names[i], reader->language);
        candidates[3 * i + 1] = words_show(WORDS_VALUE, names[i], "fr");
        candidates[3 * i + 2] = words_show(WORDS_VALUE, names[i], "en");
        fields_value_join(all, sizeof(all), ", ", candidates[3 * i]);
    }
    near = text_nearest(text, candidates, 3 * count);
    if (near == NULL)
        return fields_value_wrong(problem_r, field->name, "choice",
            _("“%s” is not a value of “%s”. Choose one of: %s."), text, field_word(reader, field),
            all);
    return fields_value_wrong(problem_r, field->name, "choice",
        _("“%s” is not a value of “%s”. Did you mean “%s”? Choose one of: %s."), text,
        field_word(reader, field), near, all);
}

static bool read_choice(const struct fields_reader *reader, const struct kind *kind,
    const ProtobufCFieldDescriptor *field, const char *text, struct record_value *value_r,
    struct fields_problem *problem_r)
{
    const char *names[CHOICES_MAX] = {NULL};
    size_t count = choice_names(field->descriptor, reader->arena, names);
    const char *name = words_read(WORDS_VALUE, text, names, count);

    if (name != NULL && record_parse(kind, field, name, reader->arena, value_r))
        return true;
    return wrong_choice(reader, kind, field, text, names, count, problem_r);
}

static bool read_bool(const struct fields_reader *reader, const ProtobufCFieldDescriptor *field,
    const char *text, struct record_value *value_r, struct fields_problem *problem_r)
{
    static const char *const yes[] = {"yes", "y", "oui", "o", "true", "vrai", "1"};
    static const char *const no[] = {"no", "n", "non", "false", "faux", "0"};

    for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
        if (text_distance(text, yes[i]) == 0) {
            value_r->number = 1;
            return true;
        }
    for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
        if (text_distance(text, no[i]) == 0)
            return true;
    return fields_value_wrong(problem_r, field->name, "bool", _("“%s” takes yes or no, not “%s”."),
        field_word(reader, field), text);
}

/* --- numbers and days --------------------------------------------------------------------------
 */

static bool read_number(const struct fields_reader *reader, const struct kind *kind,
    const ProtobufCFieldDescriptor *field, const char *text, struct record_value *value_r,
    struct fields_problem *problem_r)
{
    const struct kind_field *row = kinds_field(kind, field->name);
    bool bounded = row->min != 0 || row->max != 0;
    int64_t min = row->min;
    int64_t max = bounded                                 ? row->max
                  : field->type == PROTOBUF_C_TYPE_UINT32 ? UINT32_MAX
                                                          : INT64_MAX;

    if (!fields_number(text, &value_r->number))
        return fields_value_wrong(problem_r, field->name, "number",
            _("“%s” takes a whole number, not “%s”."), field_word(reader, field), text);
    if (value_r->number >= min && value_r->number <= max)
        return true;
    if (!bounded)
        return fields_value_wrong(problem_r, field->name, "range",
            _("“%s” takes a number that is not negative or too large, not “%s”."),
            field_word(reader, field), text);
    return fields_value_wrong(problem_r, field->name, "range",
        _("“%s” takes a number from %lld to %lld, not “%s”."), field_word(reader, field),
        (long long)min, (long long)max, text);
}

/* An amount or a decimal as people read it. Arena memory. */
static const char *amount_text(
    const struct fields_reader *reader, const struct kind_field *row, int64_t amount)
{
    char text[AMOUNT_SIZE];
    const char *copy;

    if (row->flags & KIND_MONEY)
        amount_money(amount, reader->language, text);
    else
        amount_decimal(amount, reader->language, text);
    copy = arena_copy(reader->arena, text, strlen(text));
    return copy == NULL ? "" : copy;
}

static bool wrong_amount(const struct fields_reader *reader, const struct kind_field *row,
    const char *text, enum amount_fault fault, struct fields_problem *problem_r)
{
    const char *word = words_show(WORDS_FIELD, row->name, reader->language);
    bool money = row->flags & KIND_MONEY;
    const char *example = amount_text(reader, row, money ? 123450 : 12500);

    if (fault == AMOUNT_AMBIGUOUS)
        return fields_value_wrong(problem_r, row->name, "amount",
            _("“%s”: “%s” may mean thousands or cents. Write it as in %s, with two decimals or "
              "none."),
            word, text, example);
    if (fault == AMOUNT_FRACTION)
        return fields_value_wrong(problem_r, row->name, "amount",
            money ? _("“%s” is kept to the cent: “%s” has too many decimals.")
                  : _("“%s” is kept with three decimals: “%s” has too many."),
            word, text);
    return fields_value_wrong(problem_r, row->name, "amount",
        money ? _("“%s” takes an amount such as %s, not “%s”.")
              : _("“%s” takes a number such as %s, not “%s”."),
        word, example, text);
}

static bool read_amount(const struct fields_reader *reader, const struct kind_field *row,
    const char *text, struct record_value *value_r, struct fields_problem *problem_r)
{
    enum amount_fault fault = row->flags & KIND_MONEY
                                  ? amount_money_read(text, reader->language, &value_r->number)
                                  : amount_decimal_read(text, reader->language, &value_r->number);

    if (fault != AMOUNT_FINE)
        return wrong_amount(reader, row, text, fault, problem_r);
    if ((row->min == 0 && row->max == 0) ||
        (value_r->number >= row->min && value_r->number <= row->max))
        return true;
    return fields_value_wrong(problem_r, row->name, "range",
        _("“%s” takes an amount from %s to %s, not “%s”."),
        words_show(WORDS_FIELD, row->name, reader->language), amount_text(reader, row, row->min),
        amount_text(reader, row, row->max), text);
}

/* A day or a moment in the form that records keep; NULL with problem_r. Arena memory. */
static const char *read_when(const struct fields_reader *reader, const struct kind_field *row,
    const char *text, struct fields_problem *problem_r)
{
    const char *word = words_show(WORDS_FIELD, row->name, reader->language);
    char iso[FIELDS_MOMENT_SIZE];
    int32_t day;

    if (row->flags & KIND_MOMENT) {
        if (fields_moment(text, reader->today, iso))
            return arena_copy(reader->arena, iso, strlen(iso));
        fields_value_wrong(problem_r, row->name, "moment",
            _("“%s” takes a day and its time, as in “2009-10-15 13:30” or “October 15, 2009 "
              "13:30”, not “%s”."),
            word, text);
        return NULL;
    }
    if (fields_day(text, reader->today, &day)) {
        date_format(day, iso);
        return arena_copy(reader->arena, iso, strlen(iso));
    }
    fields_value_wrong(problem_r, row->name, "date",
        _("“%s” takes one day, as in 2009-10-15 or “October 15, 2009”, not “%s”."), word, text);
    return NULL;
}

static bool read_text(const struct fields_reader *reader, const struct kind *kind,
    const ProtobufCFieldDescriptor *field, const char *text, struct record_value *value_r,
    struct fields_problem *problem_r)
{
    const struct kind_field *row = kinds_field(kind, field->name);

    if (!text_valid_utf8(text, strlen(text)))
        return fields_value_wrong(problem_r, field->name, "utf8",
            _("“%s”: this text is not UTF-8."), field_word(reader, field));
    if ((row->flags & (KIND_DATE | KIND_MOMENT)) &&
        (text = read_when(reader, row, text, problem_r)) == NULL)
        return false;
    value_r->size = strlen(text);
    value_r->data = arena_copy(reader->arena, text, value_r->size);
    return value_r->data != NULL;
}

/* --- references --------------------------------------------------------------------------------
 */

/* "party", "action or milestone"; a reference to anything is to a "record". */
static void kinds_words(const struct fields_reader *reader, uint64_t refs, char *text, size_t size)
{
    size_t count = 0;

    text[0] = '\0';
    for (size_t i = 0; i < kinds_count; i++)
        if (refs & (UINT64_C(1) << kinds[i].id)) {
            fields_value_join(
                text, size, _(" or "), words_show(WORDS_KIND, kinds[i].name, reader->language));
            count++;
        }
    if (count == 0 || count > 3)
        text_copy(text, size, _("record"));
}

static bool wrong_reference(const struct fields_reader *reader, const struct kind *kind,
    const ProtobufCFieldDescriptor *field, const char *text, enum book_found found,
    const struct book_entry *const *near, size_t n_near, struct fields_problem *problem_r)
{
    char all[600] = "", what[120], one[160], brief[72], handle[PHRASE_SIZE];

    kinds_words(reader, kinds_field(kind, field->name)->refs, what, sizeof(what));
    for (size_t i = 0; i < n_near; i++) {
        phrase_cut(book_label(reader->book, near[i]), brief, sizeof(brief));
        phrase_handle(reader->book, near, n_near, i, handle);
        snprintf(one, sizeof(one), "\n  %s  %s", handle, brief);
        fields_value_join(all, sizeof(all), "", one);
    }
    if (found == BOOK_SEVERAL)
        return fields_value_wrong(problem_r, field->name, "several",
            _("“%s” for “%s” may mean several records; give one of these handles:%s"), text,
            field_word(reader, field), all);
    if (n_near > 0)
        return fields_value_wrong(problem_r, field->name, "reference",
            _("“%s”: no %s is called “%s”. The nearest:%s"), field_word(reader, field), what, text,
            all);
    return fields_value_wrong(problem_r, field->name, "reference", _("“%s”: no %s is called “%s”."),
        field_word(reader, field), what, text);
}

static bool read_reference(const struct fields_reader *reader, const struct kind *kind,
    const ProtobufCFieldDescriptor *field, const char *text, struct record_value *value_r,
    struct fields_problem *problem_r)
{
    uint64_t refs = kinds_field(kind, field->name)->refs;
    const struct book_entry *entry = NULL, *near[NEAR_MAX];
    enum book_found found = BOOK_NONE;
    uint8_t id[UUID_SIZE];
    size_t n_near = 0;

    if (reader->resolve != NULL && reader->resolve(reader->arg, refs, text, id)) {
        found = BOOK_FOUND;
    } else if (reader->book != NULL) {
        found = book_find(reader->book, text, refs, reader->today, &entry, near, NEAR_MAX, &n_near);
        if (found == BOOK_FOUND)
            memcpy(id, entry->id, UUID_SIZE);
    } else if (uuid_parse(text, id)) {
        found = BOOK_FOUND;
    }
    if (found != BOOK_FOUND)
        return wrong_reference(reader, kind, field, text, found, near, n_near, problem_r);
    value_r->size = UUID_SIZE;
    value_r->data = arena_copy(reader->arena, id, UUID_SIZE);
    return value_r->data != NULL;
}

bool fields_value_read(const struct fields_reader *reader, const struct kind *kind,
    const ProtobufCFieldDescriptor *field, const char *text, struct record_value *value_r,
    struct fields_problem *problem_r)
{
    *value_r = (struct record_value){0};
    switch (field->type) {
    case PROTOBUF_C_TYPE_STRING:
        return read_text(reader, kind, field, text, value_r, problem_r);
    case PROTOBUF_C_TYPE_ENUM:
        return read_choice(reader, kind, field, text, value_r, problem_r);
    case PROTOBUF_C_TYPE_BOOL:
        return read_bool(reader, field, text, value_r, problem_r);
    case PROTOBUF_C_TYPE_BYTES:
        if (kinds_is_reference(kind, field))
            return read_reference(reader, kind, field, text, value_r, problem_r);
        return fields_value_wrong(
            problem_r, field->name, "shape", _("“%s” cannot be typed."), field_word(reader, field));
    default:
        if (kinds_field(kind, field->name)->flags & (KIND_MONEY | KIND_DECIMAL))
            return read_amount(reader, kinds_field(kind, field->name), text, value_r, problem_r);
        return read_number(reader, kind, field, text, value_r, problem_r);
    }
}

/* --- the other way -----------------------------------------------------------------------------
 */

static const char *show_reference(const struct fields_reader *reader, struct record_value value)
{
    const struct book_entry *entry, *back, *near[1];
    const char *label;
    size_t n_near;

    entry = value.size == UUID_SIZE && reader->book != NULL
                ? book_get(reader->book, (const uint8_t *)value.data)
                : NULL;
    if (entry == NULL)
        return NULL;
    label = book_label(reader->book, entry);
    /* Its name where that leads back to it, a list's separators aside; else its handle. */
    if (entry->kind->prefix != NULL && strpbrk(label, ",;\n") == NULL &&
        book_find(reader->book, label, UINT64_C(1) << entry->kind->id, reader->today, &back, near,
            1, &n_near) == BOOK_FOUND &&
        back == entry)
        return label;
    return entry->handle;
}

/* "2009-06-02 13 h 30", "2009-06-02 13:30". */
static const char *show_moment(const struct fields_reader *reader, const char *iso)
{
    const char *text;

    if (strlen(iso) != FIELDS_MOMENT_SIZE - 1)
        return iso;
    text = arena_printf(reader->arena,
        strcmp(reader->language, "fr") == 0 ? "%.10s %.2s h %.2s" : "%.10s %.2s:%.2s", iso,
        iso + 11, iso + 14);
    return text == NULL ? iso : text;
}

const char *fields_value_show(const struct fields_reader *reader, const struct kind *kind,
    const ProtobufCFieldDescriptor *field, struct record_value value)
{
    const struct kind_field *row = kinds_field(kind, field->name);
    const char *text = NULL;

    if (row->flags & (KIND_MONEY | KIND_DECIMAL))
        return amount_text(reader, row, value.number);
    if (row->flags & KIND_MOMENT)
        return show_moment(reader, value.data);
    if (kinds_is_reference(kind, field))
        text = show_reference(reader, value);
    if (field->type == PROTOBUF_C_TYPE_BOOL)
        return value.number ? _("yes") : _("no");
    if (text == NULL)
        text = record_text(kind, field, value, reader->arena);
    if (text == NULL)
        return "";
    return field->type == PROTOBUF_C_TYPE_ENUM ? words_value(kind->name, text, reader->language)
                                               : text;
}
