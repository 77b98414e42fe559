/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Instructions: numbers, properties, and the reader that every walker of a
 * body uses (specification 3.0, section 5.4). */
#ifndef WASM_INSTRUCTION_H
#define WASM_INSTRUCTION_H

#include "base/buffer.h"
#include "base/error.h"
#include "base/slice.h"
#include "wasm/types.h"

enum {
#define OP(name, id, text, immediates, signature, align) WASM_OP_##name = id,
#include "wasm/opcodes.def"
#undef OP
    WASM_OP_COUNT = 0x550
};

typedef enum wasm_immediates {
    WASM_IMM_NONE,
    WASM_IMM_BLOCK,         /* block */
    WASM_IMM_TRY_TABLE,     /* block, catches */
    WASM_IMM_LABEL,         /* index */
    WASM_IMM_LABELS,        /* labels; index is the default label */
    WASM_IMM_FUNC,          /* index */
    WASM_IMM_TYPE_TABLE,    /* index, index2 */
    WASM_IMM_TYPE,          /* index */
    WASM_IMM_TAG,           /* index */
    WASM_IMM_LOCAL,         /* index */
    WASM_IMM_GLOBAL,        /* index */
    WASM_IMM_TABLE,         /* index */
    WASM_IMM_TABLE_TABLE,   /* index destination, index2 source */
    WASM_IMM_ELEM_TABLE,    /* index element segment, index2 table */
    WASM_IMM_ELEM,          /* index */
    WASM_IMM_MEMORY,        /* index */
    WASM_IMM_MEMORY_MEMORY, /* index destination, index2 source */
    WASM_IMM_DATA_MEMORY,   /* index data segment, index2 memory */
    WASM_IMM_DATA,          /* index */
    WASM_IMM_MEMARG,        /* memarg */
    WASM_IMM_MEMARG_LANE,   /* memarg, lane */
    WASM_IMM_LANE,          /* lane */
    WASM_IMM_SHUFFLE,       /* bytes: 16 lane indices */
    WASM_IMM_I32,           /* value, sign-extended to 64 bits */
    WASM_IMM_I64,           /* value */
    WASM_IMM_F32,           /* value: the bits, in the low half */
    WASM_IMM_F64,           /* value: the bits */
    WASM_IMM_V128,          /* bytes */
    WASM_IMM_VALTYPES,      /* types: `select` with types */
    WASM_IMM_HEAPTYPE,      /* heap */
    WASM_IMM_CAST,          /* index label, from, to */
    WASM_IMM_TYPE_FIELD,    /* index, index2 */
    WASM_IMM_TYPE_COUNT,    /* index, index2 */
    WASM_IMM_TYPE_DATA,     /* index, index2 */
    WASM_IMM_TYPE_ELEM,     /* index, index2 */
    WASM_IMM_TYPE_TYPE,     /* index destination, index2 source */
    WASM_IMM_FENCE
} wasm_immediates;

typedef struct wasm_opcode_info {
    const char *text;      /* NULL: no such instruction */
    const char *signature; /* see opcodes.def */
    uint8_t immediates;    /* wasm_immediates */
    uint8_t align;
} wasm_opcode_info;

/* Indexed by WASM_OP_ number. */
extern const wasm_opcode_info wasm_opcodes[WASM_OP_COUNT];

/* A block type: a type index, or a value type, or nothing. */
typedef struct wasm_blocktype {
    uint32_t index;    /* WASM_NO_INDEX: `type` counts */
    wasm_valtype type; /* WASM_BOTTOM: no result */
} wasm_blocktype;

typedef enum wasm_catch_kind {
    WASM_CATCH,
    WASM_CATCH_REF,
    WASM_CATCH_ALL,
    WASM_CATCH_ALL_REF
} wasm_catch_kind;

typedef struct wasm_catch {
    uint8_t kind; /* wasm_catch_kind */
    uint32_t tag; /* WASM_CATCH and WASM_CATCH_REF */
    uint32_t label;
} wasm_catch;

/* One instruction; which members are set depends on the immediates. */
typedef struct wasm_instruction {
    uint16_t op;
    uint8_t lane;
    const uint8_t *start; /* first byte, in the body */
    uint32_t index;
    uint32_t index2;
    union {
        uint64_t value;
        struct {
            uint64_t offset;
            uint32_t align; /* log2 */
            uint32_t memory;
        } memarg;
        struct {
            wasm_blocktype block;
            /* LEB-coded, for wasm_next_catch. */
            uint32_t catch_count;
            const uint8_t *catches;
        };
        struct {
            uint32_t label_count;  /* without the default, which is index */
            const uint8_t *labels; /* LEB-coded, for wasm_next_index */
        };
        struct {
            wasm_heaptype heap;     /* HEAPTYPE */
            wasm_valtype cast_from; /* CAST */
            wasm_valtype cast_to;
        };
        struct {
            uint32_t type_count;
            const uint8_t *types; /* for wasm_next_valtype */
        };
        uint8_t bytes[16];
    };
} wasm_instruction;

/* Reads bodies and expressions. `base` and `offset` give byte offsets for
 * errors: offset of `base` in the module. */
typedef struct wasm_reader {
    const uint8_t *cursor;
    const uint8_t *end;
    const uint8_t *base;
    uint64_t offset;
} wasm_reader;

wasm_reader wasm_reader_new(slice bytes, uint64_t offset);
/* Byte offset of the cursor in the module. */
uint64_t wasm_reader_offset(const wasm_reader *self);

/* Reads one instruction. Malformed bytes give WHIT_MALFORMED with the
 * specification suite's sentences. */
whit_status wasm_read_instruction(wasm_reader *self, wasm_instruction *out,
                                  whit_error *error) WHIT_MUST_CHECK;
/* The same for bodies that are known to be well-formed: no errors. */
void wasm_next_instruction(wasm_reader *self, wasm_instruction *out);

/* For immediates kept as bytes, and for sections. */
whit_status wasm_read_u32(wasm_reader *self, uint32_t *out,
                          whit_error *error) WHIT_MUST_CHECK;
whit_status wasm_read_valtype(wasm_reader *self, wasm_valtype *out,
                              whit_error *error) WHIT_MUST_CHECK;
whit_status wasm_read_heaptype(wasm_reader *self, wasm_heaptype *out,
                               whit_error *error) WHIT_MUST_CHECK;
/* Well-formed input only. */
uint32_t wasm_next_index(const uint8_t **cursor);
wasm_valtype wasm_next_valtype(const uint8_t **cursor);
wasm_catch wasm_next_catch(const uint8_t **cursor);

/* Writes an instruction in its shortest form, lists (labels, catches, types)
 * included; the inverse of the reader. The lists must be well-formed. */
void wasm_write_instruction(buffer *out, const wasm_instruction *instruction);
void wasm_write_valtype(buffer *out, wasm_valtype type);
void wasm_write_heaptype(buffer *out, wasm_heaptype heap);
void wasm_write_catch(buffer *out, const wasm_catch *c);

#endif
