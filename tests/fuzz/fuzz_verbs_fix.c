#include "fuzz_verbs_fix.h"

#include <string.h>

#include "fuzz_verbs_script.h"

#define NEW_IDS 160 /* numbers from here on are ids that the region has not given */

/* The id of that number: of the region's records in their order, or a new one. */
static void put_id(const struct fix *fix, ProtobufCBinaryData *bytes)
{
    uint8_t number = bytes->data[0];
    size_t n_log;
    const struct store_change *log = sim_store_log(fix->store, &n_log);

    bytes->len = UUID_SIZE;
    bytes->data = arena_alloc(fix->arena, UUID_SIZE);
    FUZZ_MUST(bytes->data != NULL);
    if (number < NEW_IDS && number < n_log)
        memcpy(bytes->data, log[number].id, UUID_SIZE);
    else
        memset(bytes->data, number, UUID_SIZE);
}

/* The log's hash at that seq. */
static void put_hash(const struct fix *fix, ProtobufCBinaryData *bytes)
{
    size_t n_log;
    const struct store_change *log = sim_store_log(fix->store, &n_log);
    uint8_t seq = bytes->data[0];

    if (seq == 0 || seq > n_log)
        return;
    bytes->len = STORE_HASH_SIZE;
    bytes->data = (uint8_t *)arena_copy(fix->arena, log[seq - 1].hash, STORE_HASH_SIZE);
    FUZZ_MUST(bytes->data != NULL);
}

static void fix_message(
    const struct fix *fix, const Concert__Operation *operation, ProtobufCMessage *message);

static void fix_bytes(const struct fix *fix, const Concert__Operation *operation,
    const ProtobufCFieldDescriptor *field, ProtobufCBinaryData *bytes)
{
    ProtobufCMessage *body = script_body(operation, field, bytes, fix->arena);

    if (body != NULL) {
        fix_message(fix, operation, body);
        bytes->data = script_encode(body, fix->arena, &bytes->len);
    } else if (bytes->len == 1 && strstr(field->name, "hash") != NULL) {
        put_hash(fix, bytes);
    } else if (bytes->len == 1 && strcmp(field->name, "bytes") != 0) {
        put_id(fix, bytes);
    }
}

static void fix_message(
    const struct fix *fix, const Concert__Operation *operation, ProtobufCMessage *message)
{
    const ProtobufCMessageDescriptor *descriptor = message->descriptor;

    if (descriptor == &concert__operation__descriptor)
        operation = (const Concert__Operation *)message;
    for (unsigned i = 0; i < descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &descriptor->fields[i];

        for (size_t j = 0; j < script_count(message, field); j++) {
            void *value = script_value(message, field, j);

            if (field->type == PROTOBUF_C_TYPE_MESSAGE)
                fix_message(fix, operation, *(ProtobufCMessage **)value);
            else if (field->type == PROTOBUF_C_TYPE_BYTES)
                fix_bytes(fix, operation, field, value);
            else if (field->type == PROTOBUF_C_TYPE_STRING && fix->code != NULL &&
                     strcmp(*(char **)value, "$") == 0)
                *(char **)value = (char *)fix->code;
        }
    }
}

void fix_request(const struct fix *fix, ProtobufCMessage *message)
{
    fix_message(fix, NULL, message);
}
