/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Stacks to run guests on: a fiber is started, may suspend itself, is
 * resumed by whoever holds it, and ends by returning. Assembly on x86-64 and
 * aarch64, ucontext elsewhere; address sanitizer is told of each switch. */
#ifndef PLATFORM_FIBER_H
#define PLATFORM_FIBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct fiber fiber;
typedef void (*fiber_function)(void *argument);

/* `stack` usable bytes with a guard page below; NULL when out of memory. */
fiber *fiber_new(size_t stack);
/* Not from within. A fiber that is suspended never goes on: what its frames
 * own is lost. */
void fiber_free(fiber *self);

/* Runs function(argument) on the fiber until it suspends or returns. A fiber
 * that is done can be started again. */
void fiber_start(fiber *self, fiber_function function, void *argument);
/* Goes on behind the fiber_suspend. */
void fiber_resume(fiber *self);
/* Called on the fiber: returns to whoever started or resumed it. */
void fiber_suspend(fiber *self);
bool fiber_is_done(const fiber *self);

/* Lowest usable address and the end of the stack, and the guard below. */
void fiber_stack(const fiber *self, uint8_t **low, uint8_t **high);
bool fiber_is_guard(const fiber *self, const void *address);

#endif
