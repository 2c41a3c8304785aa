#include "words/standing.h"

#include "figures/mandates.h"
#include "i18n.h"

enum standing { OPEN, REVOKED, REVOKING, ENDED, CLOSED };

static const struct {
    const char *name, *say;
} standings[] = {
    [OPEN] = {"open", N_("in use")},
    [REVOKED] = {"revoked", N_("revoked")},
    [REVOKING] = {"revoking", N_("revocation waiting")},
    [ENDED] = {"ended", N_("mandate over")},
    [CLOSED] = {"closed", N_("account closed")},
};

/* True while the outbox holds the revocation: the device is still let in. */
static bool revocation_waits(const struct context *context, const struct book_entry *device)
{
    const ProtobufCFieldDescriptor *revoked = record_field(device->kind, "revoked");
    struct desk_why ignored;
    size_t count;
    const struct desk_operation *list = desk_outbox(context->desk, false, &count, &ignored);

    for (size_t i = 0; list != NULL && i < count; i++)
        if (uuid_equal(list[i].id, device->id) && list[i].patch != NULL &&
            record_count(list[i].patch, revoked) > 0 &&
            (list[i].state == DESK_WAITING || list[i].state == DESK_SENT))
            return true;
    return false;
}

static enum standing of_account(const struct context *context, const struct book_entry *account)
{
    if (account == NULL || book_number(account, "active", 1) == 0)
        return CLOSED;
    return mandates_open(account, context->today) ? OPEN : ENDED;
}

static enum standing find(const struct context *context, const struct book_entry *entry)
{
    if (entry->kind->id != CONCERT__KIND__DEVICE)
        return of_account(context, entry);
    if (book_number(entry, "revoked", 0) != 0)
        return revocation_waits(context, entry) ? REVOKING : REVOKED;
    return of_account(context, book_follow(context->book, entry, "account"));
}

const char *standing_word(const struct context *context, const struct book_entry *entry)
{
    enum standing standing = find(context, entry);

    return context->machine ? standings[standing].name : _(standings[standing].say);
}
