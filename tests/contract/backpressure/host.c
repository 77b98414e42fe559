/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Calls that have to wait before they start. */
#define TOPIC contract_backpressure
#include "../host.h"

static bool held;
static uint32_t begun;

GIVE_NOTHING(hold, bool on)
{
    held = on;
    return WHIT_OK;
}

/* A host cannot refuse to be called, but does not answer. */
static void finish_work(job *it)
{
    if (held) {
        add_job(it);
        return;
    }
    begun++;
    API(work_complete)(it->completion, (uint32_t)it->number);
    free(it);
}

GIVE(work, uint32_t, uint32_t x)
{
    return later(call, finish_work, (job){.number = 2 * x});
}

GIVE_(started, uint32_t)
{
    *result = begun;
    return WHIT_OK;
}

static void test(void)
{
    struct API(work_args) args[3];
    uint32_t results[3] = {0}, before, after;
    whit_call *calls[3];
    OK(API(started)(W, &before, E));
    OK(API(hold)(W, true, E));
    for (uint32_t i = 0; i < 3; i++) {
        args[i].x = i + 20;
        OK(API(work_start)(W, &args[i], &results[i], &calls[i], E));
        CHECK(whit_call_poll(calls[i]) == WHIT_CALL_RUNNING);
    }
    OK(API(started)(W, &after, E));
    CHECK(after == before);
    OK(API(hold)(W, false, E));
    for (uint32_t i = 0; i < 3; i++)
        CHECK(await_return(calls[i]) && results[i] == 2 * (i + 20));
    OK(API(started)(W, &after, E));
    CHECK(after == before + 3);
    /* A call that has not started can be cancelled. */
    OK(API(hold)(W, true, E));
    OK(API(work_start)(W, &args[0], &results[0], &calls[0], E));
    CHECK(whit_call_poll(calls[0]) == WHIT_CALL_RUNNING);
    whit_call_cancel(calls[0]);
    CHECK(await_call(calls[0]) == WHIT_CALL_CANCELLED);
    whit_call_free(calls[0]);
    OK(API(hold)(W, false, E));
    OK(API(work)(W, 21, &results[0], E));
    CHECK(results[0] == 42);
}

static const struct guest_imports given = {.GIVEN = {hold, work, started}};

HOST_LATER(given, test)
