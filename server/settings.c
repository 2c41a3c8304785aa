#include "settings.h"

#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "settings_fields.h"
#include "text.h"

/* False when the value is not one of the row's. */
static bool set(void *object, const struct settings_field *row, const char *value)
{
    char *end;
    long number;

    if (row->type == SETTINGS_TEXT_VALUE)
        return text_copy((char *)object + row->offset, row->size, value);
    errno = 0;
    number = strtol(value, &end, 10);
    if (errno != 0 || end == value || *end != '\0' || number < row->min || number > row->max)
        return false;
    memcpy((char *)object + row->offset, &number, sizeof(number));
    return true;
}

static void set_defaults(void *object, bool region)
{
    for (size_t i = 0; i < settings_fields_count; i++)
        if ((strcmp(settings_fields[i].row.section, "region") == 0) == region)
            set(object, &settings_fields[i], settings_fields[i].row.standard);
}

void settings_defaults(struct settings *settings_r)
{
    memset(settings_r, 0, sizeof(*settings_r));
    set_defaults(settings_r, false);
}

void settings_region_defaults(struct settings_region *region_r)
{
    memset(region_r, 0, sizeof(*region_r));
    set_defaults(region_r, true);
}

/* `line` is the one that inih has read last, `wrong` the first whose setting was not taken. A line
 * that begins with a space goes on with the value above it, once a section has one. */
struct reading {
    struct settings *settings;
    FILE *file;
    int line, wrong, cut, failed; /* failed: errno; 0: it was read to its end */
    int given[SETTINGS_REGIONS_MAX + 1][SETTINGS_FIELDS_MAX]; /* in which line; 0: not yet */
    bool indented, named;
    char *why;
    size_t size;
};

/* The region of a section "region NAME", made when new; NULL when there are too many. */
static struct settings_region *region_of(struct settings *settings, const char *name)
{
    struct settings_region *region;

    for (size_t i = 0; i < settings->n_regions; i++)
        if (strcmp(settings->regions[i].name, name) == 0)
            return &settings->regions[i];
    if (settings->n_regions == SETTINGS_REGIONS_MAX || *name == '\0')
        return NULL;
    region = &settings->regions[settings->n_regions++];
    settings_region_defaults(region);
    return text_copy(region->name, sizeof(region->name), name) ? region : NULL;
}

static void unescape(char *text)
{
    while ((text = strstr(text, SETTINGS_SEMICOLON)) != NULL) {
        memmove(text, text + 1, strlen(text));
        text++;
    }
}

static bool is_comment(const char *line)
{
    const char *c = line + strspn(line, SETTINGS_BLANKS);

    return *c == ';' || *c == '#';
}

/* Each call is one line for inih, as long as its buffer is. */
static char *read_line(char *text, int size, void *arg)
{
    struct reading *reading = arg;
    char *read = fgets(text, size, reading->file);
    int c = 0;

    reading->line++;
    if (read == NULL) {
        reading->failed = ferror(reading->file) ? errno : 0;
        return NULL;
    }
    reading->indented = isspace((unsigned char)text[0]);
    reading->named = reading->named && text[0] != '[';
    if (strchr(text, '\n') == NULL && !feof(reading->file) && is_comment(text))
        while (c != EOF && c != '\n')
            c = fgetc(reading->file);
    else if (reading->cut == 0 && strchr(text, '\n') == NULL && !feof(reading->file))
        reading->cut = reading->line;
    return read;
}

static int not_taken(struct reading *reading, const char *section, const char *name,
    const char *what, const char *help)
{
    if (reading->wrong == 0) {
        reading->wrong = reading->line;
        snprintf(reading->why, reading->size, "[%s] %s: %s%s%s%s", section, name, what,
            *help == '\0' ? "" : " (", help, *help == '\0' ? "" : ")");
    }
    return 0;
}

/* What the line says: some versions of inih leave a comment behind what goes on. */
static bool take_text(char text_r[SETTINGS_TEXT], const char *value, bool more)
{
    size_t size = 0;

    while (value[size] != '\0' && !(more && size > 0 && value[size] == ';' &&
                                      strchr(SETTINGS_BLANKS, value[size - 1]) != NULL))
        size++;
    while (size > 0 && strchr(SETTINGS_BLANKS, value[size - 1]) != NULL)
        size--;
    if (size >= SETTINGS_TEXT)
        return false;
    memcpy(text_r, value, size);
    text_r[size] = '\0';
    unescape(text_r);
    return true;
}

/* The text behind what the setting has already. False when that is too long. */
static bool join(const char *before, char text[SETTINGS_TEXT])
{
    char whole[2 * SETTINGS_TEXT];

    snprintf(whole, sizeof(whole), "%s%s%s", before, *before == '\0' ? "" : " ", text);
    return text_copy(text, SETTINGS_TEXT, whole);
}

/* A setting of one section, however often that begins, is given once. */
static bool is_new(struct reading *reading, const struct settings_region *region,
    const char *section, const struct settings_field *row)
{
    size_t place =
        region == NULL ? SETTINGS_REGIONS_MAX : (size_t)(region - reading->settings->regions);
    int *given = &reading->given[place][row - settings_fields];
    char what[128];

    if (*given == 0) {
        *given = reading->line;
        return true;
    }
    snprintf(what, sizeof(what), _("it is given in line %d already"), *given);
    not_taken(reading, section, row->row.name, what, "");
    return false;
}

/* The value, and with `more` what it goes on with. */
static int take(struct reading *reading, const char *section, const struct settings_field *row,
    const char *value, bool more)
{
    bool of_region = strncmp(section, "region ", 7) == 0;
    struct settings_region *region = of_region ? region_of(reading->settings, section + 7) : NULL;
    void *object = of_region ? (void *)region : (void *)reading->settings;
    const char *name = row->row.name;
    char text[SETTINGS_TEXT];

    if (of_region && strlen(section + 7) > SETTINGS_NAME_MAX)
        return not_taken(reading, section, name, _("the region's name is too long"), "");
    if (object == NULL)
        return not_taken(reading, section, name, _("there is no such setting"), "");
    if (!more && !is_new(reading, region, section, row))
        return 0;
    if (more && settings_fields_is_set(section, value))
        return not_taken(reading, section, name,
            _("this line would go on with it, for it begins with a space: take that away"), "");
    if (!take_text(text, value, more) || (more && row->type == SETTINGS_TEXT_VALUE &&
                                             !join((const char *)object + row->offset, text)))
        return not_taken(reading, section, name, _("the value is too long"), "");
    if ((more && row->type == SETTINGS_NUMBER) || !set(object, row, text))
        return not_taken(reading, section, name, _("the value is not right"), _(row->row.help));
    return 1;
}

static int on_line(void *arg, const char *section, const char *name, const char *value)
{
    struct reading *reading = arg;
    const struct settings_field *row = settings_fields_find(section, name);
    bool more = reading->indented && reading->named;

    reading->named = true;
    return row == NULL ? not_taken(reading, section, name, _("there is no such setting"), "")
                       : take(reading, section, row, value, more);
}

bool settings_read(struct settings *settings_r, const char *path, char *why_r, size_t size)
{
    struct reading reading = {.settings = settings_r, .why = why_r, .size = size};
    char what[256];
    int line;

    settings_defaults(settings_r);
    reading.file = fopen(path, "r");
    if (reading.file == NULL) {
        snprintf(why_r, size, "%s: %s", path, strerror(errno));
        return false;
    }
    line = ini_parse_stream(read_line, &reading, on_line, &reading);
    fclose(reading.file);
    if (reading.failed != 0) {
        snprintf(why_r, size, "%s: %s", path, strerror(reading.failed));
        return false;
    }
    if (line == 0 && reading.cut == 0)
        return true;
    if (reading.cut > 0 && (line == 0 || reading.cut <= line)) {
        snprintf(why_r, size,
            _("%s: line %d: it is too long: %zu bytes at most; a line that begins with a space "
              "goes on with the value above it"),
            path, reading.cut, SETTINGS_LINE_MAX);
        return false;
    }
    text_copy(what, sizeof(what), line == reading.wrong ? why_r : _("it is not a setting"));
    snprintf(why_r, size, _("%s: line %d: %s"), path, line, what);
    return false;
}

static bool same(const struct settings_field *row, const void *a, const void *b)
{
    const char *left = (const char *)a + row->offset, *right = (const char *)b + row->offset;

    return row->type == SETTINGS_TEXT_VALUE ? strcmp(left, right) == 0
                                            : memcmp(left, right, sizeof(long)) == 0;
}

/* One object's rows: of the server and its limits, or of a region. */
static void reload(
    void *live, const void *fresh, const char *region, settings_waits_cb *waits, void *arg)
{
    for (size_t i = 0; i < settings_fields_count; i++) {
        const struct settings_field *row = &settings_fields[i];
        bool of_region = strcmp(row->row.section, "region") == 0;

        if (of_region != (region != NULL) || same(row, live, fresh))
            continue;
        if (row->row.reloadable)
            memcpy((char *)live + row->offset, (const char *)fresh + row->offset,
                row->type == SETTINGS_TEXT_VALUE ? row->size : sizeof(long));
        else
            waits(arg, of_region ? region : row->row.section, row->row.name);
    }
}

static size_t find_region(const struct settings *settings, const char *name)
{
    size_t i = 0;

    while (i < settings->n_regions && strcmp(settings->regions[i].name, name) != 0)
        i++;
    return i;
}

void settings_reload(
    struct settings *live, const struct settings *fresh, settings_waits_cb *waits, void *arg)
{
    reload(live, fresh, NULL, waits, arg);
    for (size_t i = 0; i < live->n_regions; i++) {
        size_t found = find_region(fresh, live->regions[i].name);

        if (found < fresh->n_regions)
            reload(&live->regions[i], &fresh->regions[found], live->regions[i].name, waits, arg);
        else
            waits(arg, live->regions[i].name, "removed");
    }
    for (size_t i = 0; i < fresh->n_regions; i++)
        if (find_region(live, fresh->regions[i].name) == live->n_regions)
            waits(arg, fresh->regions[i].name, "added");
}
