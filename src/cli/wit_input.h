/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Reading WIT operands: files and folders of text, binary packages,
 * components, and core modules that carry a world. */
#ifndef CLI_WIT_INPUT_H
#define CLI_WIT_INPUT_H

#include "cli/option.h"
#include "wit/wit.h"

typedef struct cli_wit {
    wit_set *set;
    uint32_t root; /* the package that was read last */
} cli_wit;

/* Reads the operands one after the other, standard input for none. --features
 * NAME,NAME and --all-features say which gates are open. On failure says so
 * and returns an exit code. Release in both cases. */
int cli_wit_load(cli_wit *self, const char *const *paths, size_t count,
                 const cli_list *features, bool all_features);
void cli_wit_release(cli_wit *self);
/* The world that --world means; NULL: the only one. */
int cli_wit_world(cli_wit *self, const char *path, const char *name,
                  uint32_t *world);

#endif
