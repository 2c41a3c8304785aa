/* Documents on their way here. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "desk/desk_document_folder.h"
#include "desk/desk_line.h"

struct fetcher {
    struct desk *desk;
    struct desk_why *why_r;
    const uint8_t *id;
    const struct desk_facts *facts;
    const char *path;
    int fd;
    uint64_t have;
};

static bool waits_here(const struct desk *desk, const uint8_t id[UUID_SIZE])
{
    char path[DESK_DOCUMENT_PATH];

    desk_document_path(desk, id, "send", path);
    return access(path, R_OK) == 0;
}

static Concert__Request request_of(
    const struct fetcher *fetcher, uint64_t offset, Concert__GetDocument *get_r)
{
    Concert__Request request = CONCERT__REQUEST__INIT;

    concert__get_document__init(get_r);
    get_r->has_document = get_r->has_offset = true;
    get_r->document = (ProtobufCBinaryData){UUID_SIZE, (uint8_t *)fetcher->id};
    get_r->offset = offset;
    request.verb_case = CONCERT__REQUEST__VERB_GET_DOCUMENT;
    request.get_document = get_r;
    return request;
}

static bool fail_with(struct fetcher *fetcher, struct error error)
{
    desk_fail(fetcher->why_r, DESK_ANSWER, NULL);
    fetcher->why_r->error = error;
    return false;
}

static bool fail_hash(struct fetcher *fetcher)
{
    unlink(fetcher->path);
    return fail_with(fetcher, error_make(CONCERT__CODE__INVALID, "bytes", "hash", NULL));
}

/* Asks for nothing, from the end on: whether the document is there at all is soon told, however
 * slow the line. */
static bool ask(struct fetcher *fetcher, struct arena *arena)
{
    Concert__GetDocument get;
    Concert__Request request = request_of(fetcher, fetcher->facts->size, &get);
    const Concert__Response *response = desk_ask(fetcher->desk, &request, arena, fetcher->why_r);

    if (response == NULL)
        return false;
    if (response->answer_case != CONCERT__RESPONSE__ANSWER_GET_DOCUMENT)
        return desk_fail(fetcher->why_r, DESK_UNREACHABLE, fetcher->desk->identity.address);
    return response->get_document->size == fetcher->facts->size || fail_hash(fetcher);
}

static bool keep(struct fetcher *fetcher, const ProtobufCBinaryData *bytes)
{
    if (bytes->len == 0 || bytes->len > fetcher->facts->size - fetcher->have)
        return fail_hash(fetcher);
    for (size_t done = 0; done < bytes->len;) {
        ssize_t written = pwrite(
            fetcher->fd, bytes->data + done, bytes->len - done, (off_t)(fetcher->have + done));

        if (written < 0 && errno != EINTR)
            return desk_fail_system(fetcher->why_r, fetcher->path);
        done += written > 0 ? (size_t)written : 0;
    }
    fetcher->have += bytes->len;
    if (fetcher->desk->progress != NULL)
        fetcher->desk->progress(fetcher->desk->progress_arg, fetcher->have, fetcher->facts->size);
    return true;
}

static bool get(struct fetcher *fetcher, struct arena *arena)
{
    Concert__GetDocument get;
    Concert__Request request = request_of(fetcher, fetcher->have, &get);
    const Concert__Response *response;
    uint64_t number;

    if (!desk_put(fetcher->desk, &request, &number, fetcher->why_r))
        return false;
    do
        response = desk_next(fetcher->desk, arena, fetcher->why_r);
    while (response != NULL && response->number != number);
    if (response == NULL)
        return false;
    if (response->answer_case == CONCERT__RESPONSE__ANSWER_ERROR)
        return desk_fail_error(fetcher->why_r, response->error);
    if (response->answer_case != CONCERT__RESPONSE__ANSWER_GET_DOCUMENT)
        return desk_fail(fetcher->why_r, DESK_UNREACHABLE, fetcher->desk->identity.address);
    return keep(fetcher, &response->get_document->bytes);
}

/* One exchange, its memory its own. */
static bool exchange(struct fetcher *fetcher, bool (*what)(struct fetcher *, struct arena *))
{
    struct arena *arena = desk_arena(fetcher->why_r);
    bool good = arena != NULL && what(fetcher, arena);

    arena_free(&arena);
    return good;
}

static bool check(struct fetcher *fetcher)
{
    struct desk_facts facts;
    bool wrong_from;

    if (lseek(fetcher->fd, 0, SEEK_SET) != 0 ||
        !desk_document_copy(fetcher->fd, -1, DESK_DOCUMENT_MAX, &facts, &wrong_from))
        return desk_fail_system(fetcher->why_r, fetcher->path);
    return (facts.size == fetcher->facts->size &&
               strcmp(facts.sha256, fetcher->facts->sha256) == 0) ||
           fail_hash(fetcher);
}

/* Where the last time ended. */
static bool open_part(struct fetcher *fetcher)
{
    struct stat facts;

    fetcher->fd = open(fetcher->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fetcher->fd >= 0 && flock(fetcher->fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        return fail_with(fetcher, error_make(CONCERT__CODE__BUSY, "bytes", "fetching", NULL));
    if (fetcher->fd < 0 || fstat(fetcher->fd, &facts) != 0)
        return desk_fail_system(fetcher->why_r, fetcher->path);
    fetcher->have = (uint64_t)facts.st_size;
    if (fetcher->have <= fetcher->facts->size)
        return true;
    fetcher->have = 0;
    return ftruncate(fetcher->fd, 0) == 0 || desk_fail_system(fetcher->why_r, fetcher->path);
}

static bool fetch(struct fetcher *fetcher, bool *goes_on_r)
{
    bool good = open_part(fetcher);

    *goes_on_r = good && fetcher->have > 0;
    if (good && fetcher->have < fetcher->facts->size)
        good = exchange(fetcher, ask);
    while (good && fetcher->have < fetcher->facts->size)
        good = exchange(fetcher, get);
    good = good && check(fetcher);
    if (fetcher->fd >= 0)
        close(fetcher->fd);
    return good;
}

/* Whatever is wrong with a part of the last time, it is the server's only once all came anew. */
bool desk_document_fetch(struct desk *desk, const uint8_t id[UUID_SIZE],
    const struct desk_facts *facts, struct desk_why *why_r)
{
    char path[DESK_DOCUMENT_PATH];
    struct fetcher fetcher = {
        .desk = desk, .why_r = why_r, .id = id, .facts = facts, .path = path, .fd = -1};
    bool good, goes_on;

    desk_fail(why_r, DESK_FINE, NULL);
    if (waits_here(desk, id))
        return true;
    desk_document_path(desk, id, "part", path);
    if (!desk_document_folder(desk, why_r))
        return false;
    good = fetch(&fetcher, &goes_on);
    if (!good && goes_on && why_r->trouble == DESK_ANSWER &&
        strcmp(why_r->error.rule, "hash") == 0) {
        unlink(path);
        desk_fail(why_r, DESK_FINE, NULL);
        good = fetch(&fetcher, &goes_on);
    }
    return good;
}

/* --- handing over -------------------------------------------------------------------------------
 */

static enum desk_placed fail_place(struct desk_why *why_r, const char *path)
{
    desk_fail_system(why_r, path);
    return DESK_PLACED_FAILED;
}

static enum desk_placed copy_out(int from, int to, const char *path, struct desk_why *why_r)
{
    struct desk_facts facts;
    bool wrong_from;

    if (!desk_document_copy(from, to, DESK_DOCUMENT_MAX, &facts, &wrong_from) || fsync(to) != 0)
        return fail_place(why_r, path);
    return DESK_PLACED;
}

/* Without a name until it is whole: whoever is killed meanwhile leaves nothing that looks like a
 * document. False when the file system has no such files. */
static bool place_whole(
    int from, const char *path, enum desk_placed *placed_r, struct desk_why *why_r)
{
    char folder[PATH_MAX], name[40];
    bool linked, there;
    int to;

    if (snprintf(folder, sizeof(folder), "%s", path) >= (int)sizeof(folder))
        return false;
    to = open(dirname(folder), O_WRONLY | O_TMPFILE | O_CLOEXEC, 0666);
    if (to < 0)
        return false;
    *placed_r = copy_out(from, to, path, why_r);
    snprintf(name, sizeof(name), "/proc/self/fd/%d", to);
    linked =
        *placed_r == DESK_PLACED && linkat(AT_FDCWD, name, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0;
    there = *placed_r == DESK_PLACED && !linked && errno == EEXIST;
    close(to);
    if (there)
        *placed_r = DESK_PLACED_EXISTS;
    return linked || there || *placed_r == DESK_PLACED_FAILED;
}

static enum desk_placed place_named(int from, const char *path, struct desk_why *why_r)
{
    int to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    enum desk_placed placed;

    if (to < 0)
        return errno == EEXIST ? DESK_PLACED_EXISTS : fail_place(why_r, path);
    placed =
        lseek(from, 0, SEEK_SET) == 0 ? copy_out(from, to, path, why_r) : fail_place(why_r, path);
    close(to);
    if (placed == DESK_PLACED_FAILED)
        unlink(path);
    return placed;
}

enum desk_placed desk_document_place(
    struct desk *desk, const uint8_t id[UUID_SIZE], const char *path, struct desk_why *why_r)
{
    char source[DESK_DOCUMENT_PATH];
    bool waits = waits_here(desk, id);
    enum desk_placed placed;
    int from;

    desk_document_path(desk, id, waits ? "send" : "part", source);
    from = open(source, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (from < 0)
        return fail_place(why_r, source);
    if (!place_whole(from, path, &placed, why_r))
        placed = place_named(from, path, why_r);
    close(from);
    if (placed == DESK_PLACED && !waits)
        unlink(source);
    return placed;
}
