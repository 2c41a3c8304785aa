/* Who hands a committee over to whom, and the changes that do it. */
#include <string.h>

#include "commands/handover.h"
#include "date.h"
#include "figures/mandates.h"
#include "i18n.h"
#include "input/change.h"
#include "text.h"

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

/* By the day from which the new person speaks. */
static bool is_over(const struct handover *to, const struct book_entry *account)
{
    const int32_t expires = book_date(account, "expires");

    return expires != DATE_NONE && expires <= to->context->today - (to->later ? 0 : 1);
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
            to->over = is_over(to, list[i]) ? list[i] : NULL;
            if (to->holding == NULL)
                to->holding = mandates_device(to->context->book, list[i]);
            to->person = arena_printf(to->arena, "%s", book_text(list[i], "person"));
        } else if (!is_kept(to, list[i])) {
            to->old[to->n_old++] = list[i];
        }
    }
    return COMMAND_OK;
}

/* The accounts that end wholly, as far as coordinators go. */
static enum command_exit check_ends(struct handover *to)
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

/* A device that stays in use is in use, and of this committee. */
static enum command_exit check_kept(const struct handover *to)
{
    const struct book_entry *account =
        to->kept == NULL ? NULL : book_follow(to->context->book, to->kept, "account");

    if (to->kept == NULL)
        return COMMAND_OK;
    if (account == NULL || !mandates_speaks(account, to->party->id))
        return command_say(to->context, COMMAND_REFUSED,
            _("%s is no device of %s: “concert devices %s” shows those that are."),
            to->kept->handle, to->party_name, to->party->handle);
    if (book_number(to->kept, "revoked", 0) != 0 || book_number(account, "active", 1) == 0)
        return command_say(to->context, COMMAND_REFUSED,
            _("%s is shut out already, and cannot stay in use: leave --keep out."),
            to->kept->handle);
    return COMMAND_OK;
}

enum command_exit handover_find(struct handover *to)
{
    enum command_exit code = check_kept(to);

    if (code == COMMAND_OK)
        code = collect(to);
    return code == COMMAND_OK ? check_ends(to) : code;
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

/* Who takes over again speaks again. */
static bool renew(struct handover *to)
{
    struct fields_patch *patch; /* the change borrows its list */

    if (to->over == NULL)
        return true;
    patch = arena_alloc(to->arena, sizeof(*patch));
    if (patch == NULL || !fields_begin(&to->reader, to->over->kind, patch))
        return false;
    patch->clear[patch->n_clear++] = "expires";
    return add(to, patch, to->over, to->over->id);
}

bool handover_prepare(struct handover *to)
{
    for (size_t i = 0; i < to->n_old; i++)
        if (!(to->later ? end_on : end_now)(to, to->old[i]))
            return false;
    return to->exists ? renew(to) : make_account(to);
}
