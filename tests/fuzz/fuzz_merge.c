/*
 * Three texts, between bytes 0xff: the ancestor, theirs and mine. What one side alone has changed,
 * or both alike, is as that side has it; who is "mine" and who "theirs" changes nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "text_merge.h"

#define MEMORY ((size_t)256 << 20)

static char *next_text(struct fuzz_input *input)
{
    const uint8_t *end = input->size == 0 ? NULL : memchr(input->data, 0xff, input->size);
    size_t size = end == NULL ? input->size : (size_t)(end - input->data);
    char *text = fuzz_text(input->data, size);

    fuzz_bytes(input, size + 1, &size);
    return text;
}

static void check_as(const char *ancestor, const char *theirs, const char *mine, const char *what,
    struct arena *arena)
{
    enum text_merge_end end;
    const char *merged = text_merge(ancestor, theirs, mine, arena, &end);

    FUZZ_MUST(merged != NULL && end == TEXT_MERGE_DONE && strcmp(merged, what) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    char *a = next_text(&input), *b = next_text(&input), *c = next_text(&input);
    struct arena *arena = arena_new(MEMORY);
    enum text_merge_end end, other_end;
    const char *merged, *other;

    check_as(a, b, b, b, arena);
    check_as(a, a, b, b, arena);
    check_as(a, b, a, b, arena);
    merged = text_merge(a, b, c, arena, &end);
    other = text_merge(a, c, b, arena, &other_end);
    FUZZ_MUST(end == other_end && (merged == NULL) == (end != TEXT_MERGE_DONE));
    FUZZ_MUST((merged == NULL) == (other == NULL));
    if (merged != NULL) {
        FUZZ_MUST(strcmp(merged, other) == 0);
        FUZZ_MUST(merged[0] != '\0' || b[0] == '\0' || c[0] == '\0');
    }
    arena_free(&arena);
    free(a);
    free(b);
    free(c);
    return 0;
}
