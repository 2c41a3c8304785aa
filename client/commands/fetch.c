/* Fetches a document's file. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "arena.h"
#include "desk/desk_document.h"
#include "i18n.h"
#include "input/change.h"
#include "text.h"
#include "words/bytes.h"
#include "words/media_type.h"

#define NAME_MAX_BYTES 200
#define OFFERS_MAX 100

struct fetching {
    struct context *context;
    struct arena *arena;
    const struct book_entry *document;
    struct desk_facts facts;
};

/* --- names -------------------------------------------------------------------------------------
 */

static bool exists(const char *path)
{
    struct stat facts;

    return lstat(path, &facts) == 0;
}

static bool is_folder(const char *path)
{
    struct stat facts;

    return stat(path, &facts) == 0 && S_ISDIR(facts.st_mode);
}

/* The title as a file's name in any system: others wrote it, so nothing of it names a folder. */
static const char *name_of(const struct fetching *to)
{
    const char *title = book_text(to->document, "title");
    const char *type = book_text(to->document, "media_type");
    const char *end = media_type_extension(type == NULL ? "" : type);
    char name[NAME_MAX_BYTES], *start = name;

    text_copy(name, sizeof(name), title == NULL ? "" : title);
    for (char *c = name; *c != '\0'; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f || strchr("/\\:*?\"<>|", *c) != NULL)
            *c = '-';
    while (*start == '.' || *start == '-')
        start++;
    text_trim(start);
    if (start[0] == '\0')
        start = (char *)to->document->handle;
    if (type != NULL && strcmp(media_type_of(start), type) == 0)
        end = "";
    return arena_printf(to->arena, "%s%s", start, end);
}

static const char *choose(const struct fetching *to, const char *asked)
{
    size_t length;

    if (asked == NULL)
        return name_of(to);
    if (!is_folder(asked))
        return asked;
    length = strlen(asked);
    return arena_printf(
        to->arena, "%s%s%s", asked, asked[length - 1] == '/' ? "" : "/", name_of(to));
}

/* "report (2).pdf", the first that is free; NULL: none is. */
static const char *offer(const struct fetching *to, const char *path)
{
    const char *slash = strrchr(path, '/'), *dot = strrchr(path, '.');
    size_t stem = dot == NULL || dot < slash || dot == path ? strlen(path) : (size_t)(dot - path);

    for (int i = 2; i < OFFERS_MAX; i++) {
        const char *other = arena_printf(to->arena, "%.*s (%d)%s", (int)stem, path, i, path + stem);

        if (other == NULL || !exists(other))
            return other;
    }
    return NULL;
}

static enum command_exit tell_exists(const struct fetching *to, const char *path)
{
    const char *other = offer(to, path);

    return command_say(to->context, COMMAND_USAGE,
        _("There is a file “%s” already, and it stays as it is: give another name, such as "
          "--to \"%s\"."),
        path, other == NULL ? to->document->handle : other);
}

/* --- fetching ----------------------------------------------------------------------------------
 */

static enum command_exit tell_why(const struct fetching *to, const struct desk_why *why)
{
    struct context *context = to->context;
    const char *handle = to->document->handle;

    if (why->trouble == DESK_ANSWER && strcmp(why->error.rule, "incomplete") == 0)
        return command_say(context, COMMAND_NOT_FOUND,
            _("The file of %s is not on the server yet: it waits on the device that attached it, "
              "until that one is in reach. Who has the file may send it too: concert attach %s "
              "FILE."),
            handle, handle);
    if (why->trouble == DESK_ANSWER && strcmp(why->error.rule, "hash") == 0)
        return command_say(context, COMMAND_FAILED,
            _("The file of %s is not whole on the server any more: nothing was kept here. Tell "
              "your coordination: on the server's machine “concertd verify” names what is damaged, "
              "and says what to do."),
            handle);
    return command_why(context, why);
}

static void report_file(const struct fetching *to, const char *path)
{
    static const struct sheet_column columns[] = {
        {"file", N_("File"), SHEET_TEXT, true, false},
        {"title", N_("Title"), SHEET_TEXT, false, true},
        {"size", N_("Size"), SHEET_NUMBER, false, true},
        {"sha256", N_("SHA-256"), SHEET_TEXT, false, true},
    };
    struct sheet *sheet =
        report_sheet(to->context->report, "file", NULL, SHEET_LINE, true, columns, 4);

    sheet_row(sheet, 0, SHEET_PLAIN);
    sheet_text(sheet, path);
    sheet_text(sheet, book_text(to->document, "title"));
    sheet_number(sheet, (int64_t)to->facts.size);
    sheet_text(sheet, to->facts.sha256);
}

static enum command_exit fetch(struct fetching *to)
{
    struct context *context = to->context;
    const char *path = choose(to, command_option(context, "to"));
    struct desk_why why = {.trouble = DESK_FINE};
    char size[BYTES_SIZE];

    if (path == NULL)
        return change_no_memory(context);
    if (exists(path))
        return tell_exists(to, path);
    if (!desk_document_fetch(context->desk, to->document->id, &to->facts, &why))
        return tell_why(to, &why);
    switch (desk_document_place(context->desk, to->document->id, path, &why)) {
    case DESK_PLACED_EXISTS:
        return tell_exists(to, path);
    case DESK_PLACED_FAILED:
        return command_why(context, &why);
    default:
        break;
    }
    bytes_text(to->facts.size, context->language, size);
    command_tell(context, "fetched", _("%s is here, whole (%s):"), to->document->handle, size);
    report_file(to, path);
    return COMMAND_OK;
}

static enum command_exit run(struct context *context)
{
    struct fetching to = {.context = context, .arena = context->arena};
    const char *sha256;
    enum command_exit code;

    to.document = command_record(context, context->argv[0], KIND_BIT(DOCUMENT), &code);
    if (to.document == NULL)
        return code;
    sha256 = book_text(to.document, "sha256");
    text_copy(to.facts.sha256, sizeof(to.facts.sha256), sha256 == NULL ? "" : sha256);
    to.facts.size = (uint64_t)book_number(to.document, "size", 0);
    return fetch(&to);
}

static const struct command_option options[] = {
    {"to", "vers", 0, N_("FILE"),
        N_("Where to put it: a file's name, or a folder; else here, under its title.")},
    {.name = NULL},
};

const struct command fetch_command = {
    .name = "fetch",
    .french = "obtenir",
    .usage_en = "DOCUMENT [--to FILE]",
    .usage_fr = "DOCUMENT [--vers FICHIER]",
    .summary = N_("Fetches a document's file; a file that is there already is never written over."),
    .examples_en = "concert fetch DO3\nconcert fetch DO3 --to report.pdf",
    .examples_fr = "concert obtenir DO3\nconcert obtenir DO3 --vers rapport.pdf",
    .options = options,
    .min_args = 1,
    .max_args = 1,
    .flags = COMMAND_READS,
    .run = run,
};
