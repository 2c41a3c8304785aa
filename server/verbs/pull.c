#include "reader.h"
#include "session.h"
#include "verbs/verbs.h"

/* Its pages hold what this connection has pushed before: it waits for the pushes under way, and for
 * the feed to have what they led to. */
static struct waiters *busy(void *arg, bool first)
{
    struct request *request = arg;
    struct session *session = request->session;
    struct feed *feed = region_feed(request->region);

    if (first && session_pushing(session))
        return session_pushed(session);
    if (session_full(session))
        return session_room(session);
    if (first && session_at_least(session, request->region) > feed_head(feed, NULL))
        return feed_waiters(feed);
    return NULL;
}

/* False when memory is out or the log is another one: the connection ends, and the pull with it. */
static bool take_page(void *arg, struct page *page)
{
    struct request *request = arg;

    if (session_divided(request->session, request->region)) {
        session_close(request->session, STREAM_DIVERGED);
        return false;
    }
    page->has_number = request->response.has_number;
    page->number = request->response.number;
    return request_page(request, page);
}

static void end(void *arg, const struct error *error)
{
    struct request *request = arg;
    enum verb_status status = VERB_DONE;

    if (error->code == 0 && request->stopping)
        status = request_fail(request, CONCERT__CODE__UNAVAILABLE, NULL, NULL);
    else if (error->code != 0)
        status = request_fail(request, error->code, error->field, error->rule);
    request_resume(request, status);
}

static void on_cancel(struct request *request)
{
    reader_cancel(request->data);
}

static void on_stop(struct request *request)
{
    request->stopping = reader_endless(request->data);
    if (request->stopping)
        reader_cancel(request->data);
}

enum verb_status pull_run(struct request *request)
{
    static const struct reader_sink sink = {.busy = busy, .page = take_page, .end = end};
    const Concert__Pull *message = request->message->pull;
    struct reader_ask ask = {.region = request->region,
        .fingerprint = session_fingerprint(request->session),
        .since = message->since,
        .since_hash = reader_hash(message->has_since_hash, &message->since_hash),
        .head = message->head,
        .head_hash = reader_hash(message->has_head_hash, &message->head_hash),
        .at_least = message->at_least,
        .kinds = reader_kinds(message->kinds, message->n_kinds),
        .page = message->page,
        .follow = message->has_follow && message->follow};

    if (message->since > INT64_MAX || message->at_least > INT64_MAX)
        return request_fail(request, CONCERT__CODE__BAD_REQUEST, "since", "range");
    if (message->head > INT64_MAX)
        return request_fail(request, CONCERT__CODE__BAD_REQUEST, "head", "range");
    request->data = reader_new(&ask, &sink, request, request->arena);
    if (request->data == NULL)
        return request_fail(request, CONCERT__CODE__TOO_LARGE, NULL, "memory");
    request->cancel = on_cancel;
    request->stop = on_stop;
    reader_start(request->data);
    return VERB_WAIT;
}
