/* Envelopes, requests and the arithmetic of money, as sheets of a report. */
#pragma once

#include "arena.h"
#include "command.h"
#include "figures/money.h"

/* What one draws for, and with. All borrowed. */
struct money_page {
    struct context *context;
    struct arena *arena;              /* scratch */
    const struct book_entry *project; /* of this one alone; NULL: of all */
    int32_t days;                     /* an envelope that closes within so many is marked */
};

/* "111 600 $" in the person's language. Arena memory. */
const char *money_draw_amount(const struct money_page *page, int64_t cents);

/* The sheet "envelopes": of a project those that its requests name. */
void money_draw_envelopes(const struct money_page *page);

/* The sheet "requests" of a project, from needed to granted; without a project, "awaited": those
 * whose answer is late. */
void money_draw_requests(const struct money_page *page);

/* The sheet "without_envelope": needs that name none. */
void money_draw_needs(const struct money_page *page);

/* The project's figures record by record: what adds to which, and what is left out and why. */
void money_draw_explanation(const struct money_page *page);
