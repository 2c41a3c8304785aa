/* The words by which people know what is imported. */
#include <string.h>

#include "import/import_draft.h"
#include "text.h"

const char *import_draft_text(const struct draft *draft, const char *field)
{
    const ProtobufCFieldDescriptor *descriptor =
        field == NULL ? NULL : record_field(draft->kind, field);

    if (descriptor == NULL || descriptor->type != PROTOBUF_C_TYPE_STRING)
        return NULL;
    if (draft->wanted != NULL && record_count(draft->wanted, descriptor) > 0)
        return record_get(draft->wanted, descriptor, 0).data;
    if (draft->entry != NULL && record_count(draft->entry->body, descriptor) > 0)
        return record_get(draft->entry->body, descriptor, 0).data;
    return NULL;
}

/* What the draft itself is called, or whom it names. */
static const char *own_words(struct import *import, const struct draft *draft)
{
    static const char *const who[] = {"organization", "party"};
    const char *own = import_draft_text(draft, draft->kind->label);

    for (size_t i = 0; i < sizeof(who) / sizeof(who[0]); i++) {
        const struct draft *named = import_draft_follow(import->drafts, draft, who[i]);
        bool parent = draft->kind->parent != NULL && strcmp(draft->kind->parent, who[i]) == 0;
        const char *name = named == NULL || parent ? NULL : import_draft_text(named, "name");

        if (name != NULL && own != NULL && draft->kind->id == CONCERT__KIND__MEMBERSHIP)
            return import_work_text(import, "%s (%s)", name, own);
        if (name != NULL && own == NULL)
            return name;
    }
    return own == NULL ? "" : own;
}

const char *import_draft_name(struct import *import, const struct draft *draft)
{
    const char *own = own_words(import, draft);
    const struct draft *parent = import_draft_follow(import->drafts, draft, draft->kind->parent);
    const char *on = NULL;

    if (parent != NULL && import_draft_text(draft, "number") == NULL) {
        on = import_draft_text(parent, "number");
        if (on == NULL)
            on = import_draft_text(parent, "name");
    }
    return on == NULL ? import_work_text(import, "%s", own)
                      : import_work_text(import, "%s · %s", on, own);
}

const char *import_draft_nearest(struct import *import, Concert__Kind kind, const char *name)
{
    const struct draft *draft = import_draft_all(import->drafts);
    const char *best = NULL;

    /* The nearest of each and the best so far: what remains is the nearest of all. */
    for (; draft != NULL; draft = draft->next) {
        const char *two[2] = {best, NULL};

        if (draft->kind->id != kind)
            continue;
        two[1] = import_draft_text(draft, draft->kind->label);
        best = text_nearest(name, two, 2);
    }
    return best;
}
