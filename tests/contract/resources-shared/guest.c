/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * A resource of the host that an exported interface uses. */
#include "contract.h"

#define I(name) contract_resources_shared_api_##name
#define E(name) exports_contract_resources_shared_api_##name

#define T(name) contract_resources_shared_types_##name

T(own_token_t) E(double)(T(borrow_token_t) x)
{
    uint32_t value = T(method_token_value)(x);
    T(token_drop_borrow)(x);
    return T(constructor_token)(2 * value);
}

uint32_t E(spend)(T(own_token_t) x)
{
    uint32_t value = T(method_token_value)(T(borrow_token)(x));
    T(token_drop_own)(x);
    return value;
}

uint32_t exports_guest_check(void)
{
    uint32_t step = 0;
    T(own_token_t) token = T(constructor_token)(21);
    T(own_token_t) twice = I(double)(T(borrow_token)(token));
    EXPECT(T(method_token_value)(T(borrow_token)(twice)) == 42);
    EXPECT(I(spend)(twice) == 42);
    EXPECT(I(spend)(token) == 21);
    return 0;
}
