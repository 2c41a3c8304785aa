/*
 * Who may do what: walks role × kind × act × own or another's × author or not × field, and compares
 * the one function with a table written from proto/README.md, 14.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "policy.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define WAYS 32 /* acts × own × author × also */

static const struct {
    Concert__Account__Role role;
    const char *name;
} roles[] = {
    {CONCERT__ACCOUNT__ROLE__COORDINATOR, "coordinator"},
    {CONCERT__ACCOUNT__ROLE__SECRETARIAT, "secretariat"},
    {CONCERT__ACCOUNT__ROLE__EDITOR, "editor"},
    {CONCERT__ACCOUNT__ROLE__READER, "reader"},
};

/* In the order of enum policy_act: read, create, change (update), delete. */
static const char acts[] = "rcud";

/* What each role may do to a record of its own party (or, of accounts and devices, its own), and to
 * another's. With AUTHOR, change and delete are for who wrote it, besides. With GUEST, an editor
 * whose party the record names beside its owner creates and changes it, and takes back what it
 * made; with MAKER, so does any editor what it made itself. */
enum besides { NONE, AUTHOR, GUEST, MAKER };
static const struct {
    const char *kind;
    struct {
        const char *own, *others;
    } may[COUNT(roles)]; /* coordinator, secretariat, editor, reader */
    enum besides besides;
} table[] = {
    /* The region's frame is the staff's. */
    {"territory", {{"rcud", "rcud"}, {"rcud", "rcud"}, {"r", "r"}, {"r", "r"}}, NONE},
    {"party", {{"rcud", "rcud"}, {"rcud", "rcud"}, {"r", "r"}, {"r", "r"}}, NONE},
    {"membership", {{"rcud", "rcud"}, {"rcud", "rcud"}, {"r", "r"}, {"r", "r"}}, NONE},
    {"audience", {{"rcud", "rcud"}, {"rcud", "rcud"}, {"r", "r"}, {"r", "r"}}, NONE},
    /* Personal: staff only, and its holder. The server makes devices; a coordinator revokes them.
     */
    {"account", {{"rcud", "rcud"}, {"r", "r"}, {"r", ""}, {"r", ""}}, NONE},
    {"device", {{"ru", "ru"}, {"r", "r"}, {"r", ""}, {"r", ""}}, NONE},
    /* An editor writes what its parties own. */
    {"plan", {{"rcud", "rcud"}, {"rcud", "rcud"}, {"rcud", "r"}, {"r", "r"}}, NONE},
    {"objective", {{"rcud", "rcud"}, {"rcud", "rcud"}, {"rcud", "r"}, {"r", "r"}}, NONE},
    {"action", {{"rcud", "rcud"}, {"rcud", "rcud"}, {"rcud", "r"}, {"r", "r"}}, NONE},
    {"responsibility", {{"rcud", "rcud"}, {"rcud", "rcud"}, {"rcud", "r"}, {"r", "r"}}, NONE},
    {"deadline", {{"rcud", "rcud"}, {"rcud", "rcud"}, {"rcud", "r"}, {"r", "r"}}, NONE},
    {"share", {{"rcud", "rcud"}, {"rcud", "rcud"}, {"rcud", "r"}, {"r", "r"}}, NONE},
    {"milestone", {{"rcud", "rcud"}, {"rcud", "rcud"}, {"rcud", "r"}, {"r", "r"}}, NONE},
    /* What an editor may not change it may propose. */
    {"proposal", {{"rcud", "rcud"}, {"rcud", "rcud"}, {"rcud", "r"}, {"r", "r"}}, MAKER},
    /* An append-only journal: its author alone may correct it. */
    {"note", {{"rcud", "rcud"}, {"rcud", "rcud"}, {"rcud", "r"}, {"r", "r"}}, AUTHOR},
    /* Projects and all that hangs on them; envelopes and agreements are the Consortium's. */
    {"project", {{"rcud", "rcud"}, {"rcud", "rcud"}, {"rcud", "r"}, {"r", "r"}}, NONE},
    {"budget_line", {{"rcud", "rcud"}, {"rcud", "rcud"}, {"rcud", "r"}, {"r", "r"}}, NONE},
    {"funding_request", {{"rcud", "rcud"}, {"rcud", "rcud"}, {"rcud", "r"}, {"r", "r"}}, NONE},
    {"envelope", {{"rcud", "rcud"}, {"rcud", "rcud"}, {"r", "r"}, {"r", "r"}}, NONE},
    {"agreement", {{"rcud", "rcud"}, {"rcud", "rcud"}, {"r", "r"}, {"r", "r"}}, NONE},
    {"signatory", {{"rcud", "rcud"}, {"rcud", "rcud"}, {"r", "r"}, {"r", "r"}}, NONE},
    /* A committee's meetings; a party that is named there writes its own part. */
    {"meeting", {{"rcud", "rcud"}, {"rcud", "rcud"}, {"rcud", "r"}, {"r", "r"}}, NONE},
    {"agenda_item", {{"rcud", "rcud"}, {"rcud", "rcud"}, {"rcud", "r"}, {"r", "r"}}, GUEST},
    {"follow_up", {{"rcud", "rcud"}, {"rcud", "rcud"}, {"rcud", "r"}, {"r", "r"}}, GUEST},
    {"attendance", {{"rcud", "rcud"}, {"rcud", "rcud"}, {"rcud", "r"}, {"r", "r"}}, GUEST},
    /* Articles, inventories, needs, portraits: what a party gives. */
    {"training_need", {{"rcud", "rcud"}, {"rcud", "rcud"}, {"rcud", "r"}, {"r", "r"}}, NONE},
    {"article", {{"rcud", "rcud"}, {"rcud", "rcud"}, {"rcud", "r"}, {"r", "r"}}, NONE},
    {"intervention", {{"rcud", "rcud"}, {"rcud", "rcud"}, {"rcud", "r"}, {"r", "r"}}, NONE},
    {"directory_entry", {{"rcud", "rcud"}, {"rcud", "rcud"}, {"rcud", "r"}, {"r", "r"}}, NONE},
    {"route", {{"rcud", "rcud"}, {"rcud", "rcud"}, {"rcud", "r"}, {"r", "r"}}, NONE},
    {"plan_review", {{"rcud", "rcud"}, {"rcud", "rcud"}, {"rcud", "r"}, {"r", "r"}}, GUEST},
    {"observation", {{"rcud", "rcud"}, {"rcud", "rcud"}, {"rcud", "r"}, {"r", "r"}}, NONE},
    {"assessment", {{"rcud", "rcud"}, {"rcud", "rcud"}, {"rcud", "r"}, {"r", "r"}}, NONE},
    {"score", {{"rcud", "rcud"}, {"rcud", "rcud"}, {"rcud", "r"}, {"r", "r"}}, NONE},
    {"document", {{"rcud", "rcud"}, {"rcud", "rcud"}, {"rcud", "r"}, {"r", "r"}}, NONE},
    /* What is told, and what is measured with, is the staff's. */
    {"publication", {{"rcud", "rcud"}, {"rcud", "rcud"}, {"r", "r"}, {"r", "r"}}, NONE},
    {"indicator", {{"rcud", "rcud"}, {"rcud", "rcud"}, {"r", "r"}, {"r", "r"}}, NONE},
    {"form", {{"rcud", "rcud"}, {"rcud", "rcud"}, {"r", "r"}, {"r", "r"}}, NONE},
    {"criterion", {{"rcud", "rcud"}, {"rcud", "rcud"}, {"r", "r"}, {"r", "r"}}, NONE},
    /* The mailing list: staff alone, and nobody owns it. */
    {"contact", {{"rcud", "rcud"}, {"rcud", "rcud"}, {"r", ""}, {"r", ""}}, NONE},
    /* So are incidents; what a revoked device had not sent is made by the server, and reviewed. */
    {"incident", {{"rcud", "rcud"}, {"rcud", "rcud"}, {"r", ""}, {"r", ""}}, NONE},
    {"quarantine", {{"ru", "ru"}, {"r", "r"}, {"r", ""}, {"r", ""}}, NONE},
};

/* Fields that ask for more than their record does. `write`: the roles that may set them; OWNERS:
 * those that may write the record for its owner, not as its guest or maker. What the server gives
 * is a rule on records. `personal`: read by staff and by the owner alone. Of a share, action and
 * party are fixed at creation for everybody, which is a rule on records. */
#define STAFF "coordinator secretariat"
#define EDITORS STAFF " editor"
#define OWNERS EDITORS " owners"
static const struct {
    const char *kind, *field, *write;
    bool personal;
} fields[] = {
    {"membership", "person", STAFF, true},
    {"membership", "email", STAFF, true},
    {"membership", "phone", STAFF, true},
    {"account", "person", "coordinator", true},
    {"contact", "name", STAFF, true},
    {"contact", "email", STAFF, true},
    {"contact", "phone", STAFF, true},
    {"attendance", "person", EDITORS, true},
    {"share", "weight", STAFF, false},
    {"article", "status", STAFF, false},
    {"agenda_item", "minutes", OWNERS, false},
    {"agenda_item", "decision", OWNERS, false},
    {"follow_up", "party", OWNERS, false},
    {"follow_up", "role", OWNERS, false},
    {"follow_up", "what", OWNERS, false},
    {"follow_up", "until", OWNERS, false},
    {"proposal", "status", OWNERS, false},
    {"proposal", "answer", OWNERS, false},
    {"plan", "adopted_on", "coordinator", false},
    {"plan", "adopted_by", "coordinator", false},
    {"plan", "resolution", "coordinator", false},
};

static size_t row_of(const char *kind)
{
    for (size_t i = 0; i < COUNT(table); i++)
        if (strcmp(table[i].kind, kind) == 0)
            return i;
    fail_msg("%s has no row in the table", kind);
    return 0;
}

/* One way to ask. */
struct way {
    enum policy_act act;
    bool own, author, also;
};

/* What an editor may do that does not write for the owner. */
static bool expect_besides(size_t row, const struct way *way)
{
    bool maker = table[row].besides == MAKER, guest = table[row].besides == GUEST && way->also;

    return ((maker || guest) && way->act == POLICY_CREATE) ||
           (guest && way->act == POLICY_CHANGE) ||
           ((maker || guest) && way->act == POLICY_DELETE && way->author);
}

static bool expect_record(size_t row, size_t role, const struct way *way)
{
    const char *may = way->own ? table[row].may[role].own : table[row].may[role].others;

    if (table[row].besides == AUTHOR && way->act > POLICY_CREATE && !way->author)
        return false;
    if (way->act == POLICY_READ && way->also)
        return true; /* asked of kinds that name a second party alone */
    if (strcmp(roles[role].name, "editor") == 0 && expect_besides(row, way))
        return true;
    return strchr(may, acts[way->act]) != NULL;
}

static bool expect_field(const char *kind, const char *field, size_t role, const struct way *way)
{
    for (size_t i = 0; i < COUNT(fields); i++) {
        bool staff = strstr(STAFF, roles[role].name) != NULL;

        if (strcmp(fields[i].kind, kind) != 0 || strcmp(fields[i].field, field) != 0)
            continue;
        if (way->act == POLICY_READ)
            return !fields[i].personal || way->own || way->also || staff;
        if (strcmp(fields[i].write, OWNERS) == 0)
            return staff || way->own;
        return strstr(fields[i].write, roles[role].name) != NULL;
    }
    return true;
}

/* One kind and role, in all ways; `field` NULL: the record as such. Returns how many were asked. */
static size_t walk(const struct kind *kind, const char *field, size_t role)
{
    size_t row = row_of(kind->name), asked = 0;

    for (unsigned bits = 0; bits < WAYS; bits++, asked++) {
        const struct way way = {
            (enum policy_act)(bits / 8), bits & 1, bits & 2, kind->also != NULL && (bits & 4)};
        struct policy_question question = {.role = roles[role].role,
            .act = way.act,
            .kind = kind,
            .own = way.own,
            .also = way.also,
            .author = way.author,
            .flags = field == NULL ? 0 : kinds_field(kind, field)->flags};
        bool expected = expect_record(row, role, &way) &&
                        (field == NULL || expect_field(kind->name, field, role, &way));

        if (policy_allows(&question) != expected)
            fail_msg("%s %c %s.%s own=%d author=%d also=%d: %s", roles[role].name, acts[way.act],
                kind->name, field == NULL ? "" : field, way.own, way.author, way.also,
                expected ? "denied" : "allowed");
    }
    return asked;
}

static void test_records(void **state)
{
    size_t asked = 0;

    (void)state;
    for (size_t i = 0; i < kinds_count; i++)
        for (size_t role = 0; role < COUNT(roles); role++)
            asked += walk(&kinds[i], NULL, role);
    assert_int_equal(asked, COUNT(table) * COUNT(roles) * WAYS);
}

static void test_every_field(void **state)
{
    (void)state;
    for (size_t i = 0; i < kinds_count; i++)
        for (unsigned f = 0; f < kinds[i].descriptor->n_fields; f++)
            for (size_t role = 0; role < COUNT(roles); role++)
                walk(&kinds[i], kinds[i].descriptor->fields[f].name, role);
}

/* A field of a later version is one of its record like another. */
static void test_an_unknown_field(void **state)
{
    (void)state;
    for (size_t role = 0; role < COUNT(roles); role++)
        walk(kinds_by_name("share"), "#99", role);
}

/* Field rows of the table that no kind has any more would pass unseen. */
static void test_the_table_names_real_fields(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(fields); i++)
        assert_non_null(protobuf_c_message_descriptor_get_field_by_name(
            kinds_by_name(fields[i].kind)->descriptor, fields[i].field));
    for (size_t i = 0; i < COUNT(table); i++)
        assert_non_null(kinds_by_name(table[i].kind));
}

/* A role of a later version, or none, is nobody. */
static void test_unknown_roles(void **state)
{
    static const int unknown[] = {0, 5, 255, -1};

    (void)state;
    for (size_t i = 0; i < kinds_count; i++)
        for (size_t j = 0; j < COUNT(unknown); j++)
            for (int act = POLICY_CREATE; act <= POLICY_DELETE; act++)
                assert_false(policy_allows(
                    &(struct policy_question){.role = (Concert__Account__Role)unknown[j],
                        .act = (enum policy_act)act,
                        .kind = &kinds[i],
                        .own = true,
                        .author = true}));
}

static void test_staff(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(roles); i++)
        assert_int_equal(policy_staff(roles[i].role), strstr(STAFF, roles[i].name) != NULL);
}

static void test_owning(void **state)
{
    static const uint8_t mine[UUID_SIZE] = {1}, also[UUID_SIZE] = {2}, other[UUID_SIZE] = {3};
    struct policy_actor actor = {.n_parties = 2};

    (void)state;
    memcpy(actor.parties[0], mine, UUID_SIZE);
    memcpy(actor.parties[1], also, UUID_SIZE);
    memcpy(actor.parties[2], other, UUID_SIZE); /* beyond n_parties */
    assert_true(policy_owns(&actor, mine));
    assert_true(policy_owns(&actor, also));
    assert_false(policy_owns(&actor, other));
    /* What is the Consortium's is nobody's party's, whatever an account lists. */
    memset(actor.parties[1], 0, UUID_SIZE);
    assert_false(policy_owns(&actor, uuid_none));
    actor.n_parties = 0;
    assert_false(policy_owns(&actor, mine));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_records),
        cmocka_unit_test(test_every_field),
        cmocka_unit_test(test_an_unknown_field),
        cmocka_unit_test(test_the_table_names_real_fields),
        cmocka_unit_test(test_unknown_roles),
        cmocka_unit_test(test_staff),
        cmocka_unit_test(test_owning),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
