#include "dump.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "i18n.h"

#define PIECE ((size_t)65536)
#define LOOK_MS 200    /* how often the pending signals are looked at */
#define END_LOOK_MS 20 /* and a child's end */
#define WORDS_MAX 16
#define NOT_FOUND 127 /* the exit code of a child that could not be started */

/* --- signals to stop -----------------------------------------------------------------------------
 */

void dump_hold_signals(void)
{
    static const int stops[] = {SIGTERM, SIGINT, SIGHUP};
    struct sigaction action;
    sigset_t held;

    sigemptyset(&held);
    for (size_t i = 0; i < sizeof(stops) / sizeof(stops[0]); i++)
        if (sigaction(stops[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN)
            sigaddset(&held, stops[i]);
    sigprocmask(SIG_BLOCK, &held, NULL);
}

bool dump_stop_asked(void)
{
    sigset_t pending;

    return sigpending(&pending) == 0 &&
           (sigismember(&pending, SIGTERM) == 1 || sigismember(&pending, SIGINT) == 1 ||
               sigismember(&pending, SIGHUP) == 1);
}

/* --- how to connect ------------------------------------------------------------------------------
 */

/* Of this program, and not for its children. */
static bool is_own(const char *keyword)
{
    static const char *const own[] = {"service", "application_name"};

    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
        if (strcmp(own[i], keyword) == 0)
            return true;
    return false;
}

static bool put_word(void *arg, const char *key, const char *value)
{
    const int *service = arg;

    return is_own(key) || dprintf(*service, "%s=%s\n", key, value) > 0;
}

/* A file in memory that holds the connection's words as libpq's service "concert"; -1 with why_r.
 */
static int service_open(struct pg_conn *conn, char *why_r)
{
    int fd = memfd_create("service", 0);

    if (fd >= 0 && dprintf(fd, "[concert]\n") > 0 && direct_words(conn, put_word, &fd))
        return fd;
    snprintf(why_r, DIRECT_WHY_SIZE, "%s", strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}

/* --- children ------------------------------------------------------------------------------------
 */

struct child {
    pid_t pid;
    const char *name;
};

static bool fail(char *why_r)
{
    snprintf(why_r, DIRECT_WHY_SIZE, "%s", strerror(errno));
    return false;
}

/* Takes another connection's settings out of the environment, whatever else their names say. */
static void forget_connections(void)
{
    char **kept = environ;

    for (char **variable = environ; *variable != NULL; variable++)
        if (strncmp(*variable, "PG", 2) != 0)
            *kept++ = *variable;
    *kept = NULL;
}

/* In the child: what it inherits is its two ends, stderr and the service file alone. */
static void become(char *const words[], int service, int in, int out)
{
    char file[64];
    sigset_t none;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    signal(SIGXFSZ, SIG_DFL);
    /* Debian's wrappers, in Perl, complain at length of a locale that is not there. */
    if (setlocale(LC_ALL, "") == NULL)
        setenv("LC_ALL", "C.UTF-8", 1);
    snprintf(file, sizeof(file), "/proc/self/fd/%d", service);
    forget_connections();
    if (setenv("PGSERVICEFILE", file, 1) == 0 && setenv("PGSERVICE", "concert", 1) == 0 &&
        dup2(in, STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0)
        execvp(words[0], words);
    _exit(NOT_FOUND);
}

static bool start(
    struct child *child_r, char *const words[], int service, int in, int out, char *why_r)
{
    signal(SIGCHLD, SIG_DFL); /* if it is ignored, a child's end is not told */
    child_r->name = words[0];
    child_r->pid = fork();
    if (child_r->pid == 0)
        become(words, service, in, out);
    return child_r->pid > 0 || fail(why_r);
}

/* Waits for its end, and tells it once of a signal to stop; false with why_r when the end was not a
 * good one. */
static bool finish(const struct child *child, char *why_r)
{
    int status = 0;
    bool told = false;
    pid_t ended;

    for (;;) {
        ended = waitpid(child->pid, &status, WNOHANG);
        if (ended != 0 && (ended > 0 || errno != EINTR))
            break;
        if (!told && dump_stop_asked())
            told = kill(child->pid, SIGINT) == 0; /* which psql hands on to the database */
        poll(NULL, 0, END_LOOK_MS);
    }
    if (ended == child->pid && WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return true;
    if (ended == child->pid && WIFEXITED(status) && WEXITSTATUS(status) == NOT_FOUND)
        snprintf(why_r, DIRECT_WHY_SIZE,
            _("%s is not on this machine: install PostgreSQL's client programs"), child->name);
    else if (dump_stop_asked())
        snprintf(why_r, DIRECT_WHY_SIZE, "%s", _("a signal ended it"));
    else
        snprintf(why_r, DIRECT_WHY_SIZE, _("%s did not succeed"), child->name);
    return false;
}

/* Hands on what comes from a child until its end. False: the taker or a signal ended it. */
static bool copy(int from, dump_take *take, void *arg)
{
    char piece[PIECE];
    ssize_t size = 1;

    while (size != 0) {
        struct pollfd ready = {from, POLLIN, 0};

        if (dump_stop_asked())
            return false;
        if (poll(&ready, 1, LOOK_MS) <= 0)
            continue;
        size = read(from, piece, sizeof(piece));
        if (size < 0 && errno != EINTR)
            return false;
        if (size > 0 && !take(arg, piece, (size_t)size))
            return false;
    }
    return true;
}

/* --- pg_dump -------------------------------------------------------------------------------------
 */

static bool dump(
    int service, const char *schema, const char *snapshot, dump_take *take, void *arg, char *why_r)
{
    char schema_word[96], snapshot_word[96];
    char *words[WORDS_MAX] = {"pg_dump", "--format=custom", "--no-password", "--no-owner",
        "--no-privileges", "--lock-wait-timeout=60000", schema_word, snapshot_word, NULL};
    struct child child;
    int ends[2], nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    bool started, fine = false;

    snprintf(schema_word, sizeof(schema_word), "--schema=\"%s\"", schema);
    snprintf(snapshot_word, sizeof(snapshot_word), "--snapshot=%s", snapshot);
    if (nothing < 0)
        return fail(why_r);
    if (pipe2(ends, O_CLOEXEC) != 0) {
        close(nothing);
        return fail(why_r);
    }
    started = start(&child, words, service, nothing, ends[1], why_r);
    close(ends[1]);
    close(nothing);
    if (started) {
        fine = copy(ends[0], take, arg);
        close(ends[0]);
        ends[0] = -1;
        if (!fine)
            kill(child.pid, SIGTERM);
        fine = finish(&child, why_r) && fine;
    }
    if (ends[0] >= 0)
        close(ends[0]);
    return fine;
}

bool dump_run(struct pg_conn *conn, const char *schema, const char *snapshot, dump_take *take,
    void *arg, char why_r[DIRECT_WHY_SIZE])
{
    int service = service_open(conn, why_r);
    bool fine = service >= 0 && dump(service, schema, snapshot, take, arg, why_r);

    if (service >= 0)
        close(service);
    return fine;
}

/* --- pg_restore into psql ------------------------------------------------------------------------
 */

struct feeding {
    int to;
};

static bool feed(void *arg, const void *data, size_t size)
{
    struct feeding *feeding = arg;

    while (size > 0) {
        struct pollfd ready = {feeding->to, POLLOUT, 0};
        ssize_t written;

        if (dump_stop_asked())
            return false;
        if (poll(&ready, 1, LOOK_MS) <= 0)
            continue;
        written = write(feeding->to, data, size);
        if (written < 0 && errno != EINTR && errno != EAGAIN)
            return false;
        if (written > 0) {
            data = (const char *)data + written;
            size -= (size_t)written;
        }
    }
    return true;
}

static bool feed_text(struct feeding *feeding, const char *text)
{
    return feed(feeding, text, strlen(text)) && feed(feeding, "\n", 1);
}

/* The script that pg_restore makes of the dump, fed on. */
static bool feed_dump(struct feeding *feeding, int service, int file, char *why_r)
{
    char *words[WORDS_MAX] = {"pg_restore", "--file=-", "--no-owner", "--no-privileges", NULL};
    struct child child;
    int ends[2];
    bool fine;

    if (lseek(file, 0, SEEK_SET) != 0 || pipe2(ends, O_CLOEXEC) != 0)
        return fail(why_r);
    fine = start(&child, words, service, file, ends[1], why_r);
    close(ends[1]);
    if (fine) {
        fine = copy(ends[0], feed, feeding);
        close(ends[0]); /* which ends a child that still writes */
        return finish(&child, why_r) && fine;
    }
    close(ends[0]);
    return false;
}

static bool restore(int service, int file, const char *before, const char *after, char *why_r)
{
    char *words[WORDS_MAX] = {"psql", "--no-psqlrc", "--quiet", "--no-password",
        "--output=/dev/null", "--set=ON_ERROR_STOP=1", "--file=-", NULL};
    char other[DIRECT_WHY_SIZE];
    struct child child;
    struct feeding feeding;
    int ends[2], nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);
    bool fine, ended;

    if (nothing < 0)
        return fail(why_r);
    if (pipe2(ends, O_CLOEXEC) != 0) {
        close(nothing);
        return fail(why_r);
    }
    fine = start(&child, words, service, ends[0], nothing, why_r);
    close(ends[0]);
    close(nothing);
    if (!fine) {
        close(ends[1]);
        return false;
    }
    feeding.to = ends[1];
    fcntl(feeding.to, F_SETFL, O_NONBLOCK); /* psql may be long about what it has */
    /* Without the last word, or with an error before it, the end of psql's input rolls back. */
    fine = feed_text(&feeding, "BEGIN;") && feed_text(&feeding, before) &&
           feed_dump(&feeding, service, file, why_r) && feed_text(&feeding, after) &&
           feed_text(&feeding, "COMMIT;");
    close(ends[1]);
    ended = finish(&child, other);
    if (!ended) /* what came before follows from that */
        snprintf(why_r, DIRECT_WHY_SIZE, "%s", other);
    else if (!fine && dump_stop_asked())
        snprintf(why_r, DIRECT_WHY_SIZE, "%s", _("a signal ended it"));
    return ended && fine;
}

bool dump_restore(struct pg_conn *conn, int file, const char *before, const char *after,
    char why_r[DIRECT_WHY_SIZE])
{
    int service = service_open(conn, why_r);
    bool fine;

    why_r[0] = service < 0 ? why_r[0] : '\0';
    fine = service >= 0 && restore(service, file, before, after, why_r);
    if (service >= 0)
        close(service);
    return fine;
}
