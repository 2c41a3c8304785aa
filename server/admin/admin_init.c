#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
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
    struct state_paths paths;
    char draft[STATE_PATH + 16]; /* where `ids` are until the region is made */
    struct founding_ids ids;
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
    {"metrics", "HOST:PORT", N_("where /metrics, /healthz and /readyz are served (127.0.0.1:9743)"),
        false},
    {"responsible", "TEXT", N_("who answers for personal information, and how to reach them"),
        false},
    {"retention", "TEXT", N_("months that kinds keep personal data (contact 24, attendance 36)"),
        false},
    {"user", "NAME", N_("who the daemon becomes when it is started by root"), false},
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
        {"metrics", init->settings.metrics, sizeof(init->settings.metrics)},
        {"responsible", region->responsible, sizeof(region->responsible)},
        {"retention", region->retention, sizeof(region->retention)},
        {"user", init->settings.user, sizeof(init->settings.user)},
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
            fail(_("this is too long"), admin->values[i]);
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
        return _("--region must be a name of a-z, 0-9 and _, beginning with a letter (mauricie)");
    if (region->title[0] == '\0')
        return _("--title is missing: the Consortium's name for people");
    if (init->coordinator == NULL)
        return _("--coordinator is missing: the name or function of the coordinator");
    if (region->database[0] == '\0')
        return _("--database is missing: how the server connects to PostgreSQL (libpq's words)");
    if (strcmp(region->language, "fr") != 0 && strcmp(region->language, "en") != 0)
        return _("--language must be fr or en");
    if (!date_zone(region->timezone))
        return _("--timezone must be an IANA time zone (America/Toronto)");
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

/* --- what a cut init left ------------------------------------------------------------------------
 */

static bool read_draft(const char *path, struct founding_ids *ids_r)
{
    FILE *file = fopen(path, "r");
    bool fine = file != NULL;

    for (int i = 0; fine && i < 4; i++) {
        char text[UUID_TEXT + 1];

        fine = fgets(text, sizeof(text), file) != NULL && strlen(text) == UUID_TEXT;
        text[UUID_TEXT - 1] = '\0'; /* the line's end */
        fine = fine && uuid_parse(text, i < 2 ? ids_r->records[i] : ids_r->operations[i - 2]);
    }
    if (file != NULL)
        fclose(file);
    return fine;
}

static bool write_draft(const char *path, const struct founding_ids *ids)
{
    char draft[STATE_PATH + 8], text[UUID_TEXT];
    FILE *file;
    bool fine;

    snprintf(draft, sizeof(draft), "%s.new", path);
    file = fopen(draft, "w");
    if (file == NULL)
        return false;
    for (int i = 0; i < 4; i++) {
        uuid_format(i < 2 ? ids->records[i] : ids->operations[i - 2], text);
        fprintf(file, "%s\n", text);
    }
    fine = fflush(file) == 0 && fsync(fileno(file)) == 0;
    return fclose(file) == 0 && fine && rename(draft, path) == 0;
}

/* Whether a new region may be made here; FOUNDING_OURS is one that was begun from this folder. */
static bool may_make(struct init *init, bool begun)
{
    const struct settings_region *region = &init->settings.regions[0];
    char why[512];

    switch (founding_look(region, &init->ids, why, sizeof(why))) {
    case FOUNDING_EMPTY:
    case FOUNDING_OURS:
        break;
    case FOUNDING_LIVING:
        fail(region->name,
            _("the database holds this region already, and it is left as it is: “concertd restore” "
              "gives it a state folder again from a backup, “concertd migrate” brings its schema "
              "up; another region wants another --region or another database"));
        return false;
    default:
        fail(_("the database does not answer as --owner-database says"), why);
        return false;
    }
    if (!begun && access(init->paths.key, F_OK) == 0) {
        fail(init->paths.key, _("this folder has the key of another region: give a new folder, or "
                                "move the key away"));
        return false;
    }
    return true;
}

/* --- the region ----------------------------------------------------------------------------------
 */

static int make_schema(const struct init *init)
{
    const struct settings_region *region = &init->settings.regions[0];
    char why[MIGRATE_WHY_SIZE], role[64];
    int version;

    if (!migrate_user(region->database, role, sizeof(role), why) ||
        !migrate_run(region->owner_database, region->name, role, why))
        return fail(_("the schema could not be made"), why);
    if (!migrate_version(region->database, region->name, &version, why))
        return fail(_("--database: the server could not connect"), why);
    return EXIT_SUCCESS;
}

/* Makes the key unless a cut init has. */
static bool make_key(const struct init *init, uint8_t fingerprint_r[IDENTITY_FINGERPRINT_SIZE])
{
    const char *why;
    struct ssl_ctx_st *context =
        identity_context(true, init->paths.key, init->paths.certificate, &why);
    bool there = context != NULL;

    identity_context_free(&context);
    return (there || identity_make(init->settings.regions[0].name, init->paths.key,
                         init->paths.certificate)) &&
           identity_file_fingerprint(init->paths.certificate, fingerprint_r);
}

static int make_region(struct init *init)
{
    uint8_t fingerprint[IDENTITY_FINGERPRINT_SIZE];
    char why[512], code[32], line[IDENTITY_LINE_MAX];

    if (!make_key(init, fingerprint))
        return fail(_("the server's key could not be made"), strerror(errno));
    if (make_schema(init) != EXIT_SUCCESS)
        return EXIT_FAILURE;
    if (!founding_run(&init->settings, &init->ids, init->coordinator, code, why, sizeof(why)))
        return fail(_("the region could not be founded"), why);
    if (!invitation_line(&init->settings, &init->settings.regions[0], fingerprint, code, line))
        return fail(_("the address makes no invitation"), init->settings.listen);
    if (!settings_write(&init->settings, init->paths.settings))
        return fail(init->paths.settings, strerror(errno));
    unlink(init->draft);
    puts(line);
    return EXIT_SUCCESS;
}

/* One at a time in a folder, until this process ends. */
static bool hold(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    return fd < 0 || flock(fd, LOCK_EX | LOCK_NB) == 0;
}

/* The folder and what tells this init from others, before anything else is made. */
static int begin(struct init *init)
{
    bool begun;

    if (mkdir(init->folder, 0700) != 0 && errno != EEXIST)
        return fail(init->folder, strerror(errno));
    if (!state_paths(init->folder, &init->paths))
        return fail(init->folder, _("the path is too long"));
    snprintf(init->draft, sizeof(init->draft), "%s/init.draft", init->folder);
    if (!hold(init->folder))
        return fail(init->folder, _("another “concertd init” is at work in this folder"));
    if (access(init->paths.settings, F_OK) == 0)
        return fail(init->folder,
            _("there is a region in this folder already; if its first invitation was lost, "
              "“concertd invite” makes another"));
    begun = read_draft(init->draft, &init->ids);
    if (!begun)
        founding_ids_make(&init->ids);
    if (!may_make(init, begun))
        return EXIT_FAILURE;
    if (!begun && !write_draft(init->draft, &init->ids))
        return fail(init->draft, strerror(errno));
    return EXIT_SUCCESS;
}

static int make(struct init *init, const struct admin *admin)
{
    struct settings_region *region = &init->settings.regions[0];
    const char *why = "";

    settings_defaults(&init->settings);
    settings_region_defaults(region);
    init->settings.n_regions = 1;
    if (!read_options(init, admin))
        return 2;
    if (check(init) != NULL) {
        fail(check(init), "");
        return 2;
    }
    if (region->owner_database[0] == '\0')
        text_copy(region->owner_database, sizeof(region->owner_database), region->database);
    if (begin(init) != EXIT_SUCCESS)
        return EXIT_FAILURE;
    if (!fix_port(&init->settings, &why))
        return fail(init->settings.listen, why);
    return make_region(init);
}

static int run(struct admin *admin)
{
    struct init *init = calloc(1, sizeof(*init)); /* the settings are too large for a stack */
    int code = EXIT_FAILURE;

    log_set_level(LOG_LEVEL_WARNING);
    if (init != NULL)
        code = make(init, admin);
    free(init);
    return code;
}

const struct admin_command admin_init_command = {.name = "init",
    .arguments = "",
    .help = N_("makes a new region: key, settings, schema, the coordinator's invitation"),
    .about = N_("When it is cut short it goes on where it stopped if it is run again with the same "
                "words; a region that is there is never overwritten."),
    .needs = ADMIN_FOLDER,
    .options = options,
    .n_options = OPTIONS,
    .run = run};
