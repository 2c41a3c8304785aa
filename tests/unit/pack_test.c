/* What is packed is unpacked again; what is no stream, or says another size, is refused. */
#include "pack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include <cmocka.h>

#define LIMIT ((size_t)1 << 20)
#define GARBAGE 3000 /* messages of random bytes */

struct made {
    Concert__Packed packed;
    uint8_t bytes[8192];
};

static struct arena *arena;

static int set_up(void **state)
{
    (void)state;
    arena = arena_new((size_t)64 << 20);
    return arena == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

/* A text like a record's, another for each number. */
static size_t make_text(unsigned number, uint8_t text_r[4096])
{
    size_t size = 0;

    for (unsigned i = 0; i < 20; i++)
        size += (size_t)snprintf((char *)text_r + size, 4096 - size,
            "Action %u.%u : soutenir la concertation des organismes du milieu, %u\n", number, i,
            number * 7919 % 1013);
    return size;
}

/* The first message of a stream, kept beyond it. */
static struct made make(const uint8_t *data, size_t size)
{
    struct pack *pack = pack_new(size);
    struct made made;

    assert_non_null(pack);
    assert_true(pack_add(pack, data, size, &made.packed));
    assert_in_range(made.packed.bytes.len, 1, sizeof(made.bytes));
    memcpy(made.bytes, made.packed.bytes.data, made.packed.bytes.len);
    pack_free(&pack);
    assert_null(pack);
    return made;
}

static enum pack_state open_once(struct made *made, size_t limit, uint8_t **data_r)
{
    struct pack_reader *reader = pack_reader_new();
    enum pack_state state;

    made->packed.bytes.data = made->bytes;
    state = pack_read(reader, &made->packed, limit, arena, data_r);
    pack_reader_free(&reader);
    assert_null(reader);
    return state;
}

static void test_a_stream(void **state)
{
    struct pack *pack = pack_new(0);
    struct pack_reader *reader = pack_reader_new();
    size_t first = 0, last = 0;

    (void)state;
    for (unsigned i = 0; i < 50; i++) {
        uint8_t text[4096], *data;
        size_t size = make_text(i, text);
        Concert__Packed packed;

        assert_true(pack_add(pack, text, size, &packed));
        assert_int_equal(packed.begins, i == 0);
        assert_int_equal(packed.size, size);
        /* each is whole as soon as it is there */
        assert_int_equal(pack_read(reader, &packed, LIMIT, arena, &data), PACK_FINE);
        assert_memory_equal(data, text, size);
        first = i == 0 ? packed.bytes.len : first;
        last = packed.bytes.len;
    }
    assert_in_range(last, 1, first - 1); /* it looks back at those before */
    pack_free(&pack);
    pack_reader_free(&reader);
}

/* 1 MiB that cannot be made smaller, and 1 MiB that can. */
static void test_the_largest(void **state)
{
    uint8_t *large = malloc(LIMIT), *data;
    unsigned seed = 4;

    (void)state;
    for (size_t i = 0; i < LIMIT; i++)
        large[i] = (uint8_t)(rand_r(&seed) >> 8);
    for (int even = 0; even < 2; even++)
        for (size_t whole = 0; whole <= LIMIT; whole += LIMIT) {
            struct pack *pack = pack_new(whole);
            struct pack_reader *reader = pack_reader_new();
            Concert__Packed packed;

            if (even)
                memset(large, 'x', LIMIT);
            assert_true(pack_add(pack, large, LIMIT, &packed));
            assert_int_equal(pack_read(reader, &packed, LIMIT, arena, &data), PACK_FINE);
            assert_memory_equal(data, large, LIMIT);
            assert_false(pack_add(pack, large, LIMIT + 1, &packed));
            pack_free(&pack);
            pack_reader_free(&reader);
        }
    free(large);
}

static void test_another_size(void **state)
{
    uint8_t text[4096], *data;
    size_t size = make_text(1, text);
    struct made made = make(text, size);

    (void)state;
    assert_int_equal(open_once(&made, LIMIT, &data), PACK_FINE);
    assert_int_equal(open_once(&made, size, &data), PACK_FINE);
    assert_int_equal(open_once(&made, size - 1, &data), PACK_SIZE);
    assert_null(data);
    made.packed.size = (uint32_t)size - 1;
    assert_int_equal(open_once(&made, LIMIT, &data), PACK_BYTES);
    made.packed.size = (uint32_t)size + 1;
    assert_int_equal(open_once(&made, LIMIT, &data), PACK_BYTES);
    made.packed.size = 0;
    assert_int_equal(open_once(&made, LIMIT, &data), PACK_SIZE);
    made.packed.size = UINT32_MAX;
    assert_int_equal(open_once(&made, LIMIT, &data), PACK_SIZE);
    made.packed.size = (uint32_t)size;
    made.packed.begins = false;
    assert_int_equal(open_once(&made, LIMIT, &data), PACK_BYTES);
    made.packed.begins = true;
    made.packed.packing = (Concert__Packing)77;
    assert_int_equal(open_once(&made, LIMIT, &data), PACK_UNKNOWN);
}

/* A gigabyte in some kilobytes: no more than what it says is ever written. */
static void test_a_bomb(void **state)
{
    static uint8_t nothing[1 << 16];
    ZSTD_CCtx *context = ZSTD_createCCtx();
    struct made made = {.packed = CONCERT__PACKED__INIT};
    ZSTD_outBuffer out = {made.bytes, sizeof(made.bytes), 0};
    uint8_t *data;

    (void)state;
    ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, PACK_WINDOW);
    while (out.pos < sizeof(made.bytes) - 64) {
        ZSTD_inBuffer in = {nothing, sizeof(nothing), 0};

        ZSTD_compressStream2(context, &out, &in, ZSTD_e_flush);
    }
    ZSTD_freeCCtx(context);
    made.packed.has_packing = made.packed.begins = true;
    made.packed.packing = CONCERT__PACKING__ZSTD;
    made.packed.bytes = (ProtobufCBinaryData){out.pos, made.bytes};
    made.packed.size = 1000;
    assert_int_equal(open_once(&made, LIMIT, &data), PACK_BYTES);
    made.packed.size = (uint32_t)LIMIT;
    assert_int_equal(open_once(&made, LIMIT, &data), PACK_BYTES);
}

/* A window that would need more memory than was agreed. */
static void test_a_wide_window(void **state)
{
    ZSTD_CCtx *context = ZSTD_createCCtx();
    struct made made = {.packed = CONCERT__PACKED__INIT};
    ZSTD_outBuffer out = {made.bytes, sizeof(made.bytes), 0};
    uint8_t text[4096], *data;
    ZSTD_inBuffer in = {text, make_text(1, text), 0};

    (void)state;
    ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, PACK_WINDOW + 3);
    ZSTD_compressStream2(context, &out, &in, ZSTD_e_flush);
    ZSTD_freeCCtx(context);
    made.packed.has_packing = made.packed.begins = true;
    made.packed.packing = CONCERT__PACKING__ZSTD;
    made.packed.bytes = (ProtobufCBinaryData){out.pos, made.bytes};
    made.packed.size = (uint32_t)in.size;
    assert_int_equal(open_once(&made, LIMIT, &data), PACK_BYTES);
}

/* Cut anywhere, or with one bit another: refused, or (zstd does not look at all bits) of the size
 * that was said. */
static void test_damaged(void **state)
{
    uint8_t text[4096], *data;
    size_t size = make_text(3, text);
    struct made made = make(text, size), damaged;

    (void)state;
    for (size_t cut = 0; cut < made.packed.bytes.len; cut++) {
        damaged = made;
        damaged.packed.bytes.len = cut;
        assert_int_equal(open_once(&damaged, LIMIT, &data), PACK_BYTES);
    }
    for (size_t bit = 0; bit < made.packed.bytes.len * 8; bit++) {
        damaged = made;
        damaged.bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
        assert_true(open_once(&damaged, LIMIT, &data) == PACK_FINE || data == NULL);
    }
}

static void test_garbage(void **state)
{
    unsigned seed = 2009;

    (void)state;
    for (int i = 0; i < GARBAGE; i++) {
        struct arena *own = arena_new((size_t)2 << 20);
        struct pack_reader *reader = pack_reader_new();
        struct made made = {.packed = CONCERT__PACKED__INIT};
        size_t size = (size_t)rand_r(&seed) % 300;
        uint8_t *data;

        for (size_t b = 0; b < size; b++)
            made.bytes[b] = (uint8_t)(rand_r(&seed) >> 8);
        if (i % 2 == 0) /* past the magic number */
            memcpy(made.bytes, (const uint8_t[]){0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x30}, 6);
        made.packed.has_packing = made.packed.begins = true;
        made.packed.packing = CONCERT__PACKING__ZSTD;
        made.packed.bytes = (ProtobufCBinaryData){size, made.bytes};
        made.packed.size = (uint32_t)rand_r(&seed) % LIMIT;
        assert_true(
            pack_read(reader, &made.packed, LIMIT, own, &data) == PACK_FINE || data == NULL);
        pack_reader_free(&reader);
        arena_free(&own);
    }
}

static void test_known(void **state)
{
    const Concert__Packing several[] = {(Concert__Packing)9, CONCERT__PACKING__ZSTD};

    (void)state;
    assert_true(pack_known(several, 2));
    assert_false(pack_known(several, 1));
    assert_false(pack_known(NULL, 0));
    pack_free(&(struct pack *){NULL});
    pack_reader_free(&(struct pack_reader *){NULL});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_stream),
        cmocka_unit_test(test_the_largest),
        cmocka_unit_test(test_another_size),
        cmocka_unit_test(test_a_bomb),
        cmocka_unit_test(test_a_wide_window),
        cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_garbage),
        cmocka_unit_test(test_known),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
