/*
 * The register of record kinds: one const row per kind. Everything generic (patches, tables,
 * policy, printing) is driven by these rows and by the kind's protobuf descriptor. Source:
 * proto/README.md, 13 and 14.
 */
#pragma once

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stdint.h>

#include "records.pb-c.h"

#define KIND_BIT(kind) (UINT64_C(1) << (CONCERT__KIND__##kind))
#define KIND_ANY UINT64_MAX

/* What everybody may read: what hangs on any record is read by everybody too. */
#define KIND_PUBLIC                                                                                \
    (KIND_ANY & ~(KIND_BIT(ACCOUNT) | KIND_BIT(DEVICE) | KIND_BIT(CONTACT) | KIND_BIT(INCIDENT) |  \
                    KIND_BIT(QUARANTINE)))

enum kind_flag {
    KIND_REQUIRED = 1 << 0,    /* must be present in every live record */
    KIND_FIXED = 1 << 1,       /* set at creation, never changed: ownership hangs on it */
    KIND_FROZEN = 1 << 2,      /* structure: after adoption only by a coordinator's amendment */
    KIND_PERSONAL = 1 << 3,    /* told to staff and to the owner alone */
    KIND_STAFF = 1 << 4,       /* an editor may not set it, own record or not */
    KIND_DATE = 1 << 5,        /* text YYYY-MM-DD */
    KIND_NUMBER = 1 << 6,      /* dotted number, and the record's handle: 2.1.3 */
    KIND_COORDINATOR = 1 << 7, /* only a coordinator may set it */
    KIND_OWNERS = 1 << 8,      /* not for a proposer, nor the party in the kind's `also` field */
    KIND_SERVER = 1 << 9,      /* given by the server, nobody may set it */
    KIND_MOMENT = 1 << 10,     /* text YYYY-MM-DD or YYYY-MM-DDTHH:MM, in the region's time zone */
    KIND_MONEY = 1 << 11,      /* Canadian dollars, in cents */
    KIND_DECIMAL = 1 << 12,    /* a number with three decimals, in thousandths */
    KIND_BYTES = 1 << 13       /* how large a file is */
};

/* What a field obeys beyond its protobuf type. Fields without a row obey nothing more. */
struct kind_field {
    const char *name;
    unsigned flags;   /* enum kind_flag */
    uint64_t refs;    /* kinds that it may refer to; 0: not a reference */
    int64_t min, max; /* bounds of a number; both 0: those of its type */
};

enum kind_readers {
    KIND_READ_ALL,
    KIND_READ_STAFF /* staff, and an account's holder for what is its own */
};

enum kind_writers {
    KIND_WRITE_EDITORS,     /* staff, and editors for what their parties own */
    KIND_WRITE_PROPOSERS,   /* anyone but readers may create; then as editors */
    KIND_WRITE_STAFF,       /* coordinator and secretariat */
    KIND_WRITE_COORDINATOR, /* coordinator alone */
    KIND_WRITE_SERVER       /* created by the server; a coordinator may change it */
};

struct kind {
    Concert__Kind id;
    const char *name; /* as in the database, in JSON and on the command line */
    const ProtobufCMessageDescriptor *descriptor;
    const char *prefix; /* of the handle; NULL: the KIND_NUMBER field is the handle */
    const char
        *owner; /* field that tells the owner: a party, or a record to inherit from; NULL: none */
    const char *parent; /* field that names the record it hangs on; NULL: none */
    const char *also;   /* field that names a second party that may write it; NULL: none */
    enum kind_readers readers;
    enum kind_writers writers;
    bool append_only;  /* its author alone may correct it */
    const char *label; /* text, or reference to a record, that names it to people; NULL: none */
    const struct kind_field *fields;
    size_t n_fields;
};

extern const struct kind kinds[];
extern const size_t kinds_count;

/* The kind of that number; NULL when this version does not know it. */
const struct kind *kinds_get(Concert__Kind id);

/* The kind of that name ("action", English, lower case); NULL when unknown. */
const struct kind *kinds_by_name(const char *name);

/* The row of a field; never NULL: a field without a row has one that asks nothing. */
const struct kind_field *kinds_field(const struct kind *kind, const char *name);

/* True when the field refers to other records (one or several). */
bool kinds_is_reference(const struct kind *kind, const ProtobufCFieldDescriptor *field);

/* True when its records are their own root: what hangs on them is frozen by their state. */
bool kinds_is_root(const struct kind *kind);

/* True when the kind has at least one personal field. */
bool kinds_has_personal(const struct kind *kind);
