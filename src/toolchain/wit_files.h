/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * WIT from files and folders, as every WIT tool lays them out.
 *
 * A file is a package, with the packages nested in it. A folder is one
 * package: all its *.wit together. Its folder `deps` has the packages it
 * depends on, each a file or a folder of files; their order and names do not
 * matter, and folders in them are not looked at. Binary packages (*.wasm) may
 * stand wherever a file may; reading them is the caller's. */
#ifndef TOOLCHAIN_WIT_FILES_H
#define TOOLCHAIN_WIT_FILES_H

#include "wit/resolve.h"

/* Adds a binary package to a set. */
typedef whit_status tool_wit_decoder(wit_set *set, slice bytes,
                                     uint32_t *package, whit_error *error);

/* Reads a file ("-": standard input) or folder into the set; `root` becomes
 * its package. `decoder` may be NULL: binary packages are refused. `failed`
 * becomes the file that an error is about, empty when it is about none. */
whit_status tool_wit_load(wit_set *set, const char *path,
                          const wit_resolve_options *options,
                          tool_wit_decoder *decoder, uint32_t *root,
                          buffer *failed, whit_error *error) WHIT_MUST_CHECK;

#endif
