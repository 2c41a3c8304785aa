#include "frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "protocol.pb-c.h"

#define LIMIT 1000

static int buffer_start(void **state)
{
    *state = evbuffer_new();
    return *state == NULL;
}

static int buffer_end(void **state)
{
    evbuffer_free(*state);
    return 0;
}

static void the_header_is_big_endian(void **state)
{
    static const uint8_t expected[FRAME_HEADER] = {0x01, 0x02, 0x03, 0x04};
    uint8_t header[FRAME_HEADER];

    (void)state;
    frame_header(0x01020304, header);
    assert_memory_equal(header, expected, FRAME_HEADER);
}

static void a_frame_is_partial_until_its_last_byte(void **state)
{
    static const char bytes[] = "\0\0\0\3abc";
    size_t size = 99;

    for (size_t i = 0; i + 1 < sizeof(bytes); i++) {
        assert_int_equal(frame_peek(*state, LIMIT, &size), FRAME_PARTIAL);
        evbuffer_add(*state, bytes + i, 1);
    }
    assert_int_equal(frame_peek(*state, LIMIT, &size), FRAME_WHOLE);
    assert_int_equal(size, 3);
    assert_int_equal(evbuffer_get_length(*state), FRAME_HEADER + 3);
}

/* The header's bytes may lie in several chains. */
static void a_header_in_pieces_is_read(void **state)
{
    struct evbuffer *piece = evbuffer_new();
    size_t size = 0;

    for (int i = 0; i < 5; i++) {
        evbuffer_add(piece, i == 3 ? "\1" : "\0", 1);
        evbuffer_add_buffer(*state, piece);
    }
    evbuffer_free(piece);
    assert_int_equal(frame_peek(*state, LIMIT, &size), FRAME_WHOLE);
    assert_int_equal(size, 1);
}

static void the_limit_is_the_largest_size(void **state)
{
    size_t size = 0;

    evbuffer_add(*state, "\0\0\3\350", 4); /* 1000 */
    assert_int_equal(frame_peek(*state, LIMIT, &size), FRAME_PARTIAL);
    assert_int_equal(frame_peek(*state, LIMIT - 1, &size), FRAME_TOO_LARGE);
    evbuffer_drain(*state, 4);
    evbuffer_add(*state, "\377\377\377\377", 4);
    assert_int_equal(frame_peek(*state, FRAME_TO_SERVER_MAX, &size), FRAME_TOO_LARGE);
}

static void no_message_is_empty(void **state)
{
    size_t size = 0;

    evbuffer_add(*state, "\0\0\0\0\0\0\0\1x", 9);
    assert_int_equal(frame_peek(*state, LIMIT, &size), FRAME_EMPTY);
}

static void what_is_appended_is_read_back(void **state)
{
    Concert__Request request = CONCERT__REQUEST__INIT;
    Concert__Hello hello = CONCERT__HELLO__INIT;
    Concert__Request *read;
    size_t size = 0;

    hello.region = (char *)"mauricie";
    request.has_number = 1;
    request.number = 7;
    request.verb_case = CONCERT__REQUEST__VERB_HELLO;
    request.hello = &hello;
    evbuffer_add(*state, "before", 6);
    assert_true(frame_append(*state, &request.base));
    assert_true(frame_append(*state, &request.base));
    evbuffer_drain(*state, 6);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(frame_peek(*state, LIMIT, &size), FRAME_WHOLE);
        read = concert__request__unpack(
            NULL, size, evbuffer_pullup(*state, (ev_ssize_t)(FRAME_HEADER + size)) + FRAME_HEADER);
        assert_non_null(read);
        assert_int_equal(read->number, 7);
        assert_string_equal(read->hello->region, "mauricie");
        concert__request__free_unpacked(read, NULL);
        evbuffer_drain(*state, FRAME_HEADER + size);
    }
    assert_int_equal(evbuffer_get_length(*state), 0);
}

/* Whatever comes, the answer says nothing of bytes that are not there. */
static void random_bytes_are_judged_by_their_header_alone(void **state)
{
    srandom(1789);
    for (int round = 0; round < 20000; round++) {
        uint8_t bytes[64];
        size_t size = 0, length = (size_t)random() % sizeof(bytes), told = 0;
        enum frame_state judged;

        for (size_t i = 0; i < length; i++)
            bytes[i] = (uint8_t)(random() % 3 ? 0 : random());
        for (size_t i = 0; i < FRAME_HEADER && i < length; i++)
            told = told << 8 | bytes[i];
        evbuffer_add(*state, bytes, length);
        judged = frame_peek(*state, LIMIT, &size);
        if (length < FRAME_HEADER)
            assert_int_equal(judged, FRAME_PARTIAL);
        else if (told == 0)
            assert_int_equal(judged, FRAME_EMPTY);
        else if (told > LIMIT)
            assert_int_equal(judged, FRAME_TOO_LARGE);
        else
            assert_int_equal(judged, told <= length - FRAME_HEADER ? FRAME_WHOLE : FRAME_PARTIAL);
        if (judged == FRAME_WHOLE)
            assert_int_equal(size, told);
        evbuffer_drain(*state, length);
    }
}

#define buffer_test(function) cmocka_unit_test_setup_teardown(function, buffer_start, buffer_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_header_is_big_endian),
        buffer_test(a_frame_is_partial_until_its_last_byte),
        buffer_test(a_header_in_pieces_is_read),
        buffer_test(the_limit_is_the_largest_size),
        buffer_test(no_message_is_empty),
        buffer_test(what_is_appended_is_read_back),
        buffer_test(random_bytes_are_judged_by_their_header_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
