/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Interfaces written inside the world. */
#include "contract.h"

void exports_cache_put(exports_cache_item_t *x)
{
    store_put(&(store_item_t){x->key, 2 * x->value});
    exports_cache_item_free(x);
}

bool exports_cache_get(guest_string_t *key, uint32_t *ret)
{
    bool found = store_get(key, ret);
    guest_string_free(key);
    return found;
}

uint32_t exports_guest_check(void)
{
    uint32_t step = 0;
    uint32_t value = 0;
    EXPECT(!store_get(TEXT("absent"), &value));
    store_put(&(store_item_t){*TEXT("check"), 7});
    EXPECT(store_get(TEXT("check"), &value) && value == 7);
    store_put(&(store_item_t){*TEXT("check"), 8});
    EXPECT(store_get(TEXT("check"), &value) && value == 8);
    return 0;
}
