#include "import/csvfile_text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

/* Windows-1252 from 0x80 to 0x9F (best fit table of unicode.org); 0: no character. The rest is
 * Latin-1. */
static const uint16_t windows[32] = {0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
    0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0, 0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178};

static bool begins(const char *data, size_t size, const char *with)
{
    return size >= strlen(with) && memcmp(data, with, strlen(with)) == 0;
}

static unsigned line_at(const char *data, size_t offset)
{
    unsigned line = 1;

    for (size_t i = 0; i < offset; i++)
        line += data[i] == '\n' || (data[i] == '\r' && data[i + 1] != '\n');
    return line;
}

static char *fail(struct csvfile_error *error_r, enum csvfile_problem problem, unsigned line)
{
    *error_r = (struct csvfile_error){.problem = problem, .line = line};
    return NULL;
}

static size_t put(char *out, unsigned codepoint)
{
    if (codepoint < 0x80) {
        out[0] = (char)codepoint;
        return 1;
    }
    if (codepoint < 0x800) {
        out[0] = (char)(0xC0 | codepoint >> 6);
        out[1] = (char)(0x80 | (codepoint & 0x3F));
        return 2;
    }
    out[0] = (char)(0xE0 | codepoint >> 12);
    out[1] = (char)(0x80 | (codepoint >> 6 & 0x3F));
    out[2] = (char)(0x80 | (codepoint & 0x3F));
    return 3;
}

static char *from_windows(
    const char *data, size_t size, size_t *size_r, struct csvfile_error *error_r)
{
    char *out = malloc(size * 3 + 1);
    size_t used = 0;

    if (out == NULL)
        return fail(error_r, CSVFILE_MEMORY, 0);
    for (size_t i = 0; i < size; i++) {
        unsigned byte = (unsigned char)data[i];
        unsigned codepoint = byte >= 0x80 && byte < 0xA0 ? windows[byte - 0x80] : byte;

        if (codepoint == 0) {
            free(out);
            return fail(error_r, CSVFILE_ENCODING, line_at(data, i));
        }
        used += put(out + used, codepoint);
    }
    *size_r = used;
    return out;
}

static char *from_utf8(const char *data, size_t size, size_t *size_r, struct csvfile_error *error_r)
{
    char *out = malloc(size + 1);

    if (out == NULL)
        return fail(error_r, CSVFILE_MEMORY, 0);
    memcpy(out, data, size);
    *size_r = size;
    return out;
}

static unsigned first_invalid(const char *data, size_t size)
{
    uint32_t codepoint;
    size_t at = 0, length;

    while ((length = text_decode(data + at, size - at, &codepoint)) > 0)
        at += length;
    return line_at(data, at);
}

/* CR LF and lone CR become LF, so that all else counts lines in one way. */
static size_t unify_lines(char *text, size_t size)
{
    size_t used = 0;

    for (size_t i = 0; i < size; i++) {
        if (text[i] == '\r' && i + 1 < size && text[i + 1] == '\n')
            continue;
        text[used++] = text[i] == '\r' ? '\n' : text[i];
    }
    text[used] = '\0';
    return used;
}

char *csvfile_text_decode(
    const char *data, size_t size, size_t *size_r, struct csvfile_error *error_r)
{
    bool marked = begins(data, size, "\xEF\xBB\xBF");
    const char *nul;
    char *text;

    if (begins(data, size, "\xFF\xFE") || begins(data, size, "\xFE\xFF"))
        return fail(error_r, CSVFILE_UTF16, 0);
    nul = memchr(data, '\0', size);
    if (nul != NULL)
        return fail(error_r, CSVFILE_NUL, line_at(data, (size_t)(nul - data)));
    data += marked ? 3 : 0;
    size -= marked ? 3 : 0;
    if (text_valid_utf8(data, size))
        text = from_utf8(data, size, size_r, error_r);
    else if (marked)
        return fail(error_r, CSVFILE_ENCODING, first_invalid(data, size));
    else
        text = from_windows(data, size, size_r, error_r);
    if (text != NULL)
        *size_r = unify_lines(text, *size_r);
    return text;
}
