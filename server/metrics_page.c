#include "metrics_page.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <unistd.h>

#include "listener.h"
#include "log.h"
#include "metrics_text.h"

#define VISITORS_MAX 16
#define REQUEST_MAX ((size_t)8192)
#define VISIT_S 5 /* from accept to the last byte, whatever the visitor does */

struct visitor {
    LIST_ENTRY(visitor) link;
    struct metrics_page *page;
    struct bufferevent *stream;
    struct event *end;
    bool answered;
};

struct metrics_page {
    struct event_base *base;
    const struct settings *settings;
    struct listener *listener;
    void (*fresh)(void *arg);
    void *arg;
    LIST_HEAD(, visitor) visitors;
    size_t count;
};

static void leave(struct visitor *visitor)
{
    visitor->page->count--;
    LIST_REMOVE(visitor, link);
    if (visitor->end != NULL)
        event_free(visitor->end);
    if (visitor->stream != NULL)
        bufferevent_free(visitor->stream); /* with the socket */
    free(visitor);
}

/* --- answers ---------------------------------------------------------------------------------- */

struct place {
    const char *path, *type;
    /* Makes the body; the status. */
    int (*make)(const struct metrics_page *page, struct evbuffer *body);
};

static int make_metrics(const struct metrics_page *page, struct evbuffer *body)
{
    return metrics_text(body, page->settings) ? 200 : 500;
}

static int make_health(const struct metrics_page *page, struct evbuffer *body)
{
    (void)page;
    return evbuffer_add_printf(body, "ok\n") > 0 ? 200 : 500;
}

static int make_ready(const struct metrics_page *page, struct evbuffer *body)
{
    return metrics_text_ready(body, page->settings) ? 200 : 503;
}

static const struct place places[] = {
    {"/metrics", "text/plain; version=0.0.4; charset=utf-8", make_metrics},
    {"/healthz", "text/plain; charset=utf-8", make_health},
    {"/readyz", "text/plain; charset=utf-8", make_ready},
};

static const char *phrase(int status)
{
    static const struct {
        int status;
        const char *phrase;
    } phrases[] = {{200, "OK"}, {400, "Bad Request"}, {404, "Not Found"},
        {405, "Method Not Allowed"}, {431, "Request Header Fields Too Large"},
        {503, "Service Unavailable"}};

    for (size_t i = 0; i < sizeof(phrases) / sizeof(phrases[0]); i++)
        if (phrases[i].status == status)
            return phrases[i].phrase;
    return "Internal Server Error";
}

static void send_answer(
    struct visitor *visitor, int status, const char *type, struct evbuffer *body)
{
    struct evbuffer *out = bufferevent_get_output(visitor->stream);

    visitor->answered = true;
    evbuffer_add_printf(out,
        "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n%s"
        "Cache-Control: no-store\r\nConnection: close\r\n\r\n",
        status, phrase(status), type, body == NULL ? 0 : evbuffer_get_length(body),
        status == 405 ? "Allow: GET\r\n" : "");
    if (body != NULL)
        evbuffer_add_buffer(out, body);
    bufferevent_enable(visitor->stream, EV_WRITE);
}

static void refuse(struct visitor *visitor, int status)
{
    send_answer(visitor, status, "text/plain; charset=utf-8", NULL);
}

static void answer(struct visitor *visitor, const struct place *place)
{
    struct evbuffer *body = evbuffer_new();
    int status;

    if (body == NULL) {
        refuse(visitor, 500);
        return;
    }
    if (visitor->page->fresh != NULL)
        visitor->page->fresh(visitor->page->arg);
    status = place->make(visitor->page, body);
    send_answer(visitor, status, place->type, body);
    evbuffer_free(body);
}

/* The word up to the next space, which becomes its end; what follows it in *rest. NULL: there is
 * none. */
static char *next_word(char **rest)
{
    char *word = *rest;
    size_t size = word == NULL ? 0 : strcspn(word, " ");

    if (size == 0)
        return NULL;
    *rest = word[size] == '\0' ? NULL : word + size + 1;
    word[size] = '\0';
    return word;
}

/* "GET /path?query HTTP/1.1": the rest of the request says nothing that matters here. */
static void take(struct visitor *visitor, char *line)
{
    const char *method = next_word(&line);
    char *path = next_word(&line);
    const char *version = next_word(&line);

    if (version == NULL || strncmp(version, "HTTP/1.", 7) != 0) {
        refuse(visitor, 400);
        return;
    }
    if (strcmp(method, "GET") != 0) {
        refuse(visitor, 405);
        return;
    }
    path[strcspn(path, "?#")] = '\0';
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
        if (strcmp(path, places[i].path) == 0) {
            answer(visitor, &places[i]);
            return;
        }
    refuse(visitor, 404);
}

/* --- connections ------------------------------------------------------------------------------ */

static void on_read(struct bufferevent *stream, void *arg)
{
    struct visitor *visitor = arg;
    struct evbuffer *in = bufferevent_get_input(stream);
    struct evbuffer_ptr end = evbuffer_search(in, "\r\n\r\n", 4, NULL);
    char *line;

    if (visitor->answered || (end.pos < 0 && evbuffer_get_length(in) < REQUEST_MAX)) {
        if (visitor->answered)
            evbuffer_drain(in, evbuffer_get_length(in));
        return;
    }
    line = end.pos < 0 ? NULL : evbuffer_readln(in, NULL, EVBUFFER_EOL_CRLF_STRICT);
    if (line == NULL)
        refuse(visitor, 431);
    else
        take(visitor, line);
    free(line);
    evbuffer_drain(in, evbuffer_get_length(in));
}

/* The answer has left. */
static void on_written(struct bufferevent *stream, void *arg)
{
    (void)stream;
    if (((struct visitor *)arg)->answered)
        leave(arg);
}

static void on_event(struct bufferevent *stream, short what, void *arg)
{
    const struct visitor *visitor = arg;

    (void)stream;
    if (!(what & BEV_EVENT_EOF) || !visitor->answered) /* who shut down one way still reads */
        leave(arg);
}

static void on_end(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    leave(arg);
}

static void on_accept(void *arg, int fd)
{
    struct metrics_page *page = arg;
    struct visitor *visitor = page->count < VISITORS_MAX ? calloc(1, sizeof(*visitor)) : NULL;

    if (visitor == NULL) {
        close(fd);
        return;
    }
    visitor->page = page;
    LIST_INSERT_HEAD(&page->visitors, visitor, link);
    page->count++;
    visitor->stream = bufferevent_socket_new(page->base, fd, BEV_OPT_CLOSE_ON_FREE);
    visitor->end = event_new(page->base, -1, 0, on_end, visitor);
    if (visitor->stream == NULL)
        close(fd);
    if (visitor->stream == NULL || visitor->end == NULL) {
        leave(visitor);
        return;
    }
    bufferevent_setcb(visitor->stream, on_read, on_written, on_event, visitor);
    bufferevent_setwatermark(visitor->stream, EV_READ, 0, REQUEST_MAX);
    bufferevent_enable(visitor->stream, EV_READ);
    event_add(visitor->end, &(struct timeval){.tv_sec = VISIT_S});
}

/* --- life ------------------------------------------------------------------------------------- */

struct metrics_page *metrics_page_new(struct event_base *base, const struct settings *settings,
    bool shared, void (*fresh)(void *arg), void *arg, const char **why_r)
{
    struct metrics_page *page = calloc(1, sizeof(*page));
    char address[sizeof(settings->metrics) + 16];

    *why_r = "out of memory";
    if (page == NULL)
        return NULL;
    *page = (struct metrics_page){.base = base, .settings = settings, .fresh = fresh, .arg = arg};
    LIST_INIT(&page->visitors);
    snprintf(address, sizeof(address), "%s%s", settings->metrics[0] == ':' ? "127.0.0.1" : "",
        settings->metrics);
    page->listener = listener_new(base, address, shared, on_accept, page, why_r);
    if (page->listener == NULL) {
        metrics_page_free(&page);
        return NULL;
    }
    if (strncmp(address, "127.", 4) != 0 && strncmp(address, "[::1]", 5) != 0)
        log_line(LOG_LEVEL_WARNING, "metrics", "event=exposed address=%s", address);
    log_line(LOG_LEVEL_INFO, "metrics", "event=listening port=%u", listener_port(page->listener));
    return page;
}

void metrics_page_free(struct metrics_page **page)
{
    struct metrics_page *gone = *page;

    if (gone == NULL)
        return;
    *page = NULL;
    while (!LIST_EMPTY(&gone->visitors))
        leave(LIST_FIRST(&gone->visitors));
    listener_free(&gone->listener);
    free(gone);
}
