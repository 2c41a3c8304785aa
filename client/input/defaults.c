#include "input/defaults.h"

#include <stdlib.h>
#include <string.h>

#include "desk/desk.h"
#include "input/pick.h"

/* A record in the making. */
struct making {
    struct context *context;
    const struct fields_reader *reader;
    struct fields_patch *patch;
};

/* The field when the kind has it and nothing was said of it; else NULL. */
static const ProtobufCFieldDescriptor *unsaid(const struct making *to, const char *name)
{
    const ProtobufCFieldDescriptor *field = record_field(to->patch->kind, name);

    if (field == NULL || record_count(to->patch->message, field) > 0 ||
        (to->patch->touched & (UINT64_C(1) << (field - to->patch->kind->descriptor->fields))))
        return NULL;
    return field;
}

static const struct book_entry *named(const struct making *to, const char *field)
{
    const uint8_t *id =
        field == NULL ? NULL : record_reference(to->patch->message, to->patch->kind, field);

    return id == NULL ? NULL : book_get(to->context->book, id);
}

/* --- who ---------------------------------------------------------------------------------------
 */

/* The one party that the person speaks for; NULL for staff, who speak for all. */
static const uint8_t *own_party(const struct making *to)
{
    const struct desk_identity *me = desk_identity(to->context->desk);

    return me->n_parties == 1 && !pick_is_staff(to->context) ? me->parties[0] : NULL;
}

static bool names_party(const struct kind *kind, const char *field)
{
    return field != NULL && kinds_field(kind, field)->refs == KIND_BIT(PARTY);
}

/* True of what one records about somebody else: it names whose it is, and oneself beside. */
static bool of_another(const struct kind *kind)
{
    return kind->parent == NULL && names_party(kind, kind->also);
}

static void default_owner(struct making *to)
{
    const struct kind *kind = to->patch->kind;
    const uint8_t *me = own_party(to);

    if (me != NULL && names_party(kind, kind->owner) && !of_another(kind) &&
        unsaid(to, kind->owner) != NULL)
        fields_refer(to->reader, to->patch, kind->owner, me);
}

/* At another committee's meeting one's own party attends, or proposes; of another's plan it is the
 * one that has read it. */
static void default_guest(struct making *to)
{
    const struct kind *kind = to->patch->kind;
    const struct book_entry *host = named(to, kind->parent);
    const uint8_t *me = own_party(to);

    if (me == NULL || !names_party(kind, kind->also) || unsaid(to, kind->also) == NULL ||
        !(kinds_field(kind, kind->also)->flags & KIND_FIXED))
        return;
    if (of_another(kind) || (host != NULL && !uuid_equal(host->owner, me)))
        fields_refer(to->reader, to->patch, kind->also, me);
}

/* --- where -------------------------------------------------------------------------------------
 */

/* The newest plan of an editor's own committees; NULL: none, or staff. */
static const struct book_entry *own_plan(const struct making *to)
{
    size_t count;
    const struct book_entry *const *plans =
        book_list(to->context->book, CONCERT__KIND__PLAN, &count);

    for (size_t i = count; i > 0 && !pick_is_staff(to->context); i--)
        if (pick_is_own(to->context, plans[i - 1]->owner))
            return plans[i - 1];
    return NULL;
}

/* An objective of an objective is of its plan; else of one's own plan, else of the one in force. */
static void default_plan(struct making *to)
{
    const struct book_entry *parent, *plan;
    enum command_exit code;
    size_t count;

    if (to->patch->kind->id != CONCERT__KIND__OBJECTIVE || unsaid(to, "plan") == NULL)
        return;
    parent = named(to, "parent");
    book_list(to->context->book, CONCERT__KIND__PLAN, &count);
    if (parent == NULL && count == 0)
        return; /* said with what else is missing */
    plan = parent != NULL ? book_follow(to->context->book, parent, "plan") : own_plan(to);
    if (plan == NULL)
        plan = pick_plan(to->context, NULL, &code);
    if (plan != NULL)
        fields_refer(to->reader, to->patch, "plan", plan->id);
}

/* The last part of a dotted number; 0 when it is no number. */
static int64_t last_part(const char *number)
{
    const char *dot = strrchr(number, '.');

    return strtol(dot == NULL ? number : dot + 1, NULL, 10);
}

/* What the entry has in the field, a number or a dotted one's last part. */
static int64_t place_of(const struct book_entry *entry, const char *field)
{
    const char *text = book_text(entry, field);

    return text != NULL ? last_part(text) : book_number(entry, field, 0);
}

/* The highest place among those under `above` (NULL: among all of the kind). */
static int64_t highest(
    const struct making *to, const struct book_entry *above, const char *parent, const char *field)
{
    const struct book *book = to->context->book;
    Concert__Kind kind = to->patch->kind->id;
    size_t count;
    const struct book_entry *const *list =
        above == NULL ? book_list(book, kind, &count)
                      : book_children(book, above->id, kind, parent, &count);
    int64_t most = 0;

    for (size_t i = 0; i < count; i++) {
        int64_t place = place_of(list[i], field);

        most = place > most ? place : most;
    }
    return most;
}

static void put(struct making *to, const ProtobufCFieldDescriptor *field, struct record_value value)
{
    record_set(to->patch->message, field, &value, 1, to->reader->arena);
}

/* The number after the last one under what it hangs on: 2.1.4 is followed by 2.1.5. */
static void default_dotted(struct making *to)
{
    const struct kind *kind = to->patch->kind;
    const char *parent = kind->id == CONCERT__KIND__OBJECTIVE ? "parent" : kind->parent;
    const ProtobufCFieldDescriptor *field = unsaid(to, "number");
    const struct book_entry *above = named(to, parent);
    const char *number = above == NULL ? NULL : book_text(above, "number"), *text;

    if (kind->prefix != NULL || field == NULL || number == NULL)
        return;
    text = arena_printf(
        to->reader->arena, "%s.%lld", number, (long long)highest(to, above, parent, "number") + 1);
    if (text != NULL)
        put(to, field, (struct record_value){.data = text, .size = strlen(text)});
}

/* An agenda's next item, a form's next question, the next public. */
static void default_place(struct making *to, const char *name)
{
    const struct kind *kind = to->patch->kind;
    const ProtobufCFieldDescriptor *field = unsaid(to, name);
    const struct book_entry *above = named(to, kind->parent);

    if (field == NULL || field->type != PROTOBUF_C_TYPE_UINT32 ||
        (kind->parent != NULL && above == NULL))
        return;
    put(to, field, (struct record_value){.number = highest(to, above, kind->parent, name) + 1});
}

/* --- when --------------------------------------------------------------------------------------
 */

/* Days on which people write down what they did. */
static void default_days(struct making *to)
{
    static const struct {
        const char *field, *with; /* `with`: only beside that one; NULL: always */
    } days[] = {{"on", NULL}, {"reviewed_on", NULL}, {"checked_on", "checked_by"}};
    struct fields_problem unused;

    for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
        const ProtobufCFieldDescriptor *field = unsaid(to, days[i].field);

        if (field != NULL &&
            (days[i].with == NULL ||
                record_count(to->patch->message, record_field(to->patch->kind, days[i].with)) > 0))
            fields_set(to->reader, to->patch, field, "today", &unused);
    }
}

void defaults_fill(
    struct context *context, const struct fields_reader *reader, struct fields_patch *patch)
{
    struct making to = {context, reader, patch};

    default_owner(&to);
    default_guest(&to);
    default_plan(&to);
    default_dotted(&to);
    default_place(&to, "rank");
    default_place(&to, "number");
    default_days(&to);
}
