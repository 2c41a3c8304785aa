/* The newest changes in memory: what is held, what is let go, and what each may see of it. */
#include "feed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "page.h"
#include "record.h"

struct fixture {
    struct arena *arena;
    struct feed *feed;
    uint64_t seq;
};

static int setup_with(void **state, size_t bytes)
{
    struct fixture *f = calloc(1, sizeof(*f));

    f->arena = arena_new((size_t)64 << 20);
    f->feed = feed_new(bytes);
    *state = f;
    return f->arena == NULL || f->feed == NULL;
}

static int setup(void **state)
{
    return setup_with(state, (size_t)1 << 20);
}

static int setup_small(void **state)
{
    return setup_with(state, 4000);
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    feed_free(&f->feed);
    arena_free(&f->arena);
    free(f);
    return 0;
}

static void hash_of(uint64_t seq, uint8_t hash_r[STORE_HASH_SIZE])
{
    memset(hash_r, (int)(seq & 0xff), STORE_HASH_SIZE);
}

static struct store_record record_of(struct fixture *f, const char *kind, uint8_t id)
{
    struct store_record record = {.kind = kinds_by_name(kind), .revision = 1, .seq = ++f->seq};

    memset(record.id, id, UUID_SIZE);
    hash_of(record.seq, record.hash);
    record.body = record_new(record.kind, f->arena);
    return record;
}

static struct store_record note(struct fixture *f, uint8_t id, char *text)
{
    struct store_record record = record_of(f, "note", id);

    ((Concert__Note *)record.body)->text = text;
    return record;
}

static void append(struct fixture *f, struct store_record record)
{
    assert_true(feed_append(f->feed, &record, 1, record.seq, record.hash));
}

static void assert_hash_at(const struct feed *feed, uint64_t seq, uint64_t expected)
{
    const uint8_t *hash = feed_hash(feed, seq);
    uint8_t wanted[STORE_HASH_SIZE];

    hash_of(expected, wanted);
    assert_non_null(hash);
    assert_memory_equal(hash, wanted, STORE_HASH_SIZE);
}

static void test_empty(void **state)
{
    struct fixture *f = *state;
    const uint8_t *hash;
    uint8_t reset[STORE_HASH_SIZE];

    assert_int_equal(feed_head(f->feed, &hash), 0);
    assert_int_equal(hash[0], 0);
    assert_true(feed_reaches(f->feed, 0));
    assert_null(feed_after(f->feed, 0));
    assert_non_null(feed_hash(f->feed, 0));
    hash_of(9, reset);
    feed_reset(f->feed, 9, reset);
    assert_int_equal(feed_head(f->feed, NULL), 9);
    assert_false(feed_reaches(f->feed, 8));
    assert_true(feed_reaches(f->feed, 9));
    assert_hash_at(f->feed, 9, 9);
    assert_null(feed_hash(f->feed, 8));
    assert_null(feed_hash(f->feed, 10));
}

static void test_append(void **state)
{
    struct fixture *f = *state;
    const struct feed_entry *entry;

    for (uint8_t i = 1; i <= 5; i++)
        append(f, note(f, i, (char *)"x"));
    for (uint64_t seq = 0; seq <= 4; seq++) {
        entry = feed_after(f->feed, seq);
        assert_int_equal(entry->seq, seq + 1);
        assert_int_equal(entry->id[0], seq + 1);
        assert_hash_at(f->feed, seq + 1, seq + 1);
    }
    assert_null(feed_after(f->feed, 5));
    assert_null(feed_after(f->feed, UINT64_MAX));
    assert_int_equal(feed_head(f->feed, NULL), 5);
}

/* The log may have moved on further than the last record: a record that changed twice in a batch.
 */
static void test_gaps(void **state)
{
    struct fixture *f = *state;
    uint8_t hash[STORE_HASH_SIZE];
    struct store_record records[2];

    f->seq = 2;
    records[0] = note(f, 1, (char *)"x");
    f->seq = 6;
    records[1] = note(f, 2, (char *)"y");
    hash_of(9, hash);
    assert_true(feed_append(f->feed, records, 2, 9, hash));
    assert_int_equal(feed_after(f->feed, 0)->seq, 3);
    assert_int_equal(feed_after(f->feed, 3)->seq, 7);
    assert_int_equal(feed_after(f->feed, 5)->seq, 7);
    assert_null(feed_after(f->feed, 7));
    assert_hash_at(f->feed, 3, 3);
    assert_hash_at(f->feed, 7, 7);
    assert_hash_at(f->feed, 9, 9);
    /* The log's hash between two records is not known: the store is asked. */
    assert_null(feed_hash(f->feed, 5));
    assert_null(feed_hash(f->feed, 8));
    assert_null(feed_hash(f->feed, 10));
}

static void test_supersede(void **state)
{
    struct fixture *f = *state;
    const struct feed_entry *entry;

    append(f, note(f, 1, (char *)"un"));
    append(f, note(f, 2, (char *)"deux"));
    append(f, note(f, 1, (char *)"trois"));
    /* The older state is passed over, but the log's hash there is still known. */
    assert_hash_at(f->feed, 1, 1);
    entry = feed_after(f->feed, 0);
    assert_int_equal(entry->seq, 2);
    assert_ptr_equal(entry, feed_after(f->feed, 1));
    entry = feed_next(entry);
    assert_int_equal(entry->seq, 3);
    assert_int_equal(entry->id[0], 1);
    assert_ptr_equal(entry, feed_after(f->feed, 2));
    assert_null(feed_next(entry));
}

static void test_evict(void **state)
{
    struct fixture *f = *state;
    const struct feed_entry *entry;
    uint64_t first;
    size_t count = 0;

    for (int i = 1; i <= 100; i++)
        append(f, note(f, (uint8_t)i, (char *)"x"));
    first = feed_after(f->feed, 0)->seq;
    assert_true(first > 1 && first < 100);
    for (uint64_t seq = first - 1; (entry = feed_after(f->feed, seq)) != NULL; seq = entry->seq)
        count++;
    assert_int_equal(count, 101 - first);
    assert_true(feed_reaches(f->feed, first - 1));
    assert_false(feed_reaches(f->feed, first - 2));
    /* Who is just at the floor goes on from it. */
    assert_hash_at(f->feed, first - 1, first - 1);
    assert_null(feed_hash(f->feed, first - 2));
}

/* One record that changes all the time leaves marks, which are let go like others. */
static void test_a_busy_record(void **state)
{
    struct fixture *f = *state;

    append(f, note(f, 1, (char *)"x"));
    for (int i = 0; i < 2000; i++)
        append(f, note(f, 2, (char *)"y"));
    assert_int_equal(feed_head(f->feed, NULL), 2001);
    assert_false(feed_reaches(f->feed, 0));
    assert_int_equal(feed_after(f->feed, 2000)->id[0], 2);
    assert_non_null(feed_after(f->feed, 2000)->full);
    append(f, note(f, 1, (char *)"z")); /* its older state is gone: nothing to supersede */
    assert_non_null(feed_after(f->feed, 2001)->full);
}

static void test_larger_than_the_feed(void **state)
{
    struct fixture *f = *state;
    char *text = arena_printf(f->arena, "%*s", 5000, "x");

    append(f, note(f, 1, (char *)"x"));
    append(f, note(f, 2, text));
    assert_null(feed_after(f->feed, 0));
    assert_int_equal(feed_head(f->feed, NULL), 2);
    assert_true(feed_reaches(f->feed, 2));
    assert_false(feed_reaches(f->feed, 1));
    assert_hash_at(f->feed, 2, 2);
    append(f, note(f, 1, (char *)"y"));
    assert_int_equal(feed_after(f->feed, 2)->seq, 3);
}

/* Against a list that cannot be wrong. */
static void test_at_random(void **state)
{
    struct fixture *f = *state;
    uint64_t newest[40] = {0};

    srand(5);
    for (int step = 0; step < 3000; step++) {
        size_t id = (size_t)rand() % 40, held = 0, live = 0;
        const struct feed_entry *entry;
        uint64_t floor = 0, seq;

        append(f, note(f, (uint8_t)(id + 1), (char *)"x"));
        newest[id] = f->seq;
        if (step % 100 != 0)
            continue;
        while (!feed_reaches(f->feed, floor))
            floor++;
        for (size_t i = 0; i < 40; i++)
            live += newest[i] > floor;
        for (entry = feed_after(f->feed, floor), seq = floor; entry != NULL;
             entry = feed_next(entry)) {
            assert_ptr_equal(entry, feed_after(f->feed, seq));
            assert_int_equal(newest[entry->id[0] - 1], entry->seq);
            seq = entry->seq;
            held++;
        }
        assert_int_equal(seq, f->seq);
        assert_int_equal(held, live);
    }
    feed_reset(f->feed, 5000, (const uint8_t[STORE_HASH_SIZE]){1});
    assert_null(feed_after(f->feed, 0));
}

/* --- what it looks like -------------------------------------------------------------------------
 */

static Concert__Record *decode(const uint8_t *bytes, size_t size)
{
    Concert__Page *page = concert__page__unpack(NULL, size, bytes);
    Concert__Record *record;

    assert_non_null(page);
    assert_int_equal(page->n_records, 1);
    record = page->records[0];
    page->n_records = 0;
    free(page->records);
    page->records = NULL;
    concert__page__free_unpacked(page, NULL);
    return record;
}

static void test_every_metadatum(void **state)
{
    struct fixture *f = *state;
    struct store_record record = note(f, 7, (char *)"Écrit");
    struct feed_entry entry;
    Concert__Record *told;
    Concert__Note *body;

    record.revision = 300;
    record.created_at = 1255564800000000;
    record.changed_at = -1;
    memset(record.owner, 8, UUID_SIZE);
    memset(record.created_by, 9, UUID_SIZE);
    memset(record.changed_by, 10, UUID_SIZE);
    memcpy(record.handle, "N12", 4);
    assert_true(feed_entry_make(&record, &entry));
    assert_ptr_equal(entry.full, entry.open); /* encoded once */
    told = decode(entry.full, entry.full_size);
    assert_memory_equal(told->id.data, record.id, UUID_SIZE);
    assert_int_equal(told->kind, CONCERT__KIND__NOTE);
    assert_string_equal(told->handle, "N12");
    assert_int_equal(told->revision, 300);
    assert_int_equal(told->seq, 1);
    assert_memory_equal(told->owner.data, record.owner, UUID_SIZE);
    assert_int_equal(told->created_at, record.created_at);
    assert_int_equal(told->changed_at, -1);
    assert_memory_equal(told->created_by.data, record.created_by, UUID_SIZE);
    assert_memory_equal(told->changed_by.data, record.changed_by, UUID_SIZE);
    assert_false(told->deleted);
    body = concert__note__unpack(NULL, told->body.len, told->body.data);
    assert_string_equal(body->text, "Écrit");
    concert__note__free_unpacked(body, NULL);
    concert__record__free_unpacked(told, NULL);
    feed_entry_clear(&entry);
    assert_null(entry.full);
}

static void test_a_tombstone(void **state)
{
    struct fixture *f = *state;
    struct store_record record = note(f, 7, NULL);
    struct feed_entry entry;
    Concert__Record *told;

    record.deleted = true;
    record.body = NULL;
    assert_true(feed_entry_make(&record, &entry));
    told = decode(entry.full, entry.full_size);
    assert_true(told->deleted);
    assert_false(told->has_body);
    assert_false(told->has_owner); /* the Consortium's */
    concert__record__free_unpacked(told, NULL);
    feed_entry_clear(&entry);
}

/* Sizes around each length of the length itself. */
static void test_long_bodies(void **state)
{
    struct fixture *f = *state;
    static const int sizes[] = {1, 30, 90, 126, 127, 128, 129, 16200, 16300, 16384, 65536};

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct store_record record = note(f, 7, arena_printf(f->arena, "%*s", sizes[i], "x"));
        struct feed_entry entry;
        Concert__Record *told;

        assert_true(feed_entry_make(&record, &entry));
        told = decode(entry.full, entry.full_size);
        assert_true(told->body.len > (size_t)sizes[i]);
        concert__record__free_unpacked(told, NULL);
        feed_entry_clear(&entry);
    }
}

static struct store_record membership(struct fixture *f)
{
    struct store_record record = record_of(f, "membership", 3);
    Concert__Membership *body = (Concert__Membership *)record.body;

    body->person = (char *)"Une personne";
    body->email = (char *)"une@personne.example";
    body->phone = (char *)"819 555-0100";
    body->seat = (char *)"citoyenne";
    memset(record.owner, 8, UUID_SIZE);
    return record;
}

static bool sees(const struct feed_entry *entry, Concert__Account__Role role, uint8_t party,
    uint8_t account, const char *words)
{
    struct policy_actor actor = {.role = role, .n_parties = 1};
    size_t size = 0;
    const uint8_t *bytes;

    memset(actor.parties[0], party, UUID_SIZE);
    memset(actor.account, account, UUID_SIZE);
    bytes = feed_entry_view(entry, &actor, &size);
    return bytes != NULL && memmem(bytes, size, words, strlen(words)) != NULL;
}

#define STAFF CONCERT__ACCOUNT__ROLE__SECRETARIAT
#define EDITOR CONCERT__ACCOUNT__ROLE__EDITOR
#define READER CONCERT__ACCOUNT__ROLE__READER

static void test_personal_fields(void **state)
{
    static const char *const personal[] = {"Une personne", "une@personne.example", "819 555"};
    struct store_record record = membership(*state);
    struct feed_entry entry;

    assert_true(feed_entry_make(&record, &entry));
    assert_ptr_not_equal(entry.full, entry.open);
    for (size_t i = 0; i < 3; i++) {
        assert_true(sees(&entry, STAFF, 1, 1, personal[i]));
        assert_true(sees(&entry, EDITOR, 8, 1, personal[i])); /* its own party's */
        assert_false(sees(&entry, EDITOR, 7, 1, personal[i]));
        assert_false(sees(&entry, READER, 7, 1, personal[i]));
    }
    assert_true(sees(&entry, READER, 7, 1, "citoyenne"));
    assert_true(sees(&entry, STAFF, 7, 1, "citoyenne"));
    feed_entry_clear(&entry);
}

/* A party that the record names beside its owner knows whom it sent. */
static void test_personal_fields_of_a_second_party(void **state)
{
    struct store_record record = record_of(*state, "attendance", 3);
    Concert__Attendance *attendance = (Concert__Attendance *)record.body;
    uint8_t party[UUID_SIZE];
    struct feed_entry entry;

    memset(party, 9, UUID_SIZE);
    memset(record.owner, 8, UUID_SIZE);
    attendance->person = (char *)"Une personne";
    attendance->has_party = true;
    attendance->party = (ProtobufCBinaryData){UUID_SIZE, party};
    assert_true(feed_entry_make(&record, &entry));
    assert_true(sees(&entry, EDITOR, 8, 1, "Une personne"));
    assert_true(sees(&entry, EDITOR, 9, 1, "Une personne"));
    assert_false(sees(&entry, EDITOR, 7, 1, "Une personne"));
    feed_entry_clear(&entry);
    attendance->has_party = false;
    assert_true(feed_entry_make(&record, &entry));
    assert_false(sees(&entry, EDITOR, 9, 1, "Une personne"));
    assert_false(sees(&entry, EDITOR, 0, 1, "Une personne")); /* nobody is named */
    feed_entry_clear(&entry);
}

static void test_accounts_and_devices(void **state)
{
    struct fixture *f = *state;
    struct store_record account = record_of(f, "account", 5), device = record_of(f, "device", 6);
    uint8_t holder[UUID_SIZE];
    struct feed_entry entry;

    memset(holder, 5, UUID_SIZE);
    ((Concert__Account *)account.body)->person = (char *)"Une personne";
    ((Concert__Device *)device.body)->name = (char *)"Une personne";
    ((Concert__Device *)device.body)->has_account = true;
    ((Concert__Device *)device.body)->account = (ProtobufCBinaryData){UUID_SIZE, holder};
    for (int i = 0; i < 2; i++) {
        assert_true(feed_entry_make(i == 0 ? &account : &device, &entry));
        assert_true(sees(&entry, STAFF, 1, 1, "Une personne"));
        assert_true(sees(&entry, EDITOR, 1, 5, "Une personne")); /* its holder */
        assert_false(sees(&entry, EDITOR, 1, 6, ""));
        assert_false(sees(&entry, READER, 1, 6, ""));
        assert_false(sees(&entry, EDITOR, 0, 6, "")); /* nobody's party owns it */
        feed_entry_clear(&entry);
    }
}

/* A later version's field may be personal: who may not see personal fields is not told it. */
static void test_unknown_fields_of_a_personal_kind(void **state)
{
    struct store_record record = membership(*state);
    ProtobufCMessageUnknownField unknown = {.tag = 900,
        .wire_type = PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED,
        .len = 5,
        .data = (uint8_t *)"\x04mots"};
    struct feed_entry entry;

    record.body->unknown_fields = &unknown;
    record.body->n_unknown_fields = 1;
    assert_true(feed_entry_make(&record, &entry));
    assert_true(sees(&entry, STAFF, 1, 1, "mots"));
    assert_false(sees(&entry, READER, 1, 1, "mots"));
    feed_entry_clear(&entry);
}

/* A page as a pull cuts it out of the feed, read with protobuf-c: page_test has the rest. */
static void test_in_a_page(void **state)
{
    struct fixture *f = *state;
    struct policy_actor actor = {.role = READER};
    struct page page = {0};
    const uint8_t *bytes;
    size_t size, total = 0;
    const struct feed_entry *entry;

    append(f, note(f, 1, (char *)"un"));
    append(f, membership(f));
    append(f, note(f, 1, (char *)"deux"));
    for (entry = feed_after(f->feed, 0); entry != NULL; entry = feed_next(entry)) {
        bytes = feed_entry_view(entry, &actor, &size);
        assert_true(page_add(&page, bytes, size));
        total += size;
    }
    assert_int_equal(page.n_parts, 2);
    assert_int_equal(page.size, total);
    page_clear(&page);
}

#define TEST(name, how) cmocka_unit_test_setup_teardown(name, how, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_empty, setup),
        TEST(test_append, setup),
        TEST(test_gaps, setup),
        TEST(test_supersede, setup),
        TEST(test_evict, setup_small),
        TEST(test_a_busy_record, setup_small),
        TEST(test_larger_than_the_feed, setup_small),
        TEST(test_at_random, setup_small),
        TEST(test_every_metadatum, setup),
        TEST(test_a_tombstone, setup),
        TEST(test_long_bodies, setup),
        TEST(test_personal_fields, setup),
        TEST(test_personal_fields_of_a_second_party, setup),
        TEST(test_accounts_and_devices, setup),
        TEST(test_unknown_fields_of_a_personal_kind, setup),
        TEST(test_in_a_page, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
