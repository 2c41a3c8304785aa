/* The newest backup: how old, how large, whether it can be read. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "admin/backups.h"
#include "admin/doctor_internal.h"
#include "i18n.h"

#define DAY_S 86400

struct newest {
    char path[BACKUPS_PATH];
    struct stat status;
    size_t count;
};

static void look_at(struct newest *newest, const char *folder, const char *name)
{
    char path[BACKUPS_PATH];
    struct stat status;

    if (snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path) ||
        stat(path, &status) != 0)
        return;
    if (newest->count++ > 0 && status.st_mtime <= newest->status.st_mtime)
        return;
    newest->status = status;
    snprintf(newest->path, sizeof(newest->path), "%s", path);
}

static void check_newest(struct doctor *doctor, const struct newest *newest)
{
    long days = (long)((time(NULL) - newest->status.st_mtime) / DAY_S);
    long limit = doctor->admin->settings.backup_days;

    if (newest->status.st_size == 0)
        doctor_found(doctor, _("The newest backup, %s, is empty: concertd backup --state %s"),
            newest->path, doctor->admin->folder);
    else if (access(newest->path, R_OK) != 0)
        doctor_found(
            doctor, _("The newest backup, %s, cannot be read: %s"), newest->path, strerror(errno));
    else if (limit > 0 && days > limit)
        doctor_found(doctor,
            _("The newest backup is %ld days old, and should be at most %ld: concertd backup "
              "--state %s (and see that its timer runs: systemctl list-timers)"),
            days, limit, doctor->admin->folder);
    else
        doctor_fine(doctor, _("The newest backup, %s, is %ld days old and has %lld bytes."),
            newest->path, days, (long long)newest->status.st_size);
    if (newest->status.st_mode & (S_IRWXG | S_IRWXO))
        doctor_found(
            doctor, _("%s can be read by others: chmod 600 %s"), newest->path, newest->path);
}

void doctor_backups(struct doctor *doctor)
{
    char folder[BACKUPS_PATH];
    struct newest newest = {.count = 0};
    DIR *open;

    backups_folder(doctor->admin, folder);
    open = opendir(folder);
    for (const struct dirent *entry = open == NULL ? NULL : readdir(open); entry != NULL;
         entry = readdir(open))
        if (backups_is_one(doctor->region->name, entry->d_name))
            look_at(&newest, folder, entry->d_name);
    if (open != NULL)
        closedir(open);
    if (newest.count > 0)
        check_newest(doctor, &newest);
    else
        doctor_found(doctor, _("There is no backup in %s: concertd backup --state %s"), folder,
            doctor->admin->folder);
}
