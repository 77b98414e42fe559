/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Components from text, ready to be called. */
#ifndef TESTS_CANONICAL_HARNESS_H
#define TESTS_CANONICAL_HARNESS_H

#include "../test.h"

#include "base/memory.h"
#include "canonical/instance.h"
#include "component/text.h"
#include "engine/engine.h"

static rt_engine *engine;
static canon_store *store;
static canon_component *prepared;
static canon_instance *instance;
static whit_error failure;

/* Everything a test needs, or the first failure. */
static inline whit_status load(const char *text, const canon_linker *linker)
{
    component_file *file;
    engine = NULL;
    store = NULL;
    prepared = NULL;
    instance = NULL;
    memset(&failure, 0, sizeof failure);
    TRY(engine_new(NULL, &engine, &failure));
    TRY(component_text_parse(slice_text(text), &file, &failure));
    TRY(canon_component_new(engine, file, NULL, &prepared, &failure));
    TRY(canon_store_new(engine, NULL, &store, &failure));
    return canon_instantiate(store, prepared, linker, &instance, &failure);
}

static inline void unload(void)
{
    canon_store_free(store);
    canon_component_release(prepared);
    rt_engine_release(engine);
}

static inline canon_function *function(const char *name)
{
    return canon_instance_function(instance, slice_text(name));
}

static inline whit_status invoke(const char *name, const void *arguments,
                                 void *result)
{
    canon_function *f = function(name);
    if (!f)
        return error_set(&failure, WHIT_NOT_FOUND, "no function \"%s\"", name);
    return canon_function_call(f, arguments, result, NULL, NULL, &failure);
}

#endif
