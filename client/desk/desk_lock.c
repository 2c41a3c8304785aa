/* One process of a home sends at a time, so that operations leave in their order, once. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "desk/desk_internal.h"

#define WAIT_MAX 15000 /* milliseconds: twenty commands at once take their turns within */
#define WAIT_STEP 3

static int fail_system(int fd, const char *path, struct desk_why *why_r)
{
    desk_fail_system(why_r, path);
    if (fd >= 0)
        close(fd);
    return -1;
}

int desk_lock(const char *home, struct desk_why *why_r)
{
    char path[DESK_PATH_SIZE + 16];
    int fd;

    snprintf(path, sizeof(path), "%s/lock", home);
    fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return fail_system(fd, path, why_r);
    for (int waited = 0; flock(fd, LOCK_EX | LOCK_NB) != 0; waited += WAIT_STEP) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return fail_system(fd, path, why_r);
        if (waited >= WAIT_MAX) {
            errno = EWOULDBLOCK;
            desk_fail_system(why_r, path);
            close(fd);
            return -1;
        }
        poll(NULL, 0, WAIT_STEP);
    }
    return fd;
}

void desk_unlock(int *lock)
{
    if (*lock >= 0)
        close(*lock);
    *lock = -1;
}
