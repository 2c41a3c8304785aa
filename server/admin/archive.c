#include "admin/archive.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "folder.h"

#define MAGIC "concert-backup 1\n"
#define UNDONE "concert-undone 1\n" /* a draft's, as long: another's file is told from it */
#define PART "part "
#define END "end\n"
#define PIECE_MAX ((size_t)1 << 20)
#define HASH_SIZE 32
#define LINE_MAX_SIZE 32
#define PATH_SIZE 4096

struct archive {
    char path[PATH_SIZE], draft[PATH_SIZE + 8]; /* "": stdout; no draft, or none any more */
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

static bool is_there(const char *path)
{
    struct stat status;

    return lstat(path, &status) == 0;
}

/* A plain file of one name, empty or begun as drafts are. */
static bool is_draft(int fd)
{
    char text[sizeof(UNDONE) - 1];
    struct stat status;
    ssize_t size;

    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || status.st_nlink != 1)
        return false;
    size = pread(fd, text, sizeof(text), 0);
    return size == 0 || (size == (ssize_t)sizeof(text) && memcmp(text, UNDONE, sizeof(text)) == 0);
}

/* 0, or why the draft that was opened is not one to write into. */
static int draft_wrong(int fd, const char *draft)
{
    struct stat own, there;

    if (flock(fd, LOCK_EX | LOCK_NB) != 0 || fstat(fd, &own) != 0 || lstat(draft, &there) != 0 ||
        own.st_ino != there.st_ino || own.st_dev != there.st_dev)
        return EBUSY; /* another process has it, or made it a backup just now */
    return is_draft(fd) ? 0 : EEXIST;
}

/* The draft, empty: its own alone while it is open. One that another process writes is left as it
 * is (EBUSY), as is a file that is no draft (EEXIST); one that was killed is written over. -1 with
 * errno. */
static int open_draft(const char *path, const char *draft)
{
    int fd = open(draft, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
    int wrong;

    if (fd < 0)
        return -1;
    wrong = draft_wrong(fd, draft);
    if (wrong == 0 && is_there(path)) {
        unlink(draft);
        wrong = EEXIST;
    }
    if (wrong == 0 && (fchmod(fd, 0600) != 0 || ftruncate(fd, 0) != 0))
        wrong = errno;
    if (wrong == 0)
        return fd;
    close(fd);
    errno = wrong;
    return -1;
}

bool archive_clear_draft(const char *draft)
{
    int fd = open(draft, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    int wrong = fd < 0 ? errno : draft_wrong(fd, draft);

    if (wrong == 0 && unlink(draft) != 0) /* while the lock is held */
        wrong = errno;
    if (fd >= 0)
        close(fd);
    errno = wrong;
    return wrong == 0;
}

/* The hash's state wants more than malloc's alignment. */
static struct archive *make(void)
{
    struct archive *archive = aligned_alloc(alignof(struct archive), sizeof(*archive));

    if (archive != NULL)
        memset(archive, 0, sizeof(*archive));
    return archive;
}

/* On the open file, which it takes. */
static struct archive *begin_on(struct archive *archive, int fd, const char *first)
{
    archive->file = fd < 0 ? NULL : fdopen(fd, "wb");
    if (archive->file == NULL) {
        free(archive);
        return NULL;
    }
    crypto_generichash_init(&archive->hash, NULL, 0, HASH_SIZE);
    crypto_generichash_update(&archive->hash, (const uint8_t *)MAGIC, strlen(MAGIC));
    fwrite(first, 1, strlen(first), archive->file);
    return archive;
}

struct archive *archive_begin(const char *path)
{
    struct archive *archive = make();
    int fd = -1;

    if (archive == NULL)
        return NULL;
    errno = ENAMETOOLONG;
    if ((size_t)snprintf(archive->path, PATH_SIZE, "%s", path) < PATH_SIZE) {
        snprintf(archive->draft, sizeof(archive->draft), "%s" ARCHIVE_DRAFT, path);
        errno = EEXIST;
        fd = is_there(path) ? -1 : open_draft(path, archive->draft);
    }
    return begin_on(archive, fd, UNDONE);
}

struct archive *archive_begin_stdout(void)
{
    struct archive *archive = make();

    return archive == NULL ? NULL
                           : begin_on(archive, fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3), MAGIC);
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

/* The name is taken only where nothing has it, not even since a moment ago. */
static bool take_name(const struct archive *archive)
{
    int fd, wrong;

    if (renameat2(AT_FDCWD, archive->draft, AT_FDCWD, archive->path, RENAME_NOREPLACE) == 0)
        return true;
    if (errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP)
        return false;
    /* A disk that cannot do so: an empty file of its own holds the name meanwhile. */
    fd = open(archive->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    close(fd);
    if (rename(archive->draft, archive->path) == 0)
        return true;
    wrong = errno;
    unlink(archive->path);
    errno = wrong;
    return false;
}

/* Its bytes are on the disk, and with them what makes a draft a backup. */
static bool settle(const struct archive *archive)
{
    int fd = fileno(archive->file);

    if (fflush(archive->file) != 0)
        return false;
    if (archive->draft[0] == '\0')
        return fsync(fd) == 0 || errno == EINVAL || errno == EROFS; /* a pipe has none */
    return fsync(fd) == 0 && pwrite(fd, MAGIC, strlen(MAGIC), 0) == (ssize_t)strlen(MAGIC) &&
           fsync(fd) == 0;
}

bool archive_finish(struct archive *archive)
{
    uint8_t hash[HASH_SIZE];
    bool named = archive->draft[0] != '\0';
    bool fine = end_part(archive) && put(archive, END, strlen(END));

    crypto_generichash_final(&archive->hash, hash, HASH_SIZE);
    fine = fine && fwrite(hash, 1, HASH_SIZE, archive->file) == HASH_SIZE && settle(archive);
    if (!fine || (named && !take_name(archive))) /* while the lock is held */
        return false;
    archive->draft[0] = '\0';
    fine = fclose(archive->file) == 0;
    archive->file = NULL;
    return (!named || folder_sync(archive->path)) && fine; /* it is there after a power cut, too */
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

enum archive_state archive_read_from(FILE *file, archive_take *take, void *arg)
{
    struct reading reading = {.file = file, .piece = malloc(PIECE_MAX)};
    enum archive_state state = ARCHIVE_UNREADABLE;
    int wrong;

    if (reading.piece != NULL) {
        crypto_generichash_init(&reading.hash, NULL, 0, HASH_SIZE);
        state = read_all(&reading, take, arg);
    }
    wrong = errno;
    free(reading.piece);
    errno = wrong;
    return state;
}

enum archive_state archive_read(const char *path, archive_take *take, void *arg)
{
    FILE *file = fopen(path, "rb");
    enum archive_state state =
        file == NULL ? ARCHIVE_UNREADABLE : archive_read_from(file, take, arg);
    int wrong = errno;

    if (file != NULL)
        fclose(file);
    errno = wrong;
    return state;
}
