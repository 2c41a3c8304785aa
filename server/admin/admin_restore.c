#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "admin/admin_rows.h"
#include "admin/erase_again.h"
#include "admin/restore_database.h"
#include "folder.h"
#include "i18n.h"
#include "privileges.h"
#include "store/dump.h"
#include "text.h"

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

/* --- the state folder ----------------------------------------------------------------------------
 */

static bool write_part(const char *path, const struct restore_part *part, mode_t mode)
{
    return folder_write(path, part->text, part->size, mode);
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
    if (restore->made && !write_part(path, &restore->file.parts[RESTORE_SETTINGS], 0600)) {
        admin_say(admin, 1, _("%s: %s"), path, strerror(errno));
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

/* The key of a folder that is there must be the backup's, if it has one: clients know the server by
 * it. Its certificate may be a newer one. A new folder has the key, too, when this was cut short
 * before its settings were written. */
static bool check_folder(struct restore *restore)
{
    const struct state_paths *paths = &restore->admin->paths;
    const struct restore_part *parts = restore->file.parts;

    if (!read_settings(restore) || !choose_region(restore))
        return false;
    restore->bare = access(paths->key, F_OK) != 0 && errno == ENOENT;
    if (restore->bare || is_part(paths->key, &parts[RESTORE_KEY]))
        return true;
    admin_say(restore->admin, 1,
        _("The folder %s has the key of another server: give a new folder."),
        restore->admin->folder);
    return false;
}

static bool not_written(const struct restore *restore, const char *path)
{
    admin_say(restore->admin, 1,
        _("The region is in the database again, but not yet its folder: %s: %s. Give the same "
          "command again when that is mended: it goes on from here."),
        path, strerror(errno));
    return false;
}

/* A new folder is the server's, also when it was written before by one that was cut short. Another
 * machine may lack that user: doctor says so until it is there. */
static void hand_over(const struct restore *restore)
{
    const struct admin *admin = restore->admin;
    const char *path;

    if ((restore->made || restore->bare || restore->filled) &&
        !privileges_give_state(admin->folder, &admin->paths, admin->settings.user, &path))
        admin_say(admin, 0, _("%s does not belong to the server's user “%s” yet: %s"), path,
            admin->settings.user, strerror(errno));
}

/* After the database, so that what goes wrong there leaves nothing here. The key comes behind its
 * certificate: where there is none, both are written. The settings come last: with them the folder
 * is one that a server can be started in. */
static bool write_folder(const struct restore *restore)
{
    const struct admin *admin = restore->admin;
    const struct state_paths *paths = &admin->paths;
    const struct restore_part *parts = restore->file.parts;

    if ((restore->made || restore->bare || access(paths->certificate, F_OK) != 0) &&
        !write_part(paths->certificate, &parts[RESTORE_CERTIFICATE], 0644))
        return not_written(restore, paths->certificate);
    if (restore->bare && !write_part(paths->key, &parts[RESTORE_KEY], 0600))
        return not_written(restore, paths->key);
    if ((restore->made || admin_value(admin, "database") != NULL ||
            admin_value(admin, "owner-database") != NULL) &&
        !settings_write(&admin->settings, paths->settings))
        return not_written(restore, paths->settings);
    hand_over(restore);
    return true;
}

/* --- the command ---------------------------------------------------------------------------------
 */

static void tell(const struct restore *restore)
{
    const char *at = restore->file.taken; /* 20091015T143000Z */
    char taken[64], kept[RESTORE_NAMED_MAX + 1] = "";

    snprintf(taken, sizeof(taken), "%s", at);
    if (strlen(at) == 16)
        snprintf(taken, sizeof(taken), "%.4s-%.2s-%.2s %.2s:%.2s UTC", at, at + 4, at + 6, at + 9,
            at + 11);
    printf(_("Region “%s” restored as of change %s, from the backup taken %s.\n"),
        restore->file.name, restore->file.head, taken);
    while (restore_database_kept(restore, kept))
        printf(_("What was there is kept in the schema “%s”, with all that it says of people: once "
                 "the restored region is found good, the owner removes it (DROP SCHEMA %s "
                 "CASCADE).\n"),
            kept, kept);
    printf(_("Start the server (“concertd serve --state %s”). Devices know it by its key and need "
             "not join again; those that are ahead of the backup notice, take the log anew and "
             "send again what they had sent since. Devices that joined after the backup need a new "
             "invitation.\n"),
        restore->admin->folder);
}

/* Who may write into a folder may put another key into it. */
static bool is_safe(const struct restore *restore)
{
    const char *folder = restore->admin->folder;
    char what[STATE_PATH + 256];

    if (restore->fresh || !privileges_others_write(folder))
        return true;
    snprintf(what, sizeof(what),
        _("others than its owner may write into this folder, and could put another key there: look "
          "at what is in it, then chmod go-w %s"),
        folder);
    admin_say(restore->admin, 1, _("%s: %s"), folder, what);
    return false;
}

/* One at a time in a folder, as with “concertd init”; it is made unless it is there. */
static bool hold_folder(struct restore *restore)
{
    const struct admin *admin = restore->admin;
    struct stat folder;

    restore->fresh = mkdir(admin->folder, 0700) == 0;
    restore->lock = restore->fresh || errno == EEXIST
                        ? open(admin->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
                        : -1;
    if (restore->lock < 0) {
        admin_say(admin, 1, _("%s: %s"), admin->folder, strerror(errno));
        return false;
    }
    if ((flock(restore->lock, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) &&
        fstat(restore->lock, &folder) == 0 && folder.st_nlink > 0)
        return is_safe(restore);
    restore->fresh = false; /* the other's now */
    admin_say(admin, 1,
        _("Another “concertd restore” or “concertd init” is at work in %s: wait until it is done."),
        admin->folder);
    return false;
}

static bool stopped(const struct restore *restore)
{
    if (dump_stop_asked())
        admin_say(restore->admin, 1, _("Nothing was restored: %s."), _("a signal ended it"));
    return dump_stop_asked();
}

static bool restore_all(struct restore *restore)
{
    return hold_folder(restore) && restore_file_read(&restore->file) && check_folder(restore) &&
           restore_database_check(restore) && !stopped(restore) &&
           (restore->filled || restore_database_fill(restore)) && write_folder(restore) &&
           restore_database_bring_up(restore);
}

/* Whom the region forgot since the backup is forgotten again, and only then it can be served. A
 * coordinator who is the last one stays until there is another, who comes in through a server. */
static int end(const struct restore *restore)
{
    struct admin *admin = restore->admin;
    bool stuck = false;
    int code = erase_again_closed(admin, restore->region, &stuck);

    if (code != EXIT_SUCCESS && !stuck)
        return admin_say(admin, EXIT_FAILURE,
            _("The region is in the database again, with whom it forgot since the backup, and no "
              "server may serve it yet. Give the same command again when that is mended: it goes "
              "on from here. If it cannot be mended so: take the list %s/erasures out of the "
              "folder and give the same command again, which opens the region with them in it; "
              "then put the list back, and run “concertd erase --again --state %s” as soon as it "
              "can do its work."),
            admin->folder, admin->folder);
    if (!restore_database_open(restore))
        return EXIT_FAILURE;
    tell(restore);
    fflush(stdout);
    return code == EXIT_SUCCESS
               ? EXIT_SUCCESS
               : admin_say(admin, EXIT_FAILURE,
                     _("The last coordinator, whom the region forgot since the backup, is in it "
                       "again until there is another coordinator: then run “concertd erase --again "
                       "--state %s”."),
                     admin->folder);
}

static int run(struct admin *admin)
{
    struct restore restore = {.admin = admin, .lock = -1};
    int code = restore_file_open(&restore.file, admin, admin->words[0]);

    if (code != 0)
        return code;
    umask(077); /* what it writes holds the server's key and passwords */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    dump_hold_signals();
    code = restore_all(&restore) ? end(&restore) : EXIT_FAILURE;
    restore_file_clear(&restore.file);
    direct_close(&restore.conn);
    if (restore.fresh)
        rmdir(admin->folder); /* one that was made for nothing is empty */
    if (restore.lock >= 0)
        close(restore.lock);
    return code;
}

const struct admin_command admin_restore_command = {.name = "restore",
    .arguments = N_("FILE"),
    .help = N_("brings a region back from a backup, never over a living one"),
    .about = N_("Into a new state folder, or into the one that has the same key; the schema in one "
                "transaction, then brought to this program's version. FILE - is stdin. One that "
                "was ended, or failed, can simply be given again."),
    .needs = ADMIN_FOLDER,
    .options = options,
    .n_options = sizeof(options) / sizeof(options[0]),
    .min_words = 1,
    .max_words = 1,
    .writes = true,
    .run = run};
