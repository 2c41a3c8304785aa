/* Reading the whole log with a cursor, so that it is never in memory as a whole. */
#pragma once

#include "inspect.h"
#include "store.h"

/* A change as the log has it. */
struct audit_change {
    struct store_change change; /* kind is NULL when this version does not know it */
    char kind[64];              /* its name */
    bool erased;                /* patch, reason or resolution may be without what was personal */
};

/* Takes a change, borrowed until it returns. False: enough. */
typedef bool audit_change_cb(void *arg, const struct audit_change *change);

/* Tells the changes that `rest` of the statement chooses and orders ("WHERE c.seq > 5 ORDER BY
 * c.seq"), with its parameters, inside the transaction that is open. False when the database
 * refused (see inspect_why; then the transaction is lost) or the callback had enough. */
bool audit_walk(struct inspect *inspect, const char *rest, const struct pipeline_value *values,
    size_t n_values, audit_change_cb *cb, void *arg);

/* The handle of that record, as the register has it; "" when it has none. False when the database
 * refuses. */
bool audit_handle(
    struct inspect *inspect, const uint8_t id[UUID_SIZE], char handle_r[STORE_HANDLE_SIZE]);
