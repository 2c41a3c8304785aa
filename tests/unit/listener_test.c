/* The listener, and what only TCP shows of a stream. */
#include "listener.h"

#include <netinet/in.h>
#include <sys/resource.h>

#include "stream_scene.h"

static void accepted(void *arg, int fd)
{
    struct scene *s = arg;

    assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    s->server_fd = fd;
    s->stream = stream_new(s->base, s->server, fd, &s->limits, &callbacks, s);
    assert_non_null(s->stream);
}

/* Connects a peer to the listener. */
static void tcp_connect(struct scene *s, const struct listener *listener)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
        .sin_port = htons(listener_port(listener)),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

    s->fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(s->fd, (struct sockaddr *)&address, sizeof(address)), 0);
    fcntl(s->fd, F_SETFL, O_NONBLOCK);
    wait_for(s, s->stream != NULL);
}

static void over_tcp_the_address_is_told_and_a_reset_is_a_loss(void **state)
{
    struct scene *s = *state;
    struct linger reset = {1, 0};
    const char *why;
    struct listener *listener = listener_new(s->base, "127.0.0.1:0", false, accepted, s, &why);

    assert_non_null(listener);
    tcp_connect(s, listener);
    assert_string_equal(stream_address(s->stream), "127.0.0.1");
    peer_start(s, s->known);
    wait_for(s, s->opens == 1 && SSL_is_init_finished(s->peer));
    setsockopt(s->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
    peer_drop(s);
    ended(s, STREAM_PEER_LOST);
    listener_free(&listener);
    assert_null(listener);
    listener_free(&listener);
}

static void over_tcp_the_answer_to_a_bad_frame_arrives(void **state)
{
    struct scene *s = *state;
    uint8_t *flood = calloc(1, 16384);
    const char *why;
    struct listener *listener = listener_new(s->base, "127.0.0.1:0", false, accepted, s, &why);

    s->act = ANSWER_BAD;
    tcp_connect(s, listener);
    peer_start(s, s->known);
    wait_for(s, s->opens == 1 && SSL_is_init_finished(s->peer));
    peer_write(s, "\x7f\0\0\0", 4);
    for (int i = 0; i < 50; i++) { /* it does not read while it sends */
        SSL_write(s->peer, flood, 16384);
        event_base_loop(s->base, EVLOOP_NONBLOCK);
    }
    free(flood);
    wait_for(s, received_frame(s, "bad frame"));
    peer_drop(s);
    ended(s, STREAM_BAD_FRAME);
    listener_free(&listener);
}

/* Out of descriptors it pauses, and accepts who waited once there are some again. */
static void out_of_descriptors_it_goes_on_later(void **state)
{
    struct scene *s = *state;
    const char *why;
    struct listener *listener = listener_new(s->base, "127.0.0.1:0", false, accepted, s, &why);
    struct sockaddr_in address = {.sin_family = AF_INET,
        .sin_port = htons(listener_port(listener)),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct rlimit limit, none;

    s->fd = socket(AF_INET, SOCK_STREAM, 0);
    getrlimit(RLIMIT_NOFILE, &limit);
    none = limit;
    none.rlim_cur = (rlim_t)s->fd + 1;
    assert_int_equal(connect(s->fd, (struct sockaddr *)&address, sizeof(address)), 0);
    fcntl(s->fd, F_SETFL, O_NONBLOCK);
    setrlimit(RLIMIT_NOFILE, &none);
    settle(s);
    setrlimit(RLIMIT_NOFILE, &limit);
    assert_null(s->stream);
    wait_for(s, s->stream != NULL);
    peer_start(s, s->known);
    wait_for(s, s->opens == 1);
    listener_free(&listener);
}

/* IPv4 reaches an IPv6 socket under an address that limits and logs would not know. */
static void over_ipv6_addresses_are_told(void **state)
{
    struct scene *s = *state;
    const char *why;
    struct listener *listener = listener_new(s->base, "[::]:0", false, accepted, s, &why);
    struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};

    if (listener == NULL)
        skip(); /* a machine without IPv6 */
    tcp_connect(s, listener);
    assert_string_equal(stream_address(s->stream), "127.0.0.1");
    close(s->fd);
    s->fd = -1;
    ended(s, STREAM_PEER_CLOSED);
    address.sin6_port = htons(listener_port(listener));
    s->fd = socket(AF_INET6, SOCK_STREAM, 0);
    if (connect(s->fd, (struct sockaddr *)&address, sizeof(address)) == 0) {
        wait_for(s, s->stream != NULL);
        s->closes = 0;
        assert_string_equal(stream_address(s->stream), "::1");
    }
    listener_free(&listener);
}

static void a_wrong_address_is_told(void **state)
{
    static const char *const wrong[] = {"", ":", "7443", "127.0.0.1", "127.0.0.1:", "::1:7443",
        "localhost:7443", "127.0.0.1:port", "[::1:7443", "300.0.0.1:7443", "[]:1"};
    struct scene *s = *state;
    const char *why;

    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        why = NULL;
        assert_null(listener_new(s->base, wrong[i], false, accepted, s, &why));
        assert_non_null(why);
    }
    why = NULL;
    assert_null(listener_new(s->base, "192.0.2.1:7443", false, accepted, s, &why)); /* not ours */
    assert_non_null(why);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        scene_test(over_tcp_the_address_is_told_and_a_reset_is_a_loss),
        scene_test(over_tcp_the_answer_to_a_bad_frame_arrives),
        scene_test(out_of_descriptors_it_goes_on_later),
        scene_test(over_ipv6_addresses_are_told),
        scene_test(a_wrong_address_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
