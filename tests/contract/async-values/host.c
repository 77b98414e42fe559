/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Values that outlive the start of a call. */
#define TOPIC contract_async_values
#include "../host.h"

static void finish_twice(job *it)
{
    const API(pair_t) *x = (const API(pair_t) *)it->text.ptr;
    char *text = malloc(2 * x->a.len + 1);
    uint32_t *list = malloc(8 * x->b.len + 1);
    memcpy(text, x->a.ptr, x->a.len);
    memcpy(text + x->a.len, x->a.ptr, x->a.len);
    memcpy(list, x->b.ptr, 4 * x->b.len);
    memcpy(list + x->b.len, x->b.ptr, 4 * x->b.len);
    API(twice_complete)(it->completion, &(API(pair_t)){{text, 2 * x->a.len},
                                                       {list, 2 * x->b.len}});
    free(text);
    free(list);
    free(it);
}

/* Arguments stay until the answer. */
GIVE(twice, API(pair_t), const API(pair_t) * x)
{
    return later(call, finish_twice,
                 (job){.text = {(const char *)x, sizeof *x}});
}

static void finish_size(job *it)
{
    API(result_u32_problem_t) out = {.val.ok = (uint32_t)it->text.len};
    if (!it->text.len || it->text.len > 8)
        out = (API(result_u32_problem_t)){
            true,
            {.err = {it->text.len > 0, {.long_ = (uint32_t)it->text.len}}}};
    API(size_complete)(it->completion, &out);
    free(it);
}

GIVE(text_size, API(result_u32_problem_t), guest_string_t text)
{
    return later(call, finish_size, (job){.text = text});
}

static void finish_sum(job *it)
{
    API(sum_complete)(it->completion, it->number);
    free(it);
}

GIVE(sum, uint64_t, uint32_t a, uint64_t b, uint8_t c,
     const guest_option_u32_t *d, uint16_t e)
{
    return later(call, finish_sum,
                 (job){.number = a + b + c + (d->is_some ? d->val : 0) + e});
}

static void test(void)
{
    static const uint32_t numbers[] = {1, UINT32_MAX};
    struct API(twice_args) args = {{TEXT("ü"), {numbers, 2}}};
    API(pair_t) pair;
    API(result_u32_problem_t) length;
    uint64_t total;
    whit_call *call;
    OK(API(twice)(W, &args.x, &pair, region, E));
    CHECK(IS(pair.a, "üü") && pair.b.len == 4);
    CHECK(!memcmp(pair.b.ptr, numbers, 8) && pair.b.ptr[3] == UINT32_MAX);
    OK(API(twice_start)(W, &args, &pair, &call, E));
    CHECK(await_call(call) == WHIT_CALL_RETURNED);
    CHECK(IS(pair.a, "üü") && pair.b.len == 4 && pair.b.ptr[2] == 1);
    whit_call_free(call);
    OK(API(size)(W, TEXT("12345678"), &length, E));
    CHECK(!length.is_err && length.val.ok == 8);
    OK(API(size)(W, TEXT(""), &length, E));
    CHECK(length.is_err && length.val.err.tag == 0);
    OK(API(size)(W, TEXT("123456789"), &length, E));
    CHECK(length.is_err && length.val.err.tag == 1);
    CHECK(length.val.err.val.long_ == 9);
    OK(API(sum)(W, 1, 1ull << 40, 255, &(guest_option_u32_t){true, 7}, 65535,
                &total, E));
    CHECK(total == (1ull << 40) + 65798);
    OK(API(sum)(W, 1, 2, 3, &(guest_option_u32_t){false, 9}, 4, &total, E));
    CHECK(total == 10);
}

static const struct guest_imports given = {.GIVEN = {twice, text_size, sum}};

HOST_LATER(given, test)
