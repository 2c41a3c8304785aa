#include "figures/pact.h"

#include "date.h"

static int64_t status_of(const struct book_entry *agreement)
{
    return book_number(agreement, "status", CONCERT__AGREEMENT__STATUS__EXPLORING);
}

static int64_t standing_of(const struct book_entry *signatory)
{
    int64_t standing = book_number(signatory, "standing", 0);

    return standing > 0 && standing < PACT_STANDINGS ? standing : 0;
}

static const struct book_entry *const *signatories(
    const struct book *book, const struct book_entry *agreement, size_t *count_r)
{
    return book_children(book, agreement->id, CONCERT__KIND__SIGNATORY, NULL, count_r);
}

static void add_signatory(struct pact *pact, const struct book_entry *signatory)
{
    int64_t standing = standing_of(signatory), cents = book_number(signatory, "contribution", -1);

    pact->standings[standing]++;
    if (standing == CONCERT__SIGNATORY__STANDING__WITHDRAWN)
        return;
    if (cents < 0)
        pact->without_contribution++;
    else
        pact->contributions += cents;
}

struct pact pact_read(const struct book *book, const struct book_entry *agreement, int32_t today)
{
    struct pact pact = {.entry = agreement,
        .starts_on = book_date(agreement, "starts_on"),
        .ends_on = book_date(agreement, "ends_on"),
        .amount = book_number(agreement, "amount", -1)};
    size_t n_signatories, n_renewals;
    const struct book_entry *const *all = signatories(book, agreement, &n_signatories);
    const struct book_entry *const *renewals =
        book_children(book, agreement->id, CONCERT__KIND__AGREEMENT, "renews", &n_renewals);

    for (size_t i = 0; i < n_signatories; i++)
        add_signatory(&pact, all[i]);
    pact.renewed_by = n_renewals > 0 ? renewals[n_renewals - 1] : NULL;
    pact.running = status_of(agreement) == CONCERT__AGREEMENT__STATUS__SIGNED &&
                   pact.starts_on != DATE_NONE && pact.starts_on <= today &&
                   (pact.ends_on == DATE_NONE || pact.ends_on >= today);
    return pact;
}

/* --- the chain ---------------------------------------------------------------------------------
 */

struct chain {
    const struct book *book;
    const struct book_entry **list;
    size_t count;
};

static bool is_in(const struct chain *chain, const struct book_entry *agreement)
{
    for (size_t i = 0; i < chain->count; i++)
        if (chain->list[i] == agreement)
            return true;
    return false;
}

/* The agreement and all that renew it. What renews itself in a ring ends where it began. */
static void follow(struct chain *chain, const struct book_entry *agreement)
{
    size_t from = chain->count;

    chain->list[chain->count++] = agreement;
    for (size_t at = from; at < chain->count; at++) {
        size_t n;
        const struct book_entry *const *next =
            book_children(chain->book, chain->list[at]->id, CONCERT__KIND__AGREEMENT, "renews", &n);

        for (size_t i = 0; i < n; i++)
            if (!is_in(chain, next[i]))
                chain->list[chain->count++] = next[i];
    }
}

/* The first day of those that are not in the chain yet and renew nothing that is not. */
static const struct book_entry *next_first(
    const struct chain *chain, const struct book_entry *const *all, size_t count, bool roots_only)
{
    const struct book_entry *first = NULL;

    for (size_t i = 0; i < count; i++) {
        if (is_in(chain, all[i]) ||
            (roots_only && book_follow(chain->book, all[i], "renews") != NULL))
            continue;
        if (first == NULL || book_date(all[i], "starts_on") < book_date(first, "starts_on"))
            first = all[i];
    }
    return first;
}

const struct book_entry *const *pact_chain(
    const struct book *book, struct arena *arena, size_t *count_r)
{
    size_t count;
    const struct book_entry *const *all = book_list(book, CONCERT__KIND__AGREEMENT, &count);
    struct chain chain = {.book = book};
    const struct book_entry *first;

    chain.list = arena_alloc(arena, (count + 1) * sizeof(*chain.list));
    *count_r = 0;
    if (chain.list == NULL)
        return NULL;
    while ((first = next_first(&chain, all, count, true)) != NULL)
        follow(&chain, first);
    while ((first = next_first(&chain, all, count, false)) != NULL)
        follow(&chain, first);
    *count_r = chain.count;
    return chain.list;
}

/* --- what is missing ---------------------------------------------------------------------------
 */

struct missing {
    const struct book *book;
    struct pact_missing *list;
    size_t count;
};

static void lack(
    struct missing *to, enum pact_lack what, const struct book_entry *party, int64_t cents)
{
    to->list[to->count++] = (struct pact_missing){what, party, cents};
}

/* True when the party signs, is to sign or has withdrawn from the agreement. */
static bool names(
    const struct book *book, const struct book_entry *agreement, const struct book_entry *party)
{
    size_t count;
    const struct book_entry *const *all = signatories(book, agreement, &count);

    for (size_t i = 0; i < count; i++)
        if (book_follow(book, all[i], "party") == party)
            return true;
    return false;
}

static void lack_parties(
    struct missing *to, const struct book_entry *agreement, const struct book_entry *before)
{
    size_t n, n_before = 0;
    const struct book_entry *const *all = signatories(to->book, agreement, &n);
    const struct book_entry *const *old =
        before == NULL ? NULL : signatories(to->book, before, &n_before);

    if (n == 0)
        lack(to, PACT_NO_PARTY, NULL, 0);
    for (size_t i = 0; i < n; i++)
        if (standing_of(all[i]) < CONCERT__SIGNATORY__STANDING__SIGNED)
            lack(to, PACT_UNSIGNED, book_follow(to->book, all[i], "party"), 0);
    for (size_t i = 0; i < n_before; i++) {
        const struct book_entry *party = book_follow(to->book, old[i], "party");

        if (party != NULL && standing_of(old[i]) != CONCERT__SIGNATORY__STANDING__WITHDRAWN &&
            !names(to->book, agreement, party))
            lack(to, PACT_NOT_ASKED, party, 0);
    }
}

static void lack_rest(struct missing *to, const struct pact *pact)
{
    if (pact->starts_on == DATE_NONE || pact->ends_on == DATE_NONE)
        lack(to, PACT_NO_PERIOD, NULL, 0);
    if (pact->amount < 0)
        lack(to, PACT_NO_AMOUNT, NULL, 0);
    if (pact->contributions < pact->amount)
        lack(to, PACT_CONTRIBUTIONS, NULL, pact->amount - pact->contributions);
    if (to->count == 0)
        lack(to, PACT_STATUS, NULL, 0);
}

const struct pact_missing *pact_missing(const struct book *book, const struct book_entry *agreement,
    struct arena *arena, size_t *count_r)
{
    struct pact pact = pact_read(book, agreement, DATE_NONE);
    const struct book_entry *before = book_follow(book, agreement, "renews");
    struct missing to = {.book = book};
    size_t n, n_before = 0;

    *count_r = 0;
    signatories(book, agreement, &n);
    if (before != NULL)
        signatories(book, before, &n_before);
    to.list = arena_alloc(arena, (n + n_before + PACT_STATUS + 1) * sizeof(*to.list));
    if (to.list == NULL || status_of(agreement) >= CONCERT__AGREEMENT__STATUS__SIGNED)
        return to.list;
    lack_parties(&to, agreement, before);
    lack_rest(&to, &pact);
    *count_r = to.count;
    return to.list;
}
