#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "admin/admin_rows.h"
#include "admin/upgrade.h"
#include "admin/verify_internal.h"
#include "i18n.h"

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
        printf(ngettext("The reason of %llu of them was erased too: its hash cannot be made again "
                        "and is taken as it stands, so nothing proves any more who made this "
                        "change, when, and of what.\n",
                   "The reasons of %llu of them were erased too: their hashes cannot be made "
                   "again and are taken as they stand, so nothing proves any more who made these "
                   "changes, when, and of what.\n",
                   verify->unproven),
            (unsigned long long)verify->unproven);
    if (verify->documents > verify->unsent)
        printf(ngettext("The file of %llu document was read and compared with the log.\n",
                   "The files of %llu documents were read and compared with the log.\n",
                   verify->documents - verify->unsent),
            (unsigned long long)(verify->documents - verify->unsent));
    if (verify->unsent > 0)
        printf(
            ngettext("The file of %llu document is not all here yet: it waits on the device "
                     "that attached it.\n",
                "The files of %llu documents are not all here yet: they wait on the devices that "
                "attached them.\n",
                verify->unsent),
            (unsigned long long)verify->unsent);
}

static void tell_agreement(uint64_t unproven)
{
    if (unproven == 0)
        puts(_("The log's chain is whole, the tables say what the log says, and so do the "
               "documents' files."));
    else
        printf(
            ngettext("The log's chain is whole but for the hash of %llu change, which is not to be "
                     "proven; the tables say what the log says, and so do the documents' files.\n",
                "The log's chain is whole but for the hashes of %llu changes, which are not to be "
                "proven; the tables say what the log says, and so do the documents' files.\n",
                unproven),
            (unsigned long long)unproven);
}

static void tell_disagreement(uint64_t findings)
{
    printf(
        ngettext("The log and the tables do not agree: %llu finding. Keep this server's folder and "
                 "database as they are, and restore the newest backup beside them (concertd "
                 "restore).\n",
            "The log and the tables do not agree: %llu findings. Keep this server's folder and "
            "database as they are, and restore the newest backup beside them (concertd "
            "restore).\n",
            findings),
        (unsigned long long)findings);
}

static void tell_broken(uint64_t broken)
{
    printf(ngettext("The file of %llu document is not whole any more. Restore a backup from before "
                    "that (concertd restore FILE --aside keeps the present region beside it), or "
                    "ask whoever attached it to remove this document and to attach its file "
                    "again.\n",
               "The files of %llu documents are not whole any more. Restore a backup from before "
               "that (concertd restore FILE --aside keeps the present region beside it), or ask "
               "whoever attached them to remove these documents and to attach their files again.\n",
               broken),
        (unsigned long long)broken);
}

static int conclude(const struct verify *verify)
{
    uint64_t others = verify->findings - verify->broken;

    print_counts(verify);
    if (verify->findings == 0) {
        tell_agreement(verify->unproven);
        return EXIT_SUCCESS;
    }
    if (verify->findings > FINDINGS_MAX)
        printf(
            _("And %llu more findings.\n"), (unsigned long long)(verify->findings - FINDINGS_MAX));
    if (others > 0)
        tell_disagreement(others);
    else
        puts(_("The log's chain is whole, and the tables say what the log says."));
    if (verify->broken > 0)
        tell_broken(verify->broken);
    return EXIT_FAILURE;
}

static int run(struct admin *admin)
{
    const struct settings_region *region = admin->region;
    struct verify verify = {0};
    char why[INSPECT_WHY];
    int code = upgrade_check(admin);
    bool fine;

    if (code != 0)
        return code;
    verify.inspect = inspect_open(region->database, region->name, why);
    if (verify.inspect == NULL)
        return admin_say(admin, EXIT_FAILURE, _("The database does not answer: %s"), why);
    fine = inspect_run(verify.inspect, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY") &&
           verify_chain(&verify) && verify_erased(&verify) && verify_tables(&verify) &&
           verify_handles(&verify);
    if (!fine || verify.failed)
        code = admin_say(admin, EXIT_FAILURE, _("The database was not read to its end: %s"),
            verify.failed || *inspect_why(verify.inspect) == '\0' ? _("memory ran out")
                                                                  : inspect_why(verify.inspect));
    else
        code = conclude(&verify);
    inspect_close(&verify.inspect);
    return code;
}

const struct admin_command admin_verify_command = {.name = "verify",
    .arguments = "",
    .help =
        N_("walks the log's chain, and compares the log with the tables and the documents' files"),
    .about = N_("All is read in one snapshot, also while the server serves; nothing is written. "
                "Every finding is a sentence with the change's number and the record; the exit "
                "code is 0 when there is none, else 1."),
    .needs = ADMIN_REGION,
    .run = run};
