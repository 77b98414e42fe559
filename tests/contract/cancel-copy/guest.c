/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Reads and writes that are taken back. */
#include "contract.h"

#define I(name) contract_cancel_copy_api_##name
#define E(name) exports_contract_cancel_copy_api_##name

guest_callback_code_t E(read_not)(guest_stream_u8_t x)
{
    uint8_t byte;
    if (guest_stream_u8_read(x, &byte, 1) != GUEST_WAITABLE_STATUS_BLOCKED)
        __builtin_trap();
    if (GUEST_WAITABLE_STATE(guest_stream_u8_cancel_read(x)) !=
        GUEST_WAITABLE_CANCELLED)
        __builtin_trap();
    E(read_not_return)(x);
    return GUEST_CALLBACK_CODE_EXIT;
}

guest_callback_code_t E(wait_not)(guest_future_u32_t x)
{
    uint32_t value;
    if (guest_future_u32_read(x, &value) != GUEST_WAITABLE_STATUS_BLOCKED)
        __builtin_trap();
    if (GUEST_WAITABLE_STATE(guest_future_u32_cancel_read(x)) !=
        GUEST_WAITABLE_CANCELLED)
        __builtin_trap();
    E(wait_not_return)(x);
    return GUEST_CALLBACK_CODE_EXIT;
}

static uint32_t check(void)
{
    uint32_t step = 0;
    guest_stream_u8_writer_t writer;
    guest_stream_u8_t reader = guest_stream_u8_new(&writer);
    reader = I(read_not_blocking)(reader);
    uint8_t in = 7, out = 0;
    guest_waitable_status_t status = guest_stream_u8_write(writer, &in, 1);
    EXPECT(status == GUEST_WAITABLE_STATUS_BLOCKED);
    EXPECT(GUEST_WAITABLE_STATE(guest_stream_u8_cancel_write(writer)) ==
           GUEST_WAITABLE_CANCELLED);
    EXPECT(guest_stream_u8_write(writer, &in, 1) ==
           GUEST_WAITABLE_STATUS_BLOCKED);
    status = guest_stream_u8_read_blocking(reader, &out, 1);
    EXPECT(GUEST_WAITABLE_COUNT(status) == 1 && out == 7);
    guest_event_t event;
    guest_waitable_set_t set = guest_waitable_set_new();
    guest_waitable_join(writer, set);
    guest_waitable_set_wait(set, &event);
    EXPECT(event.event == GUEST_EVENT_STREAM_WRITE && event.waitable == writer);
    EXPECT(GUEST_WAITABLE_COUNT(event.code) == 1);
    guest_stream_u8_drop_writable(writer);
    guest_stream_u8_drop_readable(reader);
    guest_waitable_set_drop(set);
    guest_future_u32_writer_t promise;
    guest_future_u32_t future = guest_future_u32_new(&promise);
    future = I(wait_not_blocking)(future);
    guest_future_u32_drop_readable(future);
    uint32_t value = 1;
    EXPECT(guest_future_u32_write_blocking(promise, &value) ==
           GUEST_WAITABLE_DROPPED);
    guest_future_u32_drop_writable(promise);
    return 0;
}

guest_callback_code_t exports_guest_check(void)
{
    exports_guest_check_return(check());
    return GUEST_CALLBACK_CODE_EXIT;
}
