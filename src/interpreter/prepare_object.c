/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Translation of globals, memories, tables, references and objects. Most
 * are in stack form; access to fields and elements is not. */
#include "interpreter/prepare.h"

/* An entry that an instruction reads from a slot: locals stay where they
 * are. */
static interp_operand pop_read(interp_translator *t)
{
    if (interp_top(t, 0)->kind != KIND_LOCAL)
        interp_materialize(t, t->height - 1);
    interp_operand o = interp_pop(t);
    o.shape = SHAPE_S;
    return o;
}

static void global_get(interp_translator *t)
{
    interp_class class = interp_class_of(t->wasm->globals[t->in.index].type);
    uint32_t op = class == CLASS_F32    ? INTERP_GLOBAL_GET_F32
                  : class == CLASS_F64  ? INTERP_GLOBAL_GET_F64
                  : class == CLASS_V128 ? INTERP_GLOBAL_GET_V128
                                        : INTERP_GLOBAL_GET;
    uint32_t start = (uint32_t)t->size;
    interp_emit(t, op);
    interp_put32(t, t->in.index);
    if (class == CLASS_V128)
        interp_result_slot(t, class);
    else
        interp_result(t, start, op, class);
}

static void global_set(interp_translator *t)
{
    interp_class class = interp_class_of(t->wasm->globals[t->in.index].type);
    bool integer =
        class != CLASS_F32 && class != CLASS_F64 && class != CLASS_V128;
    if (!integer && interp_top(t, 0)->kind == KIND_ACC)
        interp_materialize(t, t->height - 1);
    interp_operand o = interp_pop(t);
    if (!integer && o.shape == SHAPE_A)
        o.shape = SHAPE_S;
    interp_emit(t, class == CLASS_V128  ? INTERP_GLOBAL_SET_V128
                   : o.shape == SHAPE_A ? INTERP_GLOBAL_SET_A
                   : o.shape == SHAPE_I ? INTERP_GLOBAL_SET_I
                                        : INTERP_GLOBAL_SET_S);
    if (o.shape == SHAPE_I)
        interp_put64(t, o.value);
    else
        interp_put_operand(t, &o);
    interp_put32(t, t->in.index);
}

/* Charges bulk operations by the length on top of the stack. */
static void charge_length(interp_translator *t, bool is64)
{
    if (!t->config->fuel)
        return;
    interp_materialize(t, t->height - 1);
    interp_origin_here(t);
    interp_emit(t, is64 ? INTERP_FUEL_BULK_64 : INTERP_FUEL_BULK_32);
    interp_put32(t, (uint32_t)interp_top(t, 0)->slot);
}

/* An operation in stack form, with up to two numbers behind the slot. */
static void operation(interp_translator *t, uint32_t op, uint32_t operands,
                      unsigned numbers)
{
    interp_stack_form(t, op, operands);
    if (numbers > 0)
        interp_put32(t, t->in.index);
    if (numbers > 1)
        interp_put32(t, t->in.index2);
}

static void push(interp_translator *t, interp_class class)
{
    interp_push(t, KIND_TEMP, class);
}

static interp_class address_class(bool is64)
{
    return is64 ? CLASS_I64 : CLASS_I32;
}

static bool memory_is64(const interp_translator *t, uint32_t index)
{
    return t->wasm->memories[index].limits.is64;
}

static bool table_is64(const interp_translator *t, uint32_t index)
{
    return t->wasm->tables[index].limits.is64;
}

static bool bulk(interp_translator *t)
{
    uint32_t a = t->in.index, b = t->in.index2;
    switch (t->in.op) {
    case WASM_OP_MEMORY_SIZE: {
        uint32_t start = (uint32_t)t->size;
        interp_emit(t, INTERP_MEMORY_SIZE);
        interp_put32(t, a);
        interp_result(t, start, INTERP_MEMORY_SIZE,
                      address_class(memory_is64(t, a)));
        return true;
    }
    case WASM_OP_MEMORY_GROW:
        operation(t, INTERP_MEMORY_GROW, 1, 1);
        push(t, address_class(memory_is64(t, a)));
        return true;
    case WASM_OP_MEMORY_FILL:
        charge_length(t, memory_is64(t, a));
        operation(t, INTERP_MEMORY_FILL, 3, 1);
        return true;
    case WASM_OP_MEMORY_COPY:
        charge_length(t, memory_is64(t, a) && memory_is64(t, b));
        operation(t, INTERP_MEMORY_COPY, 3, 2);
        return true;
    case WASM_OP_MEMORY_INIT:
        charge_length(t, false);
        operation(t, INTERP_MEMORY_INIT, 3, 2);
        return true;
    case WASM_OP_DATA_DROP:
        interp_clobber(t);
        interp_emit(t, INTERP_DATA_DROP);
        interp_put32(t, a);
        return true;
    case WASM_OP_TABLE_GET:
        operation(t, INTERP_TABLE_GET, 1, 1);
        push(t, CLASS_REF);
        return true;
    case WASM_OP_TABLE_SET:
        operation(t, INTERP_TABLE_SET, 2, 1);
        return true;
    case WASM_OP_TABLE_SIZE:
        operation(t, INTERP_TABLE_SIZE, 0, 1);
        push(t, address_class(table_is64(t, a)));
        return true;
    case WASM_OP_TABLE_GROW:
        charge_length(t, table_is64(t, a));
        operation(t, INTERP_TABLE_GROW, 2, 1);
        push(t, address_class(table_is64(t, a)));
        return true;
    case WASM_OP_TABLE_FILL:
        charge_length(t, table_is64(t, a));
        operation(t, INTERP_TABLE_FILL, 3, 1);
        return true;
    case WASM_OP_TABLE_COPY:
        charge_length(t, table_is64(t, a) && table_is64(t, b));
        operation(t, INTERP_TABLE_COPY, 3, 2);
        return true;
    case WASM_OP_TABLE_INIT:
        charge_length(t, false);
        operation(t, INTERP_TABLE_INIT, 3, 2);
        return true;
    case WASM_OP_ELEM_DROP:
        interp_clobber(t);
        interp_emit(t, INTERP_ELEM_DROP);
        interp_put32(t, a);
        return true;
    }
    return false;
}

/* The fields behind the slot of REF_TEST and REF_CAST, either with a
 * canonical type or with an abstract one. */
static void put_type(interp_translator *t, bool nullable, bool concrete)
{
    wasm_heaptype heap = t->in.heap;
    if (concrete) {
        interp_put32(t, nullable);
        interp_put64(t, (uint64_t)(uintptr_t)t->module->types[heap]);
    } else {
        interp_put32(t, wasm_ref(heap, nullable));
    }
}

static void ref_test(interp_translator *t, bool nullable)
{
    bool concrete = wasm_heap_is_index(t->in.heap);
    uint32_t op = concrete ? INTERP_REF_TEST_TYPE : INTERP_REF_TEST;
    interp_operand o = pop_read(t);
    uint32_t start = (uint32_t)t->size;
    interp_emit(t, op);
    interp_put_operand(t, &o);
    put_type(t, nullable, concrete);
    interp_result(t, start, op, CLASS_I32);
}

/* The slot of the top entry, which stays. */
static uint32_t top_slot(interp_translator *t)
{
    if (interp_top(t, 0)->kind != KIND_LOCAL)
        interp_materialize(t, t->height - 1);
    return (uint32_t)interp_top(t, 0)->slot;
}

static void ref_cast(interp_translator *t, bool nullable)
{
    bool concrete = wasm_heap_is_index(t->in.heap);
    uint32_t slot = top_slot(t);
    interp_origin_here(t);
    interp_emit(t, concrete ? INTERP_REF_CAST_TYPE : INTERP_REF_CAST);
    interp_put32(t, slot);
    put_type(t, nullable, concrete);
}

/* Instructions of one operand with a scalar result. */
static void convert(interp_translator *t, uint32_t op, interp_class result)
{
    interp_operand o = pop_read(t);
    interp_origin_here(t);
    uint32_t start = (uint32_t)t->size;
    interp_emit(t, op);
    interp_put_operand(t, &o);
    interp_result(t, start, op, result);
}

static bool reference(interp_translator *t)
{
    switch (t->in.op) {
    case WASM_OP_REF_NULL:
        interp_push_const(t, CLASS_REF, 0);
        return true;
    case WASM_OP_REF_FUNC: {
        interp_emit(t, INTERP_REF_FUNC);
        interp_result_slot(t, CLASS_REF);
        interp_put32(t, t->in.index);
        t->temp_end = (uint32_t)t->size;
        return true;
    }
    case WASM_OP_REF_AS_NON_NULL: {
        uint32_t slot = top_slot(t);
        interp_origin_here(t);
        interp_emit(t, INTERP_REF_AS_NON_NULL);
        interp_put32(t, slot);
        return true;
    }
    case WASM_OP_REF_TEST:
    case WASM_OP_REF_TEST_NULL:
        ref_test(t, t->in.op == WASM_OP_REF_TEST_NULL);
        return true;
    case WASM_OP_REF_CAST:
    case WASM_OP_REF_CAST_NULL:
        ref_cast(t, t->in.op == WASM_OP_REF_CAST_NULL);
        return true;
    case WASM_OP_ANY_CONVERT_EXTERN:
    case WASM_OP_EXTERN_CONVERT_ANY:
        return true;
    case WASM_OP_REF_I31:
        convert(t, INTERP_REF_I31, CLASS_REF);
        return true;
    case WASM_OP_I31_GET_S:
        convert(t, INTERP_I31_GET_S, CLASS_I32);
        return true;
    case WASM_OP_I31_GET_U:
        convert(t, INTERP_I31_GET_U, CLASS_I32);
        return true;
    case WASM_OP_ARRAY_LEN:
        convert(t, INTERP_ARRAY_LEN, CLASS_I32);
        return true;
    }
    return false;
}

/* Fields and elements by storage type. `first` is the access of 8 bits,
 * signed; the order is that of ops.def. */
static uint32_t get_op(uint32_t first, wasm_valtype storage, bool sign)
{
    switch (storage) {
    case WASM_I8:
        return first + (sign ? 0 : 2);
    case WASM_I16:
        return first + (sign ? 4 : 6);
    case WASM_I32:
        return first + 8;
    case WASM_F32:
        return first + 12;
    case WASM_F64:
        return first + 14;
    case WASM_V128:
        return first + 16;
    }
    return first + 10;
}

static uint32_t set_op(uint32_t first, wasm_valtype storage)
{
    switch (wasm_storage_size(storage)) {
    case 1:
        return first;
    case 2:
        return first + 1;
    case 4:
        return first + 2;
    case 8:
        return first + 3;
    }
    return first + 4;
}

static void get_result(interp_translator *t, uint32_t start, uint32_t op,
                       wasm_valtype storage)
{
    if (storage == WASM_V128)
        interp_result_slot(t, CLASS_V128);
    else
        interp_result(t, start, op, interp_class_of(storage));
}

static void struct_get(interp_translator *t)
{
    const wasm_type *type = t->module->types[t->in.index];
    wasm_valtype storage = type->fields[t->in.index2].type;
    uint32_t op = get_op(INTERP_STRUCT_GET_8_S, storage,
                         t->in.op == WASM_OP_STRUCT_GET_S);
    interp_operand o = pop_read(t);
    interp_origin_here(t);
    uint32_t start = (uint32_t)t->size;
    interp_emit(t, op);
    interp_put_operand(t, &o);
    interp_put32(t, type->field_offsets[t->in.index2]);
    get_result(t, start, op, storage);
}

static void struct_set(interp_translator *t)
{
    const wasm_type *type = t->module->types[t->in.index];
    wasm_valtype storage = type->fields[t->in.index2].type;
    interp_operand value = pop_read(t);
    interp_operand object = pop_read(t);
    interp_origin_here(t);
    interp_emit(t, set_op(INTERP_STRUCT_SET_8, storage));
    interp_put_operand(t, &object);
    interp_put_operand(t, &value);
    interp_put32(t, type->field_offsets[t->in.index2]);
}

static wasm_valtype element_of(const interp_translator *t)
{
    return t->module->types[t->in.index]->fields[0].type;
}

static void array_get(interp_translator *t)
{
    wasm_valtype storage = element_of(t);
    uint32_t op =
        get_op(INTERP_ARRAY_GET_8_S, storage, t->in.op == WASM_OP_ARRAY_GET_S);
    interp_operand index = pop_read(t);
    interp_operand array = pop_read(t);
    interp_origin_here(t);
    uint32_t start = (uint32_t)t->size;
    interp_emit(t, op);
    interp_put_operand(t, &array);
    interp_put_operand(t, &index);
    get_result(t, start, op, storage);
}

static void array_set(interp_translator *t)
{
    interp_operand value = pop_read(t);
    interp_operand index = pop_read(t);
    interp_operand array = pop_read(t);
    interp_origin_here(t);
    interp_emit(t, set_op(INTERP_ARRAY_SET_8, element_of(t)));
    interp_put_operand(t, &array);
    interp_put_operand(t, &index);
    interp_put_operand(t, &value);
}

static bool make(interp_translator *t)
{
    switch (t->in.op) {
    case WASM_OP_STRUCT_NEW:
        operation(t, INTERP_STRUCT_NEW, t->wasm->types[t->in.index].field_count,
                  1);
        break;
    case WASM_OP_STRUCT_NEW_DEFAULT:
        operation(t, INTERP_STRUCT_NEW_DEFAULT, 0, 1);
        break;
    case WASM_OP_ARRAY_NEW:
        charge_length(t, false);
        operation(t, INTERP_ARRAY_NEW, 2, 1);
        break;
    case WASM_OP_ARRAY_NEW_DEFAULT:
        charge_length(t, false);
        operation(t, INTERP_ARRAY_NEW_DEFAULT, 1, 1);
        break;
    case WASM_OP_ARRAY_NEW_FIXED:
        operation(t, INTERP_ARRAY_NEW_FIXED, t->in.index2, 2);
        break;
    case WASM_OP_ARRAY_NEW_DATA:
        charge_length(t, false);
        operation(t, INTERP_ARRAY_NEW_DATA, 2, 2);
        break;
    case WASM_OP_ARRAY_NEW_ELEM:
        charge_length(t, false);
        operation(t, INTERP_ARRAY_NEW_ELEM, 2, 2);
        break;
    default:
        return false;
    }
    push(t, CLASS_REF);
    return true;
}

/* An array operation whose number is the second index. */
static void array_init(interp_translator *t, uint32_t op)
{
    charge_length(t, false);
    interp_stack_form(t, op, 4);
    interp_put32(t, t->in.index2);
}

static bool object(interp_translator *t)
{
    switch (t->in.op) {
    case WASM_OP_STRUCT_GET:
    case WASM_OP_STRUCT_GET_S:
    case WASM_OP_STRUCT_GET_U:
        struct_get(t);
        return true;
    case WASM_OP_STRUCT_SET:
        struct_set(t);
        return true;
    case WASM_OP_ARRAY_GET:
    case WASM_OP_ARRAY_GET_S:
    case WASM_OP_ARRAY_GET_U:
        array_get(t);
        return true;
    case WASM_OP_ARRAY_SET:
        array_set(t);
        return true;
    case WASM_OP_ARRAY_FILL:
        charge_length(t, false);
        operation(t, INTERP_ARRAY_FILL, 4, 0);
        return true;
    case WASM_OP_ARRAY_COPY:
        charge_length(t, false);
        operation(t, INTERP_ARRAY_COPY, 5, 0);
        return true;
    case WASM_OP_ARRAY_INIT_DATA:
        array_init(t, INTERP_ARRAY_INIT_DATA);
        return true;
    case WASM_OP_ARRAY_INIT_ELEM:
        array_init(t, INTERP_ARRAY_INIT_ELEM);
        return true;
    case WASM_OP_GLOBAL_GET:
        global_get(t);
        return true;
    case WASM_OP_GLOBAL_SET:
        global_set(t);
        return true;
    }
    return false;
}

bool interp_object(interp_translator *t)
{
    return object(t) || reference(t) || bulk(t) || make(t);
}
