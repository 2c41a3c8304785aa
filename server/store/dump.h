/*
 * PostgreSQL's own programs, run for a region's schema: pg_dump, and pg_restore into psql. They
 * connect as a connection that is open does, wherever its words came from. These go to them in a
 * file in memory (libpq's PGSERVICEFILE), not in words or an environment that others may see.
 * Synchronous. Talk of theirs goes to stderr.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "direct.h"

/* From here on the signals to stop (TERM, INT, HUP; not one that is ignored, as under nohup) are
 * held back and looked for while work goes on, so that nothing half stays. */
void dump_hold_signals(void);

/* Whether one of those that are held back has come. */
bool dump_stop_asked(void);

/* Takes the dump's next bytes; false to end it, with errno kept by the taker. */
typedef bool dump_take(void *arg, const void *data, size_t size);

/* Dumps a schema as the snapshot shows it (pg_export_snapshot's name), in PostgreSQL's custom
 * format, without owners and rights. False with why_r when the program fails, the taker ends it or
 * a signal to stop is pending. */
bool dump_run(struct pg_conn *conn, const char *schema, const char *snapshot, dump_take *take,
    void *arg, char why_r[DIRECT_WHY_SIZE]);

/* Restores the dump in `file` (from its start) in one transaction, between the statements `before`
 * and `after`; the transaction is committed only if all went well. False with why_r, as when a
 * signal to stop is pending; then nothing has changed, but for a signal in the moment of the
 * commit. */
bool dump_restore(struct pg_conn *conn, int file, const char *before, const char *after,
    char why_r[DIRECT_WHY_SIZE]);
