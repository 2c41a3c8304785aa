#include "text_merge.h"

#include <sodium.h>
#include <stdint.h>
#include <string.h>

#include "record.h"

#define STEPS_MAX ((size_t)1 << 20) /* of one comparison */
#define SCRATCH_MAX                                                                                \
    ((size_t)8 << 20) /* bytes, while a merge is at work: all limits together fit                  \
                       */
#define NONE (-1)

/* A text as numbers: the same number, the same line. */
struct lines {
    const char *text;
    uint32_t *start; /* of each line in the text, and of what would come after the last */
    int32_t *number;
    int32_t count;
};

/* A line that was met, by its hash. Numbers begin at 1: 0 is an empty place. */
struct place {
    uint64_t hash;
    const char *data;
    uint32_t size;
    int32_t number;
};

struct merging {
    struct arena *scratch;
    struct lines ancestor, theirs, mine;
    struct place *places;
    size_t n_places;                        /* a power of two */
    uint8_t key[crypto_shorthash_KEYBYTES]; /* a new one each time: nobody makes lines collide */
    int32_t last_number;
    enum text_merge_end end;
};

/* Memory that the merge asked for; NULL is noted. */
static void *take(struct merging *m, size_t size)
{
    void *memory = arena_alloc(m->scratch, size);

    if (memory == NULL)
        m->end = TEXT_MERGE_MEMORY;
    return memory;
}

/* --- lines to numbers ------------------------------------------------------------------------- */

static int32_t number_of(struct merging *m, const char *data, uint32_t size)
{
    uint64_t hash;
    size_t at;

    crypto_shorthash((uint8_t *)&hash, (const uint8_t *)data, size, m->key);
    at = hash & (m->n_places - 1);
    while (m->places[at].number != 0) {
        const struct place *place = &m->places[at];

        if (place->hash == hash && place->size == size && memcmp(place->data, data, size) == 0)
            return place->number;
        at = (at + 1) & (m->n_places - 1);
    }
    m->places[at] = (struct place){hash, data, size, ++m->last_number};
    return m->last_number;
}

/* How many lines; an empty text is one, which is empty. */
static size_t count_lines(const char *text)
{
    size_t count = 1;

    while ((text = strchr(text, '\n')) != NULL) {
        text++;
        count++;
    }
    return count;
}

static bool read_lines(struct merging *m, const char *text, struct lines *lines_r)
{
    size_t count = count_lines(text);
    const char *at = text;

    lines_r->text = text;
    lines_r->start = take(m, (count + 1) * sizeof(*lines_r->start));
    lines_r->number = take(m, count * sizeof(*lines_r->number));
    if (lines_r->start == NULL || lines_r->number == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        size_t size = strcspn(at, "\n");

        lines_r->start[i] = (uint32_t)(at - text);
        lines_r->number[i] = number_of(m, at, (uint32_t)size);
        at += size + 1;
    }
    lines_r->start[count] = (uint32_t)(at - text);
    lines_r->count = (int32_t)count;
    return true;
}

/* --- what one side kept ----------------------------------------------------------------------- */

/* One comparison (Myers, "An O(ND) difference algorithm", 1986), between common ends. */
struct comparison {
    const int32_t *a, *b;
    int32_t n_a, n_b;
    int32_t *reach[TEXT_MERGE_CHANGES + 1]; /* per number of changes: how far in a, by diagonal */
    size_t steps;
};

/* How far in a diagonal k (a's place − b's) is reached with d changes, given what d − 1 reached. */
static int32_t begin_of(const struct comparison *c, int32_t d, int32_t k, bool *down_r)
{
    const int32_t *before = d == 0 ? NULL : c->reach[d - 1];

    *down_r = d > 0 && (k == -d || (k != d && before[(k + d - 2) / 2] < before[(k + d) / 2]));
    if (d == 0)
        return 0;
    return *down_r ? before[(k + d) / 2] : before[(k + d - 2) / 2] + 1;
}

static int32_t slide(struct comparison *c, int32_t x, int32_t k)
{
    while (x < c->n_a && x - k < c->n_b && c->a[x] == c->b[x - k]) {
        x++;
        c->steps++;
    }
    return x;
}

/* The least number of changes that leads from a to b; NONE: too many, or memory is out. */
static int32_t count_changes(struct merging *m, struct comparison *c)
{
    bool down;

    for (int32_t d = 0; d <= TEXT_MERGE_CHANGES && c->steps < STEPS_MAX; d++) {
        c->reach[d] = take(m, (size_t)(d + 1) * sizeof(int32_t));
        if (c->reach[d] == NULL)
            return NONE;
        for (int32_t k = -d; k <= d; k += 2) {
            int32_t x = slide(c, begin_of(c, d, k, &down), k);

            c->reach[d][(k + d) / 2] = x;
            if (k == c->n_a - c->n_b && x >= c->n_a)
                return d;
        }
        c->steps += (size_t)d + 1;
    }
    m->end = TEXT_MERGE_OVERLAP;
    return NONE;
}

/* Walks back along the way that was found; kept[x]: where a's line x is in b. */
static void trace(const struct comparison *c, int32_t changes, int32_t offset, int32_t *kept)
{
    int32_t x = c->n_a, k = c->n_a - c->n_b;

    for (int32_t d = changes; d >= 0; d--) {
        bool down;
        int32_t begin = begin_of(c, d, k, &down);

        while (x > begin) {
            x--;
            kept[x] = x - k + offset;
        }
        if (d > 0 && !down)
            x--;
        k += down ? 1 : -1;
    }
}

/* Where each of a's lines is in b, in order; NONE: b lacks it. NULL: see m->end. */
static int32_t *compare(struct merging *m, const struct lines *a, const struct lines *b)
{
    int32_t head = 0, tail = 0, changes;
    int32_t *kept = take(m, (size_t)a->count * sizeof(*kept));
    struct comparison c = {0};

    if (kept == NULL)
        return NULL;
    while (head < a->count && head < b->count && a->number[head] == b->number[head])
        head++;
    while (tail < a->count - head && tail < b->count - head &&
           a->number[a->count - 1 - tail] == b->number[b->count - 1 - tail])
        tail++;
    c.a = a->number + head;
    c.b = b->number + head;
    c.n_a = a->count - head - tail;
    c.n_b = b->count - head - tail;
    changes = count_changes(m, &c);
    if (changes == NONE)
        return NULL;
    for (int32_t i = 0; i < a->count; i++)
        kept[i] = i < head ? i : i >= a->count - tail ? i + b->count - a->count : NONE;
    trace(&c, changes, head, kept + head);
    return kept;
}

/* --- both sides ------------------------------------------------------------------------------- */

/* Some lines, one after the other, of one of the texts. */
struct part {
    const struct lines *of;
    int32_t begin, end;
};

static bool same(struct part a, struct part b)
{
    int32_t count = a.end - a.begin;

    return count == b.end - b.begin &&
           (count == 0 || memcmp(a.of->number + a.begin, b.of->number + b.begin,
                              (size_t)count * sizeof(int32_t)) == 0);
}

/* What is between two lines that both sides kept. NULL: both changed it, each in its way. */
static const struct part *choose(
    const struct part *ancestor, const struct part *theirs, const struct part *mine)
{
    if (same(*ancestor, *mine) || same(*theirs, *mine))
        return theirs;
    return same(*ancestor, *theirs) ? mine : NULL;
}

struct writing {
    char *text;
    size_t size, most;
};

/* False when it becomes too long. */
static bool write_part(struct writing *w, const struct part *part)
{
    size_t from = part->of->start[part->begin], size = part->of->start[part->end] - from;

    if (size == 0)
        return true;
    if (w->size + size > w->most)
        return false;
    memcpy(w->text + w->size, part->of->text + from, size - 1);
    w->size += size;
    w->text[w->size - 1] = '\n'; /* the last line of a text has none */
    return true;
}

/* Part by part, each ending before a line that both kept, which then begins the next. */
static bool write_all(
    struct merging *m, const int32_t *in_theirs, const int32_t *in_mine, struct writing *w)
{
    struct part a = {&m->ancestor, 0, 0}, t = {&m->theirs, 0, 0}, o = {&m->mine, 0, 0};

    for (int32_t i = 0; i <= m->ancestor.count; i++) {
        bool last = i == m->ancestor.count;
        const struct part *chosen;

        if (!last && (in_theirs[i] == NONE || in_mine[i] == NONE))
            continue;
        a.end = i;
        t.end = last ? m->theirs.count : in_theirs[i];
        o.end = last ? m->mine.count : in_mine[i];
        chosen = choose(&a, &t, &o);
        if (chosen == NULL || !write_part(w, chosen) ||
            (!last && !write_part(w, &(struct part){&m->ancestor, i, i + 1})))
            return false;
        a.begin = a.end + 1;
        t.begin = t.end + 1;
        o.begin = o.end + 1;
    }
    return true;
}

static const char *merge(struct merging *m)
{
    const int32_t *in_theirs = compare(m, &m->ancestor, &m->theirs);
    const int32_t *in_mine = in_theirs == NULL ? NULL : compare(m, &m->ancestor, &m->mine);
    size_t both = strlen(m->theirs.text) + strlen(m->mine.text) + 2; /* with an LF each */
    struct writing w = {.most = both > RECORD_TEXT_MAX ? RECORD_TEXT_MAX + 1 : both};

    if (in_mine == NULL)
        return NULL;
    w.text = take(m, w.most);
    if (w.text == NULL)
        return NULL;
    if (!write_all(m, in_theirs, in_mine, &w) || w.size < 2) {
        m->end = TEXT_MERGE_OVERLAP;
        return NULL;
    }
    w.text[w.size - 1] = '\0';
    return w.text;
}

/* The merged text, in the scratch memory; NULL: see m->end. */
static const char *merge_texts(struct merging *m, const char *const texts[3], size_t lines)
{
    m->n_places = 16;
    while (m->n_places < 2 * lines)
        m->n_places *= 2;
    randombytes_buf(m->key, sizeof(m->key));
    m->places = take(m, m->n_places * sizeof(*m->places));
    if (m->places == NULL || !read_lines(m, texts[0], &m->ancestor) ||
        !read_lines(m, texts[1], &m->theirs) || !read_lines(m, texts[2], &m->mine))
        return NULL;
    return merge(m);
}

/* One operation after the other merges in the arena of them all: what it takes to compare goes with
 * each. */
static const char *merge_beside(
    const char *const texts[3], size_t lines, struct arena *arena, enum text_merge_end *end_r)
{
    struct merging m = {.scratch = arena_new(SCRATCH_MAX), .end = TEXT_MERGE_DONE};
    const char *merged = NULL;

    *end_r = TEXT_MERGE_MEMORY;
    if (m.scratch == NULL)
        return NULL;
    merged = merge_texts(&m, texts, lines);
    if (merged != NULL && (merged = arena_copy(arena, merged, strlen(merged))) == NULL)
        m.end = TEXT_MERGE_MEMORY;
    *end_r = m.end;
    arena_free(&m.scratch);
    return merged;
}

const char *text_merge(const char *ancestor, const char *theirs, const char *mine,
    struct arena *arena, enum text_merge_end *end_r)
{
    const char *const texts[] = {
        ancestor == NULL ? "" : ancestor, theirs == NULL ? "" : theirs, mine == NULL ? "" : mine};
    size_t lines = 0;

    *end_r = TEXT_MERGE_DONE;
    if (strcmp(texts[0], texts[2]) == 0 || strcmp(texts[1], texts[2]) == 0)
        return texts[1];
    if (strcmp(texts[0], texts[1]) == 0)
        return texts[2];
    *end_r = TEXT_MERGE_OVERLAP;
    for (size_t i = 0; i < 3; i++) {
        size_t count = count_lines(texts[i]);

        if (count > TEXT_MERGE_LINES || strlen(texts[i]) > RECORD_TEXT_MAX)
            return NULL;
        lines += count;
    }
    return merge_beside(texts, lines, arena, end_r);
}
