/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Fuzz target: the interpreter's modes agree on generated modules. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "differential.h"
#include "generate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int fuzz_seeds(uint64_t first, uint64_t count);

static void report(differential *d, slice choices)
{
    buffer small, text;
    buffer_init(&small);
    buffer_init(&text);
    fprintf(stderr, "%s\n", d->message);
    differential_shrink(d, choices, &small);
    differential_print(buffer_view(&small), &text);
    fprintf(stderr, "shrunk to %zu choices: %s\n%.*s\n", small.size, d->message,
            (int)text.size, (const char *)text.data);
    buffer_release(&small);
    buffer_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static differential d;
    if (!d.cases)
        differential_init(&d);
    if (!differential_agree(&d, slice_of(data, size))) {
        report(&d, slice_of(data, size));
        abort();
    }
    return 0;
}

int fuzz_seeds(uint64_t first, uint64_t count)
{
    differential d;
    buffer choices;
    int failures = 0;
    buffer_init(&choices);
    differential_init(&d);
    bool trace = getenv("FUZZ_TRACE") != NULL;
    for (uint64_t seed = first; seed < first + count && failures < 5; seed++) {
        buffer_clear(&choices);
        generate_choices(seed, &choices);
        if (trace)
            fprintf(stderr, "seed %" PRIu64 "\n", seed);
        if (differential_agree(&d, buffer_view(&choices)))
            continue;
        fprintf(stderr, "seed %" PRIu64 ": ", seed);
        report(&d, buffer_view(&choices));
        failures++;
    }
    printf("%" PRIu64 " modules, %" PRIu64 " calls in %d modes: %" PRIu64
           " trapped, %" PRIu64 " ended with exceptions; %" PRIu64
           " modules differ by NaNs, %d otherwise\n",
           d.cases, d.calls, MODES, d.traps, d.exceptions, d.nans, failures);
    differential_release(&d);
    buffer_release(&choices);
    return failures;
}
