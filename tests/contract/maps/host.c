/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Maps. */
#define TOPIC contract_maps
#include "../host.h"

GIVE(echo, guest_map_string_u32_t, guest_map_string_u32_t x)
{
    *result = x;
    return WHIT_OK;
}

GIVE(invert, guest_map_u32_string_t, guest_map_string_u32_t x)
{
    guest_map_u32_string_entry_t *out =
        whit_host_call_alloc(call, x.len * sizeof *out + 1);
    for (size_t i = 0; i < x.len; i++)
        out[i] = (guest_map_u32_string_entry_t){x.ptr[i].value, x.ptr[i].key};
    *result = (guest_map_u32_string_t){out, x.len};
    return WHIT_OK;
}

GIVE(sum, uint64_t, guest_map_u8_u64_t x)
{
    for (size_t i = 0; i < x.len; i++)
        *result += x.ptr[i].value;
    return WHIT_OK;
}

/* Guests may give entries back in another order. */
static bool has(guest_map_string_u32_t map, guest_string_t key, uint32_t value)
{
    for (size_t i = 0; i < map.len; i++)
        if (same_text(map.ptr[i].key, key))
            return map.ptr[i].value == value;
    return false;
}

static bool has_turned(guest_map_u32_string_t map, uint32_t key,
                       guest_string_t value)
{
    for (size_t i = 0; i < map.len; i++)
        if (map.ptr[i].key == key)
            return same_text(map.ptr[i].value, value);
    return false;
}

static void test(void)
{
    const guest_map_string_u32_entry_t entries[] = {
        {TEXT("one"), 1}, {TEXT(""), UINT32_MAX}, {TEXT("zwölf"), 12}};
    static const guest_map_u8_u64_entry_t numbers[] = {{0, 1},
                                                       {255, 1ull << 40}};
    guest_map_string_u32_t map;
    guest_map_u32_string_t turned;
    uint64_t total;
    OK(API(echo)(W, (guest_map_string_u32_t){entries, 3}, &map, region, E));
    CHECK(map.len == 3);
    OK(API(invert)(W, (guest_map_string_u32_t){entries, 3}, &turned, region,
                   E));
    CHECK(turned.len == 3);
    for (size_t i = 0; i < 3; i++) {
        CHECK(has(map, entries[i].key, entries[i].value));
        CHECK(has_turned(turned, entries[i].value, entries[i].key));
    }
    OK(API(echo)(W, (guest_map_string_u32_t){NULL, 0}, &map, region, E));
    CHECK(map.len == 0);
    OK(API(sum)(W, (guest_map_u8_u64_t){numbers, 2}, &total, E));
    CHECK(total == 1 + (1ull << 40));
}

static const struct guest_imports given = {.GIVEN = {echo, invert, sum}};

HOST(given, test)
