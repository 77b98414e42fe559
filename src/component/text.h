/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * From text to a component (Explainer.md of the component model). */
#ifndef COMPONENT_TEXT_H
#define COMPONENT_TEXT_H

#include "component/component.h"

/* Parses `(component ...)`, or its definitions alone. Sugar is expanded:
 * inline types, exports, imports and aliases become definitions of their
 * own, in front of or behind what they stand in. Identifiers become a custom
 * section "component-name"; (@custom) annotations become custom sections
 * where they stand. Errors carry line and column. *out is the caller's
 * (component_file_free) and does not need `text` any more. */
whit_status component_text_parse(slice text, component_file **out,
                                 whit_error *error) WHIT_MUST_CHECK;

#endif
