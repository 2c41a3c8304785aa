#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin/admin_rows.h"
#include "admin/erase_again.h"
#include "admin/erase_book.h"
#include "admin/erase_internal.h"
#include "admin/erase_log.h"
#include "admin/erase_near.h"
#include "admin/erase_tell.h"
#include "admin/erase_write.h"
#include "admin/retention_list.h"
#include "admin/upgrade.h"
#include "clock.h"
#include "date.h"
#include "i18n.h"
#include "log.h"
#include "text.h"

#define ARENA ((size_t)1 << 30)
#define WORDS_MAX 1000
#define DAY_US INT64_C(86400000000)

static const struct admin_option options[] = {
    {"person", N_("NAME"), N_("all that names this person; case and accents do not count"), false},
    {"record", N_("HANDLE"), N_("this record, and those named behind it: they are one person"),
        false},
    {"document", N_("HANDLE"), N_("a document to remove as well"), false},
    {"expired", NULL, N_("what is over its time by the setting “retention”"), false},
    {"again", NULL, N_("what was erased before a backup was restored"), false},
    {"try", NULL, N_("tells what would be erased, and erases nothing"), false},
    {"yes", NULL, N_("erases: without it this tells what would be"), false},
};

/* --- the plan ----------------------------------------------------------------------------------
 */

int erase_refuse(struct erasing *e)
{
    return admin_say(e->admin, EXIT_FAILURE, _("The database was not read: %s"),
        e->plan.failed ? _("memory ran out") : inspect_why(e->reader));
}

/* 0, or the exit code. */
static int add_handle(struct erasing *e, const char *handle)
{
    const struct pipeline_value value = {handle, strlen(handle)};
    struct inspect_rows *rows = inspect_ask(e->reader,
        "SELECT id FROM record WHERE handle = upper($1::text) ORDER BY deleted, seq DESC LIMIT 1",
        &value, 1);
    uint8_t id[UUID_SIZE];
    bool found = rows != NULL && inspect_rows_count(rows) == 1, erasable = false;

    if (rows == NULL)
        return erase_refuse(e);
    if (found)
        inspect_get_id(rows, 0, 0, id);
    inspect_rows_free(&rows);
    if (!found)
        return admin_say(e->admin, EXIT_FAILURE, _("There is no record “%s”."), handle);
    if (!erase_plan_record(&e->plan, id, 1, 0, &erasable))
        return erase_refuse(e);
    if (!erasable)
        return admin_say(e->admin, EXIT_FAILURE,
            _("“%s” is of a kind that holds nothing personal: change its words with concert edit."),
            handle);
    return 0;
}

/* A name may be left in words that people have changed since, or in quarantine. *nothing_r: it is
 * not. False when the database refuses. */
static bool look(struct erasing *e, bool *nothing_r)
{
    struct erase_log log = {0};
    bool fine = erase_plan_follow(&e->plan) &&
                (e->plan.count > 0 || e->plan.n_names == 0 || erase_log_look(&e->plan, &log));

    *nothing_r = e->plan.count == 0 && log.changes == 0 && log.n_left == 0;
    return fine;
}

/* A document does not make up for a name that nobody has. 0, or the exit code. */
static int check_person(struct erasing *e, const char *name)
{
    bool nothing;

    if (e->plan.count > 0)
        return 0;
    if (!look(e, &nothing))
        return erase_refuse(e);
    return nothing ? erase_near_say(e, name) : 0;
}

static int add_words(struct erasing *e)
{
    const char *record = admin_value(e->admin, "record");
    const char *document = admin_value(e->admin, "document");
    const char *person = admin_value(e->admin, "person");
    int code = 0;

    e->plan.everywhere = true;
    if (person != NULL && !erase_plan_person(&e->plan, person))
        return erase_refuse(e);
    if (person != NULL && document != NULL)
        code = check_person(e, person);
    if (record != NULL)
        code = add_handle(e, record);
    for (int i = 0; code == 0 && i < e->admin->n_words; i++)
        code = add_handle(e, e->admin->words[i]);
    if (code == 0 && document != NULL)
        code = add_handle(e, document);
    return code;
}

/* Those of one name are one person. */
static void group_expired(struct erase_plan *plan)
{
    for (size_t i = 0; i < plan->count; i++) {
        struct erase_target *target = &plan->targets[i];
        const char *name = erase_plan_fold(plan, target->name);

        erase_digits(target->digits);
        for (size_t j = 0; name != NULL && *name != '\0' && j < i; j++) {
            const char *other = erase_plan_fold(plan, plan->targets[j].name);

            if (other != NULL && strcmp(name, other) == 0)
                memcpy(target->digits, plan->targets[j].digits, sizeof(target->digits));
        }
    }
}

static int add_expired(struct erasing *e)
{
    struct retention retention;
    char why[256], today[11];

    if (!retention_list(e->admin->region->retention, &retention, why, sizeof(why)))
        return admin_say(e->admin, EXIT_FAILURE, "%s", why);
    date_format((int32_t)(clock_now() / DAY_US), today);
    for (size_t i = 0; i < retention.count; i++) {
        struct inspect_rows *rows = retention_overdue(e->reader, &retention, i, today);
        bool fine = rows != NULL, found;

        for (size_t j = 0; fine && j < inspect_rows_count(rows); j++) {
            uint8_t id[UUID_SIZE];

            inspect_get_id(rows, j, 0, id);
            fine = erase_plan_record(&e->plan, id, 1, 0, &found);
        }
        inspect_rows_free(&rows);
        if (!fine)
            return erase_refuse(e);
    }
    group_expired(&e->plan);
    return 0;
}

/* --- a person who is known already -------------------------------------------------------------
 */

struct known {
    struct erase_plan *plan;
    char digits[7];
};

/* A seat's other revisions tell of whoever else had it. */
static bool see_known(void *arg, const uint8_t id[UUID_SIZE], uint64_t from, uint64_t to,
    const char digits[7], bool everywhere)
{
    struct known *known = arg;

    for (size_t i = 0; everywhere && i < known->plan->count; i++) {
        const struct erase_target *target = &known->plan->targets[i];

        if (uuid_equal(target->id, id) && target->from <= to && target->to >= from)
            memcpy(known->digits, digits, sizeof(known->digits));
    }
    return true;
}

/* One that was begun goes on under the same pseudonym. */
static bool choose_pseudonym(struct erasing *e)
{
    struct known known = {.plan = &e->plan};

    if (!erase_book_read(e->admin->folder, e->admin->region->name, see_known, &known))
        return false;
    if (known.digits[0] == '\0')
        erase_digits(known.digits);
    erase_plan_one_person(&e->plan, known.digits);
    return true;
}

/* --- doing it ----------------------------------------------------------------------------------
 */

static bool closes_account(const struct erase_plan *plan, const uint8_t id[UUID_SIZE])
{
    for (size_t i = 0; i < plan->count; i++)
        if (plan->targets[i].rename && plan->targets[i].kind->id == CONCERT__KIND__ACCOUNT &&
            uuid_equal(plan->targets[i].id, id))
            return true;
    return false;
}

/* A region that loses its last coordinator could let nobody in any more; one that has none in
 * office loses nothing. Of several who would go, the newest is the one that is kept. False when the
 * database refuses. */
static bool look_for_last(struct erasing *e)
{
    struct inspect_rows *rows = inspect_ask(e->reader,
        "SELECT id FROM account WHERE role = 'coordinator' AND active IS NOT FALSE AND (expires IS"
        " NULL OR expires >= current_date) ORDER BY id",
        NULL, 0);
    bool asked = rows != NULL;
    size_t open = asked ? inspect_rows_count(rows) : 0;

    e->stuck = open > 0;
    for (size_t i = 0; e->stuck && i < open; i++) {
        inspect_get_id(rows, i, 0, e->last);
        e->stuck = closes_account(&e->plan, e->last);
    }
    inspect_rows_free(&rows);
    return asked;
}

static struct inspect *open_owner(struct erasing *e)
{
    const struct settings_region *region = e->admin->region;
    const char *conninfo =
        region->owner_database[0] == '\0' ? region->database : region->owner_database;
    char why[INSPECT_WHY];
    struct inspect *owner = inspect_open(conninfo, region->name, why);

    if (owner == NULL)
        admin_say(e->admin, EXIT_FAILURE, _("owner_database does not answer: %s"), why);
    return owner;
}

static int do_log(struct erasing *e, size_t records)
{
    struct inspect *owner = open_owner(e);
    struct erase_log log;
    bool fine = owner != NULL && erase_log(&e->plan, owner, &log);

    if (owner != NULL && !fine)
        admin_say(e->admin, EXIT_FAILURE,
            _("The records are changed, but the log still has what they told: %s. Run the same "
              "command again."),
            e->plan.failed ? _("memory ran out") : inspect_why(owner));
    inspect_close(&owner);
    if (!fine)
        return EXIT_FAILURE;
    erase_tell_done(records, (unsigned long long)log.changes);
    erase_tell_left(&log);
    puts(_("Backups made before still hold it: keep them no longer than you must. After a restore "
           "“concertd erase --again” does this again."));
    erase_tell_aside(e);
    return EXIT_SUCCESS;
}

/* Whether the log forgets something though no record changes. False when the database refuses. */
static bool look_for_marks(struct erasing *e)
{
    struct erase_log log;

    for (size_t i = 0; i < e->plan.count; i++)
        if (erase_plan_writes(&e->plan.targets[i]))
            return true;
    if (!erase_log_look(&e->plan, &log))
        return false;
    e->plan.marks = log.changes > 0;
    return true;
}

static int do_all(struct erasing *e, bool note)
{
    struct admin *admin = e->admin;
    char why[512];
    size_t records;

    if (!look_for_last(e))
        return erase_refuse(e);
    if (e->stuck)
        return admin_say(admin, EXIT_FAILURE,
            _("It is the last coordinator: invite another one first, who then can go on."));
    if (!look_for_marks(e) || !inspect_run(e->reader, "COMMIT"))
        return erase_refuse(e);
    if (note && !erase_book_add(admin->folder, admin->region->name, &e->plan))
        return admin_say(admin, EXIT_FAILURE, _("%s/erasures: %s"), admin->folder, strerror(errno));
    if (!erase_write(&admin->settings, admin->region, &e->plan, &records, why, sizeof(why)))
        return admin_say(admin, EXIT_FAILURE, _("The erasure was not completed: %s"), why);
    return do_log(e, records);
}

static int tell(struct erasing *e)
{
    struct erase_log log;

    erase_tell_plan(&e->plan);
    if (!erase_log_look(&e->plan, &log))
        return erase_refuse(e);
    printf(ngettext("%llu change of the log would forget what it tells.\n",
               "%llu changes of the log would forget what they tell.\n", log.changes),
        (unsigned long long)log.changes);
    erase_tell_left(&log);
    erase_tell_aside(e);
    puts(_("Nothing was erased: --yes does it, for good."));
    return EXIT_SUCCESS;
}

bool erase_begin(struct erasing *e)
{
    const struct settings_region *region = e->admin->region;
    char why[INSPECT_WHY];

    log_set_level(LOG_LEVEL_WARNING);
    e->reader = inspect_open(region->database, region->name, why);
    if (e->reader == NULL) {
        admin_say(e->admin, EXIT_FAILURE, _("The database does not answer: %s"), why);
        return false;
    }
    e->plan = (struct erase_plan){
        .inspect = e->reader, .arena = arena_new(ARENA), .language = region->language};
    if (e->plan.arena != NULL &&
        inspect_run(e->reader, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"))
        return true;
    erase_refuse(e);
    return false;
}

void erase_end(struct erasing *e)
{
    inspect_close(&e->reader);
    arena_free(&e->plan.arena);
}

int erase_go_on(struct erasing *e, bool yes, bool note)
{
    char digits[7];
    bool nothing;

    if (!look(e, &nothing))
        return erase_refuse(e);
    if (nothing && admin_value(e->admin, "person") != NULL)
        return erase_near_say(e, admin_value(e->admin, "person"));
    if (nothing) {
        puts(_("Nothing that is held tells anything personal of it."));
        return EXIT_SUCCESS;
    }
    if (note && e->plan.everywhere && !choose_pseudonym(e))
        return admin_say(
            e->admin, EXIT_FAILURE, _("%s/erasures: %s"), e->admin->folder, strerror(errno));
    erase_digits(digits);
    erase_plan_one_person(&e->plan, digits); /* what has none yet: it is not shown */
    return yes ? do_all(e, note) : tell(e);
}

static bool is_blank(const char *text)
{
    size_t length;

    text_trimmed(text, strlen(text), &length);
    return length == 0;
}

/* What the words ask for; NULL: something that goes together. */
static const char *wrong_words(const struct admin *admin)
{
    bool person = admin_value(admin, "person") != NULL;
    bool record = admin_value(admin, "record") != NULL;
    bool document = admin_value(admin, "document") != NULL;
    int ways = (person || record || document) + (admin_value(admin, "expired") != NULL) +
               (admin_value(admin, "again") != NULL);

    if (ways != 1)
        return _("Say what to erase: --person NAME, --record HANDLE, --expired, or --again.");
    if (person && is_blank(admin_value(admin, "person")))
        return _("--person is empty: whose name is it?");
    if (person && record)
        return _("Say either --person or --record.");
    if (admin->n_words > 0 && !record)
        return _("Further handles go behind --record HANDLE.");
    if (admin_value(admin, "try") != NULL && admin_value(admin, "yes") != NULL)
        return _("Say either --try or --yes.");
    return NULL;
}

static int run(struct admin *admin)
{
    struct erasing e = {.admin = admin};
    bool expired = admin_value(admin, "expired") != NULL;
    bool yes = admin_value(admin, "yes") != NULL || (expired && admin_value(admin, "try") == NULL);
    int code;

    if (wrong_words(admin) != NULL)
        return admin_say(admin, 2, "%s", wrong_words(admin));
    if (expired && admin->region->retention[0] == '\0')
        return admin_say(admin, EXIT_SUCCESS,
            _("The setting “retention” is empty: nothing says how long anything is kept, and "
              "nothing "
              "is erased."));
    code = upgrade_check(admin);
    if (code != 0)
        return code;
    if (admin_value(admin, "again") != NULL)
        return erase_again(admin);
    if (!erase_begin(&e)) {
        erase_end(&e);
        return EXIT_FAILURE;
    }
    code = expired ? add_expired(&e) : add_words(&e);
    if (code == 0)
        code = erase_go_on(&e, yes, true);
    erase_end(&e);
    return code;
}

const struct admin_command admin_erase_command = {.name = "erase",
    .arguments = N_("[HANDLE...]"),
    .help = N_("empties what is held on a person, everywhere"),
    .about = N_("First it tells what it found; with --yes the records get a pseudonym, accounts "
                "are closed and devices revoked, documents removed, and the log forgets, while its "
                "chain still verifies. STATE/erasures remembers which records, without a name. "
                "--expired erases at once, for a timer: --expired --try only tells."),
    .needs = ADMIN_REGION,
    .options = options,
    .n_options = sizeof(options) / sizeof(options[0]),
    .max_words = WORDS_MAX,
    .writes = true,
    .run = run};
