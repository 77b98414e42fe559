/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Components made piece by piece, and imports with only what is used. */
#include "wit/support.h"

#include "component/decode.h"
#include "component/encode.h"
#include "component/names.h"
#include "component/validate.h"
#include "component/wit_encode.h"

/* The file's root as the builder left it: valid, and equal to what its bytes
 * decode to. */
static void check_file(component_file *file)
{
    component_file *back;
    buffer bytes, again;
    whit_error error;
    buffer_init(&bytes);
    buffer_init(&again);
    if (component_validate(file, &error) != WHIT_OK) {
        printf("%s\n", error.message);
        test_failures++;
    }
    CHECK_INT(component_encode(file, &bytes, &error), WHIT_OK);
    CHECK_INT(component_decode(buffer_view(&bytes), &back, &error), WHIT_OK);
    CHECK_INT(component_encode(back, &again, &error), WHIT_OK);
    CHECK(slice_equal(buffer_view(&bytes), buffer_view(&again)));
    component_file_free(back);
    buffer_release(&bytes);
    buffer_release(&again);
}

static component_valtype u8_type(void)
{
    return (component_valtype){.primitive = COMPONENT_U8};
}

TEST(shared_types_exist_once)
{
    component_file *file = component_file_new();
    component_builder b;
    whit_error error;
    component_builder_init(&b, file, COMPONENT_SCOPE_COMPONENT);
    component_field fields[] = {{slice_text("x"), u8_type()},
                                {slice_text("y"), u8_type()}};
    component_type list = {.kind = COMPONENT_TYPE_LIST, .element = u8_type()};
    component_type func = {
        .kind = COMPONENT_TYPE_FUNC, .fields = fields, .field_count = 2};
    CHECK_INT(component_builder_shared_type(&b, &list), 0);
    CHECK_INT(component_builder_shared_type(&b, &func), 1);
    CHECK_INT(component_builder_shared_type(&b, &list), 0);
    fields[1].name = slice_text("z");
    CHECK_INT(component_builder_shared_type(&b, &func), 2);
    func.is_async = true;
    CHECK_INT(component_builder_shared_type(&b, &func), 3);
    CHECK_INT(component_builder_type(&b, &list), 4);
    CHECK_INT(component_builder_next(&b, COMPONENT_SORT_TYPE), 5);
    CHECK_INT(component_builder_finish(&b, &file->root, &error), WHIT_OK);
    check_file(file);
    component_file_free(file);
}

TEST(names_and_nesting)
{
    component_file *file = component_file_new();
    component_builder b, nested;
    whit_error error;
    component_names names;
    component_builder_init(&b, file, COMPONENT_SCOPE_COMPONENT);
    component_builder_init(&nested, file, COMPONENT_SCOPE_COMPONENT);
    component_type func = {.kind = COMPONENT_TYPE_FUNC};
    component_name name = component_name_of(slice_text("f"));
    component_extern type = component_extern_of(
        COMPONENT_SORT_FUNC, component_builder_type(&nested, &func));
    component_builder_import(&nested, &name, &type);
    component_name out = component_name_of(slice_text("g"));
    component_builder_export(&nested, &out, COMPONENT_SORT_FUNC, 0, NULL);
    uint32_t inner = component_builder_component(&b, &nested);
    type.index = component_builder_type(&b, &func);
    component_item argument = {name, COMPONENT_SORT_FUNC,
                               component_builder_import(&b, &name, &type)};
    uint32_t instance = component_builder_instantiate(&b, inner, &argument, 1);
    uint32_t alias = component_builder_alias(&b, COMPONENT_SORT_FUNC, instance,
                                             slice_text("g"));
    CHECK_INT(alias, 1);
    CHECK_INT(
        component_builder_export(&b, &out, COMPONENT_SORT_FUNC, alias, NULL),
        2);
    component_builder_name_self(&b, slice_text("whole"));
    component_builder_name(&b, COMPONENT_SORT_INSTANCE, instance,
                           slice_text("it"));
    CHECK_INT(component_builder_finish(&b, &file->root, &error), WHIT_OK);
    CHECK_INT(component_names_read(&file->root, &file->arena, &names, &error),
              WHIT_OK);
    CHECK(slice_is(names.component, "whole"));
    CHECK(slice_is(component_names_get(&names, COMPONENT_SORT_INSTANCE, 0),
                   "it"));
    check_file(file);
    component_file_free(file);
}

TEST(failures_stick_and_go_out)
{
    component_file *file = component_file_new();
    component_builder b, nested;
    whit_error error;
    component_builder_init(&b, file, COMPONENT_SCOPE_COMPONENT);
    component_builder_init(&nested, file, COMPONENT_SCOPE_COMPONENT);
    component_builder_core_bytes(&nested, slice_text("no module"));
    component_builder_custom(&nested, slice_text("x"), slice_text("y"));
    component_builder_component(&b, &nested);
    CHECK_INT(component_builder_finish(&b, &file->root, &error),
              WHIT_MALFORMED);
    CHECK(error.message[0] != 0);
    component_file_free(file);
}

static const char text[] =
    "package a:b;\n"
    "interface base { record used { x: u8 } record unused { x: u8 }\n"
    "  resource r { m: func(); n: func(); } f: func(); }\n"
    "interface user { use base.{used, unused, r};\n"
    "  f: func(x: list<used>); g: func(x: unused) -> r; }\n"
    "world w { import user; }\n";

/* Only what `f` needs: one type of each interface. */
TEST(imports_have_what_is_used)
{
    wit_set *set = set_of(text);
    component_file *file = component_file_new();
    component_builder b;
    component_wit_scope scope;
    component_wit_live live;
    whit_error error;
    uint32_t base = wit_find_interface(set, 0, slice_text("base"));
    uint32_t user = wit_find_interface(set, 0, slice_text("user"));
    CHECK_INT(component_wit_live_init(&live, set, &error), WHIT_OK);
    CHECK(!component_wit_live_interface(&live, base));
    component_wit_live_function(&live, user,
                                &set->interfaces[user].functions[0]);
    CHECK(component_wit_live_interface(&live, base));
    CHECK(component_wit_live_has(&live, user,
                                 &set->interfaces[user].functions[0]));
    CHECK(!component_wit_live_has(&live, user,
                                  &set->interfaces[user].functions[1]));
    CHECK_INT(component_wit_scope_init(&scope, set, &error), WHIT_OK);
    component_builder_init(&b, file, COMPONENT_SCOPE_COMPONENT);
    component_wit_scope_begin(&scope, &b);
    for (uint32_t i = 0; i < set->worlds[0].import_count; i++)
        component_wit_import(&scope, &set->worlds[0].imports[i], &live);
    CHECK_INT(component_wit_instance(&scope, COMPONENT_WIT_IMPORT, user), 1);
    CHECK_INT(component_builder_finish(&b, &file->root, &error), WHIT_OK);
    check_file(file);
    const component_node *type = file->root.info->type;
    CHECK_INT(type->import_count, 2);
    CHECK_INT(type->imports[0].type->export_count, 1);
    CHECK(slice_is(type->imports[0].type->exports[0].name, "used"));
    CHECK_INT(type->imports[1].type->export_count, 2);
    component_wit_live_release(&live);
    component_wit_scope_release(&scope);
    component_file_free(file);
    wit_set_free(set);
}

/* A resource that nobody placed is an error, not a crash. */
TEST(resources_must_be_placed)
{
    wit_set *set = set_of(text);
    component_file *file = component_file_new();
    component_builder b;
    component_wit_scope scope;
    whit_error error;
    uint32_t user = wit_find_interface(set, 0, slice_text("user"));
    CHECK_INT(component_wit_scope_init(&scope, set, &error), WHIT_OK);
    component_builder_init(&b, file, COMPONENT_SCOPE_COMPONENT);
    component_wit_scope_begin(&scope, &b);
    component_wit_place_here(&scope, COMPONENT_WIT_EXPORT, user);
    component_wit_function_type(&scope, COMPONENT_WIT_EXPORT,
                                &set->interfaces[user].functions[1]);
    CHECK_INT(component_builder_finish(&b, &file->root, &error), WHIT_INVALID);
    CHECK_TEXT(error.message, "the resource 'r' has no type in this component");
    component_wit_scope_release(&scope);
    component_file_free(file);
    wit_set_free(set);
}

TEST_MAIN(RUN(shared_types_exist_once) RUN(names_and_nesting)
              RUN(failures_stick_and_go_out) RUN(imports_have_what_is_used)
                  RUN(resources_must_be_placed))
