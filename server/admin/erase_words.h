/* What of a record is taken out when a person is erased, and what stands there instead. */
#pragma once

#include "kinds.h"

#define ERASE_PSEUDONYM 64

/* The field that names whom the record is of: a personal text, a device's name, a document's title.
 * NULL: the kind has none. */
const ProtobufCFieldDescriptor *erase_name_field(const struct kind *kind);

/* The field that gets what stands in the name field too, because a record of that kind is none
 * without it; NULL: there is no such field. */
const ProtobufCFieldDescriptor *erase_filled_field(const struct kind *kind);

/* True for what is taken out of records of that kind: what is personal, and the name field. */
bool erase_is_taken(const struct kind *kind, const ProtobufCFieldDescriptor *field);

/* What stands for a person in a region of that language ("fr", "en"), made of six random
 * hexadecimal digits: "Personne effacée 7f3a9c". */
void erase_pseudonym(const char *language, const char digits[7], char pseudonym_r[ERASE_PSEUDONYM]);

/* Six random hexadecimal digits and a NUL. */
void erase_digits(char digits_r[7]);

/* What stands in the name field of a record of that kind, for the person of that pseudonym; one of
 * the two is returned or a const text. */
const char *erase_stand_in(const struct kind *kind, const char *language, const char *pseudonym);

/* True when the text is a pseudonym, or what stands in another name field, in any language. */
bool erase_is_stand_in(const char *text);

/* The reason of such changes, in that language. */
const char *erase_reason(const char *language);

/* The same in the language of that place, from 0; NULL after the last. */
const char *erase_reason_at(size_t index);
