/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * platform/memory_map.h. */
#include "../test.h"

#include <stdlib.h>
#include "platform/fault.h"
#include "platform/memory_map.h"

static bool any_fault(void *data, void *address, void *machine)
{
    (void)machine;
    *(void **)data = address;
    return true;
}

/* Where a write faults, or NULL when it does not. */
static void *write_fault(uint8_t *at)
{
    void *address = NULL;
    fault_scope scope = {.claim = any_fault, .data = &address};
    if (sigsetjmp(scope.jump, 0) == 0) {
        fault_enter(&scope);
        *(volatile uint8_t *)at = 1;
        fault_leave(&scope);
    }
    return address;
}

TEST(commit_gives_zeroes_that_can_be_written)
{
    size_t page = pages_size();
    uint8_t *map = pages_reserve(page * 4);
    CHECK(map != NULL);
    CHECK(pages_commit(map, page + 1));
    CHECK_INT(map[page * 2 - 1], 0);
    CHECK(write_fault(map + page * 2 - 1) == NULL);
    CHECK(write_fault(map + page * 2) == map + page * 2);
    pages_release(map, page * 4);
}

TEST(reset_makes_zero_again)
{
    size_t page = pages_size();
    uint8_t *map = pages_reserve(page * 2);
    CHECK(pages_commit(map, page * 2));
    map[0] = 1;
    map[page] = 2;
    pages_reset(map, page * 2);
    CHECK_INT(map[0] + map[page], 0);
    CHECK(pages_protect_none(map + page, page));
    CHECK(write_fault(map) == NULL);
    CHECK(write_fault(map + page) == map + page);
    pages_release(map, page * 2);
}

TEST(reserve_refuses_what_does_not_fit)
{
    CHECK(pages_reserve(SIZE_MAX) == NULL);
    CHECK(pages_reserve(SIZE_MAX / 2) == NULL);
    pages_release(NULL, 1);
}

int main(void)
{
    if (!fault_install())
        return 1;
    RUN(commit_gives_zeroes_that_can_be_written)
    RUN(reset_makes_zero_again)
    RUN(reserve_refuses_what_does_not_fit)
    printf("%d passed, %d failed\n", test_passed, test_failed);
    return test_failed != 0;
}
