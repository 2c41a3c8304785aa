/* Private to status*.c: what the command has read, and what it tells of it. */
#pragma once

#include "command.h"
#include "desk/desk_document.h"
#include "words/next.h"

struct status_state {
    struct context *context;
    const struct desk_identity *identity;
    bool reached;
    int64_t now, copied_at;
    const struct desk_receipt *receipts;
    size_t n_receipts, all_receipts;
    size_t proposals;            /* of others, that await an answer */
    int64_t parcel_at;           /* of the last file with what waits; 0: none */
    bool renewing;               /* the next file asks for another log */
    struct desk_restart restart; /* at 0: there was none */
    const struct desk_operation *outbox;
    size_t n_outbox;
    struct clash_words conflicts;
    struct arena *arena;
    const struct desk_waiting *documents;
    size_t n_documents;
    size_t n_quarantine, n_incidents;         /* that await this coordinator, this staff */
    const struct book_entry *const *mandates; /* that end soon, for a coordinator */
    size_t n_mandates;
};

/* Reads from context->book what awaits this person. False when the arena is at its limit. */
bool status_read_awaiting(struct status_state *state);

/* The sentences on what awaits this person: changes in quarantine, an account that is over. */
void status_note_awaiting(const struct status_state *state);

/* The mandates that end within the next weeks, for a coordinator; nothing when there are none. */
void status_draw_mandates(const struct status_state *state);

/* What to do next: one sentence, or for programs a card. */
void status_draw_next(const struct status_state *state);
