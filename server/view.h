/*
 * The records that a batch works on: as PostgreSQL has them, with the batch's own accepted
 * operations on top. Can be taken back to a mark, for an atomic push that fails. No I/O.
 */
#pragma once

#include "idmap.h"
#include "store/store.h"

struct view;

/* One record. `changes` are those after the oldest base that the batch names, oldest first. */
struct view_row {
    struct store_record record;
    const struct store_change **changes;
    size_t n_changes, max_changes;
    bool written; /* the batch changes it */
};

/* A view of what the store answered, which must outlive it. NULL when memory is out. */
struct view *view_new(const struct store_answer *answer, struct arena *arena);

/* Accepts NULL, leaves NULL. Rows and changes stay in the arena. */
void view_free(struct view **view);

/* The row of that id, deleted records included; NULL when there is none. */
const struct view_row *view_get(const struct view *view, const uint8_t id[UUID_SIZE]);

/* What the plan or meeting that the record hangs on says of it, as the batch has it now. */
struct store_root view_root(const struct view *view, const struct store_record *record);

/* The status of the plan that the record hangs on, as the batch has it now; 0: it hangs on none. */
Concert__Plan__Status view_plan_status(const struct view *view, const struct store_record *record);

/* How far the minutes of the meeting are that the record hangs on, as the batch has it now; 0: it
 * hangs on none. */
Concert__Meeting__MinutesStatus view_minutes_status(
    const struct view *view, const struct store_record *record);

/* The next number of a decision of that party and year, counted on: the next change that is applied
 * takes it, or taking that back gives it back. 0 when memory is out. */
uint32_t view_number(struct view *view, const uint8_t party[UUID_SIZE], int32_t year);

/* The log entry of an operation that was committed before, or by this batch; NULL: new. */
const struct store_known *view_known(const struct view *view, const uint8_t op_id[UUID_SIZE]);

/* The head as the batch has it now; the next seq and serials are taken from it. */
struct store_head *view_head(struct view *view);

/* Takes a change in: the record's new state and its log entry, both copied to the arena. The head's
 * seq and hash become the change's. False when memory is out: the view is then as before. */
bool view_apply(
    struct view *view, const struct store_record *record, const struct store_change *change);

/* Where the view is now, for view_back. */
size_t view_mark(const struct view *view);

/* Takes back all that was applied since the mark, which is `head` for the head, and the numbers of
 * decisions that it took. */
void view_back(struct view *view, size_t mark, const struct store_head *head);

/* Fills in what the batch writes: final rows, changes in order, counters, the head. In the arena.
 * False when memory is out. */
bool view_writes(const struct view *view, struct store_writes *writes_r);
