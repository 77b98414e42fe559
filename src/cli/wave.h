/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Values of components as text (WebAssembly Value Encoding): 42, "text",
 * {name: "x", size: 3}, some([1, 2]), err(not-found). */
#ifndef CLI_WAVE_H
#define CLI_WAVE_H

#include <whit/component.h>
#include "base/arena.h"
#include "base/buffer.h"

/* Reads a value of the type and moves *at behind it; what it points to lies
 * in the arena. ARGUMENT says what was expected, and where. */
whit_status cli_wave_parse(const whit_type *type, const char **at, arena *arena,
                           whit_val *out, whit_error *error) WHIT_MUST_CHECK;
void cli_wave_print(const whit_type *type, const whit_val *val, buffer *out);

/* Calls the function that `text` names: `f(1, "two")`, with the arguments, or
 * `f` alone, each argument then being one of the words (strings as they are).
 * `wait` runs the call to its end. Prints the result on a line. */
typedef whit_status cli_wave_wait(void *context, whit_call *call,
                                  whit_error *error);
whit_status cli_wave_call(whit_component_instance *instance, const char *text,
                          const char *const *words, size_t count,
                          cli_wave_wait *wait, void *context,
                          whit_error *error) WHIT_MUST_CHECK;

#endif
