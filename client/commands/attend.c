/* Who was at a meeting, seat by seat, several in one line. */
#include <string.h>
#include <strings.h>

#include "figures/agenda.h"
#include "figures/meetings.h"
#include "figures/seats.h"
#include "i18n.h"
#include "input/change.h"
#include "input/ours.h"
#include "input/pick.h"
#include "text.h"
#include "words.h"

#define FOLD 512

/* Somebody named on the line, and the change it comes to. */
struct somebody {
    const struct book_entry *seat, *party; /* party: of the seat, or who came without one */
    const struct book_entry *attendance;   /* NULL: to be made */
    const char *state;                     /* as in records.proto */
    struct fields_patch patch;
    uint8_t id[UUID_SIZE];
};

struct roll {
    struct context *context;
    struct arena *arena;
    struct fields_reader reader;
    const struct book_entry *meeting;
    const struct seats_seat *seats;
    size_t n_seats;
    struct somebody *all;
    size_t count, room;
};

/* --- whom a word means -------------------------------------------------------------------------
 */

static bool is_text(const char *folded_word, const char *text, bool whole)
{
    char folded[FOLD];

    if (text == NULL)
        return false;
    text_fold(text, folded, sizeof(folded));
    return whole ? strcmp(folded, folded_word) == 0 : strstr(folded, folded_word) != NULL;
}

static bool fits(const struct roll *to, const struct book_entry *seat, const char *word, bool whole)
{
    const struct book_entry *organization = seats_organization(to->context->book, seat);
    char folded[FOLD];

    if (strcasecmp(seat->handle, word) == 0)
        return true;
    text_fold(word, folded, sizeof(folded));
    if (organization == NULL)
        return is_text(folded, book_text(seat, "seat"), whole);
    return is_text(folded, book_text(organization, "name"), whole) ||
           is_text(folded, book_text(organization, "short_name"), whole);
}

/* The seats that the word may mean, told one after the other. */
static enum command_exit say_several(const struct roll *to, const char *word, bool whole)
{
    const char *list = "";

    for (size_t i = 0; i < to->n_seats && list != NULL; i++)
        if (fits(to, to->seats[i].sits, word, whole))
            list = arena_printf(to->arena, "%s\n  %s  %s", list, to->seats[i].sits->handle,
                seats_name(to->context->book, to->seats[i].sits, false, to->arena));
    return command_say(to->context, COMMAND_USAGE,
        _("“%s” may mean several seats; give one of these handles:%s"), word,
        list == NULL ? "" : list);
}

/* The one seat that the word means, by its whole name before a part of it; NULL with COMMAND_OK:
 * none does. */
static const struct book_entry *seat_of(
    const struct roll *to, const char *word, enum command_exit *code_r)
{
    for (int whole = 1; whole >= 0; whole--) {
        const struct book_entry *one = NULL;
        size_t fitting = 0;

        for (size_t i = 0; i < to->n_seats; i++)
            if (fits(to, to->seats[i].sits, word, whole == 1)) {
                one = to->seats[i].sits;
                fitting++;
            }
        if (fitting == 1)
            return one;
        if (fitting > 1) {
            *code_r = say_several(to, word, whole == 1);
            return NULL;
        }
    }
    return NULL;
}

/* --- the line ----------------------------------------------------------------------------------
 */

static bool is_all(const char *word)
{
    static const char *const words[] = {"all", "tous", "toutes"};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcasecmp(words[i], word) == 0)
            return true;
    return false;
}

static const char *state_of(const char *word)
{
    static const char *const states[] = {"invited", "registered", "present", "excused", "absent"};

    size_t n = sizeof(states) / sizeof(states[0]), length = strlen(word);
    const char *state = words_read(WORDS_VALUE, word, states, n);
    char one[32];

    /* "présents", "excusées": of several. */
    if (state != NULL || length < 2 || length >= sizeof(one) || word[length - 1] != 's')
        return state;
    memcpy(one, word, length - 1);
    one[length - 1] = '\0';
    return words_read(WORDS_VALUE, one, states, n);
}

/* What is recorded already of the seat, or of the party where it has none: the nth of what devices
 * that were apart recorded of it. A person's of its own is no double. */
static const struct book_entry *attendance_of(const struct roll *to, const struct book_entry *seat,
    const struct book_entry *party, size_t nth)
{
    const struct book *book = to->context->book;
    size_t count, found = 0;
    const struct book_entry *const *all =
        book_children(book, to->meeting->id, CONCERT__KIND__ATTENDANCE, NULL, &count);

    for (size_t i = 0; i < count; i++) {
        const struct book_entry *its = book_follow(book, all[i], "seat");
        bool fits =
            seat != NULL ? its == seat : its == NULL && book_follow(book, all[i], "party") == party;

        if (fits && (found == 0 || book_text(all[i], "person") == NULL) && found++ == nth)
            return all[i];
    }
    return NULL;
}

/* Who is named twice counts as said last; where doubles are recorded, all come to say the same. */
static void add(struct roll *to, const struct book_entry *seat, const struct book_entry *party)
{
    const struct book_entry *next = NULL;
    bool named = false;

    for (size_t i = 0; i < to->count; i++)
        if (to->all[i].seat == seat && to->all[i].party == party) {
            to->all[i].state = NULL;
            named = true;
        }
    for (size_t nth = 0; !named && to->count < to->room && (nth == 0 || next != NULL); nth++) {
        to->all[to->count++] = (struct somebody){.seat = seat,
            .party = party,
            .attendance = nth == 0 ? attendance_of(to, seat, party, 0) : next};
        next = attendance_of(to, seat, party, nth + 1);
    }
}

/* All seats of which nothing is said, here or before; a vacant one is nobody's. */
static void add_all(struct roll *to)
{
    for (size_t i = 0; i < to->n_seats; i++) {
        const struct book_entry *seat = to->seats[i].sits;
        const struct book_entry *party = seats_organization(to->context->book, seat);
        bool named = false;

        for (size_t j = 0; j < to->count; j++)
            named |= to->all[j].seat == seat;
        if (!named && !to->seats[i].vacant && attendance_of(to, seat, party, 0) == NULL)
            add(to, seat, party);
    }
}

static bool add_word(struct roll *to, const char *word, enum command_exit *code_r)
{
    const struct book_entry *seat, *party;

    if (is_all(word)) {
        add_all(to);
        return true;
    }
    seat = seat_of(to, word, code_r);
    if (*code_r != COMMAND_OK)
        return false;
    party = seat != NULL ? seats_organization(to->context->book, seat)
                         : pick_party(to->context, word, NULL, code_r);
    if (seat == NULL && party == NULL)
        return false;
    add(to, seat, party);
    return true;
}

/* "Mékinac "Des Chenaux" present Shawinigan excused": a state goes to all named before it. */
static bool read_line(struct roll *to, enum command_exit *code_r)
{
    for (int i = 1; i < to->context->argc; i++) {
        const char *state = state_of(to->context->argv[i]);

        if (state == NULL && !add_word(to, to->context->argv[i], code_r))
            return false;
        for (size_t j = 0; state != NULL && j < to->count; j++)
            if (to->all[j].state == NULL)
                to->all[j].state = state;
    }
    if (to->count == 0 && to->n_seats == 0) {
        *code_r = command_say(to->context, COMMAND_USAGE,
            _("This committee has no seats recorded, so “all” is nobody: name who was there, or "
              "record seats first (concert add membership)."));
        return false;
    }
    for (size_t j = 0; j < to->count; j++)
        if (to->all[j].state == NULL) {
            *code_r = command_say(to->context, COMMAND_USAGE,
                _("Say behind the names how it was: present, excused or absent."));
            return false;
        }
    return true;
}

/* --- writing it --------------------------------------------------------------------------------
 */

static bool set_item(struct roll *to, struct somebody *one, const char *field, const char *option,
    enum command_exit *code_r)
{
    const char *word = command_option(to->context, option);
    const struct book_entry *item;

    if (word == NULL)
        return true;
    item = command_record(to->context, word, KIND_BIT(AGENDA_ITEM), code_r);
    if (item == NULL)
        return false;
    if (book_follow(to->context->book, item, "meeting") != to->meeting) {
        *code_r = command_say(to->context, COMMAND_USAGE, _("%s is no item of the meeting %s."),
            item->handle, to->meeting->handle);
        return false;
    }
    return fields_refer(&to->reader, &one->patch, field, item->id);
}

static bool fill_new(struct roll *to, struct somebody *one)
{
    change_new_id(one->id);
    return fields_refer(&to->reader, &one->patch, "meeting", to->meeting->id) &&
           (one->party == NULL ||
               fields_refer(&to->reader, &one->patch, "party", one->party->id)) &&
           (one->seat == NULL || fields_refer(&to->reader, &one->patch, "seat", one->seat->id));
}

static bool fill(struct roll *to, struct somebody *one, enum command_exit *code_r)
{
    const struct kind *kind = kinds_get(CONCERT__KIND__ATTENDANCE);
    struct fields_problem problem;

    if (!fields_begin(&to->reader, kind, &one->patch) ||
        (one->attendance == NULL && !fill_new(to, one))) {
        *code_r = change_no_memory(to->context);
        return false;
    }
    if (!fields_set(&to->reader, &one->patch, record_field(kind, "state"), one->state, &problem)) {
        *code_r = change_wrong(to->context, &problem);
        return false;
    }
    return set_item(to, one, "arrives_for", "from", code_r) &&
           set_item(to, one, "leaves_before", "until", code_r);
}

/* A party notes its own presence at another's meeting, and nobody else's. */
static bool may_note(const struct roll *to, const struct somebody *one, enum command_exit *code_r)
{
    if (one->party != NULL && pick_is_own(to->context, one->party->id))
        return true;
    return ours_may_write(to->context, to->meeting, code_r);
}

static enum command_exit write_roll(struct roll *to)
{
    struct desk_change *changes = arena_alloc(to->arena, (to->count + 1) * sizeof(*changes));
    enum command_exit code = COMMAND_OK;
    size_t count = 0;

    if (changes == NULL)
        return change_no_memory(to->context);
    for (size_t i = 0; i < to->count; i++) {
        struct somebody *one = &to->all[i];

        if (!may_note(to, one, &code) || !fill(to, one, &code))
            return code;
        if (one->attendance == NULL || change_reduce(&to->reader, &one->patch, one->attendance))
            changes[count++] = change_of(&one->patch, one->attendance, one->id, NULL);
    }
    if (count > 0)
        return command_write(to->context, changes, count, true);
    report_note(to->context->report, _("It says so already; nothing changes."));
    return COMMAND_OK;
}

static enum command_exit call(struct roll *to)
{
    const struct book_entry *party = book_follow(to->context->book, to->meeting, "party");
    enum command_exit code = COMMAND_OK;
    size_t n_attendances = 0;

    if (party == NULL)
        return command_say(
            to->context, COMMAND_NOT_FOUND, _("The committee of %s is gone."), to->meeting->handle);
    to->seats = seats_list(
        to->context->book, party, meetings_day_or_end(to->meeting), true, to->arena, &to->n_seats);
    book_children(
        to->context->book, to->meeting->id, CONCERT__KIND__ATTENDANCE, NULL, &n_attendances);
    to->room = to->n_seats + n_attendances + (size_t)to->context->argc;
    to->all = arena_alloc(to->arena, to->room * sizeof(*to->all));
    if (to->seats == NULL || to->all == NULL)
        return change_no_memory(to->context);
    return read_line(to, &code) ? write_roll(to) : code;
}

static enum command_exit run(struct context *context)
{
    struct roll to = {.context = context, .arena = context->arena};
    enum command_exit code;

    to.meeting = command_record(context, context->argv[0], KIND_BIT(MEETING), &code);
    if (to.meeting == NULL)
        return code;
    to.reader = change_reader(context, to.arena);
    return call(&to);
}

static const struct command_option options[] = {
    {"from", "des", 0, N_("ITEM"), N_("They arrived for this item, and not before.")},
    {"until", "jusqu-a", 0, N_("ITEM"), N_("They left before this item.")},
    {.name = NULL},
};

const struct command attend_command = {
    .name = "attend",
    .french = "presence",
    .usage_en = "MEETING WHO… present|excused|absent",
    .usage_fr = "RENCONTRE QUI… présent|excusé|absent",
    .summary = N_("Notes who was at a meeting: by seat, organization, or “all”."),
    .examples_en = "concert attend R12 \"Moisson Mauricie\" present\n"
                   "concert attend R12 all present Shawinigan excused\n"
                   "concert attend R12 Shawinigan present --from PO3",
    .examples_fr = "concert présence R12 \"Moisson Mauricie\" présent\n"
                   "concert présence R12 Shawinigan excusé tous présent\n"
                   "concert présence R12 Shawinigan présent --des PO3",
    .options = options,
    .min_args = 3,
    .max_args = -1,
    .flags = COMMAND_WRITES,
    .run = run,
};
