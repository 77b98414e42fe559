/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * A set as WIT text, in one form: reading it gives the same set again.
 *
 * Worlds are printed complete, as the set has them: without `include`, with
 * the interfaces that are imported because others use them. */
#ifndef WIT_PRINT_H
#define WIT_PRINT_H

#include "wit/wit.h"

typedef struct wit_print_options {
    bool no_docs;
} wit_print_options;

/* One package as a file: "package a:b;" and what is in it. */
whit_status wit_print_package(const wit_set *self, uint32_t package,
                              const wit_print_options *options, buffer *out,
                              whit_error *error) WHIT_MUST_CHECK;
/* The same, with every other package of the set nested behind it, by name, so
 * that one text says all. */
whit_status wit_print_set(const wit_set *self, uint32_t root,
                          const wit_print_options *options, buffer *out,
                          whit_error *error) WHIT_MUST_CHECK;
/* A type as it is written where it is used: a name, or "list<u8>". */
void wit_print_type(const wit_set *self, wit_type type, buffer *out);
/* "foo", or "%list" where the name is a keyword. */
void wit_print_name(slice name, buffer *out);

#endif
