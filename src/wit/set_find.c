/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Writing the names of things, choosing a world, and positions in texts. */
#include "wit/wit.h"

#include "base/near.h"

void wit_package_write(const wit_set *self, uint32_t package, buffer *out)
{
    const wit_package *it = &self->packages[package];
    buffer_slice(out, it->space);
    buffer_put(out, ':');
    buffer_slice(out, it->name);
    if (wit_version_present(&it->version)) {
        buffer_put(out, '@');
        buffer_slice(out, it->version.text);
    }
}

static void write_definition(const wit_set *self, uint32_t package, slice name,
                             buffer *out)
{
    const wit_package *it = &self->packages[package];
    buffer_slice(out, it->space);
    buffer_put(out, ':');
    buffer_slice(out, it->name);
    buffer_put(out, '/');
    buffer_slice(out, name);
    if (wit_version_present(&it->version)) {
        buffer_put(out, '@');
        buffer_slice(out, it->version.text);
    }
}

void wit_interface_write(const wit_set *self, uint32_t interface, buffer *out)
{
    const wit_interface *it = &self->interfaces[interface];
    write_definition(self, it->package, it->name, out);
}

void wit_world_write(const wit_set *self, uint32_t world, buffer *out)
{
    const wit_world *it = &self->worlds[world];
    write_definition(self, it->package, it->name, out);
}

void wit_item_write(const wit_set *self, const wit_item *item, buffer *out)
{
    if (item->name.size)
        buffer_slice(out, item->name);
    else
        wit_interface_write(self, item->index, out);
}

bool wit_place_find(const wit_set *self, wit_place place, uint32_t *line,
                    uint32_t *column)
{
    if (place.source >= self->source_count)
        return false;
    slice text = self->sources[place.source].text;
    uint32_t rows = 1, columns = 1;
    for (size_t i = 0; i < place.offset && i < text.size; i++) {
        if (text.data[i] == '\n') {
            rows++;
            columns = 1;
        } else {
            columns += (text.data[i] & 0xc0) != 0x80;
        }
    }
    *line = rows;
    *column = columns;
    return true;
}

whit_status wit_place_error(wit_set *self, wit_place place, whit_status status,
                            whit_error *error)
{
    if (!error || status == WHIT_OUT_OF_MEMORY ||
        error->position != WHIT_POSITION_NONE ||
        !wit_place_find(self, place, &error->line, &error->column))
        return status;
    error->position = WHIT_POSITION_LINE;
    self->failed_source = place.source;
    return status;
}

/* Lists the worlds of a package behind the message. */
static whit_status list_worlds(const wit_set *self, uint32_t package,
                               whit_status status, whit_error *error)
{
    const wit_package *it = &self->packages[package];
    for (uint32_t i = 0; i < it->world_count && i < 10; i++)
        error_suffix(error, "%s'%.*s'", i ? ", " : " ",
                     SLICE_ARG(self->worlds[it->worlds[i]].name));
    return status;
}

static whit_status only_world(const wit_set *self, uint32_t package,
                              uint32_t *out, whit_error *error)
{
    const wit_package *it = &self->packages[package];
    if (it->world_count == 1) {
        *out = it->worlds[0];
        return WHIT_OK;
    }
    if (!it->world_count)
        return error_set(error, WHIT_NOT_FOUND,
                         "package '%.*s:%.*s' has no world",
                         SLICE_ARG(it->space), SLICE_ARG(it->name));
    return list_worlds(self, package,
                       error_set(error, WHIT_NOT_FOUND,
                                 "package '%.*s:%.*s' has %u worlds; name one "
                                 "of",
                                 SLICE_ARG(it->space), SLICE_ARG(it->name),
                                 it->world_count),
                       error);
}

/* "space:name" or "space:name@version" against a package. */
static bool package_is(const wit_package *it, slice wanted,
                       const wit_version *version)
{
    if (wit_version_present(version) &&
        !wit_version_equal(version, &it->version))
        return false;
    return wanted.size == it->space.size + 1 + it->name.size &&
           slice_equal(slice_of(wanted.data, it->space.size), it->space) &&
           wanted.data[it->space.size] == ':' &&
           slice_equal(
               slice_of(wanted.data + it->space.size + 1, it->name.size),
               it->name);
}

/* "ns:package/world@version": packages are few enough to look at all. */
static whit_status qualified_world(wit_set *self, slice name, uint32_t *out,
                                   whit_error *error)
{
    slice path = name;
    wit_version version = {0};
    const uint8_t *at = memchr(name.data, '@', name.size);
    if (at) {
        path.size = (size_t)(at - name.data);
        TRY(wit_version_parse(slice_of(at + 1, name.size - path.size - 1),
                              &version, error));
    }
    size_t slash = path.size;
    while (slash && path.data[slash - 1] != '/')
        slash--;
    uint32_t found = 0;
    if (slash) {
        slice package = slice_of(path.data, slash - 1);
        slice world = slice_of(path.data + slash, path.size - slash);
        for (uint32_t i = 0; i < self->package_count; i++) {
            if (!package_is(&self->packages[i], package, &version))
                continue;
            uint32_t index = wit_find_world(self, i, world);
            if (index != WIT_NONE) {
                *out = index;
                found++;
            }
        }
    }
    if (found == 1)
        return WHIT_OK;
    return error_set(error, WHIT_NOT_FOUND,
                     found ? "there are several versions of world '%.*s'; "
                             "write @ and a version behind it"
                           : "no world '%.*s'",
                     SLICE_ARG(name));
}

whit_status wit_select_world(wit_set *self, uint32_t package, slice name,
                             uint32_t *out, whit_error *error)
{
    if (!name.size)
        return only_world(self, package, out, error);
    if (memchr(name.data, ':', name.size))
        return qualified_world(self, name, out, error);
    *out = wit_find_world(self, package, name);
    if (*out != WIT_NONE)
        return WHIT_OK;
    near_word near = near_new(name);
    const wit_package *it = &self->packages[package];
    for (uint32_t i = 0; i < it->world_count; i++)
        near_try(&near, self->worlds[it->worlds[i]].name);
    whit_status status =
        error_set(error, WHIT_NOT_FOUND,
                  "package '%.*s:%.*s' has no world "
                  "'%.*s'",
                  SLICE_ARG(it->space), SLICE_ARG(it->name), SLICE_ARG(name));
    near_suffix(&near, error);
    return status;
}
