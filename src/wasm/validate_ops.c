/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Validation of variables, tables, memories, references and vectors. */
#include <string.h>

#include "wasm/validate_private.h"

/* ---- Parametric ---- */

static bool is_number(wasm_valtype type)
{
    return type == WASM_BOTTOM || !wasm_is_ref(type);
}

static whit_status check_select(wasm_validator *v)
{
    wasm_valtype a, b;
    TRY(wasm_validator_pop(v, WASM_I32));
    TRY(wasm_validator_pop_any(v, &a));
    TRY(wasm_validator_pop_any(v, &b));
    if (!is_number(a) || !is_number(b))
        return wasm_validator_fail(
            v, "type mismatch: select of references needs a type");
    if (a != b && a != WASM_BOTTOM && b != WASM_BOTTOM)
        return wasm_validator_mismatch(v, a, b);
    return wasm_validator_push(v, a == WASM_BOTTOM ? b : a);
}

static whit_status check_select_typed(wasm_validator *v,
                                      const wasm_instruction *i)
{
    if (i->type_count != 1)
        return wasm_validator_fail(v,
                                   "invalid result arity: select with %u "
                                   "types, 1 is expected",
                                   i->type_count);
    const uint8_t *cursor = i->types;
    wasm_valtype type = 0;
    TRY(wasm_validator_valtype(v, wasm_next_valtype(&cursor), &type));
    TRY(wasm_validator_pop(v, WASM_I32));
    TRY(wasm_validator_pop(v, type));
    TRY(wasm_validator_pop(v, type));
    return wasm_validator_push(v, type);
}

/* ---- Globals ---- */

static whit_status check_global_get(wasm_validator *v, uint32_t index)
{
    const wasm_module *m = v->module;
    uint32_t count = v->constant ? v->visible_globals : m->global_count;
    TRY(wasm_validator_index(v, index, count, "global"));
    const wasm_global *global = &m->globals[index];
    if (v->constant && global->mutable_)
        return wasm_validator_fail(
            v, "constant expression required: global %u is mutable", index);
    return wasm_validator_push(v, wasm_validator_canonical(v, global->type));
}

static whit_status check_global_set(wasm_validator *v, uint32_t index)
{
    const wasm_module *m = v->module;
    TRY(wasm_validator_index(v, index, m->global_count, "global"));
    if (!m->globals[index].mutable_)
        return wasm_validator_fail(v, "immutable global %u", index);
    return wasm_validator_pop(
        v, wasm_validator_canonical(v, m->globals[index].type));
}

/* ---- Tables ---- */

static whit_status table_of(wasm_validator *v, uint32_t index,
                            wasm_valtype *type, wasm_valtype *address)
{
    const wasm_module *m = v->module;
    TRY(wasm_validator_index(v, index, m->table_count, "table"));
    *type = wasm_validator_canonical(v, m->tables[index].type);
    *address = wasm_validator_address(m->tables[index].limits);
    return WHIT_OK;
}

static whit_status elem_type(wasm_validator *v, uint32_t index,
                             wasm_valtype *out)
{
    const wasm_module *m = v->module;
    TRY(wasm_validator_index(v, index, m->elem_count, "elem segment"));
    *out = wasm_validator_canonical(v, m->elems[index].type);
    return WHIT_OK;
}

/* A length that must fit two address types is of the smaller one. */
static wasm_valtype smaller(wasm_valtype a, wasm_valtype b)
{
    return a == WASM_I32 ? a : b;
}

static whit_status check_table_copy(wasm_validator *v,
                                    const wasm_instruction *i)
{
    wasm_valtype to, from, to_address, from_address;
    TRY(table_of(v, i->index, &to, &to_address));
    TRY(table_of(v, i->index2, &from, &from_address));
    if (!wasm_validator_matches(v, from, to))
        return wasm_validator_mismatch(v, from, to);
    TRY(wasm_validator_pop(v, smaller(to_address, from_address)));
    TRY(wasm_validator_pop(v, from_address));
    return wasm_validator_pop(v, to_address);
}

static whit_status check_table_init(wasm_validator *v,
                                    const wasm_instruction *i)
{
    wasm_valtype type, address, element;
    TRY(table_of(v, i->index2, &type, &address));
    TRY(elem_type(v, i->index, &element));
    if (!wasm_validator_matches(v, element, type))
        return wasm_validator_mismatch(v, element, type);
    TRY(wasm_validator_pop(v, WASM_I32));
    TRY(wasm_validator_pop(v, WASM_I32));
    return wasm_validator_pop(v, address);
}

static whit_status check_table(wasm_validator *v, const wasm_instruction *i)
{
    wasm_valtype type, address;
    TRY(table_of(v, i->index, &type, &address));
    switch (i->op) {
    case WASM_OP_TABLE_GET:
        TRY(wasm_validator_pop(v, address));
        return wasm_validator_push(v, type);
    case WASM_OP_TABLE_SET:
        TRY(wasm_validator_pop(v, type));
        return wasm_validator_pop(v, address);
    case WASM_OP_TABLE_SIZE:
        return wasm_validator_push(v, address);
    case WASM_OP_TABLE_GROW:
        TRY(wasm_validator_pop(v, address));
        TRY(wasm_validator_pop(v, type));
        return wasm_validator_push(v, address);
    }
    /* table.fill */
    TRY(wasm_validator_pop(v, address));
    TRY(wasm_validator_pop(v, type));
    return wasm_validator_pop(v, address);
}

/* ---- Memories ---- */

static whit_status memory_of(wasm_validator *v, uint32_t index,
                             wasm_valtype *address)
{
    const wasm_module *m = v->module;
    TRY(wasm_validator_index(v, index, m->memory_count, "memory"));
    *address = wasm_validator_address(m->memories[index].limits);
    return WHIT_OK;
}

static whit_status check_memory_copy(wasm_validator *v,
                                     const wasm_instruction *i)
{
    wasm_valtype to, from;
    TRY(memory_of(v, i->index, &to));
    TRY(memory_of(v, i->index2, &from));
    TRY(wasm_validator_pop(v, smaller(to, from)));
    TRY(wasm_validator_pop(v, from));
    return wasm_validator_pop(v, to);
}

static whit_status check_data(wasm_validator *v, uint32_t index)
{
    if (!v->module->has_data_count)
        return wasm_validator_fail_malformed(v, "data count section required");
    return wasm_validator_index(v, index, v->module->data_count,
                                "data segment");
}

static whit_status check_memory_init(wasm_validator *v,
                                     const wasm_instruction *i)
{
    wasm_valtype address;
    TRY(check_data(v, i->index));
    TRY(memory_of(v, i->index2, &address));
    TRY(wasm_validator_pop(v, WASM_I32));
    TRY(wasm_validator_pop(v, WASM_I32));
    return wasm_validator_pop(v, address);
}

static whit_status check_memory(wasm_validator *v, const wasm_instruction *i)
{
    wasm_valtype address;
    TRY(memory_of(v, i->index, &address));
    switch (i->op) {
    case WASM_OP_MEMORY_SIZE:
        return wasm_validator_push(v, address);
    case WASM_OP_MEMORY_GROW:
        TRY(wasm_validator_pop(v, address));
        return wasm_validator_push(v, address);
    }
    /* memory.fill */
    TRY(wasm_validator_pop(v, address));
    TRY(wasm_validator_pop(v, WASM_I32));
    return wasm_validator_pop(v, address);
}

static whit_status check_memarg(wasm_validator *v, const wasm_instruction *i,
                                wasm_valtype *address)
{
    unsigned natural = wasm_opcodes[i->op].align;
    if (i->memarg.align > natural)
        return wasm_validator_fail(
            v,
            "alignment must not be larger than natural: 2^%u, natural is "
            "2^%u",
            i->memarg.align, natural);
    if (i->op >= WASM_OP_MEMORY_ATOMIC_NOTIFY && i->memarg.align != natural)
        return wasm_validator_fail(
            v,
            "alignment must be natural in atomic instructions: 2^%u, "
            "natural is 2^%u",
            i->memarg.align, natural);
    TRY(memory_of(v, i->memarg.memory, address));
    if (*address == WASM_I32 && i->memarg.offset > UINT32_MAX)
        return wasm_validator_fail(
            v, "offset out of range: an i32 memory ends at 4 GiB");
    return WHIT_OK;
}

/* ---- References ---- */

static whit_status check_ref_func(wasm_validator *v, uint32_t index)
{
    const wasm_module *m = v->module;
    TRY(wasm_validator_index(v, index, m->function_count, "function"));
    if (v->constant)
        v->declared[index] = 1;
    else if (!v->declared[index])
        return wasm_validator_fail(
            v,
            "undeclared function reference: function %u occurs in no "
            "export, element segment or global",
            index);
    uint32_t id = v->types[m->functions[index].type]->id;
    return wasm_validator_push(v, wasm_ref(id, false));
}

static whit_status check_ref(wasm_validator *v, const wasm_instruction *i)
{
    wasm_valtype ref;
    wasm_heaptype heap = 0;
    switch (i->op) {
    case WASM_OP_REF_NULL:
        TRY(wasm_validator_heaptype(v, i->heap, &heap));
        return wasm_validator_push(v, wasm_ref(heap, true));
    case WASM_OP_REF_IS_NULL:
        TRY(wasm_validator_pop_ref(v, &ref));
        return wasm_validator_push(v, WASM_I32);
    case WASM_OP_REF_AS_NON_NULL:
        TRY(wasm_validator_pop_ref(v, &ref));
        return wasm_validator_push(v, wasm_ref(wasm_heap(ref), false));
    case WASM_OP_REF_EQ:
        TRY(wasm_validator_pop(v, wasm_ref(WASM_HEAP_EQ, true)));
        TRY(wasm_validator_pop(v, wasm_ref(WASM_HEAP_EQ, true)));
        return wasm_validator_push(v, WASM_I32);
    }
    return check_ref_func(v, i->index);
}

/* ---- Locals, where the loop's short way did not apply ---- */

static bool is_init(const wasm_validator *v, uint32_t local)
{
    return v->init_bits && (v->init_bits[local / 64] >> local % 64 & 1);
}

static whit_status check_local(wasm_validator *v, const wasm_instruction *i)
{
    wasm_valtype type;
    TRY(wasm_validator_local(v, i->index, &type));
    bool tracked = wasm_is_ref(type) && !wasm_is_nullable(type) &&
                   i->index >= v->func->param_count;
    if (i->op == WASM_OP_LOCAL_GET) {
        if (tracked && !is_init(v, i->index))
            return wasm_validator_fail(v, "uninitialized local %u", i->index);
        return wasm_validator_push(v, type);
    }
    TRY(wasm_validator_pop(v, type));
    if (tracked && !is_init(v, i->index))
        TRY(wasm_validator_init_local(v, i->index));
    return i->op == WASM_OP_LOCAL_TEE ? wasm_validator_push(v, type) : WHIT_OK;
}

/* ---- Plain signatures ---- */

/* Lanes of a shape, which instructions with lanes are named after. */
static unsigned lanes_of(const wasm_instruction *i)
{
    const wasm_opcode_info *info = &wasm_opcodes[i->op];
    if (info->immediates == WASM_IMM_MEMARG_LANE)
        return 16u >> info->align;
    const char *x = strchr(info->text, 'x');
    if (!x)
        return 16;
    return x[1] == '1' ? 16 : (unsigned)(x[1] - '0');
}

static whit_status check_lanes(wasm_validator *v, const wasm_instruction *i)
{
    switch (wasm_opcodes[i->op].immediates) {
    case WASM_IMM_LANE:
    case WASM_IMM_MEMARG_LANE:
        if (i->lane >= lanes_of(i))
            return wasm_validator_fail(v,
                                       "invalid lane index %u: there are "
                                       "%u lanes",
                                       i->lane, lanes_of(i));
        break;
    case WASM_IMM_SHUFFLE:
        for (unsigned n = 0; n < sizeof i->bytes; n++)
            if (i->bytes[n] >= 32)
                return wasm_validator_fail(v,
                                           "invalid lane index %u: there "
                                           "are 32 lanes",
                                           i->bytes[n]);
        break;
    }
    return WHIT_OK;
}

static wasm_valtype letter_type(char letter, wasm_valtype address)
{
    switch (letter) {
    case 'i':
        return WASM_I32;
    case 'l':
        return WASM_I64;
    case 'f':
        return WASM_F32;
    case 'd':
        return WASM_F64;
    case 'v':
        return WASM_V128;
    }
    return address;
}

static whit_status check_signature(wasm_validator *v, const wasm_instruction *i)
{
    const wasm_opcode_info *info = &wasm_opcodes[i->op];
    wasm_valtype address = WASM_I32;
    if (info->immediates == WASM_IMM_MEMARG ||
        info->immediates == WASM_IMM_MEMARG_LANE)
        TRY(check_memarg(v, i, &address));
    TRY(check_lanes(v, i));
    const char *colon = strchr(info->signature, ':');
    if (!colon)
        return wasm_validator_fail_malformed(v, "illegal opcode");
    for (const char *s = colon; s > info->signature; s--)
        TRY(wasm_validator_pop(v, letter_type(s[-1], address)));
    for (const char *s = colon + 1; *s; s++)
        TRY(wasm_validator_push(v, letter_type(*s, address)));
    return WHIT_OK;
}

whit_status wasm_validator_op(wasm_validator *v, const wasm_instruction *i)
{
    wasm_valtype type;
    switch (i->op) {
    case WASM_OP_LOCAL_GET:
    case WASM_OP_LOCAL_SET:
    case WASM_OP_LOCAL_TEE:
        return check_local(v, i);
    case WASM_OP_DROP:
        return wasm_validator_pop_any(v, &type);
    case WASM_OP_SELECT:
        return check_select(v);
    case WASM_OP_SELECT_T:
        return check_select_typed(v, i);
    case WASM_OP_GLOBAL_GET:
        return check_global_get(v, i->index);
    case WASM_OP_GLOBAL_SET:
        return check_global_set(v, i->index);
    case WASM_OP_TABLE_GET:
    case WASM_OP_TABLE_SET:
    case WASM_OP_TABLE_SIZE:
    case WASM_OP_TABLE_GROW:
    case WASM_OP_TABLE_FILL:
        return check_table(v, i);
    case WASM_OP_TABLE_COPY:
        return check_table_copy(v, i);
    case WASM_OP_TABLE_INIT:
        return check_table_init(v, i);
    case WASM_OP_ELEM_DROP:
        return elem_type(v, i->index, &type);
    case WASM_OP_MEMORY_SIZE:
    case WASM_OP_MEMORY_GROW:
    case WASM_OP_MEMORY_FILL:
        return check_memory(v, i);
    case WASM_OP_MEMORY_COPY:
        return check_memory_copy(v, i);
    case WASM_OP_MEMORY_INIT:
        return check_memory_init(v, i);
    case WASM_OP_DATA_DROP:
        return check_data(v, i->index);
    case WASM_OP_REF_NULL:
    case WASM_OP_REF_IS_NULL:
    case WASM_OP_REF_FUNC:
    case WASM_OP_REF_EQ:
    case WASM_OP_REF_AS_NON_NULL:
        return check_ref(v, i);
    case WASM_OP_ATOMIC_FENCE:
        return wasm_validator_feature(v, WASM_FEATURE_THREADS, "atomic.fence");
    }
    if (i->op >= 0x100 && i->op < 0x200)
        return wasm_validator_gc(v, i);
    if (i->op >= 0x500)
        TRY(wasm_validator_feature(v, WASM_FEATURE_THREADS,
                                   wasm_opcodes[i->op].text));
    else if (i->op >= 0x300)
        TRY(wasm_validator_feature(v, WASM_FEATURE_SIMD,
                                   wasm_opcodes[i->op].text));
    return check_signature(v, i);
}
