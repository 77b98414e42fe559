/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The executor: from the host into guest code, and what faults leave. */
#include "interpreter/interpreter.h"

#include <string.h>
#include <ucontext.h>
#include "base/memory.h"
#include "interpreter/code.h"
#include "runtime/operations.h"

/* The first frame has no code and no caller; the function's own frame comes
 * behind its parameters. */
static whit_status call(rt_context *context, rt_function *function,
                        rt_slot *slots)
{
    const wasm_type *type = function->header.type;
    rt_instance *instance = function->instance;
    const interp_code *code;
    TRY(interp_prepare(instance->module, instance->checked, function->index,
                       &code, &context->error));
    const void *const *handlers = interp_handlers();
    rt_slot *first = context->stack_top;
    interp_activation activation = {
        .outer = context->activation,
        .exit_stub = handlers[INTERP_EXIT],
        .cross_stub = handlers[INTERP_CROSS_RETURN],
    };
    context->activation = &activation;
    uint32_t params = type->param_slots;
    uint32_t results = type->result_slots;
    size_t need = INTERP_HEADER_SLOTS + (size_t)params + results +
                  INTERP_HEADER_SLOTS + code->frame_bytes / 8;
    if ((size_t)(context->stack_end - first) < need ||
        context->depth >= context->depth_limit)
        return rt_trap_raise(context, RT_TRAP_STACK);
    *(interp_header *)first = (interp_header){NULL, NULL, NULL};
    rt_slot *values = first + INTERP_HEADER_SLOTS;
    for (uint32_t i = 0; i < params; i++)
        values[i] = slots[i];
    interp_header *header = (interp_header *)(values + params);
    *header = (interp_header){(const uint8_t *)&activation.exit_stub,
                              (uint8_t *)first, code};
    context->depth++;
    whit_status status =
        interp_run(code->bytes, (uint8_t *)header, instance, context);
    if (status == WHIT_OK)
        for (uint32_t i = 0; i < results; i++)
            slots[i] = values[i];
    return status;
}

/* Where the machine keeps ip and fp in handlers: the first two registers of
 * the calling convention. Without tail calls they were stored before. */
static void machine_state(interp_activation *activation, const void *machine)
{
#if defined(__clang__) && defined(__x86_64__) && defined(REG_R12)
    const ucontext_t *u = machine;
    activation->ip = (const uint8_t *)u->uc_mcontext.gregs[REG_R12];
    activation->fp = (uint8_t *)u->uc_mcontext.gregs[REG_R13];
#elif defined(__clang__) && defined(__aarch64__) && defined(__linux__)
    const ucontext_t *u = machine;
    activation->ip = (const uint8_t *)u->uc_mcontext.regs[20];
    activation->fp = (uint8_t *)u->uc_mcontext.regs[21];
#else
    (void)activation;
    (void)machine;
#endif
}

/* Whether `ip` is in the code of the frame at `fp`. */
static bool plausible(const rt_context *context, const uint8_t *ip,
                      const uint8_t *fp)
{
    if (fp < (const uint8_t *)context->stack ||
        fp + sizeof(interp_header) > (const uint8_t *)context->stack_end ||
        (uintptr_t)fp % sizeof(rt_slot))
        return false;
    const interp_code *code = ((const interp_header *)(const void *)fp)->code;
    return code && ip >= code->bytes && ip < code->bytes + code->size;
}

static void fault(rt_context *context, void *machine)
{
    interp_activation *activation = context->activation;
    if (!activation)
        return;
    if (interp_keeps_registers())
        machine_state(activation, machine);
    if (!plausible(context, activation->ip, activation->fp))
        activation->fp = NULL;
}

static void code_free(void *code)
{
    mem_free(code);
}

const rt_executor interp_executor = {
    .name = "interpreter",
    .call = call,
    .visit_roots = interp_visit_roots,
    .backtrace = interp_backtrace,
    .fault = fault,
    .code_free = code_free,
};
