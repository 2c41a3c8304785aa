#include "admin/restore_gate.h"

int restore_gate_closed(struct pg_conn *conn, const char *schema, char why_r[DIRECT_WHY_SIZE])
{
    return (int)direct_number(conn, why_r,
        "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = '%s' AND c.relname = 'schema_version' AND c.relrowsecurity",
        schema);
}

bool restore_gate_close(
    struct pg_conn *conn, const char *schema, const char *mark, char why_r[DIRECT_WHY_SIZE])
{
    return direct_run(conn, why_r, RESTORE_GATE("ENABLE", "%2$s"), schema, mark);
}

bool restore_gate_open(struct pg_conn *conn, const char *schema, char why_r[DIRECT_WHY_SIZE])
{
    return direct_run(conn, why_r, RESTORE_GATE("DISABLE", "NULL"), schema);
}
