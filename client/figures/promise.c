#include "figures/promise.h"

#include <stdio.h>
#include <string.h>

#include "schedule.h"
#include "text.h"

#define TEXT_SIZE 1024
#define WORDS_MAX 128
#define SPAN_MAX 8    /* words of one promise */
#define MEANING_MIN 5 /* letters of a word that says what a text is about */

/* A text's words, apart. */
struct words {
    char text[TEXT_SIZE];
    const char *word[WORDS_MAX];
    size_t count;
};

static bool in_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c & 0x80) != 0;
}

static void split(struct words *words, const char *text, const char *between)
{
    char *rest = words->text, *word;

    words->count = 0;
    text_fold(text, words->text, sizeof(words->text));
    while ((word = strsep(&rest, between)) != NULL)
        if (*word != '\0' && words->count < WORDS_MAX)
            words->word[words->count++] = word;
}

static bool is_year(const char *word)
{
    static const char *const years[] = {"an", "annee", "ans", "year", "annually"};

    for (size_t i = 0; i < sizeof(years) / sizeof(years[0]); i++)
        if (strcmp(word, years[i]) == 0)
            return true;
    return false;
}

static void join(const struct words *words, size_t from, size_t to, char *text_r, size_t size)
{
    size_t used = 0;

    text_r[0] = '\0';
    for (size_t i = from; i < to && used < size; i++)
        used += (size_t)snprintf(
            text_r + used, size - used, "%s%s", i > from ? " " : "", words->word[i]);
}

static bool reads(const char *text, int *min_r, int *max_r)
{
    struct schedule schedule;

    if (!schedule_read(text, &schedule) || schedule.mode != SCHEDULE_RECURRING)
        return false;
    *min_r = schedule.times_min;
    *max_r = schedule.times_max;
    return true;
}

/* "3 à 4 fois par année": ends at the year; the longest that can be read. */
static bool before_year(const struct words *words, size_t year, int *min_r, int *max_r)
{
    char text[TEXT_SIZE];

    for (size_t from = year > SPAN_MAX ? year - SPAN_MAX : 0; from < year; from++) {
        join(words, from, year + 1, text, sizeof(text));
        if (reads(text, min_r, max_r))
            return true;
    }
    return false;
}

/* "par année 2 rencontres": the number comes behind the year. */
static bool behind_year(const struct words *words, size_t year, int *min_r, int *max_r)
{
    char text[TEXT_SIZE], asked[TEXT_SIZE + 16];

    if (year == 0 || year + 2 >= words->count || strcmp(words->word[year - 1], "par") != 0)
        return false;
    for (size_t to = year + 3; to <= words->count && to <= year + 5; to++) {
        join(words, year + 1, to, text, sizeof(text));
        snprintf(asked, sizeof(asked), "%s par annee", text);
        if (text[0] >= '0' && text[0] <= '9' && reads(asked, min_r, max_r))
            return true;
    }
    return false;
}

bool promise_times(const char *text, int *min_r, int *max_r)
{
    struct words words;

    split(&words, text, " \t\n,;:.");
    for (size_t i = 0; i < words.count; i++)
        if (is_year(words.word[i]) &&
            (behind_year(&words, i, min_r, max_r) || before_year(&words, i, min_r, max_r)))
            return true;
    return false;
}

/* Words that say when, how often or for whom in general, not what. */
static bool says_what(const char *word)
{
    static const char *const others[] = {"annee", "annees", "quatre", "trois", "rencontre",
        "rencontres", "meeting", "meetings", "regional", "regionale", "regionales", "regionaux",
        "entre", "chacune", "autour", "toute", "aussi", "leurs"};

    if (strlen(word) < MEANING_MIN)
        return false;
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        if (strcmp(word, others[i]) == 0)
            return false;
    return true;
}

static bool same_word(const char *one, const char *other)
{
    size_t a = strlen(one), b = strlen(other);

    a -= one[a - 1] == 's';
    b -= other[b - 1] == 's';
    return a == b && strncmp(one, other, a) == 0;
}

/* What stands behind an elided article: "l'emergens" is "emergens". */
static const char *bare(const char *word)
{
    const char *mark = strrchr(word, '\'');

    return mark != NULL && in_word(mark[1]) ? mark + 1 : word;
}

static bool among(const struct words *words, size_t count, const char *word)
{
    for (size_t i = 0; i < count; i++)
        if (same_word(bare(words->word[i]), word))
            return true;
    return false;
}

size_t promise_common(const char *one, const char *other)
{
    static const char between[] = " \t\n,;:.()\"";
    struct words a, b;
    size_t common = 0;

    split(&a, one, between);
    split(&b, other, between);
    for (size_t i = 0; i < a.count; i++) {
        const char *word = bare(a.word[i]);

        common += says_what(word) && !among(&a, i, word) && among(&b, b.count, word);
    }
    return common;
}
