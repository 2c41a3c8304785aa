#include "schedule.h"

#include "schedule_part.h"
#include "text.h"

#include <string.h>

/* Where a cell is being cut, and what the lines above said. */
struct splitting {
    schedule_part_fn *take;
    void *context;
    size_t given;
    char label[SCHEDULE_LABEL_SIZE]; /* of the lines to come */
    const char *heading;             /* a label's line that nothing has followed yet */
    size_t heading_length;
};

static void give(struct splitting *s, const struct schedule *part)
{
    s->heading = NULL;
    s->given++;
    s->take(part, s->context);
}

/* Gives a piece that cannot be read, under the label of its lines. */
static void give_unread(struct splitting *s, const char *text, size_t length)
{
    struct schedule part;
    schedule_part_clear(text, length, &part);
    text_copy(part.label, sizeof(part.label), s->label);
    give(s, &part);
}

static void give_heading(struct splitting *s)
{
    if (s->heading) {
        struct schedule part;
        schedule_part_clear(s->heading, s->heading_length, &part);
        give(s, &part);
    }
}

static bool read_piece(const struct splitting *s, struct schedule_cursor c, struct schedule *out)
{
    schedule_part_trim(&c);
    schedule_part_text(&c, out);
    text_copy(out->label, sizeof(out->label), s->label);
    return schedule_part_prose(&c, out);
}

/* Steps over one sign or word that may stand between two deadlines. */
static bool take_joint(struct schedule_cursor *c)
{
    return schedule_words_mark(c, ',') || schedule_words_mark(c, ';') ||
           schedule_words_mark(c, '&') || schedule_words_take(c, WORD_AND, NULL);
}

static bool take_joints(struct schedule_cursor *c)
{
    bool taken = false;
    while (take_joint(c)) {
        taken = true;
    }
    return taken;
}

/* Finds the first piece of the list at *c that reads by itself and has a joint after it; *rest_r is
 * what follows the joint. Returns false when there is none. */
static bool find_piece(const struct splitting *s, const struct schedule_cursor *c,
    struct schedule_cursor *piece_r, struct schedule_cursor *rest_r)
{
    for (size_t at = c->at + 1; at + 1 < c->end; at++) {
        struct schedule read;
        *piece_r = (struct schedule_cursor){c->line, c->at, at};
        *rest_r = (struct schedule_cursor){c->line, at, c->end};
        if (take_joints(rest_r) && rest_r->at < rest_r->end && !schedule_part_is_count(piece_r) &&
            read_piece(s, *piece_r, &read)) {
            return true;
        }
    }
    return false;
}

/* Whether the tokens are two deadlines or more with joints between them, all of which read; gives
 * them when `giving`. */
static bool read_list(struct splitting *s, struct schedule_cursor c, bool giving)
{
    struct schedule_cursor piece;
    struct schedule_cursor rest;
    struct schedule part;
    bool joined = false;
    while (find_piece(s, &c, &piece, &rest)) {
        joined = true;
        if (giving && read_piece(s, piece, &part)) {
            give(s, &part);
        }
        c = rest;
    }
    bool read = joined && !schedule_part_is_count(&c) && read_piece(s, c, &part);
    if (read && giving) {
        give(s, &part);
    }
    return read;
}

/* A joint left over at either end, where the list goes on from line to line. */
static void trim_joints(struct schedule_cursor *c)
{
    struct schedule_cursor inner = *c;
    take_joints(&inner);
    if (inner.end - inner.at > 1) {
        struct schedule_cursor last = {c->line, inner.end - 1, inner.end};
        inner.end -= take_joint(&last);
    }
    if (inner.at < inner.end) {
        *c = inner;
    }
}

/* What stands on a line, or after the label on it. Nothing but signs is a piece too. */
static void split_pieces(struct splitting *s, const struct schedule_cursor *c)
{
    struct schedule_cursor trimmed = *c;
    struct schedule bare;
    struct schedule part;
    schedule_part_trim(&trimmed);
    schedule_part_text(trimmed.at < trimmed.end ? &trimmed : c, &bare);
    struct schedule_cursor inner = trimmed;
    trim_joints(&inner);
    part = bare;
    if (!schedule_part_bare(&inner, &part) && read_list(s, inner, false)) {
        read_list(s, inner, true);
    } else if (read_piece(s, inner, &part)) {
        give(s, &part);
    } else {
        give_unread(s, bare.text, bare.text_length);
    }
}

/* One line of a cell, without the white space around it. */
static void split_line(struct splitting *s, const char *text, size_t length)
{
    struct schedule_line line;
    struct schedule labelled = {.mode = SCHEDULE_UNSET};
    size_t colon = 0;
    if (!schedule_words_cut(text, length, &line) || line.count == 0) {
        give_unread(s, text, length);
        return;
    }
    struct schedule_cursor c = {&line, 0, line.count};
    schedule_part_trim(&c);
    c.end = line.count;
    struct schedule_cursor label = {&line, c.at, c.at};
    label.end = schedule_part_label(&c, &colon) ? colon : c.at;
    if (!schedule_part_add_label(&label, &labelled)) {
        c.at = c.at < c.end ? c.at : 0;
        split_pieces(s, &c);
        return;
    }
    give_heading(s);
    text_copy(s->label, sizeof(s->label), labelled.label);
    c.at = colon + 1;
    if (c.at < c.end) {
        split_pieces(s, &c);
    } else {
        s->heading = text;
        s->heading_length = length;
    }
}

size_t schedule_split(const char *cell, schedule_part_fn *take, void *context)
{
    struct splitting s = {.take = take, .context = context};
    for (const char *line = cell;;) {
        size_t end = strcspn(line, "\n\r\v");
        size_t length;
        const char *text = text_trimmed(line, end, &length);
        if (length > 0) {
            split_line(&s, text, length);
        }
        if (line[end] == '\0') {
            break;
        }
        line += end + 1;
    }
    give_heading(&s);
    return s.given;
}
