#include <event2/event.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "admin/admin_rows.h"
#include "date.h"
#include "i18n.h"
#include "listener.h"
#include "log.h"
#include "page.h"
#include "session.h"
#include "state.h"
#include "workers.h"

#define KEEP_BYTES (4 << 20)
#define STOP_SECONDS 5
#define SPARE_DESCRIPTORS 64 /* beside connections and the database's */

/* All that a serving process has, in the order in which it is made. */
struct serve {
    struct state_paths paths;
    struct settings settings;
    uint8_t fingerprint[IDENTITY_FINGERPRINT_SIZE];
    struct ssl_ctx_st *context;
    struct event_base *base;
    struct region *regions[SETTINGS_REGIONS_MAX];
    struct waiter loaded; /* for the first region that is not */
    struct sessions *sessions;
    struct listener *listener;
    struct event *signals[2];
    struct event *stopping; /* looks whether the last connection has gone */
    int ticks;
};

static bool fail(const char *what, const char *why)
{
    log_line(LOG_LEVEL_ERROR, "serve", "event=failed what=\"%s\" why=\"%s\"", what, why);
    return false;
}

static bool set_log_level(const char *name)
{
    static const char *const names[] = {"error", "warning", "info", "debug"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(name, names[i]) == 0) {
            log_set_level((enum log_level)i);
            return true;
        }
    return false;
}

/* What is wrong with settings that are each fine by themselves; NULL: nothing. */
static const char *check_settings(const struct settings *settings)
{
    if (settings->n_regions == 0)
        return "there is no [region NAME]";
    if (!set_log_level(settings->log_level))
        return "log_level must be error, warning, info or debug";
    if (settings->output_max < settings->output + 2 * (long)PAGE_MAX)
        return "output_max must be more than output by two pages (524288)";
    for (size_t i = settings->n_regions; i-- > 0;) { /* the first one's zone is the program's */
        if (settings->regions[i].database[0] == '\0')
            return "a region has no database";
        if (!date_zone(settings->regions[i].timezone))
            return "a region's timezone is none of IANA's (America/Toronto)";
    }
    return NULL;
}

/* Each connection is a descriptor; without one the database could not be reached again. */
static void allow_descriptors(struct settings *settings)
{
    rlim_t spare =
        SPARE_DESCRIPTORS + settings->n_regions * ((rlim_t)settings->store_connections + 1);
    rlim_t wanted = (rlim_t)settings->connections + spare;
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted)
        return;
    limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
    setrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur >= wanted || limit.rlim_cur <= spare)
        return;
    settings->connections = (long)(limit.rlim_cur - spare);
    log_line(
        LOG_LEVEL_WARNING, "serve", "event=few_descriptors connections=%ld", settings->connections);
}

static bool read_files(struct serve *serve, const char *state)
{
    char why[1024];
    const char *tls;

    if (!state_paths(state, &serve->paths))
        return fail(state, "the path is too long");
    if (!settings_read(&serve->settings, serve->paths.settings, why, sizeof(why)))
        return fail("settings", why);
    if (check_settings(&serve->settings) != NULL)
        return fail(serve->paths.settings, check_settings(&serve->settings));
    if (!identity_file_fingerprint(serve->paths.certificate, serve->fingerprint))
        return fail(serve->paths.certificate, "it cannot be read");
    allow_descriptors(&serve->settings);
    serve->context = identity_context(true, serve->paths.key, serve->paths.certificate, &tls);
    return serve->context != NULL || fail("tls", tls);
}

static void on_accept(void *arg, int fd)
{
    sessions_accept(((struct serve *)arg)->sessions, fd);
}

/* Connections get a moment to take what is queued to them. */
static void on_tick(evutil_socket_t fd, short what, void *arg)
{
    struct serve *serve = arg;

    (void)fd;
    (void)what;
    if (sessions_count(serve->sessions) == 0 || ++serve->ticks > STOP_SECONDS * 100)
        event_base_loopbreak(serve->base);
}

static void on_signal(evutil_socket_t number, short what, void *arg)
{
    struct serve *serve = arg;

    (void)what;
    waiter_forget(&serve->loaded);
    log_line(LOG_LEVEL_INFO, "serve", "event=stopping signal=%d", (int)number);
    listener_free(&serve->listener);
    sessions_close_all(serve->sessions);
    event_add(serve->stopping, &(struct timeval){.tv_usec = 10000});
}

/* Connections are taken from the start; who watches the log is told when they can be served. */
static void on_loaded(void *arg)
{
    struct serve *serve = arg;

    for (size_t i = 0; i < serve->settings.n_regions; i++)
        if (!region_ready(serve->regions[i])) {
            waiter_wait(region_waiters(serve->regions[i]), &serve->loaded);
            return;
        }
    log_line(LOG_LEVEL_INFO, "serve", "event=ready port=%u version=%s",
        listener_port(serve->listener), CONCERT_VERSION);
}

static bool open_regions(struct serve *serve)
{
    for (size_t i = 0; i < serve->settings.n_regions; i++) {
        serve->regions[i] = region_new(serve->base, &serve->settings, &serve->settings.regions[i]);
        if (serve->regions[i] == NULL)
            return fail(serve->settings.regions[i].name, "the region could not be opened");
    }
    return true;
}

static bool open_door(struct serve *serve)
{
    const char *why = "out of memory";

    serve->base = event_base_new();
    if (serve->base == NULL || !open_regions(serve))
        return fail("start", why);
    serve->sessions = sessions_new(serve->base, &serve->settings, serve->context,
        serve->fingerprint, serve->regions, serve->settings.n_regions);
    serve->signals[0] = evsignal_new(serve->base, SIGTERM, on_signal, serve);
    serve->signals[1] = evsignal_new(serve->base, SIGINT, on_signal, serve);
    serve->stopping = event_new(serve->base, -1, EV_PERSIST, on_tick, serve);
    if (serve->sessions == NULL || serve->stopping == NULL || serve->signals[0] == NULL ||
        serve->signals[1] == NULL)
        return fail("start", why);
    event_add(serve->signals[0], NULL);
    event_add(serve->signals[1], NULL);
    serve->listener = listener_new(
        serve->base, serve->settings.listen, serve->settings.workers > 1, on_accept, serve, &why);
    return serve->listener != NULL || fail(serve->settings.listen, why);
}

static void close_all(struct serve *serve)
{
    listener_free(&serve->listener);
    waiter_forget(&serve->loaded);
    for (size_t i = 0; i < serve->settings.n_regions; i++)
        region_free(&serve->regions[i]);
    if (serve->base != NULL)
        event_base_loop(serve->base, EVLOOP_NONBLOCK);
    sessions_free(&serve->sessions);
    for (int i = 0; i < 2; i++)
        if (serve->signals[i] != NULL)
            event_free(serve->signals[i]);
    if (serve->stopping != NULL)
        event_free(serve->stopping);
    if (serve->base != NULL)
        event_base_free(serve->base);
}

/* One process: everything after the files were read. */
static int work(void *arg)
{
    struct serve *serve = arg;
    bool opened = open_door(serve);

    if (opened) {
        serve->loaded = (struct waiter){.wake = on_loaded, .arg = serve};
        on_loaded(serve);
        event_base_dispatch(serve->base);
        log_line(LOG_LEVEL_INFO, "serve", "event=stopped");
    }
    close_all(serve);
    return opened ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* Pages and batches come and go by the 100 KiB: what was freed is kept for the next, not given back
 * to the system each time (mallopt(3)). */
static void keep_memory(void)
{
    mallopt(M_TRIM_THRESHOLD, KEEP_BYTES);
    mallopt(M_MMAP_THRESHOLD, KEEP_BYTES);
    mallopt(M_TOP_PAD, 64 << 10);
}

static int run(struct admin *admin)
{
    struct serve serve = {.ticks = 0};
    int code = EXIT_FAILURE;

    signal(SIGPIPE, SIG_IGN);
    keep_memory();
    if (read_files(&serve, admin->folder))
        code = workers_run((size_t)serve.settings.workers, work, &serve);
    identity_context_free(&serve.context);
    return code;
}

const struct admin_command serve_command = {.name = "serve",
    .arguments = "",
    .help = N_("serves the regions of a state folder until SIGTERM"),
    .needs = ADMIN_FOLDER,
    .run = run};
