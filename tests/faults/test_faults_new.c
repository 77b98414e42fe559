/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Each allocation on the way from a core module to a component, and from a
 * component to its core modules, fails in turn: the call reports it and
 * leaves nothing behind (the leak checker looks). */
#include "test.h"

#include "base/memory.h"
#include "component/metadata.h"
#include "component/unbundle.h"
#include "toolchain/componentize.h"
#include "wasm/encode.h"
#include "wasm/text.h"
#include "wit/resolve.h"

static const char wit[] =
    "package a:b; interface t { resource r { constructor(x: u32); get: func() "
    "-> u32; } record p { x: u32 } type l = list<p>; take: func(r: r, l: l); "
    "} interface u { use t.{r, p}; type s = r; pass: func(r: borrow<r>, p: p) "
    "-> list<s>; } world w { import log: func(s: string); import t; export "
    "t; export u; export run: async func(x: stream<u8>) -> string; }";

static const char module_text[] =
    "(module (import \"$root\" \"log\" (func (param i32 i32)))"
    "(import \"a:b/t\" \"[resource-drop]r\" (func (param i32)))"
    "(import \"a:b/t\" \"[constructor]r\" (func (param i32) (result i32)))"
    "(import \"[export]a:b/t\" \"[resource-new]r\" (func (param i32) (result "
    "i32)))"
    "(import \"[export]$root\" \"[task-return]run\" (func (param i32 i32)))"
    "(import \"[export]$root\" \"[stream-read-0]run\" (func (param i32 i32 "
    "i32) (result i32)))"
    "(import \"old\" \"write\" (func (param i32)))"
    "(memory (export \"memory\") 1)"
    "(func (export \"cabi_realloc\") (param i32 i32 i32 i32) (result i32) "
    "unreachable)"
    "(func (export \"_initialize\"))"
    "(func (export \"__wasm_task_hook\") (param i32))"
    "(func (export \"a:b/t#[constructor]r\") (param i32) (result i32) "
    "unreachable)"
    "(func (export \"a:b/t#[method]r.get\") (param i32) (result i32) "
    "unreachable)"
    "(func (export \"a:b/t#take\") (param i32 i32 i32))"
    "(func (export \"a:b/t#[dtor]r\") (param i32))"
    "(func (export \"a:b/u#pass\") (param i32 i32) (result i32) unreachable)"
    "(func (export \"cabi_post_a:b/u#pass\") (param i32))"
    "(func (export \"[async-lift]run\") (param i32) (result i32) unreachable)"
    "(func (export \"[callback][async-lift]run\") (param i32 i32 i32) (result "
    "i32) unreachable))";

static const char adapter_text[] =
    "(module (import \"env\" \"memory\" (memory 0))"
    "(import \"__main_module__\" \"cabi_realloc\" (func (param i32 i32 i32 "
    "i32) (result i32)))"
    "(import \"$root\" \"log\" (func $log (param i32 i32)))"
    "(global $__stack_pointer (mut i32) (i32.const 0))"
    "(global $allocation_state (mut i32) (i32.const 0))"
    "(func (export \"write\") (param i32) local.get 0 global.get 0 call $log)"
    "(func (export \"unused\")))";

/* Made before the fault starts. */
static wit_set *set;
static uint32_t world;
static buffer module, adapter, composed;
static bool grow;

static void encode(const char *text, buffer *out)
{
    wasm_module *made = NULL;
    buffer_init(out);
    CHECK_INT(wasm_text_parse(slice_text(text), &made, NULL), WHIT_OK);
    CHECK_INT(wasm_encode(made, out, NULL), WHIT_OK);
    wasm_module_free(made);
}

/* The world as a custom section. */
static void embed(buffer *out)
{
    buffer section;
    buffer_init(&section);
    buffer_uleb(&section, strlen(COMPONENT_TYPE_SECTION));
    buffer_text(&section, COMPONENT_TYPE_SECTION);
    CHECK_INT(component_metadata_encode(set, world, COMPONENT_OPTION_UTF8,
                                        &section, NULL),
              WHIT_OK);
    buffer_put(out, 0);
    buffer_uleb(out, section.size);
    buffer_slice(out, buffer_view(&section));
    buffer_release(&section);
}

static whit_status make(buffer *out, whit_error *error)
{
    tool_componentize_adapter old = {slice_text("old"), buffer_view(&adapter)};
    tool_componentize_options options = {.adapters = &old,
                                         .adapter_count = 1,
                                         .merge_versions = true,
                                         .shrink = true,
                                         .realloc_via_memory_grow = grow};
    return tool_componentize(buffer_view(&module), &options, out, error);
}

static whit_status componentize(whit_error *error)
{
    buffer out;
    buffer_init(&out);
    whit_status status = make(&out, error);
    buffer_release(&out);
    return status;
}

static whit_status unbundle(whit_error *error)
{
    buffer out;
    component_unbundled modules;
    buffer_init(&out);
    whit_status status =
        component_unbundle(buffer_view(&composed), 0, &modules, &out, error);
    mem_free(modules.modules);
    buffer_release(&out);
    return status;
}

/* Lets the n-th allocation and all later ones fail, for every n that the
 * work reaches. */
static void fail_each(whit_status (*work)(whit_error *))
{
    whit_error error = {0};
    mem_fail_after(0);
    CHECK_INT(work(&error), WHIT_OK);
    if (error.code != WHIT_OK)
        printf("%s\n", error.message);
    uint64_t total = mem_count();
    CHECK(total > 0);
    for (uint64_t n = 1; n <= total; n++) {
        error.code = WHIT_OK;
        mem_fail_after(n);
        whit_status status = work(&error);
        mem_fail_after(0);
        CHECK_INT(status, WHIT_OUT_OF_MEMORY);
        CHECK_INT(error.code, WHIT_OUT_OF_MEMORY);
    }
}

TEST(making)
{
    grow = false;
    fail_each(componentize);
    grow = true;
    fail_each(componentize);
}

TEST(unbundling)
{
    whit_error error;
    buffer_init(&composed);
    CHECK_INT(make(&composed, &error), WHIT_OK);
    fail_each(unbundle);
    buffer_release(&composed);
}

int main(void)
{
    uint32_t root;
    wit_source source = {slice_text("t.wit"), slice_text(wit), 0};
    set = wit_set_new();
    CHECK_INT(wit_resolve(set, &source, 1, NULL, &root, NULL), WHIT_OK);
    CHECK_INT(wit_select_world(set, root, slice_text("w"), &world, NULL),
              WHIT_OK);
    encode(module_text, &module);
    embed(&module);
    encode(adapter_text, &adapter);
    RUN(making)
    RUN(unbundling)
    buffer_release(&module);
    buffer_release(&adapter);
    wit_set_free(set);
    printf("%d passed, %d failed\n", test_passed, test_failed);
    return test_failed != 0;
}
