/* What waits of documents, on its way to the server. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "desk/desk_document_folder.h"

#include "clock.h"
#include "desk/desk_line.h"
#include "replica/replica_outbox.h"

#define PIECE_MAX ((size_t)256 << 10)
#define PIECE_HURRIED ((size_t)64 << 10)
#define FRAME_SPARE ((size_t)4096)
#define ORPHAN_AGE 3600 /* seconds: within them another process may still write the record */

enum end { WHOLE, WAITS, HELD, REMOVED, DAMAGED, FAILED };

struct sender {
    struct desk *desk;
    struct desk_why *why_r;
    struct arena *arena;
    int64_t until; /* clock_steady; INT64_MAX: takes the time that it takes */
    size_t piece;
    uint8_t *bytes;
    const struct desk_waiting *document;
    int fd;
};

static Concert__Request request_of(
    const struct sender *sender, uint64_t offset, size_t size, Concert__PutDocument *put_r)
{
    Concert__Request request = CONCERT__REQUEST__INIT;

    concert__put_document__init(put_r);
    put_r->has_document = put_r->has_offset = put_r->has_bytes = true;
    put_r->document = (ProtobufCBinaryData){UUID_SIZE, (uint8_t *)sender->document->id};
    put_r->offset = offset;
    put_r->bytes = (ProtobufCBinaryData){size, sender->bytes};
    request.verb_case = CONCERT__REQUEST__VERB_PUT_DOCUMENT;
    request.put_document = put_r;
    return request;
}

/* --- what an error means ------------------------------------------------------------------------
 */

/* The server does not have the record: it is on its way, or was not accepted, or is nowhere at all,
 * as when what was not accepted has been put aside. */
static enum end without_record(struct sender *sender)
{
    const struct desk_operation *operations;
    const struct book *book;
    struct desk_why ignored;
    struct stat facts;
    size_t count;

    if (!desk_read_outbox(sender->desk, 0, ~REPLICA_STATE_BIT(REPLICA_ACCEPTED), sender->arena,
            &operations, &count, &ignored))
        return WAITS;
    for (size_t i = 0; i < count; i++)
        if (uuid_equal(operations[i].id, sender->document->id))
            return operations[i].state > DESK_ACCEPTED ? HELD : WAITS;
    book = desk_book(sender->desk, &ignored);
    if (book == NULL || book_get(book, sender->document->id) != NULL ||
        fstat(sender->fd, &facts) != 0 || clock_now() / 1000000 - facts.st_mtime < ORPHAN_AGE)
        return WAITS;
    return REMOVED;
}

/* The server got other bytes than the record's: those here are damaged, or they are not, and the
 * next time will do. */
static enum end judge(struct sender *sender)
{
    struct desk_why ignored;
    const struct book *book = desk_book(sender->desk, &ignored);
    const struct book_entry *entry = book == NULL ? NULL : book_get(book, sender->document->id);
    const char *promised = entry == NULL ? NULL : book_text(entry, "sha256");
    struct desk_facts facts;
    bool wrong_from;

    if (promised == NULL || lseek(sender->fd, 0, SEEK_SET) != 0 ||
        !desk_document_copy(sender->fd, -1, DESK_DOCUMENT_MAX, &facts, &wrong_from) ||
        strcmp(facts.sha256, promised) == 0)
        return FAILED;
    return DAMAGED;
}

static enum end refused(struct sender *sender)
{
    const struct error *error = &sender->why_r->error;

    if (sender->why_r->trouble != DESK_ANSWER)
        return FAILED;
    if (error->code == CONCERT__CODE__NOT_FOUND && strcmp(error->rule, "deleted") == 0)
        return REMOVED;
    if (error->code == CONCERT__CODE__NOT_FOUND)
        return without_record(sender);
    if (strcmp(error->rule, "size") == 0)
        return DAMAGED;
    return strcmp(error->rule, "hash") == 0 ? judge(sender) : FAILED;
}

/* --- one document -------------------------------------------------------------------------------
 */

/* Looks at the answer; false with why_r. */
static bool take(
    struct sender *sender, const Concert__Response *response, uint64_t *held_r, bool *whole_r)
{
    if (response->answer_case == CONCERT__RESPONSE__ANSWER_ERROR)
        return desk_fail_error(sender->why_r, response->error);
    if (response->answer_case != CONCERT__RESPONSE__ANSWER_PUT_DOCUMENT)
        return desk_fail(sender->why_r, DESK_UNREACHABLE, sender->desk->identity.address);
    *held_r = response->put_document->held;
    *whole_r = response->put_document->whole;
    return true;
}

/* Asks what is held; connects when there is no connection. */
static bool ask(struct sender *sender, struct arena *arena, uint64_t *held_r, bool *whole_r)
{
    Concert__PutDocument put;
    Concert__Request request = request_of(sender, 0, 0, &put);
    const Concert__Response *response = desk_ask(sender->desk, &request, arena, sender->why_r);

    return response != NULL && take(sender, response, held_r, whole_r);
}

/* Sends the next piece, with as much time as it takes while bytes go either way. */
static bool put(struct sender *sender, struct arena *arena, uint64_t *held_r, bool *whole_r)
{
    ssize_t size = pread(sender->fd, sender->bytes, sender->piece, (off_t)*held_r);
    const Concert__Response *response;
    Concert__PutDocument put;
    Concert__Request request;
    uint64_t number;

    if (size < 0)
        return desk_fail_system(sender->why_r, sender->desk->home);
    request = request_of(sender, *held_r, (size_t)size, &put);
    if (!desk_put(sender->desk, &request, &number, sender->why_r))
        return false;
    do
        response = desk_next(sender->desk, arena, sender->why_r);
    while (response != NULL && response->number != number);
    return response != NULL && take(sender, response, held_r, whole_r);
}

/* One exchange, its memory its own. */
static bool exchange(struct sender *sender, bool first, uint64_t *held_r, bool *whole_r)
{
    struct arena *arena = desk_arena(sender->why_r);
    bool good = arena != NULL &&
                (first ? ask(sender, arena, held_r, whole_r) : put(sender, arena, held_r, whole_r));

    arena_free(&arena);
    return good;
}

static enum end send_open(struct sender *sender)
{
    uint64_t size = sender->document->size, held = 0, before;
    bool whole = false, good = exchange(sender, true, &held, &whole);

    while (good && !whole && held < size) {
        if (clock_steady() >= sender->until)
            return WAITS;
        before = held;
        good = exchange(sender, false, &held, &whole);
        if (good && !whole && held <= before)
            return WAITS; /* somebody else sends the same */
        if (good && sender->desk->progress != NULL)
            sender->desk->progress(sender->desk->progress_arg, held, size);
    }
    if (!good)
        return refused(sender);
    return whole ? WHOLE : DAMAGED;
}

static enum end send_one(struct sender *sender)
{
    char path[DESK_DOCUMENT_PATH], aside[DESK_DOCUMENT_PATH];
    enum end end;

    desk_document_path(sender->desk, sender->document->id, "send", path);
    sender->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (sender->fd < 0) {
        desk_fail_system(sender->why_r, path);
        return FAILED;
    }
    end = send_open(sender);
    close(sender->fd);
    if (end == WHOLE || end == REMOVED)
        unlink(path);
    if (end == DAMAGED) {
        desk_document_path(sender->desk, sender->document->id, "damaged", aside);
        rename(path, aside);
    }
    return end;
}

/* --- all of them --------------------------------------------------------------------------------
 */

/* One process of a home sends them at a time; the others go about their business. */
static int lock(const struct desk *desk)
{
    char path[DESK_DOCUMENT_PATH];
    int fd;

    snprintf(path, sizeof(path), "%s/documents/lock", desk->home);
    fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0) {
        close(fd);
        fd = -1;
    }
    return fd;
}

static void count(struct desk_sending *sending_r, enum end end)
{
    sending_r->whole += end == WHOLE;
    sending_r->held += end == HELD;
    sending_r->removed += end == REMOVED;
    sending_r->damaged += end == DAMAGED;
    sending_r->left -= end == WHOLE || end == REMOVED || end == DAMAGED;
}

static bool send_all(struct sender *sender, const struct desk_waiting *list, size_t n,
    struct desk_sending *sending_r)
{
    size_t limit = sender->desk->limit_frame;

    if (limit > FRAME_SPARE && sender->piece > limit - FRAME_SPARE)
        sender->piece = limit - FRAME_SPARE;
    sender->bytes = arena_alloc(sender->arena, sender->piece);
    if (sender->bytes == NULL)
        return desk_fail(sender->why_r, DESK_LIMIT, NULL);
    for (size_t i = 0; i < n && clock_steady() < sender->until; i++) {
        enum end end;

        sender->document = &list[i];
        end = send_one(sender);
        count(sending_r, end);
        if (end == FAILED)
            return false;
    }
    return true;
}

bool desk_document_send(
    struct desk *desk, int64_t milliseconds, struct desk_sending *sending_r, struct desk_why *why_r)
{
    struct sender sender = {.desk = desk,
        .why_r = why_r,
        .until = milliseconds < 0 ? INT64_MAX : clock_steady() + milliseconds,
        .piece = milliseconds < 0 ? PIECE_MAX : PIECE_HURRIED};
    const struct desk_waiting *list;
    bool good;
    size_t n;
    int held;

    *sending_r = (struct desk_sending){0};
    desk_fail(why_r, DESK_FINE, NULL);
    sender.arena = desk_arena(why_r);
    if (sender.arena == NULL)
        return false;
    good =
        desk_document_waiting(desk, sender.arena, &list, &n) || desk_fail(why_r, DESK_LIMIT, NULL);
    sending_r->left = n;
    if (good && n > 0 && (held = lock(desk)) >= 0) {
        good = send_all(&sender, list, n, sending_r);
        close(held);
    }
    arena_free(&sender.arena);
    return good;
}
