/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The life of an instance inside the runtime. */
#ifndef RUNTIME_INSTANCE_H
#define RUNTIME_INSTANCE_H

#include "runtime/store.h"

void rt_instance_free(rt_instance *self);

#endif
