/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Puts runtime and executor together: the only folder that knows both. */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include "runtime/store.h"

/* An engine that runs guests with the best executor there is. */
whit_status engine_new(const rt_config *config, rt_engine **out,
                       whit_error *error) WHIT_MUST_CHECK;

/* Decodes binary, or parses text, validates, and makes a module. The bytes
 * are copied. */
whit_status engine_load(rt_engine *engine, slice source, rt_module **out,
                        whit_error *error) WHIT_MUST_CHECK;

#endif
