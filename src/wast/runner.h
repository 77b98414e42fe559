/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * State of a running script; private to this folder.
 *
 * Each thread of a script has a runner of its own with a store of its own;
 * threads share only the engine and shared memories. */
#ifndef WAST_RUNNER_H
#define WAST_RUNNER_H

#include <pthread.h>
#include "base/arena.h"
#include "wasm/script.h"
#include "wast/wast.h"

/* Something with a name: instances and modules by $id, instances by
 * registered name. Later entries hide earlier ones. */
typedef struct wast_binding {
    slice name;
    rt_instance *instance;
    rt_module *module;
    struct wast_binding *older;
} wast_binding;

typedef struct wast_thread wast_thread;

/* An item of the host module "spectest". */
typedef struct wast_item {
    const char *name;
    rt_extern value;
} wast_item;

#define WAST_SPECTEST_ITEMS 15

typedef struct wast_runner {
    rt_engine *engine;
    rt_store *store;
    arena arena;
    wast_binding *instances;  /* by $id */
    wast_binding *registered; /* by import name */
    wast_binding *modules;    /* definitions, by $id */
    rt_instance *latest;
    rt_module *latest_module;
    struct wast_components *components; /* NULL: none so far */
    wast_item spectest[WAST_SPECTEST_ITEMS];
    uint32_t spectest_count;
    wast_thread *threads;
    wast_report *report;
    pthread_mutex_t *report_lock;
} wast_runner;

whit_status wast_runner_init(wast_runner *self, rt_engine *engine,
                             wast_report *report, pthread_mutex_t *lock,
                             whit_error *error) WHIT_MUST_CHECK;
void wast_runner_release(wast_runner *self);
void wast_runner_commands(wast_runner *self, const wasm_command *commands,
                          uint32_t count);

wast_binding *wast_find(wast_binding *list, slice name);
whit_status wast_bind(wast_runner *self, wast_binding **list, slice name,
                      rt_instance *instance, rt_module *module,
                      whit_error *error) WHIT_MUST_CHECK;

/* Makes the items of the host module "spectest" (host.c). */
whit_status wast_define_spectest(wast_runner *self,
                                 whit_error *error) WHIT_MUST_CHECK;
bool wast_find_spectest(wast_runner *self, slice name, rt_extern *out);

/* A script's value as the slots of a parameter, whose type it must have
 * (values.c). */
whit_status wast_argument(wast_runner *self, const wasm_const *value,
                          wasm_valtype type, rt_slot *slots,
                          whit_error *error) WHIT_MUST_CHECK;
bool wast_matches(wast_runner *self, const wasm_const *pattern,
                  wasm_valtype type, const rt_slot *slots);
void wast_slots_text(wasm_valtype type, const rt_slot *slots, char *out,
                     size_t size);

#endif
