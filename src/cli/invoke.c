/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * `whit run --invoke`. */
#include "cli/invoke.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

/* Both the signed and the unsigned range of `bits` are welcome. */
static bool parse_integer(const char *word, unsigned bits, int64_t *out)
{
    char *end;
    bool negative = word[0] == '-';
    errno = 0;
    uint64_t magnitude = strtoull(word + negative, &end, 0);
    if (errno || *end || end == word + negative || word[negative] == '-')
        return false;
    uint64_t most =
        negative ? (uint64_t)1 << (bits - 1) : UINT64_MAX >> (64 - bits);
    if (magnitude > most)
        return false;
    *out = (int64_t)(negative ? 0 - magnitude : magnitude);
    return true;
}

static bool parse_float(const char *word, double *out)
{
    char *end;
    *out = strtod(word, &end);
    return *word && !*end;
}

static bool parse_v128(const char *word, uint8_t out[16])
{
    if (strncmp(word, "0x", 2) != 0 || strlen(word) != 34)
        return false;
    for (unsigned i = 0; i < 16; i++) {
        char pair[3] = {word[2 + 2 * i], word[3 + 2 * i], 0};
        char *end;
        out[15 - i] = (uint8_t)strtoul(pair, &end, 16);
        if (*end)
            return false;
    }
    return true;
}

static whit_status parse_word(whit_store *store, const char *word,
                              whit_val *out, whit_error *error)
{
    int64_t integer = 0;
    double number = 0;
    bool ok = true;
    switch (out->kind) {
    case WHIT_I32:
        ok = parse_integer(word, 32, &integer);
        out->i32 = (int32_t)integer;
        break;
    case WHIT_I64:
        ok = parse_integer(word, 64, &out->i64);
        break;
    case WHIT_F32:
        ok = parse_float(word, &number);
        out->f32 = (float)number;
        break;
    case WHIT_F64:
        ok = parse_float(word, &out->f64);
        break;
    case WHIT_V128:
        ok = parse_v128(word, out->v128);
        break;
    case WHIT_EXTERNREF:
        if (strcmp(word, "null") && parse_integer(word, 64, &integer))
            return whit_ref_new_host(store, (uint64_t)integer, NULL, &out->ref,
                                     error);
        ok = !strcmp(word, "null");
        break;
    default:
        ok = !strcmp(word, "null");
        break;
    }
    if (ok)
        return WHIT_OK;
    return error_set(error, WHIT_ARGUMENT, "\"%s\" is no %s", word,
                     whit_kind_text(out->kind));
}

static void print_val(const whit_val *val)
{
    uint64_t host;
    int32_t small;
    switch (val->kind) {
    case WHIT_I32:
        printf("%" PRId32 "\n", val->i32);
        return;
    case WHIT_I64:
        printf("%" PRId64 "\n", val->i64);
        return;
    case WHIT_F32:
        printf("%.9g\n", (double)val->f32);
        return;
    case WHIT_F64:
        printf("%.17g\n", val->f64);
        return;
    case WHIT_V128:
        printf("0x");
        for (unsigned i = 16; i-- > 0;)
            printf("%02x", val->v128[i]);
        printf("\n");
        return;
    case WHIT_FUNCREF:
        puts(val->func ? "funcref" : "null");
        return;
    default:
        if (!val->ref)
            puts("null");
        else if (whit_ref_host_value(val->ref, &host))
            printf("host %" PRIu64 "\n", host);
        else if (whit_ref_i31_value(val->ref, &small))
            printf("i31 %" PRId32 "\n", small);
        else
            puts(whit_kind_text(val->kind));
        return;
    }
}

static void release(whit_val *vals, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (vals[i].kind > WHIT_FUNCREF)
            whit_ref_free(vals[i].ref);
}

static whit_status call(whit_store *store, whit_func *func,
                        const char *const *words, whit_val *args,
                        size_t arg_count, whit_val *results,
                        size_t result_count, whit_error *error)
{
    for (size_t i = 0; i < arg_count; i++) {
        args[i].kind = whit_func_param(func, i);
        TRY(parse_word(store, words[i], &args[i], error));
    }
    TRY(whit_func_call(store, func, args, arg_count, results, result_count,
                       error));
    for (size_t i = 0; i < result_count; i++)
        print_val(&results[i]);
    return WHIT_OK;
}

whit_status cli_invoke(whit_store *store, whit_instance *instance,
                       const char *name, const char *const *words, size_t count,
                       whit_error *error)
{
    whit_func *func = whit_instance_func(instance, name);
    if (!func)
        return error_set(error, WHIT_NOT_FOUND,
                         "no function is exported as \"%s\"; `whit print "
                         "--skeleton` shows what is",
                         name);
    size_t arg_count = whit_func_param_count(func);
    size_t result_count = whit_func_result_count(func);
    if (count != arg_count)
        return error_set(error, WHIT_ARGUMENT,
                         "\"%s\" takes %zu arguments, not %zu", name, arg_count,
                         count);
    whit_val *vals = mem_calloc(arg_count + result_count, sizeof *vals);
    TRY_ALLOC(vals, error);
    whit_status status = call(store, func, words, vals, arg_count,
                              vals + arg_count, result_count, error);
    release(vals, arg_count + result_count);
    mem_free(vals);
    return status;
}
