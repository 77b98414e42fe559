/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Traps: why, and where in the guest. */
#ifndef RUNTIME_TRAP_H
#define RUNTIME_TRAP_H

#include <stdint.h>
#include "base/buffer.h"
#include "base/limits.h"

/* RT_TRAP_NONE is 0: operations return a trap code, 0 meaning success. */
typedef enum rt_trap_code {
    RT_TRAP_NONE,
#define X(name, text) RT_TRAP_##name,
#include <whit/traps.def>
#undef X
    RT_TRAP_COUNT
} rt_trap_code;

const char *rt_trap_text(rt_trap_code code);

struct rt_module;

typedef struct rt_frame {
    struct rt_module *module; /* borrowed: lives as long as the store */
    uint32_t function;        /* index in the module */
    uint32_t offset;          /* bytes from the start of the module, or of
                               * the body in a module from text */
} rt_frame;

typedef struct rt_trap {
    rt_trap_code code;
    char detail[160]; /* "" or what exceeded which limit */
    uint32_t frame_count;
    rt_frame frames[LIMIT_BACKTRACE_FRAMES]; /* innermost first */
} rt_trap;

/* Appends the sentence, the detail, and one line for each frame:
 * "\n    at name (0xoffset)", or "(line N)" when its module came from text.
 * The first line stands without the others. */
void rt_trap_format(const rt_trap *trap, buffer *out);

#endif
