#include "figures/issues.h"

#include <stdlib.h>

#include "date.h"
#include "record.h"
#include "words.h"

#define STATUSES 4

static bool is_bulletin(const struct book_entry *publication)
{
    return book_number(publication, "type", 0) == CONCERT__PUBLICATION__TYPE__BULLETIN;
}

static bool is_published(const struct book_entry *publication)
{
    return book_number(publication, "status", 0) == CONCERT__PUBLICATION__STATUS__PUBLISHED;
}

/* By day of publication, those to come last. */
static int compare(const void *a, const void *b)
{
    const struct book_entry *const *one = a, *const *two = b;
    int32_t first = is_published(*one) ? book_date(*one, "published_on") : INT32_MAX;
    int32_t second = is_published(*two) ? book_date(*two, "published_on") : INT32_MAX;

    return first < second ? -1 : first > second;
}

const struct book_entry *const *issues_of(
    const struct book *book, struct year year, struct arena *arena, size_t *count_r)
{
    size_t count, n = 0;
    const struct book_entry *const *all = book_list(book, CONCERT__KIND__PUBLICATION, &count);
    const struct book_entry **issues = arena_alloc(arena, (count + 1) * sizeof(*issues));

    *count_r = 0;
    for (size_t i = 0; issues != NULL && i < count; i++) {
        int32_t day = book_date(all[i], "published_on");

        if (is_bulletin(all[i]) &&
            (!is_published(all[i]) || (day >= year.first && day <= year.last)))
            issues[n++] = all[i];
    }
    if (n > 1)
        qsort(issues, n, sizeof(*issues), compare);
    *count_r = n;
    return issues;
}

const struct book_entry *issues_last(const struct book *book, int32_t today)
{
    size_t count;
    const struct book_entry *const *all = book_list(book, CONCERT__KIND__PUBLICATION, &count);
    const struct book_entry *last = NULL;

    for (size_t i = 0; i < count; i++) {
        int32_t day = book_date(all[i], "published_on");

        if (is_bulletin(all[i]) && is_published(all[i]) && day != DATE_NONE && day <= today &&
            (last == NULL || day >= book_date(last, "published_on")))
            last = all[i];
    }
    return last;
}

const struct book_entry *issues_next(const struct book *book)
{
    size_t count;
    const struct book_entry *const *all = book_list(book, CONCERT__KIND__PUBLICATION, &count);
    const struct book_entry *next = NULL;

    for (size_t i = 0; i < count; i++)
        if (is_bulletin(all[i]) && !is_published(all[i]) &&
            (next == NULL || book_number(all[i], "status", 0) > book_number(next, "status", 0)))
            next = all[i];
    return next;
}

static bool is_of(
    const struct book *book, const struct book_entry *article, const struct book_entry *issue)
{
    const struct book_entry *of = book_follow(book, article, "publication");

    return issue == NULL ? of == NULL : of != NULL && uuid_equal(of->id, issue->id);
}

const struct book_entry *const *issues_articles(
    const struct book *book, const struct book_entry *issue, struct arena *arena, size_t *count_r)
{
    size_t count, n = 0;
    const struct book_entry *const *all = book_list(book, CONCERT__KIND__ARTICLE, &count);
    const struct book_entry **articles = arena_alloc(arena, (count + 1) * sizeof(*articles));

    for (size_t i = 0; articles != NULL && i < count; i++)
        if (is_of(book, all[i], issue))
            articles[n++] = all[i];
    *count_r = n;
    return articles;
}

int64_t issues_status(const struct book_entry *article)
{
    return book_number(article, "status", CONCERT__ARTICLE__STATUS__OFFERED);
}

static struct cross_key status_key(int64_t status, const char *language, struct arena *arena)
{
    const struct kind *kind = kinds_get(CONCERT__KIND__ARTICLE);
    const char *name = record_text(
        kind, record_field(kind, "status"), (struct record_value){.number = status}, arena);

    return (struct cross_key){.key = name, .label = words_show(WORDS_VALUE, name, language)};
}

static struct cross_key issue_key(
    const struct book *book, const struct book_entry *issue, struct arena *arena)
{
    const char *number = book_text(issue, "issue");
    const char *label = arena_printf(arena, "%s %s%s%s", issue->handle, book_label(book, issue),
        number == NULL ? "" : " ", number == NULL ? "" : number);

    return (struct cross_key){.key = issue->handle, .label = label};
}

static bool add_articles(const struct book *book, const struct book_entry *issue,
    const char *language, struct arena *arena, struct cross *cross)
{
    struct cross_key row = {.key = NULL};
    size_t count;
    const struct book_entry *const *articles = issues_articles(book, issue, arena, &count);

    if (issue != NULL)
        row = issue_key(book, issue, arena);
    if (articles == NULL || (issue != NULL && !cross_row(cross, row)))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct cross_key column = status_key(issues_status(articles[i]), language, arena);

        if (!cross_add(cross, &row, issue != NULL, &column, 1, 1))
            return false;
    }
    return true;
}

struct cross *issues_cross(const struct book *book, const struct book_entry *const *issues,
    size_t count, const char *language, struct arena *arena)
{
    struct cross *cross = cross_new(arena);

    for (int64_t status = 1; cross != NULL && status <= STATUSES; status++)
        if (!cross_column(cross, status_key(status, language, arena)))
            return NULL;
    for (size_t i = 0; cross != NULL && i <= count; i++)
        if (!add_articles(book, i < count ? issues[i] : NULL, language, arena, cross))
            return NULL;
    return cross;
}
