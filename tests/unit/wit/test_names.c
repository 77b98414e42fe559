/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Labels, versions, suggestions, and the names of core imports and exports. */
#include "support.h"

#include "base/near.h"
#include "wit/abi_names.h"
#include "wit/name.h"

static bool label(const char *name)
{
    return wit_label_check(slice_text(name), NULL) == WHIT_OK;
}

TEST(labels)
{
    static const char *const good[] = {
        "a",         "a-b-c",        "a1-2-3",
        "A",         "A-B-C",        "A1-2-3",
        "a11-w0rds", "A11-4CR0NYMS", "m1x3d-4CR0NYMS",
        "is-XML",    "x-1"};
    static const char *const bad[] = {"",    "1",  "1-2-3", "-a",  "a-",
                                      "aB",  "Ab", "a--b",  "a_b", "a.b",
                                      "a b", "%a", "a-bC",  "é"};
    for (unsigned i = 0; i < COUNT_OF(good); i++)
        CHECK(label(good[i]));
    for (unsigned i = 0; i < COUNT_OF(bad); i++)
        CHECK(!label(bad[i]));
    CHECK(wit_words_check(slice_text("a-b"), NULL) == WHIT_OK);
    CHECK(wit_words_check(slice_text("a-B"), NULL) != WHIT_OK);
}

static const char *folded(const char *name)
{
    static char out[64];
    buffer text;
    buffer_init(&text);
    wit_name_fold(slice_text(name), &text);
    snprintf(out, sizeof out, "%s", buffer_string(&text));
    buffer_release(&text);
    return out;
}

TEST(folding)
{
    CHECK_TEXT(folded("get-JSON"), "get-json");
    CHECK_TEXT(folded("[method]foo.BAR"), "foo.bar");
    CHECK_TEXT(folded("[static]foo.bar"), "foo.bar");
    CHECK_TEXT(folded("[method]foo.FOO"), "foo");
    CHECK_TEXT(folded("[constructor]foo"), "[constructor]foo");
}

static bool version(const char *text, wit_version *out)
{
    return wit_version_parse(slice_text(text), out, NULL) == WHIT_OK;
}

TEST(versions)
{
    static const char *const bad[] = {"",           "1",
                                      "1.2",        "01.2.3",
                                      "1.02.3",     "1.2.03",
                                      "1.2.3-",     "1.2.3-01",
                                      "1.2.3-a..b", "1.2.3+",
                                      "1.2.3 ",     "v1.2.3",
                                      "1.2.3-a_b",  "99999999999999999999.0.0"};
    wit_version v;
    for (unsigned i = 0; i < COUNT_OF(bad); i++)
        CHECK(!version(bad[i], &v));
    CHECK(version("1.20.3-rc.1-x+b.01", &v));
    CHECK_INT(v.minor, 20);
    CHECK(slice_is(v.pre, "rc.1-x"));
    CHECK(slice_is(v.build, "b.01"));
}

/* The order of the specification's own example, and around it. */
TEST(precedence)
{
    static const char *const order[] = {
        "0.9.9",      "1.0.0-alpha",  "1.0.0-alpha.1", "1.0.0-alpha.beta",
        "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1",
        "1.0.0",      "1.0.1",        "1.2.0",         "2.0.0"};
    for (unsigned i = 0; i < COUNT_OF(order); i++)
        for (unsigned j = 0; j < COUNT_OF(order); j++) {
            wit_version a, b;
            CHECK(version(order[i], &a) && version(order[j], &b));
            int sign = wit_version_compare(&a, &b);
            CHECK_INT((sign > 0) - (sign < 0), (i > j) - (i < j));
        }
    wit_version a, b;
    CHECK(version("1.0.0+a", &a) && version("1.0.0+b", &b));
    CHECK_INT(wit_version_compare(&a, &b), 0);
}

static bool satisfies(const char *offered, const char *wanted)
{
    wit_version a, b;
    CHECK(version(offered, &a) && version(wanted, &b));
    return wit_version_satisfies(&a, &b);
}

TEST(compatibility)
{
    CHECK(satisfies("1.5.0", "1.2.3"));
    CHECK(!satisfies("1.2.2", "1.2.3"));
    CHECK(!satisfies("2.0.0", "1.2.3"));
    CHECK(satisfies("0.2.12", "0.2.0"));
    CHECK(!satisfies("0.3.0", "0.2.0"));
    CHECK(satisfies("0.0.1", "0.0.1"));
    CHECK(!satisfies("0.0.2", "0.0.1"));
    CHECK(!satisfies("1.0.0-rc.1", "1.0.0"));
}

TEST(scanning)
{
    CHECK_INT(wit_version_scan(slice_text("1.0.0.{a}")), 5);
    CHECK_INT(wit_version_scan(slice_text("1.0.0-rc.1+x;")), 12);
    CHECK_INT(wit_version_scan(slice_text("1.0.0)")), 5);
}

static const char *near(const char *wanted, const char *a, const char *b)
{
    static char out[64];
    near_word it = near_new(slice_text(wanted));
    near_try(&it, slice_text(a));
    near_try(&it, slice_text(b));
    snprintf(out, sizeof out, "%.*s", SLICE_ARG(it.best));
    return out;
}

TEST(suggestions)
{
    CHECK_TEXT(near("strng", "string", "stream"), "string");
    CHECK_TEXT(near("steram", "string", "stream"), "stream");
    CHECK_TEXT(near("REQUEST", "request", "response"), "request");
    CHECK_TEXT(near("xyz", "string", "stream"), "");
}

static const char names_wit[] =
    "package wasi:http@0.2.6-rc.1; interface types { resource r { get: func(); "
    "} f: async func(a: stream<u8>, b: option<future<stream>>) -> string; } "
    "world w { import types; export types; import plain: interface { g: "
    "func(); } export run: func(); }";

/* Fills `out` with one name after the other, separated by blanks. */
typedef struct name_case {
    wit_set *set;
    const wit_item *types;
    const wit_item *plain;
    const wit_function *f;
    wit_type r;
    buffer out;
} name_case;

static void begin(name_case *self)
{
    self->set = set_of(names_wit);
    const wit_world *world = &self->set->worlds[0];
    self->types = &world->imports[0];
    self->plain = &world->imports[1];
    self->f = function_named(self->set, "f");
    self->r = type_named(self->set, "r");
    buffer_init(&self->out);
}

static void end(name_case *self)
{
    buffer_release(&self->out);
    wit_set_free(self->set);
}

#define WRITES(case_, call, expected)             \
    do {                                          \
        buffer *out = &(case_).out;               \
        buffer_clear(out);                        \
        call;                                     \
        CHECK_TEXT(buffer_string(out), expected); \
    } while (0)

TEST(legacy_names)
{
    name_case it;
    wit_naming how = WIT_NAMES_LEGACY;
    begin(&it);
    WRITES(it, wit_core_module_write(it.set, it.types, how, false, out),
           "wasi:http/types@0.2.6-rc.1");
    WRITES(it, wit_core_module_write(it.set, it.types, how, true, out),
           "[export]wasi:http/types@0.2.6-rc.1");
    WRITES(it, wit_core_module_write(it.set, it.plain, how, false, out),
           "plain");
    WRITES(it, wit_core_module_write(it.set, NULL, how, false, out), "$root");
    WRITES(it, wit_core_import_write(it.f, how, WIT_ABI_ASYNC, out),
           "[async-lower]f");
    WRITES(it,
           wit_core_export_write(it.set, it.types, it.f, how, WIT_ABI_SYNC,
                                 WIT_CORE_POST_RETURN, out),
           "cabi_post_wasi:http/types@0.2.6-rc.1#f");
    WRITES(it,
           wit_core_export_write(it.set, NULL, it.f, how, WIT_ABI_ASYNC,
                                 WIT_CORE_CALLBACK, out),
           "[callback][async-lift]f");
    WRITES(it,
           wit_core_export_write(it.set, it.plain, it.f, how,
                                 WIT_ABI_ASYNC_STACKFUL, WIT_CORE_FUNCTION,
                                 out),
           "[async-lift-stackful]plain#f");
    WRITES(it,
           wit_core_resource_write(it.set, it.r, how, WIT_RESOURCE_DROP, out),
           "[resource-drop]r");
    WRITES(it, wit_core_destructor_write(it.set, it.plain, it.r, how, out),
           "plain#[dtor]r");
    WRITES(it, wit_core_task_return_write(it.f, out), "[task-return]f");
    WRITES(it,
           wit_core_stream_write(it.f, false, 0, WIT_STREAM_READ, true, out),
           "[async-lower][stream-read-0]f");
    WRITES(it,
           wit_core_stream_write(it.f, true, WIT_NONE, WIT_STREAM_DROP_WRITABLE,
                                 false, out),
           "[future-drop-writable-unit]f");
    end(&it);
}

TEST(standard_names)
{
    name_case it;
    wit_naming how = WIT_NAMES_CM32P2;
    begin(&it);
    WRITES(it, wit_core_module_write(it.set, it.types, how, false, out),
           "cm32p2|wasi:http/types@0.2");
    WRITES(it, wit_core_module_write(it.set, it.types, how, true, out),
           "cm32p2|_ex_wasi:http/types@0.2");
    WRITES(it, wit_core_module_write(it.set, NULL, how, false, out), "cm32p2");
    WRITES(it,
           wit_core_export_write(it.set, it.types, it.f, how, WIT_ABI_SYNC,
                                 WIT_CORE_POST_RETURN, out),
           "cm32p2|wasi:http/types@0.2|f_post");
    WRITES(it,
           wit_core_export_write(it.set, NULL, it.f, how, WIT_ABI_SYNC,
                                 WIT_CORE_FUNCTION, out),
           "cm32p2||f");
    WRITES(it,
           wit_core_resource_write(it.set, it.r, how, WIT_RESOURCE_REP, out),
           "r_rep");
    WRITES(it, wit_core_destructor_write(it.set, it.types, it.r, how, out),
           "cm32p2|wasi:http/types@0.2|r_dtor");
    CHECK_TEXT(wit_core_realloc_name(how), "cm32p2_realloc");
    end(&it);
}

TEST(stream_numbers)
{
    name_case it;
    wit_type *types;
    uint32_t count;
    begin(&it);
    CHECK_INT(wit_function_streams(it.set, it.f, &types, &count, NULL),
              WHIT_OK);
    CHECK_INT(count, 3);
    CHECK_INT(it.set->types[types[0]].element, WIT_U8);
    CHECK_INT(it.set->types[types[1]].kind, WIT_STREAM);
    CHECK_INT(it.set->types[types[2]].kind, WIT_FUTURE);
    CHECK_INT(it.set->types[types[2]].element, types[1]);
    mem_free(types);
    end(&it);
}

TEST_MAIN(RUN(labels) RUN(folding) RUN(versions) RUN(precedence)
              RUN(compatibility) RUN(scanning) RUN(suggestions)
                  RUN(legacy_names) RUN(standard_names) RUN(stream_numbers))
