/* Who gets in, and how long that may take. */
#include "stream_scene.h"

static void a_client_certificate_is_told_by_fingerprint(void **state)
{
    struct scene *s = *state;

    connected(s, s->known);
    assert_true(s->had_fingerprint);
    assert_memory_equal(s->seen, s->fingerprint, sizeof(s->seen));
    assert_string_equal(stream_address(s->stream), "local");
}

static void a_client_without_certificate_is_let_in(void **state)
{
    struct scene *s = *state;

    connected(s, s->unknown);
    assert_false(s->had_fingerprint);
}

static int keep_session(SSL *tls, SSL_SESSION *session)
{
    struct scene *s = SSL_get_app_data(tls);

    SSL_SESSION_free(s->session);
    s->session = session;
    return 1;
}

static void a_resumed_session_carries_the_certificate(void **state)
{
    struct scene *s = *state;

    SSL_CTX_sess_set_new_cb(s->known, keep_session);
    server_start(s);
    peer_start(s, s->known);
    SSL_set_app_data(s->peer, s);
    wait_for(s, s->opens == 1 && s->session != NULL);
    SSL_shutdown(s->peer); /* without it OpenSSL forbids the session's second use */
    peer_drop(s);
    ended(s, STREAM_PEER_CLOSED);
    s->opens = s->closes = 0;
    s->had_fingerprint = false;
    memset(s->seen, 0, sizeof(s->seen));
    SSL_CTX_sess_set_new_cb(s->known, NULL);
    connected(s, s->known);
    assert_true(SSL_session_reused(s->peer));
    assert_true(s->had_fingerprint);
    assert_memory_equal(s->seen, s->fingerprint, sizeof(s->seen));
}

/* The paths do not exist: whoever opens them fails. */
static int present_nothing(SSL *tls, void *arg)
{
    struct scene *s = arg;

    s->asked++;
    return identity_present(tls, "/nowhere/key", "/nowhere/certificate", &s->why) ? 1 : 0;
}

static void a_certificate_is_presented_only_when_asked_for(void **state)
{
    struct scene *s = *state;

    SSL_CTX_sess_set_new_cb(s->known, keep_session);
    server_start(s);
    peer_start(s, s->known);
    SSL_set_app_data(s->peer, s);
    wait_for(s, s->opens == 1 && s->session != NULL);
    SSL_shutdown(s->peer);
    peer_drop(s);
    ended(s, STREAM_PEER_CLOSED);
    s->opens = s->closes = 0;
    s->had_fingerprint = false;
    SSL_CTX_set_cert_cb(s->unknown, present_nothing, s);
    connected(s, s->unknown);
    assert_int_equal(s->asked, 0);
    assert_true(s->had_fingerprint);
    peer_drop(s);
    ended(s, STREAM_PEER_CLOSED);
    SSL_SESSION_free(s->session);
    s->session = NULL;
    s->opens = s->closes = 0;
    server_start(s);
    peer_start(s, s->unknown);
    wait_for(s, s->asked == 1);
    assert_string_equal(s->why, "the certificate file cannot be read");
    ended(s, STREAM_HANDSHAKE);
    assert_int_equal(s->opens, 0);
}

static void no_protocol_name_is_refused(void **state)
{
    struct scene *s = *state;

    server_start(s);
    SSL_CTX_set_alpn_protos(s->unknown, NULL, 0);
    peer_start(s, s->unknown);
    ended(s, STREAM_HANDSHAKE);
    assert_int_equal(s->opens, 0);
}

static void another_protocol_name_is_refused(void **state)
{
    struct scene *s = *state;

    server_start(s);
    SSL_CTX_set_alpn_protos(s->unknown, (const unsigned char *)"\x08http/1.1", 9);
    peer_start(s, s->unknown);
    ended(s, STREAM_HANDSHAKE);
    assert_int_equal(s->opens, 0);
}

static void an_older_tls_is_refused(void **state)
{
    struct scene *s = *state;

    server_start(s);
    SSL_CTX_set_min_proto_version(s->unknown, TLS1_2_VERSION);
    SSL_CTX_set_max_proto_version(s->unknown, TLS1_2_VERSION);
    peer_start(s, s->unknown);
    ended(s, STREAM_HANDSHAKE);
    assert_int_equal(s->opens, 0);
}

static void something_else_than_tls_is_refused(void **state)
{
    struct scene *s = *state;
    static const char http[] = "GET / HTTP/1.1\r\nHost: nowhere\r\n\r\n";

    server_start(s);
    assert_int_equal(write(s->fd, http, sizeof(http)), sizeof(http));
    ended(s, STREAM_HANDSHAKE);
}

static void a_silent_handshake_runs_out_of_time(void **state)
{
    struct scene *s = *state;

    s->limits.handshake_ms = 30;
    server_start(s);
    ended(s, STREAM_HANDSHAKE_TIME);
}

static void a_half_handshake_runs_out_of_time(void **state)
{
    struct scene *s = *state;

    s->limits.handshake_ms = 30;
    server_start(s);
    peer_start(s, s->known);
    SSL_do_handshake(s->peer);
    SSL_free(s->peer);
    s->peer = NULL;
    ended(s, STREAM_HANDSHAKE_TIME);
}

static void a_handshake_byte_by_byte_succeeds(void **state)
{
    struct scene *s = *state;
    BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
    uint64_t give_up = now_ms() + PATIENCE_MS;
    char bytes[4096];

    server_start(s);
    s->peer = SSL_new(s->known);
    BIO_set_mem_eof_return(in, -1);
    SSL_set_bio(s->peer, in, out);
    SSL_set_connect_state(s->peer);
    while (s->opens == 0 && now_ms() < give_up) {
        ssize_t size;
        SSL_do_handshake(s->peer);
        while (BIO_read(out, bytes, 1) == 1) {
            assert_int_equal(write(s->fd, bytes, 1), 1);
            event_base_loop(s->base, EVLOOP_NONBLOCK);
        }
        size = read(s->fd, bytes, sizeof(bytes));
        if (size > 0)
            BIO_write(in, bytes, (int)size);
    }
    assert_int_equal(s->opens, 1);
    assert_true(s->had_fingerprint);
}

static void a_frame_that_comes_with_the_handshake_is_delivered(void **state)
{
    struct scene *s = *state;
    uint64_t give_up = now_ms() + PATIENCE_MS;

    server_start(s);
    peer_start(s, s->known);
    while (SSL_do_handshake(s->peer) != 1 && now_ms() < give_up)
        event_base_loop(s->base, EVLOOP_NONBLOCK);
    assert_int_equal(s->opens, 0);
    peer_write_frame(s, "at once", 7);
    wait_for(s, s->frames == 1);
    assert_int_equal(s->opens, 1);
    assert_true(holds(s->messages, "at once"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        scene_test(a_client_certificate_is_told_by_fingerprint),
        scene_test(a_client_without_certificate_is_let_in),
        scene_test(a_resumed_session_carries_the_certificate),
        scene_test(a_certificate_is_presented_only_when_asked_for),
        scene_test(no_protocol_name_is_refused),
        scene_test(another_protocol_name_is_refused),
        scene_test(an_older_tls_is_refused),
        scene_test(something_else_than_tls_is_refused),
        scene_test(a_silent_handshake_runs_out_of_time),
        scene_test(a_half_handshake_runs_out_of_time),
        scene_test(a_handshake_byte_by_byte_succeeds),
        scene_test(a_frame_that_comes_with_the_handshake_is_delivered),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
