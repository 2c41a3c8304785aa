#include "figures/seats.h"

#include <stdlib.h>
#include <string.h>

#include "date.h"
#include "text.h"

/* Memberships of one seat, in the order of time; links are indexes into the sorted list. */
struct chain {
    const struct book_entry *const *sorted;
    size_t *seat; /* of each membership, the number of its seat */
    size_t count, n_seats;
};

static int32_t since_of(const struct book_entry *membership)
{
    return book_date(membership, "since"); /* DATE_NONE is before all */
}

static bool has_ended(const struct book_entry *membership, int32_t day)
{
    int32_t until = book_date(membership, "until");

    return until != DATE_NONE && until < day;
}

bool seats_decides(const struct book_entry *membership)
{
    return book_number(membership, "standing", CONCERT__MEMBERSHIP__STANDING__MEMBER) ==
           CONCERT__MEMBERSHIP__STANDING__MEMBER;
}

const struct book_entry *seats_organization(
    const struct book *book, const struct book_entry *membership)
{
    return book_follow(book, membership, "organization");
}

/* book_children gives the order of handles: equal days keep it. */
static void sort_by_since(const struct book_entry **list, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const struct book_entry *one = list[i];
        size_t j = i;

        for (; j > 0 && since_of(list[j - 1]) > since_of(one); j--)
            list[j] = list[j - 1];
        list[j] = one;
    }
}

static bool same_seat(
    const struct book *book, const struct book_entry *one, const struct book_entry *two)
{
    const char *a = book_text(one, "seat"), *b = book_text(two, "seat");

    return seats_organization(book, one) == seats_organization(book, two) &&
           text_distance(a == NULL ? "" : a, b == NULL ? "" : b) == 0;
}

/* The newest of the seat's memberships before number `index`. */
static size_t latest(const struct chain *chain, size_t seat, size_t index)
{
    while (index-- > 0)
        if (chain->seat[index] == seat)
            return index;
    return 0;
}

/* Each membership follows the first seat alike that was free by then, or begins one. */
static void link_all(const struct book *book, struct chain *chain)
{
    for (size_t i = 0; i < chain->count; i++) {
        const struct book_entry *one = chain->sorted[i];
        size_t seat = 0;

        for (; seat < chain->n_seats; seat++) {
            const struct book_entry *before = chain->sorted[latest(chain, seat, i)];

            if (since_of(one) != DATE_NONE && same_seat(book, before, one) &&
                has_ended(before, since_of(one)))
                break;
        }
        chain->seat[i] = seat;
        chain->n_seats += seat == chain->n_seats;
    }
}

static bool is_empty(const struct book *book, const struct book_entry *membership)
{
    return seats_organization(book, membership) == NULL && book_text(membership, "person") == NULL;
}

/* Who sits on the day, or the latest that did; false: nobody did yet. */
static bool fill_seat(const struct book *book, const struct chain *chain, size_t seat, int32_t day,
    struct arena *arena, struct seats_seat *seat_r)
{
    const struct book_entry **past = arena_alloc(arena, (chain->count + 1) * sizeof(*past));

    if (past == NULL)
        return false;
    *seat_r = (struct seats_seat){.past = past};
    for (size_t i = chain->count; i-- > 0;) {
        const struct book_entry *one = chain->sorted[i];

        if (chain->seat[i] != seat || (since_of(one) != DATE_NONE && since_of(one) > day))
            continue;
        if (has_ended(one, day))
            past[seat_r->n_past++] = one;
        else if (seat_r->sits == NULL)
            seat_r->sits = one;
    }
    seat_r->vacant = seat_r->sits == NULL || is_empty(book, seat_r->sits);
    if (seat_r->sits == NULL && seat_r->n_past > 0) {
        seat_r->sits = past[0];
        seat_r->since = book_date(past[0], "until") + 1;
        seat_r->until = DATE_NONE;
        return true;
    }
    seat_r->since = seat_r->sits == NULL ? DATE_NONE : since_of(seat_r->sits);
    seat_r->until = seat_r->sits == NULL ? DATE_NONE : book_date(seat_r->sits, "until");
    return seat_r->sits != NULL;
}

/* What nobody is told here cannot be said to be missing. */
static void hide(const struct book *book, bool persons, int32_t day, struct seats_seat *seat)
{
    seat->unseen =
        !persons && seat->vacant && !has_ended(seat->sits, day) && is_empty(book, seat->sits);
    if (seat->unseen)
        seat->vacant = false;
}

/* Where the seat first appears among the committee's memberships. */
static size_t place_of(const struct chain *chain, size_t seat, const struct book_entry *const *all)
{
    for (size_t i = 0; i < chain->count; i++)
        for (size_t j = 0; j < chain->count; j++)
            if (chain->sorted[j] == all[i] && chain->seat[j] == seat)
                return i;
    return chain->count;
}

static int by_place(const void *a, const void *b)
{
    const struct seats_seat *one = a, *two = b;

    if (seats_decides(one->sits) != seats_decides(two->sits))
        return seats_decides(one->sits) ? -1 : 1;
    return (one->place > two->place) - (one->place < two->place);
}

const struct seats_seat *seats_list(const struct book *book, const struct book_entry *party,
    int32_t day, bool persons, struct arena *arena, size_t *count_r)
{
    struct chain chain = {0};
    const struct book_entry *const *all =
        book_children(book, party->id, CONCERT__KIND__MEMBERSHIP, NULL, &chain.count);
    const struct book_entry **sorted = arena_alloc(arena, (chain.count + 1) * sizeof(*sorted));
    struct seats_seat *seats = arena_alloc(arena, (chain.count + 1) * sizeof(*seats));

    *count_r = 0;
    chain.seat = arena_alloc(arena, (chain.count + 1) * sizeof(*chain.seat));
    if (sorted == NULL || seats == NULL || chain.seat == NULL)
        return NULL;
    if (chain.count > 0)
        memcpy(sorted, all, chain.count * sizeof(*sorted));
    sort_by_since(sorted, chain.count);
    chain.sorted = sorted;
    link_all(book, &chain);
    for (size_t i = 0; i < chain.n_seats; i++) {
        struct seats_seat *seat = &seats[*count_r];

        if (fill_seat(book, &chain, i, day, arena, seat)) {
            hide(book, persons, day, seat);
            seat->place = place_of(&chain, i, all);
            (*count_r)++;
        }
    }
    if (*count_r > 1)
        qsort(seats, *count_r, sizeof(*seats), by_place);
    return seats;
}

bool seats_ends(const struct seats_seat *seat, int32_t day, int32_t days)
{
    return !seat->vacant && seat->until != DATE_NONE && seat->until >= day &&
           seat->until <= day + days;
}

/* How many seats of the committee go by the same name. */
static size_t namesakes(const struct book *book, const struct book_entry *membership)
{
    const struct book_entry *party = book_follow(book, membership, "party");
    size_t count = 0, alike = 0;
    const struct book_entry *const *all =
        party == NULL ? NULL
                      : book_children(book, party->id, CONCERT__KIND__MEMBERSHIP, NULL, &count);

    for (size_t i = 0; i < count; i++)
        alike += same_seat(book, all[i], membership);
    return alike;
}

const char *seats_name(const struct book *book, const struct book_entry *membership, bool numbered,
    struct arena *arena)
{
    const struct book_entry *organization = seats_organization(book, membership);
    const char *name =
        organization != NULL ? book_label(book, organization) : book_text(membership, "seat");
    const char *text = NULL;

    name = name == NULL ? membership->handle : name;
    if (numbered && namesakes(book, membership) > 1)
        text = arena_printf(arena, "%s %s", membership->handle, name);
    return text == NULL ? name : text;
}
