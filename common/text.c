#include "text.h"

#include <string.h>

#define DISTANCE_MAX 64

/* The base letter of each accented Latin letter; '.' where it has none. From U+00C0, and U+1E00. */
static const char latin[] =
    "aaaaaa.ceeeeiiiidnooooo.ouuuuy..aaaaaa.ceeeeiiiidnooooo.ouuuuy.yaaaaaaccccccccdd"
    "ddeeeeeeeeeegggggggghhhhiiiiiiiiii..jjkkkllllllllllnnnnnnnnnoooooo..rrrrrrssssss"
    "ssttttttuuuuuuuuuuuuwwyyyzzzzzzsbb.....ccdddd....ffg...ikkl...nooo..pp......tt.u"
    "u..yyzz......................aaiioouuuuuuuuuu.aaaa..ggggkkoooo..j...gg..nnaa..oo"
    "aaaaeeeeiiiioooorrrruuuusstt..hhnd..zzaaeeooooooooyylnt...accltsz..bu.eejj..rryy";
static const char latin_additional[] =
    "aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmmmmmmnnnnnnnnoooo"
    "oooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvvwwwwwwwwwwxxxxyyzzzzzzhtwy.sss.."
    "aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeeeeeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuu"
    "uuyyyyyyyy....yy";

/* Letters that fold to two, and signs that people type in several ways. */
struct special {
    uint32_t codepoint;
    const char *folded;
};

static const struct special specials[] = {
    {0x00A0, " "},
    {0x00AD, ""},
    {0x00B4, "'"},
    {0x00C6, "ae"},
    {0x00DE, "th"},
    {0x00DF, "ss"},
    {0x00E6, "ae"},
    {0x00FE, "th"},
    {0x0132, "ij"},
    {0x0133, "ij"},
    {0x0152, "oe"},
    {0x0153, "oe"},
    {0x01C4, "dz"},
    {0x01C5, "dz"},
    {0x01C6, "dz"},
    {0x01C7, "lj"},
    {0x01C8, "lj"},
    {0x01C9, "lj"},
    {0x01CA, "nj"},
    {0x01CB, "nj"},
    {0x01CC, "nj"},
    {0x01F1, "dz"},
    {0x01F2, "dz"},
    {0x01F3, "dz"},
    {0x02B9, "'"},
    {0x02BC, "'"},
    {0x1680, " "},
    {0x1E9E, "ss"},
    {0x2028, " "},
    {0x2029, " "},
    {0x202F, " "},
    {0x205F, " "},
    {0x2212, "-"},
    {0x3000, " "},
    {0xFEFF, ""},
    {0xFF07, "'"},
};

size_t text_decode(const char *s, size_t length, uint32_t *codepoint_r)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char first = length > 0 ? (unsigned char)s[0] : 0xFF;
    size_t size = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (length < size || (first >= 0x80 && first < 0xC2) || first > 0xF4) {
        return 0;
    }
    uint32_t codepoint = size == 1 ? first : first & (0x7FU >> size);
    for (size_t i = 1; i < size; i++) {
        unsigned char next = (unsigned char)s[i];
        if ((next & 0xC0) != 0x80) {
            return 0;
        }
        codepoint = (codepoint << 6) | (next & 0x3FU);
    }
    if (codepoint < smallest[size] || codepoint > 0x10FFFF ||
        (codepoint >= 0xD800 && codepoint <= 0xDFFF)) {
        return 0;
    }
    *codepoint_r = codepoint;
    return size;
}

bool text_valid_utf8(const char *s, size_t length)
{
    uint32_t codepoint;
    for (size_t at = 0, size; at < length; at += size) {
        size = (unsigned char)s[at] < 0x80 ? 1 : text_decode(s + at, length - at, &codepoint);
        if (size == 0) {
            return false;
        }
    }
    return true;
}

static const char *fold_special(uint32_t c)
{
    if ((c >= 0x0300 && c <= 0x036F) || (c >= 0x200B && c <= 0x200D)) {
        return "";
    }
    if (c >= 0x2000 && c <= 0x200A) {
        return " ";
    }
    if (c >= 0x2010 && c <= 0x2015) {
        return "-";
    }
    if (c >= 0x2018 && c <= 0x201B) {
        return "'";
    }
    for (size_t i = 0; i < sizeof(specials) / sizeof(specials[0]); i++) {
        if (specials[i].codepoint == c) {
            return specials[i].folded;
        }
    }
    return NULL;
}

static char fold_letter(uint32_t c)
{
    char letter = '.';
    if (c >= 'A' && c <= 'Z') {
        letter = (char)(c - 'A' + 'a');
    } else if (c >= 0xC0 && c - 0xC0 < sizeof(latin) - 1) {
        letter = latin[c - 0xC0];
    } else if (c >= 0x1E00 && c - 0x1E00 < sizeof(latin_additional) - 1) {
        letter = latin_additional[c - 0x1E00];
    }
    return letter;
}

/* Folds the character at *s (not at the end) into `out`, steps over it, returns the bytes given. */
static size_t fold_next(const char **s, char out[4])
{
    uint32_t c = 0;
    size_t size = text_decode(*s, strnlen(*s, 4), &c);
    const char *from = *s;
    *s += size > 0 ? size : 1;
    if (size == 0) {
        out[0] = *from;
        return 1;
    }
    char letter = fold_letter(c);
    if (letter != '.') {
        out[0] = letter;
        return 1;
    }
    const char *special = c < 0x80 ? NULL : fold_special(c);
    size_t length = special ? strlen(special) : size;
    memcpy(out, special ? special : from, length);
    return length;
}

size_t text_fold(const char *s, char *buf, size_t size)
{
    size_t needed = 0;
    size_t used = 0;
    char out[4];
    while (*s != '\0') {
        size_t length = fold_next(&s, out);
        if (used == needed && needed + length < size) {
            memcpy(buf + used, out, length);
            used += length;
        }
        needed += length;
    }
    if (size > 0) {
        buf[used] = '\0';
    }
    return needed;
}

/* One folded byte after another; 0 at the end. */
struct folding {
    const char *s;
    char out[4];
    size_t at, length;
};

static int folding_next(struct folding *f)
{
    while (f->at == f->length) {
        if (*f->s == '\0') {
            return 0;
        }
        f->at = 0;
        f->length = fold_next(&f->s, f->out);
    }
    return (unsigned char)f->out[f->at++];
}

int text_compare(const char *a, const char *b)
{
    struct folding left = {.s = a};
    struct folding right = {.s = b};
    int x;
    int y;
    do {
        x = folding_next(&left);
        y = folding_next(&right);
    } while (x == y && x != 0);
    return x != y ? x - y : strcmp(a, b);
}

/* Bytes of the white space character at the start of the `length` bytes at `s`, 0 for another. */
static size_t space_size(const char *s, size_t length)
{
    uint32_t c = 0;
    size_t size = text_decode(s, length, &c);
    bool space = c == ' ' || (c >= '\t' && c <= '\r') || c == 0x85 || c == 0xFEFF;
    if (!space && c >= 0x80) {
        const char *folded = fold_special(c);
        space = folded && folded[0] == ' ';
    }
    return space ? size : 0;
}

const char *text_trimmed(const char *s, size_t length, size_t *length_r)
{
    size_t end = 0;
    for (size_t size; (size = space_size(s, length)) > 0; s += size) {
        length -= size;
    }
    for (size_t at = 0; at < length;) {
        size_t size = space_size(s + at, length - at);
        at += size > 0 ? size : 1;
        end = size > 0 ? end : at;
    }
    *length_r = end;
    return s;
}

char *text_trim(char *s)
{
    size_t length;
    const char *start = text_trimmed(s, strlen(s), &length);
    memmove(s, start, length);
    s[length] = '\0';
    return s;
}

bool text_copy(char *buf, size_t size, const char *s)
{
    size_t length = strlen(s);
    bool whole = length < size;
    if (!whole) {
        length = size - 1;
        while (length > 0 && ((unsigned char)s[length] & 0xC0) == 0x80) {
            length--;
        }
    }
    memcpy(buf, s, length);
    buf[length] = '\0';
    return whole;
}

/* The folded characters of `s`, at most DISTANCE_MAX of them; returns how many. */
static size_t letters(const char *s, uint32_t out[DISTANCE_MAX])
{
    size_t count = 0;
    char folded[5] = "";
    while (*s != '\0' && count < DISTANCE_MAX) {
        size_t length = fold_next(&s, folded);
        for (size_t at = 0, size; at < length && count < DISTANCE_MAX; at += size) {
            uint32_t c = (unsigned char)folded[at];
            size = text_decode(folded + at, length - at, &c);
            size = size > 0 ? size : 1;
            out[count++] = c;
        }
    }
    return count;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t text_distance(const char *a, const char *b)
{
    uint32_t x[DISTANCE_MAX];
    uint32_t y[DISTANCE_MAX];
    size_t rows[3][DISTANCE_MAX + 1];
    size_t n = letters(a, x);
    size_t m = letters(b, y);
    for (size_t j = 0; j <= m; j++) {
        rows[0][j] = j;
    }
    for (size_t i = 1; i <= n; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i - 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t changed = above[j - 1] + (x[i - 1] != y[j - 1]);
            row[j] = least(changed, least(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1]) {
                row[j] = least(row[j], rows[(i - 2) % 3][j - 2] + 1);
            }
        }
    }
    return rows[n % 3][m];
}

const char *text_nearest(const char *word, const char *const *candidates, size_t count)
{
    uint32_t scratch[DISTANCE_MAX];
    size_t length = letters(word, scratch);
    size_t limit = length < 2 ? 0 : length < 6 ? 1 : length / 3;
    const char *best = NULL;
    for (size_t i = 0; i < count; i++) {
        size_t distance = candidates[i] ? text_distance(word, candidates[i]) : limit + 1;
        if (distance <= limit && (!best || distance < text_distance(word, best))) {
            best = candidates[i];
        }
    }
    return best;
}
