/*
 * The log's changes, kept in the copy from the first on, so that the past can be read off line. The
 * server tells them the newest first: they are held in memory until they reach what is kept, and
 * written at once.
 */
#include <stdlib.h>
#include <string.h>

#include "desk/desk_internal.h"
#include "kinds.h"

#define PAGE_MAX 1000 /* changes asked for at once */
#define PAGE_MIN 100  /* fewer could be only such as this home may not read */
#define MISSED_LATELY                                                                              \
    5000 /* milliseconds in which a server that did not answer is not asked again */

struct page {
    struct page *older;
    const Concert__HistoryAnswer *answer;
};

/* What is being fetched: the changes above `from`, up to `upto`. */
struct fetch {
    struct desk *desk;
    struct arena *arena;
    uint64_t from, upto, before;
    uint64_t forgotten; /* which of the copies made anew it is for */
    uint8_t hash[64];   /* the copy's, at `upto` */
    size_t hash_size;
    struct page *pages; /* the oldest first */
    struct desk_why *why_r;
};

static bool fail_storage(struct desk *desk, struct desk_why *why_r)
{
    replica_rollback(desk->replica);
    return desk_fail_replica(why_r, replica_why(desk->replica));
}

/* --- adoptions ---------------------------------------------------------------------------------
 */

static uint64_t adopted_seq(const Concert__Record *record)
{
    Concert__Plan *plan;
    uint64_t seq;

    if (record->kind != CONCERT__KIND__PLAN || record->body.len == 0)
        return 0;
    plan = concert__plan__unpack(NULL, record->body.len, record->body.data);
    seq = plan != NULL && plan->has_adopted_seq ? plan->adopted_seq : 0;
    if (plan != NULL)
        concert__plan__free_unpacked(plan, NULL);
    return seq;
}

static bool want(struct desk *desk, uint64_t seq)
{
    const struct replica_fact fact = {.key = "log_wanted", .number = (int64_t)seq};

    desk->log_wanted = seq;
    return replica_put_fact(desk->replica, &fact);
}

/* Staff's changes tell who by name, and a name may have been erased or set right. */
static bool forget_names(struct desk *desk, const Concert__Page *page)
{
    for (size_t i = 0; i < page->n_records; i++) {
        const Concert__Record *record = page->records[i];

        if (record->kind == CONCERT__KIND__ACCOUNT && (record->deleted || record->revision > 1)) {
            desk->log_upto = 0;
            return replica_log_forget(desk->replica);
        }
    }
    return true;
}

bool desk_log_note(struct desk *desk, const Concert__Page *page)
{
    uint64_t wanted = 0;

    for (size_t i = 0; i < page->n_records; i++) {
        uint64_t seq = adopted_seq(page->records[i]);

        wanted = seq > wanted ? seq : wanted;
    }
    /* written again when it is known: the transaction that wrote it may have come to nothing */
    return forget_names(desk, page) &&
           (wanted == 0 || wanted < desk->log_wanted || want(desk, wanted));
}

bool desk_log_begin(struct desk *desk)
{
    desk->log_upto = 0;
    return want(desk, 0);
}

/* --- fetching ----------------------------------------------------------------------------------
 */

static uint32_t limit_of(const struct fetch *fetch)
{
    uint64_t missing = fetch->before - 1 - fetch->from;

    if (missing < PAGE_MIN)
        return PAGE_MIN;
    return missing < PAGE_MAX ? (uint32_t)missing : PAGE_MAX;
}

static const Concert__HistoryAnswer *ask(struct fetch *fetch)
{
    Concert__Request request = CONCERT__REQUEST__INIT;
    Concert__History history = CONCERT__HISTORY__INIT;
    Concert__Response *response;

    history.has_before = history.has_limit = true;
    history.before = fetch->before;
    history.limit = limit_of(fetch);
    request.verb_case = CONCERT__REQUEST__VERB_HISTORY;
    request.history = &history;
    response = desk_ask(fetch->desk, &request, fetch->arena, fetch->why_r);
    if (response == NULL)
        return NULL;
    if (response->answer_case == CONCERT__RESPONSE__ANSWER_HISTORY)
        return response->history;
    desk_fail(fetch->why_r, DESK_UNREACHABLE, fetch->desk->identity.address);
    return NULL;
}

/* The newest change must be the one that the copy stands on. */
static bool is_ours(const struct fetch *fetch, const Concert__Change *newest)
{
    return newest->seq != fetch->upto || fetch->hash_size == 0 ||
           (newest->hash.len == fetch->hash_size &&
               memcmp(newest->hash.data, fetch->hash, fetch->hash_size) == 0);
}

/* One page; *more_r: older changes may be missing still. */
static bool take_page(struct fetch *fetch, bool *more_r)
{
    const Concert__HistoryAnswer *answer = ask(fetch);
    struct page *page;
    uint64_t oldest;

    *more_r = false;
    if (answer == NULL)
        return false;
    if (answer->n_changes == 0)
        return true;
    if (!is_ours(fetch, answer->changes[0]))
        return desk_fail(fetch->why_r, DESK_DIVERGED, NULL);
    oldest = answer->changes[answer->n_changes - 1]->seq;
    if (oldest >= fetch->before)
        return desk_fail(fetch->why_r, DESK_UNREACHABLE, fetch->desk->identity.address);
    page = arena_alloc(fetch->arena, sizeof(*page));
    if (page == NULL)
        return desk_fail(fetch->why_r, DESK_LIMIT, NULL);
    *page = (struct page){fetch->pages, answer};
    fetch->pages = page;
    fetch->before = oldest;
    *more_r = oldest > fetch->from + 1;
    return true;
}

/* What is personal can be erased on the server: it is not kept here. */
static bool is_kept(const struct fetch *fetch, const Concert__Change *change)
{
    const struct kind *kind = kinds_get(change->kind);

    return change->seq > fetch->from && change->seq <= fetch->upto && kind != NULL &&
           kind->readers == KIND_READ_ALL && !kinds_has_personal(kind);
}

static bool put_all(const struct fetch *fetch)
{
    struct replica *replica = fetch->desk->replica;

    for (const struct page *page = fetch->pages; page != NULL; page = page->older)
        for (size_t i = 0; i < page->answer->n_changes; i++)
            if (is_kept(fetch, page->answer->changes[i]) &&
                !replica_log_put(replica, page->answer->changes[i]))
                return false;
    return replica_log_reach(replica, fetch->upto);
}

/* In one transaction; what another process has kept meanwhile, or begun anew, stands. */
static bool store(struct fetch *fetch)
{
    struct replica *replica = fetch->desk->replica;
    uint64_t upto, cursor, forgotten;
    uint8_t hash[64];
    size_t size;

    if (!replica_begin(replica, REPLICA_WRITE) || !replica_log_upto(replica, &upto) ||
        !replica_forgotten(replica, &forgotten) || !replica_cursor(replica, &cursor, hash, &size))
        return fail_storage(fetch->desk, fetch->why_r);
    if (upto != fetch->from || cursor < fetch->upto || forgotten != fetch->forgotten) {
        replica_rollback(replica);
        fetch->desk->log_upto = upto;
        return true;
    }
    if (!put_all(fetch) || !replica_commit(replica))
        return fail_storage(fetch->desk, fetch->why_r);
    fetch->desk->log_upto = fetch->upto;
    return true;
}

static bool fetch_all(struct fetch *fetch)
{
    bool more = fetch->upto > fetch->from, good = true;

    fetch->before = fetch->upto + 1;
    while (good && more)
        good = take_page(fetch, &more);
    return good && store(fetch);
}

/* All of one moment: another process may begin the copy anew. */
static bool read_bounds(struct fetch *fetch)
{
    struct replica *replica = fetch->desk->replica;
    bool good = replica_begin(replica, REPLICA_READ) && replica_log_upto(replica, &fetch->from) &&
                replica_forgotten(replica, &fetch->forgotten) &&
                replica_cursor(replica, &fetch->upto, fetch->hash, &fetch->hash_size);

    replica_rollback(replica);
    return good || desk_fail_replica(fetch->why_r, replica_why(replica));
}

/* From what is kept to what the copy shows. */
static bool fetch_log(struct desk *desk, struct desk_why *why_r)
{
    struct fetch fetch = {.desk = desk, .arena = desk_arena(why_r), .why_r = why_r};
    bool good = fetch.arena != NULL && read_bounds(&fetch) && fetch_all(&fetch);

    arena_free(&fetch.arena);
    return good;
}

void desk_log_follow(struct desk *desk)
{
    struct desk_why ignored;

    if (desk->log_wanted > desk->log_upto && desk->cursor > desk->log_upto)
        fetch_log(desk, &ignored);
}

/* --- handing out -------------------------------------------------------------------------------
 */

struct loader {
    struct desk *desk;
    const Concert__Change **changes;
    size_t count, room;
    bool out_of_memory;
};

static bool make_room(struct loader *loader)
{
    size_t room = loader->room == 0 ? 256 : loader->room * 2;
    const Concert__Change **changes;

    if (loader->count < loader->room)
        return true;
    changes = arena_alloc(loader->desk->log, room * sizeof(*changes));
    if (changes == NULL)
        return false;
    if (loader->count > 0)
        memcpy(changes, loader->changes, loader->count * sizeof(*changes));
    loader->changes = changes;
    loader->room = room;
    return true;
}

static bool load_change(void *arg, const uint8_t *bytes, size_t size)
{
    struct loader *loader = arg;
    Concert__Change *change =
        concert__change__unpack(arena_allocator(loader->desk->log), size, bytes);

    if (change == NULL || change->id.len != UUID_SIZE)
        return replica_damaged(loader->desk->replica);
    if (!make_room(loader)) {
        loader->out_of_memory = true;
        return false;
    }
    loader->changes[loader->count++] = change;
    return true;
}

static bool load(struct desk *desk, struct desk_log *log_r, struct desk_why *why_r)
{
    struct loader loader = {.desk = desk};
    bool good;

    arena_free(&desk->log);
    desk->log = desk_arena(why_r);
    if (desk->log == NULL)
        return false;
    good = replica_begin(desk->replica, REPLICA_READ) &&
           replica_log_upto(desk->replica, &log_r->upto) &&
           replica_log(desk->replica, load_change, &loader);
    replica_rollback(desk->replica);
    log_r->changes = loader.changes;
    log_r->count = loader.count;
    if (loader.out_of_memory)
        return desk_fail(why_r, DESK_LIMIT, NULL);
    return good || desk_fail_replica(why_r, replica_why(desk->replica));
}

bool desk_log(struct desk *desk, struct desk_log *log_r, struct desk_why *why_r)
{
    bool missed = desk->missed_at > 0 && link_clock() - desk->missed_at < MISSED_LATELY;

    *log_r = (struct desk_log){.count = 0};
    if (desk->log_upto < desk->cursor && !desk->offline && !missed)
        fetch_log(desk, why_r); /* without it, what is there is good */
    if (!load(desk, log_r, why_r))
        return false;
    desk_fail(why_r, DESK_FINE, NULL);
    return true;
}
