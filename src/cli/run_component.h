/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * `whit run` with a component. */
#ifndef CLI_RUN_COMPONENT_H
#define CLI_RUN_COMPONENT_H

#include <stdatomic.h>
#include <whit.h>
#include <whit/component.h>

typedef struct cli_component {
    whit_store *store;
    whit_wasi *wasi;
    whit_component *component;
    whit_imports *imports;    /* empty; outlives the store */
    const char *invoke;       /* `f(1, "two")`, or `f`; NULL: run */
    const char *const *words; /* arguments of `f` */
    size_t word_count;
    /* Set by another thread when the time is over; NULL: never. */
    const atomic_bool *expired;
} cli_component;

/* Runs the export wasi:cli/run, or prints what the one to invoke gives.
 * `failed` says whether run returned an error. */
whit_status cli_run_component(const cli_component *self, bool *failed,
                              whit_error *error) WHIT_MUST_CHECK;

#endif
