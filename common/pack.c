#include "pack.h"

#include <stdlib.h>
#include <zstd.h>

#define LEVEL 3

/* Half of the window that readers have room for, and small tables: they would be 1.7 MiB with level
 * 3's own, and a region's snapshot a hundredth smaller. */
#define WINDOW (PACK_WINDOW - 1)
#define HASH 14
#define CHAIN 13

/* Each flush may add a block's header to what the bound counts. */
#define FLUSH_ROOM ((size_t)64)
#define MESSAGE_MAX ((size_t)1 << 20)

struct pack {
    ZSTD_CCtx *context;
    uint8_t *bytes; /* of the last message, packed */
    size_t capacity;
    bool begun;
};

struct pack_reader {
    ZSTD_DCtx *context;
    bool begun;
};

static bool set(ZSTD_CCtx *context, ZSTD_cParameter parameter, int value)
{
    return !ZSTD_isError(ZSTD_CCtx_setParameter(context, parameter, value));
}

static bool prepare(ZSTD_CCtx *context, size_t whole)
{
    return set(context, ZSTD_c_compressionLevel, LEVEL) &&
           set(context, ZSTD_c_contentSizeFlag, 0) && set(context, ZSTD_c_windowLog, WINDOW) &&
           set(context, ZSTD_c_hashLog, HASH) && set(context, ZSTD_c_chainLog, CHAIN) &&
           /* whoever pledges gets tables that fit */
           (whole == 0 || !ZSTD_isError(ZSTD_CCtx_setPledgedSrcSize(context, whole)));
}

struct pack *pack_new(size_t whole)
{
    struct pack *pack = calloc(1, sizeof(*pack));

    if (pack == NULL)
        return NULL;
    pack->context = ZSTD_createCCtx();
    if (pack->context == NULL || !prepare(pack->context, whole))
        pack_free(&pack);
    return pack;
}

void pack_free(struct pack **pack)
{
    if (*pack == NULL)
        return;
    ZSTD_freeCCtx((*pack)->context);
    free((*pack)->bytes);
    free(*pack);
    *pack = NULL;
}

static bool reserve(struct pack *pack, size_t size)
{
    size_t capacity = ZSTD_compressBound(size) + FLUSH_ROOM;
    uint8_t *bytes;

    if (capacity <= pack->capacity)
        return true;
    bytes = realloc(pack->bytes, capacity);
    if (bytes == NULL)
        return false;
    pack->bytes = bytes;
    pack->capacity = capacity;
    return true;
}

bool pack_add(struct pack *pack, const uint8_t *data, size_t size, Concert__Packed *packed_r)
{
    ZSTD_inBuffer in = {data, size, 0};
    ZSTD_outBuffer out;
    size_t left;

    if (size > MESSAGE_MAX || !reserve(pack, size))
        return false;
    out = (ZSTD_outBuffer){pack->bytes, pack->capacity, 0};
    left = ZSTD_compressStream2(pack->context, &out, &in, ZSTD_e_flush);
    if (ZSTD_isError(left) || left > 0)
        return false;
    concert__packed__init(packed_r);
    packed_r->has_packing = packed_r->has_size = packed_r->has_bytes = true;
    packed_r->packing = CONCERT__PACKING__ZSTD;
    packed_r->size = (uint32_t)size;
    packed_r->bytes = (ProtobufCBinaryData){out.pos, pack->bytes};
    packed_r->has_begins = packed_r->begins = !pack->begun;
    pack->begun = true;
    return true;
}

bool pack_known(const Concert__Packing *packings, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (packings[i] == CONCERT__PACKING__ZSTD)
            return true;
    return false;
}

struct pack_reader *pack_reader_new(void)
{
    struct pack_reader *reader = calloc(1, sizeof(*reader));

    if (reader == NULL)
        return NULL;
    reader->context = ZSTD_createDCtx();
    if (reader->context == NULL ||
        ZSTD_isError(ZSTD_DCtx_setParameter(reader->context, ZSTD_d_windowLogMax, PACK_WINDOW)))
        pack_reader_free(&reader);
    return reader;
}

void pack_reader_free(struct pack_reader **reader)
{
    if (*reader == NULL)
        return;
    ZSTD_freeDCtx((*reader)->context);
    free(*reader);
    *reader = NULL;
}

/* The room holds a byte more than is wanted: zstd holds nothing back while there is room, so that
 * whoever gives more than was said is found out. */
static bool unpack(ZSTD_DCtx *context, ProtobufCBinaryData bytes, uint8_t *room, size_t wanted)
{
    ZSTD_inBuffer in = {bytes.data, bytes.len, 0};
    ZSTD_outBuffer out = {room, wanted + 1, 0};
    size_t before;

    do {
        before = in.pos + out.pos;
        if (ZSTD_isError(ZSTD_decompressStream(context, &out, &in)))
            return false;
    } while (in.pos + out.pos > before && out.pos <= wanted);
    return in.pos == in.size && out.pos == wanted;
}

static enum pack_state begin(struct pack_reader *reader, const Concert__Packed *packed)
{
    if (packed->begins && ZSTD_isError(ZSTD_DCtx_reset(reader->context, ZSTD_reset_session_only)))
        return PACK_MEMORY;
    reader->begun = reader->begun || packed->begins;
    return reader->begun ? PACK_FINE : PACK_BYTES;
}

enum pack_state pack_read(struct pack_reader *reader, const Concert__Packed *packed, size_t limit,
    struct arena *arena, uint8_t **data_r)
{
    enum pack_state state;
    uint8_t *data;

    *data_r = NULL;
    if (!packed->has_packing || packed->packing != CONCERT__PACKING__ZSTD)
        return PACK_UNKNOWN;
    if (packed->size == 0 || packed->size > limit)
        return PACK_SIZE;
    if ((state = begin(reader, packed)) != PACK_FINE)
        return state;
    data = arena_alloc(arena, (size_t)packed->size + 1);
    if (data == NULL)
        return PACK_MEMORY;
    if (!unpack(reader->context, packed->bytes, data, packed->size))
        return PACK_BYTES;
    *data_r = data;
    return PACK_FINE;
}
