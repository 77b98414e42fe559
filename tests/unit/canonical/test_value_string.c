/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Strings in every pair of encodings: the bytes that arrive, the calls of
 * realloc on the way, and what traps. */
#include "test.h"

#include "base/utf8.h"
#include "guests.h"

static guests g;
static canon_tuple types;

static void open_guests(unsigned wide, bool guarded)
{
    CHECK_INT(guests_open(&g, wide, guarded), WHIT_OK);
    CHECK_INT(guests_types(&g,
                           "(component (import \"f\" (func (param \"a\" "
                           "string))))",
                           &types),
              WHIT_OK);
}

/* A text as its bytes in guest a, and as a guest must get it. */
typedef struct text {
    const char *bytes;
    size_t size;
    uint64_t units; /* as lifted and lowered, with the tag of 32 bits */
} text;

#define TEXT(bytes, units) {bytes, sizeof(bytes) - 1, units}
#define TAG 0x80000000u

typedef struct sample {
    text as[4]; /* UTF-8, UTF-16, latin1+utf16, the same with needless UTF-16 */
} sample;

/* "", "hello", "grün", "h☃🍰" */
static const sample samples[] = {
    {{TEXT("", 0), TEXT("", 0), TEXT("", 0), TEXT("", TAG)}},
    {{TEXT("hello", 5), TEXT("h\0e\0l\0l\0o\0", 5), TEXT("hello", 5),
      TEXT("h\0e\0l\0l\0o\0", TAG | 5)}},
    {{TEXT("gr\xc3\xbcn", 5), TEXT("g\0r\0\xfc\0n\0", 4), TEXT("gr\xfcn", 4),
      TEXT("g\0r\0\xfc\0n\0", TAG | 4)}},
    {{TEXT("h\xe2\x98\x83\xf0\x9f\x8d\xb0", 8),
      TEXT("h\0\x03\x26\x3c\xd8\x70\xdf", 4),
      TEXT("h\0\x03\x26\x3c\xd8\x70\xdf", TAG | 4),
      TEXT("h\0\x03\x26\x3c\xd8\x70\xdf", TAG | 4)}},
};

static const canon_encoding encodings[] = {
    CANON_UTF8, CANON_UTF16, CANON_LATIN1_UTF16, CANON_LATIN1_UTF16};

static uint64_t tagged(uint64_t units, bool wide)
{
    return wide && units & TAG ? (units ^ TAG) | 1ull << 63 : units;
}

static whit_status pass(const text *from, unsigned source, unsigned target,
                        rt_slot *out)
{
    canon_side to = g.b.side;
    rt_slot in[2] = {{.u64 = 4096}};
    canon_values first = guests_flat(in), second = guests_flat(out);
    in[1].u64 = tagged(from->units, g.a.options.memory->is64);
    g.a.options.encoding = encodings[source];
    g.b.options.encoding = encodings[target];
    memcpy(guests_memory(&g.a, 4096), from->bytes, from->size);
    guests_reset(&g.b);
    return canon_pass(&types, &g.a.side, &first, &to, &second, &g.error);
}

static void check_pair(const sample *it, unsigned source, unsigned target)
{
    rt_slot out[2];
    const text *expected = &it->as[target];
    CHECK_INT(pass(&it->as[source], source, target, out), WHIT_OK);
    CHECK_INT(out[1].u64, tagged(expected->units, g.b.options.memory->is64));
    CHECK(!memcmp(guests_memory(&g.b, out[0].u64), expected->bytes,
                  expected->size));
}

TEST(every_encoding_becomes_every_other)
{
    for (unsigned wide = 0; wide < 4; wide++) {
        open_guests(wide, wide & 1);
        for (size_t i = 0; i < COUNT_OF(samples); i++)
            for (unsigned source = 0; source < 4; source++)
                for (unsigned target = 0; target < 3; target++)
                    check_pair(&samples[i], source, target);
        guests_close(&g);
    }
}

/* ---- Calls of realloc ---- */

typedef struct call {
    uint64_t old, old_size, align, size; /* old: of the call before, or 0 */
} call;

static void check_calls(unsigned which, unsigned source, unsigned target,
                        const call *calls, uint32_t count)
{
    rt_slot out[2];
    CHECK_INT(pass(&samples[which].as[source], source, target, out), WHIT_OK);
    uint32_t made;
    memcpy(&made, guests_memory(&g.b, 0), 4);
    CHECK_INT(made, count);
    for (uint32_t i = 0; i < made && i < count; i++) {
        call is;
        memcpy(&is, guests_memory(&g.b, 16 + 32 * i), sizeof is);
        CHECK_INT(is.old != 0, calls[i].old != 0);
        CHECK_INT(is.old_size, calls[i].old_size);
        CHECK_INT(is.align, calls[i].align);
        CHECK_INT(is.size, calls[i].size);
    }
}

#define CALLS(which, source, target, ...)                             \
    do {                                                              \
        static const call calls_[] = {__VA_ARGS__};                   \
        check_calls(which, source, target, calls_, COUNT_OF(calls_)); \
    } while (0)

TEST(realloc_is_called_as_specified)
{
    enum { UTF8, UTF16, LATIN1, WIDE };
    open_guests(0, true);
    CALLS(0, UTF8, UTF8, {0, 0, 1, 0});
    CALLS(3, UTF8, UTF8, {0, 0, 1, 8});
    CALLS(3, UTF16, UTF16, {0, 0, 2, 8});
    CALLS(2, LATIN1, LATIN1, {0, 0, 2, 4});
    /* Towards UTF-8: as ASCII first, then for the worst, then as it is. */
    CALLS(1, UTF16, UTF8, {0, 0, 1, 5});
    CALLS(2, UTF16, UTF8, {0, 0, 1, 4}, {1, 4, 1, 12}, {1, 12, 1, 5});
    CALLS(2, LATIN1, UTF8, {0, 0, 1, 4}, {1, 4, 1, 8}, {1, 8, 1, 5});
    CALLS(3, WIDE, UTF8, {0, 0, 1, 4}, {1, 4, 1, 12}, {1, 12, 1, 8});
    /* Towards UTF-16: for the worst. */
    CALLS(1, UTF8, UTF16, {0, 0, 2, 10});
    CALLS(2, UTF8, UTF16, {0, 0, 2, 10}, {1, 10, 2, 8});
    CALLS(2, LATIN1, UTF16, {0, 0, 2, 8});
    /* Towards both: as Latin-1 first. */
    CALLS(1, UTF8, LATIN1, {0, 0, 2, 5});
    CALLS(2, UTF8, LATIN1, {0, 0, 2, 5}, {1, 5, 2, 4});
    CALLS(3, UTF8, LATIN1, {0, 0, 2, 8}, {1, 8, 2, 16}, {1, 16, 2, 8});
    CALLS(3, UTF16, LATIN1, {0, 0, 2, 4}, {1, 4, 2, 8});
    CALLS(2, WIDE, LATIN1, {0, 0, 2, 8}, {1, 8, 1, 4});
    CALLS(3, WIDE, LATIN1, {0, 0, 2, 8});
    guests_close(&g);
}

TEST(each_answer_of_realloc_is_checked)
{
    rt_slot out[2];
    open_guests(0, true);
    for (unsigned source = 0; source < 4; source++)
        for (unsigned target = 0; target < 3; target++) {
            canon_values from, to;
            rt_slot in[2] = {{.u64 = 4096},
                             {.u64 = samples[2].as[source].units}};
            CHECK_INT(pass(&samples[2].as[source], source, target, out),
                      WHIT_OK);
            guests_reset(&g.b);
            g.b.answer->value[0].u64 = 131072;
            from = guests_flat(in);
            to = guests_flat(out);
            CHECK_INT(
                canon_pass(&types, &g.a.side, &from, &g.b.side, &to, &g.error),
                WHIT_TRAP);
            CHECK(strstr(g.error.message,
                         target ? "unaligned pointer"
                                : "string content out-of-bounds"));
        }
    guests_close(&g);
}

/* ---- Bad text ---- */

static whit_status to_host(unsigned encoding, const char *bytes, size_t size,
                           uint64_t units)
{
    struct {
        char *data;
        size_t size;
    } native;
    rt_slot in[2] = {{.u64 = 4096}, {.u64 = units}};
    canon_values from = guests_flat(in), to = guests_native(&native);
    memcpy(guests_memory(&g.a, 4096), bytes, size);
    g.a.options.encoding = encodings[encoding];
    return canon_pass(&types, &g.a.side, &from, &g.host_side, &to, &g.error);
}

TEST(bad_utf8_traps)
{
    static const struct {
        text text;
        const char *message;
    } tests[] = {
        {TEXT("\xff", 1), "invalid utf-8"},
        {TEXT("\xc3", 1), "incomplete utf-8 byte sequence"},
        {TEXT("ok\xe2\x98", 4), "incomplete utf-8 byte sequence"},
        {TEXT("ok\xf0\x9f\x8d", 5), "incomplete utf-8 byte sequence"},
        {TEXT("\xf0", 1), "incomplete utf-8 byte sequence"},
        {TEXT("\xed\xa0", 2), "invalid utf-8"},
        {TEXT("\xed\xa0\x80", 3), "invalid utf-8"},
        {TEXT("\xc0\x80", 2), "invalid utf-8"},
        {TEXT("\xe0\x9f", 2), "invalid utf-8"},
        {TEXT("\xf4\x90", 2), "invalid utf-8"},
        {TEXT("\xf4\x90\x80\x80", 4), "invalid utf-8"},
        {TEXT("\xe2\x41\x41", 3), "invalid utf-8"},
        {TEXT("0123456789abcdef0123456789abcdef\x80", 33), "invalid utf-8"},
    };
    open_guests(0, true);
    for (size_t i = 0; i < COUNT_OF(tests); i++) {
        CHECK_INT(to_host(0, tests[i].text.bytes, tests[i].text.size,
                          tests[i].text.units),
                  WHIT_TRAP);
        g.error.message[strlen(tests[i].message)] = 0;
        CHECK_TEXT(g.error.message, tests[i].message);
    }
    guests_close(&g);
}

TEST(bad_utf16_traps)
{
    static const text tests[] = {
        TEXT("\x00\xd8", 1), TEXT("\x00\xdc", 1), TEXT("a\0\x00\xd8", 2),
        TEXT("\x00\xd8\x00\xd8\x00\xdc", 3), TEXT("\x00\xdc\x00\xd8", 2)};
    open_guests(0, true);
    for (size_t i = 0; i < COUNT_OF(tests); i++)
        for (unsigned encoding = 1; encoding < 3; encoding++) {
            uint64_t units = tests[i].units | (encoding == 2 ? TAG : 0);
            CHECK_INT(to_host(encoding, tests[i].bytes, tests[i].size, units),
                      WHIT_TRAP);
            CHECK(strstr(g.error.message, "unpaired surrogate found"));
        }
    guests_close(&g);
}

TEST(strings_must_be_inside_and_aligned)
{
    open_guests(0, true);
    static const struct {
        unsigned encoding;
        uint32_t pointer, units;
        const char *guest, *host;
    } tests[] = {
        {0, 131073, 0, "string content out-of-bounds",
         "string pointer/length out of bounds of memory"},
        {0, 131071, 2, "string content out-of-bounds",
         "string pointer/length out of bounds of memory"},
        {0, 0x80000000, 1, "string content out-of-bounds",
         "string pointer/length out of bounds of memory"},
        {0, 16, UINT32_MAX, "string content out-of-bounds",
         "string content out-of-bounds"},
        {1, 1, 0, "unaligned pointer", "unaligned pointer"},
        {1, 131070, 2, "string content out-of-bounds",
         "string pointer/length out of bounds of memory"},
        {2, 1, 0, "unaligned pointer", "unaligned pointer"},
        {2, 1, TAG, "unaligned pointer", "unaligned pointer"},
        {2, 131070, 3, "string content out-of-bounds",
         "string pointer/length out of bounds of memory"},
        {2, 131070, TAG | 2, "string content out-of-bounds",
         "string pointer/length out of bounds of memory"},
    };
    for (size_t i = 0; i < COUNT_OF(tests); i++) {
        uint64_t native[2];
        rt_slot in[2] = {{.u64 = tests[i].pointer}, {.u64 = tests[i].units}};
        rt_slot out[2];
        canon_values from = guests_flat(in), to = guests_flat(out),
                     host = guests_native(native);
        g.a.options.encoding = encodings[tests[i].encoding];
        CHECK_INT(
            canon_pass(&types, &g.a.side, &from, &g.b.side, &to, &g.error),
            WHIT_TRAP);
        CHECK(strstr(g.error.message, tests[i].guest) == g.error.message);
        CHECK_INT(
            canon_pass(&types, &g.a.side, &from, &g.host_side, &host, &g.error),
            WHIT_TRAP);
        CHECK(strstr(g.error.message, tests[i].host) == g.error.message);
        CHECK_INT(*guests_memory(&g.b, 0), 0);
    }
    guests_close(&g);
}

/* ---- The host ---- */

TEST(the_host_has_utf8)
{
    open_guests(0, true);
    for (size_t i = 0; i < COUNT_OF(samples); i++)
        for (unsigned encoding = 0; encoding < 4; encoding++) {
            const text *it = &samples[i].as[encoding],
                       *utf8 = &samples[i].as[0];
            struct {
                const char *data;
                size_t size;
            } native = {NULL, 9};
            rt_slot slots[2] = {{.u64 = 4096}, {.u64 = it->units}};
            canon_values flat = guests_flat(slots),
                         host = guests_native(&native);
            g.a.options.encoding = encodings[encoding];
            memcpy(guests_memory(&g.a, 4096), it->bytes, it->size);
            CHECK_INT(canon_pass(&types, &g.a.side, &flat, &g.host_side, &host,
                                 &g.error),
                      WHIT_OK);
            CHECK_INT(native.size, utf8->size);
            CHECK(!native.size ||
                  !memcmp(native.data, utf8->bytes, utf8->size));
            CHECK_INT(canon_pass(&types, &g.host_side, &host, &g.a.side, &flat,
                                 &g.error),
                      WHIT_OK);
            if (encoding == 3)
                it = &samples[i].as[2];
            CHECK_INT(slots[1].u64, it->units);
            CHECK(!memcmp(guests_memory(&g.a, slots[0].u64), it->bytes,
                          it->size));
        }
    guests_close(&g);
}

TEST(bad_text_of_the_host_is_its_error)
{
    struct {
        const char *data;
        size_t size;
    } native = {"\xff", 1};
    rt_slot slots[2];
    canon_values flat = guests_flat(slots), host = guests_native(&native);
    open_guests(0, true);
    CHECK_INT(
        canon_pass(&types, &g.host_side, &host, &g.a.side, &flat, &g.error),
        WHIT_ARGUMENT);
    CHECK(strstr(g.error.message, "invalid utf-8"));
    native.size = 1u << 28;
    CHECK_INT(
        canon_pass(&types, &g.host_side, &host, &g.a.side, &flat, &g.error),
        WHIT_ARGUMENT);
    CHECK_INT(*guests_memory(&g.a, 0), 0);
    guests_close(&g);
}

TEST(strings_on_their_own)
{
    slice out;
    open_guests(0, true);
    g.a.options.encoding = CANON_UTF16;
    CHECK_INT(canon_store_string(&g.a.side, slice_text("gr\xc3\xbcn"), 4096,
                                 &g.error),
              WHIT_OK);
    uint32_t pair[2];
    memcpy(pair, guests_memory(&g.a, 4096), 8);
    CHECK_INT(pair[1], 4);
    CHECK(!memcmp(guests_memory(&g.a, pair[0]), "g\0r\0\xfc\0n\0", 8));
    CHECK_INT(canon_load_string(&g.a.side, pair[0], pair[1], &g.arena, &out,
                                &g.error),
              WHIT_OK);
    CHECK(slice_is(out, "gr\xc3\xbcn"));
    CHECK_INT(canon_store_string(&g.a.side, out, 4098, &g.error), WHIT_TRAP);
    CHECK_INT(canon_store_string(&g.a.side, out, 131068, &g.error), WHIT_TRAP);
    CHECK_INT(canon_load_string(&g.a.side, 3, 0, &g.arena, &out, &g.error),
              WHIT_TRAP);
    guests_close(&g);
}

/* ---- Sources that change under the walk ---- */

TEST(realloc_may_answer_with_the_source)
{
    open_guests(0, true);
    for (unsigned source = 0; source < 4; source++)
        for (unsigned target = 0; target < 3; target++)
            for (uint32_t shift = 0; shift < 64; shift += 2) {
                canon_values from, to;
                canon_options other = g.a.options;
                canon_side side = g.a.side;
                rt_slot in[2] = {{.u64 = 4096}}, out[2];
                const text *it = &samples[3].as[source];
                uint8_t *memory = guests_memory(&g.a, 4096);
                for (int i = 0; i < 10; i++)
                    memcpy(memory + (size_t)i * it->size, it->bytes, it->size);
                in[1].u64 = it->units * 10;
                if (it->units & TAG)
                    in[1].u64 = (it->units ^ TAG) * 10 | TAG;
                guests_reset(&g.a);
                g.a.answer->value[0].u64 = 4096 + shift + 1;
                g.a.options.encoding = encodings[source];
                other.encoding = encodings[target];
                side.options = &other;
                from = guests_flat(in);
                to = guests_flat(out);
                whit_status status =
                    canon_pass(&types, &g.a.side, &from, &side, &to, &g.error);
                CHECK(status == WHIT_OK || status == WHIT_TRAP);
            }
    guests_close(&g);
}

TEST(long_texts_use_the_fast_path)
{
    /* ASCII around one character at every distance from the runs' borders. */
    open_guests(0, true);
    for (size_t at = 0; at < 48; at++)
        for (unsigned target = 0; target < 3; target++) {
            char bytes[56];
            rt_slot out[2];
            struct {
                const char *data;
                size_t size;
            } native;
            memset(bytes, 'a', sizeof bytes);
            memcpy(bytes + at, at & 1 ? "\xc3\xbc" : "\xe2\x98", 2);
            if (!(at & 1))
                bytes[at + 2] = (char)0x83;
            text it = {bytes, sizeof bytes, sizeof bytes};
            CHECK_INT(pass(&it, 0, target, out), WHIT_OK);
            canon_values from = guests_flat(out), to = guests_native(&native);
            CHECK_INT(canon_pass(&types, &g.b.side, &from, &g.host_side, &to,
                                 &g.error),
                      WHIT_OK);
            CHECK_INT(native.size, sizeof bytes);
            CHECK(native.size == sizeof bytes &&
                  !memcmp(native.data, bytes, sizeof bytes));
        }
    guests_close(&g);
}

TEST_MAIN(
    RUN(every_encoding_becomes_every_other) RUN(realloc_is_called_as_specified)
        RUN(each_answer_of_realloc_is_checked) RUN(bad_utf8_traps)
            RUN(bad_utf16_traps) RUN(strings_must_be_inside_and_aligned)
                RUN(the_host_has_utf8) RUN(bad_text_of_the_host_is_its_error)
                    RUN(strings_on_their_own)
                        RUN(realloc_may_answer_with_the_source)
                            RUN(long_texts_use_the_fast_path))
