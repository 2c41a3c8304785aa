/*
 * A home whose device was revoked: a small note says what was. It is written before anything is
 * deleted, and once more when nothing is left; a start that finds the first note goes on deleting.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "desk/desk_internal.h"
#include "text.h"

#define NOTE "revoked"
#define NOTE_MAX 2048

/* What this program makes in a home, by the beginnings of its names: the copy with what SQLite has
 * beside it, the key, sessions, drafts. Anything else there is somebody's. */
static const char *const ours[] = {"copy.db", "key.pem", "cert.pem", "session", "edit-", "lock"};

static bool is_ours(const char *name)
{
    for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
        if (strncmp(name, ours[i], strlen(ours[i])) == 0)
            return true;
    return false;
}

/* Deletes the folder's files that are ours, or with `all` every one. False when one stays. */
static bool empty(const char *path, bool all)
{
    DIR *folder = opendir(path);
    const struct dirent *entry;
    bool good = folder != NULL;

    while (good && (entry = readdir(folder)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if ((all || is_ours(entry->d_name)) && unlinkat(dirfd(folder), entry->d_name, 0) != 0 &&
            errno != ENOENT)
            good = false;
    }
    if (folder != NULL) {
        fsync(dirfd(folder));
        closedir(folder);
    }
    return good;
}

static bool empty_home(const char *home)
{
    char documents[DESK_PATH_SIZE + 16];
    struct stat status;

    snprintf(documents, sizeof(documents), "%s/documents", home);
    if (lstat(documents, &status) == 0 && S_ISDIR(status.st_mode) &&
        (!empty(documents, true) || rmdir(documents) != 0))
        return false;
    return empty(home, false);
}

/* --- the note ----------------------------------------------------------------------------------
 */

static void path_of(const char *home, const char *suffix, char path_r[DESK_PATH_SIZE + 16])
{
    snprintf(path_r, DESK_PATH_SIZE + 16, "%s/" NOTE "%s", home, suffix);
}

static bool put(int fd, const struct desk_gone *gone, bool done)
{
    char text[NOTE_MAX];
    int size = snprintf(text, sizeof(text),
        "state=%s\nat=%lld\nhanded=%lld\nlost=%lld\nrefused=%lld\ndocuments=%lld\nregion=%"
        "s\nlanguage=%s\n"
        "timezone=%s\ntitle=%s\n",
        done ? "done" : "emptying", (long long)gone->at, (long long)gone->handed,
        (long long)gone->lost, (long long)gone->refused, (long long)gone->documents, gone->region,
        gone->language, gone->timezone, gone->title);

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

bool desk_gone_note(
    const char *home, const struct desk_gone *gone, bool done, struct desk_why *why_r)
{
    char path[DESK_PATH_SIZE + 16], beside[DESK_PATH_SIZE + 16];
    int fd;
    bool good;

    path_of(home, "", path);
    path_of(home, ".new", beside);
    fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    good = fd >= 0 && put(fd, gone, done) && rename(beside, path) == 0;
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

static void take(struct desk_gone *gone, bool *done, const char *key, const char *value)
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
        *done = strcmp(value, "done") == 0;
    else if (strcmp(key, "region") == 0)
        text_copy(gone->region, sizeof(gone->region), value);
    else if (strcmp(key, "language") == 0)
        text_copy(gone->language, sizeof(gone->language), value);
    else if (strcmp(key, "timezone") == 0)
        text_copy(gone->timezone, sizeof(gone->timezone), value);
    else if (strcmp(key, "title") == 0)
        text_copy(gone->title, sizeof(gone->title), value);
}

static bool read_note(const char *home, struct desk_gone *gone_r, bool *done_r)
{
    char path[DESK_PATH_SIZE + 16], line[NOTE_MAX];
    FILE *file;

    *gone_r = (struct desk_gone){.at = 0};
    *done_r = false;
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
        take(gone_r, done_r, line, value);
    }
    fclose(file);
    return gone_r->at != 0;
}

void desk_gone_finish(const char *home)
{
    struct desk_gone gone;
    struct desk_why ignored;
    bool done;

    if (read_note(home, &gone, &done) && !done && empty_home(home))
        desk_gone_note(home, &gone, true, &ignored);
}

bool desk_gone(const char *home, struct desk_gone *gone_r)
{
    bool done;

    return read_note(home, gone_r, &done);
}

void desk_gone_forget(const char *home)
{
    char path[DESK_PATH_SIZE + 16];

    path_of(home, "", path);
    unlink(path);
}
