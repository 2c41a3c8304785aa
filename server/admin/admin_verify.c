#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "admin/admin_rows.h"
#include "admin/verify_internal.h"
#include "i18n.h"
#include "store/migrate.h"

#define FINDINGS_MAX 50

void verify_found(struct verify *verify, const char *format, ...)
{
    va_list list;

    if (verify->findings++ >= FINDINGS_MAX)
        return;
    va_start(list, format);
    vprintf(format, list);
    va_end(list);
    putchar('\n');
}

void verify_name(struct verify *verify, const uint8_t id[UUID_SIZE], char name_r[64])
{
    char handle[STORE_HANDLE_SIZE] = "";

    if (verify->findings < FINDINGS_MAX) /* after that nobody reads it */
        audit_handle(verify->inspect, id, handle);
    if (handle[0] == '\0')
        uuid_format(id, name_r);
    else
        snprintf(name_r, 64, "%s", handle);
}

static void print_counts(const struct verify *verify)
{
    printf(_("%llu changes and %llu records were looked at.\n"),
        (unsigned long long)verify->changes, (unsigned long long)verify->records);
    if (verify->erased > 0)
        printf(_("Personal information was erased from %llu changes: their chain holds, what they "
                 "held is no more to be compared.\n"),
            (unsigned long long)verify->erased);
    if (verify->unproven > 0)
        printf(_("The reasons of %llu of them were erased too: their own hashes are taken as they "
                 "stand.\n"),
            (unsigned long long)verify->unproven);
    if (verify->unknown > 0)
        printf(_("%llu changes are of kinds that this version does not know: they were passed "
                 "over.\n"),
            (unsigned long long)verify->unknown);
}

static int conclude(const struct verify *verify)
{
    print_counts(verify);
    if (verify->findings == 0) {
        puts(_("The log's chain is whole, and the tables say what the log says."));
        return EXIT_SUCCESS;
    }
    if (verify->findings > FINDINGS_MAX)
        printf(
            _("And %llu more findings.\n"), (unsigned long long)(verify->findings - FINDINGS_MAX));
    printf(
        ngettext("The log and the tables do not agree: %llu finding. Keep this server's folder and "
                 "database as they are, and restore the newest backup beside them (concertd "
                 "restore).\n",
            "The log and the tables do not agree: %llu findings. Keep this server's folder and "
            "database as they are, and restore the newest backup beside them (concertd "
            "restore).\n",
            verify->findings),
        (unsigned long long)verify->findings);
    return EXIT_FAILURE;
}

/* The exit code when the schema is of another version than this program's; 0: it is not. */
static int check_version(const struct admin *admin, struct inspect *inspect)
{
    int64_t version;

    if (!inspect_number(inspect, "SELECT max(number)::bigint FROM schema_version", &version))
        return admin_say(admin, EXIT_FAILURE, _("The database was not read to its end: %s"),
            inspect_why(inspect));
    if (version < migrate_latest())
        return admin_say(admin, EXIT_FAILURE,
            _("The schema is of version %lld, this program's is %d: concertd backup --state %s, "
              "then concertd migrate --state %s"),
            (long long)version, migrate_latest(), admin->folder, admin->folder);
    if (version > migrate_latest())
        return admin_say(admin, EXIT_FAILURE,
            _("The schema is of version %lld, later than this program's (%d): install the newer "
              "concertd (apt upgrade)."),
            (long long)version, migrate_latest());
    return 0;
}

static int run(struct admin *admin)
{
    const struct settings_region *region = admin->region;
    struct verify verify = {0};
    char why[INSPECT_WHY];
    bool fine;
    int code;

    verify.inspect = inspect_open(region->database, region->name, why);
    if (verify.inspect == NULL)
        return admin_say(admin, EXIT_FAILURE, _("The database does not answer: %s"), why);
    code = check_version(admin, verify.inspect);
    fine = code == 0 &&
           inspect_run(verify.inspect, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY") &&
           verify_chain(&verify) && verify_erased(&verify) && verify_tables(&verify);
    if (code == 0 && (!fine || verify.failed))
        code = admin_say(admin, EXIT_FAILURE, _("The database was not read to its end: %s"),
            verify.failed ? _("memory ran out, or a row is damaged") : inspect_why(verify.inspect));
    else if (code == 0)
        code = conclude(&verify);
    inspect_close(&verify.inspect);
    return code;
}

const struct admin_command admin_verify_command = {.name = "verify",
    .arguments = "",
    .help = N_("walks the log's chain and compares the log with the tables"),
    .about = N_("All is read in one snapshot, also while the server serves; nothing is written. "
                "Every finding is a sentence with the change's number and the record; the exit "
                "code is 0 when there is none, else 1."),
    .needs = ADMIN_REGION,
    .run = run};
