/* The folder of documents: what is copied there, and what waits. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "desk/desk_document_folder.h"

#include "clock.h"
#include "folder.h"

#define PIECE ((size_t)64 << 10)
#define DAY 86400
#define DRAFT_AGE (1 * DAY) /* of copies that a crash left */
#define PART_AGE (30 * DAY) /* of what was fetched in part */

void desk_document_path(const struct desk *desk, const uint8_t id[UUID_SIZE], const char *extension,
    char path_r[DESK_DOCUMENT_PATH])
{
    char name[UUID_TEXT];

    uuid_format(id, name);
    snprintf(path_r, DESK_DOCUMENT_PATH, "%s/documents/%s.%s", desk->home, name, extension);
}

static void folder_path(const struct desk *desk, char path_r[DESK_DOCUMENT_PATH])
{
    snprintf(path_r, DESK_DOCUMENT_PATH, "%s/documents", desk->home);
}

bool desk_document_folder(const struct desk *desk, struct desk_why *why_r)
{
    char path[DESK_DOCUMENT_PATH];

    folder_path(desk, path);
    if (mkdir(path, 0700) == 0)
        return folder_sync(path) || desk_fail_system(why_r, desk->home);
    return errno == EEXIST || desk_fail_system(why_r, path);
}

static bool write_all(int fd, const uint8_t *data, size_t size)
{
    while (size > 0) {
        ssize_t written = write(fd, data, size);

        if (written < 0 && errno != EINTR)
            return false;
        if (written > 0) {
            data += written;
            size -= (size_t)written;
        }
    }
    return true;
}

bool desk_document_copy(
    int from, int to, uint64_t most, struct desk_facts *facts_r, bool *wrong_from_r)
{
    uint8_t piece[PIECE], hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_state state;
    ssize_t size = 1;

    facts_r->size = 0;
    crypto_hash_sha256_init(&state);
    while (size != 0 && facts_r->size <= most) {
        uint64_t room = most + 1 - facts_r->size;

        size = read(from, piece, room < PIECE ? (size_t)room : PIECE);
        *wrong_from_r = size < 0;
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0 || (to >= 0 && !write_all(to, piece, (size_t)size)))
            return false;
        crypto_hash_sha256_update(&state, piece, (unsigned long long)size);
        facts_r->size += (uint64_t)size;
    }
    crypto_hash_sha256_final(&state, hash);
    sodium_bin2hex(facts_r->sha256, sizeof(facts_r->sha256), hash, sizeof(hash));
    return true;
}

/* --- taking a file -----------------------------------------------------------------------------
 */

static enum desk_file fail_read(struct desk_why *why_r, const char *path)
{
    int error = errno;

    desk_fail_system(why_r, path);
    snprintf(why_r->detail, sizeof(why_r->detail), "%s", strerror(error));
    return error == ENOENT || error == ENOTDIR ? DESK_FILE_ABSENT : DESK_FILE_UNREADABLE;
}

/* O_NONBLOCK: a pipe that nobody writes to must not hold us before it is known to be one. */
static enum desk_file open_file(const char *path, int *fd_r, struct desk_why *why_r)
{
    struct stat facts;

    *fd_r = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (*fd_r < 0 || fstat(*fd_r, &facts) != 0)
        return fail_read(why_r, path);
    if (S_ISDIR(facts.st_mode))
        return DESK_FILE_FOLDER;
    if (!S_ISREG(facts.st_mode))
        return DESK_FILE_STRANGE;
    if (facts.st_size == 0)
        return DESK_FILE_EMPTY;
    return (uint64_t)facts.st_size > DESK_DOCUMENT_MAX ? DESK_FILE_LARGE : DESK_FILE_FINE;
}

static enum desk_file fail_write(struct desk_why *why_r, const char *path)
{
    desk_fail_system(why_r, path);
    return DESK_FILE_STORAGE;
}

/* Into a draft, which becomes what waits when it is whole and on the disk. */
static enum desk_file copy_file(int from, const char *path, const char *draft, const char *name,
    struct desk_facts *facts_r, struct desk_why *why_r)
{
    int to = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool wrong_from = false;
    enum desk_file file = DESK_FILE_FINE;

    if (to < 0)
        return fail_write(why_r, draft);
    if (!desk_document_copy(from, to, DESK_DOCUMENT_MAX, facts_r, &wrong_from))
        file = wrong_from ? fail_read(why_r, path) : fail_write(why_r, draft);
    else if (facts_r->size == 0)
        file = DESK_FILE_EMPTY;
    else if (facts_r->size > DESK_DOCUMENT_MAX)
        file = DESK_FILE_LARGE;
    else if (fsync(to) != 0)
        file = fail_write(why_r, draft);
    close(to);
    if (file == DESK_FILE_FINE && rename(draft, name) != 0)
        file = fail_write(why_r, name);
    if (file != DESK_FILE_FINE)
        unlink(draft);
    return file;
}

enum desk_file desk_document_take(struct desk *desk, const char *path, const uint8_t id[UUID_SIZE],
    struct desk_facts *facts_r, struct desk_why *why_r)
{
    char draft[DESK_DOCUMENT_PATH], name[DESK_DOCUMENT_PATH], folder[DESK_DOCUMENT_PATH];
    int from = -1;
    enum desk_file file = open_file(path, &from, why_r);

    if (file == DESK_FILE_FINE && !desk_document_folder(desk, why_r))
        file = DESK_FILE_STORAGE;
    if (file == DESK_FILE_FINE) {
        folder_path(desk, folder);
        desk_document_path(desk, id, "new", draft);
        desk_document_path(desk, id, "send", name);
        file = copy_file(from, path, draft, name, facts_r, why_r);
        if (file == DESK_FILE_FINE && !folder_sync(name))
            file = fail_write(why_r, folder);
    }
    if (from >= 0)
        close(from);
    return file;
}

void desk_document_forget(struct desk *desk, const uint8_t id[UUID_SIZE])
{
    char path[DESK_DOCUMENT_PATH];

    desk_document_path(desk, id, "send", path);
    unlink(path);
}

/* --- what waits --------------------------------------------------------------------------------
 */

/* A name of ours: *id_r and what is behind the point; NULL: not ours. */
static const char *read_name(const char *name, uint8_t id_r[UUID_SIZE])
{
    char text[UUID_TEXT];

    if (strlen(name) <= UUID_TEXT || name[UUID_TEXT - 1] != '.')
        return NULL;
    memcpy(text, name, UUID_TEXT - 1);
    text[UUID_TEXT - 1] = '\0';
    return uuid_parse(text, id_r) ? name + UUID_TEXT : NULL;
}

/* What nobody will come back to. */
static void clean(int folder, const char *name, const char *extension, const struct stat *facts)
{
    time_t age = (time_t)(clock_now() / 1000000) - facts->st_mtime;

    if ((strcmp(extension, "new") == 0 && age > DRAFT_AGE) ||
        (strcmp(extension, "part") == 0 && age > PART_AGE))
        unlinkat(folder, name, 0);
}

struct list {
    struct arena *arena;
    struct desk_waiting *waiting;
    size_t count, room;
};

static bool add(struct list *list, const uint8_t id[UUID_SIZE], uint64_t size)
{
    struct desk_waiting *waiting =
        arena_grow(list->arena, list->waiting, list->count, &list->room, sizeof(*waiting));

    if (waiting == NULL)
        return false;
    list->waiting = waiting;
    memcpy(list->waiting[list->count].id, id, UUID_SIZE);
    list->waiting[list->count++].size = size;
    return true;
}

bool desk_document_waiting(
    struct desk *desk, struct arena *arena, const struct desk_waiting **list_r, size_t *count_r)
{
    struct list list = {.arena = arena};
    char path[DESK_DOCUMENT_PATH];
    const struct dirent *entry;
    bool good = true;
    DIR *folder;

    folder_path(desk, path);
    folder = opendir(path);
    while (good && folder != NULL && (entry = readdir(folder)) != NULL) {
        uint8_t id[UUID_SIZE];
        const char *extension = read_name(entry->d_name, id);
        struct stat facts;

        if (extension == NULL ||
            fstatat(dirfd(folder), entry->d_name, &facts, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        if (strcmp(extension, "send") == 0)
            good = add(&list, id, (uint64_t)facts.st_size);
        else
            clean(dirfd(folder), entry->d_name, extension, &facts);
    }
    if (folder != NULL)
        closedir(folder);
    *list_r = list.waiting;
    *count_r = list.count;
    return good;
}

const struct desk_sending *desk_document_sent(const struct desk *desk)
{
    return &desk->sending;
}
