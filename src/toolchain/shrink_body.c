/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Function bodies as lists of instructions: reading, writing, properties. */
#include "toolchain/shrink_body.h"
#include <stdlib.h>
#include "base/limits.h"
#include "base/memory.h"

bool body_is_opening(uint16_t op)
{
    return op == WASM_OP_BLOCK || op == WASM_OP_LOOP || op == WASM_OP_IF ||
           op == WASM_OP_TRY_TABLE;
}

bool body_is_jump(uint16_t op)
{
    switch (op) {
    case WASM_OP_UNREACHABLE:
    case WASM_OP_BR:
    case WASM_OP_BR_TABLE:
    case WASM_OP_RETURN:
    case WASM_OP_RETURN_CALL:
    case WASM_OP_RETURN_CALL_INDIRECT:
    case WASM_OP_RETURN_CALL_REF:
    case WASM_OP_THROW:
    case WASM_OP_THROW_REF:
        return true;
    default:
        return false;
    }
}

bool body_is_local(uint16_t op)
{
    return op == WASM_OP_LOCAL_GET || op == WASM_OP_LOCAL_SET ||
           op == WASM_OP_LOCAL_TEE;
}

bool body_is_branch(const wasm_instruction *i)
{
    uint8_t kind = wasm_opcodes[i->op].immediates;
    return kind == WASM_IMM_LABEL || kind == WASM_IMM_CAST;
}

body_ins body_make(uint16_t op)
{
    body_ins ins;
    memset(&ins, 0, sizeof ins);
    ins.i.op = op;
    return ins;
}

body_ins body_i32(int32_t value)
{
    body_ins ins = body_make(WASM_OP_I32_CONST);
    ins.i.value = (uint64_t)(int64_t)value;
    return ins;
}

void body_push(body *self, const body_ins *ins)
{
    if (self->count == self->capacity) {
        uint32_t capacity = self->capacity ? self->capacity * 2 : 64;
        body_ins *code = arena_array(self->arena, capacity, sizeof *code);
        if (!code) {
            self->failed = true;
            return;
        }
        if (self->count)
            memcpy(code, self->code, self->count * sizeof *code);
        self->code = code;
        self->capacity = capacity;
    }
    self->code[self->count++] = *ins;
}

uint32_t body_add_local(body *self, wasm_valtype type)
{
    if (self->local_count == self->local_capacity) {
        uint32_t capacity = self->local_count * 2 + 8;
        wasm_valtype *locals =
            arena_array(self->arena, capacity, sizeof *locals);
        if (!locals) {
            self->failed = true;
            return 0;
        }
        if (self->local_count)
            memcpy(locals, self->locals, self->local_count * sizeof *locals);
        self->locals = locals;
        self->local_capacity = capacity;
    }
    self->locals[self->local_count] = type;
    return self->local_count++;
}

/* The label stack while reading: numbers of the open blocks. */
typedef struct open_blocks {
    uint32_t *items;
    uint32_t count;
    uint32_t capacity;
} open_blocks;

static bool open_push(arena *memory, open_blocks *open, uint32_t label)
{
    if (open->count == open->capacity) {
        uint32_t capacity = open->capacity ? open->capacity * 2 : 32;
        uint32_t *items = arena_array(memory, capacity, sizeof *items);
        if (!items)
            return false;
        if (open->count)
            memcpy(items, open->items, open->count * sizeof *items);
        open->items = items;
        open->capacity = capacity;
    }
    open->items[open->count++] = label;
    return true;
}

static uint32_t open_label(const open_blocks *open, uint32_t depth)
{
    return open->items[open->count - 1 - depth];
}

/* Lists of labels become arrays of label numbers. A try_table's catches
 * count labels from outside of it. */
static bool read_lists(body *self, const open_blocks *open, body_ins *ins)
{
    if (ins->i.op == WASM_OP_BR_TABLE) {
        const uint8_t *cursor = ins->i.labels;
        ins->labels =
            arena_array(self->arena, ins->i.label_count, sizeof *ins->labels);
        if (!ins->labels)
            return false;
        for (uint32_t n = 0; n < ins->i.label_count; n++)
            ins->labels[n] = open_label(open, wasm_next_index(&cursor));
        ins->i.index = open_label(open, ins->i.index);
    } else if (ins->i.op == WASM_OP_TRY_TABLE) {
        const uint8_t *cursor = ins->i.catches;
        ins->catches =
            arena_array(self->arena, ins->i.catch_count, sizeof *ins->catches);
        if (!ins->catches)
            return false;
        for (uint32_t n = 0; n < ins->i.catch_count; n++) {
            ins->catches[n] = wasm_next_catch(&cursor);
            ins->catches[n].label = open_label(open, ins->catches[n].label);
        }
    } else if (body_is_branch(&ins->i)) {
        ins->i.index = open_label(open, ins->i.index);
    }
    return true;
}

whit_status body_read(body *self, arena *memory, const wasm_module *module,
                      uint32_t type, const body_bytes *bytes, whit_error *error)
{
    memset(self, 0, sizeof *self);
    self->arena = memory;
    self->module = module;
    self->type = type;
    const wasm_functype *func = &module->types[type].func;
    self->param_count = func->param_count;
    for (uint32_t n = 0; n < func->param_count; n++)
        body_add_local(self, func->params[n]);
    for (uint32_t g = 0; g < bytes->group_count; g++)
        for (uint32_t n = 0; n < bytes->groups[g].count; n++)
            body_add_local(self, bytes->groups[g].type);
    open_blocks open = {0};
    if (!open_push(memory, &open, 0))
        return error_memory(error);
    self->label_count = 1;
    wasm_reader reader = wasm_reader_new(bytes->code, 0);
    while (reader.cursor < reader.end && !self->failed) {
        body_ins ins = body_make(WASM_OP_NOP);
        wasm_next_instruction(&reader, &ins.i);
        if (!read_lists(self, &open, &ins))
            return error_memory(error);
        if (body_is_opening(ins.i.op)) {
            ins.label = self->label_count++;
            if (!open_push(memory, &open, ins.label))
                return error_memory(error);
        } else if (ins.i.op == WASM_OP_ELSE) {
            ins.label = open_label(&open, 0);
        } else if (ins.i.op == WASM_OP_END) {
            ins.label = open_label(&open, 0);
            open.count--;
        }
        body_push(self, &ins);
    }
    return self->failed ? error_memory(error) : WHIT_OK;
}

/* Locals in their new order: type groups with the most uses first, and
 * within a group the most used first. Unused ones are left out. */
typedef struct local_use {
    uint64_t group_uses;
    uint64_t uses;
    wasm_valtype type;
    uint32_t old;
} local_use;

static int local_compare(const void *left, const void *right)
{
    const local_use *a = left, *b = right;
    if (a->group_uses != b->group_uses)
        return a->group_uses > b->group_uses ? -1 : 1;
    if (a->type != b->type)
        return a->type < b->type ? -1 : 1;
    if (a->uses != b->uses)
        return a->uses > b->uses ? -1 : 1;
    return a->old < b->old ? -1 : a->old > b->old;
}

/* Fills and sorts; parameters stay in front. */
static void sort_locals(const body *self, local_use *uses)
{
    uint32_t count = self->local_count, first = self->param_count;
    for (uint32_t n = 0; n < count; n++)
        uses[n] = (local_use){0, 0, self->locals[n], n};
    for (uint32_t n = 0; n < self->count; n++)
        if (body_is_local(self->code[n].i.op))
            uses[self->code[n].i.index].uses++;
    qsort(uses + first, count - first, sizeof *uses, local_compare);
    for (uint32_t n = first, end; n < count; n = end) {
        uint64_t sum = 0;
        for (end = n; end < count && uses[end].type == uses[n].type; end++)
            sum += uses[end].uses;
        while (n < end)
            uses[n++].group_uses = sum;
    }
    qsort(uses + first, count - first, sizeof *uses, local_compare);
}

static bool pack_locals(body *self, arena *keep, uint32_t *map,
                        body_bytes *bytes)
{
    local_use *uses =
        arena_array(self->arena, self->local_count + 1, sizeof *uses);
    if (!uses)
        return false;
    sort_locals(self, uses);
    for (uint32_t n = 0; n < self->param_count; n++)
        map[n] = n;
    uint32_t first = self->param_count;
    uint32_t next = first, groups = 0;
    for (uint32_t n = first; n < self->local_count; n++)
        if (uses[n].uses) {
            if (next == first || uses[n].type != uses[next - 1].type)
                groups++;
            uses[next] = uses[n];
            map[uses[n].old] = next++;
        }
    wasm_local_group *out = arena_array(keep, groups + 1, sizeof *out);
    if (!out)
        return false;
    bytes->groups = out;
    bytes->group_count = groups;
    out--;
    for (uint32_t n = first; n < next; n++) {
        if (n == first || uses[n].type != out->type)
            *++out = (wasm_local_group){0, uses[n].type};
        out->count++;
    }
    return true;
}

static void write_ins(const body_ins *ins, const uint32_t *depths,
                      uint32_t depth, buffer *lists, buffer *out)
{
    wasm_instruction i = ins->i;
    buffer_clear(lists);
    if (i.op == WASM_OP_BR_TABLE) {
        for (uint32_t n = 0; n < i.label_count; n++)
            buffer_uleb(lists, depth - depths[ins->labels[n]]);
        i.labels = lists->data;
        i.index = depth - depths[i.index];
    } else if (i.op == WASM_OP_TRY_TABLE) {
        for (uint32_t n = 0; n < i.catch_count; n++) {
            wasm_catch c = ins->catches[n];
            c.label = depth - depths[c.label];
            wasm_write_catch(lists, &c);
        }
        i.catches = lists->data;
    } else if (i.op == WASM_OP_BR && i.index == 0) {
        i.op = WASM_OP_RETURN;
    } else if (body_is_branch(&i)) {
        i.index = depth - depths[i.index];
    }
    if (lists->failed)
        out->failed = true;
    else
        wasm_write_instruction(out, &i);
}

whit_status body_write(body *self, arena *keep, body_bytes *bytes,
                       whit_error *error)
{
    uint32_t *map =
        arena_array(self->arena, self->local_count + 1, sizeof *map);
    uint32_t *depths =
        arena_array(self->arena, self->label_count, sizeof *depths);
    TRY_ALLOC(map, error);
    TRY_ALLOC(depths, error);
    if (!pack_locals(self, keep, map, bytes))
        return error_memory(error);
    buffer out, lists;
    buffer_init(&out);
    buffer_init(&lists);
    uint32_t depth = 0;
    for (uint32_t n = 0; n < self->count; n++) {
        body_ins ins = self->code[n];
        if (body_is_local(ins.i.op))
            ins.i.index = map[ins.i.index];
        write_ins(&ins, depths, depth, &lists, &out);
        if (body_is_opening(ins.i.op))
            depths[ins.label] = ++depth;
        else if (ins.i.op == WASM_OP_END)
            depth--;
    }
    whit_status status = buffer_status(&out, error);
    if (status == WHIT_OK) {
        bytes->code.size = out.size;
        bytes->code.data = arena_dup(keep, out.data, out.size);
        if (!bytes->code.data)
            status = error_memory(error);
    }
    buffer_release(&out);
    buffer_release(&lists);
    return status;
}
