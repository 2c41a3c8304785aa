/*
 * Two people's versions of one text, each made from the same ancestor, as one: by line. The server
 * applies what comes of it, the client shows it before. Pure.
 */
#pragma once

#include "arena.h"

/* What is beyond these is for a person: a longer merged text than RECORD_TEXT_MAX, a text of more
 * lines, more lines changed on one side, or more work than some milliseconds. */
#define TEXT_MERGE_LINES ((size_t)10000)
#define TEXT_MERGE_CHANGES 512

enum text_merge_end {
    TEXT_MERGE_DONE,
    TEXT_MERGE_OVERLAP, /* both changed the same line, or neighbouring ones, or too much */
    TEXT_MERGE_MEMORY   /* the arena is at its limit, or malloc is */
};

/* Merges by line what `theirs` and `mine` made of `ancestor` (UTF-8 with a NUL behind it; NULL: no
 * text). What one side alone changed is as that side has it; what both changed alike is so; a line
 * that neither changed is between any two changes of different sides, else it is an overlap. Lines
 * end at LF; a CR is part of its line. Two texts that are not empty never make an empty one.
 * Returns the merged text, in the arena or borrowed from one of the three; NULL with the reason in
 * *end_r. */
const char *text_merge(const char *ancestor, const char *theirs, const char *mine,
    struct arena *arena, enum text_merge_end *end_r);
