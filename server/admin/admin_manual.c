/* The manual's pages, from the rows of the commands and of the settings. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin/admin_rows.h"
#include "i18n.h"

/* Text as troff takes it for nothing but text; a line does not begin with a request. */
static void put(const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        if ((*c == '.' || *c == '\'') && (c == text || c[-1] == '\n'))
            fputs("\\&", stdout);
        if (*c == '\\')
            fputs("\\e", stdout);
        else if (*c == '-')
            fputs("\\-", stdout);
        else
            putchar(*c);
    }
    putchar('\n');
}

static void section(const char *title)
{
    fputs(".SH ", stdout);
    put(title);
}

static void term(const char *name, const char *value, const char *help)
{
    fputs(".TP\n.B ", stdout);
    for (const char *c = name; *c != '\0'; c++)
        fputs(*c == '-' ? "\\-" : (char[]){*c, '\0'}, stdout);
    fputs(value == NULL ? "" : " ", stdout);
    put(value == NULL ? "" : value);
    put(help);
}

static void own_option(const struct admin_option *option)
{
    char name[80];

    snprintf(name, sizeof(name), "--%s", option->name);
    term(name, option->value == NULL ? NULL : _(option->value), _(option->help));
}

static void command(const struct admin_command *row)
{
    printf(".SS %s ", row->name);
    put(*row->arguments == '\0' ? "" : _(row->arguments));
    put(_(row->help));
    if (row->about != NULL) {
        puts(".PP");
        put(_(row->about));
    }
    for (size_t i = 0; i < row->n_options; i++)
        own_option(&row->options[i]);
}

/* A line to copy: as it stands, in a paragraph of .EX. */
static void copied(const char *line)
{
    static const struct {
        char plain;
        const char *troff;
    } marks[] = {{'-', "\\-"}, {'\\', "\\e"}, {'\'', "\\(aq"}, {'"', "\\(dq"}};

    for (const char *c = line; *c != '\0'; c++) {
        const char *text = (char[]){*c, '\0'};

        for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
            text = *c == marks[i].plain ? marks[i].troff : text;
        fputs(text, stdout);
    }
    putchar('\n');
}

static void copied_lines(const char *const *lines)
{
    puts(".PP\n.EX");
    while (*lines != NULL)
        copied(*lines++);
    puts(".EE\n.PP");
}

/* From Debian's packages to a region that is served. README.md has the same lines. */
static void first_region(void)
{
    static const char *const database[] = {
        "sudo apt install postgresql",
        "sudo -u postgres createuser concertd",
        "sudo -u postgres createuser concert_owner",
        "sudo -u postgres createdb --owner=concert_owner --template=template0 \\",
        "    --encoding=UTF8 --locale=C.UTF-8 concert",
        "printf 'concert concertd %s\\n' concertd concert_owner |",
        "    sudo tee -a /etc/postgresql/15/main/pg_ident.conf",
        "sudo sed -i '1i local concert concertd,concert_owner peer map=concert' \\",
        "    /etc/postgresql/15/main/pg_hba.conf",
        "sudo systemctl reload postgresql",
        NULL,
    };
    static const char *const region[] = {
        "sudo -u concertd concertd init --state /var/lib/concertd --region mauricie \\",
        "    --title \"Consortium de la Mauricie\" --language fr --timezone America/Toronto \\",
        "    --address concert.example.org:7443 --metrics 127.0.0.1:9743 \\",
        "    --coordinator \"Coordination\" --responsible \"Nom, courriel, téléphone\" \\",
        "    --database 'host=/run/postgresql dbname=concert user=concertd' \\",
        "    --owner-database 'host=/run/postgresql dbname=concert user=concert_owner'",
        "sudo systemctl start concertd",
        "sudo -u concertd concertd backup --state /var/lib/concertd",
        "sudo -u concertd concertd doctor --state /var/lib/concertd",
        NULL,
    };

    section(_("A FIRST REGION"));
    put(_("Once, on Debian's PostgreSQL 15: a role that serves, one that owns, the database, and a "
          "rule by which the user concertd comes in as either, without a password:"));
    copied_lines(database);
    put(_("Then the region, with its own name, title, address and people; init prints the "
          "coordinator's invitation:"));
    copied_lines(region);
    put(_("The timer concertd-daily backs up, erases what has expired and asks doctor, each night; "
          "“systemctl status concertd-daily” and “journalctl -u concertd-daily” tell how that "
          "went."));
}

static void program(void)
{
    printf(".TH CONCERTD 8 \"\" \"concertd %s\" \"%s\"\n", CONCERT_VERSION, _("Administration"));
    section(_("NAME"));
    printf("concertd \\- %s\n", _("the server of a region's shared action plan"));
    section(_("SYNOPSIS"));
    fputs(".B concertd\n", stdout);
    put(_("COMMAND [--OPTION VALUE]... [WORDS]"));
    section(_("DESCRIPTION"));
    put(_("A server is its state folder: its key, its certificate and its settings. The regions "
          "themselves are in PostgreSQL, each in a schema of its own. Every command says on "
          "standard error what is wrong and what to do."));
    first_region();
    section(_("COMMANDS"));
    for (size_t i = 0; i < admin_commands_count; i++)
        command(admin_commands[i]);
    section(_("COMMON OPTIONS"));
    term("--state", _("DIR"), _("the state folder: key, certificate, settings"));
    term("--region", _("NAME"), _("which region, where there are several"));
    term("--help", NULL, _("tells what the command does and its options"));
    section(_("EXIT STATUS"));
    term("0", NULL, _("It is done."));
    term("1", NULL, _("It could not be done, or something was found to be wrong."));
    term("2", NULL, _("The words of the command are not right."));
    term("3", NULL, _("doctor: something must be done."));
    section(_("SEE ALSO"));
    puts(".BR concertd.conf (5),\n.BR concert (1)");
}

static void settings(void)
{
    const struct settings_row *row;
    const char *before = "";

    printf(".TH CONCERTD.CONF 5 \"\" \"concertd %s\" \"%s\"\n", CONCERT_VERSION, _("File formats"));
    section(_("NAME"));
    printf("concertd.conf \\- %s\n", _("settings of concertd"));
    section(_("DESCRIPTION"));
    put(_("The file concertd.conf of the state folder, made by “concertd init”. Lines are NAME = "
          "VALUE in sections; a line that begins with a semicolon says nothing. Each region has a "
          "section [region NAME]; its name is that of its schema. SIGHUP (systemctl reload "
          "concertd) has the server read it again; what takes effect at a restart only says so."));
    puts(".PP");
    put(_(
        "A line that begins with a space goes on with the value of the line above: so a long one, "
        "such as a connection to several hosts, stands in several lines, each of 198 bytes at "
        "most. The value has a space where a line ends."));
    for (size_t i = 0; (row = settings_row(i)) != NULL; i++) {
        char standard[600], help[600];

        if (strcmp(before, row->section) != 0) {
            fputs(".SH \"", stdout);
            printf(strcmp(row->section, "region") == 0 ? "[region NAME]\"\n" : "[%s]\"\n",
                row->section);
        }
        before = row->section;
        snprintf(standard, sizeof(standard), "= %s", row->standard);
        snprintf(help, sizeof(help), row->reloadable ? "%s" : "%s (%s)", _(row->help),
            _("after a restart"));
        term(row->name, row->standard[0] == '\0' ? NULL : standard, help);
    }
    section(_("SEE ALSO"));
    puts(".BR concertd (8)");
}

static int run(struct admin *admin)
{
    static const struct {
        const char *name;
        void (*print)(void);
    } pages[] = {{"concertd", program}, {"concertd.conf", settings}};

    for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++)
        if (strcmp(admin->words[0], pages[i].name) == 0) {
            pages[i].print();
            return EXIT_SUCCESS;
        }
    return admin_say(
        admin, 2, _("There is no page “%s”: concertd or concertd.conf."), admin->words[0]);
}

const struct admin_command admin_manual_command = {.name = "manual",
    .arguments = N_("PAGE"),
    .help = N_("prints a page of the manual for man: concertd or concertd.conf"),
    .needs = ADMIN_NOTHING,
    .min_words = 1,
    .max_words = 1,
    .run = run};
