/* How an account or a device stands: in use, revoked, over. */
#pragma once

#include "command.h"

/* What stands against the use of a device or an account: for people a word in the language of
 * gettext, for programs the rule's ("open": nothing). A revocation that the server has not heard of
 * says so. */
const char *standing_word(const struct context *context, const struct book_entry *entry);
