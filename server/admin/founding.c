#include "admin/founding.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "admin/errand.h"
#include "clock.h"
#include "folder.h"
#include "i18n.h"
#include "invitation.h"
#include "store/migrate.h"

#define INVITATION_DAYS 7
#define HOLD_TRIES 30
#define HOLD_WAIT_MS 100 /* one that was killed just now is gone within that */

struct founding {
    struct batch_job jobs[2];
    struct decide_operation operations[2];
    struct decide_result results[2];
    Concert__Party party;
    Concert__Account account;
    ProtobufCBinaryData parties[1];
};

void founding_ids_make(struct founding_ids *ids_r)
{
    for (int i = 0; i < 2; i++) {
        uuid_make(clock_now() / 1000, ids_r->records[i]);
        uuid_make(clock_now() / 1000, ids_r->operations[i]);
    }
}

bool founding_ids_read(const char *path, struct founding_ids *ids_r)
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

bool founding_ids_write(const char *path, const struct founding_ids *ids)
{
    char text[4 * UUID_TEXT]; /* a line each */

    for (size_t i = 0; i < 4; i++) {
        char *line = text + i * UUID_TEXT;

        uuid_format(i < 2 ? ids->records[i] : ids->operations[i - 2], line);
        line[UUID_TEXT - 1] = '\n';
    }
    return folder_write(path, text, sizeof(text), 0600);
}

/* --- what is there ------------------------------------------------------------------------------
 */

static enum founding_found look(
    struct pg_conn *conn, const char *schema, const struct founding_ids *ids, char *why_r)
{
    int version = migrate_version_on(conn, schema, why_r);
    char party[UUID_TEXT], account[UUID_TEXT];
    long long head, own, others, joined;

    if (version <= 0)
        return version < 0 ? FOUNDING_UNKNOWN : FOUNDING_EMPTY;
    uuid_format(ids->operations[0], party);
    uuid_format(ids->operations[1], account);
    head = direct_number(conn, why_r, "SELECT seq FROM \"%s\".head", schema);
    own = direct_number(conn, why_r,
        "SELECT count(*) FROM \"%s\".change WHERE op_id IN ('%s', '%s')", schema, party, account);
    /* An invitation leaves a change without fields, and the first one's may be there. */
    others = direct_number(conn, why_r,
        "SELECT count(*) FROM \"%s\".change WHERE op_id NOT IN ('%s', '%s')"
        " AND NOT (kind = 'account' AND fields = '{}')",
        schema, party, account);
    joined = direct_number(conn, why_r, "SELECT count(*) FROM \"%s\".device", schema);
    if (head < 0 || own < 0 || others < 0 || joined < 0)
        return FOUNDING_UNKNOWN;
    if (head == 0)
        return FOUNDING_EMPTY;
    return own == 2 && others == 0 && joined == 0 ? FOUNDING_OURS : FOUNDING_LIVING;
}

/* Takes the region for this connection. 1: it has it, 0: another goes on having it, -1 with why_r.
 */
static int hold(struct pg_conn *conn, const char *schema, char *why_r)
{
    const struct timespec wait = {.tv_nsec = HOLD_WAIT_MS * 1000000L};
    long long has = 0;

    for (int tries = 0; has == 0 && tries < HOLD_TRIES; tries++) {
        if (tries > 0)
            nanosleep(&wait, NULL);
        has = direct_number(conn, why_r,
            "SELECT pg_try_advisory_lock(hashtextextended('concertd init %s', 0))::integer",
            schema);
    }
    return (int)has;
}

enum founding_found founding_look(const struct settings_region *region,
    const struct founding_ids *ids, struct pg_conn **held_r, char *why_r, size_t size)
{
    char why[DIRECT_WHY_SIZE] = "";
    struct pg_conn *conn = direct_open(region->owner_database, why);
    int has = conn == NULL ? -1 : hold(conn, region->name, why);
    enum founding_found found = has == 0 ? FOUNDING_BUSY : FOUNDING_UNKNOWN;

    if (has > 0)
        found = look(conn, region->name, ids, why);
    *held_r = NULL;
    if (found == FOUNDING_EMPTY || found == FOUNDING_OURS)
        *held_r = conn;
    else
        direct_close(&conn);
    snprintf(why_r, size, "%s", why);
    return found;
}

/* Who may make no schema would own none. */
bool founding_role_rules(struct pg_conn *owner, const char *role)
{
    char why[DIRECT_WHY_SIZE], quoted[DIRECT_QUOTED_SIZE];

    direct_literal(owner, role, quoted);
    return direct_number(owner, why,
               "SELECT (r.rolsuper OR pg_has_role(r.oid, d.datdba, 'MEMBER') OR"
               " (pg_has_role(r.oid, current_user, 'MEMBER') AND"
               " has_database_privilege(d.oid, 'CREATE')))::integer"
               " FROM pg_roles r, pg_database d"
               " WHERE r.rolname = %s AND d.datname = current_database()",
               quoted) > 0;
}

/* --- the first records --------------------------------------------------------------------------
 */

static void draft_records(
    struct founding *founding, const struct settings_region *own, const char *coordinator)
{
    struct decide_operation *party = &founding->operations[0], *account = &founding->operations[1];

    concert__party__init(&founding->party);
    founding->party.name = (char *)own->title;
    founding->party.has_type = true;
    founding->party.type = CONCERT__PARTY__TYPE__STAFF;
    party->kind = kinds_get(CONCERT__KIND__PARTY);
    party->patch = &founding->party.base;
    concert__account__init(&founding->account);
    founding->account.person = (char *)coordinator;
    founding->account.has_role = true;
    founding->account.role = CONCERT__ACCOUNT__ROLE__COORDINATOR;
    founding->account.language = (char *)own->language;
    founding->parties[0] = (ProtobufCBinaryData){UUID_SIZE, party->id};
    founding->account.parties = founding->parties;
    founding->account.n_parties = 1;
    account->kind = kinds_get(CONCERT__KIND__ACCOUNT);
    account->patch = &founding->account.base;
}

static void draft_jobs(struct founding *founding, const struct founding_ids *ids, char code_r[32])
{
    for (int i = 0; i < 2; i++) {
        memcpy(founding->operations[i].id, ids->records[i], UUID_SIZE);
        memcpy(founding->operations[i].op_id, ids->operations[i], UUID_SIZE);
        founding->operations[i].authored_at = clock_now();
    }
    founding->jobs[0] = (struct batch_job){.kind = BATCH_OWN,
        .operations = founding->operations,
        .count = 2,
        .atomic = true,
        .results = founding->results};
    memcpy(founding->jobs[0].actor.account, ids->records[1], UUID_SIZE);
    founding->jobs[1] = (struct batch_job){.kind = BATCH_INVITE, .actor = founding->jobs[0].actor};
    invitation_make(
        ids->records[1], clock_now(), INVITATION_DAYS, code_r, &founding->jobs[1].invitation);
}

bool founding_run(const struct settings *settings, const struct founding_ids *ids,
    const char *coordinator, char code_r[32], char *why_r, size_t size)
{
    struct founding founding = {0};

    draft_records(&founding, &settings->regions[0], coordinator);
    draft_jobs(&founding, ids, code_r);
    return errand_run(settings, &settings->regions[0], founding.jobs, 2, why_r, size);
}
