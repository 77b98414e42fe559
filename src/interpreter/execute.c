/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Runs register code: every handler, for either way of dispatch. */
#include "interpreter/execute_macros.h"

#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#endif

/* A checked address in any memory, NULL when out of bounds. `which` is the
 * memory's index times 2, plus 1 when addresses are 64 bits. */
static inline uint8_t *general_address(const rt_instance *inst,
                                       const rt_slot *address, uint32_t which,
                                       uint64_t offset, uint64_t size)
{
    rt_memory *memory = inst->memories[which >> 1];
    uint64_t at = which & 1 ? address->u64 : address->u32;
    uint64_t limit = atomic_load_explicit(&memory->size, memory_order_relaxed);
    if (UNLIKELY(size > limit || offset > limit - size ||
                 at > limit - size - offset))
        return NULL;
    return memory->base + at + offset;
}

static inline uint8_t *atomic_address(const rt_instance *inst,
                                      const rt_slot *address, uint32_t which,
                                      uint64_t offset, uint64_t size,
                                      rt_trap_code *code)
{
    uint8_t *at = general_address(inst, address, which, offset, size);
    *code = RT_TRAP_MEMORY_BOUNDS;
    if (LIKELY(at) && UNLIKELY((uintptr_t)at % size)) {
        *code = RT_TRAP_UNALIGNED_ATOMIC;
        return NULL;
    }
    return at;
}

/* The comparand of a compare-exchange; `digit` is of i32 or i64. */
static inline uint64_t wide_operand(char digit, const rt_slot *slot)
{
    return digit == '3' ? slot->u32 : slot->u64;
}

static inline bool is_sub(const wasm_type *type, const wasm_type *super)
{
    return type->depth >= super->depth && type->supers[super->depth] == super;
}

static inline bool matches_type(rt_ref ref, const wasm_type *type,
                                uint32_t nullable)
{
    if (!ref)
        return nullable;
    if (rt_ref_is_i31(ref))
        return false;
    const wasm_type *is = rt_ref_object(ref)->type;
    return is == type || (is && is_sub(is, type));
}

static __attribute__((noinline)) bool matches(const rt_instance *inst,
                                              rt_ref ref, wasm_valtype type)
{
    return rt_ref_matches(inst->store->engine->types, ref, type);
}

static __attribute__((noinline)) void
fill_struct(rt_ref ref, const wasm_type *type, const rt_slot *s)
{
    uint8_t *data = rt_object_data(rt_ref_object(ref));
    for (uint32_t i = 0; i < type->field_count; i++) {
        wasm_valtype field = type->fields[i].type;
        rt_storage_set(data + type->field_offsets[i], field, s);
        s += wasm_slots(field);
    }
}

static __attribute__((noinline)) void
fill_array(rt_ref ref, const wasm_type *type, const rt_slot *s, uint32_t count)
{
    uint8_t *data = rt_object_data(rt_ref_object(ref));
    wasm_valtype element = type->fields[0].type;
    for (uint32_t i = 0; i < count; i++) {
        rt_storage_set(data + (size_t)i * type->size, element, s);
        s += wasm_slots(element);
    }
}

static __attribute__((noinline)) whit_status
prepare_cell(const rt_instance *inst, interp_code **cell, whit_error *error)
{
    uint32_t defined = (uint32_t)(cell - (interp_code **)inst->code);
    uint32_t function =
        defined + inst->module->wasm->imported[WASM_EXTERN_FUNC];
    const interp_code *code;
    return interp_prepare(inst->module, inst->checked, function, &code, error);
}

HANDLER(COLD_TRAP);
HANDLER(COLD_STATUS);
HANDLER(COLD_PREPARE);
HANDLER(COLD_CALL);
HANDLER(COLD_TAIL_CALL);

#include "interpreter/handlers_numeric.h"
#include "interpreter/handlers_control.h"
#include "interpreter/handlers_object.h"

static const handler handlers[] = {
#define X(name, format) handle_##name,
#include "interpreter/ops_expand.h"
#undef X
};

const void *const *interp_handlers(void)
{
    return (const void *const *)(const void *)handlers;
}

bool interp_keeps_registers(void)
{
    return INTERP_TAILCALL;
}

#if INTERP_TAILCALL
whit_status interp_run(const uint8_t *ip, uint8_t *fp, rt_instance *instance,
                       rt_context *context)
{
    return handler_at(ip)(ip, fp, interp_memory(instance), instance, context, 0,
                          0, 0);
}
#else
/* The activation moves into the machine, which handlers find through the
 * context. */
whit_status interp_run(const uint8_t *ip, uint8_t *fp, rt_instance *instance,
                       rt_context *context)
{
    machine m = {.activation = *interp_active(context),
                 .ip = ip,
                 .fp = fp,
                 .mem = interp_memory(instance),
                 .inst = instance};
    interp_activation *outside = interp_active(context);
    context->activation = &m.activation;
    whit_status status;
    do
        status = handler_at(m.ip)(m.ip, m.fp, m.mem, m.inst, context, m.acc,
                                  m.facc, m.dacc);
    while (status == RUN_ON);
    context->activation = outside;
    return status;
}
#endif
