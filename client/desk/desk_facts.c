/* Who this home is: told by the server, kept in the copy. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "desk/desk_internal.h"
#include "pack.h"
#include "text.h"

#define OPERATIONS_DEFAULT 256 /* until the server tells its limits */
#define FRAME_DEFAULT ((uint32_t)1 << 20)

/* Milliseconds of a round trip from which on a line is slow. */
#define SLOW_RTT 300

/* Changes of it that are worth writing down: milliseconds, and a part of what it was. */
#define RTT_NEWS 20
#define RTT_NEWS_PART 4

/* Microseconds by which the copy may be behind in when the server was last heard of; pages tell of
 * themselves. */
#define CONTACT_NEWS (INT64_C(60) * 1000000)

enum shape { SHAPE_TEXT, SHAPE_BYTES };

/* Texts and bytes of struct desk that are kept as they are. */
struct kept {
    const char *key;
    enum shape shape;
    size_t offset, size;
};

static const struct kept kept[] = {
#define TEXT(key, member)                                                                          \
    {                                                                                              \
        key, SHAPE_TEXT, offsetof(struct desk, member), sizeof(((struct desk *)0)->member)         \
    }
#define BYTES(key, member)                                                                         \
    {                                                                                              \
        key, SHAPE_BYTES, offsetof(struct desk, member), sizeof(((struct desk *)0)->member)        \
    }
    TEXT("host", host),
    TEXT("port", port),
    TEXT("address", identity.address),
    TEXT("region", identity.region),
    TEXT("title", identity.title),
    TEXT("language", identity.language),
    TEXT("timezone", identity.timezone),
    TEXT("responsible", identity.responsible),
    TEXT("retention", identity.retention),
    BYTES("fingerprint", fingerprint),
    BYTES("account", identity.account),
    BYTES("device", identity.device),
#undef TEXT
#undef BYTES
};
#define N_KEPT (sizeof(kept) / sizeof(kept[0]))

static void load_kept(struct desk *desk, const struct kept *row, const struct replica_fact *fact)
{
    char *at = (char *)desk + row->offset;

    if (fact->data == NULL || fact->size > row->size)
        return;
    if (row->shape == SHAPE_TEXT)
        text_copy(at, row->size, (const char *)fact->data);
    else
        memcpy(at, fact->data, fact->size);
}

static void load_parties(struct desk_identity *identity, const struct replica_fact *fact)
{
    if (fact->data == NULL || fact->size > sizeof(identity->parties))
        return;
    memcpy(identity->parties, fact->data, fact->size);
    identity->n_parties = fact->size / UUID_SIZE;
}

static void load_number(struct desk *desk, const struct replica_fact *fact)
{
    if (strcmp(fact->key, "role") == 0)
        desk->identity.role = (Concert__Account__Role)fact->number;
    else if (strcmp(fact->key, "joined") == 0)
        desk->joined = fact->number != 0;
    else if (strcmp(fact->key, "complete") == 0)
        desk->complete = fact->number != 0;
    else if (strcmp(fact->key, "limit_frame") == 0 && fact->number > 0)
        desk->limit_frame = (uint32_t)fact->number;
    else if (strcmp(fact->key, "limit_operations") == 0 && fact->number > 0)
        desk->limit_operations = (uint32_t)fact->number;
    else if (strcmp(fact->key, "cursor") == 0)
        desk->cursor = (uint64_t)fact->number;
    else if (strcmp(fact->key, "log_upto") == 0)
        desk->log_upto = (uint64_t)fact->number;
    else if (strcmp(fact->key, "log_wanted") == 0)
        desk->log_wanted = (uint64_t)fact->number;
    else if (strcmp(fact->key, "synced_at") == 0)
        desk->synced_at = fact->number;
    else if (strcmp(fact->key, "contact_at") == 0)
        desk->contact = desk->contact_at = fact->number;
    else if (strcmp(fact->key, "closed") == 0)
        desk->closed = (enum desk_closed)fact->number;
    else if (strcmp(fact->key, "rtt_ms") == 0)
        desk->rtt_ms = fact->number;
    else if (strcmp(fact->key, "packings") == 0)
        desk->packs = (fact->number & INT64_C(1) << CONCERT__PACKING__ZSTD) != 0;
}

static void load_fact(void *arg, const struct replica_fact *fact)
{
    struct desk *desk = arg;

    for (size_t i = 0; i < N_KEPT; i++)
        if (strcmp(kept[i].key, fact->key) == 0)
            load_kept(desk, &kept[i], fact);
    if (strcmp(fact->key, "parties") == 0)
        load_parties(&desk->identity, fact);
    else if (fact->data == NULL)
        load_number(desk, fact);
}

bool desk_load_facts(struct desk *desk, struct desk_why *why_r)
{
    desk->limit_frame = FRAME_DEFAULT;
    desk->limit_operations = OPERATIONS_DEFAULT;
    if (!replica_facts(desk->replica, load_fact, desk))
        return desk_fail_replica(why_r, replica_why(desk->replica));
    return true;
}

static bool store_bytes(struct desk *desk, const char *key, const void *data, size_t size)
{
    const struct replica_fact fact = {.key = key, .data = data, .size = size};

    return replica_put_fact(desk->replica, &fact);
}

static bool store_all(struct desk *desk)
{
    const struct replica_fact numbers[] = {
        {.key = "role", .number = desk->identity.role}, {.key = "joined", .number = desk->joined},
        {.key = "complete", .number = desk->complete},
        {.key = "limit_frame", .number = desk->limit_frame}, /* 0 before the first hello */
        {.key = "limit_operations", .number = desk->limit_operations},
        {.key = "packings", .number = (int64_t)desk->packs << CONCERT__PACKING__ZSTD}, /* bits */
    };

    for (size_t i = 0; i < N_KEPT; i++) {
        const char *at = (const char *)desk + kept[i].offset;

        if (!store_bytes(
                desk, kept[i].key, at, kept[i].shape == SHAPE_TEXT ? strlen(at) : kept[i].size))
            return false;
    }
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        if (!replica_put_fact(desk->replica, &numbers[i]))
            return false;
    return store_bytes(
        desk, "parties", desk->identity.parties, desk->identity.n_parties * UUID_SIZE);
}

bool desk_store_facts(struct desk *desk, struct desk_why *why_r)
{
    if (replica_begin(desk->replica, REPLICA_DURABLE) && store_all(desk) &&
        replica_commit(desk->replica))
        return true;
    replica_rollback(desk->replica);
    return desk_fail_replica(why_r, replica_why(desk->replica));
}

/* Best effort: what cannot be written is measured again. Before the first hello of a home there may
 * be no copy yet. */
static void store_number(struct desk *desk, const char *key, int64_t number)
{
    const struct replica_fact fact = {.key = key, .number = number};

    if (desk->replica != NULL)
        replica_put_fact(desk->replica, &fact);
}

void desk_note_closed(struct desk *desk, enum desk_closed closed)
{
    if (desk->closed == closed)
        return;
    desk->closed = closed;
    store_number(desk, "closed", closed);
}

void desk_note_contact(struct desk *desk, int64_t now)
{
    desk->contact = now;
}

void desk_note_rtt(struct desk *desk, int64_t rtt_ms)
{
    int64_t before = desk->rtt_ms, now = before == 0 ? rtt_ms : (before + rtt_ms) / 2;
    int64_t step = now > before ? now - before : before - now;

    if (step <= RTT_NEWS + before / RTT_NEWS_PART && (now >= SLOW_RTT) == (before >= SLOW_RTT))
        return;
    desk->rtt_ms = now;
    store_number(desk, "rtt_ms", now);
}

void desk_keep_contact(struct desk *desk)
{
    int64_t known = desk->synced_at > desk->contact_at ? desk->synced_at : desk->contact_at;

    if (desk->contact - known < CONTACT_NEWS)
        return;
    desk->contact_at = desk->contact;
    store_number(desk, "contact_at", desk->contact);
}

int64_t desk_contact(const struct desk *desk)
{
    return desk->contact > desk->synced_at ? desk->contact : desk->synced_at;
}

bool desk_slow(const struct desk *desk)
{
    return desk->slow || desk->rtt_ms >= SLOW_RTT;
}

static void take_id(uint8_t id_r[UUID_SIZE], protobuf_c_boolean has, ProtobufCBinaryData id)
{
    if (has && id.len == UUID_SIZE)
        memcpy(id_r, id.data, UUID_SIZE);
}

static void take_text(char *text, size_t size, const char *told)
{
    if (told != NULL)
        text_copy(text, size, told);
}

static void take_identity(struct desk_identity *identity, const Concert__HelloAnswer *answer)
{
    take_text(identity->region, sizeof(identity->region), answer->region);
    take_text(identity->title, sizeof(identity->title), answer->title);
    take_text(identity->language, sizeof(identity->language), answer->language);
    take_text(identity->timezone, sizeof(identity->timezone), answer->timezone);
    /* what is not told any more is not so any more */
    take_text(identity->responsible, sizeof(identity->responsible),
        answer->responsible == NULL ? "" : answer->responsible);
    take_text(identity->retention, sizeof(identity->retention),
        answer->retention == NULL ? "" : answer->retention);
    take_id(identity->account, answer->has_account, answer->account);
    take_id(identity->device, answer->has_device, answer->device);
    identity->role = answer->role;
    memset(identity->parties, 0, sizeof(identity->parties));
    identity->n_parties = 0;
    for (size_t i = 0; i < answer->n_parties; i++)
        if (identity->n_parties < sizeof(identity->parties) / sizeof(identity->parties[0]))
            take_id(identity->parties[identity->n_parties++], true, answer->parties[i]);
}

bool desk_take_hello(struct desk *desk, const Concert__HelloAnswer *answer, struct desk_why *why_r)
{
    struct desk_identity before = desk->identity;
    uint32_t frame = desk->limit_frame, operations = desk->limit_operations;
    bool packs = desk->packs;

    take_identity(&desk->identity, answer);
    desk->packs = pack_known(answer->packings, answer->n_packings);
    if (answer->limits != NULL && answer->limits->frame > 0)
        desk->limit_frame = answer->limits->frame;
    if (answer->limits != NULL && answer->limits->operations > 0)
        desk->limit_operations = answer->limits->operations;
    if (desk->joined && frame == desk->limit_frame && operations == desk->limit_operations &&
        packs == desk->packs && memcmp(&before, &desk->identity, sizeof(before)) == 0)
        return true;
    desk->joined = true;
    return desk_store_facts(desk, why_r);
}
