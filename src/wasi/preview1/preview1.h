/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * WASI preview 1 (wasi_snapshot_preview1) over the system half. */
#ifndef WASI_PREVIEW1_PREVIEW1_H
#define WASI_PREVIEW1_PREVIEW1_H

#include "runtime/host.h"
#include "wasi/system.h"

#define WASI_PREVIEW1_MODULE "wasi_snapshot_preview1"

/* Given every function once: its name, its signature in letters (i i32, l
 * i64, parameters ':' results) and the function, whose `env` is the system. */
typedef whit_status wasi_preview1_definer(void *context, const char *name,
                                          const char *signature,
                                          rt_host_function function, void *env,
                                          whit_error *error);

/* The system must outlive what is defined. A guest that exits ends with
 * WHIT_EXIT, and system->exit_code says how. */
whit_status wasi_preview1_define(wasi_system *system,
                                 wasi_preview1_definer *define, void *context,
                                 whit_error *error) WHIT_MUST_CHECK;

#endif
