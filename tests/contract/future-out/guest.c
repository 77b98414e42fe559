/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Futures that go out. */
#include "contract.h"

#define I(name) contract_future_out_api_##name
#define E(name) exports_contract_future_out_api_##name

typedef struct later_task {
    guest_future_u32_writer_t writer;
    guest_waitable_set_t set;
    uint32_t value;
    bool writing;
} later_task;

static guest_callback_code_t later_end(later_task *task)
{
    guest_future_u32_drop_writable(task->writer);
    guest_waitable_set_drop(task->set);
    free(task);
    return GUEST_CALLBACK_CODE_EXIT;
}

guest_callback_code_t E(later)(uint32_t x)
{
    later_task *task = calloc(1, sizeof *task);
    task->set = guest_waitable_set_new();
    task->value = x + 1;
    guest_context_set_0(task);
    E(later_return)(guest_future_u32_new(&task->writer));
    return GUEST_CALLBACK_CODE_YIELD;
}

guest_callback_code_t E(later_callback)(guest_event_t *event)
{
    later_task *task = guest_context_get_0();
    (void)event;
    if (task->writing)
        return later_end(task);
    task->writing = true;
    if (guest_future_u32_write(task->writer, &task->value) !=
        GUEST_WAITABLE_STATUS_BLOCKED)
        return later_end(task);
    guest_waitable_join(task->writer, task->set);
    return GUEST_CALLBACK_CODE_WAIT(task->set);
}

typedef struct echo_task {
    guest_future_string_writer_t writer;
    guest_waitable_set_t set;
    guest_string_t text;
    bool writing;
} echo_task;

static guest_callback_code_t echo_end(echo_task *task)
{
    guest_future_string_drop_writable(task->writer);
    guest_waitable_set_drop(task->set);
    guest_string_free(&task->text);
    free(task);
    return GUEST_CALLBACK_CODE_EXIT;
}

guest_callback_code_t E(echo)(guest_string_t *text)
{
    echo_task *task = calloc(1, sizeof *task);
    task->set = guest_waitable_set_new();
    task->text = *text;
    guest_context_set_0(task);
    E(echo_return)(guest_future_string_new(&task->writer));
    return GUEST_CALLBACK_CODE_YIELD;
}

guest_callback_code_t E(echo_callback)(guest_event_t *event)
{
    echo_task *task = guest_context_get_0();
    (void)event;
    if (task->writing)
        return echo_end(task);
    task->writing = true;
    if (guest_future_string_write(task->writer, &task->text) !=
        GUEST_WAITABLE_STATUS_BLOCKED)
        return echo_end(task);
    guest_waitable_join(task->writer, task->set);
    return GUEST_CALLBACK_CODE_WAIT(task->set);
}

typedef struct tick_task {
    guest_future_void_writer_t writer;
    guest_waitable_set_t set;
    bool writing;
} tick_task;

static guest_callback_code_t tick_end(tick_task *task)
{
    guest_future_void_drop_writable(task->writer);
    guest_waitable_set_drop(task->set);
    free(task);
    return GUEST_CALLBACK_CODE_EXIT;
}

guest_callback_code_t E(tick)(void)
{
    tick_task *task = calloc(1, sizeof *task);
    task->set = guest_waitable_set_new();
    guest_context_set_0(task);
    E(tick_return)(guest_future_void_new(&task->writer));
    return GUEST_CALLBACK_CODE_YIELD;
}

guest_callback_code_t E(tick_callback)(guest_event_t *event)
{
    tick_task *task = guest_context_get_0();
    (void)event;
    if (task->writing)
        return tick_end(task);
    task->writing = true;
    if (guest_future_void_write(task->writer) != GUEST_WAITABLE_STATUS_BLOCKED)
        return tick_end(task);
    guest_waitable_join(task->writer, task->set);
    return GUEST_CALLBACK_CODE_WAIT(task->set);
}

static uint32_t check(void)
{
    uint32_t step = 0;
    guest_future_u32_t number = I(later_blocking)(41);
    uint32_t value = 0;
    EXPECT(guest_future_u32_read_blocking(number, &value) ==
           GUEST_WAITABLE_COMPLETED);
    EXPECT(value == 42);
    guest_future_u32_drop_readable(number);
    guest_future_string_t text;
    EXPECT(guest_subtask_await(I(echo)(TEXT("some"), &text)) ==
           GUEST_SUBTASK_RETURNED);
    guest_string_t s;
    EXPECT(guest_future_string_read_blocking(text, &s) ==
           GUEST_WAITABLE_COMPLETED);
    EXPECT(IS(s, "some"));
    guest_string_free(&s);
    guest_future_string_drop_readable(text);
    guest_future_void_t tick = I(tick_blocking)();
    EXPECT(guest_future_void_read_blocking(tick) == GUEST_WAITABLE_COMPLETED);
    guest_future_void_drop_readable(tick);
    return 0;
}

guest_callback_code_t exports_guest_check(void)
{
    exports_guest_check_return(check());
    return GUEST_CALLBACK_CODE_EXIT;
}
