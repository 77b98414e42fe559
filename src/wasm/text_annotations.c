/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Annotations that mean something: @custom, @name and branch hints
 * (specification 3.0, appendix 7.4). */
#include <stdlib.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "wasm/text_internal.h"

static const char *const annotation_texts[WASM_ANNOTATION_KINDS] = {
    "@custom", "@name", "@metadata.code.branch_hint"};

/* Sections in the order of the binary, by their words in @custom. */
static const struct {
    const char *word;
    uint8_t id;
} section_order[] = {
    {"first", WASM_SECTION_CUSTOM},  {"type", WASM_SECTION_TYPE},
    {"import", WASM_SECTION_IMPORT}, {"func", WASM_SECTION_FUNCTION},
    {"table", WASM_SECTION_TABLE},   {"memory", WASM_SECTION_MEMORY},
    {"tag", WASM_SECTION_TAG},       {"global", WASM_SECTION_GLOBAL},
    {"export", WASM_SECTION_EXPORT}, {"start", WASM_SECTION_START},
    {"elem", WASM_SECTION_ELEMENT},  {"datacount", WASM_SECTION_DATA_COUNT},
    {"code", WASM_SECTION_CODE},     {"data", WASM_SECTION_DATA},
};

static size_t rank_of(uint32_t id)
{
    size_t rank = 0;
    while (rank + 1 < COUNT_OF(section_order) && section_order[rank].id != id)
        rank++;
    return rank;
}

static whit_status note_fail(text_parser *p, const text_note *note,
                             const wasm_token *token, const char *what)
{
    if (token->kind == WASM_TOKEN_EOF)
        return wasm_place_error(note->place, p->error,
                                "unclosed annotation: add ')' where it ends");
    return wasm_place_error(token->place, p->error, "%s annotation: %s",
                            annotation_texts[note->kind], what);
}

static whit_status next(text_parser *p, wasm_token *token)
{
    return wasm_lexer_next(&p->lexer, token, p->error);
}

/* (before section) or (after section); the '(' was read. */
static whit_status read_placement(text_parser *p, text_note *note)
{
    wasm_token token;
    TRY(next(p, &token));
    bool before = slice_is(token.text, "before");
    if (!before && !slice_is(token.text, "after"))
        return note_fail(p, note, &token,
                         "malformed placement, expected before or after");
    TRY(next(p, &token));
    size_t rank = 0;
    while (rank < COUNT_OF(section_order) &&
           !slice_is(token.text, section_order[rank].word))
        rank++;
    if (slice_is(token.text, "last"))
        rank = COUNT_OF(section_order) - 1;
    if (rank == COUNT_OF(section_order))
        return note_fail(p, note, &token,
                         "malformed section kind, expected type, import, "
                         "func, table, memory, tag, global, export, start, "
                         "elem, datacount, code, data, first or last");
    note->after = section_order[before && rank ? rank - 1 : rank].id;
    TRY(next(p, &token));
    return token.kind == WASM_TOKEN_RPAR
               ? WHIT_OK
               : note_fail(p, note, &token, "unexpected token, expected ')'");
}

static whit_status read_name(text_parser *p, text_note *note,
                             const wasm_token *token, const char *missing,
                             slice *out)
{
    if (token->kind != WASM_TOKEN_STRING)
        return note_fail(p, note, token, missing);
    TRY(wasm_token_decode(token, &p->scratch, out, p->error));
    if (!utf8_valid(*out))
        return note_fail(p, note, token, "malformed UTF-8 encoding");
    out->data = arena_dup(&p->module->arena, out->data, out->size);
    TRY_ALLOC(out->data, p->error);
    return WHIT_OK;
}

/* Strings up to the ')', as one. */
static whit_status read_bytes(text_parser *p, text_note *note,
                              wasm_token *token)
{
    buffer_clear(&p->list);
    while (token->kind == WASM_TOKEN_STRING) {
        slice piece;
        TRY(wasm_token_decode(token, &p->scratch, &piece, p->error));
        buffer_slice(&p->list, piece);
        TRY(next(p, token));
    }
    if (token->kind != WASM_TOKEN_RPAR)
        return note_fail(p, note, token, "unexpected token, expected a string");
    TRY(buffer_status(&p->list, p->error));
    slice all = buffer_view(&p->list);
    note->bytes.data = arena_dup(&p->module->arena, all.data, all.size);
    note->bytes.size = all.size;
    TRY_ALLOC(note->bytes.data, p->error);
    return WHIT_OK;
}

whit_status wasm_text_note_read(text_parser *p, const wasm_token *start)
{
    text_note note = {.kind = start->annotation,
                      .place = start->place,
                      .after = WASM_SECTION_DATA};
    /* Only what stands directly inside counts; (@id in it is skipped. */
    p->lexer.annotations = false;
    wasm_token token;
    whit_status status = next(p, &token);
    if (status == WHIT_OK && note.kind == WASM_ANNOTATION_CUSTOM) {
        status =
            read_name(p, &note, &token, "missing section name", &note.name);
        if (status == WHIT_OK)
            status = next(p, &token);
        if (status == WHIT_OK && token.kind == WASM_TOKEN_LPAR) {
            status = read_placement(p, &note);
            if (status == WHIT_OK)
                status = next(p, &token);
        }
        if (status == WHIT_OK)
            status = read_bytes(p, &note, &token);
    } else if (status == WHIT_OK) {
        slice name;
        if (note.kind == WASM_ANNOTATION_NAME)
            status = read_name(p, &note, &token, "missing name", &name);
        if (status == WHIT_OK)
            status = read_bytes(p, &note, &token);
    }
    p->lexer.annotations = true;
    TRY(status);
    return wasm_text_push(p, &p->notes, &note, sizeof note,
                          LIMIT_CUSTOM_SECTIONS, "annotations");
}

whit_status wasm_text_note_misplaced(text_parser *p, const text_note *note)
{
    if (note->kind == WASM_ANNOTATION_BRANCH_HINT)
        return wasm_place_error(note->place, p->error,
                                "@metadata.code.branch_hint annotation: not "
                                "in a function, in front of an instruction");
    return wasm_place_error(note->place, p->error,
                            "misplaced %s annotation: %s",
                            annotation_texts[note->kind],
                            note->kind == WASM_ANNOTATION_CUSTOM
                                ? "it stands between the fields of a module"
                                : "it stands behind an identifier's place");
}

bool wasm_text_note_take(text_parser *p, wasm_annotation kind, text_note *out)
{
    text_note *notes = p->notes.items;
    for (size_t i = 0; i < p->notes.count; i++) {
        if (notes[i].kind != kind || notes[i].before != p->token.text.data)
            continue;
        *out = notes[i];
        p->notes.count--;
        memmove(&notes[i], &notes[i + 1],
                (p->notes.count - i) * sizeof notes[0]);
        return true;
    }
    return false;
}

static whit_status add_custom(text_parser *p, slice name, slice bytes,
                              uint32_t after)
{
    wasm_custom custom = {.name = name, .bytes = bytes, .after = after};
    return wasm_text_push(p, &p->customs, &custom, sizeof custom,
                          LIMIT_CUSTOM_SECTIONS, "custom sections");
}

whit_status wasm_text_module_notes(text_parser *p, bool first)
{
    text_note note, *notes = p->notes.items;
    bool named = false;
    size_t kept = 0;
    for (size_t i = 0; i < p->notes.count; i++) {
        note = notes[i];
        if (note.kind == WASM_ANNOTATION_CUSTOM &&
            note.before == p->token.text.data)
            TRY(add_custom(p, note.name, note.bytes, note.after));
        else
            notes[kept++] = note;
    }
    p->notes.count = kept;
    while (first && wasm_text_note_take(p, WASM_ANNOTATION_NAME, &note)) {
        if (named)
            return wasm_place_error(note.place, p->error,
                                    "@name annotation: multiple module names");
        named = true;
        p->module_name = note.bytes;
    }
    return WHIT_OK;
}

whit_status wasm_text_hints_end(text_parser *p, size_t locals_size)
{
    const text_hint *hints = p->hints.items;
    if (!p->hints.count)
        return WHIT_OK;
    p->hint_functions++;
    buffer_uleb(&p->hint_section, p->function);
    buffer_uleb(&p->hint_section, p->hints.count);
    for (size_t i = 0; i < p->hints.count; i++) {
        buffer_uleb(&p->hint_section, hints[i].offset + locals_size);
        buffer_uleb(&p->hint_section, 1);
        buffer_put(&p->hint_section, hints[i].value);
    }
    p->hints.count = 0;
    return WHIT_OK;
}

static whit_status keep_buffer(text_parser *p, const buffer *bytes, slice *out)
{
    TRY(buffer_status(bytes, p->error));
    *out = buffer_view(bytes);
    out->data = arena_dup(&p->module->arena, out->data, out->size);
    TRY_ALLOC(out->data, p->error);
    return WHIT_OK;
}

/* Puts `custom` into the place of the one at `at`, or behind all others. */
static whit_status finish_section(text_parser *p, const char *name, size_t at,
                                  const buffer *payload, uint32_t after)
{
    slice bytes;
    TRY(keep_buffer(p, payload, &bytes));
    if (at < p->customs.count) {
        ((wasm_custom *)p->customs.items)[at].bytes = bytes;
        return WHIT_OK;
    }
    return add_custom(p, slice_text(name), bytes, after);
}

static size_t find_custom(const text_parser *p, const char *name)
{
    const wasm_custom *customs = p->customs.items;
    size_t i = 0;
    while (i < p->customs.count && !slice_is(customs[i].name, name))
        i++;
    return i;
}

/* Whether the section shall be made: none was written as @custom, or an
 * empty one that only marks the place. */
static bool section_wanted(const text_parser *p, const char *name, size_t *at)
{
    const wasm_custom *customs = p->customs.items;
    *at = find_custom(p, name);
    return *at == p->customs.count || !customs[*at].bytes.size;
}

static whit_status finish_names(text_parser *p)
{
    wasm_names names = {.module = p->module_name};
    bool any = p->module_name.size != 0;
    for (int kind = 0; kind < WASM_NAME_KINDS; kind++) {
        names.of[kind].items = p->names[kind].items;
        names.of[kind].count = (uint32_t)p->names[kind].count;
        any |= p->names[kind].count != 0;
    }
    size_t at;
    if (!any || !section_wanted(p, "name", &at))
        return WHIT_OK;
    buffer_clear(&p->list);
    wasm_names_write(&names, &p->list);
    return finish_section(p, "name", at, &p->list, WASM_SECTION_DATA);
}

static whit_status finish_hints(text_parser *p)
{
    static const char name[] = "metadata.code.branch_hint";
    size_t at;
    if (!p->hint_functions || !section_wanted(p, name, &at))
        return WHIT_OK;
    buffer_clear(&p->list);
    buffer_uleb(&p->list, p->hint_functions);
    buffer_slice(&p->list, buffer_view(&p->hint_section));
    TRY(buffer_status(&p->hint_section, p->error));
    return finish_section(p, name, at, &p->list, WASM_SECTION_DATA_COUNT);
}

whit_status wasm_text_customs_finish(text_parser *p)
{
    TRY(finish_names(p));
    TRY(finish_hints(p));
    size_t count = p->customs.count;
    const wasm_custom *source = p->customs.items;
    wasm_custom *sorted = arena_array(&p->module->arena, count, sizeof *sorted);
    TRY_ALLOC(sorted, p->error);
    size_t filled = 0;
    for (size_t rank = 0; count && rank < COUNT_OF(section_order); rank++)
        for (size_t i = 0; i < count; i++)
            if (rank_of(source[i].after) == rank)
                sorted[filled++] = source[i];
    p->module->customs = sorted;
    p->module->custom_count = (uint32_t)count;
    return WHIT_OK;
}
