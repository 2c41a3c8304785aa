#include "import/person_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "i18n.h"

#define FILE_WIDTH 100
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

enum command_exit person_file_save(
    struct context *context, const struct printer *printer, const char *path)
{
    int replace = command_option(context, "replace") == NULL ? O_EXCL : O_TRUNC;
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | replace, 0600);
    FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
    bool good = out != NULL && print(context->report, printer, out, context->language);

    if (out == NULL && fd >= 0)
        close(fd);
    if (out != NULL && fclose(out) != 0)
        good = false;
    if (good)
        return COMMAND_OK;
    if (fd < 0 && errno == EEXIST)
        return command_say(context, COMMAND_FAILED,
            _("%s is there already. Give another name, or write over it with --replace."), path);
    return command_say(
        context, COMMAND_FAILED, _("%s cannot be written: %s."), path, strerror(errno));
}
