/*
 * A store without PostgreSQL: what server/store/store.h promises, over records in memory, answered
 * when the test says so. A test that includes fake_store.c defines all of store_*, so that the
 * linker takes none of the real ones. Failures are scripted; what is committed is checked as the
 * database would.
 */
#pragma once

#include "store/store.h"

/* A store as store_open makes it, up at once; free it with store_free. */
struct store *fake_store_new(void);

/* Answers the oldest call under way. False when there is none. */
bool fake_store_step(struct store *store);

/* Answers calls, those that the answers lead to included, until none is under way. */
void fake_store_run(struct store *store);

/* How many calls wait for their answer. */
size_t fake_store_pending(const struct store *store);

/* The database comes or goes: store_ready, and the listener is told at once. */
void fake_store_up(struct store *store, bool up);

/* The next `count` begins are answered with that status. */
void fake_store_fail_begins(struct store *store, enum store_status status, size_t count);

/* The next commit is lost: unavailable, though it happened when `happened`. */
void fake_store_lose_commit(struct store *store, bool happened);

/* From now on a commit that writes this record is refused with the error. Up to 16 of them. */
void fake_store_refuse(struct store *store, const uint8_t id[UUID_SIZE], struct error error);

/* What a begin would be answered now, in the arena; NULL when it is at its limit. */
const struct store_answer *fake_store_answer(
    struct store *store, const struct store_ask *ask, struct arena *arena);

/* Commits without a call, asserting that seqs, revisions and op_ids go on as they must. */
void fake_store_apply(struct store *store, const struct store_writes *writes);

/* What was asked for so far, and the operations of each begin. */
struct fake_counts {
    size_t begins, commits, rollbacks, pages;
    size_t batches[64];
};
const struct fake_counts *fake_store_counts(const struct store *store);

/* The log, the record of that id (NULL: none; newest state) and the head. Borrowed until a commit.
 */
const struct store_change *fake_store_log(const struct store *store, size_t *count_r);
const struct store_record *fake_store_record(const struct store *store, const uint8_t *id);
const struct store_head *fake_store_head(const struct store *store);
const struct store_invitation *fake_store_invitations(const struct store *store, size_t *count_r);
