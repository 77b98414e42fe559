/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Running another program and waiting for it; no shell is involved. */
#ifndef PLATFORM_PROCESS_H
#define PLATFORM_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include "base/buffer.h"
#include "base/error.h"

/* Where a stream of the child goes. */
typedef enum process_stream {
    PROCESS_INHERIT, /* the stream of this process, colours included */
    PROCESS_CAPTURE, /* into the result's buffer */
    PROCESS_NULL     /* /dev/null */
} process_stream;

/* All pointers are borrowed for the duration of process_run. */
typedef struct process_spec {
    const char *const *argv; /* ends with NULL; argv[0] is a path or a name
                                that is looked up in PATH */
    /* Changes to this process's environment, ends with NULL, may be NULL:
     * "NAME=VALUE" sets, "NAME" alone removes. */
    const char *const *environment;
    const char *directory; /* NULL stays where we are */
    process_stream output;
    process_stream error;
    /* Called for each whole line of captured error text, without the line
     * feed, as it arrives. May be NULL. */
    void (*on_error_line)(void *context, slice line);
    void *context;
    size_t capture_limit; /* bytes kept per stream, 0 is 64 MiB */
    /* The child leads a process group of its own, and signals that are passed
     * on reach all of it: for a child that starts others. It must not read
     * the terminal. */
    bool group;
} process_spec;

/* Buffers hold what was captured. Exactly one of code and signal counts:
 * signal is 0 when the child ended by itself. */
typedef struct process_result {
    int code;
    int signal;
    buffer output;
    buffer error;
} process_result;

void process_result_init(process_result *self);
void process_result_release(process_result *self);

/* WHIT_OK when the child ran to its end, whatever its exit code; fails with
 * MISSING_TOOL when there is no such program, with IO when it cannot be
 * started, with LIMIT when it says more than capture_limit. `result` must be
 * initialised; standard input is /dev/null unless the child's output is
 * inherited. */
whit_status process_run(const process_spec *spec, process_result *result,
                        whit_error *error) WHIT_MUST_CHECK;

/* The executable file `name` stands for: itself when it has a slash, else
 * the first of PATH. Writes the path into `path` and returns true. */
bool process_find(const char *name, buffer *path);
bool process_executable(const char *path);

/* Between guard and unguard SIGINT, SIGTERM and SIGHUP do not end this
 * process: they are passed on to the running child and remembered, so that
 * temporary files can be removed. Not to be nested; one thread at a time. */
void process_guard(void);
/* The signal that came since process_guard, or 0. */
int process_guard_signal(void);
void process_unguard(void);

#endif
