#include "folder.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
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

bool folder_write(const char *path, const void *data, size_t size, mode_t mode)
{
    char draft[PATH_MAX];
    FILE *file;
    bool fine;
    int fd, wrong;

    errno = ENAMETOOLONG;
    if ((size_t)snprintf(draft, sizeof(draft), "%s.new", path) >= sizeof(draft))
        return false;
    unlink(draft);
    fd = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    file = fd < 0 ? NULL : fdopen(fd, "wb");
    if (file == NULL) {
        if (fd >= 0)
            close(fd);
        return false;
    }
    fine = fwrite(data, 1, size, file) == size && fchmod(fd, mode) == 0 && fflush(file) == 0 &&
           fsync(fd) == 0;
    wrong = errno;
    if (fclose(file) == 0 && fine && rename(draft, path) == 0)
        return folder_sync(path);
    wrong = fine ? errno : wrong;
    unlink(draft);
    errno = wrong;
    return false;
}
