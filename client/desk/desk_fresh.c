#include "desk/desk_fresh.h"

#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "replica/replica_fresh.h"
#include "replica/replica_outbox.h"
#include "text.h"

#define ASKED_AGAIN INT64_C(2592000000000) /* microseconds that others have to send theirs */

static bool fail_storage(struct desk *desk, struct desk_why *why_r)
{
    replica_rollback(desk->replica);
    return desk_fail_replica(why_r, replica_why(desk->replica));
}

/* --- the report: facts of the copy -------------------------------------------------------------
 */

struct report {
    struct desk_restart restart;
    bool told;
};

struct number {
    const char *key;
    size_t offset;
};

/* Where each number is kept. */
static const struct number numbers[] = {
    {"restart_at", offsetof(struct report, restart.at)},
    {"restart_sent_again", offsetof(struct report, restart.sent_again)},
    {"restart_lacking", offsetof(struct report, restart.lacking)},
    {"restart_known", offsetof(struct report, restart.known)},
    {"restart_clashing", offsetof(struct report, restart.clashing)},
    {"restart_refused", offsetof(struct report, restart.refused)},
    {"restart_former", offsetof(struct report, restart.former)},
};
#define N_NUMBERS (sizeof(numbers) / sizeof(numbers[0]))

static int64_t *number_of(struct report *report, size_t i)
{
    return (int64_t *)(void *)((char *)report + numbers[i].offset);
}

static void load_fact(void *arg, const struct replica_fact *fact)
{
    struct report *report = arg;

    for (size_t i = 0; fact->data == NULL && i < N_NUMBERS; i++)
        if (strcmp(fact->key, numbers[i].key) == 0)
            *number_of(report, i) = fact->number;
    if (fact->data == NULL && strcmp(fact->key, "restart_told") == 0)
        report->told = fact->number != 0;
}

static bool load(struct desk *desk, struct report *report_r)
{
    *report_r = (struct report){.told = false};
    return replica_facts(desk->replica, load_fact, report_r);
}

static bool store_told(struct desk *desk, bool told)
{
    const struct replica_fact fact = {.key = "restart_told", .number = told};

    return replica_put_fact(desk->replica, &fact);
}

static bool store(struct desk *desk, struct report *report)
{
    for (size_t i = 0; i < N_NUMBERS; i++) {
        const struct replica_fact fact = {.key = numbers[i].key, .number = *number_of(report, i)};

        if (!replica_put_fact(desk->replica, &fact))
            return false;
    }
    return true;
}

static bool count_former(void *arg, const struct replica_record *record)
{
    (void)record;
    ++*(int64_t *)arg;
    return true;
}

/* What of the former copy is still not there, and what of the receipts is not taken. */
static bool count_lacking(struct desk *desk, struct desk_restart *restart)
{
    uint64_t refused;

    restart->former = 0;
    if (!replica_former_forget(desk->replica, false) ||
        !replica_former(desk->replica, count_former, &restart->former) ||
        !replica_again_count(desk->replica, REPLICA_AGAIN_REFUSED, &refused))
        return false;
    restart->refused = (int64_t)refused;
    return true;
}

bool desk_fresh_count(struct desk *desk, const struct desk_push *push, bool last)
{
    struct report report, before;

    if (!load(desk, &report))
        return false;
    if (report.restart.at == 0)
        return true;
    before = report;
    desk_push_count(push, &report.restart);
    if (last && !count_lacking(desk, &report.restart))
        return false;
    if (clock_now() - report.restart.at > ASKED_AGAIN && !replica_again_end(desk->replica))
        return false;
    return memcmp(&before.restart, &report.restart, sizeof(before.restart)) == 0 ||
           store(desk, &report);
}

bool desk_fresh_add(struct desk *desk, const struct desk_restart *more)
{
    struct report report;

    if (!load(desk, &report))
        return false;
    if (report.restart.at == 0)
        return true;
    report.restart.lacking += more->lacking;
    report.restart.known += more->known;
    report.restart.clashing += more->clashing;
    return count_lacking(desk, &report.restart) && store(desk, &report);
}

bool desk_restart(struct desk *desk, struct desk_restart *restart_r)
{
    struct report report;
    bool there = load(desk, &report) && report.restart.at != 0;

    *restart_r = report.restart;
    return there;
}

bool desk_restart_news(struct desk *desk, struct desk_restart *restart_r)
{
    struct report report;
    uint64_t left;

    *restart_r = (struct desk_restart){.at = 0};
    if (!load(desk, &report) || report.restart.at == 0 || report.told ||
        !replica_again_count(desk->replica, REPLICA_AGAIN_RECEIPT, &left) || left > 0)
        return false;
    *restart_r = report.restart;
    if (!replica_begin(desk->replica, REPLICA_WRITE) || !store_told(desk, true) ||
        !replica_commit(desk->replica))
        replica_rollback(desk->replica); /* told once more, then */
    return true;
}

/* --- the gathering -----------------------------------------------------------------------------
 */

bool desk_fresh_begun(struct desk *desk, bool *begun_r, struct desk_why *why_r)
{
    uint64_t seq = 0;
    uint8_t hash[64];
    size_t size;

    if (!replica_fresh_cursor(desk->replica, &seq, hash, &size))
        return desk_fail_replica(why_r, replica_why(desk->replica));
    *begun_r = seq > 0;
    return true;
}

bool desk_fresh_page(
    struct desk *desk, uint64_t since, const Concert__Page *page, struct desk_why *why_r)
{
    return (replica_begin(desk->replica, REPLICA_WRITE) &&
               replica_fresh_apply(desk->replica, since, page) && replica_commit(desk->replica)) ||
           fail_storage(desk, why_r);
}

bool desk_fresh_forget(struct desk *desk, struct desk_why *why_r)
{
    return (replica_begin(desk->replica, REPLICA_WRITE) && replica_fresh_forget(desk->replica) &&
               replica_commit(desk->replica)) ||
           fail_storage(desk, why_r);
}

/* The copy and the outbox are both of the new log, or neither is. */
static bool take_gathered(struct desk *desk, int64_t now)
{
    struct report report = {.restart = {.at = now}};
    uint64_t count;

    if (!replica_fresh_take(desk->replica, now) || !replica_reopen(desk->replica, &count) ||
        !desk_log_begin(desk) || !count_lacking(desk, &report.restart))
        return false;
    report.restart.sent_again = (int64_t)count;
    return store(desk, &report) && store_told(desk, false);
}

bool desk_fresh_take(
    struct desk *desk, uint64_t since, const Concert__Page *page, struct desk_why *why_r)
{
    int64_t now = clock_now();

    if (!replica_begin(desk->replica, REPLICA_DURABLE) ||
        !replica_fresh_apply(desk->replica, since, page) || !take_gathered(desk, now) ||
        !replica_commit(desk->replica)) {
        desk_load_facts(desk, &(struct desk_why){0});
        return fail_storage(desk, why_r);
    }
    desk->cursor = page->upto;
    desk->synced_at = now;
    return true;
}

/* --- what the former copy had ------------------------------------------------------------------
 */

struct former {
    struct arena *arena;
    bool (*take)(void *arg, const struct book_entry *entry);
    void *arg;
    bool stopped;
};

static void take_id(uint8_t id_r[UUID_SIZE], const uint8_t *id)
{
    if (id != NULL)
        memcpy(id_r, id, UUID_SIZE);
}

static bool take_former(void *arg, const struct replica_record *record)
{
    struct former *former = arg;
    struct book_entry entry = {.kind = kinds_get((Concert__Kind)record->kind),
        .handle = record->handle,
        .revision = record->revision,
        .seq = record->seq,
        .created_at = record->created_at,
        .changed_at = record->changed_at};

    if (entry.kind == NULL)
        return true; /* of a later version of this program */
    take_id(entry.id, record->id);
    take_id(entry.owner, record->owner);
    take_id(entry.created_by, record->created_by);
    take_id(entry.changed_by, record->changed_by);
    entry.body = protobuf_c_message_unpack(entry.kind->descriptor, arena_allocator(former->arena),
        record->body_size, record->body == NULL ? (const uint8_t *)"" : record->body);
    if (entry.body == NULL)
        return true;
    former->stopped = !former->take(former->arg, &entry);
    return !former->stopped;
}

bool desk_former(struct desk *desk, bool (*take)(void *arg, const struct book_entry *entry),
    void *arg, struct desk_why *why_r)
{
    struct former former = {.arena = desk_arena(why_r), .take = take, .arg = arg};
    bool good;

    if (former.arena == NULL)
        return false;
    good = replica_former(desk->replica, take_former, &former) || former.stopped;
    arena_free(&former.arena);
    return good || desk_fail_replica(why_r, replica_why(desk->replica));
}
