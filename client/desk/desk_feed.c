/*
 * Pages bring records in their last state; the log tells each change. So what a page announces is
 * asked of the log, and told from there, once all up to a page's end has come.
 */
#include "desk/desk_feed.h"

#include <stdlib.h>
#include <string.h>

#include "desk/desk_line.h"

#define ASK_MAX 1000      /* changes asked for at once */
#define ASK_MIN 50        /* fewer could be only such as this home may not read */
#define BOOK_RELOAD 20000 /* changes taken into one book before its memory is let go */
#define NO_HANDLE "–"

/* A page or an answer, in the arena that it came in. */
struct part {
    struct part *next;
    struct arena *arena;
    const Concert__Page *page;
    const Concert__HistoryAnswer *answer;
};

struct item {
    struct book_entry before, now;
    bool known; /* before is what it was just before */
    const Concert__Change *change;
};

struct desk_feed {
    struct desk *desk;
    const struct desk_watching *watching;
    uint64_t told;  /* up to here all was told */
    uint64_t known; /* up to here pages came */
    uint8_t hash[64];
    size_t hash_size; /* of the log at `known` */
    uint64_t asked;   /* the answers under way are for what is up to here; 0: none are */
    uint8_t asked_hash[64];
    size_t asked_hash_size;
    uint64_t before, number; /* of the request under way */
    uint64_t held; /* it waits for a page behind this, which names a new record; 0: it does not */
    struct part *pages;   /* the oldest first */
    struct part *answers; /* likewise */
    size_t taken;         /* changes since the book was loaded */
};

struct desk_feed *desk_feed_new(
    struct desk *desk, const struct desk_watching *watching, uint64_t told)
{
    struct desk_feed *feed = calloc(1, sizeof(*feed));

    if (feed != NULL)
        *feed = (struct desk_feed){.desk = desk, .watching = watching, .told = told, .known = told};
    return feed;
}

static void drop_first(struct part **parts)
{
    struct arena *arena = (*parts)->arena;

    *parts = (*parts)->next;
    arena_free(&arena);
}

static void drop_answers(struct desk_feed *feed)
{
    while (feed->answers != NULL)
        drop_first(&feed->answers);
    feed->asked = feed->number = 0;
}

void desk_feed_free(struct desk_feed **feed)
{
    if (*feed == NULL)
        return;
    drop_answers(*feed);
    while ((*feed)->pages != NULL)
        drop_first(&(*feed)->pages);
    free(*feed);
    *feed = NULL;
}

static struct part *make_part(struct arena *arena, struct desk_why *why_r)
{
    struct part *part = arena_alloc(arena, sizeof(*part));

    if (part == NULL) {
        arena_free(&arena);
        desk_fail(why_r, DESK_LIMIT, NULL);
        return NULL;
    }
    *part = (struct part){.arena = arena};
    return part;
}

bool desk_feed_page(
    struct desk_feed *feed, const Concert__Page *page, struct arena *arena, struct desk_why *why_r)
{
    struct part *part = make_part(arena, why_r), **end = &feed->pages;

    if (part == NULL)
        return false;
    part->page = page;
    while (*end != NULL)
        end = &(*end)->next;
    *end = part;
    feed->known = page->upto;
    feed->hash_size = page->upto_hash.len <= sizeof(feed->hash) ? page->upto_hash.len : 0;
    if (feed->hash_size > 0)
        memcpy(feed->hash, page->upto_hash.data, feed->hash_size);
    return true;
}

/* --- asking ------------------------------------------------------------------------------------
 */

static bool put_question(struct desk_feed *feed, struct desk_why *why_r)
{
    Concert__Request request = CONCERT__REQUEST__INIT;
    Concert__History history = CONCERT__HISTORY__INIT;
    uint64_t missing = feed->before - 1 - feed->told;

    history.has_before = history.has_limit = true;
    history.before = feed->before;
    history.limit = missing < ASK_MIN ? ASK_MIN : missing > ASK_MAX ? ASK_MAX : (uint32_t)missing;
    request.verb_case = CONCERT__REQUEST__VERB_HISTORY;
    request.history = &history;
    return desk_put(feed->desk, &request, &feed->number, why_r);
}

bool desk_feed_ask(struct desk_feed *feed, struct desk_why *why_r)
{
    bool news = false;

    for (const struct part *part = feed->pages; part != NULL; part = part->next)
        news = news || part->page->n_records > 0;
    if (feed->asked != 0)
        return true;
    if (!news) {
        /* what changed is not for this home to read */
        feed->told = feed->known;
        while (feed->pages != NULL)
            drop_first(&feed->pages);
        return true;
    }
    if (feed->held != 0 && feed->held == feed->known)
        return true;
    feed->asked = feed->known;
    feed->asked_hash_size = feed->hash_size;
    memcpy(feed->asked_hash, feed->hash, feed->hash_size);
    feed->before = feed->asked + 1;
    return put_question(feed, why_r);
}

bool desk_feed_asked(const struct desk_feed *feed, uint64_t number)
{
    return feed->number != 0 && feed->number == number;
}

void desk_feed_cut(struct desk_feed *feed)
{
    drop_answers(feed);
}

/* --- telling -----------------------------------------------------------------------------------
 */

static void take_id(uint8_t id_r[UUID_SIZE], protobuf_c_boolean has, ProtobufCBinaryData id)
{
    if (has && id.len == UUID_SIZE)
        memcpy(id_r, id.data, UUID_SIZE);
}

/* The record after the change; the fields named that the patch lacks were emptied. */
static const ProtobufCMessage *body_after(const struct kind *kind, const ProtobufCMessage *body,
    const Concert__Change *change, struct arena *arena)
{
    const void *bytes = arena_copy(arena, change->patch.data, change->patch.len);
    struct error error;
    ProtobufCMessage *patch = NULL;

    if (bytes != NULL && change->has_patch && !change->delete_)
        patch = record_decode(kind, bytes, change->patch.len, arena, &error);
    if (patch == NULL && (patch = record_new(kind, arena)) == NULL)
        return NULL;
    return record_patch(kind, body, patch, (const char *const *)change->fields,
        change->delete_ ? 0 : change->n_fields, arena);
}

/* The record as any page that is here has it last; NULL: none has it. */
static const Concert__Record *find_record(const struct desk_feed *feed, ProtobufCBinaryData id)
{
    const Concert__Record *found = NULL;

    for (const struct part *part = feed->pages; part != NULL; part = part->next)
        for (size_t i = 0; i < part->page->n_records; i++)
            if (part->page->records[i]->id.len == id.len &&
                memcmp(part->page->records[i]->id.data, id.data, id.len) == 0)
                found = part->page->records[i];
    return found;
}

/* The log holds neither handle nor owner. */
static bool begin_entry(const struct desk_feed *feed, struct book *book,
    const Concert__Change *change, struct book_entry *entry_r)
{
    const Concert__Record *record = find_record(feed, change->id);
    const char *handle = record == NULL || record->handle == NULL ? NO_HANDLE : record->handle;

    *entry_r = (struct book_entry){.kind = kinds_get(change->kind), .created_at = change->at};
    memcpy(entry_r->id, change->id.data, UUID_SIZE);
    take_id(entry_r->created_by, change->has_account, change->account);
    if (record != NULL)
        take_id(entry_r->owner, record->has_owner, record->owner);
    entry_r->handle = arena_copy(book_arena(book), handle, strlen(handle));
    return entry_r->handle != NULL;
}

/* Makes the item, and the book as it is after it. False: no memory. */
static bool make_item(
    const struct desk_feed *feed, const Concert__Change *change, struct item *item)
{
    struct book *book = feed->desk->book;
    const struct book_entry *found = book_get(book, change->id.data);
    struct book_entry *now = &item->now;

    item->change = change;
    item->known = found != NULL && found->revision + 1 == change->revision;
    if (found != NULL)
        *now = item->before = *found;
    else if (!begin_entry(feed, book, change, now))
        return false;
    now->revision = change->revision;
    now->seq = change->seq;
    now->changed_at = change->at;
    now->pending = false;
    take_id(now->changed_by, change->has_account, change->account);
    now->body = body_after(now->kind, now->body, change, book_arena(book));
    if (now->body == NULL)
        return false;
    if (found != NULL && found->revision >= change->revision)
        return true; /* another process of this home was ahead */
    if (!change->delete_)
        return book_put(book, now);
    book_remove(book, now->id);
    return true;
}

static bool put_record(struct book *book, const Concert__Record *record)
{
    struct arena *arena = book_arena(book);
    struct book_entry entry = {.kind = kinds_get(record->kind),
        .revision = record->revision,
        .seq = record->seq,
        .created_at = record->created_at,
        .changed_at = record->changed_at};
    const char *handle = record->handle == NULL ? "" : record->handle;

    if (entry.kind == NULL || record->id.len != UUID_SIZE)
        return true; /* of a later version: this one cannot show it */
    if (record->deleted) {
        book_remove(book, record->id.data);
        return true;
    }
    memcpy(entry.id, record->id.data, UUID_SIZE);
    take_id(entry.owner, record->has_owner, record->owner);
    take_id(entry.created_by, record->has_created_by, record->created_by);
    take_id(entry.changed_by, record->has_changed_by, record->changed_by);
    entry.handle = arena_copy(arena, handle, strlen(handle));
    entry.body = protobuf_c_message_unpack(
        entry.kind->descriptor, arena_allocator(arena), record->body.len, record->body.data);
    return entry.handle != NULL && entry.body != NULL && book_put(book, &entry);
}

/* The book is then what the copy was at `asked`. */
static bool put_pages(struct desk_feed *feed)
{
    bool good = true;

    for (const struct part *part = feed->pages;
         good && part != NULL && part->page->upto <= feed->asked; part = part->next)
        for (size_t i = 0; good && i < part->page->n_records; i++)
            good = put_record(feed->desk->book, part->page->records[i]);
    return good && book_index(feed->desk->book);
}

static bool is_news(const struct desk_feed *feed, const Concert__Change *change)
{
    return change->seq > feed->told && change->seq <= feed->asked &&
           kinds_get(change->kind) != NULL && change->id.len == UUID_SIZE;
}

/* What is to be told, the oldest first, into `list` (NULL: only counts it). */
static size_t list_changes(const struct desk_feed *feed, const Concert__Change **list)
{
    size_t count = 0;

    for (const struct part *part = feed->answers; part != NULL; part = part->next)
        for (size_t i = part->answer->n_changes; i > 0; i--)
            if (is_news(feed, part->answer->changes[i - 1])) {
                if (list != NULL)
                    list[count] = part->answer->changes[i - 1];
                count++;
            }
    return count;
}

/* A record that was made, and changed again before its page was read, comes with a later page. */
static bool is_unnamed(
    const struct desk_feed *feed, const Concert__Change *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (list[i]->revision <= 1 && book_get(feed->desk->book, list[i]->id.data) == NULL &&
            find_record(feed, list[i]->id) == NULL)
            return true;
    return false;
}

static void tell_items(
    struct desk_feed *feed, const struct item *items, size_t count, bool *stopped_r)
{
    const struct desk_watching *watching = feed->watching;

    for (size_t i = 0; i < count && !*stopped_r; i++) {
        const struct desk_news news = {.book = feed->desk->book,
            .before = items[i].known ? &items[i].before : NULL,
            .now = &items[i].now,
            .change = items[i].change};

        *stopped_r = !watching->changed(watching->arg, &news);
    }
}

/* First all is known, then it is told: a record may name another that came with it. */
static bool tell_list(
    struct desk_feed *feed, const Concert__Change *const *list, size_t count, bool *stopped_r)
{
    struct item *items = calloc(count + 1, sizeof(*items));
    bool good = items != NULL;

    for (size_t i = 0; good && i < count; i++)
        good = make_item(feed, list[i], &items[i]);
    good = good && put_pages(feed);
    if (good)
        tell_items(feed, items, count, stopped_r);
    free(items);
    return good;
}

static void forget_told(struct desk_feed *feed)
{
    feed->told = feed->asked;
    feed->held = 0;
    while (feed->pages != NULL && feed->pages->page->upto <= feed->told)
        drop_first(&feed->pages);
    drop_answers(feed);
    if (feed->taken > BOOK_RELOAD && feed->pages == NULL) {
        desk_forget_book(feed->desk);
        feed->taken = 0;
    }
}

static bool tell(struct desk_feed *feed, bool *stopped_r, struct desk_why *why_r)
{
    size_t count = list_changes(feed, NULL);
    const Concert__Change **list = calloc(count + 1, sizeof(*list));
    bool good = list != NULL;

    if (good && desk_book(feed->desk, why_r) == NULL) {
        free(list);
        return false;
    }
    if (good)
        list_changes(feed, list);
    if (good && feed->held == 0 && is_unnamed(feed, list, count)) {
        feed->held = feed->known;
        drop_answers(feed);
    } else if (good) {
        good = tell_list(feed, list, count, stopped_r);
        feed->taken += count;
        forget_told(feed);
    }
    free(list);
    return good || desk_fail(why_r, DESK_LIMIT, NULL);
}

/* The newest change must be the one that the page ended with. */
static bool is_ours(const struct desk_feed *feed, const Concert__Change *newest)
{
    return newest->seq != feed->asked || feed->asked_hash_size == 0 ||
           (newest->hash.len == feed->asked_hash_size &&
               memcmp(newest->hash.data, feed->asked_hash, feed->asked_hash_size) == 0);
}

bool desk_feed_changes(struct desk_feed *feed, const Concert__HistoryAnswer *answer,
    struct arena *arena, bool *stopped_r, struct desk_why *why_r)
{
    uint64_t oldest = answer->n_changes == 0 ? 0 : answer->changes[answer->n_changes - 1]->seq;
    struct part *part = make_part(arena, why_r);

    feed->number = 0;
    if (part == NULL)
        return false;
    part->answer = answer;
    part->next = feed->answers;
    feed->answers = part;
    if (answer->n_changes > 0 && !is_ours(feed, answer->changes[0]))
        return desk_fail(why_r, DESK_DIVERGED, NULL);
    if (oldest >= feed->before)
        return desk_fail(why_r, DESK_UNREACHABLE, feed->desk->identity.address);
    if (oldest <= feed->told + 1)
        return tell(feed, stopped_r, why_r);
    feed->before = oldest;
    return put_question(feed, why_r);
}
