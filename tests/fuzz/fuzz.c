#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

void fuzz_fail(const char *file, int line, const char *what)
{
    fprintf(stderr, "%s:%d: this does not hold: %s\n", file, line, what);
    abort();
}

uint8_t fuzz_byte(struct fuzz_input *input)
{
    uint8_t byte = 0;

    if (input->size > 0) {
        byte = *input->data++;
        input->size--;
    }
    return byte;
}

const uint8_t *fuzz_bytes(struct fuzz_input *input, size_t most, size_t *size_r)
{
    const uint8_t *bytes = input->data;

    *size_r = most < input->size ? most : input->size;
    input->data += *size_r;
    input->size -= *size_r;
    return bytes;
}

char *fuzz_text(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);

    if (text == NULL)
        abort();
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    return text;
}

int fuzz_file(const uint8_t *data, size_t size, char path_r[32])
{
    int fd = memfd_create("fuzz", MFD_CLOEXEC);

    FUZZ_MUST(fd >= 0 && (size == 0 || write(fd, data, size) == (ssize_t)size));
    snprintf(path_r, 32, "/proc/self/fd/%d", fd);
    return fd;
}

static char folder[64];

static void remove_folder(void)
{
    rmdir(folder);
}

const char *fuzz_folder(void)
{
    if (folder[0] == '\0') {
        snprintf(folder, sizeof(folder), "%s/fuzz.XXXXXX",
            access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
        FUZZ_MUST(mkdtemp(folder) != NULL);
        atexit(remove_folder);
    }
    return folder;
}
