/*
 * Where an agreement and its renewal stand: who has signed, what is contributed, what is missing to
 * be signed. Pure readings of a book; amounts are in cents.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "book/book.h"

#define PACT_STANDINGS 5 /* one past the last of Concert__Signatory__Standing */

struct pact {
    const struct book_entry *entry;
    const struct book_entry *renewed_by; /* the agreement that takes over; NULL: none yet */
    int32_t starts_on, ends_on;          /* DATE_NONE: not said */
    size_t standings[PACT_STANDINGS];    /* signatories by standing; 0: not said */
    int64_t amount;                      /* -1: not said */
    int64_t contributions;               /* of all but those who withdrew */
    size_t without_contribution;         /* of them, who does not say any */
    bool running;                        /* signed, and today is within its days */
};

/* Reads one agreement as of `today`. */
struct pact pact_read(const struct book *book, const struct book_entry *agreement, int32_t today);

/* The agreements, each behind the one that it renews; those that renew none in the order of their
 * first day. *count_r of them in the arena; NULL at its limit. */
const struct book_entry *const *pact_chain(
    const struct book *book, struct arena *arena, size_t *count_r);

enum pact_lack {
    PACT_NO_PARTY,      /* nobody is to sign */
    PACT_UNSIGNED,      /* a party, current or potential, that has not signed */
    PACT_NOT_ASKED,     /* a party of the agreement that it renews, which is not in this one */
    PACT_NO_PERIOD,     /* its first or last day is not set */
    PACT_NO_AMOUNT,     /* its amount is not set */
    PACT_CONTRIBUTIONS, /* contributions are less than the amount */
    PACT_STATUS         /* everything else is there: it only has to be marked as signed */
};

struct pact_missing {
    enum pact_lack lack;
    const struct book_entry *party; /* of PACT_UNSIGNED and PACT_NOT_ASKED */
    int64_t cents;                  /* of PACT_CONTRIBUTIONS: what is still missing */
};

/* What is missing for the agreement to be signed; none for one that is signed or ended. *count_r of
 * them in the arena; NULL at its limit. */
const struct pact_missing *pact_missing(const struct book *book, const struct book_entry *agreement,
    struct arena *arena, size_t *count_r);
