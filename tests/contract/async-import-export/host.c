/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Calls that return at once, or later, or by another thread. */
#define TOPIC contract_async_import_export
#include "../host.h"

#include <pthread.h>

static pthread_t thread;
static bool has_thread;

static void *answer_from_thread(void *env)
{
    job *it = env;
    whit_complete(it->completion,
                  &(whit_val){.kind = WHIT_U32, .u32 = (uint32_t)it->number});
    free(it);
    return NULL;
}

static void finish_twice(job *it)
{
    if (has_thread)
        pthread_join(thread, NULL);
    has_thread = it->number % 2 == 0 &&
                 !pthread_create(&thread, NULL, answer_from_thread, it);
    if (has_thread)
        return;
    API(double_complete)(it->completion, (uint32_t)it->number);
    free(it);
}

GIVE(twice, uint32_t, uint32_t x)
{
    return later(call, finish_twice, (job){.number = 2 * x});
}

static void finish_rest(job *it)
{
    API(rest_complete)(it->completion);
    free(it);
}

static whit_status rest(void *env, whit_host_call *call, whit_error *error)
{
    return later(call, finish_rest, (job){.number = 0});
}

GIVE(next, uint32_t, uint32_t x)
{
    *result = x + 1;
    return WHIT_OK;
}

static void test(void)
{
    uint32_t out = 0, more[8];
    struct API(double_args) args[8];
    whit_call *call, *calls[8];
    OK(API(double)(W, 21, &out, E));
    CHECK(out == 42);
    OK(API(rest)(W, E));
    OK(API(next)(W, 41, &out, E));
    CHECK(out == 42);
    OK(API(next_start)(W, &(struct API(next_args)){1}, &out, &call, E));
    CHECK(await_return(call) && out == 2);
    /* Several at a time. */
    for (uint32_t i = 0; i < 8; i++) {
        args[i].x = i;
        OK(API(double_start)(W, &args[i], &more[i], &calls[i], E));
    }
    for (uint32_t i = 8; i-- > 0;)
        CHECK(await_return(calls[i]) && more[i] == 2 * i);
    OK(API(rest_start)(W, &call, E));
    CHECK(await_return(call));
}

static const struct guest_imports given = {
    .GIVEN = {.double_ = twice, .rest = rest, .next = next}};

HOST_LATER(given, test)
