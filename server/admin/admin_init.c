#include <errno.h>
#include <event2/event.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "admin/admin_rows.h"
#include "admin/founding.h"
#include "date.h"
#include "i18n.h"
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

static const struct admin_option options[] = {
    {"region", "NAME", N_("the region's short name: a-z, 0-9 and _ (mauricie)"), false},
    {"title", "TEXT", N_("the Consortium's name for people"), false},
    {"language", "fr|en", N_("the region's language"), false},
    {"timezone", "ZONE", N_("its IANA time zone (America/Toronto)"), false},
    {"listen", "HOST:PORT", N_("where clients connect to; port 0: any that is free"), false},
    {"address", "HOST:PORT", N_("what invitations say, when clients see another address"), false},
    {"database", "CONNECTION", N_("how the server connects to PostgreSQL (libpq's words)"), false},
    {"owner-database", "CONNECTION", N_("the same for the role that owns the schema"), false},
    {"coordinator", "NAME", N_("the name or function of the coordinator"), false},
};

#define OPTIONS (sizeof(options) / sizeof(options[0]))

static int fail(const char *what, const char *why)
{
    fprintf(stderr, "concertd init: %s%s%s\n", what, *why == '\0' ? "" : ": ", why);
    return EXIT_FAILURE;
}

/* Where an option's value goes; NULL for one that is no setting. */
static char *place(struct init *init, const char *option, size_t *size_r)
{
    struct settings_region *region = &init->settings.regions[0];
    struct {
        const char *option;
        char *text;
        size_t size;
    } places[] = {
        {"region", region->name, sizeof(region->name)},
        {"title", region->title, sizeof(region->title)},
        {"language", region->language, sizeof(region->language)},
        {"timezone", region->timezone, sizeof(region->timezone)},
        {"listen", init->settings.listen, sizeof(init->settings.listen)},
        {"address", init->settings.address, sizeof(init->settings.address)},
        {"database", region->database, sizeof(region->database)},
        {"owner-database", region->owner_database, sizeof(region->owner_database)},
    };

    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
        if (strcmp(places[i].option, option) == 0) {
            *size_r = places[i].size;
            return places[i].text;
        }
    return NULL;
}

static bool read_options(struct init *init, const struct admin *admin)
{
    for (size_t i = 0; i < OPTIONS; i++) {
        size_t size;
        char *text = place(init, options[i].name, &size);

        if (admin->values[i] == NULL || text == NULL)
            continue;
        if (!text_copy(text, size, admin->values[i])) {
            fail("this is too long", admin->values[i]);
            return false;
        }
    }
    init->folder = admin->folder;
    init->coordinator = admin_value(admin, "coordinator");
    return true;
}

static const char *check(const struct init *init)
{
    const struct settings_region *region = &init->settings.regions[0];

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

static int run(struct admin *admin)
{
    struct init init = {0};
    struct state_paths paths;
    const char *why = "";

    log_set_level(LOG_LEVEL_WARNING);
    settings_defaults(&init.settings);
    settings_region_defaults(&init.settings.regions[0]);
    init.settings.n_regions = 1;
    if (!read_options(&init, admin))
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

const struct admin_command admin_init_command = {.name = "init",
    .arguments = "",
    .help = N_("makes a new region: key, settings, schema, the coordinator's invitation"),
    .needs = ADMIN_FOLDER,
    .options = options,
    .n_options = OPTIONS,
    .run = run};
