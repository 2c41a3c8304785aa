/* A report for people: its sheets one after the other, each by its shape, the notes in their
 * places. */
#include "printers/cell.h"

#include <stdint.h>
#include <string.h>

#include "text.h"

/* A line to be typed, or taken from the screen. */
static bool is_command(const char *text, size_t indent)
{
    static const char program[] = "concert ";

    return indent > 0 && strncmp(text + indent, program, sizeof(program) - 1) == 0;
}

/* The bytes of the next word, with what stands in quotes in it. */
static size_t shell_word(const char *text)
{
    bool quoted = false;
    size_t length = 0;

    for (; text[length] != '\0' && (quoted || text[length] != ' '); length++)
        quoted = quoted != (text[length] == '"');
    return length;
}

/* A command goes on as a shell reads it: behind a backslash, and never within quotes. */
static void print_command(const char *text, size_t indent, const struct printer_page *page)
{
    const char *rest = text + indent;
    size_t used = indent;

    fprintf(page->out, "%*s", (int)indent, "");
    while (*rest != '\0') {
        const size_t length = shell_word(rest);
        const char *word = arena_copy(page->arena, rest, length);
        const size_t width = word == NULL ? 0 : text_width(word);

        rest += length;
        rest += strspn(rest, " ");
        if (used > indent && used + 1 + width + (*rest == '\0' ? 0 : 2) > page->width) {
            fprintf(page->out, " \\\n%*s", (int)indent + 2, "");
            used = indent + 2;
        } else if (used > indent) {
            fputc(' ', page->out);
            used++;
        }
        fputs(word == NULL ? "" : word, page->out);
        used += width;
    }
    fputc('\n', page->out);
}

/* One line of the text; what does not fit goes on below it, further in than its beginning. */
static void print_line(const char *text, const struct printer_page *page)
{
    size_t indent = strspn(text, " ");
    size_t room = page->width > 2 * (indent + 1) ? page->width - indent : page->width;
    const char *rest = text + indent, *line;
    bool first = true;

    if (is_command(text, indent)) {
        print_command(text, indent, page);
        return;
    }
    while ((line = cell_line(&rest, first || indent == 0 ? room : room - 2, page->arena)) != NULL) {
        fprintf(page->out, "%*s%s\n", (int)(first || indent == 0 ? indent : indent + 2), "", line);
        first = false;
    }
    if (first)
        fputc('\n', page->out);
}

static void print_wrapped(const char *text, const struct printer_page *page)
{
    const char *rest = cell_clean(text, page->arena);
    const char *line;

    while ((line = cell_line(&rest, SIZE_MAX, page->arena)) != NULL)
        print_line(line, page);
}

/* The notes that stand under the first `place` sheets. True when there were any. */
static bool print_notes(
    const struct report *report, size_t place, const struct printer_page *page, bool blank)
{
    size_t count;
    const char *const *notes = report_notes(report, &count);
    bool any = false;

    for (size_t i = 0; i < count; i++) {
        if (report_note_place(report, i) != place)
            continue;
        if (!any && blank)
            fputc('\n', page->out);
        print_wrapped(notes[i], page);
        any = true;
    }
    return any;
}

static void line_sheet(const struct sheet *sheet, const struct printer_page *page)
{
    for (size_t row = 0; row < sheet_rows(sheet); row++)
        fprintf(page->out, "%s\n", sheet_cell(sheet, row, 0).text);
}

static void (*const shapes[])(const struct sheet *, const struct printer_page *) = {
    [SHEET_TABLE] = tree_sheet,
    [SHEET_TREE] = tree_sheet,
    [SHEET_OUTLINE] = outline_sheet,
    [SHEET_CARD] = card_sheet,
    [SHEET_LINE] = line_sheet,
};

static void print_sheet(const struct sheet *sheet, const struct printer_page *page)
{
    const char *title = sheet_title(sheet);

    if (title != NULL) {
        fputs(cell_tone(SHEET_STRONG, page), page->out);
        print_wrapped(title, page);
        fputs(cell_plain(SHEET_STRONG, page), page->out);
    }
    shapes[sheet_shape(sheet)](sheet, page);
}

void table_print(const struct report *report, const struct printer_page *page)
{
    bool blank = print_notes(report, 0, page, false);

    for (size_t i = 0; i < report_count(report); i++) {
        const struct sheet *sheet = report_get(report, i);
        if (sheet_rows(sheet) > 0) {
            if (blank)
                fputc('\n', page->out);
            print_sheet(sheet, page);
            blank = true;
        }
        if (print_notes(report, i + 1, page, blank))
            blank = true;
    }
}
