/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The monotonic clock, and timers that are threads waiting on it. */
#include "platform/clock.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>
#include "base/memory.h"

enum { SECOND = 1000000000 };

uint64_t clock_monotonic(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * SECOND + (uint64_t)now.tv_nsec;
}

struct clock_timer {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool cancelled;
    uint64_t when;
    void (*function)(void *);
    void *argument;
};

static void *timer_run(void *pointer)
{
    clock_timer *self = pointer;
    struct timespec until = {(time_t)(self->when / SECOND),
                             (long)(self->when % SECOND)};
    pthread_mutex_lock(&self->lock);
    int result = 0;
    while (!self->cancelled && result != ETIMEDOUT)
        result = pthread_cond_timedwait(&self->changed, &self->lock, &until);
    bool fire = !self->cancelled;
    pthread_mutex_unlock(&self->lock);
    if (fire)
        self->function(self->argument);
    return NULL;
}

static uint64_t add_saturating(uint64_t a, uint64_t b)
{
    uint64_t most = (uint64_t)INT32_MAX * SECOND;
    return b > most || a + b > most ? most : a + b;
}

/* The program's signals are for its own threads. */
static bool start_thread(clock_timer *self)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int result = pthread_create(&self->thread, NULL, timer_run, self);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return result == 0;
}

clock_timer *clock_timer_start(uint64_t delay, void (*function)(void *),
                               void *argument)
{
    clock_timer *self = mem_zalloc(sizeof *self);
    if (!self)
        return NULL;
    self->when = add_saturating(clock_monotonic(), delay);
    self->function = function;
    self->argument = argument;
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&self->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_init(&self->lock, NULL);
    if (!start_thread(self)) {
        pthread_cond_destroy(&self->changed);
        pthread_mutex_destroy(&self->lock);
        mem_free(self);
        return NULL;
    }
    return self;
}

void clock_timer_cancel(clock_timer *self)
{
    if (!self)
        return;
    pthread_mutex_lock(&self->lock);
    self->cancelled = true;
    pthread_cond_signal(&self->changed);
    pthread_mutex_unlock(&self->lock);
    pthread_join(self->thread, NULL);
    pthread_cond_destroy(&self->changed);
    pthread_mutex_destroy(&self->lock);
    mem_free(self);
}
