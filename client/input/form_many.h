/* Several records of a kind in one text to edit: a section each, "[PA12] 4.1.1 Title", and the form
 * of some of its fields below. */
#pragma once

#include "input/form.h"

struct form_part {
    const struct book_entry *entry;
    const char *title;         /* beside the handle, for people */
    struct fields_patch patch; /* what form_many_read sets */
    bool read;                 /* its section was in the text */
};

/* The text: `heading` (lines, made comments of), the choices of closed lists, a section a part.
 * Arena memory; NULL at its limit. */
const char *form_many_write(const struct fields_reader *reader, const char *heading,
    const struct form_part *parts, size_t count, const char *const *names, size_t n_names);

/* Reads it back: patches of the parts whose section is there. A section that is gone leaves its
 * record as it is. False with problem_r, whose sentence tells the line. */
bool form_many_read(const struct fields_reader *reader, struct form_part *parts, size_t count,
    const char *text, struct fields_problem *problem_r);
