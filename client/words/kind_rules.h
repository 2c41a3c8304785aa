/* The rules of a kind as sentences: those within a record (record_rules.h) and what the register
 * asks of its fields (kinds.h). For help, and for who was refused. */
#pragma once

#include <stddef.h>

#include "command.h"
#include "error.h"

/* The sentence of the record rule that the error names, and what to do about it, in `language` and
 * that of gettext. `kind` may be NULL: unknown. With `field` the rule must look at the error's
 * field. False when no rule of that word fits, or several that differ do. */
bool kind_rules_refusal(const struct error *error, const struct kind *kind, bool field,
    const char *language, char *out, size_t size);

/* A sheet "rules": one sentence to a row. */
void kind_rules_sheet(struct context *context, const struct kind *kind);
