/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Streams of resources. */
#define TOPIC contract_stream_resources
#include "../host.h"

static uint32_t alive_count;

typedef struct task {
    OURS(stream_own_thing_t) from;
    OURS(stream_own_thing_writer_t) to;
    copy copy;
    bool busy;
    OURS(thing_t) things[4];
    uint32_t next, count, sum;
} task;

static task *new_task(void)
{
    task *it = calloc(1, sizeof *it);
    if (!it)
        abort();
    return it;
}

/* A thing is its value. */
GIVE(constructor, OURS(thing_t), uint32_t value)
{
    *result = value;
    alive_count++;
    return WHIT_OK;
}

GIVE(value, uint32_t, OURS(thing_t) self)
{
    *result = self;
    return WHIT_OK;
}

static void drop_thing(void *env, OURS(thing_t) representation)
{
    alive_count--;
}

static void write_things(job *it)
{
    task *t = it->state;
    if (t->busy && t->copy.done) {
        t->busy = false;
        t->next += (uint32_t)t->copy.count;
        alive_count += (uint32_t)t->copy.count;
    }
    if (!t->busy &&
        (t->next == t->count || t->copy.result == WHIT_COPY_DROPPED)) {
        OK(OURS(stream_own_thing_drop_writable)(store, t->to, E));
        free(t);
        free(it);
        return;
    }
    if (!t->busy) {
        uint32_t size = 0;
        for (; size < 4 && t->next + size < t->count; size++)
            t->things[size] = t->next + size;
        t->busy = true;
        t->copy.done = false;
        OK(OURS(stream_own_thing_write)(store, t->to, t->things, size,
                                        copy_done, &t->copy, E));
    }
    add_job(it);
}

GIVE(make, OURS(stream_own_thing_t), uint32_t count)
{
    task *it = new_task();
    it->count = count;
    do_later(write_things, (job){.state = it});
    return OURS(stream_own_thing_new_for_call)(call, result, &it->to, error);
}

static void finish_take(job *it)
{
    task *t = it->state;
    if (t->busy && t->copy.done) {
        t->busy = false;
        alive_count -= (uint32_t)t->copy.count;
        for (size_t i = 0; i < t->copy.count; i++)
            t->sum += t->things[i];
    }
    if (!t->busy && t->copy.result == WHIT_COPY_DROPPED) {
        OK(OURS(stream_own_thing_drop_readable)(store, t->from, E));
        API(take_complete)(it->completion, t->sum);
        free(t);
        free(it);
        return;
    }
    if (!t->busy) {
        t->busy = true;
        t->copy.done = false;
        OK(OURS(stream_own_thing_read)(store, t->from, t->things, 4, copy_done,
                                       &t->copy, E));
    }
    add_job(it);
}

GIVE(take, uint32_t, OURS(stream_own_thing_t) x)
{
    task *it = new_task();
    it->from = x;
    return later(call, finish_take, (job){.state = it});
}

GIVE_(alive, uint32_t)
{
    *result = alive_count;
    return WHIT_OK;
}

static uint32_t count_alive(void)
{
    uint32_t count = UINT32_MAX;
    OK(API(alive)(W, &count, E));
    return count;
}

static void check_make(uint32_t count)
{
    API(stream_own_thing_t) from;
    API(thing_t) things[3];
    uint32_t next = 0, out, before = count_alive();
    copy it;
    OK(API(make)(W, count, &from, E));
    do {
        it = (copy){.done = false};
        OK(API(stream_own_thing_read)(store, from, things, 3, copy_done, &it,
                                      E));
        if (!CHECK(await_copy(&it)))
            return;
        for (size_t i = 0; i < it.count; i++) {
            OK(API(method_thing_value)(W, things[i], &out, E));
            CHECK(out == next++);
            OK(API(thing_drop_own)(W, things[i], E));
        }
    } while (it.result == WHIT_COPY_COMPLETED);
    CHECK(next == count);
    OK(API(stream_own_thing_drop_readable)(store, from, E));
    whit_store_poll(store);
    CHECK(count_alive() == before);
}

static void check_take(void)
{
    struct API(take_args) args;
    API(stream_own_thing_writer_t) to;
    API(thing_t) things[5];
    uint32_t out = 0, before = count_alive();
    size_t at = 0;
    whit_call *call;
    for (uint32_t i = 0; i < 5; i++)
        OK(API(constructor_thing)(W, i + 10, &things[i], E));
    CHECK(count_alive() == before + 5);
    OK(API(stream_own_thing_new)(W, &args.x, &to, E));
    OK(API(take_start)(W, &args, &out, &call, E));
    while (at < 5) {
        copy it = {.done = false};
        OK(API(stream_own_thing_write)(store, to, things + at, 5 - at,
                                       copy_done, &it, E));
        if (!CHECK(await_copy(&it) && it.count))
            return;
        at += it.count;
    }
    OK(API(stream_own_thing_drop_writable)(store, to, E));
    CHECK(await_return(call) && out == 60);
    CHECK(count_alive() == before);
}

static void test(void)
{
    check_make(0);
    check_make(1);
    check_make(10);
    check_take();
}

static const struct guest_imports given = {
    .GIVEN = {.drop_thing = drop_thing,
              .constructor_thing = constructor,
              .method_thing_value = value,
              .make = make,
              .take = take,
              .alive = alive}};

HOST_LATER(given, test)
