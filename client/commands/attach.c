/* Attaches a file to a record, as a document. */
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "desk/desk_document.h"
#include "i18n.h"
#include "input/change.h"
#include "input/ours.h"
#include "input/pick.h"
#include "text.h"
#include "words/bytes.h"
#include "words/media_type.h"
#include "words/talk.h"

#define TITLE_MAX 200 /* bytes of a title made from a file's name */

struct attaching {
    struct context *context;
    struct arena *arena;
    const struct book_entry *subject;
    const char *path;
    uint8_t id[UUID_SIZE];
    struct desk_facts facts;
};

/* --- the file ----------------------------------------------------------------------------------
 */

/* What is wrong with a file: %s is its name as given. */
struct fault_row {
    enum desk_file file;
    const char *sentence;
};

static const struct fault_row faults[] = {
    {DESK_FILE_ABSENT,
        N_("There is no file “%s”: check its name and its folder; quotes around it keep its spaces "
           "together.")},
    {DESK_FILE_FOLDER, N_("“%s” is a folder: give one file, or one file after the other.")},
    {DESK_FILE_STRANGE, N_("“%s” is not a file that can be kept: give a document.")},
    {DESK_FILE_EMPTY, N_("The file “%s” is empty: there is nothing to attach.")},
    {DESK_FILE_LARGE,
        N_("The file “%s” is too large: a document has at most 32 MB. Make it smaller, or cut it "
           "in parts.")},
};

static enum command_exit tell_fault(
    const struct attaching *to, enum desk_file file, const struct desk_why *why)
{
    struct context *context = to->context;

    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
        if (faults[i].file == file)
            return command_say(context, COMMAND_USAGE, _(faults[i].sentence), to->path);
    if (file == DESK_FILE_UNREADABLE)
        return command_say(context, COMMAND_USAGE,
            _("The file “%s” cannot be read (%s): check its permissions."), to->path,
            why->system == 0 ? why->detail : strerror(why->system));
    return command_why(context, why);
}

/* The file's name without its folder and, where the media type says as much, without its end. */
static const char *title_of(const struct attaching *to)
{
    const char *slash = strrchr(to->path, '/'), *name = slash == NULL ? to->path : slash + 1;
    const char *type = media_type_of(name), *dot = strrchr(name, '.');
    char title[TITLE_MAX];

    text_copy(title, sizeof(title), name);
    if (media_type_extension(type)[0] != '\0' && dot > name && (size_t)(dot - name) < sizeof(title))
        title[dot - name] = '\0';
    text_trim(title);
    if (title[0] == '\0' || !text_valid_utf8(title, strlen(title)))
        return arena_printf(to->arena, "%s", _("Document"));
    return arena_printf(to->arena, "%s", title);
}

/* --- the record --------------------------------------------------------------------------------
 */

static bool set_text(
    struct attaching *to, struct fields_patch *patch, const char *name, const char *text)
{
    struct record_value value = {.data = text, .size = strlen(text)};

    return record_set(patch->message, record_field(patch->kind, name), &value, 1, to->arena);
}

static bool fill(struct attaching *to, const char *title, struct fields_patch *patch)
{
    struct fields_reader reader = change_reader(to->context, to->arena);
    struct record_value size = {.number = (int64_t)to->facts.size};

    if (title == NULL || !fields_begin(&reader, kinds_get(CONCERT__KIND__DOCUMENT), patch))
        return false;
    fields_refer(&reader, patch, "subject", to->subject->id);
    return set_text(to, patch, "title", title) &&
           set_text(to, patch, "media_type", media_type_of(to->path)) &&
           set_text(to, patch, "sha256", to->facts.sha256) &&
           record_set(patch->message, record_field(patch->kind, "size"), &size, 1, to->arena);
}

/* Sends what can be sent now, and says where the file is. */
static enum command_exit send(struct attaching *to)
{
    struct context *context = to->context;
    struct desk_sending sending = {0};
    struct desk_why why;
    char size[BYTES_SIZE], sentence[TALK_SIZE];
    bool good = desk_document_send(context->desk, -1, &sending, &why);

    bytes_text(to->facts.size, context->language, size);
    if (good && sending.left == 0) {
        command_tell(context, "sent", _("The file is on the server (%s)."), size);
        return COMMAND_OK;
    }
    talk_why(&why, context->language, sentence);
    if (!good && why.trouble != DESK_UNREACHABLE)
        command_tell(context, "refresh", "%s", sentence);
    command_tell(context, "document_waiting",
        _("The file is copied to this device (%s) and waits for the server: it leaves with "
          "“concert sync”."),
        size);
    return COMMAND_OK;
}

/* The handle is data: it is what comes next on a command line. */
static void show_handle(const struct attaching *to)
{
    struct desk_why why;
    const struct book *book = desk_book(to->context->desk, &why);
    const struct book_entry *entry = book == NULL ? NULL : book_get(book, to->id);

    if (entry == NULL)
        return;
    to->context->book = book;
    report_records(to->context->report, entry->kind->name, NULL, book, entry->kind, &entry, 1,
        SHEET_CARD, true);
}

/* The bytes are on the disk before the record that promises them. */
static enum command_exit attach(struct attaching *to)
{
    struct context *context = to->context;
    const char *title = command_option(context, "title");
    struct desk_why why = {.trouble = DESK_FINE};
    enum desk_file file;
    struct fields_patch patch;
    struct desk_change change;
    enum command_exit code;

    change_new_id(to->id);
    file = desk_document_take(context->desk, to->path, to->id, &to->facts, &why);
    if (file != DESK_FILE_FINE)
        return tell_fault(to, file, &why);
    if (!fill(to, title != NULL ? title : title_of(to), &patch)) {
        desk_document_forget(context->desk, to->id);
        return change_no_memory(context);
    }
    change = change_of(&patch, NULL, to->id, command_option(context, "message"));
    code = command_write(context, &change, 1, true);
    if (code == COMMAND_OK) {
        code = send(to);
        show_handle(to);
    } else if (code != COMMAND_REFUSED && code != COMMAND_CONFLICT) {
        desk_document_forget(context->desk, to->id); /* nothing was recorded */
    }
    return code;
}

/* Of a document whose bytes the server does not have: they are sent again by who has the file. */
static enum command_exit restore(struct attaching *to)
{
    struct context *context = to->context;
    const char *promised = book_text(to->subject, "sha256");
    struct desk_why why = {.trouble = DESK_FINE};
    enum desk_file file;

    memcpy(to->id, to->subject->id, UUID_SIZE);
    file = desk_document_take(context->desk, to->path, to->id, &to->facts, &why);
    if (file != DESK_FILE_FINE)
        return tell_fault(to, file, &why);
    if (promised != NULL && strcmp(promised, to->facts.sha256) == 0)
        return send(to);
    desk_document_forget(context->desk, to->id);
    return command_say(context, COMMAND_USAGE,
        _("“%s” is not the file of the document %s: its content is another. Attach it to the "
          "record itself, as a document of its own."),
        to->path, to->subject->handle);
}

/* Whose action it is is the Consortium's affair: a committee's file goes with its share of it. */
static bool settle_subject(struct attaching *to, enum command_exit *code_r)
{
    const struct book_entry *share;

    if (desk_identity(to->context->desk)->role == CONCERT__ACCOUNT__ROLE__READER) {
        *code_r = command_say(to->context, COMMAND_REFUSED,
            _("Your account reads and writes nothing: ask your coordination for the change, or "
              "for another role."));
        return false;
    }
    if (to->subject->kind->id == CONCERT__KIND__DOCUMENT || to->subject->pending ||
        pick_is_staff(to->context) || pick_is_own(to->context, to->subject->owner))
        return true;
    share = to->subject->kind->id == CONCERT__KIND__ACTION
                ? pick_own_share(to->context, to->subject)
                : NULL;
    if (share == NULL)
        return ours_may_write(to->context, to->subject, code_r);
    command_tell(to->context, "share",
        _("%s is not yours: the file goes with your share of it, %s."), to->subject->handle,
        share->handle);
    to->subject = share;
    return true;
}

/* "photo.jpg R3": the other way round. */
static bool is_swapped(const struct context *context)
{
    const struct book_entry *entry = NULL, *near[1];
    size_t n;

    return access(context->argv[0], R_OK) == 0 && access(context->argv[1], F_OK) != 0 &&
           book_find(context->book, context->argv[1], KIND_ANY, context->today, &entry, near, 1,
               &n) == BOOK_FOUND;
}

static enum command_exit run(struct context *context)
{
    const uint64_t subjects = kinds_field(kinds_get(CONCERT__KIND__DOCUMENT), "subject")->refs;
    struct attaching to = {.context = context, .arena = context->arena, .path = context->argv[1]};
    enum command_exit code = COMMAND_OK;

    if (is_swapped(context))
        return command_say(context, COMMAND_USAGE,
            _("The record comes first, then the file: concert attach %s \"%s\""), context->argv[1],
            context->argv[0]);
    to.subject = command_record(context, context->argv[0], subjects, &code);
    if (to.subject == NULL || !settle_subject(&to, &code))
        return code;
    return to.subject->kind->id == CONCERT__KIND__DOCUMENT ? restore(&to) : attach(&to);
}

static const struct command_option options[] = {
    {"title", "titre", 't', N_("TITLE"),
        N_("What the document is called; else as the file, without its end.")},
    {"message", "message", 'm', N_("REASON"),
        N_("Why: the log keeps it; an adopted plan asks it.")},
    {.name = NULL},
};

const struct command attach_command = {
    .name = "attach",
    .french = "joindre",
    .usage_en = "HANDLE FILE [--title TITLE]",
    .usage_fr = "REPÈRE FICHIER [--titre TITRE]",
    .summary = N_("Attaches a file to a record: copied at once, sent as soon as the server is in "
                  "reach."),
    .examples_en = "concert attach 2.1.3 report.pdf\n"
                   "concert attach R12 \"photo of the hall.jpg\" --title \"The hall\"",
    .examples_fr = "concert joindre 2.1.3 rapport.pdf\n"
                   "concert joindre R12 \"photo de la salle.jpg\" --titre \"La salle\"",
    .options = options,
    .min_args = 2,
    .max_args = 2,
    .flags = COMMAND_WRITES,
    .run = run,
};
