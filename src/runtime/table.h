/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Tables, as the rest of the runtime sees them. */
#ifndef RUNTIME_TABLE_H
#define RUNTIME_TABLE_H

#include "runtime/store.h"

/* Undoes rt_table_new. */
void rt_table_free(rt_store *store, rt_table *self);

#endif
