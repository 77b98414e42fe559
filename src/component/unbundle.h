/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Core modules out of a component: it imports them instead. */
#ifndef COMPONENT_UNBUNDLE_H
#define COMPONENT_UNBUNDLE_H

#include "base/buffer.h"
#include "component/component.h"

/* Modules that were taken out, in the order in which they stand in the
 * component; bytes point into it. The component imports the i-th one as
 * "unbundled-module<i>". Release with mem_free(modules). */
typedef struct component_unbundled {
    slice *modules;
    uint32_t count;
} component_unbundled;

/* Appends the component with imports in place of its core modules, nested
 * ones too, that are larger than `threshold` bytes. Names of what it defines
 * are lost when there are any. */
whit_status component_unbundle(slice component, uint64_t threshold,
                               component_unbundled *modules, buffer *out,
                               whit_error *error) WHIT_MUST_CHECK;

#endif
