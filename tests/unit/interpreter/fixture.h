/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * A guest from text, with everything it stands on. */
#ifndef INTERPRETER_FIXTURE_H
#define INTERPRETER_FIXTURE_H

#include "test.h"

#include "base/memory.h"
#include "engine/engine.h"
#include "interpreter/interpreter.h"
#include "runtime/operations.h"

typedef struct fixture {
    rt_engine *engine;
    rt_store *store;
    rt_module *module;
    rt_instance *instance;
    whit_error error;
} fixture;

/* `imports` are in the module's order; config and limits may be NULL. */
static inline whit_status fixture_load(fixture *f, const char *text,
                                       const rt_extern *imports, uint32_t count)
{
    whit_status status =
        engine_load(f->engine, slice_text(text), &f->module, &f->error);
    if (status == WHIT_OK)
        status = rt_instance_new(f->store, f->module, imports, count,
                                 &f->instance, &f->error);
    if (status != WHIT_OK)
        printf("%s\n", f->error.message);
    return status;
}

static inline void fixture_open(fixture *f, const rt_config *config,
                                const rt_limits *limits)
{
    memset(f, 0, sizeof *f);
    rt_limits defaults;
    rt_limits_init(&defaults);
    CHECK_INT(engine_new(config, &f->engine, &f->error), WHIT_OK);
    CHECK_INT(rt_store_new(f->engine, limits ? limits : &defaults, &f->store,
                           &f->error),
              WHIT_OK);
}

static inline void fixture_start(fixture *f, const char *text)
{
    fixture_open(f, NULL, NULL);
    CHECK_INT(fixture_load(f, text, NULL, 0), WHIT_OK);
}

static inline void fixture_close(fixture *f)
{
    rt_store_free(f->store);
    if (f->module)
        rt_module_release(f->module);
    rt_engine_release(f->engine);
}

static inline rt_function *fixture_function(fixture *f, const char *name)
{
    rt_extern item;
    if (!f->instance ||
        !rt_instance_export(f->instance, slice_text(name), &item))
        return NULL;
    return item.function;
}

/* Calls an export on slots of 32-bit numbers. */
static inline whit_status fixture_call(fixture *f, const char *name,
                                       rt_slot *slots)
{
    rt_function *function = fixture_function(f, name);
    CHECK(function != NULL);
    return function ? rt_call(f->store, function, slots, &f->error)
                    : WHIT_NOT_FOUND;
}

static inline int32_t fixture_i32(fixture *f, const char *name, int32_t a,
                                  int32_t b)
{
    rt_slot slots[4] = {{.i32 = a}, {.i32 = b}};
    whit_status status = fixture_call(f, name, slots);
    CHECK_INT(status, WHIT_OK);
    if (status != WHIT_OK)
        printf("%s: %s\n", name, f->error.message);
    return slots[0].i32;
}

#endif
