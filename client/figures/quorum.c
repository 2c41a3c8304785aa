#include "figures/quorum.h"

#include "figures/meetings.h"
#include "figures/seats.h"

static bool is_present(const struct book_entry *attendance)
{
    return attendance != NULL &&
           book_number(attendance, "state", 0) == CONCERT__ATTENDANCE__STATE__PRESENT;
}

/* The list in the making; `taken` says which attendances have found their line. */
struct listing {
    const struct book *book;
    const struct book_entry *const *attendances;
    size_t n_attendances;
    bool *taken;
    struct quorum_line *lines;
    size_t count;
};

/* The attendance of the seat itself, else one that is not taken yet of the organization that has
 * it. */
static const struct book_entry *attendance_of(
    struct listing *to, const struct book_entry *seat, bool by_party)
{
    const struct book_entry *organization = seats_organization(to->book, seat);

    for (size_t i = 0; i < to->n_attendances; i++) {
        const struct book_entry *one = to->attendances[i];
        const struct book_entry *its = book_follow(to->book, one, "seat");
        bool fits = by_party ? its == NULL && organization != NULL &&
                                   book_follow(to->book, one, "party") == organization
                             : its == seat;

        if (fits && !to->taken[i]) {
            to->taken[i] = true;
            return one;
        }
    }
    return NULL;
}

/* True of a party as such: neither one of its persons nor a seat. */
static bool is_of_party(const struct book_entry *attendance)
{
    return record_reference(attendance->body, attendance->kind, "party") != NULL &&
           record_reference(attendance->body, attendance->kind, "seat") == NULL &&
           book_text(attendance, "person") == NULL;
}

/* Several devices that were apart may each have noted the same party: it is there once, and as the
 * newest of them says. */
static bool is_superseded(const struct listing *to, size_t index)
{
    const struct book_entry *one = to->attendances[index];

    for (size_t i = 0; i < to->n_attendances && is_of_party(one); i++) {
        const struct book_entry *other = to->attendances[i];

        if (i != index && !to->taken[i] && is_of_party(other) &&
            book_follow(to->book, other, "party") == book_follow(to->book, one, "party") &&
            (other->changed_at > one->changed_at ||
                (other->changed_at == one->changed_at && i > index)))
            return true;
    }
    return false;
}

static void add_others(struct listing *to, bool counts)
{
    for (size_t i = 0; i < to->n_attendances; i++)
        if (!to->taken[i] && !is_superseded(to, i))
            to->lines[to->count++] =
                (struct quorum_line){.attendance = to->attendances[i], .counts = counts};
}

const struct quorum_line *quorum_lines(const struct book *book, const struct book_entry *meeting,
    bool persons, struct arena *arena, size_t *count_r)
{
    const struct book_entry *party = book_follow(book, meeting, "party");
    struct listing to = {.book = book};
    size_t n_seats = 0;
    const struct seats_seat *seats;

    *count_r = 0;
    if (party == NULL)
        return NULL;
    to.attendances =
        book_children(book, meeting->id, CONCERT__KIND__ATTENDANCE, NULL, &to.n_attendances);
    seats = seats_list(book, party, meetings_day_or_end(meeting), persons, arena, &n_seats);
    to.taken = arena_alloc(arena, (to.n_attendances + 1) * sizeof(*to.taken));
    to.lines = arena_alloc(arena, (n_seats + to.n_attendances + 1) * sizeof(*to.lines));
    if (seats == NULL || to.taken == NULL || to.lines == NULL)
        return NULL;
    for (size_t i = 0; i < n_seats; i++)
        to.lines[to.count++] = (struct quorum_line){.seat = seats[i].sits,
            .attendance = attendance_of(&to, seats[i].sits, false),
            .vacant = seats[i].vacant,
            .counts = seats_decides(seats[i].sits)};
    for (size_t i = 0; i < n_seats; i++)
        if (to.lines[i].attendance == NULL)
            to.lines[i].attendance = attendance_of(&to, seats[i].sits, true);
    add_others(&to, n_seats == 0);
    *count_r = to.count;
    return to.lines;
}

static int64_t rank_of(
    const struct book *book, const struct book_entry *attendance, const char *field, int64_t none)
{
    const struct book_entry *item = book_follow(book, attendance, field);

    return item == NULL ? none : book_number(item, "rank", none);
}

/* There when the item comes: arrived for it or before, and not gone before it. */
static bool is_there(
    const struct book *book, const struct book_entry *attendance, const struct book_entry *item)
{
    int64_t rank = item == NULL ? -1 : book_number(item, "rank", 0);

    return is_present(attendance) && rank_of(book, attendance, "arrives_for", -1) <= rank &&
           rank < rank_of(book, attendance, "leaves_before", INT64_MAX);
}

struct quorum quorum_at(const struct book *book, const struct book_entry *meeting,
    const struct quorum_line *lines, size_t count, const struct book_entry *item)
{
    const struct book_entry *party = book_follow(book, meeting, "party");
    struct quorum quorum = {.needed = party == NULL ? -1 : (int)book_number(party, "quorum", -1)};

    for (size_t i = 0; i < count; i++) {
        quorum.known |= lines[i].attendance != NULL;
        quorum.present += lines[i].counts && lines[i].attendance != NULL &&
                          is_there(book, lines[i].attendance, item);
    }
    quorum.reached = quorum.needed < 0 || quorum.present >= (size_t)quorum.needed;
    return quorum;
}
