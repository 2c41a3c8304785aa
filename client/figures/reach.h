/* Which publics the plan's communication reaches, and with what goal. Pure readings of a book. */
#pragma once

#include "arena.h"
#include "book/book.h"
#include "figures/cross.h"

/* A public that no action reaches with these goals. */
struct reach_gap {
    const struct book_entry *audience;
    const char *goals[3]; /* names in records.proto: "behaviours" */
    size_t count;         /* 3: it is never reached */
};

/* The actions of the plan (NULL: of all plans) that have a communication goal or an audience, in
 * order; *count_r of them in the arena. NULL at its limit. */
const struct book_entry *const *reach_actions(
    const struct book *book, const struct book_entry *plan, struct arena *arena, size_t *count_r);

/* They by public (all that the book has; the key is its number) and goal (all three; the key is its
 * name in records.proto, the label its word in `language`). NULL at the arena's limit. */
struct cross *reach_cross(const struct book *book, const struct book_entry *const *actions,
    size_t count, const char *language, struct arena *arena);

/* The publics that lack a goal or all of them; an action without a goal reaches for none.
 * *count_r of them in the arena. NULL at its limit. */
const struct reach_gap *reach_gaps(
    const struct book *book, const struct cross *cross, struct arena *arena, size_t *count_r);
