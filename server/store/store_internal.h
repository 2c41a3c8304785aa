/* What store.c, store_batch.c and store_read.c share, and nobody else sees. */
#pragma once

#include "hosts.h"
#include "pool.h"
#include "statements.h"
#include "store.h"
#include "turn.h"

enum store_batch_state {
    STORE_BATCH_NONE,
    STORE_BATCH_BEGINNING,
    STORE_BATCH_OPEN,     /* begun; the caller decides */
    STORE_BATCH_ORPHANED, /* the connection was lost while it was open */
    STORE_BATCH_COMMITTING,
    STORE_BATCH_ENDING /* rolls back */
};

/* A record that the ask names, once, with what came of it. */
struct store_wanted {
    uint8_t id[UUID_SIZE];
    uint64_t kinds; /* as which it is touched, a mask: its body is wanted; 0: only referred to */
    uint64_t base;
    struct store_record *record; /* NULL: there is none */
    struct pipeline_value unknown;
};

/* The one batch: the job that holds the writer's connection. */
struct store_batch {
    struct pool_job job;
    enum store_batch_state state; /* by store_batch.c's setter */
    uint64_t number;              /* for the log */
    struct store *store;
    struct arena *arena; /* of the ask, the answer, the writes */
    struct turn_calls calls;
    struct store_wanted *wanted; /* in the order of their ids */
    size_t n_wanted;
    struct store_answer answer;
    bool failed;              /* memory ran out over the answer */
    store_begin_cb *begin_cb; /* NULL: has fired */
    store_commit_cb *commit_cb;
    void *arg;
    enum store_status status; /* told when the rollback is over */
    struct error error;
};

struct store {
    struct event_base *base;
    char schema[64], channel[64];
    char tag[17]; /* random: tells this server's own notifications from the others' */
    struct statements statements;
    struct hosts *hosts;
    struct pool *writer;    /* one connection */
    struct pool *readers;   /* the first one listens */
    struct pool *documents; /* one connection */
    struct store_batch batch;
    store_listen_cb *listen;
    void *listen_arg;
};

/* What PostgreSQL's refusal means: STORE_REFUSED with error_r, or STORE_UNAVAILABLE when it is not
 * about what the batch says. */
enum store_status store_refusal(const struct pipeline_failure *failure, struct error *error_r);

/* Makes the batch ready for its first store_begin. */
void store_batch_prepare(struct store *store);

/* Frees what an open batch holds, once its connection is gone. */
void store_batch_clear(struct store *store);

/* Gathers the calls that read what `ask` asks, in the batch's arena. False when memory is out. */
bool store_ask_calls(struct store_batch *batch, const struct store_ask *ask);

/* Takes what a call of those gave into the batch's answer; sets `failed` when memory is out. */
void store_ask_rows(struct store_batch *batch, size_t call, const struct pipeline_rows *rows);

/* Begins to connect for documents. False when memory is out. */
bool store_document_open(struct store *store, const char *conninfo);

/* The message of row `row` of a kind's select, in the arena; NULL when memory is out. */
ProtobufCMessage *store_read_body(const struct kind *kind, const struct pipeline_rows *rows,
    size_t row, struct pipeline_value unknown, struct arena *arena);

/* The changes of the rows, as register_read_change; those of kinds that this version does not know
 * are left out. NULL when memory is out. */
struct store_change *store_read_changes(
    const struct pipeline_rows *rows, bool whole, struct arena *arena, size_t *count_r);
