#include "admin/erase_words.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "record.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define DIGITS 6

struct language {
    const char *name, *person, *device, *document, *reason;
};

static const struct language languages[] = {
    {"fr", "Personne effacée", "Appareil effacé", "Document effacé",
        "effacement de renseignements personnels"},
    {"en", "Erased person", "Erased device", "Erased document", "erasure of personal information"},
};

/* Texts that name whom a record is of, among those that are personal; and two that are not, but
 * are given by people. */
static const char *const person_fields[] = {"person", "name"};

struct named_field {
    Concert__Kind kind;
    const char *field;
};

static const struct named_field named[] = {
    {CONCERT__KIND__DEVICE, "name"},
    {CONCERT__KIND__DOCUMENT, "title"},
};

static const struct language *language_of(const char *name)
{
    for (size_t i = 0; i < COUNT(languages); i++)
        if (strcmp(languages[i].name, name) == 0)
            return &languages[i];
    return &languages[0];
}

static bool is_named(const struct kind *kind, const char *field)
{
    for (size_t i = 0; i < COUNT(named); i++)
        if (named[i].kind == kind->id && strcmp(named[i].field, field) == 0)
            return true;
    return false;
}

static bool is_person(const struct kind *kind, const ProtobufCFieldDescriptor *field)
{
    bool personal = kinds_field(kind, field->name)->flags & KIND_PERSONAL;

    for (size_t i = 0; personal && i < COUNT(person_fields); i++)
        if (field->type == PROTOBUF_C_TYPE_STRING && strcmp(person_fields[i], field->name) == 0)
            return true;
    return false;
}

const ProtobufCFieldDescriptor *erase_name_field(const struct kind *kind)
{
    for (unsigned i = 0; i < kind->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &kind->descriptor->fields[i];

        if (is_person(kind, field) || is_named(kind, field->name))
            return field;
    }
    return NULL;
}

/* A contact can be reached somehow. */
const ProtobufCFieldDescriptor *erase_filled_field(const struct kind *kind)
{
    return kind->id == CONCERT__KIND__CONTACT ? record_field(kind, "phone") : NULL;
}

bool erase_is_taken(const struct kind *kind, const ProtobufCFieldDescriptor *field)
{
    return (kinds_field(kind, field->name)->flags & KIND_PERSONAL) || is_named(kind, field->name);
}

void erase_pseudonym(const char *language, const char digits[7], char pseudonym_r[ERASE_PSEUDONYM])
{
    snprintf(pseudonym_r, ERASE_PSEUDONYM, "%s %.6s", language_of(language)->person, digits);
}

void erase_digits(char digits_r[7])
{
    snprintf(digits_r, DIGITS + 1, "%06x", randombytes_uniform(1u << 24));
}

const char *erase_stand_in(const struct kind *kind, const char *language, const char *pseudonym)
{
    if (kind->id == CONCERT__KIND__DEVICE)
        return language_of(language)->device;
    if (kind->id == CONCERT__KIND__DOCUMENT)
        return language_of(language)->document;
    return pseudonym;
}

static bool is_pseudonym(const char *text, const char *words)
{
    size_t size = strlen(words);

    return strncmp(text, words, size) == 0 && text[size] == ' ' &&
           strspn(text + size + 1, "0123456789abcdef") == DIGITS && text[size + 1 + DIGITS] == '\0';
}

bool erase_is_stand_in(const char *text)
{
    for (size_t i = 0; i < COUNT(languages); i++)
        if (is_pseudonym(text, languages[i].person) || strcmp(text, languages[i].device) == 0 ||
            strcmp(text, languages[i].document) == 0)
            return true;
    return false;
}

const char *erase_reason(const char *language)
{
    return language_of(language)->reason;
}

const char *erase_reason_at(size_t index)
{
    return index < COUNT(languages) ? languages[index].reason : NULL;
}
