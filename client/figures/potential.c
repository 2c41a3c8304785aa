#include "figures/potential.h"

#include <stdlib.h>
#include <string.h>

#include "date.h"
#include "record.h"
#include "text.h"

#define NAME_SIZE 512

static int by_rank(const void *a, const void *b)
{
    const struct book_entry *one = *(const struct book_entry *const *)a;
    const struct book_entry *two = *(const struct book_entry *const *)b;
    int64_t first = book_number(one, "rank", 0), second = book_number(two, "rank", 0);

    return (first > second) - (first < second);
}

const struct book_entry *const *potential_criteria(
    const struct book *book, const struct book_entry *form, struct arena *arena, size_t *count_r)
{
    const struct book_entry *const *list =
        book_children(book, form->id, CONCERT__KIND__CRITERION, NULL, count_r);
    const struct book_entry **sorted = arena_alloc(arena, (*count_r + 1) * sizeof(*sorted));

    if (sorted != NULL && *count_r > 0) {
        memcpy(sorted, list, *count_r * sizeof(*sorted));
        qsort(sorted, *count_r, sizeof(*sorted), by_rank);
    }
    return sorted;
}

const struct book_entry *potential_score(const struct book *book,
    const struct book_entry *assessment, const struct book_entry *criterion)
{
    size_t count;
    const struct book_entry *const *scores =
        book_children(book, assessment->id, CONCERT__KIND__SCORE, NULL, &count);

    for (size_t i = 0; i < count; i++)
        if (book_follow(book, scores[i], "criterion") == criterion)
            return scores[i];
    return NULL;
}

const struct potential_line *potential_lines(const struct book *book,
    const struct book_entry *assessment, struct arena *arena, size_t *count_r)
{
    const struct book_entry *form = book_follow(book, assessment, "form");
    const struct book_entry *const *criteria =
        form == NULL ? NULL : potential_criteria(book, form, arena, count_r);
    struct potential_line *lines;

    if (form == NULL)
        *count_r = 0;
    lines = arena_alloc(arena, (*count_r + 1) * sizeof(*lines));
    for (size_t i = 0; lines != NULL && i < *count_r; i++)
        lines[i] =
            (struct potential_line){criteria[i], potential_score(book, assessment, criteria[i])};
    return lines;
}

static const char *dimension_of(const struct book_entry *criterion)
{
    const char *name = book_text(criterion, "dimension");

    return name == NULL ? "" : name;
}

/* While it adds, `mean` holds the sum of points; `weights` beside it that of weights. */
static void add(
    struct potential_result *result, int64_t *weights, const struct potential_line *line)
{
    int64_t weight = book_number(line->criterion, "weight", 1);

    if (weight == 0)
        return;
    result->criteria++;
    if (line->score == NULL)
        return;
    result->scored++;
    result->mean += book_number(line->score, "value", 0) * weight * 1000;
    *weights += weight;
}

static void settle(struct potential_result *result, int64_t weights)
{
    if (result->scored > 0)
        result->mean = (result->mean + weights / 2) / weights;
}

/* The lines to add up: without those that the other assessment has not scored. */
static struct potential_line *comparable(const struct book *book,
    const struct book_entry *assessment, const struct book_entry *both, struct arena *arena,
    size_t *count_r)
{
    size_t count, used = 0;
    const struct potential_line *all = potential_lines(book, assessment, arena, &count);
    struct potential_line *lines = arena_alloc(arena, (count + 1) * sizeof(*lines));

    for (size_t i = 0; all != NULL && lines != NULL && i < count; i++)
        if (both == NULL || potential_score(book, both, all[i].criterion) != NULL)
            lines[used++] = all[i];
    *count_r = used;
    return all == NULL ? NULL : lines;
}

const struct potential_result *potential_results(const struct book *book,
    const struct book_entry *assessment, const struct book_entry *both, struct arena *arena,
    size_t *count_r)
{
    size_t n_lines, n = 0;
    const struct potential_line *lines = comparable(book, assessment, both, arena, &n_lines);
    struct potential_result *results = arena_alloc(arena, (n_lines + 2) * sizeof(*results));
    int64_t *weights = arena_alloc(arena, (n_lines + 2) * sizeof(*weights));

    if (lines == NULL || results == NULL || weights == NULL)
        return NULL;
    for (size_t i = 0; i < n_lines; i++) {
        const char *name = dimension_of(lines[i].criterion);
        size_t at = 0;

        while (at < n && strcmp(results[at].name, name) != 0)
            at++;
        if (at == n)
            results[n++].name = name;
        add(&results[at], &weights[at], &lines[i]);
    }
    for (size_t i = 0; i < n_lines; i++)
        add(&results[n], &weights[n], &lines[i]);
    for (size_t i = 0; i <= n; i++)
        settle(&results[i], weights[i]);
    *count_r = n + 1;
    return results;
}

/* The same territory, and the same community where one is named. */
static bool same_community(
    const struct book *book, const struct book_entry *one, const struct book_entry *two)
{
    const char *a = book_text(one, "community"), *b = book_text(two, "community");
    char first[NAME_SIZE], second[NAME_SIZE];

    if (book_follow(book, one, "territory") != book_follow(book, two, "territory"))
        return false;
    text_fold(a == NULL ? "" : a, first, sizeof(first));
    text_fold(b == NULL ? "" : b, second, sizeof(second));
    return strcmp(first, second) == 0;
}

const struct book_entry *potential_before(
    const struct book *book, const struct book_entry *assessment)
{
    size_t count;
    const struct book_entry *form = book_follow(book, assessment, "form"), *found = NULL;
    const struct book_entry *const *list =
        form == NULL ? NULL
                     : book_children(book, form->id, CONCERT__KIND__ASSESSMENT, "form", &count);
    int32_t day = book_date(assessment, "on");

    for (size_t i = 0; list != NULL && i < count; i++) {
        int32_t on = book_date(list[i], "on");

        if (on == DATE_NONE || day == DATE_NONE || on >= day ||
            !same_community(book, assessment, list[i]))
            continue;
        if (found == NULL || on > book_date(found, "on"))
            found = list[i];
    }
    return found;
}

const struct potential_result *potential_find(
    const struct potential_result *results, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (results[i].scored > 0 &&
            (name == NULL ? results[i].name == NULL
                          : results[i].name != NULL && strcmp(results[i].name, name) == 0))
            return &results[i];
    return NULL;
}
