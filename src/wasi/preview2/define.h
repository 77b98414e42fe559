/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The table of functions, for the definer and for the test that compares it
 * with the WIT. */
#ifndef WASI_PREVIEW2_DEFINE_H
#define WASI_PREVIEW2_DEFINE_H

#include "wasi/preview2/world.h"

typedef struct p2_row {
    const char *interface, *name, *signature;
} p2_row;

size_t wasi_p2_rows(void);
const p2_row *wasi_p2_row(size_t i);

/* The world of a system, made at the first call: other versions of WASI share
 * its resources and its standard streams. */
whit_status wasi_p2_world_get(wasi_system *system, p2_world **out,
                              whit_error *error) WHIT_MUST_CHECK;

/* The guest's last handle is gone; `env` is the world. */
void wasi_p2_drop(void *env, uint32_t representation);
void wasi_p2_world_free(wasi_face *face);

#endif
