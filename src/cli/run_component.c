/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * `whit run` with a component: linking, calling, waiting. */
#include "cli/run_component.h"

#include <string.h>

#include "base/error.h"
#include "cli/wave.h"

#define SLICE INT64_C(10000000) /* between looks at the time */

static bool is_expired(const cli_component *self)
{
    return self->expired && atomic_load(self->expired);
}

/* Runs guests and waits for what they wait for, until the call ended. */
static whit_status finish_call(void *context, whit_call *call,
                               whit_error *error)
{
    const cli_component *self = context;
    int64_t part = self->expired ? SLICE : -1;
    for (;;) {
        whit_call_state state = whit_call_poll(call);
        if (state == WHIT_CALL_RETURNED)
            return WHIT_OK;
        if (state == WHIT_CALL_FAILED) {
            *error = *whit_call_error(call);
            return error->code;
        }
        if (state == WHIT_CALL_CANCELLED)
            return error_set(error, WHIT_TRAP, "the call was cancelled");
        if (is_expired(self))
            return error_set(error, WHIT_TRAP, "deadline reached");
        if (!whit_store_wait(self->store, part))
            return error_set(error, WHIT_TRAP,
                             "deadlock: the guest waits for something that "
                             "cannot happen");
    }
}

/* A task may go on after it returned: until nothing can happen any more. */
static void finish_store(const cli_component *self)
{
    int64_t part = self->expired ? SLICE : -1;
    while (whit_store_poll(self->store) && !is_expired(self))
        if (!whit_store_wait(self->store, part))
            return;
}

static whit_status run_command(const cli_component *self,
                               whit_component_func *run, bool *failed,
                               whit_error *error)
{
    uint8_t result = 0;
    whit_call *call;
    TRY(whit_call_start_typed(run, NULL, &result, &call, error));
    whit_status status = finish_call((void *)(uintptr_t)self, call, error);
    *failed = result != 0;
    if (status == WHIT_OK)
        finish_store(self);
    whit_call_free(call);
    return status;
}

static whit_component_func *find_run(whit_component_instance *instance)
{
    static const struct {
        const char *name, *signature;
    } runs[] = {{"wasi:cli/run@0.3.0#run", "async func() -> result"},
                {"wasi:cli/run@0.2.0#run", "func() -> result"}};
    for (size_t i = 0; i < COUNT_OF(runs); i++) {
        whit_component_func *run =
            whit_component_instance_func(instance, runs[i].name);
        if (run && whit_component_func_is(run, runs[i].signature))
            return run;
    }
    return NULL;
}

static whit_status run_instance(const cli_component *self,
                                whit_component_instance *instance, bool *failed,
                                whit_error *error)
{
    if (self->invoke)
        return cli_wave_call(instance, self->invoke, self->words,
                             self->word_count, finish_call,
                             (void *)(uintptr_t)self, error);
    whit_component_func *run = find_run(instance);
    if (!run)
        return error_set(error, WHIT_ARGUMENT,
                         "the component is no command: it does not export "
                         "wasi:cli/run; name a function with --invoke");
    return run_command(self, run, failed, error);
}

static void flush_output(const cli_component *self)
{
    int64_t part = self->expired ? SLICE : -1;
    while (!whit_wasi_flush(self->wasi, part) && !is_expired(self))
        continue;
}

whit_status cli_run_component(const cli_component *self, bool *failed,
                              whit_error *error)
{
    whit_component_instance *instance;
    *failed = false;
    TRY(whit_imports_define_wasi(self->imports, self->wasi, error));
    whit_status status = whit_component_instantiate(
        self->store, self->component, self->imports, &instance, error);
    if (status == WHIT_OK)
        status = run_instance(self, instance, failed, error);
    flush_output(self);
    return status;
}
