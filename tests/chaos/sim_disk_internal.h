/* Private to sim_disk*.c: files, and how they are read and written. */
#pragma once

#include <sqlite3.h>

#include "sim_disk.h"

#define SIM_DISK_PATH 512
#define SIM_DISK_LOCKS SQLITE_SHM_NLOCK
#define SIM_DISK_REGIONS 16

struct sim_disk_bytes {
    uint8_t *data;
    size_t size, room;
};

/* A write, or with data NULL a truncation to `offset`, that is not synced. */
struct sim_disk_piece {
    struct sim_disk_piece *next;
    size_t offset, size;
    uint8_t *data;
};

struct sim_disk_file {
    struct sim_disk_file *next;
    char path[SIM_DISK_PATH];
    struct sim_disk_bytes now;   /* as written */
    struct sim_disk_bytes saved; /* as last synced */
    struct sim_disk_piece *pieces, **end;
    unsigned handles;
    unsigned shared; /* handles that hold SQLITE_LOCK_SHARED or more */
    bool reserved, exclusive;
    void *regions[SIM_DISK_REGIONS]; /* the memory that handles share */
    size_t region_size;
    unsigned mapped; /* handles that have it */
    unsigned lock_shared[SIM_DISK_LOCKS];
    bool lock_exclusive[SIM_DISK_LOCKS];
};

struct sim_disk_folder {
    struct sim_disk_folder *next;
    struct sim_disk *disk;
    char path[SIM_DISK_PATH];
    struct sim_disk_file *files;
    int64_t left; /* steps until the process dies; negative: it does not */
    bool dead;
    size_t limit; /* 0: none */
    uint64_t refused;
};

struct sim_disk {
    sqlite3_vfs *vfs;
    sqlite3_vfs *before; /* the default one, until now */
    struct sim_disk_folder *folders;
    int64_t (*now)(void);
    void (*stepped)(void *arg);
    void *stepped_arg;
    bool lies;
    uint64_t steps;
};

/* Makes SQLite open files on these disks. False when it does not. */
bool sim_disk_vfs_set(struct sim_disk *disk);

/* The contrary. */
void sim_disk_vfs_unset(struct sim_disk *disk);

/* The folder that a path is in; NULL: of none. */
struct sim_disk_folder *sim_disk_folder_of(struct sim_disk *disk, const char *path);

/* The file; NULL when there is none and it is not to be made. */
struct sim_disk_file *sim_disk_file(struct sim_disk_folder *folder, const char *path, bool make);

/* The file is no more. */
void sim_disk_delete(struct sim_disk_folder *folder, const char *path);

/* Counts a step; false when the process is dead, or dies now. */
bool sim_disk_step(struct sim_disk_folder *folder);

/* Writes `size` bytes at `offset`, or with data NULL cuts the file there. An SQLite code. */
int sim_disk_write(struct sim_disk_folder *folder, struct sim_disk_file *file, const void *data,
    size_t size, size_t offset);

/* What was written is on the disk. An SQLite code. */
int sim_disk_sync(struct sim_disk_folder *folder, struct sim_disk_file *file);
