#include "binary.h"

#include <string.h>

#include "uuid.h"

#define HEADER 20                 /* dimensions, flags, type, length, lower bound */
#define EPOCH_DAYS INT64_C(10957) /* 1970-01-01 to 2000-01-01 */
#define EPOCH_MICROSECONDS (EPOCH_DAYS * 86400 * 1000000)

static void put32(uint8_t *at, uint32_t number)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(number >> (24 - 8 * i));
}

static void put64(uint8_t *at, uint64_t number)
{
    put32(at, (uint32_t)(number >> 32));
    put32(at + 4, (uint32_t)number);
}

static uint64_t get(const uint8_t *at, size_t size)
{
    uint64_t number = 0;

    for (size_t i = 0; i < size; i++)
        number = number << 8 | at[i];
    return number;
}

static size_t number_size(enum binary_type type)
{
    if (type == BINARY_BOOL)
        return 1;
    return type == BINARY_INT32 || type == BINARY_DATE ? 4 : 8;
}

/* From 1970 to PostgreSQL's 2000. */
static int64_t epoch(enum binary_type type)
{
    if (type == BINARY_DATE)
        return EPOCH_DAYS;
    return type == BINARY_TIME ? EPOCH_MICROSECONDS : 0;
}

static size_t put_number(uint8_t *at, enum binary_type type, int64_t number)
{
    number -= epoch(type);
    switch (number_size(type)) {
    case 1:
        *at = number != 0;
        return 1;
    case 4:
        put32(at, (uint32_t)number);
        return 4;
    default:
        put64(at, (uint64_t)number);
        return 8;
    }
}

struct binary_array binary_array_make(struct arena *arena, enum binary_type type, size_t count)
{
    struct binary_array array = {.arena = arena, .type = type, .size = HEADER};

    array.capacity = HEADER + count * 20;
    array.data = arena_alloc(arena, array.capacity);
    array.failed = array.data == NULL;
    return array;
}

/* Room for `size` more bytes. */
static uint8_t *extend(struct binary_array *array, size_t size)
{
    size_t need = array->size + size;

    if (array->failed)
        return NULL;
    if (need > array->capacity) {
        uint8_t *data = arena_alloc(array->arena, need * 2);

        if (data == NULL) {
            array->failed = true;
            return NULL;
        }
        memcpy(data, array->data, array->size);
        array->data = data;
        array->capacity = need * 2;
    }
    array->count++;
    array->size = need;
    return array->data + need - size;
}

void binary_add(struct binary_array *array, const void *data, size_t size)
{
    uint8_t *at = extend(array, 4 + (data == NULL ? 0 : size));

    if (at == NULL)
        return;
    put32(at, data == NULL ? UINT32_MAX : (uint32_t)size);
    if (data != NULL && size > 0)
        memcpy(at + 4, data, size);
}

void binary_add_id(struct binary_array *array, const uint8_t *id)
{
    binary_add(array, uuid_equal(id, uuid_none) ? NULL : id, UUID_SIZE);
}

void binary_add_number(struct binary_array *array, int64_t number)
{
    uint8_t bytes[8];

    binary_add(array, bytes, put_number(bytes, array->type, number));
}

struct pipeline_value binary_array_value(struct binary_array *array)
{
    if (array->failed)
        return (struct pipeline_value){NULL, 0};
    put32(array->data, array->count > 0); /* dimensions */
    put32(array->data + 4, 1);            /* there may be NULLs */
    put32(array->data + 8, array->type);
    put32(array->data + 12, array->count);
    put32(array->data + 16, 1);
    return (struct pipeline_value){array->data, array->count > 0 ? array->size : 12};
}

struct pipeline_value binary_number(struct arena *arena, enum binary_type type, int64_t number)
{
    uint8_t *data = arena_alloc(arena, 8);

    if (data == NULL)
        return (struct pipeline_value){NULL, 0};
    return (struct pipeline_value){data, put_number(data, type, number)};
}

int64_t binary_get_number(struct pipeline_value value, enum binary_type type)
{
    uint64_t number;

    if (value.data == NULL || value.size != number_size(type))
        return 0;
    number = get(value.data, value.size);
    if (value.size == 4)
        return (int32_t)number + epoch(type);
    return (int64_t)number + epoch(type);
}

void binary_get_bytes(struct pipeline_value value, uint8_t *bytes_r, size_t size)
{
    if (value.data != NULL && value.size == size)
        memcpy(bytes_r, value.data, size);
    else
        memset(bytes_r, 0, size);
}

static bool split(
    const uint8_t *at, const uint8_t *end, struct pipeline_value *elements, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t size;

        if (end - at < 4)
            return false;
        size = (uint32_t)get(at, 4);
        at += 4;
        elements[i] = (struct pipeline_value){NULL, 0};
        if (size == UINT32_MAX)
            continue;
        if (size > (size_t)(end - at))
            return false;
        elements[i] = (struct pipeline_value){at, size};
        at += size;
    }
    return at == end;
}

bool binary_get_array(struct pipeline_value value, struct arena *arena,
    struct pipeline_value **elements_r, size_t *count_r)
{
    const uint8_t *data = value.data;
    size_t count;

    *elements_r = NULL;
    *count_r = 0;
    if (data == NULL || (value.size == 12 && get(data, 4) == 0))
        return true;
    if (value.size < HEADER || get(data, 4) != 1)
        return false;
    count = (size_t)get(data + 12, 4);
    if (count > (value.size - HEADER) / 4)
        return false;
    *elements_r = arena_alloc(arena, count * sizeof(**elements_r));
    *count_r = count;
    return *elements_r != NULL && split(data + HEADER, data + value.size, *elements_r, count);
}

char *binary_literal(struct arena *arena, const struct pipeline_value *texts, size_t count)
{
    size_t room = 3;
    char *literal, *to;

    for (size_t i = 0; i < count; i++)
        room += 2 * texts[i].size + 3;
    literal = to = arena_alloc(arena, room);
    if (literal == NULL)
        return NULL;
    *to++ = '{';
    for (size_t i = 0; i < count; i++) {
        const char *text = texts[i].data;

        if (i > 0)
            *to++ = ',';
        *to++ = '"';
        for (size_t j = 0; j < texts[i].size; j++) {
            if (text[j] == '"' || text[j] == '\\')
                *to++ = '\\';
            *to++ = text[j];
        }
        *to++ = '"';
    }
    *to++ = '}';
    *to = '\0';
    return literal;
}
