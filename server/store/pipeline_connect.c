#include "pipeline_connect.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hosts.h"
#include "log.h"
#include "machine.h"
#include "pipeline_event.h"

#define KEYS_MAX 63     /* words of a conninfo: libpq knows some forty */
#define LOOK_MAX 3000   /* milliseconds; then what is known must do */
#define ALONE_MAX 10000 /* of the only host */
#define EACH_MAX 4000   /* of one of several */

/* Plans are made once and look everything up in indexes: small tables have no statistics worth a
 * scan, and a plan made while a table is small must do when it is large. A server that stands still
 * must not hold the others for ever. */
#define SETTINGS                                                                                   \
    "-c search_path=\"%s\" -c plan_cache_mode=force_generic_plan -c enable_seqscan=off "           \
    "-c enable_bitmapscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off "          \
    "-c TimeZone=UTC -c DateStyle=ISO -c statement_timeout=30s "                                   \
    "-c idle_in_transaction_session_timeout=20s"

enum state {
    STATE_IDLE,
    STATE_LOOKING, /* for addresses */
    STATE_TRYING   /* one of them */
};

struct pipeline_connect {
    struct hosts *hosts;
    char *conninfo, *schema;
    pipeline_connect_cb *cb;
    void *arg;
    enum state state;
    struct hosts_query *query;
    struct hosts_target targets[HOSTS_MAX];
    size_t n_targets, at, tried;
    bool passed; /* not where the writer is, if that is where it was */
    PGconn *conn;
    struct pipeline_event event;
    struct event *timer;
    char why[HOSTS_WHY_SIZE];
};

static void set_state(struct pipeline_connect *c, enum state state)
{
    machine_expect(state == STATE_IDLE || (state == STATE_LOOKING) == (c->state == STATE_IDLE),
        "pipeline_connect", c->state, state);
    c->state = state;
}

/* --- what libpq is told ----------------------------------------------------------------------- */

/* Words for PQconnectStartParams; the first of a name holds. */
struct words {
    const char *keys[KEYS_MAX + 1], *values[KEYS_MAX + 1];
    size_t count;
};

static bool has(const struct words *words, const char *key)
{
    for (size_t i = 0; i < words->count; i++)
        if (strcmp(words->keys[i], key) == 0)
            return true;
    return false;
}

static void add(struct words *words, const char *key, const char *value)
{
    if (words->count == KEYS_MAX || has(words, key))
        return;
    words->keys[words->count] = key;
    words->values[words->count++] = value;
}

static void add_ours(struct words *words, const struct hosts_target *target, const char *options)
{
    add(words, "client_encoding", "UTF8");
    add(words, "application_name", "concertd");
    add(words, "options", options);
    add(words, "gssencmode", "disable");
    add(words, "host", target->host);
    add(words, "hostaddr", target->address);
    add(words, "port", target->port);
}

/* What holds when the text says nothing. */
static void add_defaults(struct words *words)
{
    /* Without one libpq reads ~/.pgpass at each connection, which the event loop would wait for. */
    if (!has(words, "passfile"))
        add(words, "password", "-");
    add(words, "target_session_attrs", "read-write");
    add(words, "keepalives_idle", "10");
    add(words, "keepalives_interval", "5");
    add(words, "keepalives_count", "3");
    add(words, "tcp_user_timeout", "25000");
}

/* libpq would print them. */
static void on_notice(void *arg, const PGresult *result)
{
    const char *text = PQresultErrorMessage(result);

    (void)arg;
    log_line(LOG_LEVEL_DEBUG, NULL, "event=database_notice text=\"%.*s\"", (int)strcspn(text, "\n"),
        text);
}

static PGconn *begin(const struct pipeline_connect *c, const struct hosts_target *target)
{
    PQconninfoOption *parsed = PQconninfoParse(c->conninfo, NULL);
    struct words words = {.count = 0};
    char options[512];
    PGconn *conn;

    snprintf(options, sizeof(options), SETTINGS, c->schema);
    add_ours(&words, target, options);
    for (const PQconninfoOption *o = parsed; o != NULL && o->keyword != NULL; o++)
        if (o->val != NULL)
            add(&words, o->keyword, o->val);
    add_defaults(&words);
    conn = PQconnectStartParams(words.keys, words.values, 0);
    PQconninfoFree(parsed);
    if (conn != NULL)
        PQsetNoticeReceiver(conn, on_notice, NULL);
    return conn;
}

/* --- one after the other ---------------------------------------------------------------------- */

static void drop(struct pipeline_connect *c)
{
    pipeline_event_end(&c->event);
    PQfinish(c->conn);
    c->conn = NULL;
}

static void finish(struct pipeline_connect *c, PGconn *conn)
{
    set_state(c, STATE_IDLE);
    hosts_query_free(&c->query);
    event_del(c->timer);
    c->cb(c->arg, conn, c->why);
}

/* What this host answered, after what those before it did. */
static void note(struct pipeline_connect *c, const char *why)
{
    size_t used = strlen(c->why);

    snprintf(c->why + used, sizeof(c->why) - used, "%s%.*s", used == 0 ? "" : "; ",
        (int)strcspn(why, "\n"), why);
}

/* Begins with the present host, or the next one that lets itself be begun with. */
static void try(struct pipeline_connect *c)
{
    for (; c->tried < c->n_targets; c->tried++, c->at++) {
        c->at %= c->n_targets;
        c->conn = begin(c, &c->targets[c->at]);
        if (c->conn != NULL && PQstatus(c->conn) != CONNECTION_BAD &&
            pipeline_event_watch(&c->event, PQsocket(c->conn), EV_WRITE)) {
            pipeline_event_after(c->timer, c->n_targets == 1 ? ALONE_MAX : EACH_MAX);
            return;
        }
        note(c, c->conn == NULL ? "memory" : PQerrorMessage(c->conn));
        drop(c);
    }
    finish(c, NULL);
}

static void next(struct pipeline_connect *c, const char *why)
{
    note(c, why);
    drop(c);
    c->tried++;
    c->at++;
    try(c);
}

static void on_ready(evutil_socket_t fd, short what, void *arg)
{
    struct pipeline_connect *c = arg;
    PostgresPollingStatusType status = PQconnectPoll(c->conn);
    PGconn *conn = c->conn;

    (void)fd;
    (void)what;
    if (status == PGRES_POLLING_OK) {
        c->conn = NULL;
        drop(c);
        finish(c, conn);
        return;
    }
    if (status == PGRES_POLLING_FAILED || !pipeline_event_watch(&c->event, PQsocket(c->conn),
                                              status == PGRES_POLLING_READING ? EV_READ : EV_WRITE))
        next(c, PQerrorMessage(c->conn));
}

static void on_hosts(
    void *arg, const struct hosts_target *targets, size_t n_targets, const char *why)
{
    struct pipeline_connect *c = arg;

    memcpy(c->targets, targets, n_targets * sizeof(*targets));
    c->n_targets = n_targets;
    c->tried = 0;
    for (size_t i = 0; i < n_targets && !c->passed; i++)
        if (hosts_leads(c->hosts, &targets[i]))
            c->at = i;
    c->passed = false;
    if (why[0] != '\0')
        note(c, why);
    set_state(c, STATE_TRYING);
    try(c);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    struct pipeline_connect *c = arg;
    char why[sizeof(c->targets[0].host) + 64];

    (void)fd;
    (void)what;
    if (c->state == STATE_TRYING) {
        snprintf(why, sizeof(why), "host %s %s: no answer in time", c->targets[c->at].host,
            c->targets[c->at].address);
        next(c, why);
        return;
    }
    if (c->query != NULL) {
        hosts_query_hurry(c->query);
        return;
    }
    note(c, "memory");
    finish(c, NULL);
}

/* The value of a word of the text, borrowed from `parsed`; NULL: it says nothing. */
static const char *word(const PQconninfoOption *parsed, const char *key)
{
    for (const PQconninfoOption *o = parsed; o != NULL && o->keyword != NULL; o++)
        if (strcmp(o->keyword, key) == 0)
            return o->val;
    return NULL;
}

void pipeline_connect_start(struct pipeline_connect *c)
{
    PQconninfoOption *parsed = PQconninfoParse(c->conninfo, NULL);

    set_state(c, STATE_LOOKING);
    c->why[0] = '\0';
    c->query = hosts_ask(c->hosts, word(parsed, "host"), word(parsed, "hostaddr"),
        word(parsed, "port"), on_hosts, c);
    pipeline_event_after(c->timer, c->query == NULL ? 0 : LOOK_MAX);
    PQconninfoFree(parsed);
}

void pipeline_connect_stop(struct pipeline_connect *c)
{
    set_state(c, STATE_IDLE);
    event_del(c->timer);
    hosts_query_free(&c->query);
    drop(c);
}

void pipeline_connect_pass(struct pipeline_connect *c)
{
    c->at++;
    c->passed = true;
}

void pipeline_connect_lead(struct pipeline_connect *c)
{
    if (c->n_targets > 0)
        hosts_lead(c->hosts, &c->targets[c->at % c->n_targets]);
}

/* --- life ------------------------------------------------------------------------------------- */

struct pipeline_connect *pipeline_connect_new(struct event_base *base, struct hosts *hosts,
    const char *conninfo, const char *schema, pipeline_connect_cb *cb, void *arg)
{
    struct pipeline_connect *c = calloc(1, sizeof(*c));

    if (c == NULL)
        return NULL;
    c->event = (struct pipeline_event){.base = base, .ready = on_ready, .arg = c};
    c->hosts = hosts;
    c->cb = cb;
    c->arg = arg;
    c->conninfo = strdup(conninfo);
    c->schema = strdup(schema);
    c->timer = event_new(base, -1, 0, on_timer, c);
    if (c->conninfo == NULL || c->schema == NULL || c->timer == NULL)
        pipeline_connect_free(&c);
    return c;
}

void pipeline_connect_free(struct pipeline_connect **connect)
{
    struct pipeline_connect *c = *connect;

    if (c == NULL)
        return;
    if (c->timer != NULL) {
        pipeline_connect_stop(c);
        event_free(c->timer);
    }
    free(c->conninfo);
    free(c->schema);
    free(c);
    *connect = NULL;
}
