/* A small book for unit tests: records from "field=value" words as record_parse reads them, in
 * which
 * "@HANDLE" refers to a record that is there already. All static: one file per test program. */
#pragma once

#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "book/book.h"
#include "record.h"

/* The id of a handle is made from it, so that references need no look-up. */
static void small_book_id(const char *handle, uint8_t id_r[UUID_SIZE])
{
    memset(id_r, 0, UUID_SIZE);
    memcpy(id_r, handle, strlen(handle) < UUID_SIZE ? strlen(handle) : UUID_SIZE);
    id_r[6] = 0x70;
    id_r[8] |= 0x80;
}

static void small_book_word(
    struct book *book, const struct kind *kind, ProtobufCMessage *body, const char *word)
{
    struct arena *arena = book_arena(book);
    const char *equals = strchr(word, '=');
    const ProtobufCFieldDescriptor *field =
        record_field(kind, arena_copy(arena, word, (size_t)(equals - word)));
    struct record_value values[8];
    size_t count = record_count(body, field);
    uint8_t id[UUID_SIZE];

    assert_non_null(field);
    for (size_t i = 0; i < count; i++)
        values[i] = record_get(body, field, i);
    if (equals[1] == '@') {
        small_book_id(equals + 2, id);
        values[count] =
            (struct record_value){.data = arena_copy(arena, id, UUID_SIZE), .size = UUID_SIZE};
    } else {
        assert_true(record_parse(kind, field, equals + 1, arena, &values[count]));
    }
    assert_true(record_set(body, field, values, count + 1, arena));
}

/* Puts a record in the book; `words` are separated by "|". Call book_index after the last. */
static void small_book_put(struct book *book, const char *kind_name, const char *handle,
    int64_t changed_at, const char *words)
{
    const struct kind *kind = kinds_by_name(kind_name);
    struct arena *arena = book_arena(book);
    struct book_entry entry = {.kind = kind,
        .handle = handle,
        .revision = 1,
        .created_at = changed_at,
        .changed_at = changed_at};
    char *rest = arena_copy(arena, words, strlen(words)), *word;
    ProtobufCMessage *body = record_new(kind, arena);

    small_book_id(handle, entry.id);
    while ((word = strsep(&rest, "|")) != NULL)
        small_book_word(book, kind, body, word);
    entry.body = body;
    assert_true(book_put(book, &entry));
}

/* The entry of that handle. */
static const struct book_entry *small_book_get(const struct book *book, const char *handle)
{
    uint8_t id[UUID_SIZE];
    const struct book_entry *entry;

    small_book_id(handle, id);
    entry = book_get(book, id);
    assert_non_null(entry);
    return entry;
}
