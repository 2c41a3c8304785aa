#include "desk/desk.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "desk/desk_document.h"
#include "desk/desk_internal.h"
#include "desk/desk_line.h"
#include "text.h"

#define DOCUMENTS_HURRIED 1500 /* milliseconds that a refresh gives them */

bool desk_fail(struct desk_why *why_r, enum desk_trouble trouble, const char *detail)
{
    *why_r = (struct desk_why){.trouble = trouble};
    text_copy(why_r->detail, sizeof(why_r->detail), detail == NULL ? "" : detail);
    return false;
}

bool desk_fail_system(struct desk_why *why_r, const char *path)
{
    int error = errno;

    desk_fail(why_r, DESK_STORAGE, path);
    why_r->system = error;
    return false;
}

bool desk_fail_error(struct desk_why *why_r, const Concert__Error *error)
{
    desk_fail(why_r, error->code == CONCERT__CODE__DIVERGED ? DESK_DIVERGED : DESK_ANSWER, NULL);
    why_r->error = error_make(error->code, error->field, error->rule, error->limit);
    return false;
}

static enum desk_trouble replica_trouble(enum replica_trouble trouble)
{
    static const enum desk_trouble troubles[] = {
        [REPLICA_FINE] = DESK_FINE,
        [REPLICA_ABSENT] = DESK_NO_HOME,
        [REPLICA_DAMAGED] = DESK_DAMAGED,
        [REPLICA_STORAGE] = DESK_STORAGE,
        [REPLICA_MEMORY] = DESK_LIMIT,
    };

    return troubles[trouble];
}

bool desk_fail_replica(struct desk_why *why_r, const struct replica_why *why)
{
    desk_fail(why_r, replica_trouble(why->trouble), why->detail);
    why_r->system = why->system;
    return false;
}

bool desk_fail_link(const struct desk *desk, struct desk_why *why_r, const struct link_why *why)
{
    static const enum desk_trouble troubles[] = {
        [LINK_FINE] = DESK_FINE,
        [LINK_UNREACHABLE] = DESK_UNREACHABLE,
        [LINK_IMPOSTOR] = DESK_IMPOSTOR,
        [LINK_LOST] = DESK_UNREACHABLE,
        [LINK_KEY] = DESK_STORAGE,
        [LINK_BROKEN] = DESK_UNREACHABLE,
        [LINK_WOKEN] = DESK_FINE,
        [LINK_MEMORY] = DESK_LIMIT,
    };

    return desk_fail(why_r, troubles[why->trouble],
        why->trouble == LINK_KEY ? why->detail : desk->identity.address);
}

struct arena *desk_arena(struct desk_why *why_r)
{
    struct arena *arena = arena_new(DESK_ARENA_LIMIT);

    if (arena == NULL)
        desk_fail(why_r, DESK_LIMIT, NULL);
    return arena;
}

void desk_hand_out(struct desk *desk, struct arena *arena)
{
    arena_free(&desk->answer);
    desk->answer = arena;
}

void desk_forget_book(struct desk *desk)
{
    if (desk->book == NULL)
        return;
    book_free(&desk->retired);
    desk->retired = desk->book;
    desk->book = NULL;
}

struct desk *desk_open_any(const struct desk_options *options, struct desk_why *why_r)
{
    struct desk *desk = calloc(1, sizeof(*desk));
    struct replica_why why;

    desk_gone_finish(options->home);
    if (desk == NULL || !text_copy(desk->home, sizeof(desk->home), options->home)) {
        free(desk);
        desk_fail(why_r, DESK_LIMIT, NULL);
        return NULL;
    }
    desk->offline = options->offline;
    desk->slow = options->slow;
    desk->replica = replica_open(desk->home, false, &why);
    if (desk->replica == NULL && why.trouble == REPLICA_ABSENT)
        desk_fail(why_r, DESK_NO_HOME, desk->home);
    else if (desk->replica == NULL)
        desk_fail_replica(why_r, &why);
    if (desk->replica == NULL || !desk_load_facts(desk, why_r))
        desk_free(&desk);
    return desk;
}

struct desk *desk_open(const struct desk_options *options, struct desk_why *why_r)
{
    struct desk *desk = desk_open_any(options, why_r);
    struct desk_gone gone;

    if (desk != NULL && !desk->joined) {
        desk_fail(why_r, DESK_NO_HOME, desk->home);
        desk_free(&desk);
    }
    if (desk == NULL && why_r->trouble == DESK_NO_HOME && desk_gone(options->home, &gone))
        desk_fail(why_r, DESK_GONE, options->home);
    if (desk != NULL)
        desk_fail(why_r, DESK_FINE, NULL);
    return desk;
}

void desk_free(struct desk **desk)
{
    struct desk *d = *desk;

    if (d == NULL)
        return;
    desk_disconnect(d);
    replica_free(&d->replica);
    book_free(&d->book);
    book_free(&d->retired);
    arena_free(&d->answer);
    arena_free(&d->log);
    free(d);
    *desk = NULL;
}

const struct desk_identity *desk_identity(const struct desk *desk)
{
    return &desk->identity;
}

void desk_limits(const struct desk *desk, uint32_t *operations_r, uint32_t *frame_r)
{
    *operations_r = desk->limit_operations;
    *frame_r = desk->limit_frame;
}

void desk_on_progress(
    struct desk *desk, void (*progress)(void *arg, uint64_t done, uint64_t all), void *arg)
{
    desk->progress = progress;
    desk->progress_arg = arg;
}

void desk_fingerprint(const struct desk *desk, char text_r[65])
{
    identity_fingerprint_text(desk->fingerprint, text_r);
}

uint32_t desk_operations_max(const struct desk *desk)
{
    return desk->limit_operations;
}

int64_t desk_age(const struct desk *desk, uint64_t *seq_r)
{
    *seq_r = desk->cursor;
    return desk->synced_at;
}

/* What waits of documents goes on a little with each refresh, whether it comes far or not. */
bool desk_refresh(struct desk *desk, struct desk_why *why_r)
{
    struct desk_why ignored;

    desk->sending = (struct desk_sending){0};
    desk_hand_out(desk, NULL);
    desk_forget_book(desk);
    if (!desk_exchange(desk, why_r))
        return false;
    desk_document_send(desk, DOCUMENTS_HURRIED, &desk->sending, &ignored);
    return true;
}
