#include "desk/desk_bundle_file.h"

#include <errno.h>
#include <event2/buffer.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "folder.h"
#include "frame.h"
#include "identity_key.h"
#include "identity_seal.h"
#include "text.h"

#define READ_SIZE ((size_t)64 << 10)
#define PARCEL_TAG 0x08 /* Parcel.version, which comes first */

bool desk_bundle_file_begin(struct desk_bundle_file *file, const char *path, struct desk_why *why_r)
{
    int fd;

    *file = (struct desk_bundle_file){.file = NULL};
    errno = ENAMETOOLONG;
    if (!text_copy(file->path, sizeof(file->path), path) ||
        (size_t)snprintf(file->fresh, sizeof(file->fresh), "%s.new", path) >= sizeof(file->fresh))
        return desk_fail_system(why_r, path);
    fd = open(file->fresh, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    file->file = fd < 0 ? NULL : fdopen(fd, "wb");
    if (file->file != NULL)
        return true;
    if (fd >= 0)
        close(fd);
    return desk_fail_system(why_r, path);
}

bool desk_bundle_file_add(
    struct desk_bundle_file *file, const void *data, size_t size, struct desk_why *why_r)
{
    return size == 0 || fwrite(data, size, 1, file->file) == 1 ||
           desk_fail_system(why_r, file->path);
}

bool desk_bundle_file_end(struct desk_bundle_file *file, struct desk_why *why_r)
{
    bool good = fflush(file->file) == 0 && fsync(fileno(file->file)) == 0;

    good = good || desk_fail_system(why_r, file->path);
    if (fclose(file->file) != 0 && good)
        good = desk_fail_system(why_r, file->path);
    file->file = NULL;
    if (good && (rename(file->fresh, file->path) != 0 || !folder_sync(file->path)))
        good = desk_fail_system(why_r, file->path);
    if (!good)
        unlink(file->fresh);
    return good;
}

void desk_bundle_file_drop(struct desk_bundle_file *file)
{
    if (file->file == NULL)
        return;
    fclose(file->file);
    file->file = NULL;
    unlink(file->fresh);
}

bool desk_bundle_file_read(
    FILE *file, const char *path, struct evbuffer *buffer, bool *got_r, struct desk_why *why_r)
{
    struct evbuffer_iovec space;
    size_t got;

    *got_r = false;
    if (evbuffer_reserve_space(buffer, (ev_ssize_t)READ_SIZE, &space, 1) != 1)
        return desk_fail(why_r, DESK_LIMIT, NULL);
    got = fread(space.iov_base, 1, READ_SIZE, file);
    if (ferror(file))
        return desk_fail_system(why_r, path);
    space.iov_len = got;
    *got_r = got > 0;
    return evbuffer_commit_space(buffer, &space, 1) == 0 || desk_fail(why_r, DESK_LIMIT, NULL);
}

bool desk_bundle_kind(const char *path, enum desk_bundle_kind *kind_r, struct desk_why *why_r)
{
    static const char magic[] = IDENTITY_SEAL_MAGIC;
    uint8_t head[sizeof(magic) - 1] = {0};
    FILE *file = fopen(path, "rbe");
    size_t got;
    bool good;

    *kind_r = DESK_BUNDLE_NONE;
    if (file == NULL)
        return desk_fail_system(why_r, path);
    got = fread(head, 1, sizeof(head), file);
    good = !ferror(file) || desk_fail_system(why_r, path);
    fclose(file);
    if (got == sizeof(head) && memcmp(head, magic, sizeof(head)) == 0)
        *kind_r = DESK_BUNDLE_ANSWER;
    else if (got > FRAME_HEADER + 1 && head[0] == 0 && head[1] <= 0x10 &&
             head[FRAME_HEADER] == PARCEL_TAG)
        *kind_r = DESK_BUNDLE_PARCELS;
    return good;
}

struct evp_pkey_st *desk_bundle_key(const struct desk *desk, struct desk_why *why_r)
{
    char path[DESK_PATH_SIZE + 16];
    struct evp_pkey_st *key;

    snprintf(path, sizeof(path), "%s/key.pem", desk->home);
    errno = 0;
    key = identity_key_read(path);
    if (key == NULL) {
        errno = errno == 0 ? EINVAL : errno;
        desk_fail_system(why_r, path);
    }
    return key;
}
