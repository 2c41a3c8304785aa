/*
 * PostgreSQL's binary format of the types that the store uses, both ways. What is built lives in an
 * arena. Source: PostgreSQL's src/backend/utils/adt, the *send and *recv functions.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "pipeline.h"

/* The elements' types, by the object ids of pg_type, which never change. */
enum binary_type {
    BINARY_BOOL = 16,
    BINARY_BYTES = 17,
    BINARY_INT64 = 20,
    BINARY_INT32 = 23,
    BINARY_TEXT = 25,
    BINARY_DATE = 1082,
    BINARY_TIME = 1184,
    BINARY_UUID = 2950
};

/* An array on its way to a statement. */
struct binary_array {
    struct arena *arena;
    uint8_t *data;
    size_t size, capacity;
    uint32_t count;
    enum binary_type type;
    bool failed; /* the arena is at its limit: stays set */
};

/* An empty array, with room for about `count` elements. */
struct binary_array binary_array_make(struct arena *arena, enum binary_type type, size_t count);

/* Adds an element: its bytes as they are (texts, bytes, ids; NULL data: NULL). */
void binary_add(struct binary_array *array, const void *data, size_t size);

/* Adds an id; uuid_none becomes NULL. */
void binary_add_id(struct binary_array *array, const uint8_t *id);

/* Adds a number of the array's type: bool, int32, int64; of a date, its days since 1970; of a time,
 * its microseconds since 1970 UTC. */
void binary_add_number(struct binary_array *array, int64_t number);

/* The array as a parameter; alive as long as the arena. Data is NULL when memory ran out. */
struct pipeline_value binary_array_value(struct binary_array *array);

/* One number as a parameter, as binary_add_number; data is NULL when memory ran out. */
struct pipeline_value binary_number(struct arena *arena, enum binary_type type, int64_t number);

/* The number in a value that came, as binary_add_number; 0 for NULL or another size. */
int64_t binary_get_number(struct pipeline_value value, enum binary_type type);

/* Copies a value of exactly `size` bytes; zeroes for NULL or another size. */
void binary_get_bytes(struct pipeline_value value, uint8_t *bytes_r, size_t size);

/* Splits an array that came into its elements, borrowed from it, the list in the arena. False when
 * it is malformed or memory is out. NULL is an empty array. */
bool binary_get_array(struct pipeline_value value, struct arena *arena,
    struct pipeline_value **elements_r, size_t *count_r);

/* The text that stands for an array of texts in SQL: {"a","b \"c\""}; NULL when memory is out. */
char *binary_literal(struct arena *arena, const struct pipeline_value *texts, size_t count);
