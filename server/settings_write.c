/* The settings' file, written so that it reads back as it was. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "folder.h"
#include "i18n.h"
#include "settings_fields.h"
#include "text.h"

static bool is_blank(char c)
{
    return c != '\0' && strchr(SETTINGS_BLANKS, c) != NULL;
}

/* How much of the text the next line takes, `room` bytes of the file at most: all, or up to a space
 * behind which the next line can begin. 0: there is none. */
static size_t piece_of(const char *text, const char *section, size_t room)
{
    size_t used = 0, fits = 0, i = 0;

    for (; text[i] != '\0' && used <= room; i++) {
        if (i > 0 && text[i] == ' ' && !is_blank(text[i - 1]) && !is_blank(text[i + 1]) &&
            text[i + 1] != '#' && !settings_fields_is_set(section, text + i + 1))
            fits = i;
        used += text[i] == ';' ? strlen(SETTINGS_SEMICOLON) : 1;
    }
    return used <= room ? i : fits;
}

static bool invalid(void)
{
    errno = EINVAL;
    return false;
}

/* False with EINVAL for a text that would not read back as it is. */
static bool write_text(FILE *file, const struct settings_row *row, const char *text)
{
    static const char more[] = "    ";
    size_t size = strlen(text), before = strlen(row->name) + strlen(" = "), piece;

    if (strpbrk(text, "\r\n") != NULL || strstr(text, SETTINGS_SEMICOLON) != NULL ||
        (size > 0 && (is_blank(text[0]) || is_blank(text[size - 1]))))
        return invalid();
    fprintf(file, "%s = ", row->name);
    for (;; text += piece + 1, before = strlen(more)) {
        piece = piece_of(text, row->section, SETTINGS_LINE_MAX - before);
        if (piece == 0 && *text != '\0')
            return invalid();
        for (size_t i = 0; i < piece; i++)
            fprintf(file, text[i] == ';' ? SETTINGS_SEMICOLON : "%c", text[i]);
        if (text[piece] == '\0')
            return fputc('\n', file) != EOF;
        fprintf(file, "\n%s", more);
    }
}

/* A section without a value would not be read back: a region always has its title. */
static bool names_region(const struct settings_field *row)
{
    return strcmp(row->row.section, "region") == 0 && strcmp(row->row.name, "title") == 0;
}

static bool write_row(FILE *file, const void *object, const struct settings_field *row)
{
    char value[SETTINGS_TEXT];

    if (row->type == SETTINGS_TEXT_VALUE)
        text_copy(value, sizeof(value), (const char *)object + row->offset);
    else {
        long number;

        memcpy(&number, (const char *)object + row->offset, sizeof(number));
        snprintf(value, sizeof(value), "%ld", number);
    }
    fprintf(file, "; %s\n", _(row->row.help));
    if (strcmp(value, row->row.standard) == 0 && !names_region(row))
        return fprintf(file, "; %s = %s\n", row->row.name, value) > 0;
    return write_text(file, &row->row, value);
}

static bool write_section(FILE *file, const char *section, const void *object)
{
    for (size_t i = 0; i < settings_fields_count; i++)
        if (strcmp(settings_fields[i].row.section, section) == 0 &&
            !write_row(file, object, &settings_fields[i]))
            return false;
    return true;
}

static bool write_region(const struct settings_region *region, FILE *file)
{
    if (strlen(region->name) > SETTINGS_NAME_MAX)
        return invalid();
    fprintf(file, "\n[region %s]\n", region->name);
    return write_section(file, "region", region);
}

static bool write_all(const struct settings *settings, FILE *file)
{
    bool written;

    fprintf(file, "[server]\n");
    written = write_section(file, "server", settings);
    fprintf(file, "\n[limits]\n");
    written = written && write_section(file, "limits", settings);
    for (size_t i = 0; written && i < settings->n_regions; i++)
        written = write_region(&settings->regions[i], file);
    return written;
}

/* A draft that is its owner's alone from the start: the settings can hold a password. One that was
 * left by a process that was killed goes. */
static FILE *open_draft(const char *path)
{
    FILE *draft;
    int fd;

    unlink(path);
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    draft = fd < 0 ? NULL : fdopen(fd, "w");
    if (draft == NULL && fd >= 0)
        close(fd);
    return draft;
}

/* The draft gets the owner and the mode of the file that it replaces, if there is one. */
static bool keep_owner(const char *path, FILE *draft)
{
    struct stat status;

    if (stat(path, &status) != 0)
        return errno == ENOENT;
    return fchown(fileno(draft), status.st_uid, status.st_gid) == 0 &&
           fchmod(fileno(draft), status.st_mode & 07777) == 0;
}

/* What is there, byte for byte. */
static bool copy_file(const char *path, FILE *file)
{
    FILE *from = fopen(path, "r");
    int c = EOF, last = '\n';
    bool copied = from != NULL;

    for (; copied && (c = fgetc(from)) != EOF; last = c)
        copied = fputc(c, file) != EOF;
    copied = copied && !ferror(from) && (last == '\n' || fputc('\n', file) != EOF);
    if (from != NULL)
        fclose(from);
    return copied;
}

/* One of the two is to be written: all settings, or one more region behind what `path` holds. */
static bool replace(
    const char *path, const struct settings *settings, const struct settings_region *region)
{
    char draft[4096];
    FILE *file;
    bool written;
    int wrong;

    if ((size_t)snprintf(draft, sizeof(draft), "%s.new", path) >= sizeof(draft)) {
        errno = ENAMETOOLONG;
        return false;
    }
    file = open_draft(draft);
    if (file == NULL)
        return false;
    written = keep_owner(path, file) &&
              (settings != NULL ? write_all(settings, file)
                                : copy_file(path, file) && write_region(region, file));
    written = written && fflush(file) == 0 && !ferror(file) && fsync(fileno(file)) == 0;
    wrong = errno;
    if (fclose(file) == 0 && written && rename(draft, path) == 0)
        return folder_sync(path);
    wrong = written ? errno : wrong;
    unlink(draft);
    errno = wrong;
    return false;
}

bool settings_write(const struct settings *settings, const char *path)
{
    return replace(path, settings, NULL);
}

bool settings_add_region(const struct settings_region *region, const char *path)
{
    return replace(path, NULL, region);
}
