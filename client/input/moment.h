/* A moment of the plan that a person names: "adopted", "now", "#123", a date; and the plan as of
 * it.
 */
#pragma once

#include "book/book_past.h"
#include "command.h"

/* The log as this device keeps it, for the moments of one command. */
struct moment_log {
    struct book_past past;
    uint64_t upto; /* the log is known here up to this change */
};

/* A moment and the plan as it was then. */
struct moment {
    const struct book *book;
    struct book *made; /* the same, when it is to be freed */
    uint64_t seq;      /* the last change that it shows */
    int64_t at;        /* when that was committed; 0 for now */
    int32_t day;       /* deadlines are read as of it */
    bool now;          /* with what waits on this device */
    bool adopted;      /* named by the plan's adoption */
};

/* Reads the log, as far as this device can. False after having said why not (code_r). */
bool moment_read_log(struct context *context, struct moment_log *log_r, enum command_exit *code_r);

/* True when the word names a moment, whether there was one or not. */
bool moment_named(const char *word, int32_t today);

/* The moment that `word` means for `plan`. False after having said why there is none (code_r).
 * End with moment_clear. */
bool moment_find(struct context *context, const struct moment_log *log, const char *word,
    const struct book_entry *plan, struct moment *moment_r, enum command_exit *code_r);

/* Frees what the moment holds. */
void moment_clear(struct moment *moment);

/* What the moment shows, as a sentence: "As adopted on June 2, 2009, resolution R-2009-1:
 * change 214 of the log, June 3, 2009 at 14:30." Arena memory; NULL at its limit. */
const char *moment_sentence(struct context *context, const struct moment *moment,
    const struct book_entry *plan, struct arena *arena);

/* The state of a plan that is more than a draft: "Adopted on June 2, 2009, resolution R-2009-1
 * (Comité de coordination)." NULL for a draft. Arena memory, or static. */
const char *moment_state(
    struct context *context, const struct book_entry *plan, struct arena *arena);
