#include "input/held.h"

#include <string.h>

#include "words/outcome.h"

/* Of those that commit with it, the one that clashes or was refused. */
static uint64_t blamed(const struct desk_operation *operations, size_t count, size_t index)
{
    for (size_t i = 0; i < count; i++)
        if (!uuid_equal(operations[i].push, uuid_none) &&
            uuid_equal(operations[i].push, operations[index].push) &&
            (operations[i].state == DESK_CONFLICT ||
                (operations[i].state == DESK_REFUSED && !outcome_is_bystander(&operations[i]))))
            return operations[i].number;
    return operations[index].number;
}

bool held_read(const struct context *context, struct held *held_r)
{
    struct desk_why ignored;
    size_t count;
    const struct desk_operation *operations = desk_outbox(context->desk, false, &count, &ignored);
    struct held_answer *answers =
        operations == NULL ? NULL : arena_alloc(context->arena, (count + 1) * sizeof(*answers));

    *held_r = (struct held){.answers = answers};
    for (size_t i = 0; answers != NULL && i < count; i++) {
        if (operations[i].kind->id != CONCERT__KIND__QUARANTINE ||
            (operations[i].state != DESK_CONFLICT && operations[i].state != DESK_REFUSED))
            continue;
        answers[held_r->count].number = blamed(operations, count, i);
        memcpy(answers[held_r->count++].id, operations[i].id, UUID_SIZE);
    }
    return answers != NULL;
}

uint64_t held_by(const struct held *held, const uint8_t id[UUID_SIZE])
{
    for (size_t i = 0; i < held->count; i++)
        if (uuid_equal(held->answers[i].id, id))
            return held->answers[i].number;
    return 0;
}
