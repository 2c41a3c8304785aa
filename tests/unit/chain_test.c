/* The hash chain, against values that Python's hashlib made: blake2b(…, digest_size=32) over
 * previous, seq, op_id, id, kind, revision, at, authored_at, account, device, deleted, the fields'
 * and the reason's lengths and bytes, and the patch's hash; numbers big-endian. With a resolution
 * its hash follows. */
#include "chain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const uint8_t patch[] = {0x20, 0x3c};
static const char *const fields[] = {"percent", "#900"};

static void assert_hash(const uint8_t hash[STORE_HASH_SIZE], const char *expected)
{
    char text[2 * STORE_HASH_SIZE + 1];

    for (size_t i = 0; i < STORE_HASH_SIZE; i++)
        snprintf(text + 2 * i, 3, "%02x", hash[i]);
    assert_string_equal(text, expected);
}

static struct store_change example(void)
{
    struct store_change change = {.seq = UINT64_C(0x0102030405060708),
        .kind = kinds_get(CONCERT__KIND__SHARE),
        .revision = 7,
        .at = INT64_C(1255564800000000),
        .authored_at = -5,
        .fields = fields,
        .n_fields = 2,
        .patch = patch,
        .patch_size = sizeof(patch),
        .reason = "Séance du 3 juin"};

    memset(change.op_id, 1, UUID_SIZE);
    memset(change.id, 2, UUID_SIZE);
    memset(change.account, 3, UUID_SIZE);
    memset(change.device, 4, UUID_SIZE);
    chain_patch(patch, sizeof(patch), change.patch_hash);
    return change;
}

static void first(struct store_change *change, uint8_t hash_r[STORE_HASH_SIZE])
{
    uint8_t previous[STORE_HASH_SIZE];

    for (size_t i = 0; i < STORE_HASH_SIZE; i++)
        previous[i] = (uint8_t)i;
    chain_next(previous, change, hash_r);
}

static void test_a_patch(void **state)
{
    uint8_t hash[STORE_HASH_SIZE];

    (void)state;
    chain_patch((const uint8_t *)"", 0, hash);
    assert_hash(hash, "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
    chain_patch(patch, sizeof(patch), hash);
    assert_hash(hash, "769d78968ff749a17d824b021235f3745723dd0b3e2e04a4aeb92e62a889bb95");
}

static void test_two_changes(void **state)
{
    struct store_change change = example();
    struct store_change deletion = {.seq = 2, .kind = change.kind, .revision = 8, .deleted = true};
    uint8_t hash[STORE_HASH_SIZE], next[STORE_HASH_SIZE];

    (void)state;
    first(&change, hash);
    assert_hash(hash, "bc2ac946db980f9108492fa8123a7faa6ef7fd1402007b04cb1a9d33f379219b");
    memset(deletion.op_id, 5, UUID_SIZE);
    memset(deletion.id, 2, UUID_SIZE);
    chain_patch(NULL, 0, deletion.patch_hash);
    chain_next(hash, &deletion, next);
    assert_hash(next, "365e55c01b18e6d2ff3153028a91c9ab25feb6a6749b590568b73cd793e77b9e");
    /* In place: the head's hash becomes its own successor. */
    chain_next(hash, &deletion, hash);
    assert_memory_equal(hash, next, STORE_HASH_SIZE);
}

/* Whatever is altered is seen; the patch's bytes themselves may be erased. */
static void test_everything_counts(void **state)
{
    static const char *const moved[] = {"percent#", "900"};
    uint8_t whole[STORE_HASH_SIZE], hash[STORE_HASH_SIZE];
    struct store_change changes[14];

    (void)state;
    for (size_t i = 0; i < 14; i++)
        changes[i] = example();
    first(&changes[0], whole);
    changes[1].seq++;
    changes[2].op_id[15]++;
    changes[3].id[0]++;
    changes[4].kind = kinds_get(CONCERT__KIND__NOTE);
    changes[5].revision++;
    changes[6].at++;
    changes[7].authored_at = 5;
    changes[8].account[0]++;
    changes[9].device[0]++;
    changes[10].deleted = true;
    changes[11].fields = moved;
    changes[12].reason = NULL;
    changes[13].patch_hash[31]++;
    for (size_t i = 1; i < 14; i++) {
        first(&changes[i], hash);
        assert_memory_not_equal(hash, whole, STORE_HASH_SIZE);
    }
    changes[0].patch = NULL;
    changes[0].patch_size = 0;
    first(&changes[0], hash);
    assert_memory_equal(hash, whole, STORE_HASH_SIZE);
}

/* Only a change that settled a conflict has more under its hash, also once that was erased. */
static void test_a_resolution(void **state)
{
    struct store_change change = example();
    uint8_t without[STORE_HASH_SIZE], with[STORE_HASH_SIZE], other[STORE_HASH_SIZE];

    (void)state;
    first(&change, without);
    chain_patch(patch, sizeof(patch), change.resolution_hash);
    first(&change, other);
    assert_memory_equal(other, without, STORE_HASH_SIZE);
    change.resolved = true;
    first(&change, with);
    assert_hash(with, "e0b535e58bc4dcc469b96c593d63af73f0657e7757b36fea7132bfdb781c644e");
    change.resolution_hash[0]++;
    first(&change, other);
    assert_memory_not_equal(other, with, STORE_HASH_SIZE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_patch),
        cmocka_unit_test(test_two_changes),
        cmocka_unit_test(test_everything_counts),
        cmocka_unit_test(test_a_resolution),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
