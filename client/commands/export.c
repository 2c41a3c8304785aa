/* Records as files: a copy of the region's own, that `concert import` takes again. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "i18n.h"
#include "import/exchange.h"
#include "import/export.h"
#include "import/person.h"
#include "input/pick.h"
#include "program.h"
#include "text.h"
#include "words.h"
#include "words/kind_word.h"

#define PATH_SIZE 4096
#define KINDS_MAX 64
#define STEM_SIZE 64

static const struct sheet_column columns[] = {
    {"file", N_("File"), SHEET_TEXT, true, false},
    {"kind", N_("Kind"), SHEET_TEXT, false, false},
    {"records", N_("Records"), SHEET_NUMBER, false, false},
};

/* One export. */
struct work {
    struct context *context;
    const struct kind *kinds[KINDS_MAX];
    size_t n_kinds;
    enum export_format format;
    bool staff, personal, all, printed; /* printed: on standard output, in a format for programs */
    const char *to;                     /* NULL: files in the folder at hand */
    struct sheet *sheet;
    size_t records; /* in all */
};

/* --- what is asked -----------------------------------------------------------------------------
 */

static enum command_exit take_kind(struct work *work, const char *word)
{
    struct context *context = work->context;
    enum command_exit code = COMMAND_OK;
    const struct kind *kind = kind_word_ask(context, word, &code);

    if (kind == NULL)
        return code;
    if (!exchange_has(kind, true))
        return command_say(context, COMMAND_USAGE,
            _("Accounts and devices belong to one region: they are not exported. “concert list "
              "%s” shows them."),
            kind->name);
    if (!exchange_has(kind, work->staff))
        return command_say(context, COMMAND_REFUSED,
            _("These are personal data (%s): the Consortium's staff alone has them."),
            words_show(WORDS_KINDS, kind->name, context->language));
    for (size_t i = 0; i < work->n_kinds; i++)
        if (work->kinds[i] == kind)
            return COMMAND_OK;
    if (work->n_kinds < KINDS_MAX)
        work->kinds[work->n_kinds++] = kind;
    return COMMAND_OK;
}

static void take_all(struct work *work)
{
    for (size_t i = 0; i < kinds_count && work->n_kinds < KINDS_MAX; i++) {
        size_t count;

        book_list(work->context->book, kinds[i].id, &count);
        if (count > 0 && exchange_has(&kinds[i], work->staff))
            work->kinds[work->n_kinds++] = &kinds[i];
    }
}

static enum command_exit take_words(struct work *work)
{
    struct context *context = work->context;
    enum command_exit code = COMMAND_OK;

    if (work->all && context->argc > 0)
        return command_say(
            context, COMMAND_USAGE, _("Give kinds, or --all for every kind: not both."));
    if (work->all && work->to == NULL)
        return command_say(context, COMMAND_USAGE,
            _("Say in which folder the files go: concert export --all --to FOLDER"));
    if (!work->all && context->argc == 0)
        return command_say(
            context, COMMAND_USAGE, _("Say which kind of record, as in: concert export shares"));
    if (work->all)
        take_all(work);
    for (int i = 0; i < context->argc && code == COMMAND_OK; i++)
        code = take_kind(work, context->argv[i]);
    return code;
}

/* --format tells, else the file's name. */
static enum command_exit take_format(struct work *work)
{
    struct context *context = work->context;
    const char *asked = context->program->printer->name;
    const char *dot = work->to == NULL ? NULL : strrchr(work->to, '.');

    work->format = EXPORT_CSV;
    work->printed = context->machine && work->to == NULL;
    if (strcmp(asked, "json") == 0 ||
        (!context->machine && dot != NULL && strcasecmp(dot, ".json") == 0))
        work->format = EXPORT_JSON;
    if (context->machine && strcmp(asked, "csv") != 0 && work->format == EXPORT_CSV)
        return command_say(
            context, COMMAND_USAGE, _("An export is written as csv or json, not as %s."), asked);
    return COMMAND_OK;
}

/* --- files -------------------------------------------------------------------------------------
 */

static bool is_folder(const char *path)
{
    struct stat status;

    return path != NULL && stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static enum command_exit say_failed(struct work *work, const char *path)
{
    if (errno == EEXIST)
        return command_say(work->context, COMMAND_FAILED,
            _("%s is there already. Give another name, or write over it with --replace."), path);
    return command_say(
        work->context, COMMAND_FAILED, _("%s cannot be written: %s."), path, strerror(errno));
}

static void tell_file(struct work *work, const char *path, const struct kind *kind, size_t count)
{
    if (work->sheet == NULL)
        return;
    sheet_row(work->sheet, 0, SHEET_PLAIN);
    sheet_text(work->sheet, path);
    sheet_text(work->sheet, work->context->machine
                                ? kind->name
                                : words_show(WORDS_KINDS, kind->name, work->context->language));
    sheet_number(work->sheet, (int64_t)count);
    work->records += count;
}

/* A file of the kinds from `first`, `count` of them. */
static enum command_exit write_file(struct work *work, const char *path, size_t first, size_t count)
{
    struct context *context = work->context;
    struct report *report = report_new();
    bool replace = command_option(context, "replace") != NULL, good = report != NULL;

    if (good)
        report_for(report, "en", true);
    for (size_t i = first; good && i < first + count; i++)
        good = export_sheet(report, context->book, work->kinds[i], work->format, work->personal) !=
               NULL;
    errno = ENOMEM;
    good = good && export_write(report, work->format, path, replace);
    for (size_t i = 0; good && i < count; i++)
        tell_file(work, path, work->kinds[first + i], sheet_rows(report_get(report, i)));
    report_free(&report);
    return good ? COMMAND_OK : say_failed(work, path);
}

/* A folder is a copy of the region's, alike in all languages; what is written beside one's own
 * files has the word for it that people type: "parts", "fiches-du-bottin". */
static void file_stem(
    const struct work *work, const struct kind *kind, const char *folder, char stem_r[STEM_SIZE])
{
    if (folder != NULL) {
        text_copy(stem_r, STEM_SIZE, kind->name);
        return;
    }
    text_fold(words_show(WORDS_KINDS, kind->name, work->context->language), stem_r, STEM_SIZE);
    for (char *c = stem_r; *c != '\0'; c++)
        if (*c == ' ')
            *c = '-';
}

/* One file a kind, in the folder (NULL: the one at hand). */
static enum command_exit write_folder(struct work *work, const char *folder)
{
    enum command_exit code = COMMAND_OK;
    char path[PATH_SIZE], stem[STEM_SIZE];

    if (folder != NULL && mkdir(folder, 0700) != 0 && errno != EEXIST)
        return say_failed(work, folder);
    for (size_t i = 0; i < work->n_kinds && code == COMMAND_OK; i++) {
        file_stem(work, work->kinds[i], folder, stem);
        snprintf(path, sizeof(path), "%s%s%s.%s", folder == NULL ? "" : folder,
            folder == NULL ? "" : "/", stem, work->format == EXPORT_JSON ? "json" : "csv");
        code = write_file(work, path, i, 1);
    }
    return code;
}

static enum command_exit print_sheets(struct work *work)
{
    for (size_t i = 0; i < work->n_kinds; i++)
        export_sheet(work->context->report, work->context->book, work->kinds[i], work->format,
            work->personal);
    return COMMAND_OK;
}

static enum command_exit write_files(struct work *work)
{
    struct sheet_column translated[sizeof(columns) / sizeof(columns[0])];

    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
        translated[i] = columns[i];
        translated[i].title = _(columns[i].title);
    }
    work->sheet = report_sheet(work->context->report, "export", NULL, SHEET_TABLE, false,
        translated, sizeof(columns) / sizeof(columns[0]));
    if (work->all || work->to == NULL || is_folder(work->to))
        return write_folder(work, work->to);
    return write_file(work, work->to, 0, work->n_kinds);
}

/* Of what was exported some kind has fields that the staff alone reads. */
static bool lacks_personal(const struct work *work)
{
    for (size_t i = 0; i < work->n_kinds; i++) {
        const ProtobufCMessageDescriptor *d = work->kinds[i]->descriptor;

        for (unsigned j = 0; j < d->n_fields; j++)
            if (kinds_field(work->kinds[i], d->fields[j].name)->flags & KIND_PERSONAL)
                return true;
    }
    return false;
}

/* Said on stderr, so that it is seen where the records go to a pipe. */
static void tell_personal(const struct work *work)
{
    if (work->personal || !lacks_personal(work))
        return;
    command_tell(work->context, "personal", "%s",
        work->staff ? _("Personal data are left out; --personal puts them in.")
                    : _("Personal data are left out: the Consortium's staff has them."));
}

/* What is not in the files, and how they come in again. */
static void tell_limits(struct work *work)
{
    struct context *context = work->context;
    char sentence[512];
    uint32_t most, frame;

    desk_limits(context->desk, &most, &frame);
    if (work->all)
        report_note(
            context->report, _("Accounts and devices are not in it, nor the bytes of documents."));
    if (work->records <= most)
        return;
    snprintf(sentence, sizeof(sentence),
        _("The server takes %u changes at once: to import all of this anew takes several times, "
          "one after the other, each all or nothing."),
        most);
    report_note(context->report, sentence);
}

static enum command_exit run(struct context *context)
{
    struct work work = {.context = context,
        .staff = pick_is_staff(context),
        .all = command_option(context, "all") != NULL,
        .to = command_option(context, "to")};
    const char *person = command_option(context, "person");
    enum command_exit code;

    if (person != NULL && (context->argc > 0 || work.all))
        return command_say(context, COMMAND_USAGE,
            _("--person gathers all that is held on one person: leave the kinds out, or leave "
              "--person out."));
    if (person != NULL)
        return person_export(context, person);
    if (command_option(context, "personal") != NULL && !work.staff)
        return command_say(context, COMMAND_REFUSED,
            _("Personal data leave the region by the Consortium's staff alone: ask your "
              "coordination."));
    work.personal = command_option(context, "personal") != NULL;
    code = take_words(&work);
    if (code == COMMAND_OK)
        code = take_format(&work);
    if (code != COMMAND_OK)
        return code;
    tell_personal(&work);
    if (work.printed)
        return print_sheets(&work);
    code = write_files(&work);
    if (code == COMMAND_OK)
        tell_limits(&work);
    return code;
}

static const struct command_option options[] = {
    {"to", "vers", 't', N_("FILE"), N_("The file, or with --all or several kinds the folder.")},
    {"all", "tout", 'a', NULL, N_("Every kind, one file each.")},
    {"replace", "remplacer", 0, NULL, N_("Write over files that are there already.")},
    {"personal", "personnel", 0, NULL,
        N_("With personal data, which staff alone may take out: names, addresses, telephones.")},
    {"person", "personne", 0, N_("NAME"),
        N_("All that is held on one person, by name or by a handle such as C2.")},
    {.name = NULL},
};

const struct command export_command = {
    .name = "export",
    .french = "exporter",
    .usage_en = "KIND... [--to FILE] | --all --to FOLDER | --person NAME [--to FILE]",
    .usage_fr = "SORTE... [--vers FICHIER] | --tout --vers DOSSIER | "
                "--personne NOM [--vers FICHIER]",
    .summary = N_("Writes records to CSV or JSON files that “concert import” takes again."),
    .examples_en = "concert export shares\nconcert export budget_lines --to budget.csv\n"
                   "concert export interventions --format json\n"
                   "concert export --all --to copy-2009-10\n"
                   "concert export --person \"Anne Example\" --to held.txt",
    .examples_fr = "concert exporter parts\nconcert exporter postes --vers budget.csv\n"
                   "concert exporter interventions --format json\n"
                   "concert exporter --tout --vers copie-2009-10\n"
                   "concert exporter --personne \"Anne Exemple\" --vers detenu.txt",
    .options = options,
    .min_args = 0,
    .max_args = -1,
    .flags = COMMAND_READS,
    .run = run,
};
