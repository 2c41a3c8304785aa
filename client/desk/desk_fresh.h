/*
 * Private to desk*.c: the server's log is not the one that the copy came from. What it has is
 * gathered beside the copy, page by page, takes the copy's place, and what had been accepted is
 * opened again; what became of that is kept as a fact until somebody was told.
 */
#pragma once

#include "desk/desk_internal.h"
#include "desk/desk_push.h"

/* True in *begun_r when pages of another log were gathered already. */
bool desk_fresh_begun(struct desk *desk, bool *begun_r, struct desk_why *why_r);

/* Keeps a page that was asked for with `since`: one transaction. */
bool desk_fresh_page(
    struct desk *desk, uint64_t since, const Concert__Page *page, struct desk_why *why_r);

/* Keeps the last page, makes what was gathered the copy and opens the outbox again: one durable
 * transaction. */
bool desk_fresh_take(
    struct desk *desk, uint64_t since, const Concert__Page *page, struct desk_why *why_r);

/* Throws away what was gathered: the log has become another one once more. */
bool desk_fresh_forget(struct desk *desk, struct desk_why *why_r);

/* Counts results that desk_push_settle is about to write, and with `last` what is still lacking; in
 * the same transaction. False: replica_why. */
bool desk_fresh_count(struct desk *desk, const struct desk_push *push, bool last);

/* The same for results that came by file: `more` holds how many of them the log lacked, had, and
 * clash. */
bool desk_fresh_add(struct desk *desk, const struct desk_restart *more);
