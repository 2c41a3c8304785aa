#include "language.h"

#include <errno.h>
#include <libintl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "text.h"

const char *language_read(const char *word)
{
    static const struct {
        const char *word, *language;
    } words[] = {{"fr", "fr"}, {"francais", "fr"}, {"french", "fr"}, {"en", "en"},
        {"english", "en"}, {"anglais", "en"}};
    char folded[32];
    size_t length;

    text_fold(word, folded, sizeof(folded));
    length = strcspn(folded, "_.@-");
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strlen(words[i].word) == length && strncmp(words[i].word, folded, length) == 0)
            return words[i].language;
    return NULL;
}

/* The first of the variables that is set; "" when none is. */
static const char *locale_of_environment(void)
{
    static const char *const locales[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    const char *value;

    for (size_t i = 0; i < sizeof(locales) / sizeof(locales[0]); i++)
        if ((value = getenv(locales[i])) != NULL && value[0] != '\0')
            return value;
    return "";
}

const char *language_of_environment(void)
{
    const char *value = getenv("CONCERT_LANG");
    const char *language = value == NULL ? NULL : language_read(value);

    return language != NULL ? language : language_read(locale_of_environment());
}

bool language_is_plain(void)
{
    const char *locale = locale_of_environment();

    return strcmp(locale, "C") == 0 || strcmp(locale, "POSIX") == 0;
}

/* An installed program has its translations beside it; one that was just built where the build put
 * them. */
static void bind_folder(const char *domain)
{
    char path[4096];
    ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 64);
    char *slash;

    if (length > 0) {
        path[length] = '\0';
        if ((slash = strrchr(path, '/')) != NULL) {
            snprintf(slash, 64, "/../share/locale");
            if (access(path, R_OK) == 0) {
                bindtextdomain(domain, path);
                return;
            }
        }
    }
    bindtextdomain(domain, CONCERT_LOCALE_DIR);
}

void language_use(const char *domain, const char *language)
{
    /* gettext heeds LANGUAGE in any locale but plain C, so that C.UTF-8, which every Debian has, is
     * enough for French. */
    setenv("LANGUAGE", language, 1);
    if (setlocale(LC_ALL, "C.UTF-8") == NULL)
        setlocale(LC_ALL, "");
    bind_folder(domain);
    bind_textdomain_codeset(domain, "UTF-8");
    textdomain(domain);
}
