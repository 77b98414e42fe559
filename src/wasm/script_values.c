/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Arguments and result patterns of script commands. */
#include "base/limits.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "wasm/script_internal.h"
#include "wasm/text_numbers.h"

static bool at_number(const script_reader *r)
{
    return r->token.kind == WASM_TOKEN_NAT || r->token.kind == WASM_TOKEN_INT ||
           r->token.kind == WASM_TOKEN_FLOAT;
}

static whit_status out_of_range(script_reader *r)
{
    return wasm_place_error(r->token.place, r->error,
                            "constant out of range: %.*s",
                            SLICE_ARG(r->token.text));
}

static whit_status read_integer(script_reader *r, unsigned bits, uint64_t *out)
{
    if (r->token.kind != WASM_TOKEN_NAT && r->token.kind != WASM_TOKEN_INT)
        return wasm_script_fail(r, "an integer");
    if (!wasm_text_integer(r->token.text, bits, out))
        return out_of_range(r);
    return wasm_script_advance(r);
}

/* A number or a NaN pattern, whose value is the canonical NaN. */
static whit_status read_float(script_reader *r, unsigned bits, uint64_t *out,
                              uint8_t *nan)
{
    *nan = WASM_NAN_NONE;
    if (wasm_script_at_keyword(r, "nan:canonical"))
        *nan = WASM_NAN_CANONICAL;
    else if (wasm_script_at_keyword(r, "nan:arithmetic"))
        *nan = WASM_NAN_ARITHMETIC;
    else if (!at_number(r))
        return wasm_script_fail(r, "a number or NaN pattern");
    slice literal = *nan ? slice_text("nan") : r->token.text;
    if (!wasm_text_float(literal, bits, out))
        return out_of_range(r);
    return wasm_script_advance(r);
}

static whit_status read_v128(script_reader *r, wasm_const *out)
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
           !wasm_script_at_keyword(r, shapes[shape].word))
        shape++;
    if (shape == COUNT_OF(shapes))
        return wasm_script_fail(r, "a shape such as i32x4");
    TRY(wasm_script_advance(r));
    unsigned bits = shapes[shape].bits, lanes = 128 / bits;
    if (shapes[shape].is_float)
        out->lanes = (uint8_t)lanes;
    for (unsigned i = 0; i < lanes; i++) {
        uint64_t value;
        if (shapes[shape].is_float)
            TRY(read_float(r, bits, &value, &out->lane_nan[i]));
        else
            TRY(read_integer(r, bits, &value));
        for (unsigned byte = 0; byte < bits / 8; byte++)
            out->bytes[i * bits / 8 + byte] = (uint8_t)(value >> 8 * byte);
    }
    return WHIT_OK;
}

static const struct {
    const char *word;
    wasm_heaptype heap;
} heap_words[] = {
    {"func", WASM_HEAP_FUNC},         {"extern", WASM_HEAP_EXTERN},
    {"any", WASM_HEAP_ANY},           {"eq", WASM_HEAP_EQ},
    {"i31", WASM_HEAP_I31},           {"struct", WASM_HEAP_STRUCT},
    {"array", WASM_HEAP_ARRAY},       {"none", WASM_HEAP_NONE},
    {"nofunc", WASM_HEAP_NOFUNC},     {"exn", WASM_HEAP_EXN},
    {"noextern", WASM_HEAP_NOEXTERN}, {"noexn", WASM_HEAP_NOEXN},
};

static bool heap_word(slice word, wasm_heaptype *out)
{
    for (size_t i = 0; i < COUNT_OF(heap_words); i++) {
        if (slice_is(word, heap_words[i].word)) {
            *out = heap_words[i].heap;
            return true;
        }
    }
    return false;
}

/* (ref.xxx ...), behind the keyword. */
static whit_status read_ref(script_reader *r, slice word, wasm_const *out)
{
    slice kind = slice_of(word.data + 4, word.size - 4);
    if (slice_is(kind, "null")) {
        out->kind = WASM_CONST_REF_NULL;
        out->heap = WASM_HEAP_BOTTOM;
        if (r->token.kind == WASM_TOKEN_RPAR)
            return WHIT_OK;
        /* A type index would be one of a module; nulls of it look alike. */
        if (r->token.kind == WASM_TOKEN_KEYWORD &&
            !heap_word(r->token.text, &out->heap))
            return wasm_script_fail(r, "a heap type");
        return wasm_script_advance(r);
    }
    if (slice_is(kind, "host") || slice_is(kind, "extern")) {
        out->kind = slice_is(kind, "host") ? WASM_CONST_REF_HOST
                                           : WASM_CONST_REF_EXTERN;
        out->heap = slice_is(kind, "host") ? WASM_HEAP_ANY : WASM_HEAP_EXTERN;
        out->has_value = r->token.kind == WASM_TOKEN_NAT;
        if (out->has_value)
            return read_integer(r, 32, &out->value);
        return WHIT_OK;
    }
    out->kind = WASM_CONST_REF_KIND;
    if (!heap_word(kind, &out->heap))
        return wasm_script_fail(r, "a constant such as (ref.null)");
    if (r->token.kind == WASM_TOKEN_NAT || r->token.kind == WASM_TOKEN_ID)
        return wasm_script_advance(r);
    return WHIT_OK;
}

/* ---- Component values ---- */

static whit_status read_children(script_reader *r, bool fields, unsigned depth,
                                 wasm_const *out);

static const struct {
    const char *word;
    wasm_const_kind kind;
    unsigned bits; /* of numbers; negative ones may have a sign */
} component_words[] = {
    {"bool.const", WASM_CONST_BOOL, 0},
    {"s8.const", WASM_CONST_S8, 8},
    {"u8.const", WASM_CONST_U8, 8},
    {"s16.const", WASM_CONST_S16, 16},
    {"u16.const", WASM_CONST_U16, 16},
    {"s32.const", WASM_CONST_S32, 32},
    {"u32.const", WASM_CONST_U32, 32},
    {"s64.const", WASM_CONST_S64, 64},
    {"u64.const", WASM_CONST_U64, 64},
    {"f32.const", WASM_CONST_F32, 32},
    {"f64.const", WASM_CONST_F64, 64},
    {"char.const", WASM_CONST_CHAR, 0},
    {"str.const", WASM_CONST_STR, 0},
    {"list.const", WASM_CONST_LIST, 0},
    {"record.const", WASM_CONST_RECORD, 0},
    {"tuple.const", WASM_CONST_TUPLE, 0},
    {"variant.const", WASM_CONST_VARIANT, 0},
    {"enum.const", WASM_CONST_ENUM, 0},
    {"option.some", WASM_CONST_OPTION, 0},
    {"option.none", WASM_CONST_OPTION, 0},
    {"result.ok", WASM_CONST_RESULT, 0},
    {"result.err", WASM_CONST_RESULT, 0},
    {"flags.const", WASM_CONST_FLAGS, 0},
};

/* Index of a component value's word, or the number of words. */
static size_t component_word(slice word)
{
    size_t i = 0;
    while (i < COUNT_OF(component_words) &&
           !slice_is(word, component_words[i].word))
        i++;
    return i;
}

static whit_status read_char(script_reader *r, wasm_const *out)
{
    uint32_t code = 0;
    TRY(wasm_script_string(r, &out->text));
    unsigned size = utf8_decode(out->text, &code);
    out->value = code;
    if (!size || size != out->text.size)
        return wasm_script_fail(r, "one character in front of this");
    return WHIT_OK;
}

static whit_status read_flags(script_reader *r, wasm_const *out)
{
    script_list list = {0};
    whit_status status = WHIT_OK;
    while (status == WHIT_OK && r->token.kind == WASM_TOKEN_STRING) {
        wasm_const flag = {.kind = WASM_CONST_STR};
        status = wasm_script_string(r, &flag.text);
        if (status == WHIT_OK)
            status = wasm_script_push(r, &list, &flag, sizeof flag, "flags");
    }
    if (status == WHIT_OK)
        status = wasm_script_keep(r, &list, sizeof(wasm_const),
                                  &out->alternatives, &out->alternative_count);
    mem_free(list.items);
    return status;
}

static whit_status read_bool(script_reader *r, wasm_const *out)
{
    out->value = wasm_script_at_keyword(r, "true");
    if (!out->value && !wasm_script_at_keyword(r, "false"))
        return wasm_script_fail(r, "true or false");
    return wasm_script_advance(r);
}

/* A value whose word has been read, up to its ')'. */
static whit_status read_component_value(script_reader *r, slice word,
                                        unsigned depth, wasm_const *out)
{
    size_t i = component_word(word);
    uint8_t nan = 0;
    if (i == COUNT_OF(component_words) || depth > LIMIT_COMPONENT_NESTING)
        return wasm_script_fail(r, "a component value");
    out->kind = component_words[i].kind;
    out->has_value = true;
    switch (out->kind) {
    case WASM_CONST_BOOL:
        return read_bool(r, out);
    case WASM_CONST_CHAR:
        return read_char(r, out);
    case WASM_CONST_STR:
        return wasm_script_string(r, &out->text);
    case WASM_CONST_F32:
    case WASM_CONST_F64:
        TRY(read_float(r, component_words[i].bits, &out->value, &nan));
        out->nan = (wasm_nan)nan;
        return WHIT_OK;
    case WASM_CONST_FLAGS:
        return read_flags(r, out);
    case WASM_CONST_ENUM:
        return wasm_script_string(r, &out->text);
    case WASM_CONST_VARIANT:
        TRY(wasm_script_string(r, &out->text));
        break;
    case WASM_CONST_RESULT:
        out->has_value = slice_is(word, "result.ok");
        break;
    case WASM_CONST_LIST:
    case WASM_CONST_RECORD:
    case WASM_CONST_TUPLE:
    case WASM_CONST_OPTION:
        break;
    default:
        return read_integer(r, component_words[i].bits, &out->value);
    }
    return read_children(r, out->kind == WASM_CONST_RECORD, depth + 1, out);
}

/* (field "label" value) or a value in parentheses. */
static whit_status read_child(script_reader *r, bool field, unsigned depth,
                              wasm_const *out)
{
    slice label = slice_of(NULL, 0), word = wasm_script_ahead(r);
    memset(out, 0, sizeof *out);
    TRY(wasm_script_advance(r));
    if (field) {
        if (!wasm_script_at_keyword(r, "field"))
            return wasm_script_fail(r, "field");
        TRY(wasm_script_advance(r));
        TRY(wasm_script_string(r, &label));
        bool wrapped = r->token.kind == WASM_TOKEN_LPAR;
        if (wrapped) {
            TRY(read_child(r, false, depth + 1, out));
            out->label = label;
            return wasm_script_close(r);
        }
        word = r->token.text;
    }
    TRY(wasm_script_advance(r));
    TRY(read_component_value(r, word, depth, out));
    out->label = label;
    return wasm_script_close(r);
}

static whit_status read_children(script_reader *r, bool fields, unsigned depth,
                                 wasm_const *out)
{
    script_list list = {0};
    whit_status status = WHIT_OK;
    while (status == WHIT_OK && r->token.kind == WASM_TOKEN_LPAR) {
        wasm_const child;
        status = read_child(r, fields, depth, &child);
        if (status == WHIT_OK)
            status = wasm_script_push(r, &list, &child, sizeof child, "values");
    }
    if (status == WHIT_OK)
        status = wasm_script_keep(r, &list, sizeof(wasm_const),
                                  &out->alternatives, &out->alternative_count);
    mem_free(list.items);
    return status;
}

/* ---- Core values ---- */

static whit_status read_simple(script_reader *r, wasm_const *out)
{
    static const struct {
        const char *word;
        wasm_const_kind kind;
        unsigned bits;
    } numbers[] = {{"i32.const", WASM_CONST_I32, 32},
                   {"i64.const", WASM_CONST_I64, 64},
                   {"f32.const", WASM_CONST_F32, 32},
                   {"f64.const", WASM_CONST_F64, 64},
                   {"v128.const", WASM_CONST_V128, 128}};
    slice word = wasm_script_ahead(r);
    size_t i = 0;
    while (i < COUNT_OF(numbers) && !slice_is(word, numbers[i].word))
        i++;
    bool ref = word.size > 4 && !memcmp(word.data, "ref.", 4);
    if (i == COUNT_OF(numbers) &&
        component_word(word) < COUNT_OF(component_words))
        return read_child(r, false, 0, out);
    if (i == COUNT_OF(numbers) && !ref) {
        if (r->token.kind == WASM_TOKEN_LPAR)
            TRY(wasm_script_advance(r));
        return wasm_script_fail(r, "a constant");
    }
    TRY(wasm_script_enter(r));
    if (ref) {
        TRY(read_ref(r, word, out));
    } else {
        out->kind = numbers[i].kind;
        out->has_value = true;
        if (out->kind == WASM_CONST_V128) {
            TRY(read_v128(r, out));
        } else if (out->kind == WASM_CONST_I32 || out->kind == WASM_CONST_I64) {
            TRY(read_integer(r, numbers[i].bits, &out->value));
        } else {
            uint8_t nan;
            TRY(read_float(r, numbers[i].bits, &out->value, &nan));
            out->nan = (wasm_nan)nan;
        }
    }
    return wasm_script_close(r);
}

static whit_status read_list(script_reader *r, bool alternatives,
                             const wasm_const **out, uint32_t *count);

static whit_status read_value(script_reader *r, bool alternatives,
                              wasm_const *out)
{
    memset(out, 0, sizeof *out);
    /* Alternatives do not nest, which bounds the recursion. */
    if (alternatives || !slice_is(wasm_script_ahead(r), "either"))
        return read_simple(r, out);
    out->kind = WASM_CONST_EITHER;
    TRY(wasm_script_enter(r));
    TRY(read_list(r, true, &out->alternatives, &out->alternative_count));
    return wasm_script_close(r);
}

static whit_status read_list(script_reader *r, bool alternatives,
                             const wasm_const **out, uint32_t *count)
{
    script_list list = {0};
    whit_status status = WHIT_OK;
    while (status == WHIT_OK && r->token.kind == WASM_TOKEN_LPAR) {
        wasm_const value;
        status = read_value(r, alternatives, &value);
        if (status == WHIT_OK)
            status =
                wasm_script_push(r, &list, &value, sizeof value, "constants");
    }
    if (status == WHIT_OK)
        status = wasm_script_keep(r, &list, sizeof(wasm_const), out, count);
    mem_free(list.items);
    return status;
}

whit_status wasm_script_values(script_reader *r, const wasm_const **out,
                               uint32_t *count)
{
    return read_list(r, false, out, count);
}
