/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Validation of components (Explainer.md, Binary.md and the validation rules
 * of CanonicalABI.md). */
#ifndef COMPONENT_VALIDATE_H
#define COMPONENT_VALIDATE_H

#include "component/model.h"

/* Validates the component with all that nests in it, function bodies
 * included, and fills `info` of each component. Errors carry the position of
 * the definition. Component values and the start definition are still open
 * in the specification: WHIT_UNSUPPORTED, as are shared threads. Every other
 * gated feature is accepted but nested namespaces. */
whit_status component_validate(component_file *file,
                               whit_error *error) WHIT_MUST_CHECK;

#endif
