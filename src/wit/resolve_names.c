/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What a path means, and which gates are open. */
#include <stdarg.h>
#include <stdio.h>

#include "base/near.h"
#include "wit/resolve_private.h"

static void set_key(resolver *self, resolve_space space, uint32_t owner,
                    slice name)
{
    buffer_clear(&self->key);
    buffer_put(&self->key, (uint8_t)space);
    buffer_u32(&self->key, owner);
    buffer_slice(&self->key, name);
}

whit_status wit_resolve_put(resolver *self, resolve_space space, uint32_t owner,
                            slice name, uint64_t value, bool *taken,
                            whit_error *error)
{
    set_key(self, space, owner, name);
    TRY(buffer_status(&self->key, error));
    slice key = buffer_view(&self->key);
    uint64_t before;
    *taken = map_get(&self->names, key, &before);
    if (*taken)
        return WHIT_OK;
    const void *copy = arena_dup(&self->memory, key.data, key.size);
    TRY_ALLOC(copy, error);
    return map_set(&self->names, slice_of(copy, key.size), value, error);
}

bool wit_resolve_get(resolver *self, resolve_space space, uint32_t owner,
                     slice name, uint64_t *value)
{
    set_key(self, space, owner, name);
    return buffer_status(&self->key, NULL) == WHIT_OK &&
           map_get(&self->names, buffer_view(&self->key), value);
}

whit_status wit_resolve_at(resolver *self, uint32_t part, uint32_t at,
                           whit_status status, whit_error *error)
{
    if (status == WHIT_OK)
        return status;
    return wit_place_error(self->set, (wit_place){part_source(self, part), at},
                           status, error);
}

whit_status wit_resolve_error(resolver *self, uint32_t part, uint32_t at,
                              whit_error *error, const char *format, ...)
{
    if (!error)
        return WHIT_INVALID;
    char message[WHIT_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return wit_resolve_at(self, part, at,
                          error_set(error, WHIT_INVALID, "%s", message), error);
}

/* The package that only lacks the right version, or a near name. */
static whit_status no_package(resolver *self, uint32_t part,
                              const ast_path *path, whit_error *error)
{
    const ast_package_name *name = &path->package;
    slice wanted = name->text;
    whit_status status =
        wit_resolve_error(self, part, name->at, error, "no package '%.*s'",
                          SLICE_ARG(name->full));
    near_word near = near_new(wanted);
    for (size_t i = 0; i < self->package_count; i++) {
        const pending_package *it = &self->packages[i];
        slice known = it->name->text;
        if (!slice_equal(known, wanted)) {
            near_try(&near, known);
            continue;
        }
        if (!wit_version_present(&it->name->version))
            error_suffix(error, "; it is there without a version");
        else
            error_suffix(error, "; there is version %.*s: write '/%.*s@%.*s'",
                         SLICE_ARG(it->name->version.text),
                         SLICE_ARG(path->name.text),
                         SLICE_ARG(it->name->version.text));
        return status;
    }
    near_suffix(&near, error);
    if (!near.best.size)
        error_suffix(error, "; put its folder or file into 'deps'");
    return status;
}

static whit_status no_definition(resolver *self, uint32_t part,
                                 const ast_path *path, uint32_t package,
                                 whit_error *error)
{
    near_word near = near_new(path->name.text);
    whit_status status = wit_resolve_error(
        self, part, path->name.at, error,
        "no interface or world '%.*s'%s%.*s%s", SLICE_ARG(path->name.text),
        path->package.name.size ? " in package '" : "",
        SLICE_ARG(path->package.text), path->package.name.size ? "'" : "");
    for (size_t i = 0; i < self->definition_count; i++) {
        const definition *it = &self->definitions[i];
        if (self->parts[it->part].package == package)
            near_try(&near, it->top->name.text);
    }
    for (const ast_top *top = self->parts[part].ast->tops; top; top = top->next)
        if (!path->package.name.size && top->kind == AST_TOP_USE &&
            &top->path != path)
            near_try(&near, top->name.text);
    near_suffix(&near, error);
    return status;
}

static whit_status from_set(resolver *self, uint32_t part, const ast_path *path,
                            target *out, whit_error *error)
{
    const ast_package_name *name = &path->package;
    uint32_t package =
        wit_find_package(self->set, name->space, name->name, &name->version);
    if (package == WIT_NONE)
        return no_package(self, part, path, error);
    *out = (target){.definition = WIT_NONE};
    out->index = wit_find_interface(self->set, package, path->name.text);
    if (out->index != WIT_NONE)
        return WHIT_OK;
    out->world = true;
    out->index = wit_find_world(self->set, package, path->name.text);
    if (out->index != WIT_NONE)
        return WHIT_OK;
    return no_definition(self, part, path, WIT_NONE, error);
}

whit_status wit_resolve_use(resolver *self, uint32_t part, const ast_path *path,
                            target *out, whit_error *error)
{
    uint64_t value;
    uint32_t package = self->parts[part].package;
    if (path->package.name.size) {
        if (!wit_resolve_get(self, SPACE_PACKAGE, 0, path->package.full,
                             &value))
            return from_set(self, part, path, out, error);
        package = (uint32_t)value;
    }
    if (!wit_resolve_get(self, SPACE_DEFINITION, package, path->name.text,
                         &value))
        return no_definition(self, part, path, package, error);
    const definition *it = &self->definitions[value];
    *out = (target){.definition = (uint32_t)value,
                    .world = it->top->kind == AST_TOP_WORLD,
                    .index = it->index};
    return WHIT_OK;
}

whit_status wit_resolve_path(resolver *self, uint32_t part,
                             const ast_path *path, target *out,
                             whit_error *error)
{
    uint64_t value;
    if (!path->package.name.size &&
        wit_resolve_get(self, SPACE_FILE, part, path->name.text, &value) &&
        self->tops[value]->kind == AST_TOP_USE)
        path = &self->tops[value]->path;
    return wit_resolve_use(self, part, path, out, error);
}

whit_status wit_resolve_kind_error(resolver *self, uint32_t part,
                                   const ast_path *path, bool world,
                                   whit_error *error)
{
    return wit_resolve_error(self, part, path->name.at, error,
                             world ? "'%.*s' is an interface, not a world: "
                                     "'import' or 'export' it"
                                   : "'%.*s' is a world, not an interface; "
                                     "worlds are included",
                             SLICE_ARG(path->name.text));
}

whit_status wit_resolve_ready(resolver *self, uint32_t part,
                              const ast_path *path, bool world, uint32_t *out,
                              whit_error *error)
{
    target it;
    TRY(wit_resolve_path(self, part, path, &it, error));
    if (it.world != world)
        return wit_resolve_kind_error(self, part, path, world, error);
    if (it.definition != WIT_NONE && self->definitions[it.definition].shut) {
        const wit_gate *gate = self->definitions[it.definition].top->head.gate;
        return wit_resolve_error(self, part, path->name.at, error,
                                 "'%.*s' is unstable and its feature '%.*s' is "
                                 "off: gate this item likewise, or switch the "
                                 "feature on",
                                 SLICE_ARG(path->name.text),
                                 SLICE_ARG(gate->feature));
    }
    *out = it.index;
    return WHIT_OK;
}

whit_status wit_resolve_gate(resolver *self, uint32_t part,
                             const ast_head *head, bool *open,
                             whit_error *error)
{
    const wit_gate *gate = head->gate;
    const ast_package_name *package =
        self->packages[self->parts[part].package].name;
    *open = true;
    if (!gate)
        return WHIT_OK;
    if (gate->kind == WIT_UNSTABLE) {
        *open = self->options->all_features;
        for (uint32_t i = 0; i < self->options->feature_count; i++)
            if (slice_equal(self->options->features[i], gate->feature))
                *open = true;
        return WHIT_OK;
    }
    if (!wit_version_present(&package->version))
        return wit_resolve_error(
            self, part, head->gate_at, error,
            "'@since' needs a package with a version: write "
            "'package %.*s:%.*s@...'",
            SLICE_ARG(package->space), SLICE_ARG(package->name));
    if (wit_version_compare(&gate->since, &package->version) > 0)
        return wit_resolve_error(
            self, part, head->gate_at, error,
            "version %.*s is newer than the package, which "
            "is %.*s",
            SLICE_ARG(gate->since.text), SLICE_ARG(package->version.text));
    return WHIT_OK;
}

wit_about wit_resolve_about(const resolver *self, uint32_t part,
                            const ast_head *head, uint32_t at)
{
    return (wit_about){.docs = head->docs,
                       .gate = head->gate,
                       .external_id = head->external_id,
                       .has_external_id = head->has_external_id,
                       .place = {part_source(self, part), at}};
}
