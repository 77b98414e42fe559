/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Fuzz target: components in both formats. What decodes must encode to bytes
 * that decode to the same bytes, and what it prints must parse and encode
 * to bytes that are valid exactly when the first are. Text that parses goes
 * the same way. What is valid and has WIT prints it; a binary package encodes
 * to one that says the same. */
#include <stdlib.h>

#include "component/decode.h"
#include "component/encode.h"
#include "component/print.h"
#include "component/text.h"
#include "component/validate.h"
#include "component/wit_decode.h"
#include "component/wit_encode.h"
#include "wit/print.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(int condition)
{
    if (!condition)
        abort();
}

static whit_status decode(const buffer *bytes, component_file **out)
{
    return component_decode(buffer_view(bytes), out, NULL);
}

static void print_and_parse(const component_file *file)
{
    component_file *back = NULL, *again = NULL;
    buffer text, bytes, other;
    buffer_init(&text);
    buffer_init(&bytes);
    buffer_init(&other);
    expect(component_print(file, NULL, &text, NULL) == WHIT_OK);
    /* Core text has limits and words that binaries have not. */
    if (component_text_parse(buffer_view(&text), &back, NULL) == WHIT_OK) {
        expect(component_encode(back, &bytes, NULL) == WHIT_OK);
        expect(decode(&bytes, &again) == WHIT_OK);
        expect(component_encode(again, &other, NULL) == WHIT_OK);
        expect(slice_equal(buffer_view(&bytes), buffer_view(&other)));
    }
    component_file_free(back);
    component_file_free(again);
    buffer_release(&text);
    buffer_release(&bytes);
    buffer_release(&other);
}

static void print_wit(const wit_set *set, uint32_t package, buffer *out)
{
    expect(wit_print_package(set, package, NULL, out, NULL) == WHIT_OK);
}

static void check_wit(const component_file *file)
{
    wit_set *set = wit_set_new(), *back = wit_set_new();
    uint32_t package, again;
    buffer text, bytes, other;
    buffer_init(&text);
    buffer_init(&bytes);
    buffer_init(&other);
    expect(set && back);
    if (component_wit_decode_file(set, file, &package, NULL) == WHIT_OK) {
        print_wit(set, package, &text);
        if (component_wit_is_package(&file->root)) {
            expect(component_wit_package_encode(set, package, false, &bytes,
                                                NULL) == WHIT_OK);
            expect(component_wit_decode(back, buffer_view(&bytes), &again,
                                        NULL) == WHIT_OK);
            print_wit(back, again, &other);
            expect(slice_equal(buffer_view(&text), buffer_view(&other)));
        }
    }
    wit_set_free(set);
    wit_set_free(back);
    buffer_release(&text);
    buffer_release(&bytes);
    buffer_release(&other);
}

static void check(component_file *file)
{
    component_file *back = NULL;
    buffer bytes, other;
    whit_error error;
    buffer_init(&bytes);
    buffer_init(&other);
    whit_status valid = component_validate(file, &error);
    expect(component_encode(file, &bytes, NULL) == WHIT_OK);
    if (decode(&bytes, &back) == WHIT_OK) {
        expect(component_encode(back, &other, NULL) == WHIT_OK);
        expect(slice_equal(buffer_view(&bytes), buffer_view(&other)));
        whit_status again = component_validate(back, &error);
        expect((valid == WHIT_OK) == (again == WHIT_OK));
        if (valid == WHIT_OK) {
            check_wit(back);
            print_and_parse(back);
        }
    } else {
        /* Text may hold what the binary format has no bytes for. */
        expect(file->is_text && valid != WHIT_OK);
    }
    component_file_free(back);
    buffer_release(&bytes);
    buffer_release(&other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    slice input = slice_of(data, size);
    component_file *file;
    buffer out;
    buffer_init(&out);
    bool text = size && data[0] != 0;
    whit_status status = text ? component_text_parse(input, &file, NULL)
                              : component_decode(input, &file, NULL);
    if (!text) {
        whit_error error;
        whit_status dumped = component_dump(input, &out, &error);
        /* The dump reads bodies too. */
        expect(status == WHIT_OK || dumped != WHIT_OK);
    }
    buffer_release(&out);
    if (status != WHIT_OK)
        return 0;
    check(file);
    component_file_free(file);
    return 0;
}
