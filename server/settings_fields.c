#include "settings_fields.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "i18n.h"

#define TEXT SETTINGS_TEXT_VALUE
#define NUMBER SETTINGS_NUMBER
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

const struct settings_field settings_fields[] = {
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
           "it, not in ~/.pgpass")),
    REGION(owner_database, "", LIVE, N_("libpq connection of the role that owns the schema")),
    REGION(
        responsible, "", LIVE, N_("who answers for personal information, and how to reach them")),
    REGION(
        retention, "", LIVE, N_("months that kinds keep personal data: contact 24, attendance 36")),
};

_Static_assert(sizeof(settings_fields) / sizeof(settings_fields[0]) <= SETTINGS_FIELDS_MAX,
    "the reader has no room for all settings");
const size_t settings_fields_count = sizeof(settings_fields) / sizeof(settings_fields[0]);

const struct settings_row *settings_row(size_t index)
{
    return index < settings_fields_count ? &settings_fields[index].row : NULL;
}

const struct settings_field *settings_fields_find(const char *section, const char *name)
{
    const char *of = strncmp(section, "region ", 7) == 0 ? "region" : section;

    for (size_t i = 0; i < settings_fields_count; i++)
        if (strcmp(settings_fields[i].row.section, of) == 0 &&
            strcmp(settings_fields[i].row.name, name) == 0)
            return &settings_fields[i];
    return NULL;
}

bool settings_fields_is_set(const char *section, const char *line)
{
    size_t size = strcspn(line, "=" SETTINGS_BLANKS);
    char name[64];

    if (size >= sizeof(name) || line[size + strspn(line + size, SETTINGS_BLANKS)] != '=')
        return false;
    snprintf(name, sizeof(name), "%.*s", (int)size, line);
    return settings_fields_find(section, name) != NULL;
}
