#include "pipeline_rows.h"

#include <libpq-fe.h>

size_t pipeline_rows_count(const struct pipeline_rows *rows)
{
    return (size_t)PQntuples(rows->result);
}

struct pipeline_value pipeline_rows_get(const struct pipeline_rows *rows, size_t row, size_t column)
{
    int r = (int)row, c = (int)column;

    if (PQgetisnull(rows->result, r, c))
        return (struct pipeline_value){NULL, 0};
    return (struct pipeline_value){
        PQgetvalue(rows->result, r, c), (size_t)PQgetlength(rows->result, r, c)};
}
