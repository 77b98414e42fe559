/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * whit: run WebAssembly inside a C program. This header includes all others.
 *
 * The objects, from the outside in:
 *
 *   whit_engine   code and types; shared by threads
 *   whit_module   a validated module; shared by threads
 *   whit_linker   names for what modules import
 *   whit_store    the world of one guest: instances, memories, limits; one
 *                 thread at a time
 *   whit_func, whit_memory, whit_table, whit_global: belong to a store and
 *                 live as long as it does; nothing to free
 *
 * and for components, with types on both sides (whit/component.h):
 *
 *   whit_component  a validated component; shared by threads
 *   whit_imports    what the host gives to components
 *   whit_component_func, whit_call
 *                   functions of instances, and calls in flight
 *
 * Functions that can fail return whit_status and fill a whit_error of the
 * caller's. The library never exits, prints, or starts threads by itself. */
#ifndef WHIT_H
#define WHIT_H

#include <whit/error.h>
#include <whit/value.h>
#include <whit/engine.h>
#include <whit/module.h>
#include <whit/store.h>
#include <whit/function.h>
#include <whit/linker.h>
#include <whit/memory.h>
#include <whit/wasi.h>
#include <whit/component.h>

#ifdef __cplusplus
extern "C" {
#endif

/* "MAJOR.MINOR.PATCH" of the library that runs. */
WHIT_API const char *whit_version(void);

#ifdef __cplusplus
}
#endif
#endif
