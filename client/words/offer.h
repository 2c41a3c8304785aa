/* A proposal as people read it: what it asks, of whom, by whom, and where it stands. */
#pragma once

#include "arena.h"
#include "book/book_past.h"
#include "command.h"
#include "record.h"

struct offer {
    const struct book_entry *proposal;
    const struct book_entry *subject; /* NULL: it is gone */
    const ProtobufCMessage *patch;    /* of the subject's kind; NULL when that is gone */
    struct record_names fields;       /* that it sets or empties */
    Concert__Proposal__Status status;
    bool addressed; /* this person may answer it */
    bool mine;      /* this account made it */
    bool clash;     /* it comes from a conflict: the record's owner settles it by `resolve` */
};

/* Reads a proposal. False when the arena is at its limit. */
bool offer_read(struct context *context, const struct book_entry *proposal, struct arena *arena,
    struct offer *offer_r);

/* Who made it: the committee, or the person where that may be told; NULL: not known here. Arena
 * memory, or borrowed. */
const char *offer_author(struct context *context, const struct offer *offer,
    const struct book_past *past, struct arena *arena);

/* A field's value in words, as it is now or, with `proposed`, as it would be. */
const char *offer_value(struct context *context, const struct offer *offer, const char *field,
    bool proposed, struct arena *arena);

/* "title: A → B". Arena memory; NULL at its limit. */
const char *offer_field(
    struct context *context, const struct offer *offer, const char *field, struct arena *arena);

/* The subject in full: "2.1.3 Title". Arena memory, or static. */
const char *offer_subject(struct context *context, const struct offer *offer, struct arena *arena);

/* The state in words. */
const char *offer_state(const struct context *context, const struct offer *offer);

/* The open proposal that a word means, with what it asks. False after having said why not (code_r):
 * there is none, it was answered, it is for others to answer, or it comes from a conflict. */
bool offer_find(struct context *context, const char *word, struct arena *arena,
    struct offer *offer_r, enum command_exit *code_r);

/* A sheet with what the proposal asks, for who answers it. */
void offer_show(struct context *context, const struct offer *offer, struct arena *arena);

/* How many open proposals of others await this person's answer, not counting those that come from
 * a conflict: these are settled by `resolve`. */
size_t offer_awaiting(const struct context *context);
