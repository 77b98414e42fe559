/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Several calls at a time. */
#include "contract.h"

#define I(name) contract_async_concurrent_api_##name
#define E(name) exports_contract_async_concurrent_api_##name

typedef struct wait_task {
    uint32_t id;
    guest_future_void_t until;
    guest_waitable_set_t set;
} wait_task;

static uint32_t waiting;

static guest_callback_code_t finish(wait_task *task)
{
    waiting--;
    guest_future_void_drop_readable(task->until);
    guest_waitable_set_drop(task->set);
    E(wait_return)(task->id);
    free(task);
    return GUEST_CALLBACK_CODE_EXIT;
}

guest_callback_code_t E(wait)(uint32_t id, guest_future_void_t until)
{
    wait_task *task = malloc(sizeof *task);
    *task = (wait_task){id, until, guest_waitable_set_new()};
    waiting++;
    if (guest_future_void_read(until) != GUEST_WAITABLE_STATUS_BLOCKED)
        return finish(task);
    guest_waitable_join(until, task->set);
    guest_context_set_0(task);
    return GUEST_CALLBACK_CODE_WAIT(task->set);
}

guest_callback_code_t E(wait_callback)(guest_event_t *event)
{
    if (event->event != GUEST_EVENT_FUTURE_READ)
        __builtin_trap();
    return finish(guest_context_get_0());
}

uint32_t E(waiting)(void)
{
    return waiting;
}

static uint32_t check(void)
{
    uint32_t step = 0;
    enum { CALLS = 3 };
    static const int order[CALLS] = {1, 2, 0};
    guest_future_void_writer_t writers[CALLS];
    guest_subtask_status_t calls[CALLS];
    uint32_t results[CALLS] = {0};
    uint32_t before = I(waiting)();
    for (uint32_t i = 0; i < CALLS; i++) {
        guest_future_void_t until = guest_future_void_new(&writers[i]);
        calls[i] = I(wait)(100 + i, until, &results[i]);
        EXPECT(GUEST_SUBTASK_STATE(calls[i]) == GUEST_SUBTASK_STARTED);
    }
    EXPECT(I(waiting)() == before + CALLS);
    for (uint32_t i = 0; i < CALLS; i++) {
        int which = order[i];
        (void)guest_future_void_write_blocking(writers[which]);
        guest_future_void_drop_writable(writers[which]);
        EXPECT(guest_subtask_await(calls[which]) == GUEST_SUBTASK_RETURNED);
        EXPECT(results[which] == 100u + (uint32_t)which);
    }
    EXPECT(I(waiting)() == before);
    return 0;
}

guest_callback_code_t exports_guest_check(void)
{
    exports_guest_check_return(check());
    return GUEST_CALLBACK_CODE_EXIT;
}
