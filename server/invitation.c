#include "invitation.h"

#include <string.h>

#include "text.h"

#define DAY INT64_C(86400000000)

void invitation_make(const uint8_t account[UUID_SIZE], int64_t now, uint32_t days, char code_r[32],
    struct store_invitation *row_r)
{
    *row_r = (struct store_invitation){.expires_at = now + (int64_t)days * DAY};
    memcpy(row_r->account, account, UUID_SIZE);
    identity_code_make(code_r);
    identity_code_hash(code_r, row_r->code_hash);
}

bool invitation_line(const struct settings *settings, const struct settings_region *region,
    const uint8_t fingerprint[IDENTITY_FINGERPRINT_SIZE], const char *code,
    char line_r[IDENTITY_LINE_MAX])
{
    const char *address = *settings->address != '\0' ? settings->address : settings->listen;
    const char *colon = strrchr(address, ':');
    struct identity_line line = {.host = ""};
    size_t host = colon == NULL ? 0 : (size_t)(colon - address);

    if (colon == NULL || host >= sizeof(line.host))
        return false;
    if (*address == '[' && host >= 2) { /* an IPv6 address is written bare in the struct */
        address++;
        host -= 2;
    }
    memcpy(line.host, address, host);
    memcpy(line.fingerprint, fingerprint, IDENTITY_FINGERPRINT_SIZE);
    return text_copy(line.port, sizeof(line.port), colon + 1) &&
           text_copy(line.region, sizeof(line.region), region->name) &&
           text_copy(line.code, sizeof(line.code), code) && identity_line_write(&line, line_r);
}
