/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Calls that are cancelled. */
#define TOPIC contract_cancel
#include "../host.h"

static uint32_t count;

static void cancel(void *env)
{
    job *it = env;
    count++;
    it->cancelled = true;
    whit_complete_cancelled(it->completion);
    free(it);
}

static whit_status forever(void *env, whit_host_call *call, whit_error *error)
{
    job *it = calloc(1, sizeof *it);
    it->completion = whit_host_call_defer(call, cancel, it);
    return it->completion ? WHIT_OK : WHIT_LIMIT;
}

GIVE_(cancelled, uint32_t)
{
    *result = count;
    return WHIT_OK;
}

static void test(void)
{
    whit_call *call;
    uint32_t before, after;
    OK(API(cancelled)(W, &before, E));
    OK(API(forever_start)(W, &call, E));
    for (int i = 0; i < 5; i++)
        CHECK(whit_call_poll(call) == WHIT_CALL_RUNNING);
    OK(API(cancelled)(W, &after, E));
    CHECK(after == before);
    whit_call_cancel(call);
    CHECK(await_call(call) == WHIT_CALL_CANCELLED);
    whit_call_free(call);
    OK(API(cancelled)(W, &after, E));
    CHECK(after == before + 1);
    /* Who frees a call cancels it. */
    OK(API(forever_start)(W, &call, E));
    CHECK(whit_call_poll(call) == WHIT_CALL_RUNNING);
    whit_call_free(call);
    whit_store_poll(store);
    OK(API(cancelled)(W, &after, E));
    CHECK(after == before + 2);
}

static const struct guest_imports given = {.GIVEN = {forever, cancelled}};

HOST_LATER(given, test)
