/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The table of functions, for the definer and for the test that compares it
 * with the WIT. */
#ifndef WASI_PREVIEW3_DEFINE_H
#define WASI_PREVIEW3_DEFINE_H

#include "wasi/preview2/define.h"
#include "wasi/preview3/world.h"

size_t wasi_p3_rows(void);
const p2_row *wasi_p3_row(size_t i);

#endif
