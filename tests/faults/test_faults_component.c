/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Each allocation of the component format's verbs fails in turn: the call
 * reports it and leaves nothing behind (the leak checker looks). */
#include "test.h"

#include "../unit/component/everything_component.h"
#include "base/memory.h"
#include "component/decode.h"
#include "component/encode.h"
#include "component/print.h"
#include "component/text.h"
#include "component/validate.h"

typedef whit_status work(slice input, whit_error *error);

static whit_status parse(slice input, whit_error *error)
{
    component_file *file = NULL;
    whit_status status = component_text_parse(input, &file, error);
    CHECK((status == WHIT_OK) == (file != NULL));
    component_file_free(file);
    return status;
}

static whit_status decode_then(slice input, whit_error *error,
                               whit_status (*next)(component_file *file,
                                                   whit_error *error))
{
    component_file *file = NULL;
    whit_status status = component_decode(input, &file, error);
    CHECK((status == WHIT_OK) == (file != NULL));
    if (status == WHIT_OK)
        status = next(file, error);
    component_file_free(file);
    return status;
}

static whit_status decode_and_validate(slice input, whit_error *error)
{
    return decode_then(input, error, component_validate);
}

static whit_status encode_file(component_file *file, whit_error *error)
{
    buffer out;
    buffer_init(&out);
    whit_status status = component_encode(file, &out, error);
    buffer_release(&out);
    return status;
}

static whit_status decode_and_encode(slice input, whit_error *error)
{
    return decode_then(input, error, encode_file);
}

static whit_status print_file(component_file *file, whit_error *error)
{
    buffer out;
    buffer_init(&out);
    whit_status status = component_print(file, NULL, &out, error);
    buffer_release(&out);
    return status;
}

static whit_status decode_and_print(slice input, whit_error *error)
{
    return decode_then(input, error, print_file);
}

/* Lets the n-th allocation and all later ones fail, for every n that the
 * work reaches. */
static void fail_each(work *run, slice input)
{
    whit_error error;
    mem_fail_after(0);
    CHECK_INT(run(input, &error), WHIT_OK);
    uint64_t total = mem_count();
    CHECK(total > 0);
    for (uint64_t n = 1; n <= total; n++) {
        error.code = WHIT_OK;
        mem_fail_after(n);
        whit_status status = run(input, &error);
        mem_fail_after(0);
        CHECK_INT(status, WHIT_OUT_OF_MEMORY);
        CHECK_INT(error.code, WHIT_OUT_OF_MEMORY);
    }
}

static void with_bytes(work *run)
{
    component_file *file = NULL;
    whit_error error;
    buffer bytes;
    buffer_init(&bytes);
    CHECK_INT(
        component_text_parse(slice_text(everything_component), &file, &error),
        WHIT_OK);
    CHECK_INT(component_encode(file, &bytes, &error), WHIT_OK);
    component_file_free(file);
    fail_each(run, buffer_view(&bytes));
    buffer_release(&bytes);
}

TEST(parser_reports_each_failure)
{
    fail_each(parse, slice_text(everything_component));
}

TEST(validation_reports_each_failure)
{
    with_bytes(decode_and_validate);
}

TEST(encoder_reports_each_failure)
{
    with_bytes(decode_and_encode);
}

TEST(printer_reports_each_failure)
{
    with_bytes(decode_and_print);
}

TEST_MAIN(RUN(parser_reports_each_failure) RUN(validation_reports_each_failure)
              RUN(encoder_reports_each_failure)
                  RUN(printer_reports_each_failure))
