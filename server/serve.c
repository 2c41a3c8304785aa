#include <errno.h>
#include <event2/event.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "admin/admin_rows.h"
#include "admin/upgrade.h"
#include "certificate.h"
#include "clock.h"
#include "i18n.h"
#include "listener.h"
#include "log.h"
#include "metrics.h"
#include "metrics_page.h"
#include "metrics_sample.h"
#include "privileges.h"
#include "reload.h"
#include "sandbox.h"
#include "session.h"
#include "state.h"
#include "workers.h"

#define KEEP_BYTES (4 << 20)
#define STOP_MS 7000  /* for what is under way; then connections are cut */
#define STOP_HARD_S 9 /* the process ends, whatever happens */
#define TICK_US 10000
#define SPARE_DESCRIPTORS 64 /* beside connections and the database's */

#define SIGNALS ((size_t)3)

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
    struct metrics_sample *sample;
    struct metrics_page *page; /* NULL: none is asked for */
    struct event *signals[SIGNALS];
    struct event *stopping; /* looks whether the last connection has gone */
    int64_t stop_by;        /* milliseconds of clock_steady; 0: it does not stop */
    size_t cut;             /* connections that had something under way when it did */
};

static bool fail(const char *what, const char *why)
{
    char place[LOG_VALUE], reason[LOG_VALUE];

    log_line(LOG_LEVEL_ERROR, "serve", "event=failed what=%s why=%s", log_value(what, place),
        log_value(why, reason));
    return false;
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
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0 && getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    if (limit.rlim_cur >= wanted || limit.rlim_cur <= spare)
        return;
    settings->connections = (long)(limit.rlim_cur - spare);
    log_line(
        LOG_LEVEL_WARNING, "serve", "event=few_descriptors connections=%ld", settings->connections);
}

/* Whoever has the key can stand for the server. */
static void look_at_key(const char *path)
{
    char file[LOG_VALUE];
    struct stat about;

    if (stat(path, &about) == 0 && (about.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        log_line(LOG_LEVEL_WARNING, "serve", "event=key_open file=%s mode=%03o do=\"chmod 600 it\"",
            log_value(path, file), (unsigned)about.st_mode & 0777);
}

static bool read_files(struct serve *serve, const char *state)
{
    char why[1024];
    const char *tls, *wrong;

    if (!state_paths(state, &serve->paths))
        return fail(state, "the path is too long");
    if (!settings_read(&serve->settings, serve->paths.settings, why, sizeof(why)))
        return fail("settings", why);
    wrong = reload_check(&serve->settings);
    if (wrong != NULL)
        return fail(serve->paths.settings, wrong);
    reload_log_level(&serve->settings);
    if (!identity_file_fingerprint(serve->paths.certificate, serve->fingerprint))
        return fail(serve->paths.certificate, "it cannot be read");
    if (!upgrade_not_needed(&serve->settings, state, why, sizeof(why)))
        return fail("schema", why);
    allow_descriptors(&serve->settings);
    look_at_key(serve->paths.key);
    serve->context = identity_context(true, serve->paths.key, serve->paths.certificate, &tls);
    return serve->context != NULL || fail("tls", tls);
}

static void on_accept(void *arg, int fd)
{
    sessions_accept(((struct serve *)arg)->sessions, fd);
}

/* --- the end ---------------------------------------------------------------------------------- */

/* Connections that have something under way go without it. Those whose last answer leaves just now
 * wait for it after the first call, and not any more after the second. */
static void cut(struct serve *serve)
{
    serve->cut = sessions_busy(serve->sessions);
    sessions_close_all(serve->sessions);
    sessions_close_all(serve->sessions);
    event_base_loopbreak(serve->base);
}

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
    struct serve *serve = arg;

    (void)fd;
    (void)what;
    sessions_stop(serve->sessions);
    if (sessions_count(serve->sessions) == 0)
        event_base_loopbreak(serve->base);
    else if (clock_steady() >= serve->stop_by)
        cut(serve);
}

/* The loop does not turn any more: the technician's word is worth more than what it does. */
static void on_alarm(int number)
{
    static const char line[] = "level=error serve event=stopped why=\"no end in time\"\n";

    (void)number;
    if (write(STDERR_FILENO, line, sizeof(line) - 1) < 0)
        _exit(EXIT_FAILURE);
    _exit(EXIT_SUCCESS);
}

/* The first time what is under way is finished; the second time it is not waited for. */
static void on_stop(evutil_socket_t number, short what, void *arg)
{
    struct serve *serve = arg;

    (void)what;
    if (serve->stop_by > 0) {
        cut(serve);
        return;
    }
    log_line(LOG_LEVEL_INFO, "serve", "event=stopping signal=%d connections=%zu busy=%zu",
        (int)number, sessions_count(serve->sessions), sessions_busy(serve->sessions));
    serve->stop_by = clock_steady() + STOP_MS;
    signal(SIGALRM, on_alarm);
    alarm(STOP_HARD_S);
    metrics_stopping();
    waiter_forget(&serve->loaded);
    listener_free(&serve->listener);
    sessions_stop(serve->sessions);
    event_add(serve->stopping, &(struct timeval){.tv_usec = TICK_US});
}

/* --- settings again --------------------------------------------------------------------------- */

/* In the parent of workers, or where there is one process only. */
static bool reload_told(void *arg)
{
    struct serve *serve = arg;
    bool done = reload(&serve->paths, &serve->settings, serve->context, true);

    metrics_add(done ? METRICS_RELOADS_DONE : METRICS_RELOADS_REFUSED, 1);
    if (done)
        allow_descriptors(&serve->settings);
    return done;
}

static void on_hangup(evutil_socket_t number, short what, void *arg)
{
    struct serve *serve = arg;

    (void)number;
    (void)what;
    if (serve->settings.workers > 1) { /* its parent has said all there is to say */
        if (!reload(&serve->paths, &serve->settings, serve->context, false))
            return;
        allow_descriptors(&serve->settings);
    } else if (!reload_told(serve)) {
        return;
    }
    sessions_reload(serve->sessions);
    for (size_t i = 0; i < serve->settings.n_regions; i++)
        region_reload(serve->regions[i], &serve->settings);
}

/* --- the start -------------------------------------------------------------------------------- */

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

/* One that comes before its handler is there waits for it; workers inherit this. */
static void mask_hangup(int how)
{
    sigset_t hangup;

    sigemptyset(&hangup);
    sigaddset(&hangup, SIGHUP);
    sigprocmask(how, &hangup, NULL);
}

static bool open_signals(struct serve *serve)
{
    static const struct {
        int number;
        event_callback_fn on;
    } signals[SIGNALS] = {{SIGTERM, on_stop}, {SIGINT, on_stop}, {SIGHUP, on_hangup}};

    for (size_t i = 0; i < SIGNALS; i++) {
        serve->signals[i] = evsignal_new(serve->base, signals[i].number, signals[i].on, serve);
        if (serve->signals[i] == NULL || event_add(serve->signals[i], NULL) != 0)
            return false;
    }
    mask_hangup(SIG_UNBLOCK);
    return true;
}

static bool open_metrics(struct serve *serve, const char **why_r)
{
    serve->sample = metrics_sample_new(serve->base, serve->regions, serve->settings.n_regions);
    if (serve->sample == NULL)
        return false;
    if (serve->settings.metrics[0] == '\0')
        return true;
    serve->page = metrics_page_new(serve->base, &serve->settings, serve->settings.workers > 1,
        metrics_sample_now, serve->sample, why_r);
    return serve->page != NULL;
}

static bool open_door(struct serve *serve)
{
    const char *why = "out of memory";

    serve->base = event_base_new();
    if (serve->base == NULL || !open_regions(serve))
        return fail("start", why);
    serve->sessions = sessions_new(serve->base, &serve->settings, serve->context,
        serve->fingerprint, serve->regions, serve->settings.n_regions);
    serve->stopping = event_new(serve->base, -1, EV_PERSIST, on_tick, serve);
    if (serve->sessions == NULL || serve->stopping == NULL || !open_signals(serve))
        return fail("start", why);
    if (!open_metrics(serve, &why))
        return fail(serve->settings.metrics, why);
    serve->listener = listener_new(
        serve->base, serve->settings.listen, serve->settings.workers > 1, on_accept, serve, &why);
    return serve->listener != NULL || fail(serve->settings.listen, why);
}

/* What was closed is told now to those who wait for it. */
static void turn(struct serve *serve)
{
    if (serve->base != NULL)
        event_base_loop(serve->base, EVLOOP_NONBLOCK);
}

/* The sessions' requests stand in lists of the regions, and the regions' answers go to requests. */
static void close_all(struct serve *serve)
{
    metrics_page_free(&serve->page);
    metrics_sample_free(&serve->sample);
    listener_free(&serve->listener);
    waiter_forget(&serve->loaded);
    turn(serve);
    for (size_t i = 0; i < serve->settings.n_regions; i++)
        region_free(&serve->regions[i]);
    turn(serve);
    sessions_free(&serve->sessions);
    for (size_t i = 0; i < SIGNALS; i++)
        if (serve->signals[i] != NULL)
            event_free(serve->signals[i]);
    if (serve->stopping != NULL)
        event_free(serve->stopping);
    if (serve->base != NULL)
        event_base_free(serve->base);
}

/* Gives up what serving does not need. `sandbox`: whether this process makes workers or is one. */
static bool enter_sandbox(const struct serve *serve, enum sandbox sandbox)
{
    if (serve->settings.sandbox == 0 || sandbox_enter(sandbox))
        return true;
    return fail("sandbox", strerror(errno));
}

static bool give_up(const struct serve *serve)
{
    char what[sizeof(serve->settings.user) + 8];
    const char *why;

    snprintf(what, sizeof(what), "user=%s", serve->settings.user);
    if (!privileges_drop(serve->settings.user, &why))
        return fail(what, why);
    return serve->settings.workers <= 1 || enter_sandbox(serve, SANDBOX_PARENT);
}

/* One process: everything after the files were read. */
static int work(void *arg, size_t worker)
{
    struct serve *serve = arg;
    bool opened;

    metrics_begin(worker);
    opened = open_door(serve) && enter_sandbox(serve, SANDBOX_WORKER);

    if (opened) {
        serve->loaded = (struct waiter){.wake = on_loaded, .arg = serve};
        on_loaded(serve);
        event_base_dispatch(serve->base);
        log_line(LOG_LEVEL_INFO, "serve", "event=stopped cut=%zu", serve->cut);
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

static void on_died(void *arg, size_t worker)
{
    (void)arg;
    metrics_end(worker);
}

static int serve_all(struct serve *serve)
{
    const struct workers_task task = {
        .work = work, .reload = reload_told, .died = on_died, .arg = serve};
    int code;

    if (!metrics_open((size_t)serve->settings.workers))
        return fail("metrics", strerror(errno)) ? EXIT_SUCCESS : EXIT_FAILURE;
    metrics_time(METRICS_STARTED, clock_now() / 1000000);
    reload_measure(serve->context);
    code = workers_run((size_t)serve->settings.workers, &task);
    metrics_close();
    return code;
}

static int run(struct admin *admin)
{
    struct serve serve = {.cut = 0};
    int code = EXIT_FAILURE;

    signal(SIGPIPE, SIG_IGN);
    mask_hangup(SIG_BLOCK); /* until it can be understood */
    keep_memory();
    if (admin_has_settings(admin) && read_files(&serve, admin->folder) && give_up(&serve))
        code = serve_all(&serve);
    identity_context_free(&serve.context);
    return code;
}

const struct admin_command serve_command = {.name = "serve",
    .arguments = "",
    .help = N_("serves the regions of a state folder until SIGTERM"),
    .about = N_("SIGTERM ends it when what is under way is done, within ten seconds; SIGHUP has it "
                "read its settings and its certificate again."),
    .needs = ADMIN_FOLDER,
    .run = run};
