/* How a stream ends, in each of its states. */
#include "stream_scene.h"

static void closing_sends_what_is_queued(void **state)
{
    struct scene *s = *state;

    connected(s, s->known);
    answer(s, "the last word");
    stream_close(s->stream, STREAM_STOPPING);
    assert_int_equal(s->closes, 0); /* never from inside a call */
    stream_close(s->stream, STREAM_IDLE_TIME);
    stream_flush(s->stream);
    stream_hold(s->stream, true);
    stream_hold(s->stream, false);
    ended(s, STREAM_STOPPING);
    assert_true(received_frame(s, "the last word"));
    assert_true(SSL_get_shutdown(s->peer) & SSL_RECEIVED_SHUTDOWN);
}

static void closing_in_a_frame_delivers_no_other(void **state)
{
    struct scene *s = *state;

    s->act = CLOSE_IN_FRAME;
    connected(s, s->known);
    peer_write(s, "\0\0\0\1a\0\0\0\1b", 10);
    ended(s, STREAM_STOPPING);
    assert_int_equal(s->frames, 1);
    assert_true(received_frame(s, "bye"));
}

static void closing_in_open_refuses(void **state)
{
    struct scene *s = *state;

    s->act = CLOSE_IN_OPEN;
    connected(s, s->known);
    wait_for(s, received_frame(s, "busy"));
    peer_drop(s);
    ended(s, STREAM_REFUSED);
}

static void closing_in_room_ends(void **state)
{
    struct scene *s = *state;

    s->act = CLOSE_IN_ROOM;
    connected(s, s->known);
    queue_unread(s, (size_t)2 * 1024 * 1024);
    ended(s, STREAM_STOPPING);
    assert_int_equal(s->rooms, 1);
}

static void stopping_does_not_wait_for_an_ending(void **state)
{
    struct scene *s = *state;
    uint64_t start;

    s->act = ANSWER_BAD;
    connected(s, s->known);
    peer_write(s, "\0\0\0\0", 4);
    wait_for(s, received_frame(s, "bad frame"));
    settle(s);
    assert_int_equal(s->closes, 0); /* the peer has not hung up yet */
    start = now_ms();
    stream_close(s->stream, STREAM_STOPPING);
    ended(s, STREAM_BAD_FRAME);
    assert_true(now_ms() - start < 1000);
}

static void an_ending_waits_for_a_full_socket(void **state)
{
    struct scene *s = *state;

    connected(s, s->known);
    queue_unread(s, (size_t)2 * 1024 * 1024);
    stream_close(s->stream, STREAM_REFUSED);
    wait_for(s, SSL_get_shutdown(s->peer) & SSL_RECEIVED_SHUTDOWN);
    assert_int_equal(evbuffer_get_length(s->received), 2 * 1024 * 1024);
    peer_drop(s);
    ended(s, STREAM_REFUSED);
}

static void drop_with_an_ending_full_socket(void **state)
{
    struct scene *s = *state;

    connected(s, s->known);
    queue_unread(s, (size_t)2 * 1024 * 1024);
    stream_close(s->stream, STREAM_REFUSED);
    peer_drop(s);
    ended(s, STREAM_REFUSED);
}

static void a_peer_that_says_goodbye_is_closed(void **state)
{
    struct scene *s = *state;

    connected(s, s->known);
    SSL_shutdown(s->peer);
    ended(s, STREAM_PEER_CLOSED);
    assert_true(SSL_get_shutdown(s->peer) & SSL_RECEIVED_SHUTDOWN);
}

/* The peer drops in each state: before a byte, in the handshake, open, held, with output queued,
 * after a bad frame, while ending. */
static void drop_before_a_byte(void **state)
{
    struct scene *s = *state;

    server_start(s);
    peer_drop(s);
    ended(s, STREAM_PEER_CLOSED);
}

static void drop_in_the_handshake(void **state)
{
    struct scene *s = *state;

    server_start(s);
    peer_start(s, s->known);
    SSL_do_handshake(s->peer);
    event_base_loop(s->base, EVLOOP_NONBLOCK);
    peer_drop(s);
    wait_for(s, s->closes == 1);
    assert_true(s->reason == STREAM_PEER_CLOSED || s->reason == STREAM_PEER_LOST);
    assert_int_equal(s->opens, 0);
}

static void drop_when_open(void **state)
{
    struct scene *s = *state;

    connected(s, s->known);
    peer_drop(s);
    ended(s, STREAM_PEER_CLOSED);
}

static void drop_inside_a_frame(void **state)
{
    struct scene *s = *state;

    connected(s, s->known);
    peer_write_frame(s, "whole", 5);
    peer_write(s, "\0\0\0\7half", 8);
    peer_drop(s);
    wait_for(s, s->closes == 1);
    assert_true(s->reason == STREAM_PEER_CLOSED || s->reason == STREAM_PEER_LOST);
    assert_true(holds(s->messages, "whole"));
}

static void drop_when_held(void **state)
{
    struct scene *s = *state;

    s->act = HOLD_IN_FRAME;
    connected(s, s->known);
    peer_write(s, "\0\0\0\1a\0\0\0\1b", 10);
    wait_for(s, s->frames == 1);
    peer_drop(s);
    settle(s);
    s->act = NOTHING;
    stream_hold(s->stream, false);
    wait_for(s, s->closes == 1);
    assert_true(holds(s->messages, "ab"));
}

static void drop_with_output_queued(void **state)
{
    struct scene *s = *state;

    connected(s, s->known);
    queue_unread(s, (size_t)1024 * 1024);
    peer_drop(s);
    wait_for(s, s->closes == 1);
    assert_true(s->reason == STREAM_PEER_LOST || s->reason == STREAM_PEER_CLOSED);
}

static void drop_after_a_bad_frame(void **state)
{
    struct scene *s = *state;

    connected(s, s->known);
    peer_write(s, "\0\0\0\0", 4);
    wait_for(s, s->bads == 1);
    peer_drop(s);
    settle(s);
    answer(s, "to nobody");
    wait_for(s, s->closes == 1);
    assert_int_equal(s->reason, STREAM_PEER_LOST);
}

static void drop_while_ending(void **state)
{
    struct scene *s = *state;

    s->act = ANSWER_BAD;
    connected(s, s->known);
    peer_write(s, "\0\0\0\0", 4);
    wait_for(s, received_frame(s, "bad frame"));
    peer_drop(s);
    ended(s, STREAM_BAD_FRAME);
}

static void a_broken_record_is_no_peer(void **state)
{
    struct scene *s = *state;
    static const char record[] = "\x17\x03\x03\0\x20thirty-two bytes that are no AEAD";

    connected(s, s->known);
    assert_int_equal(write(s->fd, record, 37), 37);
    ended(s, STREAM_HANDSHAKE);
    assert_int_equal(s->frames, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        scene_test(closing_sends_what_is_queued),
        scene_test(closing_in_a_frame_delivers_no_other),
        scene_test(closing_in_open_refuses),
        scene_test(closing_in_room_ends),
        scene_test(stopping_does_not_wait_for_an_ending),
        scene_test(an_ending_waits_for_a_full_socket),
        scene_test(a_peer_that_says_goodbye_is_closed),
        scene_test(drop_before_a_byte),
        scene_test(drop_in_the_handshake),
        scene_test(drop_when_open),
        scene_test(drop_inside_a_frame),
        scene_test(drop_when_held),
        scene_test(drop_with_output_queued),
        scene_test(drop_after_a_bad_frame),
        scene_test(drop_while_ending),
        scene_test(drop_with_an_ending_full_socket),
        scene_test(a_broken_record_is_no_peer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
