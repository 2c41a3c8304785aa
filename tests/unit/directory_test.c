/* Who is who, from records as they change. */
#include "directory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "date.h"
#include "text.h"

#define TODAY 14532 /* 2009-10-15 */

struct fixture {
    struct directory *directory;
    Concert__Account account;
    Concert__Device device;
    uint8_t ids[256][UUID_SIZE];
    char fingerprint[IDENTITY_FINGERPRINT_TEXT];
};

static void learn(struct fixture *f, const char *kind, uint8_t id, const void *body)
{
    struct store_record record = {.kind = kinds_by_name(kind),
        .body = (ProtobufCMessage *)(uintptr_t)body,
        .deleted = body == NULL};

    memcpy(record.id, f->ids[id], UUID_SIZE);
    assert_true(directory_learn(f->directory, &record));
}

static void learn_party(struct fixture *f, uint8_t id, const char *name)
{
    Concert__Party party = CONCERT__PARTY__INIT;

    party.name = (char *)(uintptr_t)name;
    learn(f, "party", id, &party);
}

static ProtobufCBinaryData ref(struct fixture *f, uint8_t id)
{
    return (ProtobufCBinaryData){UUID_SIZE, f->ids[id]};
}

/* An editor (1) of the parties 10 and 11, with the device 2 whose fingerprint is all 0xab. */
static int setup(void **state)
{
    static ProtobufCBinaryData parties[2];
    struct fixture *f = calloc(1, sizeof(*f));

    f->directory = directory_new();
    for (size_t i = 0; i < 256; i++)
        memset(f->ids[i], (int)i, UUID_SIZE);
    for (size_t i = 0; i < IDENTITY_FINGERPRINT_SIZE; i++)
        snprintf(f->fingerprint + 2 * i, 3, "ab");
    learn_party(f, 10, "Comité de Mékinac");
    learn_party(f, 11, "Comité des Chenaux");
    parties[0] = ref(f, 10);
    parties[1] = ref(f, 11);
    concert__account__init(&f->account);
    f->account.person = (char *)"Une personne";
    f->account.has_role = true;
    f->account.role = CONCERT__ACCOUNT__ROLE__EDITOR;
    f->account.parties = parties;
    f->account.n_parties = 2;
    learn(f, "account", 1, &f->account);
    concert__device__init(&f->device);
    f->device.has_account = true;
    f->device.account = ref(f, 1);
    f->device.name = (char *)"Portable";
    f->device.fingerprint = f->fingerprint;
    learn(f, "device", 2, &f->device);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    directory_free(&f->directory);
    assert_null(f->directory);
    directory_free(&f->directory);
    free(f);
    return 0;
}

static enum directory_found find(
    const struct fixture *f, int last, int32_t today, struct policy_actor *actor_r)
{
    uint8_t fingerprint[IDENTITY_FINGERPRINT_SIZE];

    memset(fingerprint, 0xab, sizeof(fingerprint));
    fingerprint[IDENTITY_FINGERPRINT_SIZE - 1] = (uint8_t)last;
    return directory_actor(f->directory, fingerprint, today, actor_r);
}

static enum directory_found found(const struct fixture *f)
{
    struct policy_actor actor;

    return find(f, 0xab, TODAY, &actor);
}

static void test_found(void **state)
{
    struct fixture *f = *state;
    struct policy_actor actor;

    assert_int_equal(find(f, 0xab, TODAY, &actor), DIRECTORY_ACTIVE);
    assert_memory_equal(actor.account, f->ids[1], UUID_SIZE);
    assert_memory_equal(actor.device, f->ids[2], UUID_SIZE);
    assert_int_equal(actor.role, CONCERT__ACCOUNT__ROLE__EDITOR);
    assert_int_equal(actor.n_parties, 2);
    assert_true(policy_owns(&actor, f->ids[11]));
}

/* The first 16 bytes find the device; all 32 must agree. */
static void test_the_whole_fingerprint(void **state)
{
    struct policy_actor actor;

    assert_int_equal(find(*state, 0xac, TODAY, &actor), DIRECTORY_UNKNOWN);
}

static void test_revoked(void **state)
{
    struct fixture *f = *state;

    f->device.has_revoked = f->device.revoked = true;
    learn(f, "device", 2, &f->device);
    assert_int_equal(found(f), DIRECTORY_REVOKED);
    f->device.revoked = false;
    learn(f, "device", 2, &f->device);
    assert_int_equal(found(f), DIRECTORY_ACTIVE);
    learn(f, "device", 2, NULL);
    assert_int_equal(found(f), DIRECTORY_REVOKED);
}

/* Who was revoked still hands over what waits, in its own name. */
static void test_a_revoked_device_is_known(void **state)
{
    struct fixture *f = *state;
    struct policy_actor actor;

    f->device.has_revoked = f->device.revoked = true;
    learn(f, "device", 2, &f->device);
    assert_int_equal(find(f, 0xab, TODAY, &actor), DIRECTORY_REVOKED);
    assert_memory_equal(actor.account, f->ids[1], UUID_SIZE);
    assert_memory_equal(actor.device, f->ids[2], UUID_SIZE);
}

static void test_accounts_end(void **state)
{
    struct fixture *f = *state;
    struct policy_actor actor;

    f->account.expires = (char *)"2009-10-15";
    learn(f, "account", 1, &f->account);
    assert_int_equal(find(f, 0xab, TODAY, &actor), DIRECTORY_ACTIVE); /* the last day counts */
    assert_int_equal(find(f, 0xab, TODAY + 1, &actor), DIRECTORY_ENDED);
    f->account.expires = NULL;
    learn(f, "account", 1, &f->account);
    assert_int_equal(find(f, 0xab, TODAY + 1, &actor), DIRECTORY_ACTIVE);
    f->account.has_active = true;
    learn(f, "account", 1, &f->account);
    assert_int_equal(found(f), DIRECTORY_CLOSED);
    f->account.active = true;
    learn(f, "account", 1, &f->account);
    assert_int_equal(found(f), DIRECTORY_ACTIVE);
    learn(f, "account", 1, NULL);
    assert_int_equal(found(f), DIRECTORY_CLOSED);
}

/* The device's own state first, then the account's, then its mandate. */
static void test_one_word_for_each(void **state)
{
    struct fixture *f = *state;
    struct policy_actor actor;

    assert_null(directory_rule(DIRECTORY_ACTIVE));
    assert_null(directory_rule(DIRECTORY_UNKNOWN));
    f->account.expires = (char *)"2009-10-15";
    learn(f, "account", 1, &f->account);
    assert_string_equal(directory_rule(find(f, 0xab, TODAY + 1, &actor)), "ended");
    f->account.has_active = true;
    learn(f, "account", 1, &f->account);
    assert_string_equal(directory_rule(find(f, 0xab, TODAY + 1, &actor)), "closed");
    f->device.has_revoked = f->device.revoked = true;
    learn(f, "device", 2, &f->device);
    assert_string_equal(directory_rule(find(f, 0xab, TODAY + 1, &actor)), "revoked");
}

static void test_roles_and_parties_follow(void **state)
{
    struct fixture *f = *state;
    struct policy_actor actor;

    f->account.role = CONCERT__ACCOUNT__ROLE__READER;
    f->account.n_parties = 1;
    learn(f, "account", 1, &f->account);
    assert_int_equal(find(f, 0xab, TODAY, &actor), DIRECTORY_ACTIVE);
    assert_int_equal(actor.role, CONCERT__ACCOUNT__ROLE__READER);
    assert_int_equal(actor.n_parties, 1);
    assert_false(policy_owns(&actor, f->ids[11]));
}

static void test_more_parties_than_an_actor_holds(void **state)
{
    struct fixture *f = *state;
    ProtobufCBinaryData many[POLICY_PARTIES_MAX + 4];
    struct policy_actor actor;

    for (size_t i = 0; i < POLICY_PARTIES_MAX + 4; i++)
        many[i] = ref(f, (uint8_t)(100 + i));
    many[0].len = 3; /* malformed: passed over */
    f->account.parties = many;
    f->account.n_parties = POLICY_PARTIES_MAX + 4;
    learn(f, "account", 1, &f->account);
    assert_int_equal(find(f, 0xab, TODAY, &actor), DIRECTORY_ACTIVE);
    assert_int_equal(actor.n_parties, POLICY_PARTIES_MAX - 1);
}

/* The order in which records come does not matter. */
static void test_a_device_before_its_account(void **state)
{
    struct fixture *f = *state;
    struct policy_actor actor;

    f->fingerprint[2 * IDENTITY_FINGERPRINT_SIZE - 1] = 'c'; /* …ac */
    f->fingerprint[0] = 'A';                                 /* in capitals */
    f->fingerprint[5] = 'c'; /* else it would have the place of the other */
    f->device.account = ref(f, 3);
    learn(f, "device", 4, &f->device);
    f->account.role = CONCERT__ACCOUNT__ROLE__COORDINATOR;
    {
        uint8_t fingerprint[IDENTITY_FINGERPRINT_SIZE];

        memset(fingerprint, 0xab, sizeof(fingerprint));
        fingerprint[2] = 0xac;
        fingerprint[IDENTITY_FINGERPRINT_SIZE - 1] = 0xac;
        assert_int_equal(
            directory_actor(f->directory, fingerprint, TODAY, &actor), DIRECTORY_UNKNOWN);
        learn(f, "account", 3, &f->account);
        assert_int_equal(
            directory_actor(f->directory, fingerprint, TODAY, &actor), DIRECTORY_ACTIVE);
    }
    assert_int_equal(actor.role, CONCERT__ACCOUNT__ROLE__COORDINATOR);
}

static void test_fingerprints_that_are_none(void **state)
{
    struct fixture *f = *state;
    struct policy_actor actor;
    static const char *const wrong[] = {
        "", "ab", NULL, "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"};

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        f->device.fingerprint = (char *)(uintptr_t)wrong[i];
        learn(f, "device", (uint8_t)(20 + i), &f->device);
    }
    assert_int_equal(find(f, 0, TODAY, &actor), DIRECTORY_UNKNOWN);
    assert_int_equal(
        directory_actor(f->directory, (uint8_t[IDENTITY_FINGERPRINT_SIZE]){0}, TODAY, &actor),
        DIRECTORY_UNKNOWN);
}

static void test_who(void **state)
{
    struct fixture *f = *state;
    char text[200];

    directory_who(f->directory, f->ids[1], true, text, sizeof(text));
    assert_string_equal(text, "Une personne, Comité de Mékinac, Comité des Chenaux");
    directory_who(f->directory, f->ids[1], false, text, sizeof(text));
    assert_string_equal(text, "Comité de Mékinac, Comité des Chenaux");
    directory_who(f->directory, f->ids[9], true, text, sizeof(text));
    assert_string_equal(text, "");
    learn_party(f, 10, "Mékinac");
    learn(f, "party", 11, NULL); /* its name stays, for what it did */
    learn(f, "account", 1, NULL);
    directory_who(f->directory, f->ids[1], true, text, sizeof(text));
    assert_string_equal(text, "Une personne, Mékinac, Comité des Chenaux");
}

/* However little room there is, what is told is text: half a character would spoil the message. */
static void test_who_is_cut_between_characters(void **state)
{
    struct fixture *f = *state;
    char text[200], whole[200], party[400] = "";

    for (size_t i = 0; i < 100; i++)
        memcpy(party + 2 * i, "é", 3);
    learn_party(f, 10, party);
    learn_party(f, 11, "Comité des Chenaux");
    for (size_t size = 1; size < sizeof(text); size++) {
        directory_who(f->directory, f->ids[1], true, text, size);
        assert_true(strlen(text) < size);
        assert_true(text_valid_utf8(text, strlen(text)));
    }
    directory_who(f->directory, f->ids[1], true, whole, sizeof(whole));
    assert_non_null(strstr(whole, "Une personne, éé"));
}

static void test_devices(void **state)
{
    struct fixture *f = *state;

    assert_string_equal(directory_device(f->directory, f->ids[2]), "Portable");
    assert_string_equal(directory_device(f->directory, f->ids[3]), "");
    learn(f, "device", 2, NULL);
    assert_string_equal(directory_device(f->directory, f->ids[2]), "Portable");
}

/* Tombstones of what was never seen, other kinds, register rows without a body. */
static void test_nothing_to_learn(void **state)
{
    struct fixture *f = *state;
    struct store_record bare = {.kind = kinds_by_name("account")};
    char text[20];

    learn(f, "account", 50, NULL);
    learn(f, "device", 51, NULL);
    learn(f, "party", 52, NULL);
    learn(f, "share", 53, NULL);
    memcpy(bare.id, f->ids[1], UUID_SIZE);
    assert_true(directory_learn(f->directory, &bare));
    assert_int_equal(found(f), DIRECTORY_ACTIVE);
    directory_who(f->directory, f->ids[50], true, text, sizeof(text));
    assert_string_equal(text, "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_found),
        TEST(test_the_whole_fingerprint),
        TEST(test_revoked),
        TEST(test_a_revoked_device_is_known),
        TEST(test_accounts_end),
        TEST(test_one_word_for_each),
        TEST(test_roles_and_parties_follow),
        TEST(test_more_parties_than_an_actor_holds),
        TEST(test_a_device_before_its_account),
        TEST(test_fingerprints_that_are_none),
        TEST(test_who),
        TEST(test_who_is_cut_between_characters),
        TEST(test_devices),
        TEST(test_nothing_to_learn),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
