/*
 * What must hold within and between records, beyond what record_check sees: one function per rule,
 * and a table of them. Pure: they look at a view.
 */
#pragma once

#include "error.h"
#include "policy.h"
#include "protocol.pb-c.h"
#include "record.h"
#include "view.h"

/* One operation, and what it would lead to. */
struct rules_case {
    const struct view *view;
    const struct policy_actor *actor; /* NULL: the server itself, which policy does not bind */
    const struct kind *kind;
    enum policy_act act;
    const struct store_record *before; /* NULL: create */
    const struct store_record *after;  /* body NULL: delete */
    const struct record_names *touched;
    const char *reason;                    /* NULL: none */
    const Concert__Resolution *resolution; /* of a conflict that it settles; NULL: of none */
    struct arena *arena;
};

/* Runs every rule. False with the first that is broken: code, field, rule. */
bool rules_hold(const struct rules_case *rule_case, struct error *error_r);
