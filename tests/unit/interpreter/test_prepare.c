/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Translation: which instructions come out, and that values keep what they
 * were when locals change under them. */
#include "fixture.h"

/* The register code of function 0. */
static char *dump(fixture *f, bool checked, buffer *out)
{
    buffer_init(out);
    CHECK_INT(interp_dump(f->module, checked, 0, out, &f->error), WHIT_OK);
    return buffer_string(out);
}

static void expect_dump(const char *text, const char *expected)
{
    fixture f;
    buffer out;
    fixture_start(&f, text);
    CHECK_TEXT(dump(&f, false, &out), expected);
    buffer_release(&out);
    fixture_close(&f);
}

TEST(results_go_straight_to_locals)
{
    expect_dump("(module (func (param i32 i32) (result i32) (local i32)"
                " (local.set 2 (i32.mul (local.get 0) (local.get 1)))"
                " (i32.xor (local.get 2) (local.get 0))))",
                "    0 ENTER_2 =3\n"
                "   12 I32_MUL_SSD -2 -1 =3\n"
                "   32 I32_XOR_AS -2\n"
                "   48 RETURN_A =-2\n");
}

TEST(comparisons_join_branches)
{
    expect_dump("(module (func (param i32 f64) (block"
                " (br_if 0 (i32.eqz (i32.lt_s (local.get 0) (i32.const 5))))"
                " (br_if 0 (i32.eqz (f64.lt (local.get 1) (f64.const 2))))"
                " (br_if 0 (i32.eqz (local.get 0))))))",
                "    0 BR_I32_GE_S_SI -2 #5 ->60\n"
                "   20 BR_NOT_F64_LT_SI -1 #2 ->60\n"
                "   44 BR_Z32_S -2 ->60\n"
                "   60 RETURN_0\n");
}

TEST(increments_join_their_like_and_branches)
{
    expect_dump("(module (func (param i32 i32 i32) (loop"
                " (local.set 0 (i32.add (local.get 0) (i32.const 4)))"
                " (br_if 0 (i32.ne (local.tee 1 (i32.sub (local.get 1)"
                " (i32.const 1))) (local.get 2))))))",
                "    0 I32_INC2_BR_NE_S -3 #4 -2 #-1 -1 ->0\n"
                "   32 RETURN_0\n");
}

TEST(addresses_join_loads_and_stores)
{
    expect_dump("(module (memory 1) (func (param i32 i32) (result i32)"
                " (i32.store8 offset=3 (i32.add (local.get 0) (i32.const 1))"
                "  (i32.const 7))"
                " (i32.load offset=8 (i32.add (local.get 1)"
                "  (i32.shl (local.get 0) (i32.const 2))))))",
                "    0 I32_STORE8_SUM_SI_I -2 #1 #7 #3\n"
                "   24 I32_LOAD_MUL_SS -2 #4 -1 #8\n"
                "   52 RETURN_A =-2\n");
}

TEST(constant_addresses_join_the_offset)
{
    expect_dump("(module (memory 1) (func (result i64)"
                " (i64.load offset=16 (i32.const 100))))",
                "    0 I64_LOAD_I #116\n"
                "   16 RETURN_A =0\n");
}

TEST(checked_code_has_general_accesses)
{
    fixture f;
    buffer out;
    fixture_start(&f, "(module (memory 1) (func (param i32) (result i32)"
                      " (i32.load offset=4 (local.get 0))))");
    CHECK_TEXT(dump(&f, true, &out), "    0 I32_LOAD_G -1 #0 #4\n"
                                     "   28 RETURN_A =-1\n");
    buffer_release(&out);
    fixture_close(&f);
}

TEST(arguments_are_computed_in_place)
{
    expect_dump("(module (func (param i32) (result i32)"
                " (call 0 (i32.add (local.get 0) (local.get 0)))))",
                "    0 I32_ADD_SSD -1 -1 =3\n"
                "   20 CALL * 4\n"
                "   40 RETURN_S 3 =-1\n");
}

static const char hazards[] =
    "(module"
    /* the old value stays on the stack when the local is set */
    " (func (export \"old\") (param i32 i32) (result i32)"
    "  (local.get 0) (local.set 0 (local.get 1))"
    "  (i32.sub (local.get 0)))"
    /* the same under an increment, which is done in place */
    " (func (export \"postfix\") (param i32 i32) (result i32)"
    "  (local.get 0) (local.get 0)"
    "  (local.set 0 (i32.add (local.get 0) (i32.const 1)))"
    "  (i32.mul) (i32.sub (local.get 0)))"
    /* swap through the stack */
    " (func (export \"swap\") (param i32 i32) (result i32)"
    "  (local.get 0) (local.get 1) (local.set 0) (local.set 1)"
    "  (i32.sub (local.get 0) (local.get 1)))"
    /* set in one arm only, read from before the branch */
    " (func (export \"arm\") (param i32 i32) (result i32)"
    "  (local.get 0)"
    "  (if (local.get 1) (then (local.set 0 (i32.const 100))))"
    "  (i32.sub (local.get 0)))"
    /* a value made before a loop that changes the local */
    " (func (export \"loop\") (param i32 i32) (result i32)"
    "  (i32.add (local.get 0) (i32.const 0))"
    "  (loop (local.set 0 (i32.mul (local.get 0) (i32.const 3)))"
    "   (br_if 0 (local.tee 1 (i32.add (local.get 1) (i32.const -1)))))"
    "  (i32.sub (local.get 0)))"
    /* a comparison whose operand changes before the branch */
    " (func (export \"late\") (param i32 i32) (result i32)"
    "  (i32.lt_s (local.get 0) (local.get 1)) (local.set 0 (i32.const 9))"
    "  (if (result i32) (then (i32.const 1)) (else (local.get 0))))"
    /* br_if carries a value that is also the condition's accumulator */
    " (func (export \"carry\") (param i32 i32) (result i32)"
    "  (block (result i32) (i32.add (local.get 0) (local.get 1))"
    "   (br_if 0 (i32.eqz (local.get 1))) (i32.mul (local.get 0))))"
    /* branches that move values down, taken and not */
    " (func (export \"down\") (param i32 i32) (result i32)"
    "  (block (result i32) (local.get 0) (local.get 0)"
    "   (br_if 0 (local.get 1)) (i32.mul)))"
    /* a product that is also a sum is not multiplied again */
    " (func (export \"sums\") (param i32 i32) (result i32)"
    "  (i32.add (i32.add (i32.mul (local.get 0) (i32.const 10))"
    "   (local.get 1)) (local.get 1)))"
    " (func (export \"pair\") (param i32 i32) (result i32 i32)"
    "  (local.get 1) (local.get 0))"
    " (func (export \"pairs\") (param i32 i32) (result i32)"
    "  (call 9 (call 9 (call 9 (local.get 0) (local.get 1)))) (i32.sub)))";

TEST(values_survive_changes_of_locals)
{
    fixture f;
    fixture_start(&f, hazards);
    CHECK_INT(fixture_i32(&f, "old", 7, 5), 2);
    CHECK_INT(fixture_i32(&f, "postfix", 7, 0), 41);
    CHECK_INT(fixture_i32(&f, "swap", 7, 5), -2);
    CHECK_INT(fixture_i32(&f, "arm", 7, 1), -93);
    CHECK_INT(fixture_i32(&f, "arm", 7, 0), 0);
    CHECK_INT(fixture_i32(&f, "loop", 2, 3), 2 - 54);
    CHECK_INT(fixture_i32(&f, "late", 3, 4), 1);
    CHECK_INT(fixture_i32(&f, "late", 4, 3), 9);
    CHECK_INT(fixture_i32(&f, "carry", 6, 0), 6);
    CHECK_INT(fixture_i32(&f, "carry", 6, 2), 48);
    CHECK_INT(fixture_i32(&f, "down", 6, 1), 6);
    CHECK_INT(fixture_i32(&f, "down", 6, 0), 36);
    CHECK_INT(fixture_i32(&f, "sums", 4, 3), 46);
    CHECK_INT(fixture_i32(&f, "pairs", 9, 4), -5);
    fixture_close(&f);
}

/* The function's product is rounded before the sum. */
TEST(doubles_round_twice)
{
    fixture f;
    fixture_start(&f, "(module (func (export \"f\") (param f64 f64)"
                      " (result f64) (f64.add (f64.mul (local.get 0)"
                      " (local.get 0)) (local.get 1))))");
    rt_slot slots[2] = {{.f64 = 1 + 0x1p-30}, {.f64 = -1}};
    CHECK_INT(fixture_call(&f, "f", slots), WHIT_OK);
    CHECK(slots[0].f64 == 0x1p-29);
    fixture_close(&f);
}

static void append_blocks(buffer *text, unsigned depth)
{
    buffer_text(text, "(module (func (export \"f\") (param i32) (result i32) ");
    for (unsigned i = 0; i < depth; i++)
        buffer_text(text, "block ");
    buffer_text(text, "local.get 0 br_table");
    for (unsigned i = 0; i < depth; i++)
        buffer_printf(text, " %u", i);
    for (unsigned i = 0; i < depth; i++)
        buffer_printf(text, " end local.get 0 i32.const %u i32.add local.set 0",
                      i);
    buffer_text(text, " local.get 0))");
}

TEST(deep_nesting_and_wide_tables)
{
    fixture f;
    buffer text;
    buffer_init(&text);
    append_blocks(&text, 3000);
    fixture_start(&f, buffer_string(&text));
    /* From level k on all numbers are added. */
    CHECK_INT(fixture_i32(&f, "f", 2990, 0), 2990 + 2990 + 2991 + 2992 + 2993 +
                                                 2994 + 2995 + 2996 + 2997 +
                                                 2998 + 2999);
    CHECK_INT(fixture_i32(&f, "f", -5, 0), -5 + 2999);
    buffer_release(&text);
    fixture_close(&f);
}

TEST(many_locals)
{
    fixture f;
    buffer text;
    buffer_init(&text);
    buffer_text(&text, "(module (func (export \"f\") (param i32) (result i32)"
                       " (local");
    for (unsigned i = 0; i < 49998; i++)
        buffer_text(&text, i % 3 ? " i32" : " v128");
    buffer_text(&text, ") (local.set 49998 (local.get 0))"
                       " (i32.add (local.get 49997) (local.get 49998))))");
    fixture_start(&f, buffer_string(&text));
    CHECK_INT(fixture_i32(&f, "f", 11, 0), 11);
    buffer_release(&text);
    fixture_close(&f);
}

/* Each allocation of a translation fails once: an error, and it works
 * afterwards. */
TEST(failed_translations_leave_nothing)
{
    uint64_t n = 1;
    for (bool done = false; !done && n < 10000; n++) {
        fixture f;
        buffer text;
        buffer_init(&text);
        append_blocks(&text, 300);
        fixture_start(&f, buffer_string(&text));
        buffer out;
        buffer_init(&out);
        mem_fail_after(n);
        whit_status status = interp_dump(f.module, false, 0, &out, &f.error);
        mem_fail_after(0);
        done = status == WHIT_OK;
        if (!done)
            CHECK_INT(status, WHIT_OUT_OF_MEMORY);
        CHECK_INT(fixture_i32(&f, "f", 299, 0), 299 + 299);
        buffer_release(&out);
        buffer_release(&text);
        fixture_close(&f);
    }
    CHECK(n > 5);
}

TEST_MAIN(
    RUN(results_go_straight_to_locals) RUN(comparisons_join_branches)
        RUN(increments_join_their_like_and_branches)
            RUN(addresses_join_loads_and_stores)
                RUN(constant_addresses_join_the_offset)
                    RUN(checked_code_has_general_accesses)
                        RUN(arguments_are_computed_in_place)
                            RUN(values_survive_changes_of_locals)
                                RUN(doubles_round_twice)
                                    RUN(deep_nesting_and_wide_tables)
                                        RUN(many_locals) RUN(
                                            failed_translations_leave_nothing))
