/* Joins a region with an invitation line. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "i18n.h"
#include "terminal.h"
#include "text.h"
#include "words.h"
#include "words/phrase.h"

#define LINE_SIZE 1024
#define NAME_SIZE 200
#define PARTIES_MAX 16

static const struct sheet_column columns[] = {
    {"title", N_("Region"), SHEET_TEXT, false, false},
    {"region", NULL, SHEET_TEXT, false, true},
    {"address", N_("Server"), SHEET_TEXT, false, false},
    {"role", N_("Your role"), SHEET_TEXT, false, false},
    {"parties", N_("You speak for"), SHEET_LIST, false, false},
    {"home", N_("Copy kept in"), SHEET_TEXT, false, false},
};

#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

/* The line, in one argument or in the several that spaces in a pasted line make. False: too long.
 */
static bool line_of_arguments(const struct context *context, char line_r[LINE_SIZE])
{
    size_t used = 0;

    line_r[0] = '\0';
    for (int i = 0; i < context->argc; i++) {
        if (!text_copy(line_r + used, LINE_SIZE - used, context->argv[i]))
            return false;
        used = strlen(line_r);
    }
    return true;
}

/* Asks for the line; lines that a mail program broke are put together until an empty one. */
static bool line_of_input(char line_r[LINE_SIZE])
{
    size_t used = 0;

    terminal_prompt(_("Paste the invitation line, then press Enter twice: "));
    line_r[0] = '\0';
    while (used + 1 < LINE_SIZE && fgets(line_r + used, (int)(LINE_SIZE - used), stdin) != NULL) {
        size_t length = strcspn(line_r + used, "\r\n");

        line_r[used + length] = '\0';
        text_trim(line_r + used);
        if (line_r[used] == '\0')
            break;
        used = strlen(line_r);
    }
    return used > 0;
}

static const char *device_name(const struct context *context, char name_r[NAME_SIZE])
{
    const char *given = command_option(context, "name");

    if (given != NULL && *given != '\0')
        return given;
    if (gethostname(name_r, NAME_SIZE) != 0 || name_r[0] == '\0')
        text_copy(name_r, NAME_SIZE, "concert");
    name_r[NAME_SIZE - 1] = '\0';
    return name_r;
}

static const char *role_word(const struct context *context, Concert__Account__Role role)
{
    const struct kind *kind = kinds_get(CONCERT__KIND__ACCOUNT);
    const ProtobufCFieldDescriptor *field = record_field(kind, "role");
    struct record_value value = {.number = role};

    return context->machine
               ? record_text(kind, field, value, context->arena)
               : phrase_value(NULL, kind, field, value, context->language, false, context->arena);
}

static size_t party_names(struct desk *desk, const char *names_r[PARTIES_MAX])
{
    const struct desk_identity *me = desk_identity(desk);
    struct desk_why why;
    const struct book *book = desk_book(desk, &why);
    size_t count = 0;

    for (size_t i = 0; book != NULL && i < me->n_parties && i < PARTIES_MAX; i++) {
        const struct book_entry *party = book_get(book, me->parties[i]);

        if (party != NULL)
            names_r[count++] = book_label(book, party);
    }
    return count;
}

static void show(struct context *context, struct desk *desk)
{
    const struct desk_identity *me = desk_identity(desk);
    const char *names[PARTIES_MAX];
    size_t n_names = party_names(desk, names);
    struct sheet *sheet;

    sheet = report_sheet(context->report, "joined", NULL, SHEET_CARD, true, columns, COLUMNS);
    if (sheet == NULL)
        return;
    sheet_row(sheet, 0, SHEET_PLAIN);
    sheet_text(sheet, me->title);
    sheet_text(sheet, me->region);
    sheet_text(sheet, me->address);
    sheet_text(sheet, role_word(context, me->role));
    if (n_names == 0)
        sheet_none(sheet);
    else
        sheet_texts(sheet, names, n_names);
    sheet_text(sheet, context->home);
    report_note(context->report,
        _("Welcome. Try “concert plan” to read the plan, “concert help” to see the rest."));
}

static enum command_exit run(struct context *context)
{
    struct desk_options options = {.home = context->home, .slow = context->slow};
    char line[LINE_SIZE], name[NAME_SIZE];
    struct desk_why why = {.trouble = DESK_FINE};
    struct terminal_bar bar = {.began = 0};
    struct desk *desk;
    bool joined;

    if (context->argc > 0 ? !line_of_arguments(context, line) : !line_of_input(line))
        return command_say(context, COMMAND_USAGE,
            _("An invitation line is needed: concert join concert://… The coordination gives it."));
    joined = desk_join(&options, line, device_name(context, name), terminal_progress, &bar, &why);
    terminal_bar_end(&bar);
    if (!joined)
        return command_why(context, &why);
    options.offline = true;
    desk = desk_open(&options, &why);
    if (desk == NULL)
        return command_why(context, &why);
    show(context, desk);
    desk_free(&desk);
    return COMMAND_OK;
}

static const struct command_option options_of_join[] = {
    {"name", "nom", 0, N_("WORDS"), N_("What this device is called; else the machine's name.")},
    {.name = NULL},
};

const struct command join_command = {
    .name = "join",
    .french = "rejoindre",
    .usage_en = "[LINE]",
    .usage_fr = "[LIGNE]",
    .summary = N_("Joins a region with the invitation line that its coordination gave."),
    .examples_en = "concert join concert://plan.example.org:7400/mauricie#7k3m-… --name \"Office\"",
    .examples_fr = "concert rejoindre concert://plan.example.org:7400/mauricie#7k3m-… "
                   "--nom \"Poste du comité\"",
    .options = options_of_join,
    .min_args = 0,
    .max_args = -1,
    .flags = COMMAND_NO_DESK,
    .run = run,
};
