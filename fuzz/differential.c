/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Every mode of the interpreter side by side. */
#include "differential.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/engine.h"
#include "generate.h"
#include "runtime/heap.h"
#include "wasm/decode.h"
#include "wasm/print.h"

/* Types of modules stay in their engine: now and then a new one. */
enum { ENGINE_CASES = 500, BUDGET = 120, ARGUMENT_SETS = 3, SLOTS_MOST = 64 };

static const char *const mode_names[MODES] = {"plain", "fused",
                                              "explicit bounds", "fuel"};

static void die(const char *what, const whit_error *error)
{
    fprintf(stderr, "%s: %s\n", what, error->message);
    abort();
}

static void close_engines(differential *self)
{
    for (int i = 0; i < MODES; i++)
        if (self->engines[i])
            rt_engine_release(self->engines[i]);
}

static void open_engines(differential *self)
{
    close_engines(self);
    for (int i = 0; i < MODES; i++) {
        whit_error error;
        rt_config config;
        rt_config_init(&config);
        config.plain = i == MODE_PLAIN;
        config.guard_pages = i != MODE_BOUNDS;
        config.fuel = config.epoch = i == MODE_FUEL;
        if (engine_new(&config, &self->engines[i], &error) != WHIT_OK)
            die("engine", &error);
    }
    self->engine_cases = 0;
}

void differential_init(differential *self)
{
    *self = (differential){0};
    open_engines(self);
}

void differential_release(differential *self)
{
    close_engines(self);
}

/* One module in one mode. */
typedef struct guest {
    rt_store *store;
    rt_module *module;
    rt_instance *instance;
    whit_status status;
    rt_slot slots[SLOTS_MOST];
    whit_error error;
} guest;

static void guest_open(guest *g, rt_engine *engine, slice bytes, bool stress)
{
    rt_limits limits;
    rt_limits_init(&limits);
    *g = (guest){0};
    if (rt_store_new(engine, &limits, &g->store, &g->error) != WHIT_OK)
        die("store", &g->error);
    g->store->heap->stress = stress;
    if (engine_load(engine, bytes, &g->module, &g->error) != WHIT_OK)
        die("generated module", &g->error);
    if (rt_instance_new(g->store, g->module, NULL, 0, &g->instance,
                        &g->error) != WHIT_OK)
        die("instance", &g->error);
}

static void guest_close(guest *g)
{
    rt_store_free(g->store);
    rt_module_release(g->module);
}

static void set_argument(wasm_valtype type, unsigned choice, rt_slot *slot)
{
    static const int64_t integers[] = {0, 1, 2, 5, -1, 77, 1000, INT32_MIN};
    static const double floats[] = {0, 1, 0.5, -2, 1e6, 3.25, -0.0, 1e-3};
    slot[0].i64 = 0;
    if (type == WASM_V128)
        slot[1].i64 = integers[choice % 8] * 3;
    if (type == WASM_I32)
        slot->i32 = (int32_t)integers[choice % 8];
    else if (type == WASM_I64 || type == WASM_V128)
        slot->i64 = integers[choice % 8];
    else if (type == WASM_F32)
        slot->f32 = (float)floats[choice % 8];
    else if (type == WASM_F64)
        slot->f64 = floats[choice % 8];
}

static void guest_call(guest *g, uint32_t function, unsigned set)
{
    const wasm_functype *type = wasm_function_type(g->module->wasm, function);
    rt_slot *slot = g->slots;
    memset(g->slots, 0, sizeof g->slots);
    for (uint32_t i = 0; i < type->param_count; i++) {
        set_argument(type->params[i], set ? set * 5 + i * 3 + function : 0,
                     slot);
        slot += wasm_slots(type->params[i]);
    }
    g->instance->globals[GENERATE_BUDGET]->value[0].i32 = BUDGET;
    g->status = rt_call(g->store, g->instance->functions[function], g->slots,
                        &g->error);
}

/* Comparing. */

static bool same_value(wasm_valtype type, const rt_slot *a, const rt_slot *b)
{
    switch (type) {
    case WASM_I32:
        return a->u32 == b->u32;
    case WASM_I64:
        return a->u64 == b->u64;
    case WASM_F32:
        return a->u32 == b->u32 || (a->f32 != a->f32 && b->f32 != b->f32);
    case WASM_F64:
        return a->u64 == b->u64 || (a->f64 != a->f64 && b->f64 != b->f64);
    case WASM_V128:
        return a[0].u64 == b[0].u64 && a[1].u64 == b[1].u64;
    }
    if (rt_ref_is_i31(a->ref) || rt_ref_is_i31(b->ref))
        return a->ref == b->ref;
    return !a->ref == !b->ref && (!a->ref || rt_ref_object(a->ref)->kind ==
                                                 rt_ref_object(b->ref)->kind);
}

static const char *compare_results(const guest *a, const guest *b,
                                   uint32_t function)
{
    const wasm_functype *type = wasm_function_type(a->module->wasm, function);
    const rt_trap *s = &a->store->context.trap, *t = &b->store->context.trap;
    if (a->status != b->status)
        return "status";
    if (a->status == WHIT_TRAP) {
        if (s->code != t->code)
            return "trap";
        if (s->frame_count != t->frame_count)
            return "depth of the backtrace";
        for (uint32_t i = 0; i < s->frame_count; i++)
            if (s->frames[i].function != t->frames[i].function ||
                s->frames[i].offset != t->frames[i].offset)
                return "place of the trap";
    }
    uint32_t at = 0;
    for (uint32_t i = 0; a->status == WHIT_OK && i < type->result_count; i++) {
        if (!same_value(type->results[i], a->slots + at, b->slots + at))
            return "results";
        at += wasm_slots(type->results[i]);
    }
    return NULL;
}

static const char *compare_state(const guest *a, const guest *b)
{
    const wasm_module *wasm = a->module->wasm;
    for (uint32_t i = 0; i < wasm->global_count; i++)
        if (!same_value(wasm->globals[i].type, a->instance->globals[i]->value,
                        b->instance->globals[i]->value))
            return "globals";
    for (uint32_t i = 0; i < wasm->memory_count; i++) {
        rt_memory *m = a->instance->memories[i], *n = b->instance->memories[i];
        if (m->size != n->size || memcmp(m->base, n->base, m->size) != 0)
            return "memory";
    }
    return NULL;
}

static bool call_all(differential *self, guest *guests, uint32_t function,
                     unsigned set)
{
    for (int i = 0; i < MODES; i++)
        guest_call(&guests[i], function, set);
    self->calls++;
    self->traps += guests[0].status == WHIT_TRAP;
    self->exceptions += guests[0].status == WHIT_EXCEPTION;
    for (int i = 1; i < MODES; i++) {
        const char *what = compare_results(&guests[0], &guests[i], function);
        if (!what)
            what = compare_state(&guests[0], &guests[i]);
        if (what) {
            snprintf(self->message, sizeof self->message,
                     "function %u, arguments %u: plain and %s differ in %s "
                     "(%.60s; %.60s)",
                     function, set, mode_names[i], what,
                     guests[0].status ? guests[0].error.message : "returned",
                     guests[i].status ? guests[i].error.message : "returned");
            return false;
        }
    }
    return true;
}

/* Whether plain code makes a NaN in these calls. */
static bool sees_nan(differential *self, slice choices)
{
    buffer bytes;
    guest g;
    buffer_init(&bytes);
    generate_module(choices, true, &bytes);
    guest_open(&g, self->engines[MODE_PLAIN], buffer_view(&bytes), false);
    for (uint32_t f = 1; f < g.module->wasm->function_count; f++)
        for (unsigned set = 0; set < ARGUMENT_SETS; set++)
            guest_call(&g, f, set);
    bool seen = g.instance->globals[GENERATE_NAN]->value[0].i32 != 0;
    guest_close(&g);
    buffer_release(&bytes);
    return seen;
}

/* FUZZ_LAST names a file that gets the choices before they run: after a
 * crash it holds what crashed. */
static void keep_last(slice choices)
{
    const char *path = getenv("FUZZ_LAST");
    FILE *file = path ? fopen(path, "wb") : NULL;
    if (!file)
        return;
    fwrite(choices.data, 1, choices.size, file);
    fclose(file);
}

bool differential_agree(differential *self, slice choices)
{
    keep_last(choices);
    guest guests[MODES];
    buffer bytes;
    if (++self->engine_cases > ENGINE_CASES)
        open_engines(self);
    self->cases++;
    buffer_init(&bytes);
    generate_module(choices, false, &bytes);
    for (int i = 0; i < MODES; i++)
        guest_open(&guests[i], self->engines[i], buffer_view(&bytes),
                   i == MODE_FUEL);
    uint32_t count = guests[0].module->wasm->function_count;
    bool agree = true;
    for (uint32_t f = 1; f < count && agree; f++)
        for (unsigned set = 0; set < ARGUMENT_SETS && agree; set++)
            agree = call_all(self, guests, f, set);
    for (int i = 0; i < MODES; i++)
        guest_close(&guests[i]);
    buffer_release(&bytes);
    if (!agree && sees_nan(self, choices)) {
        self->nans++;
        agree = true;
    }
    return agree;
}

/* Without the choices from `at` on, `size` of them. */
static bool try_without(differential *self, buffer *best, size_t at,
                        size_t size)
{
    buffer b;
    buffer_init(&b);
    buffer_append(&b, best->data, at);
    buffer_append(&b, best->data + at + size, best->size - at - size);
    bool differs = !differential_agree(self, buffer_view(&b));
    if (differs) {
        buffer_clear(best);
        buffer_slice(best, buffer_view(&b));
    }
    buffer_release(&b);
    return differs;
}

static bool try_zero(differential *self, buffer *best, size_t at, size_t size)
{
    uint8_t old[1024];
    bool zero = true;
    memcpy(old, best->data + at, size);
    for (size_t i = 0; i < size; i++)
        zero &= !old[i];
    if (zero)
        return false;
    memset(best->data + at, 0, size);
    if (!differential_agree(self, buffer_view(best)))
        return true;
    memcpy(best->data + at, old, size);
    return false;
}

void differential_shrink(differential *self, slice choices, buffer *out)
{
    buffer_clear(out);
    buffer_slice(out, choices);
    for (int round = 0; round < 3; round++)
        for (size_t size = 512; size; size /= 2)
            for (size_t at = 0; at + size <= out->size;)
                if (!try_without(self, out, at, size) &&
                    !try_zero(self, out, at, size))
                    at += size;
    (void)differential_agree(self, buffer_view(out)); /* the message */
}

void differential_print(slice choices, buffer *out)
{
    static const wasm_decode_options decode = {WASM_FEATURES_ALL, false};
    static const wasm_print_options print = {.offsets = true};
    wasm_module *module;
    whit_error error;
    buffer bytes;
    buffer_init(&bytes);
    generate_module(choices, false, &bytes);
    if (wasm_decode(buffer_view(&bytes), &decode, &module, &error) != WHIT_OK)
        die("generated module", &error);
    if (wasm_print(module, &print, out, &error) != WHIT_OK)
        die("text of the module", &error);
    wasm_module_free(module);
    buffer_release(&bytes);
}
