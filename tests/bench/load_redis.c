/* The same loads on a Redis over TLS, by the same loader, to compare with. */
#include <stdlib.h>
#include <string.h>

#include "load_works.h"

#define PING "*1\r\n$4\r\nPING\r\n"
#define SUBSCRIBE "*2\r\n$9\r\nSUBSCRIBE\r\n$4\r\nload\r\n"
#define PUBLISH "*3\r\n$7\r\nPUBLISH\r\n$4\r\nload\r\n$400\r\n"
#define PAYLOAD ((size_t)400) /* as a page with one share */

static void ping(struct load_client *client)
{
    evbuffer_add(load_line_output(client->line), PING, sizeof(PING) - 1);
}

static void on_pong(struct load_client *client, const uint8_t *data, size_t size)
{
    load_answered(client, size > 0 && data[0] == '+');
}

const struct load_work load_redis_ping = {
    .name = "redis-ping",
    .help = "PING of a Redis at --address",
    .foreign = true,
    .ask = ping,
    .message = on_pong,
};

struct state {
    size_t waiting;
    bool answered;
    uint64_t published;
};

static bool prepare(struct load *load)
{
    load->state = calloc(1, sizeof(struct state));
    return load->state != NULL;
}

static void clear(struct load *load)
{
    free(load->state);
}

static void greeted(struct load_client *client)
{
    if (client->index == 0)
        load_ready(client);
    else
        evbuffer_add(load_line_output(client->line), SUBSCRIBE, sizeof(SUBSCRIBE) - 1);
}

static void publish(struct load *load)
{
    struct state *state = load->state;
    struct evbuffer *output = load_line_output(load->clients[0].line);
    char payload[PAYLOAD];

    memset(payload, 'x', sizeof(payload));
    state->waiting = load->n_clients - 1;
    state->answered = false;
    evbuffer_add(output, PUBLISH, sizeof(PUBLISH) - 1);
    evbuffer_add(output, payload, sizeof(payload));
    evbuffer_add(output, "\r\n", 2);
    state->published = load_times_now();
    load_line_flush(load->clients[0].line);
}

static void on_message(struct load_client *client, const uint8_t *data, size_t size)
{
    struct load *load = client->load;
    struct state *state = load->state;

    (void)data;
    (void)size;
    if (client->index == 0) {
        state->answered = true;
    } else if (!client->ready) {
        load_ready(client);
        return;
    } else {
        load_times_add(load->times, load_times_now() - state->published);
        state->waiting--;
    }
    if (state->waiting > 0 || !state->answered)
        return;
    if (++load->answered == load->options->requests)
        load_end(load);
    else
        publish(load);
}

const struct load_work load_redis_follow = {
    .name = "redis-follow",
    .help = "subscribers of a Redis at --address; one publishes",
    .foreign = true,
    .followers = true,
    .prepare = prepare,
    .greeted = greeted,
    .message = on_message,
    .start = publish,
    .clear = clear,
};
