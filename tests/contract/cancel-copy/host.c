/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Reads and writes that are taken back. */
#define TOPIC contract_cancel_copy
#include "../host.h"

/* The read is cancelled before anybody has written. */
GIVE(read_not, guest_stream_u8_t, guest_stream_u8_t x)
{
    uint8_t byte;
    copy it = {.done = false};
    CHECK(guest_stream_u8_read(store, x, &byte, 1, copy_done, &it, error) ==
          WHIT_OK);
    CHECK(!it.done);
    whit_stream_cancel(store, x.handle);
    CHECK(it.done && it.result == WHIT_COPY_CANCELLED && it.count == 0);
    *result = x;
    return WHIT_OK;
}

GIVE(wait_not, guest_future_u32_t, guest_future_u32_t x)
{
    uint32_t number;
    copy it = {.done = false};
    CHECK(guest_future_u32_read(store, x, &number, copy_done, &it, error) ==
          WHIT_OK);
    whit_stream_cancel(store, x.handle);
    CHECK(it.done && it.result == WHIT_COPY_CANCELLED);
    *result = x;
    return WHIT_OK;
}

static void check_stream(void)
{
    struct API(read_not_args) args;
    guest_stream_u8_t back;
    guest_stream_u8_writer_t to;
    uint8_t in = 7, out = 0;
    copy sent = {.done = false}, got = {.done = false};
    OK(guest_stream_u8_new(W, &args.x, &to, E));
    OK(API(read_not)(W, args.x, &back, E));
    OK(guest_stream_u8_write(store, to, &in, 1, copy_done, &sent, E));
    CHECK(!sent.done);
    whit_stream_cancel(store, to.handle);
    CHECK(sent.done && sent.result == WHIT_COPY_CANCELLED && sent.count == 0);
    sent.done = false;
    OK(guest_stream_u8_write(store, to, &in, 1, copy_done, &sent, E));
    /* One operation at a time. */
    CHECK(guest_stream_u8_write(store, to, &in, 1, copy_done, &got, E) ==
          WHIT_ARGUMENT);
    OK(guest_stream_u8_read(store, back, &out, 1, copy_done, &got, E));
    CHECK(await_copy(&got) && got.count == 1 && out == 7);
    CHECK(await_copy(&sent) && sent.count == 1);
    OK(guest_stream_u8_drop_writable(store, to, E));
    OK(guest_stream_u8_drop_readable(store, back, E));
}

static void check_future(void)
{
    guest_future_u32_t future, back;
    guest_future_u32_writer_t to;
    uint32_t in = 42, out = 0;
    copy sent = {.done = false}, got = {.done = false};
    OK(guest_future_u32_new(W, &future, &to, E));
    OK(API(wait_not)(W, future, &back, E));
    OK(guest_future_u32_write(store, to, &in, copy_done, &sent, E));
    OK(guest_future_u32_read(store, back, &out, copy_done, &got, E));
    CHECK(await_copy(&got) && got.count == 1 && out == 42);
    CHECK(await_copy(&sent));
    OK(guest_future_u32_drop_writable(store, to, E));
    OK(guest_future_u32_drop_readable(store, back, E));
}

static void test(void)
{
    check_stream();
    check_future();
}

static const struct guest_imports given = {.GIVEN = {read_not, wait_not}};

HOST_LATER(given, test)
