/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What host functions may ask and do. */
#include "runtime/host.h"

#include "runtime/memory.h"
#include "runtime/operations.h"

whit_status rt_caller_memory(rt_caller *caller, uint8_t **base, size_t *size,
                             whit_error *error)
{
    rt_instance *instance = caller->instance;
    rt_memory *memory = instance ? instance->exported_memory : NULL;
    if (!memory)
        return error_set(error, WHIT_TRAP,
                         "the calling instance exports no memory named "
                         "\"memory\"");
    *base = memory->base;
    *size = (size_t)memory_size(memory);
    return WHIT_OK;
}

whit_status rt_throw(rt_caller *caller, struct rt_tag *tag,
                     const rt_slot *values, whit_error *error)
{
    rt_ref exception;
    rt_trap_code code =
        rt_exception_new(caller->store, tag, values, &exception);
    if (code != RT_TRAP_NONE)
        return error_set(error, WHIT_TRAP, "%s", rt_trap_text(code));
    caller->context->exception = exception;
    return WHIT_EXCEPTION;
}

bool rt_caller_interrupted(const rt_caller *caller)
{
    const rt_context *context = caller->context;
    return atomic_load_explicit(context->epoch, memory_order_relaxed) >=
           context->deadline;
}
