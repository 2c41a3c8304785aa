#include "input/pick.h"

#include <stdio.h>
#include <string.h>

#include "date.h"
#include "i18n.h"
#include "text.h"

/* --- plans -------------------------------------------------------------------------------------
 */

const struct book_entry *pick_plan(
    struct context *context, const char *word, enum command_exit *code_r)
{
    const struct book_entry *best = NULL;
    const struct book_entry *const *plans;
    size_t count;

    *code_r = COMMAND_OK;
    if (word != NULL)
        return command_record(context, word, KIND_BIT(PLAN), code_r);
    plans = book_list(context->book, CONCERT__KIND__PLAN, &count);
    for (size_t i = 0; i < count; i++)
        if (book_compare_plans(plans[i], best, context->today) > 0)
            best = plans[i];
    if (best == NULL)
        *code_r = command_say(context, COMMAND_NOT_FOUND,
            _("There is no plan here yet. The coordination imports one with “concert import "
              "FILE.csv”."));
    return best;
}

/* --- people and their shares -------------------------------------------------------------------
 */

bool pick_is_own(const struct context *context, const uint8_t party[UUID_SIZE])
{
    const struct desk_identity *me = desk_identity(context->desk);

    for (size_t i = 0; i < me->n_parties; i++)
        if (uuid_equal(me->parties[i], party))
            return true;
    return false;
}

bool pick_is_staff(const struct context *context)
{
    Concert__Account__Role role = desk_identity(context->desk)->role;

    return role == CONCERT__ACCOUNT__ROLE__COORDINATOR ||
           role == CONCERT__ACCOUNT__ROLE__SECRETARIAT;
}

/* The party's share in the action, or NULL. */
static const struct book_entry *share_of(
    const struct context *context, const struct book_entry *action, const struct book_entry *party)
{
    size_t count;
    const struct book_entry *const *shares =
        book_children(context->book, action->id, CONCERT__KIND__SHARE, NULL, &count);

    for (size_t i = 0; i < count; i++) {
        const struct book_entry *whose = book_follow(context->book, shares[i], "party");

        if (whose != NULL && uuid_equal(whose->id, party->id))
            return shares[i];
    }
    return NULL;
}

/* "Maskinongé" is in "Comité local de Maskinongé". Handles have digits, and are no part of a name.
 */
static bool names_party(const struct book_entry *party, const char *word)
{
    const char *name = book_text(party, "name"), *brief = book_text(party, "short_name");
    char folded_name[512], folded_word[256];

    if (name == NULL || word[strspn(word, " \t\n")] == '\0' || strpbrk(word, "0123456789") != NULL)
        return false;
    text_fold(word, folded_word, sizeof(folded_word));
    text_fold(name, folded_name, sizeof(folded_name));
    return strstr(folded_name, folded_word) != NULL ||
           (brief != NULL && text_distance(brief, word) == 0);
}

/* The only party of that name which is a committee and, with `action`, has a share of it. */
static const struct book_entry *only_party(
    const struct context *context, const char *word, const struct book_entry *action)
{
    size_t count, fitting = 0;
    const struct book_entry *const *parties =
        book_list(context->book, CONCERT__KIND__PARTY, &count);
    const struct book_entry *one = NULL;

    for (size_t i = 0; i < count; i++) {
        if (book_number(parties[i], "type", 0) == CONCERT__PARTY__TYPE__PARTNER ||
            !names_party(parties[i], word) ||
            (action != NULL && share_of(context, action, parties[i]) == NULL))
            continue;
        one = parties[i];
        fitting++;
    }
    return fitting == 1 ? one : NULL;
}

const struct book_entry *pick_committee(const struct context *context, const char *word)
{
    return only_party(context, word, NULL);
}

const struct book_entry *pick_party(struct context *context, const char *word,
    const struct book_entry *action, enum command_exit *code_r)
{
    const struct book_entry *party = action == NULL ? NULL : only_party(context, word, action);

    *code_r = COMMAND_OK;
    if (party == NULL)
        party = only_party(context, word, NULL);
    return party != NULL ? party : command_record(context, word, KIND_BIT(PARTY), code_r);
}

/* How many shares the person's own parties have in the action; *one_r is one of them. */
static size_t own_shares(
    const struct context *context, const struct book_entry *action, const struct book_entry **one_r)
{
    const struct desk_identity *me = desk_identity(context->desk);
    size_t count = 0;

    *one_r = NULL;
    for (size_t i = 0; i < me->n_parties; i++) {
        const struct book_entry *party = book_get(context->book, me->parties[i]);
        const struct book_entry *share = party == NULL ? NULL : share_of(context, action, party);

        if (share != NULL) {
            *one_r = share;
            count++;
        }
    }
    return count;
}

const struct book_entry *pick_own_share(
    const struct context *context, const struct book_entry *action)
{
    const struct book_entry *one;

    return own_shares(context, action, &one) == 1 ? one : NULL;
}

const struct book_entry *pick_journal(struct context *context, const struct book_entry *entry)
{
    const struct book_entry *share =
        entry->kind->id == CONCERT__KIND__ACTION ? pick_own_share(context, entry) : NULL;
    char text[512];

    if (share == NULL)
        return entry;
    snprintf(text, sizeof(text), _("The note goes to the journal of the share %s (%s)."),
        book_label(context->book, share), share->handle);
    report_note(context->report, text);
    return share;
}

static enum command_exit ask_for(
    struct context *context, const struct book_entry *action, bool several)
{
    if (several)
        return command_say(context, COMMAND_USAGE,
            _("Several of your committees may work at %s. Say which one: --for COMMITTEE."),
            action->handle);
    return command_say(context, COMMAND_USAGE,
        _("Your account speaks for no committee in %s. Say whose share you mean: --for "
          "COMMITTEE."),
        action->handle);
}

static bool pick_of_account(
    struct context *context, struct pick_share *pick, enum command_exit *code_r)
{
    const struct desk_identity *me = desk_identity(context->desk);
    const struct book_entry *only = NULL;
    size_t count = own_shares(context, pick->action, &pick->share), known = 0;

    for (size_t i = 0; i < me->n_parties; i++)
        if (book_get(context->book, me->parties[i]) != NULL) {
            only = book_get(context->book, me->parties[i]);
            known++;
        }
    if (count == 1) {
        pick->party = book_follow(context->book, pick->share, "party");
        return true;
    }
    /* Staff work at every committee's: the Consortium does not join an action by mistake. */
    if (count > 1 || known != 1 || pick_is_staff(context)) {
        *code_r =
            ask_for(context, pick->action, count > 1 || (known > 1 && !pick_is_staff(context)));
        return false;
    }
    pick->share = NULL;
    pick->party = only;
    return true;
}

bool pick_share(struct context *context, const struct book_entry *entry, const char *for_word,
    struct pick_share *pick_r, enum command_exit *code_r)
{
    *pick_r = (struct pick_share){.action = entry};
    *code_r = COMMAND_OK;
    if (entry->kind->id == CONCERT__KIND__SHARE) {
        pick_r->share = entry;
        pick_r->action = book_follow(context->book, entry, "action");
        pick_r->party = book_follow(context->book, entry, "party");
        if (pick_r->action != NULL && pick_r->party != NULL)
            return true;
        *code_r = command_say(context, COMMAND_NOT_FOUND,
            _("The action or the committee of %s is gone."), entry->handle);
        return false;
    }
    if (for_word == NULL)
        return pick_of_account(context, pick_r, code_r);
    pick_r->party = pick_party(context, for_word, entry, code_r);
    if (pick_r->party == NULL)
        return false;
    pick_r->share = share_of(context, pick_r->action, pick_r->party);
    if (pick_is_staff(context) || pick_is_own(context, pick_r->party->id))
        return true;
    *code_r = command_say(context, COMMAND_REFUSED,
        _("The share of %s is theirs alone to change, or the coordination's."),
        book_label(context->book, pick_r->party));
    return false;
}
