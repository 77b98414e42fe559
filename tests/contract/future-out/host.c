/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Futures that the callee writes. */
#define TOPIC contract_future_out
#include "../host.h"

typedef struct task {
    copy copy;
    bool writes;
    uint32_t number;
    guest_string_t text;
    char room[64];
    guest_future_u32_writer_t to_number;
    guest_future_string_writer_t to_text;
    guest_future_void_writer_t to_nothing;
} task;

static task *new_task(void)
{
    task *it = calloc(1, sizeof *it);
    if (!it)
        abort();
    return it;
}

/* Writes with the first call, and drops when it has been read. */
#define WRITER(name, type, end, ...)                                     \
    static void name(job *it)                                            \
    {                                                                    \
        task *t = it->state;                                             \
        if (!t->writes)                                                  \
            OK(guest_future_##type##_write(store, t->end, __VA_ARGS__)); \
        t->writes = true;                                                \
        if (!t->copy.done) {                                             \
            add_job(it);                                                 \
            return;                                                      \
        }                                                                \
        OK(guest_future_##type##_drop_writable(store, t->end, E));       \
        free(t);                                                         \
        free(it);                                                        \
    }

WRITER(write_number, u32, to_number, &t->number, copy_done, &t->copy, E)
WRITER(write_text, string, to_text, &t->text, copy_done, &t->copy, E)
WRITER(write_nothing, void, to_nothing, copy_done, &t->copy, E)

GIVE(in_time, guest_future_u32_t, uint32_t x)
{
    task *it = new_task();
    it->number = x + 1;
    do_later(write_number, (job){.state = it});
    return guest_future_u32_new_for_call(call, result, &it->to_number, error);
}

GIVE(echo, guest_future_string_t, guest_string_t text)
{
    task *it = new_task();
    it->text = (guest_string_t){it->room, text.len};
    memcpy(it->room, text.ptr, text.len < 64 ? text.len : 64);
    do_later(write_text, (job){.state = it});
    return guest_future_string_new_for_call(call, result, &it->to_text, error);
}

GIVE_(tick, guest_future_void_t)
{
    task *it = new_task();
    do_later(write_nothing, (job){.state = it});
    return guest_future_void_new_for_call(call, result, &it->to_nothing, error);
}

static void test(void)
{
    guest_future_u32_t number;
    guest_future_string_t text;
    guest_future_void_t nothing;
    guest_string_t value;
    uint32_t out = 0;
    copy it = {.done = false};
    OK(API(later)(W, 41, &number, E));
    OK(guest_future_u32_read(store, number, &out, copy_done, &it, E));
    CHECK(await_copy(&it) && it.result == WHIT_COPY_COMPLETED && out == 42);
    OK(guest_future_u32_drop_readable(store, number, E));
    it.done = false;
    OK(API(echo)(W, TEXT("grüße"), &text, E));
    OK(guest_future_string_read(store, text, &value, region, copy_done, &it,
                                E));
    CHECK(await_copy(&it) && IS(value, "grüße"));
    OK(guest_future_string_drop_readable(store, text, E));
    it.done = false;
    OK(API(tick)(W, &nothing, E));
    OK(guest_future_void_read(store, nothing, copy_done, &it, E));
    CHECK(await_copy(&it) && it.result == WHIT_COPY_COMPLETED && it.count == 1);
    OK(guest_future_void_drop_readable(store, nothing, E));
}

static const struct guest_imports given = {
    .GIVEN = {.later = in_time, .echo = echo, .tick = tick}};

HOST_LATER(given, test)
