/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * `include`: one world's imports and exports in another, with copies of the
 * types that the first world made. */
#include "wit/wit.h"

#include "wit/set_private.h"

/* A copy in progress. */
typedef struct inclusion {
    wit_set *set;
    uint32_t into;
    uint32_t from;
    const wit_rename *renames;
    uint32_t rename_count;
    bool foreign; /* from another package, whose versions mean nothing here */
    bool *used;   /* renames that an item had */
    map types;    /* what a type became */
} inclusion;

static slice renamed(inclusion *self, slice name)
{
    for (uint32_t i = 0; i < self->rename_count; i++)
        if (slice_equal(self->renames[i].from, name)) {
            self->used[i] = true;
            return self->renames[i].to;
        }
    return name;
}

static wit_about about_copy(const inclusion *self, wit_about about)
{
    if (self->foreign && about.gate && about.gate->kind == WIT_SINCE)
        about.gate = NULL;
    return about;
}

static whit_status remember(inclusion *self, wit_type before, wit_type now,
                            whit_error *error)
{
    const void *key = arena_dup(&self->set->memory, &before, sizeof before);
    TRY_ALLOC(key, error);
    return map_set(&self->types, slice_of(key, sizeof before), now, error);
}

static whit_status type_copy(inclusion *self, wit_type type, wit_type *out,
                             whit_error *error);

static whit_status fields_copy(inclusion *self, const wit_field *fields,
                               uint32_t count, const wit_field **out,
                               bool *changed, whit_error *error)
{
    *out = fields;
    if (!count)
        return WHIT_OK;
    wit_field *copy =
        arena_dup(&self->set->memory, fields, count * sizeof *fields);
    TRY_ALLOC(copy, error);
    for (uint32_t i = 0; i < count; i++) {
        TRY(type_copy(self, fields[i].type, &copy[i].type, error));
        *changed = *changed || copy[i].type != fields[i].type;
    }
    *out = copy;
    return WHIT_OK;
}

/* The parts of a type replaced by what they became. */
static whit_status parts_copy(inclusion *self, wit_type_def *def, bool *changed,
                              whit_error *error)
{
    wit_type element = def->element, other = def->other;
    TRY(fields_copy(self, def->fields, def->field_count, &def->fields, changed,
                    error));
    TRY(type_copy(self, element, &def->element, error));
    TRY(type_copy(self, other, &def->other, error));
    *changed = *changed || def->element != element || def->other != other;
    return WHIT_OK;
}

/* Types with names are remembered when they are copied, or stay as they are;
 * nesting is limited, so this recursion is too. */
static whit_status type_copy(inclusion *self, wit_type type, wit_type *out,
                             whit_error *error)
{
    uint64_t known;
    *out = type;
    if (type == WIT_NONE || type < WIT_PRIMITIVES)
        return WHIT_OK;
    if (map_get(&self->types, slice_of(&type, sizeof type), &known)) {
        *out = (wit_type)known;
        return WHIT_OK;
    }
    wit_type_def def = self->set->types[type];
    if (def.name.size)
        return WHIT_OK;
    bool changed = false;
    TRY(parts_copy(self, &def, &changed, error));
    if (changed)
        TRY(wit_set_add_type(self->set, &def, out, error));
    return remember(self, type, *out, error);
}

static whit_status named_copy(inclusion *self, wit_type type, slice name,
                              wit_owner owner, whit_error *error)
{
    wit_type_def def = self->set->types[type];
    bool changed = false;
    TRY(parts_copy(self, &def, &changed, error));
    def.name = name;
    def.owner = owner;
    def.about = about_copy(self, def.about);
    wit_type copy;
    TRY(wit_set_add_type(self->set, &def, &copy, error));
    return remember(self, type, copy, error);
}

static whit_status function_copy(inclusion *self, const wit_function *function,
                                 slice item_name, wit_owner owner,
                                 bool exported, whit_error *error)
{
    wit_function copy = *function;
    bool changed = false;
    copy.item_name = item_name;
    copy.about = about_copy(self, copy.about);
    TRY(fields_copy(self, function->params, function->param_count, &copy.params,
                    &changed, error));
    TRY(type_copy(self, function->result, &copy.result, error));
    TRY(type_copy(self, function->resource, &copy.resource, error));
    if (copy.kind == WIT_METHOD) {
        copy.params++;
        copy.param_count--;
    }
    return wit_set_add_function(self->set, owner, exported, &copy, error);
}

/* An interface written inside a world belongs to that world alone. */
static whit_status inline_copy(inclusion *self, uint32_t interface,
                               uint32_t *out, whit_error *error)
{
    wit_set *set = self->set;
    wit_interface old = set->interfaces[interface];
    wit_about about = about_copy(self, old.about);
    TRY(wit_set_add_interface(set, set->worlds[self->into].package,
                              slice_of(NULL, 0), &about, out, error));
    set->interfaces[*out].clone_of = interface;
    wit_owner owner = {WIT_OWNER_INTERFACE, *out};
    for (uint32_t i = 0; i < old.type_count; i++)
        TRY(named_copy(self, old.types[i], set->types[old.types[i]].name, owner,
                       error));
    for (uint32_t i = 0; i < old.function_count; i++)
        TRY(function_copy(self, &old.functions[i], old.functions[i].item_name,
                          owner, false, error));
    return WHIT_OK;
}

/* Interfaces under their own name are the same in all worlds. */
static whit_status shared_copy(inclusion *self, const wit_item *item,
                               bool exported, whit_error *error)
{
    wit_world *world = &self->set->worlds[self->into];
    uint64_t value = exported ? world->export_count : world->import_count;
    bool taken;
    TRY(wit_set_claim_interface(
        self->set, exported ? SCOPE_EXPORTED : SCOPE_IMPORTED, self->into,
        item->index, &value, &taken, error));
    if (!taken) {
        wit_item copy = *item;
        copy.about = about_copy(self, item->about);
        return wit_set_push_item(self->set, self->into, exported, &copy, error);
    }
    wit_item *there =
        (wit_item *)&(exported ? world->exports : world->imports)[value];
    if (!there->about.gate)
        there->about.gate = about_copy(self, item->about).gate;
    return WHIT_OK;
}

static whit_status item_copy(inclusion *self, const wit_item *item,
                             bool exported, whit_error *error)
{
    wit_owner owner = {WIT_OWNER_WORLD, self->into};
    if (!item->name.size)
        return shared_copy(self, item, exported, error);
    if (item->kind == WIT_ITEM_TYPE)
        return named_copy(self, item->index, renamed(self, item->name), owner,
                          error);
    if (item->kind == WIT_ITEM_FUNCTION) {
        const wit_function *function = item->function;
        slice name = function->kind == WIT_FREESTANDING
                         ? renamed(self, item->name)
                         : function->item_name;
        return function_copy(self, function, name, owner, exported, error);
    }
    wit_item copy = *item;
    copy.name = renamed(self, item->name);
    copy.about = about_copy(self, item->about);
    if (!self->set->interfaces[item->index].name.size)
        TRY(inline_copy(self, item->index, &copy.index, error));
    return wit_set_add_item(self->set, self->into, exported, &copy, error);
}

static whit_status include_items(inclusion *self, whit_error *error)
{
    wit_world from = self->set->worlds[self->from];
    for (uint32_t i = 0; i < from.import_count; i++)
        TRY(item_copy(self, &from.imports[i], false, error));
    for (uint32_t i = 0; i < from.export_count; i++)
        TRY(item_copy(self, &from.exports[i], true, error));
    for (uint32_t i = 0; i < self->rename_count; i++)
        if (!self->used[i])
            return error_set(error, WHIT_INVALID,
                             "world '%.*s' has no import or export with the "
                             "plain name '%.*s'; names of interfaces cannot "
                             "be changed",
                             SLICE_ARG(from.name),
                             SLICE_ARG(self->renames[i].from));
    return WHIT_OK;
}

whit_status wit_set_include(wit_set *self, uint32_t world, uint32_t included,
                            const wit_rename *renames, uint32_t rename_count,
                            whit_error *error)
{
    inclusion work = {.set = self,
                      .into = world,
                      .from = included,
                      .renames = renames,
                      .rename_count = rename_count,
                      .foreign = self->worlds[world].package !=
                                 self->worlds[included].package};
    work.used = arena_zalloc(&self->memory, rename_count + 1);
    TRY_ALLOC(work.used, error);
    map_init(&work.types);
    whit_status status = include_items(&work, error);
    map_release(&work.types);
    return status;
}
