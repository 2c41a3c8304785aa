/* What put_document and get_document have in common. */
#pragma once

#include "request.h"
#include "store/store_document.h"

/* Why the request's account may not do this to the document: not_found, invalid or denied, as a
 * push would say; code 0: it may. */
struct error document_fault(
    const struct request *request, const struct store_document *document, enum policy_act act);

/* Whether bytes that were here are not any more: a document never has all of them without being
 * whole, nor is it whole without them. */
bool document_broken(const struct store_document *document);
