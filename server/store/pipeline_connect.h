/* How the pipeline's connections are opened: its own room only because of its size. */
#pragma once

/* Begins to connect, as PQconnectStart, with the store's settings and `schema` as search_path;
 * names of hosts are not looked up: what is no socket folder is taken for a numeric address. NULL
 * when memory is out. The caller goes on with PQconnectPoll and ends with PQfinish. */
struct pg_conn *pipeline_connect_start(const char *conninfo, const char *schema);
