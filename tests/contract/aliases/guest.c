/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Types under other names, from another interface. */
#include "contract.h"

#define I(name) contract_aliases_api_##name
#define E(name) exports_contract_aliases_api_##name

bool E(find)(E(entries_t) * x, E(label_t) * name, E(id_t) * ret)
{
    bool found = false;
    for (size_t i = 0; i < x->len && !found; i++) {
        guest_string_t *it = &x->ptr[i].name;
        found = it->len == name->len && !memcmp(it->ptr, name->ptr, it->len);
        *ret = x->ptr[i].id;
    }
    E(entries_free)(x);
    guest_string_free(name);
    return found;
}

void E(names_of)(E(entries_t) * x, E(names_t) * ret)
{
    ret->len = x->len;
    ret->ptr = malloc(x->len * sizeof *ret->ptr);
    for (size_t i = 0; i < x->len; i++)
        ret->ptr[i] = x->ptr[i].name;
    if (x->len)
        free(x->ptr);
}

uint32_t exports_guest_check(void)
{
    uint32_t step = 0;
    I(entry_t) some[] = {{7, *TEXT("a")}, {8, *TEXT("b")}};
    I(entries_t) entries = {some, 2};
    I(id_t) id = 0;
    EXPECT(I(find)(&entries, TEXT("b"), &id) && id == 8);
    EXPECT(!I(find)(&entries, TEXT("c"), &id));
    I(names_t) names;
    I(names_of)(&entries, &names);
    EXPECT(names.len == 2 && IS(names.ptr[1], "b"));
    I(names_free)(&names);
    return 0;
}
