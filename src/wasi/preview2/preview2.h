/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * WASI 0.2 (wasi:cli/command 0.2.12) over the system half. */
#ifndef WASI_PREVIEW2_PREVIEW2_H
#define WASI_PREVIEW2_PREVIEW2_H

#include "canonical/host.h"
#include "wasi/system.h"

/* Defines every interface that wasi:cli/command imports, at 0.2.12. The
 * system must outlive the stores that use the linker, and those run on one
 * thread: what guests hold (streams, descriptors, sockets) is kept with the
 * system for all of them.
 *
 * Calls that wait are deferred, and finished by wasi_reactor_wait on the
 * system's reactor. A guest that exits ends with WHIT_EXIT, and
 * system->exit_code says how. Names are looked up inside the call: the whole
 * thread waits for the host's resolver. */
whit_status wasi_preview2_define(canon_linker *linker, wasi_system *system,
                                 whit_error *error) WHIT_MUST_CHECK;

/* Writes what guests wrote to standard output and error and the host did not
 * take yet, for at most so many nanoseconds. False: something is left. */
bool wasi_preview2_flush(wasi_system *system, uint64_t timeout);

#endif
