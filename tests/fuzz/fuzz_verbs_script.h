/*
 * What an input of fuzz_verbs says: steps, each by one of some people, most often a request. And
 * how it is changed: as messages, not as bytes.
 */
#pragma once

#include <protobuf-c/protobuf-c.h>

#include "arena.h"
#include "fuzz.h"
#include "protocol.pb-c.h"

#define SCRIPT_STEPS_MAX 40
#define SCRIPT_PEOPLE 8

enum script_flag {
    SCRIPT_SIGN =
        1 << 0, /* carry's bytes are a bundle: it is to be signed by the author's device */
    SCRIPT_PACK = 1 << 1,   /* the request goes packed */
    SCRIPT_CLOSE = 1 << 2,  /* the connection is closed before */
    SCRIPT_WAIT = 1 << 3,   /* what is under way is waited for before */
    SCRIPT_RAW = 1 << 4,    /* the bytes are a frame's as they are */
    SCRIPT_SILENT = 1 << 5, /* a connection that is opened for it says no hello */
    SCRIPT_SOON = 1 << 6    /* only a moment passes before */
};

/* In an input: who, the flags, the size in two bytes (big-endian), the bytes. */
struct script_step {
    uint8_t who, flags;
    const uint8_t *data;
    size_t size;
};

/* Reads the steps, which borrow the data; how many. The last may be cut. */
size_t script_read(const uint8_t *data, size_t size, struct script_step steps_r[SCRIPT_STEPS_MAX]);

/* Writes them; how many bytes. Steps that do not fit are left out. */
size_t script_write(
    const struct script_step *steps, size_t count, uint8_t *data_r, size_t max_size);

/* A field of a message, as protobuf-c keeps it. */
void *script_member(ProtobufCMessage *message, const ProtobufCFieldDescriptor *field);

/* How many values it has; of a repeated field, all of them. */
size_t script_count(ProtobufCMessage *message, const ProtobufCFieldDescriptor *field);

/* The value of that place. */
void *script_value(ProtobufCMessage *message, const ProtobufCFieldDescriptor *field, size_t index);

/* Encoded, in the arena; NULL when it is at its limit. */
uint8_t *script_encode(const ProtobufCMessage *message, struct arena *arena, size_t *size_r);

/* The record's message in a bytes field of an operation or a clash (patch, seen, set_aside),
 * decoded with what `operation` says of its kind. NULL: it is none. */
ProtobufCMessage *script_body(const Concert__Operation *operation,
    const ProtobufCFieldDescriptor *field, const ProtobufCBinaryData *bytes, struct arena *arena);
