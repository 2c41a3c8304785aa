#include "input/ours.h"

#include "i18n.h"
#include "input/pick.h"

bool ours_may_write(
    struct context *context, const struct book_entry *entry, enum command_exit *code_r)
{
    const struct book_entry *owner = book_get(context->book, entry->owner);

    if (pick_is_staff(context) || entry->pending || pick_is_own(context, entry->owner))
        return true;
    *code_r = command_say(context, COMMAND_REFUSED,
        _("%s belongs to %s: they write it, or the coordination does."), entry->handle,
        owner == NULL ? "—" : book_label(context->book, owner));
    return false;
}
