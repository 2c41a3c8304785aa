/* An open stream: frames, time and back-pressure. */
#include "stream_scene.h"

/* --- frames --- */

static void a_frame_byte_by_byte_is_whole(void **state)
{
    struct scene *s = *state;
    static const char bytes[] = "\0\0\0\5hello";

    connected(s, s->known);
    for (size_t i = 0; i < sizeof(bytes) - 1; i++) {
        assert_int_equal(s->frames, 0);
        peer_write(s, bytes + i, 1);
        turn(s);
    }
    wait_for(s, s->frames == 1);
    assert_true(holds(s->messages, "hello"));
}

static void many_frames_in_one_write_come_apart(void **state)
{
    struct scene *s = *state;
    struct evbuffer *frames = evbuffer_new();

    connected(s, s->known);
    for (int i = 0; i < 3000; i++)
        add_frame(frames, "x", 1);
    peer_write(s, evbuffer_pullup(frames, -1), evbuffer_get_length(frames));
    evbuffer_free(frames);
    wait_for(s, s->frames == 3000);
    assert_int_equal(evbuffer_get_length(s->messages), 3000);
}

static void frames_of_all_sizes_echo_unchanged(void **state)
{
    struct scene *s = *state;
    struct evbuffer *sent = evbuffer_new();
    uint8_t *data = malloc(FRAME_LIMIT);
    size_t total;

    srandom(20091015);
    s->act = ECHO;
    s->limits.output = 16384;
    connected(s, s->known);
    for (int i = 0; i < 200; i++) {
        size_t size = i == 7 ? FRAME_LIMIT : 1 + (size_t)random() % (i % 10 ? 300 : FRAME_LIMIT);
        for (size_t k = 0; k < size; k++)
            data[k] = (uint8_t)random();
        add_frame(sent, data, size);
        peer_write_frame(s, data, size);
    }
    free(data);
    total = evbuffer_get_length(sent);
    wait_for(s, evbuffer_get_length(s->received) == total);
    assert_int_equal(s->frames, 200);
    assert_memory_equal(evbuffer_pullup(s->received, -1), evbuffer_pullup(sent, -1), total);
    evbuffer_free(sent);
}

static void a_frame_too_large_is_told_after_those_before_it(void **state)
{
    struct scene *s = *state;

    s->act = ANSWER_BAD;
    connected(s, s->known);
    peer_write_frame(s, "good", 4);
    peer_write(s, "\0\1\0\1", 4);
    ended(s, STREAM_BAD_FRAME);
    assert_true(holds(s->messages, "good"));
    assert_int_equal(s->bads, 1);
    assert_true(s->too_large);
    assert_true(received_frame(s, "bad frame"));
    assert_true(SSL_get_shutdown(s->peer) & SSL_RECEIVED_SHUTDOWN);
}

static void an_empty_frame_is_bad(void **state)
{
    struct scene *s = *state;

    s->act = ANSWER_BAD;
    connected(s, s->known);
    peer_write(s, "\0\0\0\0", 4);
    peer_write_frame(s, "after", 5);
    wait_for(s, received_frame(s, "bad frame"));
    assert_false(s->too_large);
    assert_int_equal(s->frames, 0);
    peer_drop(s);
    ended(s, STREAM_BAD_FRAME);
}

/* Over TCP, closing with unread bytes resets the connection, and a reset throws the answer away. */
static void the_answer_to_a_bad_frame_survives_what_follows_it(void **state)
{
    struct scene *s = *state;
    uint8_t *flood = calloc(1, FRAME_LIMIT);

    s->act = ANSWER_BAD;
    connected(s, s->known);
    peer_write(s, "\x7f\0\0\0", 4);
    for (int i = 0; i < 4; i++) {
        if (SSL_write(s->peer, flood, 16384) <= 0)
            break;
    }
    free(flood);
    wait_for(s, received_frame(s, "bad frame"));
    SSL_shutdown(s->peer);
    peer_drop(s);
    ended(s, STREAM_BAD_FRAME);
}

static void a_bad_frame_without_answer_reads_no_more(void **state)
{
    struct scene *s = *state;

    connected(s, s->known);
    peer_write(s, "\0\0\0\0", 4);
    wait_for(s, s->bads == 1);
    peer_write_frame(s, "after", 5);
    settle(s);
    assert_int_equal(s->frames, 0);
    assert_int_equal(s->bads, 1);
    answer(s, "late answer");
    wait_for(s, received_frame(s, "late answer"));
    peer_drop(s);
    stream_close(s->stream, STREAM_BAD_FRAME);
    ended(s, STREAM_BAD_FRAME);
}

/* --- time --- */

static void silence_ends_at_the_idle_time(void **state)
{
    struct scene *s = *state;

    s->limits.idle_ms = 30;
    connected(s, s->known);
    ended(s, STREAM_IDLE_TIME);
    assert_true(SSL_get_shutdown(s->peer) & SSL_RECEIVED_SHUTDOWN);
}

static void frames_keep_it_open_and_pieces_of_frames_do_not(void **state)
{
    struct scene *s = *state;
    uint64_t until = now_ms() + 400;
    size_t sent = 0;

    s->limits.idle_ms = 150;
    connected(s, s->known);
    while (now_ms() < until) {
        peer_write_frame(s, "x", 1);
        turn(s);
        usleep(1000);
    }
    assert_int_equal(s->closes, 0);
    peer_write(s, "\0\0\1\0", 4);
    while (s->closes == 0 && sent++ < 256) {
        if (SSL_write(s->peer, "x", 1) <= 0)
            break;
        turn(s);
        usleep(2000);
    }
    assert_true(sent < 256);
    ended(s, STREAM_IDLE_TIME);
}

static void work_under_way_suspends_the_idle_time(void **state)
{
    struct scene *s = *state;
    uint64_t until;

    s->limits.idle_ms = 30;
    connected(s, s->known);
    stream_busy(s->stream, true);
    until = now_ms() + 120;
    while (now_ms() < until)
        turn(s);
    assert_int_equal(s->closes, 0);
    stream_busy(s->stream, false);
    until = now_ms() + 10;
    while (now_ms() < until)
        turn(s);
    assert_int_equal(s->closes, 0);
    ended(s, STREAM_IDLE_TIME);
}

/* --- back-pressure --------------------------------------------------------------------------- */

static void held_frames_wait_and_come_in_order(void **state)
{
    struct scene *s = *state;

    s->act = HOLD_IN_FRAME;
    connected(s, s->known);
    peer_write(s, "\0\0\0\1a\0\0\0\1b\0\0\0\1c\0\0", 17);
    wait_for(s, s->frames == 1);
    settle(s);
    peer_write(s, "\0\1d", 3);
    settle(s);
    assert_int_equal(s->frames, 1);
    stream_hold(s->stream, false);
    assert_int_equal(s->frames, 1); /* never from inside a call */
    wait_for(s, s->frames == 2);
    settle(s);
    assert_int_equal(s->frames, 2);
    s->act = NOTHING;
    stream_hold(s->stream, false);
    wait_for(s, s->frames == 4);
    assert_true(holds(s->messages, "abcd"));
}

static void a_held_peer_is_stopped_by_its_own_socket(void **state)
{
    struct scene *s = *state;
    uint8_t *data = calloc(1, 16384);
    size_t sent = 0;

    connected(s, s->known);
    stream_hold(s->stream, true);
    for (int i = 0; i < 1000; i++) {
        int size = SSL_write(s->peer, data, 16384);
        if (size > 0)
            sent += (size_t)size;
        event_base_loop(s->base, EVLOOP_NONBLOCK);
    }
    free(data);
    assert_true(sent < 4u * 1024 * 1024);
    assert_int_equal(s->bads, 0);
    stream_hold(s->stream, false);
    wait_for(s, s->bads == 1); /* its first four bytes were zeros */
}

static void answers_of_one_turn_leave_in_one_record(void **state)
{
    struct scene *s = *state;

    connected(s, s->known);
    settle(s);
    s->reads = 0;
    for (int i = 0; i < 100; i++)
        answer(s, "twelve bytes");
    wait_for(s, evbuffer_get_length(s->received) == 1600);
    assert_int_equal(s->reads, 1);
    assert_int_equal(evbuffer_get_length(stream_output(s->stream)), 0);
}

static void a_full_output_is_told_and_so_is_room(void **state)
{
    struct scene *s = *state;
    char *text = calloc(1, 100001);

    memset(text, 'x', 100000);
    connected(s, s->known);
    while (!stream_full(s->stream))
        answer(s, text);
    assert_int_equal(s->rooms, 0);
    event_base_loop(s->base, EVLOOP_NONBLOCK);
    wait_for(s, s->rooms == 1);
    assert_false(stream_full(s->stream));
    wait_for(s, evbuffer_get_length(s->received) == 3 * 100004);
    settle(s);
    assert_int_equal(s->rooms, 1);
    free(text);
}

static void a_slow_reader_is_cut_at_the_limit(void **state)
{
    struct scene *s = *state;
    SSL *peer;

    connected(s, s->known);
    queue_unread(s, (size_t)3 * 1024 * 1024);
    assert_int_equal(s->closes, 0);
    assert_true(stream_full(s->stream));
    queue_unread(s, (size_t)3 * 1024 * 1024);
    peer = s->peer;
    s->peer = NULL;
    ended(s, STREAM_SLOW_READER);
    s->peer = peer;
}

static void a_reader_that_stands_still_is_cut_in_time(void **state)
{
    struct scene *s = *state;
    SSL *peer;

    s->limits.idle_ms = 60;
    connected(s, s->known);
    stream_busy(s->stream, true);
    queue_unread(s, (size_t)1024 * 1024);
    assert_int_equal(s->closes, 0);
    peer = s->peer;
    s->peer = NULL;
    ended(s, STREAM_NOT_TAKEN);
    s->peer = peer;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        scene_test(a_frame_byte_by_byte_is_whole),
        scene_test(many_frames_in_one_write_come_apart),
        scene_test(frames_of_all_sizes_echo_unchanged),
        scene_test(a_frame_too_large_is_told_after_those_before_it),
        scene_test(an_empty_frame_is_bad),
        scene_test(the_answer_to_a_bad_frame_survives_what_follows_it),
        scene_test(a_bad_frame_without_answer_reads_no_more),
        scene_test(silence_ends_at_the_idle_time),
        scene_test(frames_keep_it_open_and_pieces_of_frames_do_not),
        scene_test(work_under_way_suspends_the_idle_time),
        scene_test(held_frames_wait_and_come_in_order),
        scene_test(a_held_peer_is_stopped_by_its_own_socket),
        scene_test(answers_of_one_turn_leave_in_one_record),
        scene_test(a_full_output_is_told_and_so_is_room),
        scene_test(a_slow_reader_is_cut_at_the_limit),
        scene_test(a_reader_that_stands_still_is_cut_in_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
