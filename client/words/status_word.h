/* A record's place in a closed list, as a word. */
#pragma once

#include "arena.h"
#include "command.h"

/* The value of the entry's enum field `field`: in the person's language, or as records.proto has it
 * for programs. Absent: the list's first with `first` (records.proto: "absent: not started"), else
 * "". Arena memory, or static. */
const char *status_word(const struct context *context, const struct book_entry *entry,
    const char *field, bool first, struct arena *arena);
