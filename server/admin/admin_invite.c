#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin/admin_rows.h"
#include "admin/errand.h"
#include "admin/upgrade.h"
#include "clock.h"
#include "i18n.h"
#include "identity.h"
#include "invitation.h"
#include "log.h"
#include "store/inspect.h"
#include "text.h"

#define STANDARD_DAYS 7
#define DAYS_MAX 366

static const struct admin_option options[] = {
    {"account", N_("HANDLE"), N_("whose account (C1); else the first coordinator's"), false},
    {"days", N_("N"), N_("how many days it is good for (7)"), false},
    {"renew", NULL,
        N_("opens a coordinator's account again whose mandate is over, when no other is left"),
        false},
};

/* An account as the tables have it, and whether it may be used today. */
struct account {
    uint8_t id[UUID_SIZE];
    char handle[64], person[256], role[32], expires[16];
    uint64_t revision;
    bool active, over, deleted;
};

static bool is_open(const struct account *account)
{
    return account->active && !account->over && !account->deleted;
}

/* Why it cannot be used, with what to do; for an account that is not open. */
static int say_closed(const struct admin *admin, const struct account *account)
{
    if (account->deleted)
        return admin_say(admin, 1,
            _("The account %s was deleted: a coordinator makes a new one, or name another with "
              "--account."),
            account->handle);
    if (account->over)
        return admin_say(admin, 1,
            _("The mandate of %s, %s, ended on %s: a coordinator renews it; when no coordinator is "
              "left, “concertd invite --account %s --renew” does."),
            account->handle, account->person, account->expires, account->handle);
    return admin_say(admin, 1,
        _("The account %s, %s, is closed: a coordinator opens it; when no coordinator is left, "
          "“concertd invite --account %s --renew” does."),
        account->handle, account->person, account->handle);
}

/* --- what the region has -------------------------------------------------------------------------
 */

/* The row into *account_r. */
static void read_row(const struct inspect_rows *rows, struct account *account_r)
{
    inspect_get_id(rows, 0, 0, account_r->id);
    inspect_get_text(rows, 0, 1, account_r->handle, sizeof(account_r->handle));
    inspect_get_text(rows, 0, 2, account_r->person, sizeof(account_r->person));
    inspect_get_text(rows, 0, 3, account_r->role, sizeof(account_r->role));
    inspect_get_text(rows, 0, 4, account_r->expires, sizeof(account_r->expires));
    account_r->revision = (uint64_t)inspect_get_number(rows, 0, 5);
    account_r->active = inspect_get_number(rows, 0, 6) == 1;
    account_r->over = inspect_get_number(rows, 0, 7) == 1;
    account_r->deleted = inspect_get_number(rows, 0, 8) == 1;
}

/* The accounts, each as read_row takes it; $1 is the time zone, $2 a handle. */
#define ACCOUNTS                                                                                   \
    "SELECT r.id, r.handle, a.person, a.role, a.expires::text, r.revision::int8,"                  \
    " coalesce(a.active, true)::int::int8,"                                                        \
    " coalesce(a.expires < (now() AT TIME ZONE $1::text)::date, false)::int::int8,"                \
    " r.deleted::int::int8 FROM record r LEFT JOIN account a USING (id) WHERE r.kind = 'account'"
#define FIRST " ORDER BY r.created_at, r.handle LIMIT 1"

/* The account of that handle, or for NULL the first coordinator's that is open. 1: found, 0: there
 * is none, -1 with why_r. */
static int find(struct inspect *inspect, const struct settings_region *region, const char *handle,
    struct account *account_r, char why_r[INSPECT_WHY])
{
    const struct pipeline_value values[] = {{region->timezone, strlen(region->timezone)},
        {handle, handle == NULL ? 0 : strlen(handle)}};
    struct inspect_rows *rows = inspect_ask(inspect,
        handle == NULL ? ACCOUNTS
            " AND a.role = 'coordinator' AND coalesce(a.active, true) AND"
            " coalesce(a.expires >= (now() AT TIME ZONE $1::text)::date, true)"
            " AND NOT r.deleted AND $2::text IS NULL" FIRST
                       : ACCOUNTS " AND upper(r.handle) = upper($2::text)" FIRST,
        values, 2);
    int found = rows == NULL ? -1 : inspect_rows_count(rows) > 0;

    if (found == 1)
        read_row(rows, account_r);
    if (found == -1)
        text_copy(why_r, INSPECT_WHY, inspect_why(inspect));
    inspect_rows_free(&rows);
    return found;
}

/* As find, on a connection of its own. */
static int look(const struct settings_region *region, const char *handle, struct account *account_r,
    char why_r[INSPECT_WHY])
{
    struct inspect *inspect = inspect_open(region->database, region->name, why_r);
    int found = inspect == NULL ? -1 : find(inspect, region, handle, account_r, why_r);

    inspect_close(&inspect);
    return found;
}

/* --- the acts ------------------------------------------------------------------------------------
 */

/* Invites, and renews first where that is asked for. */
static bool act(const struct admin *admin, const struct account *account, bool renew, uint32_t days,
    char code_r[32], char *why_r, size_t size)
{
    const char *const clear[] = {"expires", "active"};
    Concert__Account patch = CONCERT__ACCOUNT__INIT;
    struct decide_result result = {0};
    struct decide_operation operation = {.kind = kinds_get(CONCERT__KIND__ACCOUNT),
        .base = account->revision,
        .patch = &patch.base,
        .clear = clear,
        .n_clear = 2,
        .reason = "concertd invite --renew",
        .authored_at = clock_now()};
    struct batch_job jobs[2] = {
        {.kind = BATCH_OWN, .operations = &operation, .count = 1, .results = &result},
        {.kind = BATCH_INVITE}};

    uuid_make(clock_now() / 1000, operation.op_id);
    memcpy(operation.id, account->id, UUID_SIZE);
    for (int i = 0; i < 2; i++)
        memcpy(jobs[i].actor.account, account->id, UUID_SIZE);
    invitation_make(account->id, clock_now(), days, code_r, &jobs[1].invitation);
    return errand_run(
        &admin->settings, admin->region, renew ? jobs : jobs + 1, renew ? 2 : 1, why_r, size);
}

static int invite(
    const struct admin *admin, const struct account *account, bool renew, uint32_t days)
{
    uint8_t fingerprint[IDENTITY_FINGERPRINT_SIZE];
    char code[32], line[IDENTITY_LINE_MAX], why[512];

    if (!identity_file_fingerprint(admin->paths.certificate, fingerprint))
        return admin_say(
            admin, 1, _("The certificate cannot be read: %s"), admin->paths.certificate);
    if (!act(admin, account, renew, days, code, why, sizeof(why)))
        return admin_say(admin, 1, _("No invitation to hand out: %s."), why);
    if (!invitation_line(&admin->settings, admin->region, fingerprint, code, line))
        return admin_say(admin, 1, _("The address makes no invitation: %s"),
            admin->settings.address[0] != '\0' ? admin->settings.address : admin->settings.listen);
    if (renew)
        admin_say(admin, 0, _("The account %s, %s, is open again, without a last day."),
            account->handle, account->person);
    admin_say(admin, 0, _("For %s, %s, good for %u days and one device:"), account->handle,
        account->person, (unsigned)days);
    puts(line);
    return EXIT_SUCCESS;
}

/* The exit code when the account may not be renewed; 0: it may. */
static int check_renewal(
    const struct admin *admin, const struct account *account, const struct account *other)
{
    if (account->deleted)
        return say_closed(admin, account);
    if (other != NULL)
        return admin_say(admin, 1,
            _("A coordinator is left, who renews accounts: %s, %s (“concertd invite --account %s” "
              "lets them in)."),
            other->handle, other->person, other->handle);
    if (strcmp(account->role, "coordinator") != 0)
        return admin_say(admin, 1, _("The account %s is not a coordinator's."), account->handle);
    return 0;
}

/* False with the words said when --days is no number of days. */
static bool read_days(const struct admin *admin, uint32_t *days_r)
{
    const char *text = admin_value(admin, "days");
    char *end;
    long days = text == NULL ? STANDARD_DAYS : strtol(text, &end, 10);

    if (text == NULL || (end != text && *end == '\0' && days >= 1 && days <= DAYS_MAX)) {
        *days_r = (uint32_t)days;
        return true;
    }
    admin_say(admin, 2, _("--days is a number from 1 to %d."), DAYS_MAX);
    return false;
}

static int run(struct admin *admin)
{
    const char *handle = admin_value(admin, "account");
    bool renew = admin_value(admin, "renew") != NULL;
    struct account account = {0}, first = {0};
    char why[DIRECT_WHY_SIZE];
    uint32_t days;
    int found, left, code;

    log_set_level(LOG_LEVEL_WARNING);
    if (!read_days(admin, &days))
        return 2;
    if (renew && handle == NULL)
        return admin_say(admin, 2, _("--renew wants --account: whose account is opened again."));
    code = upgrade_check(admin);
    if (code != 0)
        return code;
    found = look(admin->region, handle, &account, why);
    left = renew && found > 0 ? look(admin->region, NULL, &first, why) : found;
    if (found < 0 || left < 0)
        return admin_say(admin, 1, _("The database does not answer: %s"), why);
    if (found == 0 && handle != NULL)
        return admin_say(admin, 1, _("The region has no account “%s”."), handle);
    if (found == 0)
        return admin_say(admin, 1,
            _("No coordinator's account is open: “concertd invite --account HANDLE --renew” opens "
              "one again."));
    if (!renew)
        return is_open(&account) ? invite(admin, &account, false, days)
                                 : say_closed(admin, &account);
    code = check_renewal(admin, &account, left > 0 ? &first : NULL);
    return code != 0 ? code : invite(admin, &account, true, days);
}

const struct admin_command admin_invite_command = {.name = "invite",
    .arguments = "",
    .help = N_("makes a new invitation, when the coordinators are locked out"),
    .about = N_("It is for one device and is printed alone on stdout. The region's log keeps what "
                "--renew changes."),
    .needs = ADMIN_REGION,
    .options = options,
    .n_options = sizeof(options) / sizeof(options[0]),
    .run = run};
