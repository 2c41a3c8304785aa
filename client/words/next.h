/* What a person does next: one sentence, with the command to type. */
#pragma once

#include "arena.h"
#include "desk/desk_gone.h"
#include "words/clash.h"

/* How it stands with a home. Borrows. */
struct next_of {
    bool reached;
    int64_t now, copied_at; /* microseconds since 1970 UTC; copied_at 0: there is no copy */
    const struct desk_operation *outbox; /* not accepted yet, the oldest first */
    size_t n_outbox;
    struct clash_words conflicts;
    uint64_t n_documents;    /* files that wait */
    uint64_t n_proposals;    /* that await this person's answer */
    enum desk_closed closed; /* what the server last said of this device */
    uint64_t n_quarantine;   /* changes of revoked devices that await this coordinator */
    uint64_t n_mandates;     /* that end soon, for a coordinator to renew */
    uint64_t n_incidents;    /* serious ones that the Commission was not told of, for staff */
    int64_t parcel_at;       /* when what waits was last written into a file; 0: never */
    bool renewing;           /* the next file asks for all of the log of a server that came back */
    uint64_t n_former;       /* records of a copy of before that the server lacks, or has older */
};

/* The sentence for the most urgent situation, in the language of gettext; *name_r its name for
 * programs, static. In the arena; NULL at its limit. */
const char *next_step(const struct next_of *of, const char **name_r, struct arena *arena);
