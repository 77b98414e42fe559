/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Sizes as one HTML file: the page and its data. */
#include "toolchain/size_json.h"
#include "toolchain/size_page.h"

whit_status tool_size_html(const tool_size *self, const tool_size_style *style,
                           buffer *out, whit_error *error)
{
    buffer_text(out, size_page_head);
    TRY(size_json_write(self, style->title, 0, out, error));
    buffer_text(out, size_page_tail);
    return buffer_status(out, error);
}
