/* The rules of proposals: what one may hold, and that it is what its answer says. What an editor may
 * not change it may propose. Pure. */
#pragma once

#include "rules.h"

/* True for any other kind. A new proposal holds what could be changed of its subject, and of the
 * operation that it comes from, if any, nothing personal; one that is accepted has been applied to
 * it by the same push; an answered one stays as it is. False with code, field, rule. */
bool proposal_holds(const struct rules_case *rule_case, struct error *error_r);
