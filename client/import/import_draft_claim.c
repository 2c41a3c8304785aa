/* What files say of a draft gathers in it. */
#include <string.h>

#include "i18n.h"
#include "import/import_draft.h"
#include "text.h"
#include "words.h"

#define FOLDED_MAX 1024 /* longer texts agree only when they are the same */

static void contradiction(const struct import_row *row, size_t column, const struct draft *draft,
    const struct fields_patch *patch, const ProtobufCFieldDescriptor *field)
{
    struct import *import = row->import;

    import_work_refuse(row, column,
        _("%s: “%s” here, but “%s” on line %u of %s. Correct one of the two."),
        words_show(WORDS_FIELD, field->name, import->options.language),
        fields_show(&import->reader, draft->kind, patch->message, field),
        fields_show(&import->reader, draft->kind, draft->wanted, field), draft->place.line,
        draft->place.file);
}

/* True when both say the same; of texts, capitals and accents aside: the first writing stands. */
static bool agree(
    const ProtobufCMessage *a, const ProtobufCMessage *b, const ProtobufCFieldDescriptor *field)
{
    char one[FOLDED_MAX], other[FOLDED_MAX];

    if (field->type != PROTOBUF_C_TYPE_STRING || field->label == PROTOBUF_C_LABEL_REPEATED ||
        record_same(a, b, field))
        return record_same(a, b, field);
    return text_fold(record_get(a, field, 0).data, one, sizeof(one)) < sizeof(one) &&
           text_fold(record_get(b, field, 0).data, other, sizeof(other)) < sizeof(other) &&
           strcmp(one, other) == 0;
}

void import_draft_claim(const struct import_row *row, size_t column, struct draft *draft,
    const struct fields_patch *patch)
{
    if (row->import->out_of_memory)
        return;
    if (draft->wanted == NULL) {
        draft->wanted = record_new(draft->kind, row->import->arena);
        draft->place = import_work_place(row, column);
    }
    draft->file = row->file;
    if (draft->wanted == NULL) {
        row->import->out_of_memory = true;
        return;
    }
    for (unsigned i = 0; i < draft->kind->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &draft->kind->descriptor->fields[i];

        if (record_count(patch->message, field) == 0)
            continue;
        if (record_count(draft->wanted, field) == 0)
            record_copy(draft->wanted, patch->message, field);
        else if (!agree(draft->wanted, patch->message, field))
            contradiction(row, column, draft, patch, field);
    }
    for (size_t i = 0; i < patch->n_clear; i++)
        if (draft->n_clear < RECORD_FIELDS_MAX)
            draft->clear[draft->n_clear++] = patch->clear[i];
}

void import_draft_cover(const struct import_row *row, struct draft *draft, uint64_t kinds_mask)
{
    if (draft->covered == 0)
        draft->listing = import_work_place(row, SIZE_MAX);
    draft->covered |= kinds_mask;
}
