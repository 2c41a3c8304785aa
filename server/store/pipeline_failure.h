/* What PostgreSQL refuses, and what that says of the server. Codes are of its appendix A. */
#pragma once

#include "pipeline.h"

struct pg_conn;
struct pg_result;

/* What is said of the statement whose result it is: an error. A lost connection, of which libpq
 * has no code, is connection_failure. */
void pipeline_failure_read(const struct pg_result *result, struct pipeline_failure *failure_r);

/* True when the connection's server takes no writes (any more), as it tells itself or as it just
 * refused one. */
bool pipeline_failure_is_read_only(struct pg_conn *conn, const struct pipeline_failure *failure);
