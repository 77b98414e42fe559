/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Sizes of parts, and the reports made of them. */
#include "toolchain/size.h"
#include <jansson.h>
#include "base/memory.h"
#include "test.h"
#include "wasm/encode.h"
#include "wasm/text.h"

static const char source[] =
    "(module (import \"m\" \"g\" (func))"
    "(memory (export \"memory\") 1)"
    "(func $_RNvC4core5small (param i32) local.get 0 drop)"
    "(func $_RINvC4core5largelE (export \"f\") call 0 call 0 call 0 call 0)"
    "(func $_RINvC4core5largexE call 0 call 0 call 0 call 0 call 0)"
    "(func $malloc call 0)"
    "(func (export \"plain\") call 2 call 3 call 4 i32.const 0 call 1)"
    "(data (i32.const 1024) \"some text\"))";

static bool encode(const char *text, buffer *out)
{
    wasm_module *module = NULL;
    whit_status status = wasm_text_parse(slice_text(text), &module, NULL);
    if (status == WHIT_OK)
        status = wasm_encode(module, out, NULL);
    wasm_module_free(module);
    return status == WHIT_OK;
}

static const tool_size_function *function(const tool_size *size,
                                          const char *name)
{
    for (uint32_t n = 0; n < size->function_count; n++)
        if (slice_is(size->functions[n].name, name))
            return &size->functions[n];
    return NULL;
}

static const tool_size_group *find(const tool_size_group *groups,
                                   uint32_t count, const char *name)
{
    for (uint32_t n = 0; n < count; n++)
        if (slice_is(groups[n].name, name))
            return &groups[n];
    return NULL;
}

TEST(every_byte_is_counted_once)
{
    buffer module;
    buffer_init(&module);
    CHECK(encode(source, &module));
    tool_size *size = NULL;
    CHECK_INT(tool_size_new(buffer_view(&module), NULL, &size, NULL), WHIT_OK);
    uint64_t sum = 8;
    for (uint32_t n = 0; n < size->section_count; n++) {
        sum += size->sections[n].bytes;
        CHECK(!n || size->sections[n].bytes <= size->sections[n - 1].bytes);
    }
    CHECK_INT(sum, module.size);
    CHECK_INT(size->total, module.size);
    CHECK_INT(size->function_count, 5);
    CHECK_INT(size->data_count, 1);
    CHECK(size->datas[0].has_offset);
    CHECK_INT(size->datas[0].offset, 1024);
    tool_size_free(size);
    buffer_release(&module);
}

TEST(functions_crates_and_groups)
{
    buffer module;
    buffer_init(&module);
    CHECK(encode(source, &module));
    tool_size *size = NULL;
    CHECK_INT(tool_size_new(buffer_view(&module), NULL, &size, NULL), WHIT_OK);
    const tool_size_function *f = function(size, "core::large::<i64>");
    CHECK(f && slice_is(f->crate, "core") && slice_is(f->group, "core::large"));
    /* size, local groups, five calls, end */
    CHECK_INT(f ? f->bytes : 0, 13);
    CHECK(function(size, "export plain") != NULL);
    const tool_size_group *g =
        find(size->groups, size->group_count, "core::large");
    CHECK(g && g->functions == 2 && g->bytes == 13 + 11);
    g = find(size->crates, size->crate_count, "core");
    CHECK(g && g->functions == 3);
    g = find(size->crates, size->crate_count, "(C and others)");
    CHECK(g && g->functions == 1);
    tool_size_free(size);
    buffer_release(&module);
}

/* Shrinks `source` and accounts for both, with the names of the first. */
typedef struct pair {
    buffer linked, module;
    tool_shrink_stats stats;
    tool_size_names names;
    tool_size *before, *after;
} pair;

static bool pair_init(pair *p)
{
    memset(p, 0, sizeof *p);
    tool_shrink_options options = {.drop_linker_exports = true};
    return encode(source, &p->linked) &&
           tool_shrink(buffer_view(&p->linked), &options, &p->module, &p->stats,
                       NULL) == WHIT_OK &&
           tool_size_names_init(&p->names, buffer_view(&p->linked),
                                p->stats.map, p->stats.map_count,
                                NULL) == WHIT_OK &&
           tool_size_new(buffer_view(&p->linked), NULL, &p->before, NULL) ==
               WHIT_OK &&
           tool_size_new(buffer_view(&p->module), &p->names, &p->after, NULL) ==
               WHIT_OK &&
           tool_size_compare(p->after, p->before, NULL) == WHIT_OK;
}

static void pair_release(pair *p)
{
    tool_size_free(p->before);
    tool_size_free(p->after);
    tool_size_names_release(&p->names);
    tool_shrink_stats_release(&p->stats);
    buffer_release(&p->linked);
    buffer_release(&p->module);
}

TEST(before_and_after_meet_by_name)
{
    pair p;
    CHECK(pair_init(&p));
    const tool_size_function *f = function(p.after, "core::large::<i32>");
    CHECK(f && f->before == 11 && f->bytes > 0);
    f = function(p.after, "malloc");
    CHECK(f && f->before == 5 && f->bytes == 0);
    CHECK_INT(p.after->before, p.linked.size);
    pair_release(&p);
}

TEST(text_has_aligned_columns)
{
    pair p;
    CHECK(pair_init(&p));
    buffer out;
    buffer_init(&out);
    tool_size_style style = {.title = "x.wasm", .top = 2};
    CHECK_INT(tool_size_text(p.after, &style, &out, NULL), WHIT_OK);
    const char *text = buffer_string(&out);
    CHECK(strstr(text, "x.wasm  ") == text);
    CHECK(strstr(text, "core::large::<i32>") != NULL);
    CHECK(strstr(text, "... and ") != NULL);
    CHECK(strstr(text, "\x1b") == NULL);
    style.color = true;
    CHECK_INT(tool_size_text(p.after, &style, &out, NULL), WHIT_OK);
    CHECK(strstr(buffer_string(&out), "\x1b[1m") != NULL);
    buffer_clear(&out);
    CHECK_INT(tool_size_summary("x.wasm", buffer_view(&p.linked),
                                buffer_view(&p.module), &p.stats, &out, NULL),
              WHIT_OK);
    CHECK(strstr(buffer_string(&out), "x.wasm  ") != NULL);
    CHECK(strstr(buffer_string(&out), " -> ") != NULL);
    CHECK(strstr(buffer_string(&out), "core") != NULL);
    buffer_release(&out);
    pair_release(&p);
}

TEST(json_says_the_same)
{
    pair p;
    CHECK(pair_init(&p));
    buffer out;
    buffer_init(&out);
    tool_size_style style = {.title = "x.wasm"};
    CHECK_INT(tool_size_json(p.after, &style, &out, NULL), WHIT_OK);
    json_t *root = json_loads(buffer_string(&out), 0, NULL);
    CHECK(root != NULL);
    CHECK_INT(json_integer_value(json_object_get(root, "bytes")),
              p.module.size);
    CHECK_INT(json_integer_value(json_object_get(root, "before")),
              p.linked.size);
    CHECK_INT(json_array_size(json_object_get(root, "functions")),
              p.after->function_count);
    CHECK_INT(json_array_size(json_object_get(root, "data")), 1);
    json_decref(root);
    buffer_release(&out);
    pair_release(&p);
}

TEST(hostile_names_stay_harmless)
{
    buffer module, out;
    buffer_init(&module);
    buffer_init(&out);
    CHECK(encode("(module (func (@name \"</script><!--\\1b[31m\\e2\\80\\ae"
                 "&\\22'\\00\")))",
                 &module));
    tool_size *size = NULL;
    CHECK_INT(tool_size_new(buffer_view(&module), NULL, &size, NULL), WHIT_OK);
    tool_size_style style = {.title = "</script>"};
    CHECK_INT(tool_size_html(size, &style, &out, NULL), WHIT_OK);
    const char *text = buffer_string(&out);
    CHECK_INT(strlen(text), out.size);
    /* The page's own two script elements, and no other end. */
    unsigned ends = 0;
    for (const char *at = text; (at = strstr(at, "</script")); at++)
        ends++;
    CHECK_INT(ends, 2);
    CHECK(strstr(text, "<!--") == NULL);
    CHECK(strstr(text, "\x1b") == NULL);
    buffer_clear(&out);
    style = (tool_size_style){.title = "t"};
    CHECK_INT(tool_size_text(size, &style, &out, NULL), WHIT_OK);
    CHECK(strstr(buffer_string(&out), "\x1b") == NULL);
    CHECK(strstr(buffer_string(&out), "\xe2\x80\xae") == NULL);
    tool_size_free(size);
    buffer_release(&module);
    buffer_release(&out);
}

TEST(damaged_modules_are_errors)
{
    buffer module;
    buffer_init(&module);
    CHECK(encode(source, &module));
    tool_size *size = NULL;
    for (size_t n = 0; n < module.size; n++) {
        whit_status status =
            tool_size_new(slice_of(module.data, n), NULL, &size, NULL);
        if (status == WHIT_OK) {
            /* Between two sections a shorter module begins. */
            tool_size_free(size);
            continue;
        }
        CHECK(status != WHIT_OUT_OF_MEMORY);
    }
    /* Each byte wrong in turn: an account or an error. */
    for (size_t n = 8; n < module.size; n++)
        for (unsigned bit = 0; bit < 8; bit++) {
            module.data[n] ^= (uint8_t)(1u << bit);
            if (tool_size_new(buffer_view(&module), NULL, &size, NULL) ==
                WHIT_OK)
                tool_size_free(size);
            module.data[n] ^= (uint8_t)(1u << bit);
        }
    CHECK(tool_size_new(slice_text("garbage"), NULL, &size, NULL) ==
          WHIT_MALFORMED);
    buffer_release(&module);
}

TEST(exports_of_no_function_are_passed_over)
{
    /* Export "f" is function 268,435,455 of one. */
    static const uint8_t module[] = {
        0,    'a',  's',  'm',  1,  0, 0, 0, 1, 4,   1,   0x60,
        0,    0,    3,    2,    1,  0, 7, 8, 1, 1,   'f', 0,
        0xff, 0xff, 0xff, 0x7f, 10, 4, 1, 2, 0, 0x0b};
    tool_size *size = NULL;
    CHECK_INT(tool_size_new(slice_of(module, sizeof module), NULL, &size, NULL),
              WHIT_OK);
    CHECK_INT(size ? size->function_count : 0, 1);
    tool_size_free(size);
}

TEST(every_allocation_may_fail)
{
    buffer module;
    buffer_init(&module);
    CHECK(encode(source, &module));
    whit_status status = WHIT_OUT_OF_MEMORY;
    unsigned n = 1;
    for (; status == WHIT_OUT_OF_MEMORY && n < 5000; n++) {
        tool_size *size = NULL, *before = NULL;
        buffer out;
        buffer_init(&out);
        mem_fail_after(n);
        status = tool_size_new(buffer_view(&module), NULL, &size, NULL);
        if (status == WHIT_OK)
            status = tool_size_new(buffer_view(&module), NULL, &before, NULL);
        if (status == WHIT_OK)
            status = tool_size_compare(size, before, NULL);
        tool_size_style style = {.title = "x"};
        if (status == WHIT_OK)
            status = tool_size_text(size, &style, &out, NULL);
        if (status == WHIT_OK)
            status = tool_size_html(size, &style, &out, NULL);
        mem_fail_after(0);
        buffer_release(&out);
        tool_size_free(size);
        tool_size_free(before);
    }
    CHECK_INT(status, WHIT_OK);
    CHECK(n > 20);
    buffer_release(&module);
}

TEST_MAIN(RUN(every_byte_is_counted_once) RUN(functions_crates_and_groups)
              RUN(before_and_after_meet_by_name) RUN(text_has_aligned_columns)
                  RUN(json_says_the_same) RUN(hostile_names_stay_harmless)
                      RUN(damaged_modules_are_errors)
                          RUN(exports_of_no_function_are_passed_over)
                              RUN(every_allocation_may_fail))
