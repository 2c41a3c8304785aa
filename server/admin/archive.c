#include "admin/archive.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "folder.h"

#define MAGIC "concert-backup 1\n"
#define PART "part "
#define END "end\n"
#define PIECE_MAX ((size_t)1 << 20)
#define HASH_SIZE 32
#define LINE_MAX_SIZE 32
#define PATH_SIZE 4096

struct archive {
    char path[PATH_SIZE], draft[PATH_SIZE + 8];
    FILE *file;
    crypto_generichash_state hash;
    bool in_part;
};

/* --- writing -------------------------------------------------------------------------------------
 */

static bool put(struct archive *archive, const void *data, size_t size)
{
    crypto_generichash_update(&archive->hash, data, size);
    return fwrite(data, 1, size, archive->file) == size;
}

static bool put_size(struct archive *archive, size_t size)
{
    uint8_t bytes[4] = {
        (uint8_t)(size >> 24), (uint8_t)(size >> 16), (uint8_t)(size >> 8), (uint8_t)size};

    return put(archive, bytes, sizeof(bytes));
}

static bool end_part(struct archive *archive)
{
    bool was = archive->in_part;

    archive->in_part = false;
    return !was || put_size(archive, 0);
}

/* The draft, empty: its own alone while it is open. One that another process writes is left as it
 * is (EBUSY), one that was killed is written over. -1 with errno. */
static int open_draft(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    struct stat own, there;
    int wrong;

    if (fd < 0)
        return -1;
    wrong = flock(fd, LOCK_EX | LOCK_NB) == 0 ? 0 : EBUSY;
    if (wrong == 0 && (fstat(fd, &own) != 0 || stat(path, &there) != 0 ||
                          own.st_ino != there.st_ino || own.st_dev != there.st_dev))
        wrong = EBUSY; /* it became a backup just now */
    if (wrong == 0 && (fchmod(fd, 0600) != 0 || ftruncate(fd, 0) != 0))
        wrong = errno;
    if (wrong == 0)
        return fd;
    close(fd);
    errno = wrong;
    return -1;
}

struct archive *archive_begin(const char *path)
{
    struct archive *archive = calloc(1, sizeof(*archive));
    int fd = -1;

    if (archive == NULL)
        return NULL;
    errno = ENAMETOOLONG;
    if ((size_t)snprintf(archive->path, PATH_SIZE, "%s", path) < PATH_SIZE) {
        snprintf(archive->draft, sizeof(archive->draft), "%s.new", path);
        fd = open_draft(archive->draft);
    }
    archive->file = fd < 0 ? NULL : fdopen(fd, "wb");
    if (archive->file == NULL) {
        free(archive);
        return NULL;
    }
    crypto_generichash_init(&archive->hash, NULL, 0, HASH_SIZE);
    put(archive, MAGIC, strlen(MAGIC));
    return archive;
}

bool archive_part(struct archive *archive, const char *name)
{
    char line[LINE_MAX_SIZE];

    snprintf(line, sizeof(line), PART "%s\n", name);
    if (!end_part(archive) || !put(archive, line, strlen(line)))
        return false;
    archive->in_part = true;
    return true;
}

bool archive_add(struct archive *archive, const void *data, size_t size)
{
    const char *bytes = data;

    while (size > 0) {
        size_t piece = size < PIECE_MAX ? size : PIECE_MAX;

        if (!put_size(archive, piece) || !put(archive, bytes, piece))
            return false;
        bytes += piece;
        size -= piece;
    }
    return true;
}

bool archive_text(struct archive *archive, const char *name, const char *text, size_t size)
{
    return archive_part(archive, name) && archive_add(archive, text, size);
}

bool archive_finish(struct archive *archive)
{
    uint8_t hash[HASH_SIZE];
    bool fine = end_part(archive) && put(archive, END, strlen(END));

    crypto_generichash_final(&archive->hash, hash, HASH_SIZE);
    fine = fine && fwrite(hash, 1, HASH_SIZE, archive->file) == HASH_SIZE &&
           fflush(archive->file) == 0 && fsync(fileno(archive->file)) == 0;
    if (!fine || rename(archive->draft, archive->path) != 0) /* while the lock is held */
        return false;
    archive->draft[0] = '\0';
    fine = fclose(archive->file) == 0;
    archive->file = NULL;
    return folder_sync(archive->path) && fine; /* it is there after a power cut, too */
}

void archive_free(struct archive **archive)
{
    struct archive *a = *archive;

    if (a == NULL)
        return;
    if (a->draft[0] != '\0')
        unlink(a->draft);
    if (a->file != NULL)
        fclose(a->file);
    free(a);
    *archive = NULL;
}

/* --- reading -------------------------------------------------------------------------------------
 */

struct reading {
    FILE *file;
    crypto_generichash_state hash;
    uint8_t *piece; /* PIECE_MAX bytes */
};

static bool get(struct reading *reading, void *data, size_t size)
{
    if (fread(data, 1, size, reading->file) != size)
        return false;
    crypto_generichash_update(&reading->hash, data, size);
    return true;
}

static enum archive_state ended(const struct reading *reading)
{
    return ferror(reading->file) ? ARCHIVE_UNREADABLE : ARCHIVE_CUT;
}

/* A line without its end; one that is too long is none of a backup's. */
static enum archive_state get_line(struct reading *reading, char line_r[LINE_MAX_SIZE])
{
    for (size_t i = 0; i < LINE_MAX_SIZE; i++) {
        if (!get(reading, &line_r[i], 1))
            return ended(reading);
        if (line_r[i] == '\n') {
            line_r[i] = '\0';
            return ARCHIVE_GOOD;
        }
    }
    return ARCHIVE_ALTERED;
}

static enum archive_state read_part(
    struct reading *reading, const char *name, archive_take *take, void *arg)
{
    for (;;) {
        uint8_t bytes[4];
        size_t size;

        if (!get(reading, bytes, sizeof(bytes)))
            return ended(reading);
        size = (size_t)bytes[0] << 24 | (size_t)bytes[1] << 16 | (size_t)bytes[2] << 8 | bytes[3];
        if (size == 0)
            return ARCHIVE_GOOD;
        if (size > PIECE_MAX)
            return ARCHIVE_ALTERED;
        if (!get(reading, reading->piece, size))
            return ended(reading);
        if (take != NULL && !take(arg, name, reading->piece, size))
            return ARCHIVE_UNREADABLE;
    }
}

static enum archive_state check_hash(struct reading *reading)
{
    uint8_t own[HASH_SIZE], told[HASH_SIZE];

    crypto_generichash_final(&reading->hash, own, HASH_SIZE);
    if (fread(told, 1, HASH_SIZE, reading->file) != HASH_SIZE)
        return ended(reading);
    return memcmp(own, told, HASH_SIZE) == 0 && fgetc(reading->file) == EOF ? ARCHIVE_GOOD
                                                                            : ARCHIVE_ALTERED;
}

static enum archive_state read_all(struct reading *reading, archive_take *take, void *arg)
{
    char line[LINE_MAX_SIZE];
    enum archive_state state = ARCHIVE_GOOD;

    if (get_line(reading, line) != ARCHIVE_GOOD || strcmp(line, "concert-backup 1") != 0)
        return ferror(reading->file) ? ARCHIVE_UNREADABLE : ARCHIVE_OTHER;
    for (;;) {
        state = get_line(reading, line);
        if (state != ARCHIVE_GOOD)
            return state;
        if (strcmp(line, "end") == 0)
            return check_hash(reading);
        if (strncmp(line, PART, strlen(PART)) != 0 ||
            strlen(line) > strlen(PART) + ARCHIVE_NAME_MAX)
            return ARCHIVE_ALTERED;
        state = read_part(reading, line + strlen(PART), take, arg);
        if (state != ARCHIVE_GOOD)
            return state;
    }
}

enum archive_state archive_read(const char *path, archive_take *take, void *arg)
{
    struct reading reading = {.file = fopen(path, "rb"), .piece = malloc(PIECE_MAX)};
    enum archive_state state = ARCHIVE_UNREADABLE;
    int wrong = errno;

    if (reading.file != NULL && reading.piece != NULL) {
        crypto_generichash_init(&reading.hash, NULL, 0, HASH_SIZE);
        state = read_all(&reading, take, arg);
        wrong = errno;
    }
    if (reading.file != NULL)
        fclose(reading.file);
    free(reading.piece);
    errno = wrong;
    return state;
}
