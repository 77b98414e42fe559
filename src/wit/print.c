/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * A set as WIT text. */
#include "wit/print.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "wit/name.h"

typedef struct printer {
    const wit_set *set;
    const wit_print_options *options;
    buffer *out;
    uint32_t package; /* whose interfaces need no package in front */
    unsigned depth;
    bool items; /* something of this block is printed already */
} printer;

static void text(printer *self, const char *s)
{
    buffer_text(self->out, s);
}

static void indent(printer *self)
{
    for (unsigned i = 0; i < self->depth; i++)
        text(self, "  ");
}

static void open_block(printer *self)
{
    text(self, " {\n");
    self->depth++;
    self->items = false;
}

static void close_block(printer *self)
{
    self->depth--;
    indent(self);
    text(self, "}\n");
    self->items = true;
}

/* An empty line between items. */
static void next_item(printer *self)
{
    if (self->items)
        text(self, "\n");
    self->items = true;
}

void wit_print_name(slice name, buffer *out)
{
    if (wit_keyword_find(name) != WIT_KEYWORD_NONE)
        buffer_put(out, '%');
    buffer_slice(out, name);
}

static void name(printer *self, slice s)
{
    wit_print_name(s, self->out);
}

static void print_docs(printer *self, slice docs)
{
    if (self->options->no_docs || !docs.size)
        return;
    for (;;) {
        const uint8_t *end = memchr(docs.data, '\n', docs.size);
        size_t size = end ? (size_t)(end - docs.data) : docs.size;
        indent(self);
        text(self, size ? "/// " : "///");
        buffer_append(self->out, docs.data, size);
        text(self, "\n");
        if (!end)
            return;
        docs = slice_of(end + 1, docs.size - size - 1);
        if (!docs.size)
            return;
    }
}

/* A string literal. */
static void quoted(printer *self, slice s)
{
    text(self, "\"");
    while (s.size) {
        uint32_t code = 0;
        unsigned size = utf8_decode(s, &code);
        if (code < 0x20 || code >= 0x7f)
            buffer_printf(self->out, "\\u{%x}", code);
        else if (code == '"' || code == '\\')
            buffer_printf(self->out, "\\%c", (int)code);
        else
            buffer_put(self->out, (uint8_t)code);
        size = size ? size : 1;
        s = slice_of(s.data + size, s.size - size);
    }
    text(self, "\"");
}

static void print_gate(printer *self, const wit_gate *gate)
{
    if (!gate)
        return;
    indent(self);
    if (gate->kind == WIT_SINCE)
        buffer_printf(self->out, "@since(version = %.*s)\n",
                      SLICE_ARG(gate->since.text));
    else {
        text(self, "@unstable(feature = ");
        name(self, gate->feature);
        text(self, ")\n");
    }
    if (!wit_version_present(&gate->deprecated))
        return;
    indent(self);
    buffer_printf(self->out, "@deprecated(version = %.*s)\n",
                  SLICE_ARG(gate->deprecated.text));
}

static void print_about(printer *self, const wit_about *about)
{
    print_docs(self, about->docs);
    print_gate(self, about->gate);
    if (about->has_external_id) {
        indent(self);
        text(self, "@external-id(");
        quoted(self, about->external_id);
        text(self, ")\n");
    }
    indent(self);
}

/* "<a, b>"; WIT_NONE for `a` is '_'. */
static void print_two(const wit_set *set, const char *word, wit_type a,
                      wit_type b, buffer *out)
{
    buffer_text(out, word);
    if (a == WIT_NONE && b == WIT_NONE)
        return;
    buffer_put(out, '<');
    if (a == WIT_NONE)
        buffer_put(out, '_');
    else
        wit_print_type(set, a, out);
    if (b != WIT_NONE) {
        buffer_text(out, ", ");
        wit_print_type(set, b, out);
    }
    buffer_put(out, '>');
}

static void print_tuple(const wit_set *set, const wit_type_def *def,
                        buffer *out)
{
    buffer_text(out, "tuple<");
    for (uint32_t i = 0; i < def->field_count; i++) {
        if (i)
            buffer_text(out, ", ");
        wit_print_type(set, def->fields[i].type, out);
    }
    buffer_put(out, '>');
}

/* What a type is, whatever its name. */
static void print_structure(const wit_set *set, const wit_type_def *def,
                            buffer *out)
{
    const char *word = wit_kind_text(def->kind);
    switch (def->kind) {
    case WIT_ALIAS:
        wit_print_type(set, def->element, out);
        break;
    case WIT_OWN:
    case WIT_BORROW:
        buffer_text(out, word);
        buffer_put(out, '<');
        wit_print_name(set->types[def->element].name, out);
        buffer_put(out, '>');
        break;
    case WIT_TUPLE:
        print_tuple(set, def, out);
        break;
    case WIT_FIXED_LIST:
        buffer_text(out, "list<");
        wit_print_type(set, def->element, out);
        buffer_printf(out, ", %u>", def->length);
        break;
    case WIT_MAP:
        print_two(set, word, def->other, def->element, out);
        break;
    default:
        print_two(set, word, def->element, def->other, out);
        break;
    }
}

/* The depth of types is limited. */
void wit_print_type(const wit_set *self, wit_type type, buffer *out)
{
    const wit_type_def *def = &self->types[type];
    if (type < WIT_PRIMITIVES)
        buffer_text(out, wit_kind_text(def->kind));
    else if (def->name.size)
        wit_print_name(def->name, out);
    else if (def->kind == WIT_OWN)
        wit_print_name(self->types[def->element].name, out);
    else
        print_structure(self, def, out);
}

static void print_params(printer *self, const wit_function *function)
{
    text(self, "(");
    uint32_t first = function->kind == WIT_METHOD;
    for (uint32_t i = first; i < function->param_count; i++) {
        if (i > first)
            text(self, ", ");
        name(self, function->params[i].name);
        text(self, ": ");
        wit_print_type(self->set, function->params[i].type, self->out);
    }
    text(self, ")");
    if (function->result == WIT_NONE ||
        wit_function_short_constructor(self->set, function))
        return;
    text(self, " -> ");
    wit_print_type(self->set, function->result, self->out);
}

static void print_function(printer *self, const wit_function *function)
{
    if (function->kind == WIT_CONSTRUCTOR) {
        text(self, "constructor");
    } else {
        name(self, function->item_name);
        text(self, ": ");
        if (function->kind == WIT_STATIC)
            text(self, "static ");
        text(self, function->is_async ? "async func" : "func");
    }
    print_params(self, function);
    text(self, ";\n");
}

static void print_fields(printer *self, const wit_type_def *def)
{
    open_block(self);
    for (uint32_t i = 0; i < def->field_count; i++) {
        const wit_field *field = &def->fields[i];
        print_docs(self, field->docs);
        indent(self);
        name(self, field->name);
        if (def->kind == WIT_RECORD) {
            text(self, ": ");
            wit_print_type(self->set, field->type, self->out);
        } else if (field->type != WIT_NONE) {
            text(self, "(");
            wit_print_type(self->set, field->type, self->out);
            text(self, ")");
        }
        text(self, ",\n");
    }
    close_block(self);
}

/* Functions of resources stand in the order of the resources: a list gives
 * the next one, if it is of this resource. */
typedef struct function_list {
    const wit_interface *interface; /* or */
    const wit_world *world;
    uint32_t at;
} function_list;

static const wit_function *next_function(function_list *self, wit_type resource)
{
    const wit_function *function = NULL;
    if (self->interface) {
        if (self->at < self->interface->function_count)
            function = &self->interface->functions[self->at];
    } else {
        while (self->at < self->world->import_count) {
            const wit_item *item = &self->world->imports[self->at];
            function = item->function;
            if (item->kind == WIT_ITEM_FUNCTION &&
                function->kind != WIT_FREESTANDING)
                break;
            function = NULL;
            self->at++;
        }
    }
    if (!function || function->resource != resource)
        return NULL;
    self->at++;
    return function;
}

static void print_resource(printer *self, wit_type type, function_list *list)
{
    const wit_function *function = next_function(list, type);
    if (!function) {
        text(self, ";\n");
        return;
    }
    open_block(self);
    for (; function; function = next_function(list, type)) {
        print_about(self, &function->about);
        print_function(self, function);
    }
    close_block(self);
}

static void print_type_item(printer *self, wit_type type, function_list *list)
{
    const wit_type_def *def = &self->set->types[type];
    bool structured = def->kind <= WIT_FLAGS || def->kind == WIT_RESOURCE;
    next_item(self);
    print_about(self, &def->about);
    text(self, structured ? wit_kind_text(def->kind) : "type");
    text(self, " ");
    name(self, def->name);
    if (def->kind == WIT_RESOURCE) {
        print_resource(self, type, list);
    } else if (structured) {
        print_fields(self, def);
    } else {
        text(self, " = ");
        print_structure(self->set, def, self->out);
        text(self, ";\n");
    }
}

/* "a:b" of a package, part by part. */
static void package_name(const wit_package *package, buffer *out)
{
    const slice parts[] = {package->space, package->name};
    for (unsigned i = 0; i < COUNT_OF(parts); i++) {
        const uint8_t *start = parts[i].data, *end = start + parts[i].size;
        for (const uint8_t *at = start;; at++) {
            if (at != end && *at != ':' && *at != '/')
                continue;
            wit_print_name(slice_of(start, (size_t)(at - start)), out);
            if (at == end)
                break;
            buffer_put(out, *at);
            start = at + 1;
        }
        if (!i)
            buffer_put(out, ':');
    }
}

static void version(const wit_package *package, buffer *out)
{
    if (!wit_version_present(&package->version))
        return;
    buffer_put(out, '@');
    buffer_slice(out, package->version.text);
}

static void print_path(printer *self, uint32_t interface)
{
    const wit_interface *it = &self->set->interfaces[interface];
    const wit_package *package = &self->set->packages[it->package];
    if (it->package == self->package) {
        name(self, it->name);
        return;
    }
    package_name(package, self->out);
    text(self, "/");
    name(self, it->name);
    version(package, self->out);
}

static bool same_gate(const wit_gate *a, const wit_gate *b)
{
    if (!a || !b)
        return a == b;
    return a->kind == b->kind && slice_equal(a->since.text, b->since.text) &&
           slice_equal(a->feature, b->feature) &&
           slice_equal(a->deprecated.text, b->deprecated.text);
}

static bool one_use(const wit_set *set, wit_type a, wit_type b)
{
    return wit_type_used_from(set, a) == wit_type_used_from(set, b) &&
           same_gate(set->types[a].about.gate, set->types[b].about.gate);
}

/* The type at a position of an interface, or of the imports of a world;
 * WIT_NONE: something else, or behind the end. */
static wit_type type_at(const function_list *owner, uint32_t at)
{
    if (owner->interface)
        return at < owner->interface->type_count ? owner->interface->types[at]
                                                 : WIT_NONE;
    return at < owner->world->import_count &&
                   owner->world->imports[at].kind == WIT_ITEM_TYPE
               ? owner->world->imports[at].index
               : WIT_NONE;
}

/* One `use` for a run of types from the same interface; its end. */
static uint32_t print_use(printer *self, const function_list *owner,
                          uint32_t at)
{
    const wit_set *set = self->set;
    wit_type first = type_at(owner, at);
    self->items = true;
    print_gate(self, set->types[first].about.gate);
    indent(self);
    text(self, "use ");
    print_path(self, wit_type_used_from(set, first));
    text(self, ".{");
    for (wit_type type = first;;) {
        const wit_type_def *def = &set->types[type];
        slice from = set->types[def->element].name;
        name(self, from);
        if (!slice_equal(from, def->name)) {
            text(self, " as ");
            name(self, def->name);
        }
        type = type_at(owner, ++at);
        if (type == WIT_NONE || !one_use(set, first, type))
            break;
        text(self, ", ");
    }
    text(self, "};\n");
    return at;
}

static void print_types(printer *self, function_list owner, uint32_t at)
{
    while (type_at(&owner, at) != WIT_NONE) {
        wit_type type = type_at(&owner, at);
        if (wit_type_used_from(self->set, type) != WIT_NONE) {
            at = print_use(self, &owner, at);
            continue;
        }
        print_type_item(self, type, &owner);
        at++;
    }
}

static void print_interface(printer *self, uint32_t index)
{
    const wit_interface *it = &self->set->interfaces[index];
    open_block(self);
    print_types(self, (function_list){.interface = it}, 0);
    for (uint32_t i = 0; i < it->function_count; i++) {
        if (it->functions[i].kind != WIT_FREESTANDING)
            continue;
        next_item(self);
        print_about(self, &it->functions[i].about);
        print_function(self, &it->functions[i]);
    }
    close_block(self);
}

static void print_item(printer *self, const char *word, const wit_item *item)
{
    print_about(self, &item->about);
    text(self, word);
    if (item->kind == WIT_ITEM_FUNCTION) {
        print_function(self, item->function);
        return;
    }
    bool written_here = !self->set->interfaces[item->index].name.size;
    if (item->name.size) {
        name(self, item->name);
        text(self, ": ");
    }
    if (written_here) {
        text(self, "interface");
        print_interface(self, item->index);
        return;
    }
    print_path(self, item->index);
    text(self, ";\n");
}

static void print_world(printer *self, const wit_world *it)
{
    open_block(self);
    uint32_t i = 0;
    for (; i < it->import_count; i++) {
        if (it->imports[i].kind != WIT_ITEM_INTERFACE)
            break;
        print_item(self, "import ", &it->imports[i]);
        self->items = true;
    }
    print_types(self, (function_list){.world = it}, i);
    for (; i < it->import_count; i++) {
        const wit_item *item = &it->imports[i];
        if (item->kind != WIT_ITEM_FUNCTION ||
            item->function->kind != WIT_FREESTANDING)
            continue;
        print_item(self, "import ", item);
        self->items = true;
    }
    if (it->export_count)
        next_item(self);
    for (i = 0; i < it->export_count; i++)
        print_item(self, "export ", &it->exports[i]);
    close_block(self);
}

static void print_definitions(printer *self, const wit_package *it)
{
    for (uint32_t i = 0; i < it->interface_count; i++) {
        const wit_interface *interface =
            &self->set->interfaces[it->interfaces[i]];
        next_item(self);
        print_about(self, &interface->about);
        text(self, "interface ");
        name(self, interface->name);
        print_interface(self, it->interfaces[i]);
    }
    for (uint32_t i = 0; i < it->world_count; i++) {
        const wit_world *world = &self->set->worlds[it->worlds[i]];
        next_item(self);
        print_about(self, &world->about);
        text(self, "world ");
        name(self, world->name);
        print_world(self, world);
    }
}

static void print_package(printer *self, uint32_t index, bool nested)
{
    const wit_package *it = &self->set->packages[index];
    self->package = index;
    if (nested)
        next_item(self);
    print_docs(self, it->docs);
    text(self, "package ");
    package_name(it, self->out);
    version(it, self->out);
    if (nested) {
        open_block(self);
        print_definitions(self, it);
        close_block(self);
        return;
    }
    text(self, ";\n");
    self->items = true;
    print_definitions(self, it);
}

static const wit_print_options plain;

whit_status wit_print_package(const wit_set *self, uint32_t package,
                              const wit_print_options *options, buffer *out,
                              whit_error *error)
{
    printer work = {
        .set = self, .options = options ? options : &plain, .out = out};
    print_package(&work, package, false);
    return buffer_status(out, error);
}

/* A package and what its name sorts as. */
typedef struct package_rank {
    const wit_package *package;
    uint32_t index;
} package_rank;

static int compare_slices(slice a, slice b)
{
    size_t size = a.size < b.size ? a.size : b.size;
    int order = size ? memcmp(a.data, b.data, size) : 0;
    return order ? order : (a.size > b.size) - (a.size < b.size);
}

static int compare_packages(const void *a, const void *b)
{
    const wit_package *x = ((const package_rank *)a)->package;
    const wit_package *y = ((const package_rank *)b)->package;
    int order = compare_slices(x->space, y->space);
    if (!order)
        order = compare_slices(x->name, y->name);
    if (!order && wit_version_present(&x->version) &&
        wit_version_present(&y->version))
        order = wit_version_compare(&x->version, &y->version);
    return order ? order : compare_slices(x->version.text, y->version.text);
}

whit_status wit_print_set(const wit_set *self, uint32_t root,
                          const wit_print_options *options, buffer *out,
                          whit_error *error)
{
    printer work = {
        .set = self, .options = options ? options : &plain, .out = out};
    package_rank *ranks = mem_calloc(self->package_count + 1, sizeof *ranks);
    TRY_ALLOC(ranks, error);
    for (uint32_t i = 0; i < self->package_count; i++)
        ranks[i] = (package_rank){&self->packages[i], i};
    qsort(ranks, self->package_count, sizeof *ranks, compare_packages);
    print_package(&work, root, false);
    for (uint32_t i = 0; i < self->package_count; i++)
        if (ranks[i].index != root)
            print_package(&work, ranks[i].index, true);
    mem_free(ranks);
    return buffer_status(out, error);
}
