#include "words/media_type.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

struct row {
    const char *extension;
    const char *type;
};

/* Of several for a type, the first is what a file is given. */
static const struct row rows[] = {
    {".pdf", "application/pdf"},
    {".txt", "text/plain"},
    {".csv", "text/csv"},
    {".md", "text/markdown"},
    {".html", "text/html"},
    {".htm", "text/html"},
    {".rtf", "application/rtf"},
    {".doc", "application/msword"},
    {".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    {".odt", "application/vnd.oasis.opendocument.text"},
    {".xls", "application/vnd.ms-excel"},
    {".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    {".ods", "application/vnd.oasis.opendocument.spreadsheet"},
    {".ppt", "application/vnd.ms-powerpoint"},
    {".pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
    {".odp", "application/vnd.oasis.opendocument.presentation"},
    {".jpg", "image/jpeg"},
    {".jpeg", "image/jpeg"},
    {".png", "image/png"},
    {".gif", "image/gif"},
    {".tif", "image/tiff"},
    {".tiff", "image/tiff"},
    {".svg", "image/svg+xml"},
    {".webp", "image/webp"},
    {".mp3", "audio/mpeg"},
    {".wav", "audio/wav"},
    {".mp4", "video/mp4"},
    {".zip", "application/zip"},
    {".ics", "text/calendar"},
    {".eml", "message/rfc822"},
    {".json", "application/json"},
    {".xml", "application/xml"},
};

const char *media_type_of(const char *name)
{
    size_t length = strlen(name);

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        size_t end = strlen(rows[i].extension);

        if (length > end && strcasecmp(name + length - end, rows[i].extension) == 0)
            return rows[i].type;
    }
    return "application/octet-stream";
}

const char *media_type_extension(const char *type)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (strcmp(rows[i].type, type) == 0)
            return rows[i].extension;
    return "";
}
