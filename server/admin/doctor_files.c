/* The state folder's files: who may change them, who may read them, and whether the server can. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "admin/backups.h"
#include "admin/doctor_internal.h"
#include "admin/doctor_user.h"
#include "i18n.h"
#include "privileges.h"
#include "reload.h"

/* Whoever may write a file, or into the folder that it is in, may put another one in its place. */
static void check_writers(struct doctor *doctor, const struct doctor_user *user, const char *path)
{
    char owner[DOCTOR_USER_NAME];
    struct stat status;

    if (stat(path, &status) != 0)
        return; /* those that must be there are missed by their own checks */
    if (privileges_others_write(path))
        doctor_found(doctor,
            _("%s can be changed by others than its owner: chmod go-w %s (and see that it is as it "
              "should be)"),
            path, path);
    else if (user->known && status.st_uid != 0 && status.st_uid != user->uid) {
        doctor_user_name(status.st_uid, owner);
        doctor_found(doctor,
            _("%s belongs to “%s”, and should to “%s”, as whom the server runs, or to root: chown "
              "%s: %s"),
            path, owner, user->name, user->name, path);
    } else
        doctor_fine(doctor, _("%s can be changed by its owner alone."), path);
}

static bool has_password(const struct settings_region *region)
{
    return strstr(region->database, "password") != NULL ||
           strstr(region->owner_database, "password") != NULL;
}

/* A folder that others may not enter hides all that is in it. */
static void check_readers(struct doctor *doctor)
{
    const char *path = doctor->admin->paths.settings;
    struct stat file, folder;

    if (has_password(doctor->region) && stat(path, &file) == 0 && (file.st_mode & S_IROTH) &&
        stat(doctor->admin->folder, &folder) == 0 && (folder.st_mode & S_IXOTH))
        doctor_found(doctor,
            _("%s can be read by everybody, and holds the database's password: chmod 640 %s"), path,
            path);
}

void doctor_settings_file(struct doctor *doctor)
{
    const struct settings *settings = &doctor->admin->settings;
    const char *path = doctor->admin->paths.settings, *wrong = reload_check(settings);

    if (wrong != NULL)
        doctor_found(doctor, _("%s would not let the server start: %s"), path, _(wrong));
    else
        doctor_fine(doctor, _("%s is valid."), path);
    check_readers(doctor);
}

/* A file that holds a secret is its owner's alone. */
void doctor_key(struct doctor *doctor)
{
    const char *path = doctor->admin->paths.key;
    struct stat status;

    if (stat(path, &status) != 0)
        doctor_found(doctor, _("%s: %s"), path, strerror(errno));
    else if (status.st_mode & (S_IRWXG | S_IRWXO))
        doctor_found(doctor, _("%s can be read by others: chmod 600 %s"), path, path);
    else
        doctor_fine(doctor, _("%s is its owner's alone."), path);
}

void doctor_writers(struct doctor *doctor)
{
    const struct state_paths *paths = &doctor->admin->paths;
    struct doctor_user user;
    char backups[BACKUPS_PATH];

    doctor_user_find(doctor->admin, &user);
    backups_folder(doctor->admin, backups);
    check_writers(doctor, &user, doctor->admin->folder);
    check_writers(doctor, &user, backups);
    check_writers(doctor, &user, paths->settings);
    check_writers(doctor, &user, paths->certificate);
    check_writers(doctor, &user, paths->key);
}
