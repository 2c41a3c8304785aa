#include "load_updates.h"
#include "load_works.h"

static bool prepare(struct load *load)
{
    load->state = load_updates_new(load, load->options->clients, load->options->depth);
    return load->state != NULL;
}

static void ask(struct load_client *client)
{
    load_updates_push(client->load->state, client);
}

static void on_answer(struct load_client *client, const uint8_t *data, size_t size)
{
    load_answered(client, load_updates_applied(data, size));
}

static void clear(struct load *load)
{
    struct load_updates *updates = load->state;

    load_updates_free(&updates);
}

const struct load_work load_push = {
    .name = "push",
    .help = "updates of shares, --batch of them in one push",
    .prepare = prepare,
    .ask = ask,
    .message = on_answer,
    .clear = clear,
};
