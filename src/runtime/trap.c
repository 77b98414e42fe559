/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Traps in words. */
#include "runtime/store.h"
#include "wasm/positions.h"

static const char *const trap_texts[] = {
    "no trap",
#define X(name, text) text,
#include <whit/traps.def>
#undef X
};

const char *rt_trap_text(rt_trap_code code)
{
    return code < RT_TRAP_COUNT ? trap_texts[code] : "unknown trap";
}

void rt_trap_format(const rt_trap *trap, buffer *out)
{
    /* The detail of the canonical ABI says all. */
    bool alone = trap->code == RT_TRAP_CANONICAL && trap->detail[0];
    if (!alone)
        buffer_text(out, rt_trap_text(trap->code));
    /* The detail of these two is the element's index. */
    bool element = trap->code == RT_TRAP_UNDEFINED_ELEMENT ||
                   trap->code == RT_TRAP_UNINITIALIZED_ELEMENT;
    if (trap->detail[0])
        buffer_printf(out,
                      alone     ? "%s"
                      : element ? " %s"
                                : ": %s",
                      trap->detail);
    for (uint32_t i = 0; i < trap->frame_count; i++) {
        const rt_frame *frame = &trap->frames[i];
        slice name = rt_module_function_name(frame->module, frame->function);
        buffer_text(out, "\n    at ");
        if (name.size)
            buffer_slice(out, name);
        else
            buffer_printf(out, "function %u", frame->function);
        wasm_position position;
        if (wasm_module_position(frame->module->wasm, frame->function,
                                 frame->offset, &position))
            buffer_printf(out, " (line %u)", position.line);
        else
            buffer_printf(out, " (0x%x)", frame->offset);
    }
}
