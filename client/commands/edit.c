/* Opens a record in the person's editor, and sends what they changed. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "i18n.h"
#include "input/change.h"
#include "input/form.h"
#include "input/pick.h"

#define ARENA_LIMIT ((size_t)16 << 20)
#define TEXT_MAX ((size_t)1 << 20)

struct edit {
    struct context *context;
    struct arena *arena;
    struct fields_reader reader;
    const struct book_entry *entry;
    char path[4096];
};

/* --- the file ----------------------------------------------------------------------------------
 */

/* A file of its own in the home, which nobody else can read. */
static bool write_file(struct edit *edit, const char *text)
{
    size_t size = strlen(text);
    bool fine;
    int fd;

    snprintf(edit->path, sizeof(edit->path), "%s/edit-XXXXXX.txt", edit->context->home);
    fd = mkstemps(edit->path, 4);
    if (fd < 0)
        return false;
    fine = write(fd, text, size) == (ssize_t)size;
    if (close(fd) != 0 || !fine) {
        unlink(edit->path);
        return false;
    }
    return true;
}

/* The file's text, in the arena; NULL with errno. */
static char *read_file(struct edit *edit)
{
    struct stat stat;
    char *text = NULL;
    ssize_t got = -1;
    int fd = open(edit->path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return NULL;
    if (fstat(fd, &stat) == 0 && stat.st_size >= 0 && (size_t)stat.st_size <= TEXT_MAX)
        text = arena_alloc(edit->arena, (size_t)stat.st_size + 1);
    else
        errno = EFBIG;
    if (text != NULL)
        got = read(fd, text, (size_t)stat.st_size);
    close(fd);
    return got < 0 ? NULL : text;
}

/* Runs the editor on the file and waits. True when it ended well. */
static bool run_editor(const char *path)
{
    int status;
    pid_t child = fork();

    if (child == 0) {
        execl("/bin/sh", "sh", "-c", "exec ${VISUAL:-${EDITOR:-editor}} \"$1\"", "sh", path,
            (char *)NULL);
        _exit(127);
    }
    while (child > 0 && waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return false;
    return child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* --- the change --------------------------------------------------------------------------------
 */

static enum command_exit kept(struct edit *edit, const char *sentence)
{
    return command_say(edit->context, COMMAND_USAGE,
        _("%s Nothing was sent; your text is kept. To go on with it: concert edit %s --from %s"),
        sentence, edit->entry->handle, edit->path);
}

static enum command_exit send_change(struct edit *edit, struct fields_patch *patch)
{
    struct desk_change change;
    enum command_exit code = COMMAND_OK;

    if (!change_complete(edit->context, &edit->reader, patch, edit->entry, &code))
        return kept(edit, "");
    if (!change_reduce(&edit->reader, patch, edit->entry)) {
        report_note(edit->context->report,
            arena_printf(edit->arena, _("Nothing was changed in %s."), edit->entry->handle));
        unlink(edit->path);
        return COMMAND_OK;
    }
    change =
        change_of(patch, edit->entry, edit->entry->id, command_option(edit->context, "message"));
    code = command_write(edit->context, &change, 1, true);
    /* What the outbox holds needs no second copy. */
    if (code == COMMAND_OK || code == COMMAND_WAITING || code == COMMAND_CONFLICT)
        unlink(edit->path);
    else
        command_say(edit->context, code, _("Your text is kept in %s."), edit->path);
    return code;
}

static enum command_exit edit_record(struct edit *edit)
{
    const char *from = command_option(edit->context, "from"), *text;
    struct fields_problem problem;
    struct fields_patch patch;

    if (from != NULL) {
        snprintf(edit->path, sizeof(edit->path), "%s", from);
    } else {
        text = form_write(&edit->reader, edit->entry);
        if (text == NULL)
            return change_no_memory(edit->context);
        if (!write_file(edit, text))
            return command_say(edit->context, COMMAND_FAILED,
                _("The text to edit cannot be written in %s: %s."), edit->context->home,
                strerror(errno));
    }
    if (!run_editor(edit->path))
        return kept(edit, _("The editor did not end well; EDITOR says which one to use."));
    text = read_file(edit);
    if (text == NULL)
        return command_say(edit->context, COMMAND_FAILED, _("%s cannot be read: %s."), edit->path,
            strerror(errno));
    if (!form_read(&edit->reader, edit->entry, text, &patch, &problem))
        return kept(edit, problem.sentence);
    return send_change(edit, &patch);
}

/* An editor edits its own share of an action that is another's. */
static const struct book_entry *own_of(struct context *context, const struct book_entry *entry)
{
    const struct book_entry *share;

    if (entry->kind->id != CONCERT__KIND__ACTION || pick_is_staff(context) ||
        pick_is_own(context, entry->owner))
        return entry;
    share = pick_own_share(context, entry);
    return share == NULL ? entry : share;
}

static enum command_exit run(struct context *context)
{
    struct edit edit = {.context = context};
    enum command_exit code;

    edit.entry = command_record(context, context->argv[0], KIND_ANY, &code);
    if (edit.entry == NULL)
        return code;
    edit.entry = own_of(context, edit.entry);
    edit.arena = arena_new(ARENA_LIMIT);
    edit.reader = change_reader(context, edit.arena);
    code = edit.arena == NULL ? change_no_memory(context) : edit_record(&edit);
    arena_free(&edit.arena);
    return code;
}

static const struct command_option options[] = {
    {"message", "message", 'm', N_("REASON"),
        N_("Why: the log keeps it; an adopted plan asks it.")},
    {"from", "de", 0, N_("FILE"), N_("Goes on with a text that was kept.")},
    {.name = NULL},
};

const struct command edit_command = {
    .name = "edit",
    .french = "rediger",
    .usage_en = "HANDLE",
    .usage_fr = "REPÈRE",
    .summary = N_("Opens a record in your text editor and sends what you change."),
    .examples_en = "concert edit 4.1.1\nEDITOR=nano concert edit PA12",
    .examples_fr = "concert rediger 4.1.1\nEDITOR=nano concert rediger PA12",
    .options = options,
    .min_args = 1,
    .max_args = 1,
    .flags = COMMAND_WRITES,
    .run = run,
};
