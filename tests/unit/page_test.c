/* A page is put together by hand from bytes that were encoded before: protobuf-c must read it. */
#include "page.h"

#include <event2/buffer.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "frame.h"
#include "protocol.pb-c.h"

struct part {
    uint8_t bytes[600];
    size_t size;
};

/* A `records` entry as feed_entry_make makes it: tag, length, record. */
static struct part make_part(uint64_t seq, size_t handle_size)
{
    Concert__Record record = CONCERT__RECORD__INIT, *records[] = {&record};
    Concert__Page page = CONCERT__PAGE__INIT;
    char handle[512] = "";
    struct part part;

    memset(handle, 'x', handle_size);
    record.handle = handle;
    record.has_seq = true;
    record.seq = seq;
    page.n_records = 1;
    page.records = records;
    assert_true(concert__page__get_packed_size(&page) <= sizeof(part.bytes));
    part.size = concert__page__pack(&page, part.bytes);
    return part;
}

static Concert__Response *read_back(const struct page *page)
{
    struct evbuffer *buffer = evbuffer_new();
    Concert__Response *response;
    size_t size;

    assert_true(page_write(page, buffer));
    assert_int_equal(frame_peek(buffer, FRAME_TO_CLIENT_MAX, &size), FRAME_WHOLE);
    assert_int_equal(evbuffer_get_length(buffer), size + FRAME_HEADER);
    response = concert__response__unpack(NULL, size, evbuffer_pullup(buffer, -1) + FRAME_HEADER);
    assert_non_null(response);
    assert_int_equal(response->answer_case, CONCERT__RESPONSE__ANSWER_PULL);
    evbuffer_free(buffer);
    return response;
}

static void test_an_empty_page(void **state)
{
    const struct page page = {.upto = 7, .head = 7};
    Concert__Response *response = read_back(&page);

    (void)state;
    assert_false(response->has_number);
    assert_true(response->has_more && !response->more);
    assert_int_equal(response->pull->n_records, 0);
    assert_int_equal(response->pull->upto, 7);
    assert_int_equal(response->pull->head, 7);
    assert_false(response->pull->has_upto_hash);
    concert__response__free_unpacked(response, NULL);
}

/* Every length of number, upto and page around which a varint grows. */
static void test_all_lengths(void **state)
{
    static const uint64_t numbers[] = {0, 1, 127, 128, 16383, 16384, 1U << 21, UINT32_MAX,
        UINT64_C(1) << 35, INT64_MAX, UINT64_MAX};
    uint8_t hash[STORE_HASH_SIZE];

    (void)state;
    memset(hash, 0xab, sizeof(hash));
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        for (size_t parts = 0; parts < 120; parts += 7) {
            struct page page = {.has_number = true,
                .number = numbers[i],
                .more = parts % 2 == 0,
                .upto = numbers[i],
                .head = numbers[i] / 2,
                .upto_hash = hash};
            struct part part[120];
            Concert__Response *response;

            for (size_t p = 0; p < parts; p++) {
                part[p] = make_part(p + 1, p * 4);
                assert_true(page_add(&page, part[p].bytes, part[p].size));
            }
            response = read_back(&page);
            assert_true(response->has_number);
            assert_int_equal(response->number, numbers[i]);
            assert_int_equal(response->more, page.more);
            assert_int_equal(response->pull->upto, page.upto);
            assert_int_equal(response->pull->head, page.head);
            assert_int_equal(response->pull->upto_hash.len, STORE_HASH_SIZE);
            assert_memory_equal(response->pull->upto_hash.data, hash, STORE_HASH_SIZE);
            assert_int_equal(response->pull->n_records, parts);
            for (size_t p = 0; p < parts; p++) {
                assert_int_equal(response->pull->records[p]->seq, p + 1);
                assert_int_equal(strlen(response->pull->records[p]->handle), p * 4);
            }
            concert__response__free_unpacked(response, NULL);
            page_clear(&page);
            assert_null(page.parts);
            assert_int_equal(page.size, 0);
        }
}

/* The same bytes as protobuf-c's own, so that no peer can tell. */
static void test_as_protobuf_would(void **state)
{
    struct part part = make_part(3, 5);
    uint8_t hash[STORE_HASH_SIZE] = {1, 2, 3}, expected[512];
    struct page page = {
        .has_number = true, .number = 300, .upto = 3, .head = 900, .upto_hash = hash};
    struct evbuffer *buffer = evbuffer_new();
    Concert__Response *response;
    size_t size;

    (void)state;
    assert_true(page_add(&page, part.bytes, part.size));
    assert_true(page_write(&page, buffer));
    response = read_back(&page);
    size = concert__response__pack(response, expected);
    assert_int_equal(evbuffer_get_length(buffer), size + FRAME_HEADER);
    assert_memory_equal(evbuffer_pullup(buffer, -1) + FRAME_HEADER, expected, size);
    concert__response__free_unpacked(response, NULL);
    evbuffer_free(buffer);
    page_clear(&page);
}

static void test_full(void **state)
{
    uint8_t *bytes = calloc(1, PAGE_MAX + 1);
    struct page page = {0};

    (void)state;
    /* The first always fits: a record alone may be larger. */
    assert_true(page_add(&page, bytes, PAGE_MAX + 1));
    assert_false(page_add(&page, bytes, 1));
    assert_int_equal(page.n_parts, 1);
    page_clear(&page);
    assert_true(page_add(&page, bytes, PAGE_MAX - 1));
    assert_true(page_add(&page, bytes, 1));
    assert_false(page_add(&page, bytes, 1));
    assert_int_equal(page.size, PAGE_MAX);
    page_clear(&page);
    free(bytes);
}

/* Several pages follow each other in one buffer. */
static void test_appends(void **state)
{
    struct page page = {.has_number = true, .number = 1, .more = true};
    struct evbuffer *buffer = evbuffer_new();
    size_t size;

    (void)state;
    evbuffer_add(buffer, "abc", 3);
    assert_true(page_write(&page, buffer));
    assert_true(page_write(&page, buffer));
    evbuffer_drain(buffer, 3);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(frame_peek(buffer, FRAME_TO_CLIENT_MAX, &size), FRAME_WHOLE);
        evbuffer_drain(buffer, size + FRAME_HEADER);
    }
    assert_int_equal(evbuffer_get_length(buffer), 0);
    evbuffer_free(buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_empty_page),
        cmocka_unit_test(test_all_lengths),
        cmocka_unit_test(test_as_protobuf_would),
        cmocka_unit_test(test_full),
        cmocka_unit_test(test_appends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
