/* A timeline as lines of text for people, month by month, in 80 columns. */
#pragma once

#include "arena.h"
#include "command.h"
#include "figures/timeline.h"

/* Draws the sheet "schedule" of the subject: its phases with their progress, of each milestone who
 * answers for it, its bar and its status, and today's column. */
void timeline_draw(struct context *context, const struct book_entry *subject,
    const struct timeline *timeline, struct arena *arena);

/* What a percentage counts and leaves out: "40%: 15 of 16 milestones, 1 dropped". Arena memory. */
const char *timeline_figure(const struct rollup *rollup, struct arena *arena);

/* Who answers for a milestone: the parties and roles of its responsibilities, *count_r of them.
 * Arena memory; NULL at its limit. */
const char **timeline_who(const struct book *book, const struct book_entry *milestone,
    struct arena *arena, size_t *count_r);
