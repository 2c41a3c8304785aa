#include "words/invited.h"

#include <string.h>

#include "arena.h"
#include "date.h"
#include "i18n.h"

void invited_tell(
    struct context *context, const char *person, const char *party, int64_t expires_at)
{
    char day[DATE_TEXT_SIZE];
    const char *who = strcmp(person, party) == 0
                          ? person
                          : arena_printf(context->arena, "%s (%s)", person, party);

    if (context->machine)
        return;
    date_long_text(date_of_time(expires_at, NULL), context->language, day, sizeof(day));
    command_apart(context);
    command_tell(context, "line",
        _("For %s. On their device: concert join, then paste this line. It is good once, until "
          "%s."),
        who == NULL ? person : who, day);
    command_apart(context);
}
