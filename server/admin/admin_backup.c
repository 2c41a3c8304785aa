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
        N_("a file that is not there yet, or - for stdout; else one in the folder of the backups, "
           "which keeps the newest"),
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
    char why[BACKUPS_PATH + DIRECT_WHY_SIZE];
};

static bool fail(struct backup *backup, const char *what, const char *why)
{
    snprintf(backup->why, sizeof(backup->why), _("%s: %s"), what, why);
    return false;
}

/* --- where it goes -------------------------------------------------------------------------------
 */

/* Why the archive of that path could not be begun or named, as errno tells. */
static bool fail_path(struct backup *backup)
{
    struct stat status;
    int wrong = errno;

    if (wrong == EEXIST)
        snprintf(backup->why, sizeof(backup->why),
            _("%s%s is there already: give another name, or remove it"), backup->path,
            lstat(backup->path, &status) == 0 ? "" : ARCHIVE_DRAFT);
    else if (wrong == EBUSY)
        snprintf(backup->why, sizeof(backup->why),
            _("another “concertd backup” is writing %s just now"), backup->path);
    else
        return fail(backup, backup->path, strerror(wrong));
    return false;
}

static void clear_draft(const struct backup *backup, const char *name)
{
    char path[BACKUPS_PATH + 260];

    snprintf(path, sizeof(path), "%s/%s", backup->folder, name);
    if (archive_clear_draft(path) || errno == ENOENT || errno == EBUSY)
        return; /* or another backup is writing it */
    if (errno == EEXIST)
        admin_say(backup->admin, 1,
            _("%s stays: it is not what a backup that was cut short leaves. Look at what it is, "
              "and give it another name or remove it."),
            path);
    else
        admin_say(backup->admin, 1, _("What a backup that was cut short has left stays: %s: %s"),
            path, strerror(errno));
}

/* What earlier ones left that were killed: it holds the server's key. First, for it may be what
 * fills the disk. */
static void clear_drafts(const struct backup *backup)
{
    DIR *folder = opendir(backup->folder);

    for (const struct dirent *entry = folder == NULL ? NULL : readdir(folder); entry != NULL;
         entry = readdir(folder))
        if (backups_is_draft(backup->region->name, entry->d_name))
            clear_draft(backup, entry->d_name);
    if (folder != NULL)
        closedir(folder);
}

static bool begin_folder(struct backup *backup)
{
    backups_folder(backup->admin, backup->folder);
    if (mkdir(backup->folder, 0700) != 0 && errno != EEXIST)
        return fail(backup, backup->folder, strerror(errno));
    clear_drafts(backup);
    for (int tries = 0; backup->archive == NULL && tries < 3; tries++) {
        if (tries > 0)
            sleep(1); /* two within a second */
        backups_stamp(backup->stamp);
        errno = ENAMETOOLONG;
        if (!backups_path(backup->folder, backup->region->name, backup->stamp, backup->path))
            return fail(backup, backup->folder, strerror(errno));
        backup->archive = archive_begin(backup->path);
        if (backup->archive == NULL && errno != EEXIST && errno != EBUSY)
            break;
    }
    return backup->archive != NULL || fail_path(backup);
}

static bool is_stdout(const char *to)
{
    return to != NULL && strcmp(to, "-") == 0;
}

/* Before the database is asked: a place that will not do is told at once. */
static bool begin(struct backup *backup)
{
    const char *to = admin_value(backup->admin, "to");

    if (to == NULL)
        return begin_folder(backup);
    backups_stamp(backup->stamp);
    if (is_stdout(to)) {
        snprintf(backup->path, BACKUPS_PATH, "%s", _("the standard output"));
        backup->archive = archive_begin_stdout();
        return backup->archive != NULL || fail_path(backup);
    }
    if (snprintf(backup->path, BACKUPS_PATH, "%s", to) >= BACKUPS_PATH)
        return fail(backup, to, strerror(ENAMETOOLONG));
    backup->archive = archive_begin(backup->path);
    return backup->archive != NULL || fail_path(backup);
}

/* --- which ones stay -----------------------------------------------------------------------------
 */

static void warn_future(const struct backup *backup, unsigned long count, const char *last)
{
    if (count > 0)
        admin_say(backup->admin, 1,
            ngettext("%lu backup has a time in its name that is still to come (%s/%s): this "
                     "machine's clock was ahead, or is behind now. It is not counted as one of "
                     "the newest, and stays until somebody renames or removes it.",
                "%lu backups have a time in their names that is still to come (the last is "
                "%s/%s): this machine's clock was ahead, or is behind now. They are not counted "
                "as the newest, and stay until somebody renames or removes them.",
                count),
            count, backup->folder, last);
}

static void remove_old(const struct backup *backup, const char *name)
{
    char path[BACKUPS_PATH + 260];

    snprintf(path, sizeof(path), "%s/%s", backup->folder, name);
    if (unlink(path) != 0 && errno != ENOENT)
        admin_say(backup->admin, 1, _("An old backup stays: %s: %s"), path, strerror(errno));
}

/* Those that are too many go, the oldest: the names are in the order of time. Never the one that
 * was just made, and none of a time to come, which says nothing of what is newest. */
static void rotate(const struct backup *backup)
{
    const char *own = strrchr(backup->path, '/') + 1;
    char now[BACKUPS_STAMP], last[256] = "";
    struct dirent **names = NULL;
    int count = scandir(backup->folder, &names, NULL, alphasort);
    unsigned long future = 0;
    long found = 0;

    if (count < 0)
        admin_say(backup->admin, 1, _("The old backups stay: %s cannot be listed: %s"),
            backup->folder, strerror(errno));
    backups_stamp(now);
    for (int i = count - 1; i >= 0; i--) {
        const char *name = names[i]->d_name;

        if (!backups_is_one(backup->region->name, name))
            continue;
        if (strcmp(name, own) != 0 && backups_is_later(backup->region->name, name, now)) {
            if (future++ == 0)
                snprintf(last, sizeof(last), "%s", name);
        } else if (++found > backup->admin->settings.backups_kept && strcmp(name, own) != 0) {
            remove_old(backup, name);
        }
    }
    for (int i = 0; i < count; i++)
        free(names[i]);
    free(names);
    warn_future(backup, future, last);
}

/* --- what goes in --------------------------------------------------------------------------------
 */

/* The moment that the file shows: head, version and dump of one snapshot. */
static bool open_snapshot(struct backup *backup)
{
    const char *schema = backup->region->name;
    char why[DIRECT_WHY_SIZE];

    backup->conn = direct_open(backup->region->owner_database, why);
    if (backup->conn == NULL || !direct_run(backup->conn, why, "SET lock_timeout = '60s'"))
        return fail(backup, _("the database does not answer"), why);
    if (!migrate_keep_out(backup->conn, schema, why)) /* before the moment is fixed */
        return fail(backup,
            _("a “concertd migrate” seems to be at work: try again when it has ended"), why);
    if (!direct_run(backup->conn, why, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"))
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
    char *text = malloc(FILE_MAX_BYTES + 1);
    FILE *file = text == NULL ? NULL : fopen(path, "rb");
    size_t size = file == NULL ? 0 : fread(text, 1, FILE_MAX_BYTES + 1, file);
    bool fine = false;

    if (file == NULL || ferror(file))
        fail(backup, path, strerror(errno));
    else if (size == 0)
        fail(backup, path, _("the file is empty"));
    else if (size > FILE_MAX_BYTES)
        fail(backup, path, strerror(EFBIG));
    else
        fine = archive_text(backup->archive, part, text, size) ||
               fail(backup, backup->path, strerror(errno));
    if (file != NULL)
        fclose(file);
    free(text);
    return fine;
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

    if (!add_about(backup))
        return fail(backup, backup->path, strerror(errno));
    if (!add_file(backup, "settings", paths->settings) || !add_file(backup, "key", paths->key) ||
        !add_file(backup, "certificate", paths->certificate))
        return false;
    if (!archive_part(backup->archive, "dump"))
        return fail(backup, backup->path, strerror(errno));
    if (!dump_run(backup->conn, backup->region->name, backup->snapshot, take, backup, why)) {
        if (backup->why[0] == '\0')
            snprintf(backup->why, sizeof(backup->why), "%s", why);
        return false;
    }
    return archive_finish(backup->archive) || fail_path(backup);
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
    fine = begin(&backup) && open_snapshot(&backup) && write_parts(&backup);
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
    if (!is_stdout(admin_value(admin, "to")))
        puts(backup.path);
    return EXIT_SUCCESS;
}

static int say_several(const struct admin *admin)
{
    const struct settings *settings = &admin->settings;
    char names[SETTINGS_REGIONS_MAX * (sizeof(settings->regions[0].name) + 2)] = "";

    for (size_t i = 0; i < settings->n_regions; i++)
        snprintf(names + strlen(names), sizeof(names) - strlen(names), "%s%s", i == 0 ? "" : ", ",
            settings->regions[i].name);
    return admin_say(
        admin, 2, _("There are several regions: --region NAME tells which of %s."), names);
}

/* 0, or the exit code. */
static int check_words(const struct admin *admin)
{
    const char *to = admin_value(admin, "to");

    if (to == NULL)
        return 0;
    if (*to == '\0')
        return admin_say(admin, 2, _("“%s” wants a value behind it."), "--to");
    if (admin_value(admin, "region") == NULL && admin->settings.n_regions > 1)
        return say_several(admin);
    if (is_stdout(to) && isatty(STDOUT_FILENO))
        return admin_say(admin, 2,
            _("“--to -” writes the backup itself to stdout, and that is a terminal: send it into a "
              "file (>FILE) or to a program."));
    return 0;
}

static int run(struct admin *admin)
{
    const char *name = admin_value(admin, "region");
    bool found = false;
    int code = check_words(admin);

    if (code != 0)
        return code;
    if (!is_stdout(admin_value(admin, "to"))) /* what is read as it comes may be ended as it is */
        dump_hold_signals();
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is an error like a full disk */
    signal(SIGPIPE, SIG_IGN);
    for (size_t i = 0; i < admin->settings.n_regions; i++) {
        const struct settings_region *region = &admin->settings.regions[i];

        if (name != NULL && strcmp(name, region->name) != 0)
            continue;
        found = true;
        if (dump_stop_asked())
            return admin_say(admin, 1, _("No backup of “%s” was made: %s"), region->name,
                _("a signal ended it"));
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
                "owner alone, and its name is printed on stdout. What is there already is never "
                "written over. “concertd restore” reads it."),
    .needs = ADMIN_SERVER,
    .options = options,
    .n_options = sizeof(options) / sizeof(options[0]),
    .writes = true,
    .run = run};
