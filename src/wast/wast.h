/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Runs specification scripts (.wast): every command counts, none is
 * skipped. */
#ifndef WAST_WAST_H
#define WAST_WAST_H

#include "base/error.h"
#include "base/slice.h"
#include "runtime/store.h"

typedef struct wast_report {
    uint64_t passed; /* commands that did what they say */
    uint64_t failed;
    /* Called for each failure with a line:column and a sentence. */
    void (*failure)(void *self, uint32_t line, uint32_t column,
                    const char *message);
    void *self;
} wast_report;

/* Runs one script and adds to the report. A script that cannot be read is
 * an error; everything behind that counts as failures. `config` may be NULL
 * for the defaults. */
whit_status wast_run(slice text, const rt_config *config, wast_report *report,
                     whit_error *error) WHIT_MUST_CHECK;

#endif
