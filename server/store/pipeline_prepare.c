#include "pipeline_prepare.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VERSION "SELECT max(number) FROM schema_version"
#define UNDEFINED_TABLE "42P01" /* PostgreSQL's appendix A */

/* A commit of its own: with synchronous replication it is over when the standbys have all that this
 * connection may read. After a crash the primary shows what they lack, which must not be answered
 * for; and an old primary that came back without standbys is never up. */
#define BARRIER "SELECT pg_logical_emit_message(true, 'concertd', 'up')"

/* Those who waited for that and were given up wait on: they would use up all connections. */
#define FORGET                                                                                     \
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = current_user "  \
    "AND wait_event = 'SyncRep' AND query LIKE 'SELECT pg_logical_emit_message%' AND "             \
    "state_change < now() - interval '20 s'"

static bool ask(PGconn *conn, const char *statement, size_t *n_calls_r)
{
    ++*n_calls_r;
    return PQsendQueryParams(conn, statement, 0, NULL, NULL, NULL, NULL, 0) == 1;
}

bool pipeline_prepare(PGconn *conn, const struct pipeline_prepare *what, size_t *n_calls_r)
{
    char listen[128];

    *n_calls_r = 0;
    if (!ask(conn, VERSION, n_calls_r) || !ask(conn, FORGET, n_calls_r))
        return false;
    for (size_t i = 0; i < what->n_statements; i++) {
        const struct pipeline_statement *statement = &what->statements[i];

        if (!(statement->use & what->use))
            continue;
        if (!PQsendPrepare(conn, statement->name, statement->sql, 0, NULL))
            return false;
        ++*n_calls_r;
    }
    if (what->channel != NULL) {
        snprintf(listen, sizeof(listen), "LISTEN \"%s\"", what->channel);
        if (!ask(conn, listen, n_calls_r))
            return false;
    }
    return ask(conn, BARRIER, n_calls_r) && PQpipelineSync(conn) == 1;
}

bool pipeline_prepare_again(PGconn *conn, size_t *n_calls_r)
{
    *n_calls_r = 0;
    return ask(conn, VERSION, n_calls_r) && PQpipelineSync(conn) == 1;
}

bool pipeline_prepare_version(const PGresult *result, int *version_r)
{
    const char *refused = PQresultErrorField(result, PG_DIAG_SQLSTATE);

    *version_r = 0;
    if (PQresultStatus(result) != PGRES_TUPLES_OK)
        return refused != NULL && strcmp(refused, UNDEFINED_TABLE) == 0;
    if (!PQgetisnull(result, 0, 0))
        *version_r = atoi(PQgetvalue(result, 0, 0));
    return true;
}
