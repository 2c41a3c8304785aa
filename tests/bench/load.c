#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "frame.h"
#include "identity.h"
#include "load_cost.h"
#include "load_fill.h"
#include "load_works.h"

#define OPENING 64 /* handshakes at a time */

void load_end(struct load *load)
{
    if (load->ended == 0)
        load->ended = load_times_now();
    event_base_loopbreak(load->base);
}

void load_fail(struct load *load, const char *why)
{
    if (load->trouble == NULL)
        load->trouble = why;
    load_end(load);
}

bool load_pack(struct load *load, const Concert__Request *request)
{
    size_t size = concert__request__get_packed_size(request);

    load->packed = malloc(size + FRAME_HEADER);
    if (load->packed == NULL)
        return false;
    frame_header(size, load->packed);
    concert__request__pack(request, load->packed + FRAME_HEADER);
    load->n_packed = size + FRAME_HEADER;
    return true;
}

void load_ask_packed(struct load_client *client)
{
    evbuffer_add(load_line_output(client->line), client->load->packed, client->load->n_packed);
}

/* --- requests ------------------------------------------------------------------------------------
 */

void load_asked(struct load_client *client)
{
    size_t depth = client->load->options->depth;

    client->asked[(client->first + client->count++) % depth] = load_times_now();
    client->load->asked++;
}

static void ask(struct load_client *client)
{
    struct load *load = client->load;

    while (client->count < load->options->depth && load->asked < load->options->requests) {
        load_asked(client);
        load->work->ask(client);
    }
}

void load_answered(struct load_client *client, bool good)
{
    struct load *load = client->load;

    load_times_add(load->times, load_times_now() - client->asked[client->first]);
    client->first = (client->first + 1) % load->options->depth;
    client->count--;
    load->answered++;
    load->failed += !good;
    if (load->answered == load->options->requests)
        load_end(load);
    else
        ask(client);
}

static void start(struct load *load)
{
    load->started = load_times_now();
    if (load->work->start != NULL) {
        load->work->start(load);
        return;
    }
    for (size_t i = 0; i < load->n_clients; i++) {
        ask(&load->clients[i]);
        load_line_flush(load->clients[i].line);
    }
}

/* --- lines ---------------------------------------------------------------------------------------
 */

static void open_next(struct load *load);

/* The clock starts outside of any line's turn. */
static void on_all_ready(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    event_base_loopbreak(((struct load *)arg)->base);
}

void load_ready(struct load_client *client)
{
    struct load *load = client->load;

    if (client->ready)
        return;
    client->ready = true;
    if (++load->n_ready == load->n_clients)
        event_base_once(load->base, -1, EV_TIMEOUT, on_all_ready, load, NULL);
    else
        open_next(load);
}

static void greeted(struct load_client *client)
{
    client->greeted = true;
    if (client->load->work->greeted != NULL)
        client->load->work->greeted(client);
    else
        load_ready(client);
}

static void on_open(void *arg)
{
    struct load_client *client = arg;
    Concert__Request request = CONCERT__REQUEST__INIT;
    Concert__Hello hello = CONCERT__HELLO__INIT;

    if (client->load->work->foreign) {
        greeted(client);
        return;
    }
    hello.has_version = true;
    hello.version = 1;
    hello.client = (char *)"load";
    hello.region = client->load->server.region;
    request.verb_case = CONCERT__REQUEST__VERB_HELLO;
    request.hello = &hello;
    frame_append(load_line_output(client->line), &request.base);
}

static void on_message(void *arg, const uint8_t *data, size_t size)
{
    struct load_client *client = arg;
    Concert__Response *response;

    if (client->greeted || client->load->work->foreign) {
        client->load->work->message(client, data, size);
        return;
    }
    response = concert__response__unpack(NULL, size, data);
    if (response != NULL && response->answer_case == CONCERT__RESPONSE__ANSWER_HELLO)
        greeted(client);
    else
        load_fail(client->load, "the server refused a hello: see connections_per_device");
    concert__response__free_unpacked(response, NULL);
}

static void on_closed(void *arg, const char *why)
{
    struct load_client *client = arg;

    fprintf(stderr, "load: line %zu: %s\n", client->index, why);
    load_fail(client->load, "a line was closed");
}

static const struct load_line_callbacks callbacks = {on_open, on_message, on_closed};

static void open_next(struct load *load)
{
    struct load_client *client = &load->clients[load->n_opened];

    if (load->n_opened == load->n_clients)
        return;
    load->n_opened++;
    client->line = load_line_new(load->base, load->context,
        (const struct sockaddr *)&load->server.address, load->server.address_size,
        load->work->foreign ? &load_line_resp : &load_line_frames, &callbacks, client);
    if (client->line == NULL)
        load_fail(load, "a line could not be opened");
}

/* --- a run ---------------------------------------------------------------------------------------
 */

static bool make(struct load *load)
{
    const struct load_options *options = load->options;
    const char *why = NULL;
    struct rlimit files;

    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    load->n_clients = options->clients + load->work->followers;
    load->base = event_base_new();
    load->context = identity_context(false, load->work->foreign ? NULL : load->server.key,
        load->work->foreign ? NULL : load->server.certificate, &why);
    load->clients = calloc(load->n_clients, sizeof(*load->clients));
    load->times =
        load_times_new(options->requests * (load->work->followers ? options->clients : 1));
    if (load->base == NULL || load->context == NULL || load->clients == NULL || load->times == NULL)
        return false;
    for (size_t i = 0; i < load->n_clients; i++) {
        load->clients[i] = (struct load_client){.load = load, .index = i};
        load->clients[i].asked = calloc(options->depth, sizeof(uint64_t));
        if (load->clients[i].asked == NULL)
            return false;
    }
    return true;
}

static void unmake(struct load *load)
{
    for (size_t i = 0; load->clients != NULL && i < load->n_clients; i++) {
        load_line_free(&load->clients[i].line);
        free(load->clients[i].asked);
    }
    free(load->clients);
    load_times_free(&load->times);
    identity_context_free(&load->context);
    if (load->base != NULL)
        event_base_free(load->base);
    load_server_close(&load->server);
    free(load->packed);
    if (load->work != NULL && load->work->clear != NULL)
        load->work->clear(load);
}

/* What the server used: before any line was there, when all were, and at the end. */
struct costs {
    struct load_cost alone, before, after;
};

static void report_costs(const struct load *load, const struct costs *costs)
{
    double operations = (double)(load_times_count(load->times) * load->options->batch);

    if (operations > 0)
        printf(" server_cpu_us=%.2f",
            (double)(costs->after.cpu_ns - costs->before.cpu_ns) / 1000 / operations);
    printf(" rss_kib=%llu pss_kib=%llu private_kib=%llu alone_rss_kib=%llu line_kib=%.1f "
           "line_cpu_us=%.0f",
        (unsigned long long)costs->after.rss, (unsigned long long)costs->after.pss,
        (unsigned long long)costs->after.private_kib, (unsigned long long)costs->alone.rss,
        ((double)costs->before.private_kib - (double)costs->alone.private_kib) /
            (double)load->n_clients,
        (double)(costs->before.cpu_ns - costs->alone.cpu_ns) / 1000 / (double)load->n_clients);
}

static void report(struct load *load, const struct costs *costs)
{
    const struct load_options *options = load->options;
    double seconds = (double)(load->ended - load->started) / 1e9;
    size_t count = load_times_count(load->times);
    uint64_t received = 0, sent = 0;

    for (size_t i = 0; i < load->n_clients; i++) {
        received += load_line_received(load->clients[i].line);
        sent += load_line_sent(load->clients[i].line);
    }
    printf("do=%s clients=%zu depth=%zu batch=%zu requests=%zu failed=%zu seconds=%.3f",
        load->work->name, options->clients, options->depth, options->batch, load->answered,
        load->failed, seconds);
    if (count > 0)
        printf(" rate=%.0f operations_rate=%.0f p50_us=%.1f p99_us=%.1f max_us=%.1f",
            (double)count / seconds, (double)(count * options->batch) / seconds,
            load_times_quantile(load->times, 0.5), load_times_quantile(load->times, 0.99),
            load_times_quantile(load->times, 1));
    printf(" received=%llu sent=%llu", (unsigned long long)received, (unsigned long long)sent);
    if (options->pid > 0)
        report_costs(load, costs);
    printf("\n");
}

/* Two turns of the loop: until all lines are ready, and until the work has ended. */
static bool measure(struct load *load)
{
    struct costs costs = {.alone = load_cost_look(load->options->pid)};

    for (int i = 0; i < OPENING; i++)
        open_next(load);
    event_base_dispatch(load->base);
    if (load->trouble == NULL && load->n_ready == load->n_clients) {
        costs.before = load_cost_look(load->options->pid);
        start(load);
        event_base_dispatch(load->base);
        costs.after = load_cost_look(load->options->pid);
    }
    if (load->trouble != NULL) {
        fprintf(stderr, "load: %s\n", load->trouble);
        return false;
    }
    report(load, &costs);
    return load->failed == 0;
}

static bool run(struct load *load)
{
    const struct load_options *options = load->options;

    if (!load_server_find(&load->server, options, load->work != NULL && load->work->foreign) ||
        (options->fill > 0 && !load_fill(&load->server, options->fill)))
        return false;
    if (load->work == NULL)
        return true;
    if (load->work->prepare != NULL && !load->work->prepare(load))
        return false;
    load_server_leave(&load->server);
    return make(load) && measure(load);
}

int main(int argc, char **argv)
{
    struct load_options options;
    struct load load = {.options = &options};
    bool good = load_options_read(argc, argv, &options);

    if (good && options.work != NULL)
        load.work = load_works_find(options.work);
    if (!good || (options.work != NULL && load.work == NULL)) {
        load_options_help();
        load_works_help();
        return 2;
    }
    good = run(&load);
    unmake(&load);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
