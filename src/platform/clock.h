/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Time and a ticking helper. Units: nanoseconds. */
#ifndef PLATFORM_CLOCK_H
#define PLATFORM_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

uint64_t clock_monotonic(void);

/* Calls function(argument) once after `delay`, on a thread of its own,
 * unless it is cancelled before. */
typedef struct clock_timer clock_timer;
clock_timer *clock_timer_start(uint64_t delay, void (*function)(void *),
                               void *argument);
/* Waits for a running call to end; NULL is allowed. */
void clock_timer_cancel(clock_timer *self);

#endif
