/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Waiting on shared memories and waking. */
#include "fake.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

static rt_engine *engine;
static rt_store *store;
static rt_memory *memory;

static void set_up(bool shared)
{
    engine = fake_engine(true);
    store = fake_store(engine, NULL);
    wasm_limits limits = {
        .min = 1, .max = 1, .has_max = true, .shared = shared};
    CHECK_INT(rt_memory_new(store, &limits, &memory, NULL), WHIT_OK);
}

static void tear_down(void)
{
    rt_store_free(store);
    rt_engine_release(engine);
}

TEST(waiting_compares_first)
{
    set_up(true);
    uint32_t result = 9;
    CHECK_INT(rt_memory_wait32(&store->context, memory, 8, 1, -1, &result),
              RT_TRAP_NONE);
    CHECK_INT(result, 1);
    CHECK_INT(rt_memory_wait64(&store->context, memory, 8, 1, -1, &result),
              RT_TRAP_NONE);
    CHECK_INT(result, 1);
    CHECK_INT(rt_memory_wait64(&store->context, memory, 8, 0, 1000, &result),
              RT_TRAP_NONE);
    CHECK_INT(result, 2);
    CHECK_INT(rt_memory_wait32(&store->context, memory, 8, 0, 0, &result),
              RT_TRAP_NONE);
    CHECK_INT(result, 2);
    tear_down();
}

TEST(bad_addresses_trap)
{
    set_up(true);
    uint32_t result;
    rt_context *context = &store->context;
    CHECK_INT(rt_memory_wait32(context, memory, 65536, 0, 0, &result),
              RT_TRAP_MEMORY_BOUNDS);
    CHECK_INT(rt_memory_wait64(context, memory, UINT64_MAX, 0, 0, &result),
              RT_TRAP_MEMORY_BOUNDS);
    CHECK_INT(rt_memory_wait64(context, memory, 4, 0, 0, &result),
              RT_TRAP_UNALIGNED_ATOMIC);
    CHECK_INT(rt_memory_notify(memory, 2, 1, &result),
              RT_TRAP_UNALIGNED_ATOMIC);
    CHECK_INT(rt_memory_notify(memory, 65536, 1, &result),
              RT_TRAP_MEMORY_BOUNDS);
    CHECK_INT(rt_memory_notify(memory, 65532, 1, &result), RT_TRAP_NONE);
    CHECK_INT(result, 0);
    tear_down();
    set_up(false);
    CHECK_INT(rt_memory_wait32(&store->context, memory, 0, 0, 0, &result),
              RT_TRAP_SHARED_EXPECTED);
    CHECK_INT(rt_memory_notify(memory, 0, 1, &result), RT_TRAP_NONE);
    CHECK_INT(result, 0);
    tear_down();
}

static atomic_int woken, deadlines;

static void *wait_at(void *argument)
{
    uint64_t at = (uintptr_t)argument;
    uint32_t result = 9;
    rt_store *own = fake_store(engine, NULL);
    rt_store_set_deadline(own, 1);
    rt_trap_code code =
        rt_memory_wait32(&own->context, memory, at, 0, INT64_MAX, &result);
    if (code == RT_TRAP_NONE && result == 0)
        atomic_fetch_add(&woken, 1);
    if (code == RT_TRAP_DEADLINE)
        atomic_fetch_add(&deadlines, 1);
    rt_store_free(own);
    return NULL;
}

/* Wakes until `count` have been woken at `at`. */
static void notify_all(uint64_t at, uint32_t each, uint32_t count)
{
    while (count > 0) {
        uint32_t now;
        CHECK_INT(rt_memory_notify(memory, at, each, &now), RT_TRAP_NONE);
        CHECK(now <= each && now <= count);
        count -= now;
        if (now == 0)
            usleep(100);
    }
}

TEST(notify_wakes_so_many_at_its_address)
{
    enum { EACH = 5 };
    pthread_t threads[2 * EACH];
    set_up(true);
    atomic_store(&woken, 0);
    for (int i = 0; i < 2 * EACH; i++)
        CHECK_INT(pthread_create(&threads[i], NULL, wait_at,
                                 (void *)(uintptr_t)(i < EACH ? 16 : 20)),
                  0);
    notify_all(16, 2, EACH);
    for (int i = 0; i < EACH; i++)
        pthread_join(threads[i], NULL);
    CHECK_INT(atomic_load(&woken), EACH);
    notify_all(20, UINT32_MAX, EACH);
    for (int i = EACH; i < 2 * EACH; i++)
        pthread_join(threads[i], NULL);
    CHECK_INT(atomic_load(&woken), 2 * EACH);
    uint32_t none;
    CHECK_INT(rt_memory_notify(memory, 16, 1, &none), RT_TRAP_NONE);
    CHECK_INT(none, 0);
    tear_down();
}

TEST(deadline_ends_a_wait)
{
    pthread_t threads[3];
    set_up(true);
    atomic_store(&woken, 0);
    atomic_store(&deadlines, 0);
    for (int i = 0; i < 3; i++)
        CHECK_INT(pthread_create(&threads[i], NULL, wait_at, NULL), 0);
    while (atomic_load(&deadlines) < 3) {
        rt_engine_tick(engine);
        usleep(1000);
    }
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    CHECK_INT(atomic_load(&woken), 0);
    uint32_t none;
    CHECK_INT(rt_memory_notify(memory, 0, 9, &none), RT_TRAP_NONE);
    CHECK_INT(none, 0);
    tear_down();
}

static void *grow_one_by_one(void *argument)
{
    rt_store *own = fake_store(engine, NULL);
    rt_memory *shared = argument;
    intptr_t grown = 0;
    while (rt_memory_grow(own, shared, 1) >= 0)
        grown++;
    rt_store_free(own);
    return (void *)grown;
}

TEST(shared_memory_grows_from_many_threads)
{
    pthread_t threads[4];
    set_up(true);
    rt_memory *shared;
    wasm_limits limits = {
        .min = 1, .max = 401, .has_max = true, .shared = true};
    CHECK_INT(rt_memory_new(store, &limits, &shared, NULL), WHIT_OK);
    for (int i = 0; i < 4; i++)
        CHECK_INT(pthread_create(&threads[i], NULL, grow_one_by_one, shared),
                  0);
    intptr_t total = 0;
    for (int i = 0; i < 4; i++) {
        void *grown;
        pthread_join(threads[i], &grown);
        total += (intptr_t)grown;
    }
    CHECK_INT(total, 400);
    CHECK_INT(shared->base[401 * 65536 - 1], 0);
    tear_down();
}

TEST_MAIN(RUN(waiting_compares_first) RUN(bad_addresses_trap)
              RUN(notify_wakes_so_many_at_its_address) RUN(deadline_ends_a_wait)
                  RUN(shared_memory_grows_from_many_threads))
