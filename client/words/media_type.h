/* What a file is, by the end of its name. Source: IANA's registry of media types. */
#pragma once

/* The media type of a file of that name; "application/octet-stream" when its end tells nothing. */
const char *media_type_of(const char *name);

/* The end that files of that type have, with its point; "" when the table does not tell. */
const char *media_type_extension(const char *type);
