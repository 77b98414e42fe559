/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The same as whit_calls.c on wasmtime's C API. Its wheel has the library but
 * no headers, so what is used of it is declared here. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../timing.h"

enum { CALLS = 20000, KIND_U32 = 6, KIND_STRING = 12 };

typedef struct vec {
    size_t size;
    char *data;
} vec;
typedef struct val {
    uint8_t kind;
    union {
        uint32_t u32;
        vec string;
        void *words[3]; /* the largest: a variant */
    } of;
} val;
typedef struct instance {
    uint64_t store;
    uint32_t index;
} instance;
typedef struct func {
    instance instance;
    uint32_t index;
    void *type;
} func;
typedef void *(*callback)(void *, void *, const void *, val *, size_t, val *,
                          size_t);

void *wasm_engine_new(void);
void *wasmtime_store_new(void *engine, void *data, void *finalizer);
void *wasmtime_store_context(void *store);
void *wasmtime_component_new(void *engine, const char *bytes, size_t size,
                             void **out);
void *wasmtime_component_linker_new(void *engine);
void *wasmtime_component_linker_root(void *linker);
void wasmtime_component_linker_instance_delete(void *root);
void *wasmtime_component_linker_instance_add_func(void *root, const char *name,
                                                  size_t size, callback call,
                                                  void *data, void *finalizer);
void *wasmtime_component_linker_instantiate(void *linker, void *context,
                                            void *component, instance *out);
void *wasmtime_component_instance_get_export_index(instance *self,
                                                   void *context, void *parent,
                                                   const char *name,
                                                   size_t size);
bool wasmtime_component_instance_get_func(instance *self, void *context,
                                          void *index, func *out);
void *wasmtime_component_func_call(const func *self, void *context,
                                   const val *args, size_t count, val *results,
                                   size_t result_count);
void wasmtime_component_val_delete(val *value);
void wasmtime_error_message(void *error, vec *out);

static void *context;

static void must(void *error)
{
    vec message;
    if (!error)
        return;
    wasmtime_error_message(error, &message);
    fprintf(stderr, "wasmtime_calls: %.*s\n", (int)message.size, message.data);
    exit(1);
}

static void *add_one(void *data, void *ctx, const void *type, val *args,
                     size_t count, val *results, size_t result_count)
{
    (void)data;
    (void)ctx;
    (void)type;
    (void)count;
    (void)result_count;
    results[0].kind = KIND_U32;
    results[0].of.u32 = args[0].of.u32 + 1;
    return NULL;
}

static func find(instance *self, const char *name)
{
    func out;
    void *index = wasmtime_component_instance_get_export_index(
        self, context, NULL, name, strlen(name));
    if (!index ||
        !wasmtime_component_instance_get_func(self, context, index, &out))
        exit(1);
    return out;
}

static double number(const func *f)
{
    val value = {.kind = KIND_U32};
    uint64_t start = now_ns();
    for (int i = 0; i < CALLS; i++)
        must(wasmtime_component_func_call(f, context, &value, 1, &value, 1));
    return (double)(now_ns() - start) / CALLS;
}

static double string(const func *f)
{
    char text[] = "0123456789abcdef0123456789abcdef";
    val in = {.kind = KIND_STRING, .of.string = {32, text}}, out = {0};
    uint64_t start = now_ns();
    for (int i = 0; i < CALLS; i++) {
        must(wasmtime_component_func_call(f, context, &in, 1, &out, 1));
        if (out.of.string.size != 32)
            exit(1);
        wasmtime_component_val_delete(&out);
        out.kind = 0; /* the next call drops what is there */
    }
    return (double)(now_ns() - start) / CALLS;
}

static double import(const func *f)
{
    val count = {.kind = KIND_U32, .of.u32 = CALLS}, out = {0};
    uint64_t start = now_ns();
    must(wasmtime_component_func_call(f, context, &count, 1, &out, 1));
    if (out.of.u32 != CALLS)
        exit(1);
    return (double)(now_ns() - start) / CALLS;
}

int main(int argc, char **argv)
{
    static char bytes[1 << 20];
    void *component;
    instance it;
    if (argc != 3)
        return 2;
    FILE *file = fopen(argv[1], "rb");
    if (!file)
        return 2;
    size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    void *engine = wasm_engine_new();
    context = wasmtime_store_context(wasmtime_store_new(engine, NULL, NULL));
    must(wasmtime_component_new(engine, bytes, size, &component));
    void *linker = wasmtime_component_linker_new(engine);
    void *root = wasmtime_component_linker_root(linker);
    must(wasmtime_component_linker_instance_add_func(root, "host", 4, add_one,
                                                     NULL, NULL));
    wasmtime_component_linker_instance_delete(root);
    must(
        wasmtime_component_linker_instantiate(linker, context, component, &it));
    func one = find(&it, "add-one"), echo = find(&it, "echo"),
         loop = find(&it, "loop");
    double best[3] = {1e9, 1e9, 1e9};
    for (int i = 0; i < strtol(argv[2], NULL, 10); i++) {
        double took[] = {number(&one), string(&echo), import(&loop)};
        for (int k = 0; k < 3; k++)
            best[k] = took[k] < best[k] ? took[k] : best[k];
    }
    printf("%.1f %.1f %.1f\n", best[0], best[1], best[2]);
    return 0;
}
