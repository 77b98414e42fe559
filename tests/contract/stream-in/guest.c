/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Streams that come in. */
#include "contract.h"

#define I(name) contract_stream_in_api_##name
#define E(name) exports_contract_stream_in_api_##name

/* `sum` and `first` read in pieces; `list` has no room for a sum. */
typedef struct read_task {
    guest_stream_u8_t data;
    guest_waitable_set_t set;
    uint64_t sum;
    guest_list_u8_t list; /* of `first` */
    size_t wanted;
    uint8_t piece[16];
    bool ended;
} read_task;

static void take(read_task *task, guest_waitable_status_t status)
{
    uint32_t count = GUEST_WAITABLE_COUNT(status);
    for (uint32_t i = 0; i < count; i++) {
        task->sum += task->piece[i];
        if (task->list.len < task->wanted)
            task->list.ptr[task->list.len++] = task->piece[i];
    }
    task->ended = GUEST_WAITABLE_STATE(status) == GUEST_WAITABLE_DROPPED ||
                  (task->wanted && task->list.len == task->wanted);
}

/* Reads until it must wait (true) or is done. */
static bool read_on(read_task *task)
{
    while (!task->ended) {
        size_t size = sizeof task->piece;
        if (task->wanted && task->wanted - task->list.len < size)
            size = task->wanted - task->list.len;
        guest_waitable_status_t status =
            guest_stream_u8_read(task->data, task->piece, size);
        if (status == GUEST_WAITABLE_STATUS_BLOCKED)
            return true;
        take(task, status);
    }
    guest_stream_u8_drop_readable(task->data);
    guest_waitable_set_drop(task->set);
    return false;
}

static read_task *start(guest_stream_u8_t data, size_t wanted)
{
    read_task *task = calloc(1, sizeof *task);
    task->data = data;
    task->set = guest_waitable_set_new();
    guest_waitable_join(data, task->set);
    task->wanted = wanted;
    if (wanted)
        task->list.ptr = malloc(wanted);
    guest_context_set_0(task);
    return task;
}

static guest_callback_code_t sum_on(read_task *task)
{
    if (read_on(task))
        return GUEST_CALLBACK_CODE_WAIT(task->set);
    E(sum_return)(task->sum);
    free(task);
    return GUEST_CALLBACK_CODE_EXIT;
}

guest_callback_code_t E(sum)(guest_stream_u8_t data)
{
    return sum_on(start(data, 0));
}

guest_callback_code_t E(sum_callback)(guest_event_t *event)
{
    read_task *task = guest_context_get_0();
    take(task, event->code);
    return sum_on(task);
}

static guest_callback_code_t first_on(read_task *task)
{
    if (read_on(task))
        return GUEST_CALLBACK_CODE_WAIT(task->set);
    E(first_return)(task->list);
    if (task->wanted)
        free(task->list.ptr);
    free(task);
    return GUEST_CALLBACK_CODE_EXIT;
}

guest_callback_code_t E(first)(guest_stream_u8_t data, uint32_t count)
{
    read_task *task = start(data, count);
    task->ended = !count;
    return first_on(task);
}

guest_callback_code_t E(first_callback)(guest_event_t *event)
{
    read_task *task = guest_context_get_0();
    take(task, event->code);
    return first_on(task);
}

/* Writes all; false when the reader is gone. */
static bool write_all(guest_stream_u8_writer_t writer, const uint8_t *data,
                      size_t size)
{
    while (size) {
        guest_waitable_status_t status =
            guest_stream_u8_write_blocking(writer, data, size);
        data += GUEST_WAITABLE_COUNT(status);
        size -= GUEST_WAITABLE_COUNT(status);
        if (GUEST_WAITABLE_STATE(status) == GUEST_WAITABLE_DROPPED)
            return false;
    }
    return true;
}

static uint32_t check(void)
{
    uint32_t step = 0;
    static uint8_t data[1000];
    uint64_t sum = 0, wanted = 0;
    for (size_t i = 0; i < sizeof data; i++) {
        data[i] = (uint8_t)i;
        wanted += data[i];
    }
    guest_stream_u8_writer_t writer;
    guest_stream_u8_t reader = guest_stream_u8_new(&writer);
    guest_subtask_status_t call = I(sum)(reader, &sum);
    EXPECT(GUEST_SUBTASK_STATE(call) == GUEST_SUBTASK_STARTED);
    EXPECT(write_all(writer, data, 1));
    EXPECT(write_all(writer, data + 1, sizeof data - 1));
    guest_stream_u8_drop_writable(writer);
    EXPECT(guest_subtask_await(call) == GUEST_SUBTASK_RETURNED);
    EXPECT(sum == wanted);
    guest_list_u8_t list;
    reader = guest_stream_u8_new(&writer);
    call = I(first)(reader, 3, &list);
    bool open = write_all(writer, data, 5);
    EXPECT(guest_subtask_await(call) == GUEST_SUBTASK_RETURNED);
    EXPECT(list.len == 3 && list.ptr[2] == 2);
    guest_list_u8_free(&list);
    EXPECT(!open || !write_all(writer, data, 5));
    guest_stream_u8_drop_writable(writer);
    return 0;
}

guest_callback_code_t exports_guest_check(void)
{
    exports_guest_check_return(check());
    return GUEST_CALLBACK_CODE_EXIT;
}
