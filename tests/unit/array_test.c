/* Arrays on the heap that grow. */
#include "array.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* It keeps what is in it, and is moved seldom. */
static void test_it_grows(void **state)
{
    uint64_t *numbers = NULL;
    size_t room = 0, last = 0, changes = 0;

    (void)state;
    for (size_t count = 0; count < 1000; count++) {
        numbers = array_grow(numbers, count, &room, sizeof(*numbers));
        assert_non_null(numbers);
        assert_true(room > count);
        changes += room != last;
        last = room;
        numbers[count] = count * 3;
    }
    assert_true(changes > 1 && changes < 12);
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(numbers[i], i * 3);
    free(numbers);
}

/* More than there can be is refused before it is asked for, and what is there stays. */
static void test_too_large(void **state)
{
    size_t room = 0;
    char *text;

    (void)state;
    assert_null(array_grow(NULL, 0, &room, SIZE_MAX / 4));
    assert_int_equal(room, 0);
    text = array_grow(NULL, 0, &room, 1);
    assert_non_null(text);
    text[0] = 'a';
    room = SIZE_MAX / 2;
    assert_null(array_grow(text, SIZE_MAX / 2, &room, 1));
    assert_int_equal(room, SIZE_MAX / 2);
    assert_int_equal(text[0], 'a');
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_grows),
        cmocka_unit_test(test_too_large),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
