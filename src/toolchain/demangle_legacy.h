/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Rust's legacy mangling and C++ names that are nothing but nested. */
#ifndef TOOLCHAIN_DEMANGLE_LEGACY_H
#define TOOLCHAIN_DEMANGLE_LEGACY_H

#include <stdbool.h>
#include "base/buffer.h"
#include "base/slice.h"

/* Appends the name; false, and nothing written, when the symbol is in
 * neither form. Also takes the hash off a name the linker has demangled. */
bool demangle_legacy(slice symbol, buffer *out);
bool demangle_legacy_crate(slice symbol, buffer *out);

#endif
