/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Values of scripts: making arguments, matching results. */
#include "wast/runner.h"

#include <inttypes.h>
#include <stdio.h>

#include "runtime/operations.h"

/* Rooted until the script ends: nothing else holds an argument. */
static whit_status new_host(rt_store *store, uint64_t value, rt_slot *out,
                            whit_error *error)
{
    uint32_t handle;
    TRY(rt_host_object_new(store, value, NULL, &out->ref, error));
    return rt_root_add(store, out->ref, &handle, error);
}

static whit_status make(wast_runner *self, const wasm_const *value,
                        rt_slot *slots, whit_error *error)
{
    switch (value->kind) {
    case WASM_CONST_I32:
    case WASM_CONST_I64:
    case WASM_CONST_F32:
    case WASM_CONST_F64:
        slots->u64 = value->value;
        return WHIT_OK;
    case WASM_CONST_V128:
        memcpy(slots, value->bytes, 16);
        return WHIT_OK;
    case WASM_CONST_REF_NULL:
        slots->ref = 0;
        return WHIT_OK;
    case WASM_CONST_REF_HOST:
    case WASM_CONST_REF_EXTERN:
        return new_host(self->store, value->value, slots, error);
    default:
        return error_set(error, WHIT_ARGUMENT,
                         "a pattern or component value is not an argument of "
                         "a core function");
    }
}

static bool has_type(wast_runner *self, const wasm_const *value,
                     const rt_slot *slots, wasm_valtype type)
{
    switch (value->kind) {
    case WASM_CONST_I32:
        return type == WASM_I32;
    case WASM_CONST_I64:
        return type == WASM_I64;
    case WASM_CONST_F32:
        return type == WASM_F32;
    case WASM_CONST_F64:
        return type == WASM_F64;
    case WASM_CONST_V128:
        return type == WASM_V128;
    default:
        return wasm_is_ref(type) &&
               rt_ref_matches(self->engine->types, slots->ref, type);
    }
}

whit_status wast_argument(wast_runner *self, const wasm_const *value,
                          wasm_valtype type, rt_slot *slots, whit_error *error)
{
    rt_slot made[2] = {{.u64 = 0}, {.u64 = 0}};
    TRY(make(self, value, made, error));
    if (!has_type(self, value, made, type))
        return error_set(error, WHIT_ARGUMENT,
                         "an argument is not of its parameter's type");
    memcpy(slots, made, wasm_slots(type) * sizeof *made);
    return WHIT_OK;
}

#define F32_CANONICAL 0x7fc00000u
#define F64_CANONICAL 0x7ff8000000000000u

static bool match_f32(wasm_nan nan, uint32_t expected, uint32_t actual)
{
    switch (nan) {
    case WASM_NAN_NONE:
        return expected == actual;
    case WASM_NAN_CANONICAL:
        return (actual & 0x7fffffffu) == F32_CANONICAL;
    case WASM_NAN_ARITHMETIC:
        return (actual & F32_CANONICAL) == F32_CANONICAL;
    }
    return false;
}

static bool match_f64(wasm_nan nan, uint64_t expected, uint64_t actual)
{
    switch (nan) {
    case WASM_NAN_NONE:
        return expected == actual;
    case WASM_NAN_CANONICAL:
        return (actual & 0x7fffffffffffffffu) == F64_CANONICAL;
    case WASM_NAN_ARITHMETIC:
        return (actual & F64_CANONICAL) == F64_CANONICAL;
    }
    return false;
}

static bool match_v128(const wasm_const *pattern, const rt_slot *slots)
{
    uint8_t actual[16];
    memcpy(actual, slots, 16);
    for (unsigned i = 0; i < pattern->lanes; i++) {
        unsigned width = 16u / pattern->lanes;
        uint64_t expected_bits = 0, actual_bits = 0;
        memcpy(&expected_bits, pattern->bytes + i * width, width);
        memcpy(&actual_bits, actual + i * width, width);
        wasm_nan nan = (wasm_nan)pattern->lane_nan[i];
        bool same = width == 4 ? match_f32(nan, (uint32_t)expected_bits,
                                           (uint32_t)actual_bits)
                               : match_f64(nan, expected_bits, actual_bits);
        if (!same)
            return false;
    }
    return pattern->lanes || !memcmp(actual, pattern->bytes, 16);
}

static bool match_host(const wasm_const *pattern, rt_ref ref)
{
    if (!ref || rt_ref_is_i31(ref) ||
        rt_ref_object(ref)->kind != RT_OBJECT_HOST)
        return ref && !pattern->has_value;
    rt_host_object *object = (rt_host_object *)rt_ref_object(ref);
    return !pattern->has_value || object->value == pattern->value;
}

bool wast_matches(wast_runner *self, const wasm_const *pattern,
                  wasm_valtype type, const rt_slot *slots)
{
    switch (pattern->kind) {
    case WASM_CONST_I32:
        return type == WASM_I32 && slots->u32 == (uint32_t)pattern->value;
    case WASM_CONST_I64:
        return type == WASM_I64 && slots->u64 == pattern->value;
    case WASM_CONST_F32:
        return type == WASM_F32 &&
               match_f32(pattern->nan, (uint32_t)pattern->value, slots->u32);
    case WASM_CONST_F64:
        return type == WASM_F64 &&
               match_f64(pattern->nan, pattern->value, slots->u64);
    case WASM_CONST_V128:
        return type == WASM_V128 && match_v128(pattern, slots);
    case WASM_CONST_REF_NULL:
        return wasm_is_ref(type) && slots->ref == 0;
    case WASM_CONST_REF_HOST:
    case WASM_CONST_REF_EXTERN:
        return wasm_is_ref(type) && match_host(pattern, slots->ref);
    case WASM_CONST_REF_KIND:
        return wasm_is_ref(type) &&
               rt_ref_matches(self->engine->types, slots->ref,
                              wasm_ref(pattern->heap, false));
    case WASM_CONST_EITHER:
        for (uint32_t i = 0; i < pattern->alternative_count; i++)
            if (wast_matches(self, &pattern->alternatives[i], type, slots))
                return true;
        return false;
    default:
        break;
    }
    return false;
}

void wast_slots_text(wasm_valtype type, const rt_slot *slots, char *out,
                     size_t size)
{
    switch (type) {
    case WASM_I32:
        snprintf(out, size, "i32 %" PRId32, slots->i32);
        return;
    case WASM_I64:
        snprintf(out, size, "i64 %" PRId64, slots->i64);
        return;
    case WASM_F32:
        snprintf(out, size, "f32 %.9g (0x%08" PRIx32 ")", (double)slots->f32,
                 slots->u32);
        return;
    case WASM_F64:
        snprintf(out, size, "f64 %.17g (0x%016" PRIx64 ")", slots->f64,
                 slots->u64);
        return;
    case WASM_V128:
        snprintf(out, size, "v128 0x%016" PRIx64 "%016" PRIx64, slots[1].u64,
                 slots[0].u64);
        return;
    default:
        snprintf(out, size, "ref 0x%" PRIx64, slots->ref);
        return;
    }
}
