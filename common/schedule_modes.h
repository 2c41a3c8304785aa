#pragma once

#include "schedule.h"
#include "schedule_words.h"

/* Private to schedule*.c: deadlines that are not dates. As schedule_dates_read, each reads at the
 * cursor into *out and steps over what it has read, or returns false and stays. */

/* "4 à 6 rencontres par année", "twice a month", "une fois tous les deux mois". What is counted,
 * and whose it is ("du comité"), become the label. */
bool schedule_modes_recurring(struct schedule_cursor *c, struct schedule *out);

/* "Mensuel", "rencontres mensuelles", "every two weeks". */
bool schedule_modes_frequency(struct schedule_cursor *c, struct schedule *out);

/* "4", "4 à 6": of no meaning beside other words. */
bool schedule_modes_count(struct schedule_cursor *c, struct schedule *out);

/* "En continu", "Au besoin", "À déterminer". */
bool schedule_modes_phrase(struct schedule_cursor *c, struct schedule *out);

/* "Continu": of another meaning beside other words. */
bool schedule_modes_alone(struct schedule_cursor *c, struct schedule *out);

/* "Selon le calendrier de l'INSPQ", up to the end of the cursor. */
bool schedule_modes_calendar(struct schedule_cursor *c, struct schedule *out);

/* Whether the tokens may be a label or a name in the middle of prose: at least one plain word, no
 * word of time, nothing that puts the deadline in doubt. */
bool schedule_modes_plain(const struct schedule_cursor *c);

/* Copies the source of the tokens; false, leaving `buf` as it was, when it does not fit. */
bool schedule_modes_copy(const struct schedule_cursor *c, char buf[SCHEDULE_LABEL_SIZE]);
