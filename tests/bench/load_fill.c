#include "load_fill.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PARTIES ((size_t)10)
#define PUSH_OPERATIONS ((size_t)250)
#define UNDER_WAY 4 /* pushes */

/* Operations gather here until they are a push; a flush sends and checks them. */
struct fill {
    struct load_server *server;
    struct arena *arena;
    Concert__Operation *operations[PUSH_OPERATIONS];
    size_t n_operations;
    int under_way;
    uint8_t parties[PARTIES][UUID_SIZE];
    uint8_t owner[UUID_SIZE], plan[UUID_SIZE], objective[UUID_SIZE];
};

void load_fill_text(uint64_t number, char text_r[LOAD_FILL_TEXT])
{
    snprintf(text_r, LOAD_FILL_TEXT,
        "%010llu Rencontrer les organismes du territoire, dresser la liste des besoins, puis "
        "convenir avec eux des priorités de l'année et de la part de chacun; rendre compte à la "
        "prochaine rencontre du comité.",
        (unsigned long long)number);
}

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool answered(struct fill *fill)
{
    Concert__Response *response = load_server_next(fill->server);

    fill->under_way--;
    if (response == NULL || response->answer_case != CONCERT__RESPONSE__ANSWER_PUSH)
        return false;
    for (size_t i = 0; i < response->push->n_results; i++) {
        const Concert__Result *result = response->push->results[i];

        if (result->status == CONCERT__RESULT__STATUS__APPLIED)
            continue;
        fprintf(stderr, "load: an operation was refused: status %d field=%s rule=%s\n",
            (int)result->status, result->error == NULL ? "" : result->error->field,
            result->error == NULL ? "" : result->error->rule);
        return false;
    }
    return true;
}

/* Sends what has gathered and waits until at most `most` pushes are without an answer. */
static bool flush(struct fill *fill, int most)
{
    Concert__Request request = CONCERT__REQUEST__INIT;
    Concert__Push push = CONCERT__PUSH__INIT;

    if (fill->n_operations > 0) {
        push.n_operations = fill->n_operations;
        push.operations = fill->operations;
        request.verb_case = CONCERT__REQUEST__VERB_PUSH;
        request.push = &push;
        if (!load_server_put(fill->server, &request))
            return false;
        fill->under_way++;
        fill->n_operations = 0;
        arena_free(&fill->arena);
        fill->arena = arena_new((size_t)16 << 20);
    }
    while (fill->under_way > most)
        if (!answered(fill))
            return false;
    return fill->arena != NULL;
}

/* One record more; its new id goes to id_r (may be NULL). */
static bool add(struct fill *fill, Concert__Kind kind, const ProtobufCMessage *body, uint8_t *id_r)
{
    uint8_t *ids = arena_alloc(fill->arena, 2 * UUID_SIZE);
    size_t size = protobuf_c_message_get_packed_size(body);
    uint8_t *patch = arena_alloc(fill->arena, size + 1);
    Concert__Operation *operation = arena_alloc(fill->arena, sizeof(*operation));

    if (ids == NULL || patch == NULL || operation == NULL)
        return false;
    uuid_make(now_ms(), ids);
    uuid_make(now_ms(), ids + UUID_SIZE);
    protobuf_c_message_pack(body, patch);
    concert__operation__init(operation);
    operation->has_op_id = operation->has_id = operation->has_kind = operation->has_patch = true;
    operation->op_id = (ProtobufCBinaryData){UUID_SIZE, ids};
    operation->id = (ProtobufCBinaryData){UUID_SIZE, ids + UUID_SIZE};
    operation->kind = kind;
    operation->patch = (ProtobufCBinaryData){size, patch};
    if (id_r != NULL)
        memcpy(id_r, ids + UUID_SIZE, UUID_SIZE);
    fill->operations[fill->n_operations++] = operation;
    return fill->n_operations < PUSH_OPERATIONS || flush(fill, UNDER_WAY - 1);
}

/* --- the plan ------------------------------------------------------------------------------------
 */

static bool add_parties(struct fill *fill)
{
    for (size_t i = 0; i < PARTIES; i++) {
        Concert__Party party = CONCERT__PARTY__INIT;
        char name[64];

        snprintf(name, sizeof(name), "Comité %zu de %lld", i + 1, (long long)now_ms());
        party.name = name;
        party.has_type = true;
        party.type = CONCERT__PARTY__TYPE__LOCAL;
        if (!add(fill, CONCERT__KIND__PARTY, &party.base, fill->parties[i]))
            return false;
    }
    return flush(fill, 0);
}

static bool add_plan(struct fill *fill)
{
    Concert__Plan plan = CONCERT__PLAN__INIT;
    Concert__Objective objective = CONCERT__OBJECTIVE__INIT;
    char title[64];

    snprintf(title, sizeof(title), "Plan de %lld", (long long)now_ms());
    plan.title = title;
    plan.has_type = plan.has_party = true;
    plan.type = CONCERT__PLAN__TYPE__LOCAL;
    plan.party = (ProtobufCBinaryData){UUID_SIZE, fill->parties[0]};
    plan.starts_on = (char *)"2009-04-01";
    plan.ends_on = (char *)"2010-03-31";
    if (!add(fill, CONCERT__KIND__PLAN, &plan.base, fill->plan))
        return false;
    objective.has_plan = true;
    objective.plan = (ProtobufCBinaryData){UUID_SIZE, fill->plan};
    objective.number = (char *)"1";
    objective.title = (char *)"Soutenir l'action concertée sur le territoire";
    return add(fill, CONCERT__KIND__OBJECTIVE, &objective.base, fill->objective) && flush(fill, 0);
}

static bool add_action(struct fill *fill, size_t index, uint8_t id_r[UUID_SIZE])
{
    Concert__Action action = CONCERT__ACTION__INIT;
    char number[32], text[LOAD_FILL_TEXT];

    snprintf(number, sizeof(number), "1.%zu", index + 1);
    load_fill_text(index, text);
    action.has_objective = true;
    action.objective = (ProtobufCBinaryData){UUID_SIZE, fill->objective};
    action.number = number;
    action.title = (char *)"Tenir une rencontre";
    action.description = text;
    return add(fill, CONCERT__KIND__ACTION, &action.base, id_r);
}

static bool add_share(struct fill *fill, size_t index, uint8_t *action, uint8_t *party)
{
    Concert__Share share = CONCERT__SHARE__INIT;
    char text[LOAD_FILL_TEXT];

    load_fill_text(index, text);
    share.has_action = share.has_party = share.has_percent = share.has_status = true;
    share.action = (ProtobufCBinaryData){UUID_SIZE, action};
    share.party = (ProtobufCBinaryData){UUID_SIZE, party};
    share.status = CONCERT__SHARE__STATUS__UNDER_WAY;
    share.percent = (uint32_t)(index % 100);
    share.expected = text;
    return add(fill, CONCERT__KIND__SHARE, &share.base, NULL);
}

static bool add_work(struct fill *fill, size_t count)
{
    uint8_t action[UUID_SIZE];

    for (size_t i = 0; i < count; i++) {
        size_t place = i % (PARTIES + 1);
        bool added = place == 0 ? add_action(fill, i / (PARTIES + 1), action)
                                : add_share(fill, i, action, fill->parties[place - 1]);

        if (!added)
            return false;
    }
    return flush(fill, 0);
}

bool load_fill(struct load_server *server, size_t count)
{
    struct fill fill = {.server = server, .arena = arena_new((size_t)16 << 20)};
    bool good = fill.arena != NULL && add_parties(&fill) && add_plan(&fill) &&
                add_work(&fill, count > PARTIES + 2 ? count - PARTIES - 2 : 0);

    arena_free(&fill.arena);
    return good;
}

/* --- what there is -------------------------------------------------------------------------------
 */

static bool may_change(const struct load_server *server, const Concert__Record *record)
{
    bool own = !server->editor;

    for (size_t i = 0; i < server->n_parties && record->owner.len == UUID_SIZE; i++)
        own = own || uuid_equal(server->parties[i], record->owner.data);
    return own && !record->deleted && record->id.len == UUID_SIZE;
}

static bool take(const struct load_server *server, const Concert__Page *page,
    struct load_share **shares, size_t *count)
{
    struct load_share *more;

    more = realloc(*shares, (*count + page->n_records + 1) * sizeof(**shares));
    if (more == NULL)
        return false;
    *shares = more;
    for (size_t i = 0; i < page->n_records; i++) {
        const Concert__Record *record = page->records[i];

        if (!may_change(server, record))
            continue;
        memcpy(more[*count].id, record->id.data, UUID_SIZE);
        more[(*count)++].revision = record->revision;
    }
    return true;
}

bool load_fill_shares(struct load_server *server, struct load_share **shares_r, size_t *count_r)
{
    Concert__Request request = CONCERT__REQUEST__INIT;
    Concert__Pull pull = CONCERT__PULL__INIT;
    Concert__Kind kind = CONCERT__KIND__SHARE;
    Concert__Response *response;
    bool more = true;

    *shares_r = NULL;
    *count_r = 0;
    pull.n_kinds = 1;
    pull.kinds = &kind;
    request.verb_case = CONCERT__REQUEST__VERB_PULL;
    request.pull = &pull;
    if (!load_server_put(server, &request))
        return false;
    while (more) {
        response = load_server_next(server);
        if (response == NULL || response->answer_case != CONCERT__RESPONSE__ANSWER_PULL ||
            !take(server, response->pull, shares_r, count_r))
            return false;
        more = response->has_more && response->more;
    }
    return true;
}
