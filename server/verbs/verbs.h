/* The verbs: one row each in the table, one file each for the handlers. */
#pragma once

#include "request.h"

enum verb_needs {
    VERB_STRANGER, /* anyone with a TLS connection */
    VERB_REVOKED,  /* a device that was revoked: the handler sees to it */
    VERB_DEVICE,   /* an active device of the region */
    VERB_STAFF,    /* of a coordinator or the secretariat */
    VERB_COORDINATOR
};

struct verb {
    Concert__Request__VerbCase number;
    const char *name;
    enum verb_needs needs;
    enum verb_status (*run)(struct request *request);
};

/* The verb's row; NULL when the request has none that this version knows. */
const struct verb *verbs_get(Concert__Request__VerbCase number);

/* hello: who the region is, who the device is. */
enum verb_status hello_run(struct request *request);

/* join: the connection's certificate becomes a device. */
enum verb_status join_run(struct request *request);

/* invite: an invitation for an account. */
enum verb_status invite_run(struct request *request);

/* pull: pages of records after a cursor, and with follow those to come. */
enum verb_status pull_run(struct request *request);

/* push: operations. */
enum verb_status push_run(struct request *request);

/* history: the log's entries. */
enum verb_status history_run(struct request *request);

/* put_document: bytes of a document, after those that are held. */
enum verb_status put_document_run(struct request *request);

/* get_document: bytes of a document that is whole. */
enum verb_status get_document_run(struct request *request);

/* carry: what another device has written, handed on. */
enum verb_status carry_run(struct request *request);

/* surrender: what a revoked device had not sent, kept for a coordinator. */
enum verb_status surrender_run(struct request *request);
