/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * From components back to WIT: which packages there are, in which order, and
 * of which version. */
#include "base/limits.h"
#include "base/memory.h"
#include "component/wit_decode_private.h"

/* A package that components mention; a set is made of it later. */
typedef struct mention {
    slice name; /* a full name in it, and what completes its version */
    slice suffix;
    uint32_t wanted; /* packages it depends on that are not made yet */
    bool made;
} mention;

typedef struct edge {
    uint32_t from; /* depends on */
    uint32_t to;
} edge;

typedef struct survey {
    wit_decoder *d;
    map packages; /* "ns:name@version": mention */
    map nodes;    /* types with names: the mention that has them */
    mention *mentions;
    size_t mention_count;
    size_t mention_room;
    edge *edges;
    size_t edge_count;
    size_t edge_room;
    buffer key;
} survey;

static whit_status add_mention(survey *s, slice name, slice suffix,
                               uint32_t *out)
{
    wit_decoder *d = s->d;
    component_name_parts parts;
    uint64_t known;
    TRY(component_name_parse(name, suffix.size != 0, &parts, d->error));
    slice version = parts.version;
    if (component_decoder_find(&d->versions, 0, 0, name, &known))
        version = *(const slice *)(uintptr_t)known;
    buffer_clear(&s->key);
    buffer_slice(&s->key, parts.namespace_);
    buffer_put(&s->key, ':');
    buffer_slice(&s->key, parts.package);
    buffer_put(&s->key, '@');
    buffer_slice(&s->key, version);
    buffer_slice(&s->key, suffix);
    TRY(buffer_status(&s->key, d->error));
    if (map_get(&s->packages, buffer_view(&s->key), &known)) {
        *out = (uint32_t)known;
        return WHIT_OK;
    }
    TRY(mem_grow((void **)&s->mentions, &s->mention_room, s->mention_count,
                 sizeof *s->mentions, LIMIT_WIT_PACKAGES, "packages",
                 d->error));
    const void *copy = arena_dup(&d->scratch, s->key.data, s->key.size);
    TRY_ALLOC(copy, d->error);
    *out = (uint32_t)s->mention_count;
    s->mentions[s->mention_count++] = (mention){.name = name, .suffix = suffix};
    return map_set(&s->packages, slice_of(copy, s->key.size), *out, d->error);
}

static whit_status add_edge(survey *s, uint32_t from, uint32_t to)
{
    if (from == to || from == WIT_NONE)
        return WHIT_OK;
    TRY(mem_grow((void **)&s->edges, &s->edge_room, s->edge_count,
                 sizeof *s->edges, LIMIT_WIT_ITEMS, "uses between packages",
                 s->d->error));
    s->edges[s->edge_count++] = (edge){from, to};
    return WHIT_OK;
}

/* The types of an instance belong to a package; what they are other names of
 * it depends on. */
static whit_status survey_types(survey *s, const component_node *instance,
                                uint32_t package)
{
    for (uint32_t i = 0; i < instance->export_count; i++) {
        const component_node *node = instance->exports[i].type;
        uint64_t other;
        if (instance->exports[i].sort != COMPONENT_SORT_TYPE)
            continue;
        slice key = slice_of(&node->self, sizeof(node->self));
        for (const component_node *n = node->alias_of; n; n = n->alias_of)
            if (map_get(&s->nodes, slice_of(&n->self, sizeof(n->self)),
                        &other)) {
                TRY(add_edge(s, package, (uint32_t)other));
                break;
            }
        if (package != WIT_NONE)
            TRY(map_set(&s->nodes, key, package, s->d->error));
    }
    return WHIT_OK;
}

/* Instances among imports or exports; the world's package is the owner. */
static whit_status survey_entities(survey *s, const component_entity *items,
                                   uint32_t count, uint32_t owner)
{
    for (uint32_t i = 0; i < count; i++) {
        uint32_t package = owner;
        slice name, suffix;
        if (items[i].sort != COMPONENT_SORT_INSTANCE)
            continue;
        if (component_decoder_full_name(&items[i], &name, &suffix))
            TRY(add_mention(s, name, suffix, &package));
        TRY(add_edge(s, owner, package));
        TRY(survey_types(s, items[i].type, package));
    }
    return WHIT_OK;
}

static whit_status survey_component(survey *s, const component_node *node,
                                    bool with_worlds)
{
    TRY(survey_entities(s, node->imports, node->import_count, WIT_NONE));
    TRY(survey_entities(s, node->exports, node->export_count, WIT_NONE));
    for (uint32_t i = 0; i < node->export_count; i++) {
        const component_entity *world = &node->exports[i];
        uint32_t owner = WIT_NONE;
        slice name, suffix;
        if (world->sort != COMPONENT_SORT_COMPONENT ||
            !component_decoder_full_name(world, &name, &suffix))
            continue;
        if (with_worlds)
            TRY(add_mention(s, name, suffix, &owner));
        TRY(survey_entities(s, world->type->imports, world->type->import_count,
                            owner));
        TRY(survey_entities(s, world->type->exports, world->type->export_count,
                            owner));
    }
    return WHIT_OK;
}

/* ---- Order ---- */

static whit_status make(survey *s, uint32_t index, uint32_t *order,
                        uint32_t *count)
{
    component_name_parts parts;
    uint32_t package;
    mention *m = &s->mentions[index];
    m->made = true;
    order[(*count)++] = index;
    return component_decoder_package(s->d, m->name, m->suffix, &parts,
                                     &package);
}

/* Edges by the package they lead to: those to i are sorted[first[i]] up to
 * sorted[first[i + 1]]. */
static void sort_edges(const survey *s, uint32_t *first, uint32_t *sorted)
{
    size_t count = s->mention_count;
    for (size_t i = 0; i < s->edge_count; i++)
        first[s->edges[i].to]++;
    for (size_t i = 0; i < count; i++)
        first[i + 1] += first[i];
    for (size_t i = s->edge_count; i-- > 0;)
        sorted[--first[s->edges[i].to]] = s->edges[i].from;
}

static whit_status make_in_order(survey *s, uint32_t *first, uint32_t *sorted,
                                 uint32_t *order)
{
    uint32_t made = 0, next = 0;
    sort_edges(s, first, sorted);
    for (size_t i = 0; i < s->edge_count; i++)
        s->mentions[s->edges[i].from].wanted++;
    for (uint32_t i = 0; i < s->mention_count; i++)
        if (!s->mentions[i].wanted && !s->mentions[i].made)
            TRY(make(s, i, order, &made));
    for (; next < made; next++)
        for (uint32_t e = first[order[next]]; e < first[order[next] + 1]; e++)
            if (--s->mentions[sorted[e]].wanted == 0)
                TRY(make(s, sorted[e], order, &made));
    if (made == s->mention_count)
        return WHIT_OK;
    uint32_t stuck = 0;
    while (s->mentions[stuck].made)
        stuck++;
    return error_set(s->d->error, WHIT_INVALID,
                     "packages depend on each other in a circle, through "
                     "'%.*s'",
                     SLICE_ARG(s->mentions[stuck].name));
}

static whit_status make_all(survey *s)
{
    size_t count = s->mention_count;
    uint32_t *numbers =
        mem_calloc(2 * count + 2 + s->edge_count, sizeof *numbers);
    TRY_ALLOC(numbers, s->d->error);
    whit_status status =
        make_in_order(s, numbers, numbers + 2 * count + 2, numbers + count + 2);
    mem_free(numbers);
    return status;
}

whit_status
component_decoder_make_packages(wit_decoder *d,
                                const component_node *const *components,
                                uint32_t count, bool with_worlds)
{
    survey s = {.d = d};
    whit_status status = WHIT_OK;
    map_init(&s.packages);
    map_init(&s.nodes);
    buffer_init(&s.key);
    for (uint32_t i = 0; i < count && status == WHIT_OK; i++)
        status = survey_component(&s, components[i], with_worlds);
    if (status == WHIT_OK)
        status = make_all(&s);
    map_release(&s.packages);
    map_release(&s.nodes);
    buffer_release(&s.key);
    mem_free(s.mentions);
    mem_free(s.edges);
    return status;
}

/* ---- Versions ---- */

/* "ns:name/interface@" and the line of compatible versions, as the key of a
 * map; false when the name has no version that is compatible with others. */
static bool track_of(slice name, slice *key, wit_version *version)
{
    const uint8_t *at = name.size ? memchr(name.data, '@', name.size) : NULL;
    if (!at)
        return false;
    size_t before = (size_t)(at - name.data) + 1;
    slice text = slice_of(name.data + before, name.size - before);
    if (wit_version_parse(text, version, NULL) != WHIT_OK || version->pre.size)
        return false;
    *key = slice_of(name.data, before + wit_version_track(version));
    return true;
}

typedef struct unification {
    wit_decoder *d;
    map best;     /* track: pointer to the highest name */
    map exported; /* full names */
} unification;

static whit_status note_exports(unification *u, const component_node *world)
{
    for (uint32_t i = 0; i < world->export_count; i++) {
        slice name, suffix;
        if (world->exports[i].sort == COMPONENT_SORT_INSTANCE &&
            component_decoder_full_name(&world->exports[i], &name, &suffix))
            TRY(map_set(&u->exported, name, 0, u->d->error));
    }
    return WHIT_OK;
}

/* Imports with whole versions whose names are not also exported. */
static bool may_change(const unification *u, const component_entity *item,
                       slice *name, slice *key, wit_version *version)
{
    slice suffix;
    uint64_t unused;
    return item->sort == COMPONENT_SORT_INSTANCE &&
           component_decoder_full_name(item, name, &suffix) && !suffix.size &&
           !map_get(&u->exported, *name, &unused) &&
           track_of(*name, key, version);
}

static whit_status find_best(unification *u, const component_node *world)
{
    for (uint32_t i = 0; i < world->import_count; i++) {
        slice name, key, other_key;
        wit_version version, other;
        uint64_t known;
        if (!may_change(u, &world->imports[i], &name, &key, &version))
            continue;
        if (map_get(&u->best, key, &known)) {
            const slice *best = (const slice *)(uintptr_t)known;
            if (track_of(*best, &other_key, &other) &&
                wit_version_compare(&other, &version) >= 0)
                continue;
        }
        slice *kept = arena_dup(&u->d->scratch, &name, sizeof name);
        TRY_ALLOC(kept, u->d->error);
        TRY(map_set(&u->best, key, (uintptr_t)kept, u->d->error));
    }
    return WHIT_OK;
}

static whit_status replace(unification *u, const component_node *world)
{
    for (uint32_t i = 0; i < world->import_count; i++) {
        slice name, key, best_key;
        wit_version version, best;
        uint64_t known;
        if (!may_change(u, &world->imports[i], &name, &key, &version) ||
            !map_get(&u->best, key, &known) ||
            !track_of(*(const slice *)(uintptr_t)known, &best_key, &best) ||
            slice_equal(best.text, version.text))
            continue;
        slice text;
        TRY(component_decoder_keep(u->d, best.text, &text));
        slice *kept = arena_dup(&u->d->scratch, &text, sizeof text);
        TRY_ALLOC(kept, u->d->error);
        TRY(component_decoder_remember(u->d, &u->d->versions, 0, 0, name,
                                       (uintptr_t)kept));
    }
    return WHIT_OK;
}

whit_status component_decoder_unify_versions(
    wit_decoder *d, const component_node *const *components, uint32_t count)
{
    unification u = {.d = d};
    whit_status status = WHIT_OK;
    map_init(&u.best);
    map_init(&u.exported);
    whit_status (*const steps[])(unification *, const component_node *) = {
        note_exports, find_best, replace};
    for (size_t step = 0; step < COUNT_OF(steps); step++)
        for (uint32_t i = 0; i < count && status == WHIT_OK; i++)
            status = steps[step](&u, components[i]->exports[0].type);
    map_release(&u.best);
    map_release(&u.exported);
    return status;
}
