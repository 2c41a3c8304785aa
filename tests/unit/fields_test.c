#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "date.h"
#include "input/fields.h"
#include "input/form.h"
#include "small_book.h"

struct bench {
    struct book *book;
    struct arena *arena;
    struct fields_reader reader;
    struct fields_patch patch;
    struct fields_problem problem;
};

static int set_up(void **state)
{
    struct bench *bench = test_calloc(1, sizeof(*bench));

    bench->book = book_new();
    bench->arena = arena_new((size_t)1 << 20);
    small_book_put(bench->book, "territory", "T1", 0, "code=MEK|name=Mékinac");
    small_book_put(bench->book, "party", "I1", 0, "name=Comité local de Mékinac|type=local");
    small_book_put(bench->book, "party", "I2", 0, "name=Comité de soutien|type=support");
    small_book_put(bench->book, "party", "I3", 0, "name=Comité de suivi|type=followup");
    small_book_put(bench->book, "plan", "PL1", 0,
        "title=Plan|type=annual|party=@I2|starts_on=2009-04-01|ends_on=2010-03-31");
    small_book_put(bench->book, "objective", "1", 0, "plan=@PL1|number=1|title=Concerter");
    small_book_put(bench->book, "action", "1.1", 0, "objective=@1|number=1.1|title=Rencontres");
    small_book_put(bench->book, "share", "PA1", 0,
        "action=@1.1|party=@I1|status=under_way|percent=40|next_step=Trouver une salle");
    assert_true(book_index(bench->book));
    bench->reader = (struct fields_reader){.book = bench->book,
        .arena = bench->arena,
        .language = "fr",
        .today = date_from_civil(2009, 10, 15)};
    *state = bench;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;

    book_free(&bench->book);
    arena_free(&bench->arena);
    test_free(bench);
    return 0;
}

static void begin(struct bench *bench, const char *kind)
{
    assert_true(fields_begin(&bench->reader, kinds_by_name(kind), &bench->patch));
}

static bool word(struct bench *bench, const char *text)
{
    return fields_word(&bench->reader, &bench->patch, text, &bench->problem);
}

static const char *value(struct bench *bench, const char *field)
{
    const ProtobufCFieldDescriptor *descriptor = record_field(bench->patch.kind, field);

    if (record_count(bench->patch.message, descriptor) == 0)
        return NULL;
    return record_text(bench->patch.kind, descriptor,
        record_get(bench->patch.message, descriptor, 0), bench->arena);
}

static void names_and_lists_are_read_in_either_language(void **state)
{
    struct bench *bench = *state;

    begin(bench, "share");
    assert_true(word(bench, "état=en-cours"));
    assert_true(word(bench, "Pourcentage = 60 %"));
    assert_true(word(bench, "next step=Écrire"));
    assert_true(word(bench, "aide = comité de soutien"));
    assert_string_equal(value(bench, "status"), "under_way");
    assert_string_equal(value(bench, "percent"), "60");
    assert_string_equal(value(bench, "next_step"), "Écrire");
    assert_memory_equal(record_reference(bench->patch.message, bench->patch.kind, "help_from"),
        small_book_get(bench->book, "I2")->id, UUID_SIZE);
    begin(bench, "share");
    assert_true(word(bench, "status=under way"));
    assert_string_equal(value(bench, "status"), "under_way");
}

static void an_unknown_field_offers_the_nearest(void **state)
{
    struct bench *bench = *state;

    begin(bench, "share");
    assert_false(word(bench, "pourcentaje=60"));
    assert_string_equal(bench->problem.rule, "field");
    assert_string_equal(bench->problem.field, "pourcentaje");
    assert_non_null(strstr(bench->problem.sentence, "Did you mean “pourcentage”"));
    assert_non_null(strstr(bench->problem.sentence, "prochaine étape"));
    assert_false(word(bench, "60"));
    assert_string_equal(bench->problem.rule, "shape");
    assert_false(word(bench, "=60"));
    assert_string_equal(bench->problem.rule, "shape");
}

static void an_unknown_value_offers_the_nearest_and_all(void **state)
{
    struct bench *bench = *state;

    begin(bench, "share");
    assert_false(word(bench, "état=bloqée"));
    assert_string_equal(bench->problem.rule, "choice");
    assert_string_equal(bench->problem.field, "status");
    assert_non_null(strstr(bench->problem.sentence, "Did you mean “bloquée”"));
    assert_non_null(strstr(bench->problem.sentence, "en cours"));
    assert_null(value(bench, "status"));
}

static void numbers_have_bounds(void **state)
{
    static const char *const off[] = {"pourcentage=101", "pourcentage=-1"};
    static const char *const no[] = {
        "pourcentage=soixante", "pourcentage=6,5", "pourcentage=%", "pourcentage=--"};
    struct bench *bench = *state;

    for (size_t i = 0; i < 2; i++) {
        begin(bench, "share");
        assert_false(word(bench, off[i]));
        assert_string_equal(bench->problem.rule, "range");
        assert_non_null(strstr(bench->problem.sentence, "from 0 to 100"));
    }
    for (size_t i = 0; i < 4; i++) {
        begin(bench, "share");
        assert_false(word(bench, no[i]));
        assert_string_equal(bench->problem.rule, "number");
    }
    begin(bench, "territory");
    assert_true(word(bench, "population=12 3\u00a045"));
    assert_string_equal(value(bench, "population"), "12345");
}

static void days_are_read_in_any_form(void **state)
{
    static const struct {
        const char *typed, *iso;
    } days[] = {{"pour le=2 juin 2009", "2009-06-02"}, {"due=June 2, 2009", "2009-06-02"},
        {"due=2009-06-02", "2009-06-02"}, {"due=aujourd’hui", "2009-10-15"},
        {"due=hier", "2009-10-14"}, {"due=1er mai 2010", "2010-05-01"}};
    struct bench *bench = *state;

    for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
        begin(bench, "share");
        assert_true(word(bench, days[i].typed));
        assert_string_equal(value(bench, "due"), days[i].iso);
    }
    begin(bench, "share");
    assert_false(word(bench, "due=Septembre 2009"));
    assert_string_equal(bench->problem.rule, "date");
    assert_false(word(bench, "due=31 février 2010"));
}

static void references_are_found_or_offered(void **state)
{
    struct bench *bench = *state;

    begin(bench, "share");
    assert_true(word(bench, "instance=i1"));
    assert_false(word(bench, "aide=comité de s"));
    assert_string_equal(bench->problem.rule, "several");
    assert_non_null(strstr(bench->problem.sentence, "I3  Comité de suivi"));
    begin(bench, "share");
    assert_false(word(bench, "aide=comité de soutient"));
    assert_string_equal(bench->problem.rule, "reference");
    assert_non_null(strstr(bench->problem.sentence, "I2  Comité de soutien"));
    begin(bench, "share");
    assert_false(word(bench, "aide=1.1"));
}

static void an_empty_value_clears(void **state)
{
    struct bench *bench = *state;

    begin(bench, "share");
    assert_true(word(bench, "suite="));
    assert_true(word(bench, "cause=-"));
    assert_int_equal(bench->patch.n_clear, 2);
    assert_string_equal(bench->patch.clear[0], "next_step");
    assert_string_equal(bench->patch.clear[1], "blocked_by");
    assert_false(word(bench, "cause=salle"));
    assert_string_equal(bench->problem.rule, "twice");
}

static void lists_are_cut_and_repeated(void **state)
{
    struct bench *bench = *state;
    const ProtobufCFieldDescriptor *field =
        record_field(kinds_by_name("territory"), "municipalities");

    begin(bench, "territory");
    assert_true(word(bench, "municipalités=Saint-Tite, Hérouxville ,"));
    assert_true(word(bench, "municipalités=Lac-aux-Sables, secteur nord; Trois-Rives"));
    assert_int_equal(record_count(bench->patch.message, field), 4);
    assert_string_equal(
        record_get(bench->patch.message, field, 2).data, "Lac-aux-Sables, secteur nord");
    begin(bench, "account");
    assert_true(word(bench, "instances=comité de soutien, I3"));
    assert_int_equal(
        record_count(bench->patch.message, record_field(bench->patch.kind, "parties")), 2);
    assert_true(word(bench, "actif=non"));
    assert_string_equal(value(bench, "active"), "false");
    assert_true(word(bench, "rôle=rédactrice"));
    assert_string_equal(value(bench, "role"), "editor");
}

static bool resolve(void *arg, uint64_t asked, const char *typed, uint8_t id_r[UUID_SIZE])
{
    (void)arg;
    if (!(asked & KIND_BIT(PARTY)) || strcmp(typed, "Nouvelle instance") != 0)
        return false;
    memset(id_r, 7, UUID_SIZE);
    return true;
}

static void new_records_of_an_import_come_first(void **state)
{
    struct bench *bench = *state;

    bench->reader.resolve = resolve;
    begin(bench, "share");
    assert_true(word(bench, "instance=Nouvelle instance"));
    assert_int_equal(record_reference(bench->patch.message, bench->patch.kind, "party")[5], 7);
    assert_true(word(bench, "aide=I2"));
}

static void deadlines_are_filled_from_what_was_read(void **state)
{
    struct bench *bench = *state;
    struct schedule schedule;

    begin(bench, "deadline");
    assert_true(schedule_read("Dépôt du projet en mai 2009", &schedule));
    assert_true(fields_schedule(&bench->reader, &bench->patch, &schedule, false));
    assert_string_equal(value(bench, "mode"), "dated");
    assert_string_equal(value(bench, "latest"), "2009-05-31");
    assert_string_equal(value(bench, "precision"), "month");
    assert_string_equal(value(bench, "text"), "Dépôt du projet en mai 2009");
    assert_int_equal(bench->patch.n_clear, 0);
    begin(bench, "deadline");
    assert_false(schedule_read("quand on pourra", &schedule));
    assert_true(fields_schedule(&bench->reader, &bench->patch, &schedule, true));
    assert_string_equal(value(bench, "text"), "quand on pourra");
    assert_null(value(bench, "mode"));
    assert_int_equal(bench->patch.n_clear, 8);
}

static void missing_fields_are_named(void **state)
{
    struct bench *bench = *state;

    begin(bench, "action");
    assert_true(word(bench, "titre=Forum"));
    assert_string_equal(fields_missing(&bench->reader, &bench->patch, NULL), "objectif, numéro");
    assert_true(word(bench, "objectif=1"));
    assert_true(word(bench, "numéro=1.2"));
    assert_null(fields_missing(&bench->reader, &bench->patch, NULL));
}

static void moments_are_read_in_any_form(void **state)
{
    static const struct {
        const char *typed, *iso;
    } moments[] = {{"2009-06-02 13 h 30", "2009-06-02T13:30"}, {"2009-06-02", "2009-06-02"},
        {"2 juin 2009 13h30", "2009-06-02T13:30"}, {"2 juin 2009, 13 h 05", "2009-06-02T13:05"},
        {"2 juin 2009 à 9 h", "2009-06-02T09:00"}, {"2009-06-02T13:30", "2009-06-02T13:30"},
        {"2009-06-02 9:05", "2009-06-02T09:05"}, {"June 2, 2009 at 1:30 pm", "2009-06-02T13:30"},
        {"June 2, 2009 12 am", "2009-06-02T00:00"}, {"demain 9 h", "2009-10-16T09:00"},
        {"Aujourd’hui à midi", "2009-10-15T12:00"}, {"1er février 2010", "2010-02-01"}};
    static const char *const wrong[] = {"2009-06-02 25 h", "2009-06-02 13 h 60", "13 h 30",
        "juin 2009 13 h", "2009-06-02 13", "2009-06-02 13:", "2009-06-31 9 h", "2009-06-02 13 pm 5",
        "2009-06-02 0 pm", "2 juin 2009 au matin"};
    struct bench *bench = *state;

    for (size_t i = 0; i < sizeof(moments) / sizeof(moments[0]); i++) {
        begin(bench, "meeting");
        assert_true(fields_set(&bench->reader, &bench->patch,
            record_field(bench->patch.kind, "starts_at"), moments[i].typed, &bench->problem));
        assert_string_equal(value(bench, "starts_at"), moments[i].iso);
    }
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        begin(bench, "meeting");
        if (fields_set(&bench->reader, &bench->patch, record_field(bench->patch.kind, "starts_at"),
                wrong[i], &bench->problem))
            fail_msg("“%s” is a moment", wrong[i]);
        assert_string_equal(bench->problem.rule, "moment");
        assert_non_null(strstr(bench->problem.sentence, wrong[i]));
    }
}

static void a_time_alone_is_of_the_same_day(void **state)
{
    struct bench *bench = *state;

    begin(bench, "meeting");
    assert_true(word(bench, "commence=2 juin 2009 13 h 30"));
    assert_true(word(bench, "se termine=16 h"));
    assert_string_equal(value(bench, "ends_at"), "2009-06-02T16:00");
    begin(bench, "meeting");
    assert_false(word(bench, "se termine=16 h"));
    assert_string_equal(bench->problem.rule, "moment");
}

static void amounts_are_read_or_refused_with_a_sentence(void **state)
{
    struct bench *bench = *state;

    begin(bench, "budget_line");
    assert_true(word(bench, "prévu=111 600 $"));
    assert_true(word(bench, "réel=80 000,50 $"));
    assert_string_equal(value(bench, "planned"), "11160000");
    assert_string_equal(value(bench, "actual"), "8000050");
    begin(bench, "budget_line");
    assert_false(word(bench, "prévu=1,234"));
    assert_string_equal(bench->problem.rule, "amount");
    assert_non_null(
        strstr(bench->problem.sentence, "“prévu”: “1,234” may mean thousands or cents"));
    begin(bench, "budget_line");
    assert_false(word(bench, "prévu=beaucoup"));
    assert_non_null(strstr(bench->problem.sentence, "1 234,50 $"));
    begin(bench, "budget_line");
    assert_false(word(bench, "prévu=-5 $"));
    assert_string_equal(bench->problem.rule, "range");
    assert_non_null(strstr(bench->problem.sentence, "from 0 $"));
    begin(bench, "observation");
    assert_true(word(bench, "valeur=3,5"));
    assert_string_equal(value(bench, "value"), "3500");
    assert_false(word(bench, "numérateur=3,5555"));
    assert_non_null(strstr(bench->problem.sentence, "three decimals"));
    bench->reader.language = "en";
    begin(bench, "budget_line");
    assert_true(word(bench, "planned=$1,234"));
    assert_string_equal(value(bench, "planned"), "123400");
}

static void invalid_text_is_refused(void **state)
{
    struct bench *bench = *state;

    begin(bench, "share");
    assert_false(word(bench, "suite=caf\xe9"));
    assert_string_equal(bench->problem.rule, "utf8");
}

/* --- a record as text ------------------------------------------------------------------------- */

static bool read_back(struct bench *bench, const char *text)
{
    return form_read(
        &bench->reader, small_book_get(bench->book, "PA1"), text, &bench->patch, &bench->problem);
}

static size_t touched(struct bench *bench)
{
    size_t count = bench->patch.n_clear;

    for (unsigned i = 0; i < bench->patch.kind->descriptor->n_fields; i++)
        count += record_count(bench->patch.message, &bench->patch.kind->descriptor->fields[i]) > 0;
    return count;
}

static void a_form_reads_back_unchanged(void **state)
{
    struct bench *bench = *state;
    const char *text = form_write(&bench->reader, small_book_get(bench->book, "PA1"));

    assert_non_null(text);
    assert_non_null(strstr(text, "pourcentage: 40\n"));
    assert_non_null(strstr(text, "état: en cours\n"));
    assert_null(strstr(text, "instance:"));
    assert_true(read_back(bench, text));
    assert_int_equal(touched(bench), 0);
}

static void a_form_gives_the_difference(void **state)
{
    struct bench *bench = *state;

    assert_true(read_back(bench,
        "# rien\r\nétat : bloqué\r\npourcentage : 40\r\nbloqué par:\r\n    Pas de salle.\r\n\r\n"
        "    Ni de clé.\r\n\r\nprochaine étape :\r\n"));
    assert_int_equal(touched(bench), 3);
    assert_string_equal(value(bench, "status"), "blocked");
    assert_string_equal(value(bench, "blocked_by"), "Pas de salle.\n\nNi de clé.");
    assert_string_equal(bench->patch.clear[0], "next_step");
}

static void a_wrong_form_tells_the_line(void **state)
{
    struct bench *bench = *state;

    assert_false(read_back(bench, "# x\nétat: en cours\npourcentage: 400\n"));
    assert_non_null(strstr(bench->problem.sentence, "Line 3"));
    assert_false(read_back(bench, "pas un champ\n"));
    assert_non_null(strstr(bench->problem.sentence, "Line 1"));
    assert_false(read_back(bench, "\npourcent age: 3\n"));
    assert_string_equal(bench->problem.rule, "field");
}

/* --- every field of every kind -----------------------------------------------------------------
 */

/* A value of the field; `n` tells it from its siblings. */
static struct record_value some_value(
    struct bench *bench, const struct kind *kind, const ProtobufCFieldDescriptor *field, int n)
{
    static const char *const texts[] = {"Écrire à tous; vite, « tôt »", "Deux\nlignes"};
    static const char *const days[] = {"2009-06-02", "2010-01-31"};
    static const char *const moments[] = {"2009-06-02T13:30", "2010-01-31"};
    static const char *const handles[] = {"I1", "I2", "I3", "T1", "PL1", "1", "1.1", "PA1"};
    const struct kind_field *row = kinds_field(kind, field->name);
    struct record_value value = {.number = 0};

    switch (field->type) {
    case PROTOBUF_C_TYPE_STRING:
        value.data = row->flags & KIND_DATE     ? days[n]
                     : row->flags & KIND_MOMENT ? moments[n]
                     : row->flags & KIND_NUMBER ? "2.1.3"
                                                : texts[n];
        value.size = strlen(value.data);
        return value;
    case PROTOBUF_C_TYPE_BYTES:
        for (size_t i = 0; i < sizeof(handles) / sizeof(handles[0]) && value.data == NULL; i++) {
            const struct book_entry *entry = small_book_get(bench->book, handles[i]);

            if (row->refs >> entry->kind->id & 1)
                value = (struct record_value){.data = (const char *)entry->id, .size = UUID_SIZE};
        }
        return value;
    case PROTOBUF_C_TYPE_ENUM:
        value.number = ((const ProtobufCEnumDescriptor *)field->descriptor)->values[n].value;
        return value;
    case PROTOBUF_C_TYPE_BOOL:
        value.number = n;
        return value;
    default:
        value.number = row->flags & (KIND_MONEY | KIND_DECIMAL) ? (n == 0 ? 123450 : 12345678)
                       : n == 0                                 ? row->min
                                                                : 42;
        return value;
    }
}

/* What fields_show writes, fields_set reads as the same. False: nothing in this book to refer to.
 */
static bool goes_round(
    struct bench *bench, const struct kind *kind, const ProtobufCFieldDescriptor *field, int n)
{
    ProtobufCMessage *message = record_new(kind, bench->arena);
    struct record_value values[2] = {
        some_value(bench, kind, field, n), some_value(bench, kind, field, 1 - n)};
    size_t count =
        field->label == PROTOBUF_C_LABEL_REPEATED && field->type == PROTOBUF_C_TYPE_STRING ? 2 : 1;
    const char *shown;

    if (field->type == PROTOBUF_C_TYPE_BYTES && values[0].data == NULL)
        return false;
    /* A line break parts the values of a list: it is in none. */
    if (count == 2) {
        values[0] = (struct record_value){.data = "Un, deux", .size = strlen("Un, deux")};
        values[1] = (struct record_value){.data = "Trois; six", .size = strlen("Trois; six")};
    }
    assert_true(record_set(message, field, values, count, bench->arena));
    shown = fields_show(&bench->reader, kind, message, field);
    assert_true(fields_begin(&bench->reader, kind, &bench->patch));
    if (!fields_set(&bench->reader, &bench->patch, field, shown, &bench->problem))
        fail_msg("%s.%s: %s", kind->name, field->name, bench->problem.sentence);
    if (!record_same(message, bench->patch.message, field))
        fail_msg("%s.%s: “%s” is read as another value", kind->name, field->name, shown);
    return true;
}

static void what_is_shown_is_read_back(void **state)
{
    static const char *const languages[] = {"fr", "en"};
    struct bench *bench = *state;
    size_t checked = 0;

    for (size_t k = 0; k < kinds_count; k++)
        for (unsigned i = 0; i < kinds[k].descriptor->n_fields; i++) {
            const ProtobufCFieldDescriptor *field = &kinds[k].descriptor->fields[i];

            if (strcmp(field->name, "patch") == 0)
                continue; /* nobody types it */
            for (size_t l = 0; l < 2; l++)
                for (int n = 0; n < 2; n++) {
                    bench->reader.language = languages[l];
                    checked += goes_round(bench, &kinds[k], field, n);
                }
        }
    assert_true(checked > 800);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(names_and_lists_are_read_in_either_language),
        TEST(an_unknown_field_offers_the_nearest),
        TEST(an_unknown_value_offers_the_nearest_and_all),
        TEST(numbers_have_bounds),
        TEST(days_are_read_in_any_form),
        TEST(references_are_found_or_offered),
        TEST(an_empty_value_clears),
        TEST(lists_are_cut_and_repeated),
        TEST(new_records_of_an_import_come_first),
        TEST(deadlines_are_filled_from_what_was_read),
        TEST(missing_fields_are_named),
        TEST(moments_are_read_in_any_form),
        TEST(a_time_alone_is_of_the_same_day),
        TEST(amounts_are_read_or_refused_with_a_sentence),
        TEST(invalid_text_is_refused),
        TEST(a_form_reads_back_unchanged),
        TEST(a_form_gives_the_difference),
        TEST(a_wrong_form_tells_the_line),
        TEST(what_is_shown_is_read_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
