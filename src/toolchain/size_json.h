/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The one JSON form of sizes, which the HTML page reads too. */
#ifndef TOOLCHAIN_SIZE_JSON_H
#define TOOLCHAIN_SIZE_JSON_H

#include "toolchain/size.h"

/* Appends the object; `indent` 0: one line, ASCII alone, without the
 * characters that end a script element. */
whit_status size_json_write(const tool_size *self, const char *title,
                            unsigned indent, buffer *out,
                            whit_error *error) WHIT_MUST_CHECK;

#endif
