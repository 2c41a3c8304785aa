#include "command.h"

#include <string.h>

#include "text.h"

#define NAMES_MAX 128

/* One line a command; the order is that of help, reading first. */
extern const struct command plan_command, show_command, list_command, search_command,
    dashboard_command, explain_command, history_command;
extern const struct command due_command, check_command;
extern const struct command portrait_command, potential_command, form_command, assess_command;
extern const struct command progress_command, note_command, set_command, edit_command, add_command,
    remove_command, import_command, export_command, invite_command;
extern const struct command diff_command, adopt_command, begin_command, propose_command, proposals_command,
    accept_command, refuse_command;
extern const struct command attach_command, fetch_command;
extern const struct command funding_command, schedule_command, agreement_command, transport_command;
extern const struct command calendar_command, meeting_command, attend_command, decide_command,
    entrust_command, done_command, training_command, chart_command;
extern const struct command inventory_command, values_command, communication_command,
    bulletin_command, mailing_command, directory_command, confirm_command, territory_command;
extern const struct command devices_command, revoke_command, handover_command,
    quarantine_command, about_command;
extern const struct command conflicts_command, resolve_command;
extern const struct command join_command, watch_command, sync_command, status_command, help_command,
    version_command;

const struct command *const commands[] = {
    &plan_command,
    &dashboard_command,
    &show_command,
    &explain_command,
    &list_command,
    &search_command,
    &due_command,
    &check_command,
    &portrait_command,
    &potential_command,
    &form_command,
    &assess_command,
    &calendar_command,
    &meeting_command,
    &training_command,
    &chart_command,
    &inventory_command,
    &values_command,
    &communication_command,
    &bulletin_command,
    &mailing_command,
    &directory_command,
    &territory_command,
    &history_command,
    &diff_command,
    &funding_command,
    &schedule_command,
    &agreement_command,
    &transport_command,
    &progress_command,
    &note_command,
    &set_command,
    &edit_command,
    &add_command,
    &remove_command,
    &attend_command,
    &decide_command,
    &entrust_command,
    &done_command,
    &begin_command,
    &adopt_command,
    &propose_command,
    &proposals_command,
    &accept_command,
    &refuse_command,
    &conflicts_command,
    &resolve_command,
    &confirm_command,
    &attach_command,
    &fetch_command,
    &import_command,
    &export_command,
    &invite_command,
    &devices_command,
    &revoke_command,
    &quarantine_command,
    &handover_command,
    &join_command,
    &status_command,
    &sync_command,
    &watch_command,
    &about_command,
    &help_command,
    &version_command,
};
const size_t commands_count = sizeof(commands) / sizeof(commands[0]);

const char *command_name(const struct command *command, const char *language)
{
    return strcmp(language, "fr") == 0 ? command->french : command->name;
}

static const char *nearest(const char *word, const char *language)
{
    const char *names[NAMES_MAX];
    size_t n = 0;

    for (size_t i = 0; i < commands_count && n + 2 <= NAMES_MAX; i++) {
        names[n++] = command_name(commands[i], language);
        names[n++] = command_name(commands[i], strcmp(language, "fr") == 0 ? "en" : "fr");
    }
    return text_nearest(word, names, n);
}

const struct command *command_find(const char *word, const char *language, const char **near_r)
{
    const struct command *found = NULL;
    char folded[64];
    size_t length, several = 0;

    *near_r = NULL;
    text_fold(word, folded, sizeof(folded));
    length = strlen(folded);
    for (size_t i = 0; i < commands_count; i++) {
        const struct command *c = commands[i];
        if (strcmp(c->name, folded) == 0 || strcmp(c->french, folded) == 0)
            return c;
        if (strncmp(c->name, folded, length) == 0 || strncmp(c->french, folded, length) == 0) {
            found = c;
            several++;
        }
    }
    if (several == 1 && length > 0)
        return found;
    if (length > 0)
        *near_r = several > 1 ? command_name(found, language) : nearest(word, language);
    return NULL;
}
