/* The log's changes, kept in the copy from the first on, so that the past can be read off line. */
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "desk/desk_internal.h"
#include "desk/desk_log_rid.h"
#include "kinds.h"
#include "replica/replica_erase.h"
#include "replica/replica_log.h"

#define MISSED_LATELY                                                                              \
    5000 /* milliseconds in which a server that did not answer is not asked again */

#define ERASURE "erasure_pending" /* a fact */

/* --- adoptions ---------------------------------------------------------------------------------
 */

static uint64_t adopted_seq(const uint8_t *body, size_t size)
{
    Concert__Plan *plan = size == 0 ? NULL : concert__plan__unpack(NULL, size, body);
    uint64_t seq = plan != NULL && plan->has_adopted_seq ? plan->adopted_seq : 0;
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

/* --- names --------------------------------------------------------------------------------------
 */

/* Staff's changes tell who by name, and a name may have been erased or set right. */
struct names {
    const Concert__Record *record;
    const Concert__Account *account; /* NULL: the account was removed */
    bool differ;
};

static bool see_name(void *arg, const uint8_t *bytes, size_t size)
{
    struct names *names = arg;
    Concert__Change *change = concert__change__unpack(NULL, size, bytes);
    const char *person = names->account == NULL ? NULL : names->account->person;

    if (change != NULL && change->account.len == UUID_SIZE && change->who != NULL &&
        memcmp(change->account.data, names->record->id.data, UUID_SIZE) == 0)
        names->differ = person == NULL || strstr(change->who, person) == NULL;
    if (change != NULL)
        concert__change__free_unpacked(change, NULL);
    return !names->differ;
}

/* True when a change that is kept tells another name than the account has now. *good_r: the copy
 * could be read. */
static bool names_differ(struct desk *desk, const Concert__Record *record, bool *good_r)
{
    Concert__Account *account =
        record->deleted ? NULL
                        : concert__account__unpack(NULL, record->body.len, record->body.data);
    struct names names = {.record = record, .account = account};

    *good_r = replica_log_all(desk->replica, see_name, &names) || names.differ;
    if (account != NULL)
        concert__account__free_unpacked(account, NULL);
    return names.differ;
}

/* The server's own act on what is personal: an erasure (concertd erase), also of what other changes
 * told. */
static bool is_erasure(const Concert__Record *record)
{
    const struct kind *kind = kinds_get(record->kind);

    return kind != NULL && kinds_has_personal(kind) && record->revision > 1 &&
           record->id.len == UUID_SIZE && record->changed_by.len == UUID_SIZE &&
           memcmp(record->changed_by.data, uuid_none, UUID_SIZE) == 0;
}

/* Until the copy's files are rid of what was overwritten. */
static bool note_erasure(struct desk *desk, int64_t pending)
{
    const struct replica_fact fact = {.key = ERASURE, .number = pending};

    return replica_put_fact(desk->replica, &fact);
}

static void see_erasure(void *arg, const struct replica_fact *fact)
{
    if (strcmp(fact->key, ERASURE) == 0)
        *(bool *)arg = fact->number != 0;
}

void desk_log_rid(struct desk *desk)
{
    bool pending = false;

    if (!replica_facts(desk->replica, see_erasure, &pending) || !pending)
        return;
    if (!replica_checkpoint(desk->replica))
        return;
    if (replica_begin(desk->replica, REPLICA_WRITE) &&
        (!note_erasure(desk, 0) || !replica_commit(desk->replica)))
        replica_rollback(desk->replica);
}

static bool forget_names(struct desk *desk, const Concert__Page *page)
{
    bool good = true, differ = false;

    for (size_t i = 0; good && i < page->n_records; i++) {
        const Concert__Record *record = page->records[i];

        if (is_erasure(record)) {
            differ = true;
            good = note_erasure(desk, 1) && replica_erase(desk->replica, record->id.data);
        } else if (!differ && record->kind == CONCERT__KIND__ACCOUNT &&
                   record->id.len == UUID_SIZE && (record->deleted || record->revision > 1))
            differ = names_differ(desk, record, &good);
    }
    if (!good || !differ)
        return good;
    desk->log_upto = 0;
    return replica_log_forget(desk->replica);
}

bool desk_log_note(struct desk *desk, const Concert__Page *page)
{
    uint64_t wanted = 0;

    for (size_t i = 0; i < page->n_records; i++) {
        const Concert__Record *record = page->records[i];
        uint64_t seq = record->kind == CONCERT__KIND__PLAN
                           ? adopted_seq(record->body.data, record->body.len)
                           : 0;

        wanted = seq > wanted ? seq : wanted;
    }
    /* written again when it is known: the transaction that wrote it may have come to nothing */
    return forget_names(desk, page) &&
           (wanted == 0 || wanted < desk->log_wanted || want(desk, wanted));
}

static bool see_adoption(void *arg, const struct replica_record *record)
{
    uint64_t *wanted = arg;
    uint64_t seq =
        record->kind == CONCERT__KIND__PLAN ? adopted_seq(record->body, record->body_size) : 0;

    *wanted = seq > *wanted ? seq : *wanted;
    return true;
}

bool desk_log_begin(struct desk *desk)
{
    uint64_t wanted = 0;

    desk->log_upto = 0;
    return replica_records(desk->replica, see_adoption, &wanted) && want(desk, wanted);
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
    const Concert__Change **changes = arena_grow(
        loader->desk->log, loader->changes, loader->count, &loader->room, sizeof(*changes));

    if (changes != NULL)
        loader->changes = changes;
    return changes != NULL;
}

static bool load_change(void *arg, const uint8_t *bytes, size_t size)
{
    struct loader *loader = arg;
    Concert__Change *change =
        concert__change__unpack(arena_allocator(loader->desk->log), size, bytes);

    if (change == NULL || change->id.len != UUID_SIZE)
        return replica_damaged(loader->desk->replica);
    if (kinds_get(change->kind) == NULL)
        return true; /* kept for a later version of this program */
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
    bool missed = desk->missed_at > 0 && clock_steady() - desk->missed_at < MISSED_LATELY;

    *log_r = (struct desk_log){.count = 0};
    if (desk->log_upto < desk->cursor && !desk->offline && !missed)
        desk_log_fetch(desk, why_r); /* without it, what is there is good */
    if (!load(desk, log_r, why_r))
        return false;
    desk_fail(why_r, DESK_FINE, NULL);
    return true;
}
