#include "exit_codes.h"

#include "i18n.h"

const struct exit_code exit_codes[] = {
    {COMMAND_OK, "ok", N_("It is done.")},
    {COMMAND_FAILED, "failed", N_("The server, the disk or this program could not do it.")},
    {COMMAND_USAGE, "usage", N_("The words of the command are not right.")},
    {COMMAND_NOT_FOUND, "not_found", N_("There is no such record.")},
    {COMMAND_CONFLICT, "conflict",
        N_("Recorded here, but others changed the same fields: someone must choose.")},
    {COMMAND_REFUSED, "refused", N_("The change was refused.")},
    {COMMAND_WAITING, "waiting", N_("The server is out of reach, and this cannot do without it.")},
    {COMMAND_UNJOINED, "unjoined", N_("This device has not joined a region yet.")},
    {COMMAND_DAMAGED, "damaged", N_("The copy of the plan on this device is damaged.")},
    {COMMAND_FINDINGS, "findings", N_("The check found something to look at.")},
};
const size_t exit_codes_count = sizeof(exit_codes) / sizeof(exit_codes[0]);

const char *exit_codes_name(enum command_exit code)
{
    for (size_t i = 0; i < exit_codes_count; i++)
        if (exit_codes[i].code == code)
            return exit_codes[i].name;
    return "failed";
}
