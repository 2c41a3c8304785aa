/* Scratch memory: aligned, zeroed, bounded, freed at once. */
#include "arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_aligned_and_zeroed(void **state)
{
    struct arena *arena = arena_new((size_t)1 << 20);

    (void)state;
    for (size_t size = 0; size < 700; size += 7) {
        unsigned char *data = arena_alloc(arena, size);

        assert_non_null(data);
        assert_int_equal((uintptr_t)data % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(data[i], 0);
        memset(data, 0xff, size);
    }
    arena_free(&arena);
    assert_null(arena);
    arena_free(&arena);
}

/* Pieces do not overlap, whatever their sizes: each keeps what was written to it. */
static void test_pieces_are_apart(void **state)
{
    struct arena *arena = arena_new((size_t)8 << 20);
    unsigned char *pieces[500];
    size_t sizes[500];

    (void)state;
    srand(3);
    for (size_t i = 0; i < 500; i++) {
        sizes[i] = (size_t)(rand() % 10 == 0 ? rand() % 20000 : rand() % 64);
        pieces[i] = arena_alloc(arena, sizes[i]);
        assert_non_null(pieces[i]);
        memset(pieces[i], (int)(i & 0xff), sizes[i]);
    }
    for (size_t i = 0; i < 500; i++)
        for (size_t j = 0; j < sizes[i]; j++)
            assert_int_equal(pieces[i][j], i & 0xff);
    arena_free(&arena);
}

static void test_the_limit(void **state)
{
    struct arena *arena = arena_new(1000);
    size_t total = 0;

    (void)state;
    assert_null(arena_alloc(arena, 1001));
    assert_null(arena_alloc(arena, SIZE_MAX));
    assert_null(arena_alloc(arena, SIZE_MAX - 8));
    while (arena_alloc(arena, 16) != NULL)
        total += 16;
    assert_true(total > 0 && total <= 1000);
    assert_null(arena_copy(arena, "x", 1));
    assert_null(arena_printf(arena, "%d", 1));
    arena_free(&arena);
    arena = arena_new(0);
    assert_null(arena_alloc(arena, 0));
    arena_free(&arena);
}

/* No limit is no reason to hand out less than was asked for. */
static void test_no_limit(void **state)
{
    struct arena *arena = arena_new(SIZE_MAX);

    (void)state;
    assert_null(arena_alloc(arena, SIZE_MAX - 64));
    assert_null(arena_alloc(arena, SIZE_MAX / 2));
    assert_non_null(arena_alloc(arena, 5000));
    arena_free(&arena);
}

static void test_copies(void **state)
{
    struct arena *arena = arena_new(100000);
    char *text = arena_copy(arena, "a\0b", 3);

    (void)state;
    assert_memory_equal(text, "a\0b\0", 4);
    assert_string_equal(arena_copy(arena, "", 0), "");
    assert_string_equal(arena_copy(arena, NULL, 0), "");
    assert_string_equal(arena_printf(arena, "%s-%d", "été", 7), "été-7");
    text = arena_printf(arena, "%*s", 30000, "x");
    assert_int_equal(strlen(text), 30000);
    arena_free(&arena);
}

/* An array keeps what is in it while it grows, and is not moved while it has room. */
static void test_an_array_that_grows(void **state)
{
    struct arena *arena = arena_new((size_t)1 << 20);
    uint64_t *numbers = NULL, *before;
    size_t room = 0, moves = 0;

    (void)state;
    for (size_t count = 0; count < 1000; count++) {
        before = numbers;
        numbers = arena_grow(arena, numbers, count, &room, sizeof(*numbers));
        assert_non_null(numbers);
        assert_true(room > count);
        moves += numbers != before;
        numbers[count] = count * 3;
    }
    assert_true(moves > 1 && moves < 12);
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(numbers[i], i * 3);
    arena_free(&arena);
}

static void test_an_array_at_the_limit(void **state)
{
    struct arena *arena = arena_new(4096);
    unsigned char *bytes = NULL, *larger;
    size_t room = 0, count = 0, before = 0;

    (void)state;
    while ((larger = arena_grow(arena, bytes, count, &room, 8)) != NULL) {
        bytes = larger;
        memset(bytes + 8 * count, (int)(count & 0xff), 8);
        before = room;
        count++;
    }
    assert_true(count >= 16 && count == room);
    assert_int_equal(room, before);
    for (size_t i = 0; i < count * 8; i++)
        assert_int_equal(bytes[i], i / 8 & 0xff);
    room = 0;
    assert_null(arena_grow(arena, NULL, 0, &room, SIZE_MAX / 4));
    assert_int_equal(room, 0);
    arena_free(&arena);
}

static void test_for_protobuf(void **state)
{
    struct arena *arena = arena_new(1000);
    ProtobufCAllocator *allocator = arena_allocator(arena);
    void *data = allocator->alloc(allocator->allocator_data, 10);

    (void)state;
    assert_non_null(data);
    allocator->free(allocator->allocator_data, data);
    memset(data, 1, 10); /* still there */
    assert_null(allocator->alloc(allocator->allocator_data, 5000));
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_aligned_and_zeroed),
        cmocka_unit_test(test_pieces_are_apart),
        cmocka_unit_test(test_the_limit),
        cmocka_unit_test(test_no_limit),
        cmocka_unit_test(test_copies),
        cmocka_unit_test(test_an_array_that_grows),
        cmocka_unit_test(test_an_array_at_the_limit),
        cmocka_unit_test(test_for_protobuf),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
