#include "words/talk.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "i18n.h"
#include "words.h"
#include "words/fill.h"
#include "words/kind_rules.h"

/* What each rule asks, and what to do: %1$s is the field's word, %2$s the rule's bound. A row with
 * a code is for that code alone; who is not let in is told so by such rows only. */
struct rule_row {
    Concert__Code code;
    const char *rule;
    const char *sentence;
};

static const struct rule_row rules[] = {
    {CONCERT__CODE__NOT_AUTHENTICATED, "unknown",
        N_("This invitation's code is not known: check the line, or ask your coordination for a "
           "new one.")},
    {CONCERT__CODE__NOT_AUTHENTICATED, "expired",
        N_("This invitation has expired: ask your coordination for a new one.")},
    {CONCERT__CODE__NOT_AUTHENTICATED, "used",
        N_("This invitation was used already: ask your coordination for a new one.")},
    {CONCERT__CODE__NOT_AUTHENTICATED, "revoked",
        N_("This device was revoked: ask your coordination for a new invitation.")},
    {CONCERT__CODE__NOT_AUTHENTICATED, "ended",
        N_("The mandate of this account has ended: its copy stays readable here, and what waits "
           "stays too. Your coordination can renew it.")},
    {CONCERT__CODE__NOT_AUTHENTICATED, "closed",
        N_("This account is closed: ask your coordination to open it again.")},
    {CONCERT__CODE__BUSY, "joins",
        N_("There were too many attempts to join from here: wait some minutes, then try again.")},
    {CONCERT__CODE__BUSY, "connections",
        N_("The server has as many connections as it takes: try again in a moment.")},
    {0, "required", N_("The field “%1$s” is missing: give it a value.")},
    {0, "fixed",
        N_("The field “%1$s” is set once and for all when the record is created: to change it, "
           "remove the record and add another.")},
    {0, "length",
        N_("The text of “%1$s” is too long: at most %2$s bytes. Shorten it, or put it in several "
           "notes.")},
    {0, "utf8",
        N_("The text of “%1$s” holds bytes that are not letters: type it again, or save the file "
           "as UTF-8.")},
    {0, "empty", N_("The text of “%1$s” is empty: write something, or clear the field with “-”.")},
    {0, "date", N_("“%1$s” wants a date such as 2009-10-15 or 15 October 2009.")},
    {0, "number", N_("“%1$s” wants a number of digits and dots such as 2.1.3.")},
    {0, "choice",
        N_("“%1$s” takes one of a list of words: “concert help” with the kind of record shows "
           "them.")},
    {0, "range", N_("The value of “%1$s” is out of bounds: it must be within %2$s.")},
    {0, "count", N_("“%1$s” has too many values: at most %2$s.")},
    {0, "nul", N_("The text of “%1$s” holds a character that is not text: type it again.")},
    {0, "id", N_("“%1$s” does not name a record: give its number, its short handle or its name.")},
    {0, "field",
        N_("“%1$s” names a field that this kind of record does not have: this program may be too "
           "new for the server. Tell your coordination.")},
    {0, "encoding",
        N_("The change could not be read by the server: this program may be too old; ask your "
           "coordination for the current one.")},
    {0, "reference",
        N_("What “%1$s” names does not exist, was removed, or is of another kind: search for it "
           "with “concert search”.")},
    {0, "in_use", N_("Other records hang on this one: remove or move them first.")},
    {0, "deleted",
        N_("Somebody removed this record in the meantime: “concert history” tells who and when.")},
    {CONCERT__CODE__TOO_LARGE, "record",
        N_("This record is too large: at most %2$s bytes in all. Shorten its texts, or put them in "
           "several notes.")},
    {0, "record",
        N_("There is no such record on the server: “concert search” finds what there is.")},
    {0, "base_revision",
        N_("The change was made from a revision that the server does not have: run “concert sync”, "
           "then make it again.")},
    {0, "unique",
        N_("There is such a record already, with the same “%1$s”: change that one instead.")},
    {0, "owner",
        N_("This record belongs to another committee: ask it or your coordination for the "
           "change.")},
    {0, "owner_decides",
        N_("“%1$s” belongs to another committee, which chooses between both values: propose "
           "yours.")},
    {0, "limit",
        N_("The server keeps no more of these: your coordination has to answer some of them "
           "first.")},
    {0, "last_coordinator",
        N_("This is the last coordinator: name a second one first, with “concert invite PARTY "
           "--role coordinator”.")},
    {0, "role", N_("Your role does not let you change this (%1$s): ask your coordination.")},
    {0, "author",
        N_("A note may be corrected by its author alone: add another one with “concert note”.")},
    {0, "order", N_("“%1$s” is before its beginning: the end must not come before the start.")},
    {0, "somebody", N_("It must say of whom it is: give “%1$s” a value.")},
    {0, "published", N_("What was published says when or where: give “%1$s” a value.")},
    {0, "where", N_("It must say of which territory or other place it is: look at “%1$s”.")},
    {0, "moment", N_("“%1$s” wants a day and its time such as 2009-10-15 13:30.")},
    {0, "server", N_("“%1$s” is given by the server: leave it out.")},
    {0, "personal",
        N_("“%1$s” is personal, and everybody reads proposals: ask your coordination for the "
           "change.")},
    {0, "hash", N_("The document's bytes are not those that were announced: attach it again.")},
    {0, "applied",
        N_("A proposal is accepted together with the change that it asks for, which was not made: "
           "accept it as a whole.")},
    {0, "settled", N_("This proposal was answered already, and stays as it is: make a new one.")},
    {0, "minutes",
        N_("The minutes of this meeting are adopted: its text, agenda, attendance and follow-ups "
           "stay as they are; only the coordination takes them back, with a reason.")},
    {0, "later_meeting",
        N_("Minutes are adopted at another, later meeting of the same committee: correct “%1$s”.")},
    {0, "same_meeting", N_("“%1$s” must name an item of that same meeting's agenda.")},
    {0, "organization",
        N_("“%1$s” is another organization's: a party takes its own seats, or comes without one.")},
    {0, "decision",
        N_("A plan's resolution is an agenda item with a decision, and that decision stays: look "
           "at “%1$s”.")},
    {0, "dimensions",
        N_("“%1$s” wants as many values as the indicator has dimensions, in their order: “concert "
           "show” with the indicator lists them.")},
    {0, "scale", N_("The score is outside of its form's scale: correct “%1$s”.")},
    {0, "same_form", N_("The criterion is of another form than the assessment's: correct “%1$s”.")},
    {0, "used_form",
        N_("Assessments use this form already: its questions and its scale stay. Make a new "
           "version of it.")},
    {0, "shape",
        N_("What was sent as “%1$s” is damaged, or of another version of this program: make it "
           "once "
           "more.")},
    {0, "packing",
        N_("This program and the server do not make messages smaller in the same way: ask your "
           "coordination for the current version.")},
    {0, "patch",
        N_("A removal brings no other change: run “concert sync”, then remove the record again.")},
    {0, "check",
        N_("The server's database refuses the value of “%1$s”: correct it, or tell your "
           "coordination.")},
    {0, "adopted",
        N_("The plan is adopted: its structure changes only by an amendment of the coordination. "
           "Ask it.")},
    {0, "closed", N_("The plan is closed: it takes notes alone.")},
    {0, "amendment", N_("The plan is adopted: an amendment needs its reason. Give it with -m.")},
    {0, "adoption", N_("Only the coordination adopts a plan or reopens it.")},
    {0, "same_plan", N_("“%1$s” must stay in the same plan, and cannot be the record itself.")},
    {0, "kind", N_("The record is of another kind than the change says: run “concert sync”.")},
    {0, "unknown_kind",
        N_("The server does not know this kind of record: it is older than this program. Tell your "
           "coordination.")},
    {0, "unknown_verb",
        N_("The server does not know this request: it is older than this program. Tell your "
           "coordination.")},
    {0, "atomic", N_("Nothing was written, because another change of the same lot was refused.")},
    {CONCERT__CODE__INVALID, "size",
        N_("The file is not as long as its document's record says: attach it again with “concert "
           "attach”.")},
    {0, "incomplete",
        N_("The document's file is not on the server yet: it waits on the device that attached "
           "it.")},
    {0, "fetching",
        N_("Another window on this device fetches this document right now: let it come to its "
           "end.")},
    {0, "quota",
        N_("The region's documents have no room left on the server: tell your coordination.")},
    {0, "memory", N_("This is too large to be done at once: do it in several parts.")},
    {0, "operations", N_("There are too many changes in one lot: do it in several parts.")},
};

/* When there is no rule to tell. */
struct code_row {
    Concert__Code code;
    enum command_exit exit;
    const char *sentence;
};

static const struct code_row codes[] = {
    {CONCERT__CODE__BAD_FRAME, COMMAND_FAILED,
        N_("The server could not read what this program sent: ask your "
           "coordination whether there is a newer version.")},
    {CONCERT__CODE__BAD_REQUEST, COMMAND_FAILED,
        N_("The server did not understand this program: ask your "
           "coordination whether there is a newer version.")},
    {CONCERT__CODE__TOO_LARGE, COMMAND_REFUSED,
        N_("This is too large for the server: do it in several parts.")},
    {CONCERT__CODE__UNSUPPORTED_VERSION, COMMAND_FAILED,
        N_("The server and this program are of versions that do "
           "not understand each other: ask your coordination "
           "for the current program.")},
    {CONCERT__CODE__NOT_AUTHENTICATED, COMMAND_REFUSED,
        N_("The server does not let this device in: its invitation "
           "was used, has expired or was taken back. Ask your "
           "coordination for a new one.")},
    {CONCERT__CODE__DENIED, COMMAND_REFUSED, N_("You may not do this: ask your coordination.")},
    {CONCERT__CODE__INVALID, COMMAND_REFUSED, N_("The server refused this change.")},
    {CONCERT__CODE__NOT_FOUND, COMMAND_NOT_FOUND, N_("There is no such record on the server.")},
    {CONCERT__CODE__EXISTS, COMMAND_REFUSED, N_("There is such a record already.")},
    {CONCERT__CODE__FROZEN, COMMAND_REFUSED,
        N_("The plan's structure is frozen: it changes only by an amendment of "
           "the coordination.")},
    {CONCERT__CODE__DIVERGED, COMMAND_FAILED,
        N_("The server was brought back from an older backup: run “concert "
           "sync”; what you recorded is sent again.")},
    {CONCERT__CODE__BUSY, COMMAND_WAITING,
        N_("The server is busy: nothing is lost; try again in a moment.")},
    {CONCERT__CODE__UNAVAILABLE, COMMAND_WAITING,
        N_("The server's database is away for the moment: nothing is "
           "lost; what you record waits on this device.")},
    {CONCERT__CODE__INTERNAL, COMMAND_FAILED,
        N_("The server failed at this: tell your coordination at what "
           "time.")},
};

struct trouble_row {
    enum desk_trouble trouble;
    enum command_exit exit;
    const char *sentence; /* %1$s is the detail */
};

static const struct trouble_row troubles[] = {
    {DESK_NO_HOME, COMMAND_UNJOINED,
        N_("This device has not joined a region yet: paste the invitation of your coordination "
           "behind “concert join”. (Looked in %1$s.)")},
    {DESK_DAMAGED, COMMAND_DAMAGED,
        N_("The copy of the plan on this device is damaged: %1$s. Put the file aside, do not "
           "delete it (it may hold changes not sent yet), and ask your coordination for a new "
           "invitation.")},
    {DESK_STORAGE, COMMAND_FAILED,
        N_("The disk did not take it: %1$s. Free some room or check the folder's permissions, "
           "then try again.")},
    {DESK_UNREACHABLE, COMMAND_WAITING,
        N_("The server %1$s is out of reach: check the connection, then try again.")},
    {DESK_IMPOSTOR, COMMAND_FAILED,
        N_("The server that answers is not the one of your invitation: nothing was sent to it. "
           "Tell your coordination.")},
    {DESK_INVITATION, COMMAND_USAGE,
        N_("This is not a whole invitation: paste the line as you received it, from “concert://” "
           "to its end.")},
    {DESK_JOINED, COMMAND_FAILED,
        N_("This device has joined the region %1$s already. For another region, give another "
           "folder with --home.")},
    {DESK_DIVERGED, COMMAND_FAILED,
        N_("The server was brought back from an older backup: run “concert sync”; what you "
           "recorded is sent again.")},
    {DESK_GONE, COMMAND_UNJOINED,
        N_("This device was revoked, and its copy deleted: ask your coordination for a new "
           "invitation.")},
    {DESK_LIMIT, COMMAND_FAILED,
        N_("This is more than this program can hold at once: do it in several parts.")},
};

static const char *rule_sentence(const struct error *error)
{
    bool stranger = error->code == CONCERT__CODE__NOT_AUTHENTICATED;

    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
        if (strcmp(rules[i].rule, error->rule) == 0 &&
            (rules[i].code == error->code || ((int)rules[i].code == 0 && !stranger)))
            return _(rules[i].sentence);
    return NULL;
}

static const char *code_sentence(Concert__Code code)
{
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
        if (codes[i].code == code)
            return _(codes[i].sentence);
    return _("The server answered an error that this program does not know.");
}

void talk_error(const struct error *error, const char *language, char out[TALK_SIZE])
{
    talk_refusal(error, NULL, language, out);
}

void talk_refusal(
    const struct error *error, const struct kind *kind, const char *language, char out[TALK_SIZE])
{
    const char *sentence = rule_sentence(error);
    const char *field = words_show(WORDS_FIELD, error->field, language);

    /* The kind's own rule, then the word's general meaning, then a rule of that word at all. */
    if (kind_rules_refusal(error, kind, true, language, out, TALK_SIZE))
        return;
    /* A rule with a field in its sentence says nothing when the server named none. */
    if (sentence != NULL && error->field[0] == '\0' && strstr(sentence, "%1$s") != NULL &&
        strcmp(error->rule, "role") != 0)
        sentence = NULL;
    if (sentence == NULL && kind_rules_refusal(error, kind, false, language, out, TALK_SIZE))
        return;
    if (sentence != NULL)
        fill_two(
            out, TALK_SIZE, sentence, field[0] == '\0' ? _("this record") : field, error->limit);
    else if (error->code == CONCERT__CODE__NOT_AUTHENTICATED || error->rule[0] == '\0')
        snprintf(out, TALK_SIZE, "%s", code_sentence(error->code));
    else if (error->field[0] != '\0')
        snprintf(out, TALK_SIZE, _("%s (field “%s”, rule “%s”)"), code_sentence(error->code), field,
            error->rule);
    else
        snprintf(out, TALK_SIZE, _("%s (rule “%s”)"), code_sentence(error->code), error->rule);
}

/* Of what the system says about a disk, what a person can do something about; 0: all else. */
struct storage_row {
    int system;
    const char *sentence; /* %1$s is the path, %2$s what the system says */
};

static const char full[] = N_("The disk is full: %1$s was not written. Free some room, then try "
                              "again.");
static const char denied[] = N_("%1$s may not be read or written here: check the permissions of "
                                "the folder, then try again.");

static const struct storage_row storages[] = {
    {ENOSPC, full},
    {EDQUOT, full},
    {EFBIG, full},
    {EACCES, denied},
    {EPERM, denied},
    {EROFS, denied},
    {EWOULDBLOCK,
        N_("Another command is at work on this device's copy (%1$s): try again in a moment.")},
    {0, N_("The disk did not take it: %1$s (%2$s). Free some room or check the folder's "
           "permissions, then try again.")},
};

static void talk_storage(const struct desk_why *why, char out[TALK_SIZE])
{
    const struct storage_row *row = storages;

    while (row->system != 0 && row->system != why->system)
        row++;
    snprintf(out, TALK_SIZE, _(row->sentence), why->detail, strerror(why->system));
}

void talk_why(const struct desk_why *why, const char *language, char out[TALK_SIZE])
{
    out[0] = '\0';
    if (why->trouble == DESK_ANSWER) {
        talk_error(&why->error, language, out);
        return;
    }
    if (why->trouble == DESK_STORAGE && why->system != 0) {
        talk_storage(why, out);
        return;
    }
    for (size_t i = 0; i < sizeof(troubles) / sizeof(troubles[0]); i++)
        if (troubles[i].trouble == why->trouble)
            snprintf(out, TALK_SIZE, _(troubles[i].sentence), why->detail);
}

enum command_exit talk_exit(const struct desk_why *why)
{
    if (why->trouble == DESK_ANSWER)
        for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
            if (codes[i].code == why->error.code)
                return codes[i].exit;
    for (size_t i = 0; i < sizeof(troubles) / sizeof(troubles[0]); i++)
        if (troubles[i].trouble == why->trouble)
            return troubles[i].exit;
    return COMMAND_FAILED;
}
