#include "admin/init_words.h"

#include <ctype.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "admin/retention_list.h"
#include "date.h"
#include "i18n.h"
#include "identity.h"
#include "invitation.h"
#include "settings_address.h"
#include "store/migrate.h"
#include "text.h"

const struct admin_option init_words_options[INIT_WORDS_OPTIONS] = {
    {"region", N_("NAME"), N_("the region's short name: a-z, 0-9 and _ (mauricie)"), false},
    {"title", N_("TEXT"), N_("the Consortium's name for people"), false},
    {"language", "fr|en", N_("the region's language"), false},
    {"timezone", N_("ZONE"), N_("its IANA time zone (America/Toronto)"), false},
    {"listen", N_("HOST:PORT"), N_("where clients connect to; port 0: any that is free"), false},
    {"address", N_("HOST:PORT"), N_("what invitations say, when clients see another address"),
        false},
    {"database", N_("CONNECTION"), N_("how the server connects to PostgreSQL (libpq's words)"),
        false},
    {"owner-database", N_("CONNECTION"), N_("the same for the role that owns the schema"), false},
    {"coordinator", N_("NAME"), N_("the name or function of the coordinator"), false},
    {"metrics", N_("HOST:PORT"),
        N_("where /metrics, /healthz and /readyz are served (127.0.0.1:9743)"), false},
    {"responsible", N_("TEXT"), N_("who answers for personal information, and how to reach them"),
        false},
    {"retention", N_("TEXT"),
        N_("months that kinds keep personal data (contact 24, attendance 36)"), false},
    {"user", N_("NAME"), N_("who the daemon becomes when it is started by root"), false},
};

/* Where an option's value goes; NULL for one that is no setting. */
static char *place(struct init_words *words, const char *option, size_t *size_r)
{
    struct settings_region *region = &words->settings.regions[0];
    struct {
        const char *option;
        char *text;
        size_t size;
    } places[] = {
        {"region", region->name, sizeof(region->name)},
        {"title", region->title, sizeof(region->title)},
        {"language", region->language, sizeof(region->language)},
        {"timezone", region->timezone, sizeof(region->timezone)},
        {"listen", words->settings.listen, sizeof(words->settings.listen)},
        {"address", words->settings.address, sizeof(words->settings.address)},
        {"database", region->database, sizeof(region->database)},
        {"owner-database", region->owner_database, sizeof(region->owner_database)},
        {"metrics", words->settings.metrics, sizeof(words->settings.metrics)},
        {"responsible", region->responsible, sizeof(region->responsible)},
        {"retention", region->retention, sizeof(region->retention)},
        {"user", words->settings.user, sizeof(words->settings.user)},
    };

    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
        if (strcmp(places[i].option, option) == 0) {
            *size_r = places[i].size;
            return places[i].text;
        }
    return NULL;
}

/* Whether the settings' file can hold it as it is. */
static bool is_line(const char *text)
{
    size_t size = strlen(text);

    return strpbrk(text, "\r\n") == NULL &&
           (size == 0 ||
               (!isspace((unsigned char)text[0]) && !isspace((unsigned char)text[size - 1])));
}

static bool read_options(struct init_words *words, const struct admin *admin)
{
    for (size_t i = 0; i < INIT_WORDS_OPTIONS; i++) {
        char option[40];
        size_t size;
        char *text = place(words, init_words_options[i].name, &size);

        if (admin->values[i] == NULL || text == NULL)
            continue;
        snprintf(option, sizeof(option), "--%s", init_words_options[i].name);
        if (!text_copy(text, size, admin->values[i])) {
            admin_say(admin, 2,
                _("%s: the value is too long; “concertd help init” tells what is meant"), option);
            return false;
        }
        if (!is_line(text)) {
            admin_say(admin, 2,
                _("%s: the value must be one line, with no space before or behind it"), option);
            return false;
        }
    }
    words->coordinator = admin_value(admin, "coordinator");
    return true;
}

/* Whether invitations can tell the address: found out before there is anybody to invite. */
static bool is_told(const struct settings *settings)
{
    const uint8_t fingerprint[IDENTITY_FINGERPRINT_SIZE] = {0};
    char code[32], line[IDENTITY_LINE_MAX];

    identity_code_make(code);
    return invitation_line(settings, &settings->regions[0], fingerprint, code, line);
}

/* Every address of the machine, none that an invitation could tell. */
static bool is_untold(const char *listen)
{
    return strncmp(listen, "0.0.0.0:", 8) == 0 || strncmp(listen, "[::]:", 5) == 0;
}

/* What is wrong with the server's own words; NULL: nothing. */
static const char *check_server(const struct settings *settings)
{
    const char *port = strrchr(settings->listen, ':');

    if (port == NULL || (strcmp(port, ":0") != 0 && !settings_address_valid(settings->listen)))
        return _("--listen must be HOST:PORT in numbers (0.0.0.0:7443)");
    if (settings->address[0] != '\0' && !is_told(settings))
        return _("--address must be HOST:PORT, as clients see it (plan.example.org:7443)");
    if (settings->address[0] == '\0' && is_untold(settings->listen))
        return _("--address is missing: HOST:PORT, as clients see it (plan.example.org:7443); the "
                 "server listens on every address of this machine, and invitations need one");
    if (settings->metrics[0] != '\0' && !settings_address_valid(settings->metrics))
        return _("--metrics must be HOST:PORT in numbers (127.0.0.1:9743)");
    if (settings_address_clash(settings))
        return _("--metrics must be another address than --listen: each wants a port of its own");
    if (settings->user[0] != '\0' && getpwnam(settings->user) == NULL)
        return _("--user must be a user of this machine");
    return NULL;
}

/* What is wrong with all of them, in `why_r` where it is more than one sentence; NULL: nothing. */
static const char *check(const struct init_words *words, char *why_r, size_t size)
{
    const struct settings_region *region = &words->settings.regions[0];
    struct retention retention;
    char why[512];

    if (!migrate_name_valid(region->name))
        return _("--region must be a name of a-z, 0-9 and _, beginning with a letter (mauricie)");
    if (strlen(region->name) > SETTINGS_NAME_MAX)
        return _("--region is too long: 41 letters at most (mauricie)");
    if (region->title[0] == '\0')
        return _("--title is missing: the Consortium's name for people");
    if (words->coordinator == NULL || *words->coordinator == '\0')
        return _("--coordinator is missing: the name or function of the coordinator");
    if (region->database[0] == '\0')
        return _("--database is missing: how the server connects to PostgreSQL (libpq's words)");
    if (strchr(region->database, '=') == NULL && strstr(region->database, "://") == NULL) {
        snprintf(why_r, size,
            _("--database is “%s”, and must be libpq's words: host=/run/postgresql dbname=concert "
              "user=concertd"),
            region->database);
        return why_r;
    }
    if (strcmp(region->language, "fr") != 0 && strcmp(region->language, "en") != 0)
        return _("--language must be fr or en");
    if (!date_zone(region->timezone))
        return _("--timezone must be an IANA time zone (America/Toronto)");
    if (!retention_list(region->retention, &retention, why, sizeof(why))) {
        snprintf(why_r, size, _("--retention: %s"), why);
        return why_r;
    }
    return check_server(&words->settings);
}

/* --- a folder that has a server ------------------------------------------------------------------
 */

static const char *const of_the_server[] = {"listen", "address", "metrics", "user"};

/* 0 when the server's settings in words->settings can take one more region of that name. */
static int check_served(const struct init_words *words, const struct admin *admin, const char *name)
{
    const struct settings *settings = &words->settings;
    const char *zone = admin_value(admin, "timezone");

    for (size_t i = 0; i < settings->n_regions; i++)
        if (strcmp(settings->regions[i].name, name) == 0)
            return admin_say(admin, 1,
                _("%s: there is a region “%s” in this folder already; if its first invitation was "
                  "lost, “concertd invite” makes another; another --region adds one to the server"),
                admin->folder, name);
    if (settings->n_regions == SETTINGS_REGIONS_MAX)
        return admin_say(admin, 1,
            _("%s: this server has as many regions as one can have: give a new folder, for another "
              "server"),
            admin->folder);
    if (settings->n_regions > 0 && zone != NULL && strcmp(zone, settings->regions[0].timezone) != 0)
        return admin_say(admin, 2,
            _("the regions of one server have one time zone, %s: give a new folder, for another "
              "server"),
            settings->regions[0].timezone);
    for (size_t i = 0; i < sizeof(of_the_server) / sizeof(of_the_server[0]); i++)
        if (admin_value(admin, of_the_server[i]) != NULL)
            return admin_say(admin, 2,
                _("--%s is the whole server's, which has regions already: change it in %s"),
                of_the_server[i], words->paths.settings);
    return 0;
}

/* The server's settings stay; the new region's begin as its first one's, as far as they are not of
 * people. */
static int take_server(struct init_words *words, const struct admin *admin)
{
    struct settings_region *region = &words->settings.regions[0], first;
    const char *name = admin_value(admin, "region");
    char why[1024];
    int code;

    if (!settings_read(&words->settings, words->paths.settings, why, sizeof(why)))
        return admin_say(admin, 1, "%s", why);
    code = check_served(words, admin, name == NULL ? "" : name);
    if (code != 0 || words->settings.n_regions == 0)
        return code;
    first = *region;
    settings_region_defaults(region);
    text_copy(region->language, sizeof(region->language), first.language);
    text_copy(region->timezone, sizeof(region->timezone), first.timezone);
    text_copy(region->database, sizeof(region->database), first.database);
    text_copy(region->owner_database, sizeof(region->owner_database), first.owner_database);
    return 0;
}

/* What the words say, over the defaults or over the folder's server. */
int init_words_read(struct init_words *words, const struct admin *admin)
{
    struct settings_region *region = &words->settings.regions[0];
    char why[1024];
    const char *wrong;
    int code;

    words->paths = admin->paths;
    words->adding = access(words->paths.settings, F_OK) == 0;
    settings_defaults(&words->settings);
    settings_region_defaults(region);
    code = words->adding ? take_server(words, admin) : 0;
    if (code != 0)
        return code;
    words->serving = words->settings.n_regions > 0;
    words->settings.n_regions = 1;
    if (!read_options(words, admin))
        return 2;
    wrong = check(words, why, sizeof(why));
    if (wrong != NULL)
        return admin_say(admin, 2, "%s", wrong);
    if (region->owner_database[0] == '\0')
        text_copy(region->owner_database, sizeof(region->owner_database), region->database);
    return 0;
}
