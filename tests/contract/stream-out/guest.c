/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Streams that go out. */
#include "contract.h"

#define I(name) contract_stream_out_api_##name
#define E(name) exports_contract_stream_out_api_##name

typedef struct count_task {
    guest_stream_u32_writer_t writer;
    guest_waitable_set_t set;
    uint32_t next;
    uint32_t count;
    uint32_t piece[8];
    bool ended;
} count_task;

typedef struct zero_task {
    guest_stream_u8_writer_t writer;
    guest_waitable_set_t set;
} zero_task;

static const uint8_t zeroes[64];

static void written(count_task *task, guest_waitable_status_t status)
{
    task->next += GUEST_WAITABLE_COUNT(status);
    task->ended = GUEST_WAITABLE_STATE(status) == GUEST_WAITABLE_DROPPED;
}

static guest_callback_code_t count_on(count_task *task)
{
    while (task->next < task->count && !task->ended) {
        uint32_t size = 0;
        for (; size < 8 && task->next + size < task->count; size++)
            task->piece[size] = task->next + size;
        guest_waitable_status_t status =
            guest_stream_u32_write(task->writer, task->piece, size);
        if (status == GUEST_WAITABLE_STATUS_BLOCKED)
            return GUEST_CALLBACK_CODE_WAIT(task->set);
        written(task, status);
    }
    guest_stream_u32_drop_writable(task->writer);
    guest_waitable_set_drop(task->set);
    free(task);
    return GUEST_CALLBACK_CODE_EXIT;
}

guest_callback_code_t E(count)(uint32_t count)
{
    count_task *task = calloc(1, sizeof *task);
    task->count = count;
    task->set = guest_waitable_set_new();
    guest_context_set_0(task);
    E(count_return)(guest_stream_u32_new(&task->writer));
    guest_waitable_join(task->writer, task->set);
    return count_on(task);
}

guest_callback_code_t E(count_callback)(guest_event_t *event)
{
    count_task *task = guest_context_get_0();
    written(task, event->code);
    return count_on(task);
}

static guest_callback_code_t zeroes_end(zero_task *task)
{
    guest_stream_u8_drop_writable(task->writer);
    guest_waitable_set_drop(task->set);
    free(task);
    return GUEST_CALLBACK_CODE_EXIT;
}

static guest_callback_code_t zeroes_on(zero_task *task)
{
    for (;;) {
        guest_waitable_status_t status =
            guest_stream_u8_write(task->writer, zeroes, sizeof zeroes);
        if (status == GUEST_WAITABLE_STATUS_BLOCKED)
            return GUEST_CALLBACK_CODE_WAIT(task->set);
        if (GUEST_WAITABLE_STATE(status) == GUEST_WAITABLE_DROPPED)
            break;
    }
    return zeroes_end(task);
}

guest_callback_code_t E(zeroes)(void)
{
    zero_task *task = calloc(1, sizeof *task);
    task->set = guest_waitable_set_new();
    guest_context_set_0(task);
    E(zeroes_return)(guest_stream_u8_new(&task->writer));
    guest_waitable_join(task->writer, task->set);
    return zeroes_on(task);
}

/* A write whose reader left may have written something before. */
guest_callback_code_t E(zeroes_callback)(guest_event_t *event)
{
    zero_task *task = guest_context_get_0();
    if (GUEST_WAITABLE_STATE(event->code) == GUEST_WAITABLE_DROPPED)
        return zeroes_end(task);
    return zeroes_on(task);
}

static uint32_t check(void)
{
    uint32_t step = 0;
    guest_stream_u32_t numbers = I(count_blocking)(1000);
    uint32_t next = 0, piece[7];
    for (;;) {
        guest_waitable_status_t status =
            guest_stream_u32_read_blocking(numbers, piece, 7);
        for (uint32_t i = 0; i < GUEST_WAITABLE_COUNT(status); i++)
            EXPECT(piece[i] == next++);
        if (GUEST_WAITABLE_STATE(status) == GUEST_WAITABLE_DROPPED)
            break;
    }
    EXPECT(next == 1000);
    guest_stream_u32_drop_readable(numbers);
    guest_stream_u8_t bytes = I(zeroes_blocking)();
    for (uint32_t count = 0; count < 200;) {
        uint8_t some[100] = {1};
        guest_waitable_status_t status =
            guest_stream_u8_read_blocking(bytes, some, sizeof some);
        EXPECT(GUEST_WAITABLE_STATE(status) == GUEST_WAITABLE_COMPLETED);
        EXPECT(some[0] == 0);
        count += GUEST_WAITABLE_COUNT(status);
    }
    guest_stream_u8_drop_readable(bytes);
    return 0;
}

guest_callback_code_t exports_guest_check(void)
{
    exports_guest_check_return(check());
    return GUEST_CALLBACK_CODE_EXIT;
}
