/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * From the graph of a composition to a component. */
#include "base/limits.h"
#include "base/memory.h"
#include "component/compose_private.h"
#include "component/encode.h"
#include "component/node_encode.h"
#include "component/validate.h"

/* An import of a package: one of those that become one import. */
typedef struct variant {
    uint32_t package;
    uint32_t index;
    uint32_t next; /* variant of the same group */
    bool demanded;
} variant;

typedef enum group_state { GROUP_NEW, GROUP_BEGUN, GROUP_MADE } group_state;

/* An import of the result. */
typedef struct group {
    uint32_t first, last; /* variants */
    uint32_t made;        /* index */
    group_state state;
    bool demanded;
    bool is_explicit;
    slice name; /* of the import */
    compose_place place;
} group;

/* The import that a type or resource of a package comes from. */
typedef struct origin {
    uint32_t group;
    slice name; /* the export of it; empty: the type is the import */
    bool is_resource;
} origin;

typedef struct encoder {
    component_compose *graph;
    component_builder *builder;
    component_node_scope scope;
    map by_name; /* group */
    map origins; /* pointers of nodes and resources: origin */
    variant *variants;
    size_t variant_count, variant_room;
    group *groups;
    size_t group_count, group_room;
    origin *found;
    size_t found_count, found_room;
    whit_error *error;
} encoder;

static void place_last(encoder *e, compose_place place)
{
    component_builder *b = e->builder;
    if (b->status != WHIT_OK || !b->count)
        return;
    b->definitions[b->count - 1].line = place.line;
    b->definitions[b->count - 1].column = place.column;
}

/* ---- Finding out what is imported ---- */

static whit_status add_group(encoder *e, slice name, uint32_t *out)
{
    uint64_t found;
    slice track = component_compose_track(name);
    if (map_get(&e->by_name, track, &found)) {
        *out = (uint32_t)found;
        return WHIT_OK;
    }
    TRY(mem_grow((void **)&e->groups, &e->group_room, e->group_count,
                 sizeof *e->groups, LIMIT_COMPONENT_ITEMS,
                 "imports of a composition", e->error));
    *out = (uint32_t)e->group_count++;
    e->groups[*out] = (group){.first = COMPOSE_NONE,
                              .last = COMPOSE_NONE,
                              .made = COMPOSE_NONE,
                              .name = name};
    return map_set(&e->by_name, track, *out, e->error);
}

static whit_status add_origin(encoder *e, const void *key, uint32_t g,
                              slice name, bool is_resource)
{
    uint64_t other;
    if (map_get(&e->origins, slice_of(&key, sizeof key), &other))
        return WHIT_OK;
    const void *copy = arena_dup(&e->graph->memory, &key, sizeof key);
    TRY_ALLOC(copy, e->error);
    TRY(mem_grow((void **)&e->found, &e->found_room, e->found_count,
                 sizeof *e->found, LIMIT_COMPONENT_NODES,
                 "types of a composition's imports", e->error));
    e->found[e->found_count] = (origin){g, name, is_resource};
    return map_set(&e->origins, slice_of(copy, sizeof key), e->found_count++,
                   e->error);
}

static whit_status add_type(encoder *e, const component_entity *entity,
                            uint32_t g, slice name)
{
    if (entity->sort != COMPONENT_SORT_TYPE)
        return WHIT_OK;
    TRY(add_origin(e, entity->type, g, name, entity->type->resource != NULL));
    if (entity->type->resource)
        TRY(add_origin(e, entity->type->resource, g, name, true));
    return WHIT_OK;
}

static whit_status add_variant(encoder *e, uint32_t package, uint32_t index,
                               slice name, uint32_t *out)
{
    const component_entity *entity =
        &e->graph->packages[package].type->imports[index];
    uint32_t at = (uint32_t)e->variant_count;
    TRY(add_group(e, name, out));
    TRY(mem_grow((void **)&e->variants, &e->variant_room, e->variant_count,
                 sizeof *e->variants, LIMIT_COMPONENT_ITEMS,
                 "imports of a composition", e->error));
    e->variants[e->variant_count++] =
        (variant){.package = package, .index = index, .next = COMPOSE_NONE};
    group *g = &e->groups[*out];
    if (g->first == COMPOSE_NONE)
        g->first = at;
    else
        e->variants[g->last].next = at;
    g->last = at;
    if (entity->sort != COMPONENT_SORT_INSTANCE)
        return add_type(e, entity, *out, slice_of(NULL, 0));
    for (uint32_t i = 0; i < entity->type->export_count; i++)
        TRY(add_type(e, &entity->type->exports[i], *out,
                     entity->type->exports[i].name));
    return WHIT_OK;
}

/* The name that an explicit import gives to an import of a world. */
static slice import_name(const encoder *e, uint32_t package, uint32_t index)
{
    const component_compose *graph = e->graph;
    for (size_t i = 0; i < graph->value_count; i++) {
        const compose_value *v = &graph->values[i];
        if (v->kind == COMPOSE_IMPORT && v->package == package &&
            v->index == index)
            return v->name;
    }
    return graph->packages[package].type->imports[index].name;
}

static whit_status add_packages(encoder *e)
{
    component_compose *graph = e->graph;
    for (uint32_t p = 0; p < graph->package_count; p++) {
        compose_package *package = &graph->packages[p];
        uint32_t count = package->type->import_count;
        package->groups =
            arena_array(&graph->memory, count + 1, sizeof *package->groups);
        TRY_ALLOC(package->groups, e->error);
        for (uint32_t i = 0; i < count; i++) {
            slice name = package->bytes.size ? package->type->imports[i].name
                                             : import_name(e, p, i);
            TRY(add_variant(e, p, i, name, &package->groups[i]));
        }
    }
    return WHIT_OK;
}

/* The newest of the names in demand. */
static void name_group(group *g, slice name)
{
    if (!g->demanded || component_compose_newer(name, g->name))
        g->name = name;
    g->demanded = true;
}

static void demand(encoder *e, uint32_t package, uint32_t index, uint32_t at)
{
    for (uint32_t i = e->groups[at].first; i != COMPOSE_NONE;
         i = e->variants[i].next)
        if (e->variants[i].package == package && e->variants[i].index == index)
            e->variants[i].demanded = true;
}

static whit_status demand_argument(encoder *e, const compose_value *v,
                                   uint32_t index)
{
    const compose_package *package = &e->graph->packages[v->package];
    slice name = package->type->imports[index].name;
    uint32_t at = package->groups[index];
    group *g = &e->groups[at];
    if (g->is_explicit) {
        const char *message =
            "'%.*s' is imported explicitly and not given to '%.*s', which "
            "imports it too; name it among the arguments";
        return v->place.line
                   ? error_line(e->error, WHIT_INVALID, v->place.line,
                                v->place.column, message, SLICE_ARG(name),
                                SLICE_ARG(package->name))
                   : error_set(e->error, WHIT_INVALID, message, SLICE_ARG(name),
                               SLICE_ARG(package->name));
    }
    if (!g->demanded)
        g->place = v->place;
    name_group(g, name);
    demand(e, v->package, index, at);
    return WHIT_OK;
}

static whit_status demand_all(encoder *e)
{
    component_compose *graph = e->graph;
    for (uint32_t i = 0; i < graph->value_count; i++) {
        compose_value *v = &graph->values[i];
        if (v->kind != COMPOSE_IMPORT)
            continue;
        v->group = graph->packages[v->package].groups[v->index];
        group *g = &e->groups[v->group];
        g->name = v->name;
        g->demanded = g->is_explicit = true;
        g->place = v->place;
        demand(e, v->package, v->index, v->group);
    }
    for (uint32_t i = 0; i < graph->value_count; i++) {
        const compose_value *v = &graph->values[i];
        if (v->kind != COMPOSE_INSTANCE)
            continue;
        uint32_t count = graph->packages[v->package].type->import_count;
        for (uint32_t k = 0; k < count; k++)
            if (v->arguments[k] == COMPOSE_NONE)
                TRY(demand_argument(e, v, k));
    }
    return WHIT_OK;
}

/* ---- Imports ---- */

static const component_entity *entity_of(const encoder *e, const variant *v)
{
    return &e->graph->packages[v->package].type->imports[v->index];
}

/* Those in demand first: their exports are the import's. The others only take
 * part with the types that have the same names. */
static uint32_t list_instances(const encoder *e, const group *g, bool demanded,
                               const component_node **nodes, uint32_t count)
{
    for (uint32_t i = g->first; i != COMPOSE_NONE; i = e->variants[i].next) {
        const component_entity *entity = entity_of(e, &e->variants[i]);
        if (entity->sort == COMPONENT_SORT_INSTANCE &&
            e->variants[i].demanded == demanded)
            nodes[count++] = entity->type;
    }
    return count;
}

static whit_status check_sorts(const encoder *e, const group *g,
                               component_sort *sort)
{
    *sort = COMPONENT_SORTS;
    for (uint32_t i = g->first; i != COMPOSE_NONE; i = e->variants[i].next) {
        const component_entity *entity = entity_of(e, &e->variants[i]);
        if (g->demanded && !e->variants[i].demanded)
            continue;
        if (*sort == COMPONENT_SORTS)
            *sort = entity->sort;
        else if (*sort != entity->sort)
            return error_set(
                e->error, WHIT_INVALID,
                "'%.*s' is imported as %s and as %s: give one of them",
                SLICE_ARG(g->name), component_sort_text(*sort),
                component_sort_text(entity->sort));
    }
    return WHIT_OK;
}

static const component_entity *first_of(const encoder *e, const group *g)
{
    for (uint32_t i = g->first; i != COMPOSE_NONE; i = e->variants[i].next)
        if (e->variants[i].demanded || !g->demanded)
            return entity_of(e, &e->variants[i]);
    return NULL;
}

static uint32_t instance_type(encoder *e, const group *g)
{
    whit_error error;
    const component_node **nodes = mem_calloc(e->variant_count, sizeof *nodes);
    if (!nodes) {
        component_builder_fail(e->builder, error_memory(&error), &error);
        return UINT32_MAX;
    }
    uint32_t exported = list_instances(e, g, true, nodes, 0);
    uint32_t count = list_instances(e, g, false, nodes, exported);
    uint32_t type = component_node_instance_type(
        &e->scope, nodes, g->demanded ? exported : count, count);
    mem_free(nodes);
    return type;
}

static whit_status make_group(encoder *e, uint32_t at)
{
    component_sort sort;
    group *g = &e->groups[at];
    if (g->state != GROUP_NEW)
        return WHIT_OK;
    TRY(check_sorts(e, g, &sort));
    g->state = GROUP_BEGUN;
    const component_entity *entity = first_of(e, g);
    component_name name = component_name_of(g->name);
    if (slice_equal(entity->name, g->name)) {
        name.attributes = entity->attributes;
        name.attribute_count = entity->attribute_count;
    }
    component_extern type = sort == COMPONENT_SORT_INSTANCE
                                ? component_extern_of(sort, instance_type(e, g))
                                : component_node_extern(&e->scope, entity);
    g->made = component_builder_import(e->builder, &name, &type);
    place_last(e, g->place);
    g->state = GROUP_MADE;
    if (sort == COMPONENT_SORT_TYPE)
        for (uint32_t i = g->first; i != COMPOSE_NONE; i = e->variants[i].next)
            if (entity_of(e, &e->variants[i])->sort == sort)
                component_node_known(
                    &e->scope, entity_of(e, &e->variants[i])->type, g->made);
    return WHIT_OK;
}

/* A type that an imported instance exports, in all its variants. */
static uint32_t alias_type(encoder *e, const group *g, slice name)
{
    uint32_t index =
        component_builder_alias(e->builder, COMPONENT_SORT_TYPE, g->made, name);
    for (uint32_t i = g->first; i != COMPOSE_NONE; i = e->variants[i].next) {
        const component_entity *entity = entity_of(e, &e->variants[i]);
        if (entity->sort != COMPONENT_SORT_INSTANCE)
            continue;
        const component_entity *type = component_entity_find(
            entity->type->exports, entity->type->export_count, name);
        if (type && type->sort == COMPONENT_SORT_TYPE)
            component_node_known(&e->scope, type->type, index);
    }
    return index;
}

/* component_node_scope's: a type that some import has. */
static uint32_t find_missing(void *context, const void *key)
{
    encoder *e = context;
    uint64_t at;
    whit_error error;
    if (!map_get(&e->origins, slice_of(&key, sizeof key), &at))
        return UINT32_MAX;
    const origin *o = &e->found[at];
    if (!e->groups[o->group].demanded && !o->is_resource)
        return UINT32_MAX;
    whit_error *outer = e->error;
    e->error = &error;
    whit_status status = make_group(e, o->group);
    e->error = outer;
    if (status != WHIT_OK)
        component_builder_fail(e->builder, status, &error);
    const group *g = &e->groups[o->group];
    if (status != WHIT_OK || g->state != GROUP_MADE)
        return UINT32_MAX;
    return o->name.size ? alias_type(e, g, o->name) : g->made;
}

/* ---- Values ---- */

static uint32_t make_component(encoder *e, uint32_t at)
{
    compose_package *package = &e->graph->packages[at];
    component_builder *b = e->builder;
    if (package->component != COMPOSE_NONE)
        return package->component;
    package->component =
        component_builder_component_of(b, &package->file->root);
    if (b->status == WHIT_OK)
        b->definitions[b->count - 1].component->bytes = package->bytes;
    return package->component;
}

static whit_status make_value(encoder *e, uint32_t at);

static whit_status make_instance(encoder *e, compose_value *v)
{
    const compose_package *package = &e->graph->packages[v->package];
    uint32_t count = package->type->import_count;
    if (v->is_begun)
        return error_set(e->error, WHIT_INVALID,
                         "an instance of '%.*s' is given what is made of "
                         "itself",
                         SLICE_ARG(package->name));
    component_item *items = mem_calloc(count + 1, sizeof *items);
    TRY_ALLOC(items, e->error);
    v->is_begun = true;
    whit_status status = WHIT_OK;
    for (uint32_t i = 0; status == WHIT_OK && i < count; i++) {
        items[i].name = component_name_of(package->type->imports[i].name);
        items[i].sort = package->type->imports[i].sort;
        uint32_t argument = v->arguments[i];
        if (argument == COMPOSE_NONE) {
            items[i].index = e->groups[package->groups[i]].made;
            continue;
        }
        status = make_value(e, argument);
        items[i].sort = component_compose_sort(e->graph, argument);
        items[i].index = e->graph->values[argument].made;
    }
    if (status == WHIT_OK) {
        uint32_t callee = make_component(e, v->package);
        v->made =
            component_builder_instantiate(e->builder, callee, items, count);
        place_last(e, v->place);
    }
    mem_free(items);
    return status;
}

static whit_status make_value(encoder *e, uint32_t at)
{
    compose_value *v = &e->graph->values[at];
    if (v->made != COMPOSE_NONE)
        return WHIT_OK;
    switch (v->kind) {
    case COMPOSE_IMPORT:
        v->made = e->groups[v->group].made;
        return WHIT_OK;
    case COMPOSE_INSTANCE:
        return make_instance(e, v);
    default:
        TRY(make_value(e, v->of));
        v->made = component_builder_alias(e->builder, v->entity->sort,
                                          e->graph->values[v->of].made,
                                          v->entity->name);
        place_last(e, v->place);
        return WHIT_OK;
    }
}

/* Types first, then instances: what others mention has a name then. */
static whit_status make_exports(encoder *e)
{
    for (int pass = 0; pass < 3; pass++)
        for (size_t i = 0; i < e->graph->export_count; i++) {
            const compose_export *x = &e->graph->exports[i];
            component_sort sort = component_compose_sort(e->graph, x->value);
            int rank = sort == COMPONENT_SORT_TYPE       ? 0
                       : sort == COMPONENT_SORT_INSTANCE ? 1
                                                         : 2;
            component_name name = component_name_of(x->name);
            if (rank != pass)
                continue;
            TRY(make_value(e, x->value));
            component_builder_export(e->builder, &name, sort,
                                     e->graph->values[x->value].made, NULL);
            place_last(e, x->place);
        }
    return WHIT_OK;
}

static whit_status make_all(encoder *e)
{
    TRY(add_packages(e));
    TRY(demand_all(e));
    for (uint32_t i = 0; i < e->group_count; i++)
        if (e->groups[i].demanded)
            TRY(make_group(e, i));
    for (uint32_t i = 0; i < e->graph->value_count; i++)
        if (e->graph->values[i].kind == COMPOSE_INSTANCE)
            TRY(make_value(e, i));
    return make_exports(e);
}

static whit_status make_file(component_compose *self, component_file *file,
                             whit_error *error)
{
    component_builder builder;
    encoder e = {.graph = self, .builder = &builder, .error = error};
    component_builder_init(&builder, file, COMPONENT_SCOPE_COMPONENT);
    component_node_scope_init(&e.scope, &builder, NULL);
    e.scope.missing = find_missing;
    e.scope.context = &e;
    map_init(&e.by_name);
    map_init(&e.origins);
    whit_status status = make_all(&e);
    if (status == WHIT_OK)
        status = component_builder_finish(&builder, &file->root, error);
    component_builder_release(&builder);
    component_node_scope_release(&e.scope);
    map_release(&e.by_name);
    map_release(&e.origins);
    mem_free(e.variants);
    mem_free(e.groups);
    mem_free(e.found);
    return status;
}

/* The argument that a message of validation is about: its name is in the
 * first backquotes. */
static const compose_place *find_argument(const component_compose *self,
                                          const whit_error *error, slice name,
                                          slice *package)
{
    for (uint32_t i = 0; i < self->value_count; i++) {
        const compose_value *v = &self->values[i];
        if (v->kind != COMPOSE_INSTANCE || v->place.line != error->line ||
            v->place.column != error->column)
            continue;
        const component_node *type = self->packages[v->package].type;
        for (uint32_t k = 0; k < type->import_count; k++)
            if (slice_equal(type->imports[k].name, name)) {
                *package = self->packages[v->package].name;
                return v->arguments[k] == COMPOSE_NONE ? &v->place
                                                       : &v->places[k];
            }
    }
    return NULL;
}

/* Says what is wrong in terms of the graph. */
static void explain(const component_compose *self, whit_error *error)
{
    static const char argument[] =
        "type mismatch for component instantiation argument `";
    size_t skip = sizeof argument - 1;
    char message[WHIT_MESSAGE_SIZE];
    if (!error)
        return;
    if (!error->line)
        error->position = WHIT_POSITION_NONE;
    memcpy(message, error->message, sizeof message);
    const char *end =
        strncmp(message, argument, skip) ? NULL : strstr(message + skip, "`: ");
    if (!end)
        return;
    slice package,
        name = slice_of(message + skip, (size_t)(end - message) - skip);
    const compose_place *place = find_argument(self, error, name, &package);
    if (!place)
        return;
    compose_place at = *place;
    (void)error_set(error, WHIT_INVALID,
                    "the argument '%.*s' of '%.*s' does not fit: %s",
                    SLICE_ARG(name), SLICE_ARG(package), end + 3);
    if (!at.line)
        return;
    error->position = WHIT_POSITION_LINE;
    error->line = at.line;
    error->column = at.column;
}

static whit_status finish(component_compose *self, component_file *file,
                          const compose_options *options, buffer *out,
                          whit_error *error)
{
    TRY(make_file(self, file, error));
    file->is_text = true; /* errors have the places of values */
    if (!options->skip_validation) {
        whit_status status = component_validate(file, error);
        if (status == WHIT_INVALID)
            explain(self, error);
        TRY(status);
    }
    return component_encode(file, out, error);
}

whit_status component_compose_encode(component_compose *self,
                                     const compose_options *options,
                                     buffer *out, whit_error *error)
{
    component_file *file = component_file_new();
    TRY_ALLOC(file, error);
    whit_status status = finish(self, file, options, out, error);
    component_file_free(file);
    return status;
}
