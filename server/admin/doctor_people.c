/* What people should know: who can let others in, what is over its time, what waits. */
#include <stdint.h>
#include <stdio.h>

#include "admin/doctor_internal.h"
#include "admin/retention_list.h"
#include "clock.h"
#include "date.h"
#include "i18n.h"

#define DAY_US INT64_C(86400000000)

/* A number of the database's that should be 0. */
struct count {
    const char *sql;
    const char *found; /* sentences for one and for several, with the number */
    const char *several;
    const char *fine;
};

static void check_count(struct doctor *doctor, const struct count *count)
{
    int64_t number;

    if (!doctor_number(doctor, count->sql, &number))
        return;
    if (number == 0)
        doctor_fine(doctor, "%s", _(count->fine));
    else
        doctor_found(doctor, number == 1 ? _(count->found) : _(count->several), (long long)number);
}

void doctor_coordinators(struct doctor *doctor)
{
    int64_t number;

    if (!doctor_number(doctor,
            "SELECT count(*) FROM account WHERE role = 'coordinator' AND active IS NOT FALSE AND"
            " (expires IS NULL OR expires >= current_date)",
            &number))
        return;
    if (number >= 2)
        doctor_fine(doctor, _("There are %lld coordinators."), (long long)number);
    else if (number == 1)
        doctor_found(doctor, "%s",
            _("There is one coordinator alone: if their device is lost, nobody can let anyone in. "
              "They can invite a second one: concert invite --role coordinator"));
    else
        doctor_found(doctor, _("There is no coordinator: concertd invite --state %s"),
            doctor->admin->folder);
}

void doctor_mandates(struct doctor *doctor)
{
    static const struct count count = {
        "SELECT count(*) FROM account WHERE active IS NOT FALSE AND expires >= current_date AND"
        " expires < current_date + 60",
        N_("%lld mandate ends within 60 days: a coordinator renews it (concert edit) or hands the "
           "committee over (concert handover)."),
        N_("%lld mandates end within 60 days: a coordinator renews them (concert edit) or hands "
           "the committees over (concert handover)."),
        N_("No mandate ends within 60 days.")};

    check_count(doctor, &count);
}

void doctor_invitations(struct doctor *doctor)
{
    int64_t number;

    if (!doctor_number(doctor,
            "SELECT count(*) FROM invitation WHERE device IS NULL AND expires_at > now()", &number))
        return;
    if (number > 0)
        doctor_note(doctor,
            ngettext("%lld invitation is open: whoever has its line can join.",
                "%lld invitations are open: whoever has a line can join.", (unsigned long)number),
            (long long)number);
    else
        doctor_fine(doctor, "%s", _("No invitation is open."));
}

void doctor_responsible(struct doctor *doctor)
{
    if (doctor->region->responsible[0] == '\0')
        doctor_found(doctor,
            _("Nobody is named who answers for personal information: set “responsible” in %s, then "
              "reload the server (systemctl reload concertd)."),
            doctor->admin->paths.settings);
    else
        doctor_fine(doctor, _("%s answers for personal information."), doctor->region->responsible);
}

static bool count_overdue(struct doctor *doctor, const struct retention *retention, size_t *total_r)
{
    char today[11];

    *total_r = 0;
    date_format((int32_t)(clock_now() / DAY_US), today);
    for (size_t i = 0; i < retention->count; i++) {
        struct inspect_rows *rows = retention_overdue(doctor->daemon, retention, i, today);

        if (rows == NULL) {
            doctor_found(
                doctor, _("The database refuses a question: %s"), inspect_why(doctor->daemon));
            return false;
        }
        *total_r += inspect_rows_count(rows);
        inspect_rows_free(&rows);
    }
    return true;
}

void doctor_retention(struct doctor *doctor)
{
    struct retention retention;
    char why[256];
    size_t total;

    if (!retention_list(doctor->region->retention, &retention, why, sizeof(why)))
        doctor_found(doctor, _("%s Set it right in %s."), why, doctor->admin->paths.settings);
    else if (retention.count == 0)
        doctor_note(doctor,
            _("The setting “retention” in %s is empty: personal information is kept without end."),
            doctor->admin->paths.settings);
    else if (!count_overdue(doctor, &retention, &total))
        return;
    else if (total > 0)
        doctor_found(doctor,
            ngettext("%zu record is kept longer than “retention” says: concertd erase --expired "
                     "--state %s",
                "%zu records are kept longer than “retention” says: concertd erase --expired "
                "--state %s",
                total),
            total, doctor->admin->folder);
    else
        doctor_fine(doctor, "%s", _("Nothing is kept longer than “retention” says."));
}

void doctor_incidents(struct doctor *doctor)
{
    static const struct count counts[] = {
        {"SELECT count(*) FROM incident WHERE status IS DISTINCT FROM 'closed' AND discovered_on <"
         " current_date - 30",
            N_("%lld incident has been open for more than 30 days: the secretariat says what was "
               "done and closes it (concert edit)."),
            N_("%lld incidents have been open for more than 30 days: the secretariat says what was "
               "done and closes them (concert edit)."),
            N_("No incident has been open for more than 30 days.")},
        {"SELECT count(*) FROM incident WHERE serious AND commission_on IS NULL",
            N_("%lld serious incident was not told to the Commission d'accès à l'information: tell "
               "it, and note the day (commission_on)."),
            N_("%lld serious incidents were not told to the Commission d'accès à l'information: "
               "tell them, and note the days (commission_on)."),
            N_("Every serious incident was told to the Commission d'accès à l'information.")},
    };

    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
        check_count(doctor, &counts[i]);
}

void doctor_quarantine(struct doctor *doctor)
{
    static const struct count count = {
        "SELECT count(*) FROM quarantine WHERE status IS NULL OR status = 'waiting'",
        N_("%lld change of a revoked device waits for a coordinator: concert quarantine"),
        N_("%lld changes of revoked devices wait for a coordinator: concert quarantine"),
        N_("Nothing waits in quarantine.")};

    check_count(doctor, &count);
}

/* What `restore --aside` has left, named as it names it: nobody reads it, and no erasure reaches
 * it. */
void doctor_aside(struct doctor *doctor)
{
    char sql[256], schema[64];
    struct inspect_rows *rows;

    snprintf(sql, sizeof(sql),
        "SELECT nspname::text FROM pg_namespace WHERE nspname ~ "
        "'^%.38s_before_[0-9]{8}_[0-9]{6}$' ORDER BY 1",
        doctor->region->name);
    rows = inspect_ask(doctor->daemon, sql, NULL, 0);
    if (rows == NULL) {
        doctor_found(doctor, _("The database refuses a question: %s"), inspect_why(doctor->daemon));
        return;
    }
    for (size_t i = 0; i < inspect_rows_count(rows); i++) {
        inspect_get_text(rows, i, 0, schema, sizeof(schema));
        doctor_note(doctor,
            _("The schema “%s”, put aside by a restore, still holds the region as it was, with "
              "what has been erased since. When it is needed no more, in psql, as its owner: DROP "
              "SCHEMA %s CASCADE"),
            schema, schema);
    }
    if (inspect_rows_count(rows) == 0)
        doctor_fine(doctor, "%s", _("No restore has left a region aside."));
    inspect_rows_free(&rows);
}
