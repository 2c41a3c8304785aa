/* The import: the Mauricie's files into an empty region and into one that has them, and broken
 * files. A book stands for the copy; changes are applied to it as the server would. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "arena.h"
#include "date.h"
#include "import/csvfile.h"
#include "import/import.h"
#include "text.h"

#define DATA "tests/data/mauricie/"
#define CONSORTIUM "Consortium en développement social de la Mauricie"

static const char *const all_files[] = {DATA "parts.csv", DATA "communication-2009-2010.csv",
    DATA "plan-2009-2010.csv", DATA "membres.csv", DATA "comites.csv", DATA "publics-cibles.csv",
    DATA "territoires.csv", DATA "logement-echeancier.csv", DATA "logement-bailleurs.csv",
    DATA "logement-budget.csv"};
#define ALL_FILES (sizeof(all_files) / sizeof(all_files[0]))

/* --- a region ----------------------------------------------------------------------------------
 */

static void set_text(struct book *book, ProtobufCMessage *message, const struct kind *kind,
    const char *name, const char *text)
{
    struct record_value value = {.data = text, .size = strlen(text)};

    assert_true(record_set(message, record_field(kind, name), &value, 1, book_arena(book)));
}

static struct book *empty_region(void)
{
    struct book *book = book_new();
    const struct kind *kind = kinds_get(CONCERT__KIND__PARTY);
    struct book_entry staff = {.kind = kind, .handle = "I1", .revision = 1, .seq = 1};
    struct record_value type = {.number = CONCERT__PARTY__TYPE__STAFF};
    ProtobufCMessage *body;

    assert_non_null(book);
    body = record_new(kind, book_arena(book));
    set_text(book, body, kind, "name", CONSORTIUM);
    assert_true(record_set(body, record_field(kind, "type"), &type, 1, book_arena(book)));
    memset(staff.id, 7, UUID_SIZE);
    staff.body = body;
    assert_true(book_put(book, &staff) && book_index(book));
    return book;
}

static const char *new_handle(
    struct book *book, const struct kind *kind, const ProtobufCMessage *body)
{
    const ProtobufCFieldDescriptor *number = record_field(kind, "number");
    size_t count;

    book_list(book, kind->id, &count);
    if (kind->prefix == NULL)
        return record_get(body, number, 0).data;
    return arena_printf(book_arena(book), "%s%zu", kind->prefix, count + 1);
}

/* Every reference of a change must be to something that is there by then. */
static void check_references(const struct book *book, const struct desk_change *change)
{
    for (unsigned i = 0; i < change->kind->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &change->kind->descriptor->fields[i];

        for (size_t j = 0;
             kinds_is_reference(change->kind, field) && j < record_count(change->patch, field);
             j++) {
            struct record_value value = record_get(change->patch, field, j);

            assert_int_equal(value.size, UUID_SIZE);
            assert_non_null(book_get(book, (const uint8_t *)value.data));
        }
    }
}

static void apply(struct book *book, const struct desk_change *change)
{
    const struct book_entry *before = book_get(book, change->id);
    struct book_entry after = {.kind = change->kind, .revision = change->base + 1};
    struct arena *arena = book_arena(book);
    ProtobufCMessage *whole;
    struct error error;
    uint8_t *bytes;
    size_t size;

    check_references(book, change);
    assert_int_equal(change->base, before == NULL ? 0 : before->revision);
    whole = record_patch(
        change->kind, before == NULL ? NULL : before->body, change->patch, NULL, 0, arena);
    assert_non_null(whole);
    assert_true(record_check(change->kind, whole, true, &error));
    bytes = record_encode(whole, arena, &size);
    after.body = record_decode(change->kind, bytes, size, arena, &error);
    assert_non_null(after.body);
    memcpy(after.id, change->id, UUID_SIZE);
    after.handle = before == NULL ? new_handle(book, change->kind, after.body) : before->handle;
    assert_true(book_put(book, &after) && book_index(book));
}

/* --- an import ---------------------------------------------------------------------------------
 */

struct counts {
    size_t of[IMPORT_OUTCOMES];
};

static const struct import_options plain = {
    .from = DATE_NONE, .until = DATE_NONE, .language = "en", .today = 14500};

static struct import *settle(struct book *book, const struct import_options *options,
    const char *const *files, size_t count, bool good)
{
    struct import *import = import_new(book, options);

    assert_non_null(import);
    for (size_t i = 0; i < count; i++)
        import_add(import, files[i]);
    if (import_settle(import) != good) {
        const struct import_line *lines = import_lines(import, &count);

        for (size_t i = 0; i < count; i++)
            print_message("%s:%u %s %s\n", lines[i].place.file, lines[i].place.line, lines[i].name,
                lines[i].what);
        fail_msg("the import came out otherwise");
    }
    return import;
}

static struct counts count_lines(const struct import *import)
{
    struct counts counts = {{0}};
    size_t count;
    const struct import_line *lines = import_lines(import, &count);

    for (size_t i = 0; i < count; i++)
        counts.of[lines[i].outcome]++;
    return counts;
}

/* Imports and applies. */
static struct counts take_with(struct book *book, const struct import_options *options,
    const char *const *files, size_t n_files)
{
    struct import *import = settle(book, options, files, n_files, true);
    struct counts counts = count_lines(import);
    size_t count;
    const struct desk_change *changes = import_changes(import, &count);

    assert_int_equal(count, counts.of[IMPORT_CREATED] + counts.of[IMPORT_UPDATED]);
    for (size_t i = 0; i < count; i++)
        apply(book, &changes[i]);
    import_free(&import);
    assert_null(import);
    return counts;
}

static struct counts take(struct book *book, const char *const *files, size_t n_files)
{
    return take_with(book, &plain, files, n_files);
}

static struct book *whole_region(void)
{
    struct book *book = empty_region();

    take(book, all_files, ALL_FILES);
    return book;
}

static size_t how_many(const struct book *book, Concert__Kind kind)
{
    size_t count;

    book_list(book, kind, &count);
    return count;
}

static const struct book_entry *find(const struct book *book, const char *word, uint64_t kinds_mask)
{
    const struct book_entry *entry = NULL, *near[4];
    size_t n_near;

    if (book_find(book, word, kinds_mask, plain.today, &entry, near, 4, &n_near) != BOOK_FOUND)
        fail_msg("“%s” is not found", word);
    return entry;
}

/* A file of the test's own; its path, until the next one. Removed by `forget`. */
static char *write_file(const char *name, const char *text, size_t size)
{
    static char folder[64], path[128];
    FILE *file;

    snprintf(folder, sizeof(folder), "/tmp/import_test.XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
    return path;
}

static char *write_text(const char *name, const char *text)
{
    return write_file(name, text, strlen(text));
}

static void forget(char *path)
{
    unlink(path);
    *strrchr(path, '/') = '\0';
    rmdir(path);
}

static struct import *import_text(struct book *book, const char *name, const char *text, bool good)
{
    char *path = write_text(name, text);
    const char *files[] = {path};
    struct import *import = settle(book, &plain, files, 1, good);

    forget(path);
    return import;
}

static const struct import_line *line_with(const struct import *import, enum import_outcome outcome)
{
    size_t count;
    const struct import_line *lines = import_lines(import, &count);

    for (size_t i = 0; i < count; i++)
        if (lines[i].outcome == outcome)
            return &lines[i];
    fail_msg("no line of outcome %d", (int)outcome);
    return NULL;
}

/* The text is refused on that line, with words in the sentence, and nothing would be written. */
static void refused(struct book *book, const char *name, const char *text, unsigned line,
    const char *column, const char *words)
{
    struct import *import = import_text(book, name, text, false);
    const struct import_line *found = line_with(import, IMPORT_REFUSED);
    size_t count;

    import_changes(import, &count);
    assert_int_equal(count, 0);
    assert_int_equal(found->place.line, line);
    assert_string_equal(found->place.file, name);
    if (column == NULL)
        assert_null(found->place.column);
    else
        assert_string_equal(found->place.column, column);
    if (strstr(found->what, words) == NULL)
        fail_msg("“%s” does not say “%s”", found->what, words);
    import_free(&import);
}

/* --- the Mauricie's files ----------------------------------------------------------------------
 */

static void all_the_files_make_the_region(void **state)
{
    struct book *book = empty_region();
    struct counts counts = take(book, all_files, ALL_FILES);

    (void)state;
    assert_int_equal(counts.of[IMPORT_REFUSED], 0);
    assert_int_equal(counts.of[IMPORT_UPDATED], 0);
    assert_int_equal(how_many(book, CONCERT__KIND__TERRITORY), 6);
    assert_int_equal(how_many(book, CONCERT__KIND__MEMBERSHIP), 31);
    assert_int_equal(how_many(book, CONCERT__KIND__AUDIENCE), 4);
    assert_int_equal(how_many(book, CONCERT__KIND__PLAN), 2);
    assert_int_equal(how_many(book, CONCERT__KIND__OBJECTIVE), 4 + 10 + 1);
    assert_int_equal(how_many(book, CONCERT__KIND__ACTION), 27 + 20);
    assert_int_equal(how_many(book, CONCERT__KIND__SHARE), 45);
    assert_int_equal(how_many(book, CONCERT__KIND__PROJECT), 1);
    assert_int_equal(how_many(book, CONCERT__KIND__BUDGET_LINE), 7);
    assert_int_equal(how_many(book, CONCERT__KIND__FUNDING_REQUEST), 4);
    assert_int_equal(how_many(book, CONCERT__KIND__MILESTONE), 16);
    book_free(&book);
}

static void importing_again_changes_nothing(void **state)
{
    struct book *book = whole_region();
    struct counts counts = take(book, all_files, ALL_FILES);

    (void)state;
    assert_int_equal(counts.of[IMPORT_CREATED], 0);
    assert_int_equal(counts.of[IMPORT_UPDATED], 0);
    assert_int_equal(counts.of[IMPORT_KEPT], 0);
    assert_true(counts.of[IMPORT_UNCHANGED] > 200);
    for (size_t i = 0; i < ALL_FILES; i++) {
        counts = take(book, &all_files[i], 1);
        assert_int_equal(counts.of[IMPORT_CREATED] + counts.of[IMPORT_UPDATED], 0);
    }
    book_free(&book);
}

static void one_file_after_the_other_makes_the_same(void **state)
{
    static const char *const order[] = {DATA "territoires.csv", DATA "comites.csv",
        DATA "membres.csv", DATA "publics-cibles.csv", DATA "plan-2009-2010.csv",
        DATA "communication-2009-2010.csv", DATA "parts.csv", DATA "logement-budget.csv",
        DATA "logement-bailleurs.csv", DATA "logement-echeancier.csv"};
    struct book *together = whole_region(), *apart = empty_region();

    (void)state;
    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
        take(apart, &order[i], 1);
    for (size_t k = 0; k < kinds_count; k++)
        assert_int_equal(how_many(together, kinds[k].id), how_many(apart, kinds[k].id));
    assert_int_equal(take(apart, all_files, ALL_FILES).of[IMPORT_UPDATED], 0);
    book_free(&together);
    book_free(&apart);
}

static void a_file_given_twice_counts_once(void **state)
{
    static const char *const twice[] = {DATA "comites.csv", DATA "territoires.csv",
        DATA "membres.csv", DATA "membres.csv", DATA "comites.csv"};
    struct book *book = empty_region();

    (void)state;
    take(book, twice, 5);
    assert_int_equal(how_many(book, CONCERT__KIND__MEMBERSHIP), 31);
    book_free(&book);
}

static void committees_have_their_meetings_and_words(void **state)
{
    struct book *book = whole_region();
    const struct book_entry *coordination = find(book, "Comité de coordination", KIND_BIT(PARTY));
    const struct book_entry *housing = find(book, "comite en logement", KIND_BIT(PARTY));
    const struct book_entry *local = find(book, "Comité local de Mékinac", KIND_BIT(PARTY));
    const struct book_entry *followup = find(book, "Comité de suivi", KIND_BIT(PARTY));

    (void)state;
    assert_int_equal(book_number(coordination, "meetings_min", 0), 4);
    assert_int_equal(book_number(coordination, "meetings_max", 0), 6);
    assert_int_equal(book_number(followup, "type", 0), CONCERT__PARTY__TYPE__FOLLOWUP);
    assert_int_equal(book_number(housing, "type", 0), CONCERT__PARTY__TYPE__THEMATIC);
    assert_int_equal(book_number(housing, "meetings_min", -1), -1);
    assert_string_equal(book_text(housing, "context"), "Rencontres par année : à déterminer");
    assert_string_equal(book_text(housing, "mission"),
        "Portrait régional de l'habitation, puis plan d'action triennal");
    assert_null(book_text(local, "mission"));
    assert_string_equal(book_text(book_follow(book, local, "territory"), "code"), "MEK");
    book_free(&book);
}

static void words_added_to_the_context_stay(void **state)
{
    static const char *const files[] = {DATA "comites.csv"};
    struct book *book = whole_region();
    struct book_entry housing = *find(book, "comite en logement", KIND_BIT(PARTY));
    ProtobufCMessage *body =
        record_patch(housing.kind, housing.body, housing.body, NULL, 0, book_arena(book));
    const char *words = "Né en 2008.\nRencontres par année : à déterminer\nQuatre sous-comités.";

    (void)state;
    set_text(book, body, housing.kind, "context", words);
    housing.body = body;
    assert_true(book_put(book, &housing) && book_index(book));
    assert_int_equal(take(book, files, 1).of[IMPORT_UPDATED], 0);
    assert_string_equal(
        book_text(find(book, "comite en logement", KIND_BIT(PARTY)), "context"), words);
    book_free(&book);
}

static void seats_have_their_standing(void **state)
{
    struct book *book = whole_region();
    size_t count, members = 0, potential = 0, associates = 0, alone = 0;
    const struct book_entry *const *seats = book_list(book, CONCERT__KIND__MEMBERSHIP, &count);
    const struct book_entry *new = find(book, "Moisson Mauricie", KIND_BIT(PARTY));
    const struct book_entry *town = find(book, "Shawinigan", KIND_BIT(PARTY));

    (void)state;
    for (size_t i = 0; i < count; i++) {
        int64_t standing = book_number(seats[i], "standing", 0);

        members += standing == CONCERT__MEMBERSHIP__STANDING__MEMBER;
        potential += standing == CONCERT__MEMBERSHIP__STANDING__POTENTIAL;
        associates += standing == CONCERT__MEMBERSHIP__STANDING__ASSOCIATE;
        alone += book_follow(book, seats[i], "organization") == NULL;
    }
    assert_int_equal(members, 25);
    assert_int_equal(potential, 2);
    assert_int_equal(associates, 4);
    assert_int_equal(alone, 2);
    assert_int_equal(book_number(new, "type", 0), CONCERT__PARTY__TYPE__PARTNER);
    book_children(book, new->id, CONCERT__KIND__MEMBERSHIP, "organization", &count);
    assert_int_equal(count, 2);
    assert_string_equal(book_text(book_follow(book, town, "territory"), "code"), "SHA");
    book_children(book, find(book, "Démarche des premiers quartiers", KIND_BIT(PARTY))->id,
        CONCERT__KIND__MEMBERSHIP, "organization", &count);
    assert_int_equal(count, 1);
    book_children(book, find(book, CONSORTIUM, KIND_BIT(PARTY))->id, CONCERT__KIND__MEMBERSHIP,
        "organization", &count);
    assert_int_equal(count, 4);
    book_free(&book);
}

static void the_plan_has_its_dates_and_owner(void **state)
{
    struct book *book = whole_region();
    const struct book_entry *plan = find(book, "Plan d'action 2009-2010", KIND_BIT(PLAN));
    const struct book_entry *talk = find(book, "Plan de communication 2009-2010", KIND_BIT(PLAN));

    (void)state;
    assert_int_equal(book_number(plan, "type", 0), CONCERT__PLAN__TYPE__ANNUAL);
    assert_string_equal(book_text(plan, "starts_on"), "2009-03-01");
    assert_string_equal(book_text(plan, "ends_on"), "2010-03-31");
    assert_string_equal(book_text(book_follow(book, plan, "party"), "name"), CONSORTIUM);
    assert_int_equal(book_number(talk, "type", 0), CONCERT__PLAN__TYPE__COMMUNICATION);
    assert_string_equal(book_text(talk, "starts_on"), "2009-04-01");
    assert_string_equal(book_text(talk, "ends_on"), "2010-03-31");
    book_free(&book);
}

/* The text of a resource: the party's name or the role. */
static const char *resource(const struct book *book, const struct book_entry *entry)
{
    const struct book_entry *party = book_follow(book, entry, "party");

    return party == NULL ? book_text(entry, "role") : book_text(party, "name");
}

static bool has_resource(
    const struct book *book, const char *action, const char *words, bool linked)
{
    size_t count;
    const struct book_entry *const *list = book_children(book,
        find(book, action, KIND_BIT(ACTION))->id, CONCERT__KIND__RESPONSIBILITY, NULL, &count);

    for (size_t i = 0; i < count; i++)
        if (strcmp(resource(book, list[i]), words) == 0)
            return (book_follow(book, list[i], "party") != NULL) == linked;
    return false;
}

static void resources_are_linked_where_a_party_is_known(void **state)
{
    struct book *book = whole_region();
    size_t count;

    (void)state;
    assert_true(has_resource(book, "1.2.1", "Coordonnatrice", false));
    assert_true(has_resource(book, "1.2.1", "Comité de coordination", true));
    assert_true(has_resource(book, "1.2.1", "Secrétariat", false));
    assert_true(has_resource(book, "1.4.1", "Comités locaux", false));
    assert_true(has_resource(book, "1.3.4", "MAMROT", true));
    assert_true(has_resource(book, "1.3.4", "CRÉ", false));
    assert_true(has_resource(book, "1.3.3", "Comité de coordination et de soutien", false));
    assert_true(has_resource(book, "2.1.4", "Comité régional en transport collectif", true));
    /* Said twice in the cell: once is enough. */
    book_children(book, find(book, "4.4.1", KIND_BIT(ACTION))->id, CONCERT__KIND__RESPONSIBILITY,
        NULL, &count);
    assert_int_equal(count, 3);
    book_free(&book);
}

static void a_party_made_later_is_linked_by_the_next_import(void **state)
{
    static const char *const plan[] = {DATA "plan-2009-2010.csv"};
    static const char *const who[] = {DATA "territoires.csv", DATA "comites.csv"};
    struct book *book = empty_region();
    struct counts counts;
    size_t before;

    (void)state;
    take(book, plan, 1);
    assert_true(has_resource(book, "1.1.1", "Coordonnatrice", false));
    assert_true(has_resource(book, "3.1.2", "Comité de coordination", false));
    before = how_many(book, CONCERT__KIND__RESPONSIBILITY);
    take(book, who, 2);
    counts = take(book, plan, 1);
    assert_int_equal(counts.of[IMPORT_CREATED], 0);
    assert_int_equal(counts.of[IMPORT_KEPT], 0);
    assert_true(counts.of[IMPORT_UPDATED] > 5);
    assert_int_equal(how_many(book, CONCERT__KIND__RESPONSIBILITY), before);
    assert_true(has_resource(book, "3.1.2", "Comité de coordination", true));
    assert_int_equal(take(book, plan, 1).of[IMPORT_UPDATED], 0);
    book_free(&book);
}

static const struct book_entry *deadline(const struct book *book, const char *action, size_t index)
{
    size_t count;
    const struct book_entry *const *list = book_children(
        book, find(book, action, KIND_BIT(ACTION))->id, CONCERT__KIND__DEADLINE, NULL, &count);

    assert_true(index < count);
    return list[index];
}

static void deadlines_are_read(void **state)
{
    struct book *book = whole_region();
    size_t count;

    (void)state;
    book_children(
        book, find(book, "1.1.1", KIND_BIT(ACTION))->id, CONCERT__KIND__DEADLINE, NULL, &count);
    assert_int_equal(count, 5);
    assert_string_equal(book_text(deadline(book, "1.1.1", 1), "text"), "2 juin 2009");
    assert_string_equal(book_text(deadline(book, "1.1.1", 1), "label"), "Comité de coordination");
    assert_string_equal(book_text(deadline(book, "1.1.1", 1), "latest"), "2009-06-02");
    assert_int_equal(
        book_number(deadline(book, "1.4.1", 0), "mode", 0), CONCERT__DEADLINE__MODE__CONTINUOUS);
    assert_int_equal(
        book_number(deadline(book, "2.1.2", 0), "mode", 0), CONCERT__DEADLINE__MODE__RECURRING);
    assert_int_equal(book_number(deadline(book, "2.1.2", 0), "times_min", 0), 8);
    assert_string_equal(book_text(deadline(book, "1.2.5", 0), "calendar_of"), "INSPQ");
    book_free(&book);
}

static void what_cannot_be_read_is_kept_and_told(void **state)
{
    struct book *book = empty_region();
    struct import *import = import_text(book, "plan-2009-2010.csv",
        "Objectif;Objectif spécifique;Action;Ressources;Échéancier\n"
        "1. Un;1.1 Deux;1.1.1 Trois;Moi;\"Quand la lune sera pleine\nMai 2009\"\n",
        true);
    const struct import_line *line = line_with(import, IMPORT_WARNING);
    size_t count, found = 0;
    const struct desk_change *changes = import_changes(import, &count);

    (void)state;
    assert_int_equal(line->place.line, 2);
    assert_string_equal(line->place.column, "Échéancier");
    assert_non_null(strstr(line->what, "Quand la lune sera pleine"));
    for (size_t i = 0; i < count; i++)
        if (changes[i].kind->id == CONCERT__KIND__DEADLINE) {
            const Concert__Deadline *body = (const Concert__Deadline *)changes[i].patch;

            found += strcmp(body->text, "Quand la lune sera pleine") == 0 && !body->has_mode;
        }
    assert_int_equal(found, 1);
    import_free(&import);
    book_free(&book);
}

static void communication_has_goals_and_audiences(void **state)
{
    struct book *book = whole_region();
    const struct book_entry *first = find(book, "A.1", KIND_BIT(ACTION));
    const struct book_entry *last = find(book, "A.20", KIND_BIT(ACTION));
    const struct book_entry *sixth = find(book, "A.6", KIND_BIT(ACTION));
    const ProtobufCFieldDescriptor *audiences = record_field(first->kind, "audiences");

    (void)state;
    assert_int_equal(
        book_number(first, "communication_goal", 0), CONCERT__ACTION__GOAL__INFORMATION);
    assert_int_equal(record_count(first->body, audiences), 4);
    assert_int_equal(
        book_number(sixth, "communication_goal", 0), CONCERT__ACTION__GOAL__BEHAVIOURS);
    assert_int_equal(record_count(last->body, audiences), 1);
    assert_string_equal(book_text(first, "annex"), "A");
    assert_string_equal(book_text(deadline(book, "A.13", 0), "latest"), "2011-12-31");
    assert_string_equal(book_text(find(book, "2.1.3", KIND_BIT(ACTION)), "annex"), "D");
    book_free(&book);
}

/* --- nothing of a cell is dropped --------------------------------------------------------------
 */

/* All texts of the region, folded, one after the other. */
static char *all_words(const struct book *book)
{
    size_t room = (size_t)1 << 20, used = 0;
    char *all = calloc(1, room);

    assert_non_null(all);
    for (size_t k = 0; k < kinds_count; k++) {
        size_t count;
        const struct book_entry *const *list = book_list(book, kinds[k].id, &count);

        for (size_t i = 0; i < count; i++)
            for (unsigned f = 0; f < kinds[k].descriptor->n_fields; f++) {
                const char *name = kinds[k].descriptor->fields[f].name;
                const char *text =
                    kinds[k].descriptor->fields[f].type == PROTOBUF_C_TYPE_STRING &&
                            kinds[k].descriptor->fields[f].label != PROTOBUF_C_LABEL_REPEATED
                        ? book_text(list[i], name)
                        : NULL;

                if (text == NULL)
                    continue;
                used += text_fold(text, all + used, room - used);
                all[used++] = '\n';
                assert_true(used < room / 2);
            }
    }
    return all;
}

/* Each word of the columns from `first` on must be in some text. */
static void check_words(const char *path, size_t first, const char *all)
{
    struct csvfile_error error;
    struct csvfile *file = csvfile_read(path, &error);
    char folded[4096];

    assert_non_null(file);
    for (size_t row = 1; row < csvfile_rows(file); row++)
        for (size_t column = first; column < csvfile_cells(file, row); column++) {
            char *rest = folded, *word;

            text_fold(csvfile_cell(file, row, column), folded, sizeof(folded));
            while ((word = strsep(&rest, " \n:;,")) != NULL)
                /* "et" joins two deadlines, "1." is the number 1. */
                if (strlen(word) > 2 && strstr(all, word) == NULL)
                    fail_msg("%s:%u lost “%s”", path, csvfile_line(file, row, column), word);
        }
    csvfile_free(&file);
}

static void no_word_is_lost(void **state)
{
    struct book *book = whole_region();
    char *all = all_words(book);

    (void)state;
    check_words(DATA "plan-2009-2010.csv", 0, all);
    check_words(DATA "membres.csv", 0, all);
    check_words(DATA "publics-cibles.csv", 1, all);
    free(all);
    book_free(&book);
}

/* --- changes -----------------------------------------------------------------------------------
 */

#define PLAN_HEADER "Objectif;Objectif spécifique;Action;Ressources;Échéancier\n"

static void a_changed_file_updates_and_keeps(void **state)
{
    struct book *book = empty_region();
    struct import *import;
    const struct desk_change *changes;
    struct counts counts;
    size_t count;

    (void)state;
    import = import_text(book, "plan-2009-2010.csv",
        PLAN_HEADER "1. Un;1.1 Deux;1.1.1 Trois;Moi;Mai 2009\n1. Un;1.1 Deux;1.1.2 Quatre;;\n",
        true);
    changes = import_changes(import, &count);
    for (size_t i = 0; i < count; i++)
        apply(book, &changes[i]);
    import_free(&import);
    import = import_text(book, "plan-2009-2010.csv",
        PLAN_HEADER "1. Un;1.1 Deux;1.1.1 Trois autrement;Moi, toi;Juin 2009\n", true);
    counts = count_lines(import);
    assert_int_equal(counts.of[IMPORT_UPDATED], 1);
    assert_int_equal(counts.of[IMPORT_CREATED], 2);
    assert_int_equal(counts.of[IMPORT_KEPT], 2);
    assert_string_equal(line_with(import, IMPORT_UPDATED)->handle, "1.1.1");
    assert_non_null(strstr(line_with(import, IMPORT_UPDATED)->what, "Trois autrement"));
    import_free(&import);
    book_free(&book);
}

static void blank_objectives_are_those_above(void **state)
{
    struct book *book = empty_region();
    char *path = write_text("plan-2009-2010.csv",
        PLAN_HEADER "1. Un;1.1 Deux;1.1.1 A;;\n;;1.1.2 B;;\n;1.2 Trois;1.2.1 C;;\n2. Q;;2.1 D;;\n");
    const char *files[] = {path};

    (void)state;
    take(book, files, 1);
    forget(path);
    assert_int_equal(how_many(book, CONCERT__KIND__ACTION), 4);
    assert_string_equal(
        book_text(book_follow(book, find(book, "1.1.2", KIND_BIT(ACTION)), "objective"), "number"),
        "1.1");
    assert_string_equal(
        book_text(book_follow(book, find(book, "2.1", KIND_BIT(ACTION)), "objective"), "number"),
        "2");
    book_free(&book);
}

static void a_plan_may_be_named_and_dated(void **state)
{
    struct book *book = empty_region();
    struct import_options options = plain;
    const struct book_entry *plan;
    const char *files[1];
    char *path;

    (void)state;
    refused(book, "feuille1.csv", PLAN_HEADER "1. Un;;1.1 A;;\n", 1, NULL, "--year");
    path = write_text("feuille.csv", PLAN_HEADER "1. Un;;1.1 A;;\n");
    files[0] = path;
    options.years = "2010-2013";
    take_with(book, &options, files, 1);
    plan = find(book, "Plan d'action 2010-2013", KIND_BIT(PLAN));
    assert_int_equal(book_number(plan, "type", 0), CONCERT__PLAN__TYPE__TRIENNIAL);
    assert_string_equal(book_text(plan, "ends_on"), "2013-03-31");
    options.years = NULL;
    options.plan = plan->handle;
    assert_int_equal(take_with(book, &options, files, 1).of[IMPORT_CREATED], 0);
    options.plan = "Notre plan";
    import_free(&(struct import *){settle(book, &options, files, 1, false)});
    assert_true(
        date_parse("2009-01-01", &options.from) && date_parse("2009-12-31", &options.until));
    take_with(book, &options, files, 1);
    assert_string_equal(
        book_text(find(book, "Notre plan", KIND_BIT(PLAN)), "starts_on"), "2009-01-01");
    forget(path);
    book_free(&book);
}

/* --- other forms of the same -------------------------------------------------------------------
 */

/* The file in Windows-1252, with commas. */
static size_t other_form(const char *path, char *out, size_t room)
{
    struct csvfile_error error;
    struct csvfile *file = csvfile_read(path, &error);
    size_t used = 0;

    assert_non_null(file);
    for (size_t row = 0; row < csvfile_rows(file); row++)
        for (size_t column = 0; column < csvfile_cells(file, row); column++) {
            const char *cell = csvfile_cell(file, row, column);
            uint32_t codepoint;
            size_t length, rest = strlen(cell);

            out[used++] = '"';
            for (; (length = text_decode(cell, rest, &codepoint)) > 0;
                 cell += length, rest -= length) {
                assert_true(codepoint < 256);
                out[used++] = (char)codepoint;
            }
            out[used++] = '"';
            out[used++] = column + 1 == csvfile_cells(file, row) ? '\n' : ',';
            assert_true(used < room / 2);
        }
    csvfile_free(&file);
    return used;
}

static void windows_and_commas_read_the_same(void **state)
{
    struct book *book = whole_region();

    (void)state;
    for (size_t i = 0; i < ALL_FILES; i++) {
        static char bytes[65536];
        char *path = write_file(
            strrchr(all_files[i], '/') + 1, bytes, other_form(all_files[i], bytes, sizeof(bytes)));
        const char *files[] = {path};
        struct counts counts = take(book, files, 1);

        assert_int_equal(counts.of[IMPORT_CREATED] + counts.of[IMPORT_UPDATED], 0);
        assert_true(counts.of[IMPORT_UNCHANGED] > 3);
        forget(path);
    }
    book_free(&book);
}

/* --- broken files ------------------------------------------------------------------------------
 */

static void broken_files_are_refused_by_line(void **state)
{
    struct book *book = whole_region();

    (void)state;
    refused(book, "t.csv", "Code;Nom;Type\nX;Y;\"MRC\nZ;W;Ville\n", 2, NULL, "quotation mark");
    refused(book, "t.csv", "Code;Nom\nX;Y\n", 1, "Type", "missing");
    refused(book, "t.csv", "Code;Nom;Tipe\nX;Y;MRC\n", 1, "Type", "Tipe");
    refused(book, "t.csv", "Rien;Du;Tout\n1;2;3\n", 1, NULL, "a table of territories");
    refused(book, "t.csv", "Code;Nom;Type\nX;Y;MRC;Z\n", 2, NULL, "4 cells");
    refused(book, "t.csv", "Code;Nom;Type\nX;Y\n", 2, NULL, "2 cells");
    refused(book, "t.csv", "Code;Nom;Type\nA;B;MRC\nX;Y;Vile\n", 3, "Type", "Vile");
    refused(book, "t.csv", "Code;Nom;Type\n;B;MRC\n", 2, "Nom", "code");
    refused(book, "t.csv", "", 0, NULL, "empty");
    book_free(&book);
}

static void wrong_names_and_numbers_offer_the_nearest(void **state)
{
    struct book *book = whole_region();

    (void)state;
    refused(book, "p.csv", "Action;Comité\n1.1.1;Comité local de Mékinak\n", 2, "Comité",
        "Comité local de Mékinac");
    refused(book, "p.csv", "Action;Comité\n9.9.9;Comité local de Mékinac\n", 2, "Action", "9.9.9");
    refused(
        book, "c.csv", "Comité;Type;Territoire\nUn;Local;Chenaux\n", 2, "Territoire", "Chenaux");
    refused(book, "m.csv", "Comité;Organisme;Siège\nNul;CDC;membre\n", 2, "Comité", "Nul");
    refused(book, "m.csv", "Comité;Organisme;Siège\nComité en logement;CDC;\n", 2, "Siège", "seat");
    refused(book, "k-2009.csv", "Actions;Objectifs;Public-cible;Échéancier\nA;Information;9;\n", 2,
        "Public-cible", "9");
    refused(book, "plan-2009-2010.csv", PLAN_HEADER "1. Un;1.1 Deux;Sans numéro;;\n", 2, "Action",
        "number");
    book_free(&book);
}

static void rows_that_contradict_each_other_are_refused(void **state)
{
    struct book *book = empty_region();

    (void)state;
    refused(book, "plan-2009-2010.csv",
        PLAN_HEADER "1. Un;1.1 Deux;1.1.1 A;;\n1. Un;1.1 Autre;1.1.2 B;;\n", 3,
        "Objectif spécifique", "line 2");
    refused(book, "t.csv", "Code;Nom;Type\nX;Y;MRC\nX;Z;MRC\n", 3, "Nom", "line 2");
    book_free(&book);
}

/* --- the housing project -----------------------------------------------------------------------
 */

static void the_housing_project_is_the_committees(void **state)
{
    struct book *book = whole_region();
    const struct book_entry *project = find(book, "Projet en logement", KIND_BIT(PROJECT));
    const struct book_entry *const *lines;
    int64_t planned = 0;
    size_t count;

    (void)state;
    assert_string_equal(
        book_text(book_follow(book, project, "party"), "name"), "Comité en logement");
    assert_string_equal(book_follow(book, project, "action")->handle, "2.1.3");
    lines = book_children(book, project->id, CONCERT__KIND__BUDGET_LINE, NULL, &count);
    assert_int_equal(count, 7);
    for (size_t i = 0; i < count; i++)
        planned += book_number(lines[i], "planned", 0);
    assert_int_equal(planned, 11160000);
    assert_int_equal(
        book_number(find(book, "Frais de bureau", KIND_BIT(BUDGET_LINE)), "planned", 0), 960000);
    book_free(&book);
}

static const struct book_entry *request_of(const struct book *book, const char *funder)
{
    size_t count;
    const struct book_entry *const *list = book_children(book,
        find(book, funder, KIND_BIT(PARTY))->id, CONCERT__KIND__FUNDING_REQUEST, "funder", &count);

    assert_int_equal(count, 1);
    return list[0];
}

static void funders_are_asked_without_amounts(void **state)
{
    struct book *book = whole_region();
    const struct book_entry *cre = request_of(book, "Conférence régionale des élus de la Mauricie");
    const struct book_entry *shq = request_of(book, "Société d'habitation du Québec");
    const struct book_entry *const *deadlines;
    size_t count;

    (void)state;
    assert_int_equal(book_number(cre, "status", 0), CONCERT__FUNDING_REQUEST__STATUS__AWAITING);
    assert_string_equal(book_text(cre, "note"), "réponse attendue pour mai 2009");
    assert_int_equal(book_number(cre, "amount", -1), -1);
    deadlines = book_children(book, cre->id, CONCERT__KIND__DEADLINE, NULL, &count);
    assert_int_equal(count, 1);
    assert_string_equal(book_text(deadlines[0], "text"), "mai 2009");
    assert_string_equal(book_text(deadlines[0], "latest"), "2009-05-31");
    assert_int_equal(book_number(shq, "status", 0), CONCERT__FUNDING_REQUEST__STATUS__NEEDED);
    assert_null(book_text(shq, "note"));
    book_children(book, shq->id, CONCERT__KIND__DEADLINE, NULL, &count);
    assert_int_equal(count, 0);
    assert_int_equal(
        book_number(book_follow(book, shq, "funder"), "type", 0), CONCERT__PARTY__TYPE__PARTNER);
    /* The names of the regional conference stay apart. */
    assert_ptr_not_equal(
        find(book, "CRÉ de la Mauricie", KIND_BIT(PARTY)), book_follow(book, cre, "funder"));
    book_free(&book);
}

static bool warned(const struct import *import, const char *words, const char *also)
{
    size_t count;
    const struct import_line *lines = import_lines(import, &count);

    for (size_t i = 0; i < count; i++)
        if (lines[i].outcome == IMPORT_WARNING && strstr(lines[i].what, words) != NULL &&
            strstr(lines[i].what, also) != NULL)
            return true;
    return false;
}

static void what_was_chosen_and_doubted_is_told(void **state)
{
    struct book *book = empty_region();
    struct import *import = settle(book, &plain, all_files, ALL_FILES, true);

    (void)state;
    assert_true(warned(import, "Projet en logement", "2.1.3"));
    assert_true(
        warned(import, "“Conférence régionale des élus de la Mauricie”", "“CRÉ de la Mauricie”"));
    assert_true(warned(import, "“Agence de la santé et des services sociaux de la Mauricie",
        "“Agence de la santé et des services sociaux”"));
    import_free(&import);
    book_free(&book);
}

static void milestones_have_phases_deadlines_and_people(void **state)
{
    struct book *book = whole_region();
    const struct book_entry *first = find(book, "Concevoir et planifier", KIND_BIT(MILESTONE));
    const struct book_entry *tools = find(book, "créer des outils de travail", KIND_BIT(MILESTONE));
    const struct book_entry *hire = find(book, "Embaucher un agent", KIND_BIT(MILESTONE));
    const struct book_entry *const *list;
    size_t count;

    (void)state;
    assert_string_equal(book_text(first, "phase"), "Préparation");
    assert_int_equal(book_number(first, "rank", 0), 1);
    list = book_children(book, first->id, CONCERT__KIND__RESPONSIBILITY, NULL, &count);
    assert_int_equal(count, 1);
    assert_string_equal(resource(book, list[0]), CONSORTIUM);
    assert_non_null(book_follow(book, list[0], "party"));
    assert_string_equal(book_text(tools, "phase"), "Volet 2");
    assert_string_equal(book_text(tools, "title"),
        "créer des outils de travail; mettre en place et suivre les projets");
    assert_int_equal(book_number(tools, "rank", 0), 13);
    list = book_children(book, tools->id, CONCERT__KIND__DEADLINE, NULL, &count);
    assert_int_equal(count, 2);
    assert_string_equal(book_text(list[0], "text"), "Été 2010");
    assert_string_equal(book_text(list[1], "latest"), "2010-12-20");
    list = book_children(book, hire->id, CONCERT__KIND__RESPONSIBILITY, NULL, &count);
    assert_int_equal(count, 2);
    assert_string_equal(resource(book, list[1]), "Conférence régionale des élus");
    assert_null(book_follow(book, list[1], "party"));
    book_free(&book);
}

static void a_total_that_is_none_is_told_with_both_figures(void **state)
{
    struct book *book = whole_region();
    struct import *import = import_text(book, "logement-budget.csv",
        "Poste;Coût estimé sur 24 mois\nCafé;1 000,50 $\nThé;200 $\nTotal;1 300 $\n", true);

    (void)state;
    assert_true(warned(import, "$1,300", "$1,200.50"));
    assert_int_equal(line_with(import, IMPORT_CREATED)->kind->id, CONCERT__KIND__BUDGET_LINE);
    import_free(&import);
    refused(book, "logement-budget.csv", "Poste;Coût\nCafé;cher\n", 2, "Coût", "cher");
    refused(book, "budget.csv", "Poste;Coût\nCafé;1 $\n", 1, NULL, "--project");
    book_free(&book);
}

static void what_was_noted_since_stays(void **state)
{
    static const char *const files[] = {DATA "logement-bailleurs.csv"};
    struct book *book = whole_region();
    struct book_entry cre = *request_of(book, "Conférence régionale des élus de la Mauricie");
    struct record_value granted = {.number = CONCERT__FUNDING_REQUEST__STATUS__GRANTED};
    struct record_value amount = {.number = 4000000};
    ProtobufCMessage *body = record_patch(cre.kind, cre.body, cre.body, NULL, 0, book_arena(book));

    (void)state;
    assert_true(record_set(body, record_field(cre.kind, "status"), &granted, 1, book_arena(book)) &&
                record_set(body, record_field(cre.kind, "granted"), &amount, 1, book_arena(book)));
    cre.body = body;
    assert_true(book_put(book, &cre) && book_index(book));
    assert_int_equal(take(book, files, 1).of[IMPORT_UPDATED], 0);
    book_free(&book);
}

static void a_project_may_be_named(void **state)
{
    struct book *book = whole_region();
    struct import_options options = plain;
    char *path = write_text("x.csv", "Poste;Coût\nCafé;12,50 $\n");
    const char *files[] = {path};
    size_t count;

    (void)state;
    options.project = "Cuisine collective";
    take_with(book, &options, files, 1);
    book_children(book, find(book, "Cuisine collective", KIND_BIT(PROJECT))->id,
        CONCERT__KIND__BUDGET_LINE, NULL, &count);
    assert_int_equal(count, 1);
    assert_int_equal(how_many(book, CONCERT__KIND__PROJECT), 2);
    assert_int_equal(take_with(book, &options, files, 1).of[IMPORT_CREATED], 0);
    forget(path);
    book_free(&book);
}

static void unknown_columns_are_told(void **state)
{
    struct book *book = empty_region();
    struct import *import =
        import_text(book, "t.csv", "Humeur;Type;Nom;Code\ngaie;MRC;Y;X\n", true);
    const struct import_line *line = line_with(import, IMPORT_WARNING);

    (void)state;
    assert_non_null(strstr(line->what, "Humeur"));
    assert_string_equal(line_with(import, IMPORT_CREATED)->name, "Y");
    import_free(&import);
    book_free(&book);
}

static void parts_ask_which_plan_when_two_have_the_number(void **state)
{
    struct book *book = whole_region();
    char *path = write_text("plan-2010-2011.csv", PLAN_HEADER "1. Un;1.1 A;1.1.1 B;;\n");
    const char *files[] = {path};
    struct import_options options = plain;

    (void)state;
    take(book, files, 1);
    forget(path);
    refused(book, "p.csv", "Action;Comité\n1.1.1;Comité de soutien\n", 2, "Action", "--plan");
    path = write_text("p.csv", "Action;Comité\n1.1.1;Comité de soutien\n");
    options.plan = "plan d'action 2010-2011";
    assert_int_equal(take_with(book, &options, files, 1).of[IMPORT_CREATED], 1);
    options.plan = "plan d'action 2050";
    import_free(&(struct import *){settle(book, &options, files, 1, false)});
    forget(path);
    book_free(&book);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_the_files_make_the_region),
        cmocka_unit_test(importing_again_changes_nothing),
        cmocka_unit_test(one_file_after_the_other_makes_the_same),
        cmocka_unit_test(a_file_given_twice_counts_once),
        cmocka_unit_test(committees_have_their_meetings_and_words),
        cmocka_unit_test(words_added_to_the_context_stay),
        cmocka_unit_test(seats_have_their_standing),
        cmocka_unit_test(the_plan_has_its_dates_and_owner),
        cmocka_unit_test(resources_are_linked_where_a_party_is_known),
        cmocka_unit_test(a_party_made_later_is_linked_by_the_next_import),
        cmocka_unit_test(deadlines_are_read),
        cmocka_unit_test(what_cannot_be_read_is_kept_and_told),
        cmocka_unit_test(communication_has_goals_and_audiences),
        cmocka_unit_test(no_word_is_lost),
        cmocka_unit_test(a_changed_file_updates_and_keeps),
        cmocka_unit_test(blank_objectives_are_those_above),
        cmocka_unit_test(a_plan_may_be_named_and_dated),
        cmocka_unit_test(windows_and_commas_read_the_same),
        cmocka_unit_test(broken_files_are_refused_by_line),
        cmocka_unit_test(wrong_names_and_numbers_offer_the_nearest),
        cmocka_unit_test(rows_that_contradict_each_other_are_refused),
        cmocka_unit_test(the_housing_project_is_the_committees),
        cmocka_unit_test(funders_are_asked_without_amounts),
        cmocka_unit_test(what_was_chosen_and_doubted_is_told),
        cmocka_unit_test(milestones_have_phases_deadlines_and_people),
        cmocka_unit_test(a_total_that_is_none_is_told_with_both_figures),
        cmocka_unit_test(what_was_noted_since_stays),
        cmocka_unit_test(a_project_may_be_named),
        cmocka_unit_test(unknown_columns_are_told),
        cmocka_unit_test(parts_ask_which_plan_when_two_have_the_number),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
