/* Invitations: what the server keeps of one, and the line that it tells once. */
#pragma once

#include "identity.h"
#include "settings.h"
#include "store/store.h"

/* A new invitation for an account, good for `days` from `now` (microseconds since 1970 UTC): the
 * code to tell, and the row to keep. */
void invitation_make(const uint8_t account[UUID_SIZE], int64_t now, uint32_t days, char code_r[32],
    struct store_invitation *row_r);

/* The line for people, from the settings' address, the region, the server's fingerprint and the
 * code. False when they do not make a line. */
bool invitation_line(const struct settings *settings, const struct settings_region *region,
    const uint8_t fingerprint[IDENTITY_FINGERPRINT_SIZE], const char *code,
    char line_r[IDENTITY_LINE_MAX]);
