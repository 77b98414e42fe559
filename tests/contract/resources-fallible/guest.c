/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Constructors and methods that fail. */
#include "contract.h"

#define I(name) contract_resources_fallible_api_##name
#define E(name) exports_contract_resources_fallible_api_##name

struct E(port_t) {
    uint16_t number;
};

void E(port_destructor)(E(port_t) * rep)
{
    free(rep);
}

static E(own_port_t) make(uint16_t number)
{
    E(port_t) *it = malloc(sizeof *it);
    it->number = number;
    return E(port_new)(it);
}

bool E(constructor_port)(uint16_t number, E(own_port_t) * ret,
                         guest_string_t *err)
{
    if (number)
        *ret = make(number);
    else
        guest_string_dup(err, "no port");
    return number;
}

uint16_t E(method_port_number)(E(borrow_port_t) self)
{
    return self->number;
}

bool E(method_port_double)(E(borrow_port_t) self, E(own_port_t) * ret,
                           uint16_t *err)
{
    if (self->number >= 0x8000) {
        *err = self->number;
        return false;
    }
    *ret = make(self->number * 2);
    return true;
}

uint32_t exports_guest_check(void)
{
    uint32_t step = 0;
    I(own_port_t) port, twice;
    guest_string_t error;
    uint16_t number = 0;
    EXPECT(!I(constructor_port)(0, &port, &error) && IS(error, "no port"));
    guest_string_free(&error);
    EXPECT(I(constructor_port)(20000, &port, &error));
    EXPECT(I(method_port_number)(I(borrow_port)(port)) == 20000);
    EXPECT(I(method_port_double)(I(borrow_port)(port), &twice, &number));
    I(port_drop_own)(port);
    EXPECT(I(method_port_number)(I(borrow_port)(twice)) == 40000);
    EXPECT(!I(method_port_double)(I(borrow_port)(twice), &port, &number));
    EXPECT(number == 40000);
    I(port_drop_own)(twice);
    return 0;
}
