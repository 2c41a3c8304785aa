/* Codes and invitation lines: no TLS here. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "identity.h"
#include "text.h"

/*
 * Crockford's base32: no i, l, o, u. Two check characters follow: the value modulo the largest
 * prime below 32 * 32. No digit's difference (< 32) nor its product with 31 or 33 (a swap of
 * neighbours, at the seam too) is a multiple of it, so that every single slip and every swap shows.
 */
static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";
#define CHECK_PRIME 1021u
#define CHECK_SIZE 2
#define GROUP 4 /* characters of a code between dashes */

#define SCHEME "concert://"
#define BASE32_SIZE(bytes) (((bytes)*8 + 4) / 5)
#define CODE_CHARACTERS (BASE32_SIZE(IDENTITY_CODE_SIZE) + CHECK_SIZE)
#define FINGERPRINT_CHARACTERS (BASE32_SIZE(IDENTITY_FINGERPRINT_SIZE) + CHECK_SIZE)

/* A character's value as people type it, -1 when it is none. */
static int digit(char c)
{
    const char *at;

    if (c >= 'A' && c <= 'Z')
        c = (char)(c - 'A' + 'a');
    if (c == 'o')
        c = '0';
    else if (c == 'i' || c == 'l')
        c = '1';
    at = c != '\0' ? strchr(alphabet, c) : NULL;
    return at != NULL ? (int)(at - alphabet) : -1;
}

/* The check value of `length` characters of the alphabet. */
static unsigned check_value(const char *text, size_t length)
{
    unsigned value = 0;

    for (size_t i = 0; i < length; i++)
        value = (value * 32 + (unsigned)digit(text[i])) % CHECK_PRIME;
    return value;
}

/* Writes the characters of `size` bytes, the last one padded with zero bits, the check characters
 * and a NUL. */
static void base32_write(const uint8_t *data, size_t size, char *text_r)
{
    size_t length = 0;
    unsigned bits = 0, held = 0, check;

    for (size_t i = 0; i < size; i++) {
        held = (held << 8 | data[i]) & 0xfffu;
        for (bits += 8; bits >= 5; bits -= 5)
            text_r[length++] = alphabet[held >> (bits - 5) & 31];
    }
    if (bits > 0)
        text_r[length++] = alphabet[held << (5 - bits) & 31];
    check = check_value(text_r, length);
    text_r[length++] = alphabet[check / 32];
    text_r[length++] = alphabet[check % 32];
    text_r[length] = '\0';
}

/* Reads exactly what base32_write makes of `size` bytes, as typed; dashes are dropped. `data_r` may
 * be NULL. False when it is mistyped. */
static bool base32_read(const char *typed, size_t size, char *text_r, uint8_t *data_r)
{
    size_t length = 0, at = 0, whole = BASE32_SIZE(size) + CHECK_SIZE;
    unsigned held = 0, bits = 0;

    for (; *typed != '\0'; typed++) {
        if (*typed == '-')
            continue;
        if (digit(*typed) < 0 || length == whole)
            return false;
        text_r[length++] = alphabet[digit(*typed)];
    }
    text_r[length] = '\0';
    if (length != whole ||
        check_value(text_r, length - CHECK_SIZE) !=
            (unsigned)(digit(text_r[length - 2]) * 32 + digit(text_r[length - 1])))
        return false;
    for (size_t i = 0; data_r != NULL && i < length - CHECK_SIZE; i++) {
        held = (held << 5 | (unsigned)digit(text_r[i])) & 0xfffu;
        bits += 5;
        if (bits >= 8) {
            bits -= 8;
            data_r[at++] = (uint8_t)(held >> bits);
        }
    }
    return (held & ((1u << bits) - 1)) == 0;
}

/* The characters in groups, for the eye. */
static void code_group(const char *characters, char code_r[32])
{
    size_t length = 0;

    for (size_t i = 0; characters[i] != '\0'; i++) {
        if (i > 0 && i % GROUP == 0)
            code_r[length++] = '-';
        code_r[length++] = characters[i];
    }
    code_r[length] = '\0';
}

void identity_code_make(char code_r[32])
{
    char characters[CODE_CHARACTERS + 1];
    uint8_t random[IDENTITY_CODE_SIZE];

    if (sodium_init() < 0)
        sodium_misuse();
    randombytes_buf(random, sizeof(random));
    base32_write(random, sizeof(random), characters);
    code_group(characters, code_r);
    sodium_memzero(random, sizeof(random));
}

/* Drops the white space, quotes and brackets that mail programs and people put around and into a
 * line, and makes every dash a hyphen. False when what is left is too long or not UTF-8. */
static bool line_clean(const char *text, char *clean_r, size_t size)
{
    static const uint32_t dropped[] = {'<', '>', '"', '\'', 0xa0, 0xab, 0xad, 0xbb, 0x1680, 0x2018,
        0x2019, 0x201c, 0x201d, 0x2028, 0x2029, 0x202f, 0x2039, 0x203a, 0x205f, 0x2060, 0x3000,
        0xfeff};
    size_t left = strlen(text), length = 0, step;
    uint32_t c;

    for (; left > 0; text += step, left -= step) {
        bool drop = false;
        step = text_decode(text, left, &c);
        if (step == 0)
            return false;
        for (size_t i = 0; i < sizeof(dropped) / sizeof(*dropped); i++)
            drop = drop || c == dropped[i];
        if (drop || c <= ' ' || c == 0x7f || (c >= 0x2000 && c <= 0x200f))
            continue;
        if (c >= 0x80 && !(c >= 0x2010 && c <= 0x2015) && c != 0x2212)
            return false; /* no part of a line is anything but ASCII */
        if (length + 1 == size)
            return false;
        clean_r[length++] = c < 0x80 ? (char)c : '-';
    }
    clean_r[length] = '\0';
    return true;
}

bool identity_code_read(const char *typed, char code_r[32])
{
    char clean[64], characters[CODE_CHARACTERS + 1];
    bool ok = line_clean(typed, clean, sizeof(clean)) &&
              base32_read(clean, IDENTITY_CODE_SIZE, characters, NULL);

    if (ok)
        code_group(characters, code_r);
    else
        code_r[0] = '\0';
    return ok;
}

void identity_code_hash(const char *code, uint8_t hash_r[32])
{
    crypto_generichash(hash_r, 32, (const unsigned char *)code, strlen(code), NULL, 0);
}

/* A part's characters, all of which belong to `set` beside letters and digits. */
static bool part_ok(const char *part, const char *set, size_t size)
{
    size_t length = 0;

    for (; part[length] != '\0'; length++) {
        char c = part[length];
        bool common = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!common && strchr(set, c) == NULL)
            return false;
    }
    return length > 0 && length < size;
}

static bool port_ok(const char *port)
{
    unsigned value = 0;

    if (strlen(port) > 5 || port[0] == '0')
        return false;
    for (; *port != '\0'; port++) {
        if (*port < '0' || *port > '9')
            return false;
        value = value * 10 + (unsigned)(*port - '0');
    }
    return value > 0 && value <= 65535;
}

/* Whether the line's address can be written and read back. */
static bool place_ok(const char *host, const char *port, const char *region, bool bracketed)
{
    const struct identity_line *line = NULL;

    return part_ok(host, bracketed ? ":.%-" : ".-_", sizeof(line->host)) && port_ok(port) &&
           part_ok(region, "-_.", sizeof(line->region));
}

bool identity_line_write(const struct identity_line *line, char text_r[IDENTITY_LINE_MAX])
{
    char fingerprint[FINGERPRINT_CHARACTERS + 1], code[32];
    bool bracketed = strchr(line->host, ':') != NULL;
    int length;

    text_r[0] = '\0';
    if (!place_ok(line->host, line->port, line->region, bracketed) ||
        !identity_code_read(line->code, code))
        return false;
    base32_write(line->fingerprint, IDENTITY_FINGERPRINT_SIZE, fingerprint);
    length = snprintf(text_r, IDENTITY_LINE_MAX, SCHEME "%s%s%s:%s/%s#%s.%s", bracketed ? "[" : "",
        line->host, bracketed ? "]" : "", line->port, line->region, code, fingerprint);
    return length > 0 && length < IDENTITY_LINE_MAX;
}

/* Cuts `text` in place at the first `mark`; the rest after it, NULL when there is none. */
static char *cut(char *text, char mark)
{
    char *at = strchr(text, mark);

    if (at == NULL)
        return NULL;
    *at = '\0';
    return at + 1;
}

/* Reads "host:port/region", cut in place. */
static bool place_read(char *text, struct identity_line *line_r)
{
    char *region = cut(text, '/');
    bool bracketed = text[0] == '[';
    char *host = bracketed ? text + 1 : text;
    char *port = bracketed ? cut(text, ']') : cut(text, ':');

    if (region == NULL || port == NULL || (bracketed && *port++ != ':'))
        return false;
    if (!place_ok(host, port, region, bracketed))
        return false;
    return text_copy(line_r->host, sizeof(line_r->host), host) &&
           text_copy(line_r->port, sizeof(line_r->port), port) &&
           text_copy(line_r->region, sizeof(line_r->region), region);
}

/* Sentence marks that follow a line in running text. */
static void end_trim(char *text)
{
    size_t length = strlen(text);

    while (length > 0 && strchr(".,;:!?)", text[length - 1]) != NULL)
        text[--length] = '\0';
}

enum identity_line_state identity_line_read(const char *text, struct identity_line *line_r)
{
    char clean[IDENTITY_LINE_MAX], characters[FINGERPRINT_CHARACTERS + 1];
    char *code, *fingerprint;

    memset(line_r, 0, sizeof(*line_r));
    if (!line_clean(text, clean, sizeof(clean)))
        return IDENTITY_LINE_SHAPE;
    if (strncasecmp(clean, SCHEME, strlen(SCHEME)) != 0)
        return IDENTITY_LINE_SHAPE;
    end_trim(clean);
    code = cut(clean, '#');
    if (code == NULL || !place_read(clean + strlen(SCHEME), line_r))
        return IDENTITY_LINE_SHAPE;
    fingerprint = cut(code, '.');
    if (!identity_code_read(code, line_r->code))
        return IDENTITY_LINE_CODE;
    if (fingerprint == NULL ||
        !base32_read(fingerprint, IDENTITY_FINGERPRINT_SIZE, characters, line_r->fingerprint))
        return IDENTITY_LINE_FINGERPRINT;
    return IDENTITY_LINE_OK;
}
