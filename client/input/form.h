/* A record as text to edit, "field : value" line by line, and back. */
#pragma once

#include "input/fields.h"

/* The text: a heading of comments, then each field that may be changed; longer texts on indented
 * lines of their own. Arena memory; NULL at its limit. */
const char *form_write(const struct fields_reader *reader, const struct book_entry *entry);

/* The lines of these fields alone (names of the kind's fields), without heading and comments. Arena
 * memory; NULL at its limit. */
const char *form_lines(const struct fields_reader *reader, const struct book_entry *entry,
    const char *const *names, size_t count);

/* Reads it back and sets in the patch what differs from the entry; fields whose line is gone stay
 * as they are. False with problem_r, whose sentence tells the line. */
bool form_read(const struct fields_reader *reader, const struct book_entry *entry, const char *text,
    struct fields_patch *patch_r, struct fields_problem *problem_r);
