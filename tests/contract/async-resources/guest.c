/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Methods that take their time. */
#include "contract.h"

#define I(name) contract_async_resources_api_##name
#define E(name) exports_contract_async_resources_api_##name

struct E(file_t) {
    guest_string_t name;
};

void E(file_destructor)(E(file_t) * rep)
{
    guest_string_free(&rep->name);
    free(rep);
}

E(own_file_t) E(constructor_file)(guest_string_t *name)
{
    E(file_t) *it = malloc(sizeof *it);
    it->name = *name;
    return E(file_new)(it);
}

guest_callback_code_t E(method_file_read)(E(borrow_file_t) self)
{
    guest_context_set_0(self);
    return GUEST_CALLBACK_CODE_YIELD;
}

guest_callback_code_t E(method_file_read_callback)(guest_event_t *event)
{
    E(file_t) *self = guest_context_get_0();
    (void)event;
    E(method_file_read_return)(
        (guest_list_u8_t){self->name.ptr, self->name.len});
    return GUEST_CALLBACK_CODE_EXIT;
}

guest_callback_code_t E(static_file_open)(guest_string_t *name)
{
    guest_string_t *kept = malloc(sizeof *kept);
    *kept = *name;
    guest_context_set_0(kept);
    return GUEST_CALLBACK_CODE_YIELD;
}

guest_callback_code_t E(static_file_open_callback)(guest_event_t *event)
{
    guest_string_t *name = guest_context_get_0();
    E(result_own_file_string_t) out = {.is_err = !name->len};
    (void)event;
    if (out.is_err)
        guest_string_set(&out.val.err, "no name");
    else
        out.val.ok = E(constructor_file)(name);
    free(name);
    E(static_file_open_return)(out);
    return GUEST_CALLBACK_CODE_EXIT;
}

static uint32_t check(void)
{
    uint32_t step = 0;
    I(own_file_t) file = I(constructor_file)(TEXT("made")), other;
    guest_list_u8_t bytes;
    guest_subtask_status_t status =
        I(method_file_read)(I(borrow_file)(file), &bytes);
    EXPECT(guest_subtask_await(status) == GUEST_SUBTASK_RETURNED);
    EXPECT(IS(bytes, "made"));
    guest_list_u8_free(&bytes);
    I(file_drop_own)(file);
    guest_string_t error;
    EXPECT(I(static_file_open_blocking)(TEXT("opened"), &other, &error));
    I(method_file_read_blocking)(I(borrow_file)(other), &bytes);
    EXPECT(IS(bytes, "opened"));
    guest_list_u8_free(&bytes);
    I(file_drop_own)(other);
    EXPECT(!I(static_file_open_blocking)(TEXT(""), &other, &error));
    guest_string_free(&error);
    return 0;
}

guest_callback_code_t exports_guest_check(void)
{
    exports_guest_check_return(check());
    return GUEST_CALLBACK_CODE_EXIT;
}
