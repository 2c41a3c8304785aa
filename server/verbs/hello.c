#include <string.h>

#include "clock.h"
#include "pack.h"
#include "session.h"
#include "verbs/caller.h"
#include "verbs/verbs.h"

#define VERSION 1

static void fill_limits(struct request *request, Concert__HelloAnswer *answer)
{
    const struct settings *settings = session_settings(request->session);
    Concert__Limits *limits = arena_alloc(request->arena, sizeof(*limits));

    answer->limits = limits;
    if (limits == NULL)
        return;
    concert__limits__init(limits);
    limits->has_frame = limits->has_page = limits->has_operations = true;
    limits->has_requests = limits->has_text = true;
    limits->frame = 1 << 20;
    limits->page = 256 << 10;
    limits->operations = (uint32_t)settings->operations;
    limits->requests = (uint32_t)settings->requests;
    limits->text = RECORD_TEXT_MAX;
}

/* Both sides tell what they unpack, so that either packs for the other from now on. */
static void fill_packings(struct request *request, Concert__HelloAnswer *answer)
{
    const Concert__Hello *hello = request->message->hello;
    Concert__Packing *packing = arena_alloc(request->arena, sizeof(*packing));

    session_pack(request->session, pack_known(hello->packings, hello->n_packings));
    if (packing == NULL)
        return;
    *packing = CONCERT__PACKING__ZSTD;
    answer->packings = packing;
    answer->n_packings = 1;
}

static ProtobufCBinaryData copy_id(struct request *request, const uint8_t *id, size_t size)
{
    return (ProtobufCBinaryData){size, (uint8_t *)arena_copy(request->arena, id, size)};
}

static void fill_actor(
    struct request *request, const struct policy_actor *actor, Concert__HelloAnswer *answer)
{
    answer->has_account = answer->has_device = answer->has_role = true;
    answer->account = copy_id(request, actor->account, UUID_SIZE);
    answer->device = copy_id(request, actor->device, UUID_SIZE);
    answer->role = actor->role;
    answer->parties = arena_alloc(request->arena, actor->n_parties * sizeof(*answer->parties));
    for (size_t i = 0; answer->parties != NULL && i < actor->n_parties; i++)
        answer->parties[answer->n_parties++] = copy_id(request, actor->parties[i], UUID_SIZE);
}

static enum verb_status greet(
    struct request *request, struct region *region, const struct policy_actor *actor)
{
    const struct settings_region *settings = region_settings(region);
    Concert__HelloAnswer *answer = arena_alloc(request->arena, sizeof(*answer));
    const Concert__Hello *hello = request->message->hello;
    const uint8_t *hash;

    if (hello->has_version && hello->version != VERSION)
        return request_fail(request, CONCERT__CODE__UNSUPPORTED_VERSION, "version", NULL);
    if (!session_identify(request->session, region, actor))
        return request_fail(request, CONCERT__CODE__BUSY, NULL, "connections");
    if (answer == NULL)
        return request_fail(request, CONCERT__CODE__TOO_LARGE, NULL, "memory");
    concert__hello_answer__init(answer);
    answer->has_version = answer->has_head = answer->has_head_hash = answer->has_clock = true;
    answer->version = VERSION;
    answer->region = (char *)settings->name;
    answer->title = (char *)settings->title;
    answer->language = (char *)settings->language;
    answer->timezone = (char *)settings->timezone;
    if (settings->responsible[0] != '\0')
        answer->responsible = (char *)settings->responsible;
    if (settings->retention[0] != '\0')
        answer->retention = (char *)settings->retention;
    answer->head = feed_head(region_feed(region), &hash);
    answer->head_hash = copy_id(request, hash, STORE_HASH_SIZE);
    answer->clock = clock_now();
    fill_actor(request, actor, answer);
    fill_limits(request, answer);
    fill_packings(request, answer);
    request->response.answer_case = CONCERT__RESPONSE__ANSWER_HELLO;
    request->response.hello = answer;
    return VERB_DONE;
}

static enum verb_status meet(struct request *request, struct region *region,
    enum directory_found found, const struct policy_actor *actor)
{
    return found == DIRECTORY_ACTIVE ? greet(request, region, actor)
                                     : request_stranger(request, found);
}

enum verb_status hello_run(struct request *request)
{
    return caller_find(request, request->message->hello->region, DIRECTORY_ACTIVE, meet);
}
