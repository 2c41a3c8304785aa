/* From an invitation line to a home with a first copy. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "desk/desk_internal.h"
#include "desk/desk_line.h"
#include "text.h"

static bool read_line(const char *text, struct identity_line *line_r, struct desk_why *why_r)
{
    static const char *const fields[] = {
        [IDENTITY_LINE_OK] = "",
        [IDENTITY_LINE_SHAPE] = "",
        [IDENTITY_LINE_CODE] = "code",
        [IDENTITY_LINE_FINGERPRINT] = "fingerprint",
    };
    enum identity_line_state state = identity_line_read(text, line_r);

    if (state == IDENTITY_LINE_OK)
        return true;
    desk_fail(why_r, DESK_INVITATION, NULL);
    why_r->error = error_make(CONCERT__CODE__INVALID, fields[state], NULL, NULL);
    return false;
}

/* The folder, for its owner alone, and those above it as is usual. */
static bool make_home(const char *home, struct desk_why *why_r)
{
    char path[DESK_PATH_SIZE];
    struct stat status;

    if (!text_copy(path, sizeof(path), home)) {
        errno = ENAMETOOLONG;
        return desk_fail_system(why_r, home);
    }
    for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0755);
        *slash = '/';
    }
    if (mkdir(path, 0700) == 0 || (errno == EEXIST && stat(path, &status) == 0))
        return true;
    return desk_fail_system(why_r, home);
}

/* A key that is there already is this device's: a join that was cut goes on with it. */
static bool make_key(const char *home, const char *name, struct desk_why *why_r)
{
    char key[DESK_PATH_SIZE + 16], certificate[DESK_PATH_SIZE + 16];

    snprintf(key, sizeof(key), "%s/key.pem", home);
    snprintf(certificate, sizeof(certificate), "%s/cert.pem", home);
    if (access(key, F_OK) == 0 && access(certificate, F_OK) == 0)
        return true;
    return identity_make(name, key, certificate) || desk_fail_system(why_r, key);
}

static void aim(struct desk *desk, const struct identity_line *line)
{
    text_copy(desk->host, sizeof(desk->host), line->host);
    text_copy(desk->port, sizeof(desk->port), line->port);
    snprintf(desk->identity.address, sizeof(desk->identity.address),
        strchr(line->host, ':') == NULL ? "%s:%s" : "[%s]:%s", line->host, line->port);
    text_copy(desk->identity.region, sizeof(desk->identity.region), line->region);
    memcpy(desk->fingerprint, line->fingerprint, sizeof(desk->fingerprint));
}

static Concert__Response *ask_join(struct desk *desk, const struct identity_line *line,
    const char *device_name, struct arena *arena, struct desk_why *why_r)
{
    Concert__Request request = CONCERT__REQUEST__INIT;
    Concert__Join join = CONCERT__JOIN__INIT;
    uint64_t number;

    join.region = (char *)line->region;
    join.code = (char *)line->code;
    join.device_name = (char *)device_name;
    request.verb_case = CONCERT__REQUEST__VERB_JOIN;
    request.join = &join;
    if (!desk_connect_only(desk, why_r) || !desk_put(desk, &request, &number, why_r))
        return NULL;
    return desk_next(desk, arena, why_r);
}

static bool send_join(struct desk *desk, const struct identity_line *line, const char *device_name,
    struct desk_why *why_r)
{
    struct arena *arena = desk_arena(why_r);
    Concert__Response *response =
        arena == NULL ? NULL : ask_join(desk, line, device_name, arena, why_r);
    bool good = response != NULL;

    if (good && response->answer_case == CONCERT__RESPONSE__ANSWER_ERROR)
        good = desk_fail_error(why_r, response->error);
    else if (good && response->answer_case != CONCERT__RESPONSE__ANSWER_JOIN)
        good = desk_fail(why_r, DESK_UNREACHABLE, desk->identity.address);
    arena_free(&arena);
    return good;
}

static bool make_copy(struct desk *desk, struct desk_why *why_r)
{
    struct replica_why why;

    if (desk->replica == NULL)
        desk->replica = replica_open(desk->home, true, &why);
    return desk->replica == NULL ? desk_fail_replica(why_r, &why) : desk_store_facts(desk, why_r);
}

/* One process of a home at a time. Until hello has told who we are the home is not joined, and the
 * same line may be used again. */
static bool enter(struct desk *desk, const struct identity_line *line, const char *device_name,
    struct desk_why *why_r)
{
    int lock;
    bool good;

    if (!make_home(desk->home, why_r))
        return false;
    lock = desk_lock(desk->home, why_r);
    if (lock < 0)
        return false;
    aim(desk, line);
    good = make_key(desk->home, device_name, why_r) && send_join(desk, line, device_name, why_r) &&
           make_copy(desk, why_r);
    desk_unlock(&lock);
    return good;
}

/* True when the home is joined by this same invitation's server, and its first copy was cut. */
static bool is_unfinished(const struct desk *desk, const struct identity_line *line)
{
    return !desk->complete && strcmp(desk->identity.region, line->region) == 0 &&
           memcmp(desk->fingerprint, line->fingerprint, sizeof(desk->fingerprint)) == 0;
}

/* A home that is not there yet: a desk without a copy. */
static struct desk *blank(const struct desk_options *options, struct desk_why *why_r)
{
    struct desk *desk = calloc(1, sizeof(*desk));

    if (desk != NULL && text_copy(desk->home, sizeof(desk->home), options->home)) {
        desk->slow = options->slow;
        return desk;
    }
    free(desk);
    desk_fail(why_r, DESK_LIMIT, NULL);
    return NULL;
}

static bool join(struct desk *desk, const struct identity_line *line, const char *device_name,
    struct desk_why *why_r)
{
    if (desk->joined && !is_unfinished(desk, line))
        return desk_fail(why_r, DESK_JOINED, desk->identity.region);
    if (!desk->joined && !enter(desk, line, device_name, why_r))
        return false;
    return desk_exchange(desk, why_r);
}

bool desk_join(const struct desk_options *options, const char *line, const char *device_name,
    void (*progress)(void *arg, uint64_t done, uint64_t all), void *arg, struct desk_why *why_r)
{
    struct identity_line invitation;
    struct desk *desk;
    bool good;

    if (!read_line(line, &invitation, why_r))
        return false;
    desk = desk_open_any(options, why_r);
    if (desk == NULL && why_r->trouble == DESK_NO_HOME)
        desk = blank(options, why_r);
    if (desk == NULL)
        return false;
    desk_on_progress(desk, progress, arg);
    good = join(desk, &invitation, device_name, why_r);
    if (good)
        desk_gone_forget(desk->home);
    desk_free(&desk);
    return good;
}
