/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Writing values of components, and calling by text. */
#include "cli/wave.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/utf8.h"

/* ---- Printing ---- */

/* As few digits as give the number back. */
static void print_float(double number, bool single, buffer *out)
{
    char text[40] = "nan";
    if (isinf(number))
        snprintf(text, sizeof text, number < 0 ? "-inf" : "inf");
    for (int digits = 1; digits <= 17 && isfinite(number); digits++) {
        snprintf(text, sizeof text, "%.*g", digits, number);
        double back = strtod(text, NULL);
        if (single ? (float)back == (float)number : back == number)
            break;
    }
    buffer_text(out, text);
}

static void print_scalar(uint32_t code, char quote, buffer *out)
{
    static const char special[] = "\t\n\r\\";
    static const char names[] = "tnr\\";
    const char *found = code && code < 128 ? strchr(special, (int)code) : NULL;
    if (found)
        buffer_printf(out, "\\%c", names[found - special]);
    else if (code == (uint32_t)quote)
        buffer_printf(out, "\\%c", quote);
    else if (code < 32 || code == 127)
        buffer_printf(out, "\\u{%x}", code);
    else {
        uint8_t bytes[4];
        buffer_append(out, bytes, utf8_encode(code, bytes));
    }
}

static void print_string(slice text, buffer *out)
{
    buffer_put(out, '"');
    while (text.size) {
        uint32_t code;
        unsigned size = utf8_decode(text, &code);
        if (!size)
            break;
        print_scalar(code, '"', out);
        text = slice_of(text.data + size, text.size - size);
    }
    buffer_put(out, '"');
}

static void print_name(const whit_type *type, size_t i, buffer *out)
{
    whit_name name = whit_type_name(type, i);
    buffer_append(out, name.data, name.size);
}

/* Element `i` of packed numbers. */
static whit_val number_at(const whit_val *val, size_t i)
{
    whit_val out = {.kind = (whit_kind)val->index};
    size_t size = 8;
    if (out.kind == WHIT_S8 || out.kind == WHIT_U8 || out.kind == WHIT_BOOL)
        size = 1;
    else if (out.kind == WHIT_S16 || out.kind == WHIT_U16)
        size = 2;
    else if (out.kind == WHIT_S32 || out.kind == WHIT_U32 ||
             out.kind == WHIT_F32 || out.kind == WHIT_CHAR)
        size = 4;
    memcpy(&out.u64, (const uint8_t *)val->numbers.data + i * size, size);
    return out;
}

static void print_items(const whit_type *type, const whit_val *val, char open,
                        char close, buffer *out)
{
    bool packed = val->kind == WHIT_NUMBERS;
    whit_kind kind = whit_type_kind(type);
    bool fields = kind == WHIT_RECORD || kind == WHIT_TUPLE;
    size_t count = packed ? val->numbers.count : val->list.count;
    buffer_put(out, (uint8_t)open);
    for (size_t i = 0; i < count; i++) {
        if (i)
            buffer_text(out, ", ");
        if (kind == WHIT_RECORD) {
            print_name(type, i, out);
            buffer_text(out, ": ");
        }
        whit_val number;
        const whit_val *item = packed ? &number : &val->list.items[i];
        if (packed)
            number = number_at(val, i);
        if (kind != WHIT_MAP) {
            cli_wave_print(whit_type_part(type, fields ? i : 0), item, out);
            continue;
        }
        buffer_put(out, '(');
        cli_wave_print(whit_type_part(type, 0), &item->list.items[0], out);
        buffer_text(out, ", ");
        cli_wave_print(whit_type_part(type, 1), &item->list.items[1], out);
        buffer_put(out, ')');
    }
    buffer_put(out, (uint8_t)close);
}

static void print_case(const whit_type *type, const whit_val *val, buffer *out)
{
    static const char *const options[] = {"none", "some"};
    static const char *const results[] = {"ok", "err"};
    whit_kind kind = whit_type_kind(type);
    if (kind == WHIT_OPTION)
        buffer_text(out, options[val->index & 1]);
    else if (kind == WHIT_RESULT)
        buffer_text(out, results[val->index & 1]);
    else
        print_name(type, val->index, out);
    const whit_type *payload =
        kind == WHIT_ENUM ? NULL : whit_type_part(type, val->index);
    if (!payload || !val->payload)
        return;
    buffer_put(out, '(');
    cli_wave_print(payload, val->payload, out);
    buffer_put(out, ')');
}

static void print_flags(const whit_type *type, const whit_val *val, buffer *out)
{
    bool first = true;
    buffer_put(out, '{');
    for (size_t i = 0; i < whit_type_count(type) && i < 32; i++) {
        if (!(val->u32 >> i & 1))
            continue;
        if (!first)
            buffer_text(out, ", ");
        first = false;
        print_name(type, i, out);
    }
    buffer_put(out, '}');
}

static void print_simple(const whit_val *val, buffer *out)
{
    switch (val->kind) {
    case WHIT_BOOL:
        buffer_text(out, val->boolean ? "true" : "false");
        return;
    case WHIT_S8:
        buffer_printf(out, "%d", val->s8);
        return;
    case WHIT_U8:
        buffer_printf(out, "%u", val->u8);
        return;
    case WHIT_S16:
        buffer_printf(out, "%d", val->s16);
        return;
    case WHIT_U16:
        buffer_printf(out, "%u", val->u16);
        return;
    case WHIT_S32:
        buffer_printf(out, "%" PRId32, val->s32);
        return;
    case WHIT_U32:
        buffer_printf(out, "%" PRIu32, val->u32);
        return;
    case WHIT_S64:
        buffer_printf(out, "%" PRId64, val->s64);
        return;
    case WHIT_U64:
        buffer_printf(out, "%" PRIu64, val->u64);
        return;
    case WHIT_F32:
        print_float((double)val->f32, true, out);
        return;
    case WHIT_F64:
        print_float(val->f64, false, out);
        return;
    default:
        buffer_printf(out, "<%s %" PRIu32 ">", whit_kind_text(val->kind),
                      val->u32);
    }
}

void cli_wave_print(const whit_type *type, const whit_val *val, buffer *out)
{
    switch (whit_type_kind(type)) {
    case WHIT_CHAR:
        buffer_put(out, '\'');
        print_scalar(val->u32, '\'', out);
        buffer_put(out, '\'');
        return;
    case WHIT_STRING:
        print_string(slice_of(val->string.data, val->string.size), out);
        return;
    case WHIT_LIST:
    case WHIT_FIXED_LIST:
    case WHIT_MAP:
        print_items(type, val, '[', ']', out);
        return;
    case WHIT_TUPLE:
        print_items(type, val, '(', ')', out);
        return;
    case WHIT_RECORD:
        print_items(type, val, '{', '}', out);
        return;
    case WHIT_VARIANT:
    case WHIT_ENUM:
    case WHIT_OPTION:
    case WHIT_RESULT:
        print_case(type, val, out);
        return;
    case WHIT_FLAGS:
        print_flags(type, val, out);
        return;
    default:
        print_simple(val, out);
    }
}

/* ---- Calling ---- */

static whit_status expect_count(const char *name, size_t given, size_t wanted,
                                whit_error *error)
{
    if (given == wanted)
        return WHIT_OK;
    return error_set(error, WHIT_ARGUMENT,
                     "%s takes %zu arguments, and %zu are given", name, wanted,
                     given);
}

/* "1, two)" behind the parenthesis. */
static whit_status parse_list(const whit_function_type *type, const char *name,
                              const char *at, arena *memory, whit_val *out,
                              whit_error *error)
{
    size_t count = whit_function_type_params(type);
    size_t given = 0;
    at += strspn(at, " ");
    while (*at && *at != ')') {
        if (given == count)
            return expect_count(name, given + 1, count, error);
        TRY(cli_wave_parse(whit_function_type_param(type, given), &at, memory,
                           &out[given], error));
        given++;
        at += strspn(at, " ");
        if (*at == ',')
            at += 1 + strspn(at + 1, " ");
        else if (*at != ')')
            return error_set(error, WHIT_ARGUMENT,
                             "',' or ')' was expected at \"%.20s\"", at);
    }
    if (*at != ')' || at[1 + strspn(at + 1, " ")])
        return error_set(error, WHIT_ARGUMENT,
                         "the call does not end with its ')': \"%.20s\"", at);
    return expect_count(name, given, count, error);
}

static whit_status parse_words(const whit_function_type *type, const char *name,
                               const char *const *words, size_t count,
                               arena *memory, whit_val *out, whit_error *error)
{
    TRY(expect_count(name, count, whit_function_type_params(type), error));
    for (size_t i = 0; i < count; i++) {
        const whit_type *param = whit_function_type_param(type, i);
        const char *at = words[i];
        out[i] = (whit_val){.kind = WHIT_STRING};
        out[i].string.data = at;
        out[i].string.size = strlen(at);
        if (whit_type_kind(param) == WHIT_STRING && *at != '"')
            continue;
        TRY(cli_wave_parse(param, &at, memory, &out[i], error));
        if (at[strspn(at, " ")])
            return error_set(error, WHIT_ARGUMENT,
                             "argument %zu: \"%.20s\" is too much", i + 1, at);
    }
    return WHIT_OK;
}

static whit_status call_run(whit_component_func *func, const whit_val *values,
                            size_t count, cli_wave_wait *wait, void *context,
                            whit_error *error)
{
    const whit_type *type =
        whit_function_type_result(whit_component_func_type(func));
    whit_call *call;
    TRY(whit_call_start(func, values, count, &call, error));
    whit_status status = wait(context, call, error);
    whit_val result = {.kind = WHIT_I32};
    if (status == WHIT_OK && type)
        status = whit_call_result(call, &result, error);
    whit_call_free(call);
    TRY(status);
    if (!type)
        return WHIT_OK;
    buffer text;
    buffer_init(&text);
    cli_wave_print(type, &result, &text);
    buffer_put(&text, '\n');
    status = buffer_status(&text, error);
    if (status == WHIT_OK)
        fwrite(text.data, 1, text.size, stdout);
    buffer_release(&text);
    whit_val_release(&result);
    return status;
}

static whit_status call_function(whit_component_func *func, const char *name,
                                 const char *arguments,
                                 const char *const *words, size_t count,
                                 cli_wave_wait *wait, void *context,
                                 whit_error *error)
{
    const whit_function_type *type = whit_component_func_type(func);
    size_t params = whit_function_type_params(type);
    arena memory;
    arena_init(&memory);
    whit_val *values = arena_array(&memory, params + 1, sizeof *values);
    whit_status status = values ? WHIT_OK : error_memory(error);
    if (status == WHIT_OK)
        status =
            arguments
                ? parse_list(type, name, arguments, &memory, values, error)
                : parse_words(type, name, words, count, &memory, values, error);
    if (status == WHIT_OK)
        status = call_run(func, values, params, wait, context, error);
    arena_release(&memory);
    return status;
}

whit_status cli_wave_call(whit_component_instance *instance, const char *text,
                          const char *const *words, size_t count,
                          cli_wave_wait *wait, void *context, whit_error *error)
{
    char *name = mem_strdup(text + strspn(text, " "));
    TRY_ALLOC(name, error);
    char *arguments = strchr(name, '(');
    if (arguments)
        *arguments++ = 0;
    whit_component_func *func = whit_component_instance_func(instance, name);
    whit_status status = WHIT_OK;
    if (!func)
        status = error_set(error, WHIT_NOT_FOUND,
                           "the component exports no function '%s'", name);
    else if (arguments && count)
        status = error_set(error, WHIT_ARGUMENT,
                           "arguments of %s are in its parentheses or behind "
                           "the component, not both",
                           name);
    else
        status = call_function(func, name, arguments, words, count, wait,
                               context, error);
    mem_free(name);
    return status;
}
