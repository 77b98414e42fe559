/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Statements and expressions of WAC: from the text to the graph. */
#include <stdio.h>

#include "base/limits.h"
#include "base/memory.h"
#include "component/wac_private.h"

/* The place of an offset; fast when it is behind the last one. */
static compose_place place_of(wac_document *self, size_t offset)
{
    if (offset < self->placed || !self->place.line) {
        self->placed = 0;
        self->place = (compose_place){1, 1};
    }
    slice rest = slice_of(self->text.data + self->placed,
                          self->text.size - self->placed);
    compose_place step = wac_place(rest, offset - self->placed);
    if (step.line > 1)
        self->place.column = step.column;
    else
        self->place.column += step.column - 1;
    self->place.line += step.line - 1;
    self->placed = offset;
    return self->place;
}

/* ---- Local names ---- */

static const wac_local *find_local(const wac_document *self, slice name)
{
    uint64_t at;
    return map_get(&self->local_names, name, &at) ? &self->locals[at] : NULL;
}

whit_status wac_add_local(wac_document *self, slice name, size_t start,
                          uint32_t value, whit_error *error)
{
    const wac_local *other = find_local(self, name);
    if (other) {
        compose_place place = wac_place(self->text, other->start);
        return wac_error(self->text, start, WHIT_INVALID, error,
                         "'%.*s' is defined already, at %u:%u", SLICE_ARG(name),
                         place.line, place.column);
    }
    TRY(mem_grow((void **)&self->locals, &self->local_room, self->local_count,
                 sizeof *self->locals, LIMIT_COMPONENT_ITEMS,
                 "names of a WAC text", error));
    self->locals[self->local_count] = (wac_local){name, value, start};
    return map_set(&self->local_names, name, self->local_count++, error);
}

/* The value of a name. */
static whit_status get_local(const wac_document *self, slice name, size_t start,
                             uint32_t *out, whit_error *error)
{
    const wac_local *local = find_local(self, name);
    *out = COMPOSE_NONE;
    if (self->only_check)
        return WHIT_OK;
    if (local && local->value != COMPOSE_NONE) {
        *out = local->value;
        return WHIT_OK;
    }
    if (local)
        return wac_error(self->text, start, WHIT_INVALID, error,
                         "'%.*s' is a type, where a value is needed",
                         SLICE_ARG(name));
    near_word near = near_new(name);
    for (size_t i = 0; i < self->local_count; i++)
        near_try(&near, self->locals[i].name);
    whit_status status = wac_error(self->text, start, WHIT_INVALID, error,
                                   "undefined name '%.*s'", SLICE_ARG(name));
    near_suffix(&near, error);
    return status;
}

/* ---- Names of imports and exports ---- */

/* "greeter" of "demo:words/greeter@0.1.0"; empty for other names. */
static slice last_part(slice name)
{
    const uint8_t *slash = name.size ? memchr(name.data, '/', name.size) : NULL;
    if (!slash)
        return slice_of(NULL, 0);
    size_t from = (size_t)(slash - name.data) + 1, to = from;
    while (to < name.size && name.data[to] != '@')
        to++;
    return slice_of(name.data + from, to - from);
}

/* The only path that ends with the id, else what has this name; count when
 * there is none. */
static uint32_t find_by_id(const component_entity *entities, uint32_t count,
                           slice id)
{
    uint32_t found = count, matches = 0;
    for (uint32_t i = 0; i < count; i++)
        if (slice_equal(last_part(entities[i].name), id)) {
            found = i;
            matches++;
        }
    if (matches == 1)
        return found;
    const component_entity *entity = component_entity_find(entities, count, id);
    return entity ? (uint32_t)(entity - entities) : count;
}

static uint32_t find_exactly(const component_entity *entities, uint32_t count,
                             slice name)
{
    const component_entity *entity =
        component_entity_find(entities, count, name);
    return entity ? (uint32_t)(entity - entities) : count;
}

/* What may be given to an import, or gives it, by name. */
static uint32_t find_offered(const component_entity *entities, uint32_t count,
                             slice wanted)
{
    uint32_t found = find_exactly(entities, count, wanted);
    for (uint32_t i = 0; found == count && i < count; i++)
        if (component_compose_satisfies(entities[i].name, wanted))
            found = i;
    return found;
}

static whit_status fail_unknown(const wac_document *self, size_t start,
                                const char *format, slice name,
                                const component_entity *entities,
                                uint32_t count, whit_error *error)
{
    near_word near = near_new(name);
    for (uint32_t i = 0; i < count; i++) {
        near_try(&near, entities[i].name);
        near_try(&near, last_part(entities[i].name));
    }
    if (!near.best.size && count == 1)
        near.best = entities[0].name;
    whit_status status = wac_error(self->text, start, WHIT_INVALID, error,
                                   format, SLICE_ARG(name));
    near_suffix(&near, error);
    return status;
}

/* ---- Expressions ---- */

static whit_status eval(wac_document *self, uint32_t *out,
                        whit_error *error) WHIT_MUST_CHECK;

/* An instance that is being given its arguments. */
typedef struct instantiation {
    uint32_t value;
    uint32_t package; /* of the graph */
    slice name;
    const component_entity *imports;
    uint32_t import_count;
    size_t start;
} instantiation;

static whit_status give(wac_document *self, const instantiation *to,
                        uint32_t index, slice name, size_t start,
                        uint32_t value, whit_error *error)
{
    if (index == to->import_count)
        return fail_unknown(self, start, "there is no import '%.*s'", name,
                            to->imports, to->import_count, error);
    const component_entity *import = &to->imports[index];
    if (component_compose_argument_get(self->graph, to->value, index) !=
        COMPOSE_NONE)
        return wac_error(self->text, start, WHIT_INVALID, error,
                         "the argument '%.*s' is given twice",
                         SLICE_ARG(import->name));
    component_sort sort = component_compose_sort(self->graph, value);
    if (sort != import->sort)
        return wac_error(
            self->text, start, WHIT_INVALID, error,
            "the argument '%.*s' is to be %s, not %s", SLICE_ARG(import->name),
            component_sort_text(import->sort), component_sort_text(sort));
    component_compose_argument(self->graph, to->value, index, value,
                               place_of(self, start));
    return WHIT_OK;
}

static uint32_t infer(const wac_document *self, const instantiation *to,
                      uint32_t value, slice id)
{
    slice path = component_compose_interface(self->graph, value);
    slice name = component_compose_name(self->graph, value);
    uint32_t found = to->import_count;
    for (uint32_t i = 0; last_part(path).size && i < to->import_count; i++)
        if (component_compose_satisfies(path, to->imports[i].name))
            return i;
    if (name.size)
        found = find_exactly(to->imports, to->import_count, name);
    return found != to->import_count
               ? found
               : find_by_id(to->imports, to->import_count, id);
}

static whit_status eval_named(wac_document *self, const instantiation *to,
                              bool is_string, slice name, size_t start,
                              whit_error *error)
{
    uint32_t value;
    TRY(wac_expect(&self->lexer, ':', error));
    TRY(eval(self, &value, error));
    if (self->only_check)
        return WHIT_OK;
    uint32_t index = is_string
                         ? find_exactly(to->imports, to->import_count, name)
                         : find_by_id(to->imports, to->import_count, name);
    return give(self, to, index, name, start, value, error);
}

/* `name`, `name: expr` or `"name": expr`. */
static whit_status eval_argument(wac_document *self, const instantiation *to,
                                 whit_error *error)
{
    wac_lexer *l = &self->lexer;
    size_t start = l->token.start;
    slice name = l->token.text;
    uint32_t value;
    if (l->token.kind == WAC_STRING) {
        TRY(wac_next(l, error));
        return eval_named(self, to, true, name, start, error);
    }
    if (l->token.kind != WAC_ID)
        return wac_unexpected(l, "an argument or '}'", error);
    wac_lexer mark = *l;
    TRY(wac_next(l, error));
    if (wac_is(l, ':'))
        return eval_named(self, to, false, name, start, error);
    *l = mark;
    TRY(wac_id(l, "an argument", &name, error));
    TRY(get_local(self, name, start, &value, error));
    if (self->only_check)
        return WHIT_OK;
    return give(self, to, infer(self, to, value, name), name, start, value,
                error);
}

/* `...name`: the name is taken. */
static whit_status spread(wac_document *self, const instantiation *to,
                          slice name, size_t start, whit_error *error)
{
    uint32_t value, count, given = 0, part;
    if (self->only_check)
        return WHIT_OK;
    TRY(get_local(self, name, start, &value, error));
    if (component_compose_sort(self->graph, value) != COMPONENT_SORT_INSTANCE)
        return wac_error(self->text, start, WHIT_INVALID, error,
                         "'%.*s' is no instance, which has exports to spread",
                         SLICE_ARG(name));
    const component_entity *exports =
        component_compose_exports(self->graph, value, &count);
    for (uint32_t i = 0; i < to->import_count; i++) {
        uint32_t at = find_offered(exports, count, to->imports[i].name);
        if (at == count || component_compose_argument_get(
                               self->graph, to->value, i) != COMPOSE_NONE)
            continue;
        TRY(component_compose_access(self->graph, value, at,
                                     place_of(self, start), &part, error));
        TRY(give(self, to, i, name, start, part, error));
        given++;
    }
    return given ? WHIT_OK
                 : wac_error(self->text, start, WHIT_INVALID, error,
                             "'%.*s' exports nothing that is still missing "
                             "here",
                             SLICE_ARG(name));
}

static whit_status check_missing(const wac_document *self,
                                 const instantiation *to, whit_error *error)
{
    for (uint32_t i = 0; i < to->import_count && !self->only_check; i++)
        if (component_compose_argument_get(self->graph, to->value, i) ==
            COMPOSE_NONE)
            return wac_error(
                self->text, to->start, WHIT_INVALID, error,
                "the argument '%.*s' of '%.*s' is missing; give it, or write "
                "'...' as the last argument to import it",
                SLICE_ARG(to->imports[i].name), SLICE_ARG(to->name));
    return WHIT_OK;
}

/* The spread arguments of one `new`, which come after all others. */
typedef struct spread_list {
    wac_local *items;
    size_t count, room;
} spread_list;

/* `...name`, or `...` alone: everything else is imported. */
static whit_status read_spread(wac_document *self, spread_list *spreads,
                               bool *imports, whit_error *error)
{
    wac_lexer *l = &self->lexer;
    TRY(wac_next(l, error));
    wac_local item = {.start = l->token.start};
    *imports = l->token.kind != WAC_ID;
    if (*imports)
        return WHIT_OK;
    TRY(wac_id(l, "an instance", &item.name, error));
    TRY(mem_grow((void **)&spreads->items, &spreads->room, spreads->count,
                 sizeof item, LIMIT_COMPONENT_ITEMS, "spread arguments",
                 error));
    spreads->items[spreads->count++] = item;
    return WHIT_OK;
}

static whit_status eval_arguments(wac_document *self, const instantiation *to,
                                  spread_list *spreads, whit_error *error)
{
    wac_lexer *l = &self->lexer;
    bool imports = false, more = true;
    while (!wac_is(l, '}')) {
        size_t start = l->token.start;
        if (!more)
            return wac_unexpected(l, "',' or '}'", error);
        if (imports)
            return wac_error(self->text, start, WHIT_MALFORMED, error,
                             "'...' must be the last argument");
        if (l->token.kind == WAC_ELLIPSIS)
            TRY(read_spread(self, spreads, &imports, error));
        else
            TRY(eval_argument(self, to, error));
        TRY(wac_take(l, ',', &more, error));
    }
    for (size_t i = 0; i < spreads->count; i++)
        TRY(spread(self, to, spreads->items[i].name, spreads->items[i].start,
                   error));
    TRY(wac_next(l, error));
    return imports ? WHIT_OK : check_missing(self, to, error);
}

static whit_status find_component(wac_document *self, const wac_name *name,
                                  uint32_t *out, whit_error *error)
{
    uint32_t at;
    if (slice_equal(name->package, self->name))
        return wac_error(self->text, name->start, WHIT_INVALID, error,
                         "'%.*s' is the composition itself",
                         SLICE_ARG(name->package));
    TRY(wac_find(self, name, &at, error));
    wac_package *package = &self->packages[at];
    if (package->is_wit)
        return wac_error(self->text, name->start, WHIT_INVALID, error,
                         "'%.*s' is a package of WIT, where a component is "
                         "needed",
                         SLICE_ARG(name->package));
    if (package->component == COMPOSE_NONE)
        TRY(component_compose_package(self->graph, package->key, package->bytes,
                                      &package->component, error));
    *out = package->component;
    return WHIT_OK;
}

static whit_status eval_new(wac_document *self, uint32_t *out,
                            whit_error *error)
{
    wac_lexer *l = &self->lexer;
    instantiation to = {.start = l->token.start};
    wac_name name;
    bool is_name;
    TRY(wac_next(l, error));
    TRY(wac_try_name(l, &name, &is_name, error));
    if (!is_name || name.item.size)
        return wac_unexpected(l, "the name of a package like 'my:package'",
                              error);
    to.name = name.package;
    if (!self->only_check) {
        TRY(find_component(self, &name, &to.package, error));
        const component_node *type =
            component_compose_package_type(self->graph, to.package);
        to.imports = type->imports;
        to.import_count = type->import_count;
        TRY(component_compose_instantiate(self->graph, to.package,
                                          place_of(self, to.start), &to.value,
                                          error));
    }
    spread_list spreads = {0};
    TRY(wac_expect(l, '{', error));
    whit_status status = eval_arguments(self, &to, &spreads, error);
    mem_free(spreads.items);
    *out = to.value;
    return status;
}

static whit_status eval_primary(wac_document *self, uint32_t *out,
                                whit_error *error)
{
    wac_lexer *l = &self->lexer;
    size_t start = l->token.start;
    slice name;
    if (wac_is(l, '(')) {
        TRY(wac_next(l, error));
        TRY(eval(self, out, error));
        return wac_expect(l, ')', error);
    }
    if (wac_is_word(l, "new"))
        return eval_new(self, out, error);
    TRY(wac_id(l, "'new', '(' or a name", &name, error));
    return get_local(self, name, start, out, error);
}

static whit_status access(wac_document *self, bool is_string, slice name,
                          size_t start, uint32_t *value, whit_error *error)
{
    uint32_t count;
    if (self->only_check)
        return WHIT_OK;
    if (component_compose_sort(self->graph, *value) != COMPONENT_SORT_INSTANCE)
        return wac_error(
            self->text, start, WHIT_INVALID, error,
            "'%.*s' of what is no instance, but %s", SLICE_ARG(name),
            component_sort_text(component_compose_sort(self->graph, *value)));
    const component_entity *exports =
        component_compose_exports(self->graph, *value, &count);
    uint32_t index = is_string ? find_exactly(exports, count, name)
                               : find_by_id(exports, count, name);
    if (index == count)
        return fail_unknown(self, start, "there is no export '%.*s'", name,
                            exports, count, error);
    return component_compose_access(self->graph, *value, index,
                                    place_of(self, start), value, error);
}

static whit_status eval_postfix(wac_document *self, uint32_t *out,
                                whit_error *error)
{
    wac_lexer *l = &self->lexer;
    TRY(eval_primary(self, out, error));
    for (;;) {
        bool is_string = wac_is(l, '[');
        if (!is_string && !wac_is(l, '.'))
            return WHIT_OK;
        TRY(wac_next(l, error));
        size_t start = l->token.start;
        slice name = l->token.text;
        if (is_string) {
            if (l->token.kind != WAC_STRING)
                return wac_unexpected(l, "a name in quotes", error);
            TRY(wac_next(l, error));
            TRY(wac_expect(l, ']', error));
        } else if (l->token.kind == WAC_ID)
            TRY(wac_next(l, error));
        else
            return wac_unexpected(l, "the name of an export", error);
        TRY(access(self, is_string, name, start, out, error));
    }
}

static whit_status eval(wac_document *self, uint32_t *out, whit_error *error)
{
    if (self->depth == WAC_NESTING)
        return wac_error(self->text, self->lexer.token.start, WHIT_LIMIT, error,
                         "expressions nest more than %d deep", WAC_NESTING);
    self->depth++;
    whit_status status = eval_postfix(self, out, error);
    self->depth--;
    return status;
}

/* ---- Statements ---- */

static whit_status eval_let(wac_document *self, whit_error *error)
{
    slice name;
    uint32_t value;
    TRY(wac_next(&self->lexer, error));
    size_t start = self->lexer.token.start;
    TRY(wac_id(&self->lexer, "a name", &name, error));
    TRY(wac_expect(&self->lexer, '=', error));
    TRY(eval(self, &value, error));
    TRY(wac_expect(&self->lexer, ';', error));
    return self->only_check ? WHIT_OK
                            : wac_add_local(self, name, start, value, error);
}

static whit_status find_import(wac_document *self, const wac_import *import,
                               uint32_t package, uint32_t *out,
                               whit_error *error)
{
    const component_node *type =
        component_compose_package_type(self->graph, package);
    slice wanted = import->path.size ? import->path : import->id;
    *out = find_exactly(type->imports, type->import_count, wanted);
    return *out < type->import_count
               ? WHIT_OK
               : wac_error(self->text, import->start, WHIT_INVALID, error,
                           "'%.*s' has nothing that could be imported",
                           SLICE_ARG(wanted));
}

/* The world "wac-import-nN". */
static uint32_t find_world(const wac_document *self, size_t number)
{
    char name[40];
    snprintf(name, sizeof name, "wac-import-n%zu", number);
    for (uint32_t i = self->set->world_count; i-- > 0;)
        if (slice_is(self->set->worlds[i].name, name))
            return i;
    return WIT_NONE;
}

static whit_status eval_import(wac_document *self, size_t number,
                               whit_error *error)
{
    const wac_import *import = &self->imports[number];
    uint32_t package, index, value;
    size_t end;
    TRY(wac_skip_statement(&self->lexer, &end, error));
    if (self->only_check)
        return WHIT_OK;
    TRY(component_compose_world(self->graph, self->set,
                                find_world(self, number), &package, error));
    TRY(find_import(self, import, package, &index, error));
    slice name = import->as.size     ? import->as
                 : import->path.size ? import->path
                                     : import->id;
    TRY(component_compose_import(self->graph, name, package, index,
                                 place_of(self, import->start), &value, error));
    return wac_add_local(self, import->id, import->start, value, error);
}

static whit_status export_all(wac_document *self, uint32_t value, size_t start,
                              whit_error *error)
{
    uint32_t count, part;
    if (self->only_check)
        return WHIT_OK;
    const component_entity *exports =
        component_compose_exports(self->graph, value, &count);
    if (!count)
        return wac_error(self->text, start, WHIT_INVALID, error,
                         "there are no exports here to spread");
    for (uint32_t i = 0; i < count; i++) {
        if (component_compose_exported(self->graph, exports[i].name))
            continue;
        compose_place place = place_of(self, start);
        TRY(component_compose_access(self->graph, value, i, place, &part,
                                     error));
        TRY(component_compose_export(self->graph, exports[i].name, part, place,
                                     error));
    }
    return WHIT_OK;
}

static whit_status check_export_name(const wac_document *self, slice name,
                                     size_t start, whit_error *error)
{
    const wac_local *local = find_local(self, name);
    if (!local || local->value != COMPOSE_NONE)
        return WHIT_OK;
    return wac_error(self->text, start, WHIT_INVALID, error,
                     "'%.*s' is the name of a type here; use `as` to export "
                     "something under another name",
                     SLICE_ARG(name));
}

static whit_status eval_export(wac_document *self, whit_error *error)
{
    wac_lexer *l = &self->lexer;
    uint32_t value;
    slice name = {NULL, 0};
    TRY(wac_next(l, error));
    size_t start = l->token.start;
    TRY(eval(self, &value, error));
    if (l->token.kind == WAC_ELLIPSIS) {
        TRY(wac_next(l, error));
        TRY(export_all(self, value, start, error));
        return wac_expect(l, ';', error);
    }
    if (wac_is_word(l, "as")) {
        TRY(wac_next(l, error));
        start = l->token.start;
        name = l->token.text;
        if (l->token.kind == WAC_STRING)
            TRY(wac_next(l, error));
        else
            TRY(wac_id(l, "the export's name", &name, error));
    } else if (!self->only_check) {
        name = component_compose_name(self->graph, value);
        if (!name.size)
            return wac_error(self->text, start, WHIT_INVALID, error,
                             "an instance has no name to be exported under; "
                             "add `as \"name\"`, or '...' to export what it "
                             "exports");
    }
    TRY(wac_expect(l, ';', error));
    if (self->only_check)
        return WHIT_OK;
    TRY(check_export_name(self, name, start, error));
    return component_compose_export(self->graph, name, value,
                                    place_of(self, start), error);
}

/* Past an interface, a world or a type, which were read before. */
static whit_status skip_type(wac_document *self, whit_error *error)
{
    wac_lexer *l = &self->lexer;
    size_t depth = 0, end;
    if (wac_is_word(l, "type"))
        return wac_skip_statement(l, &end, error);
    do {
        depth += wac_is(l, '{');
        bool closes = wac_is(l, '}');
        wac_name unused;
        bool is_name;
        TRY(wac_try_name(l, &unused, &is_name, error));
        if (!is_name)
            TRY(wac_next(l, error));
        if (closes && !--depth)
            return WHIT_OK;
    } while (l->token.kind != WAC_EOF);
    return WHIT_OK;
}

whit_status wac_evaluate(wac_document *self, whit_error *error)
{
    wac_lexer *l = &self->lexer;
    size_t end, imports = 0;
    TRY(wac_skip_statement(l, &end, error)); /* package */
    while (l->token.kind != WAC_EOF) {
        if (wac_is_word(l, "import"))
            TRY(eval_import(self, imports++, error));
        else if (wac_is_word(l, "let"))
            TRY(eval_let(self, error));
        else if (wac_is_word(l, "export"))
            TRY(eval_export(self, error));
        else
            TRY(skip_type(self, error));
    }
    return WHIT_OK;
}
