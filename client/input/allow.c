#include "input/allow.h"

#include <string.h>

#include "figures/mandates.h"
#include "i18n.h"
#include "input/pick.h"

/* What no proposal may ask of a field either. */
#define NEVER (KIND_SERVER | KIND_FIXED | KIND_PERSONAL)

static bool has_flag(
    const struct kind *kind, const struct record_names *fields, unsigned flags, bool all)
{
    for (size_t i = 0; i < fields->count; i++) {
        bool has = (kinds_field(kind, fields->name[i])->flags & flags) != 0;

        if (has != all)
            return has;
    }
    return all;
}

/* Its own party's, or the other party's that the kind lets write. */
static enum allow of_owner(const struct context *context, const struct book_entry *entry,
    const struct record_names *fields)
{
    const uint8_t *also = entry->kind->also == NULL
                              ? NULL
                              : record_reference(entry->body, entry->kind, entry->kind->also);
    bool own = pick_is_own(context, entry->owner);

    if (entry->kind->writers != KIND_WRITE_EDITORS && entry->kind->writers != KIND_WRITE_PROPOSERS)
        return ALLOW_OWNER;
    if (!own && (also == NULL || !pick_is_own(context, also)))
        return ALLOW_OWNER;
    if (!own && has_flag(entry->kind, fields, KIND_OWNERS, false))
        return ALLOW_OWNER;
    return has_flag(entry->kind, fields, KIND_STAFF | KIND_COORDINATOR, false) ? ALLOW_ROLE
                                                                               : ALLOW_FINE;
}

static enum allow of_plan(const struct context *context, const struct book_entry *entry,
    const struct record_names *fields, const char *reason)
{
    const struct book_entry *plan = book_plan(context->book, entry);
    int64_t status = plan == NULL ? 0 : book_number(plan, "status", 0);

    if (status == CONCERT__PLAN__STATUS__CLOSED && plan != entry)
        return ALLOW_CLOSED;
    if (status != CONCERT__PLAN__STATUS__ADOPTED ||
        !has_flag(entry->kind, fields, KIND_FROZEN, false))
        return ALLOW_FINE;
    if (desk_identity(context->desk)->role != CONCERT__ACCOUNT__ROLE__COORDINATOR)
        return ALLOW_ADOPTED;
    return reason == NULL || reason[0] == '\0' ? ALLOW_REASON : ALLOW_FINE;
}

enum allow allow_change(const struct context *context, const struct book_entry *entry,
    const struct record_names *fields, const char *reason)
{
    Concert__Account__Role role = desk_identity(context->desk)->role;
    enum allow answer = ALLOW_FINE;

    if (role == CONCERT__ACCOUNT__ROLE__READER)
        return ALLOW_ROLE;
    if (role == CONCERT__ACCOUNT__ROLE__EDITOR)
        answer = of_owner(context, entry, fields);
    else if (role == CONCERT__ACCOUNT__ROLE__SECRETARIAT &&
             (entry->kind->writers == KIND_WRITE_COORDINATOR ||
                 has_flag(entry->kind, fields, KIND_COORDINATOR, false)))
        answer = ALLOW_ROLE;
    return answer != ALLOW_FINE ? answer : of_plan(context, entry, fields, reason);
}

/* What no proposal may ask either is not offered. */
static bool may_propose(const struct context *context, const struct book_entry *entry,
    const struct record_names *fields, enum allow answer)
{
    return (answer == ALLOW_OWNER || answer == ALLOW_ROLE || answer == ALLOW_ADOPTED) &&
           desk_identity(context->desk)->role != CONCERT__ACCOUNT__ROLE__READER &&
           entry->kind->readers == KIND_READ_ALL && entry->kind->id != CONCERT__KIND__PROPOSAL &&
           !has_flag(entry->kind, fields, NEVER, false);
}

/* An adopted plan would be a draft again: what freezes its structure would be gone. */
static bool takes_adoption_back(const struct context *context, const struct book_entry *entry,
    const struct desk_change *change, const struct record_names *fields)
{
    const Concert__Plan *plan = (const Concert__Plan *)change->patch;

    return entry->kind->id == CONCERT__KIND__PLAN && record_named(fields, "status") &&
           desk_identity(context->desk)->role == CONCERT__ACCOUNT__ROLE__COORDINATOR &&
           book_number(entry, "status", 0) >= CONCERT__PLAN__STATUS__ADOPTED &&
           plan->status < CONCERT__PLAN__STATUS__ADOPTED &&
           (change->reason == NULL || change->reason[0] == '\0');
}

/* The last coordinator who can let anybody in goes, and the next one has no device yet. With none
 * at all the server refuses it by itself. */
static bool leaves_nobody(const struct context *context, const struct book_entry *entry,
    const struct desk_change *change, struct arena *arena)
{
    struct book_entry after = *entry;

    if (entry->kind->id != CONCERT__KIND__ACCOUNT || change->remove ||
        book_number(entry, "role", 0) != CONCERT__ACCOUNT__ROLE__COORDINATOR ||
        mandates_coordinators(context->book, context->today, &entry, 1) == 0 ||
        mandates_coordinators_joined(context->book, context->today, &entry, 1) > 0)
        return false;
    after.body = record_patch(
        entry->kind, entry->body, change->patch, change->clear, change->n_clear, arena);
    return after.body != NULL &&
           (!mandates_open(&after, context->today) ||
               book_number(&after, "role", 0) != CONCERT__ACCOUNT__ROLE__COORDINATOR);
}

enum command_exit allow_write(struct context *context, const struct book_entry *entry,
    const struct desk_change *change, struct arena *arena)
{
    struct record_names fields;
    enum command_exit code;
    enum allow answer;

    if (entry == NULL || !record_touched(change->kind, change->patch, change->clear,
                             change->n_clear, arena, &fields))
        return command_write(context, change, 1, true);
    answer = allow_change(context, entry, &fields, change->reason);
    if (answer == ALLOW_REASON)
        return command_say(context, COMMAND_REFUSED,
            _("The plan is adopted: this amends it, and the log keeps why. Type it again with -m "
              "REASON."));
    if (takes_adoption_back(context, entry, change, &fields))
        return command_say(context, COMMAND_REFUSED,
            _("The plan is adopted: taking its adoption back is kept in the log with why. Type it "
              "again with -m REASON."));
    if (leaves_nobody(context, entry, change, arena))
        return command_say(context, COMMAND_REFUSED,
            _("%s cannot leave yet: no other coordinator has joined with a device, and nobody "
              "could let anybody in any more. Have the second one join first."),
            entry->handle);
    code = command_write(context, change, 1, true);
    if (may_propose(context, entry, &fields, answer))
        command_tell(context, "propose",
            _("What you may not change you may propose: “concert propose %s FIELD=VALUE… -m "
              "REASON”."),
            entry->handle);
    return code;
}
