/*
 * A home whose device was revoked: a small note says what was. It is written before anything is
 * deleted, and once more behind that; a start that finds something left goes on deleting.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "desk/desk_internal.h"
#include "text.h"

#define NOTE "revoked"
#define DOCUMENTS "documents"
#define NOTE_MAX 2048

/* --- emptying ----------------------------------------------------------------------------------
 */

/* What this program makes in a home, with what SQLite and editors put beside it. Anything else
 * there is somebody's. */
static const char *const ours[] = {"copy.db", "copy.db-wal", "copy.db-shm", "copy.db-journal",
    "key.pem", "cert.pem", "session", "lock", "edit-??????.txt*", ".edit-??????.txt.*"};

#define SESSION_BESIDE "session." /* and the number of a process that writes it */

static bool is_ours(const char *name)
{
    const char *number;

    for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
        if (fnmatch(ours[i], name, 0) == 0)
            return true;
    if (strncmp(name, SESSION_BESIDE, strlen(SESSION_BESIDE)) != 0)
        return false;
    number = name + strlen(SESSION_BESIDE);
    return *number != '\0' && number[strspn(number, "0123456789")] == '\0';
}

/* The first of them is told. A name may hold anything, and the note is lines. */
static void note_left(struct desk_gone *gone, const char *folder, const char *name)
{
    if (gone->left[0] != '\0')
        return;
    snprintf(gone->left, sizeof(gone->left), "%s%s%s", folder, folder[0] == '\0' ? "" : "/", name);
    for (char *c = gone->left; *c != '\0'; c++)
        if (iscntrl((unsigned char)*c))
            *c = '?';
}

/* Deletes the folder's files that are ours, or with `all` every one, and goes on past what cannot
 * be. `folder` is the path below the home. False when one stays. */
static bool empty(const char *path, const char *folder, bool all, struct desk_gone *gone)
{
    DIR *stream = opendir(path);
    const struct dirent *entry;
    bool good = stream != NULL;

    while (stream != NULL && (errno = 0, entry = readdir(stream)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
            (!all && !is_ours(entry->d_name)))
            continue;
        if (unlinkat(dirfd(stream), entry->d_name, 0) != 0 && errno != ENOENT) {
            note_left(gone, folder, entry->d_name);
            good = false;
        }
    }
    good = good && errno == 0;
    if (stream != NULL) {
        fsync(dirfd(stream));
        closedir(stream);
    }
    return good;
}

static bool empty_documents(const char *home, struct desk_gone *gone)
{
    char path[DESK_PATH_SIZE + 16];
    struct stat status;

    snprintf(path, sizeof(path), "%s/" DOCUMENTS, home);
    if (lstat(path, &status) != 0)
        return errno == ENOENT;
    if (!S_ISDIR(status.st_mode) || (empty(path, DOCUMENTS, true, gone) && rmdir(path) == 0))
        return true;
    note_left(gone, "", DOCUMENTS);
    return false;
}

void desk_gone_empty(const char *home, struct desk_gone *gone)
{
    struct desk_why ignored;
    bool documents;

    gone->left[0] = '\0';
    documents = empty_documents(home, gone);
    if (gone->state == DESK_GONE_EMPTYING && empty(home, "", false, gone))
        gone->state = DESK_GONE_REST;
    if (gone->state == DESK_GONE_REST && documents)
        gone->state = DESK_GONE_DONE;
    desk_gone_note(home, gone, &ignored);
}

/* --- the note ----------------------------------------------------------------------------------
 */

static void path_of(const char *home, const char *suffix, char path_r[DESK_PATH_SIZE + 16])
{
    snprintf(path_r, DESK_PATH_SIZE + 16, "%s/" NOTE "%s", home, suffix);
}

static const char *const states[] = {
    [DESK_GONE_EMPTYING] = "emptying", [DESK_GONE_REST] = "rest", [DESK_GONE_DONE] = "done"};

static bool put(int fd, const struct desk_gone *gone)
{
    char text[NOTE_MAX];
    int size = snprintf(text, sizeof(text),
        "state=%s\nat=%lld\nhanded=%lld\nlost=%lld\nrefused=%lld\ndocuments=%lld\nregion=%s\n"
        "language=%s\ntimezone=%s\ntitle=%s\nleft=%s\n",
        states[gone->state], (long long)gone->at, (long long)gone->handed, (long long)gone->lost,
        (long long)gone->refused, (long long)gone->documents, gone->region, gone->language,
        gone->timezone, gone->title, gone->left);

    return size > 0 && (size_t)size < sizeof(text) && write(fd, text, (size_t)size) == size &&
           fsync(fd) == 0;
}

static void sync_folder(const char *home)
{
    int fd = open(home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return;
    fsync(fd);
    close(fd);
}

bool desk_gone_note(const char *home, const struct desk_gone *gone, struct desk_why *why_r)
{
    char path[DESK_PATH_SIZE + 16], beside[DESK_PATH_SIZE + 16];
    int fd;
    bool good;

    path_of(home, "", path);
    path_of(home, ".new", beside);
    fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    good = fd >= 0 && put(fd, gone) && rename(beside, path) == 0;
    if (!good)
        desk_fail_system(why_r, path);
    if (fd >= 0)
        close(fd);
    if (good)
        sync_folder(home);
    else
        unlink(beside);
    return good;
}

static void take_state(struct desk_gone *gone, const char *value)
{
    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
        if (strcmp(value, states[i]) == 0)
            gone->state = (enum desk_gone_state)i;
}

static void take(struct desk_gone *gone, const char *key, const char *value)
{
    struct {
        const char *key;
        int64_t *number;
    } numbers[] = {{"at", &gone->at}, {"handed", &gone->handed}, {"lost", &gone->lost},
        {"refused", &gone->refused}, {"documents", &gone->documents}};

    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        if (strcmp(key, numbers[i].key) == 0)
            *numbers[i].number = strtoll(value, NULL, 10);
    if (strcmp(key, "state") == 0)
        take_state(gone, value);
    else if (strcmp(key, "region") == 0)
        text_copy(gone->region, sizeof(gone->region), value);
    else if (strcmp(key, "language") == 0)
        text_copy(gone->language, sizeof(gone->language), value);
    else if (strcmp(key, "timezone") == 0)
        text_copy(gone->timezone, sizeof(gone->timezone), value);
    else if (strcmp(key, "title") == 0)
        text_copy(gone->title, sizeof(gone->title), value);
    else if (strcmp(key, "left") == 0)
        text_copy(gone->left, sizeof(gone->left), value);
}

bool desk_gone(const char *home, struct desk_gone *gone_r)
{
    char path[DESK_PATH_SIZE + 16], line[NOTE_MAX];
    FILE *file;

    *gone_r = (struct desk_gone){.state = DESK_GONE_EMPTYING};
    path_of(home, "", path);
    file = fopen(path, "re");
    if (file == NULL)
        return false;
    while (fgets(line, sizeof(line), file) != NULL) {
        char *value = strchr(line, '=');

        line[strcspn(line, "\n")] = '\0';
        if (value == NULL)
            continue;
        *value++ = '\0';
        take(gone_r, line, value);
    }
    fclose(file);
    return gone_r->at != 0;
}

/* Without its old copy, one that is there is of a home that has joined again, whose first copy was
 * cut: the note goes when it is whole. */
static bool is_another(const char *home, const struct desk_gone *gone)
{
    char path[DESK_PATH_SIZE + 16];

    snprintf(path, sizeof(path), "%s/copy.db", home);
    return gone->state == DESK_GONE_REST && access(path, F_OK) == 0;
}

void desk_gone_finish(const char *home)
{
    struct desk_gone gone;

    if (desk_gone(home, &gone) && gone.state != DESK_GONE_DONE && !is_another(home, &gone))
        desk_gone_empty(home, &gone);
}

void desk_gone_forget(const char *home)
{
    char path[DESK_PATH_SIZE + 16];

    path_of(home, "", path);
    unlink(path);
}
