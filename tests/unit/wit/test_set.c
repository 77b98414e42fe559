/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The verbs of a set: filled without text, as decoders of binary packages do,
 * and what readers of a set rely on. */
#include "support.h"

#include "base/limits.h"

static const wit_about nothing = {.place.source = WIT_NONE};

static wit_type add(wit_set *set, wit_type_def def)
{
    wit_type type = WIT_NONE;
    whit_error error = {0};
    def.about.place.source = WIT_NONE;
    if (wit_set_add_type(set, &def, &type, &error) != WHIT_OK) {
        printf("%s\n", error.message);
        test_failures++;
    }
    return type;
}

static uint32_t package(wit_set *set, const char *version)
{
    wit_version parsed = {0};
    uint32_t index = WIT_NONE;
    if (version)
        CHECK_INT(wit_version_parse(slice_text(version), &parsed, NULL),
                  WHIT_OK);
    CHECK_INT(wit_set_add_package(set, slice_text("a"), slice_text("b"),
                                  &parsed, &index, NULL),
              WHIT_OK);
    return index;
}

static uint32_t interface(wit_set *set, uint32_t owner, const char *name)
{
    uint32_t index = WIT_NONE;
    CHECK_INT(wit_set_add_interface(set, owner, slice_text(name), &nothing,
                                    &index, NULL),
              WHIT_OK);
    return index;
}

static wit_owner owner(uint32_t index)
{
    return (wit_owner){WIT_OWNER_INTERFACE, index};
}

TEST(primitives_are_their_kinds)
{
    wit_set *set = wit_set_new();
    CHECK_INT(set->type_count, WIT_PRIMITIVES);
    for (wit_type i = 0; i < set->type_count; i++)
        CHECK_INT(set->types[i].kind, i);
    CHECK_TEXT(wit_kind_text(WIT_ERROR_CONTEXT), "error-context");
    wit_set_free(set);
}

TEST(types_without_names_exist_once)
{
    wit_set *set = wit_set_new();
    wit_type_def list = {.kind = WIT_LIST, .element = WIT_U8};
    wit_type a = add(set, list), b = add(set, list);
    CHECK_INT(a, b);
    list.element = WIT_S8;
    CHECK(add(set, list) != a);
    wit_field members[] = {{.type = a}, {.type = WIT_STRING}};
    wit_type_def tuple = {
        .kind = WIT_TUPLE, .fields = members, .field_count = 2};
    CHECK_INT(add(set, tuple), add(set, tuple));
    wit_type_def fixed = {.kind = WIT_FIXED_LIST, .element = a, .length = 3};
    wit_type three = add(set, fixed);
    fixed.length = 4;
    CHECK(add(set, fixed) != three);
    wit_set_free(set);
}

/* Functions arrive in any order and are put into the one readers expect. */
TEST(filling_without_text)
{
    wit_set *set = wit_set_new();
    uint32_t p = package(set, "1.0.0"), i = interface(set, p, "i");
    wit_type r = add(set, (wit_type_def){.kind = WIT_RESOURCE,
                                         .name = slice_text("r"),
                                         .owner = owner(i)});
    wit_field param = {.name = slice_text("x"), .type = WIT_U32};
    const wit_function functions[] = {{.item_name = slice_text("free"),
                                       .result = WIT_STRING,
                                       .about = nothing},
                                      {.item_name = slice_text("m"),
                                       .kind = WIT_METHOD,
                                       .resource = r,
                                       .is_async = true,
                                       .params = &param,
                                       .param_count = 1,
                                       .result = WIT_NONE,
                                       .about = nothing},
                                      {.kind = WIT_CONSTRUCTOR,
                                       .resource = r,
                                       .result = WIT_NONE,
                                       .about = nothing}};
    for (unsigned n = 0; n < COUNT_OF(functions); n++)
        CHECK_INT(
            wit_set_add_function(set, owner(i), false, &functions[n], NULL),
            WHIT_OK);
    CHECK_INT(wit_set_complete_interface(set, i, NULL), WHIT_OK);
    uint32_t w;
    CHECK_INT(wit_set_add_world(set, p, slice_text("w"), &nothing, &w, NULL),
              WHIT_OK);
    wit_item item = {.kind = WIT_ITEM_INTERFACE, .index = i, .about = nothing};
    CHECK_INT(wit_set_add_item(set, w, true, &item, NULL), WHIT_OK);
    CHECK_INT(wit_set_complete_world(set, w, NULL), WHIT_OK);
    buffer out;
    buffer_init(&out);
    CHECK_INT(wit_print_set(set, p, NULL, &out, NULL), WHIT_OK);
    CHECK_TEXT(buffer_string(&out),
               "package a:b@1.0.0;\n\ninterface i {\n  resource r {\n"
               "    m: async func(x: u32);\n    constructor();\n  }\n\n"
               "  free: func() -> string;\n}\n\nworld w {\n  export i;\n}\n");
    const wit_function *m = &set->interfaces[i].functions[0];
    CHECK(slice_is(m->name, "[method]r.m"));
    CHECK_INT(m->param_count, 2);
    CHECK_INT(set->types[m->params[0].type].kind, WIT_BORROW);
    CHECK(
        wit_function_short_constructor(set, &set->interfaces[i].functions[1]));
    buffer_release(&out);
    wit_set_free(set);
}

/* Rules hold for decoders too; their errors have no line. */
TEST(rules_without_text)
{
    wit_set *set = wit_set_new();
    uint32_t p = package(set, NULL), i = interface(set, p, "i");
    whit_error error = {0};
    wit_type type;
    wit_type_def record = {.kind = WIT_RECORD,
                           .name = slice_text("r"),
                           .owner = owner(i),
                           .about = nothing};
    CHECK_INT(wit_set_add_type(set, &record, &type, &error), WHIT_INVALID);
    CHECK_INT(error.position, WHIT_POSITION_NONE);
    record.name.size = 0;
    wit_field field = {
        .name = slice_text("f"), .type = WIT_U8, .place.source = WIT_NONE};
    record.fields = &field;
    record.field_count = 1;
    CHECK_INT(wit_set_add_type(set, &record, &type, &error), WHIT_INVALID);
    wit_type_def loose = {.kind = WIT_LIST, .element = 12345};
    CHECK_INT(wit_set_add_type(set, &loose, &type, &error), WHIT_INVALID);
    loose = (wit_type_def){.kind = WIT_OPTION, .element = WIT_NONE};
    CHECK_INT(wit_set_add_type(set, &loose, &type, &error), WHIT_INVALID);
    loose = (wit_type_def){.kind = WIT_BORROW, .element = WIT_U8};
    CHECK_INT(wit_set_add_type(set, &loose, &type, &error), WHIT_INVALID);
    wit_function method = {.item_name = slice_text("m"),
                           .kind = WIT_METHOD,
                           .resource = WIT_U8,
                           .result = WIT_NONE,
                           .about = nothing};
    CHECK_INT(wit_set_add_function(set, owner(i), false, &method, &error),
              WHIT_INVALID);
    wit_set_free(set);
}

TEST(what_values_hold)
{
    wit_set *set = set_of(
        "package a:b; interface i { resource r;"
        " type a = list<r>; type b = tuple<u8, borrow<r>>;"
        " type c = stream<string>; type d = option<future<stream<r>>>;"
        " type e = result<string, error-context>; type f = list<u8, 4>; }");
    static const struct {
        const char *name;
        unsigned has;
    } rows[] = {{"a", WIT_HAS_OWN | WIT_HAS_MEMORY},
                {"b", WIT_HAS_BORROW},
                {"c", WIT_HAS_STREAM},
                {"d", WIT_HAS_FUTURE | WIT_HAS_STREAM},
                {"e", WIT_HAS_MEMORY | WIT_HAS_ERROR_CONTEXT},
                {"f", 0},
                {"r", 0}};
    for (unsigned i = 0; i < COUNT_OF(rows); i++)
        CHECK_INT(set->types[type_named(set, rows[i].name)].has, rows[i].has);
    wit_set_free(set);
}

TEST(resources_as_values)
{
    wit_set *set = set_of("package a:b; interface i { resource r; type a = r;"
                          " f: func(x: a, y: borrow<a>) -> r; }");
    wit_type r = type_named(set, "r"), a = type_named(set, "a");
    const wit_function *f = function_named(set, "f");
    CHECK_INT(set->types[a].kind, WIT_ALIAS);
    CHECK_INT(set->types[f->params[0].type].kind, WIT_OWN);
    CHECK_INT(set->types[f->params[0].type].element, a);
    CHECK_INT(set->types[f->params[1].type].kind, WIT_BORROW);
    CHECK_INT(set->types[f->result].element, r);
    CHECK_INT(wit_type_strip(set, a), r);
    wit_set_free(set);
}

TEST(uses_are_known)
{
    wit_set *set =
        set_of("package a:b; interface x { type t = u8; type u = t; }"
               "interface y { use x.{t, u as v}; type w = t; }"
               "world z { use y.{w}; import f: func(a: w); }");
    uint32_t x = wit_find_interface(set, 0, slice_text("x"));
    uint32_t y = wit_find_interface(set, 0, slice_text("y"));
    CHECK_INT(set->interfaces[y].use_count, 1);
    CHECK_INT(set->interfaces[y].uses[0], x);
    CHECK_INT(wit_type_used_from(set, wit_find_type(set, y, slice_text("v"))),
              x);
    CHECK_INT(wit_type_used_from(set, wit_find_type(set, y, slice_text("w"))),
              WIT_NONE);
    const wit_world *z = &set->worlds[0];
    CHECK_INT(z->import_count, 4);
    CHECK_INT(z->imports[0].index, x);
    CHECK_INT(z->imports[1].index, y);
    CHECK_INT(z->imports[2].kind, WIT_ITEM_TYPE);
    CHECK_INT(z->imports[3].kind, WIT_ITEM_FUNCTION);
    wit_set_free(set);
}

TEST(documentation_and_places)
{
    wit_set *set = set_of("package a:b;\ninterface i {\n  /// One\n  ///  two\n"
                          "  @external-id(\"\\u{e9}\\n\")\n  f: func();\n}\n");
    const wit_function *f = function_named(set, "f");
    uint32_t line, column;
    CHECK(slice_is(f->about.docs, "One\n two"));
    CHECK(f->about.has_external_id);
    CHECK(slice_is(f->about.external_id, "\xc3\xa9\n"));
    CHECK(wit_place_find(set, f->about.place, &line, &column));
    CHECK_INT(line, 6);
    CHECK_INT(column, 3);
    wit_set_free(set);
}

static const char worlds_text[] =
    "package a:b; world one {} world two {}"
    "package c:d@1.0.0 { world w {} } package c:d@2.0.0 { world w {} }"
    "package e:f@1.0.0 { world only {} }";

static const char *chosen(const char *name)
{
    static char out[WHIT_MESSAGE_SIZE];
    wit_set *set = set_of(worlds_text);
    uint32_t index, root;
    whit_error error;
    buffer text;
    buffer_init(&text);
    root = wit_find_package(set, slice_text("a"), slice_text("b"),
                            &(wit_version){0});
    if (wit_select_world(set, root, slice_text(name), &index, &error) ==
        WHIT_OK) {
        wit_world_write(set, index, &text);
        snprintf(out, sizeof out, "%s", buffer_string(&text));
    } else {
        snprintf(out, sizeof out, "%s", error.message);
    }
    buffer_release(&text);
    wit_set_free(set);
    return out;
}

TEST(choosing_a_world)
{
    CHECK_TEXT(chosen("two"), "a:b/two");
    CHECK_TEXT(chosen("c:d/w@2.0.0"), "c:d/w@2.0.0");
    CHECK_TEXT(chosen("e:f/only"), "e:f/only@1.0.0");
    CHECK(strstr(chosen(""), "2 worlds; name one of 'one', 'two'"));
    CHECK(strstr(chosen("tow"), "did you mean 'two'?"));
    CHECK(strstr(chosen("c:d/w"), "several versions"));
    CHECK(strstr(chosen("c:d/x"), "no world 'c:d/x'"));
    CHECK(strstr(chosen("c:d/w@x"), "is no version"));
}

/* Depth through names is limited, so that readers may recurse. */
TEST(depth_through_names)
{
    char text[8192];
    int size =
        snprintf(text, sizeof text, "package a:b; interface i { type t0 = u8;");
    for (int i = 1; i < 110; i++)
        size += snprintf(text + size, sizeof text - (size_t)size,
                         " type t%d = option<t%d>;", i, i - 1);
    snprintf(text + size, sizeof text - (size_t)size, " }");
    CHECK(strstr(error_of(text), "nest deeper than 100"));
}

TEST(errors_are_placed)
{
    CHECK_TEXT(error_of("package a:b;\ninterface i { f: func(x: y); }"),
               "2:26: no type 'y'");
    CHECK_TEXT(error_of("package a:b;\ninterface \xc3\xa9 {}"),
               "2:11: '\xc3\xa9' means nothing in WIT; names have letters, "
               "digits and hyphens");
    CHECK(strstr(error_of(""), "1:1: "));
}

TEST_MAIN(RUN(primitives_are_their_kinds) RUN(types_without_names_exist_once)
              RUN(filling_without_text) RUN(rules_without_text)
                  RUN(what_values_hold) RUN(resources_as_values)
                      RUN(uses_are_known) RUN(documentation_and_places)
                          RUN(choosing_a_world) RUN(depth_through_names)
                              RUN(errors_are_placed))
