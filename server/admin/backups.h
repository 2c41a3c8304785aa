/* Where the backups are, and how they are named: REGION-YYYYMMDDTHHMMSSZ.concert-backup. */
#pragma once

#include <stdbool.h>

#include "admin/admin.h"

#define BACKUPS_PATH 4608
#define BACKUPS_STAMP 17 /* YYYYMMDDTHHMMSSZ with its NUL */

/* The folder that the settings tell, else the state folder's. */
void backups_folder(const struct admin *admin, char folder_r[BACKUPS_PATH]);

/* This moment, UTC, as names tell it: their order is the order of time. */
void backups_stamp(char stamp_r[BACKUPS_STAMP]);

/* The file of that region and moment. False when its path is too long. */
bool backups_path(
    const char *folder, const char *region, const char *stamp, char path_r[BACKUPS_PATH]);

/* True for the name, without a folder, of a backup of this region. */
bool backups_is_one(const char *region, const char *name);

/* True for the name of one that is not whole yet: ARCHIVE_DRAFT is behind it. */
bool backups_is_draft(const char *region, const char *name);

/* True for a backup's name whose moment is later than `stamp`. */
bool backups_is_later(const char *region, const char *name, const char *stamp);
