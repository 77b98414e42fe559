/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Types in words. */
#include "wasm/types.h"

#include <stdio.h>

/* Abstract heap types from 0x69 on: their names, and the short form of a
 * nullable reference to them. */
static const struct {
    const char *heap;
    const char *ref;
} abstract_types[] = {
    {"exn", "exnref"},             /* 0x69 */
    {"array", "arrayref"},         /* 0x6a */
    {"struct", "structref"},       /* 0x6b */
    {"i31", "i31ref"},             /* 0x6c */
    {"eq", "eqref"},               /* 0x6d */
    {"any", "anyref"},             /* 0x6e */
    {"extern", "externref"},       /* 0x6f */
    {"func", "funcref"},           /* 0x70 */
    {"none", "nullref"},           /* 0x71 */
    {"noextern", "nullexternref"}, /* 0x72 */
    {"nofunc", "nullfuncref"},     /* 0x73 */
    {"noexn", "nullexnref"},       /* 0x74 */
};

void wasm_heaptype_text(wasm_heaptype heap, char *out, unsigned size)
{
    if (wasm_heap_is_index(heap))
        snprintf(out, size, "%u", heap);
    else if (heap >= WASM_HEAP_EXN && heap <= WASM_HEAP_NOEXN)
        snprintf(out, size, "%s", abstract_types[heap - WASM_HEAP_EXN].heap);
    else
        snprintf(out, size, "bottom");
}

static const char *number_text(wasm_valtype type)
{
    switch (type) {
    case WASM_BOTTOM:
        return "bottom";
    case WASM_I32:
        return "i32";
    case WASM_I64:
        return "i64";
    case WASM_F32:
        return "f32";
    case WASM_F64:
        return "f64";
    case WASM_V128:
        return "v128";
    case WASM_I8:
        return "i8";
    case WASM_I16:
        return "i16";
    }
    return "unknown";
}

void wasm_valtype_text(wasm_valtype type, char *out, unsigned size)
{
    if (!wasm_is_ref(type)) {
        snprintf(out, size, "%s", number_text(type));
        return;
    }
    wasm_heaptype heap = wasm_heap(type);
    if (wasm_is_nullable(type) && heap >= WASM_HEAP_EXN &&
        heap <= WASM_HEAP_NOEXN) {
        snprintf(out, size, "%s", abstract_types[heap - WASM_HEAP_EXN].ref);
        return;
    }
    char text[24];
    wasm_heaptype_text(heap, text, sizeof text);
    snprintf(out, size, "(ref %s%s)", wasm_is_nullable(type) ? "null " : "",
             text);
}

const char *wasm_external_kind_text(wasm_external_kind kind)
{
    switch (kind) {
    case WASM_EXTERN_FUNC:
        return "function";
    case WASM_EXTERN_TABLE:
        return "table";
    case WASM_EXTERN_MEMORY:
        return "memory";
    case WASM_EXTERN_GLOBAL:
        return "global";
    case WASM_EXTERN_TAG:
        return "tag";
    case WASM_EXTERN_KINDS:
        break;
    }
    return "unknown";
}
