/* The server that runs, by its page of metrics. */
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "admin/doctor_internal.h"
#include "i18n.h"

#define PAGE_MAX ((size_t)1 << 20)
#define PATIENCE_S 5
#define LAG_SEQS 1000.0

static int connect_to(const char *host, const char *port)
{
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    const struct timeval patience = {.tv_sec = PATIENCE_S};
    struct addrinfo *found = NULL;
    int fd = -1;

    if (getaddrinfo(host, port, &hints, &found) != 0)
        return -1;
    for (const struct addrinfo *at = found; at != NULL && fd < 0; at = at->ai_next) {
        fd = socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC, at->ai_protocol);
        if (fd < 0)
            continue;
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
        if (connect(fd, at->ai_addr, at->ai_addrlen) != 0) {
            close(fd);
            fd = -1;
        }
    }
    freeaddrinfo(found);
    return fd;
}

/* The whole answer of GET `path`, with its header; NULL: none. Free with free. */
static char *get(const char *address, const char *path)
{
    char host[256], request[512], *page = calloc(1, PAGE_MAX + 1);
    const char *colon = strrchr(address, ':');
    size_t size = 0;
    ssize_t n = -1;
    int fd, length;

    if (page == NULL || colon == NULL) {
        free(page);
        return NULL;
    }
    snprintf(host, sizeof(host), "%.*s", (int)(colon - address - (*address == '[' ? 2 : 0)),
        address + (*address == '['));
    fd = connect_to(host[0] == '\0' ? "127.0.0.1" : host, colon + 1); /* as the page listens */
    length = snprintf(request, sizeof(request),
        "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", path);
    if (fd >= 0 && send(fd, request, (size_t)length, MSG_NOSIGNAL) == length)
        while (size < PAGE_MAX && (n = recv(fd, page + size, PAGE_MAX - size, 0)) > 0)
            size += (size_t)n;
    if (fd >= 0)
        close(fd);
    if (size > 0)
        return page;
    free(page);
    return NULL;
}

static void check_line(struct doctor *doctor, const char *line)
{
    const char *space = strrchr(line, ' ');
    double value = space == NULL ? 0 : strtod(space, NULL);
    char limit[64];

    if (sscanf(line, "concert_limit_reached_total{limit=\"%63[^\"]", limit) == 1 && value > 0)
        doctor_note(doctor,
            _("The limit “%s” was reached %.0f times since the server started: the log tells for "
              "whom (journalctl -u concertd | grep limit)."),
            limit, value);
    else if (strncmp(line, "concert_follower_lag_seqs", 25) == 0 && value > LAG_SEQS)
        doctor_found(doctor,
            _("A client is %.0f changes behind: see whether its line or the server's disk is slow "
              "(journalctl -u concertd)."),
            value);
}

static void check_metrics(struct doctor *doctor, const char *address)
{
    char *page = get(address, "/metrics"), *rest = page, *line;

    while (rest != NULL && (line = strsep(&rest, "\n")) != NULL)
        check_line(doctor, line);
    free(page);
}

/* What /readyz says: lines "region NAME: STATE", or "stopping" (metrics_text.h). False when there
 * is none. */
static bool say_unready(struct doctor *doctor, char *page)
{
    char *rest = strstr(page, "\r\n\r\n"), *line, *state;
    unsigned before = doctor->findings;

    rest = rest == NULL ? NULL : rest + 4;
    while (rest != NULL && (line = strsep(&rest, "\n")) != NULL) {
        state = strstr(line, ": ");
        if (strncmp(line, "region ", 7) == 0 && state != NULL && state[2] != '\0') {
            *state = '\0';
            doctor_found(doctor, _("The server runs, but its region “%s” is not ready: %s"),
                line + 7, _(state + 2));
        } else if (*line != '\0')
            doctor_found(doctor, _("The server runs, but is not ready: %s"), _(line));
    }
    return doctor->findings > before;
}

/* The page asks nobody who he is. */
static void check_exposed(struct doctor *doctor, const char *address)
{
    if (address[0] != ':' && strncmp(address, "127.", 4) != 0 && strncmp(address, "[::1]:", 6) != 0)
        doctor_note(doctor,
            _("The page of /metrics is served on %s, where others than this machine may read it: "
              "set “metrics” to 127.0.0.1:9743 in %s, unless a firewall lets in those alone who "
              "should."),
            address, doctor->admin->paths.settings);
}

void doctor_running(struct doctor *doctor)
{
    const char *address = doctor->admin->settings.metrics;
    char *page;

    if (address[0] == '\0') {
        doctor_note(doctor,
            _("Whether the server runs cannot be seen: set “metrics” to 127.0.0.1:9743 in %s, and "
              "restart the server (systemctl restart concertd)."),
            doctor->admin->paths.settings);
        return;
    }
    check_exposed(doctor, address);
    page = get(address, "/readyz");
    if (page == NULL)
        doctor_found(doctor,
            _("The server does not answer on %s: systemctl start concertd (and journalctl -u "
              "concertd tells why it stopped)"),
            address);
    else if (strncmp(page, "HTTP/1.1 200 ", 13) == 0) {
        doctor_fine(doctor, "%s", _("The server is ready."));
        check_metrics(doctor, address);
    } else if (strncmp(page, "HTTP/1.1 503 ", 13) != 0 || !say_unready(doctor, page))
        doctor_found(doctor,
            _("Something other than this server answers on %s: is the setting “metrics” right?"),
            address);
    free(page);
}
