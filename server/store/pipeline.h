/*
 * One connection to PostgreSQL as a FIFO of turns on the event loop. A turn is some prepared
 * statements sent at once and ended by a sync: one round trip. Never blocks; reconnects by itself,
 * with pauses of 0.1 to 5 s, also from a server that takes no writes any more. Its events fire from
 * the loop, never from inside a call. Source: libpq's chapters "Pipeline Mode" and "Asynchronous
 * Command Processing".
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline_rows.h"

struct event_base;
struct hosts;
struct pipeline;

/* Prepared under its name on each new connection whose mask has one of the bits of `use`. */
struct pipeline_statement {
    const char *name;
    const char *sql;
    unsigned use;
};

/* A prepared statement to run with these values. */
struct pipeline_call {
    const char *name;
    const struct pipeline_value *values;
    size_t n_values;
};

/* What PostgreSQL says of the statement that it refused; texts are "" where it says nothing. */
struct pipeline_failure {
    char sqlstate[6];
    char table[64], column[64], constraint[64];
    char detail[256];
};

struct pipeline_events {
    /* The connection is up with all prepared, or is lost and the turns under way with it: they get
     * no `end`, and whether what they asked for has happened is not known. */
    void (*up)(void *arg, bool up);
    /* What call number `call` of the turn gave; borrowed until return. */
    void (*rows)(void *arg, uint64_t turn, size_t call, const struct pipeline_rows *rows);
    /* The turn is over. `failure` (borrowed): a call was refused, and those after it not run. */
    void (*end)(void *arg, uint64_t turn, const struct pipeline_failure *failure);
    /* A notification on the channel that is listened to. */
    void (*notify)(void *arg, const char *payload);
};

struct pipeline_options {
    struct hosts *hosts;  /* looks its names up */
    bool leads;           /* the other connections of `hosts` go where this one is */
    const char *conninfo; /* libpq's */
    const char *schema;   /* valid by migrate_name_valid */
    const char *channel;  /* to listen to; NULL: none */
    const struct pipeline_statement *statements;
    size_t n_statements;
    unsigned use; /* mask of the statements to prepare */
    int version;  /* that the schema must be of, else it is not up; 0: any */
};

/* Begins to connect at the loop's next turn. Borrows base, events and the statements; copies the
 * other texts. NULL when memory is out. */
struct pipeline *pipeline_new(struct event_base *base, const struct pipeline_options *options,
    const struct pipeline_events *events, void *arg);

/* Closes without any further event. Not from inside an event. Accepts NULL, leaves NULL. */
void pipeline_free(struct pipeline **pipeline);

/* The schema's version when it was not the one of the options at the latest connection (0: no such
 * schema); -1: it was, or nothing is known. */
int pipeline_schema_wrong(const struct pipeline *pipeline);

/* True between up(true) and up(false). */
bool pipeline_ready(const struct pipeline *pipeline);

/* Sends a turn; copies the values. Its id, or 0 when the connection is not ready or fails now, in
 * which case up(false) follows. */
uint64_t pipeline_send(
    struct pipeline *pipeline, const struct pipeline_call *calls, size_t n_calls);

/* Gives the connection up from the loop's next turn, and makes another. */
void pipeline_drop(struct pipeline *pipeline);
