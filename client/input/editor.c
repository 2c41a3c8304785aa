#include "input/editor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define TEXT_MAX ((size_t)1 << 20)

bool editor_keep(const char *folder, const char *text, char path_r[EDITOR_PATH_SIZE])
{
    size_t size = strlen(text);
    bool fine;
    int fd;

    snprintf(path_r, EDITOR_PATH_SIZE, "%s/edit-XXXXXX.txt", folder);
    fd = mkstemps(path_r, 4);
    if (fd < 0)
        return false;
    fine = write(fd, text, size) == (ssize_t)size;
    if (close(fd) != 0 || !fine) {
        unlink(path_r);
        return false;
    }
    return true;
}

char *editor_read(const char *path, struct arena *arena)
{
    struct stat stat;
    char *text = NULL;
    ssize_t got = -1;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return NULL;
    if (fstat(fd, &stat) == 0 && stat.st_size >= 0 && (size_t)stat.st_size <= TEXT_MAX)
        text = arena_alloc(arena, (size_t)stat.st_size + 1);
    else
        errno = EFBIG;
    if (text != NULL)
        got = read(fd, text, (size_t)stat.st_size);
    close(fd);
    return got < 0 ? NULL : text;
}

bool editor_run(const char *path)
{
    int status;
    pid_t child = fork();

    if (child == 0) {
        execl("/bin/sh", "sh", "-c", "exec ${VISUAL:-${EDITOR:-editor}} \"$1\"", "sh", path,
            (char *)NULL);
        _exit(127);
    }
    while (child > 0 && waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return false;
    return child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
