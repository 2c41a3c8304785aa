#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schedule.h"
#include "text.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define PARTS_MAX 16

/* A schedule in one line: mode, precision, dates, times, label, whose calendar. */
static const char *line_of(const struct schedule *s)
{
    static const char *const modes[] = {
        "unset", "dated", "recurring", "continuous", "as_needed", "by_calendar", "to_be_set"};
    static const char *const precisions[] = {
        "", " day", " month", " season", " quarter", " year", " span"};
    static char line[1024];
    char first[11];
    char last[11];
    char times[32] = "";
    date_format(s->earliest, first);
    date_format(s->latest, last);
    if (s->times_max > 0) {
        snprintf(times, sizeof(times), " %d-%d", s->times_min, s->times_max);
    }
    snprintf(line, sizeof(line), "%s%s%s%s%s%s%s%s%s%s%s", modes[s->mode], precisions[s->precision],
        first[0] != '\0' ? " " : "", first, last[0] != '\0' ? " " : "", last, times,
        s->label[0] != '\0' ? " @" : "", s->label, s->calendar_of[0] != '\0' ? " of " : "",
        s->calendar_of);
    return line;
}

struct row {
    const char *text;
    const char *line;
};

static void check_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct schedule s;
        bool read = schedule_read(rows[i].text, &s);
        if (strcmp(line_of(&s), rows[i].line) != 0) {
            fail_msg("\"%s\": %s, not %s", rows[i].text, line_of(&s), rows[i].line);
        }
        assert_int_equal(read, s.mode != SCHEDULE_UNSET);
    }
}

/* Every deadline of the Mauricie's plan, housing schedule, communication plan and committees that
 * stands alone in its cell. */
static void the_plan_reads(void **state)
{
    static const struct row rows[] = {
        {"Septembre 2009", "dated month 2009-09-01 2009-09-30"},
        {"Mars 2009", "dated month 2009-03-01 2009-03-31"},
        {"Août 2009", "dated month 2009-08-01 2009-08-31"},
        {"Juin 2009", "dated month 2009-06-01 2009-06-30"},
        {"Novembre 2009", "dated month 2009-11-01 2009-11-30"},
        {"Printemps 2009", "dated season 2009-03-21 2009-06-20"},
        {"Automne 2009", "dated season 2009-09-23 2009-12-20"},
        {"Hiver 2010", "dated season 2009-12-21 2010-03-20"},
        {"Été 2010", "dated season 2010-06-21 2010-09-22"},
        {"Janvier à mars 2009", "dated span 2009-01-01 2009-03-31"},
        {"2008-2011", "dated span 2008-01-01 2011-12-31"},
        {"2009-2010", "dated span 2009-01-01 2010-12-31"},
        {"En continu", "continuous"},
        {"Continu", "continuous"},
        {"Au besoin", "as_needed"},
        {"Selon les besoins", "as_needed"},
        {"Selon les rencontres prévues par la CRÉ", "by_calendar of CRÉ"},
        {"Selon le calendrier de la SQAF", "by_calendar of SQAF"},
        {"Selon le calendrier de l'INSPQ", "by_calendar of INSPQ"},
        {"Selon le calendrier des rencontres", "by_calendar of rencontres"},
        {"Selon le calendrier des rencontres et des événements",
            "by_calendar of rencontres et des événements"},
        {"Calendrier à déterminer", "to_be_set"},
        {"à déterminer", "to_be_set"},
        {"Rencontres à déterminer", "to_be_set @Rencontres"},
        {"8 rencontres par année du comité développement citoyen",
            "recurring 8-8 @comité développement citoyen"},
        {"Dépôt du projet à la SHQ en mai 2009",
            "dated month 2009-05-01 2009-05-31 @Dépôt du projet à la SHQ"},
        {"4 à 6", "recurring 4-6"},
        {"4", "recurring 4-4"},
        {"8", "recurring 8-8"},
    };
    (void)state;
    check_rows(rows, COUNT(rows));
}

static void days_in_every_writing(void **state)
{
    static const char *const rows[] = {"2 juin 2009", "le 2 juin 2009", "2009-06-02", "2009/06/02",
        "juin 2, 2009", "June 2, 2009", "June 2nd, 2009", "2nd of June, 2009", "2 JUIN 2009",
        "2\u00A0juin\u202F2009", "mardi 2 juin 2009", "Tuesday, June 2, 2009", "2 jun. 2009",
        "au plus tard le 2 juin 2009", "d’ici le 2 juin 2009", "D'ICI LE 2 JUIN 2009",
        "by June 2, 2009", "  2 juin 2009.", "- 2 juin 2009", "• 2 juin 2009", "2 juin de 2009"};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        check_rows(&(struct row){rows[i], "dated day 2009-06-02 2009-06-02"}, 1);
    }
    check_rows(&(struct row){"1er juin 2009", "dated day 2009-06-01 2009-06-01"}, 1);
    check_rows(&(struct row){"June 1st, 2009", "dated day 2009-06-01 2009-06-01"}, 1);
    check_rows(&(struct row){"29 février 2008", "dated day 2008-02-29 2008-02-29"}, 1);
}

static void periods_in_every_writing(void **state)
{
    static const struct row rows[] = {
        {"sept. 2009", "dated month 2009-09-01 2009-09-30"},
        {"Sep 2009", "dated month 2009-09-01 2009-09-30"},
        {"déc. 2009", "dated month 2009-12-01 2009-12-31"},
        {"DECEMBRE 2009", "dated month 2009-12-01 2009-12-31"},
        {"in December 2009", "dated month 2009-12-01 2009-12-31"},
        {"au mois de mai 2009", "dated month 2009-05-01 2009-05-31"},
        {"fe\xCC\x81vrier 2008", "dated month 2008-02-01 2008-02-29"},
        {"fall 2009", "dated season 2009-09-23 2009-12-20"},
        {"Autumn 2009", "dated season 2009-09-23 2009-12-20"},
        {"à l’automne 2009", "dated season 2009-09-23 2009-12-20"},
        {"in the summer of 2009", "dated season 2009-06-21 2009-09-22"},
        {"hiver 2009-2010", "dated season 2009-12-21 2010-03-20"},
        {"T1 2009", "dated quarter 2009-01-01 2009-03-31"},
        {"2009 T1", "dated quarter 2009-01-01 2009-03-31"},
        {"1er trimestre 2009", "dated quarter 2009-01-01 2009-03-31"},
        {"deuxième trimestre de 2009", "dated quarter 2009-04-01 2009-06-30"},
        {"4e trim. 2009", "dated quarter 2009-10-01 2009-12-31"},
        {"Q3 2010", "dated quarter 2010-07-01 2010-09-30"},
        {"third quarter of 2010", "dated quarter 2010-07-01 2010-09-30"},
        {"2009", "dated year 2009-01-01 2009-12-31"},
        {"en 2009", "dated year 2009-01-01 2009-12-31"},
        {"2 au 5 juin 2009", "dated span 2009-06-02 2009-06-05"},
        {"du 2 au 5 juin 2009", "dated span 2009-06-02 2009-06-05"},
        {"2-5 juin 2009", "dated span 2009-06-02 2009-06-05"},
        {"June 2 to 5, 2009", "dated span 2009-06-02 2009-06-05"},
        {"June 2–5, 2009", "dated span 2009-06-02 2009-06-05"},
        {"15 octobre au 30 novembre 2009", "dated span 2009-10-15 2009-11-30"},
        {"from October 15 to November 30, 2009", "dated span 2009-10-15 2009-11-30"},
        {"1er au 31 mars 2009", "dated span 2009-03-01 2009-03-31"},
        {"2009-10-15 au 2010-01-05", "dated span 2009-10-15 2010-01-05"},
        {"entre janvier et mars 2009", "dated span 2009-01-01 2009-03-31"},
        {"between January and March 2009", "dated span 2009-01-01 2009-03-31"},
        {"de janvier à mars 2009", "dated span 2009-01-01 2009-03-31"},
        {"décembre 2009 à février 2010", "dated span 2009-12-01 2010-02-28"},
        {"de l’automne 2009 à l’hiver 2010", "dated span 2009-09-23 2010-03-20"},
        {"été-automne 2009", "dated span 2009-06-21 2009-12-20"},
        {"T2 à T3 2009", "dated span 2009-04-01 2009-09-30"},
        {"2008 à 2011", "dated span 2008-01-01 2011-12-31"},
        {"2008 – 2011", "dated span 2008-01-01 2011-12-31"},
        {"2008/2011", "unset"},
    };
    (void)state;
    check_rows(rows, COUNT(rows));
}

static void other_modes_in_every_writing(void **state)
{
    static const struct row rows[] = {
        {"4 à 6 rencontres par année", "recurring 4-6"},
        {"4 à 6 fois par an", "recurring 4-6"},
        {"de 4 à 6 rencontres par année", "recurring 4-6"},
        {"4-6 meetings per year", "recurring 4-6"},
        {"4 or 5 times a year", "recurring 4-5"},
        {"quatre (4) fois par année", "recurring 4-4"},
        {"sept fois par année", "recurring 7-7"},
        {"une fois par année", "recurring 1-1"},
        {"Once a year", "recurring 1-1"},
        {"twice per month", "recurring 24-24"},
        {"3 fois l’an", "recurring 3-3"},
        {"2 rencontres/mois", "recurring 24-24"},
        {"une fois tous les deux mois", "recurring 6-6"},
        {"every two weeks", "recurring 26-26"},
        {"chaque mois", "recurring 12-12"},
        {"mensuel", "recurring 12-12"},
        {"Mensuellement", "recurring 12-12"},
        {"rencontres mensuelles", "recurring 12-12"},
        {"monthly meetings", "recurring 12-12"},
        {"trimestrielle", "recurring 4-4"},
        {"quarterly", "recurring 4-4"},
        {"Hebdomadaire", "recurring 52-52"},
        {"annuel", "recurring 1-1"},
        {"4 bulletins par année", "recurring 4-4 @bulletins"},
        {"4 rencontres régionales par année du comité local",
            "recurring 4-4 @rencontres régionales du comité local"},
        {"Bulletin, 3 à 4 fois par année", "recurring 3-4 @Bulletin"},
        {"ongoing", "continuous"},
        {"EN CONTINU", "continuous"},
        {"toute l'année", "continuous"},
        {"year-round", "continuous"},
        {"As needed", "as_needed"},
        {"si nécessaire", "as_needed"},
        {"Selon les besoins du comité", "as_needed @comité"},
        {"Formations au besoin", "as_needed @Formations"},
        {"To be determined", "to_be_set"},
        {"TBD", "to_be_set"},
        {"Date à confirmer", "to_be_set"},
    };
    (void)state;
    check_rows(rows, COUNT(rows));
}

static void calendars_in_every_writing(void **state)
{
    static const struct row rows[] = {
        {"Selon le calendrier", "by_calendar"},
        {"Selon le calendrier (CRÉ)", "by_calendar of CRÉ"},
        {"selon le calendrier de l’INSPQ", "by_calendar of INSPQ"},
        {"SELON LE CALENDRIER DE L'INSPQ", "by_calendar of INSPQ"},
        {"Suivant l'échéancier du comité local", "by_calendar of comité local"},
        {"According to INSPQ’s calendar", "by_calendar of INSPQ"},
        {"According to the calendar of the INSPQ", "by_calendar of INSPQ"},
        {"As per the meetings planned by the CRÉ", "by_calendar of CRÉ"},
        {"Rencontres selon le calendrier de la CRÉ", "by_calendar @Rencontres of CRÉ"},
    };
    (void)state;
    check_rows(rows, COUNT(rows));
}

static void labels_stand_before_or_after(void **state)
{
    static const struct row rows[] = {
        {"Comité : mai 2009", "dated month 2009-05-01 2009-05-31 @Comité"},
        {"Comité\u00A0: mai 2009", "dated month 2009-05-01 2009-05-31 @Comité"},
        {"Committee: May 2009", "dated month 2009-05-01 2009-05-31 @Committee"},
        {"Camp d'été : mai 2009", "dated month 2009-05-01 2009-05-31 @Camp d'été"},
        {"Région : Comité : mai 2009", "dated month 2009-05-01 2009-05-31 @Région : Comité"},
        {"Comité : dépôt en mai 2009", "dated month 2009-05-01 2009-05-31 @Comité : dépôt"},
        {"mai 2009 : dépôt du projet", "dated month 2009-05-01 2009-05-31 @dépôt du projet"},
        {"Mai 2009 – dépôt", "dated month 2009-05-01 2009-05-31 @dépôt"},
        {"mai 2009 pour le dépôt", "dated month 2009-05-01 2009-05-31 @dépôt"},
        {"Dépôt (mai 2009)", "dated month 2009-05-01 2009-05-31 @Dépôt"},
        {"mai 2009 (dépôt)", "dated month 2009-05-01 2009-05-31 @dépôt"},
        {"Dépôt et suivi en mai 2009", "dated month 2009-05-01 2009-05-31 @Dépôt et suivi"},
        {"Phase 2 en mai 2009", "dated month 2009-05-01 2009-05-31 @Phase 2"},
        {"Rencontre du 2 juin 2009", "dated day 2009-06-02 2009-06-02 @Rencontre"},
        {"Bilan en 2009", "dated year 2009-01-01 2009-12-31 @Bilan"},
    };
    (void)state;
    check_rows(rows, COUNT(rows));
}

static void what_is_doubtful_is_not_read(void **state)
{
    static const char *const rows[] = {"According to CLSC 2010’s calendar",
        "According to CLSC par CRÉ’s calendar", "According to CLSC par CRÉ calendar",
        "According to January's calendar", "", " ", "\u00A0", "?", "-", "31 juin 2009",
        "30 février 2010", "29 février 2009", "juin 31, 2009", "2009-06-31", "2009-13-01",
        "le 30 février 2010", "Dépôt le 30 février 2010", "0 juin 2009", "lundi 2 juin 2009",
        "02/06/2009", "31/12/2009", "2009-10", "2009-06", "mai 09", "juin", "automne", "2 juin",
        "début mai 2009", "fin mars 2010", "mi-mai 2009", "avant mai 2009", "après mai 2009",
        "à partir de mai 2009", "vers mai 2009", "from May 2009", "semaine du 12 octobre 2009",
        "la fin du mois de mai 2009", "mai ou juin 2009", "mai/juin 2009", "mai et juin 2009",
        "mai 2009 et juin 2009", "31 mars 2009\n2 juin 2009", "novembre à mars 2010", "2011-2008",
        "5 au 2 juin 2009", "mars 2009 à 2010", "automne 2009-2010", "5e trimestre 2009",
        "mai 2009 (à confirmer)", "mai 2009 environ", "mai 2009 ?", "mai 2009, si possible",
        "Pas de rencontre en mai 2009", "Rencontre annulée en mai 2009", "Bilan 2009",
        "Plan d'action 2009-2010", "Formation continue", "4 rencontres", "0 fois par année",
        "6 à 4 fois par année", "4 rencontres par année en 2009", "1000 fois par année",
        "4 fois par jour", "Selon le budget", "Selon l'INSPQ", "Selon le calendrier à déterminer",
        "2 juin 2009, 13 h 30", "http://exemple.org mai 2009", "mai 2009 \x01", "mai\xFF 2009",
        "mai \xC3", "99999999999999999999", "entre mai 2009", "mai 12009", "un jour", "1005-01-05",
        "Bilan 2200-01-05"};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        check_rows(&(struct row){rows[i], "unset"}, 1);
    }
}

static void text_is_kept_as_written(void **state)
{
    static const char text[] = " \u00A031 juin  2009 ! \n";
    struct schedule s;
    (void)state;
    assert_false(schedule_read(text, &s));
    assert_int_equal(s.text_length, strlen("31 juin  2009 !"));
    assert_memory_equal(s.text, "31 juin  2009 !", s.text_length);
}

static void overlong_texts_are_not_read(void **state)
{
    char text[4 * SCHEDULE_TEXT_MAX];
    struct schedule s;
    (void)state;
    memset(text, 'a', sizeof(text));
    memcpy(text + SCHEDULE_LABEL_SIZE - 1, " : mai 2009", sizeof(" : mai 2009"));
    assert_true(schedule_read(text, &s));
    assert_int_equal(strlen(s.label), SCHEDULE_LABEL_SIZE - 1);
    memset(text, 'a', sizeof(text));
    memcpy(text + SCHEDULE_LABEL_SIZE, " : mai 2009", sizeof(" : mai 2009"));
    assert_false(schedule_read(text, &s));
    assert_string_equal(line_of(&s), "unset");
    memset(text, ' ', sizeof(text));
    memcpy(text + 2 * SCHEDULE_TEXT_MAX, "mai 2009", sizeof("mai 2009"));
    assert_true(schedule_read(text, &s));
    memset(text, ',', SCHEDULE_TEXT_MAX);
    assert_false(schedule_read(text, &s));
}

struct parts {
    size_t count;
    char lines[PARTS_MAX][600];
};

/* Keeps "text | line" of each part. */
static void keep(const struct schedule *part, void *context)
{
    struct parts *parts = context;
    assert_true(parts->count < PARTS_MAX);
    snprintf(parts->lines[parts->count], sizeof(parts->lines[0]), "%.*s | %.500s",
        (int)part->text_length, part->text, line_of(part));
    parts->count++;
}

static void check_cell(const char *cell, const char *const *lines)
{
    struct parts parts = {.count = 0};
    size_t given = schedule_split(cell, keep, &parts);
    size_t expected = 0;
    for (; lines[expected]; expected++) {
        if (expected < parts.count && strcmp(parts.lines[expected], lines[expected]) != 0) {
            fail_msg("\"%s\": %s, not %s", cell, parts.lines[expected], lines[expected]);
        }
    }
    assert_int_equal(given, expected);
    assert_int_equal(parts.count, expected);
}

#define CELL(cell, ...) check_cell(cell, (const char *const[]){__VA_ARGS__ __VA_OPT__(, ) NULL})

static void cells_of_the_plan_are_cut(void **state)
{
    (void)state;
    CELL("Comité de coordination :\n31 mars 2009\n2 juin 2009\nSeptembre 2009\nDécembre 2009\n"
         "Février 2010",
        "31 mars 2009 | dated day 2009-03-31 2009-03-31 @Comité de coordination",
        "2 juin 2009 | dated day 2009-06-02 2009-06-02 @Comité de coordination",
        "Septembre 2009 | dated month 2009-09-01 2009-09-30 @Comité de coordination",
        "Décembre 2009 | dated month 2009-12-01 2009-12-31 @Comité de coordination",
        "Février 2010 | dated month 2010-02-01 2010-02-28 @Comité de coordination");
    CELL("Mai 2009\r\nAoût 2009\r\nNovembre 2009\r\nFévrier 2010",
        "Mai 2009 | dated month 2009-05-01 2009-05-31",
        "Août 2009 | dated month 2009-08-01 2009-08-31",
        "Novembre 2009 | dated month 2009-11-01 2009-11-30",
        "Février 2010 | dated month 2010-02-01 2010-02-28");
    CELL("Rencontres régionales : octobre 2009 et hiver 2010\n"
         "Comité de travail : 4 rencontres par année",
        "octobre 2009 | dated month 2009-10-01 2009-10-31 @Rencontres régionales",
        "hiver 2010 | dated season 2009-12-21 2010-03-20 @Rencontres régionales",
        "4 rencontres par année | recurring 4-4 @Comité de travail");
    CELL("Dépôt du projet à la SHQ en mai 2009\nRencontres à déterminer",
        "Dépôt du projet à la SHQ en mai 2009 | dated month 2009-05-01 2009-05-31 "
        "@Dépôt du projet à la SHQ",
        "Rencontres à déterminer | to_be_set @Rencontres");
    CELL("Été 2010\nAutomne 2010", "Été 2010 | dated season 2010-06-21 2010-09-22",
        "Automne 2010 | dated season 2010-09-23 2010-12-20");
    CELL("Selon le calendrier des rencontres et des événements",
        "Selon le calendrier des rencontres et des événements | by_calendar of rencontres et des "
        "événements");
}

static void lists_are_cut_where_both_sides_read(void **state)
{
    (void)state;
    CELL("mai 2009, août 2009 et novembre 2009", "mai 2009 | dated month 2009-05-01 2009-05-31",
        "août 2009 | dated month 2009-08-01 2009-08-31",
        "novembre 2009 | dated month 2009-11-01 2009-11-30");
    CELL("June 2, 2009, and Fall 2009", "June 2, 2009 | dated day 2009-06-02 2009-06-02",
        "Fall 2009 | dated season 2009-09-23 2009-12-20");
    CELL("octobre 2009 et\nhiver 2010", "octobre 2009 | dated month 2009-10-01 2009-10-31",
        "hiver 2010 | dated season 2009-12-21 2010-03-20");
    CELL("Dépôt en mai 2009 et suivi en juin 2009",
        "Dépôt en mai 2009 | dated month 2009-05-01 2009-05-31 @Dépôt",
        "suivi en juin 2009 | dated month 2009-06-01 2009-06-30 @suivi");
    CELL("entre janvier et mars 2009",
        "entre janvier et mars 2009 | dated span 2009-01-01 2009-03-31");
    CELL("Entre mai 2009 et août 2009",
        "Entre mai 2009 et août 2009 | dated span 2009-05-01 2009-08-31");
    CELL("Comité de coordination et de soutien : mai 2009",
        "mai 2009 | dated month 2009-05-01 2009-05-31 @Comité de coordination et de soutien");
    CELL("2 et 5 juin 2009", "2 et 5 juin 2009 | unset");
    CELL("mai, août et novembre 2009", "mai, août et novembre 2009 | unset");
    CELL("mai 2009 et bientôt", "mai 2009 et bientôt | unset");
}

static void nothing_of_a_cell_is_dropped(void **state)
{
    (void)state;
    CELL("");
    CELL(" \r\n\u00A0\n");
    CELL("31 juin 2009\nmai 2009", "31 juin 2009 | unset",
        "mai 2009 | dated month 2009-05-01 2009-05-31");
    CELL("—", "— | unset");
    CELL("Comité A :\n- mai 2009\n• bientôt",
        "mai 2009 | dated month 2009-05-01 2009-05-31 @Comité A", "bientôt | unset @Comité A");
    CELL("Comité A :\nComité B :\nmai 2009\nComité C :", "Comité A : | unset",
        "mai 2009 | dated month 2009-05-01 2009-05-31 @Comité B", "Comité C : | unset");
    CELL("Comité A : —", "— | unset @Comité A");
    CELL("Mai 2009 :\ndépôt", "Mai 2009 | dated month 2009-05-01 2009-05-31", "dépôt | unset");
    CELL("\xFF\xFE\nmai 2009", "\xFF\xFE | unset", "mai 2009 | dated month 2009-05-01 2009-05-31");
}

/* --- what is written reads the same --------------------------------------------------------------
 */

static const char *const labels[] = {"", "Comité de coordination", "Dépôt du projet à la SHQ",
    "comité développement citoyen", "Région : Comité B", "Camp d'été", "Phase 2", "Rencontres",
    "Œuvre & Cie (suite)", "Bilan 2009-2010"};
static const char *const owners[] = {"", "INSPQ", "CRÉ", "SQAF", "rencontres",
    "rencontres et des événements", "Centraide Mauricie", "événements", "Office d'habitation"};

static bool make_dated(struct schedule *s, unsigned *seed)
{
    int year = 1950 + rand_r(seed) % 200;
    int month = rand_r(seed) % 12 + 1;
    int32_t first = date_from_civil(year, month, 1);
    int lengths[] = {[SCHEDULE_MONTH] = 1, [SCHEDULE_QUARTER] = 3, [SCHEDULE_YEAR] = 12};
    s->mode = SCHEDULE_DATED;
    s->precision = (enum schedule_precision)(rand_r(seed) % SCHEDULE_SPAN + 1);
    s->earliest = first + rand_r(seed) % 28;
    s->latest = s->earliest;
    if (s->precision == SCHEDULE_SEASON) {
        return schedule_season(year, month % 4 + 1, &s->earliest, &s->latest);
    }
    if (s->precision == SCHEDULE_SPAN && rand_r(seed) % 2 == 0) {
        s->latest = s->earliest + rand_r(seed) % 900;
    } else if (s->precision == SCHEDULE_SPAN) { /* whole months or years */
        s->earliest = rand_r(seed) % 2 == 0 ? first : date_from_civil(year, 1, 1);
        int length = rand_r(seed) % 2 == 0 ? rand_r(seed) % 30 + 1 : 12 * (rand_r(seed) % 3 + 1);
        s->latest = date_add_months(s->earliest, length) - 1;
    } else if (s->precision != SCHEDULE_DAY) {
        int length = lengths[s->precision];
        s->earliest = date_add_months(first, -((month - 1) % length));
        s->latest = date_add_months(s->earliest, length) - 1;
    }
    return true;
}

static struct schedule make(unsigned *seed)
{
    struct schedule s = {.earliest = DATE_NONE, .latest = DATE_NONE};
    s.mode = (enum schedule_mode)(rand_r(seed) % SCHEDULE_TO_BE_SET + 1);
    text_copy(s.label, sizeof(s.label), labels[(size_t)rand_r(seed) % COUNT(labels)]);
    if (s.mode == SCHEDULE_RECURRING) {
        s.times_min = rand_r(seed) % 100 + 1;
        s.times_max = s.times_min + (rand_r(seed) % 2 == 0 ? 0 : rand_r(seed) % 300);
    } else if (s.mode == SCHEDULE_BY_CALENDAR) {
        text_copy(
            s.calendar_of, sizeof(s.calendar_of), owners[(size_t)rand_r(seed) % COUNT(owners)]);
    } else if (s.mode == SCHEDULE_DATED || rand_r(seed) % 2 == 0) {
        assert_true(make_dated(&s, seed));
    }
    return s;
}

static void fold_names(struct schedule *s)
{
    char folded[SCHEDULE_LABEL_SIZE];
    text_fold(s->label, folded, sizeof(folded));
    text_copy(s->label, sizeof(s->label), folded);
    text_fold(s->calendar_of, folded, sizeof(folded));
    text_copy(s->calendar_of, sizeof(s->calendar_of), folded);
}

/* Latin-1 letters in capitals, the rest as it is. */
static void upper(char *s)
{
    for (; *s != '\0'; s++) {
        unsigned char next = (unsigned char)s[1];
        if (*s >= 'a' && *s <= 'z') {
            *s = (char)(*s - 'a' + 'A');
        } else if ((unsigned char)*s == 0xC3 && next >= 0xA0) {
            s[1] = (char)(next - 0x20);
        } else if ((unsigned char)*s == 0xC5 && next == 0x93) {
            s[1] = (char)0x92;
        }
    }
}

static void check_same(const char *text, const struct schedule *s, bool names_folded)
{
    struct schedule expected = *s;
    struct schedule read;
    schedule_read(text, &read);
    if (names_folded) {
        fold_names(&expected);
        fold_names(&read);
    }
    if (!schedule_equal(&expected, &read)) {
        char line[1024];
        snprintf(line, sizeof(line), "%s", line_of(&read));
        fail_msg("\"%s\": %s, not %s", text, line, line_of(&expected));
    }
}

static void what_is_written_reads_the_same(void **state)
{
    static const char *const languages[] = {"fr", "en"};
    unsigned seed = 2009;
    (void)state;
    for (int round = 0; round < 5000; round++) {
        struct schedule s = make(&seed);
        char text[SCHEDULE_TEXT_SIZE];
        char folded[2 * SCHEDULE_TEXT_SIZE];
        for (size_t i = 0; i < COUNT(languages); i++) {
            size_t length = schedule_write(&s, languages[i], text, sizeof(text));
            assert_int_equal(length, strlen(text));
            assert_true(length > 0);
            check_same(text, &s, false);
            text_fold(text, folded, sizeof(folded));
            check_same(folded, &s, true);
            upper(text);
            check_same(text, &s, true);
            upper(folded);
            check_same(folded, &s, true);
        }
    }
}

static void canonical_texts(void **state)
{
    static const struct {
        const char *read, *fr, *en;
    } rows[] = {
        {"fall 2009", "Automne 2009", "Fall 2009"},
        {"june 1, 2009", "1er juin 2009", "June 1, 2009"},
        {"ete 2010", "Été 2010", "Summer 2010"},
        {"comité : été 2010", "comité\u00A0: été 2010", "comité: summer 2010"},
        {"Q2 2009", "2e trimestre 2009", "Q2 2009"},
        {"2 - 5 juin 2009", "2 au 5 juin 2009", "June 2 to 5, 2009"},
        {"du 1er octobre au 2 novembre 2009", "1er octobre au 2 novembre 2009",
            "October 1 to November 2, 2009"},
        {"entre janvier et mars 2009", "Janvier à mars 2009", "January to March 2009"},
        {"mensuel", "12 fois par année", "12 times a year"},
        {"4-6", "4 à 6 fois par année", "4 to 6 times a year"},
        {"annuel", "Une fois par année", "Once a year"},
        {"tbd", "À déterminer", "To be determined"},
        {"continu", "En continu", "Ongoing"},
        {"if needed", "Au besoin", "As needed"},
        {"As per the INSPQ calendar", "Selon le calendrier de l’INSPQ",
            "According to the calendar of INSPQ"},
    };
    char text[SCHEDULE_TEXT_SIZE];
    struct schedule s;
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_true(schedule_read(rows[i].read, &s));
        schedule_write(&s, "fr", text, sizeof(text));
        assert_string_equal(text, rows[i].fr);
        schedule_write(&s, "en", text, sizeof(text));
        assert_string_equal(text, rows[i].en);
    }
}

static void writing_is_cut_and_never_lies(void **state)
{
    char small[8];
    struct schedule s;
    (void)state;
    assert_true(schedule_read("été 2010", &s));
    assert_int_equal(schedule_write(&s, "fr", small, sizeof(small)), strlen("Été 2010"));
    assert_string_equal(small, "Été 2");
    assert_int_equal(schedule_write(&s, "fr", NULL, 0), strlen("Été 2010"));
    s.latest++; /* no season any more */
    char text[SCHEDULE_TEXT_SIZE];
    schedule_write(&s, "fr", text, sizeof(text));
    assert_string_equal(text, "21 juin au 23 septembre 2010");
    s.latest = DATE_NONE;
    assert_int_equal(schedule_write(&s, "fr", text, sizeof(text)), 0);
    assert_string_equal(text, "");
    assert_false(schedule_read("bientôt", &s));
    assert_int_equal(schedule_write(&s, "fr", text, sizeof(text)), 0);
}

/* --- anything may come in -----------------------------------------------------------------------
 */

static const char *const pieces[] = {"2 ", "31 ", "1er ", "4 à 6 ", "mai ", "juin ", "février ",
    "Sept. ", "2009 ", "2010 ", "2009-2010 ", "2009-06-02 ", "hiver ", "fall ", "T1 ", "1er ",
    "trimestre ", "de ", "du ", "à ", "au ", "to ", "et ", "and ", "entre ", ", ", ": ", "; ", "- ",
    "– ", "( ", ") ", ".", "\n", "\r\n", "Comité ", "rencontres ", "par ", "année ", "fois ", "a ",
    "year ", "selon ", "le ", "calendrier ", "l’", "d'", "INSPQ ", "besoins ", "les ", "en ",
    "continu ", "déterminer ", "• ", "mardi ", "fin ", "pas ", "tous ", "deux ", "mois ",
    "mensuel ", "\u00A0", "É", "\xCC\x81", "\xFF", "x", "pour ", "‰ ", "& ", "/", "'", "s "};

static void random_text(char *buf, size_t size, unsigned *seed)
{
    size_t used = 0;
    int count = rand_r(seed) % 12;
    for (int i = 0; i < count; i++) {
        char byte[2] = {(char)(rand_r(seed) % 255 + 1), '\0'};
        const char *piece =
            rand_r(seed) % 20 == 0 ? byte : pieces[(size_t)rand_r(seed) % COUNT(pieces)];
        int written = snprintf(buf + used, size - used, "%s", piece);
        used += (size_t)written;
        assert_true(used < size);
    }
    buf[used] = '\0';
}

static void check_sane(const struct schedule *s)
{
    bool dated = s->mode == SCHEDULE_DATED;
    assert_true(dated ? s->precision != SCHEDULE_PRECISION_NONE && s->earliest <= s->latest &&
                            s->earliest != DATE_NONE
                      : s->precision == SCHEDULE_PRECISION_NONE && s->earliest == DATE_NONE &&
                            s->latest == DATE_NONE);
    assert_true(s->mode == SCHEDULE_RECURRING ? s->times_min > 0 && s->times_min <= s->times_max
                                              : s->times_min == 0 && s->times_max == 0);
    assert_true(s->mode == SCHEDULE_BY_CALENDAR || s->calendar_of[0] == '\0');
    assert_true(text_valid_utf8(s->label, strlen(s->label)));
}

struct walk {
    const char *at, *end;
};

static void check_piece(const struct schedule *part, void *context)
{
    struct walk *walk = context;
    check_sane(part);
    assert_true(part->text >= walk->at && part->text + part->text_length <= walk->end);
    if (part->text_length == 0) {
        fail_msg("a piece without text, before \"%s\"", walk->at);
    }
    walk->at = part->text + part->text_length;
}

static void any_text_is_survived(void **state)
{
    unsigned seed = 1970;
    (void)state;
    for (int round = 0; round < 40000; round++) {
        char text[400] = "";
        char written[SCHEDULE_TEXT_SIZE];
        char trimmed[400];
        struct schedule s;
        random_text(text, sizeof(text), &seed);
        bool read = schedule_read(text, &s);
        assert_int_equal(read, s.mode != SCHEDULE_UNSET);
        check_sane(&s);
        if (read && schedule_write(&s, "fr", written, sizeof(written)) > 0) {
            check_same(written, &s, false);
            schedule_write(&s, "en", written, sizeof(written));
            check_same(written, &s, false);
        }
        struct walk walk = {text, text + strlen(text)};
        size_t given = schedule_split(text, check_piece, &walk);
        text_copy(trimmed, sizeof(trimmed), text);
        assert_true(given > 0 || text_trim(trimmed)[0] == '\0');
    }
}

static void random_bytes_are_survived(void **state)
{
    unsigned seed = 1789;
    (void)state;
    for (int round = 0; round < 20000; round++) {
        char text[128];
        size_t length = (size_t)rand_r(&seed) % (sizeof(text) - 1);
        for (size_t i = 0; i < length; i++) {
            text[i] = (char)(rand_r(&seed) % 255 + 1);
        }
        text[length] = '\0';
        struct schedule s;
        bool read = schedule_read(text, &s);
        assert_int_equal(read, s.mode != SCHEDULE_UNSET);
        check_sane(&s);
        struct walk walk = {text, text + length};
        schedule_split(text, check_piece, &walk);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_plan_reads),
        cmocka_unit_test(days_in_every_writing),
        cmocka_unit_test(periods_in_every_writing),
        cmocka_unit_test(other_modes_in_every_writing),
        cmocka_unit_test(calendars_in_every_writing),
        cmocka_unit_test(labels_stand_before_or_after),
        cmocka_unit_test(what_is_doubtful_is_not_read),
        cmocka_unit_test(text_is_kept_as_written),
        cmocka_unit_test(overlong_texts_are_not_read),
        cmocka_unit_test(cells_of_the_plan_are_cut),
        cmocka_unit_test(lists_are_cut_where_both_sides_read),
        cmocka_unit_test(nothing_of_a_cell_is_dropped),
        cmocka_unit_test(what_is_written_reads_the_same),
        cmocka_unit_test(canonical_texts),
        cmocka_unit_test(writing_is_cut_and_never_lies),
        cmocka_unit_test(any_text_is_survived),
        cmocka_unit_test(random_bytes_are_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
