/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * A set of WIT packages as JSON, in the shape that WIT tools exchange: tables
 * "worlds", "interfaces", "types" and "packages" that refer to each other by
 * index, primitive types by name. */
#ifndef TOOLCHAIN_WIT_JSON_H
#define TOOLCHAIN_WIT_JSON_H

#include "wit/wit.h"

whit_status wit_json_write(const wit_set *self, buffer *out,
                           whit_error *error) WHIT_MUST_CHECK;

#endif
