/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * whit/function.h. */
#include "api/api.h"

#include "base/memory.h"

static bool letter_type(char letter, wasm_valtype *out)
{
    static const struct {
        char letter;
        wasm_valtype type;
    } letters[] = {
        {'i', WASM_I32},       {'l', WASM_I64},  {'f', WASM_F32},
        {'d', WASM_F64},       {'v', WASM_V128}, {'F', WASM_FUNCREF},
        {'E', WASM_EXTERNREF},
    };
    for (size_t i = 0; i < COUNT_OF(letters); i++) {
        if (letters[i].letter == letter) {
            *out = letters[i].type;
            return true;
        }
    }
    return false;
}

enum { SIGNATURE_MAX = 64 };

static whit_status parse_signature(const char *signature, wasm_valtype *types,
                                   wasm_functype *out, whit_error *error)
{
    uint32_t count = 0, *counter = &out->param_count;
    memset(out, 0, sizeof *out);
    bool results = false;
    for (const char *p = signature; *p; p++) {
        if (*p == ':' && !results) {
            results = true;
            counter = &out->result_count;
        } else if (count < SIGNATURE_MAX && letter_type(*p, &types[count])) {
            count++;
            ++*counter;
        } else {
            return error_set(error, WHIT_ARGUMENT,
                             "\"%s\" is no signature at '%c': letters of "
                             "ilfdvFE, then ':', then results",
                             signature, *p);
        }
    }
    if (!results)
        return error_set(error, WHIT_ARGUMENT, "signature \"%s\" has no ':'",
                         signature);
    out->params = types;
    out->results = types + out->param_count;
    return WHIT_OK;
}

whit_status api_signature(rt_engine *engine, const char *signature,
                          const wasm_type **out, whit_error *error)
{
    wasm_valtype types[SIGNATURE_MAX];
    wasm_functype type;
    TRY(parse_signature(signature, types, &type, error));
    pthread_mutex_lock(&engine->types_lock);
    whit_status status = wasm_type_table_func(engine->types, &type, out, error);
    pthread_mutex_unlock(&engine->types_lock);
    return status;
}

static const wasm_functype *type_of(const whit_func *func)
{
    return &RT_FUNCTION(func)->header.type->func;
}

/* Guest functions know their engine; for host functions abstract types
 * suffice, since signatures have no other. */
static whit_kind kind_in(const whit_func *func, wasm_valtype type)
{
    rt_instance *instance = RT_FUNCTION(func)->instance;
    return api_kind(instance ? instance->store->engine : NULL, type);
}

size_t whit_func_param_count(const whit_func *func)
{
    return type_of(func)->param_count;
}

whit_kind whit_func_param(const whit_func *func, size_t i)
{
    return kind_in(func, type_of(func)->params[i]);
}

size_t whit_func_result_count(const whit_func *func)
{
    return type_of(func)->result_count;
}

whit_kind whit_func_result(const whit_func *func, size_t i)
{
    return kind_in(func, type_of(func)->results[i]);
}

bool whit_func_is(const whit_func *func, const char *signature)
{
    wasm_valtype types[SIGNATURE_MAX];
    wasm_functype wanted;
    if (parse_signature(signature, types, &wanted, NULL) != WHIT_OK)
        return false;
    const wasm_functype *type = type_of(func);
    return type->param_count == wanted.param_count &&
           type->result_count == wanted.result_count &&
           !memcmp(type->params, wanted.params,
                   wanted.param_count * sizeof *types) &&
           !memcmp(type->results, wanted.results,
                   wanted.result_count * sizeof *types);
}

whit_store *whit_caller_store(whit_caller *caller)
{
    return (whit_store *)(void *)((rt_caller *)(void *)caller)->store;
}

whit_status whit_caller_memory(whit_caller *caller, uint8_t **base,
                               size_t *size, whit_error *error)
{
    return rt_caller_memory((rt_caller *)(void *)caller, base, size, error);
}

/* What a host function on values keeps. */
typedef struct value_env {
    const wasm_type *type;
    whit_host_function function;
    void *env;
    void (*env_free)(void *env);
} value_env;

static void value_env_free(void *pointer)
{
    value_env *env = pointer;
    if (env->env_free)
        env->env_free(env->env);
    mem_free(env);
}

static whit_status call_values(rt_caller *caller, const value_env *env,
                               rt_slot *slots, whit_val *values,
                               whit_error *error)
{
    const wasm_functype *type = &env->type->func;
    rt_store *store = caller->store;
    for (uint32_t i = 0, at = 0; i < type->param_count; i++) {
        TRY(api_val_from_slots(store, type->params[i], slots + at, &values[i],
                               error));
        at += wasm_slots(type->params[i]);
    }
    whit_val *results = values + type->param_count;
    TRY(env->function((whit_caller *)(void *)caller, env->env, values, results,
                      error));
    for (uint32_t i = 0, at = 0; i < type->result_count; i++) {
        TRY(api_val_to_slots(store, &results[i], type->results[i], slots + at,
                             error));
        at += wasm_slots(type->results[i]);
    }
    return WHIT_OK;
}

static whit_status value_trampoline(rt_caller *caller, void *pointer,
                                    rt_slot *slots, whit_error *error)
{
    const value_env *env = pointer;
    const wasm_functype *type = &env->type->func;
    uint32_t count = type->param_count + type->result_count;
    whit_val *values = mem_calloc(count, sizeof *values);
    TRY_ALLOC(values, error);
    whit_status status = call_values(caller, env, slots, values, error);
    for (uint32_t i = 0; i < count; i++)
        api_val_release(&values[i]);
    mem_free(values);
    return status;
}

whit_status whit_func_new(whit_store *store, const char *signature,
                          whit_host_function function, void *env,
                          void (*env_free)(void *env), whit_func **out,
                          whit_error *error)
{
    const wasm_type *type;
    TRY(api_signature(RT_STORE(store)->engine, signature, &type, error));
    value_env *kept = mem_alloc(sizeof *kept);
    TRY_ALLOC(kept, error);
    *kept = (value_env){type, function, env, env_free};
    rt_function *made;
    whit_status status =
        rt_function_new(RT_STORE(store), type, value_trampoline, kept,
                        value_env_free, &made, error);
    if (status != WHIT_OK) {
        mem_free(kept);
        return status;
    }
    *out = (whit_func *)(void *)made;
    return WHIT_OK;
}

static whit_status call_with(rt_store *store, rt_function *function,
                             const whit_val *args, whit_val *results,
                             rt_slot *slots, whit_error *error)
{
    const wasm_functype *type = &function->header.type->func;
    for (uint32_t i = 0, at = 0; i < type->param_count; i++) {
        TRY(api_val_to_slots(store, &args[i], type->params[i], slots + at,
                             error));
        at += wasm_slots(type->params[i]);
    }
    TRY(rt_call(store, function, slots, error));
    for (uint32_t i = 0, at = 0; i < type->result_count; i++) {
        whit_status status = api_val_from_slots(store, type->results[i],
                                                slots + at, &results[i], error);
        if (status != WHIT_OK) {
            while (i-- > 0)
                api_val_release(&results[i]);
            return status;
        }
        at += wasm_slots(type->results[i]);
    }
    return WHIT_OK;
}

whit_status whit_func_call(whit_store *store, whit_func *func,
                           const whit_val *args, size_t arg_count,
                           whit_val *results, size_t result_count,
                           whit_error *error)
{
    enum { ON_STACK = 16 };
    rt_function *function = RT_FUNCTION(func);
    const wasm_type *type = function->header.type;
    if (arg_count != type->func.param_count ||
        result_count != type->func.result_count)
        return error_set(error, WHIT_ARGUMENT,
                         "the function takes %u arguments and gives %u "
                         "results, not %zu and %zu",
                         type->func.param_count, type->func.result_count,
                         arg_count, result_count);
    uint32_t count = type->param_slots > type->result_slots
                         ? type->param_slots
                         : type->result_slots;
    rt_slot room[ON_STACK], *slots = room;
    if (count > ON_STACK) {
        slots = mem_calloc(count, sizeof *slots);
        TRY_ALLOC(slots, error);
    }
    whit_status status =
        call_with(RT_STORE(store), function, args, results, slots, error);
    if (slots != room)
        mem_free(slots);
    return status;
}

_Static_assert(sizeof(whit_slot) == sizeof(rt_slot), "one layout");

whit_status whit_func_call_typed(whit_store *store, whit_func *func,
                                 whit_slot *slots, whit_error *error)
{
    return rt_call(RT_STORE(store), RT_FUNCTION(func), (rt_slot *)(void *)slots,
                   error);
}
