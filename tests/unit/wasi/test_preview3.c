/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Streams, futures and waits of WASI 0.3 when memory runs out, and when a
 * store ends in the middle of them. */
#include <unistd.h>

#include "canonical/harness.h"
#include "wasi/preview3/preview3.h"

#define CODE "(enum \"io\" \"illegal-byte-sequence\" \"pipe\")"
#define FUTURE_TYPES                                        \
    "  (type $c " CODE ")"                                  \
    "  (export \"error-code\" (type $e (eq $c)))"           \
    "  (type $r (result (error $e))) (type $f (future $r))" \
    "  (type $s (stream u8))"

/* copy: async func() -> u32: what one read of standard input gives goes to
 * standard output; then a wait. The result is how much it was. */
static const char guest[] =
    "(component"
    " (import \"wasi:cli/stdin@0.3.0\" (instance $in" FUTURE_TYPES
    "  (type $t (tuple $s $f))"
    "  (export \"read-via-stream\" (func (result $t)))))"
    " (import \"wasi:cli/stdout@0.3.0\" (instance $out" FUTURE_TYPES
    "  (export \"write-via-stream\""
    "   (func (param \"data\" $s) (result $f)))))"
    " (import \"wasi:clocks/monotonic-clock@0.3.0\" (instance $clock"
    "  (export \"wait-for\" (func async (param \"how-long\" u64)))))"
    " (alias export $in \"error-code\" (type $code))"
    " (type $result (result (error $code))) (type $future (future $result))"
    " (type $stream (stream u8))"
    " (core module $memory (memory (export \"m\") 1))"
    " (core instance $mi (instantiate $memory))"
    " (alias core export $mi \"m\" (core memory $m))"
    " (alias export $in \"read-via-stream\" (func $read))"
    " (alias export $out \"write-via-stream\" (func $write))"
    " (alias export $clock \"wait-for\" (func $wait))"
    " (core func $read' (canon lower (func $read) (memory $m)))"
    " (core func $write' (canon lower (func $write)))"
    " (core func $wait' (canon lower (func $wait)))"
    " (core func $new (canon stream.new $stream))"
    " (core func $take (canon stream.read $stream (memory $m)))"
    " (core func $put (canon stream.write $stream (memory $m)))"
    " (core func $unread (canon stream.drop-readable $stream))"
    " (core func $unwrite (canon stream.drop-writable $stream))"
    " (core func $ask (canon future.read $future (memory $m)))"
    " (core func $unask (canon future.drop-readable $future))"
    " (core module $code"
    "  (import \"\" \"m\" (memory 1))"
    "  (import \"\" \"read\" (func $read (param i32)))"
    "  (import \"\" \"write\" (func $write (param i32) (result i32)))"
    "  (import \"\" \"wait\" (func $wait (param i64)))"
    "  (import \"\" \"new\" (func $new (result i64)))"
    "  (import \"\" \"take\" (func $take (param i32 i32 i32) (result i32)))"
    "  (import \"\" \"put\" (func $put (param i32 i32 i32) (result i32)))"
    "  (import \"\" \"unread\" (func $unread (param i32)))"
    "  (import \"\" \"unwrite\" (func $unwrite (param i32)))"
    "  (import \"\" \"ask\" (func $ask (param i32 i32) (result i32)))"
    "  (import \"\" \"unask\" (func $unask (param i32)))"
    "  (func $answer (param i32)"
    "   (drop (call $ask (local.get 0) (i32.const 128)))"
    "   (call $unask (local.get 0))"
    "   (if (i32.load8_u (i32.const 128)) (then unreachable)))"
    "  (func (export \"copy\") (result i32)"
    "   (local $n i32) (local $pair i64) (local $future i32)"
    "   (call $read (i32.const 0))"
    "   (local.set $n (i32.shr_u (call $take (i32.load (i32.const 0))"
    "     (i32.const 64) (i32.const 16)) (i32.const 4)))"
    "   (local.set $pair (call $new))"
    "   (local.set $future (call $write (i32.wrap_i64 (local.get $pair))))"
    "   (local.set $pair (i64.shr_u (local.get $pair) (i64.const 32)))"
    "   (drop (call $put (i32.wrap_i64 (local.get $pair))"
    "     (i32.const 64) (local.get $n)))"
    "   (call $unwrite (i32.wrap_i64 (local.get $pair)))"
    "   (call $answer (local.get $future))"
    "   (call $unread (i32.load (i32.const 0)))"
    "   (call $answer (i32.load (i32.const 4)))"
    "   (call $wait (i64.const 1))"
    "   (local.get $n)))"
    " (core instance $i (instantiate $code (with \"\" (instance"
    "  (export \"m\" (memory $m)) (export \"read\" (func $read'))"
    "  (export \"write\" (func $write')) (export \"wait\" (func $wait'))"
    "  (export \"new\" (func $new)) (export \"take\" (func $take))"
    "  (export \"put\" (func $put)) (export \"unread\" (func $unread))"
    "  (export \"unwrite\" (func $unwrite)) (export \"ask\" (func $ask))"
    "  (export \"unask\" (func $unask))))))"
    " (func (export \"copy\") async (result u32)"
    "  (canon lift (core func $i \"copy\"))))";

static wasi_system *wasi;
static canon_linker *linker;

static whit_status set_up(const char *input)
{
    memset(&failure, 0, sizeof failure);
    wasi = NULL;
    linker = canon_linker_new();
    TRY_ALLOC(linker, &failure);
    TRY(wasi_system_new(&wasi, &failure));
    TRY(wasi_system_stream_capture(wasi, 1, &failure));
    if (input)
        TRY(wasi_system_stream_input(wasi, slice_text(input), &failure));
    TRY(wasi_preview3_define(linker, wasi, &failure));
    return load(guest, linker);
}

static void tear_down(void)
{
    unload();
    canon_linker_free(linker);
    wasi_system_release(wasi);
}

/* To its end, or until nothing happens any more. */
static whit_status copy_once(uint32_t *count)
{
    canon_call *call;
    *count = 0;
    TRY(canon_call_start(function("copy"), NULL, count, &call, &failure));
    canon_call_state state;
    while ((state = canon_call_poll(call)) == CANON_CALL_RUNNING &&
           wasi_reactor_count(wasi->reactor))
        if (wasi_reactor_wait(wasi->reactor, WASI_NEVER, NULL) != WASI_OK)
            break;
    whit_status status = state == CANON_CALL_RETURNED ? WHIT_OK : WHIT_TRAP;
    if (state == CANON_CALL_FAILED)
        status = canon_call_error(call)->code;
    canon_call_free(call);
    return status;
}

TEST(input_to_output)
{
    uint32_t count;
    CHECK_INT(set_up("hello"), WHIT_OK);
    CHECK_TEXT(failure.message, "");
    CHECK_INT(copy_once(&count), WHIT_OK);
    CHECK_INT(count, 5);
    CHECK(slice_is(wasi_system_output(wasi, 1), "hello"));
    /* The input has ended. */
    CHECK_INT(copy_once(&count), WHIT_OK);
    CHECK_INT(count, 0);
    tear_down();
}

/* Only what happens in the call: the rest is tested elsewhere. */
TEST(memory_runs_out)
{
    uint64_t allocations = 1;
    for (uint64_t n = 0; n <= allocations; n++) {
        uint32_t count;
        CHECK_INT(set_up("hello"), WHIT_OK);
        mem_fail_after(n);
        whit_status status = copy_once(&count);
        if (!n)
            allocations = mem_count();
        mem_fail_after(0);
        if (status == WHIT_OK)
            CHECK_INT(count, 5);
        CHECK(n || status == WHIT_OK);
        tear_down();
    }
    CHECK(allocations > 8);
}

TEST(definitions_without_memory)
{
    uint64_t allocations = 1;
    for (uint64_t n = 0; n <= allocations; n++) {
        whit_error error;
        canon_linker *made = canon_linker_new();
        wasi_system *system;
        CHECK_INT(wasi_system_new(&system, &error), WHIT_OK);
        mem_fail_after(n);
        whit_status status = wasi_preview3_define(made, system, &error);
        if (!n)
            allocations = mem_count();
        mem_fail_after(0);
        CHECK_INT(status, n ? WHIT_OUT_OF_MEMORY : WHIT_OK);
        canon_linker_free(made);
        wasi_system_release(system);
    }
}

/* A store that goes while its guest reads what never comes; the next one
 * reads what comes then. */
TEST(stores_end)
{
    int ends[2];
    uint32_t count;
    CHECK_INT(pipe(ends), 0);
    CHECK_INT(set_up(NULL), WHIT_OK);
    CHECK_INT(wasi_system_stream_host(wasi, 0, ends[0], true, &failure),
              WHIT_OK);
    canon_call *call;
    CHECK_INT(canon_call_start(function("copy"), NULL, &count, &call, &failure),
              WHIT_OK);
    CHECK_INT(canon_call_poll(call), CANON_CALL_RUNNING);
    CHECK_INT(wasi_reactor_count(wasi->reactor), 1);
    canon_call_free(call);
    unload();
    CHECK_INT(wasi_reactor_count(wasi->reactor), 0);
    CHECK_INT(write(ends[1], "late", 4), 4);
    CHECK_INT(load(guest, linker), WHIT_OK);
    CHECK_INT(copy_once(&count), WHIT_OK);
    CHECK_INT(count, 4);
    CHECK(slice_is(wasi_system_output(wasi, 1), "late"));
    tear_down();
    close(ends[1]);
}

TEST_MAIN(RUN(input_to_output) RUN(memory_runs_out)
              RUN(definitions_without_memory) RUN(stores_end))
