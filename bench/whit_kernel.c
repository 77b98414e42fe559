/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Runs or loads a module on whit and prints how long that took. */

/* whit_kernel run  MODULE N K   K calls of run(N): "checksum min-ns median-ns"
 * whit_kernel load MODULE K     K loads: "module-ns first-call-ns", minima
 *
 * module-ns: bytes to a validated module. first-call-ns: bytes to the return
 * of run(0). */

#include <string.h>
#include <whit.h>

#include "timing.h"

typedef struct {
    whit_engine *engine;
    whit_module *module;
    whit_store *store;
    whit_linker *linker;
    whit_func *run;
} guest;

typedef struct {
    void *bytes;
    size_t size;
} file;

static void guest_release(guest *self)
{
    whit_linker_free(self->linker);
    whit_store_free(self->store);
    whit_module_free(self->module);
    whit_engine_free(self->engine);
}

/* Fills `self`; `module_ns` is the time the module alone took. The engine is
 * made before the clock starts, as in the other harnesses. */
static whit_status guest_load(guest *self, file wasm, uint64_t *module_ns,
                              whit_error *error)
{
    whit_instance *instance;
    whit_status status;
    uint64_t start;

    status = whit_engine_new(NULL, &self->engine, error);
    if (status)
        return status;
    start = now_ns();
    status = whit_module_new(self->engine, wasm.bytes, wasm.size, &self->module,
                             error);
    if (status)
        return status;
    *module_ns = now_ns() - start;
    status = whit_store_new(self->engine, NULL, &self->store, error);
    if (status)
        return status;
    status = whit_linker_new(self->store, &self->linker, error);
    if (status)
        return status;
    status =
        whit_linker_instantiate(self->linker, self->module, &instance, error);
    if (status)
        return status;
    self->run = whit_instance_func(instance, "run");
    if (self->run && whit_func_is(self->run, "i:i"))
        return WHIT_OK;
    snprintf(error->message, sizeof error->message,
             "the module has no export 'run' from i32 to i32");
    return error->code = WHIT_NOT_FOUND;
}

static whit_status guest_run(guest *self, uint32_t n, uint32_t *sum,
                             whit_error *error)
{
    whit_slot slot = {.u32 = n};
    whit_status status;

    status = whit_func_call_typed(self->store, self->run, &slot, error);
    if (status == WHIT_OK)
        *sum = slot.u32;
    return status;
}

static whit_status bench_run(file wasm, uint32_t n, size_t rounds,
                             whit_error *error)
{
    static uint64_t times[ROUNDS_MAX];
    guest self = {0};
    uint64_t unused;
    uint32_t sum = 0;
    whit_status status = guest_load(&self, wasm, &unused, error);

    for (size_t i = 0; i < rounds && status == WHIT_OK; i++) {
        uint32_t got = 0;
        uint64_t start = now_ns();
        status = guest_run(&self, n, &got, error);
        times[i] = now_ns() - start;
        if (i && status == WHIT_OK && got != sum) {
            snprintf(error->message, sizeof error->message,
                     "two calls gave two checksums");
            status = WHIT_INVALID;
        }
        sum = got;
    }
    guest_release(&self);
    if (status == WHIT_OK)
        print_times(sum, times, rounds);
    return status;
}

static whit_status bench_load(file wasm, size_t rounds, whit_error *error)
{
    uint64_t best_module = UINT64_MAX, best_first = UINT64_MAX;

    for (size_t i = 0; i < rounds; i++) {
        guest self = {0};
        uint64_t start = now_ns(), module = 0;
        uint32_t sum;
        whit_status status = guest_load(&self, wasm, &module, error);
        if (status == WHIT_OK)
            status = guest_run(&self, 0, &sum, error);
        uint64_t first = now_ns() - start;
        guest_release(&self);
        if (status)
            return status;
        best_module = module < best_module ? module : best_module;
        best_first = first < best_first ? first : best_first;
    }
    printf("%llu %llu\n", (unsigned long long)best_module,
           (unsigned long long)best_first);
    return WHIT_OK;
}

/* Reads a whole file; NULL bytes and errno when that fails. */
static file file_read(const char *path)
{
    file whole = {0};
    FILE *stream = fopen(path, "rb");
    long size;

    if (!stream)
        return whole;
    if (!fseek(stream, 0, SEEK_END) && (size = ftell(stream)) > 0) {
        rewind(stream);
        whole.bytes = malloc((size_t)size);
        whole.size = (size_t)size;
        if (whole.bytes &&
            fread(whole.bytes, 1, whole.size, stream) != whole.size) {
            free(whole.bytes);
            whole.bytes = NULL;
        }
    }
    fclose(stream);
    return whole;
}

int main(int count, char **arguments)
{
    int is_run = count == 5 && !strcmp(arguments[1], "run");
    int is_load = count == 4 && !strcmp(arguments[1], "load");
    whit_error error = {0};
    whit_status status;

    if (!is_run && !is_load) {
        fprintf(stderr, "usage: %s run MODULE N K | load MODULE K\n",
                arguments[0]);
        return 2;
    }
    file wasm = file_read(arguments[2]);
    if (!wasm.bytes) {
        perror(arguments[2]);
        return 1;
    }
    if (is_run)
        status = bench_run(wasm, (uint32_t)strtoul(arguments[3], NULL, 10),
                           rounds_from(arguments[4]), &error);
    else
        status = bench_load(wasm, rounds_from(arguments[3]), &error);
    free(wasm.bytes);
    if (status)
        fprintf(stderr, "whit_kernel: %s\n", error.message);
    return status != WHIT_OK;
}
