#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "admin/conninfo_shown.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void no_password_is_shown(void **state)
{
    static const char *const rows[][2] = {
        {"", ""},
        {"garbage", "garbage"},
        {"host=/run dbname=concert user=concertd", "host=/run dbname=concert user=concertd"},
        {"password=x", "password=…"},
        {"password=x user=y", "password=… user=y"},
        {"user=y password = x", "user=y password = …"},
        {"PASSWORD='a b' user=y", "PASSWORD=… user=y"},
        {"password='a \\' b' user=y", "password=… user=y"},
        {"password=a\\ b user=y", "password=… user=y"},
        {"password='a b", "password=…"},
        {"password=a\\", "password=…"},
        {"password=", "password=…"},
        {"sslpassword=a\tuser=y password=b", "sslpassword=…\tuser=y password=…"},
        {"dbname=password", "dbname=password"},
        {"postgresql://y@h/d", "postgresql://y@h/d"},
        {"postgresql://y:secret@h:5432/d", "postgresql://y:…@h:5432/d"},
        {"postgresql://y:sec@ret@h/d", "postgresql://y:…@h/d"},
        {"postgresql://h:5432/d?user=a@b", "postgresql://h:5432/d?user=a@b"},
        {"postgresql://h/d?password=a&user=b", "postgresql://h/d?password=…&user=b"},
        {"postgresql://y:a@h/d?sslpassword=b", "postgresql://y:…@h/d?sslpassword=…"},
    };
    char shown[128];

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        conninfo_shown(rows[i][0], shown, sizeof(shown));
        assert_string_equal(shown, rows[i][1]);
    }
}

static void it_is_cut(void **state)
{
    static const char words[] = "host=/run password=secret user=concertd";
    char shown[64];

    (void)state;
    for (size_t size = 1; size < sizeof(shown); size++) {
        memset(shown, 'x', sizeof(shown));
        conninfo_shown(words, shown, size);
        assert_true(strlen(shown) < size);
        assert_null(strstr(shown, "sec"));
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_password_is_shown),
        cmocka_unit_test(it_is_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
