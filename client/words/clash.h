/* A conflict as people read it: both sides of each field, what they came from, who decides. */
#pragma once

#include "arena.h"
#include "book/book_past.h"
#include "command.h"
#include "desk/desk_conflict.h"

/* What the sentences are made with. All borrowed. */
struct clash {
    struct context *context;
    const struct book_past *past; /* the log: who made a proposal; may be NULL */
    struct arena *arena;
};

/* What a person types for it: "12", "PR3". Arena memory, or borrowed; NULL at its limit. */
const char *clash_word(const struct clash *clash, const struct desk_conflict *conflict);

/* A record of it: "PA14 4.4.1 · Mékinac", a new one by what it would be called. Arena memory. */
const char *clash_record(const struct clash *clash, const struct desk_conflict_part *part);

/* A field's value in words; "(empty)" when the message has none. Arena memory, or static. */
const char *clash_value(const struct clash *clash, const struct desk_conflict_part *part,
    const ProtobufCMessage *message, const char *field);

/* Who wrote the other side; "—" when that is not known here. Arena memory, or borrowed. */
const char *clash_who(const struct clash *clash, const struct desk_conflict *conflict,
    const struct desk_conflict_field *field);

/* Who decides; likewise. */
const char *clash_decider(const struct clash *clash, const struct desk_conflict *conflict);

/* The state for programs: "choose", "asked", "answered", "decide", "refused". Static. */
const char *clash_state(const struct desk_conflict *conflict);

/* The names of fields that must be chosen, or with `all` of all, as people call them, joined with
 * commas. Arena memory. */
const char *clash_fields(const struct clash *clash, const struct desk_conflict *conflict, bool all);

/* Of what was refused: why, a sentence. Arena memory. */
const char *clash_refusal(const struct clash *clash, const struct desk_conflict *conflict);

/* One sentence: what stands, and what can be done about it. Arena memory. */
const char *clash_sentence(const struct clash *clash, const struct desk_conflict *conflict);

/* How many conflicts there are of each state, and what a person types for the first. */
struct clash_words {
    size_t count[DESK_CONFLICT_REFUSED + 1];
    const char *first[DESK_CONFLICT_REFUSED + 1]; /* NULL: there is none */
};

/* Tells each conflict on stderr in a few lines, not what was refused; nothing when `silent`. Ends
 * what the desk handed out before. *words_r lives in the context's arena. False with why_r. */
bool clash_tell_all(
    struct context *context, bool silent, struct clash_words *words_r, struct desk_why *why_r);

/* A sheet with all of it, for people. */
void clash_show(const struct clash *clash, const struct desk_conflict *conflict);

/* A sheet "conflicts" for programs: one row a field, or one for a conflict without any. */
void clash_rows(const struct clash *clash, const struct desk_conflict *conflicts, size_t count);
