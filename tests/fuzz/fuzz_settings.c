/* The daemon's settings: what was read is written, and read and written as the same. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"
#include "settings.h"

#define FILE_MAX ((size_t)1 << 20)

/* Writes the settings; the file's text, to free. NULL: they are not such as can be written. */
static char *write_out(const struct settings *settings, const char *path, size_t *size_r)
{
    char *text = malloc(FILE_MAX);
    int fd;

    FUZZ_MUST(text != NULL);
    if (!settings_write(settings, path)) {
        FUZZ_MUST(errno == EINVAL);
        free(text);
        return NULL;
    }
    fd = open(path, O_RDONLY | O_CLOEXEC);
    FUZZ_MUST(fd >= 0);
    *size_r = (size_t)read(fd, text, FILE_MAX);
    close(fd);
    return text;
}

static void check(const struct settings *settings)
{
    static struct settings again;
    char path[128], why[512], *text, *again_text;
    size_t size, again_size;

    snprintf(path, sizeof(path), "%s/concertd.conf", fuzz_folder());
    text = write_out(settings, path, &size);
    if (text == NULL)
        return;
    FUZZ_MUST(settings_read(&again, path, why, sizeof(why)));
    again_text = write_out(&again, path, &again_size);
    FUZZ_MUST(again_text != NULL && size == again_size && memcmp(text, again_text, size) == 0);
    unlink(path);
    free(text);
    free(again_text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct settings settings;
    char path[32], why[512];
    int fd = fuzz_file(data, size, path);

    why[0] = '\0';
    if (settings_read(&settings, path, why, sizeof(why)))
        check(&settings);
    else
        FUZZ_MUST(why[0] != '\0');
    close(fd);
    return 0;
}
