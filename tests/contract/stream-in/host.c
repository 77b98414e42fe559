/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Streams that the callee reads. */
#define TOPIC contract_stream_in
#include "../host.h"

/* One read after the other. */
typedef struct task {
    guest_stream_u8_t data;
    copy copy;
    bool reads;
    uint8_t piece[7];
    uint64_t sum;
    uint8_t *list;
    uint32_t have, wanted;
} task;

/* False: not yet. */
static bool read_piece(task *it, size_t size)
{
    if (!it->reads) {
        it->copy.done = false;
        it->reads = true;
        CHECK(guest_stream_u8_read(store, it->data, it->piece, size, copy_done,
                                   &it->copy, E) == WHIT_OK);
    }
    it->reads = !it->copy.done;
    return it->copy.done;
}

static void finish_sum(job *it)
{
    task *t = it->state;
    if (!read_piece(t, sizeof t->piece)) {
        add_job(it);
        return;
    }
    for (size_t i = 0; i < t->copy.count; i++)
        t->sum += t->piece[i];
    if (t->copy.result != WHIT_COPY_DROPPED) {
        add_job(it);
        return;
    }
    OK(guest_stream_u8_drop_readable(store, t->data, E));
    API(sum_complete)(it->completion, t->sum);
    free(t);
    free(it);
}

static task *new_task(guest_stream_u8_t data)
{
    task *it = calloc(1, sizeof *it);
    if (!it)
        abort();
    it->data = data;
    return it;
}

GIVE(sum, uint64_t, guest_stream_u8_t data)
{
    return later(call, finish_sum, (job){.state = new_task(data)});
}

static void finish_first(job *it)
{
    task *t = it->state;
    uint32_t missing = t->wanted - t->have;
    if (missing && t->copy.result != WHIT_COPY_DROPPED) {
        if (read_piece(t,
                       missing < sizeof t->piece ? missing : sizeof t->piece)) {
            memcpy(t->list + t->have, t->piece, t->copy.count);
            t->have += (uint32_t)t->copy.count;
        }
        add_job(it);
        return;
    }
    OK(guest_stream_u8_drop_readable(store, t->data, E));
    API(first_complete)(it->completion, (guest_list_u8_t){t->list, t->have});
    free(t->list);
    free(t);
    free(it);
}

GIVE(first, guest_list_u8_t, guest_stream_u8_t data, uint32_t count)
{
    task *it = new_task(data);
    it->wanted = count;
    it->list = malloc(count + 1);
    return later(call, finish_first, (job){.state = it});
}

/* Writes all that is taken; false when the reader is gone. */
static bool write_all(guest_stream_u8_writer_t to, const uint8_t *data,
                      size_t size)
{
    while (size) {
        copy it = {.done = false};
        if (!OK(guest_stream_u8_write(store, to, data, size, copy_done, &it,
                                      E)) ||
            !CHECK(await_copy(&it)))
            return false;
        data += it.count;
        size -= it.count;
        if (it.result == WHIT_COPY_DROPPED)
            return false;
    }
    return true;
}

static void check_sum(size_t size, size_t piece)
{
    static uint8_t data[5000];
    struct API(sum_args) args;
    guest_stream_u8_writer_t to;
    uint64_t out = 0, expected = 0;
    whit_call *call;
    for (size_t i = 0; i < size; i++) {
        data[i] = (uint8_t)(i * 7);
        expected += data[i];
    }
    OK(guest_stream_u8_new(W, &args.data, &to, E));
    OK(API(sum_start)(W, &args, &out, &call, E));
    CHECK(whit_call_poll(call) == WHIT_CALL_RUNNING);
    for (size_t at = 0; at < size; at += piece)
        CHECK(write_all(to, data + at, size - at < piece ? size - at : piece));
    CHECK(whit_call_poll(call) == WHIT_CALL_RUNNING);
    OK(guest_stream_u8_drop_writable(store, to, E));
    CHECK(await_return(call) && out == expected);
}

static void check_first(void)
{
    static const uint8_t data[] = {9, 8, 7, 6, 5, 4};
    struct API(first_args) args = {.count = 4};
    guest_stream_u8_writer_t to;
    guest_list_u8_t out;
    whit_call *call;
    OK(guest_stream_u8_new(W, &args.data, &to, E));
    OK(API(first_start)(W, &args, &out, &call, E));
    CHECK(write_all(to, data, 3));
    CHECK(!write_all(to, data + 3, 3) || !write_all(to, data, 1));
    CHECK(await_call(call) == WHIT_CALL_RETURNED);
    CHECK(out.len == 4 && !memcmp(out.ptr, data, 4));
    whit_call_free(call);
    OK(guest_stream_u8_drop_writable(store, to, E));
    /* The stream ends before. */
    OK(guest_stream_u8_new(W, &args.data, &to, E));
    OK(API(first_start)(W, &args, &out, &call, E));
    CHECK(write_all(to, data, 2));
    OK(guest_stream_u8_drop_writable(store, to, E));
    CHECK(await_call(call) == WHIT_CALL_RETURNED);
    CHECK(out.len == 2 && out.ptr[1] == 8);
    whit_call_free(call);
}

static void test(void)
{
    check_sum(0, 1);
    check_sum(1, 1);
    check_sum(100, 3);
    check_sum(5000, 5000);
    check_first();
}

static const struct guest_imports given = {.GIVEN = {sum, first}};

HOST_LATER(given, test)
