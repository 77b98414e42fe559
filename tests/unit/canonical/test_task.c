/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Resources of guest and host, and what a call must leave behind. */
#include "harness.h"

#include "canonical/task.h"

/* $t is the guest's resource; its destructor adds to what `dropped` says. */
static const char guest[] =
    "(component"
    " (import \"h\" (instance $h (export \"thing\" (type $thing (sub "
    "resource)))"
    "  (export \"[constructor]thing\" (func (param \"n\" u32)"
    "   (result (own $thing))))"
    "  (export \"[method]thing.get\" (func (param \"self\" (borrow $thing))"
    "   (result u32)))))"
    " (alias export $h \"thing\" (type $thing'))"
    " (core func $make (canon lower (func $h \"[constructor]thing\")))"
    " (core func $ask (canon lower (func $h \"[method]thing.get\")))"
    " (core func $throw (canon resource.drop $thing'))"
    " (core module $d (global $n (mut i32) (i32.const 0))"
    "  (func (export \"drop\") (param i32)"
    "   (if (i32.eq (local.get 0) (i32.const 666)) (then unreachable))"
    "   (global.set $n (i32.add (global.get $n) (local.get 0))))"
    "  (func (export \"dropped\") (result i32) (global.get $n)))"
    " (core instance $d (instantiate $d))"
    " (type $t' (resource (rep i32) (dtor (core func $d \"drop\"))))"
    " (export $t \"t\" (type $t'))"
    " (core func $new (canon resource.new $t'))"
    " (core func $rep (canon resource.rep $t'))"
    " (core func $drop (canon resource.drop $t'))"
    " (core func $get (canon context.get i32 0))"
    " (core func $set (canon context.set i32 0))"
    " (core module $m"
    "  (import \"\" \"make\" (func $make (param i32) (result i32)))"
    "  (import \"\" \"ask\" (func $ask (param i32) (result i32)))"
    "  (import \"\" \"throw\" (func $throw (param i32)))"
    "  (import \"\" \"new\" (func $new (param i32) (result i32)))"
    "  (import \"\" \"rep\" (func $rep (param i32) (result i32)))"
    "  (import \"\" \"drop\" (func $drop (param i32)))"
    "  (import \"\" \"get\" (func $get (result i32)))"
    "  (import \"\" \"set\" (func $set (param i32)))"
    "  (tag $e)"
    "  (func (export \"give\") (param i32) (result i32)"
    "   (call $new (local.get 0)))"
    "  (func (export \"value\") (param i32) (result i32) (local.get 0))"
    "  (func (export \"take\") (param i32)"
    "   (call $drop (local.get 0)))"
    "  (func (export \"host\") (param i32) (result i32)"
    "   (local $h i32) (local $r i32)"
    "   (local.set $h (call $make (local.get 0)))"
    "   (local.set $r (call $ask (local.get $h)))"
    "   (call $throw (local.get $h)) (local.get $r))"
    "  (func (export \"leave\") (param i32)"
    "   (drop (call $make (local.get 0))))"
    "  (func (export \"twice\") (param i32)"
    "   (call $drop (local.get 0)) (call $drop (local.get 0)))"
    "  (func (export \"exception\") (throw $e))"
    "  (func (export \"context\") (param i32) (result i32) (local $old i32)"
    "   (local.set $old (call $get)) (call $set (local.get 0))"
    "   (local.get $old)))"
    " (core instance $i (instantiate $m (with \"\" (instance"
    "  (export \"make\" (func $make)) (export \"ask\" (func $ask))"
    "  (export \"throw\" (func $throw)) (export \"new\" (func $new))"
    "  (export \"rep\" (func $rep)) (export \"drop\" (func $drop))"
    "  (export \"get\" (func $get)) (export \"set\" (func $set))))))"
    " (func (export \"give\") (param \"n\" u32) (result (own $t))"
    "  (canon lift (core func $i \"give\")))"
    " (func (export \"value\") (param \"t\" (borrow $t)) (result u32)"
    "  (canon lift (core func $i \"value\")))"
    " (func (export \"take\") (param \"t\" (own $t))"
    "  (canon lift (core func $i \"take\")))"
    " (func (export \"twice\") (param \"t\" (own $t))"
    "  (canon lift (core func $i \"twice\")))"
    " (func (export \"dropped\") (result u32)"
    "  (canon lift (core func $d \"dropped\")))"
    " (func (export \"host\") (param \"n\" u32) (result u32)"
    "  (canon lift (core func $i \"host\")))"
    " (func (export \"leave\") (param \"n\" u32)"
    "  (canon lift (core func $i \"leave\")))"
    " (func (export \"exception\") (canon lift (core func $i \"exception\")))"
    " (func (export \"context\") (param \"n\" u32) (result u32)"
    "  (canon lift (core func $i \"context\"))))";

static uint32_t gone[8], gone_count;

static void thing_drop(void *env, uint32_t representation)
{
    (void)env;
    if (gone_count < 8)
        gone[gone_count++] = representation;
}

static const canon_host_resource thing = {"thing", thing_drop};

static whit_status thing_new(canon_host_call *call, void *env,
                             const void *arguments, void *result,
                             whit_error *error)
{
    (void)call;
    (void)env;
    (void)error;
    *(uint32_t *)result = *(const uint32_t *)arguments;
    return WHIT_OK;
}

static whit_status thing_get(canon_host_call *call, void *env,
                             const void *arguments, void *result,
                             whit_error *error)
{
    (void)call;
    (void)env;
    (void)error;
    *(uint32_t *)result = *(const uint32_t *)arguments + 1;
    return WHIT_OK;
}

static canon_linker *linker;

static void check(whit_status status)
{
    CHECK_INT(status, WHIT_OK);
    if (status != WHIT_OK)
        printf("%s\n", failure.message);
}

static void set_up(void)
{
    gone_count = 0;
    linker = canon_linker_new();
    canon_host_instance *h = canon_linker_instance(linker, slice_text("h"));
    check(canon_host_define_resource(h, slice_text("thing"), &thing, NULL,
                                     &failure));
    check(canon_host_define(h, slice_text("[constructor]thing"), NULL, 0,
                            thing_new, NULL, &failure));
    check(canon_host_define(h, slice_text("[method]thing.get"), NULL, 0,
                            thing_get, NULL, &failure));
    check(load(guest, linker));
}

static void tear_down(void)
{
    unload();
    canon_linker_free(linker);
}

static uint32_t dropped(void)
{
    uint32_t n = 0;
    check(invoke("dropped", NULL, &n));
    return n;
}

TEST(resource_of_the_guest)
{
    set_up();
    uint32_t n = 7, handle = 0, value = 0;
    check(invoke("give", &n, &handle));
    check(invoke("value", &handle, &value));
    CHECK_INT(value, 7);
    check(invoke("value", &handle, &value));
    CHECK_INT(dropped(), 0);
    check(invoke("take", &handle, NULL));
    CHECK_INT(dropped(), 7);
    CHECK_INT(invoke("take", &handle, NULL), WHIT_TRAP);
    tear_down();
}

TEST(host_drops_a_resource_of_the_guest)
{
    set_up();
    uint32_t n = 9, handle = 0;
    check(invoke("give", &n, &handle));
    check(canon_host_drop(store, handle, &failure));
    CHECK_INT(dropped(), 9);
    CHECK(canon_host_drop(store, handle, &failure) != WHIT_OK);
    n = 666;
    check(invoke("give", &n, &handle));
    CHECK_INT(canon_host_drop(store, handle, &failure), WHIT_TRAP);
    CHECK(strstr(failure.message, "unreachable") != NULL);
    CHECK_INT(invoke("dropped", NULL, &n), WHIT_TRAP);
    tear_down();
}

TEST(resource_of_the_host)
{
    set_up();
    uint32_t n = 5, value = 0;
    check(invoke("host", &n, &value));
    CHECK_INT(value, 6);
    CHECK_INT(gone_count, 1);
    CHECK_INT(gone[0], 5);
    /* What a guest still owns goes with the store. */
    n = 8;
    check(invoke("leave", &n, NULL));
    CHECK_INT(gone_count, 1);
    tear_down();
    CHECK_INT(gone_count, 2);
    CHECK_INT(gone[1], 8);
}

TEST(dropped_twice)
{
    set_up();
    uint32_t n = 1, handle = 0;
    check(invoke("give", &n, &handle));
    CHECK_INT(invoke("twice", &handle, NULL), WHIT_TRAP);
    CHECK(strstr(failure.message, "unknown handle index 1") != NULL);
    tear_down();
}

TEST(exceptions_are_traps)
{
    set_up();
    CHECK_INT(invoke("exception", NULL, NULL), WHIT_TRAP);
    CHECK_INT(invoke("exception", NULL, NULL), WHIT_TRAP);
    CHECK(strstr(failure.message, "cannot enter") != NULL);
    tear_down();
}

TEST(each_call_has_a_context_of_its_own)
{
    set_up();
    for (uint32_t n = 1; n < 4; n++) {
        uint32_t old = 99;
        check(invoke("context", &n, &old));
        CHECK_INT(old, 0);
    }
    tear_down();
}

TEST_MAIN(RUN(resource_of_the_guest) RUN(host_drops_a_resource_of_the_guest)
              RUN(resource_of_the_host) RUN(dropped_twice)
                  RUN(exceptions_are_traps)
                      RUN(each_call_has_a_context_of_its_own))
