/* Pulls over a region whose store answers when the test says so: what a page promises, followers, a
 * log that is another one. The session is the test's own. */
#include "region_scene.h"

#include <event2/buffer.h>
#include <event2/event.h>

#include "fake_session.h"
#include "frame.h"
#include "reader.h"
#include "region.h"
#include "request.h"
#include "text.h"
#include "verbs/verbs.h"

#include "fake_store.c"

#define FLOOR 300 /* records before the region is opened: more than its feed holds */
#define FINGERPRINT "abababababababababababababababababababababababababababababababab"

struct world {
    struct scene scene;
    struct event_base *base;
    struct session session;
    struct settings_region own;
};

/* What came back to a request. */
struct told {
    size_t frames, records;
    uint64_t last, upto, head;
    uint8_t upto_hash[STORE_HASH_SIZE], head_hash[STORE_HASH_SIZE];
    bool more, gap;
    Concert__Code error;
};

/* --- the world ---------------------------------------------------------------------------------
 */

/* Changes that another server commits: nobody tells this one. */
static void notes_elsewhere(struct world *world, size_t count)
{
    struct decide_operation *ops = calloc(count + 1, sizeof(*ops));
    const struct decide_result *results;

    for (size_t i = 0; i < count; i++) {
        char name[15];

        snprintf(name, sizeof(name), "N%zu", world->scene.store->n_log + i);
        ops[i] = OP(&world->scene, "note", name, 0, "subject=@plan", "text=Une rencontre");
    }
    results = scene_push(&world->scene, &world->scene.boss, false, ops, count);
    for (size_t i = 0; i < count; i++)
        APPLIED(&results[i]);
    free(ops);
}

static void join_elsewhere(struct world *world)
{
    struct decide_operation op = OP(&world->scene, "device", "D-mek", 0, "name=Un poste",
        "account=@A-mek", "fingerprint=" FINGERPRINT, "joined_on=2009-10-01");
    struct batch_job job = scene_job(&world->scene, BATCH_OWN, &world->scene.boss, &op, 1);
    struct batch_job *jobs[] = {&job};

    scene_batch(&world->scene, jobs, 1);
    APPLIED(&job.results[0]);
}

static void open_region(struct world *world)
{
    struct settings *settings = &world->session.settings;

    settings_region_defaults(&world->own);
    settings->feed = 65536;
    text_copy(world->own.name, sizeof(world->own.name), "mauricie");
    world->session.region = region_new(world->base, settings, &world->own);
    assert_non_null(world->session.region);
    world->scene.store = region_store(world->session.region);
}

static int setup(void **state)
{
    struct world *world = calloc(1, sizeof(*world));

    world->base = event_base_new();
    fake_session_begin(&world->session);
    memset(world->session.fingerprint, 0xab, sizeof(world->session.fingerprint));
    world->scene.arena = arena_new(SCENE_MEMORY);
    world->scene.now = SCENE_NOW;
    world->scene.boss = scene_actor(&world->scene, ROLE(COORDINATOR), "boss", NULL);
    open_region(world);
    scene_plan(&world->scene);
    join_elsewhere(world);
    notes_elsewhere(world, FLOOR);
    region_catch_up(world->session.region);
    fake_store_run(world->scene.store);
    assert_true(region_in_step(world->session.region));
    assert_int_equal(
        region_actor(world->session.region, world->session.fingerprint, &world->session.actor),
        DIRECTORY_ACTIVE);
    *state = world;
    return 0;
}

static int teardown(void **state)
{
    struct world *world = *state;

    fake_session_end(&world->session);
    event_base_free(world->base);
    arena_free(&world->scene.arena);
    free(world);
    return 0;
}

static uint64_t feed_end(const struct world *world)
{
    return feed_head(region_feed(world->session.region), NULL);
}

/* Until the store has nothing to answer; a pull that asks for ever fails here. */
static void run(struct world *world)
{
    for (int i = 0; i < 200 && fake_store_step(world->scene.store); i++)
        continue;
    assert_int_equal(fake_store_pending(world->scene.store), 0);
}

static struct request *pull(struct world *world, Concert__Pull pull)
{
    Concert__Request message = CONCERT__REQUEST__INIT;
    uint8_t bytes[256];
    struct request *request;

    message.has_number = true;
    message.number = 7;
    message.verb_case = CONCERT__REQUEST__VERB_PULL;
    message.pull = &pull;
    request = request_new(&world->session, bytes, concert__request__pack(&message, bytes));
    assert_non_null(request);
    request_run(request);
    return request;
}

static struct request *follow(struct world *world, uint64_t since)
{
    Concert__Pull message = CONCERT__PULL__INIT;

    message.has_since = message.has_follow = message.follow = true;
    message.since = since;
    return pull(world, message);
}

static void add_page(struct told *told, const Concert__Page *page)
{
    for (size_t i = 0; i < page->n_records; i++) {
        told->gap |= page->records[i]->seq <= told->last;
        told->last = page->records[i]->seq;
    }
    told->records += page->n_records;
    told->upto = page->upto;
    told->head = page->head;
    assert_int_equal(page->upto_hash.len, STORE_HASH_SIZE);
    assert_int_equal(page->head_hash.len, STORE_HASH_SIZE);
    memcpy(told->upto_hash, page->upto_hash.data, STORE_HASH_SIZE);
    memcpy(told->head_hash, page->head_hash.data, STORE_HASH_SIZE);
}

/* Reads all answers; after one without `more` there must be none. */
static struct told read_answers(struct world *world)
{
    struct told told = {.more = true};
    size_t size;

    while (frame_peek(world->session.output, (size_t)1 << 20, &size) == FRAME_WHOLE) {
        const uint8_t *data = evbuffer_pullup(world->session.output, (ev_ssize_t)size + 4);
        Concert__Response *response = concert__response__unpack(NULL, size, data + 4);

        assert_non_null(response);
        assert_true(told.more && response->number == 7);
        told.frames++;
        told.more = response->more;
        if (response->answer_case == CONCERT__RESPONSE__ANSWER_ERROR)
            told.error = response->error->code;
        else
            add_page(&told, response->pull);
        concert__response__free_unpacked(response, NULL);
        evbuffer_drain(world->session.output, size + 4);
    }
    return told;
}

/* --- what a page promises -----------------------------------------------------------------------
 */

/* The store's pages may end beyond what the feed knows of. */
static void a_promise_of_more_is_kept(void **state)
{
    struct world *world = *state;
    struct told told;

    notes_elsewhere(world, 700);
    pull(world, (Concert__Pull)CONCERT__PULL__INIT);
    run(world);
    told = read_answers(world);
    assert_int_equal(told.records, world->scene.store->n_records);
    assert_int_equal(told.upto, fake_store_head(world->scene.store)->seq);
    assert_false(told.more || told.gap);
    assert_int_equal(world->session.ended, 1);
}

/* The largest page's frame, of pages that ask for so many bytes. */
static size_t largest_frame(struct world *world, uint32_t page, size_t *frames_r)
{
    Concert__Pull message = CONCERT__PULL__INIT;
    size_t size, largest = 0;

    *frames_r = 0;
    message.has_page = true;
    message.page = page;
    pull(world, message);
    run(world);
    while (frame_peek(world->session.output, (size_t)1 << 20, &size) == FRAME_WHOLE) {
        largest = size > largest ? size : largest;
        (*frames_r)++;
        evbuffer_drain(world->session.output, size + FRAME_HEADER);
    }
    return largest;
}

static void a_page_is_as_small_as_was_asked(void **state)
{
    struct world *world = *state;
    size_t least, frames, few, all;

    notes_elsewhere(world, 700);
    largest_frame(world, 0, &all);
    least = largest_frame(world, 1, &frames);
    assert_true(least > 2048 && least < 4096 + 256);
    assert_true(largest_frame(world, 8192, &few) < 8192 + 256);
    assert_true(frames > few && few > all);
    assert_int_equal(largest_frame(world, 1 << 30, &few), largest_frame(world, 0, &all));
    assert_int_equal(few, all);
    assert_int_equal(world->session.ended, 5);
}

static void a_follower_ahead_of_the_feed_waits(void **state)
{
    struct world *world = *state;
    struct request *request;
    struct told told;
    size_t pages;

    notes_elsewhere(world, 20);
    request = follow(world, 0);
    run(world);
    told = read_answers(world);
    assert_int_equal(told.upto, feed_end(world) + 20);
    assert_true(told.more);
    pages = fake_store_counts(world->scene.store)->pages;
    region_catch_up(world->session.region);
    run(world);
    assert_int_equal(fake_store_counts(world->scene.store)->pages, pages + 1);
    assert_int_equal(read_answers(world).frames, 0);
    notes_elsewhere(world, 3);
    region_catch_up(world->session.region);
    run(world);
    told = read_answers(world);
    assert_int_equal(told.records, 3);
    assert_false(told.gap);
    request_orphan(request);
}

static void a_follower_takes_each_change_once(void **state)
{
    struct world *world = *state;
    struct request *request = follow(world, 0);
    size_t records = 0;
    uint64_t last = 0;

    for (int i = 0; i < 30; i++) {
        struct told told;

        notes_elsewhere(world, i % 7 == 6 ? 200 : (size_t)i % 3);
        if (i % 4 > 0)
            region_catch_up(world->session.region);
        world->session.full = i % 5 == 0;
        if (!world->session.full)
            waiter_wake_all(&world->session.room);
        run(world);
        told = read_answers(world);
        assert_true(!told.gap && (told.records == 0 || told.last > last));
        records += told.records;
        last = told.records == 0 ? last : told.last;
    }
    world->session.full = false;
    waiter_wake_all(&world->session.room);
    region_catch_up(world->session.region);
    run(world);
    records += read_answers(world).records;
    assert_int_equal(records, world->scene.store->n_records);
    request_orphan(request);
}

/* --- another log --------------------------------------------------------------------------------
 */

/* Others may commit faster than this server reads: it is told of more before each page comes. */
static void a_follower_does_not_wait_for_a_lull(void **state)
{
    struct world *world = *state;
    struct request *request = follow(world, feed_end(world));
    struct told told;

    run(world);
    read_answers(world);
    notes_elsewhere(world, 1);
    region_catch_up(world->session.region);
    for (int i = 0; i < 5; i++) {
        notes_elsewhere(world, 1);
        region_catch_up(world->session.region);
        assert_true(fake_store_step(world->scene.store));
        assert_false(region_in_step(world->session.region));
        told = read_answers(world);
        assert_true(told.records > 0 && told.upto == feed_end(world));
    }
    run(world);
    assert_true(region_in_step(world->session.region));
    request_orphan(request);
}

/* As a restored backup that somebody else has gone on with. */
static void rewrite(struct world *world, size_t lost)
{
    struct store *store = world->scene.store;
    size_t kept = 0;

    store->n_log -= lost;
    store->head.seq -= lost;
    for (size_t i = 0; i < store->n_records; i++)
        if (store->records[i].seq <= store->head.seq)
            store->records[kept++] = store->records[i];
    store->n_records = kept;
    memcpy(store->head.hash, store->log[store->n_log - 1].hash, STORE_HASH_SIZE);
    world->scene.now += 1000;
}

static void a_follower_is_told_that_the_log_is_another(void **state)
{
    struct world *world = *state;

    follow(world, feed_end(world));
    assert_true(read_answers(world).more);
    rewrite(world, 5);
    notes_elsewhere(world, 9);
    region_catch_up(world->session.region);
    run(world);
    assert_true(region_in_step(world->session.region));
    assert_int_equal(read_answers(world).error, CONCERT__CODE__DIVERGED);
    assert_int_equal(world->session.ended, 1);
}

static void a_follower_from_before_goes_on_in_another_log(void **state)
{
    struct world *world = *state;
    struct request *request = follow(world, feed_end(world));
    struct told told;

    read_answers(world);
    notes_elsewhere(world, 9);
    rewrite(world, 5);
    region_catch_up(world->session.region);
    run(world);
    told = read_answers(world);
    assert_true(told.records == 4 && told.error == 0);
    request_orphan(request);
}

/* Who joined after the backup is not known any more: the first that reads finds out. */
static void the_directory_is_the_logs(void **state)
{
    struct world *world = *state;
    struct policy_actor actor;

    rewrite(world, FLOOR + 1); /* the device goes with the notes */
    follow(world, 1);
    run(world);
    assert_int_equal(read_answers(world).error, CONCERT__CODE__UNAVAILABLE);
    assert_int_equal(
        region_actor(world->session.region, world->session.fingerprint, &actor), DIRECTORY_UNKNOWN);
}

/* --- a series of pages that is cut ---------------------------------------------------------------
 */

/* The first page of a pull, then the connection goes. */
static struct told first_page(struct world *world)
{
    Concert__Pull message = CONCERT__PULL__INIT;
    struct request *request;
    struct told told;

    message.has_page = true;
    message.page = READER_PAGE_MIN;
    request = pull(world, message);
    world->session.full = true;
    run(world);
    world->session.full = false;
    told = read_answers(world);
    assert_true(told.frames == 1 && told.more && told.upto < told.head);
    request_orphan(request);
    run(world);
    return told;
}

/* Goes on behind it, with or without the head that it told. */
static struct told go_on(struct world *world, const struct told *from, bool with_head)
{
    Concert__Pull message = CONCERT__PULL__INIT;

    message.has_since = message.has_since_hash = true;
    message.since = from->upto;
    message.since_hash = (ProtobufCBinaryData){STORE_HASH_SIZE, (uint8_t *)from->upto_hash};
    message.has_head = message.has_head_hash = with_head;
    message.head = from->head;
    message.head_hash = (ProtobufCBinaryData){STORE_HASH_SIZE, (uint8_t *)from->head_hash};
    pull(world, message);
    run(world);
    return read_answers(world);
}

/* A note of the first page's time changes above it, and that change is lost: without the head it
 * would never be told. */
static void a_series_over_a_log_cut_above_it_is_told(void **state)
{
    struct world *world = *state;
    struct told first, bare;

    for (int grown = 0; grown < 2; grown++)
        for (int known = 0; known < 2; known++) {
            teardown(state);
            setup(state);
            world = *state;
            notes_elsewhere(world, 3);
            first = first_page(world);
            rewrite(world, 2);
            assert_true(first.upto < world->scene.store->head.seq);
            notes_elsewhere(world, grown ? 9 : 0);
            region_catch_up(world->session.region);
            if (known)
                run(world);
            bare = go_on(world, &first, false);
            assert_int_equal(bare.error, 0);
            assert_int_equal(go_on(world, &first, true).error, CONCERT__CODE__DIVERGED);
        }
}

/* Whether the feed reaches that far or not, and whatever was committed since. */
static void a_series_over_the_same_log_goes_on(void **state)
{
    struct world *world = *state;
    struct told first = first_page(world), told;
    size_t rest = world->scene.store->n_records - first.records;

    told = go_on(world, &first, true);
    assert_true(told.error == 0 && !told.more && told.records == rest);
    notes_elsewhere(world, 7);
    told = go_on(world, &first, true); /* the feed does not know of them */
    assert_true(told.error == 0 && !told.more && told.records == rest + 7);
    region_catch_up(world->session.region);
    run(world);
    notes_elsewhere(world, 2);
    told = go_on(world, &first, true);
    assert_true(told.error == 0 && !told.more && told.records == rest + 9);
    first.upto = first.head; /* complete: the head says nothing more */
    memcpy(first.upto_hash, first.head_hash, STORE_HASH_SIZE);
    memset(first.head_hash, 1, STORE_HASH_SIZE);
    assert_int_equal(go_on(world, &first, true).error, 0);
}

/* The same when the log changes under one pull that waits, and has grown beyond where it was. */
static void a_pull_is_not_led_on_along_another_log(void **state)
{
    struct world *world = *state;

    for (int noticed = 0; noticed < 2; noticed++) {
        Concert__Pull message = CONCERT__PULL__INIT;
        struct told told;

        teardown(state);
        setup(state);
        world = *state;
        message.has_page = true;
        message.page = READER_PAGE_MIN;
        pull(world, message);
        world->session.full = true;
        run(world);
        told = read_answers(world);
        assert_true(told.frames == 1 && told.more);
        rewrite(world, 2);
        notes_elsewhere(world, 9);
        if (noticed) {
            region_catch_up(world->session.region);
            run(world);
        }
        world->session.full = false;
        waiter_wake_all(&world->session.room);
        run(world);
        told = read_answers(world);
        assert_int_equal(told.records, 0);
        assert_int_equal(told.error, CONCERT__CODE__DIVERGED);
        assert_int_equal(world->session.ended, 1);
    }
}

/* The peer goes while the store is asked about the head. */
static void a_page_that_is_held_back_is_freed(void **state)
{
    struct world *world = *state;
    struct told first = first_page(world);
    Concert__Pull message = CONCERT__PULL__INIT;
    struct request *request;

    notes_elsewhere(world, 7);
    message.has_since = message.has_head = message.has_head_hash = true;
    message.since = first.upto;
    message.head = first.head;
    message.head_hash = (ProtobufCBinaryData){STORE_HASH_SIZE, first.head_hash};
    request = pull(world, message);
    assert_true(fake_store_step(world->scene.store));
    assert_int_equal(fake_store_pending(world->scene.store), 1);
    request_orphan(request);
    run(world);
    assert_int_equal(read_answers(world).frames, 0);
    assert_int_equal(world->session.ended, 0);
}

/* --- reads that fail -----------------------------------------------------------------------------
 */

/* The database is there and nothing else happens: the region looks again by itself. */
static void a_read_that_failed_is_tried_again(void **state)
{
    struct world *world = *state;
    struct request *request = follow(world, feed_end(world));

    read_answers(world);
    notes_elsewhere(world, 2);
    region_catch_up(world->session.region);
    world->scene.store->up = false;
    run(world);
    world->scene.store->up = true;
    assert_false(region_in_step(world->session.region));
    event_base_loop(world->base, EVLOOP_ONCE);
    run(world);
    assert_true(region_in_step(world->session.region));
    assert_int_equal(read_answers(world).records, 2);
    request_orphan(request);
}

/* The peer goes while the store is asked. */
static void a_pull_outlives_its_session(void **state)
{
    struct world *world = *state;
    struct request *request = pull(world, (Concert__Pull)CONCERT__PULL__INIT);

    assert_int_equal(fake_store_pending(world->scene.store), 1);
    request_orphan(request);
    run(world);
    assert_int_equal(read_answers(world).frames, 0);
    assert_int_equal(world->session.ended, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_promise_of_more_is_kept),
        TEST(a_page_is_as_small_as_was_asked),
        TEST(a_follower_ahead_of_the_feed_waits),
        TEST(a_follower_takes_each_change_once),
        TEST(a_follower_does_not_wait_for_a_lull),
        TEST(a_follower_is_told_that_the_log_is_another),
        TEST(a_follower_from_before_goes_on_in_another_log),
        TEST(the_directory_is_the_logs),
        TEST(a_series_over_a_log_cut_above_it_is_told),
        TEST(a_series_over_the_same_log_goes_on),
        TEST(a_pull_is_not_led_on_along_another_log),
        TEST(a_page_that_is_held_back_is_freed),
        TEST(a_read_that_failed_is_tried_again),
        TEST(a_pull_outlives_its_session),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
