/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Structures, arrays, exceptions and host objects. */
#include <string.h>
#include "runtime/heap.h"
#include "runtime/local.h"
#include "runtime/memory.h"
#include "runtime/operations.h"

/* What is made for a host function stays alive until that returns. */
static rt_trap_code finish(rt_store *store, rt_object *object, rt_ref *out)
{
    if (!object)
        return RT_TRAP_GC_HEAP;
    *out = rt_object_ref(object);
    if (store->context.host_depth && !rt_local_push(store, *out))
        return RT_TRAP_GC_HEAP;
    return RT_TRAP_NONE;
}

rt_trap_code rt_struct_new(rt_store *store, const wasm_type *type, rt_ref *out)
{
    rt_object *object = rt_heap_alloc(store->heap, RT_OBJECT_STRUCT,
                                      sizeof(rt_object) + type->size);
    if (object)
        object->type = type;
    return finish(store, object, out);
}

rt_trap_code rt_array_new(rt_store *store, const wasm_type *type,
                          uint32_t length, rt_ref *out)
{
    uint64_t bytes = (uint64_t)length * type->size;
    if (bytes > LIMIT_ARRAY_BYTES)
        return RT_TRAP_GC_HEAP;
    rt_object *object = rt_heap_alloc(store->heap, RT_OBJECT_ARRAY,
                                      sizeof(rt_object) + (size_t)bytes);
    if (object) {
        object->type = type;
        object->length = length;
    }
    return finish(store, object, out);
}

void rt_storage_set(void *at, wasm_valtype storage, const rt_slot *slot)
{
    switch (storage) {
    case WASM_I8:
        *(uint8_t *)at = (uint8_t)slot->u32;
        break;
    case WASM_I16: {
        uint16_t value = (uint16_t)slot->u32;
        memcpy(at, &value, sizeof value);
        break;
    }
    case WASM_I32:
    case WASM_F32:
        memcpy(at, &slot->u32, sizeof slot->u32);
        break;
    case WASM_V128:
        memcpy(at, slot, 2 * sizeof *slot);
        break;
    default:
        memcpy(at, slot, sizeof *slot);
        break;
    }
}

void rt_storage_get(const void *at, wasm_valtype storage, bool sign,
                    rt_slot *slot)
{
    switch (storage) {
    case WASM_I8: {
        uint8_t value = *(const uint8_t *)at;
        slot->u64 = sign ? (uint32_t)(int8_t)value : value;
        break;
    }
    case WASM_I16: {
        uint16_t value;
        memcpy(&value, at, sizeof value);
        slot->u64 = sign ? (uint32_t)(int16_t)value : value;
        break;
    }
    case WASM_I32:
    case WASM_F32: {
        uint32_t value;
        memcpy(&value, at, sizeof value);
        slot->u64 = value;
        break;
    }
    case WASM_V128:
        memcpy(slot, at, 2 * sizeof *slot);
        break;
    default:
        memcpy(slot, at, sizeof *slot);
        break;
    }
}

static uint8_t *element(rt_object *array, uint64_t i)
{
    return rt_object_data(array) + i * array->type->size;
}

rt_trap_code rt_array_fill(rt_ref array, uint32_t at, const rt_slot *value,
                           uint32_t count)
{
    rt_object *object = rt_ref_object(array);
    if (!range_ok(at, count, object->length))
        return RT_TRAP_ARRAY_BOUNDS;
    wasm_valtype storage = object->type->fields[0].type;
    size_t size = object->type->size;
    uint8_t *to = element(object, at);
    if (size == 1) {
        memset(to, (uint8_t)value->u32, count);
        return RT_TRAP_NONE;
    }
    for (uint32_t i = 0; i < count; i++, to += size)
        rt_storage_set(to, storage, value);
    return RT_TRAP_NONE;
}

rt_trap_code rt_array_copy(rt_ref to, uint32_t to_at, rt_ref from,
                           uint32_t from_at, uint32_t count)
{
    rt_object *target = rt_ref_object(to), *source = rt_ref_object(from);
    if (!range_ok(to_at, count, target->length) ||
        !range_ok(from_at, count, source->length))
        return RT_TRAP_ARRAY_BOUNDS;
    memmove(element(target, to_at), element(source, from_at),
            (size_t)count * target->type->size);
    return RT_TRAP_NONE;
}

static bool data_range_ok(const rt_instance *instance, uint32_t data,
                          uint32_t from, uint32_t count, uint32_t size)
{
    return range_ok(from, (uint64_t)count * size, instance->datas[data].size);
}

rt_trap_code rt_array_new_data(rt_instance *instance, const wasm_type *type,
                               uint32_t data, uint32_t from, uint32_t length,
                               rt_ref *out)
{
    if (!data_range_ok(instance, data, from, length, type->size))
        return RT_TRAP_MEMORY_BOUNDS;
    rt_trap_code code = rt_array_new(instance->store, type, length, out);
    if (code == RT_TRAP_NONE && length)
        memcpy(rt_object_data(rt_ref_object(*out)),
               instance->datas[data].data + from, (size_t)length * type->size);
    return code;
}

rt_trap_code rt_array_new_elem(rt_instance *instance, const wasm_type *type,
                               uint32_t elem, uint32_t from, uint32_t length,
                               rt_ref *out)
{
    if (!range_ok(from, length, instance->elems[elem].count))
        return RT_TRAP_TABLE_BOUNDS;
    rt_trap_code code = rt_array_new(instance->store, type, length, out);
    if (code == RT_TRAP_NONE && length)
        memcpy(rt_object_data(rt_ref_object(*out)),
               instance->elems[elem].items + from, length * sizeof(rt_ref));
    return code;
}

rt_trap_code rt_array_init_data(rt_instance *instance, rt_ref array,
                                uint32_t data, uint32_t at, uint32_t from,
                                uint32_t count)
{
    rt_object *object = rt_ref_object(array);
    uint32_t size = object->type->size;
    if (!range_ok(at, count, object->length))
        return RT_TRAP_ARRAY_BOUNDS;
    if (!data_range_ok(instance, data, from, count, size))
        return RT_TRAP_MEMORY_BOUNDS;
    if (count)
        memcpy(element(object, at), instance->datas[data].data + from,
               (size_t)count * size);
    return RT_TRAP_NONE;
}

rt_trap_code rt_array_init_elem(rt_instance *instance, rt_ref array,
                                uint32_t elem, uint32_t at, uint32_t from,
                                uint32_t count)
{
    rt_object *object = rt_ref_object(array);
    if (!range_ok(at, count, object->length))
        return RT_TRAP_ARRAY_BOUNDS;
    if (!range_ok(from, count, instance->elems[elem].count))
        return RT_TRAP_TABLE_BOUNDS;
    if (count)
        memcpy(element(object, at), instance->elems[elem].items + from,
               count * sizeof(rt_ref));
    return RT_TRAP_NONE;
}

rt_trap_code rt_exception_new(rt_store *store, rt_tag *tag,
                              const rt_slot *values, rt_ref *out)
{
    const wasm_type *type = tag->type;
    size_t bytes = type->param_slots * sizeof *values;
    size_t locals = store->local_count;
    if (!rt_local_push_values(store, type->func.params, type->func.param_count,
                              values))
        return RT_TRAP_GC_HEAP;
    rt_exception *self = (rt_exception *)rt_heap_alloc(
        store->heap, RT_OBJECT_EXCEPTION, sizeof *self + bytes);
    store->local_count = locals;
    if (self) {
        self->header.type = type;
        self->header.length = type->param_slots;
        self->tag = tag;
        if (bytes)
            memcpy(self->values, values, bytes);
    }
    return finish(store, (rt_object *)self, out);
}

whit_status rt_host_object_new(rt_store *store, uint64_t value,
                               void (*finalize)(uint64_t), rt_ref *out,
                               whit_error *error)
{
    rt_host_object *self = (rt_host_object *)rt_heap_alloc(
        store->heap, RT_OBJECT_HOST, sizeof *self);
    if (!self)
        return error_set(error, WHIT_LIMIT,
                         "%s: the limit is %llu bytes (gc_heap_bytes)",
                         rt_trap_text(RT_TRAP_GC_HEAP),
                         (unsigned long long)store->limits.gc_heap_bytes);
    self->value = value;
    if (finish(store, &self->header, out) != RT_TRAP_NONE)
        return error_memory(error);
    self->finalize = finalize;
    return WHIT_OK;
}

static bool object_matches(const rt_object *object, wasm_heaptype heap)
{
    if (wasm_heap_is_index(heap)) {
        const wasm_type *type = object->type;
        for (uint32_t i = 0; type && i <= type->depth; i++) {
            if (type->supers[i]->id == heap)
                return object->kind != RT_OBJECT_EXCEPTION;
        }
        return false;
    }
    switch (heap) {
    case WASM_HEAP_FUNC:
        return object->kind == RT_OBJECT_FUNCTION;
    case WASM_HEAP_EXN:
        return object->kind == RT_OBJECT_EXCEPTION;
    case WASM_HEAP_STRUCT:
        return object->kind == RT_OBJECT_STRUCT;
    case WASM_HEAP_ARRAY:
        return object->kind == RT_OBJECT_ARRAY;
    case WASM_HEAP_EQ:
        return object->kind == RT_OBJECT_STRUCT ||
               object->kind == RT_OBJECT_ARRAY;
    case WASM_HEAP_ANY:
    case WASM_HEAP_EXTERN:
        return object->kind != RT_OBJECT_FUNCTION &&
               object->kind != RT_OBJECT_EXCEPTION;
    default:
        return false;
    }
}

bool rt_ref_matches(const wasm_type_table *types, rt_ref ref, wasm_valtype type)
{
    (void)types; /* an object's type knows its super types */
    wasm_heaptype heap = wasm_heap(type);
    if (ref == 0)
        return wasm_is_nullable(type);
    if (rt_ref_is_i31(ref))
        return heap == WASM_HEAP_I31 || heap == WASM_HEAP_EQ ||
               heap == WASM_HEAP_ANY || heap == WASM_HEAP_EXTERN;
    return object_matches(rt_ref_object(ref), heap);
}
