#include "words/fill.h"

#include <string.h>

#include "text.h"

void fill_two(char *out, size_t size, const char *sentence, const char *first, const char *second)
{
    size_t used = 0;

    out[0] = '\0';
    while (*sentence != '\0' && used + 1 < size) {
        bool one = strncmp(sentence, "%1$s", 4) == 0, two = strncmp(sentence, "%2$s", 4) == 0;

        if (one || two) {
            text_copy(out + used, size - used, one ? first : second);
            used += strlen(out + used);
            sentence += 4;
        } else {
            out[used++] = *sentence++;
            out[used] = '\0';
        }
    }
}
