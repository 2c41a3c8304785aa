/* A file's pages and a copy whose series of pages is unfinished: taken only in one log. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "desk/desk_bundle_series.h"

#include "replica/replica_fresh.h"

struct home {
    char path[64];
    struct replica *replica;
};

static int set_up(void **state)
{
    struct home *home = calloc(1, sizeof(*home));
    struct replica_why why;

    snprintf(home->path, sizeof(home->path), "/tmp/series.XXXXXX");
    assert_non_null(mkdtemp(home->path));
    home->replica = replica_open(home->path, true, &why);
    assert_non_null(home->replica);
    *state = home;
    return 0;
}

static int tear_down(void **state)
{
    static const char *const files[] = {"copy.db", "copy.db-wal", "copy.db-shm"};
    struct home *home = *state;
    char path[100];

    replica_free(&home->replica);
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        snprintf(path, sizeof(path), "%s/%s", home->path, files[i]);
        unlink(path);
    }
    rmdir(home->path);
    free(home);
    return 0;
}

static Concert__Page page_of(uint64_t upto, uint64_t head, const char *hash)
{
    Concert__Page page = CONCERT__PAGE__INIT;

    page.upto = upto;
    page.head = head;
    page.head_hash = (ProtobufCBinaryData){strlen(hash), (uint8_t *)hash};
    return page;
}

static void keep(struct home *home, bool fresh, const Concert__Page *page)
{
    assert_true(replica_begin(home->replica, REPLICA_WRITE));
    assert_true(fresh ? replica_fresh_apply(home->replica, 0, page)
                      : replica_apply(home->replica, 0, page, 1));
    assert_true(replica_commit(home->replica));
}

static bool goes_on(struct home *home, bool fresh, uint64_t told, const char *told_hash,
    const struct desk_bundle_series *series)
{
    Concert__Bundle about = CONCERT__BUNDLE__INIT;
    bool found;

    about.head = told;
    about.head_hash = (ProtobufCBinaryData){strlen(told_hash), (uint8_t *)told_hash};
    assert_true(desk_bundle_series_find(series, home->replica, fresh, &about, &found));
    return found;
}

/* The copy and what is beside it, each by itself. */
static void a_series_goes_on_where_its_head_is_known(void **state)
{
    struct home *home = *state;
    const Concert__Page kept = page_of(5, 20, "twenty"), whole = page_of(20, 20, "twenty");
    const Concert__Page other = page_of(8, 20, "twelve"), later = page_of(9, 30, "thirty");

    for (int fresh = 0; fresh < 2; fresh++) {
        struct desk_bundle_series none = {.head = 0}, pages = {.head = 0};

        assert_true(goes_on(home, fresh, 0, "", &none)); /* none is unfinished */
        keep(home, fresh, &kept);
        assert_false(goes_on(home, fresh, 0, "", &none));
        assert_true(goes_on(home, fresh, 20, "twenty", &none));
        assert_false(goes_on(home, fresh, 20, "twelve", &none));
        assert_false(goes_on(home, fresh, 21, "twenty", &none));
        desk_bundle_series_note(&pages, &other);
        assert_false(goes_on(home, fresh, 0, "", &pages));
        pages = none;
        desk_bundle_series_note(&pages, &kept);
        assert_true(goes_on(home, fresh, 0, "", &pages));
        desk_bundle_series_note(&pages, &later);
        assert_false(goes_on(home, fresh, 0, "", &pages));
        keep(home, fresh, &whole);
        assert_true(goes_on(home, fresh, 0, "", &none));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            a_series_goes_on_where_its_head_is_known, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
