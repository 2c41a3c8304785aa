#include "init.h"

#include <errno.h>
#include <event2/event.h>
#include <getopt.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "date.h"
#include "founding.h"
#include "identity.h"
#include "invitation.h"
#include "listener.h"
#include "log.h"
#include "state.h"
#include "store/migrate.h"
#include "text.h"

/* Where a port is looked for when any will do: below those of outgoing connections. */
#define PORT_LOWEST 10240u
#define PORT_COUNT 20000u
#define PORT_TRIES 100

struct init {
    const char *folder, *coordinator; /* --state and --coordinator */
    struct settings settings;
};

/* Options that are settings, and those that init alone has. */
static const struct option options[] = {
    {"state", required_argument, NULL, 's'},
    {"region", required_argument, NULL, 'r'},
    {"title", required_argument, NULL, 't'},
    {"language", required_argument, NULL, 'l'},
    {"timezone", required_argument, NULL, 'z'},
    {"listen", required_argument, NULL, 'p'},
    {"address", required_argument, NULL, 'a'},
    {"database", required_argument, NULL, 'd'},
    {"owner-database", required_argument, NULL, 'o'},
    {"coordinator", required_argument, NULL, 'c'},
    {NULL, 0, NULL, 0},
};

static int fail(const char *what, const char *why)
{
    fprintf(stderr, "concertd init: %s%s%s\n", what, *why == '\0' ? "" : ": ", why);
    return EXIT_FAILURE;
}

/* Where an option's value goes; NULL for an unknown option. */
static char *place(struct init *init, int option, size_t *size_r)
{
    struct settings_region *region = &init->settings.regions[0];
    struct {
        int option;
        char *text;
        size_t size;
    } places[] = {
        {'r', region->name, sizeof(region->name)},
        {'t', region->title, sizeof(region->title)},
        {'l', region->language, sizeof(region->language)},
        {'z', region->timezone, sizeof(region->timezone)},
        {'p', init->settings.listen, sizeof(init->settings.listen)},
        {'a', init->settings.address, sizeof(init->settings.address)},
        {'d', region->database, sizeof(region->database)},
        {'o', region->owner_database, sizeof(region->owner_database)},
    };

    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
        if (places[i].option == option) {
            *size_r = places[i].size;
            return places[i].text;
        }
    return NULL;
}

static bool read_options(struct init *init, int argc, char **argv)
{
    int option;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        size_t size;
        char *text = place(init, option, &size);

        if (option == 's')
            init->folder = optarg;
        else if (option == 'c')
            init->coordinator = optarg;
        else if (text == NULL)
            return false;
        else if (!text_copy(text, size, optarg)) {
            fail("this is too long", optarg);
            return false;
        }
    }
    return optind == argc;
}

static const char *check(const struct init *init)
{
    const struct settings_region *region = &init->settings.regions[0];

    if (init->folder == NULL)
        return "--state DIR is missing: the folder for the server's key and settings";
    if (!migrate_name_valid(region->name))
        return "--region must be a name of a-z, 0-9 and _, beginning with a letter (mauricie)";
    if (region->title[0] == '\0')
        return "--title is missing: the Consortium's name for people";
    if (init->coordinator == NULL)
        return "--coordinator is missing: the name or function of the coordinator";
    if (region->database[0] == '\0')
        return "--database is missing: how the server connects to PostgreSQL (libpq's words)";
    if (strcmp(region->language, "fr") != 0 && strcmp(region->language, "en") != 0)
        return "--language must be fr or en";
    if (!date_zone(region->timezone))
        return "--timezone must be an IANA time zone (America/Toronto)";
    return NULL;
}

/* True when the address can be listened on now; *port_r is the port. */
static bool can_listen(
    struct event_base *base, const char *address, uint16_t *port_r, const char **why_r)
{
    struct listener *listener = listener_new(base, address, false, NULL, NULL, why_r);
    bool found = listener != NULL;

    if (found)
        *port_r = listener_port(listener);
    listener_free(&listener);
    return found;
}

/* Finds a free port when none is given: the invitations must tell the one that will be served. Not
 * one that the system gives to outgoing connections: it could be gone when it is served. */
static bool fix_port(struct settings *settings, const char **why_r)
{
    struct event_base *base = event_base_new();
    char *port = strrchr(settings->listen, ':');
    size_t room = port == NULL ? 0 : sizeof(settings->listen) - (size_t)(port - settings->listen);
    bool any = port != NULL && strcmp(port, ":0") == 0, found = false;
    uint16_t number = 0;

    for (int tries = any ? PORT_TRIES : 1; base != NULL && !found && tries > 0; tries--) {
        if (any)
            snprintf(port, room, ":%u", PORT_LOWEST + randombytes_uniform(PORT_COUNT));
        found = can_listen(base, settings->listen, &number, why_r);
    }
    if (found)
        snprintf(port, room, ":%u", number);
    if (base != NULL)
        event_base_free(base);
    return found;
}

static int make_schema(struct init *init)
{
    struct settings_region *region = &init->settings.regions[0];
    char why[MIGRATE_WHY_SIZE], role[64];
    int version;

    if (region->owner_database[0] == '\0')
        text_copy(region->owner_database, sizeof(region->owner_database), region->database);
    if (!migrate_user(region->database, role, sizeof(role), why) ||
        !migrate_run(region->owner_database, region->name, role, why))
        return fail("the schema could not be made", why);
    if (!migrate_version(region->database, region->name, &version, why))
        return fail("--database: the server could not connect", why);
    return EXIT_SUCCESS;
}

static int make_region(struct init *init)
{
    uint8_t fingerprint[IDENTITY_FINGERPRINT_SIZE];
    struct state_paths paths;
    char why[512], code[32], line[IDENTITY_LINE_MAX];

    if (!state_paths(init->folder, &paths) ||
        !identity_make(init->settings.regions[0].name, paths.key, paths.certificate) ||
        !identity_file_fingerprint(paths.certificate, fingerprint))
        return fail("the server's key could not be made", strerror(errno));
    if (make_schema(init) != EXIT_SUCCESS)
        return EXIT_FAILURE;
    if (!founding_run(&init->settings, init->coordinator, code, why, sizeof(why)))
        return fail("the region could not be founded", why);
    if (!settings_write(&init->settings, paths.settings))
        return fail(paths.settings, strerror(errno));
    if (!invitation_line(&init->settings, &init->settings.regions[0], fingerprint, code, line))
        return fail("the address makes no invitation", init->settings.listen);
    puts(line);
    return EXIT_SUCCESS;
}

int init_run(int argc, char **argv)
{
    struct init init = {0};
    struct state_paths paths;
    const char *why = "";

    log_set_level(LOG_LEVEL_WARNING);
    settings_defaults(&init.settings);
    settings_region_defaults(&init.settings.regions[0]);
    init.settings.n_regions = 1;
    if (!read_options(&init, argc, argv))
        return 2;
    if (check(&init) != NULL) {
        fail(check(&init), "");
        return 2;
    }
    if (mkdir(init.folder, 0700) != 0 && errno != EEXIST)
        return fail(init.folder, strerror(errno));
    if (!state_paths(init.folder, &paths) || access(paths.settings, F_OK) == 0)
        return fail(init.folder, "there is a region in this folder already");
    if (!fix_port(&init.settings, &why))
        return fail(init.settings.listen, why);
    return make_region(&init);
}
