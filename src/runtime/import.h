/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Whether what a module imports and what it is given fit together
 * (specification 3.0, section 3.2.17 and following). */
#ifndef RUNTIME_IMPORT_H
#define RUNTIME_IMPORT_H

#include "runtime/store.h"

/* UNLINKABLE with both types in words when import `index` does not match. */
whit_status rt_import_check(rt_module *module, uint32_t index,
                            const rt_extern *given,
                            whit_error *error) WHIT_MUST_CHECK;

#endif
