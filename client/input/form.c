#include "input/form.h"

#include <stdio.h>
#include <string.h>

#include "i18n.h"
#include "input/fields_value.h"
#include "text.h"
#include "words.h"

#define INDENT "    "
#define INDENT_SIZE (sizeof(INDENT) - 1)

/* --- writing -----------------------------------------------------------------------------------
 */

/* Text that grows in the arena; `text` NULL at its limit. */
struct pen {
    const struct fields_reader *reader;
    const char *text;
};

static void add(struct pen *pen, const char *before, const char *text, const char *after)
{
    if (pen->text != NULL)
        pen->text = arena_printf(pen->reader->arena, "%s%s%s%s", pen->text, before, text, after);
}

static bool may_change(const struct kind *kind, const ProtobufCFieldDescriptor *field)
{
    return !(kinds_field(kind, field->name)->flags & (KIND_FIXED | KIND_SERVER)) &&
           (field->type != PROTOBUF_C_TYPE_BYTES || kinds_is_reference(kind, field));
}

/* The words of a closed list, as a comment above its field. */
static void add_choices(
    struct pen *pen, const struct kind *kind, const ProtobufCFieldDescriptor *field)
{
    const ProtobufCEnumDescriptor *list = field->descriptor;

    if (field->type != PROTOBUF_C_TYPE_ENUM)
        return;
    for (unsigned i = 0; i < list->n_values; i++) {
        struct record_value value = {.number = list->values[i].value};

        add(pen, i == 0 ? "#   " : ", ", fields_value_show(pen->reader, kind, field, value), "");
    }
    add(pen, "", "", "\n");
}

static void add_lines(struct pen *pen, const char *value)
{
    const char *rest = value;

    add(pen, "\n", "", "");
    while (rest != NULL) {
        const char *end = strchr(rest, '\n');
        char *line =
            arena_copy(pen->reader->arena, rest, end == NULL ? strlen(rest) : (size_t)(end - rest));

        add(pen, INDENT, line == NULL ? "" : line, "\n");
        rest = end == NULL ? NULL : end + 1;
    }
}

static void add_field(
    struct pen *pen, const struct book_entry *entry, const ProtobufCFieldDescriptor *field)
{
    const char *value = fields_show(pen->reader, entry->kind, entry->body, field);

    add(pen, words_show(WORDS_FIELD, field->name, pen->reader->language), _(":"), "");
    if (strchr(value, '\n') != NULL)
        add_lines(pen, value);
    else
        add(pen, *value == '\0' ? "" : " ", value, "\n");
}

/* What cannot be changed is told beside the heading. */
static void add_heading(struct pen *pen, const struct book_entry *entry)
{
    add(pen, "# ", words_show(WORDS_KIND, entry->kind->name, pen->reader->language), " ");
    add(pen, entry->handle, " · ", book_label(pen->reader->book, entry));
    add(pen, "\n# ",
        _("One field to a line. A longer text goes on below, four spaces in from the margin."),
        "\n# ");
    add(pen, _("Nothing behind the colon empties the field. Lines with # are not read."), "",
        "\n# ");
    add(pen, _("Save and leave the editor to send what changed."), "", "\n\n");
}

const char *form_write(const struct fields_reader *reader, const struct book_entry *entry)
{
    struct pen pen = {.reader = reader, .text = ""};

    add_heading(&pen, entry);
    for (unsigned i = 0; i < entry->kind->descriptor->n_fields; i++)
        if (may_change(entry->kind, &entry->kind->descriptor->fields[i])) {
            add_choices(&pen, entry->kind, &entry->kind->descriptor->fields[i]);
            add_field(&pen, entry, &entry->kind->descriptor->fields[i]);
        }
    return pen.text;
}

const char *form_lines(const struct fields_reader *reader, const struct book_entry *entry,
    const char *const *names, size_t count)
{
    struct pen pen = {.reader = reader, .text = ""};

    for (size_t i = 0; i < count; i++)
        add_field(&pen, entry, record_field(entry->kind, names[i]));
    return pen.text;
}

/* --- reading -----------------------------------------------------------------------------------
 */

/* One look at the text, line by line. */
struct look {
    const struct fields_reader *reader;
    const struct book_entry *entry;
    struct fields_patch *patch;
    struct fields_problem *problem;
    const ProtobufCFieldDescriptor *field; /* whose value is being read; NULL: none yet */
    char *value;
    int line, begun; /* numbers from 1 */
};

/* Puts the line's number before the sentence. */
static bool at_line(struct look *look, int line)
{
    char sentence[sizeof(look->problem->sentence)];

    text_copy(sentence, sizeof(sentence), look->problem->sentence);
    return fields_value_wrong(
        look->problem, look->problem->field, look->problem->rule, _("Line %d: %s"), line, sentence);
}

/* Takes the carriage returns out, which no line of the text keeps. */
static void drop_returns(char *text)
{
    char *to = text;

    for (; *text != '\0'; text++)
        if (*text != '\r')
            *to++ = *text;
    *to = '\0';
}

/* A value as typed is compared with what was written: only what the person touched is read. */
static bool finish(struct look *look)
{
    const char *before;
    char *trimmed;

    if (look->field == NULL)
        return true;
    before = fields_show(look->reader, look->entry->kind, look->entry->body, look->field);
    trimmed = arena_copy(look->reader->arena, before, strlen(before));
    if (trimmed == NULL)
        return true;
    drop_returns(trimmed);
    if (strcmp(text_trim(trimmed), text_trim(look->value)) == 0)
        return true;
    if (fields_set(look->reader, look->patch, look->field, look->value, look->problem))
        return true;
    return at_line(look, look->begun);
}

static bool begin(struct look *look, char *line)
{
    char *colon = strchr(line, ':');
    const ProtobufCFieldDescriptor *field;

    if (colon == NULL) {
        fields_value_wrong(look->problem, NULL, "shape",
            _("“%s” is not of the form “field: value”. A longer text is indented by four spaces."),
            line);
        return at_line(look, look->line);
    }
    *colon = '\0';
    field = fields_find(look->entry->kind, text_trim(line));
    if (field == NULL) {
        fields_unknown(look->reader, look->entry->kind, line, look->problem);
        return at_line(look, look->line);
    }
    look->field = field;
    look->begun = look->line;
    look->value = arena_copy(look->reader->arena, colon + 1, strlen(colon + 1));
    return look->value != NULL;
}

static bool go_on(struct look *look, const char *line)
{
    size_t skip = 0;

    while (skip < INDENT_SIZE && line[skip] == ' ')
        skip++;
    if (line[0] == '\t')
        skip = 1;
    if (look->field == NULL)
        return true;
    look->value = arena_printf(look->reader->arena, "%s\n%s", look->value, line + skip);
    return look->value != NULL;
}

static bool take_line(struct look *look, char *line)
{
    size_t length = strlen(line);

    if (length > 0 && line[length - 1] == '\r')
        line[length - 1] = '\0';
    if (line[0] == '#')
        return true;
    if (line[0] == ' ' || line[0] == '\t' || line[0] == '\0')
        return go_on(look, line);
    return finish(look) && begin(look, line);
}

bool form_read(const struct fields_reader *reader, const struct book_entry *entry, const char *text,
    struct fields_patch *patch_r, struct fields_problem *problem_r)
{
    struct look look = {.reader = reader, .entry = entry, .patch = patch_r, .problem = problem_r};
    char *rest = arena_copy(reader->arena, text, strlen(text)), *line;

    fields_value_wrong(problem_r, NULL, "limit", "%s", _("This is too much at once."));
    if (rest == NULL || !fields_begin(reader, entry->kind, patch_r))
        return false;
    while ((line = strsep(&rest, "\n")) != NULL) {
        look.line++;
        if (!take_line(&look, line))
            return false;
    }
    return finish(&look);
}
