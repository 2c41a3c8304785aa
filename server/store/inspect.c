#include "inspect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "binary.h"

struct inspect {
    struct pg_conn *conn;
    char why[INSPECT_WHY];
};

struct inspect_rows {
    struct pg_result *result;
};

static void note(char *why, const char *text)
{
    snprintf(why, INSPECT_WHY, "%.*s", (int)strcspn(text, "\n"), text);
}

static bool prepare(struct inspect *inspect, const char *schema)
{
    const struct pipeline_value value = {schema, strlen(schema)};
    struct inspect_rows *rows = NULL;
    bool fine = inspect_run(inspect, "SET client_encoding TO 'UTF8'") &&
                inspect_run(inspect, "SET TimeZone TO 'UTC'");

    if (fine) /* the settings may call a region what no schema is called */
        rows = inspect_ask(
            inspect, "SELECT set_config('search_path', quote_ident($1::text), false)", &value, 1);
    fine = rows != NULL;
    inspect_rows_free(&rows);
    return fine;
}

struct inspect *inspect_open(const char *conninfo, const char *schema, char why_r[INSPECT_WHY])
{
    struct inspect *inspect = calloc(1, sizeof(*inspect));

    if (inspect == NULL) {
        note(why_r, "out of memory");
        return NULL;
    }
    inspect->conn = direct_open(conninfo, why_r);
    if (inspect->conn != NULL && prepare(inspect, schema))
        return inspect;
    if (inspect->conn != NULL)
        note(why_r, inspect->why);
    inspect_close(&inspect);
    return NULL;
}

void inspect_close(struct inspect **inspect)
{
    if (*inspect == NULL)
        return;
    direct_close(&(*inspect)->conn);
    free(*inspect);
    *inspect = NULL;
}

const char *inspect_why(const struct inspect *inspect)
{
    return inspect->why;
}

struct inspect_rows *inspect_ask(
    struct inspect *inspect, const char *sql, const struct pipeline_value *values, size_t n_values)
{
    struct inspect_rows *rows = calloc(1, sizeof(*rows));

    if (rows == NULL) {
        note(inspect->why, "out of memory");
        return NULL;
    }
    rows->result = direct_ask(inspect->conn, sql, values, n_values, inspect->why);
    if (rows->result != NULL)
        return rows;
    inspect_rows_free(&rows);
    return NULL;
}

bool inspect_run(struct inspect *inspect, const char *sql)
{
    struct inspect_rows *rows = inspect_ask(inspect, sql, NULL, 0);
    bool fine = rows != NULL;

    inspect_rows_free(&rows);
    return fine;
}

bool inspect_number(struct inspect *inspect, const char *sql, int64_t *number_r)
{
    struct inspect_rows *rows = inspect_ask(inspect, sql, NULL, 0);
    bool fine = rows != NULL;

    *number_r = 0;
    if (fine && inspect_rows_count(rows) > 0)
        *number_r = inspect_get_number(rows, 0, 0);
    inspect_rows_free(&rows);
    return fine;
}

bool inspect_text(struct inspect *inspect, const char *sql, char *text_r, size_t size)
{
    struct inspect_rows *rows = inspect_ask(inspect, sql, NULL, 0);
    bool fine = rows != NULL;

    text_r[0] = '\0';
    if (fine && inspect_rows_count(rows) > 0)
        inspect_get_text(rows, 0, 0, text_r, size);
    inspect_rows_free(&rows);
    return fine;
}

void inspect_rows_free(struct inspect_rows **rows)
{
    if (*rows == NULL)
        return;
    direct_result_free(&(*rows)->result);
    free(*rows);
    *rows = NULL;
}

size_t inspect_rows_count(const struct inspect_rows *rows)
{
    return pipeline_rows_count(&(struct pipeline_rows){rows->result});
}

struct pipeline_value inspect_get(const struct inspect_rows *rows, size_t row, size_t column)
{
    return pipeline_rows_get(&(struct pipeline_rows){rows->result}, row, column);
}

int64_t inspect_get_number(const struct inspect_rows *rows, size_t row, size_t column)
{
    return binary_get_number(inspect_get(rows, row, column), BINARY_INT64);
}

void inspect_get_text(
    const struct inspect_rows *rows, size_t row, size_t column, char *text_r, size_t size)
{
    struct pipeline_value value = inspect_get(rows, row, column);

    snprintf(
        text_r, size, "%.*s", (int)value.size, value.data == NULL ? "" : (const char *)value.data);
}

void inspect_get_id(
    const struct inspect_rows *rows, size_t row, size_t column, uint8_t id_r[UUID_SIZE])
{
    binary_get_bytes(inspect_get(rows, row, column), id_r, UUID_SIZE);
}
