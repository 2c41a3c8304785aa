#include "directory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "date.h"
#include "idmap.h"
#include "text.h"

#define NAME_SIZE 120

struct person {
    uint8_t id[UUID_SIZE];
    char name[NAME_SIZE];
    Concert__Account__Role role;
    uint8_t parties[POLICY_PARTIES_MAX][UUID_SIZE];
    size_t n_parties;
    bool active;
    int32_t expires; /* DATE_NONE: never */
};

struct device {
    uint8_t id[UUID_SIZE], account[UUID_SIZE];
    uint8_t fingerprint[IDENTITY_FINGERPRINT_SIZE];
    char name[NAME_SIZE];
    bool revoked;
};

struct party {
    char name[NAME_SIZE];
};

/* Devices are found by fingerprint, whose first 16 bytes serve as the id of a map, and by id. */
struct directory {
    struct idmap *persons, *devices, *fingerprints, *parties;
};

struct directory *directory_new(void)
{
    struct directory *directory = calloc(1, sizeof(*directory));

    if (directory == NULL)
        return NULL;
    directory->persons = idmap_new();
    directory->devices = idmap_new();
    directory->fingerprints = idmap_new();
    directory->parties = idmap_new();
    if (directory->persons == NULL || directory->devices == NULL ||
        directory->fingerprints == NULL || directory->parties == NULL)
        directory_free(&directory);
    return directory;
}

static void free_all(struct idmap **map)
{
    size_t cursor = 0;
    void *data;

    while (*map != NULL && (data = idmap_next(*map, &cursor)) != NULL)
        free(data);
    idmap_free(map);
}

void directory_free(struct directory **directory)
{
    if (*directory == NULL)
        return;
    free_all(&(*directory)->persons);
    free_all(&(*directory)->devices);
    free_all(&(*directory)->parties);
    idmap_free(&(*directory)->fingerprints);
    free(*directory);
    *directory = NULL;
}

/* The entry of that id, made when it is new. */
static void *entry(struct idmap *map, const uint8_t id[UUID_SIZE], size_t size)
{
    void *data = idmap_get(map, id);

    if (data == NULL && (data = calloc(1, size)) != NULL && !idmap_put(map, id, data)) {
        free(data);
        return NULL;
    }
    return data;
}

static bool learn_account(struct directory *directory, const struct store_record *record)
{
    const Concert__Account *account = (const Concert__Account *)record->body;
    struct person *person = entry(directory->persons, record->id, sizeof(*person));

    if (person == NULL)
        return false;
    memcpy(person->id, record->id, UUID_SIZE);
    person->active = !record->deleted && (!account->has_active || account->active);
    if (record->deleted)
        return true;
    text_copy(person->name, sizeof(person->name), account->person == NULL ? "" : account->person);
    person->role = account->role;
    person->expires = DATE_NONE;
    if (account->expires != NULL)
        date_parse(account->expires, &person->expires);
    person->n_parties = 0;
    for (size_t i = 0; i < account->n_parties && i < POLICY_PARTIES_MAX; i++)
        if (account->parties[i].len == UUID_SIZE)
            memcpy(person->parties[person->n_parties++], account->parties[i].data, UUID_SIZE);
    return true;
}

static bool read_fingerprint(const char *text, uint8_t fingerprint_r[IDENTITY_FINGERPRINT_SIZE])
{
    if (text == NULL || strlen(text) != IDENTITY_FINGERPRINT_TEXT - 1)
        return false;
    for (size_t i = 0; i < IDENTITY_FINGERPRINT_SIZE; i++) {
        unsigned byte;

        if (sscanf(text + 2 * i, "%2x", &byte) != 1)
            return false;
        fingerprint_r[i] = (uint8_t)byte;
    }
    return true;
}

static bool learn_device(struct directory *directory, const struct store_record *record)
{
    const Concert__Device *body = (const Concert__Device *)record->body;
    struct device *device = entry(directory->devices, record->id, sizeof(*device));

    if (device == NULL)
        return false;
    device->revoked = record->deleted || (body->has_revoked && body->revoked);
    if (record->deleted)
        return true;
    memcpy(device->id, record->id, UUID_SIZE);
    memcpy(device->account, body->account.data, UUID_SIZE);
    text_copy(device->name, sizeof(device->name), body->name);
    return !read_fingerprint(body->fingerprint, device->fingerprint) ||
           idmap_put(directory->fingerprints, device->fingerprint, device);
}

static bool learn_party(struct directory *directory, const struct store_record *record)
{
    const Concert__Party *body = (const Concert__Party *)record->body;
    struct party *party = entry(directory->parties, record->id, sizeof(*party));

    if (party == NULL)
        return false;
    if (!record->deleted)
        text_copy(party->name, sizeof(party->name), body->name);
    return true;
}

bool directory_learn(struct directory *directory, const struct store_record *record)
{
    if (!record->deleted && record->body == NULL)
        return true;
    if (record->kind->id == CONCERT__KIND__ACCOUNT)
        return learn_account(directory, record);
    if (record->kind->id == CONCERT__KIND__DEVICE)
        return learn_device(directory, record);
    if (record->kind->id == CONCERT__KIND__PARTY)
        return learn_party(directory, record);
    return true;
}

const char *directory_rule(enum directory_found found)
{
    static const char *const rules[] = {[DIRECTORY_REVOKED] = "revoked",
        [DIRECTORY_CLOSED] = "closed",
        [DIRECTORY_ENDED] = "ended"};

    return rules[found];
}

static enum directory_found standing(
    const struct device *device, const struct person *person, int32_t today)
{
    if (device->revoked)
        return DIRECTORY_REVOKED;
    if (!person->active)
        return DIRECTORY_CLOSED;
    return person->expires != DATE_NONE && today > person->expires ? DIRECTORY_ENDED
                                                                   : DIRECTORY_ACTIVE;
}

enum directory_found directory_actor(const struct directory *directory,
    const uint8_t fingerprint[IDENTITY_FINGERPRINT_SIZE], int32_t today,
    struct policy_actor *actor_r)
{
    const struct device *device = idmap_get(directory->fingerprints, fingerprint);
    const struct person *person =
        device == NULL ? NULL : idmap_get(directory->persons, device->account);

    if (person == NULL || memcmp(device->fingerprint, fingerprint, IDENTITY_FINGERPRINT_SIZE) != 0)
        return DIRECTORY_UNKNOWN;
    *actor_r = (struct policy_actor){.role = person->role, .n_parties = person->n_parties};
    memcpy(actor_r->account, person->id, UUID_SIZE);
    memcpy(actor_r->device, device->id, UUID_SIZE);
    memcpy(actor_r->parties, person->parties, sizeof(actor_r->parties));
    return standing(device, person, today);
}

/* Cut between characters: the words go into a message, which must be text. */
static void append(char *text_r, size_t size, const char *name)
{
    const char *comma = text_r[0] == '\0' ? "" : ", ";
    size_t used = strlen(text_r);

    if (*name == '\0' || used + strlen(comma) + 1 >= size)
        return;
    text_copy(text_r + used, size - used, comma);
    used += strlen(comma);
    text_copy(text_r + used, size - used, name);
}

void directory_who(const struct directory *directory, const uint8_t account[UUID_SIZE], bool full,
    char *text_r, size_t size)
{
    const struct person *person = idmap_get(directory->persons, account);

    text_r[0] = '\0';
    if (person == NULL)
        return;
    if (full)
        append(text_r, size, person->name);
    for (size_t i = 0; i < person->n_parties; i++) {
        const struct party *party = idmap_get(directory->parties, person->parties[i]);

        if (party != NULL && strcmp(text_r, party->name) != 0)
            append(text_r, size, party->name);
    }
}

const char *directory_device(const struct directory *directory, const uint8_t device[UUID_SIZE])
{
    const struct device *found = idmap_get(directory->devices, device);

    return found == NULL ? "" : found->name;
}
