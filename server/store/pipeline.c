#include "pipeline.h"

#include <assert.h>
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "log.h"
#include "machine.h"
#include "metrics.h"
#include "pipeline_connect.h"
#include "pipeline_event.h"
#include "pipeline_failure.h"
#include "pipeline_prepare.h"

#define RETRY_MIN 100 /* milliseconds */
#define RETRY_MAX 5000
#define PREPARE_MAX 10000
#define TURN_MAX 35000 /* PostgreSQL's own statement_timeout comes first, if it lives */
#define VALUES_MAX 80  /* parameters of one statement */

enum state {
    STATE_OFF,        /* the timer will connect */
    STATE_CONNECTING, /* `connect` does */
    STATE_PREPARING,  /* the timer gives up */
    STATE_REFUSED,    /* while preparing; the timer closes at once */
    STATE_READY,      /* the timer gives up when the oldest turn takes too long */
    STATE_BROKEN      /* it was ready; the timer closes at once */
};

struct turn {
    STAILQ_ENTRY(turn) next;
    uint64_t id;
    size_t n_calls, call;            /* how many; which one's results are next */
    bool begun;                      /* that one has given a result */
    struct pipeline_failure failure; /* sqlstate "": none */
};

struct pipeline {
    const struct pipeline_events *events;
    void *arg;
    char *schema, *channel;
    const struct pipeline_statement *statements;
    size_t n_statements;
    unsigned use;
    bool leads;
    int version; /* 0: any */
    int wrong;   /* the schema's, when it is another; -1: it is not */
    enum state state;
    struct pipeline_connect *connect;
    PGconn *conn;
    struct pipeline_event event;
    struct event *timer;
    int retry; /* milliseconds */
    uint64_t last_id;
    STAILQ_HEAD(, turn) turns;
};

static void set_state(struct pipeline *p, enum state state)
{
    static const unsigned from[] = {
        [STATE_OFF] = ~0u,
        [STATE_CONNECTING] = 1u << STATE_OFF,
        [STATE_PREPARING] = 1u << STATE_CONNECTING,
        [STATE_REFUSED] = 1u << STATE_PREPARING,
        [STATE_READY] = 1u << STATE_PREPARING,
        [STATE_BROKEN] = 1u << STATE_READY,
    };

    machine_expect(from[state] & 1u << p->state, "pipeline", p->state, state);
    p->state = state;
}

int pipeline_schema_wrong(const struct pipeline *pipeline)
{
    return pipeline->wrong;
}

bool pipeline_ready(const struct pipeline *pipeline)
{
    return pipeline->state == STATE_READY;
}

void pipeline_drop(struct pipeline *p)
{
    if (p->state != STATE_READY)
        return;
    set_state(p, STATE_BROKEN);
    event_active(p->timer, EV_TIMEOUT, 1);
}

/* --- the connection --------------------------------------------------------------------------- */

static void close_connection(struct pipeline *p)
{
    struct turn *turn;

    if (p->connect != NULL)
        pipeline_connect_stop(p->connect);
    pipeline_event_end(&p->event);
    PQfinish(p->conn);
    p->conn = NULL;
    while ((turn = STAILQ_FIRST(&p->turns)) != NULL) {
        STAILQ_REMOVE_HEAD(&p->turns, next);
        free(turn);
    }
}

static void lose(struct pipeline *p, const char *why)
{
    bool was_ready = p->state == STATE_READY || p->state == STATE_BROKEN;
    char value[LOG_VALUE];

    metrics_add(METRICS_DATABASE_LOST, 1);
    log_line(p->retry == RETRY_MIN ? LOG_LEVEL_WARNING : LOG_LEVEL_DEBUG, NULL,
        "event=database_lost schema=%s retry_ms=%d why=%s", p->schema, p->retry,
        log_value(why, value));
    close_connection(p);
    set_state(p, STATE_OFF);
    pipeline_event_after(p->timer, p->retry);
    p->retry = p->retry * 2 > RETRY_MAX ? RETRY_MAX : p->retry * 2;
    if (was_ready)
        p->events->up(p->arg, false);
}

/* Sends what libpq holds; what the socket does not take now goes when it is ready. */
static bool flush(struct pipeline *p)
{
    int left = PQflush(p->conn);

    return left >= 0 && pipeline_event_watch(
                            &p->event, PQsocket(p->conn), left > 0 ? EV_READ | EV_WRITE : EV_READ);
}

static struct turn *push(struct pipeline *p)
{
    struct turn *turn = calloc(1, sizeof(*turn));

    if (turn == NULL)
        return NULL;
    turn->id = ++p->last_id;
    if (STAILQ_EMPTY(&p->turns) && p->state == STATE_READY)
        pipeline_event_after(p->timer, TURN_MAX);
    STAILQ_INSERT_TAIL(&p->turns, turn, next);
    return turn;
}

static bool prepare(struct pipeline *p)
{
    const struct pipeline_prepare what = {p->statements, p->n_statements, p->use, p->channel};
    struct turn *turn = push(p);
    bool fine = turn != NULL && PQsetnonblocking(p->conn, 1) == 0 && PQenterPipelineMode(p->conn) &&
                pipeline_prepare(p->conn, &what, &turn->n_calls);

    if (fine && p->channel != NULL) {
        turn = push(p);
        fine = turn != NULL && pipeline_prepare_again(p->conn, &turn->n_calls);
    }
    return fine && flush(p);
}

static void on_connect(void *arg, struct pg_conn *conn, const char *why)
{
    struct pipeline *p = arg;

    if (conn == NULL) {
        lose(p, why);
        return;
    }
    p->conn = conn;
    set_state(p, STATE_PREPARING);
    pipeline_event_after(p->timer, PREPARE_MAX);
    if (!prepare(p))
        lose(p, PQerrorMessage(p->conn));
}

/* Where it did not get ready, or nothing is answered, another host may do better. */
static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    struct pipeline *p = arg;

    (void)fd;
    (void)what;
    switch (p->state) {
    case STATE_OFF:
        set_state(p, STATE_CONNECTING);
        pipeline_connect_start(p->connect);
        break;
    case STATE_REFUSED:
        pipeline_connect_pass(p->connect);
        lose(p, p->wrong >= 0 ? "the schema is of another version" : PQerrorMessage(p->conn));
        break;
    case STATE_BROKEN:
        lose(p, PQerrorMessage(p->conn));
        break;
    default:
        pipeline_connect_pass(p->connect);
        lose(p, "no answer in time");
    }
}

/* --- turns ------------------------------------------------------------------------------------ */

static bool send_call(struct pipeline *p, const struct pipeline_call *call)
{
    const char *values[VALUES_MAX];
    int sizes[VALUES_MAX], formats[VALUES_MAX];

    assert(call->n_values <= VALUES_MAX);
    for (size_t i = 0; i < call->n_values; i++) {
        values[i] = call->values[i].data;
        sizes[i] = (int)call->values[i].size;
        formats[i] = 1;
    }
    return PQsendQueryPrepared(p->conn, call->name, (int)call->n_values, values, sizes, formats, 1);
}

uint64_t pipeline_send(struct pipeline *p, const struct pipeline_call *calls, size_t n_calls)
{
    struct turn *turn = p->state == STATE_READY ? push(p) : NULL;
    bool fine = turn != NULL;

    for (size_t i = 0; fine && i < n_calls; i++)
        fine = send_call(p, &calls[i]);
    if (!fine || !PQpipelineSync(p->conn) || !flush(p)) {
        pipeline_drop(p);
        return 0;
    }
    turn->n_calls = n_calls;
    return turn->id;
}

static void note_failure(struct pipeline *p, struct turn *turn, const PGresult *result)
{
    struct pipeline_failure *failure = &turn->failure;
    char value[LOG_VALUE];

    if (failure->sqlstate[0] != '\0')
        return;
    pipeline_failure_read(result, failure);
    metrics_add(METRICS_DATABASE_FAILED, 1);
    log_line(LOG_LEVEL_INFO, NULL,
        "event=database_refused schema=%s sqlstate=%s constraint=%s call=%zu", p->schema,
        failure->sqlstate, failure->constraint, turn->call);
    if (failure->constraint[0] == '\0')
        log_line(LOG_LEVEL_WARNING, NULL, "event=database_error schema=%s why=%s", p->schema,
            log_value(PQresultErrorMessage(result), value));
}

/* Who listens says it, once for each version: a store has several connections. */
static void set_wrong(struct pipeline *p, int wrong)
{
    if (p->channel != NULL && wrong >= 0 && wrong != p->wrong)
        log_line(LOG_LEVEL_ERROR, NULL,
            "event=schema_wrong schema=%s version=%d needed=%d why=\"%s\"", p->schema, wrong,
            p->version,
            wrong == 0 ? "a restore has not come to its end, or there is no region yet"
                       : "concertd migrate brings it up; a newer one needs the newer concertd");
    p->wrong = wrong;
}

/* A server that takes no writes any more is not the one that others write to now: what is read
 * there is old. */
static void leave_read_only(struct pipeline *p, const struct pipeline_failure *failure)
{
    if (!pipeline_failure_is_read_only(p->conn, failure))
        return;
    pipeline_connect_pass(p->connect);
    pipeline_drop(p);
}

static void end_turn(struct pipeline *p, struct turn *turn)
{
    bool refused = turn->failure.sqlstate[0] != '\0' || p->wrong >= 0;

    assert(turn->call == turn->n_calls || refused);
    STAILQ_REMOVE_HEAD(&p->turns, next);
    if (STAILQ_EMPTY(&p->turns))
        event_del(p->timer);
    else
        pipeline_event_after(p->timer, p->state == STATE_PREPARING ? PREPARE_MAX : TURN_MAX);
    if (p->state != STATE_PREPARING) {
        p->events->end(p->arg, turn->id, refused ? &turn->failure : NULL);
        leave_read_only(p, &turn->failure);
    } else if (refused) {
        set_state(p, STATE_REFUSED); /* the schema is not there, or of another version */
        event_active(p->timer, EV_TIMEOUT, 1);
    } else if (STAILQ_EMPTY(&p->turns)) {
        set_state(p, STATE_READY);
        p->retry = RETRY_MIN;
        if (p->leads)
            pipeline_connect_lead(p->connect);
        log_line(LOG_LEVEL_INFO, NULL, "event=database_up schema=%s", p->schema);
        p->events->up(p->arg, true);
    }
    free(turn);
}

static void take_result(struct pipeline *p, struct turn *turn, const PGresult *result)
{
    const struct pipeline_rows rows = {result};
    int found;

    turn->begun = true;
    if (p->state == STATE_PREPARING && turn->call == 0 && pipeline_prepare_version(result, &found))
        set_wrong(p, p->version == 0 || found == p->version ? -1 : found);
    switch (PQresultStatus(result)) {
    case PGRES_TUPLES_OK:
        if (p->state != STATE_PREPARING)
            p->events->rows(p->arg, turn->id, turn->call, &rows);
        break;
    case PGRES_COMMAND_OK:
    case PGRES_PIPELINE_ABORTED:
        break;
    default:
        if (p->wrong < 0)
            note_failure(p, turn, result);
    }
}

/* A result of the oldest turn, or NULL, which ends a call's. */
static void take(struct pipeline *p, PGresult *result)
{
    struct turn *turn = STAILQ_FIRST(&p->turns);

    if (result == NULL) {
        turn->call += turn->begun;
        turn->begun = false;
    } else if (PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
        end_turn(p, turn);
    } else {
        take_result(p, turn, result);
    }
    PQclear(result);
}

static void receive(struct pipeline *p)
{
    PGnotify *notify;

    if (!PQconsumeInput(p->conn) || !flush(p)) {
        lose(p, PQerrorMessage(p->conn));
        return;
    }
    while ((p->state == STATE_PREPARING || p->state == STATE_READY) && !STAILQ_EMPTY(&p->turns) &&
           !PQisBusy(p->conn))
        take(p, PQgetResult(p->conn));
    while (p->state == STATE_READY && (notify = PQnotifies(p->conn)) != NULL) {
        p->events->notify(p->arg, notify->extra);
        PQfreemem(notify);
    }
    if (p->state == STATE_READY && PQstatus(p->conn) == CONNECTION_BAD)
        pipeline_drop(p);
}

static void on_ready(evutil_socket_t fd, short what, void *arg)
{
    struct pipeline *p = arg;

    (void)fd;
    if (p->state == STATE_PREPARING || p->state == STATE_READY) {
        if (what & EV_READ)
            receive(p);
        else if (!flush(p))
            pipeline_drop(p);
    }
}

/* --- life ------------------------------------------------------------------------------------- */

struct pipeline *pipeline_new(struct event_base *base, const struct pipeline_options *options,
    const struct pipeline_events *events, void *arg)
{
    struct pipeline *p = calloc(1, sizeof(*p));

    if (p == NULL)
        return NULL;
    p->event = (struct pipeline_event){.base = base, .ready = on_ready, .arg = p};
    p->events = events;
    p->arg = arg;
    p->statements = options->statements;
    p->n_statements = options->n_statements;
    p->use = options->use;
    p->leads = options->leads;
    p->version = options->version;
    p->wrong = -1;
    p->retry = RETRY_MIN;
    STAILQ_INIT(&p->turns);
    p->schema = strdup(options->schema);
    p->channel = options->channel == NULL ? NULL : strdup(options->channel);
    p->timer = event_new(base, -1, 0, on_timer, p);
    p->connect = pipeline_connect_new(
        base, options->hosts, options->conninfo, options->schema, on_connect, p);
    if (p->connect == NULL || p->schema == NULL || p->timer == NULL ||
        (options->channel != NULL && p->channel == NULL))
        pipeline_free(&p);
    else
        event_active(p->timer, EV_TIMEOUT, 1);
    return p;
}

void pipeline_free(struct pipeline **pipeline)
{
    struct pipeline *p = *pipeline;

    if (p == NULL)
        return;
    close_connection(p);
    pipeline_connect_free(&p->connect);
    if (p->timer != NULL)
        event_free(p->timer);
    free(p->schema);
    free(p->channel);
    free(p);
    *pipeline = NULL;
}
