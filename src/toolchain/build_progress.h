/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * How long work tells its caller what it is doing. */
#ifndef TOOLCHAIN_BUILD_PROGRESS_H
#define TOOLCHAIN_BUILD_PROGRESS_H

typedef enum tool_saying {
    TOOL_SAY_STEP,   /* one line: what begins now */
    TOOL_SAY_TICK,   /* one line that the next one may overwrite */
    TOOL_SAY_DETAIL, /* one line for the curious: commands, choices */
    TOOL_SAY_OUTPUT  /* a tool's own words, many lines, to be shown as is */
} tool_saying;

/* `say` may be NULL. The text is valid during the call only. */
typedef struct tool_progress {
    void (*say)(void *context, tool_saying kind, const char *text);
    void *context;
} tool_progress;

static inline void tool_say(const tool_progress *progress, tool_saying kind,
                            const char *text)
{
    if (progress && progress->say && text)
        progress->say(progress->context, kind, text);
}

#endif
