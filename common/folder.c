#include "folder.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <unistd.h>

#include "text.h"

bool folder_sync(const char *path)
{
    char copy[PATH_MAX];
    int fd, wrong = 0;

    errno = ENAMETOOLONG;
    if (!text_copy(copy, sizeof(copy), path))
        return false;
    fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return false;
    if (fsync(fd) != 0 && errno != EINVAL)
        wrong = errno;
    close(fd);
    errno = wrong;
    return wrong == 0;
}
