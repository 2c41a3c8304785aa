/* The table of the settings, for what reads and what writes the file. */
#pragma once

#include "settings.h"

/* A semicolon in a value, as it stands in the file: alone it would begin a comment. */
#define SETTINGS_SEMICOLON "\\;"
#define SETTINGS_LINE_MAX ((size_t)198) /* bytes of a line, as inih reads it */
#define SETTINGS_BLANKS " \t\v\f\r"

#define SETTINGS_FIELDS_MAX 64

struct settings_field {
    struct settings_row row;
    enum settings_type { SETTINGS_TEXT_VALUE, SETTINGS_NUMBER } type;
    size_t offset, size; /* in struct settings, or in struct settings_region */
    long min, max;
};

extern const struct settings_field settings_fields[];
extern const size_t settings_fields_count;

/* The setting of that section as the file has it ("region NAME"); NULL: there is none. */
const struct settings_field *settings_fields_find(const char *section, const char *name);

/* True when the line, without what it begins with, would itself set one of the section's settings.
 */
bool settings_fields_is_set(const char *section, const char *line);
