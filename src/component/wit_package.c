/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Binary WIT: packages as components, worlds for core modules. */
#include "base/memory.h"
#include "component/encode.h"
#include "component/metadata.h"
#include "component/wit_docs.h"
#include "component/wit_encode.h"

/* A component under construction, and what goes into it. */
typedef struct package_writer {
    const wit_set *set;
    component_file *file;
    component_builder root;
    component_wit_scope scope;
    uint32_t *stack;    /* interfaces, and which of their uses is next */
    uint32_t *imported; /* by interface: the definition that imported it */
    uint32_t serial;
} package_writer;

static whit_status writer_init(package_writer *self, const wit_set *set,
                               whit_error *error)
{
    *self = (package_writer){.set = set, .file = component_file_new()};
    TRY_ALLOC(self->file, error);
    component_builder_init(&self->root, self->file, COMPONENT_SCOPE_COMPONENT);
    self->stack =
        mem_calloc(2 * (size_t)set->interface_count + 2, sizeof *self->stack);
    self->imported =
        mem_calloc((size_t)set->interface_count + 1, sizeof *self->imported);
    TRY_ALLOC(self->stack, error);
    TRY_ALLOC(self->imported, error);
    return component_wit_scope_init(&self->scope, set, error);
}

static void writer_release(package_writer *self)
{
    component_wit_scope_release(&self->scope);
    component_builder_release(&self->root);
    component_file_free(self->file);
    mem_free(self->stack);
    mem_free(self->imported);
}

/* Ends the root and appends its bytes. */
static whit_status writer_finish(package_writer *self, buffer *out,
                                 whit_error *error)
{
    component_builder_producer(&self->root, slice_text("whit"),
                               slice_text(WHIT_VERSION));
    TRY(component_builder_finish(&self->root, &self->file->root, error));
    return component_encode(self->file, out, error);
}

/* Declares an export under the full name of an interface or world. */
static void export_full(package_writer *self, component_builder *builder,
                        bool is_world, uint32_t index, component_sort sort,
                        uint32_t type)
{
    buffer text;
    whit_error error;
    buffer_init(&text);
    if (is_world)
        wit_world_write(self->set, index, &text);
    else
        wit_interface_write(self->set, index, &text);
    whit_status status = buffer_status(&text, &error);
    component_name name = component_name_of(buffer_view(&text));
    component_extern what = component_extern_of(sort, type);
    if (status == WHIT_OK)
        component_builder_declare_export(builder, &name, &what);
    else
        component_builder_fail(builder, status, &error);
    buffer_release(&text);
}

static void import_types(package_writer *self, uint32_t interface)
{
    wit_item item = {.kind = WIT_ITEM_INTERFACE, .index = interface};
    component_builder *builder = self->scope.builder;
    component_name name = component_wit_item_name(&self->scope, &item);
    component_extern type =
        component_extern_of(COMPONENT_SORT_INSTANCE,
                            component_wit_types_type(
                                &self->scope, COMPONENT_WIT_IMPORT, interface));
    component_wit_place_instance(
        &self->scope, COMPONENT_WIT_IMPORT, interface,
        component_builder_import(builder, &name, &type));
}

/* Imports what an interface uses, all their types, each behind what it uses
 * itself. */
static void import_uses(package_writer *self, uint32_t interface)
{
    uint32_t depth = 0;
    self->serial++;
    self->imported[interface] = self->serial;
    self->stack[0] = interface;
    self->stack[1] = 0;
    for (;;) {
        uint32_t *top = &self->stack[2 * (size_t)depth];
        const wit_interface *what = &self->set->interfaces[top[0]];
        if (top[1] < what->use_count) {
            uint32_t used = what->uses[top[1]++];
            if (self->imported[used] == self->serial)
                continue;
            self->imported[used] = self->serial;
            depth++;
            top[2] = used;
            top[3] = 0;
        } else if (depth) {
            import_types(self, top[0]);
            depth--;
        } else {
            return;
        }
    }
}

/* A type of the root, exported under the plain name. */
static void export_type(package_writer *self, slice text, uint32_t type)
{
    component_name name = component_name_of(text);
    component_builder_name(&self->root, COMPONENT_SORT_TYPE, type, text);
    component_builder_export(&self->root, &name, COMPONENT_SORT_TYPE, type,
                             NULL);
}

static void put_interface(package_writer *self, uint32_t interface)
{
    component_builder scope;
    component_builder_init(&scope, self->file, COMPONENT_SCOPE_COMPONENT_TYPE);
    component_wit_scope_begin(&self->scope, &scope);
    import_uses(self, interface);
    uint32_t type = component_wit_instance_type(
        &self->scope, COMPONENT_WIT_IMPORT, interface, NULL);
    export_full(self, &scope, false, interface, COMPONENT_SORT_INSTANCE, type);
    type = component_builder_scope_type(&self->root, &scope);
    export_type(self, self->set->interfaces[interface].name, type);
}

/* A component type that exports the world under its full name. */
static uint32_t put_world(package_writer *self, uint32_t world)
{
    component_builder outer, inner;
    component_builder_init(&outer, self->file, COMPONENT_SCOPE_COMPONENT_TYPE);
    component_builder_init(&inner, self->file, COMPONENT_SCOPE_COMPONENT_TYPE);
    component_wit_scope_begin(&self->scope, &inner);
    component_wit_world(&self->scope, world);
    uint32_t type = component_builder_scope_type(&outer, &inner);
    export_full(self, &outer, true, world, COMPONENT_SORT_COMPONENT, type);
    return component_builder_scope_type(&self->root, &outer);
}

static whit_status put_docs(package_writer *self, uint32_t package,
                            whit_error *error)
{
    buffer docs;
    buffer_init(&docs);
    whit_status status = component_docs_write(self->set, package, &docs, error);
    if (status == WHIT_OK)
        component_builder_custom(&self->root,
                                 slice_text(COMPONENT_DOCS_SECTION),
                                 buffer_view(&docs));
    buffer_release(&docs);
    return status;
}

/* What the binary form cannot say. */
static whit_status check_package(const wit_package *package, whit_error *error)
{
    if (!package->interface_count && !package->world_count)
        return error_set(error, WHIT_UNSUPPORTED,
                         "package '%.*s:%.*s' has no interface and no world, "
                         "so that nothing in a binary would bear its name",
                         SLICE_ARG(package->space), SLICE_ARG(package->name));
    if (memchr(package->space.data, ':', package->space.size) ||
        memchr(package->name.data, '/', package->name.size))
        return error_set(error, WHIT_UNSUPPORTED,
                         "package '%.*s:%.*s' has a nested name, which "
                         "components do not have yet",
                         SLICE_ARG(package->space), SLICE_ARG(package->name));
    return WHIT_OK;
}

static whit_status encode_package(package_writer *self, uint32_t package,
                                  bool no_docs, buffer *out, whit_error *error)
{
    const wit_package *what = &self->set->packages[package];
    TRY(check_package(what, error));
    for (uint32_t i = 0; i < what->interface_count; i++)
        put_interface(self, what->interfaces[i]);
    for (uint32_t i = 0; i < what->world_count; i++)
        export_type(self, self->set->worlds[what->worlds[i]].name,
                    put_world(self, what->worlds[i]));
    if (!no_docs)
        TRY(put_docs(self, package, error));
    return writer_finish(self, out, error);
}

whit_status component_wit_package_encode(const wit_set *set, uint32_t package,
                                         bool no_docs, buffer *out,
                                         whit_error *error)
{
    package_writer writer;
    whit_status status = writer_init(&writer, set, error);
    if (status == WHIT_OK)
        status = encode_package(&writer, package, no_docs, out, error);
    writer_release(&writer);
    return status;
}

static whit_status encode_world(package_writer *self, uint32_t world,
                                component_option_kind encoding, buffer *out,
                                whit_error *error)
{
    const uint8_t version[] = {COMPONENT_METADATA_VERSION, (uint8_t)encoding};
    component_builder_custom(&self->root,
                             slice_text(COMPONENT_METADATA_SECTION),
                             slice_of(version, sizeof version));
    uint32_t type = put_world(self, world);
    component_name name = component_name_of(self->set->worlds[world].name);
    component_builder_export(&self->root, &name, COMPONENT_SORT_TYPE, type,
                             NULL);
    return writer_finish(self, out, error);
}

whit_status component_metadata_encode(const wit_set *set, uint32_t world,
                                      component_option_kind encoding,
                                      buffer *out, whit_error *error)
{
    package_writer writer;
    whit_status status = writer_init(&writer, set, error);
    if (status == WHIT_OK)
        status = encode_world(&writer, world, encoding, out, error);
    writer_release(&writer);
    return status;
}
