/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * A core module that fits a world and traps whatever it is asked to do: for
 * trying out tools before there is a program. */
#ifndef TOOLCHAIN_WIT_DUMMY_H
#define TOOLCHAIN_WIT_DUMMY_H

#include "wit/abi_names.h"

/* Appends it as WebAssembly text. `abi` is for the async functions; others
 * are sync. Streams, futures and async functions have legacy names only. */
whit_status tool_wit_dummy(const wit_set *set, uint32_t world,
                           wit_naming naming, wit_abi abi, buffer *out,
                           whit_error *error) WHIT_MUST_CHECK;

#endif
