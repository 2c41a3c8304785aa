/* The bytes of documents, part after part, against what the log says of them. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "admin/verify_internal.h"
#include "frame.h"
#include "i18n.h"
#include "record.h"
#include "store/binary.h"
#include "text.h"

#define PARTS "8" /* that are in memory at once */
#define SHA256_TEXT (2 * crypto_hash_sha256_BYTES + 1)

/* One document on its way through. */
struct reading {
    struct verify *verify;
    struct arena *arena;
    const struct verify_expected *record;
    uint64_t size;     /* as the log says */
    const char *claim; /* so too: its SHA-256 in hexadecimal */
    bool whole;        /* it was found to agree once */
    uint64_t at;       /* read so far */
    int64_t next;      /* the least place of a part not read yet */
    bool joined;       /* no gap between its parts, and none on top of another */
    crypto_hash_sha256_state hash;
};

static unsigned long long number(uint64_t n)
{
    return (unsigned long long)n;
}

static struct record_value value_of(const struct verify_expected *record, const char *field)
{
    const ProtobufCFieldDescriptor *descriptor = record_field(record->kind, field);

    return descriptor == NULL || record_count(record->body, descriptor) == 0
               ? (struct record_value){.data = ""}
               : record_get(record->body, descriptor, 0);
}

/* --- what is found -----------------------------------------------------------------------------
 */

static void judge(struct reading *reading)
{
    uint8_t hash[crypto_hash_sha256_BYTES];
    char text[SHA256_TEXT], name[64];
    struct verify *verify = reading->verify;

    verify_name(verify, reading->record->id, name);
    crypto_hash_sha256_final(&reading->hash, hash);
    sodium_bin2hex(text, sizeof(text), hash, sizeof(hash));
    verify->broken++;
    if (!reading->joined)
        verify_found(verify,
            _("%s (document): its parts do not join after byte %llu; it has %llu bytes."), name,
            number(reading->at), number(reading->size));
    else if (reading->at != reading->size)
        verify_found(verify,
            _("%s (document): %llu bytes of its file are there, but it has %llu bytes."), name,
            number(reading->at), number(reading->size));
    else if (strcmp(text, reading->claim) != 0)
        verify_found(verify,
            _("%s (document): the bytes that are there are not those of its file (their SHA-256 is "
              "another than the log's)."),
            name);
    else if (!reading->whole)
        verify_found(verify,
            _("%s (document): all of its file is there, but not marked as whole: nobody can fetch "
              "it."),
            name);
    else
        verify->broken--;
}

/* PostgreSQL's own storage is damaged there. */
static bool tell_unread(struct reading *reading)
{
    char why[INSPECT_WHY], name[64];

    text_copy(why, sizeof(why), inspect_why(reading->verify->inspect));
    if (!inspect_run(reading->verify->inspect, "ROLLBACK TO SAVEPOINT document"))
        return false;
    verify_name(reading->verify, reading->record->id, name);
    reading->verify->broken++;
    verify_found(
        reading->verify, _("%s (document): the bytes of its file cannot be read: %s"), name, why);
    return true;
}

/* --- reading -----------------------------------------------------------------------------------
 */

/* Adds a part to what was read. One that is longer than any message was never sent: it comes
 * without its bytes. */
static void take_part(struct reading *reading, const struct inspect_rows *rows, size_t row)
{
    struct pipeline_value bytes = inspect_get(rows, row, 1);

    reading->next = inspect_get_number(rows, row, 0);
    reading->joined = bytes.data != NULL && (uint64_t)reading->next++ == reading->at;
    if (!reading->joined)
        return;
    crypto_hash_sha256_update(&reading->hash, bytes.data, bytes.size);
    reading->at += bytes.size;
}

/* The parts that come next, also those that begin before what was read ends. */
static bool read_parts(struct reading *reading, bool *more_r)
{
    struct pipeline_value values[] = {{reading->record->id, UUID_SIZE},
        binary_number(reading->arena, BINARY_INT64, reading->next),
        binary_number(reading->arena, BINARY_INT64, (int64_t)FRAME_TO_SERVER_MAX)};
    struct inspect_rows *rows;

    *more_r = false;
    if (values[1].data == NULL || values[2].data == NULL) {
        reading->verify->failed = true;
        return false;
    }
    rows = inspect_ask(reading->verify->inspect,
        "SELECT \"offset\", CASE WHEN length(bytes) <= $3::bigint THEN bytes END"
        " FROM document_chunk WHERE document = $1::uuid AND \"offset\" >= $2::bigint"
        " ORDER BY \"offset\" LIMIT " PARTS,
        values, sizeof(values) / sizeof(values[0]));
    if (rows == NULL)
        return false;
    for (size_t i = 0; reading->joined && i < inspect_rows_count(rows); i++)
        take_part(reading, rows, i);
    *more_r = reading->joined && inspect_rows_count(rows) > 0;
    inspect_rows_free(&rows);
    return true;
}

/* What was begun to be sent, or not even that, still waits on a device. */
static bool look(struct reading *reading, bool *unsent_r)
{
    const struct pipeline_value id = {reading->record->id, UUID_SIZE};
    struct inspect_rows *rows = inspect_ask(reading->verify->inspect,
        "SELECT coalesce((SELECT c.\"offset\" + length(c.bytes) FROM document_chunk c WHERE"
        " c.document = $1::uuid ORDER BY c.\"offset\" DESC LIMIT 1), 0), EXISTS (SELECT FROM"
        " document_whole w WHERE w.document = $1::uuid)",
        &id, 1);
    bool fine = rows != NULL;

    if (fine) {
        reading->whole = binary_get_number(inspect_get(rows, 0, 1), BINARY_BOOL) != 0;
        *unsent_r = !reading->whole && (uint64_t)inspect_get_number(rows, 0, 0) < reading->size;
    }
    inspect_rows_free(&rows);
    return fine;
}

/* What cannot be read costs the statement alone, not the snapshot. */
static bool read_document(struct reading *reading)
{
    bool unsent = false, more = true, fine;

    if (!inspect_run(reading->verify->inspect, "SAVEPOINT document"))
        return false;
    fine = look(reading, &unsent);
    while (fine && more && !unsent)
        fine = read_parts(reading, &more);
    if (!fine)
        return tell_unread(reading);
    if (unsent)
        reading->verify->unsent++;
    else
        judge(reading);
    return inspect_run(reading->verify->inspect, "RELEASE SAVEPOINT document");
}

bool verify_documents(struct verify *verify, const struct verify_expected *expected, size_t count,
    struct arena *arena)
{
    bool fine = true;

    for (size_t i = 0; fine && i < count; i++) {
        struct reading reading = {
            .verify = verify, .arena = arena, .record = &expected[i], .joined = true};

        if (expected[i].body == NULL || expected[i].kind->id != CONCERT__KIND__DOCUMENT)
            continue;
        reading.size = (uint64_t)value_of(&expected[i], "size").number;
        reading.claim = value_of(&expected[i], "sha256").data;
        crypto_hash_sha256_init(&reading.hash);
        verify->documents++;
        fine = read_document(&reading);
    }
    return fine;
}
