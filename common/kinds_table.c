/* The register itself: what each kind and each of its fields obeys. In the order of their numbers.
 */
#include "kinds.h"

#define REQUIRED KIND_REQUIRED
#define PARENT KIND_REQUIRED | KIND_FIXED
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define FIELDS(a) a, COUNT(a)

#define MAX_POPULATION 10000000
#define MAX_WEIGHT 1000
#define MAX_TIMES 366
#define MAX_AMOUNT INT64_C(100000000000000)   /* cents */
#define MAX_DECIMAL INT64_C(1000000000000000) /* thousandths */

static const struct kind_field territory_fields[] = {
    {.name = "code", .flags = REQUIRED},
    {.name = "name", .flags = REQUIRED},
    {.name = "population", .min = 0, .max = MAX_POPULATION},
};

static const struct kind_field party_fields[] = {
    {.name = "name", .flags = REQUIRED},
    {.name = "type", .flags = REQUIRED},
    {.name = "territory", .refs = KIND_BIT(TERRITORY)},
    {.name = "meetings_min", .min = 0, .max = MAX_TIMES},
    {.name = "meetings_max", .min = 0, .max = MAX_TIMES},
    {.name = "quorum", .min = 0, .max = 1000},
};

static const struct kind_field membership_fields[] = {
    {.name = "party", .flags = PARENT, .refs = KIND_BIT(PARTY)},
    {.name = "organization", .refs = KIND_BIT(PARTY)},
    {.name = "person", .flags = KIND_PERSONAL},
    {.name = "since", .flags = KIND_DATE},
    {.name = "until", .flags = KIND_DATE},
    {.name = "email", .flags = KIND_PERSONAL},
    {.name = "phone", .flags = KIND_PERSONAL},
};

static const struct kind_field account_fields[] = {
    {.name = "person", .flags = REQUIRED | KIND_PERSONAL},
    {.name = "role", .flags = REQUIRED},
    {.name = "parties", .refs = KIND_BIT(PARTY)},
    {.name = "expires", .flags = KIND_DATE},
};

static const struct kind_field device_fields[] = {
    {.name = "account", .flags = PARENT, .refs = KIND_BIT(ACCOUNT)},
    {.name = "name", .flags = REQUIRED},
    {.name = "fingerprint", .flags = PARENT},
    {.name = "joined_on", .flags = KIND_DATE | KIND_FIXED},
};

static const struct kind_field plan_fields[] = {
    {.name = "title", .flags = REQUIRED},
    {.name = "type", .flags = REQUIRED | KIND_FROZEN},
    {.name = "party", .flags = PARENT, .refs = KIND_BIT(PARTY)},
    {.name = "parent", .flags = KIND_FROZEN | KIND_FIXED, .refs = KIND_BIT(PLAN)}, /* no circles */
    {.name = "starts_on", .flags = REQUIRED | KIND_DATE | KIND_FROZEN},
    {.name = "ends_on", .flags = REQUIRED | KIND_DATE | KIND_FROZEN},
    {.name = "adopted_on", .flags = KIND_DATE | KIND_COORDINATOR},
    {.name = "adopted_by", .flags = KIND_COORDINATOR, .refs = KIND_BIT(PARTY)},
    {.name = "adopted_seq", .flags = KIND_SERVER},
    {.name = "resolution", .flags = KIND_COORDINATOR, .refs = KIND_BIT(AGENDA_ITEM)},
};

static const struct kind_field objective_fields[] = {
    {.name = "plan", .flags = PARENT, .refs = KIND_BIT(PLAN)},
    {.name = "parent", .flags = KIND_FROZEN | KIND_FIXED, .refs = KIND_BIT(OBJECTIVE)},
    {.name = "number", .flags = REQUIRED | KIND_FROZEN | KIND_NUMBER},
    {.name = "title", .flags = REQUIRED | KIND_FROZEN},
    {.name = "supports", .refs = KIND_BIT(OBJECTIVE)},
};

static const struct kind_field action_fields[] = {
    {.name = "objective", .flags = REQUIRED | KIND_FROZEN, .refs = KIND_BIT(OBJECTIVE)},
    {.name = "number", .flags = REQUIRED | KIND_FROZEN | KIND_NUMBER},
    {.name = "title", .flags = REQUIRED | KIND_FROZEN},
    {.name = "audiences", .refs = KIND_BIT(AUDIENCE)},
    {.name = "weight", .min = 0, .max = MAX_WEIGHT},
};

static const struct kind_field responsibility_fields[] = {
    {.name = "subject",
        .flags = PARENT | KIND_FROZEN,
        .refs = KIND_BIT(ACTION) | KIND_BIT(MILESTONE) | KIND_BIT(PROJECT)},
    {.name = "party", .flags = KIND_FROZEN, .refs = KIND_BIT(PARTY)},
    {.name = "role", .flags = KIND_FROZEN},
    {.name = "lead", .flags = KIND_FROZEN},
};

static const struct kind_field deadline_fields[] = {
    {.name = "subject", .flags = PARENT | KIND_FROZEN, .refs = KIND_PUBLIC},
    {.name = "label", .flags = KIND_FROZEN},
    {.name = "text", .flags = REQUIRED | KIND_FROZEN},
    {.name = "mode", .flags = KIND_FROZEN},
    {.name = "earliest", .flags = KIND_DATE | KIND_FROZEN},
    {.name = "latest", .flags = KIND_DATE | KIND_FROZEN},
    {.name = "precision", .flags = KIND_FROZEN},
    {.name = "times_min", .flags = KIND_FROZEN, .min = 0, .max = MAX_TIMES},
    {.name = "times_max", .flags = KIND_FROZEN, .min = 0, .max = MAX_TIMES},
    {.name = "calendar_of", .flags = KIND_FROZEN},
    {.name = "met_on", .flags = KIND_DATE},
};

static const struct kind_field share_fields[] = {
    {.name = "action", .flags = PARENT, .refs = KIND_BIT(ACTION)},
    {.name = "party", .flags = PARENT, .refs = KIND_BIT(PARTY)},
    {.name = "percent", .min = 0, .max = 100},
    {.name = "help_from", .refs = KIND_BIT(PARTY)},
    {.name = "due", .flags = KIND_DATE},
    {.name = "weight", .flags = KIND_STAFF, .min = 0, .max = MAX_WEIGHT},
};

static const struct kind_field note_fields[] = {
    {.name = "subject", .flags = PARENT, .refs = KIND_PUBLIC},
    {.name = "text", .flags = REQUIRED},
    {.name = "on", .flags = KIND_DATE},
};

static const struct kind_field proposal_fields[] = {
    {.name = "subject", .flags = PARENT, .refs = KIND_PUBLIC},
    {.name = "patch", .flags = PARENT},
    {.name = "clear", .flags = KIND_FIXED},
    {.name = "reason", .flags = REQUIRED},
    {.name = "status", .flags = KIND_OWNERS},
    {.name = "answer", .flags = KIND_OWNERS},
    {.name = "operation", .flags = KIND_FIXED},
    {.name = "seen", .flags = KIND_FIXED},
};

static const struct kind_field milestone_fields[] = {
    {.name = "subject", .flags = PARENT, .refs = KIND_BIT(PROJECT) | KIND_BIT(ACTION)},
    {.name = "title", .flags = REQUIRED},
    {.name = "rank", .min = 0, .max = 10000},
    {.name = "percent", .min = 0, .max = 100},
};

static const struct kind_field audience_fields[] = {
    {.name = "number", .flags = REQUIRED, .min = 0, .max = 1000},
    {.name = "description", .flags = REQUIRED},
};

static const struct kind_field project_fields[] = {
    {.name = "title", .flags = REQUIRED},
    {.name = "party", .flags = PARENT, .refs = KIND_BIT(PARTY)},
    {.name = "territory", .refs = KIND_BIT(TERRITORY)},
    {.name = "action", .refs = KIND_BIT(ACTION)},
    {.name = "plan", .refs = KIND_BIT(PLAN)},
    {.name = "starts_on", .flags = KIND_DATE},
    {.name = "ends_on", .flags = KIND_DATE},
};

static const struct kind_field budget_line_fields[] = {
    {.name = "project", .flags = PARENT, .refs = KIND_BIT(PROJECT)},
    {.name = "label", .flags = REQUIRED},
    {.name = "planned", .flags = REQUIRED | KIND_MONEY, .max = MAX_AMOUNT},
    {.name = "actual", .flags = KIND_MONEY, .max = MAX_AMOUNT},
};

static const struct kind_field envelope_fields[] = {
    {.name = "title", .flags = REQUIRED},
    {.name = "funder", .flags = REQUIRED, .refs = KIND_BIT(PARTY)},
    {.name = "amount", .flags = REQUIRED | KIND_MONEY, .max = MAX_AMOUNT},
    {.name = "starts_on", .flags = KIND_DATE},
    {.name = "ends_on", .flags = KIND_DATE},
    {.name = "apply_by", .flags = KIND_DATE},
};

static const struct kind_field funding_request_fields[] = {
    {.name = "project", .flags = PARENT, .refs = KIND_BIT(PROJECT)},
    {.name = "envelope", .refs = KIND_BIT(ENVELOPE)},
    {.name = "funder", .refs = KIND_BIT(PARTY)},
    {.name = "amount", .flags = KIND_MONEY, .max = MAX_AMOUNT},
    {.name = "decision_on", .flags = KIND_DATE},
    {.name = "granted", .flags = KIND_MONEY, .max = MAX_AMOUNT},
};

static const struct kind_field agreement_fields[] = {
    {.name = "title", .flags = REQUIRED},
    {.name = "starts_on", .flags = KIND_DATE},
    {.name = "ends_on", .flags = KIND_DATE},
    {.name = "amount", .flags = KIND_MONEY, .max = MAX_AMOUNT},
    {.name = "renews", .flags = KIND_FIXED, .refs = KIND_BIT(AGREEMENT)},
};

static const struct kind_field signatory_fields[] = {
    {.name = "agreement", .flags = PARENT, .refs = KIND_BIT(AGREEMENT)},
    {.name = "party", .flags = REQUIRED, .refs = KIND_BIT(PARTY)},
    {.name = "contribution", .flags = KIND_MONEY, .max = MAX_AMOUNT},
    {.name = "signed_on", .flags = KIND_DATE},
};

static const struct kind_field meeting_fields[] = {
    {.name = "party", .flags = PARENT, .refs = KIND_BIT(PARTY)},
    {.name = "starts_at", .flags = KIND_MOMENT},
    {.name = "ends_at", .flags = KIND_MOMENT},
    {.name = "action", .refs = KIND_BIT(ACTION)},
    {.name = "prepares", .refs = KIND_BIT(MEETING)},
    {.name = "adopted_at", .refs = KIND_BIT(MEETING)},
};

static const struct kind_field agenda_item_fields[] = {
    {.name = "meeting", .flags = PARENT, .refs = KIND_BIT(MEETING)},
    {.name = "rank", .flags = REQUIRED, .min = 0, .max = 10000},
    {.name = "title", .flags = REQUIRED},
    {.name = "minutes", .flags = KIND_OWNERS},
    {.name = "decision", .flags = KIND_OWNERS},
    {.name = "resolution", .flags = KIND_SERVER},
    {.name = "action", .refs = KIND_BIT(ACTION)},
    {.name = "proposed_by", .flags = KIND_FIXED, .refs = KIND_BIT(PARTY)},
};

static const struct kind_field follow_up_fields[] = {
    {.name = "agenda_item", .flags = PARENT, .refs = KIND_BIT(AGENDA_ITEM)},
    {.name = "party", .flags = KIND_OWNERS, .refs = KIND_BIT(PARTY)},
    {.name = "role", .flags = KIND_OWNERS},
    {.name = "what", .flags = REQUIRED | KIND_OWNERS},
    {.name = "until", .flags = KIND_OWNERS | KIND_DATE},
    {.name = "done_on", .flags = KIND_DATE},
};

static const struct kind_field attendance_fields[] = {
    {.name = "meeting", .flags = PARENT, .refs = KIND_BIT(MEETING)},
    {.name = "party", .flags = KIND_FIXED, .refs = KIND_BIT(PARTY)},
    {.name = "person", .flags = KIND_PERSONAL},
    {.name = "seat", .refs = KIND_BIT(MEMBERSHIP)},
    {.name = "arrives_for", .refs = KIND_BIT(AGENDA_ITEM)},
    {.name = "leaves_before", .refs = KIND_BIT(AGENDA_ITEM)},
};

static const struct kind_field training_need_fields[] = {
    {.name = "title", .flags = REQUIRED},
    {.name = "party", .flags = PARENT, .refs = KIND_BIT(PARTY)},
    {.name = "people", .min = 0, .max = 100000},
    {.name = "meeting", .refs = KIND_BIT(MEETING)},
};

static const struct kind_field publication_fields[] = {
    {.name = "title", .flags = REQUIRED},
    {.name = "published_on", .flags = KIND_DATE},
    {.name = "audiences", .refs = KIND_BIT(AUDIENCE)},
    {.name = "action", .refs = KIND_BIT(ACTION)},
};

static const struct kind_field article_fields[] = {
    {.name = "publication", .refs = KIND_BIT(PUBLICATION)},
    {.name = "title", .flags = REQUIRED},
    {.name = "party", .flags = PARENT, .refs = KIND_BIT(PARTY)},
    {.name = "status", .flags = KIND_STAFF},
};

static const struct kind_field contact_fields[] = {
    {.name = "name", .flags = REQUIRED | KIND_PERSONAL},
    {.name = "email", .flags = KIND_PERSONAL},
    {.name = "phone", .flags = KIND_PERSONAL},
    {.name = "audiences", .refs = KIND_BIT(AUDIENCE)},
    {.name = "territory", .refs = KIND_BIT(TERRITORY)},
    {.name = "consent_on", .flags = KIND_DATE},
};

static const struct kind_field intervention_fields[] = {
    {.name = "title", .flags = REQUIRED},
    {.name = "party", .flags = PARENT, .refs = KIND_BIT(PARTY)},
    {.name = "territories", .refs = KIND_BIT(TERRITORY)},
    {.name = "starts_on", .flags = KIND_DATE},
    {.name = "ends_on", .flags = KIND_DATE},
    {.name = "meeting", .refs = KIND_BIT(MEETING)},
};

static const struct kind_field directory_entry_fields[] = {
    {.name = "name", .flags = REQUIRED},
    {.name = "party", .flags = PARENT, .refs = KIND_BIT(PARTY)},
    {.name = "territory", .refs = KIND_BIT(TERRITORY)},
    {.name = "checked_on", .flags = KIND_DATE},
};

static const struct kind_field route_fields[] = {
    {.name = "title", .flags = REQUIRED},
    {.name = "from", .flags = REQUIRED},
    {.name = "to", .flags = REQUIRED},
    {.name = "territory_from", .refs = KIND_BIT(TERRITORY)},
    {.name = "territory_to", .refs = KIND_BIT(TERRITORY)},
    {.name = "party", .flags = KIND_FIXED, .refs = KIND_BIT(PARTY)},
};

static const struct kind_field plan_review_fields[] = {
    {.name = "party", .flags = PARENT, .refs = KIND_BIT(PARTY)},
    {.name = "document", .flags = REQUIRED},
    {.name = "reviewed_on", .flags = KIND_DATE},
    {.name = "reviewed_by", .flags = KIND_FIXED, .refs = KIND_BIT(PARTY)},
};

static const struct kind_field indicator_fields[] = {
    {.name = "code", .flags = REQUIRED},
    {.name = "title", .flags = REQUIRED},
};

static const struct kind_field observation_fields[] = {
    {.name = "indicator", .flags = PARENT, .refs = KIND_BIT(INDICATOR)},
    {.name = "party", .flags = KIND_FIXED, .refs = KIND_BIT(PARTY)},
    {.name = "territory", .refs = KIND_BIT(TERRITORY)},
    {.name = "period_start", .flags = REQUIRED | KIND_DATE},
    {.name = "period_end", .flags = REQUIRED | KIND_DATE},
    {.name = "value", .flags = KIND_DECIMAL, .min = -MAX_DECIMAL, .max = MAX_DECIMAL},
    {.name = "numerator", .flags = KIND_DECIMAL, .min = -MAX_DECIMAL, .max = MAX_DECIMAL},
    {.name = "denominator", .flags = KIND_DECIMAL, .min = -MAX_DECIMAL, .max = MAX_DECIMAL},
};

static const struct kind_field form_fields[] = {
    {.name = "title", .flags = REQUIRED},
    {.name = "version", .min = 1, .max = 10000},
    {.name = "scale_min", .min = 0, .max = 1000},
    {.name = "scale_max", .min = 0, .max = 1000},
};

static const struct kind_field criterion_fields[] = {
    {.name = "form", .flags = PARENT, .refs = KIND_BIT(FORM)},
    {.name = "rank", .flags = REQUIRED, .min = 0, .max = 10000},
    {.name = "dimension", .flags = KIND_FIXED},
    {.name = "question", .flags = PARENT},
    {.name = "weight", .flags = KIND_FIXED, .min = 0, .max = 1000},
};

static const struct kind_field assessment_fields[] = {
    {.name = "form", .flags = PARENT, .refs = KIND_BIT(FORM)},
    {.name = "territory", .refs = KIND_BIT(TERRITORY)},
    {.name = "party", .flags = PARENT, .refs = KIND_BIT(PARTY)},
    {.name = "on", .flags = KIND_DATE},
};

static const struct kind_field score_fields[] = {
    {.name = "assessment", .flags = PARENT, .refs = KIND_BIT(ASSESSMENT)},
    {.name = "criterion", .flags = PARENT, .refs = KIND_BIT(CRITERION)},
    {.name = "value", .flags = REQUIRED, .min = 0, .max = 1000},
};

static const struct kind_field incident_fields[] = {
    {.name = "title", .flags = REQUIRED},
    {.name = "occurred_on", .flags = KIND_DATE},
    {.name = "discovered_on", .flags = REQUIRED | KIND_DATE},
    {.name = "people", .min = 0, .max = MAX_POPULATION},
    {.name = "commission_on", .flags = KIND_DATE},
    {.name = "persons_on", .flags = KIND_DATE},
};

static const struct kind_field quarantine_fields[] = {
    {.name = "device", .flags = PARENT, .refs = KIND_BIT(DEVICE)},
    {.name = "target", .flags = PARENT},
    {.name = "target_kind", .flags = PARENT},
    {.name = "base_revision", .flags = KIND_FIXED},
    {.name = "patch", .flags = KIND_FIXED},
    {.name = "clear", .flags = KIND_FIXED},
    {.name = "removes", .flags = KIND_FIXED},
    {.name = "reason", .flags = KIND_FIXED},
    {.name = "authored_at", .flags = KIND_FIXED},
    {.name = "seen", .flags = KIND_FIXED},
    {.name = "part", .flags = KIND_FIXED, .min = 0, .max = 100000},
    {.name = "rank", .flags = KIND_FIXED, .min = 1, .max = 100000},
};

static const struct kind_field document_fields[] = {
    {.name = "title", .flags = REQUIRED},
    {.name = "subject", .flags = PARENT, .refs = KIND_PUBLIC},
    {.name = "media_type", .flags = PARENT},
    {.name = "size", .flags = PARENT | KIND_BYTES, .min = 1, .max = 33554432},
    {.name = "sha256", .flags = PARENT},
};

const struct kind kinds[] = {
    {CONCERT__KIND__TERRITORY, "territory", &concert__territory__descriptor, "T", NULL, NULL, NULL,
        KIND_READ_ALL, KIND_WRITE_STAFF, false, "name", FIELDS(territory_fields)},
    {CONCERT__KIND__PARTY, "party", &concert__party__descriptor, "I", "id", NULL, NULL,
        KIND_READ_ALL, KIND_WRITE_STAFF, false, "name", FIELDS(party_fields)},
    {CONCERT__KIND__MEMBERSHIP, "membership", &concert__membership__descriptor, "M", "party",
        "party", NULL, KIND_READ_ALL, KIND_WRITE_STAFF, false, "seat", FIELDS(membership_fields)},
    {CONCERT__KIND__ACCOUNT, "account", &concert__account__descriptor, "C", NULL, NULL, NULL,
        KIND_READ_STAFF, KIND_WRITE_COORDINATOR, false, "person", FIELDS(account_fields)},
    {CONCERT__KIND__DEVICE, "device", &concert__device__descriptor, "AP", NULL, "account", NULL,
        KIND_READ_STAFF, KIND_WRITE_SERVER, false, "name", FIELDS(device_fields)},
    {CONCERT__KIND__PLAN, "plan", &concert__plan__descriptor, "PL", "party", NULL, NULL,
        KIND_READ_ALL, KIND_WRITE_EDITORS, false, "title", FIELDS(plan_fields)},
    {CONCERT__KIND__OBJECTIVE, "objective", &concert__objective__descriptor, NULL, "plan", "plan",
        NULL, KIND_READ_ALL, KIND_WRITE_EDITORS, false, "title", FIELDS(objective_fields)},
    {CONCERT__KIND__ACTION, "action", &concert__action__descriptor, NULL, "objective", "objective",
        NULL, KIND_READ_ALL, KIND_WRITE_EDITORS, false, "title", FIELDS(action_fields)},
    {CONCERT__KIND__RESPONSIBILITY, "responsibility", &concert__responsibility__descriptor, "RE",
        "subject", "subject", NULL, KIND_READ_ALL, KIND_WRITE_EDITORS, false, "role",
        FIELDS(responsibility_fields)},
    {CONCERT__KIND__DEADLINE, "deadline", &concert__deadline__descriptor, "E", "subject", "subject",
        NULL, KIND_READ_ALL, KIND_WRITE_EDITORS, false, "text", FIELDS(deadline_fields)},
    {CONCERT__KIND__SHARE, "share", &concert__share__descriptor, "PA", "party", "action", NULL,
        KIND_READ_ALL, KIND_WRITE_EDITORS, false, NULL, FIELDS(share_fields)},
    {CONCERT__KIND__NOTE, "note", &concert__note__descriptor, "N", "subject", "subject", NULL,
        KIND_READ_ALL, KIND_WRITE_EDITORS, true, "text", FIELDS(note_fields)},
    {CONCERT__KIND__PROPOSAL, "proposal", &concert__proposal__descriptor, "PR", "subject",
        "subject", NULL, KIND_READ_ALL, KIND_WRITE_PROPOSERS, false, "reason",
        FIELDS(proposal_fields)},
    {CONCERT__KIND__MILESTONE, "milestone", &concert__milestone__descriptor, "ET", "subject",
        "subject", NULL, KIND_READ_ALL, KIND_WRITE_EDITORS, false, "title",
        FIELDS(milestone_fields)},
    {CONCERT__KIND__AUDIENCE, "audience", &concert__audience__descriptor, "PU", NULL, NULL, NULL,
        KIND_READ_ALL, KIND_WRITE_STAFF, false, "description", FIELDS(audience_fields)},
    {CONCERT__KIND__PROJECT, "project", &concert__project__descriptor, "P", "party", NULL, NULL,
        KIND_READ_ALL, KIND_WRITE_EDITORS, false, "title", FIELDS(project_fields)},
    {CONCERT__KIND__BUDGET_LINE, "budget_line", &concert__budget_line__descriptor, "BU", "project",
        "project", NULL, KIND_READ_ALL, KIND_WRITE_EDITORS, false, "label",
        FIELDS(budget_line_fields)},
    {CONCERT__KIND__ENVELOPE, "envelope", &concert__envelope__descriptor, "EN", NULL, NULL, NULL,
        KIND_READ_ALL, KIND_WRITE_STAFF, false, "title", FIELDS(envelope_fields)},
    {CONCERT__KIND__FUNDING_REQUEST, "funding_request", &concert__funding_request__descriptor, "DF",
        "project", "project", NULL, KIND_READ_ALL, KIND_WRITE_EDITORS, false, "funder",
        FIELDS(funding_request_fields)},
    {CONCERT__KIND__AGREEMENT, "agreement", &concert__agreement__descriptor, "EA", NULL, NULL, NULL,
        KIND_READ_ALL, KIND_WRITE_STAFF, false, "title", FIELDS(agreement_fields)},
    {CONCERT__KIND__SIGNATORY, "signatory", &concert__signatory__descriptor, "SI", NULL,
        "agreement", NULL, KIND_READ_ALL, KIND_WRITE_STAFF, false, "party",
        FIELDS(signatory_fields)},
    {CONCERT__KIND__MEETING, "meeting", &concert__meeting__descriptor, "R", "party", NULL, NULL,
        KIND_READ_ALL, KIND_WRITE_EDITORS, false, "title", FIELDS(meeting_fields)},
    {CONCERT__KIND__AGENDA_ITEM, "agenda_item", &concert__agenda_item__descriptor, "PO", "meeting",
        "meeting", "proposed_by", KIND_READ_ALL, KIND_WRITE_EDITORS, false, "title",
        FIELDS(agenda_item_fields)},
    {CONCERT__KIND__FOLLOW_UP, "follow_up", &concert__follow_up__descriptor, "SU", "agenda_item",
        "agenda_item", "party", KIND_READ_ALL, KIND_WRITE_EDITORS, false, "what",
        FIELDS(follow_up_fields)},
    {CONCERT__KIND__ATTENDANCE, "attendance", &concert__attendance__descriptor, "PS", "meeting",
        "meeting", "party", KIND_READ_ALL, KIND_WRITE_EDITORS, false, "party",
        FIELDS(attendance_fields)},
    {CONCERT__KIND__TRAINING_NEED, "training_need", &concert__training_need__descriptor, "BF",
        "party", NULL, NULL, KIND_READ_ALL, KIND_WRITE_EDITORS, false, "title",
        FIELDS(training_need_fields)},
    {CONCERT__KIND__PUBLICATION, "publication", &concert__publication__descriptor, "PB", NULL, NULL,
        NULL, KIND_READ_ALL, KIND_WRITE_STAFF, false, "title", FIELDS(publication_fields)},
    {CONCERT__KIND__ARTICLE, "article", &concert__article__descriptor, "AR", "party", NULL, NULL,
        KIND_READ_ALL, KIND_WRITE_EDITORS, false, "title", FIELDS(article_fields)},
    {CONCERT__KIND__CONTACT, "contact", &concert__contact__descriptor, "CO", NULL, NULL, NULL,
        KIND_READ_STAFF, KIND_WRITE_STAFF, false, "name", FIELDS(contact_fields)},
    {CONCERT__KIND__INTERVENTION, "intervention", &concert__intervention__descriptor, "IN", "party",
        NULL, NULL, KIND_READ_ALL, KIND_WRITE_EDITORS, false, "title", FIELDS(intervention_fields)},
    {CONCERT__KIND__DIRECTORY_ENTRY, "directory_entry", &concert__directory_entry__descriptor, "F",
        "party", NULL, NULL, KIND_READ_ALL, KIND_WRITE_EDITORS, false, "name",
        FIELDS(directory_entry_fields)},
    {CONCERT__KIND__ROUTE, "route", &concert__route__descriptor, "D", "party", NULL, NULL,
        KIND_READ_ALL, KIND_WRITE_EDITORS, false, "title", FIELDS(route_fields)},
    {CONCERT__KIND__PLAN_REVIEW, "plan_review", &concert__plan_review__descriptor, "AN", "party",
        NULL, "reviewed_by", KIND_READ_ALL, KIND_WRITE_EDITORS, false, "document",
        FIELDS(plan_review_fields)},
    {CONCERT__KIND__INDICATOR, "indicator", &concert__indicator__descriptor, "ID", NULL, NULL, NULL,
        KIND_READ_ALL, KIND_WRITE_STAFF, false, "title", FIELDS(indicator_fields)},
    {CONCERT__KIND__OBSERVATION, "observation", &concert__observation__descriptor, "OB", "party",
        "indicator", NULL, KIND_READ_ALL, KIND_WRITE_EDITORS, false, "indicator",
        FIELDS(observation_fields)},
    {CONCERT__KIND__FORM, "form", &concert__form__descriptor, "G", NULL, NULL, NULL, KIND_READ_ALL,
        KIND_WRITE_STAFF, false, "title", FIELDS(form_fields)},
    {CONCERT__KIND__CRITERION, "criterion", &concert__criterion__descriptor, "CR", NULL, "form",
        NULL, KIND_READ_ALL, KIND_WRITE_STAFF, false, "question", FIELDS(criterion_fields)},
    {CONCERT__KIND__ASSESSMENT, "assessment", &concert__assessment__descriptor, "AC", "party",
        "form", NULL, KIND_READ_ALL, KIND_WRITE_EDITORS, false, "community",
        FIELDS(assessment_fields)},
    {CONCERT__KIND__SCORE, "score", &concert__score__descriptor, "CT", "assessment", "assessment",
        NULL, KIND_READ_ALL, KIND_WRITE_EDITORS, false, "criterion", FIELDS(score_fields)},
    {CONCERT__KIND__DOCUMENT, "document", &concert__document__descriptor, "DO", "subject",
        "subject", NULL, KIND_READ_ALL, KIND_WRITE_EDITORS, false, "title",
        FIELDS(document_fields)},
    {CONCERT__KIND__INCIDENT, "incident", &concert__incident__descriptor, "IC", NULL, NULL, NULL,
        KIND_READ_STAFF, KIND_WRITE_STAFF, false, "title", FIELDS(incident_fields)},
    {CONCERT__KIND__QUARANTINE, "quarantine", &concert__quarantine__descriptor, "Q", NULL, "device",
        NULL, KIND_READ_STAFF, KIND_WRITE_SERVER, false, "target_kind", FIELDS(quarantine_fields)},
};
const size_t kinds_count = COUNT(kinds);
