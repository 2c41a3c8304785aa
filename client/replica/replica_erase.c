#include "replica/replica_erase.h"

#include "replica/replica_internal.h"

#define ACCEPTED "2" /* as the outbox has it */

/* Seldom needed: prepared each time. */
static bool erase(struct replica *replica, const char *text, const uint8_t id[UUID_SIZE])
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(replica->db, text, -1, &statement, NULL);

    if (code == SQLITE_OK)
        code = sqlite3_bind_blob(statement, 1, id, UUID_SIZE, SQLITE_STATIC);
    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    sqlite3_finalize(statement);
    return code == SQLITE_DONE || replica_fail(replica, code);
}

bool replica_erase(struct replica *replica, const uint8_t id[UUID_SIZE])
{
    return erase(replica, "DELETE FROM outbox WHERE id = ?1 AND state = " ACCEPTED, id) &&
           erase(replica, "DELETE FROM former WHERE id = ?1", id);
}
