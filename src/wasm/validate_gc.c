/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Validation of structs, arrays, i31 and casts (prefix 0xfb). */
#include "base/limits.h"
#include "wasm/validate_private.h"

static wasm_valtype unpacked(wasm_valtype storage)
{
    return wasm_is_packed(storage) ? WASM_I32 : storage;
}

static bool is_defaultable(wasm_valtype storage)
{
    return !wasm_is_ref(storage) || wasm_is_nullable(storage);
}

static whit_status need_default(wasm_validator *v, const wasm_type *type)
{
    for (uint32_t i = 0; i < type->field_count; i++)
        if (!is_defaultable(type->fields[i].type))
            return wasm_validator_fail(
                v, "type mismatch: field %u is not defaultable", i);
    return WHIT_OK;
}

/* ---- Structs ---- */

static whit_status check_struct_new(wasm_validator *v,
                                    const wasm_instruction *i)
{
    const wasm_type *type;
    TRY(wasm_validator_type(v, i->index, WASM_COMP_STRUCT, &type));
    if (i->op == WASM_OP_STRUCT_NEW_DEFAULT)
        TRY(need_default(v, type));
    else
        for (uint32_t n = type->field_count; n--;)
            TRY(wasm_validator_pop(v, unpacked(type->fields[n].type)));
    return wasm_validator_push(v, wasm_ref(type->id, false));
}

/* get of a packed field needs a sign, any other must not have one. */
static whit_status check_packing(wasm_validator *v, wasm_valtype storage,
                                 bool with_sign)
{
    if (wasm_is_packed(storage) == with_sign)
        return WHIT_OK;
    return wasm_validator_fail(
        v, with_sign ? "type mismatch: the field is not packed"
                     : "type mismatch: a packed field is read with _s or _u");
}

static whit_status check_struct_get(wasm_validator *v,
                                    const wasm_instruction *i)
{
    const wasm_type *type;
    TRY(wasm_validator_type(v, i->index, WASM_COMP_STRUCT, &type));
    TRY(wasm_validator_index(v, i->index2, type->field_count, "field"));
    wasm_valtype storage = type->fields[i->index2].type;
    TRY(check_packing(v, storage, i->op != WASM_OP_STRUCT_GET));
    TRY(wasm_validator_pop(v, wasm_ref(type->id, true)));
    return wasm_validator_push(v, unpacked(storage));
}

static whit_status check_struct_set(wasm_validator *v,
                                    const wasm_instruction *i)
{
    const wasm_type *type;
    TRY(wasm_validator_type(v, i->index, WASM_COMP_STRUCT, &type));
    TRY(wasm_validator_index(v, i->index2, type->field_count, "field"));
    if (!type->fields[i->index2].mutable_)
        return wasm_validator_fail(v, "immutable field %u of type %u",
                                   i->index2, i->index);
    TRY(wasm_validator_pop(v, unpacked(type->fields[i->index2].type)));
    return wasm_validator_pop(v, wasm_ref(type->id, true));
}

/* ---- Arrays ---- */

static whit_status array_type(wasm_validator *v, uint32_t index,
                              const wasm_type **out, wasm_valtype *storage)
{
    TRY(wasm_validator_type(v, index, WASM_COMP_ARRAY, out));
    *storage = (*out)->fields[0].type;
    return WHIT_OK;
}

static whit_status mutable_array(wasm_validator *v, uint32_t index,
                                 const wasm_type **out, wasm_valtype *storage)
{
    TRY(array_type(v, index, out, storage));
    if ((*out)->fields[0].mutable_)
        return WHIT_OK;
    return wasm_validator_fail(v, "immutable array: type %u", index);
}

static whit_status check_array_new(wasm_validator *v, const wasm_instruction *i)
{
    const wasm_type *type;
    wasm_valtype storage;
    TRY(array_type(v, i->index, &type, &storage));
    TRY(wasm_validator_pop(v, WASM_I32));
    if (i->op == WASM_OP_ARRAY_NEW_DEFAULT)
        TRY(need_default(v, type));
    else
        TRY(wasm_validator_pop(v, unpacked(storage)));
    return wasm_validator_push(v, wasm_ref(type->id, false));
}

static whit_status check_array_new_fixed(wasm_validator *v,
                                         const wasm_instruction *i)
{
    const wasm_type *type;
    wasm_valtype storage;
    TRY(array_type(v, i->index, &type, &storage));
    if (i->index2 > LIMIT_ARRAY_NEW_FIXED)
        return error_set(v->error, WHIT_LIMIT,
                         "array.new_fixed of %u elements: the limit is %u",
                         i->index2, LIMIT_ARRAY_NEW_FIXED);
    for (uint32_t n = 0; n < i->index2; n++)
        TRY(wasm_validator_pop(v, unpacked(storage)));
    return wasm_validator_push(v, wasm_ref(type->id, false));
}

static whit_status check_data_index(wasm_validator *v, uint32_t index)
{
    if (!v->module->has_data_count)
        return wasm_validator_fail_malformed(v, "data count section required");
    return wasm_validator_index(v, index, v->module->data_count,
                                "data segment");
}

static whit_status check_numeric(wasm_validator *v, wasm_valtype storage)
{
    if (!wasm_is_ref(storage))
        return WHIT_OK;
    return wasm_validator_fail(
        v, "array type is not numeric or vector: type mismatch");
}

static whit_status check_elem_into(wasm_validator *v, uint32_t index,
                                   wasm_valtype storage)
{
    const wasm_module *m = v->module;
    TRY(wasm_validator_index(v, index, m->elem_count, "elem segment"));
    wasm_valtype type = wasm_validator_canonical(v, m->elems[index].type);
    if (!wasm_validator_matches(v, type, storage))
        return wasm_validator_mismatch(v, type, storage);
    return WHIT_OK;
}

static whit_status check_array_new_segment(wasm_validator *v,
                                           const wasm_instruction *i)
{
    const wasm_type *type;
    wasm_valtype storage;
    TRY(array_type(v, i->index, &type, &storage));
    if (i->op == WASM_OP_ARRAY_NEW_DATA) {
        TRY(check_numeric(v, storage));
        TRY(check_data_index(v, i->index2));
    } else {
        TRY(check_elem_into(v, i->index2, storage));
    }
    TRY(wasm_validator_pop(v, WASM_I32));
    TRY(wasm_validator_pop(v, WASM_I32));
    return wasm_validator_push(v, wasm_ref(type->id, false));
}

static whit_status check_array_get(wasm_validator *v, const wasm_instruction *i)
{
    const wasm_type *type;
    wasm_valtype storage;
    TRY(array_type(v, i->index, &type, &storage));
    TRY(check_packing(v, storage, i->op != WASM_OP_ARRAY_GET));
    TRY(wasm_validator_pop(v, WASM_I32));
    TRY(wasm_validator_pop(v, wasm_ref(type->id, true)));
    return wasm_validator_push(v, unpacked(storage));
}

static whit_status check_array_set(wasm_validator *v, const wasm_instruction *i)
{
    const wasm_type *type;
    wasm_valtype storage;
    TRY(mutable_array(v, i->index, &type, &storage));
    TRY(wasm_validator_pop(v, unpacked(storage)));
    TRY(wasm_validator_pop(v, WASM_I32));
    return wasm_validator_pop(v, wasm_ref(type->id, true));
}

static whit_status check_array_len(wasm_validator *v)
{
    TRY(wasm_validator_pop(v, wasm_ref(WASM_HEAP_ARRAY, true)));
    return wasm_validator_push(v, WASM_I32);
}

static whit_status check_array_fill(wasm_validator *v,
                                    const wasm_instruction *i)
{
    const wasm_type *type;
    wasm_valtype storage;
    TRY(mutable_array(v, i->index, &type, &storage));
    TRY(wasm_validator_pop(v, WASM_I32));
    TRY(wasm_validator_pop(v, unpacked(storage)));
    TRY(wasm_validator_pop(v, WASM_I32));
    return wasm_validator_pop(v, wasm_ref(type->id, true));
}

static whit_status check_array_copy(wasm_validator *v,
                                    const wasm_instruction *i)
{
    const wasm_type *to, *from;
    wasm_valtype to_storage, from_storage;
    TRY(mutable_array(v, i->index, &to, &to_storage));
    TRY(array_type(v, i->index2, &from, &from_storage));
    if (!wasm_validator_matches(v, from_storage, to_storage))
        return wasm_validator_fail(
            v, "array types do not match: type mismatch of types %u and %u",
            i->index, i->index2);
    TRY(wasm_validator_pop(v, WASM_I32));
    TRY(wasm_validator_pop(v, WASM_I32));
    TRY(wasm_validator_pop(v, wasm_ref(from->id, true)));
    TRY(wasm_validator_pop(v, WASM_I32));
    return wasm_validator_pop(v, wasm_ref(to->id, true));
}

static whit_status check_array_init(wasm_validator *v,
                                    const wasm_instruction *i)
{
    const wasm_type *type;
    wasm_valtype storage;
    TRY(mutable_array(v, i->index, &type, &storage));
    if (i->op == WASM_OP_ARRAY_INIT_DATA) {
        TRY(check_numeric(v, storage));
        TRY(check_data_index(v, i->index2));
    } else {
        TRY(check_elem_into(v, i->index2, storage));
    }
    for (int n = 0; n < 3; n++)
        TRY(wasm_validator_pop(v, WASM_I32));
    return wasm_validator_pop(v, wasm_ref(type->id, true));
}

/* ---- Casts and conversions ---- */

/* The top of the hierarchy a heap type belongs to. */
static wasm_heaptype top_of(const wasm_validator *v, wasm_heaptype heap)
{
    static const wasm_heaptype tops[] = {WASM_HEAP_ANY, WASM_HEAP_FUNC,
                                         WASM_HEAP_EXTERN, WASM_HEAP_EXN};
    for (unsigned n = 0; n < COUNT_OF(tops); n++)
        if (wasm_heap_matches(v->table, heap, tops[n]))
            return tops[n];
    return WASM_HEAP_ANY;
}

static whit_status check_cast(wasm_validator *v, const wasm_instruction *i)
{
    wasm_heaptype heap = 0;
    TRY(wasm_validator_heaptype(v, i->heap, &heap));
    TRY(wasm_validator_pop(v, wasm_ref(top_of(v, heap), true)));
    switch (i->op) {
    case WASM_OP_REF_CAST:
        return wasm_validator_push(v, wasm_ref(heap, false));
    case WASM_OP_REF_CAST_NULL:
        return wasm_validator_push(v, wasm_ref(heap, true));
    }
    return wasm_validator_push(v, WASM_I32);
}

static whit_status check_convert(wasm_validator *v, wasm_heaptype from,
                                 wasm_heaptype to)
{
    wasm_valtype ref;
    TRY(wasm_validator_pop_ref(v, &ref));
    if (!wasm_heap_matches(v->table, wasm_heap(ref), from))
        return wasm_validator_mismatch(v, ref, wasm_ref(from, true));
    return wasm_validator_push(v, wasm_ref(to, wasm_is_nullable(ref)));
}

static whit_status check_i31_get(wasm_validator *v)
{
    TRY(wasm_validator_pop(v, wasm_ref(WASM_HEAP_I31, true)));
    return wasm_validator_push(v, WASM_I32);
}

static whit_status check_ref_i31(wasm_validator *v)
{
    TRY(wasm_validator_pop(v, WASM_I32));
    return wasm_validator_push(v, wasm_ref(WASM_HEAP_I31, false));
}

whit_status wasm_validator_gc(wasm_validator *v, const wasm_instruction *i)
{
    TRY(wasm_validator_feature(v, WASM_FEATURE_GC, wasm_opcodes[i->op].text));
    switch (i->op) {
    case WASM_OP_STRUCT_NEW:
    case WASM_OP_STRUCT_NEW_DEFAULT:
        return check_struct_new(v, i);
    case WASM_OP_STRUCT_GET:
    case WASM_OP_STRUCT_GET_S:
    case WASM_OP_STRUCT_GET_U:
        return check_struct_get(v, i);
    case WASM_OP_STRUCT_SET:
        return check_struct_set(v, i);
    case WASM_OP_ARRAY_NEW:
    case WASM_OP_ARRAY_NEW_DEFAULT:
        return check_array_new(v, i);
    case WASM_OP_ARRAY_NEW_FIXED:
        return check_array_new_fixed(v, i);
    case WASM_OP_ARRAY_NEW_DATA:
    case WASM_OP_ARRAY_NEW_ELEM:
        return check_array_new_segment(v, i);
    case WASM_OP_ARRAY_GET:
    case WASM_OP_ARRAY_GET_S:
    case WASM_OP_ARRAY_GET_U:
        return check_array_get(v, i);
    case WASM_OP_ARRAY_SET:
        return check_array_set(v, i);
    case WASM_OP_ARRAY_LEN:
        return check_array_len(v);
    case WASM_OP_ARRAY_FILL:
        return check_array_fill(v, i);
    case WASM_OP_ARRAY_COPY:
        return check_array_copy(v, i);
    case WASM_OP_ARRAY_INIT_DATA:
    case WASM_OP_ARRAY_INIT_ELEM:
        return check_array_init(v, i);
    case WASM_OP_REF_TEST:
    case WASM_OP_REF_TEST_NULL:
    case WASM_OP_REF_CAST:
    case WASM_OP_REF_CAST_NULL:
        return check_cast(v, i);
    case WASM_OP_ANY_CONVERT_EXTERN:
        return check_convert(v, WASM_HEAP_EXTERN, WASM_HEAP_ANY);
    case WASM_OP_EXTERN_CONVERT_ANY:
        return check_convert(v, WASM_HEAP_ANY, WASM_HEAP_EXTERN);
    case WASM_OP_REF_I31:
        return check_ref_i31(v);
    case WASM_OP_I31_GET_S:
    case WASM_OP_I31_GET_U:
        return check_i31_get(v);
    }
    return wasm_validator_fail_malformed(v, "illegal opcode");
}
