/*
 * A restored region is closed to servers until whom it forgot since the backup is forgotten again,
 * also when the restore dies in between: row level security without any policy is on for all its
 * tables, and shows none of their rows to others than their owner. A server asks for the schema's
 * version on each connection, finds none, and waits.
 */
#pragma once

#include <stdbool.h>

#include "store/direct.h"

/* SQL, with the schema's name for each %1$s: ENABLE closes it and DISABLE opens it, and the comment
 * on it becomes `mark`, an SQL text or NULL. Servers that are connected look again. */
#define RESTORE_GATE(how, mark)                                                                    \
    "DO $$ DECLARE t regclass; BEGIN FOR t IN SELECT oid FROM pg_class WHERE relnamespace ="       \
    " '\"%1$s\"'::regnamespace AND relkind IN ('r', 'p') LOOP EXECUTE format('ALTER TABLE "        \
    "%%s " how " ROW LEVEL SECURITY', t); END LOOP; END $$; NOTIFY \"concert_%1$s\", 'schema';"    \
    " COMMENT ON SCHEMA \"%1$s\" IS " mark ";"

/* 1: the schema is closed, 0: it is open or not there, -1 with why_r. Any role may ask. */
int restore_gate_closed(struct pg_conn *conn, const char *schema, char why_r[DIRECT_WHY_SIZE]);

/* Closes it, as the schema's owner, with `mark`, an SQL text, as the comment on it. False with
 * why_r. */
bool restore_gate_close(
    struct pg_conn *conn, const char *schema, const char *mark, char why_r[DIRECT_WHY_SIZE]);

/* Opens it, likewise, and takes away the comment on it. False with why_r. */
bool restore_gate_open(struct pg_conn *conn, const char *schema, char why_r[DIRECT_WHY_SIZE]);
