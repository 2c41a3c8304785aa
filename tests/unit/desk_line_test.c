/* What the desk knows of its line, and Packed either way, over a line that the test holds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "desk/desk_internal.h"
#include "desk/desk_line.h"
#include "pack.h"

#define MINUTE (INT64_C(60) * 1000000)

struct link {
    uint8_t sent[8192]; /* the last request */
    size_t size;
    int64_t rtt;
};

struct scene {
    char home[64];
    struct desk desk;
    struct link link;
    struct arena *arena;
    struct desk_why why;
};

/* --- link.h ----------------------------------------------------------------------------------- */

struct link *link_open(const struct link_options *options, struct link_why *why_r)
{
    (void)options;
    why_r->trouble = LINK_UNREACHABLE;
    return NULL;
}

void link_free(struct link **link)
{
    *link = NULL;
}

void link_renew(struct link *link)
{
    (void)link;
}

bool link_put(struct link *link, const Concert__Request *request)
{
    link->size = concert__request__get_packed_size(request);
    assert_in_range(link->size, 1, sizeof(link->sent));
    concert__request__pack(request, link->sent);
    return true;
}

Concert__Response *link_next(struct link *link, struct arena *arena)
{
    (void)link, (void)arena;
    return NULL;
}

void link_follow(struct link *link, int wake_fd)
{
    (void)link, (void)wake_fd;
}

int64_t link_rtt(const struct link *link)
{
    return link->rtt;
}

bool link_has_sent(const struct link *link)
{
    (void)link;
    return true;
}

const struct link_why *link_why(const struct link *link)
{
    static const struct link_why why = {.trouble = LINK_LOST};

    (void)link;
    return &why;
}

/* --- the scene -------------------------------------------------------------------------------- */

static void open_copy(struct scene *scene)
{
    struct replica_why why;

    memset(&scene->desk, 0, sizeof(scene->desk));
    scene->desk.link = &scene->link;
    scene->desk.replica = replica_open(scene->home, true, &why);
    assert_non_null(scene->desk.replica);
    assert_true(desk_load_facts(&scene->desk, &scene->why));
}

static int set_up(void **state)
{
    struct scene *scene = calloc(1, sizeof(*scene));

    snprintf(scene->home, sizeof(scene->home), "/tmp/concert_line_XXXXXX");
    assert_non_null(mkdtemp(scene->home));
    scene->arena = arena_new((size_t)16 << 20);
    open_copy(scene);
    *state = scene;
    return 0;
}

static int tear_down(void **state)
{
    static const char *const files[] = {"copy.db", "copy.db-wal", "copy.db-shm"};
    struct scene *scene = *state;
    char path[128];

    desk_drop_streams(&scene->desk);
    replica_free(&scene->desk.replica);
    arena_free(&scene->arena);
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        snprintf(path, sizeof(path), "%s/%s", scene->home, files[i]);
        unlink(path);
    }
    rmdir(scene->home);
    free(scene);
    return 0;
}

static void reopen(struct scene *scene)
{
    replica_free(&scene->desk.replica);
    open_copy(scene);
}

/* --- what is known of the line ---------------------------------------------------------------- */

static void test_slow(void **state)
{
    struct scene *scene = *state;

    assert_false(desk_slow(&scene->desk));
    desk_note_rtt(&scene->desk, 820);
    assert_true(desk_slow(&scene->desk));
    reopen(scene);
    assert_true(desk_slow(&scene->desk));
    /* back on a good line it is forgotten after some connections */
    desk_note_rtt(&scene->desk, 10);
    assert_true(desk_slow(&scene->desk));
    desk_note_rtt(&scene->desk, 10);
    assert_false(desk_slow(&scene->desk));
    reopen(scene);
    assert_false(desk_slow(&scene->desk));
    scene->desk.slow = true;
    assert_true(desk_slow(&scene->desk));
}

/* What is hardly another figure costs no write. */
static void test_no_news(void **state)
{
    struct scene *scene = *state;

    desk_note_rtt(&scene->desk, 5);
    assert_int_equal(scene->desk.rtt_ms, 0);
    desk_note_rtt(&scene->desk, 200);
    assert_int_equal(scene->desk.rtt_ms, 200);
    desk_note_rtt(&scene->desk, 240);
    assert_int_equal(scene->desk.rtt_ms, 200);
}

static void test_contact(void **state)
{
    struct scene *scene = *state;

    assert_int_equal(desk_contact(&scene->desk), 0);
    scene->desk.synced_at = 100 * MINUTE;
    desk_note_contact(&scene->desk, 100 * MINUTE + 5);
    assert_int_equal(desk_contact(&scene->desk), 100 * MINUTE + 5);
    desk_keep_contact(&scene->desk); /* the pages tell as much */
    assert_int_equal(scene->desk.contact_at, 0);
    desk_note_contact(&scene->desk, 200 * MINUTE);
    desk_keep_contact(&scene->desk);
    reopen(scene);
    assert_int_equal(desk_contact(&scene->desk), 200 * MINUTE);
}

/* --- Packed ----------------------------------------------------------------------------------- */

static Concert__Request *sent(struct scene *scene)
{
    return concert__request__unpack(
        arena_allocator(scene->arena), scene->link.size, scene->link.sent);
}

/* A push whose reason is so long. */
static void put_push(struct scene *scene, size_t size)
{
    Concert__Request request = CONCERT__REQUEST__INIT;
    Concert__Push push = CONCERT__PUSH__INIT;
    Concert__Operation operation = CONCERT__OPERATION__INIT, *operations[] = {&operation};
    char reason[4096] = "";
    uint64_t number;

    for (size_t i = 0; i < size; i++)
        reason[i] = "concertation "[i % 13];
    operation.reason = reason;
    push.n_operations = 1;
    push.operations = operations;
    request.verb_case = CONCERT__REQUEST__VERB_PUSH;
    request.push = &push;
    assert_true(desk_put(&scene->desk, &request, &number, &scene->why));
}

static void test_requests(void **state)
{
    struct scene *scene = *state;
    struct pack_reader *reader = pack_reader_new();
    Concert__Request *request;
    uint8_t *data;

    put_push(scene, 3000); /* nobody knows that the server unpacks */
    assert_int_equal(sent(scene)->verb_case, CONCERT__REQUEST__VERB_PUSH);
    scene->desk.packs = true;
    put_push(scene, 100);
    assert_int_equal(sent(scene)->verb_case, CONCERT__REQUEST__VERB_PUSH);
    put_push(scene, 3000);
    request = sent(scene);
    assert_int_equal(request->verb_case, CONCERT__REQUEST__VERB_PACKED);
    assert_int_equal(request->number, 3);
    assert_in_range(scene->link.size, 1, 300);
    assert_int_equal(
        pack_read(reader, request->packed, (size_t)1 << 20, scene->arena, &data), PACK_FINE);
    request = concert__request__unpack(arena_allocator(scene->arena), request->packed->size, data);
    assert_int_equal(request->number, 3);
    assert_int_equal(strlen(request->push->operations[0]->reason), 3000);
    pack_reader_free(&reader);
}

static void test_small_pages_on_a_slow_line(void **state)
{
    struct scene *scene = *state;
    Concert__Request request = CONCERT__REQUEST__INIT;
    Concert__Pull pull = CONCERT__PULL__INIT;
    uint64_t number;

    request.verb_case = CONCERT__REQUEST__VERB_PULL;
    request.pull = &pull;
    assert_true(desk_put(&scene->desk, &request, &number, &scene->why));
    assert_false(sent(scene)->pull->has_page);
    scene->desk.slow = true;
    assert_true(desk_put(&scene->desk, &request, &number, &scene->why));
    assert_int_equal(sent(scene)->pull->page, 16384);
}

/* A response that is packed as the stream's next; `number` is the outer one. */
static Concert__Response wrap(
    struct pack *pack, Concert__Packed *packed, const Concert__Response *inner, uint64_t number)
{
    Concert__Response outer = CONCERT__RESPONSE__INIT;
    uint8_t data[2048];
    size_t size = concert__response__pack(inner, data);

    assert_true(pack_add(pack, data, size, packed));
    outer.has_number = true;
    outer.number = number;
    outer.more = inner->more;
    outer.answer_case = CONCERT__RESPONSE__ANSWER_PACKED;
    outer.packed = packed;
    return outer;
}

static Concert__Response inner_of(uint64_t number, bool more, Concert__Page *page)
{
    Concert__Response inner = CONCERT__RESPONSE__INIT;

    concert__page__init(page);
    page->has_upto = true;
    page->upto = number * 100;
    inner.has_number = inner.has_more = true;
    inner.number = number;
    inner.more = more;
    inner.answer_case = CONCERT__RESPONSE__ANSWER_PULL;
    inner.pull = page;
    return inner;
}

/* Two requests' streams, one message of each after the other. */
static void test_answers(void **state)
{
    struct scene *scene = *state;
    struct pack *packs[] = {pack_new(0), pack_new(0)};

    for (int i = 0; i < 10; i++) {
        uint64_t number = 4 + (uint64_t)i % 2;
        Concert__Page page;
        Concert__Packed packed;
        Concert__Response inner = inner_of(number, i < 8, &page), *found;
        Concert__Response outer = wrap(packs[i % 2], &packed, &inner, number);

        found = desk_unpack(&scene->desk, &outer, scene->arena, &scene->why);
        assert_non_null(found);
        assert_int_equal(found->pull->upto, number * 100);
    }
    assert_null(scene->desk.streams); /* both have had their last */
    pack_free(&packs[0]);
    pack_free(&packs[1]);
}

/* Of another request than it says, or not of the stream. */
static void test_wrong_answers(void **state)
{
    struct scene *scene = *state;
    struct pack *pack = pack_new(0);
    Concert__Page page;
    Concert__Packed packed;
    Concert__Response inner = inner_of(4, true, &page), outer = wrap(pack, &packed, &inner, 5);

    assert_null(desk_unpack(&scene->desk, &outer, scene->arena, &scene->why));
    assert_int_equal(scene->why.trouble, DESK_UNREACHABLE);
    outer = wrap(pack, &packed, &inner, 4); /* its stream has begun, but not here */
    assert_null(desk_unpack(&scene->desk, &outer, scene->arena, &scene->why));
    pack_free(&pack);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_slow, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_news, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_contact, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_requests, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_small_pages_on_a_slow_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_answers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_wrong_answers, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
