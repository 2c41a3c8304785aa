/*
 * The potential of communities: what an assessment's scores say by dimension of its form, and
 * against the one before. A result is the mean of scores weighted by their criteria; criteria
 * without a score do not count, and are said. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "book/book.h"

/* A dimension of the form (name NULL: all of it). `mean` in thousandths of the scale's unit. */
struct potential_result {
    const char *name;
    size_t criteria, scored; /* of those with a weight */
    int64_t mean;            /* with `scored` > 0 */
};

/* One criterion, and its score; NULL: none. */
struct potential_line {
    const struct book_entry *criterion, *score;
};

/* The criteria of a form by rank, *count_r of them in the arena. NULL at its limit. */
const struct book_entry *const *potential_criteria(
    const struct book *book, const struct book_entry *form, struct arena *arena, size_t *count_r);

/* The assessment's score of a criterion; NULL: none. */
const struct book_entry *potential_score(const struct book *book,
    const struct book_entry *assessment, const struct book_entry *criterion);

/* The criteria of the assessment's form with its scores, in their order, *count_r of them in the
 * arena. NULL at its limit. */
const struct potential_line *potential_lines(const struct book *book,
    const struct book_entry *assessment, struct arena *arena, size_t *count_r);

/* The results of an assessment: its form's dimensions in the order of their criteria (those without
 * one under ""), then all of it; *count_r of them in the arena. With `both` not NULL only criteria
 * that this other assessment of the form has scored as well: two such results can be compared. NULL
 * at the arena's limit. */
const struct potential_result *potential_results(const struct book *book,
    const struct book_entry *assessment, const struct book_entry *both, struct arena *arena,
    size_t *count_r);

/* The newest earlier assessment of the same community with the same version of the form; NULL when
 * there is none: other versions ask other things. */
const struct book_entry *potential_before(
    const struct book *book, const struct book_entry *assessment);

/* The result of that dimension; NULL when there is none with a score. */
const struct potential_result *potential_find(
    const struct potential_result *results, size_t count, const char *name);
