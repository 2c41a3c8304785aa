/* One value from one text, for fields.c: the only place where a person's word becomes a field's
 * value. */
#pragma once

#include "input/fields.h"

/* Fills problem_r (printf's format, translated by the caller) and is false. `field` may be NULL. */
bool fields_value_wrong(struct fields_problem *problem_r, const char *field, const char *rule,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Reads one value of the field from a trimmed, non-empty text. False with problem_r. */
bool fields_value_read(const struct fields_reader *reader, const struct kind *kind,
    const ProtobufCFieldDescriptor *field, const char *text, struct record_value *value_r,
    struct fields_problem *problem_r);

/* One value as a person would type it. Arena memory or borrowed. */
const char *fields_value_show(const struct fields_reader *reader, const struct kind *kind,
    const ProtobufCFieldDescriptor *field, struct record_value value);

/* Appends to a text that is `size` long, with `between` when it holds something already. Cuts. */
void fields_value_join(char *text, size_t size, const char *between, const char *more);
