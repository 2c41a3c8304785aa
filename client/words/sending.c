#include "words/sending.h"

#include "i18n.h"

void sending_tell(struct context *context, const struct desk_sending *sending, bool waiting)
{
    size_t left = sending->left - sending->held;

    if (sending->whole > 0)
        command_tell(context, "documents",
            ngettext("%zu file has left for the server.", "%zu files have left for the server.",
                sending->whole),
            sending->whole);
    if (sending->removed > 0)
        command_tell(context, "documents_removed",
            ngettext("%zu file is not sent: its document was removed.",
                "%zu files are not sent: their documents were removed.", sending->removed),
            sending->removed);
    if (sending->damaged > 0)
        command_tell(context, "documents_damaged",
            ngettext("%zu copy of a file was damaged on this device: attach the file again.",
                "%zu copies of files were damaged on this device: attach the files again.",
                sending->damaged),
            sending->damaged);
    if (waiting && left > 0)
        command_tell(context, "documents_waiting",
            ngettext("%zu file waits still: it goes on where it was with the next “concert sync”.",
                "%zu files wait still: they go on where they were with the next “concert sync”.",
                left),
            left);
}
