/* What commands ask of the program while they run: to speak, to look a record up, to print. */
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "exit_codes.h"
#include "figures/mandates.h"
#include "i18n.h"
#include "printers/cell.h"
#include "program.h"
#include "words.h"
#include "words/parting.h"
#include "words/phrase.h"
#include "words/sending.h"
#include "words/status_word.h"
#include "words/talk.h"

#define SENTENCE 4096
#define SENTENCE_ARENA ((size_t)1 << 20)
#define NEAR_MAX 5
#define WANTED_MAX 3 /* kinds that a sentence lists */

static bool speaks_json(const struct program *program)
{
    return program->printer != NULL && strcmp(program->printer->name, "json") == 0;
}

/* A sentence, cut at words where a person reads it on a terminal. Others' texts stand in it: no
 * control characters leave. */
static void put_sentence(const char *sentence)
{
    struct arena *arena = arena_new(SENTENCE_ARENA);
    const char *rest = arena == NULL ? "" : cell_clean(sentence, arena), *line;

    if (!isatty(STDERR_FILENO))
        fprintf(stderr, "%s\n", rest);
    else
        while ((line = cell_line(&rest, terminal_width(), arena)) != NULL)
            fprintf(stderr, "%s\n", line);
    arena_free(&arena);
}

static void put_object(const char *name, json_t *body)
{
    json_t *object = json_pack("{s:o}", name, body);

    if (object != NULL)
        json_dumpf(object, stderr, JSON_COMPACT);
    fputc('\n', stderr);
    json_decref(object);
}

static void add_text(json_t *object, const char *key, const char *text)
{
    if (text[0] != '\0')
        json_object_set_new(object, key, json_string(text));
}

void program_complain(const struct program *program, enum command_exit code, const char *sentence,
    const struct error *error)
{
    json_t *body;

    if (!speaks_json(program)) {
        put_sentence(sentence);
        return;
    }
    body = json_pack(
        "{s:s,s:i,s:s}", "error", exit_codes_name(code), "exit", (int)code, "message", sentence);
    if (body != NULL && error != NULL && error->code != 0) {
        add_text(body, "code", error_name(error->code));
        add_text(body, "field", error->field);
        add_text(body, "rule", error->rule);
        add_text(body, "limit", error->limit);
    }
    if (body != NULL)
        json_dumpf(body, stderr, JSON_COMPACT);
    fputc('\n', stderr);
    json_decref(body);
}

enum command_exit command_say(
    struct context *context, enum command_exit code, const char *format, ...)
{
    char sentence[SENTENCE];
    va_list list;

    va_start(list, format);
    vsnprintf(sentence, sizeof(sentence), format, list);
    va_end(list);
    program_complain(context->program, code, sentence, NULL);
    return code;
}

void command_tell(struct context *context, const char *name, const char *format, ...)
{
    char sentence[SENTENCE];
    va_list list;

    va_start(list, format);
    vsnprintf(sentence, sizeof(sentence), format, list);
    va_end(list);
    if (speaks_json(context->program))
        put_object("notice", json_pack("{s:s,s:s}", "name", name, "message", sentence));
    else
        put_sentence(sentence);
}

void command_apart(struct context *context)
{
    if (!context->machine)
        fputc('\n', stderr);
}

enum command_exit command_why(struct context *context, const struct desk_why *why)
{
    char sentence[TALK_SIZE];
    enum command_exit code = talk_exit(why);
    struct desk_gone gone;

    if (why->trouble == DESK_GONE && desk_gone(context->home, &gone))
        return parting_say_gone(context, &gone);
    talk_why(why, context->language, sentence);
    if (why->trouble == DESK_UNREACHABLE && context->offline)
        snprintf(sentence, sizeof(sentence), "%s",
            _("This cannot do without the server: try it again without --offline."));
    program_complain(context->program, code, sentence, &why->error);
    return code;
}

const char *command_option(const struct context *context, const char *name)
{
    return options_own(&context->program->options, name);
}

/* Accounts have the name of their party, and devices one name in many places: what tells them
 * apart,
 * "" for others. */
static const char *tell_apart(const struct context *context, const struct book_entry *entry)
{
    struct arena *arena = report_arena(context->report);
    const uint8_t *id = entry->kind->id == CONCERT__KIND__DEVICE
                            ? record_reference(entry->body, entry->kind, "account")
                            : NULL;
    const struct book_entry *account = id == NULL ? NULL : book_get(context->book, id);
    const char *role;

    if (account != NULL)
        return book_label(context->book, account);
    if (entry->kind->id != CONCERT__KIND__ACCOUNT)
        return "";
    role = status_word(context, entry, "role", false, arena);
    if (mandates_open(entry, context->today))
        return role;
    return arena_printf(arena, "%s, %s", role, _("account closed"));
}

/* "\n  4.1.1  Title" for each: what was near. */
static void list_near(const struct context *context, const struct book_entry *const *near,
    size_t count, char *out, size_t size)
{
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = 0; i < count && used < size; i++) {
        const char *label = book_label(context->book, near[i]);
        char brief[72], handle[PHRASE_SIZE], apart[72];
        int n;

        phrase_cut(strcmp(label, near[i]->handle) == 0 ? "" : label, brief, sizeof(brief));
        phrase_handle(context->book, near, count, i, handle);
        label = tell_apart(context, near[i]);
        phrase_cut(label == NULL ? "" : label, apart, sizeof(apart));
        n = snprintf(out + used, size - used, "\n  %s  %s%s%s", handle, brief,
            apart[0] == '\0' ? "" : " · ", apart);
        used += n > 0 ? (size_t)n : 0;
    }
}

/* "D1" where a meeting is asked for: what it is, and what would do. False: there is no such record.
 */
static bool say_other_kind(struct context *context, const char *word, uint64_t mask)
{
    const struct book_entry *entry, *near[NEAR_MAX];
    char list[256] = "";
    size_t n, used = 0, wanted = 0;

    if (book_find(context->book, word, KIND_ANY, context->today, &entry, near, NEAR_MAX, &n) !=
        BOOK_FOUND)
        return false;
    for (size_t i = 0; i < kinds_count; i++) {
        if (!(mask & UINT64_C(1) << kinds[i].id) || used >= sizeof(list))
            continue;
        used += (size_t)snprintf(list + used, sizeof(list) - used, "%s%s", wanted > 0 ? ", " : "",
            words_show(WORDS_KIND, kinds[i].name, context->language));
        wanted++;
    }
    if (wanted == 0 || wanted > WANTED_MAX)
        return false;
    command_say(context, COMMAND_NOT_FOUND, _("%s is of the kind “%s”; here goes: %s."),
        entry->handle, words_show(WORDS_KIND, entry->kind->name, context->language), list);
    return true;
}

const struct book_entry *command_record(
    struct context *context, const char *word, uint64_t kinds_mask, enum command_exit *code_r)
{
    const struct book_entry *entry = NULL, *near[NEAR_MAX];
    char list[NEAR_MAX * 256];
    size_t n = 0;
    enum book_found found =
        book_find(context->book, word, kinds_mask, context->today, &entry, near, NEAR_MAX, &n);

    *code_r = COMMAND_OK;
    if (found == BOOK_FOUND)
        return entry;
    if (word[strspn(word, " \t\n")] == '\0') {
        *code_r = command_say(context, COMMAND_USAGE,
            _("An empty word names nothing: give a handle, a number or a name."));
        return NULL;
    }
    *code_r = COMMAND_NOT_FOUND;
    list_near(context, near, n, list, sizeof(list));
    if (found == BOOK_SEVERAL)
        command_say(context, COMMAND_NOT_FOUND,
            _("“%s” may mean several records; give one of these handles:%s"), word, list);
    else if (kinds_mask != KIND_ANY && say_other_kind(context, word, kinds_mask))
        return NULL;
    else if (n > 0)
        command_say(context, COMMAND_NOT_FOUND, _("There is no “%s”. Did you mean one of these?%s"),
            word, list);
    else
        command_say(context, COMMAND_NOT_FOUND,
            _("There is no “%s”: “concert search” finds what there is."), word);
    return NULL;
}

/* What was done since the server came back from an older backup, and where to look. */
static void tell_restart(struct context *context, const struct desk_restart *restart)
{
    long sent = (long)restart->sent_again;

    if (sent == 0)
        command_tell(context, "restored", "%s",
            _("The server came back from an older backup: this copy was made anew. Nothing of "
              "this device had to be sent again."));
    else
        command_tell(context, "restored",
            ngettext("The server came back from an older backup: this copy was made anew, and %ld "
                     "change of this device was sent again.",
                "The server came back from an older backup: this copy was made anew, and %ld "
                "changes of this device were sent again.",
                (unsigned long)sent),
            sent);
    if (sent > 0)
        command_tell(context, "restored_changes",
            _("Of these, the server had lost %ld and has them again, and had %ld already."),
            (long)restart->lacking, (long)restart->known);
    if (restart->clashing > 0)
        command_tell(context, "restored_clashing",
            _("%ld clash with what others have written since: “concert conflicts” shows them."),
            (long)restart->clashing);
    if (restart->refused > 0)
        command_tell(context, "restored_refused",
            _("%ld are not accepted so far, perhaps because others have to send theirs first; they "
              "are sent again each time. “concert status” lists them."),
            (long)restart->refused);
    if (restart->former > 0)
        command_tell(context, "restored_former",
            _("%ld records of the former copy are missing on the server, or older there: they come "
              "back as the devices that wrote them send theirs. “concert status --former” shows "
              "what they held."),
            (long)restart->former);
}

void command_tell_restart(struct context *context)
{
    struct desk_restart restart;

    if (desk_restart_news(context->desk, &restart))
        tell_restart(context, &restart);
}

bool command_refresh(struct context *context, struct desk_why *why_r)
{
    bool fresh = desk_refresh(context->desk, why_r);

    if (fresh)
        command_tell_restart(context);
    if (fresh)
        sending_tell(context, desk_document_sent(context->desk), false);
    return fresh;
}
