/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * `whit run --invoke`: words to arguments, results to lines. */
#ifndef CLI_INVOKE_H
#define CLI_INVOKE_H

#include <whit.h>

/* Calls an export with arguments given as words, and prints each result on a
 * line of its own. ARGUMENT when words and signature do not fit; NOT_FOUND
 * names what is exported instead. */
whit_status cli_invoke(whit_store *store, whit_instance *instance,
                       const char *name, const char *const *words, size_t count,
                       whit_error *error) WHIT_MUST_CHECK;

#endif
