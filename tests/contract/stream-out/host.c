/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Streams that the callee writes. */
#define TOPIC contract_stream_out
#include "../host.h"

typedef struct task {
    guest_stream_u32_writer_t numbers;
    guest_stream_u8_writer_t bytes;
    copy copy;
    bool writes;
    uint32_t piece[5];
    uint32_t next, count;
} task;

static task *new_task(void)
{
    task *it = calloc(1, sizeof *it);
    if (!it)
        abort();
    return it;
}

static void write_numbers(job *it)
{
    task *t = it->state;
    if (t->writes && t->copy.done) {
        t->next += (uint32_t)t->copy.count;
        t->writes = false;
    }
    if (!t->writes &&
        (t->next == t->count || t->copy.result == WHIT_COPY_DROPPED)) {
        OK(guest_stream_u32_drop_writable(store, t->numbers, E));
        free(t);
        free(it);
        return;
    }
    if (!t->writes) {
        uint32_t size = 0;
        for (; size < COUNT(t->piece) && t->next + size < t->count; size++)
            t->piece[size] = t->next + size;
        t->copy.done = false;
        t->writes = true;
        OK(guest_stream_u32_write(store, t->numbers, t->piece, size, copy_done,
                                  &t->copy, E));
    }
    add_job(it);
}

GIVE(count, guest_stream_u32_t, uint32_t count)
{
    task *it = new_task();
    it->count = count;
    do_later(write_numbers, (job){.state = it});
    return guest_stream_u32_new_for_call(call, result, &it->numbers, error);
}

static void write_zeroes(job *it)
{
    static const uint8_t zeroes_[16];
    task *t = it->state;
    if (t->copy.done && t->copy.result == WHIT_COPY_DROPPED) {
        OK(guest_stream_u8_drop_writable(store, t->bytes, E));
        free(t);
        free(it);
        return;
    }
    if (!t->writes || t->copy.done) {
        t->copy.done = false;
        t->writes = true;
        OK(guest_stream_u8_write(store, t->bytes, zeroes_, sizeof zeroes_,
                                 copy_done, &t->copy, E));
    }
    add_job(it);
}

GIVE_(zeroes, guest_stream_u8_t)
{
    task *it = new_task();
    do_later(write_zeroes, (job){.state = it});
    return guest_stream_u8_new_for_call(call, result, &it->bytes, error);
}

static void check_count(uint32_t count, uint32_t piece)
{
    guest_stream_u32_t from;
    uint32_t items[64], next = 0;
    copy it = {.done = false};
    bool right = true;
    OK(API(count)(W, count, &from, E));
    do {
        it.done = false;
        if (!OK(guest_stream_u32_read(store, from, items, piece, copy_done, &it,
                                      E)) ||
            !CHECK(await_copy(&it)))
            return;
        for (size_t i = 0; i < it.count; i++)
            right &= items[i] == next++;
    } while (it.result == WHIT_COPY_COMPLETED);
    CHECK(right && next == count && it.result == WHIT_COPY_DROPPED);
    OK(guest_stream_u32_drop_readable(store, from, E));
}

static void test(void)
{
    guest_stream_u8_t from;
    uint8_t bytes[40];
    check_count(0, 1);
    check_count(1, 1);
    check_count(20, 3);
    check_count(100, 64);
    OK(API(zeroes)(W, &from, E));
    for (int i = 0; i < 3; i++) {
        copy it = {.done = false};
        memset(bytes, 1, sizeof bytes);
        OK(guest_stream_u8_read(store, from, bytes, sizeof bytes, copy_done,
                                &it, E));
        CHECK(await_copy(&it) && it.result == WHIT_COPY_COMPLETED && it.count);
        CHECK(bytes[0] == 0 && bytes[it.count - 1] == 0);
    }
    OK(guest_stream_u8_drop_readable(store, from, E));
    CHECK(!whit_store_poll(store));
}

static const struct guest_imports given = {.GIVEN = {count, zeroes}};

HOST_LATER(given, test)
