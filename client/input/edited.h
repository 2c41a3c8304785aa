/* A text of records in the person's editor, and what becomes of it: what edit's forms share. */
#pragma once

#include "input/change.h"
#include "input/editor.h"

struct edited {
    struct context *context;
    struct arena *arena;
    struct fields_reader reader;
    const char *again; /* what to type behind “concert edit” to go on with a text that is kept */
    char path[EDITOR_PATH_SIZE];
};

/* The text as the person left it, in the arena: `text` (NULL: memory was out), or with --from one
 * that was kept. NULL after having said why (code_r). */
const char *edited_text(struct edited *edit, const char *text, enum command_exit *code_r);

/* Says the sentence, that nothing was sent, and where the text is. */
enum command_exit edited_kept(struct edited *edit, const char *sentence);

/* Notes the sentence, and lets the text go. */
enum command_exit edited_unchanged(struct edited *edit, const char *sentence);

/* Lets the text go once the changes are recorded (`code`, which it gives back); else says where it
 * is kept. */
enum command_exit edited_sent(struct edited *edit, enum command_exit code);
