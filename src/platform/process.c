/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Child processes through posix_spawn. */
#include "platform/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/limits.h"
#include "base/memory.h"

extern char **environ;

static const int guarded_signals[] = {SIGINT, SIGTERM, SIGHUP};
static struct sigaction guarded_before[COUNT_OF(guarded_signals)];
static volatile sig_atomic_t guarded_signal;
/* As kill takes it: negative for a whole group. 0 while none runs. */
static volatile sig_atomic_t guarded_child;

static void on_signal(int number)
{
    guarded_signal = number;
    if (guarded_child)
        kill((pid_t)guarded_child, number);
}

void process_guard(void)
{
    guarded_signal = 0;
    for (size_t i = 0; i < COUNT_OF(guarded_signals); i++) {
        sigaction(guarded_signals[i], NULL, &guarded_before[i]);
        if (guarded_before[i].sa_handler == SIG_IGN)
            continue;
        struct sigaction action = {.sa_handler = on_signal};
        sigemptyset(&action.sa_mask);
        sigaction(guarded_signals[i], &action, NULL);
    }
}

int process_guard_signal(void)
{
    return guarded_signal;
}

void process_unguard(void)
{
    for (size_t i = 0; i < COUNT_OF(guarded_signals); i++)
        sigaction(guarded_signals[i], &guarded_before[i], NULL);
}

void process_result_init(process_result *self)
{
    self->code = self->signal = 0;
    buffer_init(&self->output);
    buffer_init(&self->error);
}

void process_result_release(process_result *self)
{
    buffer_release(&self->output);
    buffer_release(&self->error);
}

bool process_executable(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISREG(info.st_mode) &&
           access(path, X_OK) == 0;
}

bool process_find(const char *name, buffer *path)
{
    buffer_clear(path);
    if (strchr(name, '/')) {
        buffer_text(path, name);
        return process_executable(name) && buffer_string(path);
    }
    const char *search = getenv("PATH");
    if (!search)
        search = "/usr/local/bin:/usr/bin:/bin";
    while (*search) {
        size_t length = strcspn(search, ":");
        buffer_clear(path);
        if (length)
            buffer_append(path, search, length);
        else
            buffer_text(path, ".");
        buffer_printf(path, "/%s", name);
        char *file = buffer_string(path);
        if (!file)
            return false;
        if (process_executable(file))
            return true;
        search += length + (search[length] == ':');
    }
    return false;
}

static bool names_same(const char *variable, const char *change)
{
    size_t length = strcspn(change, "=");
    return strncmp(variable, change, length) == 0 && variable[length] == '=';
}

/* A new array of borrowed strings; NULL when the heap is exhausted. */
static char **merge_environment(const char *const *changes)
{
    size_t count = 0, extra = 0;
    while (environ && environ[count])
        count++;
    while (changes && changes[extra])
        extra++;
    char **merged = mem_calloc(count + extra + 1, sizeof *merged);
    if (!merged)
        return NULL;
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        bool changed = false;
        for (size_t j = 0; j < extra && !changed; j++)
            changed = names_same(environ[i], changes[j]);
        if (!changed)
            merged[used++] = environ[i];
    }
    for (size_t j = 0; j < extra; j++) {
        bool later = false;
        for (size_t k = j + 1; k < extra && !later; k++)
            later = strcspn(changes[j], "=") == strcspn(changes[k], "=") &&
                    !strncmp(changes[j], changes[k], strcspn(changes[j], "="));
        if (!later && strchr(changes[j], '='))
            merged[used++] = (char *)changes[j];
    }
    merged[used] = NULL;
    return merged;
}

/* Pipes of one run; -1 marks an end that is not open. */
typedef struct pipes {
    int output[2];
    int error[2];
} pipes;

static void close_end(int *end)
{
    if (*end >= 0)
        close(*end);
    *end = -1;
}

static void close_pipes(pipes *p)
{
    for (int i = 0; i < 2; i++) {
        close_end(&p->output[i]);
        close_end(&p->error[i]);
    }
}

static int direct(posix_spawn_file_actions_t *actions, process_stream stream,
                  const int ends[2], int target)
{
    switch (stream) {
    case PROCESS_INHERIT:
        return 0;
    case PROCESS_CAPTURE:
        return posix_spawn_file_actions_adddup2(actions, ends[1], target);
    case PROCESS_NULL:
        break;
    }
    return posix_spawn_file_actions_addopen(actions, target, "/dev/null",
                                            O_WRONLY, 0);
}

/* Both return an errno value. */
static int spawn_with(const process_spec *spec, char *const *environment,
                      posix_spawn_file_actions_t *actions, pid_t *child)
{
    posix_spawnattr_t attributes;
    int status = posix_spawnattr_init(&attributes);
    if (status)
        return status;
    if (spec->group)
        status = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    if (!status)
        status = posix_spawnp(child, spec->argv[0], actions, &attributes,
                              (char *const *)spec->argv, environment);
    posix_spawnattr_destroy(&attributes);
    return status;
}

static int spawn(const process_spec *spec, char *const *environment, pipes *p,
                 pid_t *child)
{
    posix_spawn_file_actions_t actions;
    int status = posix_spawn_file_actions_init(&actions);
    if (status)
        return status;
    if (spec->output != PROCESS_INHERIT)
        status = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null",
                                                  O_RDONLY, 0);
    if (!status)
        status = direct(&actions, spec->output, p->output, 1);
    if (!status)
        status = direct(&actions, spec->error, p->error, 2);
    if (!status && spec->directory)
        status =
            posix_spawn_file_actions_addchdir_np(&actions, spec->directory);
    if (!status)
        status = spawn_with(spec, environment, &actions, child);
    posix_spawn_file_actions_destroy(&actions);
    return status;
}

/* Hands out the whole lines of `text` from *start on. */
static void give_lines(const process_spec *spec, const buffer *text,
                       size_t *start, bool finished)
{
    if (!spec->on_error_line || text->failed)
        return;
    while (*start < text->size) {
        const uint8_t *line = text->data + *start;
        size_t rest = text->size - *start;
        const uint8_t *end = memchr(line, '\n', rest);
        if (!end && !finished)
            return;
        size_t length = end ? (size_t)(end - line) : rest;
        spec->on_error_line(spec->context, slice_of(line, length));
        *start += length + 1;
    }
}

/* Reads once; false at the end of the stream. */
static bool drain(int *end, buffer *into)
{
    char chunk[16384];
    ssize_t got = read(*end, chunk, sizeof chunk);
    if (got < 0 && errno == EINTR)
        return true;
    if (got <= 0) {
        close_end(end);
        return false;
    }
    buffer_append(into, chunk, (size_t)got);
    return true;
}

static whit_status collect(const process_spec *spec, pipes *p,
                           process_result *result, whit_error *error)
{
    size_t limit =
        spec->capture_limit ? spec->capture_limit : LIMIT_CAPTURE_BYTES;
    size_t line_start = 0;
    while (p->output[0] >= 0 || p->error[0] >= 0) {
        struct pollfd ends[2] = {{p->output[0], POLLIN, 0},
                                 {p->error[0], POLLIN, 0}};
        if (poll(ends, 2, -1) < 0) {
            if (errno == EINTR)
                continue;
            return error_set(error, WHIT_IO, "poll: %s", strerror(errno));
        }
        if (ends[0].revents)
            drain(&p->output[0], &result->output);
        if (ends[1].revents) {
            drain(&p->error[0], &result->error);
            give_lines(spec, &result->error, &line_start, false);
        }
        if (result->output.size > limit || result->error.size > limit)
            return error_set(error, WHIT_LIMIT,
                             "%s printed more than %zu bytes", spec->argv[0],
                             limit);
    }
    give_lines(spec, &result->error, &line_start, true);
    TRY(buffer_status(&result->output, error));
    return buffer_status(&result->error, error);
}

static whit_status wait_for(pid_t child, const char *name,
                            process_result *result, whit_error *error)
{
    int status = 0;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return error_set(error, WHIT_IO, "waiting for %s: %s", name,
                             strerror(errno));
    result->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    result->code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
    return WHIT_OK;
}

static whit_status not_started(const process_spec *spec, int number,
                               whit_error *error)
{
    if (number == ENOENT && spec->directory &&
        access(spec->directory, X_OK) != 0)
        return error_set(error, WHIT_IO, "%s: %s", spec->directory,
                         strerror(errno));
    return error_set(error, number == ENOENT ? WHIT_MISSING_TOOL : WHIT_IO,
                     "cannot run %s: %s", spec->argv[0], strerror(number));
}

static whit_status open_pipes(const process_spec *spec, pipes *p,
                              whit_error *error)
{
    if (spec->output == PROCESS_CAPTURE && pipe2(p->output, O_CLOEXEC) < 0)
        return error_set(error, WHIT_IO, "pipe: %s", strerror(errno));
    if (spec->error == PROCESS_CAPTURE && pipe2(p->error, O_CLOEXEC) < 0)
        return error_set(error, WHIT_IO, "pipe: %s", strerror(errno));
    return WHIT_OK;
}

whit_status process_run(const process_spec *spec, process_result *result,
                        whit_error *error)
{
    buffer_clear(&result->output);
    buffer_clear(&result->error);
    pipes p = {{-1, -1}, {-1, -1}};
    whit_status status = open_pipes(spec, &p, error);
    char **environment = merge_environment(spec->environment);
    if (!environment && status == WHIT_OK)
        status = error_memory(error);
    if (status != WHIT_OK) {
        mem_free(environment);
        close_pipes(&p);
        return status;
    }
    pid_t child = 0;
    int number = spawn(spec, environment, &p, &child);
    mem_free(environment);
    if (number) {
        close_pipes(&p);
        return not_started(spec, number, error);
    }
    pid_t whom = spec->group ? -child : child;
    guarded_child = whom;
    if (guarded_signal)
        kill(whom, guarded_signal);
    close_end(&p.output[1]);
    close_end(&p.error[1]);
    status = collect(spec, &p, result, error);
    close_pipes(&p);
    if (status != WHIT_OK)
        kill(whom, SIGTERM);
    whit_status ended = wait_for(child, spec->argv[0], result, error);
    guarded_child = 0;
    return status != WHIT_OK ? status : ended;
}
