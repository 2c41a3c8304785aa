/* put_document and get_document over a store that answers when the test says so: who may, what is
 * refused before anything is written, and connections that end while a request waits. The session
 * is the test's own. */
#include "region_scene.h"

#include <event2/buffer.h>
#include <event2/event.h>

#include "fake_document.h"
#include "fake_session.h"
#include "frame.h"
#include "region.h"
#include "request.h"
#include "text.h"
#include "verbs/verbs.h"

#include "fake_store.c"

struct world {
    struct scene scene;
    struct event_base *base;
    struct session session;
    struct settings_region own;
    const uint8_t *id;
    struct store_document facts;
};

/* --- the world ----------------------------------------------------------------------------------
 */

/* The document "doc" of mekinac's, 10 bytes, of which nothing has come; the actor is mekinac's
 * editor. */
static int setup(void **state)
{
    struct world *world = calloc(1, sizeof(*world));
    struct session *session = &world->session;

    fake_document_reset();
    world->base = event_base_new();
    fake_session_begin(session);
    settings_region_defaults(&world->own);
    text_copy(world->own.name, sizeof(world->own.name), "mauricie");
    session->region = region_new(world->base, &session->settings, &world->own);
    assert_non_null(session->region);
    world->scene.arena = arena_new(SCENE_MEMORY);
    session->actor = scene_actor(&world->scene, ROLE(EDITOR), "ed-mek", "mekinac");
    world->id = scene_id(&world->scene, "doc");
    world->facts = (struct store_document){
        .found = true, .kind = kinds_get(CONCERT__KIND__DOCUMENT), .size = 10};
    memcpy(world->facts.owner, scene_id(&world->scene, "mekinac"), UUID_SIZE);
    fake_document_set(world->id, &world->facts, NULL, true);
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

static struct request *begin(struct world *world, const Concert__Request *message)
{
    uint8_t bytes[1024];
    struct request *request =
        request_new(&world->session, bytes, concert__request__pack(message, bytes));

    assert_non_null(request);
    request_run(request);
    return request;
}

static struct request *put(struct world *world, uint64_t offset, const char *bytes)
{
    Concert__Request message = CONCERT__REQUEST__INIT;
    Concert__PutDocument put_document = CONCERT__PUT_DOCUMENT__INIT;

    put_document.has_document = put_document.has_offset = put_document.has_bytes = true;
    put_document.document = (ProtobufCBinaryData){UUID_SIZE, (uint8_t *)world->id};
    put_document.offset = offset;
    put_document.bytes = (ProtobufCBinaryData){strlen(bytes), (uint8_t *)bytes};
    message.verb_case = CONCERT__REQUEST__VERB_PUT_DOCUMENT;
    message.put_document = &put_document;
    return begin(world, &message);
}

static struct request *get(struct world *world, uint64_t offset)
{
    Concert__Request message = CONCERT__REQUEST__INIT;
    Concert__GetDocument get_document = CONCERT__GET_DOCUMENT__INIT;

    get_document.has_document = get_document.has_offset = true;
    get_document.document = (ProtobufCBinaryData){UUID_SIZE, (uint8_t *)world->id};
    get_document.offset = offset;
    message.verb_case = CONCERT__REQUEST__VERB_GET_DOCUMENT;
    message.get_document = &get_document;
    return begin(world, &message);
}

/* The next answer, once the store has answered all; NULL: there is none. To be freed. */
static Concert__Response *answer(struct world *world)
{
    Concert__Response *response;
    const uint8_t *data;
    size_t size;

    while (fake_document_step())
        continue;
    if (frame_peek(world->session.output, (size_t)1 << 20, &size) != FRAME_WHOLE)
        return NULL;
    data = evbuffer_pullup(world->session.output, (ev_ssize_t)size + 4);
    response = concert__response__unpack(NULL, size, data + 4);
    assert_non_null(response);
    assert_false(response->more);
    evbuffer_drain(world->session.output, size + 4);
    return response;
}

static void says_held(struct world *world, uint64_t held, bool whole)
{
    Concert__Response *response = answer(world);

    assert_non_null(response);
    assert_int_equal(response->answer_case, CONCERT__RESPONSE__ANSWER_PUT_DOCUMENT);
    assert_int_equal(response->put_document->held, held);
    assert_int_equal(response->put_document->whole, whole);
    concert__response__free_unpacked(response, NULL);
}

static void says_error(struct world *world, Concert__Code code, const char *rule)
{
    Concert__Response *response = answer(world);

    assert_non_null(response);
    assert_int_equal(response->answer_case, CONCERT__RESPONSE__ANSWER_ERROR);
    assert_string_equal(error_name(response->error->code), error_name(code));
    assert_string_equal(response->error->rule == NULL ? "" : response->error->rule, rule);
    assert_int_equal(response->error->has_retry_after, code == CONCERT__CODE__UNAVAILABLE);
    concert__response__free_unpacked(response, NULL);
}

static void says_bytes(struct world *world, const char *bytes)
{
    Concert__Response *response = answer(world);

    assert_non_null(response);
    assert_int_equal(response->answer_case, CONCERT__RESPONSE__ANSWER_GET_DOCUMENT);
    assert_int_equal(response->get_document->size, 10);
    assert_int_equal(response->get_document->bytes.len, strlen(bytes));
    assert_memory_equal(response->get_document->bytes.data, bytes, strlen(bytes));
    concert__response__free_unpacked(response, NULL);
}

static void says_nothing(struct world *world)
{
    assert_null(answer(world));
}

static void make_whole(struct world *world)
{
    world->facts.held = world->facts.size;
    world->facts.whole = true;
    fake_document_set(world->id, &world->facts, "0123456789", true);
}

/* --- put_document -------------------------------------------------------------------------------
 */

static void bytes_come_in_parts(void **state)
{
    struct world *world = *state;

    put(world, 0, "");
    says_held(world, 0, false);
    put(world, 0, "012345");
    says_held(world, 6, false);
    put(world, 0, "012345");
    says_held(world, 6, false);
    put(world, 6, "6789");
    says_held(world, 10, true);
    put(world, 0, "0123456789");
    says_held(world, 10, true);
    get(world, 0);
    says_bytes(world, "0123456789");
}

static void several_under_way_keep_their_order(void **state)
{
    struct world *world = *state;

    put(world, 0, "0123");
    put(world, 4, "4567");
    put(world, 8, "89");
    says_held(world, 4, false);
    says_held(world, 8, false);
    says_held(world, 10, true);
}

static void nothing_is_written_by_who_may_not(void **state)
{
    struct world *world = *state;
    struct policy_actor *actor = &world->session.actor;

    *actor = scene_actor(&world->scene, ROLE(EDITOR), "ed-che", "chenaux");
    put(world, 0, "0123456789");
    says_error(world, CONCERT__CODE__DENIED, "owner");
    *actor = scene_actor(&world->scene, ROLE(READER), "reader", "mekinac");
    put(world, 0, "0123456789");
    says_error(world, CONCERT__CODE__DENIED, "role");
    assert_int_equal(fake_document_counts()->adds, 0);
    make_whole(world);
    get(world, 4);
    says_bytes(world, "456789");
    *actor = scene_actor(&world->scene, ROLE(SECRETARIAT), "office", NULL);
    put(world, 0, "");
    says_held(world, 10, true);
}

static void nothing_is_written_beyond_its_size(void **state)
{
    struct world *world = *state;

    put(world, 0, "0123456789a");
    says_error(world, CONCERT__CODE__INVALID, "size");
    put(world, 10, "a");
    says_error(world, CONCERT__CODE__INVALID, "size");
    put(world, UINT64_MAX, "a");
    says_error(world, CONCERT__CODE__INVALID, "size");
    assert_int_equal(fake_document_counts()->adds, 0);
}

static void others_bytes_are_told_of(void **state)
{
    struct world *world = *state;

    fake_document_set(world->id, &world->facts, NULL, false);
    put(world, 0, "01234");
    says_held(world, 5, false);
    put(world, 5, "56789");
    says_error(world, CONCERT__CODE__INVALID, "hash");
    put(world, 0, "");
    says_held(world, 0, false);
}

static void a_region_has_so_much_room(void **state)
{
    struct world *world = *state;

    struct store_document first = world->facts;

    world->session.settings.documents = 100;
    first.size = 91;
    first.held = 1;
    fake_document_set(scene_id(&world->scene, "first"), &first, "x", true);
    put(world, 0, "0123456789");
    says_error(world, CONCERT__CODE__TOO_LARGE, "quota");
    put(world, 0, "");
    says_held(world, 0, false);
    first.size = 90;
    fake_document_set(scene_id(&world->scene, "first"), &first, "x", true);
    put(world, 0, "0123456789");
    says_held(world, 10, true);
}

static void what_is_no_document_is_told(void **state)
{
    struct world *world = *state;

    world->facts.kind = kinds_get(CONCERT__KIND__SHARE);
    fake_document_set(world->id, &world->facts, NULL, true);
    put(world, 0, "0");
    says_error(world, CONCERT__CODE__INVALID, "kind");
    world->facts.kind = NULL; /* of a later version */
    fake_document_set(world->id, &world->facts, NULL, true);
    get(world, 0);
    says_error(world, CONCERT__CODE__INVALID, "kind");
    world->id = scene_id(&world->scene, "none");
    put(world, 0, "0");
    says_error(world, CONCERT__CODE__NOT_FOUND, "record");
}

static void a_document_may_be_deleted_in_between(void **state)
{
    struct world *world = *state;

    put(world, 0, "0123");
    fake_document_step();
    world->facts.deleted = true;
    world->facts.size = 0;
    fake_document_set(world->id, &world->facts, NULL, true);
    says_error(world, CONCERT__CODE__NOT_FOUND, "deleted");
    get(world, 0);
    says_error(world, CONCERT__CODE__NOT_FOUND, "deleted");
}

static void the_database_may_be_away(void **state)
{
    struct world *world = *state;

    fake_document_fail(1);
    put(world, 0, "0123");
    says_error(world, CONCERT__CODE__UNAVAILABLE, "");
    put(world, 0, "0123");
    fake_document_step();
    fake_document_fail(1);
    says_error(world, CONCERT__CODE__UNAVAILABLE, "");
    fake_document_fail(1);
    get(world, 0);
    says_error(world, CONCERT__CODE__UNAVAILABLE, "");
    put(world, 0, "0123456789");
    says_held(world, 10, true);
}

static void a_connection_ends_while_bytes_are_added(void **state)
{
    struct world *world = *state;

    request_orphan(put(world, 0, "0123"));
    says_nothing(world);
    assert_int_equal(fake_document_counts()->adds, 0);
    struct request *request = put(world, 0, "0123");
    fake_document_step();
    request_orphan(request);
    says_nothing(world);
    put(world, 0, "");
    says_held(world, 4, false);
}

/* --- get_document -------------------------------------------------------------------------------
 */

static void bytes_go_out_from_a_place_on(void **state)
{
    struct world *world = *state;

    get(world, 0);
    says_error(world, CONCERT__CODE__NOT_FOUND, "incomplete");
    make_whole(world);
    get(world, 9);
    says_bytes(world, "9");
    get(world, 10);
    says_bytes(world, "");
    get(world, 11);
    says_error(world, CONCERT__CODE__BAD_REQUEST, "range");
    get(world, UINT64_MAX);
    says_error(world, CONCERT__CODE__BAD_REQUEST, "range");
}

static void nothing_is_read_for_who_takes_nothing(void **state)
{
    struct world *world = *state;

    make_whole(world);
    world->session.full = true;
    get(world, 0);
    says_nothing(world);
    assert_int_equal(fake_document_counts()->reads, 0);
    waiter_wake_all(&world->session.room); /* and is full again */
    assert_int_equal(fake_document_counts()->reads, 0);
    world->session.full = false;
    waiter_wake_all(&world->session.room);
    says_bytes(world, "0123456789");
}

/* Both were read before either was sent. */
static void what_was_read_waits_for_room_too(void **state)
{
    struct world *world = *state;

    make_whole(world);
    get(world, 0);
    get(world, 5);
    fake_document_step();
    world->session.full = true;
    fake_document_step();
    says_bytes(world, "0123456789");
    says_nothing(world);
    world->session.full = false;
    waiter_wake_all(&world->session.room);
    says_bytes(world, "56789");
    assert_int_equal(fake_document_counts()->reads, 2);
    get(world, 0);
    world->session.full = true;
    struct request *last = get(world, 0);
    says_nothing(world);
    request_orphan(last);
    world->session.full = false;
    waiter_wake_all(&world->session.room);
    says_bytes(world, "0123456789");
    says_nothing(world);
}

/* However many are asked for at once, few are kept for a peer that does not take them. */
static void few_are_read_at_once(void **state)
{
    struct world *world = *state;

    make_whole(world);
    for (size_t i = 0; i < 10; i++)
        get(world, 0);
    assert_int_equal(fake_document_counts()->reads, 2);
    world->session.full = true;
    says_nothing(world);
    waiter_wake_all(&world->session.room);
    assert_int_equal(fake_document_counts()->reads, 2);
    world->session.full = false;
    waiter_wake_all(&world->session.room);
    for (size_t i = 0; i < 10; i++)
        says_bytes(world, "0123456789");
    says_nothing(world);
    assert_int_equal(fake_document_counts()->reads, 10);
    assert_int_equal(world->session.answers, 0);
}

static void a_connection_ends_while_it_waits(void **state)
{
    struct world *world = *state;

    make_whole(world);
    world->session.full = true;
    request_orphan(get(world, 0));
    world->session.full = false;
    waiter_wake_all(&world->session.room);
    assert_int_equal(fake_document_counts()->reads, 0);
    request_orphan(get(world, 0));
    assert_int_equal(fake_document_counts()->reads, 1);
    says_nothing(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        TEST(bytes_come_in_parts),
        TEST(several_under_way_keep_their_order),
        TEST(nothing_is_written_by_who_may_not),
        TEST(nothing_is_written_beyond_its_size),
        TEST(others_bytes_are_told_of),
        TEST(a_region_has_so_much_room),
        TEST(what_is_no_document_is_told),
        TEST(a_document_may_be_deleted_in_between),
        TEST(the_database_may_be_away),
        TEST(a_connection_ends_while_bytes_are_added),
        TEST(bytes_go_out_from_a_place_on),
        TEST(nothing_is_read_for_who_takes_nothing),
        TEST(what_was_read_waits_for_room_too),
        TEST(few_are_read_at_once),
        TEST(a_connection_ends_while_it_waits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
