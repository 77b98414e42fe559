/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Lifting what the world exports.
 *
 * A function of the world is lifted and exported. An interface is exported
 * as an instance. Where its types have no names of their own to keep, that
 * is an instance made of lifted functions. Otherwise types and functions
 * go through a small component: it imports them plain and exports them with
 * their names, so that the instance's functions speak of the instance's
 * types. */
#include "base/memory.h"
#include "component/new_private.h"

static const wit_interface *interface_of(const new_maker *self,
                                         const wit_item *item)
{
    return item->kind == WIT_ITEM_INTERFACE
               ? &self->set->interfaces[item->index]
               : NULL;
}

static component_wit_side side_of(const wit_item *item)
{
    return item->kind == WIT_ITEM_INTERFACE ? COMPONENT_WIT_EXPORT
                                            : COMPONENT_WIT_IMPORT;
}

static bool world_exports(const new_maker *self, uint32_t interface)
{
    for (uint32_t i = 0; i < self->world->export_count; i++) {
        const wit_item *item = &self->world->exports[i];
        if (item->kind == WIT_ITEM_INTERFACE && item->index == interface)
            return true;
    }
    return false;
}

/* ---- What exports use ---- */

void component_new_live_exports(new_maker *self)
{
    for (uint32_t i = 0; i < self->world->export_count; i++) {
        const wit_item *item = &self->world->exports[i];
        const wit_interface *it = interface_of(self, item);
        if (!it)
            component_wit_live_function(&self->live, WIT_NONE, item->function);
        for (uint32_t k = 0; it && k < it->type_count; k++) {
            uint32_t from = wit_type_used_from(self->set, it->types[k]);
            if (from != WIT_NONE && !world_exports(self, from))
                component_wit_live_type(&self->live,
                                        self->set->types[it->types[k]].element);
        }
    }
}

void component_new_place_exports(new_maker *self)
{
    for (uint32_t i = 0; i < self->world->export_count; i++)
        if (self->world->exports[i].kind == WIT_ITEM_INTERFACE)
            component_wit_place_here(&self->scope, COMPONENT_WIT_EXPORT,
                                     self->world->exports[i].index);
}

/* A function of the shim stands for the destructor when the type is needed
 * before the module is there. */
static uint32_t destructor_of(new_maker *self, const new_resource *it)
{
    if (it->shim != NEW_NONE)
        return component_new_alias(
            self, COMPONENT_SORT_CORE_FUNC, self->shim_instance,
            component_new_short_name(self, it->shim + 1));
    return component_new_module_alias(self, COMPONENT_SORT_CORE_FUNC,
                                      &self->modules[it->module],
                                      it->destructor);
}

void component_new_resources(new_maker *self)
{
    for (uint32_t i = 0; i < self->resource_count; i++)
        if (self->resources[i].module != NEW_NONE)
            destructor_of(self, &self->resources[i]);
    for (uint32_t i = 0; i < self->resource_count; i++) {
        new_resource *it = &self->resources[i];
        component_type type = {.kind = COMPONENT_TYPE_RESOURCE,
                               .rep = WASM_I32,
                               .has_destructor = it->module != NEW_NONE};
        if (type.has_destructor)
            type.destructor = destructor_of(self, it);
        it->index = component_builder_type(&self->builder, &type);
        component_wit_place(&self->scope, COMPONENT_WIT_EXPORT, it->type,
                            it->index);
    }
}

static void place_resources(new_maker *self, const wit_item *item)
{
    for (uint32_t i = 0; i < self->resource_count; i++)
        if (self->resources[i].item == item)
            component_wit_place(&self->scope, COMPONENT_WIT_EXPORT,
                                self->resources[i].type,
                                self->resources[i].index);
}

/* ---- Lifting ---- */

static uint32_t lift_options(new_maker *self, const new_lift *lift,
                             component_option *out)
{
    const new_module *module = &self->modules[lift->module];
    unsigned needs = wit_needs_of_lift(self->set, lift->function, lift->abi);
    uint32_t count = component_new_canon_options(
        self, module, needs, module->given->encoding, true, out);
    if (lift->abi != WIT_ABI_SYNC)
        out[count++] = (component_option){.kind = COMPONENT_OPTION_ASYNC};
    if (lift->callback.size)
        out[count++] = (component_option){
            COMPONENT_OPTION_CALLBACK,
            component_new_module_alias(self, COMPONENT_SORT_CORE_FUNC, module,
                                       lift->callback)};
    if (lift->post_return.size)
        out[count++] = (component_option){
            COMPONENT_OPTION_POST_RETURN,
            component_new_module_alias(self, COMPONENT_SORT_CORE_FUNC, module,
                                       lift->post_return)};
    return count;
}

static uint32_t lifted_core(new_maker *self, const new_lift *lift)
{
    return component_new_module_alias(self, COMPONENT_SORT_CORE_FUNC,
                                      &self->modules[lift->module], lift->name);
}

void component_new_lift_aliases(new_maker *self)
{
    component_option ignored[8];
    for (uint32_t i = 0; i < self->lift_count; i++) {
        lifted_core(self, &self->lifts[i]);
        lift_options(self, &self->lifts[i], ignored);
    }
}

static new_lift *lifts_of(const new_maker *self, const wit_item *item,
                          uint32_t *count)
{
    uint32_t first = 0;
    while (first < self->lift_count && self->lifts[first].item != item)
        first++;
    uint32_t end = first;
    while (end < self->lift_count && self->lifts[end].item == item)
        end++;
    *count = end - first;
    return self->lifts + first;
}

/* ---- Which types an interface brings ---- */

static bool has_identity(const new_maker *self, wit_type type)
{
    wit_kind kind = self->set->types[type].kind;
    return kind == WIT_RECORD || kind == WIT_VARIANT || kind == WIT_ENUM ||
           kind == WIT_FLAGS || kind == WIT_RESOURCE;
}

static void mark_type(const wit_set *set, wit_type type, uint8_t *marks)
{
    if (type == WIT_NONE || marks[type])
        return;
    const wit_type_def *def = &set->types[type];
    marks[type] = 1;
    for (uint32_t i = 0; i < def->field_count; i++)
        mark_type(set, def->fields[i].type, marks);
    mark_type(set, def->element, marks);
    mark_type(set, def->other, marks);
}

static bool owned(const new_maker *self, wit_type type, uint32_t interface)
{
    wit_owner owner = self->set->types[type].owner;
    return owner.kind == WIT_OWNER_INTERFACE && owner.index == interface;
}

/* ---- The small component ---- */

typedef struct nested {
    new_maker *self;
    const wit_item *item;
    const wit_interface *interface;
    component_builder builder;
    component_wit_scope plain; /* types as they are imported */
    component_wit_scope named; /* types as they are exported */
    uint8_t *marks;            /* types that functions and types mention */
    uint8_t *functions;        /* types that functions mention */
    uint8_t *used;             /* types that `use` took */
    component_item *arguments;
    uint32_t argument_count;
} nested;

static component_name next_name(nested *n)
{
    return component_name_of(component_new_label(n->self, n->argument_count));
}

static void add_argument(nested *n, component_sort sort, uint32_t index)
{
    n->arguments[n->argument_count] =
        (component_item){.name = next_name(n), .sort = sort, .index = index};
    n->argument_count++;
}

/* The type as something that comes from outside. */
static void import_type(nested *n, wit_type type)
{
    bool resource = n->self->set->types[type].kind == WIT_RESOURCE;
    component_extern bound = component_extern_resource();
    if (!resource)
        bound = component_extern_eq(
            component_wit_type_index(&n->plain, COMPONENT_WIT_EXPORT, type));
    component_name name = next_name(n);
    uint32_t index = component_builder_import(&n->builder, &name, &bound);
    component_wit_place(&n->plain, COMPONENT_WIT_EXPORT, type, index);
    add_argument(
        n, COMPONENT_SORT_TYPE,
        component_wit_type_index(&n->self->scope, COMPONENT_WIT_EXPORT, type));
}

/* Types of other interfaces that this one uses keep who they are; of its own,
 * functions want those that are told apart by name. */
static bool is_imported(const nested *n, wit_type type)
{
    const wit_type_def *def = &n->self->set->types[type];
    if (!n->marks[type] || !def->name.size)
        return false;
    if (!owned(n->self, type, n->item->index))
        return has_identity(n->self, type) || n->used[type];
    return def->kind == WIT_RESOURCE ||
           (has_identity(n->self, type) && n->functions[type]);
}

static void import_types(nested *n)
{
    for (uint32_t i = WIT_PRIMITIVES; i < n->self->set->type_count; i++) {
        if (!is_imported(n, i))
            continue;
        import_type(n, i);
        if (!owned(n->self, i, n->item->index))
            component_wit_place(
                &n->named, COMPONENT_WIT_EXPORT, i,
                component_wit_placed(&n->plain, COMPONENT_WIT_EXPORT, i));
    }
}

static component_name named(slice text, const wit_about *about,
                            component_attribute *attribute)
{
    component_name name = {.text = text};
    if (about->has_external_id) {
        *attribute =
            (component_attribute){COMPONENT_EXTERNAL_ID, about->external_id};
        name.attributes = attribute;
        name.attribute_count = 1;
    }
    return name;
}

/* Whether a type is made of types that the interface exports too. */
static bool has_own_parts(const nested *n, wit_type type)
{
    const wit_type_def *def = &n->self->set->types[type];
    uint32_t parts = def->field_count + 2;
    for (uint32_t i = 0; i < parts; i++) {
        wit_type part = i < def->field_count    ? def->fields[i].type
                        : i == def->field_count ? def->element
                                                : def->other;
        if (part == WIT_NONE || part < WIT_PRIMITIVES)
            continue;
        if (owned(n->self, part, n->item->index) || has_own_parts(n, part))
            return true;
    }
    return false;
}

static void export_type(nested *n, wit_type type)
{
    const wit_type_def *def = &n->self->set->types[type];
    uint32_t index =
        component_wit_placed(&n->plain, COMPONENT_WIT_EXPORT, type);
    if (index == WIT_NONE || !has_identity(n->self, type) ||
        has_own_parts(n, type))
        index = def->kind == WIT_RESOURCE
                    ? index
                    : component_wit_type_index(&n->named, COMPONENT_WIT_EXPORT,
                                               type);
    component_attribute attribute;
    component_name name = named(def->name, &def->about, &attribute);
    component_wit_place(&n->named, COMPONENT_WIT_EXPORT, type,
                        component_builder_export(&n->builder, &name,
                                                 COMPONENT_SORT_TYPE, index,
                                                 NULL));
}

static void pass_functions(nested *n, const new_lift *lifts, uint32_t count,
                           uint32_t *types)
{
    for (uint32_t i = 0; i < count; i++)
        types[i] = component_wit_function_type(&n->plain, COMPONENT_WIT_EXPORT,
                                               lifts[i].function);
    for (uint32_t i = 0; i < count; i++) {
        component_name name = next_name(n);
        component_extern type =
            component_extern_of(COMPONENT_SORT_FUNC, types[i]);
        component_builder_import(&n->builder, &name, &type);
        add_argument(n, COMPONENT_SORT_FUNC, lifts[i].index);
    }
    for (uint32_t i = 0; i < n->interface->type_count; i++)
        export_type(n, n->interface->types[i]);
    uint32_t *named_types = types + count;
    for (uint32_t i = 0; i < count; i++)
        named_types[i] = component_wit_function_type(
            &n->named, COMPONENT_WIT_EXPORT, lifts[i].function);
    for (uint32_t i = 0; i < count; i++) {
        component_attribute attribute;
        component_name name = named(lifts[i].function->name,
                                    &lifts[i].function->about, &attribute);
        component_extern type =
            component_extern_of(COMPONENT_SORT_FUNC, named_types[i]);
        component_builder_export(&n->builder, &name, COMPONENT_SORT_FUNC, i,
                                 named_types[i] == types[i] ? NULL : &type);
    }
}

static whit_status nested_prepare(nested *n, uint32_t functions)
{
    new_maker *self = n->self;
    const wit_set *set = self->set;
    n->marks = arena_zalloc(&self->memory, set->type_count);
    n->functions = arena_zalloc(&self->memory, set->type_count);
    n->arguments = arena_array(&self->memory, set->type_count + functions,
                               sizeof *n->arguments);
    TRY_ALLOC(n->marks, self->error);
    TRY_ALLOC(n->functions, self->error);
    n->used = arena_zalloc(&self->memory, set->type_count);
    TRY_ALLOC(n->used, self->error);
    TRY_ALLOC(n->arguments, self->error);
    for (uint32_t i = 0; i < n->interface->function_count; i++) {
        const wit_function *f = &n->interface->functions[i];
        for (uint32_t k = 0; k < f->param_count; k++)
            mark_type(set, f->params[k].type, n->functions);
        mark_type(set, f->result, n->functions);
        mark_type(set, f->resource, n->functions);
    }
    memcpy(n->marks, n->functions, set->type_count);
    for (uint32_t i = 0; i < n->interface->type_count; i++) {
        wit_type type = n->interface->types[i];
        mark_type(set, type, n->marks);
        if (wit_type_used_from(set, type) != WIT_NONE)
            n->used[set->types[type].element] = 1;
    }
    TRY(component_wit_scope_init(&n->plain, set, self->error));
    return component_wit_scope_init(&n->named, set, self->error);
}

/* Its index, and the arguments it wants. */
static uint32_t nested_component(nested *n, const new_lift *lifts,
                                 uint32_t count)
{
    new_maker *self = n->self;
    uint32_t index = NEW_NONE;
    uint32_t *types =
        arena_array(&self->memory, 2 * (size_t)count + 1, sizeof *types);
    whit_status status =
        types ? nested_prepare(n, count) : error_memory(self->error);
    if (status == WHIT_OK) {
        component_builder_init(&n->builder, self->file,
                               COMPONENT_SCOPE_COMPONENT);
        component_wit_scope_begin(&n->plain, &n->builder);
        component_wit_scope_begin(&n->named, &n->builder);
        import_types(n);
        pass_functions(n, lifts, count, types);
        index = component_builder_component(&self->builder, &n->builder);
    } else {
        component_builder_fail(&self->builder, status, self->error);
    }
    component_wit_scope_release(&n->plain);
    component_wit_scope_release(&n->named);
    return index;
}

/* ---- The plain instance ---- */

/* Whether an instance made of the types and the lifted functions says all.
 * Functions of a resource have to speak of the exported one; and two names of
 * one type would be one there. */
static bool is_plain(const new_maker *self, const wit_interface *it)
{
    for (uint32_t i = 0; i < it->type_count; i++) {
        const wit_type_def *def = &self->set->types[it->types[i]];
        if (def->kind == WIT_RESOURCE ||
            (def->kind == WIT_ALIAS && def->element >= WIT_PRIMITIVES))
            return false;
    }
    return true;
}

static uint32_t plain_instance(new_maker *self, const wit_interface *it,
                               const new_lift *lifts, uint32_t count)
{
    uint32_t most = count + it->type_count + 1, used = 0;
    component_item *items = arena_array(&self->memory, most, sizeof *items);
    component_attribute *attributes =
        arena_array(&self->memory, most, sizeof *attributes);
    if (!items || !attributes) {
        component_builder_fail(&self->builder, error_memory(self->error),
                               self->error);
        return NEW_NONE;
    }
    for (uint32_t i = 0; i < it->type_count; i++, used++) {
        const wit_type_def *def = &self->set->types[it->types[i]];
        items[used] = (component_item){
            .name = named(def->name, &def->about, &attributes[used]),
            .sort = COMPONENT_SORT_TYPE,
            .index = component_wit_type_index(
                &self->scope, COMPONENT_WIT_EXPORT, it->types[i])};
    }
    for (uint32_t i = 0; i < count; i++, used++)
        items[used] = (component_item){.name = named(lifts[i].function->name,
                                                     &lifts[i].function->about,
                                                     &attributes[used]),
                                       .sort = COMPONENT_SORT_FUNC,
                                       .index = lifts[i].index};
    return component_builder_instance_exports(&self->builder, items, used);
}

/* ---- Runs of exports ---- */

static bool uses_any(const new_maker *self, const wit_interface *it,
                     uint32_t first, uint32_t end)
{
    for (uint32_t i = first; i < end; i++) {
        const wit_item *item = &self->world->exports[i];
        if (item->kind != WIT_ITEM_INTERFACE)
            continue;
        if (&self->set->interfaces[item->index] == it)
            return true;
        for (uint32_t k = 0; k < it->use_count; k++)
            if (it->uses[k] == item->index)
                return true;
    }
    return false;
}

uint32_t component_new_run_end(new_maker *self, uint32_t first)
{
    uint32_t end = first;
    for (; end < self->world->export_count; end++) {
        const wit_interface *it =
            interface_of(self, &self->world->exports[end]);
        if (it && uses_any(self, it, first, end))
            break;
    }
    return end;
}

void component_new_run_types(new_maker *self, uint32_t first, uint32_t end)
{
    for (uint32_t i = first; i < end; i++) {
        const wit_item *item = &self->world->exports[i];
        const wit_interface *it = interface_of(self, item);
        uint32_t count;
        new_lift *lifts = lifts_of(self, item, &count);
        place_resources(self, item);
        for (uint32_t k = 0; it && k < it->type_count; k++)
            component_wit_type_index(&self->scope, COMPONENT_WIT_EXPORT,
                                     it->types[k]);
        for (uint32_t k = 0; k < count; k++)
            lifts[k].type = component_wit_function_type(
                &self->scope, side_of(item), lifts[k].function);
    }
}

void component_new_run_lifts(new_maker *self, uint32_t first, uint32_t end)
{
    for (uint32_t i = first; i < end; i++) {
        uint32_t count;
        new_lift *lifts = lifts_of(self, &self->world->exports[i], &count);
        for (uint32_t k = 0; k < count; k++) {
            component_option options[8];
            uint32_t option_count = lift_options(self, &lifts[k], options);
            lifts[k].index = component_builder_lift(
                &self->builder, lifted_core(self, &lifts[k]), lifts[k].type,
                options, option_count);
            component_new_label_item(self, COMPONENT_SORT_FUNC, lifts[k].index,
                                     lifts[k].function->name);
        }
    }
}

/* From now on the types of the interface are those of its instance. */
static void forget_types(new_maker *self, const wit_item *item)
{
    const wit_set *set = self->set;
    for (uint32_t i = WIT_PRIMITIVES; i < set->type_count; i++)
        if (!set->types[i].name.size || owned(self, i, item->index))
            component_wit_place(&self->scope, COMPONENT_WIT_EXPORT, i,
                                WIT_NONE);
}

typedef struct instance_plan {
    nested small;
    uint32_t component;
    uint32_t instance;
    bool plain;
} instance_plan;

static void export_item(new_maker *self, const wit_item *item,
                        instance_plan *plan)
{
    component_name name = component_wit_item_name(&self->scope, item);
    uint32_t count;
    new_lift *lifts = lifts_of(self, item, &count);
    if (item->kind == WIT_ITEM_FUNCTION) {
        component_builder_export(&self->builder, &name, COMPONENT_SORT_FUNC,
                                 lifts->index, NULL);
        return;
    }
    uint32_t index = component_builder_export(
        &self->builder, &name, COMPONENT_SORT_INSTANCE, plan->instance, NULL);
    component_wit_place_instance(&self->scope, COMPONENT_WIT_EXPORT,
                                 item->index, index);
    forget_types(self, item);
}

void component_new_run_exports(new_maker *self, uint32_t first, uint32_t end)
{
    instance_plan *plans =
        arena_array(&self->memory, end - first + 1, sizeof *plans);
    if (!plans) {
        component_builder_fail(&self->builder, error_memory(self->error),
                               self->error);
        return;
    }
    const wit_item *items = self->world->exports + first;
    for (uint32_t i = 0; i < end - first; i++) {
        const wit_interface *it = interface_of(self, &items[i]);
        if (!it)
            continue;
        uint32_t count;
        new_lift *lifts = lifts_of(self, &items[i], &count);
        plans[i].plain = is_plain(self, it);
        plans[i].small =
            (nested){.self = self, .item = &items[i], .interface = it};
        if (!plans[i].plain)
            plans[i].component =
                nested_component(&plans[i].small, lifts, count);
    }
    for (uint32_t i = 0; i < end - first; i++) {
        if (items[i].kind != WIT_ITEM_INTERFACE)
            continue;
        uint32_t count;
        new_lift *lifts = lifts_of(self, &items[i], &count);
        plans[i].instance =
            plans[i].plain
                ? plain_instance(self, interface_of(self, &items[i]), lifts,
                                 count)
                : component_builder_instantiate(
                      &self->builder, plans[i].component,
                      plans[i].small.arguments, plans[i].small.argument_count);
    }
    for (uint32_t i = 0; i < end - first; i++)
        export_item(self, &items[i], &plans[i]);
}
