/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Several calls at a time. */
#define TOPIC contract_async_concurrent
#include "../host.h"

static uint32_t open_calls;

typedef struct task {
    guest_future_void_t until;
    copy copy;
    bool reads;
} task;

static void finish_wait(job *it)
{
    task *t = it->state;
    if (!t->reads)
        OK(guest_future_void_read(store, t->until, copy_done, &t->copy, E));
    t->reads = true;
    if (!t->copy.done) {
        add_job(it);
        return;
    }
    OK(guest_future_void_drop_readable(store, t->until, E));
    open_calls--;
    API(wait_complete)(it->completion, (uint32_t)it->number);
    free(t);
    free(it);
}

GIVE(wait_for, uint32_t, uint32_t id, guest_future_void_t until)
{
    task *it = calloc(1, sizeof *it);
    if (!it)
        abort();
    it->until = until;
    open_calls++;
    return later(call, finish_wait, (job){.number = id, .state = it});
}

GIVE_(waiting, uint32_t)
{
    *result = open_calls;
    return WHIT_OK;
}

static void test(void)
{
    enum { CALLS = 20 };
    struct API(wait_args) args[CALLS];
    guest_future_void_writer_t done[CALLS];
    uint32_t results[CALLS] = {0}, count;
    whit_call *calls[CALLS];
    for (uint32_t i = 0; i < CALLS; i++) {
        args[i].id = 100 + i;
        OK(guest_future_void_new(W, &args[i].until, &done[i], E));
        OK(API(wait_start)(W, &args[i], &results[i], &calls[i], E));
        CHECK(whit_call_poll(calls[i]) == WHIT_CALL_RUNNING);
    }
    OK(API(waiting)(W, &count, E));
    CHECK(count == CALLS);
    /* In another order than they were started. */
    for (uint32_t k = 0; k < CALLS; k++) {
        uint32_t i = (k * 7 + 3) % CALLS;
        copy it = {.done = false};
        CHECK(whit_call_poll(calls[i]) == WHIT_CALL_RUNNING);
        OK(guest_future_void_write(store, done[i], copy_done, &it, E));
        CHECK(await_copy(&it) && it.count == 1);
        OK(guest_future_void_drop_writable(store, done[i], E));
        CHECK(await_return(calls[i]) && results[i] == 100 + i);
        OK(API(waiting)(W, &count, E));
        CHECK(count == CALLS - 1 - k);
    }
}

static const struct guest_imports given = {.GIVEN = {wait_for, waiting}};

HOST_LATER(given, test)
