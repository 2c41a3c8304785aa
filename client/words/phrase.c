#include "words/phrase.h"

#include <stdio.h>
#include <string.h>

#include "date.h"
#include "i18n.h"
#include "text.h"
#include "words.h"
#include "words/amount.h"
#include "words/bytes.h"

#define MINUTE INT64_C(60000000)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

static bool is_french(const char *language)
{
    return strcmp(language, "fr") == 0;
}

void phrase_date(int32_t day, const char *language, char out[PHRASE_SIZE])
{
    static const char *const french[] = {"janv.", "févr.", "mars", "avr.", "mai", "juin", "juill.",
        "août", "sept.", "oct.", "nov.", "déc."};
    static const char *const english[] = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    int y, m, d;

    out[0] = '\0';
    if (!date_to_civil(day, &y, &m, &d))
        return;
    if (is_french(language))
        snprintf(out, PHRASE_SIZE, "%d%s %s %d", d, d == 1 ? "er" : "", french[m - 1], y);
    else
        snprintf(out, PHRASE_SIZE, "%s %d, %d", english[m - 1], d, y);
}

/* "14 h 30", "14:30". */
static void write_clock(int hour, int minute, const char *language, char *out, size_t size)
{
    snprintf(out, size, is_french(language) ? "%d\u00a0h\u00a0%02d" : "%d:%02d", hour, minute);
}

/* The clock of the region at that moment. */
static void clock_text(int64_t moment, const char *language, char *out, size_t size)
{
    int hour = 0, minute = 0;

    date_clock(moment, NULL, &hour, &minute);
    write_clock(hour, minute, language, out, size);
}

void phrase_when(const char *iso, const char *language, char out[PHRASE_SIZE])
{
    char day[PHRASE_SIZE], clock[32];
    int hour, minute;
    int32_t date;

    text_copy(day, 11, iso);
    if (!date_parse(day, &date)) {
        text_copy(out, PHRASE_SIZE, iso);
        return;
    }
    phrase_date(date, language, day);
    if (sscanf(iso + 10, "T%2d:%2d", &hour, &minute) == 2) {
        write_clock(hour, minute, language, clock, sizeof(clock));
        snprintf(out, PHRASE_SIZE, "%.24s, %s", day, clock);
    } else {
        text_copy(out, PHRASE_SIZE, day);
    }
}

void phrase_time(int64_t moment, const char *language, char out[PHRASE_SIZE])
{
    char day[PHRASE_SIZE], clock[16];

    phrase_date(date_of_time(moment, NULL), language, day);
    clock_text(moment, language, clock, sizeof(clock));
    snprintf(out, PHRASE_SIZE, "%.40s, %s", day, clock);
}

const char *phrase_as_of(int32_t day, uint64_t seq, const char *language, struct arena *arena)
{
    char text[DATE_TEXT_SIZE];

    date_long_text(day, language, text, sizeof(text));
    return arena_printf(arena,
        _("Deadlines as of %s; shares as of change %llu of the region's log."), text,
        (unsigned long long)seq);
}

void phrase_moment(int64_t moment, const char *language, char out[PHRASE_SIZE])
{
    char day[DATE_TEXT_SIZE], clock[16];

    date_long_text(date_of_time(moment, NULL), language, day, sizeof(day));
    clock_text(moment, language, clock, sizeof(clock));
    snprintf(out, PHRASE_SIZE, is_french(language) ? "%s à %s" : "%s at %s", day, clock);
}

void phrase_age(int64_t age, char out[PHRASE_SIZE])
{
    long count;

    if (age < MINUTE) {
        snprintf(out, PHRASE_SIZE, "%s", _("just now"));
    } else if (age < HOUR) {
        count = (long)(age / MINUTE);
        snprintf(out, PHRASE_SIZE,
            ngettext("%ld minute ago", "%ld minutes ago", (unsigned long)count), count);
    } else if (age < 2 * DAY) {
        count = (long)(age / HOUR);
        snprintf(out, PHRASE_SIZE, ngettext("%ld hour ago", "%ld hours ago", (unsigned long)count),
            count);
    } else {
        count = (long)(age / DAY);
        snprintf(
            out, PHRASE_SIZE, ngettext("%ld day ago", "%ld days ago", (unsigned long)count), count);
    }
}

void phrase_capital(const char *word, char *out, size_t size)
{
    unsigned char *c = (unsigned char *)out;

    text_copy(out, size, word);
    if (c[0] >= 'a' && c[0] <= 'z')
        c[0] = (unsigned char)(c[0] - 'a' + 'A');
    else if (c[0] == 0xc3 && c[1] >= 0xa0 && c[1] <= 0xbe && c[1] != 0xb7)
        c[1] = (unsigned char)(c[1] - 0x20); /* à to þ: Latin-1's lower case in UTF-8 */
}

void phrase_cut(const char *text, char *out, size_t size)
{
    static const char ellipsis[] = "…";

    text_copy(out, size, text);
    if (strlen(text) >= size && size > sizeof(ellipsis)) {
        text_copy(out, size - sizeof(ellipsis) + 1, text);
        text_copy(out + strlen(out), sizeof(ellipsis), ellipsis);
    }
    for (char *c = out; *c != '\0'; c++)
        if (*c == '\n' || *c == '\r' || *c == '\t')
            *c = ' ';
}

const char *phrase_record(
    const struct book *book, const struct book_entry *entry, bool full, struct arena *arena)
{
    const char *label, *joined, *number = entry->handle;

    if (entry->kind->prefix == NULL && !full)
        return entry->handle;
    label = book_label(book, entry);
    if (entry->kind->id == CONCERT__KIND__AGENDA_ITEM)
        number = book_text(entry, "resolution"); /* minutes know a decision by its number */
    else if (entry->kind->prefix != NULL || strcmp(label, entry->handle) == 0)
        return label;
    joined = number == NULL ? label : arena_printf(arena, "%s %s", number, label);
    return joined == NULL ? number : joined;
}

void phrase_handle(const struct book *book, const struct book_entry *const *entries, size_t count,
    size_t index, char out[PHRASE_SIZE])
{
    const struct book_entry *entry = entries[index], *plan = book_plan(book, entry);

    text_copy(out, PHRASE_SIZE, entry->handle);
    if (entry->kind->prefix != NULL || plan == NULL)
        return;
    for (size_t i = 0; i < count; i++)
        if (i != index && strcmp(entries[i]->handle, entry->handle) == 0)
            snprintf(out, PHRASE_SIZE, "%.24s/%.36s", plan->handle, entry->handle);
}

/* Known by what it joins, as a share is, and a request by its funder. */
static bool is_joined(const struct kind *kind)
{
    return kind->label == NULL || kinds_is_reference(kind, record_field(kind, kind->label));
}

const char *phrase_name(const struct book *book, const struct book_entry *entry,
    const char *language, struct arena *arena)
{
    const char *kind = words_show(WORDS_KIND, entry->kind->name, language), *text;

    if (is_joined(entry->kind))
        text = arena_printf(arena, "%s %s %s", kind, entry->handle, book_label(book, entry));
    else
        text = arena_printf(arena, "%s %s", kind, entry->handle);
    return text == NULL ? kind : text;
}

static const char *reference(
    const struct book *book, struct record_value value, bool full, struct arena *arena)
{
    const struct book_entry *entry = NULL;

    if (book != NULL && value.size == UUID_SIZE)
        entry = book_get(book, (const uint8_t *)value.data);
    return entry == NULL ? NULL : phrase_record(book, entry, full, arena);
}

const char *phrase_value(const struct book *book, const struct kind *kind,
    const ProtobufCFieldDescriptor *field, struct record_value value, const char *language,
    bool full, struct arena *arena)
{
    const unsigned flags = kinds_field(kind, field->name)->flags;
    const char *text = NULL;
    char written[PHRASE_SIZE];
    int32_t date;

    if (kinds_is_reference(kind, field))
        text = reference(book, value, full, arena);
    if (text == NULL && (text = record_text(kind, field, value, arena)) == NULL)
        return "";
    if (field->type == PROTOBUF_C_TYPE_ENUM)
        return words_value(kind->name, text, language);
    if (field->type == PROTOBUF_C_TYPE_BOOL)
        return value.number ? _("yes") : _("no");
    if (strcmp(field->name, "percent") == 0) {
        text = arena_printf(arena, is_french(language) ? "%s\u00a0%%" : "%s%%", text);
        return text == NULL ? "" : text;
    }
    written[0] = '\0';
    if (kind->id == CONCERT__KIND__QUARANTINE && strcmp(field->name, "authored_at") == 0)
        phrase_moment(value.number, language, written);
    else if (flags & KIND_MONEY)
        amount_money(value.number, language, written);
    else if (flags & KIND_DECIMAL)
        amount_decimal(value.number, language, written);
    else if (flags & KIND_BYTES)
        bytes_text((uint64_t)value.number, language, written);
    else if (flags & KIND_MOMENT)
        phrase_when(text, language, written);
    else if ((flags & KIND_DATE) && date_parse(text, &date))
        phrase_date(date, language, written);
    if (written[0] != '\0')
        text = arena_copy(arena, written, strlen(written));
    return text == NULL ? "" : text;
}

/* Absent, they mean yes; all other marks mean no. */
static const struct {
    Concert__Kind kind;
    const char *field;
} yes_marks[] = {
    {CONCERT__KIND__ACCOUNT, "active"},
    {CONCERT__KIND__DIRECTORY_ENTRY, "publish"},
};

static bool is_yes_mark(const struct kind *kind, const ProtobufCFieldDescriptor *field)
{
    for (size_t i = 0; i < sizeof(yes_marks) / sizeof(yes_marks[0]); i++)
        if (yes_marks[i].kind == (Concert__Kind)kind->id &&
            strcmp(yes_marks[i].field, field->name) == 0)
            return true;
    return false;
}

const char *phrase_absent(const struct kind *kind, const ProtobufCFieldDescriptor *field,
    const char *language, struct arena *arena)
{
    const struct record_value first = {.number = 1};

    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        return "";
    if (field->type == PROTOBUF_C_TYPE_BOOL)
        return is_yes_mark(kind, field) ? _("yes") : _("no");
    return field->type == PROTOBUF_C_TYPE_ENUM && strcmp(field->name, "status") == 0
               ? phrase_value(NULL, kind, field, first, language, false, arena)
               : "";
}

/* What a patch asks, in the words of its kind: "title: X; due: (empty)". */
static const char *patch_text(const struct book *book, const struct kind *kind,
    ProtobufCBinaryData bytes, const char *const *clear, size_t n_clear, const char *language,
    struct arena *arena)
{
    const ProtobufCMessage *patch;
    struct record_names names;
    struct error error;
    const char *all = NULL;

    if (kind == NULL || bytes.data == NULL)
        return "";
    patch = record_decode(kind, bytes.data, bytes.len, arena, &error);
    if (patch == NULL || !record_touched(kind, patch, clear, n_clear, arena, &names))
        return "";
    for (size_t i = 0; i < names.count; i++) {
        const ProtobufCFieldDescriptor *field = record_field(kind, names.name[i]);
        const char *value = phrase_field(book, kind, patch, field, language, false, arena);
        const char *one =
            arena_printf(arena, _("%s: %s"), words_show(WORDS_FIELD, names.name[i], language),
                value[0] == '\0' ? _("(empty)") : value);

        if (one != NULL)
            all = all == NULL ? one : arena_printf(arena, "%s; %s", all, one);
    }
    return all == NULL ? "" : all;
}

static const char *asked_text(const struct book *book, const Concert__Proposal *body,
    const char *language, struct arena *arena)
{
    const struct book_entry *subject =
        book == NULL || body->subject.len != UUID_SIZE ? NULL : book_get(book, body->subject.data);

    return patch_text(book, subject == NULL ? NULL : subject->kind, body->patch,
        (const char *const *)body->clear, body->n_clear, language, arena);
}

/* The fields of a quarantined operation that hold another kind's words; NULL: the field tells
 * itself. */
static const char *kept_text(const struct book *book, const Concert__Quarantine *body,
    const char *field, const char *language, struct arena *arena)
{
    const struct kind *kind = body->target_kind == NULL ? NULL : kinds_by_name(body->target_kind);
    const struct book_entry *target =
        book == NULL || body->target.len != UUID_SIZE ? NULL : book_get(book, body->target.data);

    if (strcmp(field, "patch") == 0)
        return patch_text(book, kind, body->patch, (const char *const *)body->clear, body->n_clear,
            language, arena);
    if (strcmp(field, "seen") == 0)
        return patch_text(book, kind, body->seen, NULL, 0, language, arena);
    if (strcmp(field, "target") == 0 && target == NULL)
        return ""; /* it is not there yet, or not any more */
    if (strcmp(field, "target") == 0)
        return phrase_record(book, target, true, arena);
    if (strcmp(field, "target_kind") == 0 && kind != NULL)
        return words_show(WORDS_KIND, kind->name, language);
    return strcmp(field, "clear") == 0 || strcmp(field, "rank") == 0 ? "" : NULL;
}

/* Fields that are told with others, or in another kind's words; NULL: the field tells itself. */
static const char *told_apart(const struct book *book, const struct kind *kind,
    const ProtobufCMessage *message, const char *field, const char *language, struct arena *arena)
{
    if (kind->id == CONCERT__KIND__QUARANTINE)
        return kept_text(book, (const Concert__Quarantine *)message, field, language, arena);
    if (kind->id != CONCERT__KIND__PROPOSAL)
        return NULL;
    if (strcmp(field, "patch") == 0)
        return asked_text(book, (const Concert__Proposal *)message, language, arena);
    return strcmp(field, "clear") == 0 || strcmp(field, "operation") == 0 ||
                   strcmp(field, "seen") == 0
               ? "" /* told with the patch, or by “concert conflicts” */
               : NULL;
}

const char *phrase_field(const struct book *book, const struct kind *kind,
    const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field, const char *language,
    bool full, struct arena *arena)
{
    size_t count = record_count(message, field);
    const char *text =
        count == 0 ? NULL : told_apart(book, kind, message, field->name, language, arena);

    if (text != NULL)
        return text;
    text = "";
    for (size_t i = 0; i < count && text != NULL; i++) {
        const char *one =
            phrase_value(book, kind, field, record_get(message, field, i), language, full, arena);
        text = i == 0 ? one : arena_printf(arena, "%s; %s", text, one);
    }
    return text == NULL ? "" : text;
}
