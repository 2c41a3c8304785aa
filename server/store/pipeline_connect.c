#include "pipeline_connect.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "log.h"

#define KEYS_MAX 63 /* words of a conninfo: libpq knows some forty */

/* Plans are made once and look everything up in indexes: small tables have no statistics worth a
 * scan, and a plan made while a table is small must do when it is large. A server that stands still
 * must not hold the others for ever. */
#define SETTINGS                                                                                   \
    "-c search_path=\"%s\" -c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c "        \
    "enable_bitmapscan=off"                                                                        \
    " -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off -c TimeZone=UTC -c DateStyle=ISO"  \
    " -c statement_timeout=30s -c idle_in_transaction_session_timeout=20s"

/* A host that is no socket folder goes to libpq as an address, which it does not look up. */
static bool is_folder(const char *host)
{
    return host[0] == '/' || host[0] == '@';
}

static bool is_ours(const char *keyword, const char *const *keys, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(keyword, keys[i]) == 0)
            return true;
    return false;
}

/* libpq would print them. */
static void on_notice(void *arg, const PGresult *result)
{
    const char *text = PQresultErrorMessage(result);

    (void)arg;
    log_line(LOG_LEVEL_DEBUG, NULL, "event=database_notice text=\"%.*s\"", (int)strcspn(text, "\n"),
        text);
}

struct pg_conn *pipeline_connect_start(const char *conninfo, const char *schema)
{
    char options[512];
    const char *keys[KEYS_MAX + 1] = {
        "client_encoding", "application_name", "options", "gssencmode"};
    const char *values[KEYS_MAX + 1] = {"UTF8", "concertd", options, "disable"};
    PQconninfoOption *parsed = PQconninfoParse(conninfo, NULL), *option;
    size_t ours = 4, n = ours;
    bool secret = false;
    PGconn *conn;

    snprintf(options, sizeof(options), SETTINGS, schema);
    for (option = parsed; option != NULL && option->keyword != NULL && n < KEYS_MAX - 1; option++) {
        if (option->val == NULL || is_ours(option->keyword, keys, ours))
            continue;
        keys[n] = option->keyword;
        if (strcmp(option->keyword, "host") == 0 && !is_folder(option->val))
            keys[n] = "hostaddr";
        values[n++] = option->val;
        secret |= strncmp(option->keyword, "pass", 4) == 0; /* password, passfile */
    }
    /* Without one libpq reads ~/.pgpass at each connection, which the event loop would wait for. */
    if (!secret) {
        keys[n] = "password";
        values[n] = "-";
    }
    conn = PQconnectStartParams(keys, values, 0);
    PQconninfoFree(parsed);
    if (conn != NULL)
        PQsetNoticeReceiver(conn, on_notice, NULL);
    return conn;
}
