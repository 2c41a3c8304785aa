#include "uuid.h"

#include <sodium.h>
#include <string.h>

const uint8_t uuid_none[UUID_SIZE] = {0};

static const char hex[] = "0123456789abcdef";

void uuid_make(int64_t milliseconds, uint8_t id_r[UUID_SIZE])
{
    randombytes_buf(id_r, UUID_SIZE);
    for (int i = 0; i < 6; i++)
        id_r[i] = (uint8_t)((uint64_t)milliseconds >> (8 * (5 - i)));
    id_r[6] = (uint8_t)(0x70 | (id_r[6] & 0x0f));
    id_r[8] = (uint8_t)(0x80 | (id_r[8] & 0x3f));
}

static bool is_dash(int position)
{
    return position == 8 || position == 13 || position == 18 || position == 23;
}

void uuid_format(const uint8_t id[UUID_SIZE], char text_r[UUID_TEXT])
{
    int at = 0;

    for (int i = 0; i < UUID_SIZE; i++) {
        if (is_dash(at))
            text_r[at++] = '-';
        text_r[at++] = hex[id[i] >> 4];
        text_r[at++] = hex[id[i] & 15];
    }
    text_r[at] = '\0';
}

static int digit(char c)
{
    const char *found = c == '\0' ? NULL : strchr(hex, c >= 'A' && c <= 'F' ? c + 32 : c);

    return found == NULL ? -1 : (int)(found - hex);
}

bool uuid_parse(const char *text, uint8_t id_r[UUID_SIZE])
{
    uint8_t id[UUID_SIZE];
    int at = 0;

    if (strlen(text) != UUID_TEXT - 1)
        return false;
    for (int i = 0; i < UUID_SIZE; i++) {
        int high, low;

        if (is_dash(at) && text[at++] != '-')
            return false;
        high = digit(text[at++]);
        low = digit(text[at++]);
        if (high < 0 || low < 0)
            return false;
        id[i] = (uint8_t)(high << 4 | low);
    }
    memcpy(id_r, id, UUID_SIZE);
    return true;
}

bool uuid_equal(const uint8_t a[UUID_SIZE], const uint8_t b[UUID_SIZE])
{
    return memcmp(a, b, UUID_SIZE) == 0;
}
