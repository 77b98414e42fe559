/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Puts runtime and executor together. */
#include "engine/engine.h"

#include "interpreter/interpreter.h"
#include "wasm/decode.h"
#include "wasm/text.h"
#include "wasm/validate.h"

whit_status engine_new(const rt_config *config, rt_engine **out,
                       whit_error *error)
{
    return rt_engine_new(config, &interp_executor, out, error);
}

/* A binary begins with NUL, which no text may contain. */
static bool looks_like_text(slice source)
{
    return source.size > 0 && source.data[0] != 0 &&
           memchr(source.data, 0, source.size) == NULL;
}

whit_status engine_load(rt_engine *engine, slice source, rt_module **out,
                        whit_error *error)
{
    wasm_module *wasm;
    if (looks_like_text(source)) {
        TRY(wasm_text_parse(source, &wasm, error));
    } else {
        wasm_decode_options options = {engine->config.features, true};
        TRY(wasm_decode(source, &options, &wasm, error));
    }
    whit_status status = wasm_validate(wasm, engine->config.features, error);
    if (status != WHIT_OK) {
        wasm_module_free(wasm);
        return status;
    }
    return rt_module_new(engine, wasm, out, error);
}
