/* Passes a committee to somebody else: the accounts before end, their devices are shut out, a new
 * account is made and invited; all of it or nothing. */
#include <string.h>

#include "clock.h"
#include "date.h"
#include "figures/mandates.h"
#include "i18n.h"
#include "input/change.h"
#include "input/pick.h"
#include "text.h"

/* An account that ends, as its sentence names it. */
struct ended {
    const char *handle, *person;
    bool several; /* it spoke for other committees too */
};

struct handover {
    struct context *context;
    struct arena *arena;
    struct fields_reader reader;
    const struct book_entry *party, *kept; /* kept: a device that goes on; NULL: none */
    const char *person;
    const char *party_name; /* the arena's, as `person`: the book goes with a write */
    bool later;             /* on a day to come */
    const struct book_entry **old;
    size_t n_old;
    struct ended *ended;     /* as many */
    const char *kept_handle; /* NULL: none */
    struct desk_change *changes;
    size_t n_changes, room;
    uint8_t account[UUID_SIZE];
    bool exists;
};

/* --- who ---------------------------------------------------------------------------------------
 */

/* The account of a kept device goes on with it. */
static bool is_kept(const struct handover *to, const struct book_entry *account)
{
    return to->kept != NULL && book_follow(to->context->book, to->kept, "account") == account;
}

static bool is_new(const struct handover *to, const struct book_entry *account)
{
    const char *person = book_text(account, "person");

    return person != NULL && text_distance(person, to->person) == 0;
}

static enum command_exit collect(struct handover *to)
{
    size_t count, devices;
    const struct book_entry *const *list =
        book_list(to->context->book, CONCERT__KIND__ACCOUNT, &count);

    book_list(to->context->book, CONCERT__KIND__DEVICE, &devices);
    to->room = count + devices + 1;
    to->old = arena_alloc(to->arena, (count + 1) * sizeof(*to->old));
    to->changes = arena_alloc(to->arena, to->room * sizeof(*to->changes));
    if (to->old == NULL || to->changes == NULL)
        return change_no_memory(to->context);
    for (size_t i = 0; i < count; i++) {
        if (book_number(list[i], "active", 1) == 0 || !mandates_speaks(list[i], to->party->id))
            continue;
        if (is_new(to, list[i])) {
            memcpy(to->account, list[i]->id, UUID_SIZE);
            to->exists = true;
            to->person = arena_printf(to->arena, "%s", book_text(list[i], "person"));
        } else if (!is_kept(to, list[i])) {
            to->old[to->n_old++] = list[i];
        }
    }
    return COMMAND_OK;
}

/* The accounts that end wholly, as far as coordinators go. */
static enum command_exit check(struct handover *to)
{
    struct context *context = to->context;
    bool ends = false;

    for (size_t i = 0; i < to->n_old; i++) {
        if (uuid_equal(to->old[i]->id, desk_identity(context->desk)->account))
            return command_say(context, COMMAND_REFUSED,
                _("You speak for %s yourself (%s): have another coordinator hand it over, or take "
                  "it out of your account first."),
                to->party_name, to->old[i]->handle);
        if (to->later && mandates_parties(to->old[i]) > 1)
            return command_say(context, COMMAND_REFUSED,
                _("%s speaks for several committees, and its mandate ends for all of them at once: "
                  "hand %s over on the day itself."),
                to->old[i]->handle, to->party_name);
        ends = ends || book_number(to->old[i], "role", 0) == CONCERT__ACCOUNT__ROLE__COORDINATOR;
    }
    if (ends && mandates_coordinators(context->book, context->today, to->old, to->n_old) == 0)
        return command_say(context, COMMAND_REFUSED,
            _("This is the last coordinator: name a second one first, with “concert invite PARTY "
              "--role coordinator”."));
    if (ends &&
        mandates_coordinators_joined(context->book, context->today, to->old, to->n_old) == 0)
        return command_say(context, COMMAND_REFUSED,
            _("%s cannot leave yet: no other coordinator has joined with a device, and nobody "
              "could let anybody in any more. Have the second one join first."),
            to->old[0]->handle);
    return COMMAND_OK;
}

/* --- what changes ------------------------------------------------------------------------------
 */

static bool add(struct handover *to, const struct fields_patch *patch,
    const struct book_entry *base, const uint8_t *id)
{
    const char *reason = command_option(to->context, "message");

    if (reason == NULL)
        reason = arena_printf(to->arena, _("Handover of %s"), to->party_name);
    to->changes[to->n_changes++] = change_of(patch, base, id, reason);
    return true;
}

static bool set_number(
    struct handover *to, struct fields_patch *patch, const char *field, int64_t number)
{
    struct record_value value = {.number = number};

    return record_set(patch->message, record_field(patch->kind, field), &value, 1, to->arena);
}

static bool set_text(
    struct handover *to, struct fields_patch *patch, const char *field, const char *text)
{
    struct record_value value = {.data = text, .size = strlen(text)};

    return record_set(patch->message, record_field(patch->kind, field), &value, 1, to->arena);
}

static bool end_on(struct handover *to, const struct book_entry *account)
{
    struct fields_patch patch;
    char day[DATE_TEXT_SIZE];

    if (book_date(account, "expires") != DATE_NONE &&
        book_date(account, "expires") <= to->context->today)
        return true;
    date_format(to->context->today, day);
    return fields_begin(&to->reader, account->kind, &patch) &&
           set_text(to, &patch, "expires", arena_printf(to->arena, "%s", day)) &&
           add(to, &patch, account, account->id);
}

/* Speaks for the others from now on. */
static bool leave_party(struct handover *to, const struct book_entry *account)
{
    const ProtobufCFieldDescriptor *parties = record_field(account->kind, "parties");
    size_t count = record_count(account->body, parties), kept = 0;
    struct record_value *values = arena_alloc(to->arena, count * sizeof(*values));
    struct fields_patch patch;

    if (values == NULL || !fields_begin(&to->reader, account->kind, &patch))
        return false;
    for (size_t i = 0; i < count; i++) {
        values[kept] = record_get(account->body, parties, i);
        kept += memcmp(values[kept].data, to->party->id, UUID_SIZE) != 0;
    }
    return record_set(patch.message, parties, values, kept, to->arena) &&
           add(to, &patch, account, account->id);
}

static bool shut_out(struct handover *to, const struct book_entry *account)
{
    size_t count;
    const struct book_entry *const *list =
        book_children(to->context->book, account->id, CONCERT__KIND__DEVICE, "account", &count);
    struct fields_patch patch;

    for (size_t i = 0; i < count; i++)
        if (book_number(list[i], "revoked", 0) == 0 &&
            !(fields_begin(&to->reader, list[i]->kind, &patch) &&
                set_number(to, &patch, "revoked", 1) && add(to, &patch, list[i], list[i]->id)))
            return false;
    return true;
}

static bool end_now(struct handover *to, const struct book_entry *account)
{
    struct fields_patch patch;

    if (mandates_parties(account) > 1)
        return leave_party(to, account);
    return fields_begin(&to->reader, account->kind, &patch) &&
           set_number(to, &patch, "active", 0) && add(to, &patch, account, account->id) &&
           shut_out(to, account);
}

/* As those before: the same language, an editor. */
static bool make_account(struct handover *to)
{
    const struct kind *kind = kinds_get(CONCERT__KIND__ACCOUNT);
    const char *language = to->n_old == 0 ? NULL : book_text(to->old[0], "language");
    struct fields_patch patch;

    if (language == NULL)
        language = desk_identity(to->context->desk)->language;
    change_new_id(to->account);
    return fields_begin(&to->reader, kind, &patch) && set_text(to, &patch, "person", to->person) &&
           set_text(to, &patch, "language", language) &&
           set_number(to, &patch, "role", CONCERT__ACCOUNT__ROLE__EDITOR) &&
           fields_refer(&to->reader, &patch, "parties", to->party->id) &&
           add(to, &patch, NULL, to->account);
}

static bool prepare(struct handover *to)
{
    for (size_t i = 0; i < to->n_old; i++)
        if (!(to->later ? end_on : end_now)(to, to->old[i]))
            return false;
    return to->exists || make_account(to);
}

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
    char id[UUID_TEXT], day[DATE_TEXT_SIZE];
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
    date_long_text(date_of_time(expires_at, NULL), context->language, day, sizeof(day));
    command_apart(context);
    command_tell(context, "line",
        _("For %s (%s). On their device: concert join, then paste this line. It is good once, "
          "until %s."),
        to->person, to->party_name, day);
    command_apart(context);
    return COMMAND_OK;
}

/* Before the write: the book goes with it. */
static bool keep_names(struct handover *to)
{
    to->ended = arena_alloc(to->arena, (to->n_old + 1) * sizeof(*to->ended));
    for (size_t i = 0; to->ended != NULL && i < to->n_old; i++)
        to->ended[i] = (struct ended){.handle = arena_printf(to->arena, "%s", to->old[i]->handle),
            .person = arena_printf(to->arena, "%s", book_label(to->context->book, to->old[i])),
            .several = mandates_parties(to->old[i]) > 1};
    to->kept_handle = to->kept == NULL ? NULL : arena_printf(to->arena, "%s", to->kept->handle);
    return to->ended != NULL;
}

static void tell(const struct handover *to)
{
    char day[DATE_TEXT_SIZE];

    date_long_text(to->context->today, to->context->language, day, sizeof(day));
    for (size_t i = 0; i < to->n_old; i++)
        command_tell(to->context, "ended",
            to->later ? _("%s (%s): the mandate ends on %s; its devices go on until then.")
            : to->ended[i].several
                ? _("%s (%s) no longer speaks for this committee, and goes on for its others.")
                : _("%s (%s): the account is closed and its devices are shut out; what they "
                    "had not sent comes to “concert quarantine”."),
            to->ended[i].handle, to->ended[i].person, day);
    if (to->kept_handle != NULL)
        command_tell(
            to->context, "kept", _("%s stays in use, and so does its account."), to->kept_handle);
}

static enum command_exit hand_over(struct handover *to)
{
    enum command_exit code;
    const struct book_entry *made;

    if ((code = collect(to)) != COMMAND_OK || (code = check(to)) != COMMAND_OK)
        return code;
    if (!prepare(to) || !keep_names(to))
        return change_no_memory(to->context);
    if (to->n_changes > 0) {
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

static bool read_words(struct handover *to, enum command_exit *code_r)
{
    struct context *context = to->context;
    const char *keep = command_option(context, "keep");

    to->party = pick_party(context, context->argv[0], NULL, code_r);
    if (to->party == NULL)
        return false;
    to->party_name = arena_printf(to->arena, "%s", book_label(context->book, to->party));
    to->person = command_option(context, "to");
    if (to->person == NULL || to->person[0] == '\0') {
        *code_r = command_say(context, COMMAND_USAGE,
            _("Say who takes it over: concert handover %s --to NAME"), to->party->handle);
        return false;
    }
    to->later = context->today_given && context->today > date_of_time(clock_now(), NULL);
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
