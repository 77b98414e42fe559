/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * A WAC document: its packages and its life. */
#include "component/wac.h"

#include "base/limits.h"
#include "base/memory.h"
#include "component/decode.h"
#include "component/targets.h"
#include "component/validate.h"
#include "component/wac_private.h"
#include "component/wit_decode.h"

/* ---- Packages ---- */

/* Adds the WIT that a component is described by, so that paths into its
 * package mean something. */
static whit_status add_wit(wac_document *self, wac_package *package,
                           component_file *file, whit_error *error)
{
    package->in_set = true;
    return component_wit_decode_file(self->set, file, &package->wit, error);
}

static whit_status read_package_bytes(wac_document *self, wac_package *package,
                                      bool wants_wit, whit_error *error)
{
    component_file *file = NULL;
    if (component_is_text(package->bytes))
        return component_compose_package(self->graph, package->key,
                                         package->bytes, &package->component,
                                         error);
    TRY(component_decode(package->bytes, &file, error));
    whit_status status = component_validate(file, error);
    if (status == WHIT_OK) {
        package->is_wit = component_wit_is_package(&file->root);
        if (package->is_wit || wants_wit)
            status = add_wit(self, package, file, error);
    }
    component_file_free(file);
    return status;
}

static whit_status key_of(wac_document *self, const wac_name *name, slice *out,
                          whit_error *error)
{
    size_t size = name->package.size + name->version.size + 1;
    uint8_t *key = arena_alloc(&self->memory, size);
    TRY_ALLOC(key, error);
    memcpy(key, name->package.data, name->package.size);
    size = name->package.size;
    if (name->version.size) {
        key[size++] = '@';
        memcpy(key + size, name->version.data, name->version.size);
        size += name->version.size;
    }
    *out = slice_of(key, size);
    return WHIT_OK;
}

/* Gives an error of reading a package the place where it is named. */
static whit_status fail_package(wac_document *self, const wac_name *name,
                                whit_status status, whit_error *error)
{
    if (!error || status == WHIT_OUT_OF_MEMORY)
        return status;
    char message[WHIT_MESSAGE_SIZE];
    error_format(error, NULL, message, sizeof message);
    return wac_error(self->text, name->start, status, error,
                     "package '%.*s': %s", SLICE_ARG(name->package), message);
}

whit_status wac_find(wac_document *self, const wac_name *name, uint32_t *out,
                     whit_error *error)
{
    wac_package package = {.component = COMPOSE_NONE, .wit = WIT_NONE};
    TRY(key_of(self, name, &package.key, error));
    for (*out = 0; *out < self->package_count; ++*out)
        if (slice_equal(self->packages[*out].key, package.key))
            break;
    if (*out == self->package_count) {
        TRY(mem_grow((void **)&self->packages, &self->package_room,
                     self->package_count, sizeof package, LIMIT_COMPONENT_ITEMS,
                     "packages of a WAC text", error));
        whit_status status =
            self->options->find(self->options->context, name->package,
                                name->version, &package.bytes, error);
        if (status == WHIT_OK)
            status =
                read_package_bytes(self, &package, name->item.size != 0, error);
        if (status != WHIT_OK)
            return fail_package(self, name, status, error);
        self->packages[self->package_count++] = package;
    } else if (name->item.size && !self->packages[*out].in_set &&
               !component_is_text(self->packages[*out].bytes)) {
        whit_status status =
            read_package_bytes(self, &self->packages[*out], true, error);
        if (status != WHIT_OK)
            return fail_package(self, name, status, error);
    }
    return WHIT_OK;
}

/* ---- Targets ---- */

static whit_status find_target(wac_document *self, whit_error *error)
{
    uint32_t at = 0;
    const wac_name *name = &self->target;
    if (!name->package.size || self->only_check)
        return WHIT_OK;
    if (slice_equal(name->package, self->name)) {
        for (uint32_t i = 0; i < self->set->world_count; i++)
            if (slice_equal(self->set->worlds[i].name, name->item)) {
                self->target_world = i;
                return WHIT_OK;
            }
    } else {
        TRY(wac_find(self, name, &at, error));
        const wac_package *package = &self->packages[at];
        if (package->in_set)
            self->target_world =
                wit_find_world(self->set, package->wit, name->item);
    }
    if (self->target_world != WIT_NONE)
        return WHIT_OK;
    near_word near = near_new(name->item);
    if (self->package_count && self->packages[at].in_set) {
        const wit_package *p = &self->set->packages[self->packages[at].wit];
        for (uint32_t i = 0; i < p->world_count; i++)
            near_try(&near, self->set->worlds[p->worlds[i]].name);
    }
    whit_status status =
        wac_error(self->text, name->start, WHIT_INVALID, error,
                  "'%.*s' has no world '%.*s'", SLICE_ARG(name->package),
                  SLICE_ARG(name->item));
    near_suffix(&near, error);
    return status;
}

static whit_status check_target(wac_document *self, slice bytes,
                                whit_error *error)
{
    component_file *file;
    if (self->target_world == WIT_NONE)
        return WHIT_OK;
    TRY(component_decode(bytes, &file, error));
    whit_status status = component_validate(file, error);
    if (status == WHIT_OK)
        status = component_targets(file, self->set, self->target_world, error);
    component_file_free(file);
    if (status != WHIT_INVALID || !error)
        return status;
    compose_place place = wac_place(self->text, self->target.start);
    error->position = WHIT_POSITION_LINE;
    error->line = place.line;
    error->column = place.column;
    error_prefix(error, "the composition does not fit the world '%.*s'",
                 SLICE_ARG(self->target.item));
    return status;
}

/* ---- The whole ---- */

static whit_status compose(wac_document *self, buffer *out, whit_error *error)
{
    compose_options how = {.skip_validation = self->options->skip_validation};
    TRY(wac_lexer_start(&self->lexer, self->text, error));
    TRY(wac_read_types(self, error));
    TRY(find_target(self, error));
    TRY(wac_lexer_start(&self->lexer, self->text, error));
    TRY(wac_evaluate(self, error));
    if (self->only_check)
        return WHIT_OK;
    size_t before = out->size;
    TRY(component_compose_encode(self->graph, &how, out, error));
    return check_target(self, slice_of(out->data + before, out->size - before),
                        error);
}

static whit_status run(slice text, const wac_options *options, buffer *out,
                       whit_error *error)
{
    wac_document self = {.text = text,
                         .options = options,
                         .only_check = out == NULL,
                         .target_world = WIT_NONE,
                         .set = wit_set_new(),
                         .graph = component_compose_new()};
    arena_init(&self.memory);
    map_init(&self.local_names);
    buffer_init(&self.wit);
    whit_status status = self.set && self.graph ? compose(&self, out, error)
                                                : error_memory(error);
    component_compose_free(self.graph);
    wit_set_free(self.set);
    mem_free(self.packages);
    mem_free(self.imports);
    mem_free(self.aliases);
    mem_free(self.types);
    mem_free(self.segments);
    mem_free(self.locals);
    map_release(&self.local_names);
    buffer_release(&self.wit);
    arena_release(&self.memory);
    return status;
}

whit_status component_wac_compose(slice text, const wac_options *options,
                                  buffer *out, whit_error *error)
{
    return run(text, options, out, error);
}

whit_status component_wac_check(slice text, whit_error *error)
{
    static const wac_options nothing = {0};
    return run(text, &nothing, NULL, error);
}
