/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The tables of a set, its scopes of names, and what packages define. */
#include "wit/wit.h"

#include "base/limits.h"
#include "base/memory.h"
#include "wit/name.h"
#include "wit/set_private.h"

enum { FIRST_ROOM = 4 };

static const char *const kind_texts[WIT_KINDS] = {
#define X(name, text) text,
#include "wit/kinds.def"
#undef X
};

const char *wit_kind_text(wit_kind kind)
{
    return kind_texts[kind];
}

whit_status wit_set_grow(wit_set *self, void *items, uint32_t *room,
                         uint32_t count, size_t item_size, uint32_t limit,
                         const char *what, whit_error *error)
{
    if (count < *room)
        return WHIT_OK;
    if (count >= limit)
        return error_set(error, WHIT_LIMIT, "more than %u %s", limit, what);
    uint32_t bigger = *room ? *room * 2 : FIRST_ROOM;
    void *array = arena_array(&self->memory, bigger, item_size);
    TRY_ALLOC(array, error);
    void *old;
    memcpy(&old, items, sizeof old);
    if (count)
        memcpy(array, old, count * item_size);
    memcpy(items, &array, sizeof array);
    *room = bigger;
    return WHIT_OK;
}

wit_set *wit_set_new(void)
{
    wit_set *self = mem_zalloc(sizeof *self);
    if (!self)
        return NULL;
    arena_init(&self->memory);
    map_init(&self->names);
    map_init(&self->anonymous);
    buffer_init(&self->key);
    self->failed_source = WIT_NONE;
    for (int kind = 0; kind < WIT_PRIMITIVES; kind++)
        if (wit_set_push_primitive(self, (wit_kind)kind, NULL) != WHIT_OK) {
            wit_set_free(self);
            return NULL;
        }
    return self;
}

void wit_set_free(wit_set *self)
{
    if (!self)
        return;
    arena_release(&self->memory);
    map_release(&self->names);
    map_release(&self->anonymous);
    buffer_release(&self->key);
    mem_free(self);
}

static slice start_key(wit_set *self, set_scope scope, uint32_t owner)
{
    buffer_clear(&self->key);
    buffer_put(&self->key, (uint8_t)scope);
    buffer_u32(&self->key, owner);
    return buffer_view(&self->key);
}

/* Claims the key in self->key. */
static whit_status claim_key(wit_set *self, uint64_t *value, bool *taken,
                             whit_error *error)
{
    TRY(buffer_status(&self->key, error));
    slice key = buffer_view(&self->key);
    uint64_t before;
    *taken = map_get(&self->names, key, &before);
    if (*taken) {
        *value = before;
        return WHIT_OK;
    }
    const void *copy = arena_dup(&self->memory, key.data, key.size);
    TRY_ALLOC(copy, error);
    return map_set(&self->names, slice_of(copy, key.size), *value, error);
}

whit_status wit_set_claim(wit_set *self, set_scope scope, uint32_t owner,
                          slice name, uint64_t *value, bool *taken,
                          whit_error *error)
{
    start_key(self, scope, owner);
    wit_name_fold(name, &self->key);
    return claim_key(self, value, taken, error);
}

whit_status wit_set_claim_interface(wit_set *self, set_scope scope,
                                    uint32_t world, uint32_t interface,
                                    uint64_t *value, bool *taken,
                                    whit_error *error)
{
    start_key(self, scope, world);
    buffer_u32(&self->key, interface);
    return claim_key(self, value, taken, error);
}

bool wit_set_find(wit_set *self, set_scope scope, uint32_t owner, slice name,
                  uint64_t *value)
{
    start_key(self, scope, owner);
    wit_name_fold(name, &self->key);
    return buffer_status(&self->key, NULL) == WHIT_OK &&
           map_get(&self->names, buffer_view(&self->key), value);
}

whit_status wit_set_add_source(wit_set *self, slice path, slice text,
                               uint32_t *out, whit_error *error)
{
    if (text.size > LIMIT_WIT_TEXT_BYTES ||
        self->text_bytes + text.size > LIMIT_WIT_TEXT_BYTES)
        return error_set(error, WHIT_LIMIT,
                         "more than %u MB of text in one set",
                         LIMIT_WIT_TEXT_BYTES >> 20);
    TRY(wit_set_grow(self, &self->sources, &self->room[0], self->source_count,
                     sizeof *self->sources, LIMIT_WIT_SOURCES, "texts", error));
    wit_text source = {.path = path, .text = text};
    source.path.data = arena_dup(&self->memory, path.data, path.size);
    TRY_ALLOC(source.path.data, error);
    source.text.data = arena_dup(&self->memory, text.data, text.size);
    TRY_ALLOC(source.text.data, error);
    self->text_bytes += text.size;
    *out = self->source_count;
    self->sources[self->source_count++] = source;
    return WHIT_OK;
}

/* Nested names: each part of "a:b" or "c/d" follows the rules. */
static whit_status check_words(slice name, char separator, whit_error *error)
{
    for (;;) {
        const uint8_t *end =
            name.size ? memchr(name.data, separator, name.size) : NULL;
        size_t size = end ? (size_t)(end - name.data) : name.size;
        TRY(wit_words_check(slice_of(name.data, size), error));
        if (!end)
            return WHIT_OK;
        name = slice_of(end + 1, name.size - size - 1);
    }
}

static whit_status package_key(wit_set *self, slice space, slice name,
                               const wit_version *version)
{
    start_key(self, SCOPE_PACKAGES, 0);
    buffer_slice(&self->key, space);
    buffer_put(&self->key, ':');
    buffer_slice(&self->key, name);
    if (wit_version_present(version)) {
        buffer_put(&self->key, '@');
        buffer_slice(&self->key, version->text);
    }
    return buffer_status(&self->key, NULL);
}

whit_status wit_set_add_package(wit_set *self, slice space, slice name,
                                const wit_version *version, uint32_t *out,
                                whit_error *error)
{
    TRY(check_words(space, ':', error));
    TRY(check_words(name, '/', error));
    uint64_t value = self->package_count;
    bool taken;
    if (package_key(self, space, name, version) != WHIT_OK)
        return error_memory(error);
    TRY(claim_key(self, &value, &taken, error));
    if (taken)
        return error_set(
            error, WHIT_INVALID, "package '%.*s:%.*s%s%.*s' is defined twice",
            SLICE_ARG(space), SLICE_ARG(name),
            wit_version_present(version) ? "@" : "", SLICE_ARG(version->text));
    TRY(wit_set_grow(self, &self->packages, &self->room[1], self->package_count,
                     sizeof *self->packages, LIMIT_WIT_PACKAGES, "packages",
                     error));
    *out = self->package_count;
    self->packages[self->package_count++] =
        (wit_package){.space = space, .name = name, .version = *version};
    return WHIT_OK;
}

/* Claims the name of an interface or world in its package. */
static whit_status claim_definition(wit_set *self, uint32_t package, slice name,
                                    bool world, uint32_t index,
                                    whit_error *error)
{
    TRY(wit_label_check(name, error));
    uint64_t value = set_value(world, index);
    bool taken;
    TRY(wit_set_claim(self, SCOPE_DEFINITIONS, package, name, &value, &taken,
                      error));
    if (!taken)
        return WHIT_OK;
    uint32_t before = (uint32_t)value;
    slice other = set_value_second(value) ? self->worlds[before].name
                                          : self->interfaces[before].name;
    return error_set(error, WHIT_INVALID, "the package has %s '%.*s' already%s",
                     set_value_second(value) ? "a world" : "an interface",
                     SLICE_ARG(other),
                     slice_equal(name, other)
                         ? ""
                         : "; names that differ only in case are the same");
}

static whit_status push_index(wit_set *self, const uint32_t **items,
                              uint32_t *room, uint32_t *count, uint32_t index,
                              whit_error *error)
{
    TRY(wit_set_grow(self, items, room, *count, sizeof **items,
                     LIMIT_WIT_MEMBERS, "definitions in a package", error));
    ((uint32_t *)*items)[(*count)++] = index;
    return WHIT_OK;
}

whit_status wit_set_add_interface(wit_set *self, uint32_t package, slice name,
                                  const wit_about *about, uint32_t *out,
                                  whit_error *error)
{
    uint32_t index = self->interface_count;
    TRY(wit_set_grow(self, &self->interfaces, &self->room[2], index,
                     sizeof *self->interfaces, LIMIT_WIT_DEFINITIONS,
                     "interfaces", error));
    if (name.size) {
        wit_package *owner = &self->packages[package];
        TRY(claim_definition(self, package, name, false, index, error));
        TRY(push_index(self, &owner->interfaces, &owner->room[0],
                       &owner->interface_count, index, error));
    }
    *out = self->interface_count++;
    self->interfaces[index] = (wit_interface){.name = name,
                                              .package = package,
                                              .about = *about,
                                              .clone_of = WIT_NONE};
    return WHIT_OK;
}

whit_status wit_set_add_world(wit_set *self, uint32_t package, slice name,
                              const wit_about *about, uint32_t *out,
                              whit_error *error)
{
    uint32_t index = self->world_count;
    wit_package *owner = &self->packages[package];
    TRY(wit_set_grow(self, &self->worlds, &self->room[3], index,
                     sizeof *self->worlds, LIMIT_WIT_DEFINITIONS, "worlds",
                     error));
    TRY(claim_definition(self, package, name, true, index, error));
    TRY(push_index(self, &owner->worlds, &owner->room[1], &owner->world_count,
                   index, error));
    *out = self->world_count++;
    self->worlds[index] =
        (wit_world){.name = name, .package = package, .about = *about};
    return WHIT_OK;
}

uint32_t wit_find_package(wit_set *self, slice space, slice name,
                          const wit_version *version)
{
    uint64_t value;
    if (package_key(self, space, name, version) != WHIT_OK ||
        !map_get(&self->names, buffer_view(&self->key), &value))
        return WIT_NONE;
    return (uint32_t)value;
}

uint32_t wit_find_interface(wit_set *self, uint32_t package, slice name)
{
    uint64_t value;
    if (!wit_set_find(self, SCOPE_DEFINITIONS, package, name, &value) ||
        set_value_second(value) ||
        !slice_equal(self->interfaces[(uint32_t)value].name, name))
        return WIT_NONE;
    return (uint32_t)value;
}

uint32_t wit_find_world(wit_set *self, uint32_t package, slice name)
{
    uint64_t value;
    if (!wit_set_find(self, SCOPE_DEFINITIONS, package, name, &value) ||
        !set_value_second(value) ||
        !slice_equal(self->worlds[(uint32_t)value].name, name))
        return WIT_NONE;
    return (uint32_t)value;
}

wit_type wit_find_type(wit_set *self, uint32_t interface, slice name)
{
    uint64_t value;
    if (!wit_set_find(self, SCOPE_INTERFACE, interface, name, &value) ||
        set_value_second(value) ||
        !slice_equal(self->types[(uint32_t)value].name, name))
        return WIT_NONE;
    return (uint32_t)value;
}
