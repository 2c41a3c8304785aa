/*
 * The offices' disks: an SQLite VFS in memory that keeps, of each file, what was written and what
 * was synced. Processes die between any two steps (a write, a sync, a truncation, a deletion),
 * power goes and takes what was not synced along, and disks are full. Nothing of it is on a real
 * disk; the same calls lead to the same contents.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sim_disk;
struct sim_disk_folder;
struct sim_disk_copy;

/* All disks of one run. From now on SQLite opens files here by default; `now` tells the time in
 * milliseconds since 1970 (NULL: 0). NULL when memory is out. Free with sim_disk_free. */
struct sim_disk *sim_disk_new(int64_t (*now)(void));

/* Forgets the disks, and SQLite its VFS; nothing may be open any more. Accepts NULL, leaves NULL.
 */
void sim_disk_free(struct sim_disk **disk);

/* A disk that says that it has synced, and has not: what a program that never syncs would get. */
void sim_disk_lie(struct sim_disk *disk, bool lies);

/* Called for each step that is done. */
void sim_disk_on_step(struct sim_disk *disk, void (*stepped)(void *arg), void *arg);

/* Steps done so far, in all folders. */
uint64_t sim_disk_steps(const struct sim_disk *disk);

/* The disk of one office: files whose path begins with `path`. Lives as long as the disks; the same
 * path gives the same one. NULL when memory is out. */
struct sim_disk_folder *sim_disk_folder(struct sim_disk *disk, const char *path);

/* The process dies before it has done `steps` + 1 more steps: every later call of it fails, with no
 * effect. Negative: it does not. */
void sim_disk_kill_after(struct sim_disk_folder *folder, int64_t steps);

/* The process dies now. */
void sim_disk_kill(struct sim_disk_folder *folder);

/* True when the process of this folder is dead. */
bool sim_disk_is_dead(const struct sim_disk_folder *folder);

/* A new process may open the files; those of the dead one must be closed. */
void sim_disk_revive(struct sim_disk_folder *folder);

/* Power goes, and the process with it: of what was not synced some is kept and some is not, as the
 * seed has it (a suffix, or any of it, or a part of one write). */
void sim_disk_lose_power(struct sim_disk_folder *folder, uint64_t seed);

/* From now on the files hold at most so many bytes together: a write beyond is SQLITE_FULL, and
 * does nothing. 0: no limit. */
void sim_disk_limit(struct sim_disk_folder *folder, size_t bytes);

/* Bytes of all files of the folder. */
size_t sim_disk_size(const struct sim_disk_folder *folder);

/* How often a write was refused because the disk was full. */
uint64_t sim_disk_refused(const struct sim_disk_folder *folder);

/* A copy of all files, as a backup of the folder would hold them while no process runs. NULL when
 * memory is out. Free with sim_disk_copy_free. */
struct sim_disk_copy *sim_disk_copy(const struct sim_disk_folder *folder);

/* The files are those of the copy again, and on the disk. Nothing may be open. False when memory is
 * out. */
bool sim_disk_restore(struct sim_disk_folder *folder, const struct sim_disk_copy *copy);

/* Accepts NULL, leaves NULL. */
void sim_disk_copy_free(struct sim_disk_copy **copy);
