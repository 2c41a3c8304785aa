/* concertd: the region's server. Its commands are rows of admin/admin_table.c. */
#include <sodium.h>
#include <stdlib.h>

#include "admin/admin.h"

int main(int argc, char **argv)
{
    return sodium_init() < 0 ? EXIT_FAILURE : admin_run(argc, argv);
}
