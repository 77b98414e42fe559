/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * A small stack machine for constant expressions. */
#include "runtime/constant.h"

#include <string.h>
#include "base/memory.h"
#include "runtime/local.h"
#include "runtime/numeric.h"
#include "runtime/operations.h"
#include "wasm/instruction.h"

enum { SLOTS_FIRST = 16 };

/* Invariant: validation has checked types and height, so pops never go
 * below the bottom. Objects on the stack are also in store->locals. */
typedef struct machine {
    rt_instance *instance;
    rt_slot *slots;
    size_t count, capacity;
    rt_slot first[SLOTS_FIRST];
    whit_error *error;
} machine;

static whit_status reserve(machine *self, size_t extra)
{
    if (self->capacity - self->count >= extra)
        return WHIT_OK;
    bool first = self->slots == self->first;
    size_t wanted = self->capacity * 2 + extra;
    rt_slot *grown =
        mem_realloc(first ? NULL : self->slots, wanted * sizeof *grown);
    TRY_ALLOC(grown, self->error);
    if (first)
        memcpy(grown, self->first, self->count * sizeof *grown);
    self->slots = grown;
    self->capacity = wanted;
    return WHIT_OK;
}

static whit_status push(machine *self, rt_slot value)
{
    TRY(reserve(self, 1));
    self->slots[self->count++] = value;
    return WHIT_OK;
}

static rt_slot pop(machine *self)
{
    return self->slots[--self->count];
}

static whit_status trapped(machine *self, rt_trap_code code)
{
    rt_trap *trap = &self->instance->store->context.trap;
    if (code == RT_TRAP_NONE)
        return WHIT_OK;
    trap->code = code;
    trap->detail[0] = 0;
    trap->frame_count = 0;
    return error_set(self->error, WHIT_TRAP, "%s: in a constant expression",
                     rt_trap_text(code));
}

static whit_status push_object(machine *self, rt_ref ref)
{
    if (!rt_local_push(self->instance->store, ref))
        return error_memory(self->error);
    return push(self, (rt_slot){.ref = ref});
}

static whit_status make_struct(machine *self, uint32_t index, bool zero)
{
    const wasm_type *type = self->instance->types[index];
    rt_ref ref;
    TRY(trapped(self, rt_struct_new(self->instance->store, type, &ref)));
    uint8_t *data = rt_object_data(rt_ref_object(ref));
    for (uint32_t i = zero ? 0 : type->field_count; i-- > 0;) {
        wasm_valtype storage = type->fields[i].type;
        self->count -= wasm_slots(storage);
        rt_storage_set(data + type->field_offsets[i], storage,
                       self->slots + self->count);
    }
    return push_object(self, ref);
}

static whit_status make_array(machine *self, uint32_t index, bool zero)
{
    const wasm_type *type = self->instance->types[index];
    uint32_t length = pop(self).u32;
    rt_ref ref;
    TRY(trapped(self, rt_array_new(self->instance->store, type, length, &ref)));
    if (!zero) {
        self->count -= wasm_slots(type->fields[0].type);
        TRY(trapped(self,
                    rt_array_fill(ref, 0, self->slots + self->count, length)));
    }
    return push_object(self, ref);
}

static whit_status make_fixed(machine *self, uint32_t index, uint32_t length)
{
    const wasm_type *type = self->instance->types[index];
    wasm_valtype storage = type->fields[0].type;
    rt_ref ref;
    TRY(trapped(self, rt_array_new(self->instance->store, type, length, &ref)));
    uint8_t *data = rt_object_data(rt_ref_object(ref));
    for (uint32_t i = length; i-- > 0;) {
        self->count -= wasm_slots(storage);
        rt_storage_set(data + (size_t)i * type->size, storage,
                       self->slots + self->count);
    }
    return push_object(self, ref);
}

static whit_status push_global(machine *self, uint32_t index)
{
    const rt_global *global = self->instance->globals[index];
    uint32_t slots = wasm_slots(global->type);
    TRY(reserve(self, slots));
    memcpy(self->slots + self->count, global->value, slots * sizeof(rt_slot));
    self->count += slots;
    return WHIT_OK;
}

static whit_status push_v128(machine *self, const uint8_t bytes[16])
{
    TRY(reserve(self, 2));
    memcpy(self->slots + self->count, bytes, 16);
    self->count += 2;
    return WHIT_OK;
}

static whit_status arithmetic(machine *self, uint16_t op)
{
    rt_slot b = pop(self), a = pop(self), r = {.u64 = 0};
    switch (op) {
    case WASM_OP_I32_ADD:
        r.u32 = num_i32_add(a.u32, b.u32);
        break;
    case WASM_OP_I32_SUB:
        r.u32 = num_i32_sub(a.u32, b.u32);
        break;
    case WASM_OP_I32_MUL:
        r.u32 = num_i32_mul(a.u32, b.u32);
        break;
    case WASM_OP_I64_ADD:
        r.u64 = num_i64_add(a.u64, b.u64);
        break;
    case WASM_OP_I64_SUB:
        r.u64 = num_i64_sub(a.u64, b.u64);
        break;
    default:
        r.u64 = num_i64_mul(a.u64, b.u64);
        break;
    }
    return push(self, r);
}

static whit_status step(machine *self, const wasm_instruction *instruction)
{
    uint32_t index = instruction->index;
    switch (instruction->op) {
    case WASM_OP_I32_CONST:
    case WASM_OP_I64_CONST:
    case WASM_OP_F32_CONST:
    case WASM_OP_F64_CONST:
        return push(self, (rt_slot){.u64 = instruction->value});
    case WASM_OP_V128_CONST:
        return push_v128(self, instruction->bytes);
    case WASM_OP_GLOBAL_GET:
        return push_global(self, index);
    case WASM_OP_REF_NULL:
        return push(self, (rt_slot){.ref = 0});
    case WASM_OP_REF_FUNC:
        return push(self, (rt_slot){.ref = rt_object_ref(
                                        self->instance->functions[index])});
    case WASM_OP_REF_I31:
        return push(self, (rt_slot){.ref = rt_i31(pop(self).u32)});
    case WASM_OP_ANY_CONVERT_EXTERN:
    case WASM_OP_EXTERN_CONVERT_ANY:
        return WHIT_OK;
    case WASM_OP_STRUCT_NEW:
        return make_struct(self, index, false);
    case WASM_OP_STRUCT_NEW_DEFAULT:
        return make_struct(self, index, true);
    case WASM_OP_ARRAY_NEW:
        return make_array(self, index, false);
    case WASM_OP_ARRAY_NEW_DEFAULT:
        return make_array(self, index, true);
    case WASM_OP_ARRAY_NEW_FIXED:
        return make_fixed(self, index, instruction->index2);
    default:
        return arithmetic(self, instruction->op);
    }
}

whit_status rt_constant_evaluate(rt_instance *instance, slice expression,
                                 rt_slot out[2], whit_error *error)
{
    machine self = {
        .instance = instance, .capacity = SLOTS_FIRST, .error = error};
    self.slots = self.first;
    size_t locals = instance->store->local_count;
    wasm_reader reader = wasm_reader_new(expression, 0);
    whit_status status = WHIT_OK;
    wasm_instruction instruction;
    wasm_next_instruction(&reader, &instruction);
    while (status == WHIT_OK && instruction.op != WASM_OP_END) {
        status = step(&self, &instruction);
        wasm_next_instruction(&reader, &instruction);
    }
    if (status == WHIT_OK)
        memcpy(out, self.slots, self.count * sizeof *out);
    instance->store->local_count = locals;
    if (self.slots != self.first)
        mem_free(self.slots);
    return status;
}
