/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Reads specification test scripts. */
#include "wasm/script.h"

#include "base/buffer.h"
#include "base/limits.h"
#include "base/memory.h"
#include "wasm/script_internal.h"

/* ---- Tokens ---- */

whit_status wasm_script_advance(script_reader *r)
{
    return wasm_lexer_next(&r->lexer, &r->token, r->error);
}

whit_status wasm_script_fail(script_reader *r, const char *expected)
{
    if (r->token.kind == WASM_TOKEN_EOF)
        return wasm_place_error(r->token.place, r->error,
                                "unexpected token: the script ends, expected "
                                "%s",
                                expected);
    return wasm_place_error(
        r->token.place, r->error, "unexpected token %.*s, expected %s",
        r->token.text.size > 60 ? 60 : (int)r->token.text.size,
        (const char *)r->token.text.data, expected);
}

whit_status wasm_script_close(script_reader *r)
{
    if (r->token.kind != WASM_TOKEN_RPAR)
        return wasm_script_fail(r, "')'");
    return wasm_script_advance(r);
}

bool wasm_script_at_keyword(const script_reader *r, const char *word)
{
    return r->token.kind == WASM_TOKEN_KEYWORD && slice_is(r->token.text, word);
}

slice wasm_script_ahead(const script_reader *r)
{
    wasm_lexer lexer = r->lexer;
    wasm_token token;
    if (r->token.kind != WASM_TOKEN_LPAR ||
        wasm_lexer_next(&lexer, &token, NULL) != WHIT_OK ||
        token.kind != WASM_TOKEN_KEYWORD)
        return slice_of(NULL, 0);
    return token.text;
}

whit_status wasm_script_enter(script_reader *r)
{
    TRY(wasm_script_advance(r));
    return wasm_script_advance(r);
}

whit_status wasm_script_string(script_reader *r, slice *out)
{
    if (r->token.kind != WASM_TOKEN_STRING)
        return wasm_script_fail(r, "a string");
    TRY(wasm_token_decode(&r->token, r->arena, out, r->error));
    return wasm_script_advance(r);
}

whit_status wasm_script_push(script_reader *r, script_list *list,
                             const void *item, size_t size, const char *what)
{
    TRY(mem_grow(&list->items, &list->capacity, list->count, size,
                 LIMIT_SCRIPT_ITEMS, what, r->error));
    memcpy((uint8_t *)list->items + list->count++ * size, item, size);
    return WHIT_OK;
}

whit_status wasm_script_keep(script_reader *r, const script_list *list,
                             size_t size, void *out, uint32_t *count)
{
    void *copy = arena_dup(r->arena, list->items, list->count * size);
    TRY_ALLOC(copy, r->error);
    memcpy(out, &copy, sizeof copy);
    *count = (uint32_t)list->count;
    return WHIT_OK;
}

static whit_status optional_id(script_reader *r, slice *out)
{
    if (r->token.kind != WASM_TOKEN_ID)
        return WHIT_OK;
    *out = r->token.text;
    return wasm_script_advance(r);
}

/* Column of the current token, counted on from the last one asked for, as
 * a script may be one long line. */
static uint32_t column_here(script_reader *r)
{
    wasm_place place = r->token.place;
    if (place.line_start == r->last.line_start && r->last.at <= place.at) {
        wasm_place rest = {place.at, r->last.at, place.line};
        r->last_column += wasm_place_column(rest) - 1;
    } else {
        r->last_column = wasm_place_column(place);
    }
    r->last = place;
    return r->last_column;
}

/* ---- Modules ---- */

/* Moves behind the ')' of a form that began at `start` and is open. */
static whit_status skip_form(script_reader *r, const uint8_t *start,
                             slice *source)
{
    size_t depth = 1;
    for (;;) {
        if (r->token.kind == WASM_TOKEN_EOF)
            return wasm_script_fail(r, "')' of a module");
        if (r->token.kind == WASM_TOKEN_LPAR)
            depth++;
        if (r->token.kind == WASM_TOKEN_RPAR && --depth == 0)
            break;
        TRY(wasm_script_advance(r));
    }
    const uint8_t *end = r->token.text.data + 1;
    *source = slice_of(start, (size_t)(end - start));
    return wasm_script_advance(r);
}

static whit_status read_strings(script_reader *r, slice *out)
{
    buffer bytes;
    buffer_init(&bytes);
    whit_status status = WHIT_OK;
    while (status == WHIT_OK && r->token.kind == WASM_TOKEN_STRING) {
        slice piece;
        status = wasm_script_string(r, &piece);
        if (status == WHIT_OK)
            buffer_slice(&bytes, piece);
    }
    if (status == WHIT_OK)
        status = buffer_status(&bytes, r->error);
    if (status == WHIT_OK) {
        *out = buffer_view(&bytes);
        out->data = arena_dup(r->arena, out->data, out->size);
        if (!out->data)
            status = error_memory(r->error);
    }
    buffer_release(&bytes);
    return status;
}

/* (module ...) or (component ...), the '(' being the current token. */
static whit_status read_module(script_reader *r, wasm_script_module *out)
{
    wasm_place start = r->token.place;
    out->is_component = slice_is(wasm_script_ahead(r), "component");
    out->line = start.line;
    out->column = column_here(r);
    TRY(wasm_script_enter(r));
    for (int i = 0; i < 2; i++) {
        if (wasm_script_at_keyword(r, "definition")) {
            out->definition = true;
            TRY(wasm_script_advance(r));
        }
        if (!out->id.size)
            TRY(optional_id(r, &out->id));
    }
    bool binary = wasm_script_at_keyword(r, "binary");
    if (!binary && !wasm_script_at_keyword(r, "quote")) {
        out->form = WASM_FORM_TEXT;
        return skip_form(r, start.at, &out->bytes);
    }
    out->form = binary ? WASM_FORM_BINARY : WASM_FORM_QUOTE;
    TRY(wasm_script_advance(r));
    TRY(read_strings(r, &out->bytes));
    return wasm_script_close(r);
}

/* (module instance $id? $module?), or of a component. */
static bool at_instance(const script_reader *r)
{
    wasm_lexer lexer = r->lexer;
    wasm_token token;
    return wasm_lexer_next(&lexer, &token, NULL) == WHIT_OK &&
           wasm_lexer_next(&lexer, &token, NULL) == WHIT_OK &&
           token.kind == WASM_TOKEN_KEYWORD && slice_is(token.text, "instance");
}

static whit_status read_instance(script_reader *r, wasm_command *out)
{
    out->kind = WASM_COMMAND_INSTANCE;
    out->module.is_component = slice_is(wasm_script_ahead(r), "component");
    TRY(wasm_script_enter(r));
    TRY(wasm_script_advance(r));
    TRY(optional_id(r, &out->id));
    TRY(optional_id(r, &out->id2));
    return wasm_script_close(r);
}

/* ---- Commands ---- */

static bool at_action(const script_reader *r)
{
    slice word = wasm_script_ahead(r);
    return slice_is(word, "invoke") || slice_is(word, "get");
}

static whit_status read_action(script_reader *r, wasm_action *out)
{
    if (!at_action(r))
        return wasm_script_fail(r, "(invoke or (get");
    out->is_get = slice_is(wasm_script_ahead(r), "get");
    TRY(wasm_script_enter(r));
    TRY(optional_id(r, &out->module));
    TRY(wasm_script_string(r, &out->name));
    if (!out->is_get)
        TRY(wasm_script_values(r, &out->arguments, &out->argument_count));
    return wasm_script_close(r);
}

static whit_status read_assertion(script_reader *r, wasm_command *out)
{
    TRY(wasm_script_enter(r));
    switch (out->kind) {
    case WASM_COMMAND_ASSERT_RETURN:
        TRY(read_action(r, &out->action));
        TRY(wasm_script_values(r, &out->results, &out->result_count));
        break;
    case WASM_COMMAND_ASSERT_EXCEPTION:
        TRY(read_action(r, &out->action));
        break;
    case WASM_COMMAND_ASSERT_EXHAUSTION:
        TRY(read_action(r, &out->action));
        TRY(wasm_script_string(r, &out->text));
        break;
    default:
        out->on_module = out->kind != WASM_COMMAND_ASSERT_TRAP || !at_action(r);
        if (!out->on_module)
            TRY(read_action(r, &out->action));
        else if (slice_is(wasm_script_ahead(r), "module") ||
                 slice_is(wasm_script_ahead(r), "component"))
            TRY(read_module(r, &out->module));
        else
            return wasm_script_fail(r, "(module or (component");
        TRY(wasm_script_string(r, &out->text));
    }
    return wasm_script_close(r);
}

static whit_status read_register(script_reader *r, wasm_command *out)
{
    TRY(wasm_script_enter(r));
    TRY(wasm_script_string(r, &out->text));
    TRY(optional_id(r, &out->id));
    return wasm_script_close(r);
}

static whit_status read_wait(script_reader *r, wasm_command *out)
{
    TRY(wasm_script_enter(r));
    if (r->token.kind != WASM_TOKEN_ID)
        return wasm_script_fail(r, "the identifier of a thread");
    TRY(optional_id(r, &out->id));
    return wasm_script_close(r);
}

static const struct {
    const char *word;
    wasm_command_kind kind;
} command_words[] = {
    {"module", WASM_COMMAND_MODULE},
    {"component", WASM_COMMAND_MODULE},
    {"register", WASM_COMMAND_REGISTER},
    {"invoke", WASM_COMMAND_ACTION},
    {"get", WASM_COMMAND_ACTION},
    {"assert_return", WASM_COMMAND_ASSERT_RETURN},
    {"assert_trap", WASM_COMMAND_ASSERT_TRAP},
    {"assert_exception", WASM_COMMAND_ASSERT_EXCEPTION},
    {"assert_exhaustion", WASM_COMMAND_ASSERT_EXHAUSTION},
    {"assert_malformed", WASM_COMMAND_ASSERT_MALFORMED},
    {"assert_invalid", WASM_COMMAND_ASSERT_INVALID},
    {"assert_unlinkable", WASM_COMMAND_ASSERT_UNLINKABLE},
    {"assert_malformed_custom", WASM_COMMAND_ASSERT_MALFORMED_CUSTOM},
    {"assert_invalid_custom", WASM_COMMAND_ASSERT_INVALID_CUSTOM},
    {"thread", WASM_COMMAND_THREAD},
    {"wait", WASM_COMMAND_WAIT},
};

static whit_status read_commands(script_reader *r, bool in_thread,
                                 script_list *list);

/* (thread $id (shared (module $m))? command*) */
static whit_status read_thread(script_reader *r, wasm_command *out)
{
    TRY(wasm_script_enter(r));
    TRY(optional_id(r, &out->id));
    if (slice_is(wasm_script_ahead(r), "shared")) {
        TRY(wasm_script_enter(r));
        if (!slice_is(wasm_script_ahead(r), "module"))
            return wasm_script_fail(r, "(module");
        TRY(wasm_script_enter(r));
        if (r->token.kind != WASM_TOKEN_ID)
            return wasm_script_fail(r, "the identifier of a module");
        TRY(optional_id(r, &out->text));
        TRY(wasm_script_close(r));
        TRY(wasm_script_close(r));
    }
    script_list list = {0};
    whit_status status = read_commands(r, true, &list);
    if (status == WHIT_OK)
        status = wasm_script_keep(r, &list, sizeof(wasm_command),
                                  &out->commands, &out->command_count);
    mem_free(list.items);
    return status == WHIT_OK ? wasm_script_close(r) : status;
}

static whit_status read_command(script_reader *r, bool in_thread,
                                wasm_command *out)
{
    memset(out, 0, sizeof *out);
    out->line = r->token.place.line;
    out->column = column_here(r);
    slice word = wasm_script_ahead(r);
    size_t i = 0;
    while (i < COUNT_OF(command_words) &&
           !slice_is(word, command_words[i].word))
        i++;
    /* Threads do not nest, which bounds the recursion. */
    if (i == COUNT_OF(command_words) ||
        (in_thread && command_words[i].kind == WASM_COMMAND_THREAD)) {
        if (r->token.kind == WASM_TOKEN_LPAR)
            TRY(wasm_script_advance(r));
        return wasm_script_fail(r, "a script command");
    }
    out->kind = command_words[i].kind;
    switch (out->kind) {
    case WASM_COMMAND_MODULE:
        if (at_instance(r))
            return read_instance(r, out);
        TRY(read_module(r, &out->module));
        out->id = out->module.id;
        return WHIT_OK;
    case WASM_COMMAND_REGISTER:
        return read_register(r, out);
    case WASM_COMMAND_ACTION:
        return read_action(r, &out->action);
    case WASM_COMMAND_THREAD:
        return read_thread(r, out);
    case WASM_COMMAND_WAIT:
        return read_wait(r, out);
    default:
        return read_assertion(r, out);
    }
}

/* Commands up to a ')' or the end of the script. */
static whit_status read_commands(script_reader *r, bool in_thread,
                                 script_list *list)
{
    while (r->token.kind != WASM_TOKEN_EOF &&
           r->token.kind != WASM_TOKEN_RPAR) {
        wasm_command command;
        TRY(read_command(r, in_thread, &command));
        TRY(wasm_script_push(r, list, &command, sizeof command, "commands"));
    }
    return WHIT_OK;
}

/* ---- Scripts ---- */

static bool at_module_field(const script_reader *r)
{
    static const char *const words[] = {"type",  "rec",    "import", "func",
                                        "table", "memory", "global", "export",
                                        "start", "elem",   "data",   "tag"};
    slice word = wasm_script_ahead(r);
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (slice_is(word, words[i]))
            return true;
    return false;
}

static whit_status read_script(script_reader *r, script_list *list)
{
    TRY(wasm_script_advance(r));
    if (at_module_field(r)) {
        wasm_command command = {
            .kind = WASM_COMMAND_MODULE,
            .line = 1,
            .column = 1,
            .module = {.bytes = r->text, .line = 1, .column = 1}};
        return wasm_script_push(r, list, &command, sizeof command, "commands");
    }
    TRY(read_commands(r, false, list));
    if (r->token.kind != WASM_TOKEN_EOF)
        return wasm_script_fail(r, "a script command");
    return WHIT_OK;
}

whit_status wasm_script_parse(slice text, wasm_script **out, whit_error *error)
{
    *out = NULL;
    wasm_script *script = mem_zalloc(sizeof *script);
    TRY_ALLOC(script, error);
    arena_init(&script->arena);
    script_reader reader = {.lexer = wasm_lexer_new(text),
                            .text = text,
                            .arena = &script->arena,
                            .error = error};
    script_list list = {0};
    whit_status status =
        text.size > LIMIT_TEXT_BYTES
            ? error_set(error, WHIT_LIMIT, "the script is longer than %u bytes",
                        LIMIT_TEXT_BYTES)
            : read_script(&reader, &list);
    if (status == WHIT_OK)
        status = wasm_script_keep(&reader, &list, sizeof(wasm_command),
                                  &script->commands, &script->command_count);
    mem_free(list.items);
    if (status == WHIT_OK)
        *out = script;
    else
        wasm_script_free(script);
    return status;
}

void wasm_script_free(wasm_script *self)
{
    if (!self)
        return;
    arena_release(&self->arena);
    mem_free(self);
}

void wasm_script_locate(const wasm_script_module *module, whit_error *error)
{
    if (!error || module->form != WASM_FORM_TEXT ||
        error->position != WHIT_POSITION_LINE)
        return;
    if (error->line == 1)
        error->column += module->column - 1;
    error->line += module->line - 1;
}
