/* What does not add up, for money.h. */
#include "figures/money.h"

#define RULES_OF_PROJECT 3

struct findings {
    const struct book *book;
    struct money_finding *list;
    size_t count;
};

static void find(struct findings *to, enum money_rule rule, const struct book_entry *entry,
    int64_t promised, int64_t found)
{
    to->list[to->count++] = (struct money_finding){rule, entry, promised, found};
}

static void find_in_envelope(struct findings *to, const struct book_entry *entry)
{
    struct money_envelope envelope = money_envelope(to->book, entry);

    if (envelope.room < 0)
        find(to, MONEY_OVER_GRANTED, entry, envelope.amount, envelope.granted);
}

static void find_in_line(struct findings *to, const struct book_entry *line)
{
    int64_t planned = book_number(line, "planned", 0), actual = book_number(line, "actual", 0);

    if (actual > planned)
        find(to, MONEY_OVER_SPENT, line, planned, actual);
}

static void find_in_request(struct findings *to, const struct book_entry *request)
{
    int64_t granted = book_number(request, "granted", 0);
    int64_t amount = book_number(request, "amount", granted);

    if (granted > amount)
        find(to, MONEY_MORE_THAN_ASKED, request, amount, granted);
    if (money_homeless(to->book, request))
        find(to, MONEY_NO_ENVELOPE, request, book_number(request, "amount", 0), 0);
}

static void find_in_sum(struct findings *to, const struct book_entry *project)
{
    struct money_sum sum = {0};
    int64_t sought;

    money_add(to->book, project, &sum);
    sought = sum.funded + sum.asked + sum.needed;
    if (sum.funded > sum.planned)
        find(to, MONEY_OVER_FUNDED, project, sum.planned, sum.funded);
    if (sum.requests > 0 && sum.actual > sum.funded)
        find(to, MONEY_SPENT_UNGRANTED, project, sum.funded, sum.actual);
    if (sought < sum.planned && sum.asked_unsaid + sum.needed_unsaid == 0)
        find(to, MONEY_NOT_SOUGHT, project, sum.planned, sought);
}

static void find_in_project(struct findings *to, const struct book_entry *project)
{
    size_t n_lines, n_requests;
    const struct book_entry *const *lines =
        book_children(to->book, project->id, CONCERT__KIND__BUDGET_LINE, NULL, &n_lines);
    const struct book_entry *const *requests =
        book_children(to->book, project->id, CONCERT__KIND__FUNDING_REQUEST, NULL, &n_requests);

    if (book_number(project, "status", 0) == CONCERT__PROJECT__STATUS__DROPPED)
        return;
    find_in_sum(to, project);
    for (size_t i = 0; i < n_lines; i++)
        find_in_line(to, lines[i]);
    for (size_t i = 0; i < n_requests; i++)
        find_in_request(to, requests[i]);
}

/* As many findings as there can be: one of each rule and record. */
static size_t room(const struct book *book)
{
    size_t envelopes, projects, lines, requests;

    book_list(book, CONCERT__KIND__ENVELOPE, &envelopes);
    book_list(book, CONCERT__KIND__PROJECT, &projects);
    book_list(book, CONCERT__KIND__BUDGET_LINE, &lines);
    book_list(book, CONCERT__KIND__FUNDING_REQUEST, &requests);
    return envelopes + projects * RULES_OF_PROJECT + lines + requests * 2 + 1;
}

const struct money_finding *money_findings(
    const struct book *book, struct arena *arena, size_t *count_r)
{
    struct findings to = {.book = book};
    size_t n_envelopes, n_projects;
    const struct book_entry *const *envelopes =
        book_list(book, CONCERT__KIND__ENVELOPE, &n_envelopes);
    const struct book_entry *const *projects = book_list(book, CONCERT__KIND__PROJECT, &n_projects);

    *count_r = 0;
    to.list = arena_alloc(arena, room(book) * sizeof(*to.list));
    if (to.list == NULL)
        return NULL;
    for (size_t i = 0; i < n_envelopes; i++)
        find_in_envelope(&to, envelopes[i]);
    for (size_t i = 0; i < n_projects; i++)
        find_in_project(&to, projects[i]);
    *count_r = to.count;
    return to.list;
}
