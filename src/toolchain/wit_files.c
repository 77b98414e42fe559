/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * WIT from files and folders. */
#include "toolchain/wit_files.h"

#include "base/limits.h"
#include "base/memory.h"
#include "platform/file.h"

/* One file that was read. Both buffers are the loader's. */
typedef struct loaded {
    char *path;
    buffer text;
    uint32_t group;
} loaded;

typedef struct loader {
    wit_set *set;
    tool_wit_decoder *decoder;
    buffer *failed;
    loaded *files;
    size_t count;
    size_t capacity;
    uint32_t groups;
    uint32_t binary_root; /* the package of a binary file that is the root */
    /* While a folder is listed. */
    const char *folder;
    bool dependencies;
    whit_status status;
    whit_error *error;
} loader;

static whit_status name_failed(loader *self, const char *path,
                               whit_status status)
{
    buffer_clear(self->failed);
    buffer_text(self->failed, path);
    return status;
}

static bool is_binary(const char *path)
{
    return !strcmp(path_extension(path), ".wasm");
}

static whit_status add_binary(loader *self, const char *path, whit_error *error)
{
    buffer bytes;
    if (!self->decoder)
        return name_failed(
            self, path,
            error_set(error, WHIT_UNSUPPORTED,
                      "a binary package is not read here; use its text"));
    buffer_init(&bytes);
    whit_status status = file_read(path, LIMIT_WIT_TEXT_BYTES, &bytes, error);
    if (status == WHIT_OK)
        status = self->decoder(self->set, buffer_view(&bytes),
                               &self->binary_root, error);
    buffer_release(&bytes);
    return status == WHIT_OK ? status : name_failed(self, path, status);
}

static whit_status add_file(loader *self, const char *path, uint32_t group,
                            whit_error *error)
{
    void *files = self->files;
    whit_status status =
        mem_grow(&files, &self->capacity, self->count, sizeof *self->files,
                 LIMIT_WIT_SOURCES, "WIT files", error);
    self->files = files;
    TRY(status);
    loaded *it = &self->files[self->count];
    *it = (loaded){.group = group, .path = mem_strdup(path)};
    TRY_ALLOC(it->path, error);
    buffer_init(&it->text);
    self->count++;
    status = file_read(path, LIMIT_WIT_TEXT_BYTES, &it->text, error);
    return status == WHIT_OK ? status : name_failed(self, path, status);
}

/* "folder/name", the caller's (mem_free); NULL: out of memory. */
static char *join(const char *folder, const char *name)
{
    buffer out;
    buffer_init(&out);
    buffer_text(&out, folder);
    if (out.size && out.data[out.size - 1] != '/')
        buffer_put(&out, '/');
    buffer_text(&out, name);
    char *path = buffer_string(&out);
    if (!path)
        buffer_release(&out);
    return path;
}

static whit_status list_folder(loader *self, const char *path,
                               bool dependencies, whit_error *error);

/* What a name in a folder is for. */
static whit_status add_entry(loader *self, const char *path, whit_error *error)
{
    const char *extension = path_extension(path);
    if (self->dependencies && file_is_directory(path)) {
        self->groups++;
        return list_folder(self, path, false, error);
    }
    if (self->dependencies && is_binary(path))
        return add_binary(self, path, error);
    if (strcmp(extension, ".wit") != 0 || file_is_directory(path))
        return WHIT_OK;
    if (self->dependencies)
        self->groups++;
    return add_file(self, path, self->groups, error);
}

static bool each_name(void *context, const char *name)
{
    loader *self = context;
    char *path = join(self->folder, name);
    self->status =
        path ? add_entry(self, path, self->error) : error_memory(self->error);
    mem_free(path);
    return self->status == WHIT_OK;
}

static whit_status list_folder(loader *self, const char *path,
                               bool dependencies, whit_error *error)
{
    loader outer = *self;
    self->folder = path;
    self->dependencies = dependencies;
    self->error = error;
    self->status = WHIT_OK;
    whit_status status = file_list(path, each_name, self, error);
    if (status == WHIT_OK)
        status = self->status;
    self->folder = outer.folder;
    self->dependencies = outer.dependencies;
    return status;
}

static whit_status add_folder(loader *self, const char *path, whit_error *error)
{
    TRY(list_folder(self, path, false, error));
    if (!self->count)
        return name_failed(
            self, path,
            error_set(error, WHIT_NOT_FOUND, "no .wit file in this folder"));
    char *deps = join(path, "deps");
    TRY_ALLOC(deps, error);
    whit_status status = file_is_directory(deps)
                             ? list_folder(self, deps, true, error)
                             : WHIT_OK;
    mem_free(deps);
    return status;
}

static whit_status resolve(loader *self, const wit_resolve_options *options,
                           uint32_t *root, whit_error *error)
{
    wit_source *sources = mem_calloc(self->count + 1, sizeof *sources);
    TRY_ALLOC(sources, error);
    for (size_t i = 0; i < self->count; i++)
        sources[i] = (wit_source){slice_text(self->files[i].path),
                                  buffer_view(&self->files[i].text),
                                  self->files[i].group};
    whit_status status = wit_resolve(self->set, sources, (uint32_t)self->count,
                                     options, root, error);
    if (status != WHIT_OK)
        buffer_slice(self->failed, wit_failed_path(self->set));
    mem_free(sources);
    return status;
}

whit_status tool_wit_load(wit_set *set, const char *path,
                          const wit_resolve_options *options,
                          tool_wit_decoder *decoder, uint32_t *root,
                          buffer *failed, whit_error *error)
{
    loader self = {.set = set,
                   .decoder = decoder,
                   .failed = failed,
                   .binary_root = WIT_NONE};
    buffer_clear(failed);
    whit_status status;
    if (file_is_directory(path))
        status = add_folder(&self, path, error);
    else if (is_binary(path))
        status = add_binary(&self, path, error);
    else
        status = add_file(&self, path, 0, error);
    if (status == WHIT_OK && self.count)
        status = resolve(&self, options, root, error);
    else if (status == WHIT_OK)
        *root = self.binary_root;
    for (size_t i = 0; i < self.count; i++) {
        mem_free(self.files[i].path);
        buffer_release(&self.files[i].text);
    }
    mem_free(self.files);
    return status;
}
