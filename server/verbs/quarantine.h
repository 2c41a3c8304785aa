/*
 * Operations of a revoked device become records of the kind quarantine: the server's own act, in
 * the device's name. Each keeps the operation's op_id, so that what is sent again is known.
 */
#pragma once

#include "batch.h"
#include "protocol.pb-c.h"
#include "store/store_read.h"

#define QUARANTINE_WAITING_MAX 10000              /* operations of one device that wait */
#define QUARANTINE_BYTES_MAX (UINT64_C(64) << 20) /* and what their patches may take */

/* How many operations the pushes have. */
size_t quarantine_count(Concert__Push *const *pushes, size_t n_pushes);

/* A job for the writer that keeps the pushes' operations, as that actor: what cannot be kept is
 * refused alone. It borrows from the pushes and the arena. NULL when memory is out. */
struct batch_job *quarantine_job(const struct policy_actor *actor, Concert__Push *const *pushes,
    size_t n_pushes, struct arena *arena);

/* Gives the job's operations their places behind those of the device that are kept already, and
 * refuses what is too much. */
void quarantine_place(struct batch_job *job, const struct store_quarantined *kept);

/* What became of the job, and nothing more; in the arena. NULL when memory is out. */
Concert__SurrenderAnswer *quarantine_answer(struct arena *arena, const struct batch_job *job);

/* How many of them were refused. */
size_t quarantine_refused(const struct batch_job *job);
