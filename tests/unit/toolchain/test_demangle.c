/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Symbols of rustc and C++ compilers, and symbols that are none. */
#include "toolchain/demangle.h"
#include "base/memory.h"
#include "test.h"

static char text[8192];

static const char *demangle(const char *symbol, tool_demangle_form form)
{
    buffer out;
    buffer_init(&out);
    tool_demangle(slice_text(symbol), form, &out);
    snprintf(text, sizeof text, "%.*s", SLICE_ARG(buffer_view(&out)));
    buffer_release(&out);
    return text;
}

static const char *full(const char *symbol)
{
    return demangle(symbol, TOOL_DEMANGLE_FULL);
}

static const char *group(const char *symbol)
{
    return demangle(symbol, TOOL_DEMANGLE_GROUP);
}

static const char *crate(const char *symbol)
{
    buffer out;
    buffer_init(&out);
    bool rust = tool_demangle_crate(slice_text(symbol), &out);
    snprintf(text, sizeof text, "%.*s", SLICE_ARG(buffer_view(&out)));
    buffer_release(&out);
    return rust ? text : "none";
}

static const char capacity[] =
    "_RNvMNtNtNtCs6QcPdL8rcUV_3std2io8buffered9bufwriterINtB2_9BufWriterNtNt"
    "B6_5stdio9StdoutRawE13with_capacityB8_";
static const char drop_in_place[] =
    "_RINvNtCs80BEjeZCjuB_4core3ptr13drop_in_placeINtNtB4_6result6ResultuNtNt"
    "NtCs6QcPdL8rcUV_3std2io5error5ErrorEEB19_";

TEST(v0_paths_and_arguments)
{
    CHECK_TEXT(full("_RNvC7mycrate3foo"), "mycrate::foo");
    CHECK_TEXT(full("_RNvCs1Wmb8Gjn0h5_5hello4main"), "hello::main");
    CHECK_TEXT(full(capacity), "<std::io::buffered::bufwriter::BufWriter<"
                               "std::io::stdio::StdoutRaw>>::with_capacity");
    CHECK_TEXT(full(drop_in_place),
               "core::ptr::drop_in_place::<core::result::Result<(), "
               "std::io::error::Error>>");
    CHECK_TEXT(full("_RINvC1a1bRShOmTlxEPDNtC1a1TEL_FUKCjEuE"),
               "a::b::<&[u8], *mut u32, (i32, i64), *const dyn a::T, "
               "unsafe extern \"C\" fn(usize)>");
    CHECK_TEXT(full("_RINvC1a1bKj1f_Kb1_Kln5_E"), "a::b::<0x1f, true, -0x5>");
    CHECK_TEXT(full("_RNCNvC1a1b0"), "a::b::{closure#0}");
    CHECK_TEXT(full("_RNCNvC1a1bs_0"), "a::b::{closure#1}");
    CHECK_TEXT(full("_RNvXC1aNtC1b1TNtC1c1U1f.llvm.123"), "<b::T as c::U>::f");
}

TEST(v0_groups_and_crates)
{
    CHECK_TEXT(group(drop_in_place), "core::ptr::drop_in_place");
    CHECK_TEXT(group(capacity),
               "<std::io::buffered::bufwriter::BufWriter>::with_capacity");
    CHECK_TEXT(group("_RNCNvC1a1bs_0"), "a::b::{closure}");
    CHECK_TEXT(crate(drop_in_place), "core");
    CHECK_TEXT(crate(capacity), "std");
    CHECK_TEXT(crate("_RNvXC1aNtC1b1TNtC1c1U1f"), "a");
}

TEST(legacy_names)
{
    CHECK_TEXT(full("_ZN4core3ptr13drop_in_place17h0123456789abcdefE"),
               "core::ptr::drop_in_place");
    const char *vec = "_ZN66_$LT$alloc..vec..Vec$LT$T$GT$$u20$as$u20$core..ops"
                      "..drop..Drop$GT$4drop17h0123456789abcdefE";
    CHECK_TEXT(full(vec), "<alloc::vec::Vec<T> as core::ops::drop::Drop>::"
                          "drop");
    CHECK_TEXT(crate(vec), "alloc");
    CHECK_TEXT(full("core::fmt::write::h0123456789abcdef"), "core::fmt::write");
    CHECK_TEXT(crate("core::fmt::write::h0123456789abcdef"), "core");
}

TEST(other_symbols)
{
    CHECK_TEXT(full("_ZN3foo3barEv"), "foo::bar");
    CHECK_TEXT(full("_ZNK3foo3barEv"), "foo::bar");
    CHECK_TEXT(full("_Z4mainv"), "main");
    CHECK_TEXT(full("malloc"), "malloc");
    CHECK_TEXT(full("_start.command_export"), "_start.command_export");
    CHECK_TEXT(full("_ZNSt6vectorIiE4pushEv"), "_ZNSt6vectorIiE4pushEv");
    CHECK_TEXT(full(""), "");
    CHECK_TEXT(crate("malloc"), "none");
    CHECK_TEXT(crate("_ZN3foo3barEv"), "none");
}

TEST(damaged_symbols_are_left_alone)
{
    size_t size = strlen(drop_in_place);
    char symbol[200];
    for (size_t n = 0; n < size; n++) {
        memcpy(symbol, drop_in_place, n);
        symbol[n] = 0;
        full(symbol);
        crate(symbol);
        memcpy(symbol, drop_in_place, size + 1);
        symbol[n] = 'B';
        full(symbol);
        crate(symbol);
    }
    CHECK_TEXT(full("_RNvC9short"), "_RNvC9short");
    CHECK_TEXT(full("_RNvC99999999999999999999x"),
               "_RNvC99999999999999999999x");
    CHECK_TEXT(full("_RB_"), "_RB_");
    CHECK_TEXT(full("_ZN99fooE"), "_ZN99fooE");
}

TEST(nested_and_repeated_references_are_bounded)
{
    char symbol[4000] = "_RINvC1a1b";
    size_t size = strlen(symbol);
    memset(symbol + size, 'R', 3000);
    memcpy(symbol + size + 3000, "uE", 3);
    CHECK_TEXT(full(symbol), symbol);
    /* Each tuple names the one before twice: 2^40 types. */
    buffer bomb;
    buffer_init(&bomb);
    buffer_text(&bomb, "_RINvC1a1bTuuE");
    const char *back[] = {"TB8_B8_E", "TBe_Be_E", "TBm_Bm_E", "TBu_Bu_E",
                          "TBC_BC_E", "TBK_BK_E", "TBS_BS_E", "TBZ_BZ_E"};
    for (size_t n = 0; n < sizeof back / sizeof *back; n++)
        buffer_text(&bomb, back[n]);
    buffer_text(&bomb, "E");
    full(buffer_string(&bomb));
    buffer_release(&bomb);
}

TEST(without_memory_nothing_breaks)
{
    for (unsigned n = 1; n < 8; n++) {
        buffer out;
        buffer_init(&out);
        mem_fail_after(n);
        tool_demangle(slice_text(capacity), TOOL_DEMANGLE_FULL, &out);
        tool_demangle_crate(slice_text(capacity), &out);
        mem_fail_after(0);
        buffer_release(&out);
    }
}

TEST_MAIN(RUN(v0_paths_and_arguments) RUN(v0_groups_and_crates)
              RUN(legacy_names) RUN(other_symbols)
                  RUN(damaged_symbols_are_left_alone)
                      RUN(nested_and_repeated_references_are_bounded)
                          RUN(without_memory_nothing_breaks))
