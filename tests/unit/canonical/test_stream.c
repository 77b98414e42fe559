/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Streams and futures between a guest and the host, both ways. */
#include "harness.h"

/* Exports:
 *   sum: async func(in: stream<u32>) -> u32        reads to the end
 *   count: async func(n: u32) -> stream<u32>       writes 0 .. n-1
 *   twice: async func(in: future<u32>) -> u32      reads one
 *   words: async func(in: stream<string>) -> u32   bytes of all
 *   keep: async func(in: stream<u32>) -> stream<u32>   gives it back */
static const char guest[] =
    "(component"
    " (type $s (stream u32)) (type $f (future u32)) (type $w (stream string))"
    " (core module $memory (memory (export \"m\") 1)"
    "  (global $at (mut i32) (i32.const 4096))"
    "  (func (export \"r\") (param i32 i32 i32 i32) (result i32)"
    "   (local $p i32) (local.set $p (global.get $at))"
    "   (global.set $at (i32.add (global.get $at) (local.get 3)))"
    "   (local.get $p)))"
    " (core instance $mi (instantiate $memory))"
    " (alias core export $mi \"m\" (core memory $m))"
    " (alias core export $mi \"r\" (core func $r))"
    " (core func $new (canon stream.new $s))"
    " (core func $read (canon stream.read $s (memory $m)))"
    " (core func $write (canon stream.write $s (memory $m)))"
    " (core func $close (canon stream.drop-readable $s))"
    " (core func $end (canon stream.drop-writable $s))"
    " (core func $fread (canon future.read $f (memory $m)))"
    " (core func $fclose (canon future.drop-readable $f))"
    " (core func $wread (canon stream.read $w (memory $m) (realloc $r)))"
    " (core func $wclose (canon stream.drop-readable $w))"
    " (core func $return (canon task.return (result $s)))"
    " (core module $code"
    "  (import \"\" \"m\" (memory 1))"
    "  (import \"\" \"new\" (func $new (result i64)))"
    "  (import \"\" \"read\" (func $read (param i32 i32 i32) (result i32)))"
    "  (import \"\" \"write\" (func $write (param i32 i32 i32) (result i32)))"
    "  (import \"\" \"close\" (func $close (param i32)))"
    "  (import \"\" \"end\" (func $end (param i32)))"
    "  (import \"\" \"fread\" (func $fread (param i32 i32) (result i32)))"
    "  (import \"\" \"fclose\" (func $fclose (param i32)))"
    "  (import \"\" \"wread\" (func $wread (param i32 i32 i32) (result i32)))"
    "  (import \"\" \"wclose\" (func $wclose (param i32)))"
    "  (import \"\" \"return\" (func $return (param i32)))"
    "  (func (export \"sum\") (param $in i32) (result i32)"
    "   (local $r i32) (local $i i32) (local $sum i32)"
    "   (loop $more"
    "    (local.set $r (call $read (local.get $in) (i32.const 0)"
    "      (i32.const 3)))"
    "    (local.set $i (i32.shr_u (local.get $r) (i32.const 4)))"
    "    (loop $add (if (local.get $i) (then"
    "     (local.set $i (i32.sub (local.get $i) (i32.const 1)))"
    "     (local.set $sum (i32.add (local.get $sum)"
    "       (i32.load (i32.shl (local.get $i) (i32.const 2)))))"
    "     (br $add))))"
    "    (br_if $more (i32.eqz (i32.and (local.get $r) (i32.const 15)))))"
    "   (call $close (local.get $in)) (local.get $sum))"
    "  (func (export \"count\") (param $n i32)"
    "   (local $ends i64) (local $out i32) (local $i i32)"
    "   (local.set $ends (call $new))"
    "   (call $return (i32.wrap_i64 (local.get $ends)))"
    "   (local.set $out (i32.wrap_i64"
    "     (i64.shr_u (local.get $ends) (i64.const 32))))"
    "   (block $gone (loop $next"
    "    (br_if $gone (i32.ge_u (local.get $i) (local.get $n)))"
    "    (i32.store (i32.const 64) (local.get $i))"
    "    (br_if $gone (i32.and (i32.const 15) (call $write"
    "      (local.get $out) (i32.const 64) (i32.const 1))))"
    "    (local.set $i (i32.add (local.get $i) (i32.const 1)))"
    "    (br $next)))"
    "   (call $end (local.get $out)))"
    "  (func (export \"twice\") (param $in i32) (result i32)"
    "   (drop (call $fread (local.get $in) (i32.const 0)))"
    "   (call $fclose (local.get $in))"
    "   (i32.mul (i32.const 2) (i32.load (i32.const 0))))"
    "  (func (export \"words\") (param $in i32) (result i32)"
    "   (local $r i32) (local $sum i32)"
    "   (loop $more"
    "    (local.set $r (call $wread (local.get $in) (i32.const 0)"
    "      (i32.const 1)))"
    "    (if (i32.ge_u (local.get $r) (i32.const 16)) (then"
    "     (local.set $sum (i32.add (local.get $sum)"
    "       (i32.load (i32.const 4))))))"
    "    (br_if $more (i32.eqz (i32.and (local.get $r) (i32.const 15)))))"
    "   (call $wclose (local.get $in)) (local.get $sum))"
    "  (func (export \"keep\") (param i32) (result i32) (local.get 0)))"
    " (core instance $i (instantiate $code (with \"\" (instance"
    "  (export \"m\" (memory $m)) (export \"new\" (func $new))"
    "  (export \"read\" (func $read)) (export \"write\" (func $write))"
    "  (export \"close\" (func $close)) (export \"end\" (func $end))"
    "  (export \"fread\" (func $fread)) (export \"fclose\" (func $fclose))"
    "  (export \"wread\" (func $wread)) (export \"wclose\" (func $wclose))"
    "  (export \"return\" (func $return))))))"
    " (func (export \"sum\") async (param \"in\" (stream u32)) (result u32)"
    "  (canon lift (core func $i \"sum\")))"
    " (func (export \"count\") async (param \"n\" u32) (result (stream u32))"
    "  (canon lift (core func $i \"count\") async))"
    " (func (export \"twice\") async (param \"in\" (future u32)) (result u32)"
    "  (canon lift (core func $i \"twice\")))"
    " (func (export \"words\") async (param \"in\" (stream string))"
    "  (result u32) (canon lift (core func $i \"words\")))"
    " (func (export \"keep\") async (param \"in\" (stream u32))"
    "  (result (stream u32)) (canon lift (core func $i \"keep\"))))";

static void check(whit_status status)
{
    CHECK_INT(status, WHIT_OK);
    if (status != WHIT_OK)
        printf("%s\n", failure.message);
}

/* What became of the last operation. */
typedef struct outcome {
    unsigned calls;
    canon_copy_result result;
    uint32_t count;
} outcome;

static void note(void *env, canon_copy_result result, uint32_t count)
{
    outcome *self = env;
    self->calls++;
    self->result = result;
    self->count = count;
}

static void make_ends(const char *name, uint32_t *readable, uint32_t *writable)
{
    canon_function *f = function(name);
    const component_node *type = canon_function_type(f)->members[0].type;
    check(canon_stream_new(store, type, canon_function_resolver(f), readable,
                           writable, &failure));
}

TEST(host_writes)
{
    check(load(guest, NULL));
    uint32_t in, out, sum = 0;
    const uint32_t numbers[] = {1, 2, 3, 4, 5, 6, 7};
    outcome o = {0};
    make_ends("sum", &in, &out);
    canon_call *call;
    check(canon_call_start(function("sum"), &in, &sum, &call, &failure));
    CHECK_INT(canon_call_poll(call), CANON_CALL_RUNNING);
    check(canon_stream_write(store, out, numbers, 7, note, &o, &failure));
    /* The guest has room for three at a time. */
    CHECK_INT(o.calls, 1);
    CHECK_INT(o.count, 3);
    canon_store_poll(store);
    check(canon_stream_write(store, out, numbers + 3, 4, note, &o, &failure));
    canon_store_poll(store);
    CHECK_INT(o.calls, 2);
    CHECK_INT(o.count, 3);
    check(canon_stream_write(store, out, numbers + 6, 1, note, &o, &failure));
    CHECK_INT(o.count, 1);
    check(canon_stream_drop(store, out, &failure));
    CHECK_INT(canon_call_poll(call), CANON_CALL_RETURNED);
    CHECK_INT(sum, 28);
    canon_call_free(call);
    unload();
}

TEST(host_writes_before_the_guest_reads)
{
    check(load(guest, NULL));
    uint32_t in, out, sum = 0;
    const uint32_t numbers[] = {10, 20};
    outcome o = {0};
    make_ends("sum", &in, &out);
    check(canon_stream_write(store, out, numbers, 2, note, &o, &failure));
    CHECK_INT(o.calls, 0);
    CHECK_INT(canon_stream_write(store, out, numbers, 1, note, &o, &failure),
              WHIT_ARGUMENT);
    canon_call *call;
    check(canon_call_start(function("sum"), &in, &sum, &call, &failure));
    CHECK_INT(o.calls, 1);
    CHECK_INT(o.result, CANON_COPY_COMPLETED);
    CHECK_INT(o.count, 2);
    check(canon_stream_drop(store, out, &failure));
    CHECK_INT(canon_call_poll(call), CANON_CALL_RETURNED);
    CHECK_INT(sum, 30);
    canon_call_free(call);
    unload();
}

/* A reader that starts again from within its callback. */
typedef struct reader {
    uint32_t end;
    uint32_t item;
    uint32_t sum, count;
    bool dropped;
} reader;

static void read_on(void *env, canon_copy_result result, uint32_t count)
{
    reader *self = env;
    if (count) {
        self->sum += self->item;
        self->count++;
    }
    if (result == CANON_COPY_COMPLETED)
        check(canon_stream_read(store, self->end, &self->item, 1, NULL, read_on,
                                self, &failure));
    else
        self->dropped = true;
}

TEST(host_reads)
{
    check(load(guest, NULL));
    uint32_t n = 100;
    reader r = {0};
    check(invoke("count", &n, &r.end));
    CHECK(canon_stream_type(store, r.end) != NULL);
    read_on(&r, CANON_COPY_COMPLETED, 0);
    canon_store_poll(store);
    CHECK(r.dropped);
    CHECK_INT(r.count, 100);
    CHECK_INT(r.sum, 4950);
    check(canon_stream_drop(store, r.end, &failure));
    CHECK(!canon_store_poll(store));
    unload();
}

TEST(host_stops_reading)
{
    check(load(guest, NULL));
    uint32_t n = 1000, end, items[4];
    outcome o = {0};
    check(invoke("count", &n, &end));
    check(canon_stream_read(store, end, items, 4, NULL, note, &o, &failure));
    CHECK_INT(o.calls, 1);
    CHECK_INT(o.count, 1);
    check(canon_stream_drop(store, end, &failure));
    CHECK(!canon_store_poll(store));
    CHECK(canon_stream_type(store, end) == NULL);
    unload();
}

TEST(future_from_the_host)
{
    check(load(guest, NULL));
    uint32_t in, out, value = 21, result = 0;
    outcome o = {0};
    make_ends("twice", &in, &out);
    CHECK_INT(canon_stream_drop(store, out, &failure), WHIT_ARGUMENT);
    canon_call *call;
    check(canon_call_start(function("twice"), &in, &result, &call, &failure));
    check(canon_stream_write(store, out, &value, 1, note, &o, &failure));
    CHECK_INT(o.result, CANON_COPY_COMPLETED);
    check(canon_stream_drop(store, out, &failure));
    CHECK_INT(canon_call_poll(call), CANON_CALL_RETURNED);
    CHECK_INT(result, 42);
    canon_call_free(call);
    unload();
}

TEST(strings_are_moved)
{
    check(load(guest, NULL));
    typedef struct text {
        const char *data;
        size_t size;
    } text;
    const text words[] = {{"one", 3}, {"three", 5}, {"", 0}};
    uint32_t in, out, result = 0;
    outcome o = {0};
    make_ends("words", &in, &out);
    canon_call *call;
    check(canon_call_start(function("words"), &in, &result, &call, &failure));
    for (int i = 0; i < 3; i++) {
        check(canon_stream_write(store, out, &words[i], 1, note, &o, &failure));
        CHECK_INT(o.count, 1);
        canon_store_poll(store);
    }
    check(canon_stream_drop(store, out, &failure));
    CHECK_INT(canon_call_poll(call), CANON_CALL_RETURNED);
    CHECK_INT(result, 8);
    canon_call_free(call);
    unload();
}

TEST(host_to_host_through_a_guest)
{
    check(load(guest, NULL));
    uint32_t in, out, back;
    outcome w = {0}, r = {0};
    make_ends("keep", &in, &out);
    check(invoke("keep", &in, &back));
    const uint32_t sent[] = {1, 2, 3};
    uint32_t got[5] = {0};
    check(canon_stream_write(store, out, sent, 3, note, &w, &failure));
    CHECK_INT(w.calls, 0);
    check(canon_stream_read(store, back, got, 5, NULL, note, &r, &failure));
    CHECK_INT(w.count, 3);
    CHECK_INT(r.count, 3);
    CHECK_INT(got[2], 3);
    /* Cancelled, then dropped with an operation under way. */
    check(canon_stream_read(store, back, got, 5, NULL, note, &r, &failure));
    canon_stream_cancel(store, back);
    CHECK_INT(r.result, CANON_COPY_CANCELLED);
    check(canon_stream_read(store, back, got, 5, NULL, note, &r, &failure));
    check(canon_stream_drop(store, out, &failure));
    CHECK_INT(r.result, CANON_COPY_DROPPED);
    CHECK_INT(canon_stream_read(store, back, got, 1, NULL, note, &r, &failure),
              WHIT_ARGUMENT);
    check(canon_stream_drop(store, back, &failure));
    CHECK_INT(canon_stream_drop(store, back, &failure), WHIT_ARGUMENT);
    unload();
}

TEST(left_with_ends_everywhere)
{
    check(load(guest, NULL));
    uint32_t in, out, sum, n = 5, end;
    outcome o = {0};
    static const uint32_t numbers[9];
    make_ends("sum", &in, &out);
    check(canon_stream_write(store, out, numbers, 9, note, &o, &failure));
    canon_call *call;
    check(canon_call_start(function("sum"), &in, &sum, &call, &failure));
    check(invoke("count", &n, &end));
    make_ends("twice", &in, &out);
    unload();
    canon_call_free(call);
}

TEST(no_memory)
{
    uint64_t n = 1;
    for (; n < 20000; n++) {
        uint32_t items = 3;
        reader r = {0};
        mem_fail_after(n);
        whit_status status = load(guest, NULL);
        if (status == WHIT_OK)
            status = invoke("count", &items, &r.end);
        mem_fail_after(0);
        unload();
        if (status == WHIT_OK)
            break;
    }
    CHECK(n > 100 && n < 20000);
}

TEST_MAIN(RUN(host_writes) RUN(host_writes_before_the_guest_reads)
              RUN(host_reads) RUN(host_stops_reading) RUN(future_from_the_host)
                  RUN(strings_are_moved) RUN(host_to_host_through_a_guest)
                      RUN(left_with_ends_everywhere) RUN(no_memory))
