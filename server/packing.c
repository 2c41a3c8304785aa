#include "packing.h"

#include "frame.h"

static const char *const rules[] = {
    [PACK_FINE] = NULL,
    [PACK_UNKNOWN] = "packing",
    [PACK_SIZE] = "range",
    [PACK_BYTES] = "shape",
    [PACK_MEMORY] = "memory",
};

Concert__Request *packing_open(const Concert__Packed *packed, struct arena *arena,
    const uint8_t **data_r, size_t *size_r, const char **rule_r)
{
    struct pack_reader *reader = pack_reader_new();
    enum pack_state state = PACK_MEMORY;
    Concert__Request *request = NULL;
    uint8_t *data = NULL;

    if (reader != NULL)
        state = pack_read(reader, packed, FRAME_TO_SERVER_MAX, arena, &data);
    pack_reader_free(&reader);
    *rule_r = rules[state];
    if (state != PACK_FINE)
        return NULL;
    request = concert__request__unpack(arena_allocator(arena), packed->size, data);
    if (request != NULL && request->verb_case == CONCERT__REQUEST__VERB_PACKED)
        request = NULL;
    *data_r = data;
    *size_r = packed->size;
    if (request == NULL)
        *rule_r = rules[PACK_BYTES];
    return request;
}

bool packing_put(struct packing *packing, struct evbuffer *frame, const Concert__Response *about,
    struct evbuffer *output)
{
    Concert__Response response = CONCERT__RESPONSE__INIT;
    size_t size = evbuffer_get_length(frame) - FRAME_HEADER;
    const uint8_t *data = evbuffer_pullup(frame, -1);
    Concert__Packed packed;

    if (packing->stream == NULL)
        packing->stream = pack_new(about->more ? 0 : size);
    if (data == NULL || packing->stream == NULL ||
        !pack_add(packing->stream, data + FRAME_HEADER, size, &packed))
        return false;
    response.has_number = about->has_number;
    response.number = about->number;
    response.has_more = true;
    response.more = about->more;
    response.answer_case = CONCERT__RESPONSE__ANSWER_PACKED;
    response.packed = &packed;
    return frame_append(output, &response.base);
}

void packing_end(struct packing *packing)
{
    pack_free(&packing->stream);
}
