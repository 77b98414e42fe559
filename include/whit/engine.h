/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Engine: configuration, code and types shared by stores. */
#ifndef WHIT_ENGINE_H
#define WHIT_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <whit/error.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct whit_config whit_config;
typedef struct whit_engine whit_engine;

/* The defaults: every feature, guard pages, no fuel, no epoch. NULL when
 * memory is exhausted. The caller's (whit_config_free); an engine copies
 * what it needs. */
WHIT_API whit_config *whit_config_new(void);
WHIT_API void whit_config_free(whit_config *config);
/* Count instructions, so that whit_store_set_fuel works. */
WHIT_API void whit_config_set_fuel(whit_config *config, bool on);
/* Look at the epoch at calls and loops, so that deadlines and interrupts
 * work. */
WHIT_API void whit_config_set_epoch(whit_config *config, bool on);
/* Off: memories have no guard pages, and every access is checked. */
WHIT_API void whit_config_set_guard_pages(whit_config *config, bool on);
/* Bytes of stack for a guest's values, and for host functions below it. */
WHIT_API void whit_config_set_stacks(whit_config *config, size_t value_stack,
                                     size_t native_stack);
/* Switches a proposal: "simd", "threads", "exceptions", "tail-call", "gc",
 * "multi-memory", "memory64". NOT_FOUND for other names. */
WHIT_API WHIT_MUST_CHECK whit_status whit_config_set_feature(
    whit_config *config, const char *name, bool on, whit_error *error);

/* `config` may be NULL. The caller's (whit_engine_free); modules and stores
 * keep the engine alive beyond that. Any thread may use an engine. */
WHIT_API WHIT_MUST_CHECK whit_status whit_engine_new(const whit_config *config,
                                                     whit_engine **out,
                                                     whit_error *error);
WHIT_API void whit_engine_free(whit_engine *engine);
/* Moves the epoch on by one, from any thread or a signal handler. Stores
 * whose deadline is reached trap with "deadline reached". */
WHIT_API void whit_engine_increment_epoch(whit_engine *engine);

#ifdef __cplusplus
}
#endif
#endif
