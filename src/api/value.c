/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * whit/value.h, and conversion between values and slots. */
#include "api/api.h"

#include "base/memory.h"
#include "runtime/operations.h"

static const char *const kind_texts[] = {
    "i32",
    "i64",
    "f32",
    "f64",
    "v128",
    "funcref",
    "externref",
    "exnref",
    "anyref",
    "bool",
    "s8",
    "u8",
    "s16",
    "u16",
    "s32",
    "u32",
    "s64",
    "u64",
    "char",
    "string",
    "list",
    "fixed-length list",
    "map",
    "record",
    "tuple",
    "variant",
    "enum",
    "option",
    "result",
    "flags",
    "own",
    "borrow",
    "stream",
    "future",
    "error-context",
    "numbers",
};

const char *whit_kind_text(whit_kind kind)
{
    return (size_t)kind < COUNT_OF(kind_texts) ? kind_texts[kind] : "?";
}

static whit_kind concrete_kind(rt_engine *engine, uint32_t id)
{
    pthread_mutex_lock(&engine->types_lock);
    uint8_t kind = wasm_type_table_get(engine->types, id)->kind;
    pthread_mutex_unlock(&engine->types_lock);
    return kind == WASM_COMP_FUNC ? WHIT_FUNCREF : WHIT_ANYREF;
}

whit_kind api_kind(rt_engine *engine, wasm_valtype type)
{
    switch (type & 0xff) {
    case WASM_I32:
        return WHIT_I32;
    case WASM_I64:
        return WHIT_I64;
    case WASM_F32:
        return WHIT_F32;
    case WASM_F64:
        return WHIT_F64;
    case WASM_V128:
        return WHIT_V128;
    default:
        break;
    }
    switch (wasm_heap(type)) {
    case WASM_HEAP_FUNC:
    case WASM_HEAP_NOFUNC:
        return WHIT_FUNCREF;
    case WASM_HEAP_EXTERN:
    case WASM_HEAP_NOEXTERN:
        return WHIT_EXTERNREF;
    case WASM_HEAP_EXN:
    case WASM_HEAP_NOEXN:
        return WHIT_EXNREF;
    default:
        if (wasm_heap_is_index(wasm_heap(type)))
            return concrete_kind(engine, wasm_heap(type));
        return WHIT_ANYREF;
    }
}

static whit_status new_ref(rt_store *store, rt_ref ref, whit_ref **out,
                           whit_error *error)
{
    *out = NULL;
    if (!ref)
        return WHIT_OK;
    whit_ref *made = mem_alloc(sizeof *made);
    TRY_ALLOC(made, error);
    made->store = store;
    whit_status status = rt_root_add(store, ref, &made->handle, error);
    if (status != WHIT_OK) {
        mem_free(made);
        return status;
    }
    *out = made;
    return WHIT_OK;
}

whit_status whit_ref_new_host(whit_store *store, uint64_t value,
                              void (*finalize)(uint64_t value), whit_ref **out,
                              whit_error *error)
{
    rt_ref ref;
    TRY(rt_host_object_new(RT_STORE(store), value, finalize, &ref, error));
    return new_ref(RT_STORE(store), ref, out, error);
}

static rt_ref ref_of(const whit_ref *ref)
{
    return ref ? ref->store->roots[ref->handle] : 0;
}

bool whit_ref_host_value(const whit_ref *ref, uint64_t *value)
{
    rt_ref target = ref_of(ref);
    if (!target || rt_ref_is_i31(target) ||
        rt_ref_object(target)->kind != RT_OBJECT_HOST)
        return false;
    *value = ((rt_host_object *)rt_ref_object(target))->value;
    return true;
}

bool whit_ref_i31_value(const whit_ref *ref, int32_t *value)
{
    rt_ref target = ref_of(ref);
    if (!rt_ref_is_i31(target))
        return false;
    *value = (int32_t)(uint32_t)target >> 1;
    return true;
}

void whit_ref_free(whit_ref *ref)
{
    if (!ref)
        return;
    rt_root_remove(ref->store, ref->handle);
    mem_free(ref);
}

static bool ref_fits(rt_store *store, rt_ref ref, wasm_valtype type)
{
    rt_engine *engine = store->engine;
    pthread_mutex_lock(&engine->types_lock);
    bool fits = rt_ref_matches(engine->types, ref, type);
    pthread_mutex_unlock(&engine->types_lock);
    return fits;
}

whit_status api_val_to_slots(rt_store *store, const whit_val *val,
                             wasm_valtype type, rt_slot *slots,
                             whit_error *error)
{
    whit_kind kind = api_kind(store->engine, type);
    if (val->kind != kind)
        return error_set(error, WHIT_ARGUMENT,
                         "a value is %s where %s is wanted",
                         whit_kind_text(val->kind), whit_kind_text(kind));
    switch (kind) {
    case WHIT_I32:
        slots->i64 = val->i32;
        return WHIT_OK;
    case WHIT_I64:
        slots->i64 = val->i64;
        return WHIT_OK;
    case WHIT_F32:
        slots->f32 = val->f32;
        return WHIT_OK;
    case WHIT_F64:
        slots->f64 = val->f64;
        return WHIT_OK;
    case WHIT_V128:
        memcpy(slots, val->v128, sizeof val->v128);
        return WHIT_OK;
    case WHIT_FUNCREF:
        slots->ref = rt_object_ref(val->func);
        break;
    default:
        slots->ref = ref_of(val->ref);
        break;
    }
    if (ref_fits(store, slots->ref, type))
        return WHIT_OK;
    return error_set(error, WHIT_ARGUMENT,
                     "a reference does not have the wanted type");
}

whit_status api_val_from_slots(rt_store *store, wasm_valtype type,
                               const rt_slot *slots, whit_val *out,
                               whit_error *error)
{
    out->kind = api_kind(store->engine, type);
    switch (out->kind) {
    case WHIT_I32:
        out->i32 = slots->i32;
        return WHIT_OK;
    case WHIT_I64:
        out->i64 = slots->i64;
        return WHIT_OK;
    case WHIT_F32:
        out->f32 = slots->f32;
        return WHIT_OK;
    case WHIT_F64:
        out->f64 = slots->f64;
        return WHIT_OK;
    case WHIT_V128:
        memcpy(out->v128, slots, sizeof out->v128);
        return WHIT_OK;
    case WHIT_FUNCREF:
        out->func = (whit_func *)(uintptr_t)slots->ref;
        return WHIT_OK;
    default:
        return new_ref(store, slots->ref, &out->ref, error);
    }
}

void api_val_release(whit_val *val)
{
    if (val->kind > WHIT_FUNCREF)
        whit_ref_free(val->ref);
}
