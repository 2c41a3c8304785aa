/* Sends what waits and brings the copy up to date: over the line, or by files that others carry. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "arena.h"
#include "desk/desk_bundle.h"
#include "desk/desk_document.h"
#include "desk/desk_gone.h"
#include "i18n.h"
#include "words/clash.h"
#include "words/outcome.h"
#include "words/sending.h"

/* --- sending and fetching --- */

static size_t count_waiting(struct context *context)
{
    struct desk_why why;
    size_t count = 0, waiting = 0;
    const struct desk_operation *list = desk_outbox(context->desk, false, &count, &why);

    for (size_t i = 0; list != NULL && i < count; i++)
        waiting += list[i].state < DESK_ACCEPTED;
    return waiting;
}

/* Sends the files of documents, however long it takes. */
static enum command_exit send_documents(struct context *context)
{
    struct desk_sending sending;
    struct desk_why why;
    bool good = desk_document_send(context->desk, -1, &sending, &why);

    sending_tell(context, &sending, true);
    return good ? COMMAND_OK : command_why(context, &why);
}

static void report_counts(struct context *context, size_t sent, uint64_t received, uint64_t seq)
{
    static const struct sheet_column columns[] = {
        {"sent", N_("Changes sent"), SHEET_NUMBER, false, false},
        {"received", N_("Changes received"), SHEET_NUMBER, false, false},
        {"seq", N_("Changes in the copy"), SHEET_NUMBER, false, false}};
    struct sheet *sheet = report_sheet(context->report, "sync", NULL, SHEET_CARD, true, columns, 3);

    sheet_row(sheet, 0, SHEET_PLAIN);
    sheet_number(sheet, (int64_t)sent);
    sheet_number(sheet, (int64_t)received);
    sheet_number(sheet, (int64_t)seq);
}

/* Says of each change and each conflict what it needs. The exit code tells the worst: a conflict
 * that waits for its owner, or an answer to read, asks nothing of this person. */
static enum command_exit tell_unsettled(struct context *context)
{
    enum command_exit code = COMMAND_OK;
    struct clash_words conflicts;
    struct desk_why why;
    size_t count;
    const struct desk_operation *list;

    if (!clash_tell_all(context, false, &conflicts, &why) ||
        (list = desk_outbox(context->desk, false, &count, &why)) == NULL)
        return command_why(context, &why);
    if (conflicts.count[DESK_CONFLICT_CHOOSE] > 0)
        code = COMMAND_CONFLICT;
    for (size_t i = 0; i < count; i++) {
        if (list[i].state == DESK_REFUSED)
            outcome_tell(context, &list[i], false);
        if (list[i].state == DESK_REFUSED && !outcome_is_bystander(&list[i]))
            code = COMMAND_REFUSED;
    }
    return code;
}

static enum command_exit run_line(struct context *context)
{
    struct desk_why why = {.trouble = DESK_FINE};
    enum command_exit code;
    size_t before = count_waiting(context), after, sent;
    uint64_t from, to;

    desk_age(context->desk, &from);
    if (!command_refresh(context, &why))
        return desk_closed(context->desk) == DESK_REVOKED ? COMMAND_UNJOINED
                                                          : command_why(context, &why);
    context->book = desk_book(context->desk, &why);
    if (context->book == NULL)
        return command_why(context, &why);
    after = count_waiting(context);
    desk_age(context->desk, &to);
    sent = before > after ? before - after : 0;
    report_counts(context, sent, to > from + sent ? to - from - sent : 0, to);
    code = send_documents(context);
    return code != COMMAND_OK ? code : tell_unsettled(context);
}

/* --- by files --- */

/* A file's name as it is typed where the file is: without its folders, and in quotes when it needs
 * them. */
static const char *typed_name(struct context *context, const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash == NULL ? path : slash + 1;

    return strpbrk(name, " '\"$&()*?;<>|#!`\\") == NULL
               ? name
               : arena_printf(context->arena, "\"%s\"", name);
}

/* A path that can name no such file: said at once, with what to do. `writes`: a file that is there
 * and not of this command is somebody's, and stays. */
static bool check_path(struct context *context, const char *path, bool writes)
{
    enum desk_bundle_kind kind;
    struct desk_why why;
    struct stat about;

    if (path[0] == '\0') {
        command_say(context, COMMAND_USAGE, "%s", _("Name the file, as in “key/office.concert”."));
        return false;
    }
    if (stat(path, &about) != 0)
        return true; /* what is wrong is said when it is opened */
    if (S_ISDIR(about.st_mode)) {
        command_say(context, COMMAND_USAGE,
            _("%1$s is a folder: name a file in it, as in “%1$s/office.concert”."), path);
        return false;
    }
    if (writes && S_ISREG(about.st_mode) && about.st_size > 0 &&
        desk_bundle_kind(path, &kind, &why) && kind != DESK_BUNDLE_PARCELS) {
        command_say(context, COMMAND_USAGE,
            kind == DESK_BUNDLE_ANSWER
                ? _("%s is an answer: read it first with “concert sync --from”, or choose another "
                    "name. Nothing was written.")
                : _("%s is there already, and is something else: choose another name. Nothing was "
                    "written."),
            path);
        return false;
    }
    return true;
}

/* What is settled by a person is not in the file. */
static void tell_left(struct context *context)
{
    struct desk_why why;
    size_t count = 0, left = 0;
    const struct desk_operation *list = desk_outbox(context->desk, false, &count, &why);

    for (size_t i = 0; list != NULL && i < count; i++)
        left += list[i].state == DESK_CONFLICT || list[i].state == DESK_REFUSED;
    if (left > 0)
        command_tell(context, "left", "%s",
            _("What clashes or was refused is not in it: “concert conflicts” lists it."));
}

static enum command_exit write_file(struct context *context, const char *path)
{
    struct desk_bundle_written written;
    struct desk_why why;

    if (!check_path(context, path, true))
        return COMMAND_USAGE;
    if (!desk_bundle_write(context->desk, path, &written, &why))
        return command_why(context, &why);
    if (written.fresh)
        command_tell(context, "written", "%s",
            _("The server came back from an older backup: this file asks for the whole plan "
              "again, and what waits here leaves with the file after it."));
    else if (written.changes == 0)
        command_tell(
            context, "written", "%s", _("Nothing waits here: this file asks for what is new."));
    else
        command_tell(context, "written",
            ngettext("%zu change is in the file. It stays here too until its answer comes back.",
                "%zu changes are in the file. They stay here too until their answer comes back.",
                written.changes),
            written.changes);
    command_tell(context, "carry",
        _("Give %1$s to any office that has a link. There, in the file's folder, “concert sync "
          "--from %2$s” hands it on and makes an answer: bring that back, and read it here with "
          "“concert sync --from”."),
        path, typed_name(context, path));
    tell_left(context);
    return COMMAND_OK;
}

struct wrong {
    enum desk_bundle_state state;
    const char *text;
};

/* What is wrong with a file, for people. */
static const struct wrong wrongs[] = {
    {DESK_BUNDLE_SHAPE,
        N_("%s is not a file of “concert sync --to”, nor an answer to one. If it came by mail, the "
           "mail may have changed it: have it sent again as an attachment, in a .zip.")},
    {DESK_BUNDLE_CUT, N_("%s is not whole: copy it again. Nothing of it was taken.")},
    {DESK_BUNDLE_DAMAGED, N_("%s was damaged on its way: copy it again. Nothing of it was taken.")},
    {DESK_BUNDLE_FOREIGN,
        N_("%s is not for this device, or was damaged on its way: only the device whose file it "
           "answers can open it: bring it there. Nothing of it was taken.")},
    {DESK_BUNDLE_FORGED,
        N_("%s was not made by the server of this region: nothing of it was taken. Tell your "
           "coordination.")},
    {DESK_BUNDLE_FORMER,
        N_("%s answers a file that this copy does not know, as from before it was made anew: "
           "nothing of it was taken. Write a new file with “concert sync --to”.")},
};

static enum command_exit say_wrong(
    struct context *context, enum desk_bundle_state state, const char *path)
{
    for (size_t i = 0; i < sizeof(wrongs) / sizeof(wrongs[0]); i++)
        if (wrongs[i].state == state)
            return command_say(context, COMMAND_FAILED, _(wrongs[i].text), path);
    return COMMAND_FAILED;
}

/* The device as its record calls it, which few may see, or else as it does itself. */
static const char *device_name(struct context *context, const struct desk_bundle_carried *carried)
{
    struct desk_why why;
    const struct book *book = desk_book(context->desk, &why);
    size_t count = 0;
    const struct book_entry *const *devices =
        book == NULL ? NULL : book_list(book, CONCERT__KIND__DEVICE, &count);

    for (size_t i = 0; i < count; i++) {
        const char *known = book_text(devices[i], "fingerprint");

        if (known != NULL && strcmp(known, carried->fingerprint) == 0)
            return book_label(book, devices[i]);
    }
    return carried->device[0] == '\0' ? carried->fingerprint : carried->device;
}

/* An answer of before may be written over; anything else of that name is somebody's. */
static bool check_answer(struct context *context, const char *answer)
{
    enum desk_bundle_kind kind;
    struct desk_why why;
    struct stat about;

    if (stat(answer, &about) != 0 ||
        (S_ISREG(about.st_mode) && (about.st_size == 0 || (desk_bundle_kind(answer, &kind, &why) &&
                                                              kind == DESK_BUNDLE_ANSWER))))
        return true;
    command_say(context, COMMAND_FAILED,
        _("The answer would be %s, which is there already and is something else: move that away. "
          "Nothing was handed on."),
        answer);
    return false;
}

/* The answer stands beside the file. */
static enum command_exit hand_on(struct context *context, const char *path)
{
    struct desk_bundle_carried carried;
    struct desk_why why;
    char answer[4096];

    if ((size_t)snprintf(answer, sizeof(answer), "%s.%s", path,
            strcmp(context->language, "fr") == 0 ? "réponse" : "answer") >= sizeof(answer))
        return command_say(context, COMMAND_USAGE, "%s", _("The name of the file is too long."));
    if (!check_answer(context, answer))
        return COMMAND_FAILED;
    if (!desk_bundle_carry(context->desk, path, answer, &carried, &why))
        return carried.own && why.trouble == DESK_UNREACHABLE
                   ? command_say(context, COMMAND_WAITING,
                         _("%s is the file that this device wrote, and there is no link here: give "
                           "it to an office that has one, and read here the answer that comes "
                           "back."),
                         path)
                   : command_why(context, &why);
    if (carried.state == DESK_BUNDLE_REFUSED &&
        carried.error.code == CONCERT__CODE__NOT_AUTHENTICATED)
        return command_say(context, COMMAND_REFUSED,
            _("The server does not take %s: the device that wrote it is not one of this region, or "
              "not any more, or the file was changed on its way. Nothing of it was recorded."),
            path);
    if (carried.state == DESK_BUNDLE_REFUSED) {
        why = (struct desk_why){.trouble = DESK_ANSWER, .error = carried.error};
        return command_why(context, &why);
    }
    if (carried.state != DESK_BUNDLE_GOOD)
        return say_wrong(context, carried.state, path);
    command_tell(context, "carried",
        _("Handed on. The answer is in %1$s: bring it back to “%2$s”, the only device that can "
          "open it, and read it there with “concert sync --from %3$s”."),
        answer, device_name(context, &carried), typed_name(context, answer));
    return COMMAND_OK;
}

/* What the answer could not bring, and what to do. */
static enum command_exit tell_taken(struct context *context, const struct desk_bundle_taken *taken)
{
    if (taken->revoked && taken->unkept > 0)
        return command_say(context, COMMAND_REFUSED,
            ngettext("The coordination has revoked this device. The server could not keep %zu "
                     "change of the file, which is still here. At its next contact with the server "
                     "this device hands over what is left and forgets its copy; to come back, ask "
                     "the coordination for an invitation.",
                "The coordination has revoked this device. The server could not keep %zu changes "
                "of the file, which are still here. At its next contact with the server this "
                "device hands over what is left and forgets its copy; to come back, ask the "
                "coordination for an invitation.",
                taken->unkept),
            taken->unkept);
    if (taken->revoked)
        return command_say(context, COMMAND_REFUSED, "%s",
            _("The coordination has revoked this device. What the file held was handed over to it. "
              "At its next contact with the server this device hands over what is left and forgets "
              "its copy; to come back, ask the coordination for an invitation."));
    if (taken->diverged) {
        command_tell(context, "diverged", "%s",
            _("The server came back from an older backup. Nothing is lost: write a new file with "
              "“concert sync --to”, which asks for the whole plan; what waits here, and what the "
              "server has lost, leaves with the file after it."));
        return COMMAND_OK;
    }
    if (taken->renewed)
        command_tell(context, "renewed", "%s",
            _("The copy is new, after the server came back from an older backup. Write another "
              "file with “concert sync --to”: all that the server had accepted leaves again."));
    if (taken->hole)
        return command_say(context, COMMAND_FAILED, "%s",
            _("The news of this file begin after those that this copy has: a file before it has "
              "not come. Nothing is lost: read that one first, or write a new file with “concert "
              "sync --to”."));
    if (taken->late)
        command_tell(context, "late", "%s",
            _("This file is older than the copy: what it does not settle comes with the answer to "
              "the next one. Write it with “concert sync --to”."));
    else if (!taken->renewed)
        command_tell(context, "read", "%s",
            taken->upto > taken->from || taken->accepted + taken->conflicts + taken->refused > 0
                ? _("This answer is read: it and the file that it answers can be deleted.")
                : _("All of this answer was here already: it and the file that it answers can be "
                    "deleted."));
    command_tell_restart(context);
    return tell_unsettled(context);
}

static enum command_exit read_answer(struct context *context, const char *path)
{
    struct desk_bundle_taken taken;
    struct desk_why why;
    size_t settled;
    uint64_t news;

    if (!desk_bundle_take(context->desk, path, &taken, &why))
        return command_why(context, &why);
    if (taken.state != DESK_BUNDLE_GOOD)
        return say_wrong(context, taken.state, path);
    context->book = desk_book(context->desk, &why);
    if (context->book == NULL)
        return command_why(context, &why);
    settled = taken.accepted + taken.conflicts + taken.refused;
    news = taken.upto > taken.from ? taken.upto - taken.from : 0;
    if (!taken.diverged)
        report_counts(
            context, settled, news > taken.accepted ? news - taken.accepted : 0, taken.upto);
    return tell_taken(context, &taken);
}

static enum command_exit read_file(struct context *context, const char *path)
{
    enum desk_bundle_kind kind;
    struct desk_why why;

    if (!check_path(context, path, false))
        return COMMAND_USAGE;
    if (!desk_bundle_kind(path, &kind, &why))
        return command_say(context, COMMAND_FAILED, _("The file cannot be read: %s"),
            why.system == 0 ? why.detail : strerror(why.system));
    if (kind == DESK_BUNDLE_PARCELS)
        return hand_on(context, path);
    if (kind == DESK_BUNDLE_ANSWER)
        return read_answer(context, path);
    return say_wrong(context, DESK_BUNDLE_SHAPE, path);
}

static enum command_exit run(struct context *context)
{
    const char *to = command_option(context, "to"), *from = command_option(context, "from");

    if (to != NULL && from != NULL)
        return command_say(
            context, COMMAND_USAGE, "%s", _("A file is written or read, not both at once."));
    if (to != NULL)
        return write_file(context, to);
    return from != NULL ? read_file(context, from) : run_line(context);
}

static const struct command_option options[] = {
    {"to", "vers", 0, N_("FILE"),
        N_("Writes what waits into a file that any office with a link can hand on.")},
    {"from", "de", 0, N_("FILE"),
        N_("Hands on the file of another office, or reads the answer to one of this office.")},
    {.name = NULL},
};

const struct command sync_command = {
    .name = "sync",
    .french = "synchroniser",
    .usage_en = "[--to FILE | --from FILE]",
    .usage_fr = "[--vers FICHIER | --de FICHIER]",
    .summary = N_("Sends what waits and brings the copy up to date, over the line or by files."),
    .examples_en = "concert sync\nconcert sync --to key/office.concert\n"
                   "concert sync --from key/office.concert.answer",
    .examples_fr = "concert synchroniser\nconcert synchroniser --vers cle/bureau.concert\n"
                   "concert synchroniser --de cle/bureau.concert.réponse",
    .options = options,
    .min_args = 0,
    .max_args = 0,
    .flags = COMMAND_NO_REFRESH,
    .run = run,
};
