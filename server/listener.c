#include "listener.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "log.h"

#define BACKLOG 1024
#define ACCEPTS_A_TURN 32
#define PAUSE_MS 200 /* after running out of descriptors */

struct listener {
    struct event readable;
    struct event pause;
    listener_cb *cb;
    void *arg;
    int fd;
    uint16_t port;
};

/* getaddrinfo takes any number for a port, and only its last 16 bits. */
static bool port_valid(const char *port)
{
    size_t digits = strspn(port, "0123456789");

    return digits > 0 && digits <= 5 && port[digits] == '\0' &&
           strtol(port, NULL, 10) <= UINT16_MAX;
}

/* Splits "HOST:PORT" and looks nothing up: both are numbers. NULL when it is not that. */
static struct addrinfo *address_read(const char *address)
{
    struct addrinfo hints = {
        .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    const char *colon = strrchr(address, ':');
    size_t size = colon != NULL ? (size_t)(colon - address) : 0;
    char host[64];

    if (size == 0 || size >= sizeof(host) || !port_valid(colon + 1))
        return NULL;
    if (address[0] == '[' && address[size - 1] == ']') {
        address++;
        size -= 2;
    } else if (memchr(address, ':', size) != NULL) {
        return NULL; /* IPv6 without brackets: where its port begins is anybody's guess */
    }
    memcpy(host, address, size);
    host[size] = '\0';
    return getaddrinfo(host, colon + 1, &hints, &found) == 0 ? found : NULL;
}

/* Sets an option to a number; accepted sockets inherit it. */
static void option(int fd, int level, int name, int value)
{
    setsockopt(fd, level, name, &value, sizeof(value));
}

/* Small answers leave at once, and a peer that vanished without a word is noticed in two minutes.
 */
static void options_set(int fd)
{
    option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
    option(fd, IPPROTO_TCP, TCP_KEEPIDLE, 60);
    option(fd, IPPROTO_TCP, TCP_KEEPINTVL, 15);
    option(fd, IPPROTO_TCP, TCP_KEEPCNT, 4);
    option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, 120 * 1000); /* also with data on the way */
    option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
}

/* The listening socket, -1 with errno. */
static int socket_open(const struct addrinfo *address, bool shared)
{
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int error;

    if (fd < 0)
        return -1;
    options_set(fd);
    option(fd, SOL_SOCKET, SO_REUSEPORT, shared);
    if (bind(fd, address->ai_addr, address->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    error = errno;
    close(fd);
    errno = error;
    return -1;
}

static uint16_t port_read(int fd)
{
    struct sockaddr_storage name = {0};
    socklen_t size = sizeof(name);

    if (getsockname(fd, (struct sockaddr *)&name, &size) != 0)
        return 0;
    return ntohs(name.ss_family == AF_INET6 ? ((const struct sockaddr_in6 *)&name)->sin6_port
                                            : ((const struct sockaddr_in *)&name)->sin_port);
}

/* Waits for descriptors or memory to come back; without it the loop would spin on the same socket.
 */
static void pause_start(struct listener *listener)
{
    static const struct timeval wait = {0, PAUSE_MS * 1000};

    log_line(LOG_LEVEL_WARNING, NULL, "event=accept_paused port=%u error=\"%s\"",
        (unsigned)listener->port, strerror(errno));
    event_del(&listener->readable);
    event_add(&listener->pause, &wait);
}

static void on_pause_end(evutil_socket_t fd, short what, void *arg)
{
    struct listener *listener = arg;

    (void)fd;
    (void)what;
    event_add(&listener->readable, NULL);
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
    struct listener *listener = arg;

    (void)what;
    for (int i = 0; i < ACCEPTS_A_TURN; i++) {
        int accepted = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

        if (accepted >= 0) {
            listener->cb(listener->arg, accepted);
            continue;
        }
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
            pause_start(listener);
        if (errno != ECONNABORTED && errno != EINTR)
            return;
    }
}

struct listener *listener_new(struct event_base *base, const char *address, bool shared,
    listener_cb *cb, void *arg, const char **why_r)
{
    struct addrinfo *found = address_read(address);
    struct listener *listener;
    int fd;

    *why_r = "not HOST:PORT in numbers";
    if (found == NULL)
        return NULL;
    fd = socket_open(found, shared);
    *why_r = strerror(errno);
    freeaddrinfo(found);
    if (fd < 0)
        return NULL;
    listener = calloc(1, sizeof(*listener));
    if (listener == NULL) {
        close(fd);
        return NULL;
    }
    *listener = (struct listener){.cb = cb, .arg = arg, .fd = fd, .port = port_read(fd)};
    event_assign(&listener->readable, base, fd, EV_READ | EV_PERSIST, on_readable, listener);
    event_assign(&listener->pause, base, -1, 0, on_pause_end, listener);
    event_add(&listener->readable, NULL);
    *why_r = NULL;
    return listener;
}

void listener_free(struct listener **listener)
{
    struct listener *gone = *listener;

    if (gone == NULL)
        return;
    *listener = NULL;
    event_del(&gone->readable);
    event_del(&gone->pause);
    close(gone->fd);
    free(gone);
}

uint16_t listener_port(const struct listener *listener)
{
    return listener->port;
}
