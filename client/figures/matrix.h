/* The plan's progress, committees by objectives. */
#pragma once

#include "arena.h"
#include "command.h"

/* Draws the sheet "progress": a row for each committee that has a share in the plan and one for the
 * region, a column for each objective that hangs on no other; for people with bars, made for 80
 * columns. */
void matrix_draw(struct context *context, const struct book_entry *plan, struct arena *arena);

/* For people, a text of more than `room` columns cut with "…"; else the text. Arena memory or
 * `text`; NULL for NULL. */
const char *matrix_cut(
    const struct context *context, const char *text, size_t room, struct arena *arena);
