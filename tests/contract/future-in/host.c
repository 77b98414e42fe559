/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Futures that the callee reads. */
#define TOPIC contract_future_in
#include "../host.h"

typedef struct task {
    copy copy[2];
    bool reads;
    uint32_t numbers[2];
    guest_future_u32_t ends[2];
    guest_future_string_t text;
    guest_string_t value;
    whit_region *room;
} task;

static task *new_task(void)
{
    task *it = calloc(1, sizeof *it);
    if (!it || !(it->room = whit_region_new()))
        abort();
    return it;
}

static void finish(job *it)
{
    task *t = it->state;
    whit_region_free(t->room);
    free(t);
    free(it);
}

static void finish_quote(job *it)
{
    task *t = it->state;
    if (!t->reads) {
        OK(guest_future_string_read(store, t->text, &t->value, t->room,
                                    copy_done, &t->copy[0], E));
        t->reads = true;
    }
    if (!t->copy[0].done) {
        add_job(it);
        return;
    }
    char *out = malloc(t->value.len + 2);
    out[0] = out[t->value.len + 1] = '"';
    memcpy(out + 1, t->value.ptr, t->value.len);
    OK(guest_future_string_drop_readable(store, t->text, E));
    API(quote_complete)(it->completion,
                        (guest_string_t){out, t->value.len + 2});
    free(out);
    finish(it);
}

GIVE(quote, guest_string_t, guest_future_string_t x)
{
    task *it = new_task();
    it->text = x;
    return later(call, finish_quote, (job){.state = it});
}

static void finish_add(job *it)
{
    task *t = it->state;
    for (int i = 0; i < 2 && !t->reads; i++)
        OK(guest_future_u32_read(store, t->ends[i], &t->numbers[i], copy_done,
                                 &t->copy[i], E));
    t->reads = true;
    if (!t->copy[0].done || !t->copy[1].done) {
        add_job(it);
        return;
    }
    for (int i = 0; i < 2; i++)
        OK(guest_future_u32_drop_readable(store, t->ends[i], E));
    API(add_complete)(it->completion, t->numbers[0] + t->numbers[1]);
    finish(it);
}

GIVE(add, uint32_t, guest_future_u32_t a, guest_future_u32_t b)
{
    task *it = new_task();
    it->ends[0] = a;
    it->ends[1] = b;
    return later(call, finish_add, (job){.state = it});
}

GIVE_NOTHING(ignore, guest_future_u32_t x)
{
    return guest_future_u32_drop_readable(store, x, error);
}

static void test(void)
{
    struct API(quote_args) text;
    struct API(add_args) two;
    guest_future_string_writer_t say;
    guest_future_u32_writer_t a, b;
    guest_string_t quoted, value = TEXT("ü");
    uint32_t sum, numbers[] = {40, 2};
    copy first = {.done = false}, second = {.done = false};
    whit_call *call;
    OK(guest_future_string_new(W, &text.x, &say, E));
    OK(API(quote_start)(W, &text, &quoted, &call, E));
    CHECK(whit_call_poll(call) == WHIT_CALL_RUNNING);
    OK(guest_future_string_write(store, say, &value, copy_done, &first, E));
    CHECK(await_copy(&first) && first.count == 1);
    CHECK(await_call(call) == WHIT_CALL_RETURNED && IS(quoted, "\"ü\""));
    whit_call_free(call);
    OK(guest_future_string_drop_writable(store, say, E));

    OK(guest_future_u32_new(W, &two.a, &a, E));
    OK(guest_future_u32_new(W, &two.b, &b, E));
    first.done = false;
    /* Written before anybody reads. */
    OK(guest_future_u32_write(store, b, &numbers[1], copy_done, &second, E));
    CHECK(!second.done);
    OK(API(add_start)(W, &two, &sum, &call, E));
    CHECK(whit_call_poll(call) == WHIT_CALL_RUNNING);
    OK(guest_future_u32_write(store, a, &numbers[0], copy_done, &first, E));
    CHECK(await_return(call) && sum == 42);
    CHECK(first.done && second.done);
    OK(guest_future_u32_drop_writable(store, a, E));
    OK(guest_future_u32_drop_writable(store, b, E));

    first.done = false;
    OK(guest_future_u32_new(W, &two.a, &a, E));
    OK(API(ignore)(W, two.a, E));
    OK(guest_future_u32_write(store, a, &numbers[0], copy_done, &first, E));
    CHECK(await_copy(&first) && first.result == WHIT_COPY_DROPPED);
    OK(guest_future_u32_drop_writable(store, a, E));
}

static const struct guest_imports given = {.GIVEN = {quote, add, ignore}};

HOST_LATER(given, test)
