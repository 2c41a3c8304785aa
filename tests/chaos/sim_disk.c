#include "sim_disk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim_disk_internal.h"

struct sim_disk_copy {
    struct sim_disk_copy *next;
    char path[SIM_DISK_PATH];
    struct sim_disk_bytes bytes;
};

static bool resize(struct sim_disk_bytes *bytes, size_t size)
{
    size_t room = bytes->room == 0 ? 8192 : bytes->room;

    while (room < size)
        room *= 2;
    if (room != bytes->room) {
        uint8_t *data = realloc(bytes->data, room);

        if (data == NULL)
            return false;
        bytes->data = data;
        bytes->room = room;
    }
    if (size > bytes->size)
        memset(bytes->data + bytes->size, 0, size - bytes->size);
    bytes->size = size;
    return true;
}

/* With data NULL the bytes end at `offset`. */
static bool put(struct sim_disk_bytes *bytes, const uint8_t *data, size_t size, size_t offset)
{
    if (data == NULL)
        return resize(bytes, offset);
    if (offset + size > bytes->size && !resize(bytes, offset + size))
        return false;
    memcpy(bytes->data + offset, data, size);
    return true;
}

static bool same_bytes(struct sim_disk_bytes *to, const struct sim_disk_bytes *from)
{
    if (!resize(to, from->size))
        return false;
    if (from->size > 0)
        memcpy(to->data, from->data, from->size);
    return true;
}

static void drop_pieces(struct sim_disk_file *file)
{
    while (file->pieces != NULL) {
        struct sim_disk_piece *piece = file->pieces;

        file->pieces = piece->next;
        free(piece);
    }
    file->end = &file->pieces;
}

static bool add_piece(struct sim_disk_file *file, const void *data, size_t size, size_t offset)
{
    struct sim_disk_piece *piece = malloc(sizeof(*piece) + size);

    if (piece == NULL)
        return false;
    *piece = (struct sim_disk_piece){.offset = offset, .size = size};
    if (data != NULL)
        piece->data = memcpy(piece + 1, data, size);
    *file->end = piece;
    file->end = &piece->next;
    return true;
}

static void free_file(struct sim_disk_file *file)
{
    drop_pieces(file);
    for (size_t i = 0; i < SIM_DISK_REGIONS; i++)
        free(file->regions[i]);
    free(file->now.data);
    free(file->saved.data);
    free(file);
}

struct sim_disk *sim_disk_new(int64_t (*now)(void))
{
    struct sim_disk *disk = calloc(1, sizeof(*disk));

    if (disk == NULL)
        return NULL;
    disk->now = now;
    if (!sim_disk_vfs_set(disk)) {
        free(disk);
        return NULL;
    }
    return disk;
}

static void drop_files(struct sim_disk_folder *folder)
{
    while (folder->files != NULL) {
        struct sim_disk_file *file = folder->files;

        folder->files = file->next;
        free_file(file);
    }
}

void sim_disk_free(struct sim_disk **disk)
{
    if (*disk == NULL)
        return;
    sim_disk_vfs_unset(*disk);
    while ((*disk)->folders != NULL) {
        struct sim_disk_folder *folder = (*disk)->folders;

        (*disk)->folders = folder->next;
        drop_files(folder);
        free(folder);
    }
    free(*disk);
    *disk = NULL;
}

void sim_disk_lie(struct sim_disk *disk, bool lies)
{
    disk->lies = lies;
}

void sim_disk_on_step(struct sim_disk *disk, void (*stepped)(void *arg), void *arg)
{
    disk->stepped = stepped;
    disk->stepped_arg = arg;
}

uint64_t sim_disk_steps(const struct sim_disk *disk)
{
    return disk->steps;
}

struct sim_disk_folder *sim_disk_folder_of(struct sim_disk *disk, const char *path)
{
    for (struct sim_disk_folder *folder = disk->folders; folder != NULL; folder = folder->next) {
        size_t length = strlen(folder->path);

        if (strncmp(folder->path, path, length) == 0 &&
            (path[length] == '/' || path[length] == '\0'))
            return folder;
    }
    return NULL;
}

struct sim_disk_folder *sim_disk_folder(struct sim_disk *disk, const char *path)
{
    struct sim_disk_folder *folder = sim_disk_folder_of(disk, path);

    if (folder != NULL)
        return folder;
    folder = calloc(1, sizeof(*folder));
    if (folder == NULL)
        return NULL;
    snprintf(folder->path, sizeof(folder->path), "%s", path);
    folder->disk = disk;
    folder->left = -1;
    folder->next = disk->folders;
    disk->folders = folder;
    return folder;
}

struct sim_disk_file *sim_disk_file(struct sim_disk_folder *folder, const char *path, bool make)
{
    struct sim_disk_file *file = folder->files;

    while (file != NULL && strcmp(file->path, path) != 0)
        file = file->next;
    if (file != NULL || !make)
        return file;
    file = calloc(1, sizeof(*file));
    if (file == NULL)
        return NULL;
    snprintf(file->path, sizeof(file->path), "%s", path);
    file->end = &file->pieces;
    file->next = folder->files;
    folder->files = file;
    return file;
}

void sim_disk_delete(struct sim_disk_folder *folder, const char *path)
{
    for (struct sim_disk_file **at = &folder->files; *at != NULL; at = &(*at)->next)
        if (strcmp((*at)->path, path) == 0) {
            struct sim_disk_file *file = *at;

            *at = file->next;
            free_file(file);
            return;
        }
}

bool sim_disk_step(struct sim_disk_folder *folder)
{
    if (folder->left == 0)
        folder->dead = true;
    if (folder->dead)
        return false;
    if (folder->left > 0)
        folder->left--;
    folder->disk->steps++;
    if (folder->disk->stepped != NULL)
        folder->disk->stepped(folder->disk->stepped_arg);
    return true;
}

void sim_disk_kill_after(struct sim_disk_folder *folder, int64_t steps)
{
    folder->left = steps;
}

void sim_disk_kill(struct sim_disk_folder *folder)
{
    folder->dead = true;
}

bool sim_disk_is_dead(const struct sim_disk_folder *folder)
{
    return folder->dead;
}

void sim_disk_revive(struct sim_disk_folder *folder)
{
    folder->dead = false;
    folder->left = -1;
}

void sim_disk_limit(struct sim_disk_folder *folder, size_t bytes)
{
    folder->limit = bytes;
}

size_t sim_disk_size(const struct sim_disk_folder *folder)
{
    size_t size = 0;

    for (const struct sim_disk_file *file = folder->files; file != NULL; file = file->next)
        size += file->now.size;
    return size;
}

uint64_t sim_disk_refused(const struct sim_disk_folder *folder)
{
    return folder->refused;
}

int sim_disk_write(struct sim_disk_folder *folder, struct sim_disk_file *file, const void *data,
    size_t size, size_t offset)
{
    size_t grown = offset + size > file->now.size ? offset + size - file->now.size : 0;

    if (!sim_disk_step(folder))
        return SQLITE_IOERR_WRITE;
    if (grown > 0 && folder->limit > 0 && sim_disk_size(folder) + grown > folder->limit) {
        folder->refused++;
        return SQLITE_FULL;
    }
    if (!add_piece(file, data, size, offset) || !put(&file->now, data, size, offset))
        return SQLITE_NOMEM;
    return SQLITE_OK;
}

int sim_disk_sync(struct sim_disk_folder *folder, struct sim_disk_file *file)
{
    if (!sim_disk_step(folder))
        return SQLITE_IOERR_FSYNC;
    if (folder->disk->lies)
        return SQLITE_OK;
    for (struct sim_disk_piece *piece = file->pieces; piece != NULL; piece = piece->next)
        if (!put(&file->saved, piece->data, piece->size, piece->offset))
            return SQLITE_NOMEM;
    drop_pieces(file);
    return SQLITE_OK;
}

/* splitmix64: small, and the same everywhere. */
static uint64_t draw(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* How many of the file's pieces came before the power went, for those ways that have an order. */
static size_t reached(const struct sim_disk_file *file, uint64_t *state)
{
    size_t count = 1;

    for (const struct sim_disk_piece *piece = file->pieces; piece != NULL; piece = piece->next)
        count++;
    return draw(state) % count;
}

static void lose(struct sim_disk_file *file, uint64_t *state)
{
    uint64_t way = draw(state) % 3; /* 0: a suffix goes; 1: any of them; 2: all */
    size_t kept = way == 0 ? reached(file, state) : 0, at = 0;

    for (struct sim_disk_piece *piece = file->pieces; piece != NULL; piece = piece->next, at++) {
        size_t size = piece->size;

        if (way == 2 || (way == 0 && at > kept) || (way == 1 && draw(state) % 2 == 0))
            continue;
        if (piece->data != NULL && (at == kept || way == 1) && draw(state) % 4 == 0)
            size = draw(state) % (size + 1); /* it was under way */
        put(&file->saved, piece->data, size, piece->offset);
    }
    drop_pieces(file);
    same_bytes(&file->now, &file->saved);
}

void sim_disk_lose_power(struct sim_disk_folder *folder, uint64_t seed)
{
    uint64_t state = seed;

    folder->dead = true;
    for (struct sim_disk_file *file = folder->files; file != NULL; file = file->next)
        lose(file, &state);
}

struct sim_disk_copy *sim_disk_copy(const struct sim_disk_folder *folder)
{
    struct sim_disk_copy *copy = calloc(1, sizeof(*copy)); /* an empty one, so that none is NULL */

    for (const struct sim_disk_file *file = folder->files; copy != NULL && file != NULL;
         file = file->next) {
        struct sim_disk_copy *more = calloc(1, sizeof(*more));

        if (more == NULL || !same_bytes(&more->bytes, &file->now)) {
            free(more);
            sim_disk_copy_free(&copy);
            return NULL;
        }
        snprintf(more->path, sizeof(more->path), "%s", file->path);
        more->next = copy;
        copy = more;
    }
    return copy;
}

bool sim_disk_restore(struct sim_disk_folder *folder, const struct sim_disk_copy *copy)
{
    drop_files(folder);
    for (; copy != NULL; copy = copy->next) {
        struct sim_disk_file *file;

        if (copy->path[0] == '\0')
            continue;
        file = sim_disk_file(folder, copy->path, true);
        if (file == NULL || !same_bytes(&file->now, &copy->bytes) ||
            !same_bytes(&file->saved, &copy->bytes))
            return false;
    }
    return true;
}

void sim_disk_copy_free(struct sim_disk_copy **copy)
{
    while (*copy != NULL) {
        struct sim_disk_copy *first = *copy;

        *copy = first->next;
        free(first->bytes.data);
        free(first);
    }
}
