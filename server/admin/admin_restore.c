#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "admin/admin_rows.h"
#include "admin/erase_again.h"
#include "admin/restore_file.h"
#include "folder.h"
#include "i18n.h"
#include "identity.h"
#include "store/dump.h"
#include "store/migrate.h"
#include "text.h"

#define NAMED_MAX 63 /* bytes of a name in PostgreSQL */

static const struct admin_option options[] = {
    {"database", N_("CONNECTION"), N_("how the server connects to PostgreSQL now (libpq's words)"),
        false},
    {"owner-database", N_("CONNECTION"), N_("the same for the role that owns the schema"), false},
    {"aside", NULL,
        N_("keeps a region that is there under another name (NAME_before_…), and puts the backup "
           "in "
           "its place"),
        false},
};

struct restore {
    struct admin *admin;
    struct settings_region *region;
    struct restore_file file;
    bool made;   /* the state folder is a new one */
    bool filled; /* the schema is the backup's already: one that was cut behind it goes on */
    struct pg_conn *conn;
    char aside[NAMED_MAX + 17]; /* what the present schema becomes; "": there is none */
};

/* --- the state folder ----------------------------------------------------------------------------
 */

/* Whole or not at all, and its owner's alone until it is whole. */
static bool write_file(const char *path, const struct restore_part *part, mode_t mode)
{
    char draft[STATE_PATH + 32];
    FILE *file;
    bool fine;
    int wrong;

    snprintf(draft, sizeof(draft), "%s.new", path);
    unlink(draft);
    file = fopen(draft, "wbx");
    if (file == NULL)
        return false;
    fine = fwrite(part->text, 1, part->size, file) == part->size &&
           fchmod(fileno(file), mode) == 0 && fflush(file) == 0 && fsync(fileno(file)) == 0;
    wrong = errno;
    if (fclose(file) == 0 && fine && rename(draft, path) == 0)
        return folder_sync(path);
    wrong = fine ? errno : wrong;
    unlink(draft);
    errno = wrong;
    return false;
}

static bool is_part(const char *path, const struct restore_part *part)
{
    char text[RESTORE_TEXT_MAX];
    FILE *file = fopen(path, "rb");
    size_t size = file == NULL ? 0 : fread(text, 1, sizeof(text), file);

    if (file != NULL)
        fclose(file);
    return size == part->size && memcmp(text, part->text, size) == 0;
}

/* The folder's own settings, or the backup's for a new one. */
static bool read_settings(struct restore *restore)
{
    struct admin *admin = restore->admin;
    char path[STATE_PATH + 16], why[1024];
    bool read;

    restore->made = access(admin->paths.settings, F_OK) != 0;
    snprintf(path, sizeof(path), "%s/restore.conf", admin->folder);
    if (restore->made && !write_file(path, &restore->file.parts[RESTORE_SETTINGS], 0600)) {
        admin_say(admin, 1, "%s: %s", path, strerror(errno));
        return false;
    }
    read = settings_read(
        &admin->settings, restore->made ? path : admin->paths.settings, why, sizeof(why));
    unlink(path);
    if (!read)
        admin_say(admin, 1, "%s", why);
    return read;
}

static bool choose_region(struct restore *restore)
{
    struct admin *admin = restore->admin;
    const char *database = admin_value(admin, "database");
    const char *owner = admin_value(admin, "owner-database");

    for (size_t i = 0; i < admin->settings.n_regions; i++)
        if (strcmp(admin->settings.regions[i].name, restore->file.name) == 0)
            restore->region = &admin->settings.regions[i];
    if (restore->region == NULL) {
        admin_say(admin, 1,
            _("The backup is of the region “%s”, which %s does not name: give a new folder."),
            restore->file.name, admin->paths.settings);
        return false;
    }
    if ((database == NULL || text_copy(restore->region->database, SETTINGS_TEXT, database)) &&
        (owner == NULL || text_copy(restore->region->owner_database, SETTINGS_TEXT, owner)) &&
        restore->region->database[0] != '\0' && restore->region->owner_database[0] != '\0')
        return true;
    admin_say(admin, 2,
        _("--database and --owner-database are missing or too long: how to connect to "
          "PostgreSQL."));
    return false;
}

/* The key of a folder that is there must be the backup's: clients know the server by it. Its
 * certificate may be a newer one. A new folder has the key, too, when this was cut short before its
 * settings were written. */
static bool check_folder(struct restore *restore)
{
    const struct state_paths *paths = &restore->admin->paths;
    const struct restore_part *parts = restore->file.parts;

    if (!read_settings(restore) || !choose_region(restore))
        return false;
    if ((restore->made && access(paths->key, F_OK) != 0) ||
        is_part(paths->key, &parts[RESTORE_KEY]))
        return true;
    admin_say(restore->admin, 1,
        _("The folder %s has the key of another server: give a new folder."),
        restore->admin->folder);
    return false;
}

static bool not_written(const struct restore *restore, const char *path)
{
    admin_say(restore->admin, 1, "%s: %s", path, strerror(errno));
    return false;
}

/* The settings come last: with them the folder is one that a server can be started in. */
static bool write_folder(const struct restore *restore)
{
    const struct admin *admin = restore->admin;
    const struct state_paths *paths = &admin->paths;
    const struct restore_part *parts = restore->file.parts;

    if (restore->made && !write_file(paths->key, &parts[RESTORE_KEY], 0600))
        return not_written(restore, paths->key);
    if (restore->made && !write_file(paths->certificate, &parts[RESTORE_CERTIFICATE], 0644))
        return not_written(restore, paths->certificate);
    if ((restore->made || admin_value(admin, "database") != NULL ||
            admin_value(admin, "owner-database") != NULL) &&
        !settings_write(&admin->settings, paths->settings))
        return not_written(restore, paths->settings);
    return true;
}

/* --- the database --------------------------------------------------------------------------------
 */

static bool refused(const struct restore *restore, const char *why)
{
    admin_say(restore->admin, 1, _("The database refuses: %s"), why);
    return false;
}

/* Whether the daemon's role is there to be given its rights. */
static bool check_role(const struct restore *restore, const char *role)
{
    char why[DIRECT_WHY_SIZE], quoted[DIRECT_QUOTED_SIZE];
    long long there;

    direct_literal(restore->conn, role, quoted);
    there = direct_number(
        restore->conn, why, "SELECT count(*) FROM pg_roles WHERE rolname = %s", quoted);
    if (there < 0)
        return refused(restore, why);
    if (there == 0)
        admin_say(restore->admin, 1,
            _("The database has no role “%s”, which the server connects as: make it first (CREATE "
              "ROLE %s LOGIN)."),
            role, role);
    return there > 0;
}

/* Nobody may write into what is moved aside. */
static bool check_nobody_serves(const struct restore *restore, const char *role)
{
    char why[DIRECT_WHY_SIZE], quoted[DIRECT_QUOTED_SIZE];
    long long there;

    direct_literal(restore->conn, role, quoted);
    there = direct_number(restore->conn, why,
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND usename = %s AND pid <> pg_backend_pid()",
        quoted);
    if (there < 0)
        return refused(restore, why);
    if (there > 0)
        admin_say(restore->admin, 1,
            _("A server is connected to the database as “%s” (%lld connections): stop it first."),
            role, there);
    return there == 0;
}

/* A schema that nobody ever wrote to is no loss. */
static long long count_changes(const struct restore *restore, char *why_r)
{
    long long tables = direct_number(restore->conn, why_r,
        "SELECT count(*) FROM pg_tables WHERE schemaname = '%s'", restore->file.name);
    long long log = direct_number(restore->conn, why_r,
        "SELECT count(*) FROM pg_tables WHERE schemaname = '%s' AND tablename = 'head'",
        restore->file.name);

    if (tables < 0 || log < 0)
        return -1;
    if (tables > 0 && log == 0)
        return 1; /* something else's */
    return log == 0 ? 0
                    : direct_number(restore->conn, why_r,
                          "SELECT greatest((SELECT max(seq) FROM \"%1$s\".head),"
                          " (SELECT max(seq) FROM \"%1$s\".change))",
                          restore->file.name);
}

static void name_aside(struct restore *restore)
{
    time_t now = time(NULL);
    struct tm parts;
    char moment[20];

    gmtime_r(&now, &parts);
    strftime(moment, sizeof(moment), "%Y%m%d_%H%M%S", &parts);
    snprintf(restore->aside, sizeof(restore->aside), "%.38s_before_%s", restore->file.name, moment);
}

/* Whether this was done before, up to the rights of the server's role, which come last. */
static bool is_filled(const struct restore *restore, const char *role)
{
    char why[DIRECT_WHY_SIZE], quoted[DIRECT_QUOTED_SIZE];

    direct_literal(restore->conn, role, quoted);
    return direct_number(restore->conn, why,
               "SELECT count(*) FROM \"%1$s\".head WHERE seq = %2$s AND hash = decode('%3$s',"
               " 'hex') AND NOT has_schema_privilege(%4$s, '%1$s', 'USAGE')",
               restore->file.name, restore->file.head, restore->file.hash, quoted) == 1;
}

/* Whether the backup may be put there; what is there is then a name to move it to, or nothing. */
static bool check_database(struct restore *restore)
{
    char why[DIRECT_WHY_SIZE], role[64];
    long long changes;

    if (!migrate_user(restore->region->database, role, sizeof(role), why)) {
        admin_say(restore->admin, 1, "--database: %s", why);
        return false;
    }
    restore->conn = direct_open(restore->region->owner_database, why);
    if (restore->conn == NULL)
        return admin_say(restore->admin, 0, _("The database does not answer: %s"), why) != 0;
    changes = count_changes(restore, why);
    if (changes < 0)
        return refused(restore, why);
    if (!check_role(restore, role))
        return false;
    if (changes == 0)
        return true;
    if (admin_value(restore->admin, "aside") == NULL) {
        restore->filled = is_filled(restore, role);
        if (restore->filled)
            return true;
        admin_say(restore->admin, 1,
            _("The database has a living region “%s” (%lld changes), and it is left as it is. To "
              "put the backup in its place, stop the server and add --aside: the present region is "
              "kept under another name."),
            restore->file.name, changes);
        return false;
    }
    name_aside(restore);
    return check_nobody_serves(restore, role);
}

/* In one transaction: the present one aside, the backup in its place, and its head as was told. */
static bool fill_database(const struct restore *restore)
{
    char before[1024], after[1024], why[DIRECT_WHY_SIZE];

    if (restore->aside[0] != '\0')
        snprintf(before, sizeof(before), "ALTER SCHEMA \"%s\" RENAME TO \"%s\";",
            restore->file.name, restore->aside);
    else
        snprintf(before, sizeof(before),
            "SET client_min_messages TO warning;"
            " DO $$ BEGIN IF to_regclass('\"%1$s\".change') IS NOT NULL THEN"
            " IF EXISTS (SELECT FROM \"%1$s\".change) THEN"
            " RAISE EXCEPTION 'the region came to be meanwhile'; END IF; END IF; END $$;"
            " DROP SCHEMA IF EXISTS \"%1$s\" CASCADE;",
            restore->file.name);
    snprintf(after, sizeof(after),
        "DO $$ BEGIN IF NOT EXISTS (SELECT FROM \"%1$s\".head WHERE seq = %2$s AND hash ="
        " decode('%3$s', 'hex')) THEN RAISE EXCEPTION 'the log''s head is not the backup''s';"
        " END IF; END $$;",
        restore->file.name, restore->file.head, restore->file.hash);
    if (dump_restore(restore->conn, restore->file.dump, before, after, why))
        return true;
    admin_say(restore->admin, 1, _("Nothing was restored: %s."), why);
    return false;
}

static bool bring_up(const struct restore *restore)
{
    char why[MIGRATE_WHY_SIZE], role[64];

    if (migrate_user(restore->region->database, role, sizeof(role), why) &&
        migrate_run(restore->region->owner_database, restore->file.name, role, why))
        return true;
    admin_say(restore->admin, 1,
        _("The region was restored, but not brought to this program's version: %s. Run “concertd "
          "migrate --state %s” when that is mended."),
        why, restore->admin->folder);
    return false;
}

/* --- the command ---------------------------------------------------------------------------------
 */

static void tell(const struct restore *restore)
{
    const char *at = restore->file.taken; /* 20091015T143000Z */
    char taken[64];

    snprintf(taken, sizeof(taken), "%s", at);
    if (strlen(at) == 16)
        snprintf(taken, sizeof(taken), "%.4s-%.2s-%.2s %.2s:%.2s UTC", at, at + 4, at + 6, at + 9,
            at + 11);
    printf(_("Region “%s” restored as of change %s, from the backup taken %s.\n"),
        restore->file.name, restore->file.head, taken);
    if (restore->aside[0] != '\0')
        printf(_("What was there is kept in the schema “%s”, with all that it says of people: once "
                 "the restored region is found good, the owner removes it (DROP SCHEMA %s "
                 "CASCADE).\n"),
            restore->aside, restore->aside);
    printf(_("Start the server (“concertd serve --state %s”). Devices know it by its key and need "
             "not join again; those that are ahead of the backup notice, take the log anew and "
             "send again what they had sent since. Devices that joined after the backup need a new "
             "invitation.\n"),
        restore->admin->folder);
}

static int restore_all(struct restore *restore, const char *path)
{
    if (mkdir(restore->admin->folder, 0700) != 0 && errno != EEXIST)
        return admin_say(restore->admin, 1, "%s: %s", restore->admin->folder, strerror(errno));
    if (!restore_file_read(&restore->file, restore->admin, path) || !check_folder(restore) ||
        !check_database(restore) || !write_folder(restore) ||
        (!restore->filled && !fill_database(restore)) || !bring_up(restore))
        return EXIT_FAILURE;
    tell(restore);
    fflush(stdout);
    restore->admin->region = restore->region;
    return erase_again(restore->admin); /* whom the region forgot since the backup */
}

static int run(struct admin *admin)
{
    struct restore restore = {.admin = admin, .file = {.dump = -1}};
    int code;

    umask(077); /* what it writes holds the server's key and passwords */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    code = restore_all(&restore, admin->words[0]);
    restore_file_clear(&restore.file);
    direct_close(&restore.conn);
    rmdir(admin->folder); /* one that was made for nothing is empty */
    return code;
}

const struct admin_command admin_restore_command = {.name = "restore",
    .arguments = N_("FILE"),
    .help = N_("brings a region back from a backup, never over a living one"),
    .about = N_("Into a new state folder, or into the one that has the same key; the schema in one "
                "transaction, then brought to this program's version."),
    .needs = ADMIN_FOLDER,
    .options = options,
    .n_options = sizeof(options) / sizeof(options[0]),
    .min_words = 1,
    .max_words = 1,
    .writes = true,
    .run = run};
