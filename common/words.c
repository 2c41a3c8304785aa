#include "words.h"

#include <string.h>

#include "text.h"
#include "words_table.h"

#define WORD_SIZE 64

const char *words_show(enum words_list list, const char *english, const char *language)
{
    for (size_t i = 0; i < words_table_count; i++)
        if (words_table[i].list == list && strcmp(words_table[i].name, english) == 0)
            return strcmp(language, "fr") == 0 ? words_table[i].french : words_table[i].english;
    return english;
}

/* Values whose French agrees with a masculine kind, where the table above has the feminine that
 * most kinds ask. */
struct agreements_row {
    const char *kind, *name, *french;
};

static const struct agreements_row agreements[] = {
    {"project", "done", "fait"},
    {"project", "dropped", "abandonné"},
    {"training_need", "planned", "prévu"},
    {"article", "accepted", "accepté"},
    {"article", "published", "paru"},
    {"signatory", "signed", "signé"},
    {"signatory", "potential", "potentiel"},
};

const char *words_value(const char *kind, const char *english, const char *language)
{
    for (size_t i = 0; i < sizeof(agreements) / sizeof(agreements[0]); i++)
        if (strcmp(language, "fr") == 0 && strcmp(agreements[i].kind, kind) == 0 &&
            strcmp(agreements[i].name, english) == 0)
            return agreements[i].french;
    return words_show(WORDS_VALUE, english, language);
}

/* Folds `length` bytes for comparing: as text_fold, with dashes, underscores and apostrophes as
 * single spaces.
 */
static void plain(const char *word, size_t length, char out[WORD_SIZE])
{
    char copy[WORD_SIZE], folded[WORD_SIZE];
    size_t used = 0;

    if (length >= sizeof(copy)) {
        out[0] = '\0';
        return;
    }
    memcpy(copy, word, length);
    copy[length] = '\0';
    text_fold(copy, folded, sizeof(folded));
    text_trim(folded);
    for (const char *c = folded; *c != '\0'; c++) {
        char letter = *c == '-' || *c == '_' || *c == '\'' ? ' ' : *c;
        if (letter != ' ' || used == 0 || out[used - 1] != ' ')
            out[used++] = letter;
    }
    out[used] = '\0';
}

static bool same(const char *typed, const char *word, size_t length)
{
    char folded[WORD_SIZE];

    plain(word, length, folded);
    return strcmp(typed, folded) == 0;
}

static bool same_as_any(const char *typed, const char *spellings)
{
    for (const char *s = spellings; s != NULL;) {
        size_t length = strcspn(s, "|");
        if (same(typed, s, length))
            return true;
        s = s[length] == '|' ? s + length + 1 : NULL;
    }
    return false;
}

static bool listed(const char *name, const char *const *among, size_t count)
{
    if (among == NULL)
        return true;
    for (size_t i = 0; i < count; i++)
        if (strcmp(among[i], name) == 0)
            return true;
    return false;
}

/* A kind is read from its singular as from its plural. */
static bool of_list(const struct words_row *word, enum words_list list)
{
    return word->list == list || (list <= WORDS_KINDS && word->list <= WORDS_KINDS);
}

const char *words_read(
    enum words_list list, const char *typed, const char *const *among, size_t count)
{
    char folded[WORD_SIZE];

    plain(typed, strlen(typed), folded);
    if (folded[0] == '\0')
        return NULL;
    /* The word that is shown goes before what else people type: "note" is the field before
     * "remarque". */
    for (int also = 0; also < 2; also++)
        for (size_t i = 0; i < words_table_count; i++) {
            const struct words_row *w = &words_table[i];
            if (!of_list(w, list) || !listed(w->name, among, count))
                continue;
            if (also ? same_as_any(folded, w->also)
                     : same(folded, w->name, strlen(w->name)) ||
                           same(folded, w->english, strlen(w->english)) ||
                           same(folded, w->french, strlen(w->french)))
                return w->name;
        }
    return NULL;
}
