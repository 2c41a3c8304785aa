#include "admin/restore_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "admin/archive.h"
#include "i18n.h"
#include "store/migrate.h"

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

static bool say_state(const struct restore_file *file, const char *path, enum archive_state state)
{
    static const char *const words[] = {
        [ARCHIVE_OTHER] = N_("%s is no backup that this program knows."),
        [ARCHIVE_CUT] = N_("%s was cut short: it is not whole, and nothing was done with it."),
        [ARCHIVE_ALTERED] =
            N_("%s was altered since it was made: its checksum is another. Nothing was done."),
    };

    if (state == ARCHIVE_UNREADABLE)
        admin_say(
            file->admin, 1, "%s: %s", file->no_room ? file->admin->folder : path, strerror(errno));
    else if (state != ARCHIVE_GOOD)
        admin_say(file->admin, 1, _(words[state]), path);
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

/* Reads all of it before anything is done. */
static bool read_all(struct restore_file *file, const char *path)
{
    char version[16];

    if (!say_state(file, path, archive_read(path, take, file)))
        return false;
    if (!about(file, "region", file->name, sizeof(file->name)) ||
        !about(file, "schema", version, sizeof(version)) ||
        !about(file, "head", file->head, sizeof(file->head)) ||
        !about(file, "hash", file->hash, sizeof(file->hash)) ||
        !about(file, "taken", file->taken, sizeof(file->taken)) ||
        !migrate_name_valid(file->name) || !is_complete(file))
        return say_state(file, path, ARCHIVE_OTHER);
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

bool restore_file_read(struct restore_file *file_r, const struct admin *admin, const char *path)
{
    static const char *const names[] = {"about", "settings", "key", "certificate"};

    *file_r = (struct restore_file){.admin = admin, .dump = -1};
    for (size_t i = 0; i < RESTORE_PARTS; i++) {
        file_r->parts[i].name = names[i];
        file_r->parts[i].text = calloc(1, RESTORE_TEXT_MAX + 1);
        if (file_r->parts[i].text == NULL)
            return false;
    }
    if (open_dump(file_r))
        return read_all(file_r, path);
    admin_say(admin, 1, "%s: %s", admin->folder, strerror(errno));
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
    file->dump = -1;
}
