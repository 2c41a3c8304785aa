#include "words/bulletin.h"

#include <string.h>

#include "date.h"
#include "figures/issues.h"
#include "i18n.h"
#include "words/draft.h"

struct writing {
    const struct context *context;
    struct arena *arena;
    struct bulletin to;
    size_t room;
};

/* NULL: memory is out. */
static void add(struct writing *w, const char *line)
{
    if (w->to.count == w->room && !w->to.full) {
        size_t room = w->room == 0 ? 128 : 2 * w->room;
        const char **lines = arena_alloc(w->arena, room * sizeof(*lines));

        if (lines != NULL && w->to.count > 0)
            memcpy(lines, w->to.lines, w->to.count * sizeof(*lines));
        w->to.full = lines == NULL;
        w->to.lines = lines == NULL ? w->to.lines : lines;
        w->room = lines == NULL ? w->room : room;
    }
    w->to.full = w->to.full || line == NULL;
    if (!w->to.full)
        w->to.lines[w->to.count++] = line;
}

static void add_heading(struct writing *w, const char *title)
{
    add(w, "");
    add(w, arena_printf(w->arena, "## %s", title));
    add(w, "");
}

/* A text of several lines. */
static void add_text(struct writing *w, const char *text)
{
    while (text != NULL && *text != '\0') {
        size_t length = strcspn(text, "\n");

        add(w, arena_copy(w->arena, text, length));
        text += length + (text[length] == '\n');
    }
}

/* --- the heading -------------------------------------------------------------------------------
 */

static void add_title(struct writing *w)
{
    const struct book_entry *next = issues_next(w->context->book);
    const char *issue = next == NULL ? NULL : book_text(next, "issue");

    if (next == NULL)
        add(w, arena_printf(w->arena, "# %s", _("Draft of the next issue")));
    else
        add(w, arena_printf(w->arena, issue == NULL ? "# %s" : "# %s, %s",
                   book_label(w->context->book, next), issue));
    add(w, "");
}

static void add_coverage(struct writing *w, const struct news_period *period,
    const struct book_entry *last, uint64_t seq)
{
    const char *language = w->context->language;
    char since[DATE_TEXT_SIZE], today[DATE_TEXT_SIZE];

    date_long_text(period->since, language, since, sizeof(since));
    date_long_text(period->today, language, today, sizeof(today));
    add(w, arena_printf(w->arena,
               _("What changed after %s and until %s, as of change %llu of the region's log."),
               since, today, (unsigned long long)seq));
    if (last != NULL)
        add(w, arena_printf(w->arena, _("The last issue, %s %s, was published on %s."),
                   last->handle, book_label(w->context->book, last), since));
    else
        add(w, _("No issue was published yet: this goes back to the beginning of the year."));
    add(w, _("To be read again and written anew: nothing is published by itself."));
}

/* --- the news ----------------------------------------------------------------------------------
 */

static void add_news(struct writing *w, const struct news_period *period)
{
    size_t count, at = 0;
    const struct news_item *items = news_collect(w->context->book, period, w->arena, &count);

    w->to.full = w->to.full || items == NULL;
    for (int section = 0; section < NEWS_SECTIONS; section++) {
        size_t first = at;

        add_heading(w, draft_heading((enum news_section)section));
        for (; at < count && (int)items[at].section == section; at++) {
            const char *sentence = draft_sentence(w->context, &items[at], w->arena);

            add(w, sentence == NULL ? NULL : arena_printf(w->arena, "- %s", sentence));
        }
        if (at == first)
            add(w, _("(Nothing.)"));
    }
}

/* --- articles ----------------------------------------------------------------------------------
 */

/* For the next issue: those that it has, and those that name none yet. */
static bool is_for_next(const struct writing *w, const struct book_entry *article)
{
    const struct book_entry *next = issues_next(w->context->book);
    const struct book_entry *of = book_follow(w->context->book, article, "publication");

    return of == NULL || (next != NULL && uuid_equal(of->id, next->id));
}

static void add_article(struct writing *w, const struct book_entry *article)
{
    const struct book_entry *party = book_follow(w->context->book, article, "party");

    add(w, arena_printf(w->arena, "### %s", book_text(article, "title")));
    add(w, "");
    add_text(w, book_text(article, "body"));
    if (party != NULL)
        add(w, arena_printf(w->arena, _("By %s (%s)"), draft_party(w->context, party, w->arena),
                   article->handle));
    add(w, "");
}

/* Those accepted for the issue; with `stories` the success stories among them, else the others. */
static void add_articles(struct writing *w, bool stories)
{
    size_t count, any = 0;
    const struct book_entry *const *all =
        book_list(w->context->book, CONCERT__KIND__ARTICLE, &count);

    add_heading(w, stories ? _("Success stories") : _("Articles accepted"));
    for (size_t i = 0; i < count; i++) {
        bool story = book_number(all[i], "success_story", 0) != 0;

        if (issues_status(all[i]) != CONCERT__ARTICLE__STATUS__ACCEPTED || story != stories ||
            !is_for_next(w, all[i]))
            continue;
        add_article(w, all[i]);
        any++;
    }
    if (any == 0)
        add(w, _("(Nothing.)"));
}

static void add_offers(struct writing *w)
{
    size_t count;
    const struct book_entry *const *all =
        book_list(w->context->book, CONCERT__KIND__ARTICLE, &count);
    const char *text = NULL;

    for (size_t i = 0; i < count; i++)
        if (issues_status(all[i]) == CONCERT__ARTICLE__STATUS__OFFERED && is_for_next(w, all[i]))
            text = arena_printf(w->arena, "%s%s%s %s", text == NULL ? "" : text,
                text == NULL ? "" : "; ", all[i]->handle, book_text(all[i], "title"));
    if (text == NULL)
        return;
    add(w, "");
    add(w, arena_printf(w->arena, _("(Offered and without an answer yet: %s.)"), text));
}

struct bulletin bulletin_draft(const struct context *context, const struct news_period *period,
    const struct book_entry *last, uint64_t seq, struct arena *arena)
{
    struct writing w = {.context = context, .arena = arena};

    add_title(&w);
    add_coverage(&w, period, last, seq);
    add_news(&w, period);
    add_articles(&w, false);
    add_articles(&w, true);
    add_offers(&w);
    return w.to;
}
