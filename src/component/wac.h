/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The WAC language: a text that says how components are wired. Its statements
 * become a graph (compose.h); its types are WIT and go through src/wit, in a
 * package of their own whose positions are mapped back. */
#ifndef COMPONENT_WAC_H
#define COMPONENT_WAC_H

#include "base/buffer.h"

/* Finds the bytes of a package, "ns:name" with a version or without (size
 * 0): a component, or WIT as a binary package. They must outlive the call of
 * component_wac_compose. WHIT_INVALID: there is none; the message says where
 * it was looked for. */
typedef whit_status wac_find_package(void *context, slice name, slice version,
                                     slice *bytes, whit_error *error);

typedef struct wac_options {
    wac_find_package *find;
    void *context;
    bool skip_validation;
} wac_options;

/* Composes what the text says. Errors are at a line and column of it. */
whit_status component_wac_compose(slice text, const wac_options *options,
                                  buffer *out,
                                  whit_error *error) WHIT_MUST_CHECK;

/* Only reads the text: whether it is WAC. */
whit_status component_wac_check(slice text, whit_error *error) WHIT_MUST_CHECK;

#endif
