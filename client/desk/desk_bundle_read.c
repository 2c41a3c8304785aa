/* The sealed streams of an answer's file. */
#include <event2/buffer.h>
#include <stdlib.h>

#include "desk/desk_bundle_file.h"
#include "identity_seal.h"

/* A file under way. */
struct open_file {
    const struct desk_bundle_reading *reading;
    struct desk_why *why_r;
    FILE *file;
    struct evbuffer *in;  /* read, and not opened yet */
    struct evbuffer *out; /* one chunk, opened */
};

/* What is wrong with the file, by what the seal says. */
static enum desk_bundle_state state_of(enum identity_seal_state seal)
{
    static const enum desk_bundle_state states[] = {
        [IDENTITY_SEAL_CHUNK] = DESK_BUNDLE_GOOD,
        [IDENTITY_SEAL_LAST] = DESK_BUNDLE_GOOD,
        [IDENTITY_SEAL_PARTIAL] = DESK_BUNDLE_CUT,
        [IDENTITY_SEAL_SHAPE] = DESK_BUNDLE_SHAPE,
        [IDENTITY_SEAL_FOREIGN] = DESK_BUNDLE_FOREIGN,
        [IDENTITY_SEAL_DAMAGED] = DESK_BUNDLE_DAMAGED,
    };

    return states[seal];
}

/* Opens the next chunk, reading on as needed. False with why_r. */
static bool open_chunk(
    struct open_file *open, struct identity_seal *seal, enum identity_seal_state *state_r)
{
    bool got = true;

    while (
        (*state_r = identity_seal_read(seal, open->in, open->out)) == IDENTITY_SEAL_PARTIAL && got)
        if (!desk_bundle_file_read(open->file, open->reading->path, open->in, &got, open->why_r))
            return false;
    return *state_r != IDENTITY_SEAL_MEMORY || desk_fail(open->why_r, DESK_LIMIT, NULL);
}

static bool give_chunk(struct open_file *open, const struct identity_seal *seal, bool last)
{
    size_t size = evbuffer_get_length(open->out);
    const uint8_t *data = size == 0 ? (const uint8_t *)"" : evbuffer_pullup(open->out, -1);
    bool good = data == NULL ? desk_fail(open->why_r, DESK_LIMIT, NULL)
                             : open->reading->chunk(open->reading->arg, seal, data, size, last);

    evbuffer_drain(open->out, size);
    return good;
}

/* One parcel's answer. */
static bool read_stream(struct open_file *open)
{
    struct identity_seal *seal = identity_seal_open(open->reading->key);
    enum identity_seal_state state = IDENTITY_SEAL_CHUNK;
    bool first = true, good = seal != NULL || desk_fail(open->why_r, DESK_LIMIT, NULL);

    while (good && state == IDENTITY_SEAL_CHUNK && *open->reading->state == DESK_BUNDLE_GOOD) {
        good = open_chunk(open, seal, &state);
        if (!good)
            break;
        *open->reading->state = state_of(state);
        if (*open->reading->state == DESK_BUNDLE_GOOD)
            good = give_chunk(open, first ? seal : NULL, state == IDENTITY_SEAL_LAST);
        first = false;
    }
    identity_seal_free(&seal);
    return good;
}

static bool read_streams(struct open_file *open)
{
    bool got = true, good;

    do {
        good = read_stream(open);
        if (good && evbuffer_get_length(open->in) == 0)
            good =
                desk_bundle_file_read(open->file, open->reading->path, open->in, &got, open->why_r);
    } while (good && *open->reading->state == DESK_BUNDLE_GOOD && got);
    return good;
}

bool desk_bundle_read(const struct desk_bundle_reading *reading, struct desk_why *why_r)
{
    struct open_file open = {.reading = reading, .why_r = why_r};
    bool good;

    open.file = fopen(reading->path, "rbe");
    if (open.file == NULL)
        return desk_fail_system(why_r, reading->path);
    open.in = evbuffer_new();
    open.out = evbuffer_new();
    good = open.in != NULL && open.out != NULL ? read_streams(&open)
                                               : desk_fail(why_r, DESK_LIMIT, NULL);
    if (open.in != NULL)
        evbuffer_free(open.in);
    if (open.out != NULL)
        evbuffer_free(open.out);
    fclose(open.file);
    return good;
}
