#include "admin/erase_book.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "state.h"

static bool path_of(const char *folder, char path_r[STATE_PATH])
{
    int length = snprintf(path_r, STATE_PATH, "%s/erasures", folder);

    if (length > 0 && length < STATE_PATH)
        return true;
    errno = ENAMETOOLONG;
    return false;
}

static void write_line(FILE *file, const char *region, const struct erase_target *target,
    bool everywhere, const char *day)
{
    char id[UUID_TEXT];

    uuid_format(target->id, id);
    fprintf(file, "%s %s %" PRIu64 " %" PRIu64 " %s %s %s\n", region, id, target->from, target->to,
        target->digits, everywhere ? "person" : "expired", day);
}

/* A line that was cut by a crash ends here, or it would take the next one with it. */
static void end_line(FILE *file, int fd)
{
    off_t size = lseek(fd, 0, SEEK_END);
    char last = '\n';

    if (size > 0 && pread(fd, &last, 1, size - 1) == 1 && last != '\n')
        fputc('\n', file);
}

bool erase_book_add(const char *folder, const char *region, const struct erase_plan *plan)
{
    char path[STATE_PATH], day[16];
    time_t now = time(NULL);
    struct tm civil;
    FILE *file;
    int fd;
    bool fine;

    if (!path_of(folder, path))
        return false;
    fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    file = fd < 0 ? NULL : fdopen(fd, "a");
    if (file == NULL)
        return false;
    gmtime_r(&now, &civil);
    strftime(day, sizeof(day), "%Y-%m-%d", &civil);
    end_line(file, fd);
    for (size_t i = 0; i < plan->count; i++)
        write_line(file, region, &plan->targets[i], plan->everywhere, day);
    fine = fflush(file) == 0 && fsync(fd) == 0;
    return fclose(file) == 0 && fine;
}

static bool take(const char *line, const char *region, erase_book_cb *cb, void *arg)
{
    char name[65], id_text[UUID_TEXT], digits[7], word[16];
    uint64_t from, to;
    uint8_t id[UUID_SIZE];

    if (sscanf(line, "%64s %36s %" SCNu64 " %" SCNu64 " %6s %15s", name, id_text, &from, &to,
            digits, word) != 6 ||
        strcmp(name, region) != 0 || !uuid_parse(id_text, id))
        return true; /* another's, or cut by a crash: then nothing of it was done */
    return cb(arg, id, from, to, digits, strcmp(word, "person") == 0);
}

bool erase_book_read(const char *folder, const char *region, erase_book_cb *cb, void *arg)
{
    char path[STATE_PATH], line[256];
    FILE *file;
    bool fine = true;

    if (!path_of(folder, path))
        return false;
    file = fopen(path, "re");
    if (file == NULL)
        return errno == ENOENT;
    while (fine && fgets(line, sizeof(line), file) != NULL)
        fine = take(line, region, cb, arg);
    fine = fine && !ferror(file);
    fclose(file);
    return fine;
}
