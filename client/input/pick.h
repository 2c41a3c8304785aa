/* What a person means without saying it: which plan, and whose share. */
#pragma once

#include "command.h"

/* The plan that `word` means or, when it is NULL, the region's plan whose dates hold
 * context->today: the region's own before a committee's, the annual before others, else the newest.
 * NULL after having said why (code_r). */
const struct book_entry *pick_plan(
    struct context *context, const char *word, enum command_exit *code_r);

/* The party that a word means: a committee before a partner of the same name ("Shawinigan"), and
 * with `action` one that has a share of it before others. NULL after having said why (code_r). */
const struct book_entry *pick_party(struct context *context, const char *word,
    const struct book_entry *action, enum command_exit *code_r);

/* The only committee (no partner) of that name, or with that word in it; NULL, with nothing said,
 * when there is none or several. */
const struct book_entry *pick_committee(const struct context *context, const char *word);

/* A share, found or to be made. */
struct pick_share {
    const struct book_entry *action;
    const struct book_entry *share; /* NULL: this party has none in the action yet */
    const struct book_entry *party; /* whose it is */
};

/* The share that `entry` (an action or a share) means for this person: theirs, or that of the party
 * that `for_word` names (NULL: not said). False after having said what to add (code_r). */
bool pick_share(struct context *context, const struct book_entry *entry, const char *for_word,
    struct pick_share *pick_r, enum command_exit *code_r);

/* True when the party is one of this person's. */
bool pick_is_own(const struct context *context, const uint8_t party[UUID_SIZE]);

/* The one share of this person's own parties in the action; NULL when there is none or several. */
const struct book_entry *pick_own_share(
    const struct context *context, const struct book_entry *action);

/* The record whose journal takes a note about `entry`: of an action the person's own share of it,
 * where they have one. Says so in the report. */
const struct book_entry *pick_journal(struct context *context, const struct book_entry *entry);

/* True when this person may write nearly everything: coordinator or secretariat. */
bool pick_is_staff(const struct context *context);
