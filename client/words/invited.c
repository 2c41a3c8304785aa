#include "words/invited.h"

#include <string.h>

#include "arena.h"
#include "date.h"
#include "i18n.h"
#include "record_rules.h"
#include "text.h"
#include "words/talk.h"

bool invited_keeps_rules(
    struct context *context, const ProtobufCMessage *account, enum command_exit *code_r)
{
    const struct kind *kind = kinds_get(CONCERT__KIND__ACCOUNT);
    struct error error;
    char sentence[TALK_SIZE];

    if (record_rules_hold(kind, account, RECORD_RULES_ALL, &error))
        return true;
    talk_refusal(&error, kind, context->language, sentence);
    *code_r = command_say(context, COMMAND_USAGE, "%s", sentence);
    return false;
}

const char *invited_person(struct context *context, const char *word, enum command_exit *code_r)
{
    Concert__Account account = CONCERT__ACCOUNT__INIT;

    account.person = arena_printf(context->arena, "%s", word);
    if (account.person == NULL) {
        *code_r = command_say(context, COMMAND_FAILED, _("There is not enough memory for this."));
        return NULL;
    }
    text_trim(account.person);
    return invited_keeps_rules(context, &account.base, code_r) ? account.person : NULL;
}

void invited_tell(struct context *context, const char *person, const char *party, const char *role,
    int64_t expires_at)
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
        _("For %s, in the role “%s”. On their device: concert join, then paste this line. It is "
          "good once, until %s."),
        who == NULL ? person : who, role, day);
    command_apart(context);
}
