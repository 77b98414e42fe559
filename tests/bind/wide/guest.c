/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * A guest that sends and takes large values. */
#include "contract.h"

#define I(name) contract_wide_api_##name
#define E(name) exports_contract_wide_api_##name

typedef I(big_t) big;

guest_callback_code_t E(echo)(E(big_t) * x, uint8_t y, E(big_t) * z)
{
    if (y != 7 || !z || z->g != 1)
        __builtin_trap();
    E(echo_return)(*x);
    E(big_free)(x);
    E(big_free)(z);
    return GUEST_CALLBACK_CODE_EXIT;
}

bool E(optional)(E(big_t) * x, E(bytes_t) * unused, E(big_t) * ret)
{
    if (unused)
        E(bytes_drop_readable)(*unused);
    if (x)
        *ret = *x;
    return x != NULL;
}

guest_callback_code_t E(pass)(E(bytes_t) x)
{
    E(pass_return)(x);
    return GUEST_CALLBACK_CODE_EXIT;
}

guest_callback_code_t E(pass_on)(E(promise_t) x)
{
    E(pass_on_return)(x);
    return GUEST_CALLBACK_CODE_EXIT;
}

void E(many)(E(list_promise_t) * x, E(list_promise_t) * ret)
{
    *ret = *x;
}

static bool is_whole(const big *x)
{
    return x->a == UINT64_MAX && IS(x->b, "b") && x->c.f0 == 1.5f &&
           x->c.f1 == 2.5 && x->c.f2 == 255 && x->c.f3 == 65535 &&
           x->d.len == 2 && IS(x->d.ptr[1], "dd") && x->e.is_some &&
           x->e.val == 5 && x->f.is_err && IS(x->f.val.err, "err") &&
           x->g == 1 && x->h == 2 && x->i == 3 && x->j == 4 && x->k.len == 1 &&
           x->k.ptr[0].key == 9 && IS(x->k.ptr[0].value, "nine");
}

static uint32_t check(void)
{
    uint32_t step = 0;
    guest_string_t texts[] = {*TEXT("d"), *TEXT("dd")};
    guest_map_u8_string_entry_t map[] = {{9, *TEXT("nine")}};
    big x = {.a = UINT64_MAX,
             .b = *TEXT("b"),
             .c = {1.5f, 2.5, 255, 65535},
             .d = {texts, 2},
             .e = {true, 5},
             .f = {true, {.err = *TEXT("err")}},
             .g = 1,
             .h = 2,
             .i = 3,
             .j = 4,
             .k = {map, 1}};
    big out;
    EXPECT(is_whole(&x));
    I(echo_blocking)(&x, 7, &x, &out);
    EXPECT(is_whole(&out));
    I(big_free)(&out);
    I(echo_args_t) args = {x, 7, {true, x}};
    EXPECT(guest_subtask_await(I(echo)(&args, &out)) == GUEST_SUBTASK_RETURNED);
    EXPECT(is_whole(&out));
    I(big_free)(&out);
    I(bytes_writer_t) writer;
    I(bytes_t) bytes = I(bytes_new)(&writer);
    EXPECT(I(optional)(&x, &bytes, &out) && is_whole(&out));
    I(bytes_drop_writable)(writer);
    I(big_free)(&out);
    EXPECT(!I(optional)(NULL, NULL, &out));
    bytes = I(pass_blocking)(I(bytes_new)(&writer));
    I(bytes_drop_writable)(writer);
    I(bytes_drop_readable)(bytes);
    I(promise_writer_t) giver;
    I(promise_t) promise = I(pass_on_blocking)(I(promise_new)(&giver));
    I(list_promise_t) list;
    I(many)(&(I(list_promise_t)){&promise, 1}, &list);
    EXPECT(list.len == 1);
    I(list_promise_free)(&list);
    EXPECT(I(promise_write_blocking)(giver, &x) == GUEST_WAITABLE_DROPPED);
    I(promise_drop_writable)(giver);
    return 0;
}

guest_callback_code_t exports_guest_check(void)
{
    exports_guest_check_return(check());
    return GUEST_CALLBACK_CODE_EXIT;
}
