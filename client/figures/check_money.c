/* Amounts that do not add up: the findings of figures/money, rule by rule. */
#include "figures/check_find.h"
#include "figures/money.h"
#include "i18n.h"
#include "words/amount.h"

static const char *amount(struct check *check, int64_t cents)
{
    char text[AMOUNT_SIZE];

    amount_money(cents, check->scope->language, text);
    return check_find_text(check, "%s", text);
}

static void take(struct check *check, enum money_rule rule)
{
    size_t count;
    const struct money_finding *list = money_findings(check->book, check->arena, &count);

    check->full = check->full || list == NULL;
    for (size_t i = 0; list != NULL && i < count; i++)
        if (list[i].rule == rule)
            check_find_add(check, list[i].entry,
                rule == MONEY_NO_ENVELOPE && list[i].promised == 0
                    ? _("an envelope")
                    : amount(check, list[i].promised),
                rule == MONEY_NO_ENVELOPE ? _("no envelope") : amount(check, list[i].found));
}

void check_money_envelope(struct check *check)
{
    take(check, MONEY_OVER_GRANTED);
}

void check_money_line(struct check *check)
{
    take(check, MONEY_OVER_SPENT);
}

void check_money_project(struct check *check)
{
    take(check, MONEY_OVER_FUNDED);
}

void check_money_spent(struct check *check)
{
    take(check, MONEY_SPENT_UNGRANTED);
}

void check_money_granted(struct check *check)
{
    take(check, MONEY_MORE_THAN_ASKED);
}

void check_money_sought(struct check *check)
{
    take(check, MONEY_NOT_SOUGHT);
}

void check_money_no_envelope(struct check *check)
{
    take(check, MONEY_NO_ENVELOPE);
}

void check_money_no_amount(struct check *check)
{
    size_t count;
    const struct book_entry *const *list =
        book_list(check->book, CONCERT__KIND__FUNDING_REQUEST, &count);

    for (size_t i = 0; i < count; i++)
        if (record_count(list[i]->body, record_field(list[i]->kind, "amount")) == 0 &&
            book_number(list[i], "status", 0) != CONCERT__FUNDING_REQUEST__STATUS__REFUSED)
            check_find_add(check, list[i], _("an amount"), _("no amount"));
}
