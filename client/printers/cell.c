#include "printers/cell.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "date.h"
#include "i18n.h"
#include "text.h"
#include "words/amount.h"
#include "words/bytes.h"
#include "words/phrase.h"

#define HYPHEN_ROOM 4 /* columns: a letter and a hyphen alone say less than the letters */

enum sheet_type cell_type(const struct sheet_cell *cell, enum sheet_type type)
{
    if (type != SHEET_ANY)
        return type;
    return cell->text != NULL ? SHEET_TEXT : cell->texts != NULL ? SHEET_LIST : SHEET_NUMBER;
}

static const char *joined(const struct sheet_cell *cell, struct arena *arena)
{
    const char *text = cell->n_texts > 0 ? cell->texts[0] : "";

    for (size_t i = 1; i < cell->n_texts && text != NULL; i++)
        text = arena_printf(arena, "%s; %s", text, cell->texts[i]);
    return text;
}

/* "12 345" in French, "12,345" in English; years and other short numbers as they are. */
static const char *grouped(int64_t number, bool french, struct arena *arena)
{
    char digits[32], out[64];
    size_t used = 0, length;

    if (number < 10000)
        return arena_printf(arena, "%" PRId64, number);
    length = (size_t)snprintf(digits, sizeof(digits), "%" PRId64, number);
    for (size_t i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            used += (size_t)snprintf(out + used, sizeof(out) - used, french ? "\u00a0" : ",");
        out[used++] = digits[i];
    }
    return arena_copy(arena, out, used);
}

const char *cell_clean(const char *text, struct arena *arena)
{
    size_t length = strlen(text), used = 0;
    char *out = arena_alloc(arena, length + 1);

    for (size_t i = 0; out != NULL && i < length;) {
        uint32_t c;
        size_t size = text_decode(text + i, length - i, &c);

        if (size == 0) {
            out[used++] = '?';
            i++;
            continue;
        }
        if (c == '\t')
            out[used++] = ' ';
        else if (c == '\n' || (c >= 0x20 && (c < 0x7f || c > 0x9f))) {
            memcpy(out + used, text + i, size);
            used += size;
        }
        i += size;
    }
    return out == NULL ? "" : out;
}

const char *cell_people(
    const struct sheet_cell *cell, enum sheet_type type, const struct printer_page *page)
{
    bool french = strcmp(page->language, "fr") == 0;
    char written[PHRASE_SIZE] = "";
    const char *text = NULL;

    if (cell->empty)
        return "";
    switch (cell_type(cell, type)) {
    case SHEET_TEXT:
    case SHEET_FIGURE:
        text = cell_clean(cell->text, page->arena);
        break;
    case SHEET_LIST:
        text = joined(cell, page->arena);
        text = text == NULL ? NULL : cell_clean(text, page->arena);
        break;
    case SHEET_NUMBER:
        text = grouped(cell->number, french, page->arena);
        break;
    case SHEET_PERCENT:
        text = arena_printf(
            page->arena, french ? "%" PRId64 "\u00a0%%" : "%" PRId64 "%%", cell->number);
        break;
    case SHEET_DATE:
        phrase_date((int32_t)cell->number, page->language, written);
        break;
    case SHEET_TIME:
        phrase_time(cell->number, page->language, written);
        break;
    case SHEET_MOMENT:
        phrase_when(cell->text, page->language, written);
        break;
    case SHEET_MONEY:
        amount_money(cell->number, page->language, written);
        break;
    case SHEET_DECIMAL:
        amount_decimal(cell->number, page->language, written);
        break;
    case SHEET_BYTES:
        bytes_text((uint64_t)cell->number, page->language, written);
        break;
    case SHEET_BOOL:
        text = cell->number ? _("yes") : _("no");
        break;
    case SHEET_ANY:
        break;
    }
    if (written[0] != '\0')
        text = arena_copy(page->arena, written, strlen(written));
    return text == NULL ? "" : text;
}

static const char *iso_time(int64_t microseconds, struct arena *arena)
{
    time_t seconds = (time_t)(microseconds / 1000000 - (microseconds % 1000000 < 0));
    struct tm tm;
    char text[40] = "";

    if (gmtime_r(&seconds, &tm) != NULL)
        strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
    return arena_copy(arena, text, strlen(text));
}

const char *cell_machine(const struct sheet_cell *cell, enum sheet_type type, struct arena *arena)
{
    char written[AMOUNT_SIZE];
    const char *text = NULL;

    if (cell->empty)
        return "";
    switch (cell_type(cell, type)) {
    case SHEET_TEXT:
    case SHEET_FIGURE:
    case SHEET_MOMENT:
        text = cell->text;
        break;
    case SHEET_LIST:
        text = joined(cell, arena);
        break;
    case SHEET_NUMBER:
    case SHEET_PERCENT:
    case SHEET_BYTES:
        text = arena_printf(arena, "%" PRId64, cell->number);
        break;
    case SHEET_DATE:
        date_format((int32_t)cell->number, written);
        text = arena_copy(arena, written, strlen(written));
        break;
    case SHEET_MONEY:
        amount_money_plain(cell->number, written);
        text = arena_copy(arena, written, strlen(written));
        break;
    case SHEET_DECIMAL:
        amount_decimal_plain(cell->number, written);
        text = arena_copy(arena, written, strlen(written));
        break;
    case SHEET_TIME:
        text = iso_time(cell->number, arena);
        break;
    case SHEET_BOOL:
        text = cell->number ? "true" : "false";
        break;
    case SHEET_ANY:
        break;
    }
    return text == NULL ? "" : text;
}

const char *cell_bar(int64_t percent, size_t columns, struct arena *arena)
{
    static const char full[] = "█", none[] = "░";
    size_t filled;
    char *out = arena_alloc(arena, columns * (sizeof(full) - 1) + 1);

    percent = percent < 0 ? 0 : percent > 100 ? 100 : percent;
    filled = ((size_t)percent * columns + 50) / 100;
    /* Neither quite begun nor quite done may look like it. */
    if (percent > 0 && filled == 0)
        filled = 1;
    if (percent < 100 && filled == columns)
        filled--;
    for (size_t i = 0; out != NULL && i < columns; i++)
        memcpy(out + i * (sizeof(full) - 1), i < filled ? full : none, sizeof(full) - 1);
    return out == NULL ? "" : out;
}

const char *cell_tone(enum sheet_tone tone, const struct printer_page *page)
{
    static const char *const codes[] = {[SHEET_PLAIN] = "",
        [SHEET_STRONG] = "\033[1m",
        [SHEET_FAINT] = "\033[2m",
        [SHEET_GOOD] = "\033[32m",
        [SHEET_WARN] = "\033[33m",
        [SHEET_BAD] = "\033[31m"};

    return page->colour ? codes[tone] : "";
}

const char *cell_plain(enum sheet_tone tone, const struct printer_page *page)
{
    return page->colour && tone != SHEET_PLAIN ? "\033[0m" : "";
}

void cell_pad(FILE *out, const char *line, size_t width, bool right)
{
    size_t used = text_width(line);
    int rest = used < width ? (int)(width - used) : 0;

    fprintf(out, "%*s%s%*s", right ? rest : 0, "", line, right ? 0 : rest, "");
}

/* A space after which a line may begin: French sets one before these, and they begin no line. */
static bool breaks(const char *text)
{
    return *text == ' ' && (text[1] == '\0' || strchr(":;?!", text[1]) == NULL);
}

/* Behind the hyphen of a compound word, not those of an option: "--theirs" is typed whole. */
static bool is_hyphen(const char *text, size_t cut)
{
    const unsigned char *u = (const unsigned char *)text;

    if (cut < 2 || u[cut - 1] != '-' || u[cut] == '-')
        return false;
    if (u[cut - 2] >= 0x80) /* a letter with its accent, no space of French */
        return !(cut >= 3 && u[cut - 2] == 0xA0 && u[cut - 3] == 0xC2) &&
               !(cut >= 4 && u[cut - 2] == 0xAF && u[cut - 3] == 0x80 && u[cut - 4] == 0xE2);
    return isalnum(u[cut - 2]);
}

/* A word of letters alone: what has digits or signs may be meant to be typed again as it is. */
static bool is_plain_word(const char *text)
{
    const size_t length = strcspn(text, " \n.,;:!?)");
    const unsigned char *u = (const unsigned char *)text;

    for (size_t i = 0; i < length; i++)
        if (!isalpha(u[i]) && u[i] < 0x80)
            return false;
    return true;
}

/* Where to break a text too long for its line: behind a space, hyphen or slash, else anywhere.
 * *word_r: in the middle of a word, where a hyphen stands for the rest and has room. */
static size_t break_at(const char *text, size_t width, bool *word_r)
{
    size_t fit = text_fit(text, width, NULL);
    size_t cut = fit;

    while (cut > 0 && !breaks(text + cut) && !is_hyphen(text, cut) && text[cut - 1] != '/')
        cut--;
    *word_r = cut == 0 && width >= HYPHEN_ROOM && is_plain_word(text);
    if (*word_r)
        cut = text_fit(text, width - 1, NULL);
    if (cut == 0)
        cut = fit > 0 ? fit : text_fit(text, 2, NULL); /* a wide character in one column */
    return cut == 0 ? 1 : cut;
}

const char *cell_line(const char **text, size_t width, struct arena *arena)
{
    const char *line = *text;
    size_t length = strcspn(line, "\n");
    size_t skip = length + (line[length] == '\n');
    bool word = false;
    const char *copy;

    if (*line == '\0')
        return NULL;
    if (text_fit(line, width, NULL) < length) {
        length = skip = break_at(line, width, &word);
        while (line[skip] == ' ')
            skip++;
    }
    while (length > 0 && line[length - 1] == ' ')
        length--;
    *text = line + skip;
    copy = word ? arena_printf(arena, "%.*s-", (int)length, line) : arena_copy(arena, line, length);
    return copy == NULL ? "" : copy;
}
