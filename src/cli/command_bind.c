/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * `whit bind`: source for programs that implement or use a world. */
#include <stddef.h>
#include <string.h>

#include "base/memory.h"
#include "bindgen/generator.h"
#include "cli/command.h"
#include "cli/output.h"
#include "platform/file.h"
#include "toolchain/wit_files.h"

struct options {
    const char *world;
    const char *folder;
    const char *encoding;
    cli_list features;
    bool all_features;
    bool freestanding;
};

static const cli_option options[] = {
    {"world", 'w', CLI_TEXT, offsetof(struct options, world), "NAME",
     "The world: NAME, or ns:package/NAME; needed when there are several"},
    {"out-dir", 'o', CLI_TEXT, offsetof(struct options, folder), "DIR",
     "Write the files there instead of into this folder"},
    {"string-encoding", 0, CLI_TEXT, offsetof(struct options, encoding), "NAME",
     "utf8 (the default), utf16 or latin1+utf16"},
    {"freestanding", 0, CLI_FLAG, offsetof(struct options, freestanding), NULL,
     "C: include nothing that needs a C library"},
    {"features", 0, CLI_LIST, offsetof(struct options, features), "NAME,NAME",
     "Let these @unstable features take part"},
    {"all-features", 0, CLI_FLAG, offsetof(struct options, all_features), NULL,
     "Let all @unstable features take part"},
    CLI_OPTIONS_END};

/* The names of --features, split at commas. */
typedef struct feature_list {
    slice *names;
    uint32_t count;
} feature_list;

static whit_status split_features(const cli_list *list, feature_list *out,
                                  whit_error *error)
{
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++)
        count += strlen(list->items[i]) + 1;
    *out = (feature_list){.names = mem_calloc(count + 1, sizeof(slice))};
    TRY_ALLOC(out->names, error);
    for (size_t i = 0; i < list->count; i++) {
        const char *at = list->items[i];
        while (*at) {
            size_t size = strcspn(at, ", ");
            if (size)
                out->names[out->count++] = slice_of(at, size);
            at += size + (at[size] != 0);
        }
    }
    return WHIT_OK;
}

static bool parse_encoding(const char *name, bind_encoding *out)
{
    static const char *const names[] = {[BIND_UTF8] = "utf8",
                                        [BIND_UTF16] = "utf16",
                                        [BIND_LATIN1_UTF16] = "latin1+utf16"};
    *out = BIND_UTF8;
    if (!name)
        return true;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (!strcmp(name, names[i])) {
            *out = (bind_encoding)i;
            return true;
        }
    }
    cli_error("unknown string encoding %s: there are utf8, utf16 and "
              "latin1+utf16",
              name);
    return false;
}

/* "c, rust" */
static void list_languages(buffer *out)
{
    for (size_t i = 0; bind_languages[i]; i++)
        buffer_printf(out, "%s%s", i ? ", " : "", bind_languages[i]->name);
}

static const bind_language *find_language(const char *name)
{
    const bind_language *found = bind_language_find(name);
    if (found)
        return found;
    buffer names;
    buffer_init(&names);
    list_languages(&names);
    const char *text = buffer_string(&names);
    cli_error("no generator for %s; there is: %s", name, text ? text : "");
    buffer_release(&names);
    return NULL;
}

static whit_status write_files(const bind_output *out, const char *folder,
                               whit_error *error)
{
    buffer path;
    buffer_init(&path);
    whit_status status =
        folder ? file_make_directories(folder, error) : WHIT_OK;
    for (size_t i = 0; i < out->count && status == WHIT_OK; i++) {
        buffer_clear(&path);
        if (folder)
            buffer_printf(&path, "%s/", folder);
        buffer_text(&path, out->files[i].path);
        const char *name = buffer_string(&path);
        status = name
                     ? file_write(name, buffer_view(&out->files[i].text), error)
                     : error_memory(error);
    }
    buffer_release(&path);
    return status;
}

static whit_status generate(wit_set *set, uint32_t root,
                            const bind_language *language,
                            const bind_options *how, const struct options *o,
                            whit_error *error)
{
    uint32_t index;
    bind_world world;
    bind_output out;
    slice name = o->world ? slice_text(o->world) : (slice){0};
    TRY(wit_select_world(set, root, name, &index, error));
    TRY(bind_world_init(&world, set, index, error));
    bind_output_init(&out);
    whit_status status = language->generate(&world, how, &out, error);
    if (status == WHIT_OK)
        status = write_files(&out, o->folder, error);
    bind_output_release(&out);
    bind_world_release(&world);
    return status;
}

static int bind_path(const char *path, const bind_language *language,
                     const bind_options *how, const struct options *o,
                     const feature_list *features)
{
    wit_resolve_options resolve = {.features = features->names,
                                   .feature_count = features->count,
                                   .all_features = o->all_features};
    wit_set *set = wit_set_new();
    uint32_t root = WIT_NONE;
    whit_error error;
    buffer failed;
    if (!set)
        return cli_fail("out of memory");
    buffer_init(&failed);
    int code = CLI_SUCCESS;
    if (tool_wit_load(set, path, &resolve, NULL, &root, &failed, &error) !=
        WHIT_OK) {
        const char *file = failed.size ? buffer_string(&failed) : path;
        code = cli_fail_error(file ? file : path, &error);
    } else if (generate(set, root, language, how, o, &error) != WHIT_OK) {
        code = cli_fail_error(path, &error);
    }
    buffer_release(&failed);
    wit_set_free(set);
    return code;
}

static int run(cli_line *line)
{
    const struct options *o = line->options;
    bind_options how = {.freestanding = o->freestanding};
    feature_list features;
    whit_error error;
    if (line->operand_count != 2) {
        cli_error("bind takes a language and a WIT file or folder");
        return CLI_USAGE;
    }
    const bind_language *language = find_language(line->operands[0]);
    if (!language || !parse_encoding(o->encoding, &how.encoding))
        return CLI_USAGE;
    if (split_features(&o->features, &features, &error) != WHIT_OK)
        return cli_fail_error(NULL, &error);
    int code = bind_path(line->operands[1], language, &how, o, &features);
    mem_free(features.names);
    return code;
}

const cli_command command_bind = {
    .name = "bind",
    .summary = "Write the source that a world means in a language",
    .usage = "LANGUAGE WIT",
    .about =
        "Languages: c (<world>.h and <world>.c) and rust, both for guests. WIT "
        "is a file, or\na folder with its deps/. The result depends on nothing "
        "but WIT and options.",
    .options = options,
    .options_size = sizeof(struct options),
    .run = run,
};
