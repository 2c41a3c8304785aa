#include "pipeline_failure.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>

#define CONNECTION_FAILURE "08006"
#define READ_ONLY_TRANSACTION "25006"

static void copy_field(char *to, size_t size, const PGresult *result, int field)
{
    const char *text = PQresultErrorField(result, field);

    snprintf(to, size, "%s", text == NULL ? "" : text);
}

void pipeline_failure_read(const PGresult *result, struct pipeline_failure *failure_r)
{
    struct pipeline_failure *to = failure_r;

    copy_field(to->sqlstate, sizeof(to->sqlstate), result, PG_DIAG_SQLSTATE);
    copy_field(to->table, sizeof(to->table), result, PG_DIAG_TABLE_NAME);
    copy_field(to->column, sizeof(to->column), result, PG_DIAG_COLUMN_NAME);
    copy_field(to->constraint, sizeof(to->constraint), result, PG_DIAG_CONSTRAINT_NAME);
    copy_field(to->detail, sizeof(to->detail), result, PG_DIAG_MESSAGE_DETAIL);
    if (to->sqlstate[0] == '\0')
        snprintf(to->sqlstate, sizeof(to->sqlstate), CONNECTION_FAILURE);
}

static bool says_on(PGconn *conn, const char *parameter)
{
    const char *value = PQparameterStatus(conn, parameter);

    return value != NULL && strcmp(value, "on") == 0;
}

bool pipeline_failure_is_read_only(PGconn *conn, const struct pipeline_failure *failure)
{
    return strcmp(failure->sqlstate, READ_ONLY_TRANSACTION) == 0 ||
           says_on(conn, "in_hot_standby") || says_on(conn, "default_transaction_read_only");
}
