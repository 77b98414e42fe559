/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Validation of a body or constant expression: one pass over the bytes. */
#include "wasm/validate_private.h"

#include "base/limits.h"
#include "base/memory.h"
#include "wasm/positions.h"

/* Byte offset in the module; false when it does not lie in its bytes. */
static bool offset_of(const wasm_validator *v, const uint8_t *at, uint64_t *out)
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
    for (unsigned op = 0; op < COUNT_OF(v->shapes); op++) {
        const wasm_opcode_info *info = &wasm_opcodes[op];
        if (!info->text)
            continue;
        if (info->immediates == WASM_IMM_MEMARG && !memory32)
            continue;
        v->shapes[op] = make_shape(info);
    }
    v->shapes[WASM_OP_LOCAL_GET].kind = VALIDATE_LOCAL_GET;
    v->shapes[WASM_OP_LOCAL_SET].kind = VALIDATE_LOCAL_SET;
    v->shapes[WASM_OP_LOCAL_TEE].kind = VALIDATE_LOCAL_TEE;
    v->shapes[WASM_OP_I32_CONST] =
        (validate_shape){.kind = VALIDATE_CONST, .result = WASM_I32};
    v->shapes[WASM_OP_I64_CONST] =
        (validate_shape){.kind = VALIDATE_CONST, .result = WASM_I64};
    v->shapes[WASM_OP_DROP].kind = VALIDATE_DROP;
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

/* Bytes that the short ways below may look at, from the opcode on. */
#define SHORT_BYTES 5

/* Bytes of an integer of up to `most` bytes, 0 when it is longer. */
static inline unsigned short_leb(const uint8_t *cursor, unsigned most)
{
    for (unsigned size = 1; size <= most; size++)
        if (cursor[size - 1] < 0x80)
            return size;
    return 0;
}

/* The type of the local that the index behind `cursor` names, when nothing
 * has to be tracked; else BOTTOM. */
static inline wasm_valtype short_local(const wasm_validator *v,
                                       const uint8_t *cursor, unsigned *size)
{
    uint32_t index = cursor[1];
    *size = 2;
    if (index >= 0x80) {
        if (cursor[2] >= 0x80)
            return WASM_BOTTOM;
        index = (index & 0x7f) | (uint32_t)cursor[2] << 7;
        *size = 3;
    }
    if (index >= v->flat_count)
        return WASM_BOTTOM;
    wasm_valtype type = v->flat[index];
    return (type & 0xff) == WASM_REF ? WASM_BOTTOM : type;
}

/* Bytes of a load or store with a small offset, or 0. */
static inline unsigned short_memarg(const uint8_t *cursor, uint8_t align)
{
    if (cursor[1] > align)
        return 0;
    unsigned size = short_leb(cursor + 2, SHORT_BYTES - 2);
    return size ? size + 2 : 0;
}

static inline unsigned short_local_get(const wasm_validator *v,
                                       const uint8_t *cursor, wasm_valtype **sp)
{
    unsigned size;
    wasm_valtype type = short_local(v, cursor, &size);
    if (type == WASM_BOTTOM || *sp == v->limit)
        return 0;
    *(*sp)++ = type;
    return size;
}

/* One instruction at `cursor`, without any call: its bytes, and *sp moved, or
 * 0 and nothing changed when it has to be read in full. */
static inline unsigned check_short(const wasm_validator *v,
                                   const uint8_t *cursor, wasm_valtype **sp)
{
    const validate_shape *shape = &v->shapes[*cursor];
    wasm_valtype *top = *sp, type;
    size_t height = (size_t)(top - v->base);
    unsigned size = 1;
    switch ((validate_kind)shape->kind) {
    case VALIDATE_SLOW:
        return 0;
    case VALIDATE_LOCAL_GET:
        return short_local_get(v, cursor, sp);
    case VALIDATE_LOCAL_SET:
        type = short_local(v, cursor, &size);
        if (type == WASM_BOTTOM || !height || top[-1] != type)
            return 0;
        *sp = top - 1;
        return size;
    case VALIDATE_LOCAL_TEE:
        type = short_local(v, cursor, &size);
        if (type == WASM_BOTTOM || !height || top[-1] != type)
            return 0;
        return size;
    case VALIDATE_CONST:
        size = short_leb(cursor + 1, SHORT_BYTES - 1);
        if (!size || top == v->limit)
            return 0;
        *top = shape->result;
        *sp = top + 1;
        return size + 1;
    case VALIDATE_UNARY:
        if (!height || top[-1] != shape->first)
            return 0;
        top[-1] = shape->result;
        return size;
    case VALIDATE_BINARY:
        if (height < 2 || top[-1] != shape->second || top[-2] != shape->first)
            return 0;
        top[-2] = shape->result;
        *sp = top - 1;
        return size;
    case VALIDATE_LOAD:
        size = short_memarg(cursor, shape->align);
        if (!height || top[-1] != WASM_I32)
            return 0;
        if (size)
            top[-1] = shape->result;
        return size;
    case VALIDATE_STORE:
        size = short_memarg(cursor, shape->align);
        if (height < 2 || top[-1] != shape->second || top[-2] != WASM_I32)
            return 0;
        if (size)
            *sp = top - 2;
        return size;
    case VALIDATE_DROP:
        if (!height)
            return 0;
        *sp = top - 1;
        return size;
    }
    return 0;
}

/* Takes the short way as far as it goes. */
static void check_run(wasm_validator *v)
{
    const uint8_t *cursor = v->reader.cursor, *end = v->reader.end;
    wasm_valtype *sp = v->sp;
    while (end - cursor >= SHORT_BYTES) {
        unsigned size;
        /* A quarter of all instructions are these: a branch of their own is
         * guessed better than the switch's jump. */
        if (cursor[0] == WASM_OP_LOCAL_GET)
            size = short_local_get(v, cursor, &sp);
        else
            size = check_short(v, cursor, &sp);
        if (!size)
            break;
        cursor += size;
    }
    v->reader.cursor = cursor;
    v->sp = sp;
}

/* Says where the instruction in hand stands, unless a reader has. */
static whit_status located(const wasm_validator *v, whit_status status)
{
    whit_error *error = v->error;
    wasm_position position;
    if (LIKELY(status == WHIT_OK) || !error || status == WHIT_OUT_OF_MEMORY)
        return status;
    /* Without the module's bytes its offset means nothing. */
    if (error->position == WHIT_POSITION_OFFSET && v->module->bytes.size)
        return status;
    error->position = WHIT_POSITION_NONE;
    if (offset_of(v, v->current, &error->offset)) {
        error->position = WHIT_POSITION_OFFSET;
    } else if (wasm_code_position(v->module, v->current, &position)) {
        error->position = WHIT_POSITION_LINE;
        error->line = position.line;
        error->column = position.column;
    }
    return status;
}

/* From the function's frame to its `end`. */
static whit_status check_all(wasm_validator *v)
{
    while (v->frame_count) {
        if (!v->constant)
            check_run(v);
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
    offset_of(v, bytes.data, &offset);
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

static whit_status check_body(wasm_validator *v, uint32_t function)
{
    const wasm_function *f = &v->module->functions[function];
    TRY(start(v, f->code.body, &v->types[f->type]->func));
    TRY(set_locals(v, &f->code));
    return check_all(v);
}

whit_status wasm_validator_body(wasm_validator *v, uint32_t function)
{
    v->constant = false;
    return located(v, check_body(v, function));
}

static whit_status check_expr(wasm_validator *v, slice expr,
                              const wasm_functype *func)
{
    TRY(start(v, expr, func));
    return check_all(v);
}

whit_status wasm_validator_expr(wasm_validator *v, slice expr,
                                wasm_valtype type)
{
    wasm_functype func = {.results = &type, .result_count = 1};
    v->constant = true;
    v->local_count = v->flat_count = 0;
    return located(v, check_expr(v, expr, &func));
}
