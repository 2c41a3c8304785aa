#include "input/ask.h"

#include <stdio.h>

#include "i18n.h"
#include "terminal.h"
#include "text.h"

bool ask_yes(void)
{
    static const char *const yes[] = {"y", "yes", "o", "oui"};
    char answer[32];

    terminal_prompt("%s", _("[y/N] "));
    if (fgets(answer, sizeof(answer), stdin) == NULL)
        return false;
    text_trim(answer);
    for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
        if (text_distance(answer, yes[i]) == 0)
            return true;
    return false;
}
