#include "load_updates.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "frame.h"
#include "load_fill.h"

#define PATCH_MAX ((size_t)LOAD_FILL_TEXT + 64)

/* What one operation of the push under the pen points to. */
struct slot {
    uint8_t op_id[UUID_SIZE];
    uint8_t patch[PATCH_MAX];
    Concert__Operation operation;
};

struct load_updates {
    struct load_share *shares;
    size_t n_shares, clients, batch;
    uint64_t number; /* of updates so far: each says something new */
    struct slot *slots;
    Concert__Operation **operations;
};

struct load_updates *load_updates_new(struct load *load, size_t clients, size_t depth)
{
    struct load_updates *updates = calloc(1, sizeof(*updates));
    size_t batch = load->options->batch;

    if (updates == NULL)
        return NULL;
    *updates = (struct load_updates){.clients = clients, .batch = batch};
    updates->slots = calloc(batch, sizeof(*updates->slots));
    updates->operations = calloc(batch, sizeof(*updates->operations));
    if (updates->slots == NULL || updates->operations == NULL ||
        !load_fill_shares(&load->server, &updates->shares, &updates->n_shares)) {
        load_updates_free(&updates);
    } else if (updates->n_shares < clients * depth * batch) {
        fprintf(stderr, "load: %zu shares are too few, clients × depth × batch are %zu: --fill\n",
            updates->n_shares, clients * depth * batch);
        load_updates_free(&updates);
    }
    return updates;
}

void load_updates_free(struct load_updates **updates)
{
    if (*updates == NULL)
        return;
    free((*updates)->shares);
    free((*updates)->slots);
    free((*updates)->operations);
    free(*updates);
    *updates = NULL;
}

/* The pushes of a line are applied in order: the next revision is known before its answer. */
static void update(struct load_updates *updates, struct load_share *share, struct slot *slot)
{
    Concert__Share patch = CONCERT__SHARE__INIT;
    Concert__Operation *operation = &slot->operation;
    char text[LOAD_FILL_TEXT];
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    load_fill_text(++updates->number, text);
    patch.has_percent = true;
    patch.percent = (uint32_t)(updates->number % 101);
    patch.expected = text;
    uuid_make((int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000, slot->op_id);
    concert__operation__init(operation);
    operation->has_op_id = operation->has_id = operation->has_kind = operation->has_patch = true;
    operation->has_base_revision = operation->has_authored_at = true;
    operation->op_id = (ProtobufCBinaryData){UUID_SIZE, slot->op_id};
    operation->id = (ProtobufCBinaryData){UUID_SIZE, share->id};
    operation->kind = CONCERT__KIND__SHARE;
    operation->base_revision = share->revision++;
    operation->patch =
        (ProtobufCBinaryData){concert__share__pack(&patch, slot->patch), slot->patch};
    operation->authored_at = (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

void load_updates_push(struct load_updates *updates, struct load_client *client)
{
    Concert__Request request = CONCERT__REQUEST__INIT;
    Concert__Push push = CONCERT__PUSH__INIT;
    size_t own = updates->n_shares / updates->clients;

    for (size_t i = 0; i < updates->batch; i++) {
        size_t index = client->index + client->turn++ % own * updates->clients;

        update(updates, &updates->shares[index], &updates->slots[i]);
        updates->operations[i] = &updates->slots[i].operation;
    }
    push.n_operations = updates->batch;
    push.operations = updates->operations;
    request.has_number = true;
    request.number = client->turn;
    request.verb_case = CONCERT__REQUEST__VERB_PUSH;
    request.push = &push;
    frame_append(load_line_output(client->line), &request.base);
}

static void tell_refusal(const Concert__Result *result)
{
    const Concert__Error *error = result->error;

    fprintf(stderr, "load: an update was not applied: status %d field=%s rule=%s\n",
        (int)result->status, error == NULL || error->field == NULL ? "" : error->field,
        error == NULL || error->rule == NULL ? "" : error->rule);
}

bool load_updates_applied(const uint8_t *data, size_t size)
{
    Concert__Response *response = concert__response__unpack(NULL, size, data);
    bool good = response != NULL && response->answer_case == CONCERT__RESPONSE__ANSWER_PUSH;

    for (size_t i = 0; good && i < response->push->n_results; i++)
        if (response->push->results[i]->status != CONCERT__RESULT__STATUS__APPLIED) {
            tell_refusal(response->push->results[i]);
            good = false;
        }
    concert__response__free_unpacked(response, NULL);
    return good;
}
