/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The section that describes a world. */
#include "bindgen/generator.h"

#include "component/metadata.h"

whit_status bind_component_type(const bind_world *self,
                                const bind_options *options, buffer *out,
                                whit_error *error)
{
    static const component_option_kind encodings[] = {
        [BIND_UTF8] = COMPONENT_OPTION_UTF8,
        [BIND_UTF16] = COMPONENT_OPTION_UTF16,
        [BIND_LATIN1_UTF16] = COMPONENT_OPTION_LATIN1_UTF16};
    return component_metadata_encode(self->set, self->index,
                                     encodings[options->encoding], out, error);
}
