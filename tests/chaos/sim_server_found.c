/* The founding of a simulated region: what the server itself would write, decided as it does. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "batch.h"
#include "sim_server.h"
#include "sim_store_internal.h"

#define MEMORY ((size_t)64 << 20)
#define OPERATIONS_MAX 64

struct founding {
    struct sim_store *store;
    struct arena *arena;
    struct decide_operation operations[OPERATIONS_MAX];
    size_t count;
};

static void make_id(struct founding *founding, uint8_t id_r[UUID_SIZE])
{
    uuid_make(SIM_WORLD_BEGINS / 1000 + (int64_t)founding->count, id_r);
}

/* A record that is to be made; returns its operation, whose patch is empty. */
static struct decide_operation *add(
    struct founding *founding, Concert__Kind kind, uint8_t id_r[UUID_SIZE])
{
    struct decide_operation *op = &founding->operations[founding->count++];

    if (founding->count > OPERATIONS_MAX)
        abort();
    make_id(founding, id_r);
    make_id(founding, op->op_id);
    memcpy(op->id, id_r, UUID_SIZE);
    op->kind = kinds_get(kind);
    op->patch = record_new(op->kind, founding->arena);
    op->authored_at = SIM_WORLD_BEGINS;
    return op;
}

static void set(struct founding *founding, struct decide_operation *op, const char *name,
    struct record_value value)
{
    if (!record_set((ProtobufCMessage *)op->patch, record_field(op->kind, name), &value, 1,
            founding->arena))
        abort();
}

static void set_text(
    struct founding *founding, struct decide_operation *op, const char *name, const char *text)
{
    struct record_value value;

    if (!record_parse(op->kind, record_field(op->kind, name), text, founding->arena, &value))
        abort();
    set(founding, op, name, value);
}

static void set_id(struct founding *founding, struct decide_operation *op, const char *name,
    const uint8_t id[UUID_SIZE])
{
    set(founding, op, name,
        (struct record_value){
            .data = sim_store_bytes(founding->arena, id, UUID_SIZE), .size = UUID_SIZE});
}

static void add_parties(struct founding *founding, struct sim_server_founded *founded)
{
    static const char *const names[SIM_SERVER_PARTIES] = {
        "Direction", "Comité de Mékinac", "Comité des Chenaux", "Comité de Maskinongé"};

    for (int i = 0; i < SIM_SERVER_PARTIES; i++) {
        struct decide_operation *op = add(founding, CONCERT__KIND__PARTY, founded->parties[i]);

        set_text(founding, op, "name", names[i]);
        set_text(founding, op, "type", i == 0 ? "staff" : "local");
    }
}

static void add_office(struct founding *founding, struct sim_server_founded *founded, uint32_t i)
{
    static const struct {
        const char *role;
        Concert__Account__Role number;
        int party;
    } rows[SIM_SERVER_OFFICES] = {{"coordinator", CONCERT__ACCOUNT__ROLE__COORDINATOR, 0},
        {"secretariat", CONCERT__ACCOUNT__ROLE__SECRETARIAT, 0},
        {"editor", CONCERT__ACCOUNT__ROLE__EDITOR, 1},
        {"editor", CONCERT__ACCOUNT__ROLE__EDITOR, 2},
        {"editor", CONCERT__ACCOUNT__ROLE__EDITOR, 3},
        {"editor", CONCERT__ACCOUNT__ROLE__EDITOR, 3}};
    struct policy_actor *actor = &founded->offices[i].actor;
    const uint8_t *party = founded->parties[rows[i].party];
    struct decide_operation *account = add(founding, CONCERT__KIND__ACCOUNT, actor->account);
    struct decide_operation *device = add(founding, CONCERT__KIND__DEVICE, actor->device);
    char text[IDENTITY_FINGERPRINT_TEXT];

    actor->role = rows[i].number;
    actor->n_parties = 1;
    memcpy(actor->parties[0], party, UUID_SIZE);
    for (size_t b = 0; b < IDENTITY_FINGERPRINT_SIZE; b++)
        founded->offices[i].fingerprint[b] = (uint8_t)(b * 7 + 31 * (i + 1));
    set_text(founding, account, "person", "Une personne");
    set_text(founding, account, "role", rows[i].role);
    set_text(founding, account, "language", "fr");
    set_id(founding, account, "parties", party);
    identity_fingerprint_text(founded->offices[i].fingerprint, text);
    set_id(founding, device, "account", actor->account);
    set_text(founding, device, "name", "un ordinateur");
    set_text(founding, device, "fingerprint", text);
    set_text(founding, device, "joined_on", "2009-10-15");
}

static void add_plan(struct founding *founding, struct sim_server_founded *founded)
{
    struct decide_operation *plan = add(founding, CONCERT__KIND__PLAN, founded->plan);
    struct decide_operation *objective =
        add(founding, CONCERT__KIND__OBJECTIVE, founded->objective);

    set_text(founding, plan, "title", "Plan 2009-2010");
    set_text(founding, plan, "type", "annual");
    set_id(founding, plan, "party", founded->parties[0]);
    set_text(founding, plan, "starts_on", "2009-04-01");
    set_text(founding, plan, "ends_on", "2010-03-31");
    set_id(founding, objective, "plan", founded->plan);
    set_text(founding, objective, "number", "2");
    set_text(founding, objective, "title", "Concerter");
}

static void add_action(struct founding *founding, struct sim_server_founded *founded, int i)
{
    struct decide_operation *action = add(founding, CONCERT__KIND__ACTION, founded->actions[i]);
    char number[16];

    snprintf(number, sizeof(number), "2.%d", i + 1);
    set_id(founding, action, "objective", founded->objective);
    set_text(founding, action, "number", number);
    set_text(founding, action, "title", "Se rencontrer");
    set_text(founding, action, "description", "Une ligne\nUne autre\nUne troisième\nLa dernière");
    for (int p = 1; p < SIM_SERVER_PARTIES; p++) {
        struct decide_operation *share = add(founding, CONCERT__KIND__SHARE, founded->shares[i][p]);

        set_id(founding, share, "action", founded->actions[i]);
        set_id(founding, share, "party", founded->parties[p]);
        set_text(founding, share, "percent", "10");
        set_text(founding, share, "next_step", "Appeler\nÉcrire\nSe réunir");
    }
}

static void commit(struct founding *founding, const struct policy_actor *actor)
{
    struct decide_result results[OPERATIONS_MAX];
    struct batch_job job = {.kind = BATCH_OWN,
        .actor = *actor,
        .operations = founding->operations,
        .count = founding->count,
        .atomic = true,
        .results = results};
    struct batch_job *jobs[] = {&job};
    struct store_writes writes = {0};
    struct store_ask ask;
    struct error error;

    if (!batch_ask(jobs, 1, founding->arena, &ask) ||
        !batch_decide(jobs, 1, sim_store_rows_answer(founding->store, &ask, founding->arena),
            SIM_WORLD_BEGINS, founding->arena, &writes) ||
        !sim_store_rows_write(founding->store, &writes, &error))
        sim_world_fail(founding->store->world, "the region cannot be founded");
    for (size_t i = 0; i < founding->count; i++)
        if (results[i].status != CONCERT__RESULT__STATUS__APPLIED) {
            fprintf(stderr, "founding: operation %zu: %s %s %s\n", i,
                error_name(results[i].error.code), results[i].error.field, results[i].error.rule);
            abort();
        }
}

void sim_server_found(struct sim_store *store, struct sim_server_founded *founded_r)
{
    struct founding founding = {.store = store, .arena = arena_new(MEMORY)};

    if (founding.arena == NULL)
        abort();
    memset(founded_r, 0, sizeof(*founded_r));
    add_parties(&founding, founded_r);
    for (uint32_t i = 0; i < SIM_SERVER_OFFICES; i++)
        add_office(&founding, founded_r, i);
    add_plan(&founding, founded_r);
    for (int i = 0; i < SIM_SERVER_ACTIONS; i++)
        add_action(&founding, founded_r, i);
    commit(&founding, &founded_r->offices[0].actor);
    arena_free(&founding.arena);
    sim_store_backup(store);
}
