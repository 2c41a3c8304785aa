/* A home that has joined, with a small copy and no server: for tests of the desk. */
#pragma once

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "desk/desk_outbox.h"
#include "replica/replica.h"
#include "replica/replica_outbox.h"

#define COMMITTEE 1
#define ACTION 2
#define SHARE 3
#define PLAN 4
#define OBJECTIVE 5

struct fixture {
    char home[64];
    struct arena *arena;
};

static inline const uint8_t *id_of(uint8_t byte)
{
    static uint8_t ids[256][UUID_SIZE];

    memset(ids[byte], byte, UUID_SIZE);
    return ids[byte];
}

static inline ProtobufCMessage *patch_of(
    struct fixture *fixture, const char *kind_name, const char *const pairs[][2], size_t count)
{
    const struct kind *kind = kinds_by_name(kind_name);
    ProtobufCMessage *patch = record_new(kind, fixture->arena);

    for (size_t i = 0; i < count; i++) {
        const ProtobufCFieldDescriptor *field = record_field(kind, pairs[i][0]);
        struct record_value value;

        assert_non_null(field);
        assert_true(record_parse(kind, field, pairs[i][1], fixture->arena, &value));
        assert_true(record_set(patch, field, &value, 1, fixture->arena));
    }
    return patch;
}
#define PATCH(fixture, kind, ...)                                                                  \
    patch_of(fixture, kind, (const char *const[][2]){__VA_ARGS__},                                 \
        sizeof((const char *const[][2]){__VA_ARGS__}) / sizeof(const char *const[2]))

static inline const char *text_of(uint8_t byte)
{
    static char text[2][UUID_TEXT];
    static int turn;

    turn = !turn;
    uuid_format(id_of(byte), text[turn]);
    return text[turn];
}

static inline void put_fact(
    struct replica *replica, const char *key, const char *text, int64_t number)
{
    const struct replica_fact fact = {.key = key,
        .data = (const uint8_t *)text,
        .size = text == NULL ? 0 : strlen(text),
        .number = number};

    assert_true(replica_put_fact(replica, &fact));
}

static inline void give(struct fixture *fixture, struct replica *replica, uint64_t seq, uint8_t id,
    const char *handle, const ProtobufCMessage *body)
{
    Concert__Page page = CONCERT__PAGE__INIT;
    Concert__Record record = CONCERT__RECORD__INIT;
    Concert__Record *records[] = {&record};

    for (size_t i = 0; i < kinds_count; i++)
        if (kinds[i].descriptor == body->descriptor)
            record.kind = kinds[i].id;
    record.id = (ProtobufCBinaryData){UUID_SIZE, (uint8_t *)id_of(id)};
    record.handle = (char *)handle;
    record.revision = 3;
    record.seq = seq;
    record.has_owner = true;
    record.owner = (ProtobufCBinaryData){UUID_SIZE, (uint8_t *)id_of(COMMITTEE)};
    record.body.data = record_encode(body, fixture->arena, &record.body.len);
    page.records = records;
    page.n_records = 1;
    page.upto = seq;
    assert_true(replica_apply(replica, seq - 1, &page, 1000));
}

static inline void give_records(struct fixture *fixture, struct replica *replica)
{
    give(fixture, replica, 1, COMMITTEE, "I1",
        PATCH(fixture, "party", {"name", "Comité local de Mékinac"}, {"type", "local"}));
    give(fixture, replica, 2, PLAN, "PL1",
        PATCH(fixture, "plan", {"title", "Plan"}, {"type", "annual"}, {"party", text_of(COMMITTEE)},
            {"starts_on", "2009-04-01"}, {"ends_on", "2010-03-31"}));
    give(fixture, replica, 3, OBJECTIVE, "2.1",
        PATCH(fixture, "objective", {"plan", text_of(PLAN)}, {"number", "2.1"}, {"title", "But"}));
    give(fixture, replica, 4, ACTION, "2.1.3",
        PATCH(fixture, "action", {"objective", text_of(OBJECTIVE)}, {"number", "2.1.3"},
            {"title", "Agir"}));
    give(fixture, replica, 5, SHARE, "PA1",
        PATCH(fixture, "share", {"action", text_of(ACTION)}, {"party", text_of(COMMITTEE)},
            {"percent", "10"}, {"next_step", "Appeler"}));
}

static inline int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    struct replica_why why;
    struct replica *replica;

    snprintf(fixture->home, sizeof(fixture->home), "/tmp/desk-test-XXXXXX");
    if (mkdtemp(fixture->home) == NULL)
        return -1;
    fixture->arena = arena_new((size_t)1 << 24);
    replica = replica_open(fixture->home, true, &why);
    assert_non_null(replica);
    assert_true(replica_begin(replica, REPLICA_WRITE));
    put_fact(replica, "region", "mauricie", 0);
    put_fact(replica, "address", "127.0.0.1:1", 0);
    put_fact(replica, "joined", NULL, 1);
    put_fact(replica, "role", NULL, CONCERT__ACCOUNT__ROLE__EDITOR);
    give_records(fixture, replica);
    assert_true(replica_commit(replica));
    replica_free(&replica);
    *state = fixture;
    return 0;
}

static inline int tear_down(void **state)
{
    struct fixture *fixture = *state;
    DIR *folder = opendir(fixture->home);
    struct dirent *entry;
    char path[400];

    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        snprintf(path, sizeof(path), "%s/%s", fixture->home, entry->d_name);
        if (entry->d_name[0] != '.')
            unlink(path);
    }
    closedir(folder);
    rmdir(fixture->home);
    arena_free(&fixture->arena);
    free(fixture);
    return 0;
}

static inline struct desk *open_desk(const struct fixture *fixture)
{
    const struct desk_options options = {.home = fixture->home, .offline = true};
    struct desk_why why;
    struct desk *desk = desk_open(&options, &why);

    assert_non_null(desk);
    return desk;
}

static inline const struct book *book_of(struct desk *desk)
{
    struct desk_why why;
    const struct book *book = desk_book(desk, &why);

    assert_non_null(book);
    return book;
}

static inline struct desk_change change_of(
    const char *kind, uint8_t id, uint64_t base, const ProtobufCMessage *patch)
{
    struct desk_change change = {.kind = kinds_by_name(kind), .base = base, .patch = patch};

    memcpy(change.id, id_of(id), UUID_SIZE);
    return change;
}

/* Writes one change and says that it waits. */
static inline uint64_t write_one(struct desk *desk, struct desk_change change)
{
    const struct desk_operation *operations;
    struct desk_why why;

    assert_true(desk_write(desk, &change, 1, false, &operations, &why));
    assert_int_equal(why.trouble, DESK_UNREACHABLE);
    assert_string_equal(why.detail, "127.0.0.1:1");
    assert_int_equal(operations[0].state, DESK_WAITING);
    return operations[0].number;
}

/* As the server's answer would. */
static inline void settle(const struct fixture *fixture, uint64_t number, enum replica_state state,
    const Concert__Result *result)
{
    struct replica_why why;
    struct replica *replica = replica_open(fixture->home, false, &why);
    uint8_t bytes[512];
    size_t size = concert__result__pack(result, bytes);

    assert_true(replica_settle(replica, number, state, bytes, size, result->seq));
    replica_free(&replica);
}
