/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The streaming reader's calls, and the object dump that is made of them. */
#include "test.h"

#include "everything.h"
#include "wasm/print.h"
#include "wasm/visit.h"

typedef struct counter {
    unsigned sections;
    unsigned items;
    uint64_t section_end;
    uint64_t last;
    bool ordered;
    unsigned stop_at;
} counter;

static whit_status on_section(void *self, wasm_section_id id, wasm_span header,
                              slice payload, whit_error *error)
{
    counter *c = self;
    (void)id, (void)error;
    c->sections++;
    c->ordered &= header.offset >= c->last;
    c->last = header.offset + header.size;
    c->section_end = c->last + payload.size;
    return WHIT_OK;
}

static whit_status item(counter *c, wasm_span span)
{
    c->items++;
    c->ordered &= span.offset >= c->last && span.size > 0;
    c->last = span.offset + span.size;
    c->ordered &= c->last <= c->section_end;
    return c->items == c->stop_at ? WHIT_EXIT : WHIT_OK;
}

static whit_status on_type(void *self, uint32_t index, wasm_span span,
                           const wasm_subtype *type, whit_error *error)
{
    (void)index, (void)type, (void)error;
    return item(self, span);
}

static whit_status on_export(void *self, uint32_t index, wasm_span span,
                             const wasm_export *export, whit_error *error)
{
    (void)index, (void)export, (void)error;
    return item(self, span);
}

static whit_status on_code(void *self, uint32_t index, wasm_span span,
                           const wasm_code *code, whit_error *error)
{
    (void)index, (void)error;
    CHECK(code->offset >= span.offset);
    CHECK(code->offset + code->body.size == span.offset + span.size);
    return item(self, span);
}

static wasm_visitor counting(counter *c)
{
    return (wasm_visitor){.self = c,
                          .section = on_section,
                          .type = on_type,
                          .export = on_export,
                          .code = on_code};
}

TEST(calls_come_in_order)
{
    counter c = {.ordered = true};
    wasm_visitor visitor = counting(&c);
    CHECK_INT(wasm_visit(slice_of(everything, sizeof everything),
                         WASM_FEATURES_ALL, &visitor, NULL),
              WHIT_OK);
    CHECK_INT(c.sections, 16);
    CHECK_INT(c.items, 6 + 6 + 2);
    CHECK(c.ordered);
    CHECK_INT(c.section_end, sizeof everything);
}

TEST(a_call_can_end_the_walk)
{
    counter c = {.ordered = true, .stop_at = 3};
    wasm_visitor visitor = counting(&c);
    CHECK_INT(wasm_visit(slice_of(everything, sizeof everything),
                         WASM_FEATURES_ALL, &visitor, NULL),
              WHIT_EXIT);
    CHECK_INT(c.items, 3);
}

/* Counts the bytes between the bars of a dump. */
static size_t dumped_bytes(const char *text)
{
    size_t count = 0;
    while (*text) {
        const char *bytes = strchr(text, '|') + 1;
        const char *end = strchr(bytes, '|');
        for (const char *p = bytes; p + 2 < end; p += 3)
            count += p[1] != ' ';
        text = strchr(end, '\n') + 1;
    }
    return count;
}

TEST(a_dump_accounts_for_every_byte)
{
    buffer out;
    buffer_init(&out);
    CHECK_INT(wasm_dump(slice_of(everything, sizeof everything),
                        WASM_FEATURES_ALL, &out, NULL),
              WHIT_OK);
    const char *text = buffer_string(&out);
    CHECK_INT(dumped_bytes(text), sizeof everything);
    CHECK(strstr(text, "export 5: \"\xc3\xa9\" function 2") != NULL);
    CHECK(strstr(text, "i32.load 1 offset=4 align=2**2") != NULL);
    CHECK(strstr(text, "try_table (catch_all 0)") != NULL);
    CHECK(strstr(text, "type 3: of 2 struct (mut i8)") != NULL);
    buffer_release(&out);
}

TEST(a_dump_stops_at_the_damage)
{
    uint8_t bytes[sizeof everything];
    memcpy(bytes, everything, sizeof bytes);
    const char *at = "\x0e\x01\x00\x00";
    uint8_t *hit = memmem(bytes, sizeof bytes, at, 4);
    CHECK(hit != NULL);
    *hit = 0xff;
    buffer out;
    whit_error error;
    buffer_init(&out);
    CHECK_INT(wasm_dump(slice_of(bytes, sizeof bytes), WASM_FEATURES_ALL, &out,
                        &error),
              WHIT_MALFORMED);
    CHECK_INT(error.offset, hit - bytes);
    CHECK_INT(dumped_bytes(buffer_string(&out)), hit - bytes);
    buffer_release(&out);
}

TEST_MAIN(RUN(calls_come_in_order) RUN(a_call_can_end_the_walk)
              RUN(a_dump_accounts_for_every_byte)
                  RUN(a_dump_stops_at_the_damage))
