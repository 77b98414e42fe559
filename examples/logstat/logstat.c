/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The program: reads access logs and prints a report. */

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "report.h"

enum {
    LINE_MAX_BYTES = 64 << 10, /* longer lines count as malformed */
    PATHS_MAX = 200000,
    HOSTS_MAX = 200000,
    FILES_MAX = 10000,
    NAME_MAX_BYTES = 4096,
    BAR_WIDTH = 36
};

static const char USAGE[] =
    "Usage: logstat [OPTION]... [FILE|FOLDER]...\n"
    "\n"
    "Reads web server logs in the combined format and prints a report. Of a\n"
    "folder all files ending in .log are read, in order of name. No file, or\n"
    "'-', is standard input.\n"
    "\n"
    "  -n, --top N         rows of each table (10)\n"
    "  -s, --status CODE   only this status, or class, as 404 or 5xx\n"
    "  -p, --path PREFIX   only paths that start so\n"
    "  -w, --show-bad      print malformed lines to standard error\n"
    "  -h, --help          this text\n"
    "\n"
    "Exit status: 0 done, 1 a file could not be read, 2 wrong usage.\n";

typedef struct {
    size_t top;
    int status_low, status_high;
    const char *path;
    bool show_bad;
    bool help;
} options;

typedef struct {
    const options *options;
    statistics *statistics;
    char *line;
    size_t size;
    bool too_long;
    bool out_of_memory;
} reader;

static bool fail(const char *what, const char *why)
{
    fprintf(stderr, "logstat: %s: %s\n", what, why);
    return false;
}

/* --- options --- */

static bool parse_status(const char *text, options *out)
{
    if (strlen(text) != 3 || text[0] < '1' || text[0] > '5')
        return fail(text, "a status is a number as 404, or a class as 5xx");
    if (!strcmp(text + 1, "xx")) {
        out->status_low = (text[0] - '0') * 100;
        out->status_high = out->status_low + 99;
        return true;
    }
    char *end;
    long status = strtol(text, &end, 10);
    if (*end)
        return fail(text, "a status is a number as 404, or a class as 5xx");
    out->status_low = out->status_high = (int)status;
    return true;
}

static bool parse_top(const char *text, options *out)
{
    char *end;
    long top = strtol(text, &end, 10);

    if (*end || end == text || top < 1 || top > 100000)
        return fail(text, "--top takes a number from 1 to 100000");
    out->top = (size_t)top;
    return true;
}

static bool is_option(const char *word, const char *brief, const char *full)
{
    return !strcmp(word, brief) || !strcmp(word, full);
}

/* Leaves the inputs at the front of `words`, and their number in *count. */
static bool parse_options(char **words, int *count, options *out)
{
    int inputs = 0;
    bool plain = false;

    for (int i = 1; i < *count; i++) {
        const char *word = words[i];
        const char *value = i + 1 < *count ? words[i + 1] : NULL;
        if (plain || word[0] != '-' || !word[1]) {
            words[inputs++] = words[i];
            continue;
        }
        if (!strcmp(word, "--")) {
            plain = true;
        } else if (is_option(word, "-h", "--help")) {
            out->help = true;
        } else if (is_option(word, "-w", "--show-bad")) {
            out->show_bad = true;
        } else if (is_option(word, "-n", "--top") && value) {
            if (!parse_top(words[++i], out))
                return false;
        } else if (is_option(word, "-s", "--status") && value) {
            if (!parse_status(words[++i], out))
                return false;
        } else if (is_option(word, "-p", "--path") && value) {
            out->path = words[++i];
        } else {
            return fail(word, "no such option, or its value is missing; "
                              "--help lists them");
        }
    }
    *count = inputs;
    return true;
}

/* --- reading --- */

static bool is_wanted(const options *wanted, const record *item)
{
    size_t size = wanted->path ? strlen(wanted->path) : 0;

    return item->status >= wanted->status_low &&
           item->status <= wanted->status_high && item->path.size >= size &&
           (!size || !memcmp(item->path.at, wanted->path, size));
}

/* Takes the line that was gathered, and starts the next. */
static void line_end(reader *in)
{
    statistics *out = in->statistics;
    record item;
    size_t size = in->size;

    in->size = 0;
    if (size && in->line[size - 1] == '\r')
        size--;
    if (!size && !in->too_long)
        return;
    out->lines++;
    if (in->too_long || !record_parse(in->line, size, &item)) {
        out->malformed++;
        if (in->options->show_bad)
            fprintf(stderr, "malformed: %.*s\n", (int)(size > 200 ? 200 : size),
                    in->line);
    } else if (!is_wanted(in->options, &item)) {
        out->filtered++;
    } else if (!statistics_add(out, &item)) {
        in->out_of_memory = true;
    }
    in->too_long = false;
}

static bool read_stream(reader *in, FILE *stream, const char *name)
{
    static char block[1 << 16];
    size_t got;

    while ((got = fread(block, 1, sizeof block, stream)) > 0) {
        for (const char *at = block, *end = block + got; at < end;) {
            const char *stop = memchr(at, '\n', (size_t)(end - at));
            size_t size = (size_t)((stop ? stop : end) - at);
            size_t room = LINE_MAX_BYTES - in->size;
            memcpy(in->line + in->size, at, size < room ? size : room);
            in->size += size < room ? size : room;
            in->too_long |= size > room;
            if (!stop)
                break;
            line_end(in);
            at = stop + 1;
        }
        if (in->out_of_memory)
            return fail(name, "out of memory");
    }
    if (in->size || in->too_long)
        line_end(in);
    return ferror(stream) ? fail(name, strerror(errno)) : true;
}

static bool read_file(reader *in, const char *name)
{
    FILE *stream = fopen(name, "rb");
    bool done;

    if (!stream)
        return fail(name, strerror(errno));
    done = read_stream(in, stream, name);
    fclose(stream);
    return done;
}

static int by_name(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static bool is_log(const char *name)
{
    size_t size = strlen(name);

    return size > 4 && !strcmp(name + size - 4, ".log");
}

/* The paths of the logs in a folder, sorted; the caller frees them all. NULL
 * and *count 0 when it cannot be read. */
static char **list_folder(const char *folder, size_t *count)
{
    char **names = calloc(FILES_MAX, sizeof *names);
    DIR *handle = opendir(folder);
    struct dirent *item;

    *count = 0;
    while (names && handle && *count < FILES_MAX && (item = readdir(handle))) {
        char path[NAME_MAX_BYTES];
        int size = snprintf(path, sizeof path, "%s/%s", folder, item->d_name);
        if (!is_log(item->d_name) || size < 0 || size >= NAME_MAX_BYTES)
            continue;
        names[*count] = strdup(path);
        if (names[*count])
            ++*count;
    }
    if (!handle) {
        free(names);
        return NULL;
    }
    closedir(handle);
    if (names)
        qsort(names, *count, sizeof *names, by_name);
    return names;
}

static bool read_folder(reader *in, const char *folder)
{
    size_t count;
    char **names = list_folder(folder, &count);
    bool done = true;

    if (!names)
        return fail(folder, strerror(errno));
    if (!count)
        done = fail(folder, "no file that ends in .log");
    for (size_t i = 0; i < count; i++) {
        done &= read_file(in, names[i]);
        free(names[i]);
    }
    free(names);
    return done;
}

static bool read_input(reader *in, const char *name)
{
    struct stat about;

    if (!strcmp(name, "-"))
        return read_stream(in, stdin, "standard input");
    if (!stat(name, &about) && S_ISDIR(about.st_mode))
        return read_folder(in, name);
    return read_file(in, name);
}

int main(int count, char **words)
{
    static statistics counted;
    options wanted = {.top = 10, .status_low = 100, .status_high = 599};
    bool done = true;

    if (!parse_options(words, &count, &wanted))
        return 2;
    if (wanted.help) {
        fputs(USAGE, stdout);
        return 0;
    }
    statistics_init(&counted, PATHS_MAX, HOSTS_MAX);
    reader in = {.options = &wanted, .statistics = &counted};
    in.line = malloc(LINE_MAX_BYTES);
    if (!in.line) {
        fail("start", "out of memory");
        return 1;
    }
    if (!count)
        done = read_input(&in, "-");
    for (int i = 0; i < count; i++)
        done &= read_input(&in, words[i]);
    statistics_print(&counted, wanted.top, BAR_WIDTH);
    free(in.line);
    statistics_release(&counted);
    return done && !fflush(stdout) ? 0 : 1;
}
