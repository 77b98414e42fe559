/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Nanoseconds of a call into a component, and of one out of it, on whit:
 * whit_calls COMPONENT BATCHES, prints a line for each kind. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <whit.h>

#include "timing.h"

enum { CALLS = 20000 };

static whit_error error;

static void must(whit_status status)
{
    if (status == WHIT_OK)
        return;
    fprintf(stderr, "whit_calls: %s\n", error.message);
    exit(1);
}

static whit_status add_one(whit_host_call *call, void *env,
                           const void *arguments, void *result, whit_error *e)
{
    (void)call;
    (void)env;
    (void)e;
    *(uint32_t *)result = *(const uint32_t *)arguments + 1;
    return WHIT_OK;
}

typedef struct text {
    const char *data;
    size_t size;
} text;

static double number(whit_component_func *f)
{
    uint32_t value = 0;
    uint64_t start = now_ns();
    for (int i = 0; i < CALLS; i++)
        must(whit_component_call_typed(f, &value, &value, NULL, &error));
    return (double)(now_ns() - start) / CALLS;
}

static double string(whit_component_func *f, whit_region *region)
{
    text in = {"0123456789abcdef0123456789abcdef", 32}, out = {NULL, 0};
    uint64_t start = now_ns();
    for (int i = 0; i < CALLS; i++) {
        must(whit_component_call_typed(f, &in, &out, region, &error));
        if (i % 256 == 255)
            whit_region_reset(region);
    }
    double took = (double)(now_ns() - start) / CALLS;
    if (out.size != in.size)
        exit(1);
    return took;
}

static double import(whit_component_func *f)
{
    uint32_t count = CALLS, result = 0;
    uint64_t start = now_ns();
    must(whit_component_call_typed(f, &count, &result, NULL, &error));
    if (result != CALLS)
        exit(1);
    return (double)(now_ns() - start) / CALLS;
}

static char *read_file(const char *path, size_t *size)
{
    static char bytes[1 << 20];
    FILE *file = fopen(path, "rb");
    if (!file)
        exit(2);
    *size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    return bytes;
}

int main(int argc, char **argv)
{
    whit_engine *engine;
    whit_store *store;
    whit_component *component;
    whit_component_instance *instance;
    size_t size;
    if (argc != 3)
        return 2;
    const char *bytes = read_file(argv[1], &size);
    whit_imports *imports = whit_imports_new();
    whit_region *region = whit_region_new();
    must(whit_engine_new(NULL, &engine, &error));
    must(whit_store_new(engine, NULL, &store, &error));
    must(whit_imports_define_typed(imports, NULL, "host", "func(a: u32) -> u32",
                                   add_one, NULL, &error));
    must(whit_component_new(engine, bytes, size, &component, &error));
    must(whit_component_instantiate(store, component, imports, &instance,
                                    &error));
    double best[3] = {1e9, 1e9, 1e9};
    for (int i = 0; i < strtol(argv[2], NULL, 10); i++) {
        double took[] = {
            number(whit_component_instance_func(instance, "add-one")),
            string(whit_component_instance_func(instance, "echo"), region),
            import(whit_component_instance_func(instance, "loop"))};
        for (int k = 0; k < 3; k++)
            best[k] = took[k] < best[k] ? took[k] : best[k];
    }
    printf("%.1f %.1f %.1f\n", best[0], best[1], best[2]);
    whit_store_free(store);
    whit_component_free(component);
    whit_imports_free(imports);
    whit_region_free(region);
    whit_engine_free(engine);
    return 0;
}
