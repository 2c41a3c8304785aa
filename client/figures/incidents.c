#include "figures/incidents.h"

#include "date.h"

bool incidents_untold(const struct book_entry *incident)
{
    return book_number(incident, "serious", 0) != 0 &&
           book_date(incident, "commission_on") == DATE_NONE;
}
