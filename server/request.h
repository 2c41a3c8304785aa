/*
 * One request: its number, arena, start and reply, apart from its connection, which may end first.
 * Handlers say DONE, ERROR or WAIT; one function resumes.
 */
#pragma once

#include <sys/queue.h>

#include "arena.h"
#include "error.h"
#include "packing.h"
#include "page.h"
#include "policy.h"
#include "protocol.pb-c.h"
#include "region.h"

struct session;
struct verb;

enum verb_status {
    VERB_DONE,  /* `response` is filled in: it is sent, and the request is over */
    VERB_ERROR, /* `error` is filled in: likewise */
    VERB_WAIT   /* the handler will call request_resume, once */
};

struct request {
    LIST_ENTRY(request) link;  /* of its session */
    struct session *session;   /* NULL when the connection has ended */
    struct region *region;     /* NULL for a stranger */
    struct policy_actor actor; /* as of the request's start; all zero for a stranger */
    const struct verb *verb;
    uint64_t id; /* the server's own number of it, for the log: unique in the process */
    struct arena *arena;
    size_t size; /* of its frame, unpacked */
    Concert__Request *message;
    const char *nul;        /* the text field of `message` that a NUL cut short; NULL: none */
    const char *unpacked;   /* the rule that a Packed breaks; NULL: none */
    struct packing packing; /* of the answers */
    bool answered;          /* at least one frame was sent, or would have been */
    bool stopping;          /* the server ends: the answer tells it */
    bool streams;           /* the session counts a stream of theirs */
    bool caught_up;         /* a page has reached the log's head: what follows is news */
    Concert__Response response;
    struct error error;
    uint32_t retry_after;                    /* milliseconds, with busy and unavailable */
    int64_t started;                         /* microseconds since 1970 UTC */
    int64_t waited;                          /* microseconds until the first answer */
    uint64_t session_number;                 /* for the log, when the session has gone */
    void (*cancel)(struct request *request); /* the connection ended while it waits; may be NULL */
    void (*stop)(struct request *request);   /* when it would go on for ever: sets `stopping`, ends
                                              * it; may be NULL */
    void *data;                              /* the handler's own, in the arena */
};

/* Decodes a frame and makes the request; its answer will go to the session. NULL when the bytes are
 * no Request or take too much memory. */
struct request *request_new(struct session *session, const uint8_t *data, size_t size);

/* Runs the verb's handler, after the verbs' table has allowed it. */
void request_run(struct request *request);

/* Goes on after VERB_WAIT: DONE or ERROR; sends and frees. Also right when the connection has
 * ended. */
void request_resume(struct request *request, enum verb_status status);

/* Sends `response` now and keeps the request, for answers in several frames; `more` is set. */
void request_send(struct request *request);

/* Sends a page now and keeps the request; number, `more` and all else of it are filled in. False
 * when memory is out: the connection ends, and the request with it. */
bool request_page(struct request *request, const struct page *page);

/* The connection has ended: cancels what can be; the request frees itself when its handler resumes.
 */
void request_orphan(struct request *request);

/* The server ends: what would not be over by itself is told unavailable. The request may be gone.
 */
void request_stop(struct request *request);

/* Fills in the error; field and rule may be NULL. Returns VERB_ERROR. */
enum verb_status request_fail(
    struct request *request, Concert__Code code, const char *field, const char *rule);

/* Fails a request of who is no active device: a stranger is told that alone, a device that is known
 * why it may do nothing. Returns VERB_ERROR. */
enum verb_status request_stranger(struct request *request, enum directory_found found);

/* True while the device that asked may still ask, for what takes long to tell; else fails the
 * request as request_stranger. The session must be there. */
bool request_may_go_on(struct request *request);

/* A response that is an error, for a frame that was no request. In the session's output. */
void request_refuse(struct session *session, Concert__Code code);

/* Fills a message of the protocol from an error; it borrows the error's texts. */
void request_error(const struct error *error, uint32_t retry_after, Concert__Error *message_r);

/* A line in the log, with the session's prefix, the request's numbers (request=: the server's own;
 * number=: the client's) and verb. */
void request_log(const struct request *request, int level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
