/*
 * Every verb: the real sessions, requests and verbs on the network and the database of the
 * simulation, in a region that is founded anew for each input. Steps of an input
 * (fuzz_verbs_script.h) are requests by a coordinator, the secretariat, editors, a device with a
 * real key, one that may join, a revoked one and a stranger. Each request is answered to its end,
 * once; with errors that the protocol knows, and none of them "internal"; strangers are told
 * nothing; and when the connections have ended nothing is left of them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "frame.h"
#include "fuzz_verbs_fix.h"
#include "fuzz_verbs_script.h"
#include "identity_key.h"
#include "identity_sign.h"
#include "log.h"
#include "pack.h"
#include "session.h"
#include "settings.h"
#include "sim_server.h"

#define MEMORY ((size_t)64 << 20)
#define STEPS_MAX 200000 /* of the world, until it must be at rest */
#define PENDING_MAX (SCRIPT_STEPS_MAX * 2 + 16)
#define PARCEL_WHAT "concert parcel 1"
#define REVOKED_OFFICE 5

enum who { STRANGER, REVOKED, COORDINATOR, SECRETARIAT, EDITOR, OTHER, SIGNER, JOINER };

/* A request that was sent. */
struct pending {
    uint64_t number;
    bool ended, endless; /* endless: it may wait for ever */
    bool surrender;      /* the one verb that a revoked device may use */
    struct pack_reader *reader;
};

struct scene;

struct person {
    struct scene *scene;
    struct sim_process process;
    uint8_t fingerprint[IDENTITY_FINGERPRINT_SIZE];
    uint32_t connection; /* 0: none */
    bool raw;            /* bytes that may be anything were sent in it */
    bool told;           /* something that a stranger is not told */
    struct pending pending[PENDING_MAX];
    size_t n_pending;
};

struct scene {
    struct sim_world *world;
    struct sim_store *store;
    struct sim_net *net;
    struct sim_server *server;
    struct sim_server_founded founded;
    struct person people[SCRIPT_PEOPLE];
    uint64_t last_number;
    size_t founded_changes;
    char code[32];
};

/* The server's and the signer's keys, of this process. */
static struct ssl_ctx_st *server_context;
static struct evp_pkey_st *signer_key;
static uint8_t *signer_certificate, signer_fingerprint[IDENTITY_FINGERPRINT_SIZE];
static size_t signer_size;

/* --- answers ---------------------------------------------------------------------------------- */

static struct pending *find(struct person *person, const Concert__Response *response)
{
    for (size_t i = 0; response->has_number && i < person->n_pending; i++)
        if (person->pending[i].number == response->number)
            return &person->pending[i];
    return NULL;
}

static Concert__Response *unpack(
    struct pending *pending, const Concert__Response *outer, struct arena *arena)
{
    Concert__Response *inner;
    uint8_t *data;

    if (pending->reader == NULL)
        pending->reader = pack_reader_new();
    FUZZ_MUST(pending->reader != NULL);
    FUZZ_MUST(
        pack_read(pending->reader, outer->packed, FRAME_TO_CLIENT_MAX, arena, &data) == PACK_FINE);
    inner = concert__response__unpack(arena_allocator(arena), outer->packed->size, data);
    FUZZ_MUST(inner != NULL && inner->answer_case != CONCERT__RESPONSE__ANSWER_PACKED);
    return inner;
}

static void check_error(struct person *person, const Concert__Error *error)
{
    FUZZ_MUST(error->has_code && protobuf_c_enum_descriptor_get_value(
                                     &concert__code__descriptor, (int)error->code) != NULL);
    FUZZ_MUST(error->code != CONCERT__CODE__INTERNAL);
    person->told |= error->code != CONCERT__CODE__NOT_AUTHENTICATED &&
                    error->code != CONCERT__CODE__BAD_FRAME && error->code != CONCERT__CODE__BUSY;
}

static void check_answer(struct person *person, const Concert__Response *response)
{
    FUZZ_MUST(response->answer_case != CONCERT__RESPONSE__ANSWER__NOT_SET);
    if (response->answer_case == CONCERT__RESPONSE__ANSWER_ERROR)
        check_error(person, response->error);
    else
        person->told = true;
    if (response->answer_case == CONCERT__RESPONSE__ANSWER_PUSH)
        for (size_t i = 0; i < response->push->n_results; i++)
            if (response->push->results[i]->error != NULL)
                check_error(person, response->push->results[i]->error);
}

/* A line that says it all; its code may be used from now on. */
static void note_invitation(struct scene *scene, const Concert__InviteAnswer *answer)
{
    struct identity_line line;

    FUZZ_MUST(answer->invitation != NULL);
    if (identity_line_read(answer->invitation, &line) == IDENTITY_LINE_OK)
        memcpy(scene->code, line.code, sizeof(scene->code));
}

static void on_opened(void *arg)
{
    (void)arg;
}

/* A revoked device may surrender, and be told what is wrong with that. */
static bool may_be_told(const struct person *person, const struct pending *pending)
{
    return person == &person->scene->people[REVOKED] && (pending == NULL || pending->surrender);
}

static void on_frame(void *arg, const uint8_t *data, size_t size)
{
    struct person *person = arg;
    struct arena *arena = arena_new(MEMORY);
    Concert__Response *response = concert__response__unpack(arena_allocator(arena), size, data);
    struct pending *pending;
    bool told = person->told;

    FUZZ_MUST(response != NULL);
    pending = find(person, response);
    FUZZ_MUST(pending != NULL || person->raw);
    if (pending != NULL) {
        FUZZ_MUST(!pending->ended || person->raw); /* bytes may have any number */
        pending->ended = !response->more;
        if (response->answer_case == CONCERT__RESPONSE__ANSWER_PACKED)
            response = unpack(pending, response, arena);
    }
    if (pending != NULL || response->answer_case != CONCERT__RESPONSE__ANSWER_PACKED)
        check_answer(person, response);
    if (may_be_told(person, pending))
        person->told = told;
    if (response->answer_case == CONCERT__RESPONSE__ANSWER_INVITE)
        note_invitation(person->scene, response->invite);
    arena_free(&arena);
}

static void forget(struct person *person)
{
    person->connection = 0;
    for (size_t i = 0; i < person->n_pending; i++)
        pack_reader_free(&person->pending[i].reader);
    person->n_pending = 0;
}

/* The server ends a connection for what is no frame, and for nothing else here. */
static void on_closed(void *arg, bool refused)
{
    struct person *person = arg;

    FUZZ_MUST(person->raw && !refused);
    forget(person);
}

static const struct sim_net_client callbacks = {
    .opened = on_opened, .frame = on_frame, .closed = on_closed};

/* --- time ------------------------------------------------------------------------------------- */

/* True when all is answered that must be. */
static bool at_rest(const struct scene *scene)
{
    for (size_t i = 0; i < SCRIPT_PEOPLE; i++)
        for (size_t j = 0; j < scene->people[i].n_pending; j++)
            if (!scene->people[i].pending[j].ended && !scene->people[i].pending[j].endless)
                return false;
    return true;
}

/* Behind raw bytes a request may never be answered: they may be requests without end. */
static void wait_for_answers(struct scene *scene)
{
    int64_t until = sim_world_now(scene->world) + INT64_C(30000000);

    for (unsigned i = 0; i < STEPS_MAX && !at_rest(scene); i++) {
        FUZZ_MUST(sim_world_step(scene->world));
        for (size_t j = 0; j < SCRIPT_PEOPLE; j++)
            if (scene->people[j].raw && sim_world_now(scene->world) > until)
                return;
    }
    FUZZ_MUST(at_rest(scene));
}

static void pass(struct scene *scene, unsigned steps)
{
    while (steps-- > 0 && sim_world_step(scene->world))
        continue;
}

/* --- requests --------------------------------------------------------------------------------- */

static void send_bytes(struct person *person, const uint8_t *data, size_t size)
{
    uint8_t *frame = malloc(FRAME_HEADER + size);

    FUZZ_MUST(frame != NULL);
    frame_header(size, frame);
    if (size > 0)
        memcpy(frame + FRAME_HEADER, data, size);
    sim_net_send(person->scene->net, person->connection, frame, FRAME_HEADER + size);
    free(frame);
}

static bool is_endless(const Concert__Request *request)
{
    return request->verb_case == CONCERT__REQUEST__VERB_PULL &&
           (request->pull->follow || request->pull->at_least > 0);
}

/* In a Packed of the same number. */
static void send_packed(struct person *person, const Concert__Request *inner, struct arena *arena)
{
    size_t size;
    uint8_t *data = script_encode(&inner->base, arena, &size);
    struct pack *pack = pack_new(size);
    Concert__Request request = CONCERT__REQUEST__INIT;
    Concert__Packed packed;

    FUZZ_MUST(data != NULL && pack != NULL && pack_add(pack, data, size, &packed));
    request.has_number = true;
    request.number = inner->number;
    request.verb_case = CONCERT__REQUEST__VERB_PACKED;
    request.packed = &packed;
    data = script_encode(&request.base, arena, &size);
    send_bytes(person, data, size);
    pack_free(&pack);
}

static void send_request(
    struct person *person, Concert__Request *request, bool packed, struct arena *arena)
{
    uint8_t *data;
    size_t size;

    if (person->n_pending == PENDING_MAX)
        return;
    request->has_number = true;
    request->number = ++person->scene->last_number;
    person->pending[person->n_pending++] = (struct pending){.number = request->number,
        .endless = is_endless(request),
        .surrender = request->verb_case == CONCERT__REQUEST__VERB_SURRENDER};
    if (packed && request->verb_case != CONCERT__REQUEST__VERB__NOT_SET) {
        send_packed(person, request, arena);
        return;
    }
    data = script_encode(&request->base, arena, &size);
    FUZZ_MUST(data != NULL);
    send_bytes(person, data, size);
}

static void say_hello(struct person *person, struct arena *arena)
{
    Concert__Request request = CONCERT__REQUEST__INIT;
    Concert__Hello hello = CONCERT__HELLO__INIT;
    Concert__Packing zstd = CONCERT__PACKING__ZSTD;

    hello.has_version = true;
    hello.version = 1;
    hello.region = (char *)"mauricie";
    hello.packings = &zstd;
    hello.n_packings = person->process.number % 2;
    request.verb_case = CONCERT__REQUEST__VERB_HELLO;
    request.hello = &hello;
    send_request(person, &request, false, arena);
}

static void open_line(struct person *person, bool silent, struct arena *arena)
{
    if (person->connection != 0)
        return;
    person->raw = false;
    person->connection = sim_net_connect(
        person->scene->net, &person->process, 1, person->fingerprint, &callbacks, person);
    if (!silent)
        say_hello(person, arena);
}

static void close_line(struct person *person)
{
    if (person->connection != 0)
        sim_net_close(person->scene->net, person->connection);
    forget(person);
}

/* The carry's bytes are a bundle: they become a parcel that the signer's device has signed. */
static void sign_bundle(const struct fix *fix, Concert__Carry *carry)
{
    Concert__Parcel parcel = CONCERT__PARCEL__INIT;
    Concert__Bundle *bundle =
        concert__bundle__unpack(arena_allocator(fix->arena), carry->parcel.len, carry->parcel.data);
    uint8_t signature[IDENTITY_SIGN_MAX];
    struct identity_piece piece;

    if (bundle != NULL) {
        fix_request(fix, &bundle->base);
        carry->parcel.data = script_encode(&bundle->base, fix->arena, &carry->parcel.len);
    }
    piece = (struct identity_piece){carry->parcel.data, carry->parcel.len};
    parcel.has_version = parcel.has_bundle = true;
    parcel.has_certificate = parcel.has_signature = true;
    parcel.version = 1;
    parcel.bundle = carry->parcel;
    parcel.certificate = (ProtobufCBinaryData){signer_size, signer_certificate};
    parcel.signature.data = signature;
    FUZZ_MUST(
        identity_sign_make(signer_key, PARCEL_WHAT, &piece, 1, signature, &parcel.signature.len));
    carry->has_parcel = true;
    carry->parcel.data = script_encode(&parcel.base, fix->arena, &carry->parcel.len);
}

/* --- the scene -------------------------------------------------------------------------------- */

static void push_one(
    struct scene *scene, enum who who, Concert__Operation *operation, struct arena *arena)
{
    Concert__Request request = CONCERT__REQUEST__INIT;
    Concert__Push message = CONCERT__PUSH__INIT;

    operation->has_kind = operation->has_id = operation->has_op_id = true;
    operation->has_base_revision = operation->has_patch = true;
    message.operations = &operation;
    message.n_operations = 1;
    request.verb_case = CONCERT__REQUEST__VERB_PUSH;
    request.push = &message;
    send_request(&scene->people[who], &request, false, arena);
    wait_for_answers(scene);
}

static void revoke_device(struct scene *scene, struct arena *arena)
{
    Concert__Device device = CONCERT__DEVICE__INIT;
    Concert__Operation operation = CONCERT__OPERATION__INIT;
    uint8_t op_id[UUID_SIZE];

    memset(op_id, 0x77, sizeof(op_id));
    device.has_revoked = device.revoked = true;
    operation.kind = CONCERT__KIND__DEVICE;
    operation.id =
        (ProtobufCBinaryData){UUID_SIZE, scene->founded.offices[REVOKED_OFFICE].actor.device};
    operation.op_id = (ProtobufCBinaryData){UUID_SIZE, op_id};
    operation.base_revision = 1;
    operation.patch.data = script_encode(&device.base, arena, &operation.patch.len);
    push_one(scene, COORDINATOR, &operation, arena);
}

/* The signer's device joins the editor's account. */
static void join_signer(struct scene *scene, struct arena *arena)
{
    Concert__Request request = CONCERT__REQUEST__INIT;
    Concert__Invite invite = CONCERT__INVITE__INIT;
    Concert__Join join = CONCERT__JOIN__INIT;

    invite.has_account = true;
    invite.account = (ProtobufCBinaryData){UUID_SIZE, scene->founded.offices[2].actor.account};
    request.verb_case = CONCERT__REQUEST__VERB_INVITE;
    request.invite = &invite;
    send_request(&scene->people[COORDINATOR], &request, false, arena);
    wait_for_answers(scene);
    FUZZ_MUST(scene->code[0] != '\0');
    join.region = (char *)"mauricie";
    join.code = scene->code;
    join.device_name = (char *)"poste";
    request.verb_case = CONCERT__REQUEST__VERB_JOIN;
    request.join = &join;
    open_line(&scene->people[SIGNER], true, arena);
    send_request(&scene->people[SIGNER], &request, false, arena);
    wait_for_answers(scene);
    close_line(&scene->people[SIGNER]);
}

static void set_people(struct scene *scene)
{
    static const uint32_t offices[SCRIPT_PEOPLE] = {[REVOKED] = REVOKED_OFFICE,
        [COORDINATOR] = 0,
        [SECRETARIAT] = 1,
        [EDITOR] = 2,
        [OTHER] = 3};

    for (uint32_t i = 0; i < SCRIPT_PEOPLE; i++) {
        struct person *person = &scene->people[i];

        person->scene = scene;
        person->process.number = 10 + i;
        memset(person->fingerprint, (int)(0xa0 + i), sizeof(person->fingerprint));
        if (i == SIGNER)
            memcpy(person->fingerprint, signer_fingerprint, sizeof(person->fingerprint));
        else if (i != STRANGER && i != JOINER)
            memcpy(person->fingerprint, scene->founded.offices[offices[i]].fingerprint,
                sizeof(person->fingerprint));
    }
}

static void set_up(struct scene *scene)
{
    struct arena *arena = arena_new(MEMORY);

    memset(scene, 0, sizeof(*scene));
    scene->world = sim_world_new(1, false);
    scene->store = sim_store_new(scene->world);
    scene->net = sim_net_new(scene->world);
    sim_server_found(scene->store, &scene->founded);
    set_people(scene);
    scene->last_number = UINT64_C(1) << 40;
    scene->server = sim_server_new(scene->world, scene->net, scene->store, 1);
    sim_server_settings(scene->server)->requests = 1000; /* all of an input may be under way */
    sim_server_secure(scene->server, server_context);
    sim_server_start(scene->server);
    pass(scene, 100);
    open_line(&scene->people[COORDINATOR], false, arena);
    wait_for_answers(scene);
    FUZZ_MUST(scene->people[COORDINATOR].told);
    revoke_device(scene, arena);
    join_signer(scene, arena);
    close_line(&scene->people[COORDINATOR]);
    sim_store_log(scene->store, &scene->founded_changes);
    for (size_t i = 0; i < SCRIPT_PEOPLE; i++)
        scene->people[i].told = false;
    arena_free(&arena);
}

/* True when the input itself has let the revoked device in again. */
static bool let_in(const struct scene *scene)
{
    const struct policy_actor *actor = &scene->founded.offices[REVOKED_OFFICE].actor;
    size_t count;
    const struct store_change *log = sim_store_log(scene->store, &count);

    for (size_t i = scene->founded_changes; i < count; i++)
        if (uuid_equal(log[i].id, actor->device) || uuid_equal(log[i].id, actor->account))
            return true;
    return false;
}

static void tear_down(struct scene *scene)
{
    struct sessions *sessions = sim_server_sessions(scene->server);

    FUZZ_MUST(!scene->people[STRANGER].told);
    FUZZ_MUST(!scene->people[REVOKED].told || let_in(scene));
    for (size_t i = 0; i < SCRIPT_PEOPLE; i++)
        close_line(&scene->people[i]);
    for (unsigned i = 0; i < STEPS_MAX && sessions_count(sessions) > 0; i++)
        if (!sim_world_step(
                scene->world)) /* nobody told it that a line is gone: as idle_ms would */
            sessions_close_all(sessions);
    FUZZ_MUST(sessions_count(sessions) == 0);
    pass(scene, 200); /* what was under way ends by itself */
    sim_server_free(&scene->server);
    sim_net_free(&scene->net);
    sim_store_free(&scene->store);
    sim_world_free(&scene->world);
}

/* --- the input -------------------------------------------------------------------------------- */

static void take(struct scene *scene, const struct script_step *step, struct arena *arena)
{
    struct person *person = &scene->people[step->who];
    struct fix fix = {.store = scene->store,
        .code = step->who == STRANGER || step->who == REVOKED ? NULL : scene->code,
        .arena = arena};
    Concert__Request *request =
        concert__request__unpack(arena_allocator(arena), step->size, step->data);

    if ((step->flags & SCRIPT_WAIT) != 0)
        wait_for_answers(scene);
    else if ((step->flags & SCRIPT_SOON) != 0)
        pass(scene, 10);
    if ((step->flags & SCRIPT_CLOSE) != 0)
        close_line(person);
    open_line(person, (step->flags & SCRIPT_SILENT) != 0, arena);
    if ((step->flags & SCRIPT_RAW) != 0 || request == NULL ||
        request->verb_case == CONCERT__REQUEST__VERB_PACKED) { /* it has a number inside */
        person->raw = true;
        send_bytes(person, step->data, step->size);
        return;
    }
    fix_request(&fix, &request->base);
    if ((step->flags & SCRIPT_SIGN) != 0 && request->verb_case == CONCERT__REQUEST__VERB_CARRY)
        sign_bundle(&fix, request->carry);
    send_request(person, request, (step->flags & SCRIPT_PACK) != 0, arena);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    char key[128], certificate[128];
    const char *why;

    (void)argc;
    (void)argv;
    log_set_level(LOG_LEVEL_ERROR);
    snprintf(key, sizeof(key), "%s/key.pem", fuzz_folder());
    snprintf(certificate, sizeof(certificate), "%s/certificate.pem", fuzz_folder());
    FUZZ_MUST(identity_make("mauricie", key, certificate));
    server_context = identity_context(true, key, certificate, &why);
    FUZZ_MUST(server_context != NULL && identity_make("poste", key, certificate));
    signer_key = identity_key_read(key);
    signer_certificate = identity_sign_certificate(certificate, &signer_size);
    FUZZ_MUST(signer_key != NULL && signer_certificate != NULL &&
              identity_file_fingerprint(certificate, signer_fingerprint));
    unlink(key);
    unlink(certificate);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct scene scene;
    struct script_step steps[SCRIPT_STEPS_MAX];
    size_t count = script_read(data, size, steps);

    set_up(&scene);
    for (size_t i = 0; i < count; i++) {
        struct arena *arena = arena_new(MEMORY);

        FUZZ_MUST(arena != NULL);
        take(&scene, &steps[i], arena);
        arena_free(&arena);
    }
    wait_for_answers(&scene);
    tear_down(&scene);
    return 0;
}
