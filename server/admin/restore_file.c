#include "admin/restore_file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "admin/archive.h"
#include "i18n.h"
#include "store/dump.h"
#include "store/migrate.h"

#define LOOK_MS 200 /* how often signals are looked for, where nothing comes */

static bool take(void *arg, const char *part, const void *data, size_t size)
{
    struct restore_file *file = arg;

    if (strcmp(part, "dump") == 0) {
        for (ssize_t written = 0; size > 0; size -= (size_t)written) {
            written = write(file->dump, data, size);
            if (written <= 0) {
                file->no_room = true;
                return false;
            }
            data = (const char *)data + written;
        }
        return true;
    }
    for (size_t i = 0; i < RESTORE_PARTS; i++) {
        struct restore_part *own = &file->parts[i];

        if (strcmp(own->name, part) != 0)
            continue;
        errno = EFBIG;
        if (own->size + size > RESTORE_TEXT_MAX)
            return false;
        memcpy(own->text + own->size, data, size);
        own->size += size;
    }
    return true;
}

/* The value of a line "key=value" of the part about; false when it has none, or a strange one: it
 * goes into SQL. */
static bool about(const struct restore_file *file, const char *key, char *value_r, size_t size)
{
    const char *line = file->parts[RESTORE_ABOUT].text;
    size_t length = strlen(key);

    while (line != NULL && (strncmp(line, key, length) != 0 || line[length] != '=')) {
        line = strchr(line, '\n');
        line = line == NULL ? NULL : line + 1;
    }
    if (line == NULL)
        return false;
    line += length + 1;
    length = strcspn(line, "\n");
    if (length == 0 || length >= size ||
        strspn(line, "abcdefghijklmnopqrstuvwxyzTZ0123456789_") < length)
        return false;
    memcpy(value_r, line, length);
    value_r[length] = '\0';
    return true;
}

static bool say_state(const struct restore_file *file, enum archive_state state)
{
    static const char *const words[] = {
        [ARCHIVE_OTHER] = N_("%s is no backup that this program knows."),
        [ARCHIVE_CUT] = N_("%s was cut short: it is not whole, and nothing was done with it."),
        [ARCHIVE_ALTERED] =
            N_("%s was altered since it was made: its checksum is another. Nothing was done."),
    };

    if (state == ARCHIVE_UNREADABLE && dump_stop_asked())
        admin_say(file->admin, 1, _("Nothing was restored: %s."), _("a signal ended it"));
    else if (state == ARCHIVE_UNREADABLE)
        admin_say(file->admin, 1, _("%s: %s"), file->no_room ? file->admin->folder : file->path,
            strerror(errno));
    else if (state != ARCHIVE_GOOD)
        admin_say(file->admin, 1, _(words[state]), file->path);
    return state == ARCHIVE_GOOD;
}

static bool is_complete(const struct restore_file *file)
{
    struct stat dump;
    bool complete = fstat(file->dump, &dump) == 0 && dump.st_size > 0;

    for (size_t i = 0; i < RESTORE_PARTS; i++)
        complete = complete && file->parts[i].size > 0;
    return complete;
}

/* What comes on a pipe may be long in coming. */
static ssize_t read_some(void *cookie, char *data_r, size_t size)
{
    const struct restore_file *file = cookie;
    struct pollfd ready = {file->from, POLLIN, 0};

    do {
        errno = EINTR;
        if (dump_stop_asked())
            return -1;
    } while (poll(&ready, 1, LOOK_MS) <= 0);
    return read(file->from, data_r, size);
}

static enum archive_state read_archive(struct restore_file *file)
{
    FILE *stream = fopencookie(file, "r", (cookie_io_functions_t){.read = read_some});
    enum archive_state state = ARCHIVE_UNREADABLE;
    int wrong;

    if (stream != NULL) {
        state = archive_read_from(stream, take, file);
    }
    wrong = errno;
    if (stream != NULL)
        fclose(stream);
    errno = wrong;
    return state;
}

/* Reads all of it before anything is done. */
static bool read_all(struct restore_file *file)
{
    char version[16];

    if (!say_state(file, read_archive(file)))
        return false;
    if (!about(file, "region", file->name, sizeof(file->name)) ||
        !about(file, "schema", version, sizeof(version)) ||
        !about(file, "head", file->head, sizeof(file->head)) ||
        !about(file, "hash", file->hash, sizeof(file->hash)) ||
        !about(file, "taken", file->taken, sizeof(file->taken)) ||
        !migrate_name_valid(file->name) || !is_complete(file))
        return say_state(file, ARCHIVE_OTHER);
    file->version = atoi(version);
    if (file->version <= migrate_latest())
        return true;
    admin_say(file->admin, 1,
        _("The backup has schema version %d, which is newer than this program's, %d: install the "
          "newer concertd."),
        file->version, migrate_latest());
    return false;
}

/* A file for the dump that is gone with this process. */
static bool open_dump(struct restore_file *file)
{
    char path[STATE_PATH + 32];

    snprintf(path, sizeof(path), "%s/restore.XXXXXX", file->admin->folder);
    file->dump = mkostemp(path, O_CLOEXEC);
    return file->dump >= 0 && unlink(path) == 0;
}

int restore_file_open(struct restore_file *file_r, const struct admin *admin, const char *path)
{
    bool standard = strcmp(path, "-") == 0;

    *file_r = (struct restore_file){.admin = admin, .path = path, .from = -1, .dump = -1};
    if (standard && isatty(STDIN_FILENO))
        return admin_say(admin, 2,
            _("“restore -” reads the backup from stdin, and that is a terminal: give it a file "
              "(<FILE) or a program's output."));
    if (standard)
        file_r->path = _("the standard input");
    file_r->from = standard ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
                            : open(path, O_RDONLY | O_NOCTTY | O_CLOEXEC);
    if (file_r->from < 0)
        return admin_say(admin, EXIT_FAILURE, _("%s: %s"), file_r->path, strerror(errno));
    return 0;
}

bool restore_file_read(struct restore_file *file)
{
    static const char *const names[] = {"about", "settings", "key", "certificate"};

    for (size_t i = 0; i < RESTORE_PARTS; i++) {
        file->parts[i].name = names[i];
        file->parts[i].text = calloc(1, RESTORE_TEXT_MAX + 1);
        if (file->parts[i].text == NULL) {
            admin_say(file->admin, 1, _("Nothing was restored: %s."), _("memory ran out"));
            return false;
        }
    }
    if (open_dump(file))
        return read_all(file);
    admin_say(file->admin, 1, _("%s: %s"), file->admin->folder, strerror(errno));
    return false;
}

void restore_file_clear(struct restore_file *file)
{
    for (size_t i = 0; i < RESTORE_PARTS; i++) {
        free(file->parts[i].text);
        file->parts[i].text = NULL;
    }
    if (file->dump >= 0)
        close(file->dump);
    if (file->from >= 0)
        close(file->from);
    file->dump = file->from = -1;
}
