/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Runs a fuzz target over the files named on the command line, for compilers
 * without libFuzzer and for keeping old findings as regression tests. Targets
 * that make their own inputs have `--seed N [--count M]` too. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Inputs made from seeds; returns the number of failures. */
__attribute__((weak)) int fuzz_seeds(uint64_t first, uint64_t count);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int run_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        return 1;
    }
    uint8_t *data = NULL;
    size_t size = 0, room = 0;
    for (;;) {
        if (size == room) {
            room = room ? room * 2 : 65536;
            uint8_t *grown = realloc(data, room);
            if (!grown) {
                fprintf(stderr, "%s: out of memory\n", path);
                free(data);
                fclose(file);
                return 1;
            }
            data = grown;
        }
        size_t got = fread(data + size, 1, room - size, file);
        if (!got)
            break;
        size += got;
    }
    int failed = ferror(file);
    fclose(file);
    if (!failed) {
        /* A copy of the exact size lets the sanitiser see every overrun. */
        uint8_t *exact = realloc(data, size ? size : 1);
        data = exact ? exact : data;
        LLVMFuzzerTestOneInput(data, size);
    }
    free(data);
    return failed != 0;
}

static int run_seeds(int argc, char **argv)
{
    uint64_t count = 1;
    if (!fuzz_seeds || argc < 3) {
        fprintf(stderr, "%s: no seeds here\n", argv[0]);
        return 2;
    }
    if (argc > 4 && !strcmp(argv[3], "--count"))
        count = strtoull(argv[4], NULL, 0);
    return fuzz_seeds(strtoull(argv[2], NULL, 0), count) != 0;
}

int main(int argc, char **argv)
{
    int failures = 0;
    if (argc > 1 && !strcmp(argv[1], "--seed"))
        return run_seeds(argc, argv);
    for (int i = 1; i < argc; i++)
        failures += run_file(argv[i]);
    printf("%d inputs run, %d unreadable\n", argc - 1 - failures, failures);
    return failures != 0;
}
