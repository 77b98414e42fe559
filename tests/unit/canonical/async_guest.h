/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * A guest that waits for the host in every way there is, and a host that
 * answers later. */
#ifndef TESTS_CANONICAL_ASYNC_GUEST_H
#define TESTS_CANONICAL_ASYNC_GUEST_H

#include "harness.h"

/* now: sync import; later: async import. Exports, all u32 -> u32:
 *   add        adds 1
 *   now        calls `now` and adds 1
 *   stack-now  the same with async type
 *   stack      async type, lifted without async: `later` on its stack
 *   callback   async: `later`, waiting in the event loop; can be cancelled
 *   stackful   async without callback, otherwise like `callback`
 *   trap       calls `later` on its stack, then traps */
static const char async_guest[] =
    "(component"
    " (import \"now\" (func $now (param \"a\" u32) (result u32)))"
    " (import \"later\" (func $later async (param \"a\" u32) (result u32)))"
    " (core module $memory (memory (export \"m\") 16))"
    " (core instance $mi (instantiate $memory))"
    " (alias core export $mi \"m\" (core memory $m))"
    " (core func $now' (canon lower (func $now)))"
    " (core func $later' (canon lower (func $later)))"
    " (core func $start"
    "  (canon lower (func $later) async (memory $m)))"
    " (core func $return (canon task.return (result u32)))"
    " (core func $cancel (canon task.cancel))"
    " (core func $set (canon waitable-set.new))"
    " (core func $unset (canon waitable-set.drop))"
    " (core func $wait (canon waitable-set.wait cancellable (memory $m)))"
    " (core func $join (canon waitable.join))"
    " (core func $drop (canon subtask.drop))"
    " (core func $stop (canon subtask.cancel))"
    " (core func $get (canon context.get i32 0))"
    " (core func $put (canon context.set i32 0))"
    " (core module $code"
    "  (import \"\" \"m\" (memory 16))"
    "  (import \"\" \"now\" (func $now (param i32) (result i32)))"
    "  (import \"\" \"later\" (func $later (param i32) (result i32)))"
    "  (import \"\" \"start\" (func $start (param i32 i32) (result i32)))"
    "  (import \"\" \"return\" (func $return (param i32)))"
    "  (import \"\" \"cancel\" (func $cancel))"
    "  (import \"\" \"set\" (func $set (result i32)))"
    "  (import \"\" \"unset\" (func $unset (param i32)))"
    "  (import \"\" \"wait\" (func $wait (param i32 i32) (result i32)))"
    "  (import \"\" \"join\" (func $join (param i32 i32)))"
    "  (import \"\" \"drop\" (func $drop (param i32)))"
    "  (import \"\" \"stop\" (func $stop (param i32) (result i32)))"
    "  (import \"\" \"get\" (func $get (result i32)))"
    "  (import \"\" \"put\" (func $put (param i32)))"
    /* A task's record at its context: subtask, set, result, event. */
    "  (global $next (mut i32) (i32.const 64))"
    "  (func (export \"add\") (param i32) (result i32)"
    "   (i32.add (local.get 0) (i32.const 1)))"
    "  (func (export \"now\") (param i32) (result i32)"
    "   (i32.add (call $now (local.get 0)) (i32.const 1)))"
    "  (func (export \"stack\") (param i32) (result i32)"
    "   (i32.add (call $later (local.get 0)) (i32.const 1)))"
    "  (func (export \"trap\") (param i32) (result i32)"
    "   (drop (call $later (local.get 0))) unreachable)"
    /* True when the result is there already. */
    "  (func $begin (param i32) (result i32) (local $r i32) (local $p i32)"
    "   (local.set $p (global.get $next))"
    "   (global.set $next (i32.add (local.get $p) (i32.const 32)))"
    "   (call $put (local.get $p))"
    "   (local.set $r (call $start (local.get 0)"
    "     (i32.add (local.get $p) (i32.const 8))))"
    "   (if (i32.eq (local.get $r) (i32.const 2))"
    "    (then (return (i32.const 1))))"
    "   (i32.store (local.get $p) (i32.shr_u (local.get $r) (i32.const 4)))"
    "   (i32.store offset=4 (local.get $p) (call $set))"
    "   (call $join (i32.load (local.get $p))"
    "     (i32.load offset=4 (local.get $p)))"
    "   (i32.const 0))"
    "  (func $finish (call $return (i32.add (i32.const 1)"
    "    (i32.load offset=8 (call $get)))))"
    "  (func $clean"
    "   (call $drop (i32.load (call $get)))"
    "   (call $unset (i32.load offset=4 (call $get))))"
    "  (func $event (param $code i32) (param $payload i32) (result i32)"
    "   (if (i32.eq (local.get $code) (i32.const 6)) (then"
    "    (call $join (i32.load (call $get)) (i32.const 0))"
    "    (drop (call $stop (i32.load (call $get))))"
    "    (call $clean) (call $cancel) (return (i32.const 1))))"
    "   (if (i32.ne (local.get $code) (i32.const 1)) (then unreachable))"
    "   (if (i32.ne (local.get $payload) (i32.const 2))"
    "    (then (return (i32.const 0))))"
    "   (call $clean) (call $finish) (i32.const 1))"
    "  (func (export \"callback\") (param i32) (result i32)"
    "   (if (call $begin (local.get 0))"
    "    (then (call $finish) (return (i32.const 0))))"
    "   (i32.or (i32.const 2)"
    "    (i32.shl (i32.load offset=4 (call $get)) (i32.const 4))))"
    "  (func (export \"event\") (param i32 i32 i32) (result i32)"
    "   (if (result i32) (call $event (local.get 0) (local.get 2))"
    "    (then (i32.const 0))"
    "    (else (i32.or (i32.const 2)"
    "     (i32.shl (i32.load offset=4 (call $get)) (i32.const 4))))))"
    "  (func (export \"stackful\") (param i32) (local $c i32)"
    "   (if (call $begin (local.get 0))"
    "    (then (call $finish) (return)))"
    "   (loop $again"
    "    (local.set $c (call $wait (i32.load offset=4 (call $get))"
    "      (i32.add (call $get) (i32.const 12))))"
    "    (br_if $again (i32.eqz (call $event (local.get $c)"
    "      (i32.load offset=16 (call $get))))))))"
    " (core instance $i (instantiate $code (with \"\" (instance"
    "  (export \"m\" (memory $m)) (export \"now\" (func $now'))"
    "  (export \"later\" (func $later')) (export \"start\" (func $start))"
    "  (export \"return\" (func $return)) (export \"cancel\" (func $cancel))"
    "  (export \"set\" (func $set)) (export \"unset\" (func $unset))"
    "  (export \"wait\" (func $wait)) (export \"join\" (func $join))"
    "  (export \"drop\" (func $drop)) (export \"stop\" (func $stop))"
    "  (export \"get\" (func $get)) (export \"put\" (func $put))))))"
    " (func (export \"add\") (param \"a\" u32) (result u32)"
    "  (canon lift (core func $i \"add\")))"
    " (func (export \"now\") (param \"a\" u32) (result u32)"
    "  (canon lift (core func $i \"now\")))"
    " (func (export \"stack-now\") async (param \"a\" u32) (result u32)"
    "  (canon lift (core func $i \"now\")))"
    " (func (export \"stack\") async (param \"a\" u32) (result u32)"
    "  (canon lift (core func $i \"stack\")))"
    " (func (export \"trap\") async (param \"a\" u32) (result u32)"
    "  (canon lift (core func $i \"trap\")))"
    " (func (export \"callback\") async (param \"a\" u32) (result u32)"
    "  (canon lift (core func $i \"callback\") async"
    "   (callback (core func $i \"event\"))))"
    " (func (export \"stackful\") async (param \"a\" u32) (result u32)"
    "  (canon lift (core func $i \"stackful\") async)))";

/* ---- The host ---- */

enum { DEFERRED_MOST = 20000 };

typedef struct deferred {
    canon_host_call *call;
    uint32_t *result;
    uint32_t value;
} deferred;

static deferred waiting[DEFERRED_MOST];
static uint32_t waiting_count;
static uint32_t cancelled_count;
static bool answers_at_once;
static canon_linker *linker;

static void forget_call(void *env)
{
    deferred *d = env;
    cancelled_count++;
    canon_host_call *call = d->call;
    d->call = NULL;
    canon_host_call_cancelled(call);
}

static whit_status answer_later(canon_host_call *call, void *env,
                                const void *arguments, void *result,
                                whit_error *error)
{
    (void)env;
    uint32_t value = *(const uint32_t *)arguments;
    if (answers_at_once) {
        *(uint32_t *)result = value * 10;
        return WHIT_OK;
    }
    if (waiting_count == DEFERRED_MOST)
        return error_set(error, WHIT_LIMIT, "too many calls wait");
    deferred *d = &waiting[waiting_count++];
    d->call = call;
    d->value = value;
    d->result = canon_host_call_defer(call, forget_call, d);
    return WHIT_OK;
}

/* Ten times the argument. */
static void answer(uint32_t i)
{
    canon_host_call *call = waiting[i].call;
    waiting[i].call = NULL;
    *waiting[i].result = waiting[i].value * 10;
    canon_host_call_finish(call);
}

static whit_status answer_oldest(void *env, whit_error *error)
{
    uint32_t *next = env;
    if (*next == waiting_count)
        return error_set(error, WHIT_NOT_FOUND, "nothing waits");
    answer((*next)++);
    return WHIT_OK;
}

static whit_status set_up_text(const char *text)
{
    waiting_count = 0;
    cancelled_count = 0;
    answers_at_once = false;
    store = NULL;
    prepared = NULL;
    engine = NULL;
    linker = canon_linker_new();
    TRY_ALLOC(linker, &failure);
    canon_host_instance *root = canon_linker_root(linker);
    TRY(canon_host_define(root, slice_text("now"), "func(a: u32) -> u32", 0,
                          answer_later, NULL, &failure));
    TRY(canon_host_define(root, slice_text("later"),
                          "async func(a: u32) -> u32", 0, answer_later, NULL,
                          &failure));
    return load(text, linker);
}

static inline whit_status set_up(void)
{
    return set_up_text(async_guest);
}

static void tear_down(void)
{
    unload();
    canon_linker_free(linker);
}

#endif
