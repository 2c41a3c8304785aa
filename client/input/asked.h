/* What the value of a command's option means: a record, a word of a closed list. */
#pragma once

#include "arena.h"
#include "command.h"

/* The record of one of `kinds_mask` that the option names; *entry_r NULL when it was not given.
 * False after having said that there is none (code_r). */
bool asked_record(struct context *context, const char *option, uint64_t kinds_mask,
    const struct book_entry **entry_r, enum command_exit *code_r);

/* The number of the word that the option gives for the enum `field` of the kind; 0 when it was not
 * given. False after having said which words there are (code_r). */
bool asked_choice(struct context *context, const char *option, Concert__Kind kind,
    const char *field, struct arena *arena, int64_t *number_r, enum command_exit *code_r);

/* The number of days that the option gives, left as it is when it was not given. False after having
 * said that it is none (code_r). */
bool asked_days(
    struct context *context, const char *option, int32_t *days_r, enum command_exit *code_r);

/* Where a page has nothing to show since there is no record of the kind: how one is made, as a
 * note. True when it was said. */
bool asked_note_none(struct context *context, Concert__Kind kind, struct arena *arena);

/* "Deadlines as of …" has no place under what is counted from records: "As of October 15, 2009 and
 * change 214 of the region's log." as the report's last note. */
void asked_note_as_of(struct context *context, struct arena *arena);
