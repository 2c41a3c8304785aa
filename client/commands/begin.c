/* Begins a new plan: from an old one, or a committee's own under the regional one. */
#include <stdlib.h>
#include <string.h>

#include "date.h"
#include "i18n.h"
#include "input/change.h"
#include "input/heir.h"
#include "input/pick.h"

#define TRIENNIAL_DAYS 731 /* longer than two years */

struct beginning {
    struct context *context;
    struct arena *arena;
    struct fields_reader reader;
    const struct book_entry *from;   /* NULL: nothing is taken over */
    const struct book_entry *parent; /* NULL: it hangs on none */
    const struct book_entry *party;
    bool local;
    int32_t starts, ends;
    struct heir heir; /* the changes in the making */
};

static bool put_text(
    struct beginning *to, struct fields_patch *patch, const char *name, const char *text)
{
    struct record_value value = {.data = text, .size = strlen(text)};

    return record_set(patch->message, record_field(patch->kind, name), &value, 1, to->arena);
}

static bool put_day(struct beginning *to, struct fields_patch *patch, const char *name, int32_t day)
{
    char text[11];

    date_format(day, text);
    return put_text(to, patch, name, arena_copy(to->arena, text, strlen(text)));
}

/* --- what the new plan is ----------------------------------------------------------------------
 */

/* "2010-2013" in a title: its two years. */
static bool years_of(const char *title, int *first_r, int *last_r)
{
    for (const char *at = title; (at = strpbrk(at, "12")) != NULL; at++) {
        char *end;
        long first = strtol(at, &end, 10);
        long last = end - at == 4 && *end == '-' ? strtol(end + 1, NULL, 10) : 0;

        if (first >= 1900 && last > first && last < 2200) {
            *first_r = (int)first;
            *last_r = (int)last;
            return true;
        }
    }
    return false;
}

static int year_of(int32_t day)
{
    int year = 0;

    date_to_civil(day, &year, NULL, NULL);
    return year;
}

/* The old plan's day in another year. */
static int32_t in_year(int32_t day, int year)
{
    return day == DATE_NONE ? DATE_NONE : date_add_months(day, (year - year_of(day)) * 12);
}

/* How long a plan lasts, in months: the days of a month are not those of another. */
static int months_of(int32_t starts, int32_t ends)
{
    int months = 1;

    while (date_add_months(starts, months) <= ends)
        months++;
    return months;
}

/* From the title's years, else where the old plan ends and as long; a local plan has its parent's.
 */
static void default_days(struct beginning *to, const struct book_entry *like, const char *title)
{
    int32_t starts = book_date(like, "starts_on"), ends = book_date(like, "ends_on");
    int first, last;

    if (years_of(title, &first, &last)) {
        /* what follows the old plan begins the day after it */
        to->starts = !to->local && year_of(ends) == first ? ends + 1 : in_year(starts, first);
        to->ends = in_year(ends, last);
    } else if (to->local || to->from == NULL) {
        to->starts = starts;
        to->ends = ends;
    } else if (starts != DATE_NONE && ends != DATE_NONE) {
        to->starts = ends + 1;
        to->ends = date_add_months(to->starts, months_of(starts, ends)) - 1;
    }
}

static bool read_day(
    struct beginning *to, const char *option, int32_t *day, enum command_exit *code_r)
{
    const char *typed = command_option(to->context, option);

    if (typed != NULL && !fields_day(typed, to->context->today, day)) {
        *code_r = command_say(to->context, COMMAND_USAGE,
            _("“%s” is not a day: give one such as 2010-04-01."), typed);
        return false;
    }
    return true;
}

static bool find_days(struct beginning *to, enum command_exit *code_r)
{
    const struct book_entry *like = to->from != NULL ? to->from : to->parent;

    to->starts = to->ends = DATE_NONE;
    if (like != NULL)
        default_days(to, like, to->context->argv[0]);
    if (!read_day(to, "starts", &to->starts, code_r) || !read_day(to, "ends", &to->ends, code_r))
        return false;
    if (to->starts == DATE_NONE || to->ends == DATE_NONE)
        *code_r = command_say(to->context, COMMAND_USAGE,
            _("Say when the plan begins and ends: --starts 2010-04-01 --ends 2013-03-31."));
    else if (to->ends < to->starts)
        *code_r =
            command_say(to->context, COMMAND_USAGE, _("The plan would end before it begins."));
    return *code_r == COMMAND_OK;
}

/* Whose plan it is: said, one's own for a local one, or the old plan's. */
static bool find_party(struct beginning *to, enum command_exit *code_r)
{
    const struct desk_identity *me = desk_identity(to->context->desk);
    const char *word = command_option(to->context, "for");

    if (word != NULL)
        to->party = pick_party(to->context, word, NULL, code_r);
    else if (!to->local)
        to->party = book_follow(to->context->book, to->from, "party");
    else if (me->n_parties == 1 && !pick_is_staff(to->context))
        to->party = book_get(to->context->book, me->parties[0]);
    if (to->party == NULL && *code_r == COMMAND_OK)
        *code_r =
            command_say(to->context, COMMAND_USAGE, _("Say whose plan it is: --for COMMITTEE."));
    if (to->party == NULL)
        return false;
    if (pick_is_staff(to->context) || pick_is_own(to->context, to->party->id))
        return true;
    *code_r = command_say(to->context, COMMAND_REFUSED,
        _("Only its own committee or the coordination begins a plan of %s. For your own: “concert "
          "begin TITLE --local”."),
        book_label(to->context->book, to->party));
    return false;
}

static bool find_plans(struct beginning *to, enum command_exit *code_r)
{
    const char *word = command_option(to->context, "from");

    *code_r = COMMAND_OK;
    if (word == NULL && !to->local) {
        *code_r = command_say(to->context, COMMAND_USAGE,
            _("Say which plan it comes from, --from PL1, or --local for your committee's own."));
        return false;
    }
    if (word != NULL && (to->from = pick_plan(to->context, word, code_r)) == NULL)
        return false;
    to->parent = to->local ? pick_plan(to->context, NULL, code_r) : to->from;
    return to->parent != NULL;
}

static bool put_type(struct beginning *to, struct fields_patch *patch, enum command_exit *code_r)
{
    const char *typed = command_option(to->context, "type");
    const ProtobufCFieldDescriptor *field = record_field(patch->kind, "type");
    struct record_value value = {.number = CONCERT__PLAN__TYPE__LOCAL};
    struct fields_problem problem;

    if (typed != NULL) {
        if (fields_set(&to->reader, patch, field, typed, &problem))
            return true;
        *code_r = change_wrong(to->context, &problem);
        return false;
    }
    if (!to->local)
        value.number = to->ends - to->starts > TRIENNIAL_DAYS
                           ? CONCERT__PLAN__TYPE__TRIENNIAL
                           : book_number(to->from, "type", CONCERT__PLAN__TYPE__ANNUAL);
    return record_set(patch->message, field, &value, 1, to->arena);
}

static bool make_plan(struct beginning *to, uint8_t **id_r, enum command_exit *code_r)
{
    struct fields_patch patch;

    *id_r = arena_alloc(to->arena, UUID_SIZE);
    if (*id_r == NULL || !fields_begin(&to->reader, kinds_get(CONCERT__KIND__PLAN), &patch))
        return false;
    change_new_id(*id_r);
    return put_type(to, &patch, code_r) && put_text(to, &patch, "title", to->context->argv[0]) &&
           put_day(to, &patch, "starts_on", to->starts) &&
           put_day(to, &patch, "ends_on", to->ends) &&
           fields_refer(&to->reader, &patch, "party", to->party->id) &&
           fields_refer(&to->reader, &patch, "parent", to->parent->id) &&
           heir_add(&to->heir, &patch, *id_r);
}

/* --- the command -------------------------------------------------------------------------------
 */

static void tell(struct beginning *to, const uint8_t *id)
{
    struct context *context = to->context;
    const struct book_entry *plan = context->book == NULL ? NULL : book_get(context->book, id);
    char starts[DATE_TEXT_SIZE], ends[DATE_TEXT_SIZE];

    if (plan == NULL)
        return;
    date_long_text(to->starts, context->language, starts, sizeof(starts));
    date_long_text(to->ends, context->language, ends, sizeof(ends));
    report_note(context->report, arena_printf(to->arena, _("%s %s: a draft, from %s to %s."),
                                     plan->handle, book_label(context->book, plan), starts, ends));
    if (to->from == NULL)
        report_note(context->report,
            arena_printf(to->arena,
                _("Its objectives: “concert add objective plan=%s number=1 title=… supports=2.1”."),
                plan->handle));
    else
        report_note(context->report,
            to->heir.with_shares
                ? _("Dated deadlines and progress stay with the old plan.")
                : _("Dated deadlines, shares and progress stay with the old plan."));
}

static enum command_exit begin(struct beginning *to)
{
    enum command_exit code = COMMAND_OK;
    uint8_t *id = NULL;

    if (!find_plans(to, &code) || !find_party(to, &code) || !find_days(to, &code))
        return code;
    if (!make_plan(to, &id, &code) || (to->from != NULL && !heir_take(&to->heir, to->from, id)))
        return code != COMMAND_OK ? code : change_no_memory(to->context);
    if (to->heir.count > desk_operations_max(to->context->desk))
        return command_say(to->context, COMMAND_REFUSED,
            _("This would be %zu changes at once, and the server takes at most %u: begin with "
              "less, or ask whoever keeps it to raise limits.operations."),
            to->heir.count, desk_operations_max(to->context->desk));
    code = command_write(to->context, to->heir.changes, to->heir.count, true);
    if (code == COMMAND_OK && !to->context->machine)
        tell(to, id);
    return code;
}

static enum command_exit run(struct context *context)
{
    struct beginning to = {.context = context,
        .arena = context->arena,
        .local = command_option(context, "local") != NULL};

    to.reader = change_reader(context, to.arena);
    to.heir = (struct heir){.reader = &to.reader,
        .with_shares = command_option(context, "with-shares") != NULL,
        .with_deadlines = command_option(context, "with-deadlines") != NULL};
    return begin(&to);
}

static const struct command_option options[] = {
    {"from", "de", 0, N_("PLAN"),
        N_("Takes over its objectives, its actions and who is responsible.")},
    {"local", "local", 0, NULL, N_("A committee's own plan, under the regional one.")},
    {"type", "type", 0, N_("TYPE"), N_("annual, triennial, local, communication, thematic.")},
    {"starts", "debut", 0, N_("DATE"), N_("Its first day; else as the title's years say.")},
    {"ends", "fin", 0, N_("DATE"), N_("Its last day.")},
    {"for", "pour", 0, N_("COMMITTEE"), N_("Whose plan, when it is not plain.")},
    {"with-shares", "avec-parts", 0, NULL,
        N_("The committees' shares too, begun anew: no progress.")},
    {"with-deadlines", "avec-echeances", 0, NULL,
        N_("Deadlines without a date too: continuous, as needed, so many times a year.")},
    {.name = NULL},
};

const struct command begin_command = {
    .name = "begin",
    .french = "commencer",
    .usage_en = "TITLE --from PLAN | --local",
    .usage_fr = "TITRE --de PLAN | --local",
    .summary = N_("Begins a new plan from an old one, or a committee's own."),
    .examples_en = "concert begin \"Triennial plan 2010-2013\" --from PL1 --type triennial\n"
                   "concert begin \"Mékinac's local plan 2009-2010\" --local",
    .examples_fr = "concert commencer \"Plan triennal 2010-2013\" --de PL1 --type triennal\n"
                   "concert commencer \"Plan local de Mékinac 2009-2010\" --local",
    .options = options,
    .min_args = 1,
    .max_args = 1,
    .flags = COMMAND_WRITES,
    .run = run,
};
