/* Whom an account may be for, and what to do with an invitation's line. */
#pragma once

#include <stdint.h>

#include "command.h"

/* True when an account (of its fields so far) keeps the rules of its kind; false after having said
 * which one it breaks (code_r: COMMAND_USAGE). */
bool invited_keeps_rules(
    struct context *context, const ProtobufCMessage *account, enum command_exit *code_r);

/* The name of a person as it was typed, without white space around it, in the context's arena; NULL
 * after having said what a name is (code_r: COMMAND_USAGE). */
const char *invited_person(struct context *context, const char *word, enum command_exit *code_r);

/* Says on stderr, to people alone, for whom the line is and in which role (for people), what they
 * do with it and until when it is good (microseconds since 1970 UTC). A person who is called as the
 * party is named once. */
void invited_tell(struct context *context, const char *person, const char *party, const char *role,
    int64_t expires_at);
