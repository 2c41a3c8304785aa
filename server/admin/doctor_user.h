/* As whom the server runs, and what that user may do. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "admin/admin.h"

#define DOCTOR_USER_NAME 64

struct doctor_user {
    bool known; /* false: the setting names nobody of this machine */
    uid_t uid;
    gid_t gid;
    char name[DOCTOR_USER_NAME];
};

/* The one of the setting “user”, else whom the state folder belongs to. */
void doctor_user_find(const struct admin *admin, struct doctor_user *user_r);

/* The name of that number, or the number. */
void doctor_user_name(uid_t uid, char name_r[DOCTOR_USER_NAME]);
