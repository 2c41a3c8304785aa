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
#include "admin/conninfo_shown.h"
#include "admin/founding.h"
#include "admin/init_words.h"
#include "i18n.h"
#include "identity.h"
#include "invitation.h"
#include "listener.h"
#include "log.h"
#include "privileges.h"
#include "state.h"
#include "store/migrate.h"
#include "text.h"

/* Where a port is looked for when any will do: below those of outgoing connections. */
#define PORT_LOWEST 10240u
#define PORT_COUNT 20000u
#define PORT_TRIES 100

struct init {
    struct init_words words;
    const char *folder;          /* --state */
    bool held;                   /* by this process alone */
    bool made;                   /* the folder is a new one */
    bool keyed;                  /* it has a key and the certificate to it */
    struct pg_conn *region;      /* while it is open nobody else founds the region */
    char draft[STATE_PATH + 80]; /* where `ids` are until the region is made */
    struct founding_ids ids;
};

static int fail(const char *what, const char *why)
{
    fputs("concertd init: ", stderr);
    fprintf(stderr, *why == '\0' ? "%s" : _("%s: %s"), what, why);
    fputc('\n', stderr);
    return EXIT_FAILURE;
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

/* --- the region ----------------------------------------------------------------------------------
 */

/* With the connection's words: libpq fills in what they do not say. */
static bool not_answered(const struct settings_region *region, const char *why)
{
    bool same = strcmp(region->owner_database, region->database) == 0;
    char shown[SETTINGS_TEXT], what[2 * SETTINGS_TEXT];

    conninfo_shown(region->owner_database, shown, sizeof(shown));
    snprintf(what, sizeof(what),
        same ? _("the database does not answer as --database says (%s)")
             : _("the database does not answer as --owner-database says (%s)"),
        shown);
    fail(what, why);
    return false;
}

/* The server must add to the log, and change nothing in it. False, and said, when the role of its
 * connection could. A role that cannot be told is refused when the schema is made. */
static bool check_role(const struct init *init)
{
    const struct settings_region *region = &init->words.settings.regions[0];
    char role[64], why[512], what[SETTINGS_TEXT];

    if (!migrate_user(region->database, role, sizeof(role), why) ||
        !founding_role_rules(init->region, role))
        return true;
    snprintf(what, sizeof(what),
        _("--database connects as “%s”, which could change the log or remove the region (a "
          "superuser, or the owner of the schema or the database)"),
        role);
    fail(what, _("give the server a role of its own (CREATE ROLE concertd LOGIN), name it in "
                 "--database, and the owner in --owner-database"));
    return false;
}

/* Whether a new region may be made here; FOUNDING_OURS is one that was begun from this folder. */
static bool may_make(struct init *init, bool begun)
{
    const struct settings_region *region = &init->words.settings.regions[0];
    char why[512];

    switch (founding_look(region, &init->ids, &init->region, why, sizeof(why))) {
    case FOUNDING_EMPTY:
    case FOUNDING_OURS:
        break;
    case FOUNDING_BUSY:
        fail(region->name,
            _("another “concertd init” is making this region in the database just now"));
        return false;
    case FOUNDING_LIVING:
        fail(region->name,
            _("the database holds this region already, and it is left as it is: “concertd restore” "
              "gives it a state folder again from a backup, “concertd migrate” brings its schema "
              "up; another region wants another --region or another database"));
        return false;
    default:
        return not_answered(region, why);
    }
    if (!check_role(init))
        return false;
    if (!begun && !init->words.adding && access(init->words.paths.key, F_OK) == 0) {
        fail(init->words.paths.key,
            _("this folder has the key of another region: give a new folder, or "
              "move the key away"));
        return false;
    }
    return true;
}

static int make_schema(const struct init *init)
{
    const struct settings_region *region = &init->words.settings.regions[0];
    char why[MIGRATE_WHY_SIZE], role[64];
    int version;

    if (!migrate_user(region->database, role, sizeof(role), why) ||
        !migrate_run(region->owner_database, region->name, role, why))
        return fail(_("the schema could not be made (--owner-database connects as a role that may: "
                      "the database's owner)"),
            why);
    if (!migrate_version(region->database, region->name, &version, why))
        return fail(_("--database: the server could not connect"), why);
    return EXIT_SUCCESS;
}

static bool is_there(const char *path)
{
    struct stat status;

    return lstat(path, &status) == 0 || errno != ENOENT;
}

/* Says what is wrong with the two files, and what is to be done. */
static bool refuse_key(const struct init *init)
{
    const struct state_paths *paths = &init->words.paths;
    uint8_t fingerprint[IDENTITY_FINGERPRINT_SIZE];
    char what[2 * STATE_PATH + 128];

    if (!is_there(paths->key))
        snprintf(what, sizeof(what), _("%s is missing"), paths->key);
    else if (!identity_file_fingerprint(paths->certificate, fingerprint))
        snprintf(
            what, sizeof(what), _("%s is no certificate that can be read"), paths->certificate);
    else
        snprintf(what, sizeof(what),
            _("%s is not the key to the certificate %s, or cannot be read"), paths->key,
            paths->certificate);
    fail(what,
        init->words.adding
            ? _("the offices know this server by its key, so no other one is made: bring both "
                "files back, as from a backup, and run the same command again")
            : _("both are of an init that was cut short: move both away, and run the same command "
                "again"));
    return false;
}

/* Finds out whether there is a key. Another one is never put in the place of one that is known: in
 * a server's folder both files must be right. What a first init has left, cut short between the
 * two, is a key alone, which nobody knows. */
static bool check_key(struct init *init)
{
    const struct state_paths *paths = &init->words.paths;
    bool key = is_there(paths->key), certificate = is_there(paths->certificate);
    struct ssl_ctx_st *context;
    const char *why;

    if (init->words.adding ? !key && !certificate && !init->words.serving : !key || !certificate)
        return true;
    context = identity_context(true, paths->key, paths->certificate, &why);
    init->keyed = context != NULL;
    identity_context_free(&context);
    return init->keyed || refuse_key(init);
}

/* Makes the key unless there is one. */
static bool make_key(const struct init *init, uint8_t fingerprint_r[IDENTITY_FINGERPRINT_SIZE])
{
    const struct state_paths *paths = &init->words.paths;

    return (init->keyed || identity_make(init->words.settings.regions[0].name, paths->key,
                               paths->certificate)) &&
           identity_file_fingerprint(paths->certificate, fingerprint_r);
}

static bool hand_over(const struct init *init)
{
    const char *user = init->words.settings.user;
    const char *path;

    if (!privileges_give_state(init->folder, &init->words.paths, user, &path)) {
        fail(path, errno == EINVAL ? _("--user must be a user of this machine") : strerror(errno));
        return false;
    }
    if (*user != '\0' && strcmp(user, "root") != 0 && geteuid() == 0)
        fprintf(stderr,
            _("concertd init: %s is now %s's: what writes there, such as “concertd backup”, begins "
              "with “sudo -u %s”\n"),
            init->folder, user, user);
    return true;
}

static int make_region(struct init *init)
{
    uint8_t fingerprint[IDENTITY_FINGERPRINT_SIZE];
    char why[512], code[32], line[IDENTITY_LINE_MAX];

    if (!make_key(init, fingerprint))
        return fail(_("the server's key could not be made"), strerror(errno));
    if (make_schema(init) != EXIT_SUCCESS)
        return EXIT_FAILURE;
    if (!founding_run(
            &init->words.settings, &init->ids, init->words.coordinator, code, why, sizeof(why)))
        return fail(_("the region could not be founded"), why);
    if (!invitation_line(
            &init->words.settings, &init->words.settings.regions[0], fingerprint, code, line))
        return fail(_("the address makes no invitation"), init->words.settings.address[0] != '\0'
                                                              ? init->words.settings.address
                                                              : init->words.settings.listen);
    if (!(init->words.adding
                ? settings_add_region(&init->words.settings.regions[0], init->words.paths.settings)
                : settings_write(&init->words.settings, init->words.paths.settings)))
        return fail(init->words.paths.settings, strerror(errno));
    unlink(init->draft);
    puts(line);
    if (!init->words.adding && !hand_over(init))
        return EXIT_FAILURE;
    if (init->words.adding)
        fprintf(stderr,
            _("concertd init: the region “%s” is now in %s; a server that runs serves it when it "
              "is started again (systemctl restart concertd)\n"),
            init->words.settings.regions[0].name, init->words.paths.settings);
    return EXIT_SUCCESS;
}

/* One at a time in a folder that is there, until this process ends. */
static bool hold(struct init *init)
{
    int fd = init->held ? -1 : open(init->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return true;
    init->held = flock(fd, LOCK_EX | LOCK_NB) == 0;
    if (!init->held)
        fail(init->folder, _("another “concertd init” is at work in this folder"));
    return init->held;
}

/* --- the command ---------------------------------------------------------------------------------
 */

/* Whether the settings can be written, before anything is made that they would have to name. */
static bool can_write(const struct init *init)
{
    char path[STATE_PATH + 16];
    bool written;

    snprintf(path, sizeof(path), "%s/init.conf", init->folder);
    written = settings_write(&init->words.settings, path);
    if (written)
        unlink(path);
    else if (errno == EINVAL)
        fail(init->words.paths.settings, _("a value is too long for a line of this file (some 180 "
                                           "bytes), or has a line break or "
                                           "a space at its end"));
    else
        fail(init->folder, strerror(errno));
    return written;
}

/* Who may write into a folder may put another key into it. */
static bool is_safe(const struct init *init)
{
    char what[STATE_PATH + 256];

    if (init->made || !privileges_others_write(init->folder))
        return true;
    snprintf(what, sizeof(what),
        _("others than its owner may write into this folder, and could put another key there: look "
          "at what is in it, then chmod go-w %s"),
        init->folder);
    fail(init->folder, what);
    return false;
}

/* The folder and what tells this init from others, before anything else is made. */
static int begin(struct init *init)
{
    bool begun;

    init->made = mkdir(init->folder, 0700) == 0;
    if (!init->made && errno != EEXIST)
        return fail(init->folder, strerror(errno));
    if (!is_safe(init))
        return EXIT_FAILURE;
    snprintf(init->draft, sizeof(init->draft),
        init->words.adding ? "%s/init-%s.draft" : "%s/init.draft", init->folder,
        init->words.settings.regions[0].name);
    if (!hold(init))
        return EXIT_FAILURE;
    if (!can_write(init))
        return EXIT_FAILURE;
    begun = founding_ids_read(init->draft, &init->ids);
    if (!begun)
        founding_ids_make(&init->ids);
    if (!may_make(init, begun) || !check_key(init))
        return EXIT_FAILURE;
    if (!begun && !founding_ids_write(init->draft, &init->ids))
        return fail(init->draft, strerror(errno));
    return EXIT_SUCCESS;
}

static int make(struct init *init, const struct admin *admin)
{
    const char *why = "";
    int code;

    init->folder = admin->folder;
    if (!hold(init))
        return EXIT_FAILURE;
    code = init_words_read(&init->words, admin);
    if (code != 0)
        return code;
    if (begin(init) != EXIT_SUCCESS)
        return EXIT_FAILURE;
    if (!init->words.adding && !fix_port(&init->words.settings, &why))
        return fail(init->words.settings.listen, why);
    return make_region(init);
}

static int run(struct admin *admin)
{
    struct init *init = calloc(1, sizeof(*init)); /* the settings are too large for a stack */
    int code = EXIT_FAILURE;

    log_set_level(LOG_LEVEL_WARNING);
    if (init == NULL)
        return code;
    code = make(init, admin);
    if (code != EXIT_SUCCESS && init->made)
        rmdir(init->folder); /* only when nothing is in it */
    direct_close(&init->region);
    free(init);
    return code;
}

const struct admin_command admin_init_command = {.name = "init",
    .arguments = "",
    .help = N_("makes a new region: key, settings, schema, the coordinator's invitation"),
    .about =
        N_("When it is cut short it goes on where it stopped if it is run again with the same "
           "words; a region that is there is never overwritten. In a folder that has a region, "
           "another --region is one more of the same server: it has the same key and address, "
           "and the first region's language, time zone and database where it is given none."),
    .needs = ADMIN_FOLDER,
    .options = init_words_options,
    .n_options = INIT_WORDS_OPTIONS,
    .writes = true,
    .run = run};
