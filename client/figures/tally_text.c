/* The words of tally.h: statuses, and what a percentage counts and leaves out. */
#include "figures/tally.h"

#include "i18n.h"

struct status_words {
    const char *name; /* for programs */
    const char *shown;
};

static const struct status_words statuses[] = {
    [ROLLUP_NOT_STARTED] = {"not_started", N_("not started")},
    [ROLLUP_UNDER_WAY] = {"under_way", N_("under way")},
    [ROLLUP_BLOCKED] = {"blocked", N_("blocked")},
    [ROLLUP_LATE] = {"late", N_("late")},
    [ROLLUP_DONE] = {"done", N_("done")},
    [ROLLUP_NOTHING] = {NULL, ""},
};

const char *tally_status(enum rollup_status status)
{
    return statuses[status].shown[0] == '\0' ? "" : _(statuses[status].shown);
}

const char *tally_status_name(enum rollup_status status)
{
    return statuses[status].name;
}

/* ", 2 dropped" behind what is there; nothing when the count is 0. */
static const char *more(struct arena *arena, const char *text, size_t count, const char *format)
{
    const char *one = count == 0 || text == NULL ? "" : arena_printf(arena, format, count);

    return text == NULL || one == NULL ? NULL : arena_printf(arena, "%s%s", text, one);
}

static const char *left_out(const struct rollup *rollup, struct arena *arena, const char *text)
{
    text = more(
        arena, text, rollup->dropped, ngettext(", %zu dropped", ", %zu dropped", rollup->dropped));
    text = more(arena, text, rollup->not_applicable,
        ngettext(", %zu not applicable", ", %zu not applicable", rollup->not_applicable));
    return text == NULL ? "" : text;
}

const char *tally_coverage(const struct rollup *rollup, struct arena *arena)
{
    size_t aside = rollup->dropped + rollup->not_applicable;
    size_t all = rollup->counted + rollup->outside + aside;
    const char *text;

    if (all == 0)
        return _("no share");
    if (rollup->counted == all)
        text = arena_printf(arena, ngettext("%zu share", "%zu shares", all), all);
    else if (rollup->counted == 0 && rollup->outside > 0)
        text = arena_printf(arena,
            ngettext("%zu share, outside percentages", "%zu shares, outside percentages",
                rollup->outside),
            rollup->outside);
    else
        text = arena_printf(
            arena, ngettext("%zu of %zu share", "%zu of %zu shares", all), rollup->counted, all);
    text = left_out(rollup, arena, text);
    if (rollup->counted > 0)
        text = more(arena, text, rollup->outside,
            ngettext(", %zu continuous", ", %zu continuous", rollup->outside));
    return text == NULL ? "" : text;
}

const char *tally_figure(const struct rollup *rollup, struct arena *arena)
{
    int percent = rollup_percent(rollup);
    const char *coverage = tally_coverage(rollup, arena), *text;

    if (percent < 0)
        return coverage;
    text = arena_printf(arena, _("%d%%: %s"), percent, coverage);
    return text == NULL ? "" : text;
}
