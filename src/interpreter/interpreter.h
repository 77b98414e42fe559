/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The interpreter: an executor that translates each function on its first
 * call into register code (code.h) and runs that. Guest calls never recurse
 * on the native stack; frames live on the context's value stack. */
#ifndef INTERPRETER_INTERPRETER_H
#define INTERPRETER_INTERPRETER_H

#include "base/buffer.h"
#include "runtime/executor.h"
#include "runtime/store.h"

extern const rt_executor interp_executor;

/* Appends the register code of a defined function as text, one instruction
 * per line; `checked` as in rt_module.code. Translates it when needed. */
whit_status interp_dump(rt_module *module, bool checked, uint32_t function,
                        buffer *out, whit_error *error) WHIT_MUST_CHECK;

#endif
