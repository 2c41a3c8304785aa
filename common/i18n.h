/* Marks texts for people: English is the source, client/po/fr.po and server/po/fr.po the French. */
#pragma once

#include <libintl.h>

#define _(text) gettext(text)
#define N_(text) text /* marked here, translated where it is shown */
