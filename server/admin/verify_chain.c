/* The log alone: its numbers without a gap, its hashes, each from the one before it. */
#include <string.h>

#include "admin/verify_internal.h"
#include "chain.h"
#include "i18n.h"

struct links {
    struct verify *verify;
    const struct inspect_rows *damaged; /* the numbers of those that are not told */
    size_t n_damaged;                   /* that are behind */
    uint64_t seq;
    uint8_t hash[STORE_HASH_SIZE];
};

static unsigned long long number(uint64_t n)
{
    return (unsigned long long)n;
}

/* Goes past changes that come next and are not to be read; true when there were any: what follows
 * has no hash to follow from. */
static bool pass_damaged(struct links *links)
{
    bool passed = false;

    for (; links->n_damaged < inspect_rows_count(links->damaged); links->n_damaged++) {
        uint64_t seq = (uint64_t)inspect_get_number(links->damaged, links->n_damaged, 0);

        if (seq > links->seq + 1)
            break;
        passed |= seq == links->seq + 1;
        links->seq = seq > links->seq ? seq : links->seq;
    }
    return passed;
}

static void check_place(struct links *links, const struct store_change *change)
{
    if (change->seq == links->seq + 1)
        return;
    if (change->seq == links->seq + 2)
        verify_found(links->verify, _("Change %llu is missing."), number(links->seq + 1));
    else
        verify_found(links->verify, _("Changes %llu to %llu are missing."), number(links->seq + 1),
            number(change->seq - 1));
}

static void check_contents(struct links *links, const struct audit_change *taken)
{
    const struct store_change *change = &taken->change;
    uint8_t hash[STORE_HASH_SIZE];
    char name[64];

    if (taken->erased)
        return;
    chain_patch(change->patch, change->patch_size, hash);
    if (memcmp(hash, change->patch_hash, STORE_HASH_SIZE) != 0) {
        verify_name(links->verify, change->id, name);
        verify_found(links->verify, _("Change %llu of %s: its patch is not the one of its hash."),
            number(change->seq), name);
    }
    if (!change->resolved)
        return;
    chain_patch(change->resolution, change->resolution_size, hash);
    if (memcmp(hash, change->resolution_hash, STORE_HASH_SIZE) != 0) {
        verify_name(links->verify, change->id, name);
        verify_found(links->verify,
            _("Change %llu of %s: its resolution is not the one of its hash."), number(change->seq),
            name);
    }
}

static void check_hash(struct links *links, const struct audit_change *taken)
{
    uint8_t hash[STORE_HASH_SIZE];
    char name[64];

    chain_next(links->hash, &taken->change, hash);
    if (memcmp(hash, taken->change.hash, STORE_HASH_SIZE) == 0)
        return;
    if (taken->erased && taken->change.reason == NULL) {
        links->verify->unproven++;
        return;
    }
    verify_name(links->verify, taken->change.id, name);
    verify_found(links->verify,
        _("Change %llu of %s: its hash does not follow from the change before it and from what it "
          "says itself."),
        number(taken->change.seq), name);
}

/* Its kind's number goes into the hash, so one without a kind has none to compare. */
static void tell_no_kind(struct links *links, const struct audit_change *taken)
{
    char name[64];

    verify_name(links->verify, taken->change.id, name);
    verify_found(links->verify, _("Change %llu of %s: there is no kind “%s”."),
        number(taken->change.seq), name, taken->kind);
}

static bool take(void *arg, const struct audit_change *taken)
{
    struct links *links = arg;
    bool follows = !pass_damaged(links) && taken->change.seq == links->seq + 1;

    check_place(links, &taken->change);
    check_contents(links, taken);
    if (taken->change.kind == NULL)
        tell_no_kind(links, taken);
    else if (follows)
        check_hash(links, taken);
    links->verify->erased += taken->erased;
    links->verify->changes++;
    links->seq = taken->change.seq;
    memcpy(links->hash, taken->change.hash, STORE_HASH_SIZE);
    return true;
}

static bool check_head(struct links *links)
{
    bool damaged = pass_damaged(links);
    struct inspect_rows *rows =
        inspect_ask(links->verify->inspect, "SELECT seq, hash FROM head", NULL, 0);
    struct pipeline_value hash;
    uint64_t seq;

    if (rows == NULL)
        return false;
    if (inspect_rows_count(rows) != 1)
        verify_found(links->verify, "%s", _("The head's row is missing."));
    else {
        seq = (uint64_t)inspect_get_number(rows, 0, 0);
        hash = inspect_get(rows, 0, 1);
        if (seq != links->seq)
            verify_found(links->verify, _("The log ends with change %llu, but the head says %llu."),
                number(links->seq), number(seq));
        else if (!damaged && (hash.size != STORE_HASH_SIZE ||
                                 memcmp(hash.data, links->hash, STORE_HASH_SIZE) != 0))
            verify_found(links->verify, _("The head's hash is not that of change %llu, the last."),
                number(seq));
    }
    inspect_rows_free(&rows);
    return true;
}

/* The list of what a change set must be a plain one. */
static bool find_damaged(struct links *links, struct inspect_rows **rows_r)
{
    char name[64];
    uint8_t id[UUID_SIZE];

    *rows_r = inspect_ask(links->verify->inspect,
        "SELECT c.seq, c.record FROM change c WHERE array_ndims(c.fields) > 1 ORDER BY c.seq", NULL,
        0);
    links->damaged = *rows_r;
    for (size_t i = 0; *rows_r != NULL && i < inspect_rows_count(*rows_r); i++) {
        inspect_get_id(*rows_r, i, 1, id);
        verify_name(links->verify, id, name);
        verify_found(links->verify,
            _("Change %llu of %s: the names of its fields are not to be read."),
            number((uint64_t)inspect_get_number(*rows_r, i, 0)), name);
    }
    return *rows_r != NULL;
}

bool verify_chain(struct verify *verify)
{
    struct links links = {.verify = verify};
    struct inspect_rows *damaged;
    bool fine =
        find_damaged(&links, &damaged) &&
        audit_walk(verify->inspect, VERIFY_READABLE " ORDER BY c.seq", NULL, 0, take, &links) &&
        check_head(&links);

    inspect_rows_free(&damaged);
    return fine;
}
