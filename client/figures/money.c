#include "figures/money.h"

#include "date.h"

static int64_t status_of(const struct book_entry *request)
{
    return book_number(request, "status", CONCERT__FUNDING_REQUEST__STATUS__NEEDED);
}

static bool is_asked(const struct book_entry *request)
{
    int64_t status = status_of(request);

    return status == CONCERT__FUNDING_REQUEST__STATUS__REQUESTED ||
           status == CONCERT__FUNDING_REQUEST__STATUS__AWAITING;
}

static bool is_dropped(const struct book_entry *project)
{
    return book_number(project, "status", 0) == CONCERT__PROJECT__STATUS__DROPPED;
}

int64_t money_gap(const struct money_sum *sum)
{
    return sum->planned - sum->funded;
}

void money_sum_merge(struct money_sum *sum, const struct money_sum *other)
{
    sum->planned += other->planned;
    sum->actual += other->actual;
    sum->funded += other->funded;
    sum->asked += other->asked;
    sum->needed += other->needed;
    sum->projects += other->projects;
    sum->dropped += other->dropped;
    sum->lines += other->lines;
    sum->without_actual += other->without_actual;
    sum->requests += other->requests;
    sum->asked_unsaid += other->asked_unsaid;
    sum->needed_unsaid += other->needed_unsaid;
    sum->refused += other->refused;
}

static void add_line(const struct book_entry *line, struct money_sum *sum)
{
    int64_t actual = book_number(line, "actual", -1);

    sum->lines++;
    sum->planned += book_number(line, "planned", 0);
    if (actual < 0)
        sum->without_actual++;
    else
        sum->actual += actual;
}

static void add_request(const struct book_entry *request, struct money_sum *sum)
{
    int64_t amount = book_number(request, "amount", -1), status = status_of(request);

    sum->requests++;
    if (status == CONCERT__FUNDING_REQUEST__STATUS__GRANTED)
        sum->funded += book_number(request, "granted", 0);
    else if (status == CONCERT__FUNDING_REQUEST__STATUS__REFUSED)
        sum->refused++;
    else if (is_asked(request) && amount < 0)
        sum->asked_unsaid++;
    else if (is_asked(request))
        sum->asked += amount;
    else if (amount < 0)
        sum->needed_unsaid++;
    else
        sum->needed += amount;
}

void money_add(const struct book *book, const struct book_entry *project, struct money_sum *sum)
{
    size_t n_lines, n_requests;
    const struct book_entry *const *lines =
        book_children(book, project->id, CONCERT__KIND__BUDGET_LINE, NULL, &n_lines);
    const struct book_entry *const *requests =
        book_children(book, project->id, CONCERT__KIND__FUNDING_REQUEST, NULL, &n_requests);

    if (is_dropped(project)) {
        sum->dropped++;
        return;
    }
    sum->projects++;
    for (size_t i = 0; i < n_lines; i++)
        add_line(lines[i], sum);
    for (size_t i = 0; i < n_requests; i++)
        add_request(requests[i], sum);
}

/* --- by project, territory, theme --------------------------------------------------------------
 */

static bool is_thematic(const struct book_entry *party)
{
    return party != NULL && book_number(party, "type", 0) == CONCERT__PARTY__TYPE__THEMATIC;
}

static bool has_share(
    const struct book *book, const struct book_entry *action, const struct book_entry *party)
{
    size_t count;
    const struct book_entry *const *shares =
        book_children(book, action->id, CONCERT__KIND__SHARE, NULL, &count);

    for (size_t i = 0; i < count; i++)
        if (book_follow(book, shares[i], "party") == party)
            return true;
    return false;
}

const struct book_entry *money_theme(const struct book *book, const struct book_entry *project)
{
    const struct book_entry *owner = book_follow(book, project, "party");
    const struct book_entry *action = book_follow(book, project, "action");
    const struct book_entry *const *parties;
    size_t count;

    if (is_thematic(owner))
        return owner;
    parties = book_list(book, CONCERT__KIND__PARTY, &count);
    for (size_t i = 0; action != NULL && i < count; i++)
        if (is_thematic(parties[i]) && has_share(book, action, parties[i]))
            return parties[i];
    return NULL;
}

static const struct book_entry *group_of(
    const struct book *book, enum money_by by, const struct book_entry *project)
{
    if (by == MONEY_BY_TERRITORY)
        return book_follow(book, project, "territory");
    return by == MONEY_BY_THEME ? money_theme(book, project) : project;
}

/* Adds to the group those projects that are of it. */
static void add_group(const struct book *book, enum money_by by,
    const struct book_entry *const *projects, size_t count, struct money_group *group)
{
    for (size_t i = 0; i < count; i++)
        if (group_of(book, by, projects[i]) == group->of)
            money_add(book, projects[i], &group->sum);
}

const struct money_group *money_groups(
    const struct book *book, enum money_by by, struct arena *arena, size_t *count_r)
{
    static const Concert__Kind kinds_by[] = {[MONEY_BY_PROJECT] = CONCERT__KIND__PROJECT,
        [MONEY_BY_TERRITORY] = CONCERT__KIND__TERRITORY,
        [MONEY_BY_THEME] = CONCERT__KIND__PARTY};
    size_t n_keys, n_projects;
    const struct book_entry *const *keys = book_list(book, kinds_by[by], &n_keys);
    const struct book_entry *const *projects = book_list(book, CONCERT__KIND__PROJECT, &n_projects);
    struct money_group *groups = arena_alloc(arena, (n_keys + 1) * sizeof(*groups));

    *count_r = 0;
    for (size_t i = 0; groups != NULL && i <= n_keys; i++) {
        struct money_group group = {.of = i < n_keys ? keys[i] : NULL};

        add_group(book, by, projects, n_projects, &group);
        if (group.sum.projects + group.sum.dropped > 0)
            groups[(*count_r)++] = group;
    }
    return groups;
}

/* --- requests ----------------------------------------------------------------------------------
 */

const struct book_entry *const *money_requests(
    const struct book *book, const struct book_entry *project, struct arena *arena, size_t *count_r)
{
    const struct book_entry *const *found =
        project == NULL
            ? book_list(book, CONCERT__KIND__FUNDING_REQUEST, count_r)
            : book_children(book, project->id, CONCERT__KIND__FUNDING_REQUEST, NULL, count_r);
    const struct book_entry **sorted = arena_alloc(arena, (*count_r + 1) * sizeof(*sorted));
    size_t n = 0;

    if (sorted == NULL) {
        *count_r = 0;
        return NULL;
    }
    /* One status after the other, so that those of one stay in the book's order. */
    for (int64_t status = CONCERT__FUNDING_REQUEST__STATUS__NEEDED;
         status <= CONCERT__FUNDING_REQUEST__STATUS__REFUSED; status++)
        for (size_t i = 0; i < *count_r; i++)
            if (status_of(found[i]) == status)
                sorted[n++] = found[i];
    *count_r = n;
    return sorted;
}

int32_t money_answer_by(const struct book *book, const struct book_entry *request)
{
    int32_t day = book_date(request, "decision_on");
    size_t count;
    const struct book_entry *const *deadlines =
        book_children(book, request->id, CONCERT__KIND__DEADLINE, NULL, &count);

    if (day != DATE_NONE)
        return day;
    for (size_t i = 0; i < count; i++) {
        int32_t latest = book_date(deadlines[i], "latest");

        if (book_number(deadlines[i], "mode", 0) == CONCERT__DEADLINE__MODE__DATED &&
            book_date(deadlines[i], "met_on") == DATE_NONE && latest > day)
            day = latest;
    }
    return day;
}

bool money_late(const struct book *book, const struct book_entry *request, int32_t today)
{
    int32_t answer = money_answer_by(book, request);

    return is_asked(request) && answer != DATE_NONE && answer < today;
}

bool money_homeless(const struct book *book, const struct book_entry *request)
{
    const struct book_entry *project = book_follow(book, request, "project");

    return status_of(request) == CONCERT__FUNDING_REQUEST__STATUS__NEEDED &&
           book_follow(book, request, "envelope") == NULL &&
           (project == NULL || !is_dropped(project));
}

/* --- envelopes ---------------------------------------------------------------------------------
 */

struct money_envelope money_envelope(const struct book *book, const struct book_entry *envelope)
{
    struct money_envelope figures = {
        .entry = envelope, .amount = book_number(envelope, "amount", 0)};
    struct money_sum sum = {0};
    size_t count;
    const struct book_entry *const *requests =
        book_children(book, envelope->id, CONCERT__KIND__FUNDING_REQUEST, "envelope", &count);

    for (size_t i = 0; i < count; i++)
        add_request(requests[i], &sum);
    figures.granted = sum.funded;
    figures.asked = sum.asked;
    figures.asked_unsaid = sum.asked_unsaid;
    figures.room = figures.amount - figures.granted;
    figures.closes = book_date(envelope, "apply_by");
    if (figures.closes == DATE_NONE)
        figures.closes = book_date(envelope, "ends_on");
    return figures;
}

bool money_closing(const struct money_envelope *envelope, int32_t today, int32_t days)
{
    return envelope->closes != DATE_NONE && envelope->closes >= today &&
           (int64_t)envelope->closes - today <= days;
}
