#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "admin/admin_rows.h"
#include "admin/archive.h"
#include "admin/backups.h"
#include "i18n.h"
#include "store/dump.h"
#include "store/migrate.h"

#define FILE_MAX_BYTES 65536 /* of settings, key, certificate */

static const struct admin_option options[] = {
    {"region", N_("NAME"), N_("only this region; else all of them, a file each"), false},
    {"to", N_("FILE"),
        N_("the file's name; else one in the folder of the backups, which keeps the "
           "newest"),
        false},
};

struct backup {
    const struct admin *admin;
    const struct settings_region *region;
    struct archive *archive;
    struct pg_conn *conn;      /* the owner's, in the snapshot's transaction */
    char path[BACKUPS_PATH];   /* of the file */
    char folder[BACKUPS_PATH]; /* of the backups; "": --to */
    char stamp[BACKUPS_STAMP], snapshot[64], head[32], hash[80];
    int version;
    char why[DIRECT_WHY_SIZE + 128];
};

/* --- where it goes -------------------------------------------------------------------------------
 */

/* False with errno. */
static bool choose_path(struct backup *backup)
{
    const char *to = admin_value(backup->admin, "to");

    backups_stamp(backup->stamp);
    errno = ENAMETOOLONG;
    if (to != NULL)
        return (size_t)snprintf(backup->path, BACKUPS_PATH, "%s", to) < BACKUPS_PATH;
    backups_folder(backup->admin, backup->folder);
    if (mkdir(backup->folder, 0700) != 0 && errno != EEXIST)
        return false;
    for (int tries = 0; tries < 3; tries++) { /* two within a second */
        errno = ENAMETOOLONG;
        if (!backups_path(backup->folder, backup->region->name, backup->stamp, backup->path))
            return false;
        if (access(backup->path, F_OK) != 0)
            return true;
        sleep(1);
        backups_stamp(backup->stamp);
    }
    errno = EEXIST;
    return false;
}

/* Those that are too many, the oldest: the names are in the order of time. */
static void rotate(const struct backup *backup)
{
    struct dirent **names = NULL;
    int count = scandir(backup->folder, &names, NULL, alphasort);
    long found = 0;

    for (int i = count - 1; i >= 0; i--) {
        char path[BACKUPS_PATH + 260];

        if (backups_is_one(backup->region->name, names[i]->d_name) &&
            ++found > backup->admin->settings.backups_kept) {
            snprintf(path, sizeof(path), "%s/%s", backup->folder, names[i]->d_name);
            if (unlink(path) != 0)
                admin_say(
                    backup->admin, 1, _("An old backup stays: %s: %s"), path, strerror(errno));
        }
        free(names[i]);
    }
    free(names);
}

/* --- what goes in --------------------------------------------------------------------------------
 */

static bool fail(struct backup *backup, const char *what, const char *why)
{
    snprintf(backup->why, sizeof(backup->why), "%.120s: %.500s", what, why);
    return false;
}

/* The moment that the file shows: head, version and dump of one snapshot. */
static bool open_snapshot(struct backup *backup)
{
    const char *schema = backup->region->name;
    char why[DIRECT_WHY_SIZE];

    backup->conn = direct_open(backup->region->owner_database, why);
    if (backup->conn == NULL || !direct_run(backup->conn, why, "SET lock_timeout = '60s'") ||
        !direct_run(backup->conn, why, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"))
        return fail(backup, _("the database does not answer"), why);
    backup->version = migrate_version_on(backup->conn, schema, why);
    if (backup->version == 0)
        return fail(backup, schema, _("the database has no such region"));
    if (backup->version > migrate_latest())
        return fail(backup, schema, _("its schema is of a newer program: install that one"));
    if (backup->version < 0 ||
        !direct_text(backup->conn, backup->snapshot, sizeof(backup->snapshot), why,
            "SELECT pg_export_snapshot()") ||
        !direct_text(backup->conn, backup->head, sizeof(backup->head), why,
            "SELECT seq FROM \"%s\".head", schema) ||
        !direct_text(backup->conn, backup->hash, sizeof(backup->hash), why,
            "SELECT encode(hash, 'hex') FROM \"%s\".head", schema))
        return fail(backup, _("the database refuses"), why);
    return true;
}

static bool add_about(struct backup *backup)
{
    char text[1024];
    int size = snprintf(text, sizeof(text),
        "region=%s\nprogram=%s\nschema=%d\nhead=%s\nhash=%s\ntaken=%s\n", backup->region->name,
        CONCERT_VERSION, backup->version, backup->head, backup->hash, backup->stamp);

    return archive_text(backup->archive, "about", text, (size_t)size);
}

static bool add_file(struct backup *backup, const char *part, const char *path)
{
    char text[4096];
    FILE *file = fopen(path, "rb");
    size_t size, all = 0;
    bool fine = file != NULL && archive_part(backup->archive, part);

    while (fine && (size = fread(text, 1, sizeof(text), file)) > 0) {
        all += size;
        fine = archive_add(backup->archive, text, size) && all <= FILE_MAX_BYTES;
    }
    fine = fine && !ferror(file);
    if (file != NULL)
        fclose(file);
    return fine || fail(backup, path, strerror(errno));
}

static bool take(void *arg, const void *data, size_t size)
{
    struct backup *backup = arg;

    return archive_add(backup->archive, data, size) || fail(backup, backup->path, strerror(errno));
}

static bool write_parts(struct backup *backup)
{
    const struct state_paths *paths = &backup->admin->paths;
    char why[DIRECT_WHY_SIZE] = "";

    backup->archive = archive_begin(backup->path);
    if (backup->archive == NULL || !add_about(backup))
        return fail(backup, backup->path, strerror(errno));
    if (!add_file(backup, "settings", paths->settings) || !add_file(backup, "key", paths->key) ||
        !add_file(backup, "certificate", paths->certificate))
        return false;
    if (!archive_part(backup->archive, "dump"))
        return fail(backup, backup->path, strerror(errno));
    if (!dump_run(backup->conn, backup->region->name, backup->snapshot, take, backup, why))
        return backup->why[0] != '\0' ? false : fail(backup, _("it was ended"), why);
    return archive_finish(backup->archive) || fail(backup, backup->path, strerror(errno));
}

/* --- the command ---------------------------------------------------------------------------------
 */

static int back_up(const struct admin *admin, const struct settings_region *region)
{
    struct backup backup = {.admin = admin, .region = region};
    bool fine = false;

    if (region->owner_database[0] == '\0')
        return admin_say(admin, 1,
            _("The region “%s” has no owner_database in %s: the connection of the role that owns "
              "the schema."),
            region->name, admin->paths.settings);
    if (!choose_path(&backup))
        return admin_say(
            admin, 1, _("The backup has no place in %s: %s"), backup.folder, strerror(errno));
    fine = open_snapshot(&backup) && write_parts(&backup);
    archive_free(&backup.archive);
    direct_close(&backup.conn);
    if (!fine)
        return admin_say(admin, 1, _("No backup of “%s” was made: %s"), region->name, backup.why);
    if (backup.folder[0] != '\0')
        rotate(&backup);
    admin_say(admin, 0,
        _("Region “%s” as of change %s. The file holds the server's key and what people entrusted "
          "to the region: keep it as you would keep the server."),
        region->name, backup.head);
    puts(backup.path);
    return EXIT_SUCCESS;
}

/* A signal to stop is looked for while it goes on, so that nothing half stays; a file that may not
 * grow is an error like a full disk. */
static void hold_signals(void)
{
    sigset_t stops;

    sigemptyset(&stops);
    sigaddset(&stops, SIGTERM);
    sigaddset(&stops, SIGINT);
    sigaddset(&stops, SIGHUP);
    sigprocmask(SIG_BLOCK, &stops, NULL);
    signal(SIGXFSZ, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
}

static int run(struct admin *admin)
{
    const char *name = admin_value(admin, "region");
    bool found = false;
    int code = EXIT_SUCCESS;

    if (name == NULL && admin->settings.n_regions > 1 && admin_value(admin, "to") != NULL)
        return admin_say(admin, 2, _("There are several regions: --region NAME tells which."));
    hold_signals();
    for (size_t i = 0; i < admin->settings.n_regions; i++) {
        const struct settings_region *region = &admin->settings.regions[i];

        if (name != NULL && strcmp(name, region->name) != 0)
            continue;
        found = true;
        if (back_up(admin, region) != EXIT_SUCCESS)
            code = EXIT_FAILURE;
    }
    if (!found)
        return admin_no_region(admin, name);
    return code;
}

const struct admin_command admin_backup_command = {.name = "backup",
    .arguments = "",
    .help = N_("writes one consistent file of a region while it is served"),
    .about = N_("The file holds the region's schema as of one moment, the settings, the server's "
                "key and its certificate: whoever has it has the region. It is readable by its "
                "owner alone, and its name is printed on stdout. “concertd restore” reads it."),
    .needs = ADMIN_SERVER,
    .options = options,
    .n_options = sizeof(options) / sizeof(options[0]),
    .writes = true,
    .run = run};
