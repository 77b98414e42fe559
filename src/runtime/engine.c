/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Engines, and the stacks they lend to stores. */
#include "base/memory.h"
#include "platform/memory_map.h"
#include "runtime/stack.h"
#include "runtime/store.h"

void rt_config_init(rt_config *self)
{
    *self = (rt_config){
        .features = WASM_FEATURES_ALL,
        .guard_pages = true,
        .fiber_stack = 1 << 20,
        .value_stack = 8 << 20,
    };
}

whit_status rt_engine_new(const rt_config *config, const rt_executor *executor,
                          rt_engine **out, whit_error *error)
{
    rt_engine *self = mem_zalloc(sizeof *self);
    TRY_ALLOC(self, error);
    self->types = wasm_type_table_new();
    if (!self->types) {
        mem_free(self);
        return error_memory(error);
    }
    atomic_init(&self->references, 1);
    atomic_init(&self->epoch, 0);
    if (config)
        self->config = *config;
    else
        rt_config_init(&self->config);
    self->executor = executor;
    pthread_mutex_init(&self->types_lock, NULL);
    pthread_mutex_init(&self->stacks_lock, NULL);
    *out = self;
    return WHIT_OK;
}

void rt_engine_retain(rt_engine *self)
{
    atomic_fetch_add_explicit(&self->references, 1, memory_order_relaxed);
}

void rt_engine_release(rt_engine *self)
{
    if (!self || atomic_fetch_sub_explicit(&self->references, 1,
                                           memory_order_acq_rel) != 1)
        return;
    rt_stacks_free(self);
    wasm_type_table_free(self->types);
    pthread_mutex_destroy(&self->types_lock);
    pthread_mutex_destroy(&self->stacks_lock);
    mem_free(self);
}

void rt_engine_tick(rt_engine *self)
{
    atomic_fetch_add_explicit(&self->epoch, 1, memory_order_relaxed);
}

static void stack_free(rt_stack *self)
{
    fiber_free(self->fiber);
    pages_release(self->values, self->value_bytes);
    mem_free(self);
}

static rt_stack *stack_new(const rt_config *config)
{
    rt_stack *self = mem_zalloc(sizeof *self);
    if (!self)
        return NULL;
    self->value_bytes = config->value_stack;
    self->values = pages_reserve(self->value_bytes);
    self->fiber = fiber_new(config->fiber_stack);
    if (!self->values || !self->fiber ||
        !pages_commit(self->values, self->value_bytes)) {
        stack_free(self);
        return NULL;
    }
    return self;
}

static void stack_main(void *argument)
{
    rt_stack *self = argument;
    for (;;) {
        self->busy = true;
        self->run(self->argument);
        self->busy = false;
        fiber_suspend(self->fiber);
    }
}

void rt_stack_enter(rt_stack *self)
{
    if (LIKELY(self->begun)) {
        fiber_resume(self->fiber);
    } else {
        self->begun = true;
        fiber_start(self->fiber, stack_main, self);
    }
}

rt_stack *rt_stack_take(rt_engine *engine)
{
    pthread_mutex_lock(&engine->stacks_lock);
    rt_stack *self = engine->stacks;
    if (self) {
        engine->stacks = self->next;
        engine->stack_count--;
    }
    pthread_mutex_unlock(&engine->stacks_lock);
    return self ? self : stack_new(&engine->config);
}

void rt_stack_give(rt_engine *engine, rt_stack *self)
{
    if (!self)
        return;
    pthread_mutex_lock(&engine->stacks_lock);
    bool keep = engine->stack_count < STACKS_KEPT && !self->busy;
    if (keep) {
        self->next = engine->stacks;
        engine->stacks = self;
        engine->stack_count++;
    }
    pthread_mutex_unlock(&engine->stacks_lock);
    if (!keep)
        stack_free(self);
}

void rt_stacks_free(rt_engine *engine)
{
    while (engine->stacks) {
        rt_stack *next = engine->stacks->next;
        stack_free(engine->stacks);
        engine->stacks = next;
    }
}
