/*
 * Frames that come in any pieces, the requests in them, and Packed. The first byte tells how the
 * rest is cut. A frame is judged by its header alone; a request that was read is written and read
 * as the same; what is packed unpacks to what it was.
 */
#include <stdlib.h>
#include <string.h>

#include "frame.h"
#include "fuzz.h"
#include "packing.h"
#include "record.h"

#define MEMORY ((size_t)48 << 20)
#define FRAMES_MAX 16

static uint8_t *encode(const Concert__Request *request, struct arena *arena, size_t *size_r)
{
    uint8_t *data;

    *size_r = concert__request__get_packed_size(request);
    data = arena_alloc(arena, *size_r + 1);
    if (data != NULL)
        FUZZ_MUST(concert__request__pack(request, data) == *size_r);
    return data;
}

/* Written and read again, it is written as the same bytes. */
static void check_request(const Concert__Request *request, struct arena *arena)
{
    size_t size, again_size;
    uint8_t *data = encode(request, arena, &size), *again_data;
    Concert__Request *again;

    if (data == NULL)
        return;
    again = concert__request__unpack(arena_allocator(arena), size, data);
    again_data = again == NULL ? NULL : encode(again, arena, &again_size);
    if (again_data != NULL)
        FUZZ_MUST(size == again_size && memcmp(data, again_data, size) == 0);
}

/* Two messages in one stream. */
static void check_packing(const uint8_t *data, size_t size, struct arena *arena)
{
    struct pack *pack = pack_new(0);
    struct pack_reader *reader = pack_reader_new();

    FUZZ_MUST(pack != NULL && reader != NULL);
    for (int i = 0; i < 2 && size > 0; i++) {
        Concert__Packed packed;
        uint8_t *unpacked;

        FUZZ_MUST(pack_add(pack, data, size, &packed));
        FUZZ_MUST(pack_read(reader, &packed, FRAME_TO_SERVER_MAX, arena, &unpacked) == PACK_FINE);
        FUZZ_MUST(packed.size == size && memcmp(unpacked, data, size) == 0);
        if (packed.size > 1)
            FUZZ_MUST(pack_read(reader, &packed, size - 1, arena, &unpacked) == PACK_SIZE &&
                      unpacked == NULL);
        pack_reader_free(&reader);
        pack_free(&pack);
        if (i == 0) {
            reader = pack_reader_new();
            pack = pack_new(size);
        }
    }
    pack_reader_free(&reader);
    pack_free(&pack);
}

static void open_packed(const Concert__Packed *packed, struct arena *arena)
{
    const uint8_t *data;
    const char *rule;
    size_t size;
    Concert__Request *request = packing_open(packed, arena, &data, &size, &rule);

    if (request == NULL) {
        FUZZ_MUST(rule != NULL);
        return;
    }
    FUZZ_MUST(size == packed->size && size <= FRAME_TO_SERVER_MAX);
    FUZZ_MUST(request->verb_case != CONCERT__REQUEST__VERB_PACKED);
    record_find_nul(&concert__request__descriptor, data, size);
    check_request(request, arena);
}

static void take(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(MEMORY);
    Concert__Request *request = concert__request__unpack(arena_allocator(arena), size, data);

    if (request != NULL) {
        record_find_nul(&concert__request__descriptor, data, size);
        check_request(request, arena);
        if (request->verb_case == CONCERT__REQUEST__VERB_PACKED)
            open_packed(request->packed, arena);
        else if (size < 4096)
            check_packing(data, size, arena);
    }
    arena_free(&arena);
}

/* What the first bytes are, by themselves. */
static enum frame_state judge(const uint8_t *data, size_t size, size_t limit, size_t *told_r)
{
    *told_r = 0;
    if (size < FRAME_HEADER)
        return FRAME_PARTIAL;
    for (size_t i = 0; i < FRAME_HEADER; i++)
        *told_r = *told_r << 8 | data[i];
    if (*told_r == 0)
        return FRAME_EMPTY;
    if (*told_r > limit)
        return FRAME_TOO_LARGE;
    return *told_r <= size - FRAME_HEADER ? FRAME_WHOLE : FRAME_PARTIAL;
}

/* Takes all whole frames out. False: nothing after this can be read. */
static bool drain(struct evbuffer *buffer, const uint8_t **at, const uint8_t *arrived)
{
    enum frame_state state;
    size_t size = 0, told;

    do {
        state = frame_peek(buffer, FRAME_TO_SERVER_MAX, &size);
        FUZZ_MUST(evbuffer_get_length(buffer) == (size_t)(arrived - *at));
        FUZZ_MUST(state == judge(*at, (size_t)(arrived - *at), FRAME_TO_SERVER_MAX, &told));
        if (state != FRAME_WHOLE)
            continue;
        FUZZ_MUST(size == told);
        take(evbuffer_pullup(buffer, (ev_ssize_t)(FRAME_HEADER + size)) + FRAME_HEADER, size);
        evbuffer_drain(buffer, FRAME_HEADER + size);
        *at += FRAME_HEADER + size;
    } while (state == FRAME_WHOLE);
    return state == FRAME_PARTIAL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    uint8_t cut = fuzz_byte(&input);
    const uint8_t *at = input.data;
    struct evbuffer *buffer = evbuffer_new(), *piece = evbuffer_new();
    bool good = true;

    FUZZ_MUST(buffer != NULL && piece != NULL);
    for (unsigned i = 0; good && input.size > 0; i++) {
        size_t length;
        const uint8_t *bytes = fuzz_bytes(&input, 1 + (size_t)cut * (i % 3), &length);

        evbuffer_add(piece, bytes, length);
        evbuffer_add_buffer(buffer, piece);
        good = drain(buffer, &at, input.data);
    }
    evbuffer_free(buffer);
    evbuffer_free(piece);
    return 0;
}
