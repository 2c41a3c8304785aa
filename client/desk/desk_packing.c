/* Packed of the protocol: large requests leave packed, answers come as a stream for each request.
 */
#include <stdlib.h>

#include "desk/desk_line.h"
#include "frame.h"
#include "pack.h"

/* A packed request is wrapped in some bytes: it must gain more than that. */
#define GAIN_MIN ((size_t)64)

struct desk_stream {
    struct desk_stream *next;
    uint64_t number; /* of the request that is answered */
    struct pack_reader *reader;
};

static bool put(struct desk *desk, const Concert__Request *request, struct desk_why *why_r)
{
    return link_put(desk->link, request) || desk_fail_link(desk, why_r, link_why(desk->link));
}

static bool put_packed(struct desk *desk, const Concert__Request *request, uint8_t *data,
    size_t size, struct desk_why *why_r)
{
    Concert__Request outer = CONCERT__REQUEST__INIT;
    struct pack *pack = pack_new(size);
    Concert__Packed packed;
    bool good;

    protobuf_c_message_pack(&request->base, data);
    if (pack == NULL || !pack_add(pack, data, size, &packed)) {
        pack_free(&pack);
        return desk_fail(why_r, DESK_LIMIT, NULL);
    }
    outer.has_number = request->has_number;
    outer.number = request->number;
    outer.verb_case = CONCERT__REQUEST__VERB_PACKED;
    outer.packed = &packed;
    good = put(desk, packed.bytes.len + GAIN_MIN < size ? &outer : request, why_r);
    pack_free(&pack);
    return good;
}

bool desk_pack(struct desk *desk, const Concert__Request *request, struct desk_why *why_r)
{
    size_t size = desk->packs ? protobuf_c_message_get_packed_size(&request->base) : 0;
    uint8_t *data;
    bool good;

    if (size < PACK_MIN || size > FRAME_TO_SERVER_MAX)
        return put(desk, request, why_r);
    data = malloc(size);
    if (data == NULL)
        return desk_fail(why_r, DESK_LIMIT, NULL);
    good = put_packed(desk, request, data, size, why_r);
    free(data);
    return good;
}

static void drop(struct desk_stream **stream)
{
    struct desk_stream *gone = *stream;

    *stream = gone->next;
    pack_reader_free(&gone->reader);
    free(gone);
}

void desk_drop_streams(struct desk *desk)
{
    while (desk->streams != NULL)
        drop(&desk->streams);
}

/* The request's stream; a new one when it has none. NULL: no memory. */
static struct desk_stream **find(struct desk *desk, uint64_t number)
{
    struct desk_stream **at = &desk->streams, *stream;

    while (*at != NULL && (*at)->number != number)
        at = &(*at)->next;
    if (*at != NULL)
        return at;
    stream = calloc(1, sizeof(*stream));
    if (stream != NULL && (stream->reader = pack_reader_new()) != NULL) {
        stream->number = number;
        *at = stream;
        return at;
    }
    free(stream);
    return NULL;
}

Concert__Response *desk_unpack(struct desk *desk, const Concert__Response *response,
    struct arena *arena, struct desk_why *why_r)
{
    struct desk_stream **stream = find(desk, response->number);
    Concert__Response *inner = NULL;
    uint8_t *data;

    if (stream == NULL) {
        desk_fail(why_r, DESK_LIMIT, NULL);
        return NULL;
    }
    if (pack_read((*stream)->reader, response->packed, FRAME_TO_CLIENT_MAX, arena, &data) ==
        PACK_FINE)
        inner = concert__response__unpack(arena_allocator(arena), response->packed->size, data);
    if (!response->more)
        drop(stream);
    if (inner != NULL && inner->number == response->number && inner->more == response->more &&
        inner->answer_case != CONCERT__RESPONSE__ANSWER_PACKED)
        return inner;
    desk_fail(why_r, DESK_UNREACHABLE, desk->identity.address);
    return NULL;
}
