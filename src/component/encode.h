/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * From a component to bytes (Binary.md of the component model). */
#ifndef COMPONENT_ENCODE_H
#define COMPONENT_ENCODE_H

#include "base/buffer.h"
#include "component/component.h"

/* Appends the binary form: neighbours of a kind share a section, integers
 * are in their shortest form, core modules that were decoded keep their
 * bytes. */
whit_status component_encode(const component_file *file, buffer *out,
                             whit_error *error) WHIT_MUST_CHECK;

#endif
