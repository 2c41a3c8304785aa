#include "import/person_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "i18n.h"

#define FILE_WIDTH 100
#define PATH_SIZE ((size_t)4096)
#define SCRATCH ((size_t)1 << 28)

static bool print(
    const struct report *report, const struct printer *printer, FILE *out, const char *language)
{
    struct printer_page page = {.out = out, .width = FILE_WIDTH, .language = language};

    page.arena = arena_new(SCRATCH);
    if (page.arena == NULL)
        return false;
    printer->print(report, &page);
    arena_free(&page.arena);
    return !ferror(out);
}

/* Closes the file; true when all of it is on the disk. What is no file (a pipe) has no disk. */
static bool finish(FILE *out, bool good)
{
    bool fine = good && fflush(out) == 0 && (fsync(fileno(out)) == 0 || errno == EINVAL);

    return fclose(out) == 0 && fine;
}

/* What is there and is no plain file, as a pipe, is written into; a file gets a draft beside it,
 * which its owner alone may read whoever might read the former. */
static bool is_file(const char *path)
{
    struct stat status;

    return lstat(path, &status) != 0 || S_ISREG(status.st_mode);
}

static int open_file(const char *path, bool replace, char *draft)
{
    draft[0] = '\0';
    if (!replace)
        return open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_EXCL, 0600);
    if (!is_file(path))
        return open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
    if ((size_t)snprintf(draft, PATH_SIZE, "%s.XXXXXX", path) < PATH_SIZE)
        return mkostemp(draft, O_CLOEXEC);
    draft[0] = '\0';
    errno = ENAMETOOLONG;
    return -1;
}

/* Whole or not at all. False with errno. */
static bool save(
    const struct context *context, const struct printer *printer, const char *path, bool replace)
{
    char draft[PATH_SIZE];
    int fd = open_file(path, replace, draft), error;
    FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
    bool good = out != NULL && finish(out, print(context->report, printer, out, context->language));

    good = good && (draft[0] == '\0' || rename(draft, path) == 0);
    error = errno;
    if (out == NULL && fd >= 0)
        close(fd);
    if (!good && fd >= 0 && (draft[0] != '\0' || !replace))
        unlink(draft[0] != '\0' ? draft : path);
    errno = error;
    return good;
}

enum command_exit person_file_save(
    struct context *context, const struct printer *printer, const char *path)
{
    bool replace = command_option(context, "replace") != NULL;

    if (save(context, printer, path, replace))
        return COMMAND_OK;
    if (errno == EEXIST && !replace)
        return command_say(context, COMMAND_FAILED,
            _("%s is there already. Give another name, or write over it with --replace."), path);
    return command_say(
        context, COMMAND_FAILED, _("%s cannot be written: %s."), path, strerror(errno));
}
