/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Values that outlive the start of a call. */
#include "contract.h"

#define I(name) contract_async_values_api_##name
#define E(name) exports_contract_async_values_api_##name

typedef E(pair_t) pair;

/* What a task keeps while it yields. */
typedef struct sum_task {
    uint64_t sum;
} sum_task;

guest_callback_code_t E(twice)(pair *x)
{
    pair *kept = malloc(sizeof *kept);
    *kept = *x;
    guest_context_set_0(kept);
    return GUEST_CALLBACK_CODE_YIELD;
}

guest_callback_code_t E(twice_callback)(guest_event_t *event)
{
    pair *x = guest_context_get_0();
    pair out;
    (void)event;
    out.a.len = 2 * x->a.len;
    out.a.ptr = malloc(out.a.len);
    memcpy(out.a.ptr, x->a.ptr, x->a.len);
    memcpy(out.a.ptr + x->a.len, x->a.ptr, x->a.len);
    out.b.len = 2 * x->b.len;
    out.b.ptr = malloc(out.b.len * sizeof *out.b.ptr);
    for (size_t i = 0; i < out.b.len; i++)
        out.b.ptr[i] = x->b.ptr[i % x->b.len];
    E(twice_return)(out);
    E(pair_free)(&out);
    E(pair_free)(x);
    free(x);
    return GUEST_CALLBACK_CODE_EXIT;
}

guest_callback_code_t E(size)(guest_string_t *text)
{
    guest_context_set_0((void *)text->len);
    guest_string_free(text);
    return GUEST_CALLBACK_CODE_YIELD;
}

guest_callback_code_t E(size_callback)(guest_event_t *event)
{
    E(result_u32_problem_t) out = {.is_err = false};
    uint32_t size = (uint32_t)(uintptr_t)guest_context_get_0();
    (void)event;
    out.is_err = size == 0 || size > 8;
    if (size == 0)
        out.val.err.tag = EXPORTS_CONTRACT_ASYNC_VALUES_API_PROBLEM_EMPTY;
    else if (size > 8)
        out.val.err = (E(problem_t)){
            EXPORTS_CONTRACT_ASYNC_VALUES_API_PROBLEM_LONG, {.long_ = size}};
    else
        out.val.ok = size;
    E(size_return)(out);
    return GUEST_CALLBACK_CODE_EXIT;
}

guest_callback_code_t E(sum)(uint32_t a, uint64_t b, uint8_t c,
                             uint32_t *maybe_d, uint16_t e)
{
    sum_task *task = malloc(sizeof *task);
    task->sum = a + b + c + (maybe_d ? *maybe_d : 0) + e;
    guest_context_set_0(task);
    return GUEST_CALLBACK_CODE_YIELD;
}

guest_callback_code_t E(sum_callback)(guest_event_t *event)
{
    sum_task *task = guest_context_get_0();
    (void)event;
    E(sum_return)(task->sum);
    free(task);
    return GUEST_CALLBACK_CODE_EXIT;
}

static uint32_t check(void)
{
    uint32_t step = 0;
    uint32_t numbers[] = {1, 2};
    I(pair_t) in = {*TEXT("ab"), {numbers, 2}}, out;
    I(twice_blocking)(&in, &out);
    EXPECT(IS(out.a, "abab") && out.b.len == 4 && out.b.ptr[3] == 2);
    I(pair_free)(&out);
    guest_subtask_status_t status = I(twice)(&in, &out);
    EXPECT(guest_subtask_await(status) == GUEST_SUBTASK_RETURNED);
    EXPECT(IS(out.a, "abab") && out.b.len == 4 && out.b.ptr[2] == 1);
    I(pair_free)(&out);
    uint32_t size = 0;
    I(problem_t) problem;
    EXPECT(I(size_blocking)(TEXT("eight by"), &size, &problem) && size == 8);
    EXPECT(!I(size_blocking)(TEXT(""), &size, &problem) && problem.tag == 0);
    EXPECT(!I(size_blocking)(TEXT("nine byte"), &size, &problem));
    EXPECT(problem.tag == 1 && problem.val.long_ == 9);
    I(sum_args_t) args = {1, 1ull << 40, 255, {true, 3}, 65535};
    uint64_t sum = 0;
    EXPECT(guest_subtask_await(I(sum)(&args, &sum)) == GUEST_SUBTASK_RETURNED);
    EXPECT(sum == (1ull << 40) + 65794);
    EXPECT(I(sum_blocking)(1, 2, 3, NULL, 4) == 10);
    return 0;
}

guest_callback_code_t exports_guest_check(void)
{
    exports_guest_check_return(check());
    return GUEST_CALLBACK_CODE_EXIT;
}
