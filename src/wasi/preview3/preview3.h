/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * WASI 0.3 (wasi:cli/command 0.3.0) over the system half. */
#ifndef WASI_PREVIEW3_PREVIEW3_H
#define WASI_PREVIEW3_PREVIEW3_H

#include "canonical/host.h"
#include "wasi/system.h"

/* Defines every interface that wasi:cli/command imports, at 0.3.0, next to
 * those of 0.2: guests may import both, and share standard output and error
 * between them in the order they write. The system must outlive the stores
 * that use the linker, and those run on one thread.
 *
 * Asynchronous functions and streams of the host go on by wasi_reactor_wait on
 * the system's reactor. Files are read and written, and names looked up,
 * inside the call or transfer. A stream to the guest reads from its source
 * only while the guest reads from it, at most LIMIT_WASI_CHUNK bytes ahead; a
 * stream to the host takes the next chunk when the last one is written. */
whit_status wasi_preview3_define(canon_linker *linker, wasi_system *system,
                                 whit_error *error) WHIT_MUST_CHECK;

#endif
