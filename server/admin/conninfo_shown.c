#include "admin/conninfo_shown.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define BLANKS " \t\n\r\v\f"
#define WORD "password" /* and sslpassword */
#define HIDDEN "…"

/* How much of the text is a value: up to one of `ends` outside of quotes. */
static size_t value_size(const char *text, const char *ends)
{
    bool quoted = *text == '\'';
    size_t i = quoted;

    while (text[i] != '\0' && (quoted ? text[i] != '\'' : strchr(ends, text[i]) == NULL))
        i += text[i] == '\\' && text[i + 1] != '\0' ? 2 : 1;
    return i + (quoted && text[i] != '\0');
}

/* Of scheme://user:password@host where the password begins, its length in *size_r; NULL: none. */
static const char *find_in_uri(const char *conninfo, size_t *size_r)
{
    const char *user = strstr(conninfo, "://"), *at, *colon;

    if (user == NULL)
        return NULL;
    user += strlen("://");
    at = memrchr(user, '@', strcspn(user, "/?"));
    colon = at == NULL ? NULL : memchr(user, ':', (size_t)(at - user));
    *size_r = colon == NULL ? 0 : (size_t)(at - colon - 1);
    return colon == NULL ? NULL : colon + 1;
}

/* Where the value of a word that is a password's begins; the text when there is none. */
static const char *value_of(const char *text)
{
    const char *value = text + strlen(WORD);

    if (strncasecmp(text, WORD, strlen(WORD)) != 0)
        return text;
    value += strspn(value, BLANKS);
    return *value == '=' ? value + 1 + strspn(value + 1, BLANKS) : text;
}

void conninfo_shown(const char *conninfo, char *text_r, size_t size)
{
    size_t hidden = 0, used = 0;
    const char *password = find_in_uri(conninfo, &hidden), *c = conninfo;

    *text_r = '\0';
    while (*c != '\0' && used < size) {
        const char *value = value_of(c);

        if (c == password) {
            used += (size_t)snprintf(text_r + used, size - used, "%s", HIDDEN);
            c += hidden;
            password = NULL;
        } else if (value > c) {
            used +=
                (size_t)snprintf(text_r + used, size - used, "%.*s%s", (int)(value - c), c, HIDDEN);
            c = value + value_size(value, strstr(conninfo, "://") == NULL ? BLANKS : "&");
        } else
            used += (size_t)snprintf(text_r + used, size - used, "%c", *c++);
    }
}
