/* Pulls: empty ones at the head, whole snapshots; and lines that only stay open. */
#include "load_scan.h"
#include "load_works.h"

#define IDLE_SETTLE_MS 1000

static bool prepare(struct load *load, uint64_t since)
{
    Concert__Request request = CONCERT__REQUEST__INIT;
    Concert__Pull pull = CONCERT__PULL__INIT;

    pull.has_since = pull.has_since_hash = since > 0;
    pull.since = since;
    pull.since_hash = (ProtobufCBinaryData){sizeof(load->server.head_hash), load->server.head_hash};
    request.has_number = true;
    request.number = 1;
    request.verb_case = CONCERT__REQUEST__VERB_PULL;
    request.pull = &pull;
    return load_pack(load, &request);
}

static bool prepare_empty(struct load *load)
{
    return prepare(load, load->server.head);
}

static bool prepare_snapshot(struct load *load)
{
    return prepare(load, 0);
}

static void on_page(struct load_client *client, const uint8_t *data, size_t size)
{
    struct load_scan scan;

    if (!load_scan_response(data, size, &scan))
        load_fail(client->load, "an answer is no response");
    else if (!scan.more)
        load_answered(client, scan.answer == CONCERT__RESPONSE__ANSWER_PULL);
}

const struct load_work load_pull = {
    .name = "pull",
    .help = "empty pulls at the head",
    .prepare = prepare_empty,
    .ask = load_ask_packed,
    .message = on_page,
};

const struct load_work load_snapshot = {
    .name = "snapshot",
    .help = "pulls of all records",
    .prepare = prepare_snapshot,
    .ask = load_ask_packed,
    .message = on_page,
};

/* --- idle lines ----------------------------------------------------------------------------------
 */

static void on_settled(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    load_end(arg);
}

/* What the server's handshakes left lying about has a moment to go. */
static void settle(struct load *load)
{
    static const struct timeval wait = {IDLE_SETTLE_MS / 1000, IDLE_SETTLE_MS % 1000 * 1000};

    event_base_once(load->base, -1, EV_TIMEOUT, on_settled, load, &wait);
}

static void on_unasked(struct load_client *client, const uint8_t *data, size_t size)
{
    (void)data;
    (void)size;
    load_fail(client->load, "an idle line was told something");
}

const struct load_work load_idle = {
    .name = "idle",
    .help = "lines that have said hello and are silent: for the server's memory",
    .message = on_unasked,
    .start = settle,
};
