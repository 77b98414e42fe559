/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * platform/fiber.h. */
#include "../test.h"

#include <fenv.h>
#include <pthread.h>
#include <stdlib.h>
#include "base/memory.h"
#include "platform/fault.h"
#include "platform/fiber.h"

enum { STACK = 256 * 1024 };

static fiber *current;
static int steps;

static void three_steps(void *argument)
{
    volatile int local = 40;
    steps = *(int *)argument;
    fiber_suspend(current);
    local++;
    steps = local;
    fiber_suspend(current);
    local++;
    steps = local;
}

TEST(fiber_suspends_and_keeps_its_locals)
{
    int start = 7;
    current = fiber_new(STACK);
    CHECK(current != NULL && fiber_is_done(current));
    for (int round = 0; round < 3; round++) {
        fiber_start(current, three_steps, &start);
        CHECK_INT(steps, 7);
        CHECK(!fiber_is_done(current));
        fiber_resume(current);
        CHECK_INT(steps, 41);
        fiber_resume(current);
        CHECK_INT(steps, 42);
        CHECK(fiber_is_done(current));
    }
    fiber_free(current);
}

static void where(void *argument)
{
    uint8_t here;
    *(uintptr_t *)argument = (uintptr_t)&here;
}

TEST(fiber_runs_on_its_own_stack)
{
    uintptr_t at = 0;
    uint8_t *low, *high;
    fiber *self = fiber_new(STACK);
    fiber_stack(self, &low, &high);
    CHECK_INT(high - low, STACK);
    fiber_start(self, where, &at);
#if !defined(__SANITIZE_ADDRESS__)
    CHECK(at >= (uintptr_t)low && at < (uintptr_t)high);
#endif
    CHECK(fiber_is_guard(self, low - 1));
    CHECK(!fiber_is_guard(self, low));
    CHECK(!fiber_is_guard(self, high));
    fiber_free(self);
}

static void downward(void *argument)
{
    fesetround(FE_DOWNWARD);
    *(int *)argument = fegetround();
}

/* Each side keeps its own rounding mode. */
TEST(fiber_keeps_floating_point_control)
{
    int inside = 0;
    fiber *self = fiber_new(STACK);
    fiber_start(self, downward, &inside);
    CHECK_INT(inside, FE_DOWNWARD);
    CHECK_INT(fegetround(), FE_TONEAREST);
    fiber_free(self);
}

typedef struct nest {
    int depth;
    int reached;
} nest;

static void nested(void *argument)
{
    nest *self = argument;
    self->reached++;
    if (--self->depth == 0)
        return;
    fiber *inner = fiber_new(STACK);
    fiber_start(inner, nested, self);
    fiber_free(inner);
}

TEST(fibers_nest)
{
    nest self = {.depth = 10};
    fiber *outer = fiber_new(STACK);
    fiber_start(outer, nested, &self);
    CHECK_INT(self.reached, 10);
    fiber_free(outer);
}

static bool in_guard(void *data, void *address, void *machine)
{
    (void)machine;
    return fiber_is_guard(data, address);
}

/* Goes deeper as long as `above` is not 1, which it never is. */
static int descend(volatile uint8_t *above)
{
    volatile uint8_t frame[512];
    frame[0] = above[0];
    if (frame[0] == 1)
        return 1;
    return descend(frame) + frame[0];
}

static void overflow(void *argument)
{
    fault_scope scope = {.claim = in_guard, .data = argument};
    if (sigsetjmp(scope.jump, 0) == 0) {
        uint8_t first = 0;
        fault_enter(&scope);
        steps = descend(&first);
        fault_leave(&scope);
    } else {
        steps = -1;
    }
}

TEST(overflow_of_a_fiber_hits_its_guard)
{
    fiber *self = fiber_new(STACK);
    steps = 0;
    fiber_start(self, overflow, self);
    CHECK_INT(steps, -1);
    CHECK(fiber_is_done(self));
    fiber_free(self);
}

static void *resume_elsewhere(void *argument)
{
    fiber_resume(argument);
    return NULL;
}

TEST(fiber_goes_on_in_another_thread)
{
    int start = 1;
    pthread_t thread;
    current = fiber_new(STACK);
    fiber_start(current, three_steps, &start);
    CHECK_INT(pthread_create(&thread, NULL, resume_elsewhere, current), 0);
    pthread_join(thread, NULL);
    CHECK_INT(steps, 41);
    fiber_resume(current);
    CHECK(fiber_is_done(current));
    fiber_free(current);
}

TEST(fiber_new_reports_exhausted_memory)
{
    mem_fail_after(1);
    CHECK(fiber_new(STACK) == NULL);
    mem_fail_after(0);
    CHECK(fiber_new(SIZE_MAX / 4) == NULL);
}

int main(void)
{
    if (!fault_install())
        return 1;
    RUN(fiber_suspends_and_keeps_its_locals)
    RUN(fiber_runs_on_its_own_stack)
    RUN(fiber_keeps_floating_point_control)
    RUN(fibers_nest)
    RUN(overflow_of_a_fiber_hits_its_guard)
    RUN(fiber_goes_on_in_another_thread)
    RUN(fiber_new_reports_exhausted_memory)
    printf("%d passed, %d failed\n", test_passed, test_failed);
    return test_failed != 0;
}
