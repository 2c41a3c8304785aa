/*
 * What must hold within one record beyond what each of its fields obeys by itself (kinds.h): one
 * const row per rule, its sentence in both languages beside it. The client checks them before it
 * records, the server before it commits. Rules between records: server/rules. Source:
 * proto/README.md, 12 and 13, which name each word.
 */
#pragma once

#include "error.h"
#include "kinds.h"

enum record_rule_test {
    RECORD_RULE_ORDER,    /* the first of `fields` is not above the second */
    RECORD_RULE_NEEDS,    /* when `field` is `value`, each of `fields` has a value */
    RECORD_RULE_TOGETHER, /* `fields` have a value all or none */
    RECORD_RULE_ANY,      /* at least one of `fields` has a value */
    RECORD_RULE_ONE,      /* exactly one of `fields` has a value */
    RECORD_RULE_ABOVE,    /* the number in `field`, if any, is above `value` */
    RECORD_RULE_EMAIL,    /* the text in `field`, if any, can be an address: NAME@HOST.DOMAIN */
    RECORD_RULE_HASH,     /* the text in `field` is 64 lower-case hexadecimal digits */
    RECORD_RULE_NAME,     /* each text of `fields`, if any, is one line of at most `value`
                             characters with something to see in it, no control characters */
    RECORD_RULE_LANGUAGE  /* the text in `field`, if any, is "fr" or "en" */
};

#define RECORD_RULES_FIELDS 4

struct record_rule {
    Concert__Kind kind;
    const char *name; /* the rule's word, in an error */
    enum record_rule_test test;
    const char *field;
    int64_t value;
    const char *fields[RECORD_RULES_FIELDS]; /* NULL after the last */
    const char *english, *french;            /* a whole sentence each */
};

extern const struct record_rule record_rules[];
extern const size_t record_rules_count;

/* Which rules: those about single values (NAME, LANGUAGE) are asked of what is written, not of what
 * was there before they were made: an old account must still be closed. */
enum record_rules_scope { RECORD_RULES_ALL, RECORD_RULES_VALUES, RECORD_RULES_BETWEEN };

/* Checks a record, or the values of a patch, against the rules of its kind. False with the first
 * that is broken: invalid, the field to look at, the rule's word. */
bool record_rules_hold(const struct kind *kind, const ProtobufCMessage *message,
    enum record_rules_scope scope, struct error *error_r);

/* The sentence of the rule of that word, of `kind` or with 0 of any; NULL when there is none.
 * `language`: "fr" or "en". */
const char *record_rules_sentence(Concert__Kind kind, const char *name, const char *language);
