/* The certificate, the clock, the disk. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "admin/doctor_internal.h"
#include "certificate.h"
#include "clock.h"
#include "i18n.h"

#define CERTIFICATE_DAYS 60
#define ROOM_LEAST ((uint64_t)1 << 30) /* bytes */
#define MIB ((uint64_t)1 << 20)
#define SKEW_US INT64_C(2000000)
#define SYNCHRONIZED "/run/systemd/timesync/synchronized"

/* How a new one is made, in the words that are typed. */
static void say_renewal(struct doctor *doctor)
{
    const struct state_paths *paths = &doctor->admin->paths;

    doctor_note(doctor,
        _("  A new one for the same key: openssl req -x509 -key %s -subj /CN=%s -days 7300 -out %s "
          "&& systemctl reload concertd"),
        paths->key, doctor->region->name, paths->certificate);
}

static void tell_days(struct doctor *doctor, int days)
{
    if (days >= CERTIFICATE_DAYS) {
        doctor_fine(doctor, _("The certificate is good for %d days."), days);
        return;
    }
    doctor_found(doctor,
        _("The certificate ends in %d days: put a new one for the same key in its place, and "
          "reload the server (systemctl reload concertd)."),
        days);
    say_renewal(doctor);
}

void doctor_certificate(struct doctor *doctor)
{
    const struct state_paths *paths = &doctor->admin->paths;
    int days;

    switch (certificate_look(paths->certificate, paths->key, &days)) {
    case CERTIFICATE_GOOD:
        tell_days(doctor, days);
        break;
    case CERTIFICATE_UNREADABLE:
        doctor_found(doctor,
            _("%s is no certificate, or cannot be read: restore it from a backup "
              "(concertd restore)."),
            paths->certificate);
        break;
    case CERTIFICATE_NO_KEY:
        doctor_found(doctor,
            _("%s is no key, or cannot be read: restore it from a backup (concertd "
              "restore)."),
            paths->key);
        break;
    case CERTIFICATE_STRANGE:
        doctor_found(doctor, "%s",
            _("The certificate is not of this key: clients would not know the server. Restore both "
              "from a backup (concertd restore)."));
        break;
    case CERTIFICATE_EARLY:
        doctor_found(doctor, "%s",
            _("The certificate is not valid yet: is the machine's clock right? (timedatectl)"));
        break;
    case CERTIFICATE_OVER:
        doctor_found(doctor, "%s",
            _("The certificate is over: put a new one for the same key in its place, and reload "
              "the server (systemctl reload concertd)."));
        say_renewal(doctor);
        break;
    }
}

/* --- the clock ---------------------------------------------------------------------------------
 */

void doctor_clock(struct doctor *doctor)
{
    int64_t theirs = 0, skew;

    if (access("/run/systemd/timesync", F_OK) == 0 && access(SYNCHRONIZED, F_OK) != 0)
        doctor_found(
            doctor, "%s", _("This machine's clock is not synchronized: timedatectl set-ntp true"));
    if (doctor->daemon == NULL ||
        !doctor_number(
            doctor, "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint", &theirs))
        return;
    skew = clock_now() - theirs;
    if (skew > SKEW_US || skew < -SKEW_US)
        doctor_found(doctor,
            _("This machine's clock and the database's differ by %.1f s: set both by NTP "
              "(timedatectl set-ntp true)."),
            (double)skew / 1e6);
    else
        doctor_fine(doctor, "%s", _("This machine's clock and the database's agree."));
}

/* --- room ---------------------------------------------------------------------------------------
 */

static void check_room(struct doctor *doctor, const char *path)
{
    struct statvfs disk;
    uint64_t free_bytes, all;

    if (statvfs(path, &disk) != 0) {
        if (errno != ENOENT)
            doctor_note(
                doctor, _("How much room %s has cannot be seen: %s"), path, strerror(errno));
        return;
    }
    free_bytes = (uint64_t)disk.f_bavail * disk.f_frsize;
    all = (uint64_t)disk.f_blocks * disk.f_frsize;
    if (free_bytes < ROOM_LEAST && free_bytes < all / 5)
        doctor_found(doctor,
            _("The disk of %s has %llu MiB left: make room on it, or a larger one."), path,
            (unsigned long long)(free_bytes / MIB));
    else
        doctor_fine(doctor, _("The disk of %s has %llu MiB left."), path,
            (unsigned long long)(free_bytes / MIB));
}

void doctor_room(struct doctor *doctor)
{
    check_room(doctor, doctor->admin->folder);
    if (doctor->admin->settings.backups[0] != '\0')
        check_room(doctor, doctor->admin->settings.backups);
}

static bool is_here(const char *address)
{
    return address[0] == '\0' || strncmp(address, "127.", 4) == 0 || strcmp(address, "::1") == 0;
}

/* Where its data is may only be asked with a right that few have; and only a local one's is on this
 * machine's disks. */
void doctor_database_room(struct doctor *doctor)
{
    char folder[1024] = "", where[64] = "", role[128] = "";

    if (!doctor_text(doctor, "SELECT host(inet_server_addr())", where, sizeof(where)))
        return;
    if (is_here(where) && doctor->owner != NULL) {
        if (!inspect_text(doctor->owner, "SELECT current_setting('data_directory')", folder,
                sizeof(folder)) &&
            inspect_text(doctor->owner, "SELECT quote_ident(current_user)", role, sizeof(role))) {
            doctor_note(doctor,
                _("How much room the database's disk has cannot be seen: GRANT "
                  "pg_read_all_settings TO %s;"),
                role);
            return;
        }
        if (folder[0] != '\0' && access(folder, F_OK) == 0) {
            check_room(doctor, folder);
            return;
        }
    }
    doctor_note(doctor, "%s",
        _("How much room the database's disk has cannot be seen from here: look on its machine "
          "(df -h)."));
}
