/* What doctor's checks share. Each check is one function that says what it found in sentences, with
 * the command to run where something must be done. */
#pragma once

#include "admin/admin.h"
#include "store/inspect.h"

struct doctor {
    struct admin *admin;
    const struct settings_region *region;
    struct inspect *daemon; /* as the server connects; NULL: it does not answer */
    struct inspect *owner;  /* as the schema's owner; NULL: it does not answer */
    bool all;               /* --all: what is fine is told too */
    unsigned findings;
};

typedef void doctor_check_fn(struct doctor *doctor);

struct doctor_check {
    const char *name;
    doctor_check_fn *check;
    bool database; /* it asks the database as the server does: passed over without it */
};

/* All checks, in their order. */
extern const struct doctor_check doctor_checks[];
extern const size_t doctor_checks_count;

/* Something must be done: a sentence in printf's format, told with its number. */
void doctor_found(struct doctor *doctor, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* It is as it should be: told with --all alone. */
void doctor_fine(struct doctor *doctor, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Worth knowing, but nothing must be done. */
void doctor_note(struct doctor *doctor, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A number that the database answers; false, and said as a finding, when it refuses. */
bool doctor_number(struct doctor *doctor, const char *sql, int64_t *number_r);

/* The same for a text. */
bool doctor_text(struct doctor *doctor, const char *sql, char *text_r, size_t size);

/* The checks. On the machine: */
doctor_check_fn doctor_settings_file, doctor_key, doctor_writers, doctor_certificate,
    doctor_server_user, doctor_clock, doctor_room, doctor_backups, doctor_running;

/* In the database: */
doctor_check_fn doctor_connections, doctor_version, doctor_rights, doctor_head, doctor_postgresql,
    doctor_durable, doctor_standbys, doctor_database_room;

/* Of the people: */
doctor_check_fn doctor_coordinators, doctor_mandates, doctor_invitations, doctor_responsible,
    doctor_retention, doctor_incidents, doctor_quarantine, doctor_aside;
