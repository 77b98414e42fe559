/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Reading a module or component operand, binary or text, for the verbs that
 * look at it. */
#ifndef CLI_MODULE_INPUT_H
#define CLI_MODULE_INPUT_H

#include "cli/option.h"
#include "component/component.h"
#include "wasm/features.h"
#include "wasm/module.h"

typedef struct cli_module {
    const char *file;
    uint8_t *bytes; /* of the file */
    size_t size;
    wasm_module *module;       /* or NULL */
    component_file *component; /* or NULL */
} cli_module;

/* Reads and decodes or parses the only operand, either a module or a
 * component. On failure says so and returns an exit code; on success
 * CLI_SUCCESS. Release in both cases. */
int cli_input_load(cli_module *self, const cli_line *line,
                   wasm_features features);
/* The same for a core module; a component is an error. */
int cli_module_load(cli_module *self, const cli_line *line,
                    wasm_features features);
/* The operand's bytes only. */
int cli_module_read(cli_module *self, const cli_line *line);
void cli_module_release(cli_module *self);

/* --without NAME,NAME as a feature set; false after saying what is wrong. */
bool cli_features(const cli_list *without, wasm_features *out);

/* Writes `out` to `file` and releases it; `status` is how it was made. */
int cli_finish(const char *input, const char *file, whit_status status,
               buffer *out, whit_error *error);

#endif
