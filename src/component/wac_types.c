/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Imports and types of WAC: a package of WIT is written that says the same,
 * with a world for every import. */
#include "base/limits.h"
#include "base/memory.h"
#include "component/wac_private.h"
#include "wit/ast.h"
#include "wit/resolve.h"

/* Types outside of interfaces are in an interface of this name. */
#define TYPES "wac-types"

static whit_status put_segment(wac_document *self, size_t in, bool is_copy,
                               whit_error *error)
{
    TRY(mem_grow((void **)&self->segments, &self->segment_room,
                 self->segment_count, sizeof *self->segments,
                 LIMIT_WIT_DEFINITIONS, "names in a WAC text", error));
    self->segments[self->segment_count++] =
        (wac_segment){self->wit.size, in, is_copy};
    return WHIT_OK;
}

static whit_status put_copy(wac_document *self, size_t from, size_t to,
                            whit_error *error)
{
    TRY(put_segment(self, from, true, error));
    buffer_append(&self->wit, self->text.data + from, to - from);
    return WHIT_OK;
}

static whit_status put_text(wac_document *self, size_t in, slice text,
                            whit_error *error)
{
    TRY(put_segment(self, in, false, error));
    buffer_slice(&self->wit, text);
    return WHIT_OK;
}

/* A name, which may be a keyword. */
static whit_status put_id(wac_document *self, size_t in, slice id,
                          whit_error *error)
{
    TRY(put_segment(self, in, false, error));
    buffer_printf(&self->wit, "%%%.*s", SLICE_ARG(id));
    return WHIT_OK;
}

/* ---- Paths and names for function types ---- */

/* The path of an interface or world, with its package's version; in the
 * arena. */
static whit_status full_path(wac_document *self, const wac_name *name,
                             slice *out, whit_error *error)
{
    slice version = name->version;
    uint32_t at;
    if (slice_equal(name->package, self->name))
        version = self->version;
    else if (!self->only_check) {
        TRY(wac_find(self, name, &at, error));
        const wac_package *package = &self->packages[at];
        if (package->is_wit)
            version = self->set->packages[package->wit].version.text;
    }
    size_t size = name->package.size + name->item.size + version.size + 2;
    uint8_t *text = arena_alloc(&self->memory, size);
    TRY_ALLOC(text, error);
    size_t used = name->package.size;
    memcpy(text, name->package.data, used);
    text[used++] = '/';
    memcpy(text + used, name->item.data, name->item.size);
    used += name->item.size;
    if (version.size) {
        text[used++] = '@';
        memcpy(text + used, version.data, version.size);
        used += version.size;
    }
    *out = slice_of(text, used);
    return WHIT_OK;
}

static const wac_alias *find_alias(const wac_document *self, slice name)
{
    for (size_t i = self->alias_count; i-- > 0;)
        if (slice_equal(self->aliases[i].name, name))
            return &self->aliases[i];
    return NULL;
}

static whit_status add_alias(wac_document *self, slice name, slice type,
                             size_t start, whit_error *error)
{
    TRY(mem_grow((void **)&self->aliases, &self->alias_room, self->alias_count,
                 sizeof *self->aliases, LIMIT_WIT_DEFINITIONS,
                 "function types of a WAC text", error));
    self->aliases[self->alias_count++] = (wac_alias){name, type, start};
    return WHIT_OK;
}

/* `type` name `=` function `;`: the function when there is one, otherwise the
 * lexer stays. */
static whit_status try_function_type(wac_document *self, bool *taken,
                                     whit_error *error)
{
    wac_lexer mark = self->lexer;
    slice name;
    size_t end, from = self->lexer.token.start;
    *taken = false;
    TRY(wac_next(&self->lexer, error));
    TRY(wac_id(&self->lexer, "a name for the type", &name, error));
    TRY(wac_expect(&self->lexer, '=', error));
    size_t start = self->lexer.token.start;
    const wac_alias *other = NULL;
    if (self->lexer.token.kind == WAC_ID && !wac_is_word(&self->lexer, "func"))
        other = find_alias(self, self->lexer.token.text);
    bool is_function =
        wac_is_word(&self->lexer, "func") || wac_is_word(&self->lexer, "async");
    if (!is_function && !other) {
        self->lexer = mark;
        return WHIT_OK;
    }
    *taken = true;
    TRY(wac_skip_statement(&self->lexer, &end, error));
    slice type = slice_of(self->text.data + start, end - start);
    return add_alias(self, name, other ? other->type : type, from, error);
}

/* ---- Bodies ---- */

static bool is_definer(const wac_token *token)
{
    static const char *const words[] = {"type",  "record", "variant",
                                        "flags", "enum",   "resource"};
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (token->kind == WAC_ID && !token->escaped &&
            slice_is(token->text, words[i]))
            return true;
    return false;
}

/* Whether the text up to `end` mentions the name and does not define it. */
static whit_status mentions(const wac_document *self, size_t end, slice name,
                            bool *out, whit_error *error)
{
    wac_lexer l = self->lexer;
    wac_token before = {0};
    bool in_use = false;
    *out = false;
    while (l.token.kind != WAC_EOF && l.token.start < end) {
        bool same = l.token.kind == WAC_ID && slice_equal(l.token.text, name);
        in_use = wac_is_word(&l, "use") || (in_use && !wac_is(&l, ';'));
        if (same && (in_use || is_definer(&before))) {
            *out = false;
            return WHIT_OK;
        }
        before = l.token;
        wac_name unused;
        bool is_name;
        TRY(wac_try_name(&l, &unused, &is_name, error));
        if (!is_name)
            TRY(wac_next(&l, error));
        *out |= same && !wac_is(&l, ':');
    }
    return WHIT_OK;
}

/* `use` of the types outside that the text up to `end` mentions. */
static whit_status put_use(wac_document *self, size_t end, whit_error *error)
{
    bool any = false, found;
    for (size_t i = 0; i < self->type_count; i++) {
        if (!self->types[i].name.size)
            continue;
        TRY(mentions(self, end, self->types[i].name, &found, error));
        if (!found)
            continue;
        TRY(put_text(self, self->types[i].start,
                     slice_text(any ? ", %" : " use " TYPES ".{%"), error));
        buffer_slice(&self->wit, self->types[i].name);
        any = true;
    }
    if (any)
        buffer_text(&self->wit, "};");
    return WHIT_OK;
}

/* Finds the end of what begins here: behind '}' of its braces. */
static whit_status find_close(const wac_document *self, size_t *end,
                              whit_error *error)
{
    wac_lexer l = self->lexer;
    size_t depth = 0;
    bool opened = false;
    do {
        if (l.token.kind == WAC_EOF || (!opened && wac_is(&l, '}')))
            return wac_unexpected(&l, opened ? "'}'" : "'{'", error);
        depth += wac_is(&l, '{');
        depth -= wac_is(&l, '}');
        opened |= wac_is(&l, '{');
        wac_name unused;
        bool is_name;
        TRY(wac_try_name(&l, &unused, &is_name, error));
        if (!is_name)
            TRY(wac_next(&l, error));
    } while (depth || !opened);
    *end = l.last_end;
    return WHIT_OK;
}

/* What is being copied. `from`: where what was not copied yet begins. */
typedef struct copier {
    size_t from;
    wac_token before;
    size_t depth;  /* of braces */
    size_t inside; /* depth of an interface written in place; 0: none */
    bool closed;   /* such an interface has just ended */
} copier;

/* WAC has a ';' behind interfaces that are written in place, WIT has none. */
static bool drops(wac_document *self, copier *c)
{
    const wac_lexer *l = &self->lexer;
    bool is_place = c->before.kind == WAC_PUNCTUATION && c->before.sign == ':';
    bool drop = c->closed && wac_is(l, ';');
    c->closed = false;
    if (is_place && wac_is_word(l, "interface"))
        c->inside = c->depth + 1;
    c->depth += wac_is(l, '{');
    if (wac_is(l, '}') && c->depth-- == c->inside && c->inside) {
        c->inside = 0;
        c->closed = true;
    }
    return drop;
}

/* Copies one token, or what stands in its place. */
static whit_status copy_token(wac_document *self, copier *c, whit_error *error)
{
    wac_lexer *l = &self->lexer;
    wac_name name;
    bool taken = false, drop = drops(self, c);
    slice text = {NULL, 0};
    size_t start = l->token.start;
    if (l->token.kind == WAC_ID) {
        TRY(wac_try_name(l, &name, &taken, error));
        if (taken && name.item.size) {
            TRY(put_copy(self, c->from, start, error));
            c->from = l->last_end;
            TRY(full_path(self, &name, &text, error));
            return put_text(self, start, text, error);
        }
        if (taken)
            return WHIT_OK;
    }
    bool is_type = c->before.kind == WAC_PUNCTUATION && c->before.sign == ':';
    const wac_alias *alias = is_type && l->token.kind == WAC_ID
                                 ? find_alias(self, l->token.text)
                                 : NULL;
    if (alias)
        text = alias->type;
    if (alias || drop) {
        TRY(put_copy(self, c->from, start, error));
        c->from = l->token.end;
        TRY(put_text(self, start, text, error));
    }
    return wac_next(l, error);
}

static whit_status check_not_empty(const wac_document *self, whit_error *error)
{
    static const char *const words[] = {"record", "variant", "flags", "enum"};
    wac_lexer l = self->lexer;
    slice word = l.token.text;
    bool is_type = false;
    for (size_t i = 0; i < COUNT_OF(words); i++)
        is_type |= wac_is_word(&l, words[i]);
    if (!is_type)
        return WHIT_OK;
    TRY(wac_next(&l, error));
    if (l.token.kind != WAC_ID)
        return WHIT_OK;
    TRY(wac_next(&l, error));
    if (!wac_is(&l, '{'))
        return WHIT_OK;
    TRY(wac_next(&l, error));
    return wac_is(&l, '}')
               ? wac_error(self->text, l.token.start, WHIT_MALFORMED, error,
                           "this %.*s is empty", SLICE_ARG(word))
               : WHIT_OK;
}

/* Copies up to `end`, which is behind some token. */
static whit_status copy_to(wac_document *self, size_t end, whit_error *error)
{
    copier c = {.from = self->lexer.token.start};
    size_t aliases = self->alias_count;
    while (self->lexer.token.start < end) {
        bool taken = false;
        size_t start = self->lexer.token.start;
        if (wac_is_word(&self->lexer, "type"))
            TRY(try_function_type(self, &taken, error));
        if (taken) {
            TRY(put_copy(self, c.from, start, error));
            c.from = self->lexer.last_end;
            c.before = (wac_token){0};
            continue;
        }
        TRY(check_not_empty(self, error));
        wac_token token = self->lexer.token;
        TRY(copy_token(self, &c, error));
        c.before = token;
    }
    self->alias_count = aliases;
    return c.from < end ? put_copy(self, c.from, end, error) : WHIT_OK;
}

/* ---- Statements ---- */

/* An interface or world. */
static whit_status read_definition(wac_document *self, whit_error *error)
{
    size_t start = self->lexer.token.start, end, name_start;
    slice name;
    TRY(wac_next(&self->lexer, error));
    name_start = self->lexer.token.start;
    TRY(wac_id(&self->lexer, "a name", &name, error));
    TRY(wac_add_local(self, name, name_start, COMPOSE_NONE, error));
    if (!wac_is(&self->lexer, '{'))
        return wac_unexpected(&self->lexer, "'{'", error);
    TRY(put_copy(self, start, self->lexer.token.end, error));
    TRY(find_close(self, &end, error));
    TRY(wac_next(&self->lexer, error));
    TRY(put_use(self, end, error));
    TRY(copy_to(self, end, error));
    buffer_put(&self->wit, '\n');
    return WHIT_OK;
}

static whit_status add_type(wac_document *self, slice name, slice type,
                            whit_error *error)
{
    TRY(mem_grow((void **)&self->types, &self->type_room, self->type_count,
                 sizeof *self->types, LIMIT_WIT_DEFINITIONS,
                 "types of a WAC text", error));
    self->types[self->type_count++] =
        (wac_alias){name, type, (size_t)(type.data - self->text.data)};
    return WHIT_OK;
}

/* A type outside of interfaces. */
static whit_status read_type(wac_document *self, whit_error *error)
{
    bool is_type = wac_is_word(&self->lexer, "type"), taken = false;
    size_t start = self->lexer.token.start, end;
    wac_lexer l = self->lexer;
    slice name;
    TRY(check_not_empty(self, error));
    TRY(wac_next(&l, error));
    size_t name_start = l.token.start;
    TRY(wac_id(&l, "a name for the type", &name, error));
    TRY(wac_add_local(self, name, name_start, COMPOSE_NONE, error));
    if (is_type)
        TRY(try_function_type(self, &taken, error));
    if (taken) {
        /* It is in the interface as a function, for its types' sake. */
        slice type = self->aliases[self->alias_count - 1].type;
        return add_type(self, slice_of(NULL, 0), type, error);
    }
    if (is_type) {
        TRY(wac_skip_statement(&self->lexer, &end, error));
        end = self->lexer.last_end;
    } else {
        TRY(find_close(self, &end, error));
        while (self->lexer.token.start < end)
            TRY(wac_next(&self->lexer, error));
    }
    return add_type(self, name, slice_of(self->text.data + start, end - start),
                    error);
}

/* The WIT path of an interface of this document; in the arena. */
static whit_status own_path(wac_document *self, slice id, slice *out,
                            whit_error *error)
{
    wac_name name = {.package = self->name, .item = id};
    return full_path(self, &name, out, error);
}

/* What is imported: up to the ';'. */
static whit_status read_import_type(wac_document *self, wac_import *import,
                                    whit_error *error)
{
    wac_lexer *l = &self->lexer;
    size_t start = l->token.start, end;
    wac_lexer mark = *l;
    wac_name name;
    bool taken;
    bool is_function = wac_is_word(l, "func") || wac_is_word(l, "async");
    TRY(wac_try_name(l, &name, &taken, error));
    if (taken) {
        if (!name.item.size)
            return wac_error(self->text, start, WHIT_MALFORMED, error,
                             "'%.*s' is a package; write which interface of "
                             "it is imported: '%.*s/name'",
                             SLICE_ARG(name.package), SLICE_ARG(name.package));
        TRY(full_path(self, &name, &import->path, error));
        TRY(put_text(self, start, import->path, error));
        buffer_text(&self->wit, "; }\n");
        return wac_expect(l, ';', error);
    }
    if (is_function || wac_is_word(l, "interface")) {
        TRY(wac_skip_statement(l, &end, error));
        wac_lexer after = *l;
        *l = mark;
        TRY(put_id(self, import->start, import->id, error));
        buffer_text(&self->wit, ": ");
        TRY(copy_to(self, end, error));
        buffer_text(&self->wit, is_function ? "; }\n" : " }\n");
        *l = after;
        return WHIT_OK;
    }
    slice id;
    TRY(wac_id(l, "'func', 'interface' or a name", &id, error));
    const wac_alias *alias = find_alias(self, id);
    if (alias) {
        TRY(put_id(self, import->start, import->id, error));
        buffer_text(&self->wit, ": ");
        TRY(put_text(self, start, alias->type, error));
    } else {
        TRY(own_path(self, id, &import->path, error));
        TRY(put_id(self, start, id, error));
    }
    buffer_text(&self->wit, "; }\n");
    return wac_expect(l, ';', error);
}

static whit_status read_import(wac_document *self, whit_error *error)
{
    wac_lexer *l = &self->lexer;
    wac_import import = {0};
    size_t end;
    TRY(wac_next(l, error));
    import.start = l->token.start;
    TRY(wac_id(l, "a name for what is imported", &import.id, error));
    if (wac_is_word(l, "as")) {
        TRY(wac_next(l, error));
        import.as = l->token.text;
        if (l->token.kind == WAC_STRING)
            TRY(wac_next(l, error));
        else
            TRY(wac_id(l, "the import's name", &import.as, error));
    }
    TRY(wac_expect(l, ':', error));
    wac_lexer mark = *l;
    TRY(wac_skip_statement(l, &end, error));
    *l = mark;
    TRY(put_segment(self, import.start, false, error));
    buffer_printf(&self->wit, "world wac-import-n%zu {", self->import_count);
    TRY(put_use(self, end, error));
    buffer_text(&self->wit, " import ");
    TRY(read_import_type(self, &import, error));
    TRY(mem_grow((void **)&self->imports, &self->import_room,
                 self->import_count, sizeof import, LIMIT_COMPONENT_ITEMS,
                 "imports of a WAC text", error));
    self->imports[self->import_count++] = import;
    return WHIT_OK;
}

static whit_status read_package(wac_document *self, whit_error *error)
{
    wac_lexer *l = &self->lexer;
    wac_name name;
    bool is_name;
    if (!wac_is_word(l, "package"))
        return wac_unexpected(l, "'package' and the name of the composition",
                              error);
    TRY(wac_next(l, error));
    TRY(wac_try_name(l, &name, &is_name, error));
    if (!is_name || name.item.size)
        return wac_unexpected(l, "a package's name like 'my:package'", error);
    self->name = name.package;
    self->version = name.version;
    if (wac_is_word(l, "targets")) {
        TRY(wac_next(l, error));
        TRY(wac_try_name(l, &self->target, &is_name, error));
        if (!is_name || !self->target.item.size)
            return wac_unexpected(l, "a world like 'my:package/world'", error);
    }
    size_t colons = 0;
    for (size_t i = 0; i < name.package.size; i++)
        colons += name.package.data[i] == ':';
    buffer_text(&self->wit, "package ");
    TRY(put_text(self, name.start,
                 colons == 1 ? name.package : slice_text("wac:document"),
                 error));
    if (name.version.size) {
        buffer_put(&self->wit, '@');
        buffer_slice(&self->wit, name.version);
    }
    buffer_text(&self->wit, ";\n");
    return wac_expect(l, ';', error);
}

static bool is_type_word(const wac_lexer *l)
{
    return wac_is_word(l, "record") || wac_is_word(l, "variant") ||
           wac_is_word(l, "enum") || wac_is_word(l, "flags") ||
           wac_is_word(l, "type");
}

static whit_status fail_statement(const wac_lexer *l, whit_error *error)
{
    static const char *const words[] = {"import", "let",     "export",
                                        "world",  "record",  "interface",
                                        "type",   "variant", "enum"};
    whit_status status = wac_unexpected(
        l, "a statement: 'import', 'let', 'export' or a type", error);
    near_word near = near_new(l->token.text);
    for (size_t i = 0; i < COUNT_OF(words) && l->token.kind == WAC_ID; i++)
        near_try(&near, slice_text(words[i]));
    near_suffix(&near, error);
    return status;
}

static whit_status read_statement(wac_document *self, whit_error *error)
{
    wac_lexer *l = &self->lexer;
    size_t end;
    if (wac_is_word(l, "import"))
        return read_import(self, error);
    if (wac_is_word(l, "interface") || wac_is_word(l, "world"))
        return read_definition(self, error);
    if (is_type_word(l))
        return read_type(self, error);
    if (wac_is_word(l, "let") || wac_is_word(l, "export"))
        return wac_skip_statement(l, &end, error);
    return fail_statement(l, error);
}

/* ---- The whole ---- */

/* From a position of the WIT text to one of the document. */
static void map_back(const wac_document *self, whit_error *error)
{
    slice wit = buffer_view(&self->wit);
    size_t at = 0, in = 0;
    if (!error || error->position != WHIT_POSITION_LINE)
        return;
    for (uint32_t line = 1; line < error->line && at < wit.size; at++)
        line += wit.data[at] == '\n';
    for (uint32_t column = 1; column < error->column && at < wit.size; at++)
        column += at + 1 < wit.size && (wit.data[at + 1] & 0xc0) != 0x80;
    for (size_t i = 0; i < self->segment_count; i++) {
        const wac_segment *s = &self->segments[i];
        if (s->out > at)
            break;
        in = s->in + (s->is_copy ? at - s->out : 0);
    }
    compose_place place = wac_place(self->text, in);
    error->line = place.line;
    error->column = place.column;
}

static whit_status resolve(wac_document *self, whit_error *error)
{
    wit_source source = {slice_text("wac"), buffer_view(&self->wit), 0};
    wit_resolve_options options = {.all_features = true};
    uint32_t root;
    if (self->only_check) {
        uint32_t at;
        ast_part *part;
        TRY(wit_set_add_source(self->set, source.path, source.text, &at,
                               error));
        return wit_parse_source(self->set, &self->memory, at, &part, error);
    }
    return wit_resolve(self->set, &source, 1, &options, &root, error);
}

whit_status wac_read_types(wac_document *self, whit_error *error)
{
    TRY(read_package(self, error));
    while (self->lexer.token.kind != WAC_EOF)
        TRY(read_statement(self, error));
    if (self->type_count) {
        buffer_text(&self->wit, "interface " TYPES " {\n");
        for (size_t i = 0; i < self->type_count; i++) {
            size_t start = self->types[i].start;
            bool is_function = !self->types[i].name.size;
            if (is_function)
                buffer_printf(&self->wit, "wac-function-n%zu: ", i);
            TRY(put_copy(self, start, start + self->types[i].type.size, error));
            buffer_text(&self->wit, is_function ? ";\n" : "\n");
        }
        buffer_text(&self->wit, "}\n");
    }
    TRY(buffer_status(&self->wit, error));
    whit_status status = resolve(self, error);
    if (status != WHIT_OK)
        map_back(self, error);
    return status;
}
