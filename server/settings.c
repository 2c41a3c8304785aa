#include "settings.h"

#include <errno.h>
#include <ini.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "i18n.h"
#include "text.h"

enum type { TEXT, NUMBER };

struct row {
    struct settings_row row;
    enum type type;
    size_t offset, size; /* in struct settings, or in struct settings_region */
    long min, max;
};

#define SIZE_OF(field) sizeof(((struct settings *)0)->field)
#define LIVE true
#define RESTART false
#define SERVER_TEXT(field, standard, reloadable, help)                                             \
    {                                                                                              \
        {"server", #field, standard, help, reloadable}, TEXT, offsetof(struct settings, field),    \
            SIZE_OF(field), 0, 0                                                                   \
    }
#define SERVER(field, standard, min, max, reloadable, help)                                        \
    {                                                                                              \
        {"server", #field, standard, help, reloadable}, NUMBER, offsetof(struct settings, field),  \
            0, min, max                                                                            \
    }
#define LIMIT(field, standard, min, max, help)                                                     \
    {                                                                                              \
        {"limits", #field, standard, help, LIVE}, NUMBER, offsetof(struct settings, field), 0,     \
            min, max                                                                               \
    }
#define LIMIT_AT_START(field, standard, min, max, help)                                            \
    {                                                                                              \
        {"limits", #field, standard, help, RESTART}, NUMBER, offsetof(struct settings, field), 0,  \
            min, max                                                                               \
    }
#define REGION(field, standard, reloadable, help)                                                  \
    {                                                                                              \
        {"region", #field, standard, help, reloadable}, TEXT,                                      \
            offsetof(struct settings_region, field), sizeof(((struct settings_region *)0)->field), \
            0, 0                                                                                   \
    }

#define MIB "1048576"
#define MAX_BYTES (1L << 40)
#define LINE_MAX_BYTES ((size_t)199) /* what inih reads as one line, its NUL included, is 200 */

static const struct row table[] = {
    SERVER_TEXT(listen, "0.0.0.0:7443", RESTART, N_("HOST:PORT that clients connect to; numeric")),
    SERVER_TEXT(
        address, "", LIVE, N_("HOST:PORT that invitations say, when clients see another one")),
    SERVER_TEXT(log_level, "info", LIVE, N_("error, warning, info or debug")),
    SERVER(workers, "1", 1, 64, RESTART,
        N_("processes that serve, on one port; limits are each one's own")),
    SERVER_TEXT(metrics, "", RESTART,
        N_("HOST:PORT of /metrics, /healthz, /readyz: loopback; none when empty")),
    SERVER_TEXT(user, "", RESTART, N_("who the daemon becomes when it is started by root")),
    SERVER(sandbox, "1", 0, 1, RESTART,
        N_("1: once it serves, only the system calls that serving needs")),
    SERVER_TEXT(
        backups, "", LIVE, N_("folder of the backups; empty: backups, in the state folder")),
    SERVER(backup_days, "2", 1, 3650, LIVE,
        N_("days after which doctor finds the newest backup too old")),
    SERVER(backups_kept, "30", 1, 10000, LIVE, N_("backups that are kept, the newest ones")),
    LIMIT(
        handshake_ms, "10000", 100, 600000, N_("milliseconds from accept to a finished handshake")),
    LIMIT(handshakes, "1000", 1, 1000000, N_("handshakes under way; one more ends the oldest")),
    LIMIT(frame_ms, "300000", 100, 86400000,
        N_("milliseconds from a frame's first byte to its last")),
    LIMIT(idle_ms, "600000", 100, 86400000, N_("milliseconds without a request before the end")),
    LIMIT(connections, "10000", 1, 1000000, N_("connections in all")),
    LIMIT(connections_per_address, "2000", 1, 1000000, N_("connections from one address")),
    LIMIT(connections_per_device, "32", 1, 1000000, N_("connections of one device")),
    LIMIT(requests, "64", 1, 10000, N_("requests under way in one connection")),
    LIMIT(operations, "5000", 1, 100000, N_("operations of one push")),
    LIMIT(batch, "1024", 1, 100000, N_("operations that the writer gathers into one commit")),
    LIMIT(queued, "50000", 1, 10000000,
        N_("operations that wait for the writer before it says busy")),
    LIMIT(
        output, "524288", 65536, MAX_BYTES, N_("bytes queued to a reader before it must catch up")),
    LIMIT(output_max, "4194304", 65536, MAX_BYTES, N_("bytes queued to a reader before it is cut")),
    LIMIT(feed, "16777216", 65536, MAX_BYTES,
        N_("bytes of recent records kept in memory, per region")),
    LIMIT_AT_START(
        store_connections, "4", 1, 64, N_("connections to PostgreSQL for reading, per region")),
    LIMIT(
        documents, "10737418240", 0, MAX_BYTES, N_("bytes of all documents together, per region")),
    LIMIT(joins_per_minute, "20", 1, 1000000, N_("failed joins from one address")),
    REGION(title, "", LIVE, N_("the region's name for people")),
    REGION(language, "fr", LIVE, N_("fr or en")),
    REGION(timezone, "America/Toronto", RESTART, N_("the region's IANA time zone")),
    REGION(database, "", RESTART,
        N_("libpq connection of the daemon's role, of one host or several; a password stands in "
           "it, "
           "not in ~/.pgpass")),
    REGION(owner_database, "", LIVE, N_("libpq connection of the role that owns the schema")),
    REGION(
        responsible, "", LIVE, N_("who answers for personal information, and how to reach them")),
    REGION(
        retention, "", LIVE, N_("months that kinds keep personal data: contact 24, attendance 36")),
};

#define ROWS (sizeof(table) / sizeof(table[0]))

const struct settings_row *settings_row(size_t index)
{
    return index < ROWS ? &table[index].row : NULL;
}

/* False when the value is not one of the row's. */
static bool set(void *object, const struct row *row, const char *value)
{
    char *end;
    long number;

    if (row->type == TEXT)
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
    for (size_t i = 0; i < ROWS; i++)
        if ((strcmp(table[i].row.section, "region") == 0) == region)
            set(object, &table[i], table[i].row.standard);
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

/* `line` is the one that inih has read last, `wrong` the first whose setting was not taken. */
struct reading {
    struct settings *settings;
    FILE *file;
    int line, wrong, cut;
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

static const char escaped[] = "\\;"; /* inih takes a semicolon after a space for a comment */

static void unescape(char *text)
{
    while ((text = strstr(text, escaped)) != NULL) {
        memmove(text, text + 1, strlen(text));
        text++;
    }
}

/* Each call is one line for inih, as long as its buffer is. */
static char *read_line(char *text, int size, void *arg)
{
    struct reading *reading = arg;
    char *read = fgets(text, size, reading->file);

    reading->line++;
    if (read != NULL && reading->cut == 0 && strchr(text, '\n') == NULL && !feof(reading->file))
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

static int on_line(void *arg, const char *section, const char *name, const char *value)
{
    struct reading *reading = arg;
    bool region = strncmp(section, "region ", 7) == 0;
    void *object =
        region ? (void *)region_of(reading->settings, section + 7) : (void *)reading->settings;
    char text[SETTINGS_TEXT];

    if (!text_copy(text, sizeof(text), value))
        return not_taken(reading, section, name, _("the value is too long"), "");
    unescape(text);
    for (size_t i = 0; object != NULL && i < ROWS; i++)
        if (strcmp(table[i].row.section, region ? "region" : section) == 0 &&
            strcmp(table[i].row.name, name) == 0)
            return set(object, &table[i], text)
                       ? 1
                       : not_taken(reading, section, name, _("the value is not right"),
                             _(table[i].row.help));
    return not_taken(reading, section, name, _("there is no such setting"), "");
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
    if (line == 0 && reading.cut == 0)
        return true;
    if (reading.cut > 0 && (line == 0 || reading.cut <= line)) {
        snprintf(why_r, size, _("%s: line %d: it is too long"), path, reading.cut);
        return false;
    }
    text_copy(what, sizeof(what), line == reading.wrong ? why_r : _("it is not a setting"));
    snprintf(why_r, size, _("%s: line %d: %s"), path, line, what);
    return false;
}

static bool same(const struct row *row, const void *a, const void *b)
{
    const char *left = (const char *)a + row->offset, *right = (const char *)b + row->offset;

    return row->type == TEXT ? strcmp(left, right) == 0 : memcmp(left, right, sizeof(long)) == 0;
}

/* One object's rows: of the server and its limits, or of a region. */
static void reload(
    void *live, const void *fresh, const char *region, settings_waits_cb *waits, void *arg)
{
    for (size_t i = 0; i < ROWS; i++) {
        const struct row *row = &table[i];
        bool of_region = strcmp(row->row.section, "region") == 0;

        if (of_region != (region != NULL) || same(row, live, fresh))
            continue;
        if (row->row.reloadable)
            memcpy((char *)live + row->offset, (const char *)fresh + row->offset,
                row->type == TEXT ? row->size : sizeof(long));
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

/* False with EINVAL for a text that would not read back as it is. */
static bool write_text(FILE *file, const struct row *row, const char *text)
{
    size_t size = strlen(text);

    if (strpbrk(text, "\r\n") != NULL || strstr(text, escaped) != NULL ||
        (size > 0 && (text[0] == ' ' || text[0] == '\t' || text[size - 1] == ' ' ||
                         text[size - 1] == '\t'))) {
        errno = EINVAL;
        return false;
    }
    size += strlen(row->row.name) + sizeof(" = \n");
    for (const char *c = text; *c != '\0'; c++)
        size += *c == ';';
    if (size > LINE_MAX_BYTES) {
        errno = EINVAL;
        return false;
    }
    fprintf(file, "%s = ", row->row.name);
    for (const char *c = text; *c != '\0'; c++)
        fprintf(file, *c == ';' ? "\\;" : "%c", *c);
    return fputc('\n', file) != EOF;
}

/* A section without a value would not be read back: a region always has its title. */
static bool names_region(const struct row *row)
{
    return strcmp(row->row.section, "region") == 0 && strcmp(row->row.name, "title") == 0;
}

static bool write_row(FILE *file, const void *object, const struct row *row)
{
    char value[SETTINGS_TEXT];

    if (row->type == TEXT)
        text_copy(value, sizeof(value), (const char *)object + row->offset);
    else {
        long number;

        memcpy(&number, (const char *)object + row->offset, sizeof(number));
        snprintf(value, sizeof(value), "%ld", number);
    }
    fprintf(file, "; %s\n", _(row->row.help));
    if (strcmp(value, row->row.standard) == 0 && !names_region(row))
        return fprintf(file, "; %s = %s\n", row->row.name, value) > 0;
    return write_text(file, row, value);
}

static bool write_section(FILE *file, const char *section, const void *object)
{
    for (size_t i = 0; i < ROWS; i++)
        if (strcmp(table[i].row.section, section) == 0 && !write_row(file, object, &table[i]))
            return false;
    return true;
}

static bool write_region(const struct settings_region *region, FILE *file)
{
    fprintf(file, "\n[region %s]\n", region->name);
    return write_section(file, "region", region);
}

static bool write_all(const struct settings *settings, FILE *file)
{
    bool written;

    fprintf(file, "[server]\n");
    written = write_section(file, "server", settings);
    fprintf(file, "\n[limits]\n");
    written = written && write_section(file, "limits", settings);
    for (size_t i = 0; written && i < settings->n_regions; i++)
        written = write_region(&settings->regions[i], file);
    return written;
}

/* What is there, byte for byte, for a new file of the same owner and mode. */
static bool copy_file(const char *path, FILE *file)
{
    FILE *from = fopen(path, "r");
    struct stat status;
    int c = EOF, last = '\n';
    bool copied = from != NULL && fstat(fileno(from), &status) == 0 &&
                  fchown(fileno(file), status.st_uid, status.st_gid) == 0 &&
                  fchmod(fileno(file), status.st_mode & 07777) == 0;

    for (; copied && (c = fgetc(from)) != EOF; last = c)
        copied = fputc(c, file) != EOF;
    copied = copied && !ferror(from) && (last == '\n' || fputc('\n', file) != EOF);
    if (from != NULL)
        fclose(from);
    return copied;
}

/* One of the two is to be written: all settings, or one more region behind what `path` holds. */
static bool replace(
    const char *path, const struct settings *settings, const struct settings_region *region)
{
    char draft[4096];
    FILE *file;
    bool written;
    int wrong;

    if ((size_t)snprintf(draft, sizeof(draft), "%s.new", path) >= sizeof(draft)) {
        errno = ENAMETOOLONG;
        return false;
    }
    file = fopen(draft, "w");
    if (file == NULL)
        return false;
    written = settings != NULL ? write_all(settings, file)
                               : copy_file(path, file) && write_region(region, file);
    written = written && fflush(file) == 0 && fsync(fileno(file)) == 0;
    wrong = errno;
    if (fclose(file) == 0 && written && rename(draft, path) == 0)
        return true;
    wrong = written ? errno : wrong;
    unlink(draft);
    errno = wrong;
    return false;
}

bool settings_write(const struct settings *settings, const char *path)
{
    return replace(path, settings, NULL);
}

bool settings_add_region(const struct settings_region *region, const char *path)
{
    return replace(path, NULL, region);
}
