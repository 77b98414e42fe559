/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Reading a module operand. */
#include "cli/module_input.h"

#include <string.h>

#include "base/memory.h"
#include "cli/output.h"
#include "component/decode.h"
#include "component/text.h"
#include "wasm/decode.h"
#include "wasm/text.h"

int cli_module_read(cli_module *self, const cli_line *line)
{
    memset(self, 0, sizeof *self);
    if (line->operand_count > 1) {
        cli_error("one module at a time, not %s too", line->operands[1]);
        return CLI_USAGE;
    }
    self->file = line->operand_count ? line->operands[0] : "-";
    whit_error error;
    if (cli_read(self->file, &self->bytes, &self->size, &error) != WHIT_OK)
        return cli_fail_error(NULL, &error);
    return CLI_SUCCESS;
}

static whit_status load(cli_module *self, slice source, wasm_features features,
                        whit_error *error)
{
    wasm_decode_options options = {features, false};
    bool text = source.size && source.data[0] != 0;
    if (text && component_is_text(source))
        return component_text_parse(source, &self->component, error);
    if (text)
        return wasm_text_parse(source, &self->module, error);
    if (component_is(source))
        return component_decode(source, &self->component, error);
    return wasm_decode(source, &options, &self->module, error);
}

int cli_input_load(cli_module *self, const cli_line *line,
                   wasm_features features)
{
    int code = cli_module_read(self, line);
    if (code)
        return code;
    whit_error error;
    slice source = slice_of(self->bytes, self->size);
    if (load(self, source, features, &error) != WHIT_OK)
        return cli_fail_error(self->file, &error);
    return CLI_SUCCESS;
}

int cli_module_load(cli_module *self, const cli_line *line,
                    wasm_features features)
{
    int code = cli_input_load(self, line, features);
    if (!code && self->component)
        return cli_fail("%s: a component, where a core module is needed",
                        self->file);
    return code;
}

void cli_module_release(cli_module *self)
{
    wasm_module_free(self->module);
    component_file_free(self->component);
    mem_free(self->bytes);
}

static bool remove_feature(slice name, wasm_features *features)
{
#define X(id, flag, what)                               \
    if (slice_is(name, flag)) {                         \
        *features &= ~(wasm_features)WASM_FEATURE_##id; \
        return true;                                    \
    }
#include "wasm/features.def"
#undef X
    cli_error("unknown feature %.*s; see `whit help features`",
              SLICE_ARG(name));
    return false;
}

bool cli_features(const cli_list *without, wasm_features *out)
{
    *out = WASM_FEATURES_ALL;
    for (size_t i = 0; i < without->count; i++) {
        const char *text = without->items[i];
        while (*text) {
            size_t size = strcspn(text, ",");
            if (!remove_feature(slice_of(text, size), out))
                return false;
            text += size + (text[size] == ',');
        }
    }
    return true;
}

int cli_finish(const char *input, const char *file, whit_status status,
               buffer *out, whit_error *error)
{
    int code = CLI_SUCCESS;
    if (status == WHIT_OK)
        status = buffer_status(out, error);
    if (status != WHIT_OK)
        code = cli_fail_error(input, error);
    else if (cli_write(file, buffer_view(out), error) != WHIT_OK)
        code = cli_fail_error(NULL, error);
    buffer_release(out);
    return code;
}
