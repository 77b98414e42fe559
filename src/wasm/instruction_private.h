/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What the readers and the writer of instructions share. */
#ifndef WASM_INSTRUCTION_PRIVATE_H
#define WASM_INSTRUCTION_PRIVATE_H

#include "wasm/instruction.h"

enum {
    PREFIX_GC = 0xfb,
    PREFIX_MISC = 0xfc,
    PREFIX_SIMD = 0xfd,
    PREFIX_ATOMIC = 0xfe,
    MEMARG_HAS_MEMORY = 0x40
};

/* First number of the ids behind a prefix, and one past the last. */
static inline bool prefix_range(uint8_t byte, uint32_t *first, uint32_t *end)
{
    switch (byte) {
    case PREFIX_GC:
        *first = 0x100, *end = 0x200;
        return true;
    case PREFIX_MISC:
        *first = 0x200, *end = 0x300;
        return true;
    case PREFIX_SIMD:
        *first = 0x300, *end = 0x500;
        return true;
    case PREFIX_ATOMIC:
        *first = 0x500, *end = WASM_OP_COUNT;
        return true;
    }
    return false;
}

/* How many indices the immediates are: `index` is the first, `index2` the
 * second; 0: they are of another kind. */
static inline unsigned immediate_indices(wasm_immediates immediates)
{
    switch (immediates) {
    case WASM_IMM_LABEL:
    case WASM_IMM_FUNC:
    case WASM_IMM_TYPE:
    case WASM_IMM_TAG:
    case WASM_IMM_LOCAL:
    case WASM_IMM_GLOBAL:
    case WASM_IMM_TABLE:
    case WASM_IMM_ELEM:
    case WASM_IMM_MEMORY:
    case WASM_IMM_DATA:
        return 1;
    case WASM_IMM_TYPE_TABLE:
    case WASM_IMM_TABLE_TABLE:
    case WASM_IMM_MEMORY_MEMORY:
    case WASM_IMM_ELEM_TABLE:
    case WASM_IMM_DATA_MEMORY:
    case WASM_IMM_TYPE_FIELD:
    case WASM_IMM_TYPE_COUNT:
    case WASM_IMM_TYPE_DATA:
    case WASM_IMM_TYPE_ELEM:
    case WASM_IMM_TYPE_TYPE:
        return 2;
    default:
        return 0;
    }
}

static inline bool is_abstract_heap(uint8_t byte)
{
    return byte >= 0x69 && byte <= 0x74;
}

static inline uint64_t little_endian(const uint8_t *bytes, unsigned size)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < size; i++)
        value |= (uint64_t)bytes[i] << (8 * i);
    return value;
}

#endif
