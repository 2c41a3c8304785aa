/*
 * A small region for the tests of the server's core: a plan with an objective, two actions, two
 * committees and a share each, and operations written as words. Ids are made from names.
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "batch.h"
#include "fake_store.h"

#define SCENE_NOW INT64_C(1255564800000000) /* 2009-10-15 */
#define SCENE_MEMORY ((size_t)64 << 20)
#define ROLE(name) CONCERT__ACCOUNT__ROLE__##name

struct scene {
    struct store *store;
    struct arena *arena;
    int64_t now;
    unsigned operations;
    struct policy_actor boss, office, mekinac, chenaux;
};

/* The id of a name of at most 14 characters, in the arena. */
static inline const uint8_t *scene_id(struct scene *scene, const char *name)
{
    uint8_t *id = arena_alloc(scene->arena, UUID_SIZE);

    assert_true(id != NULL && strlen(name) <= 14);
    id[0] = 0x70;
    memcpy(id + 1, name, strlen(name));
    return id;
}

static inline struct policy_actor scene_actor(
    struct scene *scene, Concert__Account__Role role, const char *name, const char *party)
{
    struct policy_actor actor = {.role = role, .n_parties = party == NULL ? 0 : 1};

    memcpy(actor.account, scene_id(scene, name), UUID_SIZE);
    memcpy(actor.device, scene_id(scene, name), UUID_SIZE);
    actor.device[0] = 0x71;
    if (party != NULL)
        memcpy(actor.parties[0], scene_id(scene, party), UUID_SIZE);
    return actor;
}

/* Adds a value to the field: "@NAME" refers to a record. */
static inline void scene_add(struct scene *scene, const struct kind *kind,
    ProtobufCMessage *message, const char *name, const char *text)
{
    const ProtobufCFieldDescriptor *field = record_field(kind, name);
    struct record_value values[16];
    size_t count;

    assert_non_null(field);
    count = record_count(message, field);
    assert_true(count < 16);
    for (size_t i = 0; i < count; i++)
        values[i] = record_get(message, field, i);
    if (text[0] == '@')
        values[count] = (struct record_value){
            .data = (const char *)scene_id(scene, text + 1), .size = UUID_SIZE};
    else if (field->type == PROTOBUF_C_TYPE_BYTES)
        values[count] = (struct record_value){.data = text, .size = strlen(text)};
    else
        assert_true(record_parse(kind, field, text, scene->arena, &values[count]));
    assert_true(record_set(message, field, values, count + 1, scene->arena));
}

/* A field of a later version: "#NUMBER=text". */
static inline void scene_unknown(struct scene *scene, ProtobufCMessage *message, const char *word)
{
    ProtobufCMessageUnknownField *fields =
        arena_alloc(scene->arena, (message->n_unknown_fields + 1) * sizeof(*fields));
    const char *text = strchr(word, '=') + 1;
    size_t size = strlen(text);

    assert_true(fields != NULL && size < 128);
    if (message->n_unknown_fields > 0)
        memcpy(fields, message->unknown_fields, message->n_unknown_fields * sizeof(*fields));
    message->unknown_fields = fields;
    fields += message->n_unknown_fields++;
    *fields = (ProtobufCMessageUnknownField){.tag = (uint32_t)strtoul(word + 1, NULL, 10),
        .wire_type = PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED,
        .len = size + 1,
        .data = arena_alloc(scene->arena, size + 1)};
    fields->data[0] = (uint8_t)size;
    memcpy(fields->data + 1, text, size);
}

/* A message from words: "field=value" (again for more values), "#NUMBER=text". */
static inline ProtobufCMessage *scene_message(
    struct scene *scene, const char *kind_name, const char *const *words)
{
    const struct kind *kind = kinds_by_name(kind_name);
    ProtobufCMessage *message = record_new(kind, scene->arena);

    for (; *words != NULL; words++) {
        const char *equals = strchr(*words, '=');

        if (equals == NULL)
            continue;
        if (**words == '#')
            scene_unknown(scene, message, *words);
        else
            scene_add(scene, kind, message,
                arena_copy(scene->arena, *words, (size_t)(equals - *words)), equals + 1);
    }
    return message;
}
#define MESSAGE(scene, kind, ...)                                                                  \
    scene_message(scene, kind, (const char *const[]){__VA_ARGS__, NULL})

/* An operation from words: those of a message, "~field" to empty one, "?reason", "!" to delete. */
static inline struct decide_operation scene_operation(struct scene *scene, const char *kind,
    const char *name, uint64_t base, const char *const *words)
{
    struct decide_operation op = {.kind = kinds_by_name(kind), .base = base, .authored_at = 7};
    const char **clear = arena_alloc(scene->arena, 16 * sizeof(*clear));
    char number[15];

    assert_non_null(op.kind);
    snprintf(number, sizeof(number), "op%u", ++scene->operations);
    memcpy(op.op_id, scene_id(scene, number), UUID_SIZE);
    op.op_id[0] = 0x72;
    memcpy(op.id, scene_id(scene, name), UUID_SIZE);
    op.patch = scene_message(scene, kind, words);
    op.clear = clear;
    for (; *words != NULL; words++) {
        if (**words == '~')
            clear[op.n_clear++] = *words + 1;
        else if (**words == '?')
            op.reason = *words + 1;
        else if (strcmp(*words, "!") == 0)
            op.remove = true;
    }
    return op;
}
#define OP(scene, kind, name, base, ...)                                                           \
    scene_operation(scene, kind, name, base, (const char *const[]){__VA_ARGS__, NULL})

static inline struct batch_job scene_job(struct scene *scene, enum batch_kind kind,
    const struct policy_actor *actor, const struct decide_operation *ops, size_t count)
{
    struct batch_job job = {.kind = kind, .actor = *actor, .count = count};

    job.operations = arena_alloc(scene->arena, count * sizeof(*ops));
    job.results = arena_alloc(scene->arena, count * sizeof(*job.results));
    assert_true(job.operations != NULL && job.results != NULL);
    if (count > 0)
        memcpy(job.operations, ops, count * sizeof(*ops));
    return job;
}

/* Asks, decides and commits the jobs as one batch; what was written, in the scene's arena. */
static inline struct store_writes scene_batch(
    struct scene *scene, struct batch_job *const *jobs, size_t count)
{
    struct store_writes writes = {0};
    struct store_ask ask;
    const struct store_answer *answer;

    assert_true(batch_ask(jobs, count, scene->arena, &ask));
    answer = fake_store_answer(scene->store, &ask, scene->arena);
    assert_non_null(answer);
    assert_true(batch_decide(jobs, count, answer, ++scene->now, scene->arena, &writes));
    fake_store_apply(scene->store, &writes);
    return writes;
}

/* One push; its results. */
static inline const struct decide_result *scene_push(struct scene *scene,
    const struct policy_actor *actor, bool atomic, const struct decide_operation *ops, size_t count)
{
    struct batch_job job = scene_job(scene, BATCH_PUSH, actor, ops, count);
    struct batch_job *jobs[] = {&job};

    job.atomic = atomic;
    scene_batch(scene, jobs, 1);
    return job.results;
}

/* One operation in a push of its own. */
static inline const struct decide_result *scene_do(
    struct scene *scene, const struct policy_actor *actor, struct decide_operation op)
{
    return scene_push(scene, actor, false, &op, 1);
}

#define APPLIED(result) assert_int_equal((result)->status, CONCERT__RESULT__STATUS__APPLIED)
#define REFUSED(result, error_code, error_field, error_rule)                                       \
    do {                                                                                           \
        const struct decide_result *refused_ = (result);                                           \
        assert_int_equal(refused_->status, CONCERT__RESULT__STATUS__REFUSED);                      \
        assert_string_equal(                                                                       \
            error_name(refused_->error.code), error_name(CONCERT__CODE__##error_code));            \
        assert_string_equal(refused_->error.field, error_field);                                   \
        assert_string_equal(refused_->error.rule, error_rule);                                     \
    } while (0)

/* The text of a committed record's field; "" when absent. */
static inline const char *scene_text(struct scene *scene, const char *name, const char *field_name)
{
    const struct store_record *record = fake_store_record(scene->store, scene_id(scene, name));
    const ProtobufCFieldDescriptor *field;

    assert_true(record != NULL && record->body != NULL);
    field = record_field(record->kind, field_name);
    return record_count(record->body, field) == 0
               ? ""
               : record_text(record->kind, field, record_get(record->body, field, 0), scene->arena);
}

static inline void scene_plan(struct scene *scene)
{
    struct decide_operation ops[] = {
        OP(scene, "territory", "T-mek", 0, "code=35", "name=Mékinac"),
        OP(scene, "party", "mekinac", 0, "name=Comité de Mékinac", "type=local"),
        OP(scene, "party", "chenaux", 0, "name=Comité des Chenaux", "type=local"),
        OP(scene, "account", "A-mek", 0, "person=Une personne", "role=editor", "parties=@mekinac"),
        OP(scene, "plan", "plan", 0, "title=Plan 2009-2010", "type=annual", "party=@chenaux",
            "starts_on=2009-04-01", "ends_on=2010-03-31"),
        OP(scene, "objective", "O2", 0, "plan=@plan", "number=2", "title=Concerter"),
        OP(scene, "action", "A21", 0, "objective=@O2", "number=2.1", "title=Se rencontrer"),
        OP(scene, "action", "A22", 0, "objective=@O2", "number=2.2", "title=Informer"),
        OP(scene, "share", "S-mek", 0, "action=@A21", "party=@mekinac", "percent=10"),
        OP(scene, "share", "S-che", 0, "action=@A21", "party=@chenaux", "percent=20"),
    };
    const struct decide_result *results =
        scene_push(scene, &scene->boss, true, ops, sizeof(ops) / sizeof(ops[0]));

    for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++)
        APPLIED(&results[i]);
}

/* A meeting "M" of chenaux's, and an item "dec" with a decision: what adopts a plan. */
static inline void scene_decision(struct scene *scene)
{
    struct decide_operation ops[] = {
        OP(scene, "meeting", "M", 0, "party=@chenaux", "starts_at=2009-05-01T09:30"),
        OP(scene, "agenda_item", "dec", 0, "meeting=@M", "rank=1", "title=Plan",
            "decision=Le plan est adopté."),
    };
    const struct decide_result *results = scene_push(scene, &scene->boss, true, ops, 2);

    APPLIED(&results[0]);
    APPLIED(&results[1]);
}
#define ADOPTED "status=adopted", "adopted_on=2009-05-01", "resolution=@dec"

static inline int scene_setup(void **state)
{
    struct scene *scene = calloc(1, sizeof(*scene));

    scene->arena = arena_new(SCENE_MEMORY);
    scene->store = fake_store_new();
    scene->now = SCENE_NOW;
    scene->boss = scene_actor(scene, ROLE(COORDINATOR), "boss", NULL);
    scene->office = scene_actor(scene, ROLE(SECRETARIAT), "office", NULL);
    scene->mekinac = scene_actor(scene, ROLE(EDITOR), "ed-mek", "mekinac");
    scene->chenaux = scene_actor(scene, ROLE(EDITOR), "ed-che", "chenaux");
    scene_plan(scene);
    *state = scene;
    return 0;
}

static inline int scene_teardown(void **state)
{
    struct scene *scene = *state;

    store_free(&scene->store);
    arena_free(&scene->arena);
    free(scene);
    return 0;
}
