/* From a name to a connected socket, within a deadline. */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "link/link_internal.h"

#include "clock.h"

/* A question to the resolver outlives us when it does not answer in time: its memory is then its
 * own. */
struct question {
    struct gaicb request;
    struct addrinfo hints;
    char host[256];
    char port[32];
};

static struct addrinfo *ask_resolver(struct question *question, int64_t patience)
{
    struct gaicb *requests[] = {&question->request};
    const struct gaicb *const waiting[] = {&question->request};
    const struct timespec timeout = {
        .tv_sec = patience / 1000, .tv_nsec = patience % 1000 * 1000000};
    struct addrinfo *addresses;

    if (getaddrinfo_a(GAI_NOWAIT, requests, 1, NULL) != 0) {
        free(question);
        return NULL;
    }
    gai_suspend(waiting, 1, &timeout);
    if (gai_error(&question->request) == EAI_INPROGRESS &&
        gai_cancel(&question->request) != EAI_CANCELED)
        return NULL;
    addresses = question->request.ar_result;
    free(question);
    return addresses;
}

/* Names may take the resolver long when the line is down; addresses need none. */
static struct addrinfo *resolve(const char *host, const char *port, int64_t patience)
{
    const struct addrinfo numeric = {
        .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM};
    struct addrinfo *addresses = NULL;
    struct question *question;

    if (getaddrinfo(host, port, &numeric, &addresses) == 0)
        return addresses;
    if (patience <= 0 || strlen(host) >= sizeof(question->host) ||
        strlen(port) >= sizeof(question->port) || (question = calloc(1, sizeof(*question))) == NULL)
        return NULL;
    memcpy(question->host, host, strlen(host));
    memcpy(question->port, port, strlen(port));
    question->hints = (struct addrinfo){.ai_flags = AI_ADDRCONFIG, .ai_socktype = SOCK_STREAM};
    question->request = (struct gaicb){
        .ar_name = question->host, .ar_service = question->port, .ar_request = &question->hints};
    return ask_resolver(question, patience);
}

static bool wait_connected(int fd, int64_t until)
{
    struct pollfd wait = {.fd = fd, .events = POLLOUT};
    socklen_t size = sizeof(int);
    int error = 0, ready;

    do {
        int64_t left = until - clock_steady();

        ready = poll(&wait, 1, left > 0 ? (int)left : 0);
    } while (ready < 0 && errno == EINTR);
    return ready == 1 && getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
}

static int connect_address(const struct addrinfo *address, int64_t until)
{
    int one = 1;
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    if (connect(fd, address->ai_addr, address->ai_addrlen) == 0 ||
        (errno == EINPROGRESS && wait_connected(fd, until)))
        return fd;
    close(fd);
    return -1;
}

/* A line that took long to connect takes as long for each round trip, and lost packets more. */
static void be_patient(struct link *link, int64_t began)
{
    int64_t now = clock_steady(), patience = (now - began) * LINK_PATIENCE;

    if (patience > LINK_PATIENCE_MAX)
        patience = LINK_PATIENCE_MAX;
    link->patience = patience > LINK_FIRST_ANSWER ? patience : LINK_FIRST_ANSWER;
    if (link->options->slow)
        link->deadline = now + LINK_FIRST_ANSWER;
    if (link->deadline < now + patience)
        link->deadline = now + patience;
}

int link_connect(struct link *link, const char *host, const char *port)
{
    struct addrinfo *addresses = resolve(host, port, link->deadline - clock_steady());
    int left = 0, fd = -1;

    for (const struct addrinfo *a = addresses; a != NULL; a = a->ai_next)
        left++;
    for (const struct addrinfo *a = addresses; a != NULL && fd < 0; a = a->ai_next) {
        int64_t now = clock_steady();

        if (now >= link->deadline)
            break;
        /* an address that swallows packets leaves time for the next */
        fd = connect_address(a, now + (link->deadline - now) / left--);
        if (fd >= 0)
            be_patient(link, now);
    }
    if (addresses != NULL)
        freeaddrinfo(addresses);
    if (fd < 0)
        link_fail(link, LINK_UNREACHABLE, NULL);
    return fd;
}
