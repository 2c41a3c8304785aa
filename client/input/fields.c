#include "input/fields.h"

#include <string.h>

#include "date.h"
#include "i18n.h"
#include "input/fields_value.h"
#include "text.h"
#include "words.h"

bool fields_begin(
    const struct fields_reader *reader, const struct kind *kind, struct fields_patch *patch_r)
{
    *patch_r = (struct fields_patch){.kind = kind, .message = record_new(kind, reader->arena)};
    return patch_r->message != NULL;
}

/* --- names of fields ---------------------------------------------------------------------------
 */

static size_t field_names(const struct kind *kind, const char *names_r[RECORD_FIELDS_MAX])
{
    size_t count = 0;

    for (unsigned i = 0; i < kind->descriptor->n_fields && count < RECORD_FIELDS_MAX; i++)
        names_r[count++] = kind->descriptor->fields[i].name;
    return count;
}

const ProtobufCFieldDescriptor *fields_find(const struct kind *kind, const char *typed)
{
    const char *names[RECORD_FIELDS_MAX];
    size_t count = field_names(kind, names);
    const char *name = words_read(WORDS_FIELD, typed, names, count);

    return name == NULL ? NULL : record_field(kind, name);
}

void fields_unknown(const struct fields_reader *reader, const struct kind *kind, const char *typed,
    struct fields_problem *problem_r)
{
    const char *names[RECORD_FIELDS_MAX], *candidates[3 * RECORD_FIELDS_MAX];
    const char *what = words_show(WORDS_KIND, kind->name, reader->language), *near;
    size_t count = field_names(kind, names);
    char all[800] = "";

    for (size_t i = 0; i < count; i++) {
        candidates[3 * i] = words_show(WORDS_FIELD, names[i], reader->language);
        candidates[3 * i + 1] = words_show(WORDS_FIELD, names[i], "fr");
        candidates[3 * i + 2] = names[i];
        fields_value_join(all, sizeof(all), ", ", candidates[3 * i]);
    }
    near = text_nearest(typed, candidates, 3 * count);
    for (size_t i = 0; near != NULL && i < 3 * count; i++)
        if (candidates[i] == near) { /* in the person's language, whichever was near */
            near = candidates[i - i % 3];
            break;
        }
    if (near == NULL)
        fields_value_wrong(problem_r, typed, "field",
            _("“%s” is not a field here (%s). The fields: %s."), typed, what, all);
    else
        fields_value_wrong(problem_r, typed, "field",
            _("“%s” is not a field here (%s). Did you mean “%s”? The fields: %s."), typed, what,
            near, all);
}

/* --- setting -----------------------------------------------------------------------------------
 */

static void add_clear(struct fields_patch *patch, const char *name)
{
    for (size_t i = 0; i < patch->n_clear; i++)
        if (strcmp(patch->clear[i], name) == 0)
            return;
    if (patch->n_clear < RECORD_FIELDS_MAX)
        patch->clear[patch->n_clear++] = name;
}

/* What is set after all is not emptied. */
static void drop_clear(struct fields_patch *patch, const char *name)
{
    for (size_t i = 0; i < patch->n_clear; i++)
        if (strcmp(patch->clear[i], name) == 0)
            patch->clear[i] = patch->clear[--patch->n_clear];
}

static bool set_list(const struct fields_reader *reader, struct fields_patch *patch,
    const ProtobufCFieldDescriptor *field, char *text, struct fields_problem *problem_r)
{
    const char *between = strchr(text, '\n') != NULL ? "\n" : strchr(text, ';') != NULL ? ";" : ",";
    size_t count = record_count(patch->message, field), room = count + 1;
    struct record_value *values;
    char *rest = text, *piece;

    for (const char *c = text; *c != '\0'; c++)
        room += *c == *between;
    if (room > RECORD_REPEATED_MAX)
        return fields_value_wrong(problem_r, field->name, "count",
            _("“%s” takes at most %d values."),
            words_show(WORDS_FIELD, field->name, reader->language), (int)RECORD_REPEATED_MAX);
    values = arena_alloc(reader->arena, room * sizeof(*values));
    if (values == NULL)
        return false;
    for (size_t i = 0; i < count; i++)
        values[i] = record_get(patch->message, field, i);
    while ((piece = strsep(&rest, between)) != NULL) {
        text_trim(piece);
        if (*piece == '\0')
            continue;
        if (!fields_value_read(reader, patch->kind, field, piece, &values[count], problem_r))
            return false;
        count++;
    }
    return record_set(patch->message, field, values, count, reader->arena);
}

/* Names may hold commas: the whole text is tried as one name before it is cut. */
static bool set_whole(const struct fields_reader *reader, struct fields_patch *patch,
    const ProtobufCFieldDescriptor *field, const char *text)
{
    struct fields_problem unused;
    struct record_value value;

    return kinds_is_reference(patch->kind, field) && record_count(patch->message, field) == 0 &&
           fields_value_read(reader, patch->kind, field, text, &value, &unused) &&
           record_set(patch->message, field, &value, 1, reader->arena);
}

/* A time alone is of the day that was said before it: "starts at=June 2 13:30", "ends at=16:00". */
static const char *with_day(const struct fields_reader *reader, const struct fields_patch *patch,
    const ProtobufCFieldDescriptor *field, const char *text)
{
    const ProtobufCMessageDescriptor *d = patch->kind->descriptor;
    char iso[FIELDS_MOMENT_SIZE];

    if (!(kinds_field(patch->kind, field->name)->flags & KIND_MOMENT) ||
        fields_moment(text, reader->today, iso))
        return text;
    for (unsigned i = 0; i < d->n_fields; i++) {
        const char *dated;

        if (!(kinds_field(patch->kind, d->fields[i].name)->flags & KIND_MOMENT) ||
            record_count(patch->message, &d->fields[i]) == 0)
            continue;
        dated = arena_printf(
            reader->arena, "%.10s %s", record_get(patch->message, &d->fields[i], 0).data, text);
        if (dated != NULL && fields_moment(dated, reader->today, iso))
            return dated;
    }
    return text;
}

static bool set_text(const struct fields_reader *reader, struct fields_patch *patch,
    const ProtobufCFieldDescriptor *field, char *text, struct fields_problem *problem_r)
{
    struct record_value value;

    if (*text == '\0' || strcmp(text, "-") == 0) {
        add_clear(patch, field->name);
        return record_set(patch->message, field, NULL, 0, reader->arena);
    }
    drop_clear(patch, field->name);
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        return set_whole(reader, patch, field, text) ||
               set_list(reader, patch, field, text, problem_r);
    return fields_value_read(reader, patch->kind, field, with_day(reader, patch, field, text),
               &value, problem_r) &&
           record_set(patch->message, field, &value, 1, reader->arena);
}

bool fields_set(const struct fields_reader *reader, struct fields_patch *patch,
    const ProtobufCFieldDescriptor *field, const char *text, struct fields_problem *problem_r)
{
    uint64_t bit = UINT64_C(1) << (field - patch->kind->descriptor->fields);
    char *copy = arena_copy(reader->arena, text, strlen(text));

    *problem_r = (struct fields_problem){.rule = "limit"};
    text_copy(problem_r->sentence, sizeof(problem_r->sentence), _("This is too much at once."));
    if (copy == NULL)
        return false;
    if ((patch->touched & bit) && field->label != PROTOBUF_C_LABEL_REPEATED)
        return fields_value_wrong(problem_r, field->name, "twice", _("“%s” is given twice."),
            words_show(WORDS_FIELD, field->name, reader->language));
    patch->touched |= bit;
    return set_text(reader, patch, field, text_trim(copy), problem_r);
}

bool fields_word(const struct fields_reader *reader, struct fields_patch *patch, const char *word,
    struct fields_problem *problem_r)
{
    const ProtobufCFieldDescriptor *field;
    const char *equals = strchr(word, '=');
    char *name;

    if (equals == NULL || equals == word)
        return fields_value_wrong(
            problem_r, NULL, "shape", _("“%s” is not of the form field=value."), word);
    name = arena_copy(reader->arena, word, (size_t)(equals - word));
    if (name == NULL)
        return fields_value_wrong(problem_r, NULL, "limit", _("This is too much at once."));
    text_trim(name);
    field = fields_find(patch->kind, name);
    if (field == NULL) {
        fields_unknown(reader, patch->kind, name, problem_r);
        return false;
    }
    return fields_set(reader, patch, field, equals + 1, problem_r);
}

bool fields_refer(const struct fields_reader *reader, struct fields_patch *patch, const char *field,
    const uint8_t id[UUID_SIZE])
{
    const ProtobufCFieldDescriptor *descriptor = record_field(patch->kind, field);
    struct record_value value = {.size = UUID_SIZE};

    value.data = arena_copy(reader->arena, id, UUID_SIZE);
    return value.data != NULL && descriptor != NULL &&
           record_set(patch->message, descriptor, &value, 1, reader->arena);
}

/* --- deadlines ---------------------------------------------------------------------------------
 */

static bool put(const struct fields_reader *reader, struct fields_patch *patch, const char *name,
    struct record_value value, bool present, bool all)
{
    const ProtobufCFieldDescriptor *field = record_field(patch->kind, name);

    if (!present && !all)
        return true;
    if (!present)
        add_clear(patch, name);
    return record_set(patch->message, field, &value, present ? 1 : 0, reader->arena);
}

static bool put_text(const struct fields_reader *reader, struct fields_patch *patch,
    const char *name, const char *text, size_t size, bool all)
{
    struct record_value value = {.data = arena_copy(reader->arena, text, size), .size = size};

    return value.data != NULL && put(reader, patch, name, value, size > 0, all);
}

static bool put_day(const struct fields_reader *reader, struct fields_patch *patch,
    const char *name, int32_t day, bool all)
{
    char iso[11];

    date_format(day, iso);
    return put_text(reader, patch, name, iso, strlen(iso), all);
}

static bool put_number(const struct fields_reader *reader, struct fields_patch *patch,
    const char *name, int number, bool all)
{
    return put(reader, patch, name, (struct record_value){.number = number}, number != 0, all);
}

bool fields_schedule(const struct fields_reader *reader, struct fields_patch *patch,
    const struct schedule *schedule, bool all)
{
    return put_text(reader, patch, "text", schedule->text, schedule->text_length, all) &&
           put_text(reader, patch, "label", schedule->label, strlen(schedule->label), all) &&
           put_number(reader, patch, "mode", (int)schedule->mode, all) &&
           put_day(reader, patch, "earliest", schedule->earliest, all) &&
           put_day(reader, patch, "latest", schedule->latest, all) &&
           put_number(reader, patch, "precision", (int)schedule->precision, all) &&
           put_number(reader, patch, "times_min", schedule->times_min, all) &&
           put_number(reader, patch, "times_max", schedule->times_max, all) &&
           put_text(reader, patch, "calendar_of", schedule->calendar_of,
               strlen(schedule->calendar_of), all);
}

/* --- the other way -----------------------------------------------------------------------------
 */

const char *fields_missing(const struct fields_reader *reader, const struct fields_patch *patch,
    const ProtobufCMessage *base)
{
    char all[800] = "";

    for (unsigned i = 0; i < patch->kind->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &patch->kind->descriptor->fields[i];

        if ((kinds_field(patch->kind, field->name)->flags & KIND_REQUIRED) &&
            record_count(patch->message, field) == 0 &&
            (base == NULL || record_count(base, field) == 0))
            fields_value_join(
                all, sizeof(all), ", ", words_show(WORDS_FIELD, field->name, reader->language));
    }
    return all[0] == '\0' ? NULL : arena_copy(reader->arena, all, strlen(all));
}

/* The separator under which set_list cuts these values where they were joined. */
static const char *separator(const struct fields_reader *reader, const struct kind *kind,
    const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    for (size_t i = 0; i < record_count(message, field); i++)
        if (strchr(fields_value_show(reader, kind, field, record_get(message, field, i)), ';'))
            return "\n";
    return "; ";
}

const char *fields_show(const struct fields_reader *reader, const struct kind *kind,
    const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    size_t count = record_count(message, field);
    bool list = field->label == PROTOBUF_C_LABEL_REPEATED;
    const char *between = list ? separator(reader, kind, message, field) : "", *all = NULL;

    for (size_t i = 0; i < count && (i == 0 || all != NULL); i++) {
        const char *one = fields_value_show(reader, kind, field, record_get(message, field, i));

        all = i == 0 ? one : arena_printf(reader->arena, "%s%s%s", all, between, one);
    }
    /* A lone value with the weaker separator in it would be cut there. */
    if (list && count == 1 && all != NULL && strpbrk(all, ",;") != NULL)
        all = arena_printf(reader->arena, "%s%s", all, *between == '\n' ? "\n" : ";");
    return all == NULL ? "" : all;
}
