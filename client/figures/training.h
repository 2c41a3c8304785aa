/* What people want to learn: training needs gathered by theme. Pure readings of a book. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "book/book.h"

#define TRAINING_STATUSES (CONCERT__TRAINING_NEED__STATUS__MET + 1)

/* The needs of one theme; themes are alike when their folded texts are. */
struct training_theme {
    const char *theme; /* as first written; NULL: needs without one */
    const struct book_entry **needs;
    size_t count;
    int64_t people;                     /* of those that say how many */
    size_t uncounted;                   /* needs that do not */
    size_t statuses[TRAINING_STATUSES]; /* by status; expressed unless it says otherwise */
};

/* All themes as people file them, the needs without one last; *count_r of them in the arena. NULL
 * at its limit. */
const struct training_theme *training_themes(
    const struct book *book, struct arena *arena, size_t *count_r);

/* Expressed unless it says otherwise. */
Concert__TrainingNeed__Status training_status(const struct book_entry *need);
