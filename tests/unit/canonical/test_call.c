/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Calls between host and guest that wait, are answered, cancelled, left. */
#include "async_guest.h"

#include "canonical/task.h"

static void check(whit_status status)
{
    CHECK_INT(status, WHIT_OK);
    if (status != WHIT_OK)
        printf("%s\n", failure.message);
}

static canon_call *begin(const char *name, const uint32_t *argument,
                         uint32_t *result)
{
    canon_call *call = NULL;
    check(canon_call_start(function(name), argument, result, &call, &failure));
    return call;
}

TEST(function_of_sync_type)
{
    check(set_up());
    uint32_t in = 41, out = 0;
    check(invoke("add", &in, &out));
    CHECK_INT(out, 42);
    canon_call *call = begin("add", &out, &in);
    CHECK_INT(canon_call_poll(call), CANON_CALL_RETURNED);
    CHECK_INT(in, 43);
    canon_call_free(call);
    tear_down();
}

TEST(host_answers_at_once)
{
    check(set_up());
    static const char *const names[] = {"now", "stack", "callback", "stackful"};
    answers_at_once = true;
    for (int i = 0; i < 4; i++) {
        uint32_t in = 5, out = 0;
        whit_status status = invoke(names[i], &in, &out);
        check(status);
        CHECK_INT(out, 51);
    }
    CHECK_INT(canon_store_pending(store), 0);
    tear_down();
}

TEST(sync_import_stops_the_store)
{
    check(set_up());
    uint32_t in = 5, out = 0, other = 0;
    canon_call *call = begin("now", &in, &out);
    CHECK_INT(canon_call_poll(call), CANON_CALL_RUNNING);
    CHECK_INT(canon_store_pending(store), 1);
    CHECK(canon_store_poll(store));
    canon_call *refused = begin("stack", &in, &other);
    CHECK_INT(canon_call_poll(refused), CANON_CALL_FAILED);
    CHECK(strstr(canon_call_error(refused)->message, "waits") != NULL);
    canon_call_free(refused);
    answer(0);
    CHECK_INT(canon_call_poll(call), CANON_CALL_RETURNED);
    CHECK_INT(out, 51);
    canon_call_free(call);
    check(invoke("add", &in, &out));
    CHECK(!canon_store_poll(store));
    tear_down();
}

/* A guest of async type that calls another one, on stacks of their own: both
 * are left when the innermost waits for the host, with everything else. */
static const char two[] =
    "(component"
    " (import \"now\" (func $now (param \"a\" u32) (result u32)))"
    " (import \"later\" (func $later async (param \"a\" u32) (result u32)))"
    " (component $inner"
    "  (import \"now\" (func $now (param \"a\" u32) (result u32)))"
    "  (core func $now' (canon lower (func $now)))"
    "  (core module $m"
    "   (import \"\" \"now\" (func $now (param i32) (result i32)))"
    "   (func (export \"f\") (param i32) (result i32)"
    "    (i32.add (call $now (local.get 0)) (call $now (local.get 0)))))"
    "  (core instance $i (instantiate $m (with \"\" (instance"
    "   (export \"now\" (func $now'))))))"
    "  (func (export \"f\") async (param \"a\" u32) (result u32)"
    "   (canon lift (core func $i \"f\")))"
    "  (func (export \"g\") (param \"a\" u32) (result u32)"
    "   (canon lift (core func $i \"f\"))))"
    " (component $outer"
    "  (import \"f\" (func $f async (param \"a\" u32) (result u32)))"
    "  (import \"g\" (func $g (param \"a\" u32) (result u32)))"
    "  (core func $f' (canon lower (func $f)))"
    "  (core func $g' (canon lower (func $g)))"
    "  (core module $m"
    "   (import \"\" \"f\" (func $f (param i32) (result i32)))"
    "   (import \"\" \"g\" (func $g (param i32) (result i32)))"
    "   (func (export \"f\") (param i32) (result i32)"
    "    (i32.add (call $f (local.get 0)) (i32.const 1)))"
    "   (func (export \"g\") (param i32) (result i32)"
    "    (i32.add (call $g (local.get 0)) (i32.const 2))))"
    "  (core instance $i (instantiate $m (with \"\" (instance"
    "   (export \"f\" (func $f')) (export \"g\" (func $g'))))))"
    "  (func (export \"f\") async (param \"a\" u32) (result u32)"
    "   (canon lift (core func $i \"f\")))"
    "  (func (export \"g\") (param \"a\" u32) (result u32)"
    "   (canon lift (core func $i \"g\"))))"
    " (instance $a (instantiate $inner (with \"now\" (func $now))))"
    " (instance $b (instantiate $outer (with \"f\" (func $a \"f\"))"
    "  (with \"g\" (func $a \"g\"))))"
    " (export \"f\" (func $b \"f\"))"
    " (export \"g\" (func $b \"g\")))";

TEST(every_stack_up_to_the_host_is_left)
{
    static const char *const names[] = {"f", "g"};
    for (uint32_t i = 0; i < 2; i++) {
        check(set_up_text(two));
        uint32_t in = 4, out = 0;
        canon_call *call = begin(names[i], &in, &out);
        CHECK_INT(canon_call_poll(call), CANON_CALL_RUNNING);
        CHECK_INT(waiting_count, 1);
        answer(0);
        CHECK_INT(canon_call_poll(call), CANON_CALL_RUNNING);
        CHECK_INT(waiting_count, 2);
        answer(1);
        CHECK_INT(canon_call_poll(call), CANON_CALL_RETURNED);
        CHECK_INT(out, 81 + i);
        canon_call_free(call);
        CHECK_INT(store->scheduler.threads, 0);
        /* The same, left in the middle. */
        call = begin(names[i], &in, &out);
        if (i)
            canon_call_free(call);
        tear_down();
        if (!i)
            canon_call_free(call);
    }
}

TEST(waiter_lets_the_host_answer)
{
    check(set_up());
    static const char *const names[] = {"now", "stack", "callback", "stackful",
                                        "stack-now"};
    uint32_t next = 0;
    canon_waiter waiter = {answer_oldest, &next};
    for (uint32_t i = 0; i < 5; i++) {
        uint32_t in = i, out = 0;
        check(canon_function_call(function(names[i]), &in, &out, NULL, &waiter,
                                  &failure));
        CHECK_INT(out, i * 10 + 1);
    }
    CHECK_INT(next, 5);
    tear_down();
}

TEST(no_waiter)
{
    check(set_up());
    uint32_t in = 1, out = 0;
    CHECK_INT(invoke("callback", &in, &out), WHIT_ARGUMENT);
    CHECK(strstr(failure.message, "waits for the host") != NULL);
    CHECK_INT(invoke("now", &in, &out), WHIT_ARGUMENT);
    tear_down();
}

TEST(calls_run_side_by_side)
{
    check(set_up());
    static const char *const names[] = {"callback", "stackful", "callback",
                                        "stackful"};
    uint32_t in[4] = {1, 2, 3, 4}, out[4] = {0};
    canon_call *calls[4];
    for (int i = 0; i < 4; i++) {
        calls[i] = begin(names[i], &in[i], &out[i]);
        CHECK_INT(canon_call_poll(calls[i]), CANON_CALL_RUNNING);
    }
    CHECK_INT(canon_store_pending(store), 4);
    CHECK_INT(store->scheduler.threads, 2);
    for (int i = 3; i >= 0; i--) {
        answer((uint32_t)i);
        CHECK_INT(canon_call_poll(calls[i]), CANON_CALL_RETURNED);
        CHECK_INT(out[i], in[i] * 10 + 1);
        canon_call_free(calls[i]);
    }
    CHECK(!canon_store_poll(store));
    CHECK_INT(store->scheduler.threads, 0);
    CHECK(store->scheduler.tasks == NULL);
    tear_down();
}

TEST(exclusive_tasks_take_turns)
{
    check(set_up());
    uint32_t in[2] = {1, 2}, out[2] = {0};
    canon_call *a = begin("stack", &in[0], &out[0]);
    canon_call *b = begin("stack", &in[1], &out[1]);
    /* The second has not started: it needs the instance for itself. */
    CHECK_INT(canon_store_pending(store), 1);
    answer(0);
    CHECK_INT(canon_call_poll(a), CANON_CALL_RETURNED);
    CHECK_INT(canon_call_poll(b), CANON_CALL_RUNNING);
    CHECK_INT(canon_store_pending(store), 1);
    answer(1);
    CHECK_INT(canon_call_poll(b), CANON_CALL_RETURNED);
    CHECK_INT(out[1], 21);
    canon_call_free(a);
    canon_call_free(b);
    tear_down();
}

TEST(ten_thousand_tasks_wait_without_stacks)
{
    enum { MANY = 10000 };
    static uint32_t in[MANY], out[MANY];
    static canon_call *calls[MANY];
    check(set_up());
    for (uint32_t i = 0; i < MANY; i++) {
        in[i] = i;
        calls[i] = begin("callback", &in[i], &out[i]);
    }
    CHECK_INT(canon_store_pending(store), MANY);
    CHECK_INT(store->scheduler.threads, 0);
    for (uint32_t i = 0; i < MANY; i++)
        answer(i);
    while (canon_store_poll(store))
        continue;
    for (uint32_t i = 0; i < MANY; i++) {
        CHECK_INT(canon_call_poll(calls[i]), CANON_CALL_RETURNED);
        CHECK_INT(out[i], i * 10 + 1);
        canon_call_free(calls[i]);
    }
    tear_down();
}

TEST(cancellation)
{
    check(set_up());
    static const char *const names[] = {"callback", "stackful"};
    for (int i = 0; i < 2; i++) {
        uint32_t in = 1, out = 0;
        canon_call *call = begin(names[i], &in, &out);
        canon_call_cancel(call);
        CHECK_INT(canon_call_poll(call), CANON_CALL_CANCELLED);
        CHECK_INT(cancelled_count, i + 1);
        CHECK_INT(canon_store_pending(store), 0);
        canon_call_free(call);
    }
    /* One that does not listen ends as if nothing had been asked. */
    uint32_t in = 1, out = 0;
    canon_call *call = begin("stack", &in, &out);
    canon_call_cancel(call);
    CHECK_INT(canon_call_poll(call), CANON_CALL_RUNNING);
    answer(2);
    CHECK_INT(canon_call_poll(call), CANON_CALL_RETURNED);
    canon_call_free(call);
    /* One that has not started never does. */
    canon_call *first = begin("stack", &in, &out);
    call = begin("stack", &in, &out);
    canon_call_cancel(call);
    CHECK_INT(canon_call_poll(call), CANON_CALL_CANCELLED);
    canon_call_free(call);
    answer(3);
    CHECK_INT(canon_call_poll(first), CANON_CALL_RETURNED);
    canon_call_free(first);
    tear_down();
}

TEST(trap_poisons_the_instance)
{
    check(set_up());
    uint32_t in = 1, out = 0, other = 0;
    canon_call *bystander = begin("callback", &in, &other);
    canon_call *call = begin("trap", &in, &out);
    CHECK_INT(canon_call_poll(call), CANON_CALL_RUNNING);
    answer(1);
    CHECK_INT(canon_call_poll(call), CANON_CALL_FAILED);
    CHECK_INT(canon_call_error(call)->code, WHIT_TRAP);
    CHECK(strstr(canon_call_error(call)->message, "unreachable") != NULL);
    canon_call_free(call);
    CHECK_INT(invoke("add", &in, &out), WHIT_TRAP);
    CHECK(strstr(failure.message, "cannot enter") != NULL);
    /* What waits in there never goes on, and can be left. */
    answer(0);
    CHECK_INT(canon_call_poll(bystander), CANON_CALL_RUNNING);
    canon_call_free(bystander);
    tear_down();
}

TEST(host_fails_a_call)
{
    check(set_up());
    static const char *const names[] = {"callback", "now"};
    for (uint32_t i = 0; i < 2; i++) {
        uint32_t in = 1, out = 0;
        whit_error reason;
        if (i == 1) {
            tear_down();
            check(set_up());
        }
        canon_call *call = begin(names[i], &in, &out);
        (void)error_set(&reason, WHIT_IO, "the disk is full");
        canon_host_call_fail(waiting[0].call, &reason);
        CHECK_INT(canon_call_poll(call), CANON_CALL_FAILED);
        CHECK_INT(canon_call_error(call)->code, WHIT_IO);
        CHECK(strstr(canon_call_error(call)->message, "disk") != NULL);
        canon_call_free(call);
    }
    tear_down();
}

TEST(left_in_the_middle)
{
    static const char *const names[] = {"now", "stack", "callback", "stackful",
                                        "stack-now"};
    for (int i = 0; i < 5; i++) {
        for (int free_first = 0; free_first < 2; free_first++) {
            check(set_up());
            uint32_t in = 1, out = 0;
            canon_call *call = begin(names[i], &in, &out);
            canon_call *second = i ? begin(names[i], &in, &out) : NULL;
            if (free_first)
                canon_call_free(call);
            tear_down();
            if (!free_first) {
                CHECK_INT(canon_call_poll(call), CANON_CALL_CANCELLED);
                canon_call_free(call);
            }
            canon_call_free(second);
        }
    }
}

/* Every allocation fails once: nothing leaks, nothing crashes. */
static whit_status everything(void)
{
    uint32_t in = 3, out = 0, next = 0;
    canon_waiter waiter = {answer_oldest, &next};
    canon_call *call = NULL;
    TRY(set_up());
    TRY(invoke("add", &in, &out));
    TRY(canon_function_call(function("now"), &in, &out, NULL, &waiter,
                            &failure));
    TRY(canon_function_call(function("stackful"), &in, &out, NULL, &waiter,
                            &failure));
    TRY(canon_call_start(function("callback"), &in, &out, &call, &failure));
    canon_call_state state = canon_call_poll(call);
    whit_status status =
        state == CANON_CALL_FAILED ? canon_call_error(call)->code : WHIT_OK;
    canon_call_free(call);
    return status;
}

TEST(no_memory)
{
    uint64_t n = 1;
    for (;; n++) {
        mem_fail_after(n);
        whit_status status = everything();
        mem_fail_after(0);
        tear_down();
        if (status == WHIT_OK)
            break;
        if (n > 20000)
            break;
    }
    CHECK(n > 100 && n < 20000);
}

TEST_MAIN(RUN(function_of_sync_type) RUN(host_answers_at_once) RUN(
    sync_import_stops_the_store) RUN(every_stack_up_to_the_host_is_left)
              RUN(waiter_lets_the_host_answer) RUN(no_waiter)
                  RUN(calls_run_side_by_side) RUN(exclusive_tasks_take_turns)
                      RUN(ten_thousand_tasks_wait_without_stacks)
                          RUN(cancellation) RUN(trap_poisons_the_instance)
                              RUN(host_fails_a_call) RUN(left_in_the_middle)
                                  RUN(no_memory))
