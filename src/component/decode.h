/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * From bytes to a component (Binary.md of the component model). */
#ifndef COMPONENT_DECODE_H
#define COMPONENT_DECODE_H

#include "component/component.h"

/* Reads a whole binary, nested components and core modules included; the
 * bytes must outlive the result. Errors carry the byte offset and name the
 * section. *out is the caller's (component_file_free); nothing is allocated
 * on failure. */
whit_status component_decode(slice bytes, component_file **out,
                             whit_error *error) WHIT_MUST_CHECK;

#endif
