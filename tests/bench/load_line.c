#include "load_line.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/event_struct.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "frame.h"

#define READ_SIZE ((size_t)16 * 1024)
#define DEPTH_MAX 4 /* of arrays in arrays */

struct load_line {
    SSL *tls;
    int fd;
    bool open, dead;
    const struct load_line_type *type;
    const struct load_line_callbacks *callbacks;
    void *arg;
    uint8_t *input;
    size_t n_input, max_input;
    struct evbuffer *output;
    struct event readable, writable;
    uint64_t received, sent;
};

/* --- messages ------------------------------------------------------------------------------------
 */

static size_t cut_frame(const uint8_t *data, size_t size)
{
    size_t length = 0;

    if (size < FRAME_HEADER)
        return 0;
    for (size_t i = 0; i < FRAME_HEADER; i++)
        length = length << 8 | data[i];
    return size - FRAME_HEADER < length ? 0 : FRAME_HEADER + length;
}

static size_t cut_resp_at(const uint8_t *data, size_t size, int depth)
{
    const uint8_t *end = size > 0 ? memchr(data, '\n', size) : NULL;
    size_t used, number = 0;

    if (end == NULL || depth > DEPTH_MAX)
        return 0;
    used = (size_t)(end - data) + 1;
    for (const uint8_t *at = data + 1; *at >= '0' && *at <= '9'; at++)
        number = number * 10 + (size_t)(*at - '0');
    if (data[0] == '$')
        return size - used < number + 2 ? 0 : used + number + 2;
    for (size_t i = 0; data[0] == '*' && i < number; i++) {
        size_t part = cut_resp_at(data + used, size - used, depth + 1);

        if (part == 0)
            return 0;
        used += part;
    }
    return used;
}

static size_t cut_resp(const uint8_t *data, size_t size)
{
    return cut_resp_at(data, size, 0);
}

const struct load_line_type load_line_frames = {cut_frame, FRAME_HEADER};
const struct load_line_type load_line_resp = {cut_resp, 0};

/* --- TLS -----------------------------------------------------------------------------------------
 */

static void die(struct load_line *line, const char *why)
{
    if (line->dead)
        return;
    line->dead = true;
    event_del(&line->readable);
    event_del(&line->writable);
    line->callbacks->closed(line->arg, why);
}

/* True when the call that returned `result` only has to wait. */
static bool waits(struct load_line *line, int result)
{
    int error = SSL_get_error(line->tls, result);

    if (error == SSL_ERROR_WANT_WRITE)
        event_add(&line->writable, NULL);
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE)
        return true;
    die(line, error == SSL_ERROR_ZERO_RETURN ? "closed by the server" : strerror(errno));
    return false;
}

void load_line_flush(struct load_line *line)
{
    size_t length;

    while (line->open && !line->dead && (length = evbuffer_get_length(line->output)) > 0) {
        size_t size = length < READ_SIZE ? length : READ_SIZE;
        int result;

        ERR_clear_error();
        result = SSL_write(line->tls, evbuffer_pullup(line->output, (ev_ssize_t)size), (int)size);
        if (result <= 0) {
            waits(line, result);
            return;
        }
        line->sent += (uint64_t)result;
        evbuffer_drain(line->output, (size_t)result);
    }
}

static void deliver(struct load_line *line)
{
    size_t at = 0, size;

    while (!line->dead && (size = line->type->cut(line->input + at, line->n_input - at)) > 0) {
        line->callbacks->message(
            line->arg, line->input + at + line->type->header, size - line->type->header);
        at += size;
    }
    memmove(line->input, line->input + at, line->n_input - at);
    line->n_input -= at;
}

static bool make_room(struct load_line *line)
{
    size_t max = line->max_input == 0 ? READ_SIZE : line->max_input * 2;
    uint8_t *input;

    if (line->max_input - line->n_input >= READ_SIZE)
        return true;
    input = realloc(line->input, max);
    if (input == NULL) {
        die(line, "out of memory");
        return false;
    }
    line->input = input;
    line->max_input = max;
    return make_room(line);
}

static void receive(struct load_line *line)
{
    int result = 1;

    do {
        if (!make_room(line))
            return;
        ERR_clear_error();
        errno = 0;
        result = SSL_read(line->tls, line->input + line->n_input, (int)READ_SIZE);
        if (result > 0) {
            line->received += (uint64_t)result;
            line->n_input += (size_t)result;
        }
    } while (result > 0 && SSL_has_pending(line->tls));
    if (line->n_input > 0)
        deliver(line);
    if (result <= 0 && !line->dead)
        waits(line, result);
}

static void handshake(struct load_line *line)
{
    int result;

    ERR_clear_error();
    errno = 0;
    result = SSL_do_handshake(line->tls);
    if (result == 1) {
        line->open = true;
        line->callbacks->open(line->arg);
    } else {
        waits(line, result);
    }
}

static void on_event(evutil_socket_t fd, short what, void *arg)
{
    struct load_line *line = arg;

    (void)fd;
    if (!line->open)
        handshake(line);
    if (line->open && !line->dead && (what & EV_READ))
        receive(line);
    load_line_flush(line);
}

/* --- life ----------------------------------------------------------------------------------------
 */

static int start_connect(const struct sockaddr *address, socklen_t size)
{
    int one = 1, fd = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    if (connect(fd, address, size) == 0 || errno == EINPROGRESS)
        return fd;
    close(fd);
    return -1;
}

struct load_line *load_line_new(struct event_base *base, struct ssl_ctx_st *context,
    const struct sockaddr *address, socklen_t size, const struct load_line_type *type,
    const struct load_line_callbacks *callbacks, void *arg)
{
    struct load_line *line = calloc(1, sizeof(*line));
    int fd = start_connect(address, size);

    if (line == NULL || fd < 0) {
        free(line);
        return NULL;
    }
    *line = (struct load_line){.fd = fd, .type = type, .callbacks = callbacks, .arg = arg};
    event_assign(&line->readable, base, fd, EV_READ | EV_PERSIST, on_event, line);
    event_assign(&line->writable, base, fd, EV_WRITE, on_event, line);
    line->output = evbuffer_new();
    line->tls = SSL_new(context);
    if (line->output == NULL || line->tls == NULL || SSL_set_fd(line->tls, fd) != 1) {
        load_line_free(&line);
        return NULL;
    }
    SSL_set_connect_state(line->tls);
    event_add(&line->readable, NULL);
    event_add(&line->writable, NULL);
    return line;
}

void load_line_free(struct load_line **line)
{
    struct load_line *gone = *line;

    if (gone == NULL)
        return;
    event_del(&gone->readable);
    event_del(&gone->writable);
    SSL_free(gone->tls);
    if (gone->output != NULL)
        evbuffer_free(gone->output);
    free(gone->input);
    close(gone->fd);
    free(gone);
    *line = NULL;
}

struct evbuffer *load_line_output(struct load_line *line)
{
    return line->output;
}

uint64_t load_line_received(const struct load_line *line)
{
    return line->received;
}

uint64_t load_line_sent(const struct load_line *line)
{
    return line->sent;
}
