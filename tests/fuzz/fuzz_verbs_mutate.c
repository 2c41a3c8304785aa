/* Inputs are changed as messages: any field of any of them, by protobuf-c's descriptors, so that
 * new verbs, fields and kinds come by themselves. */
#include <stdlib.h>
#include <string.h>

#include "fuzz_verbs_script.h"
#include "kinds.h"

#define MEMORY ((size_t)64 << 20)
#define DEPTH_MAX 6

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *data, size_t size, const uint8_t *other,
    size_t other_size, uint8_t *out, size_t max_size, unsigned seed);

struct mutation {
    struct arena *arena;
    unsigned state;
    const Concert__Operation *operation; /* that the mutation is in */
};

/* Texts that mean something to the server; "$" is an invitation's code (fuzz_verbs.c). */
static const char *const texts[] = {"", "$", "mauricie", "fr", "en", "2009-10-15", "2010-03-31",
    "2009-10-15T18:30", "2.1", "2.1.1", "1", "Une rencontre", "a\nb\nc", "a\nX\nc", "title", "name",
    "percent", "status", "revoked", "expires", "text", "mai 2009", "4 à 6", "number", "description",
    "objective", "100", "America/Toronto", "text/plain", "\xc3\xa9\xcc\x81", "\xff"};

static unsigned draw(struct mutation *m, unsigned below)
{
    m->state = m->state * 1103515245u + 12345u;
    return (m->state >> 8) % below;
}

static void mutate(struct mutation *m, ProtobufCMessage *message, int depth);

static uint64_t draw_number(struct mutation *m, uint64_t before)
{
    static const uint64_t edges[] = {0, 1, 2, 10, 60, 100, 1000, 65536, 1u << 20, INT32_MAX,
        UINT32_MAX, INT64_MAX, UINT64_MAX, (uint64_t)INT64_MIN, UINT64_C(1255615200000000)};

    if (draw(m, 3) == 0)
        return before + draw(m, 5) - 2;
    return draw(m, 2) == 0 ? draw(m, 100) : edges[draw(m, sizeof(edges) / sizeof(edges[0]))];
}

static uint8_t *grown(struct mutation *m, const uint8_t *data, size_t *size, size_t most)
{
    uint8_t *copy = arena_alloc(m->arena, most);

    *size = *size < most ? *size : most;
    if (copy == NULL)
        abort();
    if (*size > 0)
        memcpy(copy, data, *size);
    *size = LLVMFuzzerMutate(copy, *size, most);
    return copy;
}

static void set_bytes(struct mutation *m, const ProtobufCFieldDescriptor *field,
    ProtobufCBinaryData *bytes, int depth)
{
    ProtobufCMessage *body;

    if (strcmp(field->name, "patch") == 0 && bytes->len == 0)
        bytes->data = NULL;
    body = draw(m, 8) == 0 ? NULL : script_body(m->operation, field, bytes, m->arena);
    if (body != NULL) {
        mutate(m, body, depth + 1);
        bytes->data = script_encode(body, m->arena, &bytes->len);
    } else if (draw(m, 4) != 0) { /* an id, or a hash, by its number */
        bytes->data = arena_alloc(m->arena, 1);
        bytes->len = 1;
        *bytes->data = (uint8_t)draw(m, 256);
    } else {
        bytes->data = grown(m, bytes->data, &bytes->len, bytes->len + 40);
    }
}

static void set_text(struct mutation *m, char **text)
{
    size_t size = *text == NULL ? 0 : strlen(*text);

    if (draw(m, 3) != 0)
        *text = (char *)texts[draw(m, sizeof(texts) / sizeof(texts[0]))];
    else
        *text = arena_copy(m->arena, grown(m, (uint8_t *)*text, &size, size + 20), size);
}

/* Sets one value, or changes the message that it is. */
static void set_value(
    struct mutation *m, const ProtobufCFieldDescriptor *field, void *value, int depth)
{
    const ProtobufCEnumDescriptor *list = field->descriptor;
    ProtobufCMessage **message = value;
    uint64_t before = 0;

    switch (field->type) {
    case PROTOBUF_C_TYPE_MESSAGE:
        if (*message == NULL) {
            const ProtobufCMessageDescriptor *descriptor = field->descriptor;

            *message = arena_alloc(m->arena, descriptor->sizeof_message);
            protobuf_c_message_init(descriptor, *message);
        }
        mutate(m, *message, depth + 1);
        break;
    case PROTOBUF_C_TYPE_STRING:
        set_text(m, value);
        break;
    case PROTOBUF_C_TYPE_BYTES:
        set_bytes(m, field, value, depth);
        break;
    case PROTOBUF_C_TYPE_ENUM:
        *(int *)value =
            draw(m, 20) == 0 ? (int)draw(m, 100) : list->values[draw(m, list->n_values)].value;
        break;
    case PROTOBUF_C_TYPE_BOOL:
        *(protobuf_c_boolean *)value = (protobuf_c_boolean)draw(m, 2);
        break;
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_UINT64:
        memcpy(&before, value, 8);
        before = draw_number(m, before);
        memcpy(value, &before, 8);
        break;
    default:
        memcpy(&before, value, 4);
        before = draw_number(m, before);
        memcpy(value, &before, 4);
    }
}

/* One value more, at the end, or one of those there are. */
static void set_repeated(
    struct mutation *m, ProtobufCMessage *message, const ProtobufCFieldDescriptor *field, int depth)
{
    size_t *count = (size_t *)((uint8_t *)message + field->quantifier_offset);
    uint8_t **values = script_member(message, field), *more;
    size_t wide = (size_t)((uint8_t *)script_value(message, field, 1) - *values);

    if (*count > 0 && draw(m, 5) == 0) {
        (*count)--;
    } else if (*count > 0 && draw(m, 2) == 0) {
        set_value(m, field, script_value(message, field, draw(m, (unsigned)*count)), depth);
    } else {
        more = arena_alloc(m->arena, (*count + 1) * wide);
        if (more == NULL)
            abort();
        if (*count > 0)
            memcpy(more, *values, *count * wide);
        *values = more;
        set_value(m, field, more + *count * wide, depth);
        (*count)++;
    }
}

/* Empties it, or marks it as set. */
static void mark(ProtobufCMessage *message, const ProtobufCFieldDescriptor *field, bool set)
{
    void *quantifier = (uint8_t *)message + field->quantifier_offset;

    if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF)
        *(uint32_t *)quantifier = set ? field->id : 0;
    else if (field->type != PROTOBUF_C_TYPE_MESSAGE && field->type != PROTOBUF_C_TYPE_STRING)
        *(protobuf_c_boolean *)quantifier = set;
    else if (!set)
        *(void **)script_member(message, field) = NULL;
}

static void mutate(struct mutation *m, ProtobufCMessage *message, int depth)
{
    const ProtobufCMessageDescriptor *descriptor = message->descriptor;
    const Concert__Operation *above = m->operation;

    if (descriptor == &concert__operation__descriptor)
        m->operation = (const Concert__Operation *)message;
    for (unsigned times = 1 + draw(m, 3); times > 0 && depth < DEPTH_MAX; times--) {
        const ProtobufCFieldDescriptor *field = &descriptor->fields[draw(m, descriptor->n_fields)];

        /* Of a request, its verb most often stays. */
        for (unsigned i = 0; i < descriptor->n_fields && draw(m, 6) != 0; i++)
            if ((descriptor->fields[i].flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0 &&
                script_count(message, &descriptor->fields[i]) > 0)
                field = &descriptor->fields[i];
        if (field->label == PROTOBUF_C_LABEL_REPEATED) {
            set_repeated(m, message, field, depth);
        } else if (draw(m, 8) == 0) {
            mark(message, field, false);
        } else {
            if (script_count(message, field) == 0)
                memset(script_member(message, field), 0,
                    field->type == PROTOBUF_C_TYPE_BYTES ? sizeof(ProtobufCBinaryData)
                    : field->type == PROTOBUF_C_TYPE_MESSAGE ||
                            field->type == PROTOBUF_C_TYPE_STRING
                        ? sizeof(void *)
                        : 4);
            mark(message, field, true);
            set_value(m, field, script_member(message, field), depth);
        }
    }
    m->operation = above;
}

/* The bundle of a carry that is to be signed is a message too. */
static void mutate_bundle(struct mutation *m, Concert__Carry *carry)
{
    Concert__Bundle *bundle =
        concert__bundle__unpack(arena_allocator(m->arena), carry->parcel.len, carry->parcel.data);

    if (bundle == NULL) {
        bundle = arena_alloc(m->arena, sizeof(*bundle));
        concert__bundle__init(bundle);
    }
    mutate(m, &bundle->base, 1);
    carry->has_parcel = true;
    carry->parcel.data = script_encode(&bundle->base, m->arena, &carry->parcel.len);
}

static void mutate_step(struct mutation *m, struct script_step *step)
{
    Concert__Request *request =
        concert__request__unpack(arena_allocator(m->arena), step->size, step->data);

    if ((step->flags & SCRIPT_RAW) != 0 && draw(m, 2) == 0) {
        step->data = grown(m, step->data, &step->size, step->size + 40);
        return;
    }
    if (request == NULL) {
        request = arena_alloc(m->arena, sizeof(*request));
        concert__request__init(request);
    }
    if ((step->flags & SCRIPT_SIGN) != 0 && request->verb_case == CONCERT__REQUEST__VERB_CARRY &&
        draw(m, 8) != 0)
        mutate_bundle(m, request->carry);
    else
        mutate(m, &request->base, 0);
    step->data = script_encode(&request->base, m->arena, &step->size);
    if (step->data == NULL)
        abort();
}

/* Steps come, go, change places and people. */
static size_t mutate_order(struct mutation *m, struct script_step *steps, size_t count)
{
    size_t at = draw(m, (unsigned)count), to = draw(m, (unsigned)count);
    struct script_step step = steps[at];

    switch (draw(m, 5)) {
    case 0:
        memmove(&steps[at], &steps[at + 1], (count - at - 1) * sizeof(step));
        return count > 1 ? count - 1 : count;
    case 1:
        steps[at] = steps[to];
        steps[to] = step;
        return count;
    case 2:
        steps[at].who = (uint8_t)draw(m, SCRIPT_PEOPLE);
        return count;
    case 3:
        steps[at].flags = (uint8_t)(steps[at].flags ^ 1u << draw(m, 7));
        return count;
    default:
        if (count < SCRIPT_STEPS_MAX)
            steps[count++] = step;
        return count;
    }
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    struct script_step steps[SCRIPT_STEPS_MAX];
    struct mutation m = {.arena = arena_new(MEMORY), .state = seed};
    size_t count = script_read(data, size, steps), written;
    uint8_t *out = arena_alloc(m.arena, max_size);

    if (out == NULL)
        abort();
    if (count == 0 || (count < SCRIPT_STEPS_MAX && draw(&m, 8) == 0))
        steps[count++] = (struct script_step){
            (uint8_t)draw(&m, SCRIPT_PEOPLE), SCRIPT_WAIT, (const uint8_t *)"", 0};
    for (unsigned times = 1 + draw(&m, 3); times > 0; times--)
        if (draw(&m, 4) == 0)
            count = mutate_order(&m, steps, count);
        else
            mutate_step(&m, &steps[draw(&m, 3) == 0 ? count - 1 : draw(&m, (unsigned)count)]);
    written = script_write(steps, count, out, max_size);
    memcpy(data, out, written);
    arena_free(&m.arena);
    return written;
}

/* The first steps of one input, then the last of another. */
size_t LLVMFuzzerCustomCrossOver(const uint8_t *data, size_t size, const uint8_t *other,
    size_t other_size, uint8_t *out, size_t max_size, unsigned seed)
{
    struct script_step a[SCRIPT_STEPS_MAX], b[SCRIPT_STEPS_MAX];
    struct mutation m = {.state = seed};
    size_t n_a = script_read(data, size, a), n_b = script_read(other, other_size, b), from;

    n_a = draw(&m, (unsigned)n_a + 1);
    from = draw(&m, (unsigned)n_b + 1);
    while (from < n_b && n_a < SCRIPT_STEPS_MAX)
        a[n_a++] = b[from++];
    return script_write(a, n_a, out, max_size);
}
