#include "privileges.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "log.h"

#define CAPABILITIES_MAX 64 /* more than there are: the kernel refuses the first that is none */

/* Sanitizers look at the process as a debugger does. */
#ifdef __SANITIZE_ADDRESS__
#define SEEN_BY_DEBUGGERS true
#else
#define SEEN_BY_DEBUGGERS false
#endif

/* What a later exec could give back; while there is still the right to give it up. */
static void drop_bounds(void)
{
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    for (unsigned long i = 0; i < CAPABILITIES_MAX; i++)
        if (prctl(PR_CAPBSET_DROP, i, 0, 0, 0) != 0)
            return;
}

/* Keeps those of the mask alone, of the first 32. Where a filter around the process forbids even to
 * ask, there must be no other already. */
static bool keep_capabilities(unsigned mask)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {{0}},
                                  now[_LINUX_CAPABILITY_U32S_3] = {{0}};

    if (syscall(SYS_capget, &header, now) != 0)
        return false;
    data[0].permitted = data[0].effective = now[0].permitted & mask;
    return syscall(SYS_capset, &header, data) == 0 ||
           ((now[0].permitted & ~mask) == 0 && now[1].permitted == 0);
}

static bool is_user(uid_t uid)
{
    uid_t real, effective, saved;

    return getresuid(&real, &effective, &saved) == 0 && real == uid && effective == uid &&
           saved == uid;
}

const char *privileges_become(const char *name)
{
    const struct passwd *user = getpwnam(name);

    if (user == NULL)
        return "there is no such user";
    if (user->pw_uid == 0)
        return NULL;
    if (initgroups(name, user->pw_gid) != 0 ||
        setresgid(user->pw_gid, user->pw_gid, user->pw_gid) != 0 ||
        setresuid(user->pw_uid, user->pw_uid, user->pw_uid) != 0)
        return "the system does not let it become that user";
    if (!is_user(user->pw_uid) || setuid(0) == 0 || setgid(0) == 0)
        return "it could become root again";
    return NULL;
}

/* Someone else than root has started it: then the name must be his. */
static const char *check_name(const char *name)
{
    const struct passwd *user = getpwnam(name);

    return user != NULL && user->pw_uid == geteuid() ? NULL : "only root can make it another user";
}

static bool hide_memory(void)
{
    static const struct rlimit none = {0, 0};

    return SEEN_BY_DEBUGGERS ||
           (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 && setrlimit(RLIMIT_CORE, &none) == 0);
}

bool privileges_drop(const char *user, const char **why_r)
{
    unsigned kept = 0;

    *why_r = NULL;
    drop_bounds();
    if (*user != '\0')
        *why_r = geteuid() == 0 ? privileges_become(user) : check_name(user);
    if (*why_r != NULL)
        return false;
    if (geteuid() == 0) {
        kept = 1u << CAP_DAC_OVERRIDE | 1u << CAP_DAC_READ_SEARCH;
        log_line(LOG_LEVEL_WARNING, "serve", "event=root hint=\"set user in concertd.conf\"");
    }
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || !keep_capabilities(kept) || !hide_memory())
        *why_r = "the system does not let it give up its privileges";
    return *why_r == NULL;
}

bool privileges_give(const char *path, const char *user)
{
    const struct passwd *found;

    if (*user == '\0' || geteuid() != 0)
        return true;
    found = getpwnam(user);
    if (found == NULL) {
        errno = EINVAL;
        return false;
    }
    return found->pw_uid == 0 || lchown(path, found->pw_uid, found->pw_gid) == 0;
}

bool privileges_give_state(
    const char *folder, const struct state_paths *paths, const char *user, const char **path_r)
{
    /* The folder last: then root writes there no more. */
    const char *const all[] = {paths->key, paths->certificate, paths->settings, folder};

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        *path_r = all[i];
        if (!privileges_give(all[i], user))
            return false;
    }
    return true;
}

bool privileges_others_write(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && (status.st_mode & (S_IWGRP | S_IWOTH));
}
