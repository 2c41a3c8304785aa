/* The map from ids to pointers, against a list that cannot be wrong; and the ids themselves. */
#include "idmap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define IDS 600

static void test_empty(void **state)
{
    struct idmap *map = idmap_new();
    size_t cursor = 0;

    (void)state;
    assert_null(idmap_get(map, uuid_none));
    idmap_remove(map, uuid_none);
    assert_int_equal(idmap_count(map), 0);
    assert_null(idmap_next(map, &cursor));
    idmap_free(&map);
    assert_null(map);
    idmap_free(&map);
}

/* How the ids of a round are made: at random, alike but for one byte, or from a clock. */
static void make_ids(int how, uint8_t ids[IDS][UUID_SIZE])
{
    for (size_t i = 0; i < IDS; i++) {
        memset(ids[i], 0, UUID_SIZE);
        if (how == 0)
            for (size_t j = 0; j < UUID_SIZE; j++)
                ids[i][j] = (uint8_t)rand();
        else if (how == 1)
            memcpy(ids[i] + (i % 2 == 0 ? 0 : 12), &(uint32_t){(uint32_t)i + 1}, 4);
        else
            uuid_make((int64_t)i, ids[i]);
    }
}

static void check(const struct idmap *map, uint8_t ids[IDS][UUID_SIZE], void *const model[IDS])
{
    size_t count = 0, walked = 0, cursor = 0;

    for (size_t i = 0; i < IDS; i++) {
        assert_ptr_equal(idmap_get(map, ids[i]), model[i]);
        count += model[i] != NULL ? 1 : 0;
    }
    assert_int_equal(idmap_count(map), count);
    while (idmap_next(map, &cursor) != NULL)
        walked++;
    assert_int_equal(walked, count);
}

static void test_against_a_model(void **state)
{
    (void)state;
    srand(11);
    for (int how = 0; how < 3; how++) {
        uint8_t ids[IDS][UUID_SIZE];
        void *model[IDS] = {0};
        char marks[IDS];
        struct idmap *map = idmap_new();

        make_ids(how, ids);
        for (int step = 0; step < 30000; step++) {
            /* The map grows, shrinks, and grows again. */
            size_t i = (size_t)rand() % IDS;
            bool put = rand() % 10 < (step / 5000 % 2 == 0 ? 7 : 3);

            if (put) {
                model[i] = &marks[rand() % IDS];
                assert_true(idmap_put(map, ids[i], model[i]));
            } else {
                model[i] = NULL;
                idmap_remove(map, ids[i]);
            }
            if (step % 1000 == 0)
                check(map, ids, model);
        }
        check(map, ids, model);
        for (size_t i = 0; i < IDS; i++) {
            idmap_remove(map, ids[i]);
            model[i] = NULL;
        }
        check(map, ids, model);
        idmap_free(&map);
    }
}

static void test_uuid_texts(void **state)
{
    static const char *const wrong[] = {"", "01890a5d-ac96-774b-bcce-b302099a805",
        "01890a5d-ac96-774b-bcce-b302099a80577", "01890a5dac96774bbcceb302099a8057",
        "01890a5d-ac96-774b-bcce_b302099a8057", "01890a5d-ac96-774b-bcce-b302099a805g",
        "01890a5d-ac96-774b-bcce-b302099a805-", " 1890a5d-ac96-774b-bcce-b302099a8057"};
    uint8_t id[UUID_SIZE], kept[UUID_SIZE];
    char text[UUID_TEXT];

    (void)state;
    assert_true(uuid_parse("01890A5D-ac96-774b-BCCE-b302099a8057", id));
    uuid_format(id, text);
    assert_string_equal(text, "01890a5d-ac96-774b-bcce-b302099a8057");
    memcpy(kept, id, UUID_SIZE);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_false(uuid_parse(wrong[i], id));
    assert_true(uuid_equal(kept, id));
    assert_false(uuid_equal(uuid_none, id));
}

/* RFC 9562: the time first, so that ids sort by it; version 7; variant 10. */
static void test_uuid_v7(void **state)
{
    uint8_t before[UUID_SIZE], id[UUID_SIZE], again[UUID_SIZE];

    (void)state;
    uuid_make(INT64_C(0x0123456789ab) - 1, before);
    uuid_make(INT64_C(0x0123456789ab), id);
    uuid_make(INT64_C(0x0123456789ab), again);
    assert_memory_equal(id, "\x01\x23\x45\x67\x89\xab", 6);
    assert_int_equal(id[6] >> 4, 7);
    assert_int_equal(id[8] >> 6, 2);
    assert_true(memcmp(before, id, UUID_SIZE) < 0);
    assert_false(uuid_equal(id, again));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_against_a_model),
        cmocka_unit_test(test_uuid_texts),
        cmocka_unit_test(test_uuid_v7),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
