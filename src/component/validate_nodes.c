/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Making type nodes, and putting other resources into them. */
#include "base/memory.h"
#include "component/validate_private.h"

/* ---- Making ---- */

whit_status component_check_node_new(checker *v, uint8_t kind,
                                     component_node **out)
{
    if (++v->nodes > LIMIT_COMPONENT_NODES)
        return error_set(v->error, WHIT_LIMIT,
                         "the component has more than %u types",
                         LIMIT_COMPONENT_NODES);
    component_node *node = arena_zalloc(v->arena, sizeof *node);
    TRY_ALLOC(node, v->error);
    node->kind = kind;
    node->self = node;
    *out = node;
    return WHIT_OK;
}

typedef struct sum {
    uint64_t size;
    uint32_t depth;
    bool has_borrow, has_pointer, has_resource;
} sum;

static void add(sum *s, const component_node *part)
{
    if (!part)
        return;
    s->size += part->size;
    if (part->depth > s->depth)
        s->depth = part->depth;
    s->has_borrow |= part->has_borrow;
    s->has_pointer |= part->has_pointer;
    s->has_resource |= part->has_resource;
}

static void add_entities(sum *s, const component_entity *items, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        s->size++;
        if (items[i].shape)
            s->size += items[i].shape->import_count +
                       (uint64_t)items[i].shape->export_count;
        add(s, items[i].type);
    }
}

static bool is_value(uint8_t kind)
{
    return kind == COMPONENT_TYPE_PRIMITIVE || kind > COMPONENT_TYPE_ASYNC_FUNC;
}

static bool is_pointer(const component_node *node)
{
    return node->kind == COMPONENT_TYPE_LIST ||
           node->kind == COMPONENT_TYPE_MAP ||
           (node->kind == COMPONENT_TYPE_PRIMITIVE &&
            node->primitive == COMPONENT_STRING);
}

whit_status component_check_node_finish(checker *v, component_node *node)
{
    sum s = {.size = 1,
             .has_borrow = node->kind == COMPONENT_TYPE_BORROW,
             .has_pointer = is_pointer(node),
             .has_resource = node->kind == COMPONENT_TYPE_RESOURCE};
    add(&s, node->element);
    add(&s, node->other);
    for (uint32_t i = 0; i < node->member_count; i++) {
        s.size++;
        add(&s, node->members[i].type);
    }
    add_entities(&s, node->imports, node->import_count);
    add_entities(&s, node->exports, node->export_count);
    if (s.size > LIMIT_COMPONENT_TYPE_SIZE)
        return component_check_fail(
            v,
            "effective type size exceeds the limit of %u: the "
            "type has %llu parts",
            LIMIT_COMPONENT_TYPE_SIZE, (unsigned long long)s.size);
    if (s.depth >= LIMIT_COMPONENT_TYPE_DEPTH)
        return component_check_fail(v, "types nest deeper than %u",
                                    LIMIT_COMPONENT_TYPE_DEPTH);
    node->size = (uint32_t)s.size;
    node->depth = (uint16_t)(s.depth + 1);
    node->has_borrow = s.has_borrow;
    node->has_pointer = s.has_pointer;
    node->has_resource = s.has_resource;
    if (node->kind == COMPONENT_TYPE_STREAM ||
        node->kind == COMPONENT_TYPE_FUTURE)
        node->has_pointer = false;
    if (is_value(node->kind) && !component_layout_of(node))
        return component_check_fail(
            v,
            "type exceeds maximum byte size: it must be smaller "
            "than %u bytes",
            LIMIT_COMPONENT_VALUE_BYTES);
    return WHIT_OK;
}

whit_status component_check_primitives(checker *v)
{
    for (unsigned i = 0; i <= COMPONENT_BOOL; i++) {
        component_node *node = NULL;
        if (!component_primitive_text(i))
            continue;
        TRY(component_check_node_new(v, COMPONENT_TYPE_PRIMITIVE, &node));
        node->primitive = (uint8_t)i;
        TRY(component_check_node_finish(v, node));
        v->primitives[i] = node;
    }
    return WHIT_OK;
}

whit_status component_check_node_alias(checker *v, const component_node *node,
                                       const component_node **out)
{
    component_node *copy = NULL;
    TRY(component_check_node_new(v, node->kind, &copy));
    *copy = *node;
    copy->self = copy;
    copy->alias_of = node;
    copy->stamp = 0;
    *out = copy;
    return WHIT_OK;
}

whit_status component_check_resource_new(checker *v, const component *owner,
                                         component_resource **out)
{
    *out = arena_zalloc(v->arena, sizeof **out);
    TRY_ALLOC(*out, v->error);
    (*out)->owner = owner;
    return WHIT_OK;
}

whit_status component_check_resource_node(checker *v,
                                          component_resource *resource,
                                          const component_node **out)
{
    component_node *node = NULL;
    TRY(component_check_node_new(v, COMPONENT_TYPE_RESOURCE, &node));
    node->resource = resource;
    *out = node;
    return component_check_node_finish(v, node);
}

/* ---- Bindings ---- */

typedef struct binding {
    component_resource *resource;
    component_resource *old;
} binding;

whit_status component_check_bind(checker *v, component_resource *from,
                                 component_resource *to)
{
    binding item = {from, from->to};
    TRY(component_check_push(v, &v->undo, &item, sizeof item));
    from->to = to;
    return WHIT_OK;
}

void component_check_unbind(checker *v, size_t mark)
{
    binding *items = v->undo.items;
    while (v->undo.count > mark) {
        binding *item = &items[--v->undo.count];
        item->resource->to = item->old;
    }
}

whit_status component_check_freshen(checker *v,
                                    component_resource *const *bound,
                                    uint32_t count, check_list *list)
{
    for (uint32_t i = 0; i < count; i++) {
        component_resource *fresh = NULL;
        TRY(component_check_resource_new(v, NULL, &fresh));
        fresh->name = bound[i]->name;
        TRY(component_check_push(v, list, &fresh,
                                 sizeof(component_resource *)));
        TRY(component_check_bind(v, bound[i], fresh));
    }
    return WHIT_OK;
}

/* ---- Substitution ---- */

void component_check_substitution(checker *v)
{
    v->generation++;
}

/* The memo lies in the nodes, which are otherwise immutable. */
void component_check_node_replace(checker *v, const component_node *from,
                                  const component_node *to)
{
    component_node *node = (component_node *)(uintptr_t)from;
    node->stamp = v->generation;
    node->copy = to;
}

static whit_status replace_part(checker *v, const component_node **part,
                                bool *changed)
{
    const component_node *old = *part;
    if (!old)
        return WHIT_OK;
    TRY(component_check_substitute(v, old, part));
    *changed |= *part != old;
    return WHIT_OK;
}

static whit_status replace_members(checker *v, component_node *node,
                                   bool *changed)
{
    component_member *copy = NULL;
    for (uint32_t i = 0; i < node->member_count; i++) {
        const component_node *type = node->members[i].type;
        bool other = false;
        TRY(replace_part(v, &type, &other));
        if (!other)
            continue;
        if (!copy) {
            copy = arena_dup(v->arena, node->members,
                             node->member_count * sizeof *copy);
            TRY_ALLOC(copy, v->error);
            node->members = copy;
            *changed = true;
        }
        copy[i].type = type;
    }
    return WHIT_OK;
}

static whit_status replace_entities(checker *v, const component_entity **items,
                                    uint32_t count, bool *changed)
{
    component_entity *copy = NULL;
    for (uint32_t i = 0; i < count; i++) {
        const component_node *type = (*items)[i].type;
        bool other = false;
        TRY(replace_part(v, &type, &other));
        if (!other)
            continue;
        if (!copy) {
            copy = arena_dup(v->arena, *items, count * sizeof *copy);
            TRY_ALLOC(copy, v->error);
            *items = copy;
            *changed = true;
        }
        copy[i].type = type;
    }
    return WHIT_OK;
}

/* Aliases in a row that a substitution follows; what stands in front in the
 * scope was replaced before, so that there is hardly ever more than one. */
enum { ALIASES_FOLLOWED = 16 };

static whit_status replace_alias(checker *v, const component_node **part,
                                 bool *changed)
{
    const component_node *node = *part;
    unsigned steps = 0;
    while (node && node->stamp != v->generation && steps < ALIASES_FOLLOWED) {
        node = node->alias_of;
        steps++;
    }
    return steps < ALIASES_FOLLOWED ? replace_part(v, part, changed) : WHIT_OK;
}

whit_status component_check_substitute(checker *v, const component_node *node,
                                       const component_node **out)
{
    if (node->stamp == v->generation) {
        *out = node->copy;
        return WHIT_OK;
    }
    TRY(component_check_work(v, 1 + node->member_count + node->import_count +
                                    node->export_count));
    component_node next = *node;
    bool changed = false;
    if (node->resource) {
        next.resource = check_resolve(node->resource);
        changed = next.resource != node->resource;
    }
    TRY(replace_part(v, &next.element, &changed));
    TRY(replace_part(v, &next.other, &changed));
    TRY(replace_alias(v, &next.alias_of, &changed));
    TRY(replace_members(v, &next, &changed));
    TRY(replace_entities(v, &next.imports, next.import_count, &changed));
    TRY(replace_entities(v, &next.exports, next.export_count, &changed));
    *out = node;
    if (changed) {
        component_node *copy = NULL;
        TRY(component_check_node_new(v, node->kind, &copy));
        *copy = next;
        copy->self = copy;
        copy->stamp = 0;
        /* The size may have changed with replaced nodes. */
        TRY(component_check_node_finish(v, copy));
        *out = copy;
    }
    component_check_node_replace(v, node, *out);
    return WHIT_OK;
}

whit_status component_check_open_instance(checker *v, check_list *list,
                                          const component_node **node)
{
    if (!(*node)->resource_count)
        return WHIT_OK;
    size_t mark = v->undo.count;
    component_node *open = NULL;
    component_check_substitution(v);
    TRY(component_check_freshen(v, (*node)->resources, (*node)->resource_count,
                                list));
    const component_node *copy;
    whit_status status = component_check_substitute(v, *node, &copy);
    component_check_unbind(v, mark);
    TRY(status);
    TRY(component_check_node_new(v, copy->kind, &open));
    *open = *copy;
    open->self = open;
    open->stamp = 0;
    open->resources = NULL;
    open->resource_count = 0;
    *node = open;
    return WHIT_OK;
}

/* ---- Free resources ---- */

static void count_bound(component_resource *const *items, uint32_t count,
                        uint32_t step)
{
    for (uint32_t i = 0; i < count; i++)
        items[i]->bound += step;
}

static whit_status find_free(checker *v, const component_node *node, bool *out);

static whit_status find_free_entities(checker *v, const component_entity *items,
                                      uint32_t count, bool *out)
{
    for (uint32_t i = 0; i < count && !*out; i++)
        TRY(find_free(v, items[i].type, out));
    return WHIT_OK;
}

static whit_status find_free_inside(checker *v, const component_node *node,
                                    bool *out)
{
    TRY(find_free(v, node->element, out));
    TRY(find_free(v, node->other, out));
    for (uint32_t i = 0; i < node->member_count && !*out; i++)
        TRY(find_free(v, node->members[i].type, out));
    TRY(find_free_entities(v, node->imports, node->import_count, out));
    return find_free_entities(v, node->exports, node->export_count, out);
}

static whit_status find_free(checker *v, const component_node *node, bool *out)
{
    if (!node || *out || !node->has_resource)
        return WHIT_OK;
    TRY(component_check_work(v, 1));
    if (node->resource) {
        *out = !node->resource->bound;
        return WHIT_OK;
    }
    count_bound(node->imported, node->imported_count, 1);
    count_bound(node->resources, node->resource_count, 1);
    whit_status status = find_free_inside(v, node, out);
    count_bound(node->imported, node->imported_count, (uint32_t)-1);
    count_bound(node->resources, node->resource_count, (uint32_t)-1);
    return status;
}

whit_status component_check_has_free(checker *v, const component_node *node,
                                     bool *out)
{
    *out = false;
    return find_free(v, node, out);
}
