/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Immediates of instructions in the text format (specification 3.0, section
 * 6.5). */
#include "wasm/text_internal.h"
#include "wasm/text_numbers.h"

whit_status wasm_text_blocktype(text_parser *p, wasm_blocktype *out)
{
    text_typeuse use;
    wasm_place place = p->token.place;
    out->index = WASM_NO_INDEX;
    out->type = WASM_BOTTOM;
    TRY(wasm_text_typeuse_read(p, false, &use));
    if (use.has_type || p->params.count || p->results.count > 1)
        return wasm_text_typeuse_index(p, &use, place, &out->index);
    if (p->results.count)
        out->type = *(wasm_valtype *)p->results.items;
    return WHIT_OK;
}

whit_status wasm_text_catches(text_parser *p, wasm_instruction *out)
{
    static const char *const words[] = {[WASM_CATCH] = "catch",
                                        [WASM_CATCH_REF] = "catch_ref",
                                        [WASM_CATCH_ALL] = "catch_all",
                                        [WASM_CATCH_ALL_REF] = "catch_all_ref"};
    buffer_clear(&p->list);
    out->catch_count = 0;
    for (;;) {
        size_t kind = 0;
        while (kind < COUNT_OF(words) && !wasm_text_at_form(p, words[kind]))
            kind++;
        if (kind == COUNT_OF(words))
            break;
        wasm_catch item = {.kind = (uint8_t)kind};
        TRY(wasm_text_enter(p));
        if (kind == WASM_CATCH || kind == WASM_CATCH_REF)
            TRY(wasm_text_index(p, TEXT_TAG, &item.tag));
        TRY(wasm_text_label(p, &item.label));
        TRY(wasm_text_close(p));
        wasm_write_catch(&p->list, &item);
        out->catch_count++;
    }
    TRY(buffer_status(&p->list, p->error));
    out->catches = p->list.data;
    return WHIT_OK;
}

static whit_status read_labels(text_parser *p, wasm_instruction *out)
{
    buffer_clear(&p->list);
    out->label_count = 0;
    TRY(wasm_text_label(p, &out->index));
    while (wasm_text_at_index(p)) {
        buffer_uleb(&p->list, out->index);
        if (++out->label_count > LIMIT_BR_TABLE)
            return error_set(p->error, WHIT_LIMIT,
                             "too many labels of br_table: the limit is %u",
                             LIMIT_BR_TABLE);
        TRY(wasm_text_label(p, &out->index));
    }
    TRY(buffer_status(&p->list, p->error));
    out->labels = p->list.data;
    return WHIT_OK;
}

/* An index that may be left out. */
static whit_status optional_index(text_parser *p, text_space space,
                                  uint32_t *out)
{
    *out = 0;
    return wasm_text_at_index(p) ? wasm_text_index(p, space, out) : WHIT_OK;
}

static whit_status optional_pair(text_parser *p, text_space space,
                                 wasm_instruction *out)
{
    out->index = out->index2 = 0;
    if (!wasm_text_at_index(p))
        return WHIT_OK;
    TRY(wasm_text_index(p, space, &out->index));
    return wasm_text_index(p, space, &out->index2);
}

static bool ahead_is_index(text_parser *p)
{
    wasm_token_kind kind = wasm_text_ahead_kind(p);
    return kind == WASM_TOKEN_NAT || kind == WASM_TOKEN_ID;
}

/* The segment's index stands last; `space` is that of the optional first. */
static whit_status segment_pair(text_parser *p, text_space space,
                                text_space segment, wasm_instruction *out)
{
    out->index2 = 0;
    if (wasm_text_at_index(p) && ahead_is_index(p))
        TRY(wasm_text_index(p, space, &out->index2));
    return wasm_text_index(p, segment, &out->index);
}

/* The number behind "offset=" or "align=", when the token is that. */
static bool memarg_word(const text_parser *p, const char *prefix, slice *number)
{
    size_t size = strlen(prefix);
    slice text = p->token.text;
    if (p->token.kind != WASM_TOKEN_KEYWORD || text.size <= size ||
        memcmp(text.data, prefix, size) != 0)
        return false;
    *number = slice_of(text.data + size, text.size - size);
    return wasm_text_memarg_word(text);
}

static whit_status read_memarg(text_parser *p, wasm_instruction *out)
{
    slice number;
    uint64_t align = (uint64_t)1 << wasm_opcodes[out->op].align;
    out->memarg.offset = 0;
    if (memarg_word(p, "offset=", &number)) {
        unsigned bits = p->features & WASM_FEATURE_MEMORY64 ? 64 : 32;
        if (!wasm_text_integer(number, bits, &out->memarg.offset))
            return wasm_text_fail(p, "i%u constant out of range: %.*s", bits,
                                  SLICE_ARG(p->token.text));
        TRY(wasm_text_advance(p));
    }
    if (memarg_word(p, "align=", &number)) {
        if (!wasm_text_integer(number, 64, &align) || !align ||
            (align & (align - 1)))
            return wasm_text_fail(p, "alignment must be a power of two: %.*s",
                                  SLICE_ARG(p->token.text));
        TRY(wasm_text_advance(p));
    }
    out->memarg.align = (uint32_t)__builtin_ctzll(align);
    return WHIT_OK;
}

static whit_status read_lane(text_parser *p, uint8_t *out)
{
    uint64_t value;
    TRY(wasm_text_nat(p, 8, "i8", &value));
    *out = (uint8_t)value;
    return WHIT_OK;
}

static whit_status read_memarg_lane(text_parser *p, wasm_instruction *out)
{
    /* One number alone is the lane, not the memory. */
    bool memory =
        p->token.kind == WASM_TOKEN_ID ||
        (p->token.kind == WASM_TOKEN_NAT &&
         (ahead_is_index(p) || wasm_text_ahead_kind(p) == WASM_TOKEN_KEYWORD));
    if (memory && p->token.kind == WASM_TOKEN_NAT && !ahead_is_index(p)) {
        slice ahead = wasm_text_ahead(p);
        memory = ahead.size > 6 && (!memcmp(ahead.data, "offset=", 7) ||
                                    !memcmp(ahead.data, "align=", 6));
    }
    out->memarg.memory = 0;
    if (memory)
        TRY(wasm_text_index(p, TEXT_MEMORY, &out->memarg.memory));
    TRY(read_memarg(p, out));
    return read_lane(p, &out->lane);
}

static bool at_number(const text_parser *p)
{
    return p->token.kind == WASM_TOKEN_NAT || p->token.kind == WASM_TOKEN_INT ||
           p->token.kind == WASM_TOKEN_FLOAT;
}

static whit_status read_shuffle(text_parser *p, wasm_instruction *out)
{
    enum { LANES = 16 };
    unsigned count = 0;
    wasm_place place = p->token.place;
    for (; p->token.kind == WASM_TOKEN_NAT; count++) {
        uint8_t lane;
        TRY(read_lane(p, &lane));
        if (count < LANES)
            out->bytes[count] = lane;
    }
    if (count == LANES)
        return WHIT_OK;
    if (count < LANES && at_number(p))
        return wasm_text_fail(p,
                              "i8 constant out of range: %.*s is no lane index",
                              SLICE_ARG(p->token.text));
    if (count < LANES && p->token.kind == WASM_TOKEN_RESERVED)
        return wasm_text_unexpected(p, "a lane index");
    return wasm_place_error(place, p->error,
                            "invalid lane length: %u lane indices, 16 expected",
                            count);
}

static whit_status read_integer(text_parser *p, unsigned bits, uint64_t *out)
{
    if (p->token.kind != WASM_TOKEN_NAT && p->token.kind != WASM_TOKEN_INT)
        return wasm_text_unexpected(p, "an integer");
    if (!wasm_text_integer(p->token.text, bits, out))
        return wasm_text_fail(p, "constant out of range: %.*s does not fit i%u",
                              SLICE_ARG(p->token.text), bits);
    return wasm_text_advance(p);
}

static whit_status read_float(text_parser *p, unsigned bits, uint64_t *out)
{
    if (!at_number(p))
        return wasm_text_unexpected(p, "a number");
    if (!wasm_text_float(p->token.text, bits, out))
        return wasm_text_fail(p, "constant out of range: %.*s does not fit f%u",
                              SLICE_ARG(p->token.text), bits);
    return wasm_text_advance(p);
}

static whit_status lane_error(text_parser *p, const wasm_token *token,
                              const char *shape)
{
    if (token->kind == WASM_TOKEN_FLOAT && *shape == 'i')
        return wasm_place_error(token->place, p->error,
                                "unexpected token %.*s, expected an integer "
                                "lane of %s",
                                SLICE_ARG(token->text), shape);
    return wasm_place_error(token->place, p->error,
                            "constant out of range: %.*s does not fit a lane "
                            "of %s",
                            SLICE_ARG(token->text), shape);
}

static whit_status read_v128(text_parser *p, wasm_instruction *out)
{
    static const struct {
        const char *word;
        uint8_t bits;
        bool is_float;
    } shapes[] = {{"i8x16", 8, false},  {"i16x8", 16, false},
                  {"i32x4", 32, false}, {"i64x2", 64, false},
                  {"f32x4", 32, true},  {"f64x2", 64, true}};
    size_t shape = 0;
    while (shape < COUNT_OF(shapes) &&
           !wasm_text_at_keyword(p, shapes[shape].word))
        shape++;
    if (shape == COUNT_OF(shapes))
        return wasm_text_unexpected(p, "a shape: i8x16, i16x8, i32x4, i64x2, "
                                       "f32x4 or f64x2");
    TRY(wasm_text_advance(p));
    unsigned bits = shapes[shape].bits, lanes = 128 / bits;
    unsigned i = 0;
    wasm_place place = p->token.place;
    wasm_token wrong = {.kind = WASM_TOKEN_EOF};
    for (; i < lanes && at_number(p); i++) {
        uint64_t value = 0;
        bool fits = shapes[shape].is_float
                        ? wasm_text_float(p->token.text, bits, &value)
                        : p->token.kind != WASM_TOKEN_FLOAT &&
                              wasm_text_integer(p->token.text, bits, &value);
        if (!fits && wrong.kind == WASM_TOKEN_EOF)
            wrong = p->token;
        for (unsigned byte = 0; byte < bits / 8; byte++)
            out->bytes[i * bits / 8 + byte] = (uint8_t)(value >> 8 * byte);
        TRY(wasm_text_advance(p));
    }
    if (i < lanes &&
        (p->token.kind == WASM_TOKEN_KEYWORD ||
         p->token.kind == WASM_TOKEN_RESERVED) &&
        !wasm_text_word_known(p->token.text))
        return wasm_text_unexpected(p, "a number");
    if (i < lanes || at_number(p))
        return wasm_place_error(place, p->error,
                                "wrong number of lane literals: %s has %u "
                                "lanes",
                                shapes[shape].word, lanes);
    if (wrong.kind != WASM_TOKEN_EOF)
        return lane_error(p, &wrong, shapes[shape].word);
    return WHIT_OK;
}

static whit_status read_select(text_parser *p, wasm_instruction *out)
{
    bool any = false;
    TRY(wasm_text_results(p, &any));
    if (!any)
        return WHIT_OK;
    out->op = WASM_OP_SELECT_T;
    buffer_clear(&p->list);
    const wasm_valtype *types = p->results.items;
    for (size_t i = 0; i < p->results.count; i++)
        wasm_write_valtype(&p->list, types[i]);
    TRY(buffer_status(&p->list, p->error));
    out->type_count = (uint32_t)p->results.count;
    out->types = p->list.data;
    return WHIT_OK;
}

static whit_status read_cast_target(text_parser *p, wasm_instruction *out)
{
    if (out->op == WASM_OP_REF_NULL)
        return wasm_text_heaptype(p, &out->heap);
    wasm_valtype type;
    TRY(wasm_text_reftype(p, &type));
    out->heap = wasm_heap(type);
    if (wasm_is_nullable(type))
        out->op = out->op == WASM_OP_REF_TEST ? WASM_OP_REF_TEST_NULL
                                              : WASM_OP_REF_CAST_NULL;
    return WHIT_OK;
}

static whit_status read_field(text_parser *p, wasm_instruction *out)
{
    TRY(wasm_text_index(p, TEXT_TYPE, &out->index));
    if (p->token.kind != WASM_TOKEN_ID) {
        uint64_t index;
        TRY(wasm_text_nat(p, 32, "i32", &index));
        out->index2 = (uint32_t)index;
        return WHIT_OK;
    }
    slice id;
    uint64_t field;
    TRY(wasm_token_decode(&p->token, &p->scratch, &id, p->error));
    if (!wasm_text_field_get(p, out->index, id, &field))
        return wasm_text_fail(p, "unknown field %.*s of type %u",
                              SLICE_ARG(p->token.text), out->index);
    out->index2 = (uint32_t)field;
    return wasm_text_advance(p);
}

static whit_status read_indirect(text_parser *p, wasm_instruction *out)
{
    text_typeuse use;
    TRY(optional_index(p, TEXT_TABLE, &out->index2));
    wasm_place place = p->token.place;
    TRY(wasm_text_typeuse_read(p, false, &use));
    return wasm_text_typeuse_index(p, &use, place, &out->index);
}

static whit_status read_cast(text_parser *p, wasm_instruction *out)
{
    TRY(wasm_text_label(p, &out->index));
    TRY(wasm_text_reftype(p, &out->cast_from));
    return wasm_text_reftype(p, &out->cast_to);
}

static whit_status read_typed(text_parser *p, wasm_instruction *out)
{
    uint64_t count;
    TRY(wasm_text_index(p, TEXT_TYPE, &out->index));
    switch (wasm_opcodes[out->op].immediates) {
    case WASM_IMM_TYPE_COUNT:
        TRY(wasm_text_nat(p, 32, "i32", &count));
        out->index2 = (uint32_t)count;
        return WHIT_OK;
    case WASM_IMM_TYPE_DATA:
        p->module->has_data_count = true;
        return wasm_text_index(p, TEXT_DATA, &out->index2);
    case WASM_IMM_TYPE_ELEM:
        return wasm_text_index(p, TEXT_ELEM, &out->index2);
    default:
        return wasm_text_index(p, TEXT_TYPE, &out->index2);
    }
}

whit_status wasm_text_immediates(text_parser *p, wasm_instruction *out)
{
    switch ((wasm_immediates)wasm_opcodes[out->op].immediates) {
    case WASM_IMM_NONE:
        return out->op == WASM_OP_SELECT ? read_select(p, out) : WHIT_OK;
    case WASM_IMM_FENCE:
        return WHIT_OK;
    case WASM_IMM_LABEL:
        return wasm_text_label(p, &out->index);
    case WASM_IMM_LABELS:
        return read_labels(p, out);
    case WASM_IMM_FUNC:
        return wasm_text_index(p, TEXT_FUNC, &out->index);
    case WASM_IMM_TYPE_TABLE:
        return read_indirect(p, out);
    case WASM_IMM_TYPE:
        return wasm_text_index(p, TEXT_TYPE, &out->index);
    case WASM_IMM_TAG:
        return wasm_text_index(p, TEXT_TAG, &out->index);
    case WASM_IMM_LOCAL:
        return wasm_text_local(p, &out->index);
    case WASM_IMM_GLOBAL:
        return wasm_text_index(p, TEXT_GLOBAL, &out->index);
    case WASM_IMM_TABLE:
        return optional_index(p, TEXT_TABLE, &out->index);
    case WASM_IMM_TABLE_TABLE:
        return optional_pair(p, TEXT_TABLE, out);
    case WASM_IMM_ELEM_TABLE:
        return segment_pair(p, TEXT_TABLE, TEXT_ELEM, out);
    case WASM_IMM_ELEM:
        return wasm_text_index(p, TEXT_ELEM, &out->index);
    case WASM_IMM_MEMORY:
        return optional_index(p, TEXT_MEMORY, &out->index);
    case WASM_IMM_MEMORY_MEMORY:
        return optional_pair(p, TEXT_MEMORY, out);
    case WASM_IMM_DATA_MEMORY:
        p->module->has_data_count = true;
        return segment_pair(p, TEXT_MEMORY, TEXT_DATA, out);
    case WASM_IMM_DATA:
        p->module->has_data_count = true;
        return wasm_text_index(p, TEXT_DATA, &out->index);
    case WASM_IMM_MEMARG:
        TRY(optional_index(p, TEXT_MEMORY, &out->memarg.memory));
        return read_memarg(p, out);
    case WASM_IMM_MEMARG_LANE:
        return read_memarg_lane(p, out);
    case WASM_IMM_LANE:
        return read_lane(p, &out->lane);
    case WASM_IMM_SHUFFLE:
        return read_shuffle(p, out);
    case WASM_IMM_I32:
        TRY(read_integer(p, 32, &out->value));
        out->value = (uint64_t)(int64_t)(int32_t)(uint32_t)out->value;
        return WHIT_OK;
    case WASM_IMM_I64:
        return read_integer(p, 64, &out->value);
    case WASM_IMM_F32:
        return read_float(p, 32, &out->value);
    case WASM_IMM_F64:
        return read_float(p, 64, &out->value);
    case WASM_IMM_V128:
        return read_v128(p, out);
    case WASM_IMM_HEAPTYPE:
        return read_cast_target(p, out);
    case WASM_IMM_CAST:
        return read_cast(p, out);
    case WASM_IMM_TYPE_FIELD:
        return read_field(p, out);
    case WASM_IMM_TYPE_COUNT:
    case WASM_IMM_TYPE_DATA:
    case WASM_IMM_TYPE_ELEM:
    case WASM_IMM_TYPE_TYPE:
        return read_typed(p, out);
    case WASM_IMM_BLOCK:
    case WASM_IMM_TRY_TABLE:
    case WASM_IMM_VALTYPES:
        break;
    }
    return wasm_text_unexpected(p, "an instruction");
}
