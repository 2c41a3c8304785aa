#include "words/amount.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "text.h"

#define CENTS 100
#define THOUSANDTHS 1000
#define DIGITS_MAX 15 /* before the decimals: what is larger than any bound */

/* What is counted: how many decimals are kept, and which units people write around the number. */
struct measure {
    int64_t scale;
    unsigned places;
    bool money;
    const char *units[6];
};

static const struct measure money = {CENTS, 2, true, {"$ca", "ca$", "$ ca", "cad", "$", "dollars"}};
static const struct measure decimal = {THOUSANDTHS, 3, false, {"%", "%", "%", "%", "%", "%"}};

/* --- reading -----------------------------------------------------------------------------------
 */

/* A number's characters once folded: digits, plain spaces, commas, points. */
struct digits {
    char text[AMOUNT_SIZE];
    bool negative;
};

static void drop_unit(char *text, const struct measure *measure)
{
    for (size_t i = 0; i < sizeof(measure->units) / sizeof(measure->units[0]); i++) {
        const char *unit = measure->units[i];
        size_t length = strlen(text), size = strlen(unit);

        if (length > size && strcmp(text + length - size, unit) == 0)
            text[length - size] = '\0';
        else if (length > size && strncmp(text, unit, size) == 0)
            memmove(text, text + size, length - size + 1);
        else
            continue;
        text_trim(text);
        return;
    }
}

static bool take_text(const char *text, const struct measure *measure, struct digits *digits_r)
{
    char *out = digits_r->text;

    digits_r->negative = false;
    if (text_fold(text, out, AMOUNT_SIZE) >= AMOUNT_SIZE)
        return false;
    text_trim(out);
    if (out[0] == '-') { /* "-$5", "-5 $" */
        digits_r->negative = true;
        memmove(out, out + 1, strlen(out));
        text_trim(out);
    }
    drop_unit(out, measure);
    if (!digits_r->negative && out[0] == '-') { /* "$-5" */
        digits_r->negative = true;
        memmove(out, out + 1, strlen(out));
    }
    return isdigit((unsigned char)out[0]) && isdigit((unsigned char)out[strlen(out) - 1]) &&
           strspn(out, "0123456789 ,.") == strlen(out);
}

static size_t count_of(const char *text, char c)
{
    size_t count = 0;

    for (; *text != '\0'; text++)
        count += *text == c;
    return count;
}

/* "1,234", "12,345": as thousands are cut, and as three decimals are. */
static bool looks_cut(const char *text, const char *at)
{
    return at - text <= 3 && text[0] != '0' && strlen(at + 1) == 3 && strchr(text, ' ') == NULL;
}

/* Where the decimals begin (at the sign before them); NULL: there are none. */
static enum amount_fault find_point(
    const char *text, const struct measure *measure, const char *language, const char **point_r)
{
    size_t commas = count_of(text, ','), points = count_of(text, '.');
    const char *last = text + strcspn(text, ",.");

    *point_r = NULL;
    if (commas > 0 && points > 0) {
        last = strrchr(text, strrchr(text, ',') > strrchr(text, '.') ? ',' : '.');
        *point_r = last;
        return count_of(text, *last) == 1 ? AMOUNT_FINE : AMOUNT_NONE;
    }
    if (commas + points != 1)
        return AMOUNT_FINE; /* none, or thousands alone */
    if (*last == ',' && strcmp(language, "fr") != 0 && looks_cut(text, last))
        return AMOUNT_FINE;
    *point_r = last;
    return measure->money && looks_cut(text, last) ? AMOUNT_AMBIGUOUS : AMOUNT_FINE;
}

/* The digits up to `end`; signs between them must be one kind, before three digits each. */
static bool take_whole(const char *text, const char *end, int64_t *whole_r)
{
    const char *group = text;
    char between = '\0';
    int digits = 0;

    *whole_r = 0;
    for (const char *c = text; c < end; c++) {
        if (isdigit((unsigned char)*c)) {
            *whole_r = *whole_r * 10 + (*c - '0');
            if (++digits > DIGITS_MAX)
                return false;
            continue;
        }
        if ((between == '\0' ? c - group > 3 : *c != between || c - group != 3))
            return false;
        between = *c;
        group = c + 1;
    }
    return between == '\0' || end - group == 3;
}

static enum amount_fault take_fraction(
    const char *text, const struct measure *measure, int64_t *fraction_r)
{
    int64_t unit = measure->scale;

    *fraction_r = 0;
    for (; isdigit((unsigned char)*text); text++) {
        unit /= 10;
        if (unit == 0 && *text != '0')
            return AMOUNT_FRACTION;
        *fraction_r += unit * (*text - '0');
    }
    return *text == '\0' ? AMOUNT_FINE : AMOUNT_NONE;
}

static enum amount_fault read_amount(
    const char *text, const struct measure *measure, const char *language, int64_t *value_r)
{
    struct digits digits;
    const char *point;
    int64_t whole, fraction = 0;
    enum amount_fault fault;

    *value_r = 0;
    if (!take_text(text, measure, &digits))
        return AMOUNT_NONE;
    fault = find_point(digits.text, measure, language, &point);
    if (fault != AMOUNT_FINE)
        return fault;
    if (!take_whole(digits.text, point == NULL ? digits.text + strlen(digits.text) : point, &whole))
        return AMOUNT_NONE;
    fault = point == NULL ? AMOUNT_FINE : take_fraction(point + 1, measure, &fraction);
    *value_r = whole * measure->scale + fraction;
    if (digits.negative)
        *value_r = -*value_r;
    return fault;
}

enum amount_fault amount_money_read(const char *text, const char *language, int64_t *cents_r)
{
    return read_amount(text, &money, language, cents_r);
}

enum amount_fault amount_decimal_read(
    const char *text, const char *language, int64_t *thousandths_r)
{
    return read_amount(text, &decimal, language, thousandths_r);
}

/* --- writing -----------------------------------------------------------------------------------
 */

static uint64_t size_of(int64_t value)
{
    return value < 0 ? UINT64_C(0) - (uint64_t)value : (uint64_t)value;
}

/* "1 234 567" with `between`, from `least` figures on. */
static void write_whole(uint64_t whole, size_t least, const char *between, char *out, size_t size)
{
    char digits[24];
    size_t used = 0, length = (size_t)snprintf(digits, sizeof(digits), "%" PRIu64, whole);

    out[0] = '\0';
    for (size_t i = 0; i < length && used + 4 < size; i++) {
        if (i > 0 && (length - i) % 3 == 0 && length >= least)
            used += (size_t)snprintf(out + used, size - used, "%s", between);
        out[used++] = digits[i];
        out[used] = '\0';
    }
}

/* The decimals with the sign before them, without final zeros when `brief`; "" when there are none.
 */
static void write_fraction(
    uint64_t fraction, unsigned places, bool brief, const char *point, char out[16])
{
    size_t length;

    out[0] = '\0';
    if (brief && fraction == 0)
        return;
    length = (size_t)snprintf(out, 16, "%s%0*" PRIu64, point, (int)places, fraction);
    while (brief && out[length - 1] == '0')
        out[--length] = '\0';
}

void amount_money(int64_t cents, const char *language, char out[AMOUNT_SIZE])
{
    bool french = strcmp(language, "fr") == 0;
    char whole[40], fraction[16] = "";

    write_whole(size_of(cents) / CENTS, 4, french ? "\u00a0" : ",", whole, sizeof(whole));
    if (size_of(cents) % CENTS != 0)
        write_fraction(size_of(cents) % CENTS, money.places, false, french ? "," : ".", fraction);
    snprintf(out, AMOUNT_SIZE, french ? "%s%s%s\u00a0$" : "%s$%s%s", cents < 0 ? "-" : "", whole,
        fraction);
}

void amount_decimal(int64_t thousandths, const char *language, char out[AMOUNT_SIZE])
{
    bool french = strcmp(language, "fr") == 0;
    char whole[40], fraction[16];

    write_whole(
        size_of(thousandths) / THOUSANDTHS, 5, french ? "\u00a0" : ",", whole, sizeof(whole));
    write_fraction(
        size_of(thousandths) % THOUSANDTHS, decimal.places, true, french ? "," : ".", fraction);
    snprintf(out, AMOUNT_SIZE, "%s%s%s", thousandths < 0 ? "-" : "", whole, fraction);
}

void amount_money_plain(int64_t cents, char out[AMOUNT_SIZE])
{
    snprintf(out, AMOUNT_SIZE, "%s%" PRIu64 ".%02u", cents < 0 ? "-" : "", size_of(cents) / CENTS,
        (unsigned)(size_of(cents) % CENTS));
}

void amount_decimal_plain(int64_t thousandths, char out[AMOUNT_SIZE])
{
    char fraction[16];

    write_fraction(size_of(thousandths) % THOUSANDTHS, decimal.places, true, ".", fraction);
    snprintf(out, AMOUNT_SIZE, "%s%" PRIu64 "%s", thousandths < 0 ? "-" : "",
        size_of(thousandths) / THOUSANDTHS, fraction);
}
