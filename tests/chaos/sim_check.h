/*
 * What a simulation promises, checked. Offices tell what their authors wrote and what they were
 * told while it runs; at the end the copies, the outboxes and the log are compared.
 */
#pragma once

#include "policy.h"
#include "replica/replica.h"
#include "sim_store.h"

struct sim_check;

/* A check of this database from now on. */
struct sim_check *sim_check_new(struct sim_world *world, struct sim_store *store);

/* Accepts NULL, leaves NULL. */
void sim_check_free(struct sim_check **check);

/* What one author wrote: the client said "enregistré", so from now on it must not be lost. */
struct sim_check_written {
    uint32_t office; /* the office's process number */
    const uint8_t *op_id;
    const struct kind *kind;
    const uint8_t *id;
    uint64_t base;
    const uint8_t *patch; /* encoded, may be NULL */
    size_t patch_size;
    const char *clear; /* names, a space between; NULL: none */
    bool remove;
    const uint8_t *shown; /* the record's whole body as its author was shown it, encoded; NULL with
                             a create */
    size_t shown_size;
    bool resolution; /* it settles a conflict */
};

/* The call that wrote it has returned success. Everything is copied. */
void sim_check_wrote(struct sim_check *check, const struct sim_check_written *written);

/* The office holds the server's answer for good (its transaction was durable): for APPLIED, MERGED
 * and DUPLICATE a receipt, for CONFLICT and REFUSED what its author must still have. Telling it
 * again is fine. `hash` NULL: none came. */
void sim_check_answered(struct sim_check *check, uint32_t office, const uint8_t op_id[UUID_SIZE],
    Concert__Result__Status status, uint64_t seq, const uint8_t *hash);

/* The author put a refused or conflicting operation aside by an order of its own, or resolved it:
 * it may leave the outbox now. */
void sim_check_dropped(struct sim_check *check, const uint8_t op_id[UUID_SIZE]);

/* --- the end ----------------------------------------------------------------------------------
 */

/* Each of these returns false after having printed what is wrong, a line each. */

/* The log by itself: seqs without gaps, the chain, revisions, op_ids once, rows equal to the
 * patches; and what each change replaced had been seen. */
bool sim_check_log(struct sim_check *check);

/* One office: its copy equals what its account may read of the database, its cursor is the log's
 * end, nothing waits, what was refused or clashed is in the outbox, what it has a receipt for is in
 * the log once. */
bool sim_check_office(struct sim_check *check, uint32_t office, const struct policy_actor *actor,
    struct replica *replica);

/* Every operation written is somewhere: in the log, or in its author's outbox (all sim_check_office
 * come before). */
bool sim_check_written_all(struct sim_check *check);

/* How many operations were written, acknowledged, merged and clashed, for the summary. */
struct sim_check_counts {
    uint64_t written, applied, merged, duplicate, conflict, refused, dropped;
};
const struct sim_check_counts *sim_check_counts(const struct sim_check *check);
