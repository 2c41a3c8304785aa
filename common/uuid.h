/* Record and operation ids: 16 bytes, UUID version 7 (RFC 9562, section 5.7). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define UUID_SIZE 16
#define UUID_TEXT 37 /* with its NUL */

/* An id without a clock or a random part: all zero. Stands for "none". */
extern const uint8_t uuid_none[UUID_SIZE];

/* A new id from the time (milliseconds since 1970 UTC) and 74 random bits (libsodium's). */
void uuid_make(int64_t milliseconds, uint8_t id_r[UUID_SIZE]);

/* Writes the 36 characters and a NUL, lower case. */
void uuid_format(const uint8_t id[UUID_SIZE], char text_r[UUID_TEXT]);

/* Reads the 36-character form, either case; false leaves id_r as it was. */
bool uuid_parse(const char *text, uint8_t id_r[UUID_SIZE]);

/* True when both are the same id. */
bool uuid_equal(const uint8_t a[UUID_SIZE], const uint8_t b[UUID_SIZE]);
