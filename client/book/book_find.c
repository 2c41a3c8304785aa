/* What a person means by a word. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "book/book_internal.h"
#include "date.h"
#include "text.h"

#define WORD_SIZE 256
#define NEAR_MAX ((size_t)16)
#define PART_LENGTH 3 /* letters that the middle of a name must share to be meant */

/* How well a name fits the word, from not at all to letter for letter. */
enum fit { FIT_NOT, FIT_PART, FIT_BEGINNING, FIT_WHOLE };

/* Where names fit alike, a committee is meant before a partner organization. */
#define FIT_RANK(fit, partner) ((int)(fit)*2 - ((partner) ? 1 : 0))

struct finder {
    const struct book *book;
    uint64_t kinds;
    int32_t today;
    char word[WORD_SIZE];   /* trimmed, as typed */
    char folded[WORD_SIZE]; /* as `fold` makes it */
    const struct book_entry **near_r;
    size_t near_max;
    size_t n_found;
    const struct book_entry *first;
};

/* Dashes are spaces, and spaces come alone: "trois rivieres" is "Trois-Rivières". */
static void fold(const char *text, char folded_r[WORD_SIZE])
{
    size_t length = 0;

    text_fold(text, folded_r, WORD_SIZE);
    for (const char *c = folded_r; *c != '\0'; c++) {
        char folded = *c == '-' || *c == '\n' || *c == '\t' || *c == '\r' ? ' ' : *c;

        if (folded != ' ' || (length > 0 && folded_r[length - 1] != ' '))
            folded_r[length++] = folded;
    }
    while (length > 0 && folded_r[length - 1] == ' ')
        length--;
    folded_r[length] = '\0';
}

static bool is_wanted(const struct finder *finder, const struct book_entry *entry)
{
    return finder->kinds >> entry->kind->id & 1;
}

static void add_found(struct finder *finder, const struct book_entry *entry)
{
    if (finder->n_found == 0)
        finder->first = entry;
    if (finder->n_found < finder->near_max)
        finder->near_r[finder->n_found] = entry;
    finder->n_found++;
}

/* The higher, the likelier meant; in the order of the contract. */
static int64_t plan_rank(const struct book_entry *plan, int32_t today)
{
    int32_t starts_on = book_date(plan, "starts_on"), ends_on = book_date(plan, "ends_on");
    int64_t type = book_number(plan, "type", CONCERT__PLAN__TYPE__ANNUAL);
    bool in_force =
        starts_on != DATE_NONE && starts_on <= today && (ends_on == DATE_NONE || today <= ends_on);
    int64_t rank = in_force;

    rank = rank << 1 | (type != CONCERT__PLAN__TYPE__LOCAL);
    rank = rank << 1 | (book_number(plan, "status", 0) == CONCERT__PLAN__STATUS__ADOPTED);
    rank = rank << 1 | (record_reference(plan->body, plan->kind, "parent") == NULL);
    rank = rank << 1 | (type == CONCERT__PLAN__TYPE__ANNUAL);
    return (rank << 32) + (starts_on == DATE_NONE ? INT32_MIN : starts_on);
}

int book_compare_plans(const struct book_entry *a, const struct book_entry *b, int32_t today)
{
    int64_t left = a == NULL ? INT64_MIN : plan_rank(a, today);
    int64_t right = b == NULL ? INT64_MIN : plan_rank(b, today);

    return left == right ? 0 : left > right ? 1 : -1;
}

/* Entries with that handle; of numbers only those of `plan`, or without one those of the best plan.
 */
static void find_handle(struct finder *finder, const char *handle, const struct book_entry *plan)
{
    const struct book_entry *best = NULL;

    for (size_t i = 0; i < finder->book->n_sorted; i++) {
        const struct book_entry *entry = finder->book->sorted[i];
        int order;

        if (!is_wanted(finder, entry) || strcasecmp(entry->handle, handle) != 0)
            continue;
        if (plan != NULL && book_plan(finder->book, entry) != plan)
            continue;
        if (entry->kind->prefix == NULL) {
            const struct book_entry *of = book_plan(finder->book, entry);

            order = book_compare_plans(of, best, finder->today);
            if (finder->n_found > 0 && order < 0)
                continue;
            if (order > 0)
                finder->n_found = 0;
            best = of;
        }
        add_found(finder, entry);
    }
}

/* "PL2/2.1.3" */
static void find_in_plan(struct finder *finder)
{
    const char *slash = strchr(finder->word, '/');
    struct finder plans = {.book = finder->book, .kinds = KIND_BIT(PLAN), .today = finder->today};

    if (slash == NULL)
        return;
    memcpy(plans.word, finder->word, (size_t)(slash - finder->word));
    find_handle(&plans, plans.word, NULL);
    if (plans.n_found == 1)
        find_handle(finder, slash + 1, plans.first);
}

/* "~3", also after the server has given another handle */
static void find_provisional(struct finder *finder)
{
    uint64_t number;
    char *end;

    if (finder->word[0] != '~')
        return;
    number = strtoull(finder->word + 1, &end, 10);
    for (const struct book_alias *a = finder->book->aliases; a != NULL && *end == '\0';
         a = a->next) {
        const struct book_entry *entry = book_get(finder->book, a->id);

        if (a->number == number && entry != NULL && is_wanted(finder, entry))
            add_found(finder, entry);
    }
}

/* Publics are known by their numbers: "3". */
static void find_audience(struct finder *finder)
{
    size_t count;
    const struct book_entry *const *all = book_list(finder->book, CONCERT__KIND__AUDIENCE, &count);
    char *end;
    long number = strtol(finder->word, &end, 10);

    for (size_t i = 0; i < count && *end == '\0'; i++)
        if (is_wanted(finder, all[i]) && book_number(all[i], "number", 0) == number)
            add_found(finder, all[i]);
}

static void find_id(struct finder *finder)
{
    uint8_t id[UUID_SIZE];
    const struct book_entry *entry;

    if (!uuid_parse(finder->word, id))
        return;
    entry = book_get(finder->book, id);
    if (entry != NULL && is_wanted(finder, entry))
        add_found(finder, entry);
}

static enum fit fit_name(const char *word, const char *name)
{
    char folded[WORD_SIZE];
    size_t length = strlen(word);

    if (name == NULL || length == 0)
        return FIT_NOT;
    fold(name, folded);
    if (strncmp(folded, word, length) == 0)
        return folded[length] == '\0' ? FIT_WHOLE : FIT_BEGINNING;
    if (length < PART_LENGTH)
        return FIT_NOT;
    for (const char *at = strstr(folded, word); at != NULL; at = strstr(at + 1, word))
        if (strchr(" '(/,", at[-1]) != NULL)
            return FIT_PART;
    return FIT_NOT;
}

/* Fields by which people name a record, beside the kind's label. */
static const char *const name_fields[] = {"name", "short_name", "title", "code"};
#define N_NAME_FIELDS (sizeof(name_fields) / sizeof(name_fields[0]))

static const char *entry_name(const struct book_entry *entry, size_t index)
{
    if (index < N_NAME_FIELDS)
        return book_text(entry, name_fields[index]);
    return entry->kind->label == NULL ? NULL : book_text(entry, entry->kind->label);
}

static bool is_partner(const struct book_entry *entry)
{
    return entry->kind->id == CONCERT__KIND__PARTY &&
           book_number(entry, "type", 0) == CONCERT__PARTY__TYPE__PARTNER;
}

static bool looks_like_number(const char *word)
{
    return word[0] != '\0' && strspn(word, "0123456789.") == strlen(word);
}

/* "PA14": letters, then digits alone. */
static bool looks_like_handle(const char *word)
{
    size_t letters = strcspn(word, "0123456789");

    return letters > 0 && letters <= 3 && word[letters] != '\0' &&
           strspn(word + letters, "0123456789") == strlen(word + letters);
}

/* The best of its names. A handle that there is not is no part of a text that speaks of it. */
static enum fit fit_entry(const struct finder *finder, const struct book_entry *entry)
{
    enum fit best = FIT_NOT, least = looks_like_handle(finder->word) ? FIT_WHOLE : FIT_PART;

    for (size_t i = 0; i <= N_NAME_FIELDS; i++) {
        enum fit fit = fit_name(finder->folded, entry_name(entry, i));

        best = fit > best ? fit : best;
    }
    return best < least ? FIT_NOT : best;
}

/* Entries, among these kinds, whose names fit best. */
static void find_name(struct finder *finder, uint64_t among)
{
    int best = 0;

    finder->n_found = 0;
    for (size_t i = 0; i < finder->book->n_sorted; i++) {
        const struct book_entry *entry = finder->book->sorted[i];
        enum fit fit = among >> entry->kind->id & 1 ? fit_entry(finder, entry) : FIT_NOT;
        int rank = FIT_RANK(fit, is_partner(entry));

        if (fit == FIT_NOT || rank < best)
            continue;
        if (rank > best)
            finder->n_found = 0;
        best = rank;
        add_found(finder, entry);
    }
}

/* Numbers are near by one sign, or by being of what the word numbers. */
static size_t distance_of_number(const char *word, const char *number)
{
    size_t length = strlen(word), off = text_distance(word, number);

    if (strncmp(number, word, length) == 0 && number[length] == '.')
        return 1;
    return off <= 1 ? off : SIZE_MAX;
}

/* How many letters off the entry is, by what the word looks like: a number offers numbers, a handle
 * those of its kind, a name names. */
static size_t distance(const struct finder *finder, const struct book_entry *entry)
{
    bool numbered = entry->kind->prefix == NULL;
    size_t best = SIZE_MAX;

    if (looks_like_number(finder->word))
        return numbered ? distance_of_number(finder->word, entry->handle) : SIZE_MAX;
    if (looks_like_handle(finder->word)) {
        size_t letters = strcspn(finder->word, "0123456789");

        return !numbered && strncasecmp(finder->word, entry->handle, letters) == 0
                   ? text_distance(finder->word, entry->handle)
                   : SIZE_MAX;
    }
    for (size_t i = 0; i <= N_NAME_FIELDS; i++) {
        const char *name = entry_name(entry, i);
        size_t off = name == NULL ? best : text_distance(finder->word, name);

        best = off < best ? off : best;
    }
    return best;
}

/* Keeps the nearest few, the nearest first. */
static void find_near(struct finder *finder)
{
    size_t most = finder->near_max < NEAR_MAX ? finder->near_max : NEAR_MAX;
    size_t allowed = strlen(finder->word) / 3 + 1;
    size_t off[NEAR_MAX];

    for (size_t i = 0; i < finder->book->n_sorted && most > 0; i++) {
        const struct book_entry *entry = finder->book->sorted[i];
        size_t here = is_wanted(finder, entry) ? distance(finder, entry) : SIZE_MAX;
        size_t at = finder->n_found;

        if (here > allowed || (at == most && here >= off[most - 1]))
            continue;
        if (at == most)
            at--;
        else
            finder->n_found++;
        for (; at > 0 && off[at - 1] > here; at--) {
            off[at] = off[at - 1];
            finder->near_r[at] = finder->near_r[at - 1];
        }
        off[at] = here;
        finder->near_r[at] = entry;
    }
}

/* A committee's account has the committee's name: who says the name means the committee. */
static void find_names(struct finder *finder)
{
    const uint64_t behind = KIND_BIT(ACCOUNT) | KIND_BIT(DEVICE) | KIND_BIT(MEMBERSHIP);

    find_name(finder, finder->kinds & ~behind);
    if (finder->n_found != 1 && (finder->kinds & behind) != 0)
        find_name(finder, finder->kinds);
}

static void find_all(struct finder *finder)
{
    find_provisional(finder);
    if (finder->n_found == 0)
        find_id(finder);
    if (finder->n_found == 0)
        find_handle(finder, finder->word, NULL);
    if (finder->n_found == 0)
        find_in_plan(finder);
    if (finder->n_found == 0)
        find_audience(finder);
    if (finder->n_found == 0 && !looks_like_number(finder->word))
        find_names(finder);
}

static void take_word(struct finder *finder, const char *word)
{
    size_t length;

    text_copy(finder->word, sizeof(finder->word), word);
    text_trim(finder->word);
    length = strlen(finder->word);
    if (length > 1 && finder->word[length - 1] == '.')
        finder->word[length - 1] = '\0';
    fold(finder->word, finder->folded);
}

enum book_found book_find(const struct book *book, const char *word, uint64_t kinds_mask,
    int32_t today, const struct book_entry **entry_r, const struct book_entry **near_r,
    size_t near_max, size_t *n_near_r)
{
    struct finder finder = {
        .book = book, .kinds = kinds_mask, .today = today, .near_r = near_r, .near_max = near_max};

    *entry_r = NULL;
    *n_near_r = 0;
    take_word(&finder, word);
    if (finder.word[0] != '\0')
        find_all(&finder);
    if (finder.n_found == 1) {
        *entry_r = finder.first;
        return BOOK_FOUND;
    }
    if (finder.n_found == 0 && finder.word[0] != '\0')
        find_near(&finder);
    *n_near_r = finder.n_found < near_max ? finder.n_found : near_max;
    return finder.first == NULL ? BOOK_NONE : BOOK_SEVERAL;
}
