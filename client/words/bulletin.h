/* The draft of the bulletin's next issue: a text for a person to edit. */
#pragma once

#include "arena.h"
#include "command.h"
#include "figures/news.h"

/* Lines of a text, in an arena. */
struct bulletin {
    const char **lines;
    size_t count;
    bool full; /* memory ran out: the text is not whole */
};

/* Writes the draft: a heading that says what it covers, the news by section as sentences, the
 * articles accepted for the issue that comes next, and success stories. `last` is the issue that
 * was published last (NULL: none), `seq` the change as of which. Lines in the arena. */
struct bulletin bulletin_draft(const struct context *context, const struct news_period *period,
    const struct book_entry *last, uint64_t seq, struct arena *arena);
