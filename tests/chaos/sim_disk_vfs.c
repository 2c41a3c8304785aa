/* What SQLite asks of a disk. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim_disk_internal.h"

#define NAME "sim"

struct handle {
    sqlite3_file base;
    struct sim_disk_folder *folder; /* NULL: a file without a name, which dies with the handle */
    struct sim_disk_file *file;
    int level;
    bool mapped;
    bool removes;               /* when it is closed */
    unsigned shared, exclusive; /* of the shared memory's locks, by bit */
};

static struct handle *handle_of(sqlite3_file *file)
{
    return (struct handle *)(void *)file;
}

static bool is_dead(const struct handle *handle)
{
    return handle->folder != NULL && handle->folder->dead;
}

/* --- the locks of the file ----------------------------------------------------------------------
 */

static int file_unlock(sqlite3_file *base, int level)
{
    struct handle *handle = handle_of(base);
    struct sim_disk_file *file = handle->file;

    if (handle->level <= level)
        return SQLITE_OK;
    if (handle->level >= SQLITE_LOCK_PENDING)
        file->exclusive = false;
    if (handle->level >= SQLITE_LOCK_RESERVED)
        file->reserved = false;
    if (level == SQLITE_LOCK_NONE)
        file->shared--;
    handle->level = level;
    return SQLITE_OK;
}

static int file_lock(sqlite3_file *base, int level)
{
    struct handle *handle = handle_of(base);
    struct sim_disk_file *file = handle->file;

    if (is_dead(handle))
        return SQLITE_IOERR_LOCK;
    if (handle->level >= level)
        return SQLITE_OK;
    if (handle->level == SQLITE_LOCK_NONE) {
        if (file->exclusive)
            return SQLITE_BUSY;
        file->shared++;
        handle->level = SQLITE_LOCK_SHARED;
    }
    if (level >= SQLITE_LOCK_RESERVED && handle->level < SQLITE_LOCK_RESERVED) {
        if (file->reserved)
            return SQLITE_BUSY;
        file->reserved = true;
        handle->level = SQLITE_LOCK_RESERVED;
    }
    if (level >= SQLITE_LOCK_EXCLUSIVE) {
        file->exclusive = true; /* nobody else begins to read */
        handle->level = SQLITE_LOCK_PENDING;
        if (file->shared > 1)
            return SQLITE_BUSY;
        handle->level = SQLITE_LOCK_EXCLUSIVE;
    }
    return SQLITE_OK;
}

static int file_check_reserved(sqlite3_file *base, int *reserved_r)
{
    *reserved_r = handle_of(base)->file->reserved;
    return SQLITE_OK;
}

/* --- the file -----------------------------------------------------------------------------------
 */

static int file_read(sqlite3_file *base, void *data, int size, sqlite3_int64 offset)
{
    struct handle *handle = handle_of(base);
    const struct sim_disk_bytes *now = &handle->file->now;
    size_t from = (size_t)offset, wanted = (size_t)size, have;

    if (is_dead(handle))
        return SQLITE_IOERR_READ;
    have = from >= now->size ? 0 : now->size - from;
    if (have > wanted)
        have = wanted;
    if (have > 0)
        memcpy(data, now->data + from, have);
    memset((char *)data + have, 0, wanted - have);
    return have == wanted ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

static int file_write(sqlite3_file *base, const void *data, int size, sqlite3_int64 offset)
{
    struct handle *handle = handle_of(base);

    return sim_disk_write(handle->folder, handle->file, data, (size_t)size, (size_t)offset);
}

static int file_truncate(sqlite3_file *base, sqlite3_int64 size)
{
    struct handle *handle = handle_of(base);

    return sim_disk_write(handle->folder, handle->file, NULL, 0, (size_t)size);
}

static int file_sync(sqlite3_file *base, int flags)
{
    struct handle *handle = handle_of(base);

    (void)flags;
    return sim_disk_sync(handle->folder, handle->file);
}

static int file_size(sqlite3_file *base, sqlite3_int64 *size_r)
{
    struct handle *handle = handle_of(base);

    *size_r = (sqlite3_int64)handle->file->now.size;
    return is_dead(handle) ? SQLITE_IOERR_FSTAT : SQLITE_OK;
}

static int file_control(sqlite3_file *base, int what, void *arg)
{
    (void)base;
    (void)what;
    (void)arg;
    return SQLITE_NOTFOUND;
}

static int file_sector(sqlite3_file *base)
{
    (void)base;
    return 4096;
}

/* What unix's has: a write that is cut short harms no bytes beside it. */
static int file_character(sqlite3_file *base)
{
    (void)base;
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

/* --- the memory that its handles share ---------------------------------------------------------
 */

static int shm_map(sqlite3_file *base, int region, int size, int extend, void volatile **memory_r)
{
    struct handle *handle = handle_of(base);
    struct sim_disk_file *file = handle->file;

    *memory_r = NULL;
    if (is_dead(handle))
        return SQLITE_IOERR_SHMMAP;
    if (!handle->mapped) {
        handle->mapped = true;
        file->mapped++;
    }
    if (region >= SIM_DISK_REGIONS)
        return SQLITE_NOMEM;
    if (file->regions[region] == NULL && extend) {
        file->regions[region] = calloc(1, (size_t)size);
        if (file->regions[region] == NULL)
            return SQLITE_NOMEM;
    }
    *memory_r = file->regions[region];
    return SQLITE_OK;
}

static void shm_unlock(struct handle *handle, unsigned bit)
{
    struct sim_disk_file *file = handle->file;

    if (handle->exclusive & (1u << bit))
        file->lock_exclusive[bit] = false;
    if (handle->shared & (1u << bit))
        file->lock_shared[bit]--;
    handle->exclusive &= ~(1u << bit);
    handle->shared &= ~(1u << bit);
}

static bool shm_is_free(const struct handle *handle, unsigned bit, bool exclusive)
{
    const struct sim_disk_file *file = handle->file;
    unsigned own = (handle->shared >> bit) & 1;

    if (file->lock_exclusive[bit] && !((handle->exclusive >> bit) & 1))
        return false;
    return !exclusive || file->lock_shared[bit] == own;
}

static void shm_take(struct handle *handle, unsigned bit, bool exclusive)
{
    if (exclusive) {
        handle->file->lock_exclusive[bit] = true;
        handle->exclusive |= 1u << bit;
    } else if (!(handle->shared & (1u << bit))) {
        handle->file->lock_shared[bit]++;
        handle->shared |= 1u << bit;
    }
}

static int shm_lock(sqlite3_file *base, int offset, int n, int flags)
{
    struct handle *handle = handle_of(base);
    bool exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
    unsigned first = (unsigned)offset, end = first + (unsigned)n;

    if (flags & SQLITE_SHM_UNLOCK) {
        for (unsigned bit = first; bit < end; bit++)
            shm_unlock(handle, bit);
        return SQLITE_OK;
    }
    if (is_dead(handle))
        return SQLITE_IOERR_SHMLOCK;
    for (unsigned bit = first; bit < end; bit++)
        if (!shm_is_free(handle, bit, exclusive))
            return SQLITE_BUSY;
    for (unsigned bit = first; bit < end; bit++)
        shm_take(handle, bit, exclusive);
    return SQLITE_OK;
}

static void shm_barrier(sqlite3_file *base)
{
    (void)base;
}

/* The last one who closes it, dead or alive, leaves nothing: the next one reads the file. */
static int shm_unmap(sqlite3_file *base, int delete_it)
{
    struct handle *handle = handle_of(base);
    struct sim_disk_file *file = handle->file;

    (void)delete_it;
    for (unsigned bit = 0; bit < SIM_DISK_LOCKS; bit++)
        shm_unlock(handle, bit);
    if (!handle->mapped)
        return SQLITE_OK;
    handle->mapped = false;
    if (--file->mapped > 0)
        return SQLITE_OK;
    for (size_t i = 0; i < SIM_DISK_REGIONS; i++) {
        free(file->regions[i]);
        file->regions[i] = NULL;
    }
    return SQLITE_OK;
}

static int file_close(sqlite3_file *base)
{
    struct handle *handle = handle_of(base);

    shm_unmap(base, 0);
    file_unlock(base, SQLITE_LOCK_NONE);
    handle->file->handles--;
    if (handle->removes && !is_dead(handle))
        sim_disk_delete(handle->folder, handle->file->path);
    return SQLITE_OK;
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_check_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector,
    .xDeviceCharacteristics = file_character,
    .xShmMap = shm_map,
    .xShmLock = shm_lock,
    .xShmBarrier = shm_barrier,
    .xShmUnmap = shm_unmap,
};

/* --- the VFS ------------------------------------------------------------------------------------
 */

/* Scratch files have no name: they are of the first folder, under one that no other has. */
static const char *scratch_name(struct sim_disk *disk, const void *handle, char *text, size_t size)
{
    if (disk->folders == NULL)
        return NULL;
    snprintf(text, size, "%.400s/scratch-%p", disk->folders->path, handle);
    return text;
}

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags, int *flags_r)
{
    struct sim_disk *disk = vfs->pAppData;
    struct handle *handle = handle_of(base);
    char scratch[SIM_DISK_PATH];
    const char *path = name != NULL ? name : scratch_name(disk, handle, scratch, sizeof(scratch));

    *handle = (struct handle){.base.pMethods = NULL};
    handle->folder = path == NULL ? NULL : sim_disk_folder_of(disk, path);
    if (handle->folder == NULL || handle->folder->dead)
        return SQLITE_CANTOPEN;
    /* a file that is there on a real disk, empty, for those who look, is there */
    handle->file = sim_disk_file(handle->folder, path,
        (flags & (SQLITE_OPEN_CREATE | SQLITE_OPEN_MAIN_DB)) != 0 || name == NULL);
    if (handle->file == NULL)
        return SQLITE_CANTOPEN;
    handle->removes = name == NULL || (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
    handle->file->handles++;
    handle->base.pMethods = &methods;
    if (flags_r != NULL)
        *flags_r = flags;
    return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *path, int synced)
{
    struct sim_disk_folder *folder = sim_disk_folder_of(vfs->pAppData, path);

    (void)synced;
    if (folder == NULL || !sim_disk_step(folder))
        return SQLITE_IOERR_DELETE;
    if (sim_disk_file(folder, path, false) == NULL)
        return SQLITE_IOERR_DELETE_NOENT;
    sim_disk_delete(folder, path);
    return SQLITE_OK;
}

static int vfs_access(sqlite3_vfs *vfs, const char *path, int flags, int *there_r)
{
    struct sim_disk_folder *folder = sim_disk_folder_of(vfs->pAppData, path);
    const struct sim_disk_file *file = folder == NULL ? NULL : sim_disk_file(folder, path, false);

    /* an empty file does not count, as for SQLite's own */
    *there_r = file != NULL && (flags != SQLITE_ACCESS_EXISTS || file->now.size > 0);
    return folder != NULL && folder->dead ? SQLITE_IOERR_ACCESS : SQLITE_OK;
}

static int vfs_full_path(sqlite3_vfs *vfs, const char *name, int size, char *path_r)
{
    (void)vfs;
    snprintf(path_r, (size_t)size, "%s", name);
    return SQLITE_OK;
}

/* Of the log beside the file, its salt: the same in each run. */
static int vfs_random(sqlite3_vfs *vfs, int size, char *bytes_r)
{
    (void)vfs;
    memset(bytes_r, 0x5a, (size_t)size);
    return size;
}

static int vfs_sleep(sqlite3_vfs *vfs, int microseconds)
{
    (void)vfs;
    return microseconds;
}

static int vfs_time(sqlite3_vfs *vfs, sqlite3_int64 *now_r)
{
    const struct sim_disk *disk = vfs->pAppData;

    *now_r = 210866760000000 + (disk->now == NULL ? 0 : disk->now()); /* since noon, 4714 BC */
    return SQLITE_OK;
}

static int vfs_last_error(sqlite3_vfs *vfs, int size, char *text)
{
    (void)vfs;
    (void)size;
    (void)text;
    return 0;
}

bool sim_disk_vfs_set(struct sim_disk *disk)
{
    sqlite3_vfs *vfs = calloc(1, sizeof(*vfs));

    if (vfs == NULL || sqlite3_initialize() != SQLITE_OK) {
        free(vfs);
        return false;
    }
    *vfs = (sqlite3_vfs){.iVersion = 2,
        .szOsFile = sizeof(struct handle),
        .mxPathname = SIM_DISK_PATH,
        .zName = NAME,
        .pAppData = disk,
        .xOpen = vfs_open,
        .xDelete = vfs_delete,
        .xAccess = vfs_access,
        .xFullPathname = vfs_full_path,
        .xRandomness = vfs_random,
        .xSleep = vfs_sleep,
        .xGetLastError = vfs_last_error,
        .xCurrentTimeInt64 = vfs_time};
    disk->before = sqlite3_vfs_find(NULL);
    disk->vfs = vfs;
    sqlite3_randomness(0, NULL); /* drawn anew, from here */
    return sqlite3_vfs_register(vfs, 1) == SQLITE_OK;
}

void sim_disk_vfs_unset(struct sim_disk *disk)
{
    sqlite3_vfs_unregister(disk->vfs);
    if (disk->before != NULL)
        sqlite3_vfs_register(disk->before, 1);
    sqlite3_randomness(0, NULL);
    free(disk->vfs);
    disk->vfs = NULL;
}
