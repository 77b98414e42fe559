/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * A C program that runs a guest, and is called by it, within limits. */
#include <stdio.h>
#include <whit.h>

static const char guest[] =
    "(module"
    "  (import \"host\" \"log\" (func $log (param i32)))"
    "  (func (export \"sum\") (param $n i32) (result i32)"
    "    (local $s i32)"
    "    (loop $again"
    "      (local.set $s (i32.add (local.get $s) (local.get $n)))"
    "      (local.set $n (i32.sub (local.get $n) (i32.const 1)))"
    "      (br_if $again (local.get $n)))"
    "    (call $log (local.get $s))"
    "    (local.get $s)))";

static whit_status say(whit_caller *caller, void *env, whit_slot *slots,
                       whit_error *error)
{
    (void)caller, (void)error;
    printf("%s %d\n", (const char *)env, slots[0].i32);
    return WHIT_OK;
}

#define DO(call)           \
    if ((call) != WHIT_OK) \
    goto done

int main(void)
{
    whit_error error = {0};
    whit_engine *engine = NULL;
    whit_module *module = NULL;
    whit_store *store = NULL;
    whit_linker *linker = NULL;
    whit_instance *instance;
    whit_limits limits = whit_limits_default();
    whit_slot slots[1] = {{.i32 = 100}};
    limits.memory_bytes = 1 << 20;
    DO(whit_engine_new(NULL, &engine, &error));
    DO(whit_module_new(engine, guest, sizeof guest - 1, &module, &error));
    DO(whit_store_new(engine, &limits, &store, &error));
    DO(whit_linker_new(store, &linker, &error));
    DO(whit_linker_define_slots(linker, "host", "log", "i:", say, "it says",
                                &error));
    DO(whit_linker_instantiate(linker, module, &instance, &error));
    whit_func *sum = whit_instance_func(instance, "sum");
    if (sum && whit_func_is(sum, "i:i"))
        DO(whit_func_call_typed(store, sum, slots, &error));
    printf("the sum is %d\n", slots[0].i32);
done:
    if (error.code != WHIT_OK)
        fprintf(stderr, "%s\n", error.message);
    whit_linker_free(linker);
    whit_store_free(store);
    whit_module_free(module);
    whit_engine_free(engine);
    return error.code != WHIT_OK;
}
