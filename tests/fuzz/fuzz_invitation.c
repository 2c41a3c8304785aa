/* Invitation lines and codes: what was read is written, and read as the same. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "identity.h"

static void check_line(const struct identity_line *line)
{
    char text[IDENTITY_LINE_MAX], again_text[IDENTITY_LINE_MAX];
    struct identity_line again;

    FUZZ_MUST(identity_line_write(line, text));
    FUZZ_MUST(identity_line_read(text, &again) == IDENTITY_LINE_OK);
    FUZZ_MUST(strcmp(line->host, again.host) == 0 && strcmp(line->port, again.port) == 0);
    FUZZ_MUST(strcmp(line->region, again.region) == 0 && strcmp(line->code, again.code) == 0);
    FUZZ_MUST(memcmp(line->fingerprint, again.fingerprint, sizeof(again.fingerprint)) == 0);
    FUZZ_MUST(identity_line_write(&again, again_text) && strcmp(text, again_text) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size), code[32], again[32];
    struct identity_line line;

    if (identity_line_read(text, &line) == IDENTITY_LINE_OK)
        check_line(&line);
    if (identity_code_read(text, code))
        FUZZ_MUST(identity_code_read(code, again) && strcmp(code, again) == 0);
    free(text);
    return 0;
}
