/* The daemon's settings: one const row each, read from DIR/concertd.conf (inih). */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define SETTINGS_TEXT 512
#define SETTINGS_REGIONS_MAX 16
#define SETTINGS_NAME_MAX 41 /* bytes of a region's name: inih cuts a longer section */

struct settings_region {
    char name[64]; /* the section's: [region NAME]; the database schema too */
    char title[SETTINGS_TEXT];
    char language[8];
    char timezone[64];
    char database[SETTINGS_TEXT];       /* libpq conninfo of the daemon's role */
    char owner_database[SETTINGS_TEXT]; /* of the role that owns the schema: init, migrate */
    char responsible[SETTINGS_TEXT];    /* for personal information; told by hello */
    char retention[SETTINGS_TEXT];      /* "contact 24, attendance 36": months */
};

struct settings {
    char listen[SETTINGS_TEXT];  /* HOST:PORT */
    char address[SETTINGS_TEXT]; /* what invitations say; "": as `listen` */
    char log_level[16];
    long workers;                /* processes that serve, on one port */
    char metrics[SETTINGS_TEXT]; /* HOST:PORT; "": none */
    char user[64];               /* "": whoever started it */
    long sandbox;                /* 0 or 1 */
    char backups[SETTINGS_TEXT]; /* folder; "": STATE/backups */
    long backup_days, backups_kept;
    long handshakes; /* under way at once */
    long handshake_ms, frame_ms, idle_ms;
    long connections, connections_per_address, connections_per_device;
    long requests;           /* under way per connection */
    long operations;         /* per push */
    long batch;              /* operations the writer gathers */
    long queued;             /* operations waiting, in all */
    long output, output_max; /* bytes queued to one connection */
    long feed;               /* bytes of recent records in memory, per region */
    long store_connections;
    long documents;        /* bytes of a region's documents together */
    long joins_per_minute; /* failed, per address */
    struct settings_region regions[SETTINGS_REGIONS_MAX];
    size_t n_regions;
};

/* One row of the table, for the manual, the sample file and the check that they have it. */
struct settings_row {
    const char *section; /* "server", "limits", "region" */
    const char *name;
    const char *standard; /* the default as it would be written */
    const char *help;
    bool reloadable; /* taken from the file at SIGHUP; else waits for a restart */
};

/* Told of what is changed in the file and waits for a restart: "[section] name". */
typedef void settings_waits_cb(void *arg, const char *section, const char *name);

/* Fills in the defaults; no region. */
void settings_defaults(struct settings *settings_r);

/* Fills in a region's defaults; no name. */
void settings_region_defaults(struct settings_region *region_r);

/* Reads the file over the defaults. A line that begins with a space goes on, behind one space, with
 * the value of the line above. A setting that is given twice is refused. False with what is wrong
 * and where in why_r ("line 7: …"). */
bool settings_read(struct settings *settings_r, const char *path, char *why_r, size_t size);

/* Takes what is reloadable and new from `fresh` into the settings that are served, in place;
 * regions by their names. Calls back for each of the others that is new, in the table's order. */
void settings_reload(
    struct settings *live, const struct settings *fresh, settings_waits_cb *waits, void *arg);

/* Writes a file with every setting, those that differ from the defaults set, the others as
 * comments; atomically (rename), synced, and of the owner and the mode that the file had. A long
 * value goes on in lines that begin with spaces. False with errno; EINVAL: a value has several
 * lines, spaces at an end or a word longer than a line of the file (some 180 bytes), or a region's
 * name is too long. */
bool settings_write(const struct settings *settings, const char *path);

/* Adds a section for a region that the file does not have, and leaves the rest of the file as
 * it is; otherwise as settings_write. */
bool settings_add_region(const struct settings_region *region, const char *path);

/* The table's row of that place, from 0; NULL after the last. */
const struct settings_row *settings_row(size_t index);
