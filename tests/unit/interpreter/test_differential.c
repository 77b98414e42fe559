/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * A fixed set of generated modules runs alike in every mode of the
 * interpreter: what translation fuses and folds changes nothing. */
#include "differential.h"
#include "fixture.h"
#include "generate.h"

enum { SEEDS = 1000 };

/* The fuzz target shrinks what fails here:
 * build/fuzz/fuzz_differential --seed N */
TEST(generated_modules_run_alike_in_every_mode)
{
    differential d;
    buffer choices;
    buffer_init(&choices);
    differential_init(&d);
    for (unsigned seed = 1; seed <= SEEDS; seed++) {
        buffer_clear(&choices);
        generate_choices(seed, &choices);
        bool agree = differential_agree(&d, buffer_view(&choices));
        CHECK(agree);
        if (!agree)
            printf("seed %u: %s\n", seed, d.message);
    }
    /* Most calls get to their end, and what a NaN excuses is rare. */
    CHECK(d.calls > 5000);
    CHECK(d.traps * 2 < d.calls);
    CHECK(d.exceptions > 20);
    CHECK(d.nans * 20 < d.cases);
    differential_release(&d);
    buffer_release(&choices);
}

static uint64_t run_text(const char *text, bool plain)
{
    fixture f;
    rt_config config;
    rt_slot slots[4] = {{.i32 = 7}};
    rt_config_init(&config);
    config.plain = plain;
    fixture_open(&f, &config, NULL);
    CHECK_INT(fixture_load(&f, text, NULL, 0), WHIT_OK);
    CHECK_INT(fixture_call(&f, "f", slots), WHIT_OK);
    fixture_close(&f);
    return slots[0].u64;
}

/* The newest instruction's result goes straight to a local that is set to
 * it, but not when it was dropped before: that set the caller's frame. */
TEST(a_dropped_result_is_not_what_a_local_is_set_to)
{
    static const char text[] =
        "(module (global $v (mut v128) (v128.const i64x2 1 2))"
        " (func (export \"f\") (param i32) (result i32) (local $x i32)"
        "  local.get 0"
        "  local.get 0"
        "  i32.const 1"
        "  local.set 0" /* what lies on the stack goes to its home */
        "  global.get $v"
        "  drop"
        "  local.set $x"
        "  drop"
        "  local.get $x))";
    CHECK_INT((uint32_t)run_text(text, true), 7);
    CHECK_INT((uint32_t)run_text(text, false), 7);
}

/* A null that lies on the stack is brought to its slot where the collector
 * may run; when that is in one arm only, the other must find it there too. */
TEST(a_null_below_a_conditional_allocation_stays_null)
{
    static const char text[] =
        "(module (type $a (array (mut i32)))"
        " (func $leave (param i64 i64 i64 i64) (result i64 i64 i64 i64)"
        "  i64.const 4098 i64.const 4098 i64.const 4098 i64.const 4098)"
        " (func (export \"f\") (param i32) (result i32)"
        "  i64.const 0 i64.const 0 i64.const 0 i64.const 0"
        "  call $leave drop drop drop drop" /* something in the slots */
        "  ref.null $a"
        "  local.get 0 i32.eqz"
        "  if  i32.const 1 array.new_default $a drop  end"
        "  ref.is_null))";
    CHECK_INT((uint32_t)run_text(text, true), 1);
    CHECK_INT((uint32_t)run_text(text, false), 1);
}

static const char add_chain[] = "(module (memory 1)"
                                " (func (export \"f\") (param i32) (result i32)"
                                "  local.get 0"
                                "  i32.const 4"
                                "  i32.mul"
                                "  i32.const 8"
                                "  i32.add"
                                "  i32.load offset=16))";

/* The plain mode is plain: each instruction there is one of its own. */
TEST(plain_code_fuses_nothing)
{
    fixture f;
    rt_config config;
    uint32_t lines[2];
    for (int plain = 0; plain < 2; plain++) {
        buffer out;
        buffer_init(&out);
        rt_config_init(&config);
        config.plain = plain;
        fixture_open(&f, &config, NULL);
        CHECK_INT(fixture_load(&f, add_chain, NULL, 0), WHIT_OK);
        CHECK_INT(interp_dump(f.module, false, 0, &out, &f.error), WHIT_OK);
        lines[plain] = 0;
        for (size_t i = 0; i < out.size; i++)
            lines[plain] += out.data[i] == '\n';
        buffer_release(&out);
        fixture_close(&f);
    }
    CHECK_INT(lines[0], 2);
    CHECK_INT(lines[1], 7);
}

TEST_MAIN(RUN(a_dropped_result_is_not_what_a_local_is_set_to)
              RUN(a_null_below_a_conditional_allocation_stays_null)
                  RUN(plain_code_fuses_nothing)
                      RUN(generated_modules_run_alike_in_every_mode))
