#include "settings.h"

#include <errno.h>
#include <ini.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "text.h"

enum type { TEXT, NUMBER };

struct row {
    struct settings_row row;
    enum type type;
    size_t offset, size; /* in struct settings, or in struct settings_region */
    long min, max;
};

#define SIZE_OF(field) sizeof(((struct settings *)0)->field)
#define SERVER_TEXT(field, standard, help) \
    {{"server", #field, standard, help}, TEXT, offsetof(struct settings, field), SIZE_OF(field), 0, 0}
#define LIMIT(field, standard, min, max, help) \
    {{"limits", #field, standard, help}, NUMBER, offsetof(struct settings, field), 0, min, max}
#define REGION(field, standard, help) \
    {{"region", #field, standard, help}, TEXT, offsetof(struct settings_region, field), \
        sizeof(((struct settings_region *)0)->field), 0, 0}

#define MIB "1048576"
#define MAX_BYTES (1L << 40)

static const struct row table[] = {
    SERVER_TEXT(listen, "0.0.0.0:7443", "HOST:PORT that clients connect to; numeric"),
    SERVER_TEXT(address, "", "HOST:PORT that invitations say, when clients see another one"),
    SERVER_TEXT(log_level, "info", "error, warning, info or debug"),
    {{"server", "workers", "1", "processes that serve, on one port; limits are each one's own"},
        NUMBER, offsetof(struct settings, workers), 0, 1, 64},
    LIMIT(handshake_ms, "10000", 100, 600000, "milliseconds from accept to a finished handshake"),
    LIMIT(idle_ms, "600000", 100, 86400000, "milliseconds without a request before the end"),
    LIMIT(connections, "10000", 1, 1000000, "connections in all"),
    LIMIT(connections_per_address, "2000", 1, 1000000, "connections from one address"),
    LIMIT(connections_per_device, "32", 1, 1000000, "connections of one device"),
    LIMIT(requests, "64", 1, 10000, "requests under way in one connection"),
    LIMIT(operations, "5000", 1, 100000, "operations of one push"),
    LIMIT(batch, "1024", 1, 100000, "operations that the writer gathers into one commit"),
    LIMIT(queued, "50000", 1, 10000000, "operations that wait for the writer before it says busy"),
    LIMIT(output, "524288", 65536, MAX_BYTES, "bytes queued to a reader before it must catch up"),
    LIMIT(output_max, "4194304", 65536, MAX_BYTES, "bytes queued to a reader before it is cut"),
    LIMIT(feed, "16777216", 65536, MAX_BYTES, "bytes of recent records kept in memory, per region"),
    LIMIT(store_connections, "4", 1, 64, "connections to PostgreSQL for reading, per region"),
    LIMIT(joins_per_minute, "20", 1, 1000000, "failed joins from one address"),
    REGION(title, "", "the region's name for people"),
    REGION(language, "fr", "fr or en"),
    REGION(timezone, "America/Toronto", "the region's IANA time zone"),
    REGION(database, "", "libpq connection of the daemon's role"),
    REGION(owner_database, "", "libpq connection of the role that owns the schema"),
};

#define ROWS (sizeof(table) / sizeof(table[0]))

const struct settings_row *settings_rows(size_t *count_r)
{
    static struct settings_row rows[ROWS];

    for (size_t i = 0; i < ROWS; i++)
        rows[i] = table[i].row;
    *count_r = ROWS;
    return rows;
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

struct reading {
    struct settings *settings;
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

static int on_line(void *arg, const char *section, const char *name, const char *value)
{
    struct reading *reading = arg;
    bool region = strncmp(section, "region ", 7) == 0;
    void *object = region ? (void *)region_of(reading->settings, section + 7)
                          : (void *)reading->settings;

    for (size_t i = 0; object != NULL && i < ROWS; i++)
        if (strcmp(table[i].row.section, region ? "region" : section) == 0 &&
            strcmp(table[i].row.name, name) == 0) {
            if (set(object, &table[i], value))
                return 1;
            snprintf(reading->why, reading->size, "[%s] %s: the value is not one (%s)", section,
                name, table[i].row.help);
            return 0;
        }
    snprintf(reading->why, reading->size, "[%s] %s: there is no such setting", section, name);
    return 0;
}

bool settings_read(struct settings *settings_r, const char *path, char *why_r, size_t size)
{
    struct reading reading = {settings_r, why_r, size};
    char what[256];
    int line;

    settings_defaults(settings_r);
    snprintf(why_r, size, "it is not a settings file");
    line = ini_parse(path, on_line, &reading);
    if (line == 0)
        return true;
    if (line < 0) {
        snprintf(why_r, size, "%s: %s", path, strerror(errno));
        return false;
    }
    text_copy(what, sizeof(what), why_r);
    snprintf(why_r, size, "%s: line %d: %s", path, line, what);
    return false;
}

static void write_row(FILE *file, const void *object, const struct row *row)
{
    char value[SETTINGS_TEXT];

    if (row->type == TEXT)
        text_copy(value, sizeof(value), (const char *)object + row->offset);
    else {
        long number;

        memcpy(&number, (const char *)object + row->offset, sizeof(number));
        snprintf(value, sizeof(value), "%ld", number);
    }
    fprintf(file, "; %s\n%s%s = %s\n", row->row.help,
        strcmp(value, row->row.standard) == 0 ? "; " : "", row->row.name, value);
}

static void write_section(FILE *file, const char *section, const void *object)
{
    for (size_t i = 0; i < ROWS; i++)
        if (strcmp(table[i].row.section, section) == 0)
            write_row(file, object, &table[i]);
}

static bool write_all(const struct settings *settings, FILE *file)
{
    fprintf(file, "[server]\n");
    write_section(file, "server", settings);
    fprintf(file, "\n[limits]\n");
    write_section(file, "limits", settings);
    for (size_t i = 0; i < settings->n_regions; i++) {
        fprintf(file, "\n[region %s]\n", settings->regions[i].name);
        write_section(file, "region", &settings->regions[i]);
    }
    return fflush(file) == 0 && fsync(fileno(file)) == 0;
}

bool settings_write(const struct settings *settings, const char *path)
{
    char draft[4096];
    FILE *file;
    bool written;

    if ((size_t)snprintf(draft, sizeof(draft), "%s.new", path) >= sizeof(draft)) {
        errno = ENAMETOOLONG;
        return false;
    }
    file = fopen(draft, "w");
    if (file == NULL)
        return false;
    written = write_all(settings, file);
    if (fclose(file) != 0 || !written || rename(draft, path) != 0) {
        unlink(draft);
        return false;
    }
    return true;
}
