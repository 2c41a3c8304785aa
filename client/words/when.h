/* When a meeting is, as people read it: its moments are days, with an hour where it is known. */
#pragma once

#include "arena.h"
#include "book/book.h"

/* "mardi 2 juin 2009, 14 h 30 à 16 h 30",
 * "Tuesday, June 2, 2009, 14:30 until 16:30", as much of it as
 * is known; "" without a beginning. Arena memory. */
const char *when_text(const struct book_entry *meeting, const char *language, struct arena *arena);

/* The same in short, for tables: "2 juin 2009, 14 h 30". Arena memory. */
const char *when_brief(const struct book_entry *meeting, const char *language, struct arena *arena);
