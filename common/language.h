/* Which language the program speaks, and making gettext speak it on any machine. */
#pragma once

#include <stdbool.h>

/* "fr" or "en" for what --lang or CONCERT_LANG may hold ("fr", "fr_CA.UTF-8", "français",
 * "English"); NULL when it is neither. */
const char *language_read(const char *word);

/* What CONCERT_LANG, else the locale (LC_ALL, LC_MESSAGES, LANG: the first that is set) asks for;
 * NULL when they say nothing. */
const char *language_of_environment(void);

/* True when the locale is "C" or "POSIX", which asks for what a program says untranslated;
 * "C.UTF-8", which machines without a locale have, tells how text is written and no language. */
bool language_is_plain(void);

/* Makes gettext speak it from now on, "fr" or "en", from the catalogue of that domain ("concert",
 * "concertd"). Machines with no locale but C.UTF-8 will do. */
void language_use(const char *domain, const char *language);
