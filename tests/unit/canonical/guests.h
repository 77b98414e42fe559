/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Two guests and a host between which values are passed, without components
 * around them: types come from a component's text, memories from a module
 * that does nothing but allocate. */
#ifndef CANONICAL_GUESTS_H
#define CANONICAL_GUESTS_H

#include <stdlib.h>

#include "base/memory.h"
#include "canonical/private.h"
#include "component/text.h"
#include "component/validate.h"
#include "engine/engine.h"

/* P is the type of addresses. The first bytes of the memory are a log: the
 * number of calls, then from 16 on the four arguments of each of the first
 * 60 as i64. `answer`, when not 0, is what realloc says next, minus 1;
 * the next call grows the memory by `grow` pages. */
static const char guests_text[] =
    "(module (memory (export \"memory\") P 2)\n"
    " (global $next (export \"next\") (mut P) (P.const 8192))\n"
    " (global $answer (export \"answer\") (mut i64) (i64.const 0))\n"
    " (global $grow (export \"grow\") (mut i32) (i32.const 0))\n"
    " (func $log (param $at P) (param $value P)\n"
    "  (i64.store (local.get $at) W))\n"
    " (func (export \"realloc\") (param $old P) (param $old_size P)\n"
    "  (param $align P) (param $size P) (result P) (local $r P) (local $n P)\n"
    "  (local.set $n (P.load (P.const 0)))\n"
    "  (if (P.lt_u (local.get $n) (P.const 60)) (then\n"
    "   (local.set $r (P.add (P.const 16)\n"
    "    (P.mul (local.get $n) (P.const 32))))\n"
    "   (call $log (local.get $r) (local.get $old))\n"
    "   (call $log (P.add (local.get $r) (P.const 8)) (local.get $old_size))\n"
    "   (call $log (P.add (local.get $r) (P.const 16)) (local.get $align))\n"
    "   (call $log (P.add (local.get $r) (P.const 24)) (local.get $size))))\n"
    "  (P.store (P.const 0) (P.add (local.get $n) (P.const 1)))\n"
    "  (if (i64.ne (global.get $answer) (i64.const 0)) (then\n"
    "   (local.set $r A)\n"
    "   (global.set $answer (i64.const 0))\n"
    "   (return (local.get $r))))\n"
    "  (if (global.get $grow) (then\n"
    "   (drop (memory.grow G))\n"
    "   (global.set $grow (i32.const 0))))\n"
    "  (local.set $r (P.and (P.add (global.get $next)\n"
    "    (P.sub (local.get $align) (P.const 1)))\n"
    "   (P.sub (P.const 0) (local.get $align))))\n"
    "  (global.set $next (P.add (local.get $r) (local.get $size)))\n"
    "  (if (P.gt_u (global.get $next)\n"
    "    (P.mul (memory.size) (P.const 65536))) (then\n"
    "   (drop (memory.grow (P.add (P.const 1)\n"
    "    (P.div_u (local.get $size) (P.const 65536)))))))\n"
    "  (if (P.lt_u (local.get $size) (local.get $old_size))\n"
    "   (then (local.set $old_size (local.get $size))))\n"
    "  (if (P.ne (local.get $old) (P.const 0))\n"
    "   (then (memory.copy (local.get $r) (local.get $old)\n"
    "    (local.get $old_size))))\n"
    "  (local.get $r)))\n";

typedef struct guest {
    rt_instance *core;
    canon_instance *instance;
    canon_options options;
    canon_side side;
    rt_global *next, *answer, *grow;
} guest;

typedef struct guests {
    rt_engine *engine;
    canon_store *store;
    canon_instance *host;
    canon_side host_side;
    arena arena;
    rt_module *modules[2];
    guest a, b;
    component_file *types;
    const component_node *function;
    whit_error error;
} guests;

static inline char *guests_module(bool wide)
{
    buffer text;
    buffer_init(&text);
    for (const char *c = guests_text; *c; c++)
        if (*c == 'P')
            buffer_text(&text, wide ? "i64" : "i32");
        else if (*c == 'W')
            buffer_text(&text, wide ? "(local.get $value)"
                                    : "(i64.extend_i32_u (local.get $value))");
        else if (*c == 'G')
            buffer_text(&text, wide ? "(i64.extend_i32_u (global.get $grow))"
                                    : "(global.get $grow)");
        else if (*c == 'A')
            buffer_text(&text,
                        wide ? "(i64.sub (global.get $answer) (i64.const 1))"
                             : "(i32.wrap_i64 (i64.sub (global.get $answer) "
                               "(i64.const 1)))");
        else
            buffer_put(&text, (uint8_t)*c);
    return buffer_string(&text);
}

static inline rt_extern guests_export(guest *self, const char *name)
{
    rt_extern item;
    if (!rt_instance_export(self->core, slice_text(name), &item))
        abort();
    return item;
}

static inline whit_status guests_add(guests *g, guest *self, rt_module *module,
                                     canon_encoding encoding)
{
    TRY(rt_instance_new(g->store->core, module, NULL, 0, &self->core,
                        &g->error));
    self->instance = canon_instance_alloc(g->store);
    TRY_ALLOC(self->instance, &g->error);
    self->instance->next = g->store->instances;
    g->store->instances = self->instance;
    self->options =
        (canon_options){.encoding = encoding,
                        .memory = guests_export(self, "memory").memory,
                        .realloc = guests_export(self, "realloc").function};
    self->side =
        (canon_side){.instance = self->instance, .options = &self->options};
    self->next = guests_export(self, "next").global;
    self->answer = guests_export(self, "answer").global;
    self->grow = guests_export(self, "grow").global;
    return WHIT_OK;
}

/* `wide`: bit 0 for guest a, bit 1 for guest b. */
static inline whit_status guests_open(guests *g, unsigned wide, bool guarded)
{
    rt_config config;
    rt_limits limits;
    memset(g, 0, sizeof *g);
    rt_config_init(&config);
    rt_limits_init(&limits);
    config.guard_pages = guarded;
    arena_init(&g->arena);
    TRY(engine_new(&config, &g->engine, &g->error));
    TRY(canon_store_new(g->engine, &limits, &g->store, &g->error));
    g->host = g->store->host;
    for (int i = 0; i < 2; i++) {
        char *text = guests_module(wide >> i & 1);
        TRY_ALLOC(text, &g->error);
        whit_status status =
            engine_load(g->engine, slice_text(text), &g->modules[i], &g->error);
        mem_free(text);
        TRY(status);
        TRY(guests_add(g, i ? &g->b : &g->a, g->modules[i], CANON_UTF8));
    }
    g->host_side = (canon_side){.instance = g->host, .arena = &g->arena};
    return WHIT_OK;
}

static inline void guests_close(guests *g)
{
    canon_store_free(g->store);
    component_file_free(g->types);
    for (int i = 0; i < 2; i++)
        if (g->modules[i])
            rt_module_release(g->modules[i]);
    rt_engine_release(g->engine);
    arena_release(&g->arena);
    g->engine = NULL;
}

/* The parameters of the function that a component's text imports. */
static inline whit_status guests_types(guests *g, const char *text,
                                       canon_tuple *out)
{
    component_file_free(g->types);
    g->types = NULL;
    TRY(component_text_parse(slice_text(text), &g->types, &g->error));
    TRY(component_validate(g->types, &g->error));
    const component_node *type = g->types->root.info->type;
    for (uint32_t i = 0; i < type->import_count; i++)
        if (type->imports[i].sort == COMPONENT_SORT_FUNC)
            g->function = type->imports[i].type;
    canon_tuple_init(out, g->function->members, g->function->member_count,
                     g->a.instance);
    return WHIT_OK;
}

/* One side's values in slots. */
static inline canon_values guests_flat(rt_slot *slots)
{
    return (canon_values){CANON_FLAT, slots, NULL};
}

static inline canon_values guests_native(void *native)
{
    return (canon_values){CANON_NATIVE, NULL, native};
}

static inline uint8_t *guests_memory(const guest *self, uint64_t at)
{
    return self->options.memory->base + at;
}

/* Forgets what was allocated and logged. */
static inline void guests_reset(guest *self)
{
    memset(guests_memory(self, 0), 0, 16);
    self->next->value[0].u64 = 8192;
    self->answer->value[0].u64 = 0;
}

#endif
