#include "admin/admin.h"

#include <errno.h>
#include <getopt.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "i18n.h"
#include "language.h"
#include "log.h"
#include "text.h"

#define DOMAIN "concertd"
#define STATE_OPTION 1 /* numbers of the common options; a command's own follow */
#define REGION_OPTION 2
#define HELP_OPTION 3
#define OWN_OPTIONS 4
#define COMMON_OPTIONS 4 /* with the one that ends the list */
#define OPTION_WIDTH 28  /* columns, in the help */

int admin_say(const struct admin *admin, int code, const char *format, ...)
{
    va_list list;

    fprintf(stderr, "concertd %s: ", admin->command->name);
    va_start(list, format);
    vfprintf(stderr, format, list);
    va_end(list);
    fputc('\n', stderr);
    return code;
}

const char *admin_value(const struct admin *admin, const char *name)
{
    for (size_t i = 0; i < admin->command->n_options; i++)
        if (strcmp(admin->command->options[i].name, name) == 0)
            return admin->values[i];
    return NULL;
}

int admin_no_region(const struct admin *admin, const char *name)
{
    if (admin->settings.n_regions == 0)
        return admin_say(admin, 2,
            _("%s has no section [region NAME]: “concertd init” adds a region."),
            admin->paths.settings);
    return admin_say(admin, 2, _("The settings have no region “%s”."), name);
}

/* --- help ----------------------------------------------------------------------------------------
 */

static void print_option(FILE *file, const char *name, const char *value, const char *help)
{
    char words[80];
    int width;

    snprintf(words, sizeof(words), "--%s%s%s", name, value == NULL ? "" : " ",
        value == NULL ? "" : _(value));
    width = (int)text_width(words);
    fprintf(file, "  %s%*s %s\n", words, width < OPTION_WIDTH ? OPTION_WIDTH - width : 0, "", help);
}

static void print_command(FILE *file, const struct admin_command *command)
{
    fprintf(file, _("usage: concertd %s [--OPTION VALUE]... %s\n"), command->name,
        *command->arguments == '\0' ? "" : _(command->arguments));
    fprintf(file, "%s\n", _(command->help));
    if (command->about != NULL)
        fprintf(file, "%s\n", _(command->about));
    if (command->needs != ADMIN_NOTHING)
        print_option(file, "state", N_("DIR"), _("the state folder: key, certificate, settings"));
    if (command->needs == ADMIN_REGION)
        print_option(file, "region", N_("NAME"), _("which region, where there are several"));
    for (size_t i = 0; i < command->n_options; i++)
        print_option(
            file, command->options[i].name, command->options[i].value, _(command->options[i].help));
}

static void print_all(FILE *file)
{
    fprintf(file, "%s\n", _("usage: concertd COMMAND [--OPTION VALUE]..."));
    for (size_t i = 0; i < admin_commands_count; i++)
        fprintf(file, "  %-8s %s\n", admin_commands[i]->name, _(admin_commands[i]->help));
    fprintf(file, "%s\n", _("“concertd help COMMAND” tells its options."));
}

static const struct admin_command *find(const char *name)
{
    for (size_t i = 0; i < admin_commands_count; i++)
        if (strcmp(admin_commands[i]->name, name) == 0)
            return admin_commands[i];
    return NULL;
}

static int unknown(const char *name)
{
    fprintf(stderr, _("There is no command “%s”.\n"), name);
    print_all(stderr);
    return 2;
}

/* As `code`, when stdout has taken what was said on it; else says that it has not. */
static int heard(int code)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return code;
    fprintf(stderr, "concertd: ");
    fprintf(stderr, _("what is said here was not taken: %s"), strerror(errno));
    fputc('\n', stderr);
    return code == EXIT_SUCCESS ? EXIT_FAILURE : code;
}

static int help(const char *name)
{
    const struct admin_command *command = name == NULL ? NULL : find(name);

    if (name != NULL && command == NULL)
        return unknown(name);
    if (command == NULL)
        print_all(stdout);
    else
        print_command(stdout, command);
    return heard(EXIT_SUCCESS);
}

/* --- the command line ----------------------------------------------------------------------------
 */

static void make_options(const struct admin_command *command,
    struct option options_r[ADMIN_OPTIONS_MAX + COMMON_OPTIONS])
{
    size_t n = 0;

    options_r[n++] = (struct option){"help", no_argument, NULL, HELP_OPTION};
    if (command->needs != ADMIN_NOTHING)
        options_r[n++] = (struct option){"state", required_argument, NULL, STATE_OPTION};
    if (command->needs == ADMIN_REGION)
        options_r[n++] = (struct option){"region", required_argument, NULL, REGION_OPTION};
    for (size_t i = 0; i < command->n_options && i < ADMIN_OPTIONS_MAX; i++)
        options_r[n++] = (struct option){command->options[i].name,
            command->options[i].value == NULL ? no_argument : required_argument, NULL,
            OWN_OPTIONS + (int)i};
    options_r[n] = (struct option){NULL, 0, NULL, 0};
}

/* False when that was said. With --help nothing behind it is read. */
static bool read_words(struct admin *admin, const char **region_r, int argc, char **argv)
{
    struct option options[ADMIN_OPTIONS_MAX + COMMON_OPTIONS];
    const struct admin_command *command = admin->command;
    int option;

    make_options(command, options);
    opterr = 0;
    while ((option = getopt_long(argc, argv, ":h", options, NULL)) != -1) {
        if (option == '?' || option == ':') {
            admin_say(admin, 2,
                option == '?' ? _("There is no option “%s”.") : _("“%s” wants a value behind it."),
                argv[optind - 1]);
            return false;
        }
        if (option == HELP_OPTION || option == 'h') {
            admin->help = true;
            return true;
        }
        if (option == STATE_OPTION)
            admin->folder = optarg;
        else if (option == REGION_OPTION)
            *region_r = optarg;
        else
            admin->values[option - OWN_OPTIONS] = optarg == NULL ? "" : optarg;
    }
    admin->words = argv + optind;
    admin->n_words = argc - optind;
    return true;
}

/* What is missing among the words; NULL: nothing. */
static bool words_complete(const struct admin *admin)
{
    const struct admin_command *command = admin->command;

    if (command->needs != ADMIN_NOTHING && admin->folder == NULL) {
        admin_say(admin, 2, _("--state DIR is missing: the folder with the server's settings."));
        return false;
    }
    for (size_t i = 0; i < command->n_options; i++)
        if (command->options[i].required && admin->values[i] == NULL) {
            admin_say(admin, 2, _("--%s is missing: %s"), command->options[i].name,
                _(command->options[i].help));
            return false;
        }
    if (admin->n_words < command->min_words || admin->n_words > command->max_words) {
        admin_say(admin, 2,
            admin->n_words < command->min_words ? _("%s is missing.")
                                                : _("There are too many words behind “%s”."),
            admin->n_words < command->min_words ? _(command->arguments) : command->name);
        return false;
    }
    return true;
}

/* --- what it needs -------------------------------------------------------------------------------
 */

static bool choose_region(struct admin *admin, const char *name)
{
    const struct settings *settings = &admin->settings;
    char names[SETTINGS_REGIONS_MAX * sizeof(settings->regions[0].name)] = "";

    if (name == NULL && settings->n_regions == 1)
        admin->region = &settings->regions[0];
    for (size_t i = 0; name != NULL && i < settings->n_regions; i++)
        if (strcmp(settings->regions[i].name, name) == 0)
            admin->region = &settings->regions[i];
    if (admin->region != NULL)
        return true;
    for (size_t i = 0; i < settings->n_regions && strlen(names) + 70 < sizeof(names); i++)
        snprintf(names + strlen(names), sizeof(names) - strlen(names), "%s%s", i == 0 ? "" : ", ",
            settings->regions[i].name);
    if (settings->n_regions == 0)
        admin_no_region(admin, name);
    else if (name != NULL)
        admin_say(admin, 2, _("The settings have no region “%s”, but: %s."), name, names);
    else
        admin_say(
            admin, 2, _("There are several regions: --region NAME tells which of %s."), names);
    return false;
}

/* What the environment asks for, else the region's, known or to be made; else French, as the client
 * does. */
static void speak(const struct admin *admin)
{
    const char *language = language_of_environment();
    const char *made = admin == NULL ? NULL : admin_value(admin, "language");

    if (language == NULL && language_is_plain())
        language = "en";
    if (language == NULL && made != NULL)
        language = language_read(made);
    if (language == NULL && admin != NULL && admin->settings.n_regions > 0)
        language = language_read(admin->settings.regions[0].language);
    language_use(DOMAIN, language == NULL ? "fr" : language);
}

/* What root wrote into the server's folder, the server could not read: it would not start, or its
 * next backup would fail. */
static bool is_owner(const struct admin *admin)
{
    const struct passwd *owner;
    struct stat folder;

    if (!admin->command->writes || geteuid() != 0 || stat(admin->folder, &folder) != 0 ||
        folder.st_uid == 0)
        return true;
    owner = getpwuid(folder.st_uid);
    admin_say(admin, EXIT_FAILURE,
        _("%s is %s's, and what root writes there it could not read: begin this command with "
          "“sudo -u %s”."),
        admin->folder, owner == NULL ? "?" : owner->pw_name, owner == NULL ? "?" : owner->pw_name);
    return false;
}

bool admin_has_settings(const struct admin *admin)
{
    if (access(admin->paths.settings, F_OK) == 0 || errno != ENOENT)
        return true;
    admin_say(admin, EXIT_FAILURE,
        _("%s is not there: is --state the server's folder? “concertd init” makes a new one, "
          "“concertd restore” brings one back from a backup."),
        admin->paths.settings);
    return false;
}

/* 0, or the exit code. */
static int read_needs(struct admin *admin, const char *region)
{
    char why[1024];

    if (admin->command->needs == ADMIN_NOTHING)
        return 0;
    if (!state_paths(admin->folder, &admin->paths))
        return admin_say(admin, 2, _("The path is too long: %s"), admin->folder);
    if (!is_owner(admin))
        return EXIT_FAILURE;
    if (admin->command->needs == ADMIN_FOLDER)
        return 0;
    if (!admin_has_settings(admin))
        return EXIT_FAILURE;
    if (!settings_read(&admin->settings, admin->paths.settings, why, sizeof(why)))
        return admin_say(admin, EXIT_FAILURE, "%s", why);
    speak(admin);
    if (admin->command->needs == ADMIN_REGION && !choose_region(admin, region))
        return 2;
    return 0;
}

/* What was asked for has been said only when stdout has taken it. */
static int finish(const struct admin *admin, int code)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return code;
    return admin_say(admin, code == EXIT_SUCCESS ? EXIT_FAILURE : code,
        _("what is said here was not taken, the rest is done: %s"), strerror(errno));
}

static int go_on(struct admin *admin, const char *region)
{
    int code;

    speak(admin);
    if (!words_complete(admin))
        return 2;
    code = read_needs(admin, region);
    return code != 0 ? code : finish(admin, admin->command->run(admin));
}

/* What all programs answer to, as well as this one's own words. */
static const char *command_of(const char *word)
{
    static const struct {
        const char *option, *command;
    } options[] = {{"--help", "help"}, {"-h", "help"}, {"--version", "version"}};

    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
        if (strcmp(options[i].option, word) == 0)
            return options[i].command;
    return word;
}

int admin_run(int argc, char **argv)
{
    const char *command;
    struct admin *admin = NULL;
    const char *region = NULL;
    int code = 2;

    speak(NULL);
    if (argc < 2) {
        print_all(stderr);
        return 2;
    }
    command = command_of(argv[1]);
    if (strcmp(command, "help") == 0)
        return help(argc > 2 ? command_of(argv[2]) : NULL);
    if (find(command) == NULL)
        return unknown(command);
    admin = calloc(1, sizeof(*admin)); /* the settings are too large for a stack */
    if (admin == NULL)
        return EXIT_FAILURE;
    admin->command = find(command);
    if (read_words(admin, &region, argc - 1, argv + 1))
        code = admin->help ? help(command) : go_on(admin, region);
    free(admin);
    return code;
}
