/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Streams of texts, of records and of nothing. */
#include "contract.h"

#define I(name) contract_stream_values_api_##name
#define E(name) exports_contract_stream_values_api_##name

typedef E(item_t) item;

typedef struct quote_task {
    guest_stream_string_t in;
    guest_stream_string_writer_t out;
    guest_waitable_set_t set;
    guest_string_t text;
    bool reading;
    bool ended;
} quote_task;

typedef struct collect_task {
    E(stream_item_t) items;
    guest_waitable_set_t set;
    E(list_item_t) list;
    item one;
    bool ended;
} collect_task;

typedef struct tick_task {
    guest_stream_void_t ticks;
    guest_waitable_set_t set;
    uint32_t count;
    bool ended;
} tick_task;

static void quote_done(quote_task *task, guest_waitable_status_t status)
{
    if (GUEST_WAITABLE_STATE(status) == GUEST_WAITABLE_DROPPED)
        task->ended = true;
    if (!task->reading) {
        guest_string_free(&task->text);
    } else if (GUEST_WAITABLE_COUNT(status)) {
        guest_string_t quoted = {malloc(task->text.len + 2),
                                 task->text.len + 2};
        quoted.ptr[0] = quoted.ptr[quoted.len - 1] = '"';
        memcpy(quoted.ptr + 1, task->text.ptr, task->text.len);
        guest_string_free(&task->text);
        task->text = quoted;
    }
}

static guest_callback_code_t quote_on(quote_task *task)
{
    while (task->text.len || !task->ended) {
        task->reading = !task->text.len;
        guest_waitable_status_t status =
            task->reading
                ? guest_stream_string_read(task->in, &task->text, 1)
                : guest_stream_string_write(task->out, &task->text, 1);
        if (status == GUEST_WAITABLE_STATUS_BLOCKED)
            return GUEST_CALLBACK_CODE_WAIT(task->set);
        quote_done(task, status);
    }
    guest_stream_string_drop_readable(task->in);
    guest_stream_string_drop_writable(task->out);
    guest_waitable_set_drop(task->set);
    free(task);
    return GUEST_CALLBACK_CODE_EXIT;
}

guest_callback_code_t E(quote)(guest_stream_string_t texts)
{
    quote_task *task = calloc(1, sizeof *task);
    task->in = texts;
    task->set = guest_waitable_set_new();
    guest_context_set_0(task);
    E(quote_return)(guest_stream_string_new(&task->out));
    guest_waitable_join(task->in, task->set);
    guest_waitable_join(task->out, task->set);
    return quote_on(task);
}

guest_callback_code_t E(quote_callback)(guest_event_t *event)
{
    quote_task *task = guest_context_get_0();
    quote_done(task, event->code);
    return quote_on(task);
}

static void collected(collect_task *task, guest_waitable_status_t status)
{
    if (GUEST_WAITABLE_COUNT(status)) {
        size_t size = (task->list.len + 1) * sizeof *task->list.ptr;
        task->list.ptr = realloc(task->list.ptr, size);
        task->list.ptr[task->list.len++] = task->one;
    }
    task->ended = GUEST_WAITABLE_STATE(status) == GUEST_WAITABLE_DROPPED;
}

static guest_callback_code_t collect_on(collect_task *task)
{
    while (!task->ended) {
        guest_waitable_status_t status =
            E(stream_item_read)(task->items, &task->one, 1);
        if (status == GUEST_WAITABLE_STATUS_BLOCKED)
            return GUEST_CALLBACK_CODE_WAIT(task->set);
        collected(task, status);
    }
    E(stream_item_drop_readable)(task->items);
    guest_waitable_set_drop(task->set);
    E(collect_return)(task->list);
    E(list_item_free)(&task->list);
    free(task);
    return GUEST_CALLBACK_CODE_EXIT;
}

guest_callback_code_t E(collect)(E(stream_item_t) items)
{
    collect_task *task = calloc(1, sizeof *task);
    task->items = items;
    task->set = guest_waitable_set_new();
    guest_waitable_join(items, task->set);
    guest_context_set_0(task);
    return collect_on(task);
}

guest_callback_code_t E(collect_callback)(guest_event_t *event)
{
    collect_task *task = guest_context_get_0();
    collected(task, event->code);
    return collect_on(task);
}

static void ticked(tick_task *task, guest_waitable_status_t status)
{
    task->count += GUEST_WAITABLE_COUNT(status);
    task->ended = GUEST_WAITABLE_STATE(status) == GUEST_WAITABLE_DROPPED;
}

static guest_callback_code_t ticks_on(tick_task *task)
{
    while (!task->ended) {
        guest_waitable_status_t status = guest_stream_void_read(task->ticks, 4);
        if (status == GUEST_WAITABLE_STATUS_BLOCKED)
            return GUEST_CALLBACK_CODE_WAIT(task->set);
        ticked(task, status);
    }
    guest_stream_void_drop_readable(task->ticks);
    guest_waitable_set_drop(task->set);
    E(ticks_return)(task->count);
    free(task);
    return GUEST_CALLBACK_CODE_EXIT;
}

guest_callback_code_t E(ticks)(guest_stream_void_t x)
{
    tick_task *task = calloc(1, sizeof *task);
    task->ticks = x;
    task->set = guest_waitable_set_new();
    guest_waitable_join(x, task->set);
    guest_context_set_0(task);
    return ticks_on(task);
}

guest_callback_code_t E(ticks_callback)(guest_event_t *event)
{
    tick_task *task = guest_context_get_0();
    ticked(task, event->code);
    return ticks_on(task);
}

static uint32_t check(void)
{
    uint32_t step = 0;
    guest_stream_string_writer_t texts;
    guest_stream_string_t reader = guest_stream_string_new(&texts);
    guest_stream_string_t quoted = I(quote_blocking)(reader);
    static guest_string_t some[2];
    some[0] = *TEXT("a");
    some[1] = *TEXT("b c");
    for (uint32_t i = 0; i < 2; i++) {
        guest_string_t out;
        guest_waitable_status_t status =
            guest_stream_string_write_blocking(texts, &some[i], 1);
        EXPECT(GUEST_WAITABLE_COUNT(status) == 1);
        status = guest_stream_string_read_blocking(quoted, &out, 1);
        EXPECT(GUEST_WAITABLE_COUNT(status) == 1);
        EXPECT(i ? IS(out, "\"b c\"") : IS(out, "\"a\""));
        guest_string_free(&out);
    }
    guest_stream_string_drop_writable(texts);
    guest_string_t none;
    EXPECT(guest_stream_string_read_blocking(quoted, &none, 1) ==
           GUEST_WAITABLE_DROPPED);
    guest_stream_string_drop_readable(quoted);
    I(stream_item_writer_t) items;
    I(list_item_t) list;
    guest_subtask_status_t call = I(collect)(I(stream_item_new)(&items), &list);
    I(item_t) pair[] = {{*TEXT("x"), 1}, {*TEXT("y"), UINT32_MAX}};
    for (uint32_t sent = 0; sent < 2;) {
        guest_waitable_status_t status =
            I(stream_item_write_blocking)(items, pair + sent, 2 - sent);
        sent += GUEST_WAITABLE_COUNT(status);
    }
    I(stream_item_drop_writable)(items);
    EXPECT(guest_subtask_await(call) == GUEST_SUBTASK_RETURNED);
    EXPECT(list.len == 2 && IS(list.ptr[0].name, "x"));
    EXPECT(list.ptr[1].value == UINT32_MAX);
    I(list_item_free)(&list);
    guest_stream_void_writer_t ticks;
    uint32_t count = 0;
    call = I(ticks)(guest_stream_void_new(&ticks), &count);
    for (uint32_t sent = 0; sent < 10;) {
        guest_waitable_status_t status =
            guest_stream_void_write_blocking(ticks, 10 - sent);
        sent += GUEST_WAITABLE_COUNT(status);
    }
    guest_stream_void_drop_writable(ticks);
    EXPECT(guest_subtask_await(call) == GUEST_SUBTASK_RETURNED && count == 10);
    return 0;
}

guest_callback_code_t exports_guest_check(void)
{
    exports_guest_check_return(check());
    return GUEST_CALLBACK_CODE_EXIT;
}
