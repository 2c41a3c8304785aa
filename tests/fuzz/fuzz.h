/* What the targets share. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* libFuzzer's two entries, which every target defines. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* Ends the program, with the sentence, when what must hold does not. */
#define FUZZ_MUST(holds) ((holds) ? (void)0 : fuzz_fail(__FILE__, __LINE__, #holds))

_Noreturn void fuzz_fail(const char *file, int line, const char *what);

/* An input that is being read from its front; past its end there are zeros. */
struct fuzz_input {
    const uint8_t *data;
    size_t size;
};

/* The next byte. */
uint8_t fuzz_byte(struct fuzz_input *input);

/* The next bytes, at most `most` of them; *size_r tells how many. Borrowed. */
const uint8_t *fuzz_bytes(struct fuzz_input *input, size_t most, size_t *size_r);

/* The bytes as a text with a NUL behind it (a NUL among them ends it), to free. */
char *fuzz_text(const uint8_t *data, size_t size);

/* A file that holds the bytes, in memory only; its path in path_r. Close it with close(). */
int fuzz_file(const uint8_t *data, size_t size, char path_r[32]);

/* A folder of this process, in memory where the machine has such a place; it is removed at the
 * program's end, if it is empty. Borrowed. */
const char *fuzz_folder(void);
