/* The desk against a server of the test's own, which answers well, badly, late or not at all. */
#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "desk/desk_outbox.h"
#include "frame.h"
#include "identity.h"
#include "replica/replica.h"
#include "replica/replica_fresh.h"
#include "replica/replica_outbox.h"

#define FRAME_MAX ((size_t)1 << 20)
#define PUSHES_MAX 16

/* What the server does when a push comes; the rest it answers well. */
enum mood {
    WELL,
    BUSY,           /* "come back later" */
    CUT,            /* takes the push and hangs up */
    GARBAGE,        /* bytes that are no message */
    DIVERGED,       /* knows another log */
    TRICKLE,        /* one byte of TLS at a time */
    CONFLICT,       /* every operation clashes */
    NOT_RECOGNIZED, /* does not know the device */
    REFUSE_PUSH,    /* the push as a whole is wrong */
    ANEW,           /* another process begins the copy anew while history is told */
    CUT_HISTORY     /* hangs up when more of history is asked for */
};

struct push_seen {
    size_t operations;
    bool atomic;
    uint8_t first_op[UUID_SIZE];
};

struct scene {
    char folder[64], home[96], line[IDENTITY_LINE_MAX];
    int listener;
    _Atomic int fd; /* of the connection being served; -1: none */
    char port[8];
    SSL_CTX *context;
    pthread_t thread;
    _Atomic enum mood mood;
    _Atomic size_t n_pushes;
    struct push_seen pushes[PUSHES_MAX];
    uint64_t seq;
    uint32_t limit_operations;
    _Atomic uint32_t history_limit; /* as last asked */
    _Atomic uint64_t history_before;
    _Atomic size_t n_histories;
    const char *history_hash; /* of every change */
    _Atomic uint64_t adopted; /* who follows is told of a plan adopted then; 0: none */
    _Atomic bool erased;      /* pages hold an account that was changed */
    const char *person;       /* its name since; NULL: it was removed */
    _Atomic bool locked;      /* somebody held the home while history was told */
    struct arena *arena;
};

/* --- the server ------------------------------------------------------------------------------- */

static bool read_all(SSL *tls, uint8_t *data, size_t size)
{
    size_t done;

    for (size_t at = 0; at < size; at += done)
        if (SSL_read_ex(tls, data + at, size - at, &done) != 1)
            return false;
    return true;
}

static Concert__Request *read_request(SSL *tls, struct arena *arena)
{
    uint8_t header[FRAME_HEADER], *data;
    size_t size;

    if (!read_all(tls, header, sizeof(header)))
        return NULL;
    size = (size_t)header[0] << 24 | (size_t)header[1] << 16 | (size_t)header[2] << 8 | header[3];
    data = size > FRAME_MAX ? NULL : arena_alloc(arena, size);
    if (data == NULL || !read_all(tls, data, size))
        return NULL;
    return concert__request__unpack(arena_allocator(arena), size, data);
}

static void send_bytes(const struct scene *scene, SSL *tls, const uint8_t *data, size_t size)
{
    size_t step = scene->mood == TRICKLE ? 1 : size, written;

    for (size_t at = 0; at < size; at += written)
        if (SSL_write_ex(tls, data + at, step < size - at ? step : size - at, &written) != 1)
            return;
}

static void send_response(const struct scene *scene, SSL *tls, uint64_t number,
    Concert__Response *response, struct arena *arena)
{
    size_t size;
    uint8_t *data;

    response->has_number = true;
    response->number = number;
    size = concert__response__get_packed_size(response);
    data = arena_alloc(arena, FRAME_HEADER + size);
    frame_header(size, data);
    concert__response__pack(response, data + FRAME_HEADER);
    send_bytes(scene, tls, data, FRAME_HEADER + size);
}

static void send_error(
    const struct scene *scene, SSL *tls, uint64_t number, Concert__Code code, struct arena *arena)
{
    Concert__Response response = CONCERT__RESPONSE__INIT;
    Concert__Error error = CONCERT__ERROR__INIT;

    error.has_code = true;
    error.code = code;
    response.answer_case = CONCERT__RESPONSE__ANSWER_ERROR;
    response.error = &error;
    send_response(scene, tls, number, &response, arena);
}

static bool answer_join(
    struct scene *scene, SSL *tls, const Concert__Request *request, struct arena *arena)
{
    Concert__Response response = CONCERT__RESPONSE__INIT;
    Concert__JoinAnswer answer = CONCERT__JOIN_ANSWER__INIT;

    response.answer_case = CONCERT__RESPONSE__ANSWER_JOIN;
    response.join = &answer;
    send_response(scene, tls, request->number, &response, arena);
    return true;
}

static bool answer_hello(
    struct scene *scene, SSL *tls, const Concert__Request *request, struct arena *arena)
{
    Concert__Response response = CONCERT__RESPONSE__INIT;
    Concert__HelloAnswer answer = CONCERT__HELLO_ANSWER__INIT;
    Concert__Limits limits = CONCERT__LIMITS__INIT;

    if (scene->mood == NOT_RECOGNIZED) {
        send_error(scene, tls, request->number, CONCERT__CODE__NOT_AUTHENTICATED, arena);
        return true;
    }
    limits.has_operations = limits.has_frame = true;
    limits.operations = scene->limit_operations;
    limits.frame = FRAME_MAX;
    answer.limits = &limits;
    answer.region = (char *)"essai";
    answer.title = (char *)"Région d'essai";
    answer.language = (char *)"fr";
    answer.has_role = true;
    answer.role = CONCERT__ACCOUNT__ROLE__COORDINATOR;
    response.answer_case = CONCERT__RESPONSE__ANSWER_HELLO;
    response.hello = &answer;
    send_response(scene, tls, request->number, &response, arena);
    return true;
}

static void put_account(const struct scene *scene, Concert__Page *page, struct arena *arena)
{
    Concert__Record *record = arena_alloc(arena, sizeof(*record));

    concert__record__init(record);
    record->has_id = record->has_kind = record->has_seq = record->has_deleted = true;
    record->id = (ProtobufCBinaryData){UUID_SIZE, arena_alloc(arena, UUID_SIZE)};
    memset(record->id.data, 8, UUID_SIZE);
    record->kind = CONCERT__KIND__ACCOUNT;
    record->seq = scene->seq;
    record->has_revision = true;
    record->revision = 2;
    record->deleted = scene->person == NULL;
    if (scene->person != NULL) {
        Concert__Account account = CONCERT__ACCOUNT__INIT;

        account.person = (char *)(uintptr_t)scene->person;
        record->has_body = true;
        record->body.len = concert__account__get_packed_size(&account);
        record->body.data = arena_alloc(arena, record->body.len);
        concert__account__pack(&account, record->body.data);
    }
    page->records = arena_alloc(arena, sizeof(record));
    page->records[page->n_records++] = record;
}

static void put_plan(const struct scene *scene, Concert__Page *page, struct arena *arena)
{
    Concert__Record *record = arena_alloc(arena, sizeof(*record));
    Concert__Plan plan = CONCERT__PLAN__INIT;

    concert__record__init(record);
    plan.has_adopted_seq = true;
    plan.adopted_seq = scene->adopted;
    record->has_id = record->has_kind = record->has_seq = record->has_body = true;
    record->id = (ProtobufCBinaryData){UUID_SIZE, arena_alloc(arena, UUID_SIZE)};
    memset(record->id.data, 9, UUID_SIZE);
    record->kind = CONCERT__KIND__PLAN;
    record->seq = scene->seq;
    record->body.len = concert__plan__get_packed_size(&plan);
    record->body.data = arena_alloc(arena, record->body.len);
    concert__plan__pack(&plan, record->body.data);
    page->records = arena_alloc(arena, sizeof(record));
    page->records[page->n_records++] = record;
}

static bool answer_pull(
    struct scene *scene, SSL *tls, const Concert__Request *request, struct arena *arena)
{
    Concert__Response response = CONCERT__RESPONSE__INIT;
    Concert__Page page = CONCERT__PAGE__INIT;

    if (scene->mood == DIVERGED) {
        send_error(scene, tls, request->number, CONCERT__CODE__DIVERGED, arena);
        return true;
    }
    if (request->pull->follow && scene->adopted > 0)
        scene->seq = scene->adopted;
    page.has_upto = page.has_upto_hash = page.has_head = true;
    page.upto = page.head = scene->seq;
    page.upto_hash = (ProtobufCBinaryData){4, (uint8_t *)"hash"};
    if (scene->erased && request->pull->since < scene->seq)
        put_account(scene, &page, arena);
    if (scene->adopted > 0 && scene->seq == scene->adopted && request->pull->since < scene->seq)
        put_plan(scene, &page, arena);
    response.answer_case = CONCERT__RESPONSE__ANSWER_PULL;
    response.pull = &page;
    send_response(scene, tls, request->number, &response, arena);
    return true;
}

static Concert__Result *result_of(struct scene *scene, struct arena *arena)
{
    Concert__Result *result = arena_alloc(arena, sizeof(*result));
    Concert__Clash *clash = arena_alloc(arena, sizeof(*clash));

    concert__result__init(result);
    concert__clash__init(clash);
    result->has_status = true;
    result->status = CONCERT__RESULT__STATUS__APPLIED;
    result->has_seq = result->has_revision = true;
    result->seq = ++scene->seq;
    result->revision = 1;
    result->handle = arena_printf(arena, "N%llu", (unsigned long long)scene->seq);
    if (scene->mood == CONFLICT) {
        result->status = CONCERT__RESULT__STATUS__CONFLICT;
        clash->field = arena_printf(arena, "text");
        result->clashes = arena_alloc(arena, sizeof(clash));
        result->clashes[0] = clash;
        result->n_clashes = 1;
    }
    return result;
}

static void note_push(struct scene *scene, const Concert__Push *push)
{
    struct push_seen *seen = &scene->pushes[scene->n_pushes];

    seen->operations = push->n_operations;
    seen->atomic = push->atomic;
    memcpy(seen->first_op, push->operations[0]->op_id.data, UUID_SIZE);
    scene->n_pushes++;
}

static bool answer_push(
    struct scene *scene, SSL *tls, const Concert__Request *request, struct arena *arena)
{
    Concert__Response response = CONCERT__RESPONSE__INIT;
    Concert__PushAnswer answer = CONCERT__PUSH_ANSWER__INIT;

    note_push(scene, request->push);
    if (scene->mood == CUT)
        return false;
    if (scene->mood == GARBAGE) {
        send_bytes(scene, tls, (const uint8_t *)"\0\0\0\4\xff\xff\xff\xff", 8);
        return true;
    }
    if (scene->mood == BUSY || scene->mood == REFUSE_PUSH) {
        send_error(scene, tls, request->number,
            scene->mood == BUSY ? CONCERT__CODE__BUSY : CONCERT__CODE__BAD_REQUEST, arena);
        return true;
    }
    answer.results = arena_alloc(arena, request->push->n_operations * sizeof(*answer.results));
    for (; answer.n_results < request->push->n_operations; answer.n_results++)
        answer.results[answer.n_results] = result_of(scene, arena);
    response.answer_case = CONCERT__RESPONSE__ANSWER_PUSH;
    response.push = &answer;
    send_response(scene, tls, request->number, &response, arena);
    return true;
}

/* As another process does that finds another log on the server. */
static void begin_anew(const struct scene *scene)
{
    const struct replica_fact cursor = {.key = "cursor", .number = 1000};
    struct replica_why why;
    struct replica *replica = replica_open(scene->home, false, &why);

    if (replica != NULL && replica_begin(replica, REPLICA_DURABLE) &&
        replica_fresh_take(replica, 1) && replica_put_fact(replica, &cursor))
        replica_commit(replica);
    replica_free(&replica);
}

static bool is_locked(const struct scene *scene)
{
    char path[120];
    bool locked;
    int fd;

    snprintf(path, sizeof(path), "%s/lock", scene->home);
    fd = open(path, O_RDWR | O_CLOEXEC);
    locked = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0;
    if (fd >= 0)
        close(fd);
    return locked;
}

/* Each change is of a territory. */
static bool answer_history(
    struct scene *scene, SSL *tls, const Concert__Request *request, struct arena *arena)
{
    Concert__Response response = CONCERT__RESPONSE__INIT;
    Concert__HistoryAnswer answer = CONCERT__HISTORY_ANSWER__INIT;
    uint64_t seq = request->history->before - 1;

    scene->history_limit = request->history->limit;
    scene->history_before = request->history->before;
    if (++scene->n_histories > 1 && scene->mood == CUT_HISTORY)
        return false;
    scene->locked = is_locked(scene);
    answer.changes = arena_alloc(arena, request->history->limit * sizeof(*answer.changes));
    for (; seq > 0 && answer.n_changes < request->history->limit; seq--) {
        Concert__Change *change = arena_alloc(arena, sizeof(*change));

        concert__change__init(change);
        change->has_seq = change->has_kind = change->has_id = change->has_hash = true;
        change->has_revision = true;
        change->seq = change->revision = seq;
        change->kind = CONCERT__KIND__TERRITORY;
        change->id = (ProtobufCBinaryData){UUID_SIZE, arena_alloc(arena, UUID_SIZE)};
        memset(change->id.data, 7, UUID_SIZE);
        change->hash = (ProtobufCBinaryData){4, (uint8_t *)(uintptr_t)scene->history_hash};
        change->account = (ProtobufCBinaryData){UUID_SIZE, arena_alloc(arena, UUID_SIZE)};
        memset(change->account.data, 8, UUID_SIZE);
        change->has_account = true;
        change->who = (char *)"Comité (Une personne)";
        answer.changes[answer.n_changes++] = change;
    }
    if (scene->mood == ANEW)
        begin_anew(scene);
    response.answer_case = CONCERT__RESPONSE__ANSWER_HISTORY;
    response.history = &answer;
    send_response(scene, tls, request->number, &response, arena);
    return true;
}

static bool answer(struct scene *scene, SSL *tls)
{
    struct arena *arena = arena_new((size_t)1 << 26);
    Concert__Request *request = read_request(tls, arena);
    bool good = request != NULL;

    if (good && request->verb_case == CONCERT__REQUEST__VERB_JOIN)
        good = answer_join(scene, tls, request, arena);
    else if (good && request->verb_case == CONCERT__REQUEST__VERB_HELLO)
        good = answer_hello(scene, tls, request, arena);
    else if (good && request->verb_case == CONCERT__REQUEST__VERB_PULL)
        good = answer_pull(scene, tls, request, arena);
    else if (good && request->verb_case == CONCERT__REQUEST__VERB_HISTORY)
        good = answer_history(scene, tls, request, arena);
    else if (good)
        good = answer_push(scene, tls, request, arena);
    arena_free(&arena);
    return good;
}

/* Ends when the listener is shut down. */
static void *serve(void *arg)
{
    struct scene *scene = arg;
    int fd;

    while ((fd = accept(scene->listener, NULL, NULL)) >= 0) {
        SSL *tls = SSL_new(scene->context);

        scene->fd = fd;
        SSL_set_fd(tls, fd);
        while (SSL_accept(tls) == 1 && answer(scene, tls))
            continue;
        scene->fd = -1;
        SSL_free(tls);
        close(fd);
    }
    return NULL;
}

/* --- the scene -------------------------------------------------------------------------------- */

static void listen_somewhere(struct scene *scene)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof(address);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    scene->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(scene->listener, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(scene->listener, 16), 0);
    assert_int_equal(getsockname(scene->listener, (struct sockaddr *)&address, &size), 0);
    snprintf(scene->port, sizeof(scene->port), "%u", ntohs(address.sin_port));
}

static void make_server(struct scene *scene)
{
    struct identity_line line = {.host = "127.0.0.1", .region = "essai"};
    char key[96], certificate[96];
    const char *why;

    snprintf(key, sizeof(key), "%s/key.pem", scene->folder);
    snprintf(certificate, sizeof(certificate), "%s/cert.pem", scene->folder);
    assert_true(identity_make("essai", key, certificate));
    scene->context = identity_context(true, key, certificate, &why);
    assert_non_null(scene->context);
    listen_somewhere(scene);
    snprintf(line.port, sizeof(line.port), "%s", scene->port);
    identity_code_make(line.code);
    assert_true(identity_file_fingerprint(certificate, line.fingerprint));
    assert_true(identity_line_write(&line, scene->line));
}

static int set_up(void **state)
{
    struct scene *scene = calloc(1, sizeof(*scene));
    struct desk_why why;

    signal(SIGPIPE, SIG_IGN); /* of the server's thread */
    snprintf(scene->folder, sizeof(scene->folder), "/tmp/desk-sync-XXXXXX");
    assert_non_null(mkdtemp(scene->folder));
    snprintf(scene->home, sizeof(scene->home), "%s/home", scene->folder);
    scene->limit_operations = 100;
    scene->history_hash = "hash";
    scene->fd = -1;
    scene->arena = arena_new((size_t)1 << 24);
    make_server(scene);
    assert_int_equal(pthread_create(&scene->thread, NULL, serve, scene), 0);
    assert_true(desk_join(
        &(struct desk_options){.home = scene->home}, scene->line, "essai", NULL, NULL, &why));
    *state = scene;
    return 0;
}

static void empty_folder(const char *path)
{
    DIR *folder = opendir(path);
    struct dirent *entry;
    char file[400];

    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        snprintf(file, sizeof(file), "%s/%s", path, entry->d_name);
        if (entry->d_name[0] != '.')
            unlink(file);
    }
    closedir(folder);
    rmdir(path);
}

static int tear_down(void **state)
{
    struct scene *scene = *state;

    shutdown(scene->listener, SHUT_RDWR);
    if (scene->fd >= 0)
        shutdown(scene->fd, SHUT_RDWR); /* a test that failed has left it open */
    pthread_join(scene->thread, NULL);
    close(scene->listener);
    identity_context_free(&scene->context);
    empty_folder(scene->home);
    empty_folder(scene->folder);
    arena_free(&scene->arena);
    free(scene);
    return 0;
}

static struct desk *open_desk(const struct scene *scene, bool offline)
{
    const struct desk_options options = {.home = scene->home, .offline = offline};
    struct desk_why why;
    struct desk *desk = desk_open(&options, &why);

    assert_non_null(desk);
    return desk;
}

/* Writes `count` territories; the operations live until the next call. */
static const struct desk_operation *write_some(
    struct scene *scene, struct desk *desk, size_t count, bool atomic, struct desk_why *why_r)
{
    struct desk_change changes[8] = {{0}};
    const struct desk_operation *operations;

    for (size_t i = 0; i < count; i++) {
        Concert__Territory *territory =
            (Concert__Territory *)record_new(kinds_get(CONCERT__KIND__TERRITORY), scene->arena);

        territory->code = arena_printf(scene->arena, "c%zu", i);
        territory->name = arena_printf(scene->arena, "n%zu", i);
        changes[i].kind = kinds_get(CONCERT__KIND__TERRITORY);
        uuid_make(1, changes[i].id);
        changes[i].patch = &territory->base;
    }
    assert_true(desk_write(desk, changes, count, atomic, &operations, why_r));
    return operations;
}

static size_t count_open(struct desk *desk)
{
    struct desk_why why;
    size_t count;

    desk_outbox(desk, false, &count, &why);
    return count;
}

/* --- the tests -------------------------------------------------------------------------------- */

static void a_write_is_accepted(void **state)
{
    struct scene *scene = *state;
    struct desk *desk = open_desk(scene, false);
    const struct desk_operation *operations;
    struct desk_why why;
    uint64_t seq;

    assert_string_equal(desk_identity(desk)->title, "Région d'essai");
    operations = write_some(scene, desk, 2, false, &why);
    assert_int_equal(why.trouble, DESK_FINE);
    assert_int_equal(operations[1].state, DESK_ACCEPTED);
    assert_string_equal(operations[1].handle, "N2");
    assert_true(desk_age(desk, &seq) > 0);
    assert_int_equal(seq, 2);
    assert_int_equal(count_open(desk), 0);
    /* on the same connection, once more */
    write_some(scene, desk, 1, false, &why);
    assert_int_equal(why.trouble, DESK_FINE);
    desk_free(&desk);
}

static void joining_twice_is_told(void **state)
{
    struct scene *scene = *state;
    struct desk_why why;

    assert_false(desk_join(
        &(struct desk_options){.home = scene->home}, scene->line, "essai", NULL, NULL, &why));
    assert_int_equal(why.trouble, DESK_JOINED);
    assert_string_equal(why.detail, "essai");
}

static void groups_stay_whole_and_limits_cut(void **state)
{
    struct scene *scene = *state;
    struct desk *desk = open_desk(scene, true);
    struct desk_why why;

    write_some(scene, desk, 1, false, &why);
    write_some(scene, desk, 3, true, &why);
    write_some(scene, desk, 5, false, &why);
    desk_free(&desk);
    scene->limit_operations = 2;
    desk = open_desk(scene, false);
    assert_true(desk_refresh(desk, &why));
    assert_int_equal(count_open(desk), 0);
    assert_int_equal(scene->n_pushes, 5);
    assert_false(scene->pushes[0].atomic);
    assert_int_equal(scene->pushes[1].operations, 3);
    assert_true(scene->pushes[1].atomic);
    assert_false(scene->pushes[2].atomic);
    assert_int_equal(scene->pushes[2].operations, 2);
    assert_int_equal(scene->pushes[4].operations, 1);
    desk_free(&desk);
}

static void a_group_beyond_the_limit_is_not_recorded(void **state)
{
    struct scene *scene = *state;
    struct desk_change changes[3] = {{0}};
    const struct desk_operation *operations;
    struct desk *desk;
    struct desk_why why;

    scene->limit_operations = 2;
    desk = open_desk(scene, false);
    assert_true(desk_refresh(desk, &why));
    for (size_t i = 0; i < 3; i++) {
        Concert__Audience *audience =
            (Concert__Audience *)record_new(kinds_get(CONCERT__KIND__AUDIENCE), scene->arena);

        audience->has_number = true;
        audience->description = arena_printf(scene->arena, "d");
        changes[i].kind = kinds_get(CONCERT__KIND__AUDIENCE);
        uuid_make(1, changes[i].id);
        changes[i].patch = &audience->base;
    }
    assert_false(desk_write(desk, changes, 3, true, &operations, &why));
    assert_int_equal(why.error.code, CONCERT__CODE__TOO_LARGE);
    assert_string_equal(why.error.limit, "2");
    assert_int_equal(count_open(desk), 0);
    desk_free(&desk);
}

static void a_busy_server_leaves_them_waiting(void **state)
{
    struct scene *scene = *state;
    struct desk *desk = open_desk(scene, false);
    const struct desk_operation *operations;
    struct desk_why why;

    scene->mood = BUSY;
    operations = write_some(scene, desk, 2, false, &why);
    assert_int_equal(why.trouble, DESK_ANSWER);
    assert_int_equal(why.error.code, CONCERT__CODE__BUSY);
    assert_int_equal(operations[0].state, DESK_WAITING);
    scene->mood = WELL;
    assert_true(desk_refresh(desk, &why));
    assert_int_equal(count_open(desk), 0);
    desk_free(&desk);
}

static void after_a_cut_the_same_operation_is_sent_again(void **state)
{
    struct scene *scene = *state;
    struct desk *desk = open_desk(scene, false);
    const struct desk_operation *operations;
    struct desk_why why;

    scene->mood = CUT;
    operations = write_some(scene, desk, 1, false, &why);
    assert_int_equal(why.trouble, DESK_UNREACHABLE);
    assert_int_equal(operations[0].state, DESK_SENT);
    assert_string_equal(operations[0].handle, "~1");
    scene->mood = WELL;
    assert_true(desk_refresh(desk, &why));
    assert_int_equal(scene->n_pushes, 2);
    assert_memory_equal(scene->pushes[0].first_op, scene->pushes[1].first_op, UUID_SIZE);
    assert_int_equal(count_open(desk), 0);
    desk_free(&desk);
}

static void garbage_is_no_answer(void **state)
{
    struct scene *scene = *state;
    struct desk *desk = open_desk(scene, false);
    const struct desk_operation *operations;
    struct desk_why why;

    scene->mood = GARBAGE;
    operations = write_some(scene, desk, 1, false, &why);
    assert_int_equal(why.trouble, DESK_UNREACHABLE);
    assert_int_equal(operations[0].state, DESK_SENT);
    desk_free(&desk);
}

static void answers_may_come_byte_by_byte(void **state)
{
    struct scene *scene = *state;
    struct desk *desk = open_desk(scene, false);
    const struct desk_operation *operations;
    struct desk_why why;

    scene->mood = TRICKLE;
    operations = write_some(scene, desk, 3, true, &why);
    assert_int_equal(why.trouble, DESK_FINE);
    assert_int_equal(operations[2].state, DESK_ACCEPTED);
    desk_free(&desk);
}

static void conflicts_are_kept(void **state)
{
    struct scene *scene = *state;
    struct desk *desk = open_desk(scene, false);
    const struct desk_operation *operations;
    struct desk_why why;

    scene->mood = CONFLICT;
    operations = write_some(scene, desk, 1, false, &why);
    assert_int_equal(why.trouble, DESK_FINE);
    assert_int_equal(operations[0].state, DESK_CONFLICT);
    assert_string_equal(operations[0].clashes[0].field, "text");
    scene->mood = WELL;
    assert_true(desk_refresh(desk, &why));
    assert_int_equal(scene->n_pushes, 1);
    assert_int_equal(count_open(desk), 1);
    desk_free(&desk);
}

static void a_push_that_is_wrong_is_refused_once(void **state)
{
    struct scene *scene = *state;
    struct desk *desk = open_desk(scene, false);
    const struct desk_operation *operations;
    struct desk_why why;

    scene->mood = REFUSE_PUSH;
    operations = write_some(scene, desk, 2, true, &why);
    assert_int_equal(operations[1].state, DESK_REFUSED);
    assert_int_equal(operations[1].error.code, CONCERT__CODE__BAD_REQUEST);
    desk_refresh(desk, &why);
    assert_int_equal(scene->n_pushes, 1);
    desk_free(&desk);
}

static void a_device_that_is_not_known_keeps_its_words(void **state)
{
    struct scene *scene = *state;
    struct desk *desk = open_desk(scene, false);
    const struct desk_operation *operations;
    struct desk_why why;

    scene->mood = NOT_RECOGNIZED;
    operations = write_some(scene, desk, 1, false, &why);
    assert_int_equal(why.trouble, DESK_ANSWER);
    assert_int_equal(why.error.code, CONCERT__CODE__NOT_AUTHENTICATED);
    assert_int_equal(operations[0].state, DESK_WAITING);
    desk_free(&desk);
}

/* The scene's server knows another log whatever is asked: the new copy cannot be had, and the old
 * one stands with all that was written. */
static void a_copy_that_cannot_be_made_anew_stands(void **state)
{
    struct scene *scene = *state;
    struct desk *desk = open_desk(scene, false);
    const struct desk_operation *operations;
    struct desk_why why;
    size_t before, after;

    book_list(desk_book(desk, &why), CONCERT__KIND__NOTE, &before);
    scene->mood = DIVERGED;
    operations = write_some(scene, desk, 1, false, &why);
    assert_int_equal(why.trouble, DESK_DIVERGED);
    assert_true(operations[0].state == DESK_WAITING || operations[0].state == DESK_SENT);
    book_list(desk_book(desk, &why), CONCERT__KIND__NOTE, &after);
    assert_true(after >= before);
    desk_free(&desk);
}

static void another_key_is_an_impostor(void **state)
{
    struct scene *scene = *state;
    struct identity_line line;
    char home[128];
    struct desk_why why;

    assert_int_equal(identity_line_read(scene->line, &line), IDENTITY_LINE_OK);
    line.fingerprint[0] ^= 1;
    assert_true(identity_line_write(&line, scene->line));
    snprintf(home, sizeof(home), "%s/other", scene->folder);
    assert_false(
        desk_join(&(struct desk_options){.home = home}, scene->line, "essai", NULL, NULL, &why));
    assert_int_equal(why.trouble, DESK_IMPOSTOR);
    empty_folder(home);
}

/* --- the log --- */

static void only_what_is_missing_of_the_log_is_asked_for(void **state)
{
    struct scene *scene = *state;
    struct desk *desk = open_desk(scene, false);
    struct desk_log log;
    struct desk_why why;

    scene->seq = 1500;
    assert_true(desk_refresh(desk, &why));
    assert_true(desk_log(desk, &log, &why));
    assert_int_equal(log.count, 1500);
    assert_int_equal(log.changes[0]->seq, 1);
    assert_int_equal(scene->history_limit, 501); /* and the one that ended the page before */
    scene->seq = 1501;
    assert_true(desk_refresh(desk, &why));
    assert_true(desk_log(desk, &log, &why));
    assert_int_equal(log.count, 1501);
    assert_int_equal(log.upto, 1501);
    assert_int_equal(scene->history_limit, 100);
    desk_free(&desk);
}

/* The page that came is kept, and counts when the rest is there too. */
static void a_log_that_is_cut_goes_on(void **state)
{
    struct scene *scene = *state;
    struct desk *desk = open_desk(scene, false);
    struct desk_log log;
    struct desk_why why;

    scene->seq = 2500;
    assert_true(desk_refresh(desk, &why));
    scene->mood = CUT_HISTORY;
    assert_true(desk_log(desk, &log, &why));
    assert_int_equal(log.count, 0);
    assert_int_equal(log.upto, 0);
    desk_free(&desk);
    scene->mood = WELL;
    scene->n_histories = 0;
    scene->seq = 2600;
    desk = open_desk(scene, false);
    assert_true(desk_refresh(desk, &why));
    assert_true(desk_log(desk, &log, &why));
    assert_int_equal(log.count, 2600);
    assert_int_equal(log.upto, 2600);
    for (size_t i = 0; i < log.count; i++)
        assert_int_equal(log.changes[i]->seq, i + 1);
    assert_int_equal(scene->n_histories, 3); /* two of 1 to 1501, one of the rest */
    desk_free(&desk);
}

/* The server came back from a backup between two pages: nothing of the first one counts. */
static void a_log_that_goes_on_as_another_one_is_begun_again(void **state)
{
    struct scene *scene = *state;
    struct desk *desk = open_desk(scene, false);
    struct desk_log log;
    struct desk_why why;

    scene->seq = 1500;
    assert_true(desk_refresh(desk, &why));
    scene->mood = CUT_HISTORY;
    assert_true(desk_log(desk, &log, &why));
    scene->mood = WELL;
    scene->history_hash = "else";
    assert_true(desk_log(desk, &log, &why));
    assert_int_equal(log.count, 0);
    assert_int_equal(log.upto, 0);
    scene->history_hash = "hash";
    assert_true(desk_log(desk, &log, &why));
    assert_int_equal(log.count, 1500);
    desk_free(&desk);
}

static void what_was_fetched_of_another_log_is_dropped(void **state)
{
    struct scene *scene = *state;
    struct desk *desk = open_desk(scene, false);
    struct desk_log log;
    struct desk_why why;

    scene->seq = 5;
    assert_true(desk_refresh(desk, &why));
    scene->mood = ANEW;
    assert_true(desk_log(desk, &log, &why));
    assert_int_equal(log.count, 0);
    assert_int_equal(log.upto, 0);
    desk_free(&desk);
}

static bool stop_watching(void *arg, const struct desk_news *news)
{
    (void)arg, (void)news;
    return false;
}

/* The adoption comes while somebody watches; the next command follows the log up to it. */
static void an_adoption_that_is_watched_is_followed(void **state)
{
    struct scene *scene = *state;
    struct desk *desk = open_desk(scene, false);
    struct desk_watching watching = {.changed = stop_watching};
    struct desk_log log;
    struct desk_why why;

    scene->seq = 5;
    scene->adopted = 6;
    assert_true(desk_refresh(desk, &why));
    assert_true(desk_watch(desk, &watching, &why));
    desk_free(&desk);
    desk = open_desk(scene, false);
    assert_true(desk_refresh(desk, &why));
    desk_free(&desk);
    desk = open_desk(scene, true);
    assert_true(desk_log(desk, &log, &why));
    assert_int_equal(log.upto, 6);
    assert_false(scene->locked); /* it may take long: others send meanwhile */
    desk_free(&desk);
}

/* Refreshes up to a page that holds the account; then how much of the log is kept is *kept_r. */
static void change_account(struct scene *scene, size_t *kept_r)
{
    struct desk *desk = open_desk(scene, false);
    struct desk_log log;
    struct desk_why why;

    scene->seq = 5;
    assert_true(desk_refresh(desk, &why));
    assert_true(desk_log(desk, &log, &why));
    assert_int_equal(log.count, 5);
    scene->seq = 6;
    scene->erased = true;
    assert_true(desk_refresh(desk, &why));
    desk_free(&desk);
    desk = open_desk(scene, true);
    assert_true(desk_log(desk, &log, &why));
    *kept_r = log.count;
    assert_int_equal(log.upto, log.count);
    desk_free(&desk);
}

/* What is kept tells names: it goes with the account, and comes again as the server tells it now.
 */
static void names_that_were_erased_are_not_kept(void **state)
{
    struct scene *scene = *state;
    struct desk *desk;
    struct desk_log log;
    struct desk_why why;
    size_t kept;

    change_account(scene, &kept);
    assert_int_equal(kept, 0);
    desk = open_desk(scene, false);
    assert_true(desk_log(desk, &log, &why));
    assert_int_equal(log.count, 6);
    desk_free(&desk);
}

static void names_that_were_set_right_are_not_kept(void **state)
{
    struct scene *scene = *state;
    size_t kept;

    scene->person = "Une autre personne";
    change_account(scene, &kept);
    assert_int_equal(kept, 0);
}

static void an_account_that_keeps_its_name_keeps_the_log(void **state)
{
    struct scene *scene = *state;
    size_t kept;

    scene->person = "Une personne";
    change_account(scene, &kept);
    assert_int_equal(kept, 5);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_write_is_accepted),
        TEST(joining_twice_is_told),
        TEST(groups_stay_whole_and_limits_cut),
        TEST(a_group_beyond_the_limit_is_not_recorded),
        TEST(a_busy_server_leaves_them_waiting),
        TEST(after_a_cut_the_same_operation_is_sent_again),
        TEST(garbage_is_no_answer),
        TEST(answers_may_come_byte_by_byte),
        TEST(conflicts_are_kept),
        TEST(a_push_that_is_wrong_is_refused_once),
        TEST(a_device_that_is_not_known_keeps_its_words),
        TEST(a_copy_that_cannot_be_made_anew_stands),
        TEST(another_key_is_an_impostor),
        TEST(only_what_is_missing_of_the_log_is_asked_for),
        TEST(a_log_that_is_cut_goes_on),
        TEST(a_log_that_goes_on_as_another_one_is_begun_again),
        TEST(what_was_fetched_of_another_log_is_dropped),
        TEST(an_adoption_that_is_watched_is_followed),
        TEST(names_that_were_erased_are_not_kept),
        TEST(names_that_were_set_right_are_not_kept),
        TEST(an_account_that_keeps_its_name_keeps_the_log),
    };
#undef TEST

    return cmocka_run_group_tests_name("desk_sync", tests, NULL, NULL);
}
