/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * whit/engine.h. */
#include "api/api.h"

#include "base/memory.h"
#include "engine/engine.h"

const char *whit_version(void)
{
    return WHIT_VERSION;
}

whit_config *whit_config_new(void)
{
    whit_config *config = mem_alloc(sizeof *config);
    if (config)
        rt_config_init(&config->config);
    return config;
}

void whit_config_free(whit_config *config)
{
    mem_free(config);
}

void whit_config_set_fuel(whit_config *config, bool on)
{
    config->config.fuel = on;
}

void whit_config_set_epoch(whit_config *config, bool on)
{
    config->config.epoch = on;
}

void whit_config_set_guard_pages(whit_config *config, bool on)
{
    config->config.guard_pages = on;
}

void whit_config_set_stacks(whit_config *config, size_t value_stack,
                            size_t native_stack)
{
    config->config.value_stack = value_stack;
    config->config.fiber_stack = native_stack;
}

whit_status whit_config_set_feature(whit_config *config, const char *name,
                                    bool on, whit_error *error)
{
    static const struct {
        const char *name;
        wasm_features bit;
    } features[] = {
#define X(id, flag, what) {flag, WASM_FEATURE_##id},
#include "wasm/features.def"
#undef X
    };
    for (size_t i = 0; i < COUNT_OF(features); i++) {
        if (strcmp(name, features[i].name) != 0)
            continue;
        if (on)
            config->config.features |= features[i].bit;
        else
            config->config.features &= ~features[i].bit;
        return WHIT_OK;
    }
    return error_set(error, WHIT_NOT_FOUND,
                     "unknown feature \"%s\": see `whit help features`", name);
}

whit_status whit_engine_new(const whit_config *config, whit_engine **out,
                            whit_error *error)
{
    rt_config defaults;
    rt_config_init(&defaults);
    rt_engine *engine;
    TRY(engine_new(config ? &config->config : &defaults, &engine, error));
    *out = (whit_engine *)(void *)engine;
    return WHIT_OK;
}

void whit_engine_free(whit_engine *engine)
{
    if (engine)
        rt_engine_release(RT_ENGINE(engine));
}

void whit_engine_increment_epoch(whit_engine *engine)
{
    atomic_fetch_add_explicit(&RT_ENGINE(engine)->epoch, 1,
                              memory_order_relaxed);
}
