/*
 * Deadlines: what was read is written and read as the same, in both languages; the pieces of a cell
 * stand in it, in order; a day that was read is written as it was.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "schedule.h"

struct cell {
    const char *at, *end;
    size_t count;
};

static void check_shape(const struct schedule *s)
{
    FUZZ_MUST(s->mode >= SCHEDULE_UNSET && s->mode <= SCHEDULE_TO_BE_SET);
    FUZZ_MUST(memchr(s->label, '\0', sizeof(s->label)) != NULL);
    FUZZ_MUST(memchr(s->calendar_of, '\0', sizeof(s->calendar_of)) != NULL);
    if (s->mode == SCHEDULE_DATED)
        FUZZ_MUST(s->precision != SCHEDULE_PRECISION_NONE && s->earliest <= s->latest &&
                  date_to_civil(s->earliest, NULL, NULL, NULL) &&
                  date_to_civil(s->latest, NULL, NULL, NULL));
    else
        FUZZ_MUST(s->precision == SCHEDULE_PRECISION_NONE && s->earliest == DATE_NONE &&
                  s->latest == DATE_NONE);
    if (s->mode == SCHEDULE_RECURRING)
        FUZZ_MUST(s->times_min > 0 && s->times_min <= s->times_max);
    else
        FUZZ_MUST(s->times_min == 0 && s->times_max == 0);
    FUZZ_MUST(s->mode == SCHEDULE_BY_CALENDAR || s->calendar_of[0] == '\0');
}

static void check_writing(const struct schedule *s, const char *language)
{
    char text[SCHEDULE_TEXT_SIZE], cut[8];
    size_t size = schedule_write(s, language, text, sizeof(text));
    struct schedule again;

    FUZZ_MUST(size > 0 && size < sizeof(text) && strlen(text) == size);
    FUZZ_MUST(schedule_write(s, language, cut, sizeof(cut)) == size);
    FUZZ_MUST(schedule_read(text, &again));
    FUZZ_MUST(schedule_equal(s, &again));
}

static void take_part(const struct schedule *part, void *context)
{
    struct cell *cell = context;

    check_shape(part);
    FUZZ_MUST(part->text >= cell->at && part->text + part->text_length <= cell->end);
    cell->at = part->text;
    cell->count++;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size), day_text[11];
    struct cell cell = {.at = text, .end = text + strlen(text)};
    struct schedule s;
    int32_t day;

    if (schedule_read(text, &s)) {
        FUZZ_MUST(s.mode != SCHEDULE_UNSET);
        check_shape(&s);
        check_writing(&s, "fr");
        check_writing(&s, "en");
    } else {
        FUZZ_MUST(s.mode == SCHEDULE_UNSET && s.label[0] == '\0');
    }
    FUZZ_MUST(schedule_split(text, take_part, &cell) == cell.count);
    if (date_parse(text, &day)) {
        date_format(day, day_text);
        FUZZ_MUST(strcmp(day_text, text) == 0);
    } else {
        FUZZ_MUST(day == DATE_NONE);
    }
    free(text);
    return 0;
}
