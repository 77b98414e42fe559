/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Whether a component fits a world: it imports nothing that the world does
 * not provide, exports all that the world demands, and the types agree. */
#ifndef COMPONENT_TARGETS_H
#define COMPONENT_TARGETS_H

#include "component/model.h"
#include "wit/wit.h"

/* INVALID when it does not fit: the message names imports and exports as WIT
 * does, each on a line. The component must be valid; it is validated again as
 * part of another one, so that its `info` is that of the other afterwards:
 * only good for freeing. */
whit_status component_targets(component_file *file, const wit_set *set,
                              uint32_t world,
                              whit_error *error) WHIT_MUST_CHECK;

#endif
