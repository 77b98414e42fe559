/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Stores: the world of a guest, its limits, and why it trapped. */
#ifndef WHIT_STORE_H
#define WHIT_STORE_H

#include <whit/engine.h>
#include <whit/module.h>
#include <whit/value.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a store may use at most. Each limit ends in a trap, a failed grow or
 * an error that names it. */
typedef struct whit_limits {
    uint64_t memory_bytes;   /* all linear memories together */
    uint64_t table_elements; /* all tables together */
    uint64_t gc_heap_bytes;  /* structs, arrays, exceptions */
    uint32_t call_depth;     /* guest frames */
    uint32_t instances;
    uint32_t handles; /* of components: resources, streams, tasks, threads */
} whit_limits;

/* The defaults. */
WHIT_API whit_limits whit_limits_default(void);

/* `limits` may be NULL. The caller's (whit_store_free). A store and all it
 * holds is for one thread at a time. */
WHIT_API WHIT_MUST_CHECK whit_status whit_store_new(whit_engine *engine,
                                                    const whit_limits *limits,
                                                    whit_store **out,
                                                    whit_error *error);
/* Not while a guest of the store runs. */
WHIT_API void whit_store_free(whit_store *store);

/* Instructions the guests may still execute; needs
 * whit_config_set_fuel. */
WHIT_API void whit_store_set_fuel(whit_store *store, uint64_t fuel);
WHIT_API uint64_t whit_store_fuel(const whit_store *store);
/* Trap once the engine's epoch has moved by `ticks` from now; needs
 * whit_config_set_epoch. */
WHIT_API void whit_store_set_deadline(whit_store *store, uint64_t ticks);
/* Collects garbage now. */
WHIT_API void whit_store_collect(whit_store *store);
/* A pointer of the embedder's, for its host functions. */
WHIT_API void whit_store_set_data(whit_store *store, void *data);
WHIT_API void *whit_store_data(const whit_store *store);

typedef enum whit_trap_code {
    WHIT_TRAP_NONE,
#define X(name, text) WHIT_TRAP_##name,
#include <whit/traps.def>
#undef X
    WHIT_TRAP_CODES
} whit_trap_code;

/* A guest function that was active when the guest trapped. */
typedef struct whit_frame {
    whit_name function; /* name section, else export, else empty */
    uint32_t index;     /* in its module */
    uint32_t offset;    /* bytes from the start of its module; from that of
                         * the function's body in a module from text */
    uint32_t line; /* in the text; 0: unknown, the module came from bytes */
} whit_frame;

/* After a call returned WHIT_TRAP, until the next call: */
WHIT_API whit_trap_code whit_store_trap_code(const whit_store *store);
WHIT_API size_t whit_store_trap_frames(const whit_store *store);
/* Frame 0 is the innermost. */
WHIT_API whit_frame whit_store_trap_frame(const whit_store *store, size_t i);

#ifdef __cplusplus
}
#endif
#endif
