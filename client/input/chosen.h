/* Which side of a conflict a person takes: from the words of the line, or asked field by field. */
#pragma once

#include "command.h"
#include "desk/desk_conflict.h"
#include "words/clash.h"

#define CHOSEN_MAX 256

struct chosen {
    struct desk_choice choices[CHOSEN_MAX];
    size_t count;
    bool mine; /* something of this person's, or new: not the other side alone */
};

/* Reads FIELD=VALUE words, --mine, --theirs and --field. False after having said what is wrong
 * (code_r). */
bool chosen_read(const struct clash *clash, const struct desk_conflict *conflict,
    struct chosen *chosen_r, enum command_exit *code_r);

/* True when the words of the line choose anything at all. */
bool chosen_any(const struct context *context);

/* Asks at the terminal for each field that must be chosen. False when the person leaves. */
bool chosen_ask(
    const struct clash *clash, const struct desk_conflict *conflict, struct chosen *chosen_r);

/* The names of the fields that must be chosen still, joined with commas; "" when none. Arena
 * memory. */
const char *chosen_missing(
    const struct clash *clash, const struct desk_conflict *conflict, const struct chosen *chosen);
