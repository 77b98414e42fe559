/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Writing the section "package-docs". Objects begin with their first member,
 * so that empty ones are not written at all. */
#include "component/wit_docs.h"

enum { DOCS_DEPTH = 8 };

typedef struct docs_writer {
    const wit_set *set;
    buffer *out;
    slice names[DOCS_DEPTH]; /* of the objects entered */
    unsigned depth;
    unsigned written; /* of these have begun */
    bool follows;     /* a member stands before the next one */
} docs_writer;

static void put_string(buffer *out, slice text)
{
    buffer_put(out, '"');
    for (size_t i = 0; i < text.size; i++) {
        uint8_t c = text.data[i];
        if (c == '"' || c == '\\')
            buffer_printf(out, "\\%c", c);
        else if (c == '\n')
            buffer_text(out, "\\n");
        else if (c < 0x20)
            buffer_printf(out, "\\u%04x", c);
        else
            buffer_put(out, c);
    }
    buffer_put(out, '"');
}

static void put_key(docs_writer *w, slice name)
{
    if (w->follows)
        buffer_put(w->out, ',');
    put_string(w->out, name);
    buffer_put(w->out, ':');
}

static void enter(docs_writer *w, slice name)
{
    w->names[w->depth++] = name;
}

static void enter_text(docs_writer *w, const char *name)
{
    enter(w, slice_text(name));
}

static void leave(docs_writer *w)
{
    if (w->written == w->depth) {
        buffer_put(w->out, '}');
        w->written--;
        w->follows = true;
    }
    w->depth--;
}

static void put_member(docs_writer *w, slice name, slice text)
{
    for (; w->written < w->depth; w->written++) {
        put_key(w, w->names[w->written]);
        buffer_put(w->out, '{');
        w->follows = false;
    }
    put_key(w, name);
    put_string(w->out, text);
    w->follows = true;
}

static void put_docs(docs_writer *w, slice docs)
{
    if (docs.size)
        put_member(w, slice_text("docs"), docs);
}

/* The gate as an object of that name. */
static void put_gate(docs_writer *w, slice name, const wit_gate *gate)
{
    if (!gate)
        return;
    bool since = gate->kind == WIT_SINCE;
    enter(w, name);
    enter_text(w, since ? "stable" : "unstable");
    put_member(w, slice_text(since ? "since" : "feature"),
               since ? gate->since.text : gate->feature);
    if (wit_version_present(&gate->deprecated))
        put_member(w, slice_text("deprecated"), gate->deprecated.text);
    leave(w);
    leave(w);
}

static void put_about(docs_writer *w, const wit_about *about)
{
    put_docs(w, about->docs);
    put_gate(w, slice_text("stability"), about->gate);
}

static void put_function(docs_writer *w, const wit_function *function)
{
    enter(w, function->name);
    put_about(w, &function->about);
    leave(w);
}

static void component_put_type(docs_writer *w, wit_type type)
{
    const wit_type_def *def = &w->set->types[type];
    enter(w, def->name);
    put_about(w, &def->about);
    enter_text(w, "items");
    for (uint32_t i = 0; i < def->field_count; i++)
        if (def->fields[i].docs.size)
            put_member(w, def->fields[i].name, def->fields[i].docs);
    leave(w);
    leave(w);
}

static void put_interface(docs_writer *w, slice name, uint32_t index)
{
    const wit_interface *interface = &w->set->interfaces[index];
    enter(w, name);
    put_about(w, &interface->about);
    enter_text(w, "funcs");
    for (uint32_t i = 0; i < interface->function_count; i++)
        put_function(w, &interface->functions[i]);
    leave(w);
    enter_text(w, "types");
    for (uint32_t i = 0; i < interface->type_count; i++)
        component_put_type(w, interface->types[i]);
    leave(w);
    leave(w);
}

typedef enum item_part {
    PART_INLINE,
    PART_FUNCTIONS,
    PART_TYPES,
    PART_GATES,
    PART_DOCS
} item_part;

static bool is_inline(const docs_writer *w, const wit_item *item)
{
    return item->kind == WIT_ITEM_INTERFACE && item->name.size &&
           !w->set->interfaces[item->index].name.size;
}

/* What is said about the statement that imports or exports an interface. */
static void put_statement(docs_writer *w, item_part part, const wit_item *item)
{
    buffer name;
    if (item->kind != WIT_ITEM_INTERFACE || is_inline(w, item))
        return;
    buffer_init(&name);
    wit_item_write(w->set, item, &name);
    if (part == PART_GATES)
        put_gate(w, buffer_view(&name), item->about.gate);
    else if (item->about.docs.size)
        put_member(w, buffer_view(&name), item->about.docs);
    w->out->failed |= name.failed;
    buffer_release(&name);
}

static void put_item(docs_writer *w, item_part part, const wit_item *item)
{
    switch (part) {
    case PART_INLINE:
        if (is_inline(w, item))
            put_interface(w, item->name, item->index);
        break;
    case PART_FUNCTIONS:
        if (item->kind == WIT_ITEM_FUNCTION)
            put_function(w, item->function);
        break;
    case PART_TYPES:
        if (item->kind == WIT_ITEM_TYPE)
            component_put_type(w, item->index);
        break;
    default:
        put_statement(w, part, item);
    }
}

static void put_items(docs_writer *w, const char *name, item_part part,
                      const wit_item *items, uint32_t count)
{
    enter_text(w, name);
    for (uint32_t i = 0; i < count; i++)
        put_item(w, part, &items[i]);
    leave(w);
}

static void put_world(docs_writer *w, uint32_t index)
{
    static const struct {
        const char *name;
        item_part part;
        bool exported;
    } lists[] = {{"interfaces", PART_INLINE, false},
                 {"types", PART_TYPES, false},
                 {"funcs", PART_FUNCTIONS, false},
                 {"interface_exports", PART_INLINE, true},
                 {"func_exports", PART_FUNCTIONS, true},
                 {"interface_import_stability", PART_GATES, false},
                 {"interface_export_stability", PART_GATES, true},
                 {"interface_import_docs", PART_DOCS, false},
                 {"interface_export_docs", PART_DOCS, true}};
    const wit_world *world = &w->set->worlds[index];
    enter(w, world->name);
    put_about(w, &world->about);
    for (size_t i = 0; i < COUNT_OF(lists); i++)
        put_items(w, lists[i].name, lists[i].part,
                  lists[i].exported ? world->exports : world->imports,
                  lists[i].exported ? world->export_count
                                    : world->import_count);
    leave(w);
}

whit_status component_docs_write(const wit_set *set, uint32_t package,
                                 buffer *out, whit_error *error)
{
    docs_writer w = {.set = set, .out = out};
    const wit_package *what = &set->packages[package];
    buffer_put(out, 1);
    buffer_put(out, '{');
    put_docs(&w, what->docs);
    enter_text(&w, "worlds");
    for (uint32_t i = 0; i < what->world_count; i++)
        put_world(&w, what->worlds[i]);
    leave(&w);
    enter_text(&w, "interfaces");
    for (uint32_t i = 0; i < what->interface_count; i++) {
        uint32_t index = what->interfaces[i];
        put_interface(&w, set->interfaces[index].name, index);
    }
    leave(&w);
    buffer_put(out, '}');
    return buffer_status(out, error);
}
