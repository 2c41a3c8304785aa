#include "sandbox.h"

#ifdef __SANITIZE_ADDRESS__

bool sandbox_enter(enum sandbox sandbox)
{
    (void)sandbox;
    return true;
}

#else

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <netdb.h>
#include <pwd.h>
#include <seccomp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "log.h"
#include "sandbox_calls.h"

/* Flags by which a file is changed or made. */
#define WRITING (O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND | (O_TMPFILE & ~O_DIRECTORY))

/* All that Landlock knows of since its first version, but reading. */
#define CHANGES                                                                                    \
    (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |  \
        LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |                            \
        LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK | \
        LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |                             \
        LANDLOCK_ACCESS_FS_MAKE_SYM)

/* The C library loads what looks up names and users when it is first asked: after this it is there,
 * and nothing that can be run needs to be loaded any more. */
static void load_names(void)
{
    struct addrinfo *found = NULL;

    if (getaddrinfo("localhost", "5432", NULL, &found) == 0)
        freeaddrinfo(found);
    getpwuid(geteuid());
}

/* No file is changed, made or run from here on: a set of rights without a place where they hold. */
static void lock_files(void)
{
    struct landlock_ruleset_attr attributes = {.handled_access_fs = CHANGES};
    int rules = (int)syscall(SYS_landlock_create_ruleset, &attributes, sizeof(attributes), 0);

    if (rules < 0 || syscall(SYS_landlock_restrict_self, rules, 0) != 0)
        log_line(LOG_LEVEL_INFO, "sandbox", "event=no_landlock error=\"%s\"", strerror(errno));
    if (rules >= 0)
        close(rules);
}

static bool add(scmp_filter_ctx filter, uint32_t action, const int *calls, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int result = seccomp_rule_add(filter, action, calls[i], 0);

        if (result != 0 && result != -EACCES) { /* it is the default already */
            errno = -result;
            return false;
        }
    }
    return true;
}

/* One argument of a call: its bits under the mask must be these. */
static bool add_masked(
    scmp_filter_ctx filter, int call, unsigned argument, uint64_t mask, uint64_t value)
{
    const struct scmp_arg_cmp compare = {
        .arg = argument, .op = SCMP_CMP_MASKED_EQ, .datum_a = mask, .datum_b = value};

    return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, 1, &compare) == 0;
}

static bool add_equal(scmp_filter_ctx filter, int call, unsigned argument, uint64_t value)
{
    return add_masked(filter, call, argument, UINT32_MAX, value);
}

/* Limits may be asked for; only that of descriptors follows new settings. */
static bool add_limits(scmp_filter_ctx filter)
{
    const struct scmp_arg_cmp asks = {.arg = 2, .op = SCMP_CMP_EQ, .datum_a = 0};
    const struct scmp_arg_cmp descriptors[] = {{.arg = 0, .op = SCMP_CMP_EQ, .datum_a = 0},
        {.arg = 1, .op = SCMP_CMP_EQ, .datum_a = RLIMIT_NOFILE}};

    return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1, &asks) == 0 &&
           seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 2, descriptors) == 0;
}

static bool add_arguments(scmp_filter_ctx filter)
{
    static const uint64_t families[] = {AF_UNIX, AF_INET, AF_INET6};
    const struct scmp_arg_cmp routes[] = {
        {.arg = 0, .op = SCMP_CMP_EQ, .datum_a = AF_NETLINK}, /* which addresses this host has */
        {.arg = 2, .op = SCMP_CMP_EQ, .datum_a = 0}};

    for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
        if (!add_equal(filter, SCMP_SYS(socket), 0, families[i]))
            return false;
    return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(socket), 2, routes) == 0 &&
           add_masked(filter, SCMP_SYS(open), 1, WRITING, O_RDONLY) &&
           add_masked(filter, SCMP_SYS(openat), 2, WRITING, O_RDONLY) &&
           add_masked(filter, SCMP_SYS(mmap), 2, PROT_EXEC, 0) &&
           add_masked(filter, SCMP_SYS(mprotect), 2, PROT_EXEC, 0) &&
           add_equal(filter, SCMP_SYS(ioctl), 1, FIONREAD) && add_limits(filter);
}

static bool fill(scmp_filter_ctx filter, enum sandbox sandbox)
{
    size_t n_needed, n_hostile;
    const int *needed = sandbox_calls_needed(&n_needed);
    const int *hostile = sandbox_calls_hostile(&n_hostile);

    if (!add(filter, SCMP_ACT_KILL_PROCESS, hostile, n_hostile))
        return false;
    return sandbox == SANDBOX_PARENT ||
           (add(filter, SCMP_ACT_ALLOW, needed, n_needed) && add_arguments(filter));
}

static bool filter_calls(enum sandbox sandbox)
{
    scmp_filter_ctx filter =
        seccomp_init(sandbox == SANDBOX_PARENT ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO(EPERM));
    bool loaded = filter != NULL && fill(filter, sandbox) &&
                  seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2) == 0 &&
                  seccomp_load(filter) == 0;

    if (filter != NULL)
        seccomp_release(filter);
    return loaded;
}

bool sandbox_enter(enum sandbox sandbox)
{
    load_names();
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return false;
    lock_files();
    return filter_calls(sandbox);
}

#endif
