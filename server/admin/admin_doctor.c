#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "admin/admin_rows.h"
#include "admin/doctor_internal.h"
#include "i18n.h"

#define MUST_BE_DONE 3

const struct doctor_check doctor_checks[] = {
    {"settings", doctor_settings_file, false},
    {"key", doctor_key, false},
    {"writers", doctor_writers, false},
    {"certificate", doctor_certificate, false},
    {"connections", doctor_connections, false},
    {"user", doctor_server_user, false},
    {"version", doctor_version, true},
    {"rights", doctor_rights, true},
    {"head", doctor_head, true},
    {"postgresql", doctor_postgresql, true},
    {"durable", doctor_durable, true},
    {"standbys", doctor_standbys, true},
    {"clock", doctor_clock, false},
    {"room", doctor_room, false},
    {"database_room", doctor_database_room, true},
    {"backups", doctor_backups, false},
    {"running", doctor_running, false},
    {"coordinators", doctor_coordinators, true},
    {"mandates", doctor_mandates, true},
    {"invitations", doctor_invitations, true},
    {"responsible", doctor_responsible, false},
    {"retention", doctor_retention, true},
    {"incidents", doctor_incidents, true},
    {"quarantine", doctor_quarantine, true},
    {"aside", doctor_aside, true},
};
const size_t doctor_checks_count = sizeof(doctor_checks) / sizeof(doctor_checks[0]);

static const struct admin_option options[] = {
    {"all", NULL, N_("tells what is fine, too"), false},
};

static void say(const char *format, va_list list)
{
    vprintf(format, list);
    putchar('\n');
}

void doctor_found(struct doctor *doctor, const char *format, ...)
{
    va_list list;

    printf("%u. ", ++doctor->findings); /* so that the last line's count is that of these */
    va_start(list, format);
    say(format, list);
    va_end(list);
}

void doctor_fine(struct doctor *doctor, const char *format, ...)
{
    va_list list;

    if (!doctor->all)
        return;
    va_start(list, format);
    say(format, list);
    va_end(list);
}

void doctor_note(struct doctor *doctor, const char *format, ...)
{
    va_list list;

    (void)doctor;
    va_start(list, format);
    say(format, list);
    va_end(list);
}

bool doctor_number(struct doctor *doctor, const char *sql, int64_t *number_r)
{
    if (inspect_number(doctor->daemon, sql, number_r))
        return true;
    doctor_found(doctor, _("The database refuses a question: %s"), inspect_why(doctor->daemon));
    return false;
}

bool doctor_text(struct doctor *doctor, const char *sql, char *text_r, size_t size)
{
    if (inspect_text(doctor->daemon, sql, text_r, size))
        return true;
    doctor_found(doctor, _("The database refuses a question: %s"), inspect_why(doctor->daemon));
    return false;
}

static int run(struct admin *admin)
{
    struct doctor doctor = {
        .admin = admin, .region = admin->region, .all = admin_value(admin, "all") != NULL};

    for (size_t i = 0; i < doctor_checks_count; i++)
        if (!doctor_checks[i].database || doctor.daemon != NULL)
            doctor_checks[i].check(&doctor);
    inspect_close(&doctor.daemon);
    inspect_close(&doctor.owner);
    if (doctor.findings == 0)
        puts(_("All is well."));
    else
        printf(ngettext("%u thing must be done.\n", "%u things must be done.\n", doctor.findings),
            doctor.findings);
    return doctor.findings == 0 ? EXIT_SUCCESS : MUST_BE_DONE;
}

const struct admin_command admin_doctor_command = {.name = "doctor",
    .arguments = "",
    .help = N_("looks whether all is well, and says what to do"),
    .about = N_("Looks at the state folder, the database, the backups, the server that runs, and "
                "at what people should know, and changes nothing. Exit code 0: all is well; 3: "
                "something must be done, which is said."),
    .needs = ADMIN_REGION,
    .options = options,
    .n_options = sizeof(options) / sizeof(options[0]),
    .run = run};
