#include "input/edited.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "i18n.h"

enum command_exit edited_kept(struct edited *edit, const char *sentence)
{
    if (sentence[0] == '\0')
        return command_say(edit->context, COMMAND_USAGE,
            _("Nothing was sent; your text is kept. To go on with it: concert edit %s --from %s"),
            edit->again, edit->path);
    return command_say(edit->context, COMMAND_USAGE,
        _("%s Nothing was sent; your text is kept. To go on with it: concert edit %s --from %s"),
        sentence, edit->again, edit->path);
}

const char *edited_text(struct edited *edit, const char *text, enum command_exit *code_r)
{
    const char *from = command_option(edit->context, "from"), *after;

    if (from != NULL) {
        snprintf(edit->path, sizeof(edit->path), "%s", from);
    } else if (text == NULL) {
        *code_r = change_no_memory(edit->context);
        return NULL;
    } else if (!editor_keep(edit->context->home, text, edit->path)) {
        *code_r = command_say(edit->context, COMMAND_FAILED,
            _("The text to edit cannot be written in %s: %s."), edit->context->home,
            strerror(errno));
        return NULL;
    }
    if (!editor_run(edit->path)) {
        *code_r =
            edited_kept(edit, _("The editor did not end well; EDITOR says which one to use."));
        return NULL;
    }
    after = editor_read(edit->path, edit->arena);
    if (after == NULL)
        *code_r = command_say(edit->context, COMMAND_FAILED, _("%s cannot be read: %s."),
            edit->path, strerror(errno));
    return after;
}

enum command_exit edited_sent(struct edited *edit, enum command_exit code)
{
    /* What the outbox holds needs no second copy. */
    if (code == COMMAND_OK || code == COMMAND_WAITING || code == COMMAND_CONFLICT)
        unlink(edit->path);
    else
        command_say(edit->context, code, _("Your text is kept in %s."), edit->path);
    return code;
}

enum command_exit edited_unchanged(struct edited *edit, const char *sentence)
{
    report_note(edit->context->report, sentence);
    unlink(edit->path);
    return COMMAND_OK;
}
