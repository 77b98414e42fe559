/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Readable names of linker symbols: Rust v0 (_R), Rust legacy (_ZN ... 17h)
 * and plain nested C++ names. Anything else is copied as it is. Symbols come
 * from untrusted modules: nesting and length are bounded. */
#ifndef TOOLCHAIN_DEMANGLE_H
#define TOOLCHAIN_DEMANGLE_H

#include <stdbool.h>
#include "base/buffer.h"
#include "base/slice.h"

typedef enum tool_demangle_form {
    TOOL_DEMANGLE_FULL, /* core::ptr::drop_in_place::<std::io::Error> */
    TOOL_DEMANGLE_GROUP /* core::ptr::drop_in_place: one for all instances */
} tool_demangle_form;

/* Appends the name; disambiguators and hashes are left out. */
void tool_demangle(slice symbol, tool_demangle_form form, buffer *out);
/* Appends the crate that defines a Rust symbol; false, and nothing written,
 * for symbols of other languages. */
bool tool_demangle_crate(slice symbol, buffer *out);

#endif
