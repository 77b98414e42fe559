/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The parser's tools, and files: packages, interfaces, worlds, `use`. */
#include "base/near.h"
#include "wit/parse_private.h"

whit_status wit_parse_next(parser *self, whit_error *error)
{
    self->last_end = self->token.end;
    return wit_lexer_next(&self->lexer, &self->token, error);
}

whit_status wit_parse_take(parser *self, wit_token_kind kind, bool *taken,
                           whit_error *error)
{
    *taken = wit_parse_is(self, kind);
    return *taken ? wit_parse_next(self, error) : WHIT_OK;
}

whit_status wit_parse_take_keyword(parser *self, wit_keyword keyword,
                                   bool *taken, whit_error *error)
{
    *taken = wit_parse_is_keyword(self, keyword);
    return *taken ? wit_parse_next(self, error) : WHIT_OK;
}

whit_status wit_parse_unexpected(const parser *self, const char *what,
                                 whit_error *error)
{
    char found[128];
    wit_token_describe(&self->token, found, sizeof found);
    return wit_lexer_error(&self->lexer, self->token.start, error,
                           "expected %s, found %s", what, found);
}

whit_status wit_parse_expect(parser *self, wit_token_kind kind,
                             const char *where, whit_error *error)
{
    if (wit_parse_is(self, kind))
        return wit_parse_next(self, error);
    char found[128];
    wit_token_describe(&self->token, found, sizeof found);
    return wit_lexer_error(&self->lexer, self->token.start, error,
                           "expected %s %s, found %s",
                           wit_token_kind_text(kind), where, found);
}

whit_status wit_parse_expect_keyword(parser *self, wit_keyword keyword,
                                     const char *where, whit_error *error)
{
    if (wit_parse_is_keyword(self, keyword))
        return wit_parse_next(self, error);
    char found[128];
    wit_token_describe(&self->token, found, sizeof found);
    whit_status status = wit_lexer_error(
        &self->lexer, self->token.start, error, "expected '%s' %s, found %s",
        wit_keyword_text(keyword), where, found);
    if (wit_parse_is(self, WIT_TOKEN_ID)) {
        near_word near = near_new(self->token.name);
        near_try(&near, slice_text(wit_keyword_text(keyword)));
        near_suffix(&near, error);
    }
    return status;
}

whit_status wit_parse_name(parser *self, const char *what, ast_name *out,
                           whit_error *error)
{
    if (wit_parse_is(self, WIT_TOKEN_ID)) {
        *out = (ast_name){self->token.name, self->token.start};
        return wit_parse_next(self, error);
    }
    if (wit_parse_is(self, WIT_TOKEN_KEYWORD)) {
        const char *word = wit_keyword_text(self->token.keyword);
        return wit_lexer_error(&self->lexer, self->token.start, error,
                               "expected %s, found the keyword '%s'; write "
                               "%%%s to use it as a name",
                               what, word, word);
    }
    return wit_parse_unexpected(self, what, error);
}

/* "(word = " of a gate. */
static whit_status gate_field(parser *self, const char *word, whit_error *error)
{
    TRY(wit_parse_expect(self, WIT_TOKEN_LPAR, "behind the gate", error));
    if (!wit_parse_is(self, WIT_TOKEN_ID) ||
        !slice_is(self->token.name, word)) {
        char wanted[32] = "'feature = NAME'";
        if (*word == 'v')
            memcpy(wanted, "'version = X.Y.Z'", sizeof "'version = X.Y.Z'");
        return wit_parse_unexpected(self, wanted, error);
    }
    TRY(wit_parse_next(self, error));
    if (!wit_parse_is(self, WIT_TOKEN_EQUALS))
        return wit_parse_unexpected(self, "'='", error);
    return WHIT_OK;
}

/* The token is the '='; versions are read by characters. */
static whit_status gate_version(parser *self, wit_version *out,
                                whit_error *error)
{
    TRY(gate_field(self, "version", error));
    TRY(wit_lexer_version(&self->lexer, out, error));
    TRY(wit_parse_next(self, error));
    return wit_parse_expect(self, WIT_TOKEN_RPAR, "behind the version", error);
}

static whit_status gate_feature(parser *self, slice *out, whit_error *error)
{
    ast_name name;
    TRY(gate_field(self, "feature", error));
    TRY(wit_parse_next(self, error));
    TRY(wit_parse_name(self, "the name of a feature", &name, error));
    *out = name.text;
    return wit_parse_expect(self, WIT_TOKEN_RPAR, "behind the feature", error);
}

static whit_status external_id(parser *self, ast_head *out, whit_error *error)
{
    TRY(wit_parse_expect(self, WIT_TOKEN_LPAR, "behind 'external-id'", error));
    if (!wit_parse_is(self, WIT_TOKEN_STRING))
        return wit_parse_unexpected(self, "a string", error);
    TRY(wit_lexer_string(&self->lexer, &self->token, &out->external_id, error));
    TRY(wit_parse_next(self, error));
    out->has_external_id = true;
    return wit_parse_expect(self, WIT_TOKEN_RPAR, "behind the string", error);
}

/* What the attributes of one item add up to. */
typedef struct attributes {
    wit_gate gate;
    bool since;
    bool unstable;
    bool deprecated;
} attributes;

static whit_status twice(const parser *self, bool there, const ast_name *name,
                         whit_error *error)
{
    if (!there)
        return WHIT_OK;
    return wit_lexer_error(&self->lexer, name->at, error,
                           "'@%.*s' is there twice", SLICE_ARG(name->text));
}

static whit_status attribute(parser *self, attributes *all, ast_head *out,
                             whit_error *error)
{
    ast_name name;
    TRY(wit_parse_name(self, "the name of an attribute", &name, error));
    if (slice_is(name.text, "since")) {
        TRY(twice(self, all->since, &name, error));
        all->since = true;
        return gate_version(self, &all->gate.since, error);
    }
    if (slice_is(name.text, "unstable")) {
        TRY(twice(self, all->unstable, &name, error));
        all->unstable = true;
        return gate_feature(self, &all->gate.feature, error);
    }
    if (slice_is(name.text, "deprecated")) {
        TRY(twice(self, all->deprecated, &name, error));
        all->deprecated = true;
        return gate_version(self, &all->gate.deprecated, error);
    }
    if (slice_is(name.text, "external-id")) {
        TRY(twice(self, out->has_external_id, &name, error));
        out->external_at = name.at;
        return external_id(self, out, error);
    }
    near_word near = near_new(name.text);
    static const char *const known[] = {"since", "unstable", "deprecated",
                                        "external-id"};
    for (unsigned i = 0; i < COUNT_OF(known); i++)
        near_try(&near, slice_text(known[i]));
    whit_status status =
        wit_lexer_error(&self->lexer, name.at, error, "no attribute '@%.*s'",
                        SLICE_ARG(name.text));
    near_suffix(&near, error);
    return status;
}

whit_status wit_parse_head(parser *self, ast_head *out, whit_error *error)
{
    attributes all = {0};
    *out = (ast_head){0};
    TRY(wit_lexer_docs(&self->lexer, &self->token, &out->docs, error));
    uint32_t start = self->token.start;
    for (;;) {
        bool taken;
        TRY(wit_parse_take(self, WIT_TOKEN_AT, &taken, error));
        if (!taken)
            break;
        TRY(attribute(self, &all, out, error));
    }
    out->gate_at = start;
    if (all.since && all.unstable)
        return wit_lexer_error(&self->lexer, start, error,
                               "an item is '@since' a version or '@unstable', "
                               "not both");
    if (all.deprecated && !all.since && !all.unstable)
        return wit_lexer_error(&self->lexer, start, error,
                               "'@deprecated' needs '@since' or '@unstable' "
                               "beside it");
    if (!all.since && !all.unstable)
        return WHIT_OK;
    all.gate.kind = all.since ? WIT_SINCE : WIT_UNSTABLE;
    out->gate = arena_dup(&self->lexer.set->memory, &all.gate, sizeof all.gate);
    TRY_ALLOC(out->gate, error);
    return WHIT_OK;
}

whit_status wit_parse_no_external(const parser *self, const ast_head *head,
                                  const char *what, whit_error *error)
{
    if (!head->has_external_id)
        return WHIT_OK;
    return wit_lexer_error(&self->lexer, head->external_at, error,
                           "%s has no external id", what);
}

/* The text from one offset to another. */
static slice span(const parser *self, uint32_t start, uint32_t end)
{
    return slice_of(self->lexer.text.data + start, end - start);
}

/* Names that ':' or '/' join stand without space between them. */
static whit_status joined(const parser *self, whit_error *error)
{
    if (self->token.start == self->last_end)
        return WHIT_OK;
    return wit_lexer_error(&self->lexer, self->token.start, error,
                           "the name of a package is written without spaces");
}

/* "@version" when it is there. */
static whit_status at_version(parser *self, wit_version *out, whit_error *error)
{
    *out = (wit_version){0};
    if (!wit_parse_is(self, WIT_TOKEN_AT))
        return WHIT_OK;
    if (self->token.start != self->last_end)
        return WHIT_OK;
    uint32_t behind = self->token.end;
    TRY(wit_lexer_version(&self->lexer, out, error));
    if (out->text.data != self->lexer.text.data + behind)
        return wit_lexer_error(&self->lexer, behind, error,
                               "the version stands right behind '@'");
    return wit_parse_next(self, error);
}

/* Names behind `first` with ':' between them, then names with '/' between
 * them. `colon` and `slash` tell where the last of each stood (0: none). */
static whit_status name_chain(parser *self, ast_name *last, uint32_t *colon,
                              uint32_t *slash, whit_error *error)
{
    *colon = *slash = 0;
    for (;;) {
        uint32_t at = self->token.start;
        bool is_colon = wit_parse_is(self, WIT_TOKEN_COLON) && !*slash;
        if (!is_colon && !(wit_parse_is(self, WIT_TOKEN_SLASH) && *colon))
            return WHIT_OK;
        TRY(joined(self, error));
        TRY(wit_parse_next(self, error));
        TRY(joined(self, error));
        TRY(wit_parse_name(self, "the rest of a package's name", last, error));
        *(is_colon ? colon : slash) = at;
    }
}

/* Writes "space:name@version" without '%' signs: the text from out->at to
 * `end` without version, `colon` being where the last ':' stood. */
static whit_status keep_name(parser *self, uint32_t colon, uint32_t end,
                             ast_package_name *out, whit_error *error)
{
    slice text = span(self, out->at, end), version = out->version.text;
    uint8_t *bytes =
        arena_alloc(&self->lexer.set->memory, text.size + version.size + 1);
    TRY_ALLOC(bytes, error);
    size_t size = 0, space = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (out->at + i == colon)
            space = size;
        if (text.data[i] != '%')
            bytes[size++] = text.data[i];
    }
    out->space = slice_of(bytes, space);
    out->name = slice_of(bytes + space + 1, size - space - 1);
    out->text = slice_of(bytes, size);
    if (version.size) {
        bytes[size++] = '@';
        memcpy(bytes + size, version.data, version.size);
        size += version.size;
    }
    out->full = slice_of(bytes, size);
    return WHIT_OK;
}

whit_status wit_parse_package_name(parser *self, ast_package_name *out,
                                   whit_error *error)
{
    ast_name name;
    uint32_t colon, slash;
    TRY(wit_parse_name(self, "the name of a package, like 'local:demo'", &name,
                       error));
    out->at = name.at;
    TRY(name_chain(self, &name, &colon, &slash, error));
    if (!colon)
        return wit_lexer_error(&self->lexer, out->at, error,
                               "the name of a package has two parts, like "
                               "'local:%.*s'",
                               SLICE_ARG(name.text));
    uint32_t end = self->last_end;
    TRY(at_version(self, &out->version, error));
    return keep_name(self, colon, end, out, error);
}

whit_status wit_parse_path_rest(parser *self, ast_name first, ast_path *out,
                                whit_error *error)
{
    ast_name last = first;
    uint32_t colon, slash;
    *out = (ast_path){.name = first, .package.at = first.at};
    TRY(name_chain(self, &last, &colon, &slash, error));
    if (!colon)
        return WHIT_OK;
    if (!slash)
        return wit_lexer_error(&self->lexer, first.at, error,
                               "'%.*s' names a package; write '/' and what "
                               "you mean in it",
                               SLICE_ARG(span(self, first.at, self->last_end)));
    out->name = last;
    TRY(at_version(self, &out->package.version, error));
    return keep_name(self, colon, slash, &out->package, error);
}

whit_status wit_parse_path(parser *self, const char *what, ast_path *out,
                           whit_error *error)
{
    ast_name first;
    TRY(wit_parse_name(self, what, &first, error));
    return wit_parse_path_rest(self, first, out, error);
}

static whit_status new_top(parser *self, ast_top_kind kind,
                           const ast_head *head, ast_top ***tail, ast_top **out,
                           whit_error *error)
{
    ast_top *top = arena_zalloc(self->memory, sizeof *top);
    TRY_ALLOC(top, error);
    top->kind = kind;
    top->head = *head;
    top->at = self->token.start;
    **tail = top;
    *tail = &top->next;
    *out = top;
    return WHIT_OK;
}

static whit_status parse_top_use(parser *self, ast_top *out, whit_error *error)
{
    bool taken;
    TRY(wit_parse_path(self, "an interface or world", &out->path, error));
    out->name = out->path.name;
    TRY(wit_parse_take_keyword(self, WIT_KEYWORD_AS, &taken, error));
    if (taken)
        TRY(wit_parse_name(self, "a name for it", &out->name, error));
    if (wit_parse_is(self, WIT_TOKEN_DOT))
        return wit_lexer_error(&self->lexer, self->token.start, error,
                               "types are used inside an interface or world; "
                               "here 'use' names whole interfaces");
    return wit_parse_expect(self, WIT_TOKEN_SEMICOLON, "behind 'use'", error);
}

/* An interface, world or use. */
static whit_status parse_top(parser *self, const ast_head *head,
                             ast_top ***tail, whit_error *error)
{
    ast_top *top;
    if (wit_parse_is_keyword(self, WIT_KEYWORD_USE)) {
        TRY(new_top(self, AST_TOP_USE, head, tail, &top, error));
        TRY(wit_parse_next(self, error));
        return parse_top_use(self, top, error);
    }
    bool world = wit_parse_is_keyword(self, WIT_KEYWORD_WORLD);
    if (!world && !wit_parse_is_keyword(self, WIT_KEYWORD_INTERFACE)) {
        whit_status status = wit_parse_unexpected(
            self, "'interface', 'world', 'use' or 'package'", error);
        near_word near = near_new(self->token.name);
        static const char *const known[] = {"interface", "world", "use",
                                            "package"};
        for (unsigned i = 0; i < COUNT_OF(known); i++)
            if (wit_parse_is(self, WIT_TOKEN_ID))
                near_try(&near, slice_text(known[i]));
        near_suffix(&near, error);
        return status;
    }
    TRY(new_top(self, world ? AST_TOP_WORLD : AST_TOP_INTERFACE, head, tail,
                &top, error));
    TRY(wit_parse_next(self, error));
    TRY(wit_parse_name(
        self, world ? "the name of the world" : "the name of the interface",
        &top->name, error));
    return world ? wit_parse_world_body(self, &top->items, error)
                 : wit_parse_interface_body(self, &top->items, error);
}

static whit_status new_part(parser *self, ast_part **out, whit_error *error)
{
    *out = arena_zalloc(self->memory, sizeof **out);
    TRY_ALLOC(*out, error);
    (*out)->source = self->lexer.source;
    return WHIT_OK;
}

/* The '{' is the token. */
static whit_status parse_nested(parser *self, ast_part *part, whit_error *error)
{
    ast_top **tail = &part->tops;
    TRY(wit_parse_next(self, error));
    while (!wit_parse_is(self, WIT_TOKEN_RBRACE)) {
        ast_head head;
        TRY(wit_parse_head(self, &head, error));
        TRY(wit_parse_no_external(self, &head, "an item of a package", error));
        if (wit_parse_is_keyword(self, WIT_KEYWORD_PACKAGE))
            return wit_lexer_error(&self->lexer, self->token.start, error,
                                   "packages stand beside each other, not in "
                                   "each other");
        if (wit_parse_is(self, WIT_TOKEN_EOF))
            return wit_parse_unexpected(self, "'}' at the end of the package",
                                        error);
        TRY(parse_top(self, &head, &tail, error));
    }
    part->end = self->token.end;
    return wit_parse_next(self, error);
}

/* "package a:b;" of the file, when it is the first thing in it, or
 * "package a:b { }". */
static whit_status parse_package(parser *self, const ast_head *head,
                                 ast_part *file, ast_part ***tail, bool first,
                                 whit_error *error)
{
    ast_package_name name;
    uint32_t at = self->token.start;
    if (head->gate)
        return wit_lexer_error(&self->lexer, head->gate_at, error,
                               "a package has no gate: gate what is in it");
    TRY(wit_parse_next(self, error));
    TRY(wit_parse_package_name(self, &name, error));
    ast_part *part = file;
    bool nested = wit_parse_is(self, WIT_TOKEN_LBRACE);
    if (nested) {
        TRY(new_part(self, &part, error));
        **tail = part;
        *tail = &part->next;
    } else if (!first) {
        if (wit_parse_is(self, WIT_TOKEN_SEMICOLON))
            return wit_lexer_error(&self->lexer, at, error,
                                   "'package ...;' comes first in a file; "
                                   "further packages are written 'package "
                                   "%.*s:%.*s { ... }'",
                                   SLICE_ARG(name.space), SLICE_ARG(name.name));
        return wit_parse_unexpected(self, "'{'", error);
    }
    part->named = true;
    part->name = name;
    part->docs = head->docs;
    part->docs_at = at;
    return nested ? parse_nested(self, part, error)
                  : wit_parse_expect(self, WIT_TOKEN_SEMICOLON,
                                     "behind the package's name", error);
}

whit_status wit_parse_source(wit_set *set, arena *memory, uint32_t source,
                             ast_part **out, whit_error *error)
{
    parser self = {.memory = memory};
    ast_part *file;
    TRY(wit_lexer_start(&self.lexer, set, source, error));
    TRY(wit_parse_next(&self, error));
    TRY(new_part(&self, &file, error));
    ast_part **parts = &file->next;
    ast_top **tops = &file->tops;
    for (bool first = true; !wit_parse_is(&self, WIT_TOKEN_EOF);
         first = false) {
        ast_head head;
        TRY(wit_parse_head(&self, &head, error));
        TRY(wit_parse_no_external(&self, &head, "an item of a package", error));
        if (wit_parse_is_keyword(&self, WIT_KEYWORD_PACKAGE))
            TRY(parse_package(&self, &head, file, &parts, first, error));
        else
            TRY(parse_top(&self, &head, &tops, error));
    }
    *out = file;
    return WHIT_OK;
}
