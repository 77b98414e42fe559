/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Engine, module, store and what a store holds (specification 3.0, section
 * 4.2). These layouts are shared with the executors, native code included:
 * hot members come first.
 *
 * Lifetimes: an engine is counted by modules and stores, a module by its
 * creator and by instances. Everything else belongs to its store and lives
 * until the store is freed, except shared memories, which are counted.
 * A store is used by one thread at a time; engines and modules by any. */
#ifndef RUNTIME_STORE_H
#define RUNTIME_STORE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include "base/error.h"
#include "platform/fiber.h"
#include "runtime/executor.h"
#include "runtime/host.h"
#include "runtime/trap.h"
#include "runtime/value.h"
#include "wasm/features.h"
#include "wasm/module.h"
#include "wasm/names.h"

/* Fixed for an engine, since code depends on it. */
typedef struct rt_config {
    wasm_features features;
    bool fuel;  /* code counts fuel */
    bool epoch; /* code looks at the epoch: deadlines and interrupts work */
    bool guard_pages;   /* off: explicit bounds checks everywhere */
    bool plain;         /* no fusing: each instruction on its own; for tests */
    size_t fiber_stack; /* native bytes under a guest, for host functions */
    size_t value_stack; /* bytes of a guest's own stack of slots */
} rt_config;

void rt_config_init(rt_config *self); /* the defaults */

/* Per store; each has a trap or error that names it. */
typedef struct rt_limits {
    uint64_t memory_bytes;   /* all linear memories of the store */
    uint64_t table_elements; /* all tables of the store */
    uint64_t gc_heap_bytes;
    uint32_t call_depth; /* guest frames */
    uint32_t instances;
    uint32_t handles; /* of component instances; src/canonical counts them */
} rt_limits;

void rt_limits_init(rt_limits *self); /* the defaults */

typedef struct rt_engine {
    atomic_uint references;
    rt_config config;
    const rt_executor *executor;
    atomic_ullong epoch; /* grows; see rt_store_set_deadline */
    pthread_mutex_t types_lock;
    wasm_type_table *types;
    /* Stacks that no store uses now. */
    pthread_mutex_t stacks_lock;
    struct rt_stack *stacks;
    uint32_t stack_count;
} rt_engine;

whit_status rt_engine_new(const rt_config *config, const rt_executor *executor,
                          rt_engine **out, whit_error *error) WHIT_MUST_CHECK;
void rt_engine_retain(rt_engine *self);
void rt_engine_release(rt_engine *self);
/* Advances the epoch by one; from any thread or signal handler. */
void rt_engine_tick(rt_engine *self);

typedef struct rt_module {
    rt_engine *engine;
    wasm_module *wasm;       /* owned */
    const wasm_type **types; /* canonical, by type index */
    /* Executor's code by defined function (index minus imports), NULL until
     * prepared; [0] for memories behind guard pages, [1] checks bounds.
     * Published with release order: threads may share a module. */
    _Atomic(void *) *code[2];
    pthread_mutex_t code_lock; /* held while one thread prepares */
    atomic_uint references;
    pthread_mutex_t names_lock;
    bool names_read;
    wasm_names names;
    arena names_arena;
} rt_module;

/* Takes over a validated module (on failure too). */
whit_status rt_module_new(rt_engine *engine, wasm_module *wasm, rt_module **out,
                          whit_error *error) WHIT_MUST_CHECK;
void rt_module_retain(rt_module *self);
void rt_module_release(rt_module *self);
/* Name section, else export, else size 0. */
slice rt_module_function_name(rt_module *self, uint32_t function);

typedef struct rt_memory {
    uint8_t *base;      /* never moves while guarded or shared */
    atomic_ullong size; /* bytes usable now */
    uint64_t max_pages; /* declared or implied */
    bool is64;
    bool shared;
    bool guarded; /* any 32-bit address + 32-bit offset faults or is inside */
    bool has_max; /* declared, for import matching */
    size_t reserved;        /* bytes of address space */
    atomic_uint references; /* shared memories: stores that hold it */
    pthread_mutex_t grow_lock;
    struct rt_memory *next; /* in the store */
} rt_memory;

typedef struct rt_table {
    rt_ref *items;
    uint64_t size;
    uint64_t capacity;
    uint64_t max;      /* declared or implied */
    wasm_valtype type; /* canonical ids */
    bool is64;
    bool has_max;
    struct rt_table *next;
} rt_table;

typedef struct rt_global {
    rt_slot value[2];
    wasm_valtype type; /* canonical ids */
    bool mutable_;
    struct rt_global *next; /* in the store */
} rt_global;

typedef struct rt_tag {
    const wasm_type *type;
    struct rt_tag *next;
} rt_tag;

/* A function reference points to one of these. */
typedef struct rt_function {
    rt_object header; /* kind FUNCTION; header.type is the signature */
    struct rt_instance *instance; /* NULL for host functions */
    uint32_t index;               /* in the instance's module */
    rt_host_function host;        /* NULL for guest functions */
    bool canonical; /* of the canonical ABI: its message is the trap's */
    void *env;
    void (*env_free)(void *env);
    struct rt_function *next; /* host functions: in the store */
} rt_function;

/* An item that can be imported or exported. */
typedef struct rt_extern {
    wasm_external_kind kind;
    union {
        rt_function *function;
        rt_table *table;
        rt_memory *memory;
        rt_global *global;
        rt_tag *tag;
    };
} rt_extern;

typedef struct rt_elem {
    rt_ref *items;
    uint32_t count; /* 0 after elem.drop */
} rt_elem;

typedef struct rt_instance {
    /* Index spaces, imports first. */
    rt_memory **memories;
    rt_table **tables;
    rt_global **globals;
    rt_function **functions;
    rt_tag **tags;
    const wasm_type *const *types; /* module's, by type index */
    rt_elem *elems;
    slice *datas; /* size 0 after data.drop */
    struct rt_store *store;
    rt_module *module;
    _Atomic(void *) *code; /* module->code[checked] */
    /* Some 32-bit memory has no guard pages (64-bit ones never have). */
    bool checked;
    rt_memory *exported_memory; /* "memory", or NULL */
    rt_function *own;           /* the defined functions */
    arena arena;                /* holds the arrays above */
    struct rt_instance *next;
} rt_instance;

/* The state of one guest activation: what interpreter and host share. */
typedef struct rt_context {
    struct rt_store *store;
    rt_slot *stack; /* value stack, value_stack bytes */
    rt_slot *stack_end;
    rt_slot *stack_top; /* first free slot; executors keep it at calls */
    uint32_t depth;     /* guest frames active */
    uint32_t depth_limit;
    const atomic_ullong *epoch; /* the engine's */
    uint64_t deadline;          /* trap DEADLINE when *epoch reaches it */
    int64_t fuel;               /* left; trap FUEL below 0 */
    void *activation;           /* executor's: newest of nested calls */
    uint32_t host_depth;        /* host functions active; 0: in guest code */
    rt_ref exception;           /* after WHIT_EXCEPTION: a root */
    whit_error error;           /* after a host function failed */
    rt_trap trap;               /* after WHIT_TRAP */
    fiber *fiber;               /* the guest runs on it; NULL: not running */
} rt_context;

struct rt_heap;

typedef struct rt_store {
    rt_engine *engine;
    rt_context context;
    rt_limits limits;
    uint64_t memory_bytes; /* used of the limits */
    uint64_t table_elements;
    uint32_t instance_count;
    struct rt_heap *heap; /* runtime/heap.h */
    rt_instance *instances;
    rt_memory *memories;
    rt_memory **shared; /* counted references to shared memories */
    size_t shared_count, shared_capacity;
    rt_table *tables;
    rt_global *globals;
    rt_tag *tags;
    rt_function *host_functions;
    /* References the host holds: API handles. Slot 0 is unused. */
    rt_ref *roots;
    size_t root_count, root_capacity;
    size_t root_free; /* list of free slots: index * 2 + 1, 0 at its end */
    /* References in flight, a stack: arguments of the calls now active,
     * and what a host function made, until it returns. */
    rt_ref *locals;
    size_t local_count, local_capacity;
    struct rt_thread *threads; /* runtime/thread.h */
    struct rt_thread *main;    /* that outermost calls run on; or NULL */
    void *user; /* the embedder's, e.g. WASI context; not touched */
    /* What a layer above keeps with the store; freed before all else. */
    void *upper;
    void (*upper_free)(void *upper);
} rt_store;

whit_status rt_store_new(rt_engine *engine, const rt_limits *limits,
                         rt_store **out, whit_error *error) WHIT_MUST_CHECK;
void rt_store_free(rt_store *self);
/* Trap DEADLINE once the engine's epoch has grown by `ticks` from now. */
void rt_store_set_deadline(rt_store *self, uint64_t ticks);

/* Host-made items; types in canonical ids of the engine. */
whit_status rt_function_new(rt_store *store, const wasm_type *type,
                            rt_host_function host, void *env,
                            void (*env_free)(void *env), rt_function **out,
                            whit_error *error) WHIT_MUST_CHECK;
whit_status rt_memory_new(rt_store *store, const wasm_limits *limits,
                          rt_memory **out, whit_error *error) WHIT_MUST_CHECK;
whit_status rt_table_new(rt_store *store, const wasm_limits *limits,
                         wasm_valtype type, rt_ref init, rt_table **out,
                         whit_error *error) WHIT_MUST_CHECK;
whit_status rt_global_new(rt_store *store, wasm_valtype type, bool mutable_,
                          const rt_slot *value, rt_global **out,
                          whit_error *error) WHIT_MUST_CHECK;
whit_status rt_tag_new(rt_store *store, const wasm_type *type, rt_tag **out,
                       whit_error *error) WHIT_MUST_CHECK;
/* Lets a store use another store's shared memory. */
whit_status rt_store_share_memory(rt_store *store, rt_memory *memory,
                                  whit_error *error) WHIT_MUST_CHECK;

/* Instantiation (section 4.7.2): imports in the module's order, checked
 * here; runs active segments and the start function. An instance whose
 * start traps stays in the store (its functions may be in tables). */
whit_status rt_instance_new(rt_store *store, rt_module *module,
                            const rt_extern *imports, uint32_t import_count,
                            rt_instance **out,
                            whit_error *error) WHIT_MUST_CHECK;
bool rt_instance_export(rt_instance *self, slice name, rt_extern *out);
rt_extern rt_instance_extern(rt_instance *self, wasm_external_kind kind,
                             uint32_t index);

/* Calls a guest or host function from outside or from a host function.
 * `slots` has max(param_slots, result_slots) of the type. On failure the
 * error's message is complete: trap text, detail, function names; the trap
 * itself stays in store->context.trap until the next call. */
whit_status rt_call(rt_store *store, rt_function *function, rt_slot *slots,
                    whit_error *error) WHIT_MUST_CHECK;

/* Keeps a reference alive for the host; handle 0 is null. */
whit_status rt_root_add(rt_store *store, rt_ref ref, uint32_t *handle,
                        whit_error *error) WHIT_MUST_CHECK;
void rt_root_remove(rt_store *store, uint32_t handle);

#endif
