/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Validation: types and indices as bodies name them. */
#include "wasm/validate_private.h"

whit_status wasm_validator_feature(wasm_validator *v, wasm_features feature,
                                   const char *what)
{
    if (LIKELY(v->features & feature))
        return WHIT_OK;
    return error_set(v->error, WHIT_UNSUPPORTED,
                     "%s: the feature is switched off", what);
}

whit_status wasm_validator_index(wasm_validator *v, uint32_t index,
                                 uint32_t count, const char *what)
{
    if (LIKELY(index < count))
        return WHIT_OK;
    return wasm_validator_fail(v, "unknown %s %u: there are %u", what, index,
                               count);
}

whit_status wasm_validator_heaptype(wasm_validator *v, wasm_heaptype heap,
                                    wasm_heaptype *out)
{
    *out = heap;
    if (!wasm_heap_is_index(heap))
        return WHIT_OK;
    TRY(wasm_validator_index(v, heap, v->module->type_count, "type"));
    *out = v->types[heap]->id;
    return WHIT_OK;
}

whit_status wasm_validator_valtype(wasm_validator *v, wasm_valtype type,
                                   wasm_valtype *out)
{
    *out = type;
    if (type == WASM_V128)
        return wasm_validator_feature(v, WASM_FEATURE_SIMD, "v128");
    if (!wasm_is_ref(type))
        return WHIT_OK;
    wasm_heaptype heap = 0;
    TRY(wasm_validator_heaptype(v, wasm_heap(type), &heap));
    *out = wasm_ref(heap, wasm_is_nullable(type));
    return WHIT_OK;
}

static const char *kind_text(wasm_comp_kind kind)
{
    switch (kind) {
    case WASM_COMP_FUNC:
        return "function";
    case WASM_COMP_STRUCT:
        return "struct";
    case WASM_COMP_ARRAY:
        return "array";
    }
    return "unknown";
}

whit_status wasm_validator_type(wasm_validator *v, uint32_t index,
                                wasm_comp_kind kind, const wasm_type **out)
{
    TRY(wasm_validator_index(v, index, v->module->type_count, "type"));
    *out = v->types[index];
    if ((*out)->kind == kind)
        return WHIT_OK;
    return wasm_validator_fail(v,
                               "type mismatch: type %u is of kind %s, "
                               "expected %s",
                               index, kind_text((*out)->kind), kind_text(kind));
}

wasm_valtype wasm_validator_address(wasm_limits limits)
{
    return limits.is64 ? WASM_I64 : WASM_I32;
}

wasm_valtype wasm_validator_canonical(const wasm_validator *v,
                                      wasm_valtype type)
{
    return wasm_type_canonical(type, v->types);
}
