/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * `whit bind`: source for programs that implement or use a world. */
#include <stddef.h>
#include <string.h>

#include "bindgen/generator.h"
#include "cli/command.h"
#include "cli/output.h"
#include "cli/wit_input.h"
#include "platform/file.h"

struct options {
    const char *world;
    const char *folder;
    const char *encoding;
    cli_list features;
    bool all_features;
    bool freestanding;
    bool host;
};

static const cli_option options[] = {
    {"world", 'w', CLI_TEXT, offsetof(struct options, world), "NAME",
     "The world: NAME, or ns:package/NAME; needed when there are several"},
    {"out-dir", 'o', CLI_TEXT, offsetof(struct options, folder), "DIR",
     "Write the files there instead of into this folder"},
    {"string-encoding", 0, CLI_TEXT, offsetof(struct options, encoding), "NAME",
     "utf8 (the default), utf16 or latin1+utf16"},
    {"freestanding", 0, CLI_FLAG, offsetof(struct options, freestanding), NULL,
     "C: need no C library; a heap comes along"},
    {"host", 0, CLI_FLAG, offsetof(struct options, host), NULL,
     "C: write what a program needs that runs components of the world"},
    {"features", 0, CLI_LIST, offsetof(struct options, features), "NAME,NAME",
     "Let these @unstable features take part"},
    {"all-features", 0, CLI_FLAG, offsetof(struct options, all_features), NULL,
     "Let all @unstable features take part"},
    CLI_OPTIONS_END};

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

static whit_status generate(wit_set *set, uint32_t index,
                            const bind_language *language,
                            const bind_options *how, const char *folder,
                            whit_error *error)
{
    bind_world world;
    bind_output out;
    TRY(bind_world_init(&world, set, index, error));
    bind_output_init(&out);
    whit_status status = language->generate(&world, how, &out, error);
    if (status == WHIT_OK)
        status = write_files(&out, folder, error);
    bind_output_release(&out);
    bind_world_release(&world);
    return status;
}

static int run(cli_line *line)
{
    const struct options *o = line->options;
    bind_options how = {.freestanding = o->freestanding};
    cli_wit wit;
    uint32_t world;
    whit_error error;
    if (line->operand_count != 2) {
        cli_error("bind takes a language and a WIT file or folder");
        return CLI_USAGE;
    }
    const bind_language *language = find_language(line->operands[0]);
    if (!language || !parse_encoding(o->encoding, &how.encoding))
        return CLI_USAGE;
    if (o->host && language != &bind_language_c) {
        cli_error("hosts are written in c only");
        return CLI_USAGE;
    }
    if (o->host)
        language = &bind_language_c_host;
    const char *path = line->operands[1];
    int code = cli_wit_load(&wit, &path, 1, &o->features, o->all_features);
    if (!code)
        code = cli_wit_world(&wit, path, o->world, &world);
    if (!code &&
        generate(wit.set, world, language, &how, o->folder, &error) != WHIT_OK)
        code = cli_fail_error(path, &error);
    cli_wit_release(&wit);
    return code;
}

const cli_command command_bind = {
    .name = "bind",
    .summary = "Write the source that a world means in a language",
    .usage = "LANGUAGE WIT",
    .about = "Languages: c (<world>.h and <world>.c) and rust, both for "
             "guests; with --host, c\n"
             "is for programs that run such guests (<world>_host.h and "
             "<world>_host.c, on\n"
             "whit.h). WIT is a file, a folder with its deps/, or a binary "
             "package. The result\n"
             "depends on nothing but WIT and options.",
    .options = options,
    .options_size = sizeof(struct options),
    .run = run,
};
