#include "figures/topic.h"

#include <string.h>

#include "text.h"

#define FOLDED 1024

bool topic_matches(const char *text, const char *word)
{
    char folded_text[FOLDED], folded_word[FOLDED];

    if (word == NULL || text == NULL)
        return word == NULL;
    text_fold(text, folded_text, sizeof(folded_text));
    text_fold(word, folded_word, sizeof(folded_word));
    return strstr(folded_text, folded_word) != NULL;
}

size_t topic_split(const char *text, struct arena *arena, const char **topics_r, size_t max)
{
    size_t n = 0;

    while (text != NULL && n < max) {
        size_t length = strcspn(text, ";"), trimmed;
        const char *topic = text_trimmed(text, length, &trimmed);
        const char *copy = trimmed == 0 ? NULL : arena_copy(arena, topic, trimmed);

        if (copy != NULL)
            topics_r[n++] = copy;
        text = text[length] == '\0' ? NULL : text + length + 1;
    }
    return n;
}
