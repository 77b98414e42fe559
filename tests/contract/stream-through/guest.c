/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * A stream that comes back changed. */
#include "contract.h"

#define I(name) contract_stream_through_api_##name
#define E(name) exports_contract_stream_through_api_##name

typedef struct add_task {
    guest_stream_u8_t in;
    guest_stream_u8_writer_t out;
    guest_waitable_set_t set;
    uint8_t piece[32];
    uint32_t start; /* of what is still to be written */
    uint32_t end;
    bool last;     /* nothing more will come */
    bool unwanted; /* nobody reads */
} add_task;

static void took(add_task *task, guest_waitable_status_t status)
{
    task->start = 0;
    task->end = GUEST_WAITABLE_COUNT(status);
    for (uint32_t i = 0; i < task->end; i++)
        task->piece[i]++;
    task->last = GUEST_WAITABLE_STATE(status) == GUEST_WAITABLE_DROPPED;
}

static void gave(add_task *task, guest_waitable_status_t status)
{
    task->start += GUEST_WAITABLE_COUNT(status);
    task->unwanted = GUEST_WAITABLE_STATE(status) == GUEST_WAITABLE_DROPPED;
}

static guest_callback_code_t go_on(add_task *task)
{
    while (!task->unwanted && !(task->last && task->start == task->end)) {
        bool reads = task->start == task->end;
        guest_waitable_status_t status =
            reads ? guest_stream_u8_read(task->in, task->piece,
                                         sizeof task->piece)
                  : guest_stream_u8_write(task->out, task->piece + task->start,
                                          task->end - task->start);
        if (status == GUEST_WAITABLE_STATUS_BLOCKED)
            return GUEST_CALLBACK_CODE_WAIT(task->set);
        if (reads)
            took(task, status);
        else
            gave(task, status);
    }
    guest_stream_u8_drop_readable(task->in);
    guest_stream_u8_drop_writable(task->out);
    guest_waitable_set_drop(task->set);
    free(task);
    return GUEST_CALLBACK_CODE_EXIT;
}

guest_callback_code_t E(add_one)(guest_stream_u8_t data)
{
    add_task *task = calloc(1, sizeof *task);
    task->in = data;
    task->set = guest_waitable_set_new();
    guest_context_set_0(task);
    E(add_one_return)(guest_stream_u8_new(&task->out));
    guest_waitable_join(task->in, task->set);
    guest_waitable_join(task->out, task->set);
    return go_on(task);
}

guest_callback_code_t E(add_one_callback)(guest_event_t *event)
{
    add_task *task = guest_context_get_0();
    if (event->event == GUEST_EVENT_STREAM_READ)
        took(task, event->code);
    else
        gave(task, event->code);
    return go_on(task);
}

static uint32_t check(void)
{
    uint32_t step = 0;
    static uint8_t in[500], out[500];
    for (size_t i = 0; i < sizeof in; i++)
        in[i] = (uint8_t)(3 * i);
    guest_stream_u8_writer_t writer;
    guest_stream_u8_t data = guest_stream_u8_new(&writer);
    guest_stream_u8_t result = I(add_one_blocking)(data);
    guest_waitable_set_t set = guest_waitable_set_new();
    guest_waitable_join(writer, set);
    size_t sent = 0, got = 0;
    bool writing = false, ended = false;
    while (!ended) {
        guest_event_t event;
        while (!writing && sent < sizeof in) {
            guest_waitable_status_t status =
                guest_stream_u8_write(writer, in + sent, sizeof in - sent);
            writing = status == GUEST_WAITABLE_STATUS_BLOCKED;
            if (!writing)
                sent += GUEST_WAITABLE_COUNT(status);
        }
        if (!writing && sent == sizeof in && writer) {
            guest_stream_u8_drop_writable(writer);
            writer = 0;
        }
        guest_waitable_status_t status = guest_stream_u8_read_blocking(
            result, out + got, sizeof out - got + 1);
        got += GUEST_WAITABLE_COUNT(status);
        ended = GUEST_WAITABLE_STATE(status) == GUEST_WAITABLE_DROPPED;
        guest_waitable_set_poll(set, &event);
        if (event.event == GUEST_EVENT_STREAM_WRITE) {
            sent += GUEST_WAITABLE_COUNT(event.code);
            writing = false;
        }
    }
    EXPECT(got == sizeof in && !writer);
    for (size_t i = 0; i < sizeof in; i++)
        EXPECT(out[i] == (uint8_t)(3 * i + 1));
    guest_stream_u8_drop_readable(result);
    guest_waitable_set_drop(set);
    return 0;
}

guest_callback_code_t exports_guest_check(void)
{
    exports_guest_check_return(check());
    return GUEST_CALLBACK_CODE_EXIT;
}
