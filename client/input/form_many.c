#include "input/form_many.h"

#include <string.h>
#include <strings.h>

#include "i18n.h"
#include "input/fields_value.h"
#include "text.h"
#include "words.h"

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
        pen->text = text == NULL ? NULL
                                 : arena_printf(pen->reader->arena, "%s%s%s%s", pen->text, before,
                                       text, after);
}

static void add_heading(struct pen *pen, const char *heading)
{
    while (*heading != '\0') {
        size_t length = strcspn(heading, "\n");

        add(pen, "# ", arena_copy(pen->reader->arena, heading, length), "\n");
        heading += length + (heading[length] == '\n');
    }
}

/* "# état : non commencée, en cours, …", once for all sections. */
static void add_choices(
    struct pen *pen, const struct kind *kind, const ProtobufCFieldDescriptor *field)
{
    const ProtobufCEnumDescriptor *list = field->descriptor;

    if (field->type != PROTOBUF_C_TYPE_ENUM)
        return;
    add(pen, "# ", words_show(WORDS_FIELD, field->name, pen->reader->language), _(":"));
    for (unsigned i = 0; i < list->n_values; i++) {
        struct record_value value = {.number = list->values[i].value};

        add(pen, i == 0 ? " " : ", ", fields_value_show(pen->reader, kind, field, value), "");
    }
    add(pen, "", "", "\n");
}

const char *form_many_write(const struct fields_reader *reader, const char *heading,
    const struct form_part *parts, size_t count, const char *const *names, size_t n_names)
{
    struct pen pen = {.reader = reader, .text = ""};

    add_heading(&pen, heading);
    for (size_t i = 0; i < n_names && count > 0; i++)
        add_choices(&pen, parts[0].entry->kind, record_field(parts[0].entry->kind, names[i]));
    for (size_t i = 0; i < count; i++) {
        add(&pen, "\n[", parts[i].entry->handle, "] ");
        add(&pen, "", parts[i].title, "\n");
        add(&pen, "", form_lines(reader, parts[i].entry, names, n_names), "");
    }
    return pen.text;
}

/* --- reading -----------------------------------------------------------------------------------
 */

static bool wrong(struct fields_problem *problem_r, unsigned line, const char *sentence)
{
    return fields_value_wrong(problem_r, NULL, "shape", _("Line %d: %s"), (int)line, sentence);
}

/* The part whose section begins on the line; NULL with problem_r. */
static struct form_part *part_of(const struct fields_reader *reader, struct form_part *parts,
    size_t count, const char *line, unsigned number, struct fields_problem *problem_r)
{
    size_t length = strcspn(line, "]\n");
    char *handle = arena_copy(reader->arena, line + 1, length - 1);

    for (size_t i = 0; handle != NULL && line[length] == ']' && i < count; i++) {
        if (strcasecmp(parts[i].entry->handle, text_trim(handle)) != 0)
            continue;
        if (!parts[i].read)
            return &parts[i];
        wrong(problem_r, number,
            arena_printf(reader->arena, _("the section of %s is there twice."), handle));
        return NULL;
    }
    wrong(problem_r, number,
        arena_printf(reader->arena,
            _("“%s” is not one of these records. Leave the lines in brackets as they were."),
            handle == NULL ? "" : handle));
    return NULL;
}

/* The section's text with as many empty lines before it as the whole has, so that what is wrong is
 * told with the whole's line. */
static const char *section(
    const struct fields_reader *reader, const char *begin, size_t length, unsigned before)
{
    char *text = arena_alloc(reader->arena, before + length + 1);

    if (text == NULL)
        return NULL;
    memset(text, '\n', before);
    memcpy(text + before, begin, length);
    text[before + length] = '\0';
    return text;
}

/* Bytes of the lines up to the next section; *lines_r: how many. */
static size_t section_length(const char *text, unsigned *lines_r)
{
    const char *at = text;

    *lines_r = 0;
    while (*at != '\0' && *at != '[') {
        size_t length = strcspn(at, "\n");

        at += length + (at[length] == '\n');
        ++*lines_r;
    }
    return (size_t)(at - text);
}

bool form_many_read(const struct fields_reader *reader, struct form_part *parts, size_t count,
    const char *text, struct fields_problem *problem_r)
{
    unsigned lines, number = 1;

    for (size_t i = 0; i < count; i++)
        parts[i].read = false;
    text += section_length(text, &lines);
    number += lines;
    while (*text != '\0') {
        struct form_part *part = part_of(reader, parts, count, text, number, problem_r);
        const char *body = strchr(text, '\n'), *one;
        size_t length;

        if (part == NULL)
            return false;
        body = body == NULL ? text + strlen(text) : body + 1;
        length = section_length(body, &lines);
        one = section(reader, body, length, number);
        if (one == NULL || !form_read(reader, part->entry, one, &part->patch, problem_r))
            return one != NULL ? false : wrong(problem_r, number, _("This is too much at once."));
        part->read = true;
        number += 1 + lines;
        text = body + length;
    }
    return true;
}
