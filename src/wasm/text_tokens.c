/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The token cursor of the text parser: look-ahead, identifiers, indices. */
#include <inttypes.h>
#include <stdio.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "wasm/text_internal.h"
#include "wasm/text_numbers.h"

static const char *const duplicate_words[TEXT_SPACES] = {
    "type", "func", "table", "memory", "global", "tag", "elem", "data"};

static const char *const unknown_words[TEXT_SPACES] = {
    "type",   "function", "table",        "memory",
    "global", "tag",      "elem segment", "data segment"};

whit_status wasm_text_push(text_parser *p, text_list *list, const void *item,
                           size_t size, size_t limit, const char *what)
{
    TRY(mem_grow(&list->items, &list->capacity, list->count, size, limit, what,
                 p->error));
    memcpy((uint8_t *)list->items + list->count++ * size, item, size);
    return WHIT_OK;
}

static whit_status fetch(text_parser *p, wasm_token *out)
{
    size_t first = p->notes.count;
    for (;;) {
        TRY(wasm_lexer_next(&p->lexer, out, p->error));
        if (out->kind != WASM_TOKEN_ANNOTATION)
            break;
        TRY(wasm_text_note_read(p, out));
    }
    for (size_t i = first; i < p->notes.count; i++)
        ((text_note *)p->notes.items)[i].before = out->text.data;
    return WHIT_OK;
}

whit_status wasm_text_start(text_parser *p)
{
    p->has_ahead = false;
    p->notes.count = 0;
    return fetch(p, &p->token);
}

static void look(text_parser *p)
{
    if (p->has_ahead)
        return;
    p->ahead_status = fetch(p, &p->ahead);
    p->has_ahead = true;
}

whit_status wasm_text_no_notes(text_parser *p)
{
    const text_note *notes = p->notes.items;
    for (size_t i = 0; i < p->notes.count; i++)
        if (notes[i].before == p->token.text.data)
            return wasm_text_note_misplaced(p, &notes[i]);
    return WHIT_OK;
}

whit_status wasm_text_advance(text_parser *p)
{
    if (UNLIKELY(p->notes.count != 0))
        TRY(wasm_text_no_notes(p));
    if (!p->has_ahead)
        return fetch(p, &p->token);
    p->has_ahead = false;
    p->token = p->ahead;
    return p->ahead_status;
}

wasm_token_kind wasm_text_ahead_kind(text_parser *p)
{
    look(p);
    return p->ahead_status == WHIT_OK ? p->ahead.kind : WASM_TOKEN_EOF;
}

slice wasm_text_ahead(text_parser *p)
{
    return wasm_text_ahead_kind(p) == WASM_TOKEN_EOF ? slice_of(NULL, 0)
                                                     : p->ahead.text;
}

bool wasm_text_at_form(text_parser *p, const char *keyword)
{
    return p->token.kind == WASM_TOKEN_LPAR &&
           wasm_text_ahead_kind(p) == WASM_TOKEN_KEYWORD &&
           slice_is(p->ahead.text, keyword);
}

bool wasm_text_at_keyword(const text_parser *p, const char *keyword)
{
    return p->token.kind == WASM_TOKEN_KEYWORD &&
           slice_is(p->token.text, keyword);
}

bool wasm_text_at_index(const text_parser *p)
{
    return p->token.kind == WASM_TOKEN_NAT || p->token.kind == WASM_TOKEN_ID;
}

whit_status wasm_text_enter(text_parser *p)
{
    TRY(wasm_text_advance(p));
    return wasm_text_advance(p);
}

whit_status wasm_text_close(text_parser *p)
{
    if (p->token.kind != WASM_TOKEN_RPAR)
        return wasm_text_unexpected(p, "')'");
    return wasm_text_advance(p);
}

whit_status wasm_text_keyword(text_parser *p, const char *keyword)
{
    if (!wasm_text_at_keyword(p, keyword))
        return wasm_text_unexpected(p, keyword);
    return wasm_text_advance(p);
}

whit_status wasm_text_fail(text_parser *p, const char *format, ...)
{
    char message[WHIT_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return wasm_place_error(p->token.place, p->error, "%s", message);
}

whit_status wasm_text_unexpected(text_parser *p, const char *expected)
{
    enum { SHOWN = 60 };
    slice text = p->token.text;
    const char *rest = text.size > SHOWN ? "..." : "";
    if (text.size > SHOWN)
        text.size = SHOWN;
    wasm_token_kind kind = p->token.kind;
    if (kind == WASM_TOKEN_EOF)
        return wasm_text_fail(p, "unexpected token: the text ends, expected %s",
                              expected);
    bool known = kind != WASM_TOKEN_RESERVED &&
                 (kind != WASM_TOKEN_KEYWORD || wasm_text_word_known(text));
    if (known)
        return wasm_text_fail(p, "unexpected token %.*s%s, expected %s",
                              SLICE_ARG(text), rest, expected);
    slice near = wasm_text_word_near(text);
    if (near.size)
        return wasm_text_fail(p, "unknown operator %.*s%s; did you mean %.*s?",
                              SLICE_ARG(text), rest, SLICE_ARG(near));
    return wasm_text_fail(p, "unknown operator %.*s%s, expected %s",
                          SLICE_ARG(text), rest, expected);
}

/* Copies out of the source, which the module may outlive. */
static whit_status keep(text_parser *p, slice *text)
{
    const uint8_t *copy = arena_dup(&p->module->arena, text->data, text->size);
    TRY_ALLOC(copy, p->error);
    text->data = copy;
    return WHIT_OK;
}

whit_status wasm_text_string(text_parser *p, slice *out)
{
    if (p->token.kind != WASM_TOKEN_STRING)
        return wasm_text_unexpected(p, "a string");
    TRY(wasm_token_decode(&p->token, &p->scratch, out, p->error));
    TRY(keep(p, out));
    return wasm_text_advance(p);
}

whit_status wasm_text_name_string(text_parser *p, slice *out)
{
    if (p->token.kind != WASM_TOKEN_STRING)
        return wasm_text_unexpected(p, "a string");
    TRY(wasm_token_decode(&p->token, &p->scratch, out, p->error));
    if (!utf8_valid(*out))
        return wasm_text_fail(p, "malformed UTF-8 encoding of a name");
    TRY(keep(p, out));
    return wasm_text_advance(p);
}

whit_status wasm_text_id(text_parser *p, slice *id, slice *name)
{
    *id = slice_of(NULL, 0);
    if (p->token.kind == WASM_TOKEN_ID) {
        TRY(wasm_token_decode(&p->token, &p->scratch, id, p->error));
        TRY(wasm_text_advance(p));
    }
    *name = *id;
    text_note note;
    if (p->notes.count && wasm_text_note_take(p, WASM_ANNOTATION_NAME, &note))
        *name = note.bytes;
    return WHIT_OK;
}

whit_status wasm_text_nat(text_parser *p, unsigned bits, const char *what,
                          uint64_t *out)
{
    if (p->token.kind != WASM_TOKEN_NAT)
        return wasm_text_unexpected(p, "a number");
    if (!wasm_text_integer(p->token.text, bits, out))
        return wasm_text_fail(p, "%s constant out of range: %.*s", what,
                              SLICE_ARG(p->token.text));
    return wasm_text_advance(p);
}

static whit_status numeric_index(text_parser *p, uint32_t *out)
{
    uint64_t value;
    if (p->token.kind != WASM_TOKEN_NAT)
        return wasm_text_unexpected(p, "an index or identifier");
    TRY(wasm_text_nat(p, 32, "i32", &value));
    *out = (uint32_t)value;
    return WHIT_OK;
}

static whit_status unknown_id(text_parser *p, const char *what)
{
    return wasm_text_fail(p, "unknown %s %.*s", what, SLICE_ARG(p->token.text));
}

static whit_status named_index(text_parser *p, const map *ids, const char *what,
                               uint32_t *out)
{
    slice id;
    uint64_t value;
    TRY(wasm_token_decode(&p->token, &p->scratch, &id, p->error));
    if (!map_get(ids, id, &value))
        return unknown_id(p, what);
    *out = (uint32_t)value;
    return wasm_text_advance(p);
}

whit_status wasm_text_index(text_parser *p, text_space space, uint32_t *out)
{
    if (p->token.kind != WASM_TOKEN_ID)
        return numeric_index(p, out);
    return named_index(p, &p->ids[space], unknown_words[space], out);
}

whit_status wasm_text_local(text_parser *p, uint32_t *out)
{
    if (p->token.kind != WASM_TOKEN_ID)
        return numeric_index(p, out);
    return named_index(p, &p->locals, "local", out);
}

whit_status wasm_text_label(text_parser *p, uint32_t *out)
{
    if (p->token.kind != WASM_TOKEN_ID)
        return numeric_index(p, out);
    slice id;
    uint64_t level;
    TRY(wasm_token_decode(&p->token, &p->scratch, &id, p->error));
    if (!map_get(&p->labels, id, &level) || !level)
        return unknown_id(p, "label");
    *out = p->label_depth - (uint32_t)level;
    return wasm_text_advance(p);
}

whit_status wasm_text_declare(text_parser *p, text_space space, slice id,
                              wasm_place place)
{
    uint64_t other;
    uint32_t index = p->declared[space]++;
    if (!id.data)
        return WHIT_OK;
    if (map_get(&p->ids[space], id, &other))
        return wasm_place_error(place, p->error,
                                "duplicate %s $%.*s: index %" PRIu64
                                " has this identifier already",
                                duplicate_words[space], SLICE_ARG(id), other);
    return map_set(&p->ids[space], id, index, p->error);
}

whit_status wasm_text_name_add(text_parser *p, wasm_name_kind kind,
                               uint32_t outer, uint32_t index, slice name)
{
    if (!name.data)
        return WHIT_OK;
    wasm_name item = {outer, index, name};
    return wasm_text_push(p, &p->names[kind], &item, sizeof item,
                          LIMIT_TEXT_BYTES / sizeof item, "names");
}

static slice field_key(text_parser *p, uint32_t type, slice id)
{
    buffer_clear(&p->key);
    buffer_u32(&p->key, type);
    buffer_slice(&p->key, id);
    return buffer_view(&p->key);
}

bool wasm_text_field_get(text_parser *p, uint32_t type, slice id, uint64_t *out)
{
    return map_get(&p->field_ids, field_key(p, type, id), out);
}

whit_status wasm_text_field_set(text_parser *p, uint32_t type, slice id,
                                uint64_t field)
{
    slice key = field_key(p, type, id);
    TRY(buffer_status(&p->key, p->error));
    key.data = arena_dup(&p->scratch, key.data, key.size);
    TRY_ALLOC(key.data, p->error);
    return map_set(&p->field_ids, key, field, p->error);
}
