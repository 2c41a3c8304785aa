#include "schedule_words.h"

#include "schedule.h"
#include "text.h"

#include <string.h>

#define NUMBER_MAX 99999

/* What words mean, folded (lower case, no accents), tokens parted by one space; an elided word
 * keeps its apostrophe. A star at the end stands for any ending. */
struct meaning {
    const char *words;
    enum schedule_class class;
    int value;
};

static const struct meaning meanings[] = {
    /* clang-format off */
    {"january", WORD_MONTH, 1}, {"janvier", WORD_MONTH, 1}, {"janv", WORD_MONTH, 1},
    {"jan", WORD_MONTH, 1}, {"february", WORD_MONTH, 2}, {"fevrier", WORD_MONTH, 2},
    {"fevr", WORD_MONTH, 2}, {"fev", WORD_MONTH, 2}, {"feb", WORD_MONTH, 2},
    {"march", WORD_MONTH, 3}, {"mars", WORD_MONTH, 3}, {"mar", WORD_MONTH, 3},
    {"april", WORD_MONTH, 4}, {"avril", WORD_MONTH, 4}, {"avr", WORD_MONTH, 4},
    {"apr", WORD_MONTH, 4}, {"may", WORD_MONTH, 5}, {"mai", WORD_MONTH, 5}, {"june", WORD_MONTH, 6},
    {"juin", WORD_MONTH, 6}, {"jun", WORD_MONTH, 6}, {"july", WORD_MONTH, 7},
    {"juillet", WORD_MONTH, 7}, {"juil", WORD_MONTH, 7}, {"jul", WORD_MONTH, 7},
    {"august", WORD_MONTH, 8}, {"aout", WORD_MONTH, 8}, {"aug", WORD_MONTH, 8},
    {"september", WORD_MONTH, 9}, {"septembre", WORD_MONTH, 9}, {"sept", WORD_MONTH, 9},
    {"sep", WORD_MONTH, 9}, {"october", WORD_MONTH, 10}, {"octobre", WORD_MONTH, 10},
    {"oct", WORD_MONTH, 10}, {"november", WORD_MONTH, 11}, {"novembre", WORD_MONTH, 11},
    {"nov", WORD_MONTH, 11}, {"december", WORD_MONTH, 12}, {"decembre", WORD_MONTH, 12},
    {"dec", WORD_MONTH, 12},
    {"winter", WORD_SEASON, 1}, {"hiver", WORD_SEASON, 1}, {"spring", WORD_SEASON, 2},
    {"printemps", WORD_SEASON, 2}, {"summer", WORD_SEASON, 3}, {"ete", WORD_SEASON, 3},
    {"fall", WORD_SEASON, 4}, {"autumn", WORD_SEASON, 4}, {"automne", WORD_SEASON, 4},
    {"q1", WORD_QUARTER, 1}, {"t1", WORD_QUARTER, 1}, {"q2", WORD_QUARTER, 2},
    {"t2", WORD_QUARTER, 2}, {"q3", WORD_QUARTER, 3}, {"t3", WORD_QUARTER, 3},
    {"q4", WORD_QUARTER, 4}, {"t4", WORD_QUARTER, 4},
    {"quarter", WORD_TRIMESTER, 0}, {"trimestre", WORD_TRIMESTER, 0}, {"trim", WORD_TRIMESTER, 0},
    {"first", WORD_ORDINAL, 1}, {"premier", WORD_ORDINAL, 1}, {"premiere", WORD_ORDINAL, 1},
    {"second", WORD_ORDINAL, 2}, {"seconde", WORD_ORDINAL, 2}, {"deuxieme", WORD_ORDINAL, 2},
    {"third", WORD_ORDINAL, 3}, {"troisieme", WORD_ORDINAL, 3}, {"fourth", WORD_ORDINAL, 4},
    {"quatrieme", WORD_ORDINAL, 4},
    {"one", WORD_NUMBER, 1}, {"un", WORD_NUMBER, 1}, {"une", WORD_NUMBER, 1},
    {"once", WORD_NUMBER, 1}, {"two", WORD_NUMBER, 2}, {"deux", WORD_NUMBER, 2},
    {"twice", WORD_NUMBER, 2}, {"three", WORD_NUMBER, 3}, {"trois", WORD_NUMBER, 3},
    {"four", WORD_NUMBER, 4}, {"quatre", WORD_NUMBER, 4}, {"five", WORD_NUMBER, 5},
    {"cinq", WORD_NUMBER, 5}, {"six", WORD_NUMBER, 6}, {"seven", WORD_NUMBER, 7},
    {"sept", WORD_NUMBER, 7}, {"eight", WORD_NUMBER, 8}, {"huit", WORD_NUMBER, 8},
    {"nine", WORD_NUMBER, 9}, {"neuf", WORD_NUMBER, 9}, {"ten", WORD_NUMBER, 10},
    {"dix", WORD_NUMBER, 10}, {"eleven", WORD_NUMBER, 11}, {"onze", WORD_NUMBER, 11},
    {"twelve", WORD_NUMBER, 12}, {"douze", WORD_NUMBER, 12},
    {"monday", WORD_WEEKDAY, 1}, {"lundi", WORD_WEEKDAY, 1}, {"tuesday", WORD_WEEKDAY, 2},
    {"mardi", WORD_WEEKDAY, 2}, {"wednesday", WORD_WEEKDAY, 3}, {"mercredi", WORD_WEEKDAY, 3},
    {"thursday", WORD_WEEKDAY, 4}, {"jeudi", WORD_WEEKDAY, 4}, {"friday", WORD_WEEKDAY, 5},
    {"vendredi", WORD_WEEKDAY, 5}, {"saturday", WORD_WEEKDAY, 6}, {"samedi", WORD_WEEKDAY, 6},
    {"sunday", WORD_WEEKDAY, 7}, {"dimanche", WORD_WEEKDAY, 7},
    {"to", WORD_TO, 0}, {"until", WORD_TO, 0}, {"through", WORD_TO, 0}, {"thru", WORD_TO, 0},
    {"a", WORD_TO, 0}, {"au", WORD_TO, 0}, {"aux", WORD_TO, 0}, {"jusqu' a", WORD_TO, 0},
    {"jusqu' au", WORD_TO, 0}, {"jusqu' en", WORD_TO, 0},
    {"from", WORD_FROM, 0},
    {"between", WORD_BETWEEN, 0}, {"entre", WORD_BETWEEN, 0},
    {"and", WORD_AND, 0}, {"et", WORD_AND, 0},
    {"or", WORD_OR, 0}, {"ou", WORD_OR, 0},
    {"in", WORD_FILLER, 1}, {"on", WORD_FILLER, 1}, {"by", WORD_FILLER, 1},
    {"during", WORD_FILLER, 1}, {"for", WORD_FILLER, 1}, {"no later than", WORD_FILLER, 1},
    {"a", WORD_FILLER, 1}, {"au", WORD_FILLER, 1}, {"aux", WORD_FILLER, 1}, {"en", WORD_FILLER, 1},
    {"dans", WORD_FILLER, 1}, {"durant", WORD_FILLER, 1}, {"pendant", WORD_FILLER, 1},
    {"courant", WORD_FILLER, 1}, {"au cours", WORD_FILLER, 1}, {"d' ici", WORD_FILLER, 1},
    {"au plus tard", WORD_FILLER, 1}, {"pour", WORD_FILLER, 1}, {"month", WORD_FILLER, 1},
    {"mois", WORD_FILLER, 1}, {"year", WORD_FILLER, 1}, {"annee", WORD_FILLER, 1},
    {"an", WORD_FILLER, 1}, {"the", WORD_FILLER, 0}, {"of", WORD_FILLER, 0}, {"le", WORD_FILLER, 0},
    {"la", WORD_FILLER, 0}, {"l'", WORD_FILLER, 0}, {"de", WORD_FILLER, 0}, {"du", WORD_FILLER, 0},
    {"d'", WORD_FILLER, 0},
    {"of the", WORD_OF, 0}, {"of", WORD_OF, 0}, {"for the", WORD_OF, 1}, {"for", WORD_OF, 1},
    {"de la", WORD_OF, 0}, {"de l'", WORD_OF, 0}, {"du", WORD_OF, 0}, {"des", WORD_OF, 0},
    {"de", WORD_OF, 0}, {"d'", WORD_OF, 0}, {"pour le", WORD_OF, 1}, {"pour la", WORD_OF, 1},
    {"pour les", WORD_OF, 1}, {"pour l'", WORD_OF, 1}, {"pour", WORD_OF, 1},
    {"the", WORD_ARTICLE, 0}, {"le", WORD_ARTICLE, 0}, {"la", WORD_ARTICLE, 0},
    {"les", WORD_ARTICLE, 0}, {"l'", WORD_ARTICLE, 0},
    {"per", WORD_PER, 0}, {"a", WORD_PER, 0}, {"par", WORD_PER, 0}, {"l'", WORD_PER, 0},
    {"each", WORD_PER, 0}, {"every", WORD_PER, 0}, {"chaque", WORD_PER, 0},
    {"year", WORD_UNIT, 1}, {"annum", WORD_UNIT, 1}, {"an", WORD_UNIT, 1}, {"ans", WORD_UNIT, 1},
    {"annee", WORD_UNIT, 1}, {"annees", WORD_UNIT, 1}, {"years", WORD_UNIT, 1},
    {"semester", WORD_UNIT, 2}, {"semestre", WORD_UNIT, 2}, {"quarter", WORD_UNIT, 4},
    {"trimestre", WORD_UNIT, 4}, {"month", WORD_UNIT, 12}, {"months", WORD_UNIT, 12},
    {"mois", WORD_UNIT, 12}, {"week", WORD_UNIT, 52}, {"weeks", WORD_UNIT, 52},
    {"semaine", WORD_UNIT, 52}, {"semaines", WORD_UNIT, 52}, {"day", WORD_UNIT, 365},
    {"jour", WORD_UNIT, 365},
    {"every", WORD_EVERY, 0}, {"each", WORD_EVERY, 0}, {"tous les", WORD_EVERY, 0},
    {"toutes les", WORD_EVERY, 0}, {"chaque", WORD_EVERY, 0}, {"aux", WORD_EVERY, 0},
    {"annual", WORD_FREQUENCY, 1}, {"annually", WORD_FREQUENCY, 1}, {"yearly", WORD_FREQUENCY, 1},
    {"annuel*", WORD_FREQUENCY, 1}, {"semiannual", WORD_FREQUENCY, 2},
    {"semiannually", WORD_FREQUENCY, 2}, {"semestriel*", WORD_FREQUENCY, 2},
    {"quarterly", WORD_FREQUENCY, 4}, {"trimestriel*", WORD_FREQUENCY, 4},
    {"bimestriel*", WORD_FREQUENCY, 6}, {"monthly", WORD_FREQUENCY, 12},
    {"mensuel*", WORD_FREQUENCY, 12}, {"bimensuel*", WORD_FREQUENCY, 24},
    {"weekly", WORD_FREQUENCY, 52}, {"hebdomadaire*", WORD_FREQUENCY, 52},
    {"daily", WORD_FREQUENCY, 365}, {"quotidien*", WORD_FREQUENCY, 365},
    {"annually", WORD_YEARLY, 1}, {"yearly", WORD_YEARLY, 1}, {"annuellement", WORD_YEARLY, 1},
    {"time", WORD_TIMES, 0}, {"times", WORD_TIMES, 0}, {"fois", WORD_TIMES, 0},
    {"meeting", WORD_TIMES, 0}, {"meetings", WORD_TIMES, 0}, {"rencontre", WORD_TIMES, 0},
    {"rencontres", WORD_TIMES, 0}, {"reunion", WORD_TIMES, 0}, {"reunions", WORD_TIMES, 0},
    {"session", WORD_TIMES, 0}, {"sessions", WORD_TIMES, 0}, {"seance", WORD_TIMES, 0},
    {"seances", WORD_TIMES, 0},
    {"ongoing", WORD_MODE, SCHEDULE_CONTINUOUS}, {"on - going", WORD_MODE, SCHEDULE_CONTINUOUS},
    {"on an ongoing basis", WORD_MODE, SCHEDULE_CONTINUOUS},
    {"continuous", WORD_MODE, SCHEDULE_CONTINUOUS},
    {"continuously", WORD_MODE, SCHEDULE_CONTINUOUS}, {"all year", WORD_MODE, SCHEDULE_CONTINUOUS},
    {"all year round", WORD_MODE, SCHEDULE_CONTINUOUS},
    {"all year - round", WORD_MODE, SCHEDULE_CONTINUOUS},
    {"year - round", WORD_MODE, SCHEDULE_CONTINUOUS},
    {"throughout the year", WORD_MODE, SCHEDULE_CONTINUOUS},
    {"en continu", WORD_MODE, SCHEDULE_CONTINUOUS},
    {"en permanence", WORD_MODE, SCHEDULE_CONTINUOUS},
    {"en tout temps", WORD_MODE, SCHEDULE_CONTINUOUS},
    {"toute l' annee", WORD_MODE, SCHEDULE_CONTINUOUS},
    {"tout au long de l' annee", WORD_MODE, SCHEDULE_CONTINUOUS},
    {"a longueur d' annee", WORD_MODE, SCHEDULE_CONTINUOUS},
    {"de facon continue", WORD_MODE, SCHEDULE_CONTINUOUS},
    {"de maniere continue", WORD_MODE, SCHEDULE_CONTINUOUS},
    {"as needed", WORD_MODE, SCHEDULE_AS_NEEDED}, {"as required", WORD_MODE, SCHEDULE_AS_NEEDED},
    {"as necessary", WORD_MODE, SCHEDULE_AS_NEEDED}, {"when needed", WORD_MODE, SCHEDULE_AS_NEEDED},
    {"if needed", WORD_MODE, SCHEDULE_AS_NEEDED}, {"if necessary", WORD_MODE, SCHEDULE_AS_NEEDED},
    {"on demand", WORD_MODE, SCHEDULE_AS_NEEDED}, {"on request", WORD_MODE, SCHEDULE_AS_NEEDED},
    {"according to need", WORD_MODE, SCHEDULE_AS_NEEDED},
    {"according to needs", WORD_MODE, SCHEDULE_AS_NEEDED},
    {"au besoin", WORD_MODE, SCHEDULE_AS_NEEDED},
    {"selon les besoins", WORD_MODE, SCHEDULE_AS_NEEDED},
    {"selon le besoin", WORD_MODE, SCHEDULE_AS_NEEDED},
    {"selon besoin", WORD_MODE, SCHEDULE_AS_NEEDED},
    {"suivant les besoins", WORD_MODE, SCHEDULE_AS_NEEDED},
    {"si besoin", WORD_MODE, SCHEDULE_AS_NEEDED}, {"si necessaire", WORD_MODE, SCHEDULE_AS_NEEDED},
    {"sur demande", WORD_MODE, SCHEDULE_AS_NEEDED},
    {"to be determined", WORD_MODE, SCHEDULE_TO_BE_SET},
    {"to be confirmed", WORD_MODE, SCHEDULE_TO_BE_SET},
    {"to be set", WORD_MODE, SCHEDULE_TO_BE_SET},
    {"to be announced", WORD_MODE, SCHEDULE_TO_BE_SET},
    {"to be decided", WORD_MODE, SCHEDULE_TO_BE_SET},
    {"to be defined", WORD_MODE, SCHEDULE_TO_BE_SET}, {"tbd", WORD_MODE, SCHEDULE_TO_BE_SET},
    {"tbc", WORD_MODE, SCHEDULE_TO_BE_SET}, {"tba", WORD_MODE, SCHEDULE_TO_BE_SET},
    {"a determiner", WORD_MODE, SCHEDULE_TO_BE_SET}, {"a confirmer", WORD_MODE, SCHEDULE_TO_BE_SET},
    {"a preciser", WORD_MODE, SCHEDULE_TO_BE_SET}, {"a fixer", WORD_MODE, SCHEDULE_TO_BE_SET},
    {"a etablir", WORD_MODE, SCHEDULE_TO_BE_SET}, {"a definir", WORD_MODE, SCHEDULE_TO_BE_SET},
    {"a convenir", WORD_MODE, SCHEDULE_TO_BE_SET}, {"a venir", WORD_MODE, SCHEDULE_TO_BE_SET},
    {"continu", WORD_ALONE, SCHEDULE_CONTINUOUS}, {"continue", WORD_ALONE, SCHEDULE_CONTINUOUS},
    {"continus", WORD_ALONE, SCHEDULE_CONTINUOUS}, {"continues", WORD_ALONE, SCHEDULE_CONTINUOUS},
    {"continual", WORD_ALONE, SCHEDULE_CONTINUOUS}, {"permanent", WORD_ALONE, SCHEDULE_CONTINUOUS},
    {"permanente", WORD_ALONE, SCHEDULE_CONTINUOUS},
    {"calendar", WORD_GENERAL, 0}, {"calendrier", WORD_GENERAL, 0}, {"date", WORD_GENERAL, 0},
    {"dates", WORD_GENERAL, 0}, {"deadline", WORD_GENERAL, 0}, {"deadlines", WORD_GENERAL, 0},
    {"schedule", WORD_GENERAL, 0}, {"timeline", WORD_GENERAL, 0}, {"echeance", WORD_GENERAL, 0},
    {"echeances", WORD_GENERAL, 0}, {"echeancier", WORD_GENERAL, 0}, {"horaire", WORD_GENERAL, 0},
    {"periode", WORD_GENERAL, 0},
    {"according to", WORD_ACCORDING, 0}, {"in accordance with", WORD_ACCORDING, 0},
    {"as per", WORD_ACCORDING, 0}, {"per", WORD_ACCORDING, 0}, {"following", WORD_ACCORDING, 0},
    {"selon", WORD_ACCORDING, 0}, {"suivant", WORD_ACCORDING, 0}, {"d' apres", WORD_ACCORDING, 0},
    {"calendar", WORD_CALENDAR, 1}, {"calendrier", WORD_CALENDAR, 1}, {"date", WORD_CALENDAR, 1},
    {"dates", WORD_CALENDAR, 1}, {"schedule", WORD_CALENDAR, 1}, {"echeancier", WORD_CALENDAR, 1},
    {"horaire", WORD_CALENDAR, 1}, {"programme", WORD_CALENDAR, 1},
    {"programmation", WORD_CALENDAR, 1}, {"meeting", WORD_CALENDAR, 2},
    {"meetings", WORD_CALENDAR, 2}, {"event", WORD_CALENDAR, 2}, {"events", WORD_CALENDAR, 2},
    {"activities", WORD_CALENDAR, 2}, {"sessions", WORD_CALENDAR, 2},
    {"rencontre", WORD_CALENDAR, 2}, {"rencontres", WORD_CALENDAR, 2},
    {"reunion", WORD_CALENDAR, 2}, {"reunions", WORD_CALENDAR, 2}, {"seances", WORD_CALENDAR, 2},
    {"evenements", WORD_CALENDAR, 2}, {"activites", WORD_CALENDAR, 2},
    {"by", WORD_BY, 0}, {"par", WORD_BY, 0},
    {"before", WORD_EDGE, 0}, {"after", WORD_EDGE, 0}, {"early", WORD_EDGE, 0},
    {"mid", WORD_EDGE, 0}, {"late", WORD_EDGE, 0}, {"end", WORD_EDGE, 0}, {"start", WORD_EDGE, 0},
    {"beginning", WORD_EDGE, 0}, {"since", WORD_EDGE, 0}, {"around", WORD_EDGE, 0},
    {"about", WORD_EDGE, 0}, {"week", WORD_EDGE, 0}, {"from", WORD_EDGE, 0},
    {"until", WORD_EDGE, 0}, {"mi", WORD_EDGE, 0}, {"debut", WORD_EDGE, 0}, {"fin", WORD_EDGE, 0},
    {"avant", WORD_EDGE, 0}, {"apres", WORD_EDGE, 0}, {"depuis", WORD_EDGE, 0},
    {"vers", WORD_EDGE, 0}, {"environ", WORD_EDGE, 0}, {"semaine", WORD_EDGE, 0},
    {"partir", WORD_EDGE, 0}, {"des", WORD_EDGE, 0}, {"entre", WORD_EDGE, 0},
    {"between", WORD_EDGE, 0}, {"jusqu*", WORD_EDGE, 0}, {"quinzaine", WORD_EDGE, 0},
    {"moitie", WORD_EDGE, 0}, {"half", WORD_EDGE, 0}, {"dernier*", WORD_EDGE, 0},
    {"prochain*", WORD_EDGE, 0}, {"next", WORD_EDGE, 0}, {"last", WORD_EDGE, 0},
    {"not", WORD_HEDGE, 0}, {"no", WORD_HEDGE, 0}, {"without", WORD_HEDGE, 0},
    {"except", WORD_HEDGE, 0}, {"maybe", WORD_HEDGE, 0}, {"perhaps", WORD_HEDGE, 0},
    {"possibly", WORD_HEDGE, 0}, {"probably", WORD_HEDGE, 0}, {"if", WORD_HEDGE, 0},
    {"cancelled", WORD_HEDGE, 0}, {"canceled", WORD_HEDGE, 0}, {"postponed", WORD_HEDGE, 0},
    {"unless", WORD_HEDGE, 0}, {"pas", WORD_HEDGE, 0}, {"non", WORD_HEDGE, 0},
    {"aucun*", WORD_HEDGE, 0}, {"sans", WORD_HEDGE, 0}, {"sauf", WORD_HEDGE, 0},
    {"peut", WORD_HEDGE, 0}, {"possible*", WORD_HEDGE, 0}, {"possiblement", WORD_HEDGE, 0},
    {"probable*", WORD_HEDGE, 0}, {"si", WORD_HEDGE, 0}, {"annule*", WORD_HEDGE, 0},
    {"reporte*", WORD_HEDGE, 0}, {"jamais", WORD_HEDGE, 0}, {"never", WORD_HEDGE, 0},
    {"ni", WORD_HEDGE, 0},
    /* clang-format on */
};

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* One character of the source, folded; its size in the source, 0 at the end. */
struct character {
    size_t size;
    char folded[5];
};

static struct character character_at(const char *source, size_t at, size_t length)
{
    struct character c = {.size = 0};
    uint32_t codepoint;
    char one[5] = "";
    c.size = text_decode(source + at, length - at, &codepoint);
    if (c.size == 0) {
        return c;
    }
    memcpy(one, source + at, c.size);
    text_fold(one, c.folded, sizeof(c.folded));
    bool bullet = codepoint == 0xB7 || codepoint == 0x2022 || codepoint == 0x2023 ||
                  (codepoint >= 0x25A0 && codepoint <= 0x25FF);
    bool sign =
        (codepoint >= 0x80 && codepoint < 0xC0) || (codepoint >= 0x2000 && codepoint < 0x2C00);
    if (bullet || (sign && (unsigned char)c.folded[0] >= 0x80)) {
        memcpy(c.folded, bullet ? "*" : "?", 2);
    } else if (codepoint >= '\t' && codepoint <= '\r') {
        memcpy(c.folded, " ", 2);
    }
    return c;
}

/* Whether the folded word `word` is the first `length` bytes at `known`, which may end with a star.
 */
static bool word_is(const char *word, const char *known, size_t length)
{
    size_t stem = length > 0 && known[length - 1] == '*' ? length - 1 : length;
    return strncmp(word, known, stem) == 0 && (stem < length || word[stem] == '\0');
}

static void find_meanings(struct schedule_token *token)
{
    if (token->word[0] == '\0') {
        return;
    }
    for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
        if (meanings[i].words[0] != token->word[0]) {
            continue;
        }
        size_t first = strcspn(meanings[i].words, " ");
        if (word_is(token->word, meanings[i].words, first) &&
            token->meaning_count < SCHEDULE_MEANINGS) {
            token->meanings[token->meaning_count++] = (uint16_t)i;
        }
    }
}

static bool ordinal_ending(const char *word)
{
    static const char *const endings[] = {
        "er", "re", "ere", "e", "eme", "ieme", "nd", "nde", "d", "st", "rd", "th"};
    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        if (strcmp(word, endings[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* Tells a number or an ordinal from a word, whose folded text is in `word`. */
static void classify(struct schedule_token *token, const char *word, size_t length)
{
    size_t digits = strspn(word, "0123456789");
    if (digits > 0 && (word[digits] == '\0' || ordinal_ending(word + digits))) {
        token->kind = TOKEN_NUMBER;
        token->digits = (int)digits;
        token->ordinal = word[digits] != '\0';
        for (size_t i = 0; i < digits && token->number < NUMBER_MAX; i++) {
            token->number = token->number * 10 + (word[i] - '0');
        }
        token->number = token->number > NUMBER_MAX ? NUMBER_MAX : token->number;
        return;
    }
    token->kind = TOKEN_WORD;
    for (size_t i = 0; i < length; i++) {
        token->letters += is_letter(word[i]);
    }
    if (length < sizeof(token->word)) {
        memcpy(token->word, word, length + 1);
    }
    find_meanings(token);
}

/* Reads the word or number that starts at `at`; returns its end in the source. An apostrophe ends a
 * word and belongs to it. */
static size_t cut_word(const char *source, size_t at, size_t length, struct schedule_token *token)
{
    char word[2 * SCHEDULE_TEXT_MAX];
    size_t used = 0;
    for (;;) {
        struct character c = character_at(source, at, length);
        char first = c.folded[0];
        bool ending = first == '\'';
        if (c.size == 0 || !(first == '\0' || is_letter(first) || is_digit(first) || ending)) {
            break;
        }
        size_t bytes = strlen(c.folded);
        if (used + bytes < sizeof(word)) {
            memcpy(word + used, c.folded, bytes);
            used += bytes;
        }
        at += c.size;
        if (ending) {
            break;
        }
    }
    word[used] = '\0';
    classify(token, word, used);
    return at;
}

bool schedule_words_cut(const char *source, size_t length, struct schedule_line *line_r)
{
    line_r->source = source;
    line_r->count = 0;
    if (length > SCHEDULE_TEXT_MAX) {
        return false;
    }
    for (size_t at = 0; at < length;) {
        struct character c = character_at(source, at, length);
        char first = c.folded[0];
        if (c.size == 0 || (first > '\0' && first < ' ') || first == 0x7F ||
            (first == '\0' && source[at] == '\0')) {
            return false;
        }
        if (first == ' ' || first == '\0') {
            at += c.size;
            continue;
        }
        if (line_r->count == SCHEDULE_TOKENS) {
            return false;
        }
        struct schedule_token *token = &line_r->tokens[line_r->count++];
        *token = (struct schedule_token){.start = (uint16_t)at, .kind = TOKEN_MARK, .mark = first};
        at =
            is_letter(first) || is_digit(first) ? cut_word(source, at, length, token) : at + c.size;
        token->end = (uint16_t)at;
    }
    return true;
}

/* How many tokens from `at` on are the words of a row; 0 when they are not. */
static size_t row_match(const struct schedule_line *line, size_t at, size_t end, const char *words)
{
    size_t count = 0;
    while (*words != '\0') {
        size_t length = strcspn(words, " ");
        if (at + count >= end) {
            return 0;
        }
        const struct schedule_token *token = &line->tokens[at + count];
        const char mark[2] = {token->mark, '\0'};
        if (token->kind == TOKEN_NUMBER ||
            !word_is(token->kind == TOKEN_MARK ? mark : token->word, words, length)) {
            return 0;
        }
        words += length + (words[length] == ' ');
        count++;
    }
    return count;
}

size_t schedule_words_match(
    const struct schedule_cursor *c, enum schedule_class class, int *value_r)
{
    const struct schedule_token *token = schedule_words_token(c);
    size_t longest = 0;
    for (size_t i = 0; token && i < token->meaning_count; i++) {
        const struct meaning *row = &meanings[token->meanings[i]];
        size_t count = row->class == class ? row_match(c->line, c->at, c->end, row->words) : 0;
        if (count > longest) {
            longest = count;
            if (value_r) {
                *value_r = row->value;
            }
        }
    }
    return longest;
}

bool schedule_words_take(struct schedule_cursor *c, enum schedule_class class, int *value_r)
{
    size_t count = schedule_words_match(c, class, value_r);
    c->at += count;
    return count > 0;
}

bool schedule_words_mark(struct schedule_cursor *c, char mark)
{
    const struct schedule_token *token = schedule_words_token(c);
    bool found = token && token->kind == TOKEN_MARK && token->mark == mark;
    c->at += found;
    return found;
}

const struct schedule_token *schedule_words_token(const struct schedule_cursor *c)
{
    return c->at < c->end ? &c->line->tokens[c->at] : NULL;
}

bool schedule_words_names(const struct schedule_cursor *c)
{
    const struct schedule_token *token = schedule_words_token(c);
    return token->kind == TOKEN_WORD &&
           (token->meaning_count == 0 || schedule_words_match(c, WORD_TIMES, NULL) > 0 ||
               schedule_words_match(c, WORD_GENERAL, NULL) > 0 ||
               schedule_words_match(c, WORD_CALENDAR, NULL) > 0);
}
