#include "words/next.h"

#include "i18n.h"

#define OLD (7 * INT64_C(86400000000)) /* a copy, or a change that waits, of so long ago */

/* The first operation of that state; NULL: there is none. */
static const struct desk_operation *first_of(const struct next_of *of, enum desk_state wanted)
{
    for (size_t i = 0; i < of->n_outbox; i++)
        if (of->outbox[i].state == wanted)
            return &of->outbox[i];
    return NULL;
}

static uint64_t has_conflict(const struct next_of *of)
{
    return of->conflicts.count[DESK_CONFLICT_CHOOSE];
}

static uint64_t has_decision(const struct next_of *of)
{
    return of->conflicts.count[DESK_CONFLICT_DECIDE];
}

static uint64_t has_refused(const struct next_of *of)
{
    return of->conflicts.count[DESK_CONFLICT_REFUSED];
}

static uint64_t has_answer(const struct next_of *of)
{
    return of->conflicts.count[DESK_CONFLICT_ANSWERED];
}

static uint64_t has_proposals(const struct next_of *of)
{
    return of->n_proposals;
}

static uint64_t has_waiting(const struct next_of *of)
{
    uint64_t count = 0;

    for (size_t i = 0; i < of->n_outbox; i++)
        count += of->outbox[i].state <= DESK_SENT;
    return count;
}

/* A file of so late may still come back. */
static uint64_t is_carried(const struct next_of *of)
{
    return !of->reached && first_of(of, DESK_SENT) != NULL && of->parcel_at != 0 &&
           of->now - of->parcel_at <= OLD;
}

/* What waits for so long that no link may come in time. */
static uint64_t waits_long(const struct next_of *of)
{
    const struct desk_operation *o = first_of(of, DESK_WAITING);

    if (o == NULL)
        o = first_of(of, DESK_SENT);
    return !of->reached && o != NULL && of->now - o->authored_at > OLD;
}

static uint64_t waits_apart(const struct next_of *of)
{
    return !of->reached && has_waiting(of) > 0;
}

static uint64_t has_documents(const struct next_of *of)
{
    return of->n_documents;
}

static uint64_t has_no_copy(const struct next_of *of)
{
    return of->copied_at == 0;
}

static uint64_t is_old(const struct next_of *of)
{
    return !of->reached && of->now - of->copied_at > OLD;
}

static uint64_t has_former(const struct next_of *of)
{
    return of->n_former;
}

static uint64_t has_asked(const struct next_of *of)
{
    return of->conflicts.count[DESK_CONFLICT_ASKED];
}

static uint64_t is_renewing(const struct next_of *of)
{
    return of->renewing;
}

static uint64_t is_apart(const struct next_of *of)
{
    return !of->reached;
}

static uint64_t is_ended(const struct next_of *of)
{
    return of->closed == DESK_ENDED;
}

static uint64_t is_closed(const struct next_of *of)
{
    return of->closed == DESK_CLOSED;
}

static uint64_t has_quarantine(const struct next_of *of)
{
    return of->n_quarantine;
}

static uint64_t has_mandates(const struct next_of *of)
{
    return of->n_mandates;
}

static uint64_t has_incidents(const struct next_of *of)
{
    return of->n_incidents;
}

static uint64_t always(const struct next_of *of)
{
    (void)of;
    return 1;
}

struct situation {
    const char *name;
    uint64_t (*holds)(const struct next_of *of);
    enum desk_conflict_state of;
    const char *say;
};

/* The most urgent first: the first that holds (is not 0) is said, with the first conflict of its
 * state for %s. */
static const struct situation situations[] = {
    {"ended", is_ended, 0,
        N_("Next: the mandate of this account has ended: ask your coordination to renew it. What "
           "waits here stays.")},
    {"closed", is_closed, 0,
        N_("Next: this account is closed: ask your coordination to open it again. What waits here "
           "stays.")},
    {"no_copy", has_no_copy, 0,
        N_("Next: “concert sync” takes the first copy, as soon as the server is in reach.")},
    {"conflict", has_conflict, DESK_CONFLICT_CHOOSE,
        N_("Next: others changed the same as you: “concert resolve %s” shows both and lets you "
           "choose.")},
    {"decide", has_decision, DESK_CONFLICT_DECIDE,
        N_("Next: others changed the same as you: “concert resolve %s” shows both and lets you "
           "choose.")},
    {"refused", has_refused, DESK_CONFLICT_REFUSED,
        N_("Next: a change of yours was refused, why stands above: “concert resolve %s "
           "FIELD=VALUE” corrects it, “concert resolve %s --theirs” puts it aside.")},
    {"incidents", has_incidents, 0,
        N_("Next: the Commission was not told of a serious incident: “concert list incidents”, "
           "then “concert set” with its commission_on.")},
    {"quarantine", has_quarantine, 0,
        N_("Next: changes of revoked devices await you: “concert quarantine”.")},
    {"carried", is_carried, 0,
        N_("Next: a file is on its way: read the answer that comes back with “concert sync --from "
           "FILE”. Should none come, “concert sync --to FILE” writes all of it again.")},
    {"long", waits_long, 0,
        N_("Next: changes have been waiting for more than a week: “concert sync --to FILE” writes "
           "them on a key, for any other office to hand on.")},
    {"answered", has_answer, DESK_CONFLICT_ANSWERED,
        N_("Next: the committee has answered: “concert resolve %s” shows its answer.")},
    {"proposals", has_proposals, 0, N_("Next: others await your answer: “concert proposals”.")},
    {"mandates", has_mandates, 0,
        N_("Next: mandates end within 60 days: “concert devices” tells which; “concert set C1 "
           "expires=DAY” renews one, “concert handover” passes its committee on.")},
    {"apart", waits_apart, 0,
        N_("Next: nothing to do; what waits leaves by itself with the next command that finds the "
           "server.")},
    {"waiting", has_waiting, 0, N_("Next: “concert sync” sends what waits.")},
    {"documents", has_documents, 0, N_("Next: “concert sync” sends the files that wait.")},
    {"renew", is_renewing, 0,
        N_("Next: the server came back from an older backup: write a new file with “concert sync "
           "--to FILE”, or “concert sync” if there is a link.")},
    {"old", is_old, 0,
        N_("Next: this copy is more than a week old: “concert sync” as soon as there is a link.")},
    {"former", has_former, 0,
        N_("Next: the server came back without what other devices had written: ask the other "
           "offices to run “concert sync”; “concert status --former” shows what it is.")},
    {"asked", has_asked, DESK_CONFLICT_ASKED,
        N_("Next: nothing to do; the committee decides: “concert resolve %s” shows where it "
           "stands.")},
    {"offline", is_apart, 0,
        N_("Next: nothing to do; all that you wrote is at the server. “concert sync” asks for "
           "what is new.")},
    {"fine", always, 0,
        N_("Next: nothing to do; all that you wrote is at the server, and this copy is fresh.")},
};

const char *next_step(const struct next_of *of, const char **name_r, struct arena *arena)
{
    const struct situation *situation = situations;
    const char *word;

    while (situation->holds(of) == 0)
        situation++;
    *name_r = situation->name;
    word = of->conflicts.first[situation->of];
    return arena_printf(arena, _(situation->say), word, word);
}
