/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Types of another interface, under other names. */
#define TOPIC contract_aliases
#include "../host.h"

#define TYPES(name) guest_contract_aliases_types_##name

GIVE(find, API(option_id_t), API(entries_t) x, API(label_t) name)
{
    for (size_t i = 0; i < x.len && !result->is_some; i++)
        if (same_text(x.ptr[i].name, name))
            *result = (API(option_id_t)){true, x.ptr[i].id};
    return WHIT_OK;
}

GIVE(names_of, API(names_t), API(entries_t) x)
{
    guest_string_t *out = whit_host_call_alloc(call, x.len * sizeof *out + 1);
    for (size_t i = 0; i < x.len; i++)
        out[i] = x.ptr[i].name;
    *result = (API(names_t)){out, x.len};
    return WHIT_OK;
}

static void test(void)
{
    const TYPES(entry_t)
        entries[] = {{1, TEXT("a")}, {2, TEXT("b")}, {3, TEXT("b")}};
    API(option_id_t) id;
    API(names_t) names;
    OK(API(find)(W, (API(entries_t)){entries, 3}, TEXT("b"), &id, E));
    CHECK(id.is_some && id.val == 2);
    OK(API(find)(W, (API(entries_t)){entries, 3}, TEXT("c"), &id, E));
    CHECK(!id.is_some);
    OK(API(names_of)(W, (API(entries_t)){entries, 3}, &names, region, E));
    CHECK(names.len == 3 && IS(names.ptr[0], "a") && IS(names.ptr[2], "b"));
}

static const struct guest_imports given = {.GIVEN = {find, names_of}};

HOST(given, test)
