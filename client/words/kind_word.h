/* Kinds and their fields as people name and read about them. */
#pragma once

#include "command.h"

/* The kind that a word means, singular or plural, in either language; NULL when none. */
const struct kind *kind_word_read(const char *word);

/* The kind named by a word, or NULL after having said which one is nearest and which there are
 * (code_r: COMMAND_USAGE). */
const struct kind *kind_word_ask(
    struct context *context, const char *word, enum command_exit *code_r);

/* The nearest kind's name in the language; NULL when none is near. Static memory. */
const char *kind_word_near(const char *word, const char *language);

/* A sheet "fields": what each field is called and takes. */
void kind_word_fields(struct context *context, const struct kind *kind);

/* A sheet "kinds": all kinds, in both languages. */
void kind_word_all(struct context *context);
