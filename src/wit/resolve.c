/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * From texts to a set: packages, their order, their interfaces and worlds. */
#include "wit/resolve.h"

#include "base/limits.h"
#include "base/memory.h"
#include "wit/lexer.h"
#include "wit/resolve_private.h"

slice wit_failed_path(const wit_set *self)
{
    if (self->failed_source >= self->source_count)
        return slice_of(NULL, 0);
    return self->sources[self->failed_source].path;
}

/* Room for one more in a list of the resolver. */
static whit_status room(void *list, size_t *capacity, size_t count, size_t size,
                        whit_error *error)
{
    void *items;
    memcpy(&items, list, sizeof items);
    whit_status status = mem_grow(&items, capacity, count, size,
                                  LIMIT_WIT_TYPES, "items in texts", error);
    memcpy(list, &items, sizeof items);
    return status;
}

/* Packages with the same text may stand in several files: whether two parts
 * have the same tokens. */
static whit_status same_text(resolver *self, const ast_part *a,
                             const ast_part *b, bool *same, whit_error *error)
{
    const wit_text *texts = self->set->sources;
    wit_lexer x = {self->set, a->source, texts[a->source].text, a->docs_at};
    wit_lexer y = {self->set, b->source, texts[b->source].text, b->docs_at};
    wit_token s, t;
    *same = (a->end == 0) == (b->end == 0) && a->source != b->source &&
            !a->next == !b->next;
    while (*same) {
        TRY(wit_lexer_next(&x, &s, error));
        TRY(wit_lexer_next(&y, &t, error));
        bool s_ends = s.kind == WIT_TOKEN_EOF || (a->end && s.start >= a->end);
        bool t_ends = t.kind == WIT_TOKEN_EOF || (b->end && t.start >= b->end);
        if (s_ends || t_ends) {
            *same = s_ends && t_ends;
            return WHIT_OK;
        }
        *same = s.kind == t.kind && slice_equal(s.name, t.name);
    }
    return WHIT_OK;
}

static whit_status new_package(resolver *self, const ast_part *part,
                               uint32_t group, uint32_t *out, whit_error *error)
{
    slice name = part->name.full;
    uint64_t value = self->package_count;
    bool taken;
    TRY(room(&self->packages, &self->package_room, self->package_count,
             sizeof *self->packages, error));
    TRY(wit_resolve_put(self, SPACE_PACKAGE, 0, name, value, &taken, error));
    *out = (uint32_t)self->package_count;
    self->packages[self->package_count++] =
        (pending_package){.name = &part->name,
                          .named_in = part->source,
                          .documented_in = WIT_NONE,
                          .group = group,
                          .index = WIT_NONE};
    return WHIT_OK;
}

static whit_status add_part(resolver *self, const ast_part *ast,
                            uint32_t package, whit_error *error)
{
    pending_package *owner = &self->packages[package];
    if (ast->docs.size && owner->documented_in != WIT_NONE) {
        whit_status status =
            error_set(error, WHIT_INVALID,
                      "the package is documented in another file already; "
                      "keep one of the two");
        return wit_place_error(
            self->set, (wit_place){ast->source, ast->docs_at}, status, error);
    }
    if (ast->docs.size) {
        owner->docs = ast->docs;
        owner->documented_in = ast->source;
    }
    TRY(room(&self->parts, &self->part_room, self->part_count,
             sizeof *self->parts, error));
    self->parts[self->part_count++] = (pending_part){ast, package};
    return WHIT_OK;
}

static whit_status defined_twice(resolver *self, const ast_part *part,
                                 uint32_t before, whit_error *error)
{
    const pending_package *other = &self->packages[before];
    slice path = self->set->sources[other->named_in].path;
    uint32_t line = 0, column = 0;
    (void)wit_place_find(self->set,
                         (wit_place){other->named_in, other->name->at}, &line,
                         &column);
    whit_status status =
        error_set(error, WHIT_INVALID,
                  other->named_in == part->source
                      ? "package '%.*s' is defined already, at %.*s:%u"
                      : "package '%.*s' is defined differently at %.*s:%u",
                  SLICE_ARG(part->name.full), SLICE_ARG(path), line);
    return wit_place_error(self->set, (wit_place){part->source, part->name.at},
                           status, error);
}

/* A part that is a package of its own: nested, or a whole group. */
static whit_status add_single(resolver *self, const ast_part *part,
                              uint32_t group, whit_error *error)
{
    uint64_t before;
    uint32_t package;
    slice name = part->name.full;
    if (wit_resolve_get(self, SPACE_PACKAGE, 0, name, &before)) {
        bool same = false;
        const pending_package *other = &self->packages[before];
        if (other->only)
            TRY(same_text(self, other->only, part, &same, error));
        return same ? WHIT_OK
                    : defined_twice(self, part, (uint32_t)before, error);
    }
    TRY(new_package(self, part, group, &package, error));
    self->packages[package].only = part;
    return add_part(self, part, package, error);
}

static whit_status other_name(resolver *self, const ast_part *part,
                              const ast_part *first, whit_error *error)
{
    whit_status status = error_set(
        error, WHIT_INVALID,
        "package '%.*s' in a folder of package '%.*s': the files of one "
        "folder are one package",
        SLICE_ARG(part->name.full), SLICE_ARG(first->name.full));
    return wit_place_error(self->set, (wit_place){part->source, part->name.at},
                           status, error);
}

/* The texts of one group: files[0..count). */
static whit_status add_group(resolver *self, ast_part **files, uint32_t count,
                             uint32_t group, whit_error *error)
{
    const ast_part *first = NULL;
    for (uint32_t i = 0; i < count; i++) {
        if (!files[i]->named)
            continue;
        if (first && !slice_equal(files[i]->name.full, first->name.full))
            return other_name(self, files[i], first, error);
        first = first ? first : files[i];
    }
    if (!first) {
        whit_status status = error_set(
            error, WHIT_INVALID,
            count > 1 ? "no file of this folder says which package it is: "
                        "write 'package name:space;' at the top of one"
                      : "the text does not say which package it is: write "
                        "'package name:space;' at its top");
        return wit_place_error(self->set, (wit_place){files[0]->source, 0},
                               status, error);
    }
    if (count == 1)
        return add_single(self, first, group, error);
    uint64_t before;
    uint32_t package;
    slice name = first->name.full;
    if (wit_resolve_get(self, SPACE_PACKAGE, 0, name, &before))
        return defined_twice(self, first, (uint32_t)before, error);
    TRY(new_package(self, first, group, &package, error));
    for (uint32_t i = 0; i < count; i++)
        TRY(add_part(self, files[i], package, error));
    return WHIT_OK;
}

/* Names what stands at the top of a part. */
static whit_status add_tops(resolver *self, uint32_t part, whit_error *error)
{
    const ast_part *ast = self->parts[part].ast;
    for (const ast_top *top = ast->tops; top; top = top->next) {
        bool taken;
        TRY(room(&self->tops, &self->top_room, self->top_count,
                 sizeof *self->tops, error));
        TRY(wit_resolve_put(self, SPACE_FILE, part, top->name.text,
                            self->top_count, &taken, error));
        self->tops[self->top_count++] = top;
        if (taken)
            return wit_resolve_error(self, part, top->name.at, error,
                                     "the name '%.*s' is taken in this file",
                                     SLICE_ARG(top->name.text));
        if (top->kind == AST_TOP_USE)
            continue;
        bool open;
        TRY(wit_resolve_gate(self, part, &top->head, &open, error));
        TRY(room(&self->definitions, &self->definition_room,
                 self->definition_count, sizeof *self->definitions, error));
        TRY(wit_resolve_put(self, SPACE_DEFINITION, self->parts[part].package,
                            top->name.text, self->definition_count, &taken,
                            error));
        if (taken)
            return wit_resolve_error(self, part, top->name.at, error,
                                     "the package has '%.*s' already",
                                     SLICE_ARG(top->name.text));
        self->definitions[self->definition_count++] = (definition){
            .top = top, .part = part, .index = WIT_NONE, .shut = !open};
    }
    return WHIT_OK;
}

/* The arrow that a path makes between packages, or between definitions. What
 * it leads to must be a world exactly when it is included. */
static whit_status point(resolver *self, uint32_t part, uint32_t from,
                         const ast_path *path, bool packages, bool world,
                         arrow_list *arrows, whit_error *error)
{
    target to;
    uint32_t here = self->parts[part].package;
    TRY(wit_resolve_path(self, part, path, &to, error));
    if (to.definition == WIT_NONE)
        return WHIT_OK;
    const definition *it = &self->definitions[to.definition];
    uint32_t there = self->parts[it->part].package;
    if (packages && there == here)
        return WHIT_OK;
    if (!packages && to.world != world)
        return wit_resolve_kind_error(self, part, path, world, error);
    arrow item = {.from = packages ? here : from,
                  .to = packages ? there : to.definition,
                  .part = part,
                  .at = packages ? path->package.at : path->name.at};
    return wit_arrow_push(arrows, item, error);
}

/* The paths in the items of a definition; those behind shut gates do not
 * count. Inline interfaces nest once. */
static whit_status point_items(resolver *self, uint32_t part, uint32_t from,
                               const ast_item *items, bool packages,
                               arrow_list *arrows, whit_error *error)
{
    for (const ast_item *it = items; it; it = it->next) {
        bool open;
        TRY(wit_resolve_gate(self, part, &it->head, &open, error));
        if (!open)
            continue;
        if (it->kind == AST_USE || it->kind == AST_PATH ||
            it->kind == AST_INCLUDE)
            TRY(point(self, part, from, &it->path, packages,
                      it->kind == AST_INCLUDE, arrows, error));
        TRY(point_items(self, part, from, it->items, packages, arrows, error));
    }
    return WHIT_OK;
}

static whit_status point_all(resolver *self, bool packages, arrow_list *arrows,
                             whit_error *error)
{
    for (size_t i = 0; i < self->definition_count; i++) {
        const definition *it = &self->definitions[i];
        if (!it->shut)
            TRY(point_items(self, it->part, (uint32_t)i, it->top->items,
                            packages, arrows, error));
    }
    return WHIT_OK;
}

/* Lines of `use` at the top must lead somewhere even when nothing follows
 * them. */
static whit_status check_top_uses(resolver *self, arrow_list *packages,
                                  whit_error *error)
{
    for (uint32_t part = 0; part < self->part_count; part++)
        for (const ast_top *top = self->parts[part].ast->tops; top;
             top = top->next)
            if (top->kind == AST_TOP_USE) {
                target to;
                TRY(wit_resolve_use(self, part, &top->path, &to, error));
                if (top->path.package.name.size)
                    TRY(point(self, part, 0, &top->path, true, false, packages,
                              error));
            }
    return WHIT_OK;
}

static whit_status add_packages(resolver *self, const uint32_t *order,
                                whit_error *error)
{
    for (size_t i = 0; i < self->package_count; i++) {
        pending_package *it = &self->packages[order[i]];
        const ast_package_name *name = it->name;
        TRY(wit_place_error(self->set, (wit_place){it->named_in, name->at},
                            wit_set_add_package(self->set, name->space,
                                                name->name, &name->version,
                                                &it->index, error),
                            error));
        self->set->packages[it->index].docs = it->docs;
    }
    return WHIT_OK;
}

/* Packages enter the set, each behind those it mentions. */
static whit_status order_packages(resolver *self, arrow_list *arrows,
                                  uint32_t *order, whit_error *error)
{
    const arrow *circle;
    TRY(check_top_uses(self, arrows, error));
    TRY(point_all(self, true, arrows, error));
    TRY(wit_resolve_order(arrows, (uint32_t)self->package_count, NULL, order,
                          &circle, error));
    if (circle) {
        const pending_package *to = &self->packages[circle->to];
        return wit_resolve_error(self, circle->part, circle->at, error,
                                 "package '%.*s' depends on itself in a circle",
                                 SLICE_ARG(to->name->full));
    }
    return add_packages(self, order, error);
}

/* Sorts definitions by the order of their packages, otherwise leaving them in
 * the order they have in `definitions` (NULL: their own). */
static whit_status by_package(resolver *self, const uint32_t *packages,
                              const uint32_t *definitions, uint32_t *sorted,
                              whit_error *error)
{
    size_t count = self->package_count;
    uint32_t *at = arena_array(&self->memory, count + 1, sizeof *at);
    TRY_ALLOC(at, error);
    for (size_t i = 0; i < self->definition_count; i++)
        at[self->parts[self->definitions[i].part].package]++;
    uint32_t total = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t size = at[packages[i]];
        at[packages[i]] = total;
        total += size;
    }
    for (size_t i = 0; i < self->definition_count; i++) {
        uint32_t index = definitions ? definitions[i] : (uint32_t)i;
        uint32_t part = self->definitions[index].part;
        sorted[at[self->parts[part].package]++] = index;
    }
    return WHIT_OK;
}

/* The definitions of each package behind those they mention. */
static whit_status order_definitions(resolver *self, arrow_list *arrows,
                                     const uint32_t *starts, uint32_t *order,
                                     whit_error *error)
{
    const arrow *circle;
    TRY(point_all(self, false, arrows, error));
    TRY(wit_resolve_order(arrows, (uint32_t)self->definition_count, starts,
                          order, &circle, error));
    if (!circle)
        return WHIT_OK;
    const ast_top *to = self->definitions[circle->to].top;
    return wit_resolve_error(self, circle->part, circle->at, error,
                             "%s '%.*s' depends on itself%s",
                             to->kind == AST_TOP_WORLD ? "world" : "interface",
                             SLICE_ARG(to->name.text),
                             circle->from == circle->to ? "" : " in a circle");
}

/* Definitions enter the set, package by package; in each, interfaces come
 * before worlds, which none of them needs. */
static whit_status add_definitions(resolver *self, const uint32_t *sorted,
                                   whit_error *error)
{
    size_t count = self->definition_count;
    for (size_t start = 0, end = 0; start < count; start = end) {
        const definition *first = &self->definitions[sorted[start]];
        uint32_t package = self->parts[first->part].package;
        while (end < count &&
               self->parts[self->definitions[sorted[end]].part].package ==
                   package)
            end++;
        for (int kind = AST_TOP_INTERFACE; kind <= AST_TOP_WORLD; kind++)
            for (size_t i = start; i < end; i++)
                if ((int)self->definitions[sorted[i]].top->kind == kind)
                    TRY(wit_resolve_definition(self, sorted[i], error));
    }
    return WHIT_OK;
}

static whit_status resolve_all(resolver *self, whit_error *error)
{
    for (uint32_t i = 0; i < self->part_count; i++)
        TRY(add_tops(self, i, error));
    size_t count = self->definition_count;
    uint32_t *packages =
        arena_array(&self->memory, self->package_count, sizeof *packages);
    uint32_t *starts = arena_array(&self->memory, count, sizeof *starts);
    uint32_t *order = arena_array(&self->memory, count, sizeof *order);
    TRY_ALLOC(packages, error);
    TRY_ALLOC(starts, error);
    TRY_ALLOC(order, error);
    arrow_list arrows = {0};
    whit_status status = order_packages(self, &arrows, packages, error);
    arrows.count = 0;
    if (status == WHIT_OK)
        status = by_package(self, packages, NULL, starts, error);
    if (status == WHIT_OK)
        status = order_definitions(self, &arrows, starts, order, error);
    mem_free(arrows.items);
    TRY(status);
    TRY(by_package(self, packages, order, starts, error));
    return add_definitions(self, starts, error);
}

/* Reads all texts and sorts them into groups; groups keep the order of their
 * first text. */
static whit_status read_all(resolver *self, const wit_source *sources,
                            uint32_t count, whit_error *error)
{
    ast_part **files = arena_array(&self->memory, count, sizeof *files);
    ast_part **group = arena_array(&self->memory, count, sizeof *group);
    TRY_ALLOC(files, error);
    TRY_ALLOC(group, error);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t source;
        TRY(wit_set_add_source(self->set, sources[i].path, sources[i].text,
                               &source, error));
        TRY(wit_parse_source(self->set, &self->memory, source, &files[i],
                             error));
    }
    for (uint32_t i = 0; i < count; i++) {
        uint32_t size = 0;
        if (!files[i])
            continue;
        for (uint32_t j = i; j < count; j++)
            if (files[j] && sources[j].group == sources[i].group)
                group[size++] = files[j];
        TRY(add_group(self, group, size, sources[i].group, error));
        for (uint32_t j = 0; j < size; j++)
            for (const ast_part *it = group[j]->next; it; it = it->next)
                TRY(add_single(self, it, sources[i].group, error));
        for (uint32_t j = count; j-- > i;)
            if (sources[j].group == sources[i].group)
                files[j] = NULL;
    }
    return WHIT_OK;
}

static void resolver_release(resolver *self)
{
    arena_release(&self->memory);
    map_release(&self->names);
    buffer_release(&self->key);
    mem_free(self->packages);
    mem_free(self->parts);
    mem_free(self->definitions);
    mem_free(self->tops);
    mem_free(self->entries);
}

whit_status wit_resolve(wit_set *self, const wit_source *sources,
                        uint32_t count, const wit_resolve_options *options,
                        uint32_t *root, whit_error *error)
{
    static const wit_resolve_options none;
    resolver work = {.set = self, .options = options ? options : &none};
    self->failed_source = WIT_NONE;
    if (!count)
        return error_set(error, WHIT_NOT_FOUND, "there is no WIT text");
    arena_init(&work.memory);
    map_init(&work.names);
    buffer_init(&work.key);
    whit_status status = read_all(&work, sources, count, error);
    if (status == WHIT_OK)
        status = resolve_all(&work, error);
    if (status == WHIT_OK)
        *root = work.packages[0].index;
    resolver_release(&work);
    return status;
}
