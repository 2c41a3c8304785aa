/* The backups: how old the newest is and whether it is whole, and who can read any of them. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "admin/archive.h"
#include "admin/backups.h"
#include "admin/doctor_internal.h"
#include "i18n.h"

#define DAY_S 86400
#define SKEW_S 120                      /* by which another machine's clock may be ahead */
#define LOOKED_AT_MAX ((size_t)1 << 30) /* bytes: of a larger one the rest is left to restore */

struct backups {
    char newest[BACKUPS_PATH];
    struct stat status; /* its */
    bool newest_ahead;
    char ahead[BACKUPS_PATH];
    char open[BACKUPS_PATH]; /* one that others than its owner can read or change */
    size_t count, n_ahead, n_open;
};

/* By its name, of which prunings go, or by its file's time. */
static bool is_ahead(const char *stamp, const struct stat *status)
{
    time_t limit = time(NULL) + SKEW_S;
    char latest[BACKUPS_STAMP];
    struct tm parts;

    gmtime_r(&limit, &parts);
    strftime(latest, sizeof(latest), "%Y%m%dT%H%M%SZ", &parts);
    return status->st_mtime > limit || strncmp(stamp, latest, BACKUPS_STAMP - 1) > 0;
}

static void keep(char kept_r[BACKUPS_PATH], size_t *count, const char *path)
{
    if ((*count)++ == 0)
        snprintf(kept_r, BACKUPS_PATH, "%s", path);
}

/* `stamp`: where the name has its time. */
static void look_at(
    struct backups *backups, const char *folder, const char *name, const char *stamp)
{
    char path[BACKUPS_PATH];
    struct stat status;
    bool ahead;

    if (snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path) ||
        stat(path, &status) != 0)
        return;
    if (status.st_mode & (S_IRWXG | S_IRWXO))
        keep(backups->open, &backups->n_open, path);
    ahead = is_ahead(stamp, &status);
    if (ahead)
        keep(backups->ahead, &backups->n_ahead, path);
    if (backups->count++ > 0 &&
        (ahead == backups->newest_ahead ? status.st_mtime <= backups->status.st_mtime : ahead))
        return; /* whose time is wrong is the newest only where all are such */
    backups->newest_ahead = ahead;
    backups->status = status;
    snprintf(backups->newest, sizeof(backups->newest), "%s", path);
}

/* --- the newest one ------------------------------------------------------------------------------
 */

/* Ends the reading where it has lasted long enough: then errno is ECANCELED. */
static bool take(void *arg, const char *part, const void *data, size_t size)
{
    size_t *read = arg;

    (void)part;
    (void)data;
    *read += size;
    if (*read <= LOOKED_AT_MAX)
        return true;
    errno = ECANCELED;
    return false;
}

/* False, and said, when the file is none that restore would take. */
static bool check_whole(struct doctor *doctor, const char *path)
{
    size_t read = 0;

    switch (archive_read(path, take, &read)) {
    case ARCHIVE_GOOD:
        return true;
    case ARCHIVE_UNREADABLE:
        if (errno == ECANCELED)
            return true;
        doctor_found(doctor, _("The newest backup, %s, cannot be read: %s"), path, strerror(errno));
        return false;
    default:
        doctor_found(doctor,
            _("The newest backup, %s, is cut, altered, or none at all, and cannot be restored. "
              "Make "
              "another: concertd backup --state %s"),
            path, doctor->admin->folder);
        return false;
    }
}

static void check_newest(struct doctor *doctor, const struct backups *backups)
{
    long days = (long)((time(NULL) - backups->status.st_mtime) / DAY_S);
    long limit = doctor->admin->settings.backup_days;

    if (backups->status.st_size == 0)
        doctor_found(doctor, _("The newest backup, %s, is empty: concertd backup --state %s"),
            backups->newest, doctor->admin->folder);
    else if (!check_whole(doctor, backups->newest))
        return;
    else if (limit > 0 && days > limit)
        doctor_found(doctor,
            _("The newest backup is %ld days old, and should be at most %ld: concertd backup "
              "--state %s (and see that its timer runs: systemctl list-timers)"),
            days, limit, doctor->admin->folder);
    else
        doctor_fine(doctor, _("The newest backup, %s, is %ld days old and has %lld bytes."),
            backups->newest, days < 0 ? 0 : days, (long long)backups->status.st_size);
}

/* --- all of them ---------------------------------------------------------------------------------
 */

static void check_all(struct doctor *doctor, const struct backups *backups, const char *folder)
{
    if (backups->n_ahead > 0)
        doctor_found(doctor,
            ngettext("%zu backup is of a time that is to come, %s: see that the machine's clock is "
                     "right (timedatectl), then remove it or give it its own time",
                "%zu backups are of a time that is to come, as %s: see that the machine's clock is "
                "right (timedatectl), then remove them or give them their own time",
                backups->n_ahead),
            backups->n_ahead, backups->ahead);
    if (backups->n_open == 1)
        doctor_found(
            doctor, _("%s can be read by others: chmod 600 %s"), backups->open, backups->open);
    else if (backups->n_open > 1)
        doctor_found(doctor, _("%zu backups can be read by others: chmod 600 %s/*.concert-backup"),
            backups->n_open, folder);
}

void doctor_backups(struct doctor *doctor)
{
    char folder[BACKUPS_PATH];
    struct backups backups = {.count = 0};
    DIR *open;

    backups_folder(doctor->admin, folder);
    open = opendir(folder);
    for (const struct dirent *entry = open == NULL ? NULL : readdir(open); entry != NULL;
         entry = readdir(open))
        if (backups_is_one(doctor->region->name, entry->d_name))
            look_at(
                &backups, folder, entry->d_name, entry->d_name + strlen(doctor->region->name) + 1);
    if (open != NULL)
        closedir(open);
    if (backups.count > 0) {
        check_newest(doctor, &backups);
        check_all(doctor, &backups, folder);
    } else
        doctor_found(doctor, _("There is no backup in %s: concertd backup --state %s"), folder,
            doctor->admin->folder);
}
