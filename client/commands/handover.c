/* Passes a committee to somebody else: the accounts before end, their devices are shut out, a new
 * account is made and invited; all of it or nothing. */
#include "commands/handover.h"

#include <unistd.h>

#include "clock.h"
#include "date.h"
#include "figures/mandates.h"
#include "i18n.h"
#include "input/ask.h"
#include "input/change.h"
#include "input/pick.h"
#include "words/invited.h"
#include "words/status_word.h"

/* --- the line ----------------------------------------------------------------------------------
 */

static enum command_exit show_line(struct handover *to)
{
    static const struct sheet_column columns[] = {
        {"invitation", NULL, SHEET_TEXT, false, false},
        {"account", NULL, SHEET_TEXT, false, true},
        {"person", NULL, SHEET_TEXT, false, true},
        {"expires_at", NULL, SHEET_TIME, false, true},
    };
    struct context *context = to->context;
    const struct book_entry *account = book_get(context->book, to->account);
    const char *role =
        account == NULL ? "" : status_word(context, account, "role", false, to->arena);
    char id[UUID_TEXT];
    struct desk_why why = {.trouble = DESK_FINE};
    int64_t expires_at;
    const char *line = desk_invite(context->desk, to->account, 0, &expires_at, &why);
    struct sheet *sheet;

    if (line == NULL) {
        command_tell(context, "again", "%s",
            _("The handover is recorded, but the invitation did not come: run the same command "
              "once more for its line."));
        return command_why(context, &why);
    }
    sheet = report_sheet(context->report, "invitation", NULL, SHEET_LINE, true, columns,
        sizeof(columns) / sizeof(columns[0]));
    if (to->n_changes == 0)
        command_tell(context, "done", _("%s was handed over to %s already: here is a new line."),
            to->party_name, to->person);
    uuid_format(to->account, id);
    sheet_row(sheet, 0, SHEET_PLAIN);
    sheet_text(sheet, line);
    sheet_text(sheet, id);
    sheet_text(sheet, to->person);
    sheet_number(sheet, expires_at);
    invited_tell(context, to->person, to->party_name, role, expires_at);
    return COMMAND_OK;
}

/* A mandate that ends sooner anyway keeps its day. */
static int32_t last_day(const struct handover *to, const struct book_entry *account)
{
    const int32_t expires = book_date(account, "expires");

    return expires != DATE_NONE && expires < to->context->today ? expires : to->context->today;
}

/* Before the write: the book goes with it. */
static bool keep_names(struct handover *to)
{
    to->ended = arena_alloc(to->arena, (to->n_old + 1) * sizeof(*to->ended));
    for (size_t i = 0; to->ended != NULL && i < to->n_old; i++)
        to->ended[i] = (struct ended){.handle = arena_printf(to->arena, "%s", to->old[i]->handle),
            .person = arena_printf(to->arena, "%s", book_label(to->context->book, to->old[i])),
            .day = last_day(to, to->old[i]),
            .several = mandates_parties(to->old[i]) > 1};
    to->kept_handle = to->kept == NULL ? NULL : arena_printf(to->arena, "%s", to->kept->handle);
    to->over_handle = to->over == NULL ? NULL : arena_printf(to->arena, "%s", to->over->handle);
    return to->ended != NULL;
}

static void tell_ended(const struct handover *to, const struct ended *ended)
{
    char day[DATE_TEXT_SIZE];

    date_long_text(ended->day, to->context->language, day, sizeof(day));
    command_tell(to->context, "ended",
        to->later ? _("%s (%s): the mandate ends on %s; its devices go on until then.")
        : ended->several
            ? _("%s (%s) no longer speaks for this committee, and goes on for its others.")
            : _("%s (%s): the account is closed and its devices are shut out; what they "
                "had not sent comes to “concert quarantine”."),
        ended->handle, ended->person, day);
}

static void tell(const struct handover *to)
{
    for (size_t i = 0; i < to->n_old; i++)
        tell_ended(to, &to->ended[i]);
    if (to->kept_handle != NULL)
        command_tell(
            to->context, "kept", _("%s stays in use, and so does its account."), to->kept_handle);
    if (to->over_handle != NULL)
        command_tell(to->context, "renewed",
            _("%s: the mandate was over, and goes on without a last day: “concert set %s "
              "expires=DAY” sets one."),
            to->over_handle, to->over_handle);
}

/* --- the act -----------------------------------------------------------------------------------
 */

/* What becomes of each account, before anybody has said yes. */
static void tell_ends(const struct handover *to)
{
    for (size_t i = 0; i < to->n_old; i++) {
        char day[DATE_TEXT_SIZE];

        date_long_text(to->ended[i].day, to->context->language, day, sizeof(day));
        command_tell(to->context, "ends",
            to->later ? _("%s (%s): the mandate would end on %s.")
            : to->ended[i].several
                ? _("%s (%s) would no longer speak for this committee.")
                : _("%s (%s): the account would be closed, and its devices shut out; their copies "
                    "are deleted at their next contact."),
            to->ended[i].handle, to->ended[i].person, day);
    }
}

static bool is_sure(const struct handover *to, enum command_exit *code_r)
{
    *code_r = COMMAND_OK;
    if (command_option(to->context, "yes") != NULL)
        return true;
    if (!isatty(STDIN_FILENO)) {
        *code_r = command_say(to->context, COMMAND_USAGE,
            _("Nothing is handed over without your word: add --yes to hand %s over to %s."),
            to->party_name, to->person);
        return false;
    }
    tell_ends(to);
    command_tell(to->context, "question", _("Hand %s over to %s?"), to->party_name, to->person);
    if (ask_yes())
        return true;
    report_note(to->context->report, _("Nothing was handed over."));
    return false;
}

/* A handover that was cut short ends with a line for a person who has not joined. One who has is
 * whom the committee was with: often it is the name that its account was given, the committee's. */
static enum command_exit say_held(const struct handover *to)
{
    return command_say(to->context, COMMAND_REFUSED,
        _("%s holds this committee already, with %s, and nobody is shut out. Say with --to the "
          "name of the new person; another device of this one comes in with “concert invite %s "
          "--person \"%s\" --role %s”."),
        to->person, to->holding->handle, to->party->handle, to->person,
        status_word(
            to->context, book_get(to->context->book, to->account), "role", false, to->arena));
}

static enum command_exit hand_over(struct handover *to)
{
    enum command_exit code;
    const struct book_entry *made;

    if ((code = handover_find(to)) != COMMAND_OK)
        return code;
    if (!handover_prepare(to) || !keep_names(to))
        return change_no_memory(to->context);
    if (to->n_changes == 0 && to->n_old == 0 && to->holding != NULL)
        return say_held(to);
    if (to->n_changes > 0) {
        if (!is_sure(to, &code))
            return code;
        code = command_write(to->context, to->changes, to->n_changes, true);
        made = to->context->book == NULL ? NULL : book_get(to->context->book, to->account);
        if (code != COMMAND_OK)
            return code;
        if (made == NULL || change_waits(to->context, to->changes[0].id))
            return command_say(to->context, COMMAND_WAITING,
                _("Until the server has heard of it nothing changes for anybody, and there is no "
                  "invitation: run the same command once more when it is in reach."));
        tell(to);
    }
    return show_line(to);
}

/* What is past cannot be handed over any more: nobody's devices are shut out backwards. */
static bool read_day(struct handover *to, enum command_exit *code_r)
{
    const int32_t today = date_of_time(clock_now(), NULL);
    char day[DATE_TEXT_SIZE];

    to->later = to->context->today_given && to->context->today > today;
    if (!to->context->today_given || to->context->today >= today)
        return true;
    date_long_text(to->context->today, to->context->language, day, sizeof(day));
    *code_r = command_say(to->context, COMMAND_USAGE,
        _("%s is past: leave --on out to hand the committee over today, or give a day to "
          "come."),
        day);
    return false;
}

static bool read_words(struct handover *to, enum command_exit *code_r)
{
    struct context *context = to->context;
    const char *keep = command_option(context, "keep"), *person = command_option(context, "to");

    to->party = pick_party(context, context->argv[0], NULL, code_r);
    if (to->party == NULL)
        return false;
    to->party_name = arena_printf(to->arena, "%s", book_label(context->book, to->party));
    if (person == NULL) {
        *code_r = command_say(context, COMMAND_USAGE,
            _("Say who takes it over: concert handover %s --to NAME"), to->party->handle);
        return false;
    }
    to->person = invited_person(context, person, code_r);
    if (to->person == NULL || !read_day(to, code_r))
        return false;
    if (keep != NULL)
        to->kept = command_record(context, keep, KIND_BIT(DEVICE), code_r);
    return keep == NULL || to->kept != NULL;
}

static enum command_exit run(struct context *context)
{
    struct handover to = {.context = context, .arena = context->arena};
    enum command_exit code = COMMAND_OK;

    if (desk_identity(context->desk)->role != CONCERT__ACCOUNT__ROLE__COORDINATOR)
        return command_say(
            context, COMMAND_REFUSED, _("Only a coordinator hands a committee over: ask yours."));
    to.reader = change_reader(context, to.arena);
    return read_words(&to, &code) ? hand_over(&to) : code;
}

static const struct command_option options[] = {
    {"to", "a", 0, N_("NAME"), N_("Who takes the committee over.")},
    {"keep", "garder", 0, N_("DEVICE"),
        N_("A device that stays in use, and its account with it: the committee's own.")},
    {"yes", "oui", 'y', NULL, N_("Do not ask.")},
    {"message", "message", 'm', N_("REASON"), N_("Why: the log keeps it.")},
    {.name = NULL},
};

const struct command handover_command = {
    .name = "handover",
    .french = "passer",
    .usage_en = "COMMITTEE --to NAME [--on DAY] [--keep DEVICE]",
    .usage_fr = "INSTANCE --a NOM [--le JOUR] [--garder APPAREIL]",
    .summary = N_("Passes a committee to somebody else: the old accounts end, a new one begins."),
    .examples_en = "concert handover \"Comité local de Mékinac\" --to \"New person\"\n"
                   "concert handover Mékinac --to \"New person\" --on 2030-06-30",
    .examples_fr = "concert passer \"Comité local de Mékinac\" --a \"Nouvelle personne\"\n"
                   "concert passer Mékinac --a \"Nouvelle personne\" --le 2030-06-30",
    .options = options,
    .min_args = 1,
    .max_args = 1,
    .flags = COMMAND_WRITES,
    .run = run,
};
