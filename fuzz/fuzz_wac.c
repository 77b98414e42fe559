/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Fuzz target: compose what a WAC text says. Packages of any name are one of
 * four small components, by the last letter of the name. What is made must be
 * valid. */
#include <stdlib.h>

#include "component/decode.h"
#include "component/validate.h"
#include "component/wac.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(int condition)
{
    if (!condition)
        abort();
}

static whit_status find(void *context, slice name, slice version, slice *bytes,
                        whit_error *error)
{
    static const char *const texts[] = {
        "(component (import \"f\" (func $f (param \"a\" string)))"
        " (export \"g\" (func $f)))",
        "(component (import \"x:y/z@0.2.1\" (instance $i"
        " (export \"r\" (type $r (sub resource)))"
        " (export \"[constructor]r\" (func (result (own $r))))))"
        " (export \"z\" (instance $i)))",
        "(component (import \"x:y/z@0.2.3\" (instance $i"
        " (export \"r\" (type $r (sub resource)))"
        " (export \"f\" (func (param \"r\" (borrow $r))))))"
        " (alias export $i \"f\" (func $f)) (export \"f\" (func $f)))",
        "(component (type $t (record (field \"a\" u8)))"
        " (import \"t\" (type $u (eq $t)))"
        " (import \"f\" (func $f (param \"a\" $u))))"};
    (void)context;
    if (version.size)
        return error_set(error, WHIT_INVALID, "no version");
    *bytes = slice_text(texts[name.data[name.size - 1] % 4]);
    return WHIT_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    wac_options options = {.find = find};
    whit_error error;
    buffer out;
    buffer_init(&out);
    whit_status checked = component_wac_check(slice_of(data, size), &error);
    whit_status status =
        component_wac_compose(slice_of(data, size), &options, &out, &error);
    if (status == WHIT_OK) {
        component_file *file;
        expect(checked == WHIT_OK);
        expect(component_decode(buffer_view(&out), &file, &error) == WHIT_OK);
        expect(component_validate(file, &error) == WHIT_OK);
        component_file_free(file);
    } else
        expect(error.code != WHIT_OK && error.message[0]);
    buffer_release(&out);
    return 0;
}
