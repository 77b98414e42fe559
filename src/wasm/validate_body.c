/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Validation of a body or constant expression: one pass over the bytes. */
#include "wasm/validate_private.h"

#include "base/limits.h"
#include "base/memory.h"

bool wasm_validator_offset(const wasm_validator *v, const uint8_t *at,
                           uint64_t *out)
{
    const slice bytes = v->module->bytes;
    uintptr_t start = (uintptr_t)bytes.data, place = (uintptr_t)at;
    if (place < start || place - start > bytes.size || !bytes.size)
        return false;
    *out = place - start;
    return true;
}

/* ---- Shapes ---- */

static uint8_t letter_byte(char letter)
{
    switch (letter) {
    case 'i':
    case 'a':
        return WASM_I32;
    case 'l':
        return WASM_I64;
    case 'f':
        return WASM_F32;
    }
    return WASM_F64;
}

/* Shapes of numeric instructions and of accesses to a 32-bit memory 0. */
static validate_shape make_shape(const wasm_opcode_info *info)
{
    validate_shape shape = {.align = info->align};
    const char *s = info->signature;
    unsigned pops = 0;
    while (s[pops] && s[pops] != ':')
        pops++;
    if (!s[0] || pops == 0 || pops > 2)
        return shape;
    bool memory = info->immediates == WASM_IMM_MEMARG;
    if (!memory && info->immediates != WASM_IMM_NONE)
        return shape;
    bool pushes = s[pops + 1];
    shape.first = letter_byte(s[0]);
    shape.second = pops == 2 ? letter_byte(s[1]) : 0;
    shape.result = pushes ? letter_byte(s[pops + 1]) : 0;
    if (memory)
        shape.kind = pops == 1 ? VALIDATE_LOAD : VALIDATE_STORE;
    else
        shape.kind = pops == 1 ? VALIDATE_UNARY : VALIDATE_BINARY;
    return shape;
}

void wasm_validator_shapes(wasm_validator *v)
{
    const wasm_module *m = v->module;
    bool memory32 = m->memory_count && !m->memories[0].limits.is64;
    for (unsigned op = 0; op < COUNT_OF(v->body_shapes); op++) {
        const wasm_opcode_info *info = &wasm_opcodes[op];
        if (!info->text)
            continue;
        if (info->immediates == WASM_IMM_MEMARG && !memory32)
            continue;
        v->body_shapes[op] = make_shape(info);
    }
    v->body_shapes[WASM_OP_LOCAL_GET].kind = VALIDATE_LOCAL_GET;
    v->body_shapes[WASM_OP_LOCAL_SET].kind = VALIDATE_LOCAL_SET;
    v->body_shapes[WASM_OP_LOCAL_TEE].kind = VALIDATE_LOCAL_TEE;
    v->body_shapes[WASM_OP_I32_CONST].kind = VALIDATE_I32_CONST;
    v->body_shapes[WASM_OP_DROP].kind = VALIDATE_DROP;
}

/* ---- Locals ---- */

static whit_status add_group(wasm_validator *v, uint32_t count,
                             wasm_valtype type)
{
    TRY(mem_grow((void **)&v->groups, &v->group_room, v->group_count,
                 sizeof *v->groups, SIZE_MAX / sizeof *v->groups,
                 "groups of locals", v->error));
    while (v->flat_count < VALIDATE_FLAT_LOCALS &&
           v->flat_count < v->local_count + count)
        v->flat[v->flat_count++] = type;
    v->local_count += count;
    v->groups[v->group_count++] = (validate_group){v->local_count, type};
    return WHIT_OK;
}

static whit_status set_locals(wasm_validator *v, const wasm_code *code)
{
    v->local_count = v->flat_count = v->group_count = 0;
    for (uint32_t i = 0; i < v->func->param_count; i++)
        TRY(add_group(v, 1, v->func->params[i]));
    for (uint32_t i = 0; i < code->local_group_count; i++) {
        wasm_valtype type = code->locals[i].type;
        if (wasm_is_ref(type) || type == WASM_V128)
            TRY(wasm_validator_valtype(v, type, &type));
        TRY(add_group(v, code->locals[i].count, type));
    }
    return WHIT_OK;
}

whit_status wasm_validator_local(wasm_validator *v, uint32_t index,
                                 wasm_valtype *out)
{
    TRY(wasm_validator_index(v, index, v->local_count, "local"));
    if (index < v->flat_count) {
        *out = v->flat[index];
        return WHIT_OK;
    }
    uint32_t low = 0, high = v->group_count - 1;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (index < v->groups[middle].end)
            high = middle;
        else
            low = middle + 1;
    }
    *out = v->groups[low].type;
    return WHIT_OK;
}

whit_status wasm_validator_init_local(wasm_validator *v, uint32_t index)
{
    enum { WORDS = (LIMIT_LOCALS + LIMIT_PARAMS) / 64 + 1 };
    if (!v->init_bits) {
        v->init_bits = mem_calloc(WORDS, sizeof *v->init_bits);
        TRY_ALLOC(v->init_bits, v->error);
    }
    TRY(mem_grow((void **)&v->inits, &v->init_room, v->init_count,
                 sizeof *v->inits, SIZE_MAX / sizeof *v->inits,
                 "initialized locals", v->error));
    v->init_bits[index / 64] |= (uint64_t)1 << index % 64;
    v->inits[v->init_count++] = index;
    return WHIT_OK;
}

/* ---- The loop ---- */

/* Instructions of constant expressions (section 3.4.10). */
static bool is_constant(uint16_t op)
{
    switch (op) {
    case WASM_OP_END:
    case WASM_OP_I32_CONST:
    case WASM_OP_I64_CONST:
    case WASM_OP_F32_CONST:
    case WASM_OP_F64_CONST:
    case WASM_OP_V128_CONST:
    case WASM_OP_I32_ADD:
    case WASM_OP_I32_SUB:
    case WASM_OP_I32_MUL:
    case WASM_OP_I64_ADD:
    case WASM_OP_I64_SUB:
    case WASM_OP_I64_MUL:
    case WASM_OP_GLOBAL_GET:
    case WASM_OP_REF_NULL:
    case WASM_OP_REF_FUNC:
    case WASM_OP_REF_I31:
    case WASM_OP_STRUCT_NEW:
    case WASM_OP_STRUCT_NEW_DEFAULT:
    case WASM_OP_ARRAY_NEW:
    case WASM_OP_ARRAY_NEW_DEFAULT:
    case WASM_OP_ARRAY_NEW_FIXED:
    case WASM_OP_ANY_CONVERT_EXTERN:
    case WASM_OP_EXTERN_CONVERT_ANY:
        return true;
    }
    return false;
}

static whit_status check_slow(wasm_validator *v)
{
    wasm_instruction instruction;
    v->current = v->reader.cursor;
    TRY(wasm_read_instruction(&v->reader, &instruction, v->error));
    if (v->constant && !is_constant(instruction.op))
        return wasm_validator_fail(v,
                                   "constant expression required: %s is "
                                   "not constant",
                                   wasm_opcodes[instruction.op].text);
    return wasm_validator_control(v, &instruction);
}

/* The type of a local whose index is one byte and lies behind `cursor`, when
 * nothing has to be tracked; else BOTTOM. */
static inline wasm_valtype short_local(const wasm_validator *v,
                                       const uint8_t *cursor)
{
    if (v->reader.end - cursor < 2)
        return WASM_BOTTOM;
    uint8_t index = cursor[1];
    if (index >= 0x80 || index >= v->flat_count)
        return WASM_BOTTOM;
    wasm_valtype type = v->flat[index];
    return (type & 0xff) == WASM_REF ? WASM_BOTTOM : type;
}

/* Bytes of a load or store with a small offset, or 0. */
static inline unsigned short_memarg(const wasm_validator *v,
                                    const uint8_t *cursor, uint8_t align)
{
    if (v->reader.end - cursor < 5 || cursor[1] > align)
        return 0;
    if (cursor[2] < 0x80)
        return 3;
    if (cursor[3] < 0x80)
        return 4;
    return cursor[4] < 0x80 ? 5 : 0;
}

static inline unsigned short_const(const wasm_validator *v,
                                   const uint8_t *cursor)
{
    if (v->reader.end - cursor < 5)
        return 0;
    if (cursor[1] < 0x80)
        return 2;
    if (cursor[2] < 0x80)
        return 3;
    if (cursor[3] < 0x80)
        return 4;
    return cursor[4] < 0x80 ? 5 : 0;
}

static inline bool has_one(const wasm_validator *v, wasm_valtype type)
{
    return v->sp > v->base && v->sp[-1] == type;
}

static inline bool has_two(const wasm_validator *v, wasm_valtype first,
                           wasm_valtype second)
{
    return v->sp - v->base >= 2 && v->sp[-1] == second && v->sp[-2] == first;
}

/* Takes the short way through one instruction, without any call; false when
 * it has to be read in full. Nothing has changed then. */
static inline bool check_fast(wasm_validator *v)
{
    const uint8_t *cursor = v->reader.cursor;
    const validate_shape *shape = &v->shapes[*cursor];
    wasm_valtype type;
    unsigned size;
    switch ((validate_kind)shape->kind) {
    case VALIDATE_SLOW:
        return false;
    case VALIDATE_LOCAL_GET:
        type = short_local(v, cursor);
        if (type == WASM_BOTTOM || v->sp == v->limit)
            return false;
        *v->sp++ = type;
        v->reader.cursor += 2;
        return true;
    case VALIDATE_LOCAL_SET:
        type = short_local(v, cursor);
        if (type == WASM_BOTTOM || !has_one(v, type))
            return false;
        v->sp--;
        v->reader.cursor += 2;
        return true;
    case VALIDATE_LOCAL_TEE:
        type = short_local(v, cursor);
        if (type == WASM_BOTTOM || !has_one(v, type))
            return false;
        v->reader.cursor += 2;
        return true;
    case VALIDATE_I32_CONST:
        size = short_const(v, cursor);
        if (!size || v->sp == v->limit)
            return false;
        *v->sp++ = WASM_I32;
        v->reader.cursor += size;
        return true;
    case VALIDATE_UNARY:
        if (!has_one(v, shape->first))
            return false;
        v->sp[-1] = shape->result;
        v->reader.cursor++;
        return true;
    case VALIDATE_BINARY:
        if (!has_two(v, shape->first, shape->second))
            return false;
        v->sp--;
        v->sp[-1] = shape->result;
        v->reader.cursor++;
        return true;
    case VALIDATE_LOAD:
        size = short_memarg(v, cursor, shape->align);
        if (!size || !has_one(v, WASM_I32))
            return false;
        v->sp[-1] = shape->result;
        v->reader.cursor += size;
        return true;
    case VALIDATE_STORE:
        size = short_memarg(v, cursor, shape->align);
        if (!size || !has_two(v, WASM_I32, shape->second))
            return false;
        v->sp -= 2;
        v->reader.cursor += size;
        return true;
    case VALIDATE_DROP:
        if (v->sp == v->base)
            return false;
        v->sp--;
        v->reader.cursor++;
        return true;
    }
    return false;
}

/* From the function's frame to its `end`. */
static whit_status check_all(wasm_validator *v)
{
    while (v->frame_count) {
        if (LIKELY(v->reader.cursor < v->reader.end) && check_fast(v))
            continue;
        TRY(check_slow(v));
    }
    v->current = v->reader.cursor;
    if (v->reader.cursor != v->reader.end)
        return wasm_validator_fail_malformed(
            v, "section size mismatch: bytes behind the last end");
    return WHIT_OK;
}

static whit_status start(wasm_validator *v, slice bytes,
                         const wasm_functype *func)
{
    uint64_t offset = 0;
    v->current = bytes.data;
    wasm_validator_offset(v, bytes.data, &offset);
    v->reader = wasm_reader_new(bytes, offset);
    v->func = func;
    v->sp = v->base = v->stack;
    v->frame_count = 0;
    for (uint32_t n = 0; n < v->init_count; n++)
        v->init_bits[v->inits[n] / 64] = 0;
    v->init_count = 0;
    validate_frame frame = {.op = WASM_OP_UNREACHABLE,
                            .results = func->results,
                            .result_count = func->result_count};
    return wasm_validator_enter(v, &frame);
}

whit_status wasm_validator_body(wasm_validator *v, uint32_t function)
{
    const wasm_function *f = &v->module->functions[function];
    const wasm_functype *func = &v->types[f->type]->func;
    v->constant = false;
    v->shapes = v->body_shapes;
    TRY(start(v, f->code.body, func));
    TRY(set_locals(v, &f->code));
    return check_all(v);
}

whit_status wasm_validator_expr(wasm_validator *v, slice expr,
                                wasm_valtype type)
{
    wasm_functype func = {.results = &type, .result_count = 1};
    v->constant = true;
    v->shapes = v->no_shapes;
    v->local_count = v->flat_count = 0;
    TRY(start(v, expr, &func));
    return check_all(v);
}
