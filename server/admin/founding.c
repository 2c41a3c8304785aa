#include "admin/founding.h"

#include <event2/event.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "invitation.h"
#include "region.h"

#define PATIENCE_S 30
#define INVITATION_DAYS 7

struct founding {
    struct event_base *base;
    struct region *region;
    struct waiter ready;
    struct batch_job records, invite;
    struct decide_operation operations[2];
    struct decide_result results[2];
    Concert__Party party;
    Concert__Account account;
    ProtobufCBinaryData parties[1];
    char code[32];
    char *why;
    size_t size;
    bool done;
};

static void end(struct founding *founding, const char *why, const char *detail)
{
    snprintf(founding->why, founding->size, "%s%s%s", why, *detail == '\0' ? "" : ": ", detail);
    event_base_loopbreak(founding->base);
}

static void on_invited(void *arg, struct batch_job *job, const struct error *error)
{
    struct founding *founding = arg;
    Concert__Code code = error->code != 0 ? error->code : job->error.code;

    founding->done = code == 0;
    end(founding, founding->done ? "" : "the invitation was not made",
        founding->done ? "" : error_name(code));
}

static void on_recorded(void *arg, struct batch_job *job, const struct error *error)
{
    struct founding *founding = arg;

    if (error->code != 0 || job->results[0].status != CONCERT__RESULT__STATUS__APPLIED) {
        end(founding, "the first records were not made",
            error_name(error->code != 0 ? error->code : job->results[0].error.code));
        return;
    }
    founding->invite.kind = BATCH_INVITE;
    founding->invite.actor = founding->records.actor;
    invitation_make(founding->operations[1].id, clock_now(), INVITATION_DAYS, founding->code,
        &founding->invite.invitation);
    writer_submit(region_writer(founding->region), &founding->invite, on_invited, founding);
}

static void on_ready(void *arg)
{
    struct founding *founding = arg;

    if (!region_ready(founding->region))
        waiter_wait(region_waiters(founding->region), &founding->ready);
    else if (feed_head(region_feed(founding->region), NULL) > 0)
        end(founding, "the schema holds a region already", "");
    else
        writer_submit(region_writer(founding->region), &founding->records, on_recorded, founding);
}

static void draft(
    struct founding *founding, const char *title, const char *language, const char *coordinator)
{
    struct decide_operation *party = &founding->operations[0], *account = &founding->operations[1];

    for (int i = 0; i < 2; i++) {
        uuid_make(clock_now() / 1000, founding->operations[i].id);
        uuid_make(clock_now() / 1000, founding->operations[i].op_id);
        founding->operations[i].authored_at = clock_now();
    }
    concert__party__init(&founding->party);
    founding->party.name = (char *)title;
    founding->party.has_type = true;
    founding->party.type = CONCERT__PARTY__TYPE__STAFF;
    party->kind = kinds_get(CONCERT__KIND__PARTY);
    party->patch = &founding->party.base;
    concert__account__init(&founding->account);
    founding->account.person = (char *)coordinator;
    founding->account.has_role = true;
    founding->account.role = CONCERT__ACCOUNT__ROLE__COORDINATOR;
    founding->account.language = (char *)language;
    founding->parties[0] = (ProtobufCBinaryData){UUID_SIZE, party->id};
    founding->account.parties = founding->parties;
    founding->account.n_parties = 1;
    account->kind = kinds_get(CONCERT__KIND__ACCOUNT);
    account->patch = &founding->account.base;
    founding->records = (struct batch_job){.kind = BATCH_OWN,
        .operations = founding->operations,
        .count = 2,
        .atomic = true,
        .results = founding->results};
    memcpy(founding->records.actor.account, account->id, UUID_SIZE);
}

bool founding_run(const struct settings *settings, const char *coordinator, char code_r[32],
    char *why_r, size_t size)
{
    const struct settings_region *own = &settings->regions[0];
    struct founding founding = {.why = why_r, .size = size};

    snprintf(why_r, size, "the database did not answer within %d s", PATIENCE_S);
    draft(&founding, own->title, own->language, coordinator);
    founding.base = event_base_new();
    if (founding.base == NULL)
        return false;
    founding.region = region_new(founding.base, settings, own);
    founding.ready = (struct waiter){.wake = on_ready, .arg = &founding};
    if (founding.region != NULL) {
        waiter_wait(region_waiters(founding.region), &founding.ready);
        event_base_loopexit(founding.base, &(struct timeval){.tv_sec = PATIENCE_S});
        event_base_dispatch(founding.base);
    }
    waiter_forget(&founding.ready);
    region_free(&founding.region);
    event_base_free(founding.base);
    memcpy(code_r, founding.code, sizeof(founding.code));
    return founding.done;
}
