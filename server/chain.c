#include "chain.h"

#include <sodium.h>
#include <string.h>

static void add(crypto_generichash_state *state, const void *data, size_t size)
{
    crypto_generichash_update(state, data, size);
}

static void add_number(crypto_generichash_state *state, uint64_t number, int bytes)
{
    uint8_t big_endian[8];

    for (int i = 0; i < bytes; i++)
        big_endian[i] = (uint8_t)(number >> (8 * (bytes - 1 - i)));
    add(state, big_endian, (size_t)bytes);
}

static void add_text(crypto_generichash_state *state, const char *text)
{
    size_t size = text == NULL ? 0 : strlen(text);

    add_number(state, size, 4);
    if (size > 0)
        add(state, text, size);
}

void chain_patch(const uint8_t *patch, size_t size, uint8_t hash_r[STORE_HASH_SIZE])
{
    crypto_generichash(hash_r, STORE_HASH_SIZE, patch, size, NULL, 0);
}

void chain_next(const uint8_t previous[STORE_HASH_SIZE], const struct store_change *change,
    uint8_t hash_r[STORE_HASH_SIZE])
{
    crypto_generichash_state state;

    crypto_generichash_init(&state, NULL, 0, STORE_HASH_SIZE);
    add(&state, previous, STORE_HASH_SIZE);
    add_number(&state, change->seq, 8);
    add(&state, change->op_id, UUID_SIZE);
    add(&state, change->id, UUID_SIZE);
    add_number(&state, (uint64_t)change->kind->id, 4);
    add_number(&state, change->revision, 8);
    add_number(&state, (uint64_t)change->at, 8);
    add_number(&state, (uint64_t)change->authored_at, 8);
    add(&state, change->account, UUID_SIZE);
    add(&state, change->device, UUID_SIZE);
    add_number(&state, change->deleted, 1);
    add_number(&state, change->n_fields, 4);
    for (size_t i = 0; i < change->n_fields; i++)
        add_text(&state, change->fields[i]);
    add_text(&state, change->reason);
    add(&state, change->patch_hash, STORE_HASH_SIZE);
    if (change->resolved)
        add(&state, change->resolution_hash, STORE_HASH_SIZE);
    crypto_generichash_final(&state, hash_r, STORE_HASH_SIZE);
}
