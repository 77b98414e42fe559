/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Futures that come in. */
#include "contract.h"

#define I(name) contract_future_in_api_##name
#define E(name) exports_contract_future_in_api_##name

typedef struct quote_task {
    guest_future_string_t x;
    guest_waitable_set_t set;
    guest_string_t text;
} quote_task;

typedef struct add_task {
    guest_future_u32_t futures[2];
    guest_waitable_set_t set;
    uint32_t values[2];
    uint32_t missing;
} add_task;

static guest_callback_code_t quote_end(quote_task *task)
{
    guest_string_t out = {malloc(task->text.len + 2), task->text.len + 2};
    out.ptr[0] = out.ptr[out.len - 1] = '"';
    memcpy(out.ptr + 1, task->text.ptr, task->text.len);
    guest_future_string_drop_readable(task->x);
    guest_waitable_set_drop(task->set);
    E(quote_return)(out);
    guest_string_free(&out);
    guest_string_free(&task->text);
    free(task);
    return GUEST_CALLBACK_CODE_EXIT;
}

guest_callback_code_t E(quote)(guest_future_string_t x)
{
    quote_task *task = calloc(1, sizeof *task);
    task->x = x;
    task->set = guest_waitable_set_new();
    if (guest_future_string_read(x, &task->text) !=
        GUEST_WAITABLE_STATUS_BLOCKED)
        return quote_end(task);
    guest_waitable_join(x, task->set);
    guest_context_set_0(task);
    return GUEST_CALLBACK_CODE_WAIT(task->set);
}

guest_callback_code_t E(quote_callback)(guest_event_t *event)
{
    (void)event;
    return quote_end(guest_context_get_0());
}

static guest_callback_code_t add_on(add_task *task)
{
    if (task->missing)
        return GUEST_CALLBACK_CODE_WAIT(task->set);
    guest_future_u32_drop_readable(task->futures[0]);
    guest_future_u32_drop_readable(task->futures[1]);
    guest_waitable_set_drop(task->set);
    E(add_return)(task->values[0] + task->values[1]);
    free(task);
    return GUEST_CALLBACK_CODE_EXIT;
}

guest_callback_code_t E(add)(guest_future_u32_t a, guest_future_u32_t b)
{
    add_task *task = calloc(1, sizeof *task);
    task->futures[0] = a;
    task->futures[1] = b;
    task->set = guest_waitable_set_new();
    guest_context_set_0(task);
    for (int i = 0; i < 2; i++) {
        if (guest_future_u32_read(task->futures[i], &task->values[i]) !=
            GUEST_WAITABLE_STATUS_BLOCKED)
            continue;
        task->missing++;
        guest_waitable_join(task->futures[i], task->set);
    }
    return add_on(task);
}

guest_callback_code_t E(add_callback)(guest_event_t *event)
{
    add_task *task = guest_context_get_0();
    if (event->event == GUEST_EVENT_FUTURE_READ)
        task->missing--;
    return add_on(task);
}

guest_callback_code_t E(ignore)(guest_future_u32_t x)
{
    guest_future_u32_drop_readable(x);
    E(ignore_return)();
    return GUEST_CALLBACK_CODE_EXIT;
}

static uint32_t check(void)
{
    uint32_t step = 0;
    guest_future_string_writer_t text;
    guest_string_t quoted;
    guest_subtask_status_t call =
        I(quote)(guest_future_string_new(&text), &quoted);
    EXPECT(GUEST_SUBTASK_STATE(call) == GUEST_SUBTASK_STARTED);
    EXPECT(guest_future_string_write_blocking(text, TEXT("later")) ==
           GUEST_WAITABLE_COMPLETED);
    guest_future_string_drop_writable(text);
    EXPECT(guest_subtask_await(call) == GUEST_SUBTASK_RETURNED);
    EXPECT(IS(quoted, "\"later\""));
    guest_string_free(&quoted);
    guest_future_u32_writer_t a, b;
    uint32_t one = 40, two = 2, sum = 0;
    guest_future_u32_t first = guest_future_u32_new(&a);
    call = I(add)(first, guest_future_u32_new(&b), &sum);
    EXPECT(guest_future_u32_write_blocking(b, &two) ==
           GUEST_WAITABLE_COMPLETED);
    EXPECT(guest_future_u32_write_blocking(a, &one) ==
           GUEST_WAITABLE_COMPLETED);
    guest_future_u32_drop_writable(a);
    guest_future_u32_drop_writable(b);
    EXPECT(guest_subtask_await(call) == GUEST_SUBTASK_RETURNED && sum == 42);
    I(ignore_blocking)(guest_future_u32_new(&a));
    EXPECT(guest_future_u32_write_blocking(a, &one) == GUEST_WAITABLE_DROPPED);
    guest_future_u32_drop_writable(a);
    return 0;
}

guest_callback_code_t exports_guest_check(void)
{
    exports_guest_check_return(check());
    return GUEST_CALLBACK_CODE_EXIT;
}
