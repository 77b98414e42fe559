/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Maps. */
#include "contract.h"

#define I(name) contract_maps_api_##name
#define E(name) exports_contract_maps_api_##name

void E(echo)(guest_map_string_u32_t *x, guest_map_string_u32_t *ret)
{
    *ret = *x;
}

void E(invert)(guest_map_string_u32_t *x, guest_map_u32_string_t *ret)
{
    ret->len = x->len;
    ret->ptr = malloc(x->len * sizeof *ret->ptr);
    for (size_t i = 0; i < x->len; i++) {
        ret->ptr[i].key = x->ptr[i].value;
        ret->ptr[i].value = x->ptr[i].key;
    }
    if (x->len)
        free(x->ptr);
}

uint64_t E(sum)(guest_map_u8_u64_t *x)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < x->len; i++)
        sum += x->ptr[i].value;
    guest_map_u8_u64_free(x);
    return sum;
}

/* The value of a key; entries come in any order. */
static uint32_t find(const guest_map_string_u32_t *map, char key)
{
    for (size_t i = 0; i < map->len; i++)
        if (map->ptr[i].key.len == 1 && map->ptr[i].key.ptr[0] == key)
            return map->ptr[i].value;
    return 0;
}

uint32_t exports_guest_check(void)
{
    uint32_t step = 0;
    guest_map_string_u32_entry_t entries[] = {{*TEXT("a"), 7},
                                              {*TEXT("b"), UINT32_MAX}};
    guest_map_string_u32_t map = {entries, 2}, out;
    I(echo)(&map, &out);
    EXPECT(out.len == 2 && find(&out, 'a') == 7);
    EXPECT(find(&out, 'b') == UINT32_MAX);
    guest_map_string_u32_free(&out);
    guest_map_u32_string_t back;
    I(invert)(&map, &back);
    EXPECT(back.len == 2);
    size_t first = back.ptr[0].key == 7 ? 0 : 1;
    EXPECT(back.ptr[first].key == 7 && IS(back.ptr[first].value, "a"));
    EXPECT(back.ptr[1 - first].key == UINT32_MAX);
    guest_map_u32_string_free(&back);
    guest_map_u8_u64_entry_t numbers[] = {{1, 10}, {2, 4294967296}};
    EXPECT(I(sum)(&(guest_map_u8_u64_t){numbers, 2}) == 4294967306);
    EXPECT(I(sum)(&(guest_map_u8_u64_t){NULL, 0}) == 0);
    return 0;
}
