/* Followers: one push at a time, and the time from its sending until each follower has it. */
#include <stdlib.h>

#include "load_scan.h"
#include "load_updates.h"
#include "load_works.h"

struct state {
    struct load_updates *updates;
    uint64_t target; /* the seq that the push under way leads to */
    size_t waiting;  /* followers that do not have it yet */
    bool answered;   /* the pusher has its result */
    uint64_t pushed; /* when it was sent */
};

static void clear(struct load *load)
{
    struct state *state = load->state;

    if (state != NULL)
        load_updates_free(&state->updates);
    free(state);
}

static bool prepare(struct load *load)
{
    struct state *state = calloc(1, sizeof(*state));
    Concert__Request request = CONCERT__REQUEST__INIT;
    Concert__Pull pull = CONCERT__PULL__INIT;

    load->state = state;
    if (state == NULL)
        return false;
    state->updates = load_updates_new(load, 1, 1);
    state->target = load->server.head;
    pull.has_since = pull.has_follow = pull.follow = true;
    pull.since = load->server.head;
    request.has_number = true;
    request.number = 1;
    request.verb_case = CONCERT__REQUEST__VERB_PULL;
    request.pull = &pull;
    return state->updates != NULL && load_pack(load, &request);
}

static void greeted(struct load_client *client)
{
    if (client->index == 0)
        load_ready(client);
    else
        load_ask_packed(client);
}

static void push(struct load *load)
{
    struct state *state = load->state;

    state->waiting = load->n_clients - 1;
    state->answered = false;
    state->target += load->options->batch;
    load->asked++;
    load_updates_push(state->updates, &load->clients[0]);
    state->pushed = load_times_now();
    load_line_flush(load->clients[0].line);
}

static void next(struct load *load)
{
    const struct state *state = load->state;

    if (state->waiting > 0 || !state->answered)
        return;
    if (++load->answered == load->options->requests)
        load_end(load);
    else
        push(load);
}

static void on_message(struct load_client *client, const uint8_t *data, size_t size)
{
    struct load *load = client->load;
    struct state *state = load->state;
    struct load_scan scan;

    if (client->index == 0) {
        load->failed += !load_updates_applied(data, size);
        state->answered = true;
    } else if (!load_scan_response(data, size, &scan) || !scan.more) {
        load_fail(load, "a follower was refused or let go");
        return;
    } else if (!client->ready) {
        load_ready(client);
        return;
    } else if (scan.upto == state->target) {
        load_times_add(load->times, load_times_now() - state->pushed);
        state->waiting--;
    }
    next(load);
}

const struct load_work load_follow = {
    .name = "follow",
    .help = "followers of one pusher; the times are each delivery's, from the push's sending",
    .followers = true,
    .prepare = prepare,
    .greeted = greeted,
    .message = on_message,
    .start = push,
    .clear = clear,
};
