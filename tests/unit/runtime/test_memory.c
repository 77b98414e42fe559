/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Memories and tables. */
#include "fake.h"

#include "runtime/memory.h"

enum { PAGE = WASM_PAGE_SIZE };

static rt_memory *memory_of(rt_store *store, wasm_limits limits)
{
    rt_memory *memory = NULL;
    whit_error error;
    CHECK_INT(rt_memory_new(store, &limits, &memory, &error), WHIT_OK);
    return memory;
}

TEST(guarded_memory_reserves_every_sum_of_two_32_bit_numbers)
{
    rt_engine *engine = fake_engine(true);
    rt_store *store = fake_store(engine, NULL);
    rt_memory *memory = memory_of(store, (wasm_limits){.min = 1});
    CHECK(memory->guarded);
    CHECK(memory->reserved >= 2 * (uint64_t)UINT32_MAX + 16);
    CHECK_INT(rt_memory_grow(store, memory, 3), 1);
    CHECK_INT(memory_size(memory), 4 * PAGE);
    CHECK_INT(memory->base[4 * PAGE - 1], 0);
    CHECK_INT(rt_memory_grow(store, memory, 65533), -1);
    CHECK_INT(rt_memory_grow(store, memory, UINT64_MAX), -1);
    CHECK_INT(rt_memory_grow(store, memory, 0), 4);
    rt_store_free(store);
    rt_engine_release(engine);
}

TEST(unguarded_memory_keeps_contents_when_it_moves)
{
    rt_engine *engine = fake_engine(false);
    rt_store *store = fake_store(engine, NULL);
    wasm_limits limits = {.min = 1, .is64 = true};
    rt_memory *memory = memory_of(store, limits);
    CHECK(!memory->guarded);
    memory->base[PAGE - 1] = 77;
    uint64_t room = memory->reserved / PAGE;
    CHECK_INT(rt_memory_grow(store, memory, room), 1);
    CHECK(memory->reserved > room * PAGE);
    CHECK_INT(memory->base[PAGE - 1], 77);
    CHECK_INT(memory->base[PAGE], 0);
    CHECK_INT(memory->base[(room + 1) * PAGE - 1], 0);
    rt_store_free(store);
    rt_engine_release(engine);
}

TEST(maximum_and_limit_of_the_store_stop_growth)
{
    rt_engine *engine = fake_engine(true);
    rt_limits limits;
    rt_limits_init(&limits);
    limits.memory_bytes = 10 * PAGE;
    rt_store *store = fake_store(engine, &limits);
    rt_memory *one =
        memory_of(store, (wasm_limits){.min = 2, .max = 4, .has_max = true});
    rt_memory *two = memory_of(store, (wasm_limits){.min = 5});
    CHECK_INT(rt_memory_grow(store, one, 3), -1);
    CHECK_INT(rt_memory_grow(store, one, 2), 2);
    CHECK_INT(rt_memory_grow(store, two, 2), -1);
    CHECK_INT(rt_memory_grow(store, two, 1), 5);
    rt_memory *none;
    whit_error error;
    CHECK_INT(rt_memory_new(store, &(wasm_limits){.min = 1}, &none, &error),
              WHIT_LIMIT);
    CHECK(begins(error.message, "memory limit reached"));
    CHECK(strstr(error.message, "memory_bytes") != NULL);
    rt_store_free(store);
    rt_engine_release(engine);
}

TEST(huge_memories_are_refused)
{
    rt_engine *engine = fake_engine(true);
    rt_limits limits;
    rt_limits_init(&limits);
    limits.memory_bytes = UINT64_MAX;
    rt_store *store = fake_store(engine, &limits);
    rt_memory *none;
    whit_error error;
    wasm_limits huge = {.min = 1ull << 48, .is64 = true};
    CHECK(rt_memory_new(store, &huge, &none, &error) != WHIT_OK);
    huge.min = 1ull << 47;
    CHECK_INT(rt_memory_new(store, &huge, &none, &error), WHIT_OUT_OF_MEMORY);
    wasm_limits shared = {.min = 0,
                          .max = 1ull << 47,
                          .has_max = true,
                          .is64 = true,
                          .shared = true};
    CHECK_INT(rt_memory_new(store, &shared, &none, &error), WHIT_OUT_OF_MEMORY);
    CHECK(strstr(error.message, "shared") != NULL);
    CHECK_INT(store->memory_bytes, 0);
    rt_store_free(store);
    rt_engine_release(engine);
}

TEST(bulk_operations_check_their_ranges)
{
    rt_engine *engine = fake_engine(true);
    rt_store *store = fake_store(engine, NULL);
    rt_memory *memory = memory_of(store, (wasm_limits){.min = 1});
    CHECK_INT(rt_memory_fill(memory, 10, 0x1ff & 0xff, 20), RT_TRAP_NONE);
    CHECK_INT(memory->base[29] + memory->base[30], 255);
    CHECK_INT(rt_memory_fill(memory, PAGE, 1, 0), RT_TRAP_NONE);
    CHECK_INT(rt_memory_fill(memory, PAGE + 1, 1, 0), RT_TRAP_MEMORY_BOUNDS);
    CHECK_INT(rt_memory_fill(memory, 1, 1, UINT64_MAX), RT_TRAP_MEMORY_BOUNDS);
    CHECK_INT(memory->base[1], 0);
    CHECK_INT(rt_memory_copy(memory, memory, 5, 10, 20), RT_TRAP_NONE);
    CHECK_INT(memory->base[5], 255);
    CHECK_INT(rt_memory_copy(memory, memory, PAGE - 3, 0, 4),
              RT_TRAP_MEMORY_BOUNDS);
    rt_store_free(store);
    rt_engine_release(engine);
}

TEST(shared_memory_outlives_its_first_store)
{
    rt_engine *engine = fake_engine(true);
    rt_store *first = fake_store(engine, NULL);
    rt_store *second = fake_store(engine, NULL);
    rt_memory *memory = memory_of(
        first,
        (wasm_limits){.min = 1, .max = 2, .has_max = true, .shared = true});
    CHECK_INT(rt_store_share_memory(second, memory, NULL), WHIT_OK);
    CHECK_INT(rt_store_share_memory(second, memory, NULL), WHIT_OK);
    memory->base[0] = 9;
    rt_store_free(first);
    CHECK_INT(memory->base[0], 9);
    CHECK_INT(rt_memory_grow(second, memory, 1), 1);
    rt_store_free(second);
    rt_engine_release(engine);
}

TEST(tables_grow_fill_and_copy)
{
    rt_engine *engine = fake_engine(true);
    rt_limits limits;
    rt_limits_init(&limits);
    limits.table_elements = 100;
    rt_store *store = fake_store(engine, &limits);
    wasm_limits size = {.min = 2, .max = 50, .has_max = true};
    rt_table *table;
    CHECK_INT(rt_table_new(store, &size, WASM_ANYREF, rt_i31(5), &table, NULL),
              WHIT_OK);
    CHECK_INT(table->items[1], rt_i31(5));
    CHECK_INT(rt_table_grow(store, table, 49, 0), -1);
    CHECK_INT(rt_table_grow(store, table, UINT64_MAX, 0), -1);
    CHECK_INT(rt_table_grow(store, table, 8, rt_i31(6)), 2);
    CHECK_INT(table->items[9], rt_i31(6));
    CHECK_INT(rt_table_fill(table, 9, 0, 2), RT_TRAP_TABLE_BOUNDS);
    CHECK_INT(rt_table_fill(table, 8, 0, 2), RT_TRAP_NONE);
    CHECK_INT(rt_table_copy(table, table, 1, 0, 3), RT_TRAP_NONE);
    CHECK_INT(table->items[2], rt_i31(5));
    CHECK_INT(rt_table_copy(table, table, 0, 8, 3), RT_TRAP_TABLE_BOUNDS);
    rt_table *none;
    size = (wasm_limits){.min = 91};
    whit_error error;
    CHECK_INT(rt_table_new(store, &size, WASM_ANYREF, 0, &none, &error),
              WHIT_LIMIT);
    CHECK(strstr(error.message, "table_elements") != NULL);
    size.min = UINT64_MAX;
    CHECK_INT(rt_table_new(store, &size, WASM_ANYREF, 0, &none, &error),
              WHIT_LIMIT);
    rt_store_free(store);
    rt_engine_release(engine);
}

TEST_MAIN(RUN(guarded_memory_reserves_every_sum_of_two_32_bit_numbers)
              RUN(unguarded_memory_keeps_contents_when_it_moves)
                  RUN(maximum_and_limit_of_the_store_stop_growth)
                      RUN(huge_memories_are_refused)
                          RUN(bulk_operations_check_their_ranges)
                              RUN(shared_memory_outlives_its_first_store)
                                  RUN(tables_grow_fill_and_copy))
