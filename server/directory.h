/*
 * Who is who in a region: the accounts, devices and parties' names that every session needs, kept
 * in memory from the feed, so that a hello costs no SQL.
 */
#pragma once

#include "identity.h"
#include "policy.h"
#include "store/store.h"

struct directory;

/* An empty directory; NULL when memory is out. */
struct directory *directory_new(void);

/* Accepts NULL, leaves NULL. */
void directory_free(struct directory **directory);

/* Takes a record's new state in; other kinds are passed over. False when memory is out. */
bool directory_learn(struct directory *directory, const struct store_record *record);

enum directory_found {
    DIRECTORY_ACTIVE,
    DIRECTORY_UNKNOWN, /* no such device */
    DIRECTORY_REVOKED, /* the device is: what comes after may be so besides */
    DIRECTORY_CLOSED,  /* the account is not active, or gone */
    DIRECTORY_ENDED    /* the account's mandate was over before today */
};

/* The rule's word for a device that is known and may do nothing; NULL for the others. */
const char *directory_rule(enum directory_found found);

/* Who stands behind a device's fingerprint, on the civil day `today` (days since 1970-01-01). The
 * actor is filled in unless it is unknown. */
enum directory_found directory_actor(const struct directory *directory,
    const uint8_t fingerprint[IDENTITY_FINGERPRINT_SIZE], int32_t today,
    struct policy_actor *actor_r);

/* The words for an account: "Person, Party" for those who may see persons (`full`), else the names
 * of its parties, or "" when it has none. Written to text_r, cut to `size`. */
void directory_who(const struct directory *directory, const uint8_t account[UUID_SIZE], bool full,
    char *text_r, size_t size);

/* The device's name; "" when unknown. Borrowed until the next directory_learn. */
const char *directory_device(const struct directory *directory, const uint8_t device[UUID_SIZE]);
