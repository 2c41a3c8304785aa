/* Invites somebody of a committee: an account, and one line to paste on their device. */
#include <string.h>

#include "clock.h"
#include "date.h"
#include "figures/mandates.h"
#include "i18n.h"
#include "input/change.h"
#include "input/pick.h"
#include "language.h"
#include "text.h"
#include "words/invited.h"
#include "words/phrase.h"
#include "words/status_word.h"

#define DAYS_MAX 30

static const struct sheet_column columns[] = {
    {"invitation", NULL, SHEET_TEXT, false, false},
    {"account", NULL, SHEET_TEXT, false, true},
    {"person", NULL, SHEET_TEXT, false, true},
    {"party", NULL, SHEET_TEXT, false, true},
    {"role", NULL, SHEET_TEXT, false, true},
    {"expires_at", NULL, SHEET_TIME, false, true},
};

/* Who is invited: the account's fields, and the account once it is known. */
struct guest {
    struct context *context;
    struct arena *arena;
    struct fields_reader reader;
    const struct book_entry *party;                 /* gone after a write, as all of the book */
    const char *person, *party_name, *party_handle; /* the arena's */
    const char *role;                               /* in words */
    const char *beside;        /* what is said of an account that there is already; NULL: none */
    struct fields_patch patch; /* of the account: role, language, person, parties */
    uint8_t account[UUID_SIZE];
    int64_t days;
};

/* --- the account -------------------------------------------------------------------------------
 */

static bool fits(const struct guest *guest, const struct book_entry *account)
{
    int64_t role = record_get(guest->patch.message, record_field(account->kind, "role"), 0).number;

    return book_number(account, "role", 0) == role && book_number(account, "active", 1) != 0 &&
           mandates_speaks(account, guest->party->id);
}

/* The account of that person, or with no --person the only one of the committee. NULL: to be made.
 */
static const struct book_entry *account_of(const struct guest *guest)
{
    size_t count, fitting = 0;
    const struct book_entry *const *accounts =
        book_list(guest->context->book, CONCERT__KIND__ACCOUNT, &count);
    const struct book_entry *one = NULL;

    for (size_t i = 0; i < count; i++) {
        const char *person = book_text(accounts[i], "person");

        if (!fits(guest, accounts[i]))
            continue;
        if (person != NULL && text_distance(person, guest->person) == 0)
            return accounts[i];
        one = accounts[i];
        fitting++;
    }
    return command_option(guest->context, "person") == NULL && fitting == 1 ? one : NULL;
}

/* Another account that this one could be taken for; NULL when there is none. */
static const struct book_entry *other_of(const struct guest *guest)
{
    bool any = command_option(guest->context, "person") == NULL;
    size_t count;
    const struct book_entry *const *accounts =
        book_list(guest->context->book, CONCERT__KIND__ACCOUNT, &count);

    for (size_t i = 0; i < count; i++) {
        const char *person = book_text(accounts[i], "person");

        if (mandates_open(accounts[i], guest->context->today) &&
            mandates_speaks(accounts[i], guest->party->id) && person != NULL &&
            (any || text_distance(person, guest->person) == 0))
            return accounts[i];
    }
    return NULL;
}

static bool make_account(struct guest *guest, enum command_exit *code_r)
{
    const struct desk_operation *operation;
    struct desk_change change;
    struct desk_why why = {.trouble = DESK_FINE};

    change_new_id(guest->account);
    change = change_of(&guest->patch, NULL, guest->account, NULL);
    if (!desk_write(guest->context->desk, &change, 1, true, &operation, &why)) {
        *code_r = command_why(guest->context, &why);
        return false;
    }
    if (operation->state == DESK_ACCEPTED)
        return true;
    if (operation->state == DESK_REFUSED) {
        struct desk_why unused;

        /* An account that was refused is nothing to keep: inviting again makes another. */
        why.trouble = DESK_ANSWER;
        why.error = operation->error;
        desk_drop(guest->context->desk, operation->number, &unused);
    }
    *code_r = command_why(guest->context, &why);
    return false;
}

/* --- the words ---------------------------------------------------------------------------------
 */

static bool set(struct guest *guest, const char *name, const char *text, enum command_exit *code_r)
{
    struct fields_problem problem;

    if (fields_set(
            &guest->reader, &guest->patch, record_field(guest->patch.kind, name), text, &problem))
        return true;
    *code_r = change_wrong(guest->context, &problem);
    return false;
}

static bool read_days(struct guest *guest, enum command_exit *code_r)
{
    const char *days = command_option(guest->context, "days");

    guest->days = 0; /* as long as the server gives */
    if (days == NULL ||
        (fields_number(days, &guest->days) && guest->days >= 1 && guest->days <= DAYS_MAX))
        return true;
    *code_r = command_say(guest->context, COMMAND_USAGE,
        _("An invitation is good for 1 to %d days, not “%s”."), DAYS_MAX, days);
    return false;
}

/* Whoever is invited may come from now on. */
static bool read_day(struct context *context, enum command_exit *code_r)
{
    if (!context->today_given || context->today == date_of_time(clock_now(), NULL))
        return true;
    *code_r = command_say(context, COMMAND_USAGE,
        _("An invitation is good from today on: leave --on out; --days says for how long."));
    return false;
}

/* As it is stored; NULL after having said that it is none. */
static const char *language_of(struct guest *guest, enum command_exit *code_r)
{
    const char *word = command_option(guest->context, "language");
    const char *language =
        word == NULL ? desk_identity(guest->context->desk)->language : language_read(word);
    Concert__Account account = CONCERT__ACCOUNT__INIT;

    account.language = (char *)(language == NULL ? word : language);
    return invited_keeps_rules(guest->context, &account.base, code_r) ? account.language : NULL;
}

static bool read_guest(struct guest *guest, enum command_exit *code_r)
{
    const ProtobufCFieldDescriptor *role = record_field(guest->patch.kind, "role");
    const char *word = command_option(guest->context, "role");
    const char *person = command_option(guest->context, "person"), *language;

    guest->person = invited_person(
        guest->context, person == NULL ? book_text(guest->party, "name") : person, code_r);
    if (guest->person == NULL || !set(guest, "person", guest->person, code_r) ||
        !set(guest, "role", word == NULL ? "editor" : word, code_r) ||
        (language = language_of(guest, code_r)) == NULL ||
        !set(guest, "language", language, code_r))
        return false;
    guest->role = phrase_value(guest->context->book, guest->patch.kind, role,
        record_get(guest->patch.message, role, 0), guest->context->language, false, guest->arena);
    return fields_refer(&guest->reader, &guest->patch, "parties", guest->party->id) &&
           read_day(guest->context, code_r) && read_days(guest, code_r);
}

/* --- the line ----------------------------------------------------------------------------------
 */

static void show(struct guest *guest, const char *line, int64_t expires_at)
{
    struct sheet *sheet = report_sheet(guest->context->report, "invitation", NULL, SHEET_LINE, true,
        columns, sizeof(columns) / sizeof(columns[0]));
    const ProtobufCFieldDescriptor *role = record_field(guest->patch.kind, "role");
    char id[UUID_TEXT];

    if (sheet == NULL)
        return;
    uuid_format(guest->account, id);
    sheet_row(sheet, 0, SHEET_PLAIN);
    sheet_text(sheet, line);
    sheet_text(sheet, id);
    sheet_text(sheet, guest->person);
    sheet_text(sheet, guest->party_handle);
    sheet_text(sheet, record_text(guest->patch.kind, role,
                          record_get(guest->patch.message, role, 0), guest->arena));
    sheet_number(sheet, expires_at);
}

/* A line that would let nobody in is not given. */
static enum command_exit check_mandate(const struct guest *guest, const struct book_entry *account)
{
    char day[DATE_TEXT_SIZE];

    if (account == NULL || mandates_open(account, guest->context->today))
        return COMMAND_OK;
    date_long_text(book_date(account, "expires"), guest->context->language, day, sizeof(day));
    return command_say(guest->context, COMMAND_REFUSED,
        _("The mandate of %s (%s) ended on %s: “concert set %s expires=DAY” renews it, then invite "
          "again."),
        account->handle, book_label(guest->context->book, account), day, account->handle);
}

/* The book goes with the write: what is shown later is kept. */
static void keep(struct guest *guest, const struct book_entry *other)
{
    guest->person = arena_printf(guest->arena, "%s", guest->person);
    guest->party_handle = arena_printf(guest->arena, "%s", guest->party->handle);
    guest->party_name =
        arena_printf(guest->arena, "%s", book_label(guest->context->book, guest->party));
    if (other != NULL)
        guest->beside = arena_printf(guest->arena,
            _("%s has an account already: %s, %s (%s). This is another one: “concert devices %s” "
              "shows them all."),
            guest->party_name, other->handle, book_text(other, "person"),
            status_word(guest->context, other, "role", false, guest->arena), guest->party_handle);
}

static enum command_exit invite(struct guest *guest)
{
    enum command_exit code = COMMAND_FAILED;
    const struct book_entry *account;
    struct desk_why why = {.trouble = DESK_FINE};
    int64_t expires_at;
    const char *line;

    if (!fields_begin(&guest->reader, kinds_get(CONCERT__KIND__ACCOUNT), &guest->patch))
        return change_no_memory(guest->context);
    if (!read_guest(guest, &code))
        return code;
    account = account_of(guest);
    if ((code = check_mandate(guest, account)) != COMMAND_OK)
        return code;
    if (account != NULL) {
        memcpy(guest->account, account->id, UUID_SIZE);
        guest->person = book_text(account, "person");
    }
    keep(guest, account == NULL ? other_of(guest) : NULL);
    if (account == NULL && !make_account(guest, &code))
        return code;
    line =
        desk_invite(guest->context->desk, guest->account, (uint32_t)guest->days, &expires_at, &why);
    if (line == NULL)
        return command_why(guest->context, &why);
    show(guest, line, expires_at);
    if (guest->beside != NULL)
        command_tell(guest->context, "beside", "%s", guest->beside);
    invited_tell(guest->context, guest->person, guest->party_name, guest->role, expires_at);
    return COMMAND_OK;
}

static enum command_exit run(struct context *context)
{
    struct guest guest = {.context = context, .arena = context->arena};
    enum command_exit code;

    if (desk_identity(context->desk)->role != CONCERT__ACCOUNT__ROLE__COORDINATOR)
        return command_say(context, COMMAND_REFUSED,
            _("Only a coordinator invites somebody: ask your coordination."));
    guest.party = pick_party(context, context->argv[0], NULL, &code);
    if (guest.party == NULL)
        return code;
    guest.reader = change_reader(context, guest.arena);
    return invite(&guest);
}

static const struct command_option options[] = {
    {"person", "personne", 0, N_("WORDS"), N_("Who: a name or a function; else the committee.")},
    {"role", "role", 0, N_("WORD"), N_("editor (unless said), reader, secretariat, coordinator.")},
    {"language", "langue-du-compte", 0, N_("fr|en"), N_("The language of the account.")},
    {"days", "jours", 0, N_("NUMBER"), N_("How many days the invitation is good for.")},
    {.name = NULL},
};

const struct command invite_command = {
    .name = "invite",
    .french = "inviter",
    .usage_en = "COMMITTEE",
    .usage_fr = "INSTANCE",
    .summary = N_("Makes the line with which a committee joins from its own device."),
    .examples_en = "concert invite \"Comité local de Mékinac\"\n"
                   "concert invite Shawinigan --person \"Secretary\" --role reader --days 3",
    .examples_fr = "concert inviter \"Comité local de Mékinac\"\n"
                   "concert inviter Shawinigan --personne \"Secrétaire\" --role lecture --jours 3",
    .options = options,
    .min_args = 1,
    .max_args = 1,
    .flags = COMMAND_WRITES,
    .run = run,
};
