/* Who may read and write what: one table and one function (proto/README.md, 14). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kinds.h"
#include "uuid.h"

#define POLICY_PARTIES_MAX 16

enum policy_act { POLICY_READ, POLICY_CREATE, POLICY_CHANGE, POLICY_DELETE };

/* What is asked: may this role do this to a field with those flags of a record of this kind? */
struct policy_question {
    Concert__Account__Role role;
    enum policy_act act;
    const struct kind *kind;
    bool
        own; /* one of the account's parties owns it; of accounts and devices: it is the holder's */
    bool also;      /* one of them is named in the kind's `also` field */
    bool author;    /* the account created the record */
    unsigned flags; /* enum kind_flag of the field; 0: the record as such */
};

/* The one decision. */
bool policy_allows(const struct policy_question *question);

/* Somebody who asks: an account through one of its devices. */
struct policy_actor {
    uint8_t account[UUID_SIZE], device[UUID_SIZE];
    Concert__Account__Role role;
    uint8_t parties[POLICY_PARTIES_MAX][UUID_SIZE];
    size_t n_parties;
};

/* True when `owner` is one of the actor's parties. */
bool policy_owns(const struct policy_actor *actor, const uint8_t owner[UUID_SIZE]);

/* True for the Consortium's staff: coordinator and secretariat. */
bool policy_staff(Concert__Account__Role role);
