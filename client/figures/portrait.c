#include "figures/portrait.h"

#include <stdlib.h>
#include <string.h>

#include "date.h"
#include "record.h"
#include "text.h"

#define KEY_SIZE 512
#define DIMENSIONS_MAX 16

/* Units of what cannot be added: how they begin, folded. */
static const char *const rates[] = {"%", "\xe2\x80\xb0", "pour ", "par ", "taux", "ratio", "mois",
    "jour", "semaine", "an", "month", "day", "week", "year", "moyenne", "mediane", "$ par",
    "average", "median", "index", "indice"};

bool portrait_is_total(const char *value)
{
    static const char *const words[] = {"total", "ensemble", "tous", "toutes", "all"};
    char folded[KEY_SIZE];

    text_fold(value, folded, sizeof(folded));
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcmp(folded, words[i]) == 0)
            return true;
    return false;
}

static bool is_additive(const struct book_entry *indicator)
{
    const char *unit = book_text(indicator, "unit");
    char folded[KEY_SIZE];

    if (unit == NULL)
        return true;
    text_fold(unit, folded, sizeof(folded));
    for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
        size_t length = strlen(rates[i]);

        char next = '\0';

        if (strncmp(folded, rates[i], length) != 0)
            continue;
        next = folded[length];
        /* "an" and "ans", not "animaux". */
        if (next == '\0' || next == ' ' || next == 's' || rates[i][length - 1] == ' ')
            return false;
    }
    return true;
}

static const struct book_entry *const *observations(
    const struct book *book, const struct book_entry *indicator, size_t *count_r)
{
    return book_children(book, indicator->id, CONCERT__KIND__OBSERVATION, NULL, count_r);
}

static struct portrait_period period_of(const struct book_entry *observation)
{
    return (struct portrait_period){
        book_date(observation, "period_start"), book_date(observation, "period_end")};
}

static bool same_period(struct portrait_period a, struct portrait_period b)
{
    return a.start == b.start && a.end == b.end;
}

static int newest_first(const void *a, const void *b)
{
    const struct portrait_period *one = a, *two = b;

    if (one->end != two->end)
        return one->end > two->end ? -1 : 1;
    return (one->start < two->start) - (one->start > two->start);
}

const struct portrait_period *portrait_periods(const struct book *book,
    const struct book_entry *indicator, struct arena *arena, size_t *count_r)
{
    size_t count;
    const struct book_entry *const *list = observations(book, indicator, &count);
    struct portrait_period *periods = arena_alloc(arena, (count + 1) * sizeof(*periods));

    *count_r = 0;
    for (size_t i = 0; periods != NULL && i < count; i++) {
        struct portrait_period period = period_of(list[i]);
        size_t j = 0;

        while (j < *count_r && !same_period(periods[j], period))
            j++;
        if (j == *count_r)
            periods[(*count_r)++] = period;
    }
    if (*count_r > 1)
        qsort(periods, *count_r, sizeof(*periods), newest_first);
    return periods;
}

/* --- laying out --------------------------------------------------------------------------------
 */

/* A table in the making. */
struct making {
    const struct book *book;
    struct arena *arena;
    struct portrait *to;
    const struct book_entry *const *list; /* all observations of the indicator */
    size_t count, dimension;
    const char **rows;
    struct portrait_place *places;
    struct portrait_difference *differences;
    bool failed;
};

/* The observation's value of a dimension; "" when it has fewer. */
static const char *dimension_value(const struct book_entry *observation, size_t dimension)
{
    const ProtobufCFieldDescriptor *field = record_field(observation->kind, "dimension_values");

    return dimension < record_count(observation->body, field)
               ? record_get(observation->body, field, dimension).data
               : "";
}

static size_t dimensions_of(const struct book_entry *indicator)
{
    size_t count = record_count(indicator->body, record_field(indicator->kind, "dimensions"));

    return count > DIMENSIONS_MAX ? DIMENSIONS_MAX : count;
}

/* True when one of its values stands for a total: it is no part. */
static bool is_given_total(const struct making *m, const struct book_entry *observation)
{
    for (size_t i = 0; i < dimensions_of(m->to->indicator); i++)
        if (portrait_is_total(dimension_value(observation, i)))
            return true;
    return false;
}

/* The row's words: one dimension's value, or all of them. */
static void row_key(
    const struct making *m, const struct book_entry *observation, char key_r[KEY_SIZE])
{
    size_t used = 0;

    key_r[0] = '\0';
    for (size_t i = 0; i < dimensions_of(m->to->indicator); i++) {
        const char *value = dimension_value(observation, i);

        if (m->dimension != SIZE_MAX && m->dimension != i)
            continue;
        if (used > 0)
            text_copy(key_r + used, KEY_SIZE - used, " · ");
        used = strlen(key_r);
        text_copy(key_r + used, KEY_SIZE - used, value);
        used = strlen(key_r);
    }
}

static bool same_words(const char *one, const char *other)
{
    char a[KEY_SIZE], b[KEY_SIZE];

    text_fold(one, a, sizeof(a));
    text_fold(other, b, sizeof(b));
    return strcmp(a, b) == 0;
}

static size_t find_row(const struct making *m, const char *key)
{
    size_t i = 0;

    while (i < m->to->n_rows && !same_words(m->rows[i], key))
        i++;
    return i;
}

/* The place of an observation: a territory's own, else the other region of that name. */
static size_t find_place(const struct making *m, const struct book_entry *observation)
{
    const struct book_entry *territory = book_follow(m->book, observation, "territory");
    const char *area = book_text(observation, "area");
    size_t i = 0;

    for (; i < m->to->n_places; i++)
        if (territory != NULL
                ? m->places[i].entry == territory
                : m->places[i].entry == NULL && area != NULL && same_words(m->places[i].name, area))
            break;
    return i;
}

static void add_row(struct making *m, const struct book_entry *observation)
{
    char key[KEY_SIZE];

    row_key(m, observation, key);
    if (dimensions_of(m->to->indicator) == 0 || find_row(m, key) < m->to->n_rows)
        return;
    m->rows[m->to->n_rows] = arena_copy(m->arena, key, strlen(key));
    m->failed |= m->rows[m->to->n_rows] == NULL;
    if (!m->failed)
        m->to->n_rows++;
}

static void add_place(struct making *m, const struct book_entry *observation)
{
    const struct book_entry *territory = book_follow(m->book, observation, "territory");
    const char *area = book_text(observation, "area");

    if ((territory == NULL && area == NULL) || find_place(m, observation) < m->to->n_places)
        return;
    m->places[m->to->n_places++] = (struct portrait_place){
        territory, territory == NULL ? area : book_label(m->book, territory)};
}

/* All territories have a column, in the book's order, also those nothing is known of. */
static void add_territories(struct making *m, const struct book_entry *const *territories, size_t n)
{
    for (size_t i = 0; i < n; i++)
        m->places[i] = (struct portrait_place){territories[i], book_label(m->book, territories[i])};
    m->to->n_places = m->to->n_territories = n;
}

static bool in_period(const struct making *m, size_t i)
{
    return same_period(period_of(m->list[i]), m->to->period);
}

static bool lay_out(struct making *m)
{
    size_t n_territories;
    const struct book_entry *const *territories =
        book_list(m->book, CONCERT__KIND__TERRITORY, &n_territories);
    size_t room = n_territories + m->count + 1;

    m->rows = arena_alloc(m->arena, room * sizeof(*m->rows));
    m->places = arena_alloc(m->arena, room * sizeof(*m->places));
    m->differences = arena_alloc(m->arena, (m->count + 1) * sizeof(*m->differences));
    if (m->rows == NULL || m->places == NULL || m->differences == NULL)
        return false;
    add_territories(m, territories, n_territories);
    for (size_t i = 0; i < m->count && !m->failed; i++)
        if (in_period(m, i)) {
            if (!is_given_total(m, m->list[i]))
                add_row(m, m->list[i]);
            add_place(m, m->list[i]);
        }
    m->to->rows = m->rows;
    m->to->places = m->places;
    m->to->cells =
        arena_alloc(m->arena, (m->to->n_rows + 1) * (m->to->n_places + 1) * sizeof(*m->to->cells));
    return !m->failed && m->to->cells != NULL;
}

/* --- filling -----------------------------------------------------------------------------------
 */

static struct portrait_cell *cell_at(struct portrait *portrait, size_t row, size_t place)
{
    return &portrait->cells[row * (portrait->n_places + 1) + place];
}

const struct portrait_cell *portrait_at(const struct portrait *portrait, size_t row, size_t place)
{
    return &portrait->cells[row * (portrait->n_places + 1) + place];
}

/* Numerators are added to numerators, counts to counts; the rest has no sum. */
static void add_figure(struct portrait_cell *to, const struct portrait_cell *more, bool additive)
{
    if (to->count > 0 && (to->rate != more->rate || (!more->rate && !additive)))
        to->mixed = true;
    to->rate = more->rate;
    to->mixed = to->mixed || more->mixed;
    to->value += more->value;
    to->numerator += more->numerator;
    to->denominator += more->denominator;
    to->count += more->count;
}

static struct portrait_cell figure_of(const struct book_entry *observation)
{
    const ProtobufCFieldDescriptor *numerator = record_field(observation->kind, "numerator");

    return (struct portrait_cell){.count = 1,
        .value = book_number(observation, "value", 0),
        .numerator = book_number(observation, "numerator", 0),
        .denominator = book_number(observation, "denominator", 0),
        .rate = record_count(observation->body, numerator) > 0};
}

static void put_figure(struct making *m, const struct book_entry *observation)
{
    struct portrait *to = m->to;
    size_t place = find_place(m, observation), row;
    struct portrait_cell figure = figure_of(observation);
    char key[KEY_SIZE];

    if (place == to->n_places || is_given_total(m, observation))
        return;
    row_key(m, observation, key);
    row = dimensions_of(to->indicator) == 0 ? 0 : find_row(m, key);
    if (to->n_rows > 0)
        add_figure(cell_at(to, row, place), &figure, to->additive);
    add_figure(cell_at(to, to->n_rows, place), &figure, to->additive);
    if (place < to->n_territories) {
        if (to->n_rows > 0)
            add_figure(cell_at(to, row, to->n_places), &figure, to->additive);
        add_figure(cell_at(to, to->n_rows, to->n_places), &figure, to->additive);
    }
}

/* The parts that a given total is the total of: where it says "total", whatever the part says. */
static bool is_part_of(
    const struct making *m, const struct book_entry *part, const struct book_entry *total)
{
    if (is_given_total(m, part) || find_place(m, part) != find_place(m, total))
        return false;
    for (size_t i = 0; i < dimensions_of(m->to->indicator); i++)
        if (!portrait_is_total(dimension_value(total, i)) &&
            !same_words(dimension_value(part, i), dimension_value(total, i)))
            return false;
    return true;
}

/* What a total is of, in words: the values that it does say. */
static const char *total_words(struct making *m, const struct book_entry *total)
{
    const char *words = "";

    for (size_t i = 0; i < dimensions_of(m->to->indicator); i++) {
        const char *value = dimension_value(total, i);

        if (!portrait_is_total(value) && words != NULL)
            words = *words == '\0' ? value : arena_printf(m->arena, "%s · %s", words, value);
    }
    m->failed |= words == NULL;
    return words == NULL ? "" : words;
}

static void compare_total(struct making *m, const struct book_entry *total)
{
    struct portrait_cell parts = {0}, given = figure_of(total);
    size_t place = find_place(m, total);

    for (size_t i = 0; i < m->count; i++)
        if (in_period(m, i) && is_part_of(m, m->list[i], total)) {
            struct portrait_cell figure = figure_of(m->list[i]);

            add_figure(&parts, &figure, m->to->additive);
        }
    if (parts.count == 0 || parts.mixed || parts.rate != given.rate || place == m->to->n_places)
        return;
    if (given.rate ? given.numerator == parts.numerator : given.value == parts.value)
        return;
    m->differences[m->to->n_differences++] =
        (struct portrait_difference){m->places[place].name, total_words(m, total),
            given.rate ? given.numerator : given.value, given.rate ? parts.numerator : parts.value};
}

bool portrait_make(const struct book *book, const struct book_entry *indicator,
    struct portrait_period period, size_t dimension, bool leaving, struct arena *arena,
    struct portrait *portrait_r)
{
    struct making m = {.book = book, .arena = arena, .to = portrait_r, .dimension = dimension};

    *portrait_r = (struct portrait){
        .indicator = indicator, .period = period, .additive = is_additive(indicator)};
    if (dimension < dimensions_of(indicator))
        portrait_r->dimension =
            record_get(indicator->body, record_field(indicator->kind, "dimensions"), dimension)
                .data;
    m.list = observations(book, indicator, &m.count);
    if (!lay_out(&m))
        return false;
    for (size_t i = 0; i < m.count; i++)
        if (in_period(&m, i))
            put_figure(&m, m.list[i]);
    for (size_t i = 0; i < m.count; i++)
        if (in_period(&m, i) && is_given_total(&m, m.list[i]))
            compare_total(&m, m.list[i]);
    portrait_r->differences = m.differences;
    if (leaving)
        portrait_hide(portrait_r);
    return !m.failed;
}

/* "%" is out of a hundred, "‰" and "pour 1 000" out of a thousand. */
static int64_t scale_of(const struct book_entry *indicator)
{
    const char *unit = book_text(indicator, "unit");
    char folded[KEY_SIZE];

    if (unit == NULL)
        return 1;
    text_fold(unit, folded, sizeof(folded));
    if (strchr(folded, '%') != NULL)
        return 100;
    return strstr(folded, "\xe2\x80\xb0") != NULL || strncmp(folded, "pour 1", 6) == 0 ? 1000 : 1;
}

bool portrait_value(
    const struct portrait *portrait, const struct portrait_cell *cell, int64_t *value_r)
{
    double rate;

    if (cell->count == 0 || cell->mixed || cell->hidden || (cell->rate && cell->denominator <= 0))
        return false;
    *value_r = cell->value;
    if (cell->rate) {
        rate = (double)cell->numerator * 1000 * (double)scale_of(portrait->indicator) /
               (double)cell->denominator;
        *value_r = (int64_t)(rate + (rate < 0 ? -0.5 : 0.5));
    }
    return true;
}
