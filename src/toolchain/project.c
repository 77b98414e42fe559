/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Projects with a world. */
#include "toolchain/project.h"

#include <string.h>
#include "base/limits.h"
#include "component/wit_decode.h"
#include "platform/file.h"
#include "toolchain/find.h"
#include "toolchain/wit_files.h"

static slice trim(slice line)
{
    while (line.size && strchr(" \t\r", line.data[0])) {
        line.data++;
        line.size--;
    }
    while (line.size && strchr(" \t\r", line.data[line.size - 1]))
        line.size--;
    return line;
}

static slice next_line(slice *text)
{
    const uint8_t *end = memchr(text->data, '\n', text->size);
    size_t size = end ? (size_t)(end - text->data) : text->size;
    slice line = slice_of(text->data, size);
    size += end != NULL;
    text->data += size;
    text->size -= size;
    return line;
}

/* The string that follows `key =` in a line, wherever in it: tables may be
 * written in one line. */
static const char *value_of(slice line, const char *key, arena *memory)
{
    size_t size = strlen(key);
    for (slice rest = line; rest.size >= size; rest.data++, rest.size--) {
        bool starts =
            rest.data == line.data || strchr(" \t{,", rest.data[-1]) != NULL;
        if (!starts || memcmp(rest.data, key, size) != 0)
            continue;
        slice after = slice_of(rest.data + size, rest.size - size);
        while (after.size && strchr(" \t", after.data[0])) {
            after.data++;
            after.size--;
        }
        if (!after.size || after.data[0] != '=')
            continue;
        const uint8_t *quote = memchr(after.data, '"', after.size);
        if (!quote)
            continue;
        size_t left = after.size - (size_t)(quote + 1 - after.data);
        const uint8_t *end = memchr(quote + 1, '"', left);
        if (end)
            return tool_text(memory, "%.*s", (int)(end - quote - 1), quote + 1);
    }
    return NULL;
}

static whit_status read_metadata(tool_project *self, slice text, arena *memory,
                                 const char **wit)
{
    bool ours = false;
    bool foreign = false;
    while (text.size) {
        slice line = trim(next_line(&text));
        if (slice_starts(line, "[")) {
            ours = slice_starts(line, "[package.metadata.whit");
            foreign =
                slice_starts(line, "[package.metadata.component.target]") ||
                slice_starts(line, "[package.metadata.component]");
            continue;
        }
        if (!ours && !foreign)
            continue;
        const char *world = value_of(line, "world", memory);
        const char *path = value_of(line, ours ? "wit" : "path", memory);
        const char *target = ours ? value_of(line, "target", memory) : NULL;
        if (world)
            self->world = world;
        if (path)
            *wit = path;
        if (target)
            self->target = target;
    }
    return WHIT_OK;
}

whit_status tool_project_read(tool_project *self, const char *directory,
                              const char *manifest, arena *memory,
                              whit_error *error)
{
    *self = (tool_project){.directory = directory, .world = ""};
    const char *wit = "wit";
    if (manifest) {
        buffer text;
        buffer_init(&text);
        whit_status status =
            file_read(manifest, LIMIT_TEXT_BYTES, &text, error);
        if (status == WHIT_OK)
            status = read_metadata(self, buffer_view(&text), memory, &wit);
        buffer_release(&text);
        TRY(status);
    }
    char *path = *wit == '/' ? tool_text(memory, "%s", wit)
                             : tool_text(memory, "%s/%s", directory, wit);
    TRY_ALLOC(path, error);
    if (file_exists(path))
        self->wit = path;
    return WHIT_OK;
}

static bool is_c_file(void *context, const char *name)
{
    bool *found = context;
    *found = !strcmp(path_extension(name), ".c");
    return !*found;
}

bool tool_project_is_c(const char *directory, arena *memory)
{
    char *wit = tool_text(memory, "%s/wit", directory);
    char *src = tool_text(memory, "%s/src", directory);
    bool found = false;
    return wit && src && file_exists(wit) &&
           file_list(src, is_c_file, &found, NULL) == WHIT_OK && found;
}

whit_status tool_project_load(const char *wit, const char *name, wit_set **set,
                              bind_world *world, whit_error *error)
{
    *set = wit_set_new();
    TRY_ALLOC(*set, error);
    wit_resolve_options options = {0};
    buffer failed;
    buffer_init(&failed);
    uint32_t root = WIT_NONE;
    uint32_t index;
    whit_status status = tool_wit_load(
        *set, wit, &options, component_wit_decode, &root, &failed, error);
    if (status != WHIT_OK && failed.size && buffer_string(&failed))
        error_prefix(error, "%s", buffer_string(&failed));
    buffer_release(&failed);
    if (status == WHIT_OK)
        status = wit_select_world(*set, root, slice_text(name), &index, error);
    if (status == WHIT_OK)
        status = bind_world_init(world, *set, index, error);
    if (status != WHIT_OK) {
        wit_set_free(*set);
        *set = NULL;
    }
    return status;
}

/* Generators say so in the first lines of what they write. */
static bool is_ours(slice text)
{
    static const char sign[] = "Generated by whit bind";
    size_t most = text.size < 400 ? text.size : 400;
    for (size_t i = 0; i + sizeof sign - 1 <= most; i++)
        if (!memcmp(text.data + i, sign, sizeof sign - 1))
            return true;
    return false;
}

static whit_status write_file(const bind_file *file, const char *path,
                              const tool_progress *progress, whit_error *error)
{
    buffer old;
    buffer_init(&old);
    whit_status status = WHIT_OK;
    bool exists = file_exists(path);
    if (exists)
        status = file_read(path, LIMIT_TEXT_BYTES, &old, error);
    slice wanted = buffer_view(&file->text);
    bool same = exists && slice_equal(buffer_view(&old), wanted);
    if (status == WHIT_OK && !same && (!exists || is_ours(buffer_view(&old)))) {
        tool_say(progress, TOOL_SAY_STEP,
                 exists ? "the WIT has changed: bindings made anew"
                        : "bindings made from the WIT");
        status = file_write(path, wanted, error);
    }
    buffer_release(&old);
    return status;
}

/* A Rust project may have bindings that another tool makes: only one that
 * has a module of that name wants ours. */
static bool wants_rust(const tool_project *self, arena *memory)
{
    static const char *const sources[] = {"lib.rs", "main.rs"};
    char *bindings = tool_text(memory, "%s/src/bindings.rs", self->directory);
    if (bindings && file_exists(bindings))
        return true;
    bool found = false;
    for (size_t i = 0; i < 2 && !found; i++) {
        char *path =
            tool_text(memory, "%s/src/%s", self->directory, sources[i]);
        buffer text;
        buffer_init(&text);
        if (path && file_exists(path) &&
            file_read(path, LIMIT_TEXT_BYTES, &text, NULL) == WHIT_OK) {
            const char *all = buffer_string(&text);
            found = all && strstr(all, "mod bindings;");
        }
        buffer_release(&text);
    }
    return found;
}

whit_status tool_project_bind(const tool_project *self,
                              const bind_language *language,
                              const bind_options *options, arena *memory,
                              const tool_progress *progress, whit_error *error)
{
    bool rust = language == &bind_language_rust;
    if (!self->wit || (rust && !wants_rust(self, memory)))
        return WHIT_OK;
    wit_set *set;
    bind_world world;
    bind_output out;
    TRY(tool_project_load(self->wit, self->world, &set, &world, error));
    bind_output_init(&out);
    whit_status status = language->generate(&world, options, &out, error);
    const char *folder = rust ? "src" : "bindings";
    for (size_t i = 0; i < out.count && status == WHIT_OK; i++) {
        char *path = tool_text(memory, "%s/%s", self->directory, folder);
        TRY_ALLOC(path, error);
        status = file_make_directories(path, error);
        path = tool_text(memory, "%s/%s", path, out.files[i].path);
        if (status == WHIT_OK)
            status = path ? write_file(&out.files[i], path, progress, error)
                          : error_memory(error);
    }
    bind_output_release(&out);
    bind_world_release(&world);
    wit_set_free(set);
    return status;
}
