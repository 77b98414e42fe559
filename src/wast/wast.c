/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Runs a script from text to report. */
#include "wast/wast.h"

#include "engine/engine.h"
#include "wast/runner.h"

static whit_status run(const wasm_script *script, const rt_config *config,
                       wast_report *report, whit_error *error)
{
    rt_engine *engine;
    TRY(engine_new(config, &engine, error));
    pthread_mutex_t lock;
    pthread_mutex_init(&lock, NULL);
    wast_runner runner;
    whit_status status =
        wast_runner_init(&runner, engine, report, &lock, error);
    if (status == WHIT_OK)
        wast_runner_commands(&runner, script->commands, script->command_count);
    wast_runner_release(&runner);
    pthread_mutex_destroy(&lock);
    rt_engine_release(engine);
    return status;
}

whit_status wast_run(slice text, const rt_config *config, wast_report *report,
                     whit_error *error)
{
    rt_config defaults;
    if (!config) {
        rt_config_init(&defaults);
        config = &defaults;
    }
    wasm_script *script;
    TRY(wasm_script_parse(text, &script, error));
    whit_status status = run(script, config, report, error);
    wasm_script_free(script);
    return status;
}
