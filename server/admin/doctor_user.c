#include "admin/doctor_user.h"

#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "admin/doctor_internal.h"
#include "i18n.h"
#include "privileges.h"
#include "text.h"

#define GROUPS_MAX 256
#define MAY_READ 4u
#define MAY_ENTER 1u

void doctor_user_name(uid_t uid, char name_r[DOCTOR_USER_NAME])
{
    const struct passwd *found = getpwuid(uid);

    if (found == NULL || !text_copy(name_r, DOCTOR_USER_NAME, found->pw_name))
        snprintf(name_r, DOCTOR_USER_NAME, "%u", (unsigned)uid);
}

void doctor_user_find(const struct admin *admin, struct doctor_user *user_r)
{
    const char *name = admin->settings.user;
    const struct passwd *found = *name == '\0' ? NULL : getpwnam(name);
    struct stat folder;

    *user_r = (struct doctor_user){.known = false};
    if (found != NULL) {
        *user_r = (struct doctor_user){.known = true, .uid = found->pw_uid, .gid = found->pw_gid};
        doctor_user_name(found->pw_uid, user_r->name);
    } else if (*name == '\0' && stat(admin->folder, &folder) == 0) {
        found = getpwuid(folder.st_uid);
        *user_r = (struct doctor_user){.known = true,
            .uid = folder.st_uid,
            .gid = found == NULL ? folder.st_gid : found->pw_gid};
        doctor_user_name(folder.st_uid, user_r->name);
    }
}

/* --- what it can read ----------------------------------------------------------------------------
 */

static bool in_group(const struct doctor_user *user, gid_t group)
{
    gid_t groups[GROUPS_MAX];
    int count = GROUPS_MAX;

    if (getgrouplist(user->name, user->gid, groups, &count) < 0)
        count = GROUPS_MAX;
    for (int i = 0; i < count; i++)
        if (groups[i] == group)
            return true;
    return group == user->gid;
}

/* By owner, group and mode; lists of rights (setfacl) are not looked at. */
static bool may(const struct doctor_user *user, const char *path, unsigned what)
{
    struct stat status;
    unsigned mode;

    if (stat(path, &status) != 0)
        return true;
    mode = status.st_mode;
    if (status.st_uid == user->uid)
        mode >>= 6;
    else if (in_group(user, status.st_gid))
        mode >>= 3;
    return (mode & what) == what;
}

/* What keeps the user from reading the file: a folder on the way or itself. False: nothing. */
static bool find_bar(
    const struct doctor_user *user, const char *path, char bar_r[PATH_MAX], bool *folder_r)
{
    char *slash;

    if (realpath(path, bar_r) == NULL)
        return false;
    *folder_r = true;
    for (slash = strchr(bar_r + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (!may(user, bar_r, MAY_ENTER))
            return true;
        *slash = '/';
    }
    *folder_r = false;
    return !may(user, bar_r, MAY_READ);
}

/* Says it, once for all files of the folder. */
static bool check_reads(struct doctor *doctor, const struct doctor_user *user, const char *path)
{
    char bar[PATH_MAX], own[PATH_MAX];
    bool folder;

    if (!find_bar(user, path, bar, &folder))
        return true;
    if (folder && (realpath(doctor->admin->folder, own) == NULL || strcmp(own, bar) != 0))
        doctor_found(doctor,
            _("The server runs as “%s”, who may not enter %s: it takes no new settings and no new "
              "certificate. chmod o+x %s"),
            user->name, bar, bar);
    else
        doctor_found(doctor,
            _("The server runs as “%s”, who cannot read %s: it takes no new settings and no new "
              "certificate. chown -R %s: %s"),
            user->name, bar, user->name, doctor->admin->folder);
    return false;
}

/* Root reads them for the user that the setting names at the start; then that user does. */
static void check_files(struct doctor *doctor, const struct doctor_user *user)
{
    const struct state_paths *paths = &doctor->admin->paths;
    bool named = doctor->admin->settings.user[0] != '\0';

    if (check_reads(doctor, user, paths->settings) &&
        check_reads(doctor, user, paths->certificate) &&
        (named || check_reads(doctor, user, paths->key)))
        doctor_fine(doctor, _("The server, as “%s”, can read its settings and its certificate."),
            user->name);
}

/* --- the database, as that user ------------------------------------------------------------------
 */

/* In a process that becomes that user: a database may let in one and not the other. Ends with 0
 * when it answers; else why it does not is written to `out`. */
static void ask_as(const struct doctor *doctor, const char *name, int out)
{
    char why[INSPECT_WHY] = "";
    struct inspect *inspect = NULL;
    const char *wrong = privileges_become(name);

    if (wrong == NULL)
        inspect = inspect_open(doctor->region->database, doctor->region->name, why);
    else
        text_copy(why, sizeof(why), wrong);
    if (inspect == NULL)
        _exit(write(out, why, strlen(why)) < 0 ? EXIT_FAILURE + 1 : EXIT_FAILURE);
    inspect_close(&inspect);
    _exit(EXIT_SUCCESS);
}

static bool answers_as(const struct doctor *doctor, const char *name, char why_r[INSPECT_WHY])
{
    int ends[2], state = 0;
    ssize_t size;
    pid_t child;

    *why_r = '\0';
    fflush(stdout);
    if (pipe(ends) != 0)
        return true;
    child = fork();
    if (child == 0) {
        close(ends[0]);
        ask_as(doctor, name, ends[1]);
    }
    close(ends[1]);
    size = child < 0 ? 0 : read(ends[0], why_r, INSPECT_WHY - 1);
    close(ends[0]);
    why_r[size < 0 ? 0 : size] = '\0';
    if (child > 0)
        waitpid(child, &state, 0);
    return child < 0 || state == 0;
}

/* Where root asks, the connection above was root's. */
static void check_database(struct doctor *doctor, const struct doctor_user *user)
{
    char why[INSPECT_WHY];
    bool answers = geteuid() == 0 && answers_as(doctor, user->name, why);

    if (geteuid() != 0 || (!answers && doctor->daemon == NULL))
        return;
    if (answers && doctor->daemon != NULL)
        doctor_fine(doctor, _("The database answers “%s”, as whom the server runs."), user->name);
    else if (answers)
        doctor_note(doctor,
            _("The database answers “%s”, as whom the server runs: look with “sudo -u %s concertd "
              "doctor --state %s” instead."),
            user->name, user->name, doctor->admin->folder);
    else
        doctor_found(doctor,
            _("The database answers root, but not “%s”, as whom the server runs: %s. Is the "
              "setting “database” one for that user?"),
            user->name, why);
}

void doctor_server_user(struct doctor *doctor)
{
    struct doctor_user user;

    doctor_user_find(doctor->admin, &user);
    if (!user.known)
        doctor_found(doctor, _("This machine has no user “%s”: set “user” right in %s."),
            doctor->admin->settings.user, doctor->admin->paths.settings);
    else if (user.uid == 0)
        doctor_note(doctor,
            _("The server runs as root: set “user” in %s, so that it becomes another user."),
            doctor->admin->paths.settings);
    else {
        check_files(doctor, &user);
        if (getpwuid(user.uid) != NULL)
            check_database(doctor, &user);
    }
}
