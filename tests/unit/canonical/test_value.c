/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Values of every type but strings and handles, in every form: what arrives,
 * and what traps. */
#include "test.h"

#include "guests.h"

static guests g;
static canon_tuple types;

static void expect_types(const char *text)
{
    whit_status status = guests_types(&g, text, &types);
    CHECK_INT(status, WHIT_OK);
    if (status != WHIT_OK)
        printf("%s: %s\n", text, g.error.message);
}

static void open_guests(unsigned wide, const char *text)
{
    CHECK_INT(guests_open(&g, wide, true), WHIT_OK);
    expect_types(text);
}

/* From slots of guest a to slots of guest b. */
static whit_status pass(rt_slot *in, rt_slot *out)
{
    canon_values from = guests_flat(in), to = guests_flat(out);
    return canon_pass(&types, &g.a.side, &from, &g.b.side, &to, &g.error);
}

#define CHECK_TRAP(expr, text)                 \
    do {                                       \
        CHECK_INT(expr, WHIT_TRAP);            \
        g.error.message[sizeof(text) - 1] = 0; \
        CHECK_TEXT(g.error.message, text);     \
    } while (0)

#define FUNC(params) "(component (import \"f\" (func " params ")))"

/* ---- Numbers ---- */

TEST(numbers_are_cut_to_their_width)
{
    open_guests(0, FUNC("(param \"a\" u8) (param \"b\" s8) (param \"c\" u16) "
                        "(param \"d\" s16) (param \"e\" u32) (param \"f\" s32) "
                        "(param \"g\" u64) (param \"h\" s64) (param \"i\" bool)"
                        "(param \"j\" bool) (param \"k\" char)"));
    rt_slot in[] = {{.u64 = 0xffffffff12345678}, {.u64 = 0xaaaaaaaa12345688},
                    {.u64 = 0xffffffff12345678}, {.u64 = 0x12348678},
                    {.u64 = 0xffffffff12345678}, {.u64 = 0xeeeeeeee87654321},
                    {.u64 = 0xfedcba9876543210}, {.i64 = -2},
                    {.u64 = 0xffffffff00000000}, {.u64 = 0x100},
                    {.u64 = 0xdddddddd0010ffff}};
    rt_slot out[11];
    memset(out, 0xcc, sizeof out);
    CHECK_INT(pass(in, out), WHIT_OK);
    const uint64_t expected[] = {
        0x78,       0xffffff88,         0x5678,       0xffff8678, 0x12345678,
        0x87654321, 0xfedcba9876543210, (uint64_t)-2, 0,          1,
        0x10ffff};
    for (int i = 0; i < 11; i++)
        CHECK_INT(out[i].u64, expected[i]);
    guests_close(&g);
}

TEST(nans_are_canonical)
{
    open_guests(0, FUNC("(param \"a\" f32) (param \"b\" f64) (param \"c\" f32)"
                        "(param \"d\" f64)"));
    rt_slot in[] = {{.u64 = 0xffc00001},
                    {.u64 = 0xfff0000000000001},
                    {.u64 = 0xff800000},
                    {.u64 = 0x8000000000000000}};
    rt_slot out[4];
    CHECK_INT(pass(in, out), WHIT_OK);
    CHECK_INT(out[0].u64, 0x7fc00000);
    CHECK_INT(out[1].u64, 0x7ff8000000000000);
    CHECK_INT(out[2].u64, 0xff800000);
    CHECK_INT(out[3].u64, 0x8000000000000000);
    guests_close(&g);
}

TEST(surrogates_and_more_are_no_characters)
{
    static const uint32_t bad[] = {0xd800, 0xdfff, 0x110000, UINT32_MAX};
    open_guests(0, FUNC("(param \"a\" char)"));
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        rt_slot in[] = {{.u64 = bad[i]}}, out[1];
        CHECK_TRAP(pass(in, out), "invalid `char` bit pattern");
    }
    uint32_t code = 0xd800;
    rt_slot out[1];
    canon_values from = guests_native(&code), to = guests_flat(out);
    CHECK_INT(canon_pass(&types, &g.host_side, &from, &g.b.side, &to, &g.error),
              WHIT_ARGUMENT);
    guests_close(&g);
}

TEST(flags_that_have_no_name_are_dropped)
{
    open_guests(0, "(component"
                   " (type $a' (flags \"a\" \"b\" \"c\"))"
                   " (import \"a\" (type $a (eq $a')))"
                   " (type $b' (flags \"a\" \"b\" \"c\" \"d\" \"e\" \"f\" \"g\""
                   "  \"h\" \"i\" \"j\" \"k\" \"l\" \"m\" \"n\" \"o\""
                   "  \"p\" \"q\"))"
                   " (import \"b\" (type $b (eq $b')))"
                   " (import \"f\" (func (param \"x\" $a) (param \"y\" $b))))");
    rt_slot in[] = {{.u64 = UINT64_MAX}, {.u64 = UINT64_MAX}}, out[2];
    struct {
        uint8_t a;
        uint32_t b;
    } native = {0, 0};
    canon_values from = guests_flat(in), to = guests_native(&native);
    CHECK_INT(pass(in, out), WHIT_OK);
    CHECK_INT(out[0].u64, 7);
    CHECK_INT(out[1].u64, 0x1ffff);
    CHECK_INT(canon_pass(&types, &g.a.side, &from, &g.host_side, &to, &g.error),
              WHIT_OK);
    CHECK_INT(native.a, 7);
    CHECK_INT(native.b, 0x1ffff);
    guests_close(&g);
}

/* ---- Variants ---- */

static const char joined[] =
    "(component"
    " (type $v' (variant (case \"none\") (case \"f\" f32) (case \"i\" u32)"
    "  (case \"l\" (tuple s64 s8)) (case \"d\" f64) (case \"s\" (list u8))))"
    " (import \"v\" (type $v (eq $v')))"
    " (import \"f\" (func (param \"x\" $v) (param \"y\" u32))))";

TEST(cases_share_slots)
{
    open_guests(0, joined);
    CHECK_INT(types.members[0].type->flat_count, 3);
    rt_slot out[4];
    struct {
        rt_slot in[4];
        uint64_t first, second;
    } tests[] = {
        {{{.u64 = 0}, {.u64 = 9}, {.u64 = 9}, {.u64 = 42}}, 0, 0},
        {{{.u64 = 1}, {.u64 = 0xffffffff3f800000}, {.u64 = 9}, {.u64 = 42}},
         0x3f800000,
         0},
        {{{.u64 = 1}, {.u64 = 0xffffffffffffffff}, {.u64 = 9}, {.u64 = 42}},
         0x7fc00000,
         0},
        {{{.u64 = 2}, {.u64 = 0xffffffffffffffff}, {.u64 = 9}, {.u64 = 42}},
         0xffffffff,
         0},
        {{{.u64 = 3}, {.i64 = -5}, {.u64 = 0xfe}, {.u64 = 42}},
         (uint64_t)-5,
         0xfffffffe},
        {{{.u64 = 4}, {.u64 = 0x7ff0000000000009}, {.u64 = 9}, {.u64 = 42}},
         0x7ff8000000000000,
         0},
    };
    for (size_t i = 0; i < COUNT_OF(tests); i++) {
        memset(out, 0xcc, sizeof out);
        CHECK_INT(pass(tests[i].in, out), WHIT_OK);
        CHECK_INT(out[0].u64, i == 2 ? 1 : i > 2 ? i - 1 : i);
        CHECK_INT(out[1].u64, tests[i].first);
        CHECK_INT(out[2].u64, tests[i].second);
        CHECK_INT(out[3].u64, 42);
    }
    guests_close(&g);
}

TEST(discriminants_are_checked)
{
    open_guests(0, joined);
    rt_slot in[4] = {{.u64 = 6}}, out[4];
    CHECK_TRAP(pass(in, out), "invalid variant discriminant");
    in[0].u64 = UINT32_MAX;
    CHECK_TRAP(pass(in, out), "invalid variant discriminant");
    expect_types(FUNC("(param \"a\" (option u8))"));
    in[0].u64 = 2;
    CHECK_TRAP(pass(in, out), "invalid variant discriminant");
    expect_types(FUNC("(param \"a\" (result u8 (error u8)))"));
    CHECK_TRAP(pass(in, out), "invalid variant discriminant");
    uint8_t native[2] = {2, 0};
    canon_values from = guests_native(native), to = guests_flat(out);
    CHECK_INT(canon_pass(&types, &g.host_side, &from, &g.b.side, &to, &g.error),
              WHIT_ARGUMENT);
    guests_close(&g);
}

TEST(variants_lie_in_memory_as_c_has_them)
{
    struct native {
        uint8_t tag;
        union {
            float f;
            uint32_t i;
            struct {
                int64_t a;
                int8_t b;
            } l;
            struct {
                uint8_t *data;
                size_t length;
            } s;
        };
        uint32_t y;
    } in, out;
    open_guests(0, joined);
    CHECK_INT(types.layout[1].size, sizeof in + 0);
    memset(&in, 0, sizeof in);
    memset(&out, 0xcc, sizeof out);
    in.tag = 3;
    in.l.a = -77;
    in.l.b = -3;
    rt_slot slots[4];
    canon_values from = guests_native(&in), flat = guests_flat(slots),
                 to = guests_native(&out);
    CHECK_INT(
        canon_pass(&types, &g.host_side, &from, &g.a.side, &flat, &g.error),
        WHIT_OK);
    CHECK_INT(slots[1].i64, -77);
    CHECK_INT(slots[2].u64, 0xfffffffd);
    CHECK_INT(canon_pass(&types, &g.a.side, &flat, &g.host_side, &to, &g.error),
              WHIT_OK);
    CHECK_INT(out.tag, 3);
    CHECK_INT(out.l.a, -77);
    CHECK_INT(out.l.b, -3);
    guests_close(&g);
}

/* ---- Lists ---- */

TEST(lists_of_numbers_are_copied)
{
    for (unsigned wide = 0; wide < 4; wide++) {
        open_guests(wide, FUNC("(param \"a\" (list u16)) (param \"b\" u8)"));
        for (int i = 0; i < 6; i++)
            *guests_memory(&g.a, 4096 + i) = (uint8_t)(i + 1);
        rt_slot in[] = {{.u64 = 4096}, {.u64 = 3}, {.u64 = 5}}, out[3];
        CHECK_INT(pass(in, out), WHIT_OK);
        CHECK_INT(out[0].u64, 8192);
        CHECK_INT(out[1].u64, 3);
        CHECK_INT(out[2].u64, 5);
        CHECK(!memcmp(guests_memory(&g.b, 8192), "\1\2\3\4\5\6", 6));
        CHECK_INT(*guests_memory(&g.b, 0), 1);
        guests_close(&g);
    }
}

TEST(lists_of_others_are_mended)
{
    static const uint32_t nan = 0xffffffff;
    open_guests(0, FUNC("(param \"a\" (list f32)) (param \"b\" (list bool))"
                        "(param \"c\" (list char)) (param \"d\" (list f64))"));
    memset(guests_memory(&g.a, 4096), 0xff, 64);
    memset(guests_memory(&g.a, 4200), 0, 64);
    *guests_memory(&g.a, 4200) = 'x';
    rt_slot in[] = {{.u64 = 4096}, {.u64 = 3}, {.u64 = 4094}, {.u64 = 4},
                    {.u64 = 4200}, {.u64 = 2}, {.u64 = 4096}, {.u64 = 2}};
    rt_slot out[8];
    CHECK_INT(pass(in, out), WHIT_OK);
    CHECK(memcmp(guests_memory(&g.b, out[0].u64 + 8), &nan, 4) != 0);
    CHECK(!memcmp(guests_memory(&g.b, out[0].u64 + 8), "\0\0\xc0\x7f", 4));
    CHECK(!memcmp(guests_memory(&g.b, out[2].u64), "\0\0\1\1", 4));
    CHECK(!memcmp(guests_memory(&g.b, out[4].u64), "x\0\0\0\0\0\0\0", 8));
    CHECK(!memcmp(guests_memory(&g.b, out[6].u64 + 8), "\0\0\0\0\0\0\xf8\x7f",
                  8));
    in[4].u64 = 4096;
    CHECK_TRAP(pass(in, out), "invalid `char` bit pattern");
    guests_close(&g);
}

TEST(padding_stays_at_home)
{
    open_guests(0, FUNC("(param \"a\" (list (tuple u8 u16)))"));
    memset(guests_memory(&g.a, 4096), 0xee, 32);
    memset(guests_memory(&g.b, 8192), 0x11, 32);
    rt_slot in[] = {{.u64 = 4096}, {.u64 = 2}}, out[2];
    CHECK_INT(pass(in, out), WHIT_OK);
    CHECK(!memcmp(guests_memory(&g.b, 8192),
                  "\xee\x11\xee\xee\xee\x11\xee\xee\x11", 9));
    guests_close(&g);
}

TEST(maps_and_fixed_lists)
{
    struct entry {
        uint8_t key;
        uint64_t value;
    };
    struct {
        struct entry *entries;
        size_t count;
        uint16_t fixed[3];
    } in, out;
    struct entry entries[] = {{1, 10}, {2, 20}, {3, 30}};
    memset(&in, 0, sizeof in);
    in.entries = entries;
    in.count = 3;
    in.fixed[0] = 7;
    in.fixed[2] = 9;
    open_guests(0,
                FUNC("(param \"a\" (map u8 u64)) (param \"b\" (list u16 3))"));
    CHECK_INT(types.layout[1].size, sizeof in);
    rt_slot slots[5];
    canon_values from = guests_native(&in), flat = guests_flat(slots),
                 to = guests_native(&out);
    CHECK_INT(
        canon_pass(&types, &g.host_side, &from, &g.a.side, &flat, &g.error),
        WHIT_OK);
    CHECK_INT(slots[1].u64, 3);
    CHECK_INT(*guests_memory(&g.a, slots[0].u64 + 16), 2);
    CHECK_INT(*guests_memory(&g.a, slots[0].u64 + 24), 20);
    CHECK_INT(slots[2].u64, 7);
    CHECK_INT(slots[4].u64, 9);
    CHECK_INT(canon_pass(&types, &g.a.side, &flat, &g.host_side, &to, &g.error),
              WHIT_OK);
    CHECK_INT(out.count, 3);
    CHECK_INT(out.entries[2].key, 3);
    CHECK_INT(out.entries[2].value, 30);
    CHECK_INT(out.fixed[2], 9);
    guests_close(&g);
}

TEST(lists_must_be_inside)
{
    open_guests(2, FUNC("(param \"a\" (list u32))"));
    rt_slot out[2];
    static const struct {
        uint64_t pointer, length;
        const char *message;
    } tests[] = {
        {131072, 1, "list content out-of-bounds"},
        {131068, 2, "list content out-of-bounds"},
        {131076, 0, "list content out-of-bounds"},
        {4, UINT32_MAX, "list content out-of-bounds"},
        {2, 0, "unaligned pointer"},
        {0xfffffffc, 1, "list content out-of-bounds"},
    };
    for (size_t i = 0; i < COUNT_OF(tests); i++) {
        rt_slot in[] = {{.u64 = tests[i].pointer}, {.u64 = tests[i].length}};
        CHECK_INT(pass(in, out), WHIT_TRAP);
        g.error.message[strlen(tests[i].message)] = 0;
        CHECK_TEXT(g.error.message, tests[i].message);
        CHECK_INT(*guests_memory(&g.b, 0), 0);
    }
    rt_slot empty[] = {{.u64 = 131072}, {.u64 = 0}};
    CHECK_INT(pass(empty, out), WHIT_OK);
    CHECK_INT(*guests_memory(&g.b, 0), 1);
    /* The wide one: sums must not overflow. */
    canon_values from = guests_flat(empty), to = guests_flat(out);
    empty[0].u64 = UINT64_MAX - 3;
    empty[1].u64 = 1;
    CHECK_INT(canon_pass(&types, &g.b.side, &from, &g.a.side, &to, &g.error),
              WHIT_TRAP);
    empty[1].u64 = UINT64_MAX / 4 + 1;
    CHECK_INT(canon_pass(&types, &g.b.side, &from, &g.a.side, &to, &g.error),
              WHIT_TRAP);
    /* The host sees where it is, and other words. */
    struct {
        uint32_t *data;
        size_t length;
    } native;
    to = guests_native(&native);
    CHECK_TRAP(
        canon_pass(&types, &g.b.side, &from, &g.host_side, &to, &g.error),
        "list content out-of-bounds");
    empty[1].u64 = 1000;
    CHECK_TRAP(
        canon_pass(&types, &g.b.side, &from, &g.host_side, &to, &g.error),
        "list pointer/length out of bounds of memory");
    guests_close(&g);
}

TEST(realloc_may_lie)
{
    uint32_t numbers[] = {1, 2};
    struct {
        uint32_t *data;
        size_t length;
    } native = {numbers, 2};
    open_guests(0, FUNC("(param \"a\" (list u32))"));
    rt_slot in[] = {{.u64 = 4096}, {.u64 = 2}}, out[2];
    canon_values from = guests_native(&native), to = guests_flat(out);
    static const struct {
        uint32_t answer;
        const char *guest, *host;
    } tests[] = {
        {UINT32_MAX, "unaligned pointer", "realloc return: result not aligned"},
        {0xfffffffc, "list content out-of-bounds",
         "realloc return: beyond end of memory"},
        {131068, "list content out-of-bounds",
         "realloc return: beyond end of memory"},
        {2, "unaligned pointer", "realloc return: result not aligned"},
    };
    for (size_t i = 0; i < COUNT_OF(tests); i++) {
        g.b.answer->value[0].u64 = tests[i].answer + 1ull;
        CHECK_INT(pass(in, out), WHIT_TRAP);
        g.error.message[strlen(tests[i].guest)] = 0;
        CHECK_TEXT(g.error.message, tests[i].guest);
        g.b.answer->value[0].u64 = tests[i].answer + 1ull;
        CHECK_INT(
            canon_pass(&types, &g.host_side, &from, &g.b.side, &to, &g.error),
            WHIT_TRAP);
        g.error.message[strlen(tests[i].host)] = 0;
        CHECK_TEXT(g.error.message, tests[i].host);
    }
    guests_close(&g);
}

TEST(realloc_may_answer_with_the_source)
{
    open_guests(0, FUNC("(param \"a\" (list u32))"));
    canon_values from, to;
    rt_slot in[] = {{.u64 = 4096}, {.u64 = 3}}, out[2];
    uint32_t numbers[] = {1, 2, 3};
    from = guests_flat(in);
    to = guests_flat(out);
    memcpy(guests_memory(&g.a, 4096), numbers, sizeof numbers);
    g.a.answer->value[0].u64 = 4100 + 1;
    CHECK_INT(canon_pass(&types, &g.a.side, &from, &g.a.side, &to, &g.error),
              WHIT_OK);
    CHECK(!memcmp(guests_memory(&g.a, 4100), numbers, sizeof numbers));
    guests_close(&g);
}

TEST(memory_may_move_while_values_pass)
{
    CHECK_INT(guests_open(&g, 0, false), WHIT_OK);
    expect_types(FUNC("(param \"a\" (list (list u8)))"));
    uint32_t lists[64][2];
    for (uint32_t i = 0; i < 64; i++) {
        lists[i][0] = 8192 + i * 16;
        lists[i][1] = 16;
        memset(guests_memory(&g.a, lists[i][0]), (int)i, 16);
    }
    memcpy(guests_memory(&g.a, 4096), lists, sizeof lists);
    g.a.next->value[0].u64 = 65536;
    /* More than memories reserve. */
    uint8_t *before = guests_memory(&g.a, 0);
    g.a.grow->value[0].u64 = 16400;
    rt_slot in[] = {{.u64 = 4096}, {.u64 = 64}}, out[2];
    canon_values from = guests_flat(in), to = guests_flat(out);
    CHECK_INT(canon_pass(&types, &g.a.side, &from, &g.a.side, &to, &g.error),
              WHIT_OK);
    CHECK(guests_memory(&g.a, 0) != before);
    for (uint32_t i = 0; i < 64; i++) {
        uint32_t pair[2];
        memcpy(pair, guests_memory(&g.a, out[0].u64 + i * 8), 8);
        CHECK_INT(pair[1], 16);
        CHECK_INT(*guests_memory(&g.a, pair[0] + 15), i);
    }
    guests_close(&g);
}

/* ---- Parameters in memory ---- */

static const char many[] =
    FUNC("(param \"a\" u8) (param \"b\" (list u8)) (param \"c\" u64)"
         "(param \"d\" (tuple u8 u32 u8)) (param \"e\" (option u64))");

TEST(values_go_through_memory)
{
    struct native {
        uint8_t a;
        uint8_t *b;
        size_t b_length;
        uint64_t c;
        struct {
            uint8_t a;
            uint32_t b;
            uint8_t c;
        } d;
        struct {
            uint8_t tag;
            uint64_t value;
        } e;
    } in, out;
    for (unsigned wide = 0; wide < 4; wide++) {
        memset(&in, 0, sizeof in);
        in.a = 1;
        in.b = (uint8_t *)(uintptr_t)"bytes";
        in.b_length = 5;
        in.c = 1ull << 63;
        in.d.b = 77;
        in.d.c = 3;
        in.e.tag = 1;
        in.e.value = 99;
        open_guests(wide, many);
        CHECK_INT(types.layout[1].size, sizeof in);
        rt_slot a[1], b[1];
        canon_values from = guests_native(&in), to = guests_native(&out),
                     first = {CANON_INDIRECT, a, NULL},
                     second = {CANON_OUT, b, NULL};
        CHECK_INT(canon_pass(&types, &g.host_side, &from, &g.a.side, &first,
                             &g.error),
                  WHIT_OK);
        CHECK_INT(a[0].u64, 8192);
        b[0].u64 = 4096;
        CHECK_INT(
            canon_pass(&types, &g.a.side, &first, &g.b.side, &second, &g.error),
            WHIT_OK);
        second.form = CANON_INDIRECT;
        memset(&out, 0, sizeof out);
        CHECK_INT(
            canon_pass(&types, &g.b.side, &second, &g.host_side, &to, &g.error),
            WHIT_OK);
        CHECK_INT(out.b_length, 5);
        CHECK(!memcmp(out.b, "bytes", 5));
        CHECK(out.b != in.b);
        CHECK_INT(out.c, in.c);
        CHECK_INT(out.d.b, 77);
        CHECK_INT(out.d.c, 3);
        CHECK_INT(out.e.value, 99);
        guests_close(&g);
    }
}

TEST(tuples_must_be_inside_and_aligned)
{
    open_guests(0, many);
    rt_slot a[1], b[1];
    canon_values from = {CANON_INDIRECT, a, NULL}, to = {CANON_OUT, b, NULL};
    a[0].u64 = 4;
    CHECK_TRAP(canon_pass(&types, &g.a.side, &from, &g.b.side, &to, &g.error),
               "unaligned pointer");
    a[0].u64 = 131072 - 8;
    CHECK_TRAP(canon_pass(&types, &g.a.side, &from, &g.b.side, &to, &g.error),
               "pointer out of bounds of memory");
    a[0].u64 = 0xffffffff00001000;
    b[0].u64 = 4;
    CHECK_TRAP(canon_pass(&types, &g.a.side, &from, &g.b.side, &to, &g.error),
               "unaligned pointer");
    b[0].u64 = 0xfffffff8;
    CHECK_TRAP(canon_pass(&types, &g.a.side, &from, &g.b.side, &to, &g.error),
               "pointer out of bounds of memory");
    to.form = CANON_INDIRECT;
    g.b.answer->value[0].u64 = 5;
    CHECK_TRAP(canon_pass(&types, &g.a.side, &from, &g.b.side, &to, &g.error),
               "unaligned pointer");
    guests_close(&g);
}

/* ---- The host's side ---- */

TEST(views_are_not_copied)
{
    struct {
        uint16_t *data;
        size_t length;
        float *floats;
        size_t float_count;
        char *text;
        size_t size;
    } native;
    open_guests(0, FUNC("(param \"a\" (list u16)) (param \"b\" (list f32))"
                        "(param \"c\" string)"));
    memset(guests_memory(&g.a, 4096), 'x', 16);
    rt_slot in[] = {{.u64 = 4096}, {.u64 = 2},    {.u64 = 4096},
                    {.u64 = 1},    {.u64 = 4099}, {.u64 = 3}};
    canon_values from = guests_flat(in), to = guests_native(&native);
    canon_side host = g.host_side;
    host.views = true;
    CHECK_INT(canon_pass(&types, &g.a.side, &from, &host, &to, &g.error),
              WHIT_OK);
    CHECK((uint8_t *)native.data == guests_memory(&g.a, 4096));
    CHECK_INT(native.length, 2);
    CHECK((uint8_t *)native.floats != guests_memory(&g.a, 4096));
    CHECK((uint8_t *)native.text == guests_memory(&g.a, 4099));
    CHECK_INT(canon_pass(&types, &g.a.side, &from, &g.host_side, &to, &g.error),
              WHIT_OK);
    CHECK((uint8_t *)native.data != guests_memory(&g.a, 4096));
    CHECK_INT(native.data[1], 'x' << 8 | 'x');
    guests_close(&g);
}

TEST(the_host_is_not_flooded)
{
    struct {
        void *data;
        size_t length;
    } native;
    open_guests(0, FUNC("(param \"a\" (list (list u8)))"));
    /* 16000 lists, each the whole memory. */
    for (uint32_t i = 0; i < 16000; i++) {
        uint32_t pair[2] = {0, 131072};
        memcpy(guests_memory(&g.a, i * 8), pair, 8);
    }
    rt_slot in[] = {{.u64 = 0}, {.u64 = 16000}};
    canon_values from = guests_flat(in), to = guests_native(&native);
    CHECK_INT(canon_pass(&types, &g.a.side, &from, &g.host_side, &to, &g.error),
              WHIT_LIMIT);
    guests_close(&g);
}

TEST(no_memory_for_the_host_is_an_error)
{
    struct {
        void *data;
        size_t length;
    } native;
    open_guests(0, FUNC("(param \"a\" (list string))"));
    memset(guests_memory(&g.a, 4096), 0, 64);
    rt_slot in[] = {{.u64 = 4096}, {.u64 = 4}};
    canon_values from = guests_flat(in), to = guests_native(&native);
    mem_fail_after(1);
    CHECK_INT(canon_pass(&types, &g.a.side, &from, &g.host_side, &to, &g.error),
              WHIT_OUT_OF_MEMORY);
    mem_fail_after(0);
    guests_close(&g);
}

/* ---- Elements of streams ---- */

TEST(elements_pass_on_their_own)
{
    open_guests(0, FUNC("(param \"a\" (list u32))"));
    const component_node *number = types.members[0].type->element;
    uint32_t numbers[] = {5, 6, 7}, back[3] = {0, 0, 0};
    CHECK_INT(canon_check_range(number, &g.a.side, 4096, 3, &g.error), WHIT_OK);
    CHECK_INT(canon_check_range(number, &g.a.side, 4098, 3, &g.error),
              WHIT_TRAP);
    CHECK_INT(canon_check_range(number, &g.a.side, 131072 - 8, 3, &g.error),
              WHIT_TRAP);
    CHECK_INT(canon_check_range(number, &g.a.side, 1, 0, &g.error), WHIT_OK);
    CHECK_INT(canon_check_range(NULL, &g.a.side, 1, 1u << 28, &g.error),
              WHIT_TRAP);
    CHECK_INT(canon_check_range(NULL, &g.a.side, 1, (1u << 28) - 1, &g.error),
              WHIT_OK);
    CHECK_INT(canon_pass_elements(number, g.a.instance, &g.host_side,
                                  (uint64_t)(uintptr_t)numbers, &g.a.side, 4096,
                                  3, &g.error),
              WHIT_OK);
    CHECK_INT(canon_pass_elements(number, g.a.instance, &g.a.side, 4096,
                                  &g.b.side, 512, 3, &g.error),
              WHIT_OK);
    CHECK_INT(canon_pass_elements(number, g.a.instance, &g.b.side, 512,
                                  &g.host_side, (uint64_t)(uintptr_t)back, 3,
                                  &g.error),
              WHIT_OK);
    CHECK(!memcmp(numbers, back, sizeof back));
    CHECK_INT(canon_pass_elements(NULL, g.a.instance, &g.a.side, 0, &g.b.side,
                                  0, 3, &g.error),
              WHIT_OK);
    guests_close(&g);
}

TEST_MAIN(
    RUN(numbers_are_cut_to_their_width) RUN(nans_are_canonical) RUN(
        surrogates_and_more_are_no_characters)
        RUN(flags_that_have_no_name_are_dropped) RUN(cases_share_slots) RUN(
            discriminants_are_checked) RUN(variants_lie_in_memory_as_c_has_them)
            RUN(lists_of_numbers_are_copied) RUN(lists_of_others_are_mended)
                RUN(padding_stays_at_home) RUN(maps_and_fixed_lists)
                    RUN(lists_must_be_inside) RUN(realloc_may_lie)
                        RUN(realloc_may_answer_with_the_source)
                            RUN(memory_may_move_while_values_pass)
                                RUN(values_go_through_memory)
                                    RUN(tuples_must_be_inside_and_aligned) RUN(
                                        views_are_not_copied)
                                        RUN(the_host_is_not_flooded) RUN(
                                            no_memory_for_the_host_is_an_error)
                                            RUN(elements_pass_on_their_own))
