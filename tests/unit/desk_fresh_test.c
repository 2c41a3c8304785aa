/* The core of the exchange against a log in memory that comes back from a backup: cut, killed and
 * come back once more between any two steps, nothing is lost and nothing is there twice. The
 * test's own link.h answers each request as it is put. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "desk/desk_sync.h"
#include "link/link.h"
#include "replica/replica_fresh.h"
#include "replica/replica_outbox.h"

#define LOG_MAX 64
#define PAGE_RECORDS 2
#define STEPS_MAX 14 /* beyond the last step of any exchange here */
#define HASH_SIZE 8

struct entry {
    uint8_t op_id[UUID_SIZE], id[UUID_SIZE];
    bool create;
    uint8_t body[128];
    size_t size;
    uint64_t hash;
};

/* The server: entry i has seq i + 1. */
struct server {
    struct entry log[LOG_MAX];
    size_t count;
};

struct link {
    struct server *server;
    struct arena *arena;
    Concert__Response *queue[64]; /* to be taken, the oldest first */
    size_t first, count;
    bool deaf; /* what is put does not arrive any more */
};

/* --- the server ------------------------------------------------------------------------------- */

static uint64_t hash_at(const struct server *server, uint64_t seq)
{
    return seq == 0 ? 0 : server->log[seq - 1].hash;
}

static void append(struct server *server, const Concert__Operation *operation)
{
    struct entry *entry = &server->log[server->count];
    uint64_t hash = hash_at(server, server->count) * 31 + 7;

    assert_true(server->count < LOG_MAX && operation->patch.len <= sizeof(entry->body));
    memset(entry, 0, sizeof(*entry));
    memcpy(entry->op_id, operation->op_id.data, UUID_SIZE);
    memcpy(entry->id, operation->id.data, UUID_SIZE);
    entry->create = operation->base_revision == 0;
    entry->size = operation->patch.len;
    if (entry->size > 0)
        memcpy(entry->body, operation->patch.data, entry->size);
    for (size_t i = 0; i < UUID_SIZE; i++)
        hash = hash * 31 + entry->op_id[i];
    entry->hash = hash;
    server->count++;
}

static uint64_t find_op(const struct server *server, const uint8_t op_id[UUID_SIZE])
{
    for (size_t i = 0; i < server->count; i++)
        if (uuid_equal(server->log[i].op_id, op_id))
            return i + 1;
    return 0;
}

static uint64_t revision_of(const struct server *server, const uint8_t *id, uint64_t upto)
{
    uint64_t revision = 0;

    for (size_t i = 0; i < upto; i++)
        revision += uuid_equal(server->log[i].id, id);
    return revision;
}

static Concert__Response *reply(struct link *link, uint64_t number)
{
    Concert__Response *response = arena_alloc(link->arena, sizeof(*response));

    concert__response__init(response);
    response->has_number = true;
    response->number = number;
    assert_true(link->count < sizeof(link->queue) / sizeof(link->queue[0]));
    link->queue[link->count++] = response;
    return response;
}

static void answer_error(struct link *link, uint64_t number, Concert__Code code)
{
    Concert__Response *response = reply(link, number);
    Concert__Error *error = arena_alloc(link->arena, sizeof(*error));

    concert__error__init(error);
    error->has_code = true;
    error->code = code;
    response->answer_case = CONCERT__RESPONSE__ANSWER_ERROR;
    response->error = error;
}

static Concert__Result *decide(struct link *link, const Concert__Operation *operation)
{
    struct server *server = link->server;
    Concert__Result *result = arena_alloc(link->arena, sizeof(*result));
    uint64_t seq = find_op(server, operation->op_id.data);

    concert__result__init(result);
    result->has_status = result->has_seq = result->has_revision = true;
    result->status =
        seq > 0 ? CONCERT__RESULT__STATUS__DUPLICATE : CONCERT__RESULT__STATUS__APPLIED;
    if (seq == 0 && operation->base_revision > 0 &&
        revision_of(server, operation->id.data, server->count) == 0) {
        result->status = CONCERT__RESULT__STATUS__REFUSED;
        result->error = arena_alloc(link->arena, sizeof(*result->error));
        concert__error__init(result->error);
        result->error->has_code = true;
        result->error->code = CONCERT__CODE__NOT_FOUND;
        return result;
    }
    if (seq == 0) {
        append(server, operation);
        seq = server->count;
    }
    result->seq = seq;
    result->revision = revision_of(server, operation->id.data, seq);
    return result;
}

static void answer_push(struct link *link, const Concert__Request *request)
{
    Concert__Response *response = reply(link, request->number);
    Concert__PushAnswer *answer = arena_alloc(link->arena, sizeof(*answer));

    concert__push_answer__init(answer);
    answer->results =
        arena_alloc(link->arena, request->push->n_operations * sizeof(*answer->results));
    for (size_t i = 0; i < request->push->n_operations; i++)
        answer->results[answer->n_results++] = decide(link, request->push->operations[i]);
    response->answer_case = CONCERT__RESPONSE__ANSWER_PUSH;
    response->push = answer;
}

static Concert__Record *record_at(struct link *link, uint64_t seq)
{
    const struct entry *entry = &link->server->log[seq - 1];
    Concert__Record *record = arena_alloc(link->arena, sizeof(*record));

    concert__record__init(record);
    record->id = (ProtobufCBinaryData){
        UUID_SIZE, (uint8_t *)arena_copy(link->arena, (const char *)entry->id, UUID_SIZE)};
    record->kind = CONCERT__KIND__TERRITORY;
    record->handle = arena_printf(link->arena, "TE%llu", (unsigned long long)seq);
    record->revision = revision_of(link->server, entry->id, seq);
    record->seq = seq;
    record->has_body = true;
    record->body = (ProtobufCBinaryData){
        entry->size, (uint8_t *)arena_copy(link->arena, (const char *)entry->body, entry->size)};
    return record;
}

/* True when a later change is of the same record: it is told there. */
static bool is_superseded(const struct server *server, uint64_t seq)
{
    for (size_t i = seq; i < server->count; i++)
        if (uuid_equal(server->log[i].id, server->log[seq - 1].id))
            return true;
    return false;
}

static uint64_t put_page(struct link *link, uint64_t number, uint64_t since)
{
    Concert__Response *response = reply(link, number);
    Concert__Page *page = arena_alloc(link->arena, sizeof(*page));
    uint64_t *hash = arena_alloc(link->arena, HASH_SIZE), seq = since;
    uint64_t *head_hash = arena_alloc(link->arena, HASH_SIZE);

    concert__page__init(page);
    page->records = arena_alloc(link->arena, PAGE_RECORDS * sizeof(*page->records));
    while (seq < link->server->count && page->n_records < PAGE_RECORDS)
        if (!is_superseded(link->server, ++seq))
            page->records[page->n_records++] = record_at(link, seq);
    *hash = hash_at(link->server, seq);
    *head_hash = hash_at(link->server, link->server->count);
    page->has_upto = page->has_head = page->has_upto_hash = page->has_head_hash = true;
    page->head_hash = (ProtobufCBinaryData){HASH_SIZE, (uint8_t *)head_hash};
    page->upto = seq;
    page->head = link->server->count;
    page->upto_hash = (ProtobufCBinaryData){HASH_SIZE, (uint8_t *)hash};
    response->has_more = response->more = seq < link->server->count;
    response->answer_case = CONCERT__RESPONSE__ANSWER_PULL;
    response->pull = page;
    return seq;
}

static bool is_held(const struct server *server, uint64_t seq, const ProtobufCBinaryData *told)
{
    uint64_t hash;

    assert_int_equal(told->len, HASH_SIZE);
    memcpy(&hash, told->data, HASH_SIZE);
    return seq <= server->count && hash == hash_at(server, seq);
}

static void answer_pull(struct link *link, const Concert__Request *request)
{
    const Concert__Pull *pull = request->pull;
    uint64_t since = pull->since;

    if ((pull->has_since_hash && since > 0 && !is_held(link->server, since, &pull->since_hash)) ||
        (pull->has_head_hash && !is_held(link->server, pull->head, &pull->head_hash))) {
        answer_error(link, request->number, CONCERT__CODE__DIVERGED);
        return;
    }
    do
        since = put_page(link, request->number, since);
    while (since < link->server->count);
}

/* --- link.h ----------------------------------------------------------------------------------- */

struct link *link_open(const struct link_options *options, struct link_why *why_r)
{
    (void)options;
    why_r->trouble = LINK_UNREACHABLE;
    return NULL;
}

void link_free(struct link **link)
{
    *link = NULL; /* it is the scene's */
}

void link_renew(struct link *link)
{
    (void)link;
}

bool link_put(struct link *link, const Concert__Request *request)
{
    if (link->deaf)
        return true;
    if (request->verb_case == CONCERT__REQUEST__VERB_PUSH)
        answer_push(link, request);
    else if (request->verb_case == CONCERT__REQUEST__VERB_PULL)
        answer_pull(link, request);
    return true;
}

Concert__Response *link_next(struct link *link, struct arena *arena)
{
    (void)link, (void)arena;
    return NULL;
}

void link_follow(struct link *link, int wake_fd)
{
    (void)link, (void)wake_fd;
}

int64_t link_rtt(const struct link *link)
{
    (void)link;
    return 0;
}

bool link_has_sent(const struct link *link)
{
    (void)link;
    return true;
}

const struct link_why *link_why(const struct link *link)
{
    static const struct link_why why = {.trouble = LINK_FINE};

    (void)link;
    return &why;
}

/* --- the scene -------------------------------------------------------------------------------- */

struct scene {
    struct server server, backup, other;
    char homes[2][64];
    struct arena *arena;
};

/* What befalls an exchange: after how many responses, and how. */
struct accident {
    size_t after;
    bool kill;      /* the program ends there, without a word */
    bool deaf;      /* what it asked for last did not arrive */
    bool come_back; /* the server's log becomes the scene's other one */
};

static void make_home(char home[64])
{
    const struct replica_fact facts[] = {
        {.key = "joined", .number = 1},
        {.key = "complete", .number = 1},
        {.key = "limit_operations", .number = 2},
    };
    struct replica_why why;
    struct replica *replica;

    snprintf(home, 64, "/tmp/desk-fresh-XXXXXX");
    assert_non_null(mkdtemp(home));
    replica = replica_open(home, true, &why);
    assert_non_null(replica);
    assert_true(replica_begin(replica, REPLICA_DURABLE));
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++)
        assert_true(replica_put_fact(replica, &facts[i]));
    assert_true(replica_commit(replica));
    replica_free(&replica);
}

static int set_up(void **state)
{
    struct scene *scene = calloc(1, sizeof(*scene));

    scene->arena = arena_new((size_t)1 << 26);
    make_home(scene->homes[0]);
    make_home(scene->homes[1]);
    *state = scene;
    return 0;
}

static int tear_down(void **state)
{
    static const char *const files[] = {"copy.db", "copy.db-wal", "copy.db-shm", "lock"};
    struct scene *scene = *state;
    char path[100];

    for (size_t home = 0; home < 2; home++) {
        for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
            snprintf(path, sizeof(path), "%s/%s", scene->homes[home], files[i]);
            unlink(path);
        }
        rmdir(scene->homes[home]);
    }
    arena_free(&scene->arena);
    free(scene);
    return 0;
}

static struct desk *open_home(struct scene *scene, size_t home)
{
    const struct desk_options options = {.home = scene->homes[home], .offline = true};
    struct desk_why why;
    struct desk *desk = desk_open(&options, &why);

    assert_non_null(desk);
    return desk;
}

/* Takes what came until the exchange is over; true when it came to its end. */
static bool drive(struct scene *scene, struct link *link, struct desk_sync *sync,
    const struct accident *accident, struct desk_why *why_r)
{
    enum desk_sync_step step = DESK_SYNC_MORE;

    for (size_t taken = 0; step == DESK_SYNC_MORE && link->first < link->count; taken++) {
        if (accident != NULL && taken == accident->after) {
            if (!accident->come_back)
                return false;
            scene->server = scene->other;
            return false;
        }
        link->deaf = accident != NULL && accident->deaf && taken + 1 == accident->after;
        step = desk_sync_take(sync, link->queue[link->first++], why_r);
    }
    return step == DESK_SYNC_DONE;
}

static bool exchange(struct scene *scene, size_t home, const struct accident *accident)
{
    struct desk *desk = open_home(scene, home);
    struct link link = {.server = &scene->server, .arena = arena_new((size_t)1 << 24)};
    struct desk_sync *sync;
    struct desk_why why;
    bool good;

    desk->link = &link;
    sync = desk_sync_new(desk, &why);
    assert_non_null(sync);
    good = desk_sync_begin(sync, &why) && drive(scene, &link, sync, accident, &why);
    if (!good && !(accident != NULL && accident->kill))
        desk_sync_cut(sync, true);
    desk_sync_free(&sync);
    desk_free(&desk);
    arena_free(&link.arena);
    return good;
}

static void sync_home(struct scene *scene, size_t home)
{
    assert_true(exchange(scene, home, NULL));
}

/* A territory that is new, or known by its code. */
static void write_territory(struct scene *scene, size_t home, const char *code, const char *name)
{
    struct desk *desk = open_home(scene, home);
    struct desk_change change = {.kind = kinds_get(CONCERT__KIND__TERRITORY)};
    Concert__Territory *patch = (Concert__Territory *)record_new(change.kind, scene->arena);
    const struct desk_operation *operations;
    const struct book_entry *const *list;
    struct desk_why why;
    size_t count;

    patch->code = (char *)code;
    patch->name = (char *)name;
    change.patch = &patch->base;
    uuid_make(1, change.id);
    list = book_list(desk_book(desk, &why), CONCERT__KIND__TERRITORY, &count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(book_text(list[i], "code"), code) == 0) {
            memcpy(change.id, list[i]->id, UUID_SIZE);
            change.base = list[i]->revision;
        }
    assert_true(desk_write(desk, &change, 1, false, &operations, &why));
    desk_free(&desk);
}

/* --- what must hold --------------------------------------------------------------------------- */

static bool is_in_log(void *arg, const struct replica_operation *operation)
{
    const struct server *server = arg;
    size_t times = 0;

    for (size_t i = 0; i < server->count; i++)
        times += uuid_equal(server->log[i].op_id, operation->op_id);
    assert_int_equal(operation->state, REPLICA_ACCEPTED);
    assert_int_equal(times, 1);
    assert_non_null(operation->result);
    return true;
}

static bool is_servers(void *arg, const struct replica_record *record)
{
    const struct server *server = arg;
    uint64_t seq = 0;

    for (size_t i = 0; i < server->count; i++)
        if (uuid_equal(server->log[i].id, record->id))
            seq = i + 1;
    assert_true(seq > 0);
    assert_int_equal(record->seq, seq);
    assert_int_equal(record->body_size, server->log[seq - 1].size);
    assert_memory_equal(record->body, server->log[seq - 1].body, record->body_size);
    return true;
}

static bool count_one(void *arg, const struct replica_record *record)
{
    (void)record;
    ++*(size_t *)arg;
    return true;
}

/* Every receipt is in the log once, and the copy is what the log says. */
static void holds(struct scene *scene, size_t home)
{
    struct desk *desk = open_home(scene, home);
    size_t records = 0, all = 0;
    uint64_t seq;
    uint8_t hash[64];
    size_t size;

    assert_true(replica_outbox(desk->replica, 0, ~0u, is_in_log, &scene->server));
    assert_true(replica_records(desk->replica, is_servers, &scene->server));
    assert_true(replica_records(desk->replica, count_one, &records));
    for (size_t i = 0; i < scene->server.count; i++)
        all += !is_superseded(&scene->server, i + 1);
    assert_int_equal(records, all);
    assert_true(replica_cursor(desk->replica, &seq, hash, &size));
    assert_int_equal(seq, scene->server.count);
    assert_true(replica_fresh_cursor(desk->replica, &seq, hash, &size));
    assert_int_equal(seq, 0);
    desk_free(&desk);
}

static bool restart_of(struct scene *scene, size_t home, struct desk_restart *restart_r)
{
    struct desk *desk = open_home(scene, home);
    bool news = desk_restart_news(desk, restart_r);

    desk_free(&desk);
    return news;
}

/* --- the tests -------------------------------------------------------------------------------- */

/* Five territories are in the backup; three changes of the first home and one of the second, which
 * is of a record that the first has made since, are not. One more waits. */
static void lose_a_day(struct scene *scene)
{
    static const char *const codes[] = {"a", "b", "c", "d", "e"};

    memset(&scene->server, 0, sizeof(scene->server));
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
        write_territory(scene, 0, codes[i], "before");
    sync_home(scene, 0);
    sync_home(scene, 1);
    scene->backup = scene->server;
    write_territory(scene, 0, "f", "lost");
    write_territory(scene, 0, "g", "lost");
    write_territory(scene, 0, "a", "changed");
    sync_home(scene, 0);
    sync_home(scene, 1);
    write_territory(scene, 1, "f", "changed");
    sync_home(scene, 1);
    sync_home(scene, 0);
    write_territory(scene, 0, "h", "waiting");
    scene->server = scene->backup;
}

/* As a stranger's change makes it: the logs are of the same length, or the new one is longer. */
static void grow(struct server *server, size_t count, uint8_t mark)
{
    for (size_t i = 0; i < count; i++) {
        Concert__Operation operation = CONCERT__OPERATION__INIT;
        uint8_t id[UUID_SIZE];

        memset(id, mark + (int)i, sizeof(id));
        operation.op_id = operation.id = (ProtobufCBinaryData){UUID_SIZE, id};
        append(server, &operation);
    }
}

static void what_was_lost_is_sent_again_and_told_once(void **state)
{
    struct scene *scene = *state;
    struct desk_restart restart;

    lose_a_day(scene);
    assert_false(restart_of(scene, 0, &restart));
    sync_home(scene, 0);
    assert_true(restart_of(scene, 0, &restart));
    assert_int_equal(restart.sent_again, 8);
    assert_int_equal(restart.known, 5);
    assert_int_equal(restart.lacking, 3);
    assert_int_equal(restart.clashing, 0);
    assert_int_equal(restart.refused, 0);
    assert_int_equal(restart.former, 1); /* what the other home had changed */
    assert_true(restart.at > 0);
    assert_false(restart_of(scene, 0, &restart));
    assert_int_equal(restart.at, 0);
    sync_home(scene, 1);
    assert_true(restart_of(scene, 1, &restart));
    assert_int_equal(restart.sent_again, 1);
    assert_int_equal(restart.lacking, 1);
    sync_home(scene, 0);
    holds(scene, 0);
    holds(scene, 1);
}

/* The second home comes first: what its change is of is not there yet, and it waits for it. */
static void a_change_whose_record_is_not_there_yet_is_asked_again(void **state)
{
    struct scene *scene = *state;
    struct desk_restart restart;
    struct desk *desk;

    lose_a_day(scene);
    grow(&scene->server, 5, 100);
    sync_home(scene, 1);
    assert_true(restart_of(scene, 1, &restart));
    assert_int_equal(restart.refused, 1);
    assert_int_equal(restart.former, 3);
    sync_home(scene, 0);
    sync_home(scene, 1);
    desk = open_home(scene, 1);
    assert_true(desk_restart(desk, &restart));
    desk_free(&desk);
    assert_int_equal(restart.refused, 0);
    assert_int_equal(restart.lacking, 1);
    assert_int_equal(restart.former, 0);
    sync_home(scene, 0);
    holds(scene, 0);
    holds(scene, 1);
}

/* In turns, until each has sent what the other's were of. */
static void finish(struct scene *scene, size_t home)
{
    for (int times = 0; times < 2; times++) {
        sync_home(scene, home);
        sync_home(scene, 1 - home);
    }
    sync_home(scene, home);
    holds(scene, home);
    holds(scene, 1 - home);
}

static void cuts_at_every_step_lose_nothing(void **state)
{
    struct scene *scene = *state;

    for (unsigned kind = 0; kind < 4; kind++)
        for (size_t after = 0; after < STEPS_MAX; after++) {
            const struct accident accident = {
                .after = after, .kill = (kind & 1) != 0, .deaf = (kind & 2) != 0};

            tear_down(state);
            set_up(state);
            scene = *state;
            lose_a_day(scene);
            grow(&scene->server, after % 7, 100);
            for (int times = 0; times < 3; times++)
                exchange(scene, 0, &accident);
            exchange(scene, 1, &accident);
            finish(scene, after % 2);
        }
}

static void a_log_that_comes_back_once_more_is_gathered_from_its_start(void **state)
{
    struct scene *scene = *state;

    for (unsigned kind = 0; kind < 2; kind++)
        for (size_t after = 0; after < STEPS_MAX; after++) {
            const struct accident accident = {.after = after, .kill = kind != 0, .come_back = true};

            tear_down(state);
            set_up(state);
            scene = *state;
            lose_a_day(scene);
            scene->other = scene->backup;
            scene->other.count -= after % 3;
            grow(&scene->other, after % 5, 150);
            grow(&scene->server, 4, 100);
            exchange(scene, 0, &accident);
            finish(scene, after % 2);
        }
}

/* A stranger's change of a record that grow made with this mark. */
static void change(struct server *server, uint8_t id_mark, uint8_t op_mark)
{
    Concert__Operation operation = CONCERT__OPERATION__INIT;
    uint8_t id[UUID_SIZE], op_id[UUID_SIZE];

    memset(id, id_mark, sizeof(id));
    memset(op_id, op_mark, sizeof(op_id));
    operation.id = (ProtobufCBinaryData){UUID_SIZE, id};
    operation.op_id = (ProtobufCBinaryData){UUID_SIZE, op_id};
    operation.base_revision = 1;
    append(server, &operation);
}

/* Records of the first pages' time change after the backup: those pages leave them out, and the
 * backup's log has them behind where the pages end. */
static void pages_cut_before_a_restart_leave_no_hole(void **state)
{
    struct scene *scene = *state;

    for (unsigned kind = 0; kind < 4; kind++)
        for (size_t after = 0; after < STEPS_MAX; after++)
            for (size_t lost = 1; lost <= 3; lost++) {
                const struct accident accident = {.after = after, .kill = (kind & 1) != 0};
                bool gathers = (kind & 2) != 0;

                tear_down(state);
                set_up(state);
                scene = *state;
                grow(&scene->server, 2, 200);
                if (gathers) {
                    sync_home(scene, 1);
                    memset(&scene->server, 0, sizeof(scene->server));
                }
                grow(&scene->server, 7, 100);
                for (uint8_t i = 0; i < 3; i++)
                    change(&scene->server, (uint8_t)(100 + i), (uint8_t)(150 + i));
                exchange(scene, 1, &accident);
                scene->server.count -= lost;
                grow(&scene->server, after % 4, 160);
                sync_home(scene, 1);
                holds(scene, 1);
            }
}

/* --- what is shown until the receipts are answered ---------------------------------------------
 */

static bool is_named(struct scene *scene, size_t home, const char *code, const char *name)
{
    struct desk *desk = open_home(scene, home);
    const struct book_entry *const *list;
    struct desk_why why;
    size_t count;
    bool is = false;

    list = book_list(desk_book(desk, &why), CONCERT__KIND__TERRITORY, &count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(book_text(list[i], "code"), code) == 0)
            is = strcmp(book_text(list[i], "name"), name) == 0;
    desk_free(&desk);
    return is;
}

/* Its own older words do not stand over somebody else's newer ones; what is lacking is shown. */
static void what_is_sent_again_hides_nothing_newer(void **state)
{
    struct scene *scene = *state;

    for (size_t after = 0; after < STEPS_MAX; after++) {
        const struct accident accident = {.after = after, .kill = true};

        tear_down(state);
        set_up(state);
        scene = *state;
        write_territory(scene, 0, "a", "first");
        sync_home(scene, 0);
        write_territory(scene, 0, "a", "own");
        sync_home(scene, 0);
        sync_home(scene, 1);
        write_territory(scene, 1, "a", "newer");
        sync_home(scene, 1);
        scene->backup = scene->server;
        write_territory(scene, 0, "b", "lost");
        sync_home(scene, 0);
        assert_true(is_named(scene, 0, "a", "newer"));
        scene->server = scene->backup;
        exchange(scene, 0, &accident);
        assert_true(is_named(scene, 0, "a", "newer"));
        assert_true(is_named(scene, 0, "b", "lost"));
        finish(scene, 0);
        assert_true(is_named(scene, 0, "a", "newer"));
        assert_true(is_named(scene, 1, "b", "lost"));
    }
}

/* Not a page of it stays: what is there is of the log that is there. */
static void an_empty_log_takes_everything_anew(void **state)
{
    struct scene *scene = *state;

    lose_a_day(scene);
    memset(&scene->server, 0, sizeof(scene->server));
    finish(scene, 1);
    assert_int_equal(scene->server.count, 10);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(what_was_lost_is_sent_again_and_told_once),
        TEST(a_change_whose_record_is_not_there_yet_is_asked_again),
        TEST(cuts_at_every_step_lose_nothing),
        TEST(a_log_that_comes_back_once_more_is_gathered_from_its_start),
        TEST(pages_cut_before_a_restart_leave_no_hole),
        TEST(what_is_sent_again_hides_nothing_newer),
        TEST(an_empty_log_takes_everything_anew),
    };
#undef TEST

    return cmocka_run_group_tests_name("desk_fresh", tests, NULL, NULL);
}
