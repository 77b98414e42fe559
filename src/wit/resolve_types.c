/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Types and functions of one interface or world. */
#include "base/limits.h"
#include "base/memory.h"
#include "base/near.h"
#include "wit/resolve_private.h"

/* The members being resolved. */
typedef struct members {
    resolver *resolver;
    uint32_t part;
    uint32_t scope;
    wit_owner owner;
    size_t first; /* of its declarations among the resolver's entries */
    arrow_list arrows;
} members;

static whit_status find_type(resolver *self, uint32_t part, uint32_t scope,
                             const ast_name *name, wit_type *out,
                             whit_error *error);

static wit_place place_of(const resolver *self, uint32_t part, uint32_t at)
{
    return (wit_place){part_source(self, part), at};
}

/* A name where a value is meant: an owned resource, or the type itself. */
static whit_status build_named(resolver *self, uint32_t part, uint32_t scope,
                               const ast_type *ast, wit_type *out,
                               whit_error *error)
{
    wit_type named;
    TRY(find_type(self, part, scope, &ast->name, &named, error));
    wit_type behind = wit_type_strip(self->set, named);
    wit_kind kind = ast->kind;
    if (kind == WIT_ALIAS) {
        *out = named;
        if (self->set->types[behind].kind != WIT_RESOURCE)
            return WHIT_OK;
        kind = WIT_OWN;
    }
    wit_type_def handle = {.kind = kind,
                           .element = named,
                           .about.place = place_of(self, part, ast->at)};
    return wit_resolve_at(self, part, ast->name.at,
                          wit_set_add_type(self->set, &handle, out, error),
                          error);
}

static whit_status build(resolver *self, uint32_t part, uint32_t scope,
                         const ast_type *ast, wit_type *out, whit_error *error);

static whit_status build_members(resolver *self, uint32_t part, uint32_t scope,
                                 const ast_type *ast, wit_type_def *def,
                                 whit_error *error)
{
    wit_field *fields =
        arena_array(&self->memory, ast->member_count, sizeof *fields);
    TRY_ALLOC(fields, error);
    uint32_t i = 0;
    for (const ast_type *it = ast->members; it; it = it->next, i++)
        TRY(build(self, part, scope, it, &fields[i].type, error));
    def->fields = fields;
    def->field_count = i;
    return WHIT_OK;
}

/* Everything of a type expression but its name; the parts enter the set. */
static whit_status build_def(resolver *self, uint32_t part, uint32_t scope,
                             const ast_type *ast, wit_type_def *def,
                             whit_error *error)
{
    *def = (wit_type_def){.kind = ast->kind,
                          .element = WIT_NONE,
                          .other = WIT_NONE,
                          .length = ast->length,
                          .about.place = place_of(self, part, ast->at)};
    if (ast->kind == WIT_OWN || ast->kind == WIT_BORROW)
        return find_type(self, part, scope, &ast->name, &def->element, error);
    if (ast->kind == WIT_TUPLE)
        return build_members(self, part, scope, ast, def, error);
    if (ast->other)
        TRY(build(self, part, scope, ast->other, &def->other, error));
    if (ast->element)
        TRY(build(self, part, scope, ast->element, &def->element, error));
    return WHIT_OK;
}

/* The parser has limited how deep this goes. */
static whit_status build(resolver *self, uint32_t part, uint32_t scope,
                         const ast_type *ast, wit_type *out, whit_error *error)
{
    if (ast->kind == WIT_ALIAS || ast->kind == WIT_OWN ||
        ast->kind == WIT_BORROW)
        return build_named(self, part, scope, ast, out, error);
    wit_type_def def;
    TRY(build_def(self, part, scope, ast, &def, error));
    return wit_resolve_at(self, part,
                          ast->kind == WIT_MAP ? ast->other->at : ast->at,
                          wit_set_add_type(self->set, &def, out, error), error);
}

static whit_status build_fields(resolver *self, uint32_t part, uint32_t scope,
                                const ast_field *list, uint32_t count,
                                const wit_field **out, whit_error *error)
{
    wit_field *fields = arena_array(&self->set->memory, count, sizeof *fields);
    TRY_ALLOC(fields, error);
    uint32_t i = 0;
    for (const ast_field *it = list; it; it = it->next, i++) {
        fields[i] = (wit_field){.name = it->name.text,
                                .type = WIT_NONE,
                                .docs = it->docs,
                                .place = place_of(self, part, it->name.at)};
        if (it->type)
            TRY(build(self, part, scope, it->type, &fields[i].type, error));
    }
    *out = fields;
    return WHIT_OK;
}

/* The parts of what `type a = ...` says; `type a = b` is an alias of b itself,
 * also when b is a resource. */
static whit_status declared_def(members *self, const ast_item *item,
                                wit_type_def *def, whit_error *error)
{
    resolver *r = self->resolver;
    const ast_type *type = item->type;
    *def = (wit_type_def){
        .kind = item->type_kind, .element = WIT_NONE, .other = WIT_NONE};
    if (type && type->kind >= WIT_PRIMITIVES && type->kind != WIT_ALIAS)
        return build_def(r, self->part, self->scope, type, def, error);
    if (type && type->kind == WIT_ALIAS)
        return find_type(r, self->part, self->scope, &type->name, &def->element,
                         error);
    if (type)
        def->element = (wit_type)type->kind;
    def->field_count = item->field_count;
    if (!item->field_count)
        return WHIT_OK;
    return build_fields(r, self->part, self->scope, item->fields,
                        item->field_count, &def->fields, error);
}

static whit_status declare(members *self, size_t index, whit_error *error)
{
    resolver *r = self->resolver;
    const ast_item *item = r->entries[index].item;
    wit_type_def def;
    wit_type type;
    TRY(declared_def(self, item, &def, error));
    def.name = item->name.text;
    def.owner = self->owner;
    def.about = wit_resolve_about(r, self->part, &item->head, item->name.at);
    bool handle = def.kind == WIT_OWN || def.kind == WIT_BORROW;
    TRY(wit_resolve_at(r, self->part,
                       handle ? item->type->name.at : item->name.at,
                       wit_set_add_type(r->set, &def, &type, error), error));
    r->entries[index].type = type;
    return WHIT_OK;
}

/* A name of a type in the scope. */
static whit_status enter(members *self, const ast_name *name,
                         const ast_item *item, wit_type type, bool shut,
                         whit_error *error)
{
    bool taken;
    resolver *r = self->resolver;
    void *entries = r->entries;
    whit_status status =
        mem_grow(&entries, &r->entry_room, r->entry_count, sizeof *r->entries,
                 LIMIT_WIT_TYPES, "types", error);
    r->entries = entries;
    TRY(status);
    TRY(wit_resolve_put(r, SPACE_TYPE, self->scope, name->text, r->entry_count,
                        &taken, error));
    if (taken)
        return wit_resolve_error(r, self->part, name->at, error,
                                 "the name '%.*s' is taken already",
                                 SLICE_ARG(name->text));
    r->entries[r->entry_count++] = (type_entry){
        .name = name->text,
        .scope = self->scope,
        .item = item,
        .type = type,
        .shut = shut,
    };
    return WHIT_OK;
}

/* Whether the text has a type that is not in the set. */
static bool behind_shut_gate(const resolver *self, uint32_t interface,
                             slice name)
{
    for (size_t i = 0; i < self->definition_count; i++) {
        const definition *it = &self->definitions[i];
        if (it->top->kind != AST_TOP_INTERFACE || it->index != interface)
            continue;
        for (const ast_item *item = it->top->items; item; item = item->next)
            if (item->kind == AST_TYPE && slice_equal(item->name.text, name))
                return true;
    }
    return false;
}

static whit_status not_used(members *self, uint32_t interface,
                            const ast_used *used, whit_error *error)
{
    resolver *r = self->resolver;
    const wit_interface *from = &r->set->interfaces[interface];
    near_word near = near_new(used->name.text);
    for (uint32_t i = 0; i < from->function_count; i++)
        if (slice_equal(from->functions[i].name, used->name.text))
            return wit_resolve_error(r, self->part, used->name.at, error,
                                     "'%.*s' is a function; only types can be "
                                     "used",
                                     SLICE_ARG(used->name.text));
    if (behind_shut_gate(r, interface, used->name.text))
        return wit_resolve_error(r, self->part, used->name.at, error,
                                 "'%.*s' is unstable and its feature is off: "
                                 "gate this item likewise, or switch the "
                                 "feature on",
                                 SLICE_ARG(used->name.text));
    for (uint32_t i = 0; i < from->type_count; i++)
        near_try(&near, r->set->types[from->types[i]].name);
    whit_status status =
        wit_resolve_error(r, self->part, used->name.at, error,
                          "interface '%.*s' has no type '%.*s'",
                          SLICE_ARG(from->name), SLICE_ARG(used->name.text));
    near_suffix(&near, error);
    return status;
}

/* The types of one `use`, which are in the set already. */
static whit_status bring(members *self, const ast_item *item, whit_error *error)
{
    resolver *r = self->resolver;
    bool open;
    uint32_t interface = WIT_NONE;
    TRY(wit_resolve_gate(r, self->part, &item->head, &open, error));
    if (open)
        TRY(wit_resolve_ready(r, self->part, &item->path, false, &interface,
                              error));
    for (const ast_used *used = item->names; used; used = used->next) {
        const ast_name *name = used->as.text.size ? &used->as : &used->name;
        wit_type type = WIT_NONE;
        wit_type_def def = {
            .kind = WIT_ALIAS,
            .name = name->text,
            .owner = self->owner,
            .about = wit_resolve_about(r, self->part, &item->head, name->at)};
        def.about.docs = slice_of(NULL, 0);
        if (open) {
            def.element = wit_find_type(r->set, interface, used->name.text);
            if (def.element == WIT_NONE)
                return not_used(self, interface, used, error);
            TRY(wit_resolve_at(r, self->part, name->at,
                               wit_set_add_type(r->set, &def, &type, error),
                               error));
        }
        TRY(enter(self, name, NULL, type, !open, error));
    }
    return WHIT_OK;
}

static whit_status no_type(resolver *self, uint32_t part, uint32_t scope,
                           const ast_name *name, whit_error *error)
{
    uint64_t value;
    static const struct {
        const char *wrong, *right;
    } common[] = {{"float32", "f32"}, {"float64", "f64"}, {"float", "f32"},
                  {"double", "f64"},  {"int", "s32"},     {"i32", "s32"},
                  {"i64", "s64"},     {"i16", "s16"},     {"i8", "s8"},
                  {"str", "string"},  {"usize", "u32"},   {"boolean", "bool"}};
    if (wit_resolve_get(self, SPACE_FUNCTION, scope, name->text, &value))
        return wit_resolve_error(self, part, name->at, error,
                                 "'%.*s' is a function, not a type",
                                 SLICE_ARG(name->text));
    if (wit_resolve_get(self, SPACE_FILE, part, name->text, &value))
        return wit_resolve_error(self, part, name->at, error,
                                 "'%.*s' is no type; 'use %.*s.{...}' brings "
                                 "the types of an interface",
                                 SLICE_ARG(name->text), SLICE_ARG(name->text));
    whit_status status = wit_resolve_error(
        self, part, name->at, error, "no type '%.*s'", SLICE_ARG(name->text));
    for (unsigned i = 0; i < COUNT_OF(common); i++)
        if (slice_is(name->text, common[i].wrong)) {
            error_suffix(error, "; it is called '%s'", common[i].right);
            return status;
        }
    near_word near = near_new(name->text);
    for (int kind = 0; kind < WIT_PRIMITIVES; kind++)
        near_try(&near, slice_text(wit_kind_text((wit_kind)kind)));
    for (size_t i = 0; i < self->entry_count; i++)
        if (self->entries[i].scope == scope)
            near_try(&near, self->entries[i].name);
    near_suffix(&near, error);
    return status;
}

static whit_status find_type(resolver *self, uint32_t part, uint32_t scope,
                             const ast_name *name, wit_type *out,
                             whit_error *error)
{
    uint64_t value;
    if (!wit_resolve_get(self, SPACE_TYPE, scope, name->text, &value))
        return no_type(self, part, scope, name, error);
    const type_entry *it = &self->entries[value];
    if (it->shut)
        return wit_resolve_error(
            self, part, name->at, error,
            "'%.*s' is unstable and its feature is off: gate "
            "this item likewise, or switch the feature on",
            SLICE_ARG(name->text));
    *out = it->type;
    return WHIT_OK;
}

/* Arrows to the declarations that a type expression names. */
static whit_status point(members *self, uint32_t from, const ast_type *ast,
                         whit_error *error)
{
    resolver *r = self->resolver;
    uint64_t value;
    if (!ast)
        return WHIT_OK;
    if (ast->name.text.size &&
        wit_resolve_get(r, SPACE_TYPE, self->scope, ast->name.text, &value) &&
        value >= self->first) {
        arrow item = {.from = from,
                      .to = (uint32_t)(value - self->first),
                      .part = self->part,
                      .at = ast->name.at};
        TRY(wit_arrow_push(&self->arrows, item, error));
    }
    TRY(point(self, from, ast->element, error));
    TRY(point(self, from, ast->other, error));
    for (const ast_type *it = ast->members; it; it = it->next)
        TRY(point(self, from, it, error));
    return WHIT_OK;
}

static whit_status point_all(members *self, uint32_t count, whit_error *error)
{
    for (uint32_t i = 0; i < count; i++) {
        const ast_item *item = self->resolver->entries[self->first + i].item;
        TRY(point(self, i, item->type, error));
        for (const ast_field *it = item->fields; it; it = it->next)
            TRY(point(self, i, it->type, error));
    }
    return WHIT_OK;
}

/* Declares the types, each behind those it names. `order` is for the
 * functions of resources, which follow. */
static whit_status declare_all(members *self, uint32_t **order, uint32_t count,
                               whit_error *error)
{
    resolver *r = self->resolver;
    const arrow *circle;
    *order = arena_array(&r->memory, count, sizeof **order);
    TRY_ALLOC(*order, error);
    TRY(point_all(self, count, error));
    TRY(wit_resolve_order(&self->arrows, count, NULL, *order, &circle, error));
    if (circle) {
        slice name = r->entries[self->first + circle->to].name;
        return wit_resolve_error(
            r, self->part, circle->at, error,
            "type '%.*s' contains itself; a list of indexes "
            "or a resource can stand for the inner one",
            SLICE_ARG(name));
    }
    for (uint32_t i = 0; i < count; i++)
        if (!r->entries[self->first + (*order)[i]].shut)
            TRY(declare(self, self->first + (*order)[i], error));
    return WHIT_OK;
}

whit_status wit_resolve_function(resolver *self, uint32_t part, uint32_t scope,
                                 const ast_function *ast, wit_type resource,
                                 wit_owner owner, bool exported,
                                 whit_error *error)
{
    bool open;
    TRY(wit_resolve_gate(self, part, &ast->head, &open, error));
    if (!open)
        return WHIT_OK;
    wit_function function = {
        .item_name = ast->name.text,
        .kind = ast->kind,
        .is_async = ast->is_async,
        .resource = resource,
        .param_count = ast->param_count,
        .result = WIT_NONE,
        .about = wit_resolve_about(self, part, &ast->head, ast->name.at)};
    if (ast->param_count)
        TRY(build_fields(self, part, scope, ast->params, ast->param_count,
                         &function.params, error));
    if (ast->result)
        TRY(build(self, part, scope, ast->result, &function.result, error));
    bool constructs = ast->kind == WIT_CONSTRUCTOR && ast->result;
    if (constructs && ast->result->kind != WIT_RESULT)
        return wit_resolve_error(
            self, part, ast->result->at, error,
            "a constructor returns nothing or a result<%.*s>",
            SLICE_ARG(self->set->types[resource].name));
    return wit_resolve_at(
        self, part, constructs ? ast->result->at : ast->name.at,
        wit_set_add_function(self->set, owner, exported, &function, error),
        error);
}

/* The functions of the resources, in the order of those, then the others. */
static whit_status functions(members *self, const ast_item *items,
                             const uint32_t *order, uint32_t count,
                             whit_error *error)
{
    resolver *r = self->resolver;
    for (uint32_t i = 0; i < count; i++) {
        const type_entry it = r->entries[self->first + order[i]];
        if (it.shut)
            continue;
        for (const ast_function *f = it.item->functions; f; f = f->next)
            TRY(wit_resolve_function(r, self->part, self->scope, f, it.type,
                                     self->owner, false, error));
    }
    if (self->owner.kind == WIT_OWNER_WORLD)
        return WHIT_OK;
    for (const ast_item *it = items; it; it = it->next)
        if (it->kind == AST_FUNCTION)
            TRY(wit_resolve_function(r, self->part, self->scope, it->function,
                                     WIT_NONE, self->owner, false, error));
    return WHIT_OK;
}

static whit_status enter_all(members *self, const ast_item *items,
                             uint32_t *count, whit_error *error)
{
    resolver *r = self->resolver;
    for (const ast_item *it = items; it; it = it->next)
        if (it->kind == AST_USE)
            TRY(bring(self, it, error));
    self->first = r->entry_count;
    for (const ast_item *it = items; it; it = it->next) {
        bool open, taken;
        if (it->kind == AST_FUNCTION)
            TRY(wit_resolve_put(r, SPACE_FUNCTION, self->scope, it->name.text,
                                0, &taken, error));
        if (it->kind != AST_TYPE)
            continue;
        TRY(wit_resolve_gate(r, self->part, &it->head, &open, error));
        TRY(enter(self, &it->name, it, WIT_NONE, !open, error));
    }
    *count = (uint32_t)(r->entry_count - self->first);
    return WHIT_OK;
}

whit_status wit_resolve_members(resolver *self, uint32_t part,
                                const ast_item *items, wit_owner owner,
                                uint32_t *scope, whit_error *error)
{
    members work = {.resolver = self,
                    .part = part,
                    .scope = self->scopes++,
                    .owner = owner};
    uint32_t count, *order;
    *scope = work.scope;
    whit_status status = enter_all(&work, items, &count, error);
    if (status == WHIT_OK)
        status = declare_all(&work, &order, count, error);
    if (status == WHIT_OK)
        status = functions(&work, items, order, count, error);
    mem_free(work.arrows.items);
    return status;
}
