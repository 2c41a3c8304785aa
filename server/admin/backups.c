#include "admin/backups.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "admin/archive.h"

#define SUFFIX ".concert-backup"

void backups_folder(const struct admin *admin, char folder_r[BACKUPS_PATH])
{
    if (admin->settings.backups[0] != '\0')
        snprintf(folder_r, BACKUPS_PATH, "%s", admin->settings.backups);
    else
        snprintf(folder_r, BACKUPS_PATH, "%s/backups", admin->folder);
}

void backups_stamp(char stamp_r[BACKUPS_STAMP])
{
    time_t now = time(NULL);
    struct tm parts;

    gmtime_r(&now, &parts);
    strftime(stamp_r, BACKUPS_STAMP, "%Y%m%dT%H%M%SZ", &parts);
}

bool backups_path(
    const char *folder, const char *region, const char *stamp, char path_r[BACKUPS_PATH])
{
    int length = snprintf(path_r, BACKUPS_PATH, "%s/%s-%s%s", folder, region, stamp, SUFFIX);

    return length > 0 && length < BACKUPS_PATH;
}

bool backups_is_one(const char *region, const char *name)
{
    size_t size = strlen(region);

    return strncmp(name, region, size) == 0 && name[size] == '-' &&
           strlen(name) == size + 1 + BACKUPS_STAMP - 1 + strlen(SUFFIX) &&
           strspn(name + size + 1, "0123456789TZ") == BACKUPS_STAMP - 1 &&
           strcmp(name + size + BACKUPS_STAMP, SUFFIX) == 0;
}

bool backups_is_draft(const char *region, const char *name)
{
    size_t size = strlen(name), behind = strlen(ARCHIVE_DRAFT);
    char whole[NAME_MAX + 1];

    if (size <= behind || size > NAME_MAX || strcmp(name + size - behind, ARCHIVE_DRAFT) != 0)
        return false;
    snprintf(whole, sizeof(whole), "%.*s", (int)(size - behind), name);
    return backups_is_one(region, whole);
}

bool backups_is_later(const char *region, const char *name, const char *stamp)
{
    return backups_is_one(region, name) &&
           strncmp(name + strlen(region) + 1, stamp, BACKUPS_STAMP - 1) > 0;
}
