/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Error contexts of both sides. */
#define TOPIC contract_error_contexts
#include "../host.h"

GIVE(make, guest_error_context_t, guest_string_t message)
{
    return whit_error_context_new(store, message.ptr, message.len,
                                  &result->handle, error);
}

GIVE(explain, guest_string_t, guest_error_context_t x)
{
    whit_name message;
    whit_status status =
        whit_error_context_message(store, x.handle, &message, error);
    if (status != WHIT_OK)
        return status;
    char *out = whit_host_call_alloc(call, message.size + 1);
    memcpy(out, message.data, message.size);
    *result = (guest_string_t){out, message.size};
    return whit_error_context_drop(store, x.handle, error);
}

static void test(void)
{
    guest_error_context_t made;
    guest_string_t text;
    whit_name message;
    OK(API(make)(W, TEXT("größer"), &made, E));
    OK(whit_error_context_message(store, made.handle, &message, E));
    CHECK(IS(((guest_string_t){message.data, message.size}), "größer"));
    OK(API(explain)(W, made, &text, region, E));
    CHECK(IS(text, "größer"));
    /* It was lent. */
    OK(whit_error_context_drop(store, made.handle, E));
    CHECK(whit_error_context_drop(store, made.handle, E) == WHIT_ARGUMENT);
    CHECK(whit_error_context_message(store, made.handle, &message, E) ==
          WHIT_ARGUMENT);
    OK(whit_error_context_new(store, "", 0, &made.handle, E));
    OK(API(explain)(W, made, &text, region, E));
    CHECK(text.len == 0);
    OK(whit_error_context_drop(store, made.handle, E));
    CHECK(whit_error_context_new(store, "\xff", 1, &made.handle, E) ==
          WHIT_ARGUMENT);
}

static const struct guest_imports given = {.GIVEN = {make, explain}};

HOST(given, test)
