/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Interfaces that stand in the world. */
#define TOPIC contract_inline_interfaces
#include "../host.h"

static guest_store_item_t kept[16];
static char keys[16][64];
static size_t count;

static size_t find(guest_string_t key)
{
    size_t i = 0;
    while (i < count && !same_text(kept[i].key, key))
        i++;
    return i;
}

GIVE_NOTHING(put, const guest_store_item_t *x)
{
    size_t i = find(x->key);
    if (i == COUNT(kept) || x->key.len > sizeof keys[0])
        return WHIT_LIMIT;
    count += i == count;
    memcpy(keys[i], x->key.ptr, x->key.len);
    kept[i] = (guest_store_item_t){{keys[i], x->key.len}, x->value};
    return WHIT_OK;
}

GIVE(get, guest_option_u32_t, guest_string_t key)
{
    size_t i = find(key);
    if (i < count)
        *result = (guest_option_u32_t){true, kept[i].value};
    return WHIT_OK;
}

static void test(void)
{
    guest_option_u32_t value;
    OK(guest_cache_put(W, &(guest_cache_item_t){TEXT("a"), 21}, E));
    CHECK(count == 1 && kept[0].value == 42);
    OK(guest_cache_get(W, TEXT("a"), &value, E));
    CHECK(value.is_some && value.val == 42);
    OK(guest_cache_put(W, &(guest_cache_item_t){TEXT("a"), 1}, E));
    CHECK(count == 1 && kept[0].value == 2);
    OK(guest_cache_get(W, TEXT("b"), &value, E));
    CHECK(!value.is_some);
}

static const struct guest_imports given = {.store = {put, get}};

HOST(given, test)
