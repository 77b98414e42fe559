/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What instructions take and give, where labels are, what cannot run. */
#include "base/leb128.h"
#include "toolchain/shrink_body.h"

uint64_t body_bytes_size(const body_bytes *bytes)
{
    uint64_t size = bytes->code.size + leb128_size_u(bytes->group_count);
    for (uint32_t g = 0; g < bytes->group_count; g++) {
        wasm_valtype type = bytes->groups[g].type;
        size += leb128_size_u(bytes->groups[g].count) + 1;
        if (wasm_is_ref(type) && wasm_heap_is_index(wasm_heap(type)))
            size += leb128_size_s(wasm_heap(type));
        else if ((type & 0xff) == WASM_REF)
            size++;
    }
    return size + leb128_size_u(size);
}

static void block_counts(const body *self, const wasm_blocktype *type,
                         uint32_t *params, uint32_t *results)
{
    if (type->index != WASM_NO_INDEX) {
        const wasm_functype *func = &self->module->types[type->index].func;
        *params = func->param_count;
        *results = func->result_count;
    } else {
        *params = 0;
        *results = type->type != WASM_BOTTOM;
    }
}

static void call_effect(const body *self, uint32_t type, uint32_t extra,
                        uint32_t *pops, uint32_t *pushes)
{
    const wasm_functype *func = &self->module->types[type].func;
    *pops = func->param_count + extra;
    *pushes = func->result_count;
}

static bool set_effect(uint32_t *pops, uint32_t *pushes, uint32_t taken,
                       uint32_t given)
{
    *pops = taken;
    *pushes = given;
    return true;
}

/* Instructions of the reference and GC proposals without calls. */
static bool reference_effect(const body *self, const wasm_instruction *i,
                             uint32_t *pops, uint32_t *pushes)
{
    switch (i->op) {
    case WASM_OP_REF_NULL:
    case WASM_OP_REF_FUNC:
    case WASM_OP_STRUCT_NEW_DEFAULT:
        return set_effect(pops, pushes, 0, 1);
    case WASM_OP_STRUCT_NEW:
        return set_effect(pops, pushes,
                          self->module->types[i->index].field_count, 1);
    case WASM_OP_ARRAY_NEW_FIXED:
        return set_effect(pops, pushes, i->index2, 1);
    case WASM_OP_REF_IS_NULL:
    case WASM_OP_REF_AS_NON_NULL:
    case WASM_OP_STRUCT_GET:
    case WASM_OP_STRUCT_GET_S:
    case WASM_OP_STRUCT_GET_U:
    case WASM_OP_ARRAY_NEW_DEFAULT:
    case WASM_OP_ARRAY_LEN:
    case WASM_OP_REF_TEST:
    case WASM_OP_REF_TEST_NULL:
    case WASM_OP_REF_CAST:
    case WASM_OP_REF_CAST_NULL:
    case WASM_OP_ANY_CONVERT_EXTERN:
    case WASM_OP_EXTERN_CONVERT_ANY:
    case WASM_OP_REF_I31:
    case WASM_OP_I31_GET_S:
    case WASM_OP_I31_GET_U:
        return set_effect(pops, pushes, 1, 1);
    case WASM_OP_REF_EQ:
    case WASM_OP_ARRAY_NEW:
    case WASM_OP_ARRAY_NEW_DATA:
    case WASM_OP_ARRAY_NEW_ELEM:
    case WASM_OP_ARRAY_GET:
    case WASM_OP_ARRAY_GET_S:
    case WASM_OP_ARRAY_GET_U:
        return set_effect(pops, pushes, 2, 1);
    case WASM_OP_STRUCT_SET:
        return set_effect(pops, pushes, 2, 0);
    case WASM_OP_ARRAY_SET:
        return set_effect(pops, pushes, 3, 0);
    case WASM_OP_ARRAY_FILL:
    case WASM_OP_ARRAY_INIT_DATA:
    case WASM_OP_ARRAY_INIT_ELEM:
        return set_effect(pops, pushes, 4, 0);
    case WASM_OP_ARRAY_COPY:
        return set_effect(pops, pushes, 5, 0);
    default:
        return false;
    }
}

bool body_effect(const body *self, const body_ins *ins, uint32_t *pops,
                 uint32_t *pushes)
{
    const wasm_instruction *i = &ins->i;
    const char *s = wasm_opcodes[i->op].signature;
    *pops = *pushes = 0;
    if (*s) {
        while (*s != ':')
            s++, ++*pops;
        while (*++s)
            ++*pushes;
        return true;
    }
    switch (i->op) {
    case WASM_OP_NOP:
    case WASM_OP_DATA_DROP:
    case WASM_OP_ELEM_DROP:
    case WASM_OP_ATOMIC_FENCE:
        return true;
    case WASM_OP_DROP:
    case WASM_OP_LOCAL_SET:
    case WASM_OP_GLOBAL_SET:
        return set_effect(pops, pushes, 1, 0);
    case WASM_OP_SELECT:
    case WASM_OP_SELECT_T:
        return set_effect(pops, pushes, 3, 1);
    case WASM_OP_LOCAL_GET:
    case WASM_OP_GLOBAL_GET:
    case WASM_OP_TABLE_SIZE:
        return set_effect(pops, pushes, 0, 1);
    case WASM_OP_LOCAL_TEE:
    case WASM_OP_TABLE_GET:
        return set_effect(pops, pushes, 1, 1);
    case WASM_OP_TABLE_SET:
        return set_effect(pops, pushes, 2, 0);
    case WASM_OP_TABLE_GROW:
        return set_effect(pops, pushes, 2, 1);
    case WASM_OP_MEMORY_INIT:
    case WASM_OP_MEMORY_COPY:
    case WASM_OP_MEMORY_FILL:
    case WASM_OP_TABLE_INIT:
    case WASM_OP_TABLE_COPY:
    case WASM_OP_TABLE_FILL:
        return set_effect(pops, pushes, 3, 0);
    case WASM_OP_CALL:
        call_effect(self, self->module->functions[i->index].type, 0, pops,
                    pushes);
        return true;
    case WASM_OP_CALL_INDIRECT:
    case WASM_OP_CALL_REF:
        call_effect(self, i->index, 1, pops, pushes);
        return true;
    default:
        return reference_effect(self, i, pops, pushes);
    }
}

uint32_t body_expression(const body *self, const body_ins *code, uint32_t last)
{
    uint32_t need = 1;
    for (uint32_t n = last;; n--) {
        uint32_t pops, pushes;
        if (!body_effect(self, &code[n], &pops, &pushes) || pushes > need)
            return WASM_NO_INDEX;
        need = need - pushes + pops;
        if (!need)
            return n;
        if (!n)
            return WASM_NO_INDEX;
    }
}

/* Numeric and vector instructions alone; the ones that trap are named. */
static bool is_pure_number(uint16_t op)
{
    if ((op >= WASM_OP_I32_DIV_S && op <= WASM_OP_I32_REM_U) ||
        (op >= WASM_OP_I64_DIV_S && op <= WASM_OP_I64_REM_U) ||
        (op >= WASM_OP_I32_TRUNC_F32_S && op <= WASM_OP_I32_TRUNC_F64_U) ||
        (op >= WASM_OP_I64_TRUNC_F32_S && op <= WASM_OP_I64_TRUNC_F64_U))
        return false;
    return (op >= WASM_OP_I32_CONST && op <= WASM_OP_I64_EXTEND32_S) ||
           (op >= WASM_OP_I32_TRUNC_SAT_F32_S &&
            op <= WASM_OP_I64_TRUNC_SAT_F64_U);
}

bool body_is_pure(const body_ins *ins)
{
    switch (ins->i.op) {
    case WASM_OP_LOCAL_GET:
    case WASM_OP_GLOBAL_GET:
    case WASM_OP_REF_NULL:
    case WASM_OP_REF_FUNC:
    case WASM_OP_REF_IS_NULL:
    case WASM_OP_SELECT:
    case WASM_OP_SELECT_T:
    case WASM_OP_V128_CONST:
        return true;
    default:
        return is_pure_number(ins->i.op);
    }
}

body_ins *body_swap(body *self, uint32_t room)
{
    body_ins *full = self->code;
    uint32_t capacity = self->capacity;
    if (self->spare_capacity < room) {
        self->spare = arena_alloc(self->arena, room * sizeof *self->spare);
        self->spare_capacity = self->spare ? room : 0;
        if (!self->spare) {
            self->failed = true;
            return NULL;
        }
    }
    self->code = self->spare;
    self->capacity = self->spare_capacity;
    self->count = 0;
    self->spare = full;
    self->spare_capacity = capacity;
    return full;
}

/* Leaves out nops and what stands between a jump and the next end or else
 * of its block; puts in the i32.eqz that passes asked for. */
static bool rebuild(body *self)
{
    uint32_t count = self->count, extra = 0, next = 0, nested = 0;
    for (uint32_t n = 0; n < count; n++)
        extra += self->code[n].eqz;
    const body_ins *from = body_swap(self, count + extra);
    body_ins *code = self->code;
    if (!from)
        return false;
    bool dead = false;
    for (uint32_t n = 0; n < count; n++) {
        const body_ins *ins = &from[n];
        uint16_t op = ins->i.op;
        if (dead) {
            if (body_is_opening(op))
                nested++;
            if (nested) {
                nested -= op == WASM_OP_END;
                continue;
            }
            if (op != WASM_OP_END && op != WASM_OP_ELSE)
                continue;
            dead = false;
        }
        if (op == WASM_OP_NOP)
            continue;
        dead = body_is_jump(op);
        if (ins->eqz)
            code[next++] = body_make(WASM_OP_I32_EQZ);
        code[next] = *ins;
        code[next++].eqz = false;
    }
    self->count = next;
    return true;
}

static void count_ref(body *self, uint32_t label, uint32_t at)
{
    if (!self->labels[label].refs++)
        self->labels[label].first_ref = at;
}

static void count_refs(body *self, uint32_t at)
{
    const body_ins *ins = &self->code[at];
    if (ins->i.op == WASM_OP_BR_TABLE) {
        for (uint32_t n = 0; n < ins->i.label_count; n++)
            count_ref(self, ins->labels[n], at);
        count_ref(self, ins->i.index, at);
    } else if (ins->i.op == WASM_OP_TRY_TABLE) {
        for (uint32_t n = 0; n < ins->i.catch_count; n++)
            count_ref(self, ins->catches[n].label, at);
    } else if (body_is_branch(&ins->i)) {
        count_ref(self, ins->i.index, at);
    }
}

/* After an instruction that body_effect does not know: it fell through. */
static uint32_t branch_height(uint16_t op, uint32_t height)
{
    /* br_on_non_null hands its reference to the label alone. */
    return op == WASM_OP_BR_IF || op == WASM_OP_BR_ON_NON_NULL ? height - 1
                                                               : height;
}

static void open_label(body *self, const body_ins *ins, uint32_t at)
{
    body_label *label = &self->labels[ins->label];
    label->start = at;
    label->op = ins->i.op;
    block_counts(self, &ins->i.block, &label->params, &label->results);
}

/* Room for the index; labels are cleared. */
static bool index_memory(body *self)
{
    if (self->count > self->index_capacity) {
        self->index_capacity = self->count;
        self->heights =
            arena_array(self->arena, self->count, sizeof *self->heights);
        self->inside =
            arena_array(self->arena, self->count, sizeof *self->inside);
    }
    if (self->label_count > self->index_labels) {
        self->index_labels = self->label_count;
        self->labels =
            arena_array(self->arena, self->label_count, sizeof *self->labels);
        self->outside =
            arena_array(self->arena, self->label_count, sizeof *self->outside);
    }
    if (!self->heights || !self->inside || !self->labels || !self->outside) {
        self->failed = true;
        return false;
    }
    memset(self->labels, 0, self->label_count * sizeof *self->labels);
    return true;
}

bool body_index(body *self)
{
    if (self->failed)
        return false;
    self->failed = !rebuild(self);
    if (self->failed)
        return false;
    if (!index_memory(self))
        return false;
    const wasm_functype *func = &self->module->types[self->type].func;
    self->labels[0].op = WASM_OP_BLOCK;
    self->labels[0].results = func->result_count;
    uint32_t height = 0, inside = 0, pops, pushes;
    for (uint32_t n = 0; n < self->count; n++) {
        const body_ins *ins = &self->code[n];
        body_label *label = &self->labels[ins->label];
        self->heights[n] = height;
        self->inside[n] = inside;
        if (body_is_opening(ins->i.op)) {
            open_label(self, ins, n);
            label->parent = inside;
            inside = ins->label;
            self->outside[ins->label] =
                height - label->params - (ins->i.op == WASM_OP_IF);
            height = label->params;
        } else if (ins->i.op == WASM_OP_ELSE) {
            label->middle = n;
            height = label->params;
        } else if (ins->i.op == WASM_OP_END) {
            label->end = n;
            inside = label->parent;
            height = self->outside[ins->label] + label->results;
        } else if (body_effect(self, ins, &pops, &pushes)) {
            height = height - pops + pushes;
        } else {
            height = branch_height(ins->i.op, height);
        }
        count_refs(self, n);
    }
    return true;
}
