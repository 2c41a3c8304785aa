/* Words for what went wrong: whole sentences in the language of gettext, with what to do. */
#pragma once

#include <stddef.h>

#include "command.h"
#include "desk/desk.h"
#include "error.h"

#define TALK_SIZE 1024

/* An error of the server or of record_check: from its rule, else its code; the field by its word in
 * `language`. A rule that this version does not know is still named, with its field. */
void talk_error(const struct error *error, const char *language, char out[TALK_SIZE]);

/* As talk_error, of a record of that kind (NULL: unknown): where a rule's word stands for several,
 * the kind tells which. */
void talk_refusal(
    const struct error *error, const struct kind *kind, const char *language, char out[TALK_SIZE]);

/* Why the desk could not. "" for DESK_FINE. */
void talk_why(const struct desk_why *why, const char *language, char out[TALK_SIZE]);

/* The exit code for it. */
enum command_exit talk_exit(const struct desk_why *why);
