/*
 * The bytes of documents without PostgreSQL: what server/store/store_document.h promises, over one
 * array for each document, answered when the test says so. A test that includes this header links
 * fake_document.c, so that the linker takes none of the real one.
 */
#pragma once

#include "store/store_document.h"

/* Forgets all documents, calls and counts. */
void fake_document_reset(void);

/* Makes the document of that id, or changes it: `facts` as store_document_look tells them, `bytes`
 * copied, as many as facts->held. `right`: when all have come they are those of the record. */
void fake_document_set(
    const uint8_t id[UUID_SIZE], const struct store_document *facts, const void *bytes, bool right);

/* Answers the oldest call under way. False when there is none. */
bool fake_document_step(void);

/* The next `count` answers are STORE_UNAVAILABLE, and nothing is done. */
void fake_document_fail(size_t count);

/* What was asked for so far. */
struct fake_document_counts {
    size_t looks, adds, reads;
};
const struct fake_document_counts *fake_document_counts(void);
