/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The graph of a composition. */
#include "component/compose.h"

#include "base/limits.h"
#include "base/memory.h"
#include "component/builder.h"
#include "component/compose_private.h"
#include "component/decode.h"
#include "component/encode.h"
#include "component/extern_name.h"
#include "component/text.h"
#include "component/validate.h"
#include "component/wit_encode.h"

/* ---- Names ---- */

/* The version in the name of an interface. */
static bool name_version(slice name, size_t *at, wit_version *version)
{
    const uint8_t *sign = name.size ? memchr(name.data, '@', name.size) : NULL;
    if (!sign || !memchr(name.data, '/', name.size))
        return false;
    *at = (size_t)(sign - name.data);
    slice text = slice_of(sign + 1, name.size - *at - 1);
    return wit_version_parse(text, version, NULL) == WHIT_OK;
}

slice component_compose_track(slice name)
{
    size_t at;
    wit_version version;
    if (!name_version(name, &at, &version) || version.pre.size)
        return name;
    return slice_of(name.data, at + 1 + wit_version_track(&version));
}

bool component_compose_newer(slice a, slice b)
{
    size_t at;
    wit_version first, second;
    return name_version(a, &at, &first) && name_version(b, &at, &second) &&
           wit_version_compare(&first, &second) > 0;
}

bool component_compose_satisfies(slice offered, slice wanted)
{
    return slice_equal(offered, wanted) ||
           (slice_equal(component_compose_track(offered),
                        component_compose_track(wanted)) &&
            !component_compose_newer(wanted, offered));
}

/* ---- Life ---- */

component_compose *component_compose_new(void)
{
    component_compose *self = mem_zalloc(sizeof *self);
    if (!self)
        return NULL;
    arena_init(&self->memory);
    map_init(&self->export_names);
    map_init(&self->import_names);
    return self;
}

void component_compose_free(component_compose *self)
{
    if (!self)
        return;
    for (size_t i = 0; i < self->package_count; i++) {
        component_file_free(self->packages[i].file);
        mem_free(self->packages[i].text_bytes);
    }
    mem_free(self->packages);
    mem_free(self->values);
    mem_free(self->exports);
    map_release(&self->export_names);
    map_release(&self->import_names);
    arena_release(&self->memory);
    mem_free(self);
}

/* ---- Packages ---- */

static whit_status decode_text(compose_package *package, slice text,
                               whit_error *error)
{
    component_file *file;
    buffer bytes;
    size_t size;
    TRY(component_text_parse(text, &file, error));
    buffer_init(&bytes);
    whit_status status = component_encode(file, &bytes, error);
    component_file_free(file);
    if (status == WHIT_OK) {
        package->text_bytes = buffer_take(&bytes, &size);
        package->bytes = slice_of(package->text_bytes, size);
    }
    buffer_release(&bytes);
    return status;
}

static whit_status add_package(component_compose *self,
                               const compose_package *package, uint32_t *out,
                               whit_error *error)
{
    TRY(mem_grow((void **)&self->packages, &self->package_room,
                 self->package_count, sizeof *package, LIMIT_COMPONENT_ITEMS,
                 "packages of a composition", error));
    *out = (uint32_t)self->package_count++;
    self->packages[*out] = *package;
    return WHIT_OK;
}

static whit_status load_package(compose_package *package, slice bytes,
                                whit_error *error)
{
    package->bytes = bytes;
    if (component_is_text(bytes))
        TRY(decode_text(package, bytes, error));
    else if (!component_is(bytes))
        return error_set(error, WHIT_INVALID,
                         "not a component; `whit component new` makes one of "
                         "a core module");
    TRY(component_decode(package->bytes, &package->file, error));
    TRY(component_validate(package->file, error));
    package->type = package->file->root.info->type;
    return WHIT_OK;
}

static void release_package(const compose_package *package)
{
    component_file_free(package->file);
    mem_free(package->text_bytes);
}

whit_status component_compose_package(component_compose *self, slice name,
                                      slice bytes, uint32_t *out,
                                      whit_error *error)
{
    compose_package package = {.name = name, .component = COMPOSE_NONE};
    whit_status status = load_package(&package, bytes, error);
    if (status == WHIT_OK)
        status = add_package(self, &package, out, error);
    if (status != WHIT_OK)
        release_package(&package);
    return status;
}

const component_node *
component_compose_package_type(const component_compose *self, uint32_t package)
{
    return self->packages[package].type;
}

/* A component that defines nothing but the world's type. */
static whit_status make_world(const wit_set *set, uint32_t world,
                              compose_package *package, whit_error *error)
{
    component_wit_scope scope;
    component_builder outer, inner;
    package->file = component_file_new();
    TRY_ALLOC(package->file, error);
    TRY(component_wit_scope_init(&scope, set, error));
    component_builder_init(&outer, package->file, COMPONENT_SCOPE_COMPONENT);
    component_builder_init(&inner, package->file,
                           COMPONENT_SCOPE_COMPONENT_TYPE);
    component_wit_scope_begin(&scope, &inner);
    component_wit_world(&scope, world);
    uint32_t type = component_builder_scope_type(&outer, &inner);
    whit_status status =
        component_builder_finish(&outer, &package->file->root, error);
    component_wit_scope_release(&scope);
    TRY(status);
    TRY(component_validate(package->file, error));
    package->type =
        package->file->root.info->items[COMPONENT_SORT_TYPE][type].type;
    return WHIT_OK;
}

whit_status component_compose_world(component_compose *self, const wit_set *set,
                                    uint32_t world, uint32_t *out,
                                    whit_error *error)
{
    compose_package package = {.component = COMPOSE_NONE};
    whit_status status = make_world(set, world, &package, error);
    if (status == WHIT_OK)
        status = add_package(self, &package, out, error);
    if (status != WHIT_OK)
        release_package(&package);
    return status;
}

/* ---- Values ---- */

static whit_status add_value(component_compose *self,
                             const compose_value *value, uint32_t *out,
                             whit_error *error)
{
    TRY(mem_grow((void **)&self->values, &self->value_room, self->value_count,
                 sizeof *value, LIMIT_COMPONENT_ITEMS,
                 "values of a composition", error));
    *out = (uint32_t)self->value_count++;
    self->values[*out] = *value;
    self->values[*out].made = COMPOSE_NONE;
    self->values[*out].first_access = COMPOSE_NONE;
    return WHIT_OK;
}

static whit_status fail_at(compose_place place, whit_error *error,
                           const char *format, slice name)
{
    if (!error)
        return WHIT_INVALID;
    (void)error_set(error, WHIT_INVALID, "%s", "");
    buffer text;
    buffer_init(&text);
    buffer_printf(&text, format, SLICE_ARG(name));
    const char *message = buffer_string(&text);
    whit_status status = WHIT_INVALID;
    if (!message)
        status = error_memory(error);
    else if (place.line)
        (void)error_line(error, WHIT_INVALID, place.line, place.column, "%s",
                         message);
    else
        (void)error_set(error, WHIT_INVALID, "%s", message);
    buffer_release(&text);
    return status;
}

static whit_status check_extern_name(slice name, compose_place place,
                                     whit_error *error)
{
    component_name_parts parts;
    whit_status status = component_name_parse(name, false, &parts, error);
    if (status != WHIT_INVALID && status != WHIT_MALFORMED)
        return status;
    return fail_at(place, error, "'%.*s' is no name for an import or export",
                   name);
}

whit_status component_compose_import(component_compose *self, slice name,
                                     uint32_t package, uint32_t index,
                                     compose_place place, uint32_t *out,
                                     whit_error *error)
{
    uint64_t other;
    TRY(check_extern_name(name, place, error));
    if (map_get(&self->import_names, component_compose_track(name), &other))
        return fail_at(place, error, "'%.*s' is imported already", name);
    TRY(add_value(self,
                  &(compose_value){
                      .kind = COMPOSE_IMPORT,
                      .place = place,
                      .name = name,
                      .package = package,
                      .index = index,
                      .entity = &self->packages[package].type->imports[index]},
                  out, error));
    return map_set(&self->import_names, component_compose_track(name), *out,
                   error);
}

whit_status component_compose_instantiate(component_compose *self,
                                          uint32_t package, compose_place place,
                                          uint32_t *out, whit_error *error)
{
    uint32_t count = self->packages[package].type->import_count;
    uint32_t *arguments =
        arena_array(&self->memory, count + 1, sizeof *arguments);
    compose_place *places =
        arena_array(&self->memory, count + 1, sizeof *places);
    TRY_ALLOC(arguments, error);
    TRY_ALLOC(places, error);
    for (uint32_t i = 0; i < count; i++)
        arguments[i] = COMPOSE_NONE;
    return add_value(self,
                     &(compose_value){.kind = COMPOSE_INSTANCE,
                                      .place = place,
                                      .package = package,
                                      .places = places,
                                      .arguments = arguments},
                     out, error);
}

void component_compose_argument(component_compose *self, uint32_t instance,
                                uint32_t index, uint32_t value,
                                compose_place place)
{
    compose_value *v = &self->values[instance];
    v->arguments[index] = value;
    v->places[index] = place;
}

uint32_t component_compose_argument_get(const component_compose *self,
                                        uint32_t instance, uint32_t index)
{
    return self->values[instance].arguments[index];
}

component_sort component_compose_sort(const component_compose *self,
                                      uint32_t value)
{
    const compose_value *v = &self->values[value];
    return v->kind == COMPOSE_INSTANCE ? COMPONENT_SORT_INSTANCE
                                       : v->entity->sort;
}

const component_entity *component_compose_exports(const component_compose *self,
                                                  uint32_t value,
                                                  uint32_t *count)
{
    const compose_value *v = &self->values[value];
    const component_node *type = v->kind == COMPOSE_INSTANCE
                                     ? self->packages[v->package].type
                                     : v->entity->type;
    bool is_instance =
        component_compose_sort(self, value) == COMPONENT_SORT_INSTANCE;
    *count = is_instance ? type->export_count : 0;
    return is_instance ? type->exports : NULL;
}

slice component_compose_name(const component_compose *self, uint32_t value)
{
    const compose_value *v = &self->values[value];
    switch (v->kind) {
    case COMPOSE_IMPORT:
        return v->name;
    case COMPOSE_ACCESS:
        return v->entity->name;
    default:
        return slice_of(NULL, 0);
    }
}

slice component_compose_interface(const component_compose *self, uint32_t value)
{
    const compose_value *v = &self->values[value];
    return v->entity ? v->entity->name : slice_of(NULL, 0);
}

whit_status component_compose_access(component_compose *self, uint32_t value,
                                     uint32_t index, compose_place place,
                                     uint32_t *out, whit_error *error)
{
    uint32_t count;
    const component_entity *exports =
        component_compose_exports(self, value, &count);
    for (uint32_t i = self->values[value].first_access; i != COMPOSE_NONE;
         i = self->values[i].next_access)
        if (self->values[i].index == index) {
            *out = i;
            return WHIT_OK;
        }
    TRY(add_value(
        self,
        &(compose_value){.kind = COMPOSE_ACCESS,
                         .place = place,
                         .index = index,
                         .of = value,
                         .entity = &exports[index],
                         .next_access = self->values[value].first_access},
        out, error));
    self->values[value].first_access = *out;
    return WHIT_OK;
}

bool component_compose_exported(const component_compose *self, slice name)
{
    uint64_t other;
    return map_get(&self->export_names, name, &other);
}

whit_status component_compose_export(component_compose *self, slice name,
                                     uint32_t value, compose_place place,
                                     whit_error *error)
{
    if (component_compose_exported(self, name))
        return fail_at(place, error, "'%.*s' is exported already", name);
    TRY(check_extern_name(name, place, error));
    TRY(mem_grow((void **)&self->exports, &self->export_room,
                 self->export_count, sizeof *self->exports,
                 LIMIT_COMPONENT_ITEMS, "exports of a composition", error));
    self->exports[self->export_count++] = (compose_export){name, value, place};
    return map_set(&self->export_names, name, value, error);
}

/* ---- Plugs ---- */

static const component_entity *find_import(const component_node *socket,
                                           slice offered)
{
    const component_entity *found =
        component_entity_find(socket->imports, socket->import_count, offered);
    for (uint32_t i = 0; !found && i < socket->import_count; i++)
        if (component_compose_satisfies(offered, socket->imports[i].name))
            found = &socket->imports[i];
    return found;
}

typedef struct plug_fit {
    uint32_t import;
    uint32_t value;
} plug_fit;

static whit_status fit_plug(component_compose *self, uint32_t socket,
                            uint32_t plug, plug_fit *fits, uint32_t *fit_count,
                            whit_error *error)
{
    const component_node *wanted = self->packages[socket].type;
    const component_node *offered = self->packages[plug].type;
    const compose_place nowhere = {0, 0};
    uint32_t instance = COMPOSE_NONE, before = *fit_count;
    for (uint32_t i = 0; i < offered->export_count; i++) {
        const component_entity *import =
            find_import(wanted, offered->exports[i].name);
        if (!import || import->sort != offered->exports[i].sort)
            continue;
        uint32_t index = (uint32_t)(import - wanted->imports), k = 0;
        while (k < *fit_count && fits[k].import != index)
            k++;
        if (k < *fit_count)
            continue;
        if (instance == COMPOSE_NONE)
            TRY(component_compose_instantiate(self, plug, nowhere, &instance,
                                              error));
        fits[k].import = index;
        TRY(component_compose_access(self, instance, i, nowhere, &fits[k].value,
                                     error));
        ++*fit_count;
    }
    if (*fit_count == before)
        return fail_at(nowhere, error,
                       "the plug '%.*s' exports nothing that the socket "
                       "imports, or an earlier plug has it already",
                       self->packages[plug].name);
    return WHIT_OK;
}

whit_status component_compose_plug(component_compose *self, uint32_t socket,
                                   const uint32_t *plugs, uint32_t count,
                                   whit_error *error)
{
    const component_node *type = self->packages[socket].type;
    const compose_place nowhere = {0, 0};
    uint32_t fit_count = 0, instance;
    plug_fit *fits =
        arena_array(&self->memory, type->import_count + 1, sizeof *fits);
    TRY_ALLOC(fits, error);
    for (uint32_t i = 0; i < count; i++)
        TRY(fit_plug(self, socket, plugs[i], fits, &fit_count, error));
    TRY(component_compose_instantiate(self, socket, nowhere, &instance, error));
    for (uint32_t i = 0; i < fit_count; i++)
        component_compose_argument(self, instance, fits[i].import,
                                   fits[i].value, nowhere);
    for (uint32_t i = 0; i < type->export_count; i++) {
        uint32_t value;
        TRY(component_compose_access(self, instance, i, nowhere, &value,
                                     error));
        TRY(component_compose_export(self, type->exports[i].name, value,
                                     nowhere, error));
    }
    return WHIT_OK;
}
