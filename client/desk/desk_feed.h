/* What a watch has yet to tell: the pages that brought records, and the log's changes of them. */
#pragma once

#include "desk/desk_internal.h"

struct desk_feed;

/* Tells from behind the change `told` on, to `watching`. NULL: no memory. */
struct desk_feed *desk_feed_new(
    struct desk *desk, const struct desk_watching *watching, uint64_t told);

/* Accepts NULL, leaves NULL. */
void desk_feed_free(struct desk_feed **feed);

/* Takes a page over that the copy has taken, with the arena it lives in. False with why_r. */
bool desk_feed_page(
    struct desk_feed *feed, const Concert__Page *page, struct arena *arena, struct desk_why *why_r);

/* Queues the question for the changes that are to be told, if there are such and it is not asked.
 * False with why_r. */
bool desk_feed_ask(struct desk_feed *feed, struct desk_why *why_r);

/* True when a response of that number answers desk_feed_ask. */
bool desk_feed_asked(const struct desk_feed *feed, uint64_t number);

/* Takes that answer over, with its arena; tells what is then complete. *stopped_r: the watcher
 * wants no more. False with why_r: DESK_DIVERGED when it is of another log. */
bool desk_feed_changes(struct desk_feed *feed, const Concert__HistoryAnswer *answer,
    struct arena *arena, bool *stopped_r, struct desk_why *why_r);

/* The connection is gone: what was asked is to be asked again. */
void desk_feed_cut(struct desk_feed *feed);
