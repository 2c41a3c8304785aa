#include "fake_document.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define MANY 16
#define BYTES_MAX 4096

enum call_kind { LOOK, ADD, READ };

struct call {
    enum call_kind kind;
    uint8_t id[UUID_SIZE];
    uint64_t offset, most;
    const uint8_t *bytes;
    size_t size;
    store_document_cb *cb;
    void *arg;
};

struct kept {
    uint8_t id[UUID_SIZE];
    struct store_document facts;
    uint8_t bytes[BYTES_MAX];
    bool right;
};

static struct {
    struct kept documents[MANY];
    size_t n_documents;
    struct call calls[MANY];
    size_t n_calls, failures;
    struct fake_document_counts counts;
} fake;

void fake_document_reset(void)
{
    memset(&fake, 0, sizeof(fake));
}

static struct kept *find(const uint8_t id[UUID_SIZE])
{
    for (size_t i = 0; i < fake.n_documents; i++)
        if (uuid_equal(fake.documents[i].id, id))
            return &fake.documents[i];
    return NULL;
}

void fake_document_set(
    const uint8_t id[UUID_SIZE], const struct store_document *facts, const void *bytes, bool right)
{
    struct kept *kept = find(id);

    if (kept == NULL) {
        assert(fake.n_documents < MANY);
        kept = &fake.documents[fake.n_documents++];
        memcpy(kept->id, id, UUID_SIZE);
    }
    assert(facts->held <= BYTES_MAX);
    kept->facts = *facts;
    kept->right = right;
    if (facts->held > 0)
        memcpy(kept->bytes, bytes, facts->held);
}

void fake_document_fail(size_t count)
{
    fake.failures = count;
}

const struct fake_document_counts *fake_document_counts(void)
{
    return &fake.counts;
}

/* --- the calls -------------------------------------------------------------------------------- */

static struct call *add_call(
    enum call_kind kind, const uint8_t id[UUID_SIZE], store_document_cb *cb, void *arg)
{
    struct call *call = &fake.calls[fake.n_calls++];

    assert(fake.n_calls <= MANY);
    *call = (struct call){.kind = kind, .cb = cb, .arg = arg};
    memcpy(call->id, id, UUID_SIZE);
    return call;
}

void store_document_look(
    struct store *store, const uint8_t id[UUID_SIZE], store_document_cb *cb, void *arg)
{
    (void)store;
    fake.counts.looks++;
    add_call(LOOK, id, cb, arg);
}

void store_document_add(struct store *store, const uint8_t id[UUID_SIZE], uint64_t offset,
    const uint8_t *bytes, size_t n_bytes, uint64_t most, store_document_cb *cb, void *arg)
{
    struct call *call = add_call(ADD, id, cb, arg);

    (void)store;
    fake.counts.adds++;
    call->offset = offset;
    call->bytes = bytes;
    call->size = n_bytes;
    call->most = most;
}

void store_document_read(struct store *store, const uint8_t id[UUID_SIZE], uint64_t offset,
    size_t limit, store_document_cb *cb, void *arg)
{
    struct call *call = add_call(READ, id, cb, arg);

    (void)store;
    fake.counts.reads++;
    call->offset = offset;
    call->size = limit;
}

/* --- the answers ------------------------------------------------------------------------------ */

/* What takes room: the sizes of those of which something is held. */
static uint64_t taken(void)
{
    uint64_t size = 0;

    for (size_t i = 0; i < fake.n_documents; i++)
        size += fake.documents[i].facts.held > 0 ? fake.documents[i].facts.size : 0;
    return size;
}

static void add(struct kept *kept, const struct call *call, struct store_document *told)
{
    struct store_document *facts = &kept->facts;

    if (call->offset == facts->held && call->size <= facts->size - facts->held &&
        (facts->held > 0 || taken() + facts->size <= call->most)) {
        memcpy(kept->bytes + facts->held, call->bytes, call->size);
        facts->held += call->size;
        facts->whole = facts->held == facts->size && kept->right;
    }
    *told = *facts;
    if (facts->held == facts->size && !facts->whole) {
        facts->held = told->held = 0;
        told->dropped = true;
    }
}

static void answer(const struct call *call)
{
    struct kept *kept = find(call->id);
    struct store_document told = {0};

    if (kept != NULL)
        told = kept->facts;
    if (kept != NULL && call->kind == ADD)
        add(kept, call, &told);
    if (kept != NULL && call->kind == READ && told.whole && call->offset < told.size) {
        told.bytes = kept->bytes + call->offset;
        told.n_bytes =
            told.size - call->offset < call->size ? told.size - call->offset : call->size;
    }
    call->cb(call->arg, STORE_OK, &told);
}

bool fake_document_step(void)
{
    struct call call = fake.calls[0];

    if (fake.n_calls == 0)
        return false;
    memmove(fake.calls, fake.calls + 1, --fake.n_calls * sizeof(call));
    if (fake.failures > 0) {
        fake.failures--;
        call.cb(call.arg, STORE_UNAVAILABLE, NULL);
    } else {
        answer(&call);
    }
    return true;
}
