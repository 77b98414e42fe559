/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What is defined as WASI 0.3 is what wit/wasi-0.3 says, to the letter. With
 * --print: the signatures that the WIT has, one in a line. */
#include <stdlib.h>

#include "base/memory.h"
#include "test.h"
#include "wit_functions.h"
#include "wasi/preview3/define.h"

static void print_function(void *context, slice interface, slice name,
                           const component_node *type)
{
    (void)context;
    buffer text;
    buffer_init(&text);
    canon_type_write(type, &text);
    printf("%.*s\t%.*s\t%s\n", SLICE_ARG(interface), SLICE_ARG(name),
           buffer_string(&text));
    buffer_release(&text);
}

static bool *met; /* by row */

static void compare_function(void *context, slice interface, slice name,
                             const component_node *type)
{
    uint32_t *count = context;
    buffer text;
    buffer_init(&text);
    canon_type_write(type, &text);
    bool found = false;
    for (size_t i = 0; i < wasi_p3_rows(); i++) {
        const p2_row *row = wasi_p3_row(i);
        if (!slice_is(interface, row->interface) || !slice_is(name, row->name))
            continue;
        found = met[i] = true;
        CHECK_TEXT(row->signature, buffer_string(&text));
    }
    /* The exported run, and nothing else, is the guest's. */
    if (!found && !slice_is(interface, "wasi:cli/run@0.3.0")) {
        printf("not defined: %.*s %.*s\n", SLICE_ARG(interface),
               SLICE_ARG(name));
        CHECK(found);
    }
    (*count)++;
    buffer_release(&text);
}

TEST(signatures_are_those_of_the_wit)
{
    whit_error error = {0};
    uint32_t count = 0;
    met = mem_calloc(wasi_p3_rows(), sizeof *met);
    CHECK_INT(visit_wit("wit/wasi-0.3", compare_function, &count, &error),
              WHIT_OK);
    CHECK_TEXT(error.message, "");
    CHECK(count >= wasi_p3_rows());
    for (size_t i = 0; i < wasi_p3_rows(); i++) {
        if (!met[i])
            printf("not in the WIT: %s %s\n", wasi_p3_row(i)->interface,
                   wasi_p3_row(i)->name);
        CHECK(met[i]);
    }
    mem_free(met);
}

int main(int argc, char **argv)
{
    whit_error error = {0};
    if (argc > 1 && !strcmp(argv[1], "--print"))
        return visit_wit("wit/wasi-0.3", print_function, NULL, &error) !=
               WHIT_OK;
    RUN(signatures_are_those_of_the_wit)
    printf("%d passed, %d failed\n", test_passed, test_failed);
    return test_failed != 0;
}
