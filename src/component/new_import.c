/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What each import of a core module is. */
#include "base/memory.h"
#include "base/near.h"
#include "component/new_private.h"

/* An import on its way to being understood. */
typedef struct place {
    new_maker *self;
    uint32_t module;
    const wasm_functype *type;
    wit_naming naming;
    bool root;
    new_import *out;
} place;

static whit_status fail(const place *p, const char *why)
{
    const wasm_import *core = p->out->core;
    return error_set(p->self->error, WHIT_INVALID,
                     "import '%.*s' from '%.*s': %s", SLICE_ARG(core->name),
                     SLICE_ARG(core->module), why);
}

/* ---- Items of the world ---- */

/* "ns:p/i@1.2.3" up to the end of what compatible versions share. */
static slice track_of(slice name)
{
    const uint8_t *at = name.size ? memrchr(name.data, '@', name.size) : NULL;
    wit_version version;
    if (!at)
        return name;
    size_t front = (size_t)(at + 1 - name.data);
    if (wit_version_parse(slice_of(at + 1, name.size - front), &version,
                          NULL) != WHIT_OK)
        return name;
    return slice_of(name.data, front + wit_version_track(&version));
}

static const wit_version *item_version(const new_maker *self,
                                       const wit_item *item)
{
    const wit_interface *it = &self->set->interfaces[item->index];
    return &self->set->packages[it->package].version;
}

static bool is_interface(const wit_item *item)
{
    return item->kind == WIT_ITEM_INTERFACE;
}

/* The item whose name this is, or the newest compatible one; NULL: none. */
static const wit_item *find_item(const place *p, slice name, bool exported)
{
    const new_maker *self = p->self;
    const wit_item *items =
        exported ? self->world->exports : self->world->imports;
    const new_item_name *names =
        exported ? self->export_names : self->import_names;
    uint32_t count =
        exported ? self->world->export_count : self->world->import_count;
    bool standard = p->naming == WIT_NAMES_CM32P2;
    slice track = standard ? name : track_of(name);
    const wit_item *exact = NULL, *best = NULL;
    for (uint32_t i = 0; i < count; i++) {
        if (!is_interface(&items[i]))
            continue;
        if (!standard && slice_equal(names[i].full, name))
            exact = &items[i];
        if (items[i].name.size && !standard)
            continue;
        if (slice_equal(names[i].track, track) &&
            (!best || wit_version_compare(item_version(self, &items[i]),
                                          item_version(self, best)) > 0))
            best = &items[i];
    }
    return exact ? exact : best;
}

static void suggest_item(const place *p, slice name, bool exported)
{
    const new_maker *self = p->self;
    const new_item_name *names =
        exported ? self->export_names : self->import_names;
    uint32_t count =
        exported ? self->world->export_count : self->world->import_count;
    near_word near = near_new(name);
    for (uint32_t i = 0; i < count; i++)
        near_try(&near, names[i].full);
    near_suffix(&near, self->error);
}

static whit_status fail_no_item(const place *p, slice name, bool exported)
{
    if (!memchr(name.data, ':', name.size) && !exported)
        return fail(p, "this module is no interface of the world; an adapter "
                       "for it would answer (--adapt)");
    whit_status status =
        fail(p, exported ? "the world exports no such interface"
                         : "the world imports no such interface");
    suggest_item(p, name, exported);
    return status;
}

/* ---- Functions and types of an item ---- */

/* A function of the interface, or with item NULL of the world; *item becomes
 * the world's item. */
static const wit_function *find_function(const place *p, const wit_item **item,
                                         bool exported, slice name)
{
    const new_maker *self = p->self;
    if (*item) {
        const wit_interface *it = &self->set->interfaces[(*item)->index];
        for (uint32_t i = 0; i < it->function_count; i++)
            if (slice_equal(it->functions[i].name, name))
                return &it->functions[i];
        return NULL;
    }
    const wit_item *items =
        exported ? self->world->exports : self->world->imports;
    uint32_t count =
        exported ? self->world->export_count : self->world->import_count;
    for (uint32_t i = 0; i < count; i++)
        if (items[i].kind == WIT_ITEM_FUNCTION &&
            slice_equal(items[i].function->name, name)) {
            *item = &items[i];
            return items[i].function;
        }
    return NULL;
}

static wit_type find_resource(const place *p, const wit_item **item, slice name)
{
    const new_maker *self = p->self;
    const wit_set *set = self->set;
    if (*item) {
        const wit_interface *it = &set->interfaces[(*item)->index];
        for (uint32_t i = 0; i < it->type_count; i++) {
            const wit_type_def *type = &set->types[it->types[i]];
            if (type->kind == WIT_RESOURCE && slice_equal(type->name, name))
                return it->types[i];
        }
        return WIT_NONE;
    }
    for (uint32_t i = 0; i < self->world->import_count; i++) {
        const wit_item *at = &self->world->imports[i];
        if (at->kind == WIT_ITEM_TYPE &&
            set->types[at->index].kind == WIT_RESOURCE &&
            slice_equal(set->types[at->index].name, name)) {
            *item = at;
            return at->index;
        }
    }
    return WIT_NONE;
}

static void suggest_function(const place *p, const wit_item *item,
                             bool exported, slice name)
{
    const new_maker *self = p->self;
    near_word near = near_new(name);
    if (item) {
        const wit_interface *it = &self->set->interfaces[item->index];
        for (uint32_t i = 0; i < it->function_count; i++)
            near_try(&near, it->functions[i].name);
    } else {
        const wit_item *items =
            exported ? self->world->exports : self->world->imports;
        uint32_t count =
            exported ? self->world->export_count : self->world->import_count;
        for (uint32_t i = 0; i < count; i++)
            if (items[i].kind == WIT_ITEM_FUNCTION)
                near_try(&near, items[i].function->name);
    }
    near_suffix(&near, self->error);
    if (!near.best.size)
        component_new_near_builtin(name, self->error);
}

/* ---- Kinds of imports ---- */

static whit_status resource(const place *p, const wit_item *item, bool exported,
                            slice name, bool *found)
{
    static const struct {
        const char *prefix, *suffix, *type;
        component_canon_kind canon;
        bool exported_only;
    } kinds[] = {
        {"[resource-drop]", "_drop", "i:", COMPONENT_CANON_RESOURCE_DROP,
         false},
        {"[resource-new]", "_new", "i:i", COMPONENT_CANON_RESOURCE_NEW, true},
        {"[resource-rep]", "_rep", "i:i", COMPONENT_CANON_RESOURCE_REP, true},
    };
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        slice rest = name;
        bool matches = p->naming == WIT_NAMES_LEGACY
                           ? slice_take(&rest, kinds[i].prefix)
                           : slice_take_end(&rest, kinds[i].suffix);
        if (!matches || (kinds[i].exported_only && !exported))
            continue;
        const wit_item *owner = item;
        wit_type type = find_resource(p, &owner, rest);
        if (type == WIT_NONE)
            continue;
        *found = true;
        p->out->canon = kinds[i].canon;
        p->out->item = owner;
        p->out->type = type;
        return component_new_check_text(p->self, p->type, kinds[i].type,
                                        p->out->core->module,
                                        p->out->core->name);
    }
    return WHIT_OK;
}

static whit_status task_return(const place *p, const wit_item *item, slice name,
                               bool *found)
{
    if (!slice_take(&name, "[task-return]"))
        return WHIT_OK;
    new_import *out = p->out;
    *found = true;
    out->item = item;
    out->function = find_function(p, &out->item, true, name);
    if (!out->function) {
        whit_status status = fail(p, "the world exports no such function");
        suggest_function(p, item, true, name);
        return status;
    }
    out->canon = COMPONENT_CANON_TASK_RETURN;
    /* The options have to be those of the lift. */
    out->needs = wit_needs_of_lift(p->self->set, out->function, WIT_ABI_ASYNC) &
                 (WIT_NEEDS_MEMORY | WIT_NEEDS_ENCODING);
    wit_signature signature;
    wit_signature_task_return(p->self->set, out->function, 4, &signature);
    return component_new_check_type(p->self, p->type, &signature, "import",
                                    out->core->name, out->function);
}

typedef struct stream_word {
    const char *name;
    const char *type;        /* of a stream */
    const char *future_type; /* of a future */
    component_canon_kind canon;
    component_canon_kind future_canon;
    bool may_async;
} stream_word;

static const stream_word stream_words[] = {
    {"new-", ":l", ":l", COMPONENT_CANON_STREAM_NEW, COMPONENT_CANON_FUTURE_NEW,
     false},
    {"read-", "iii:i", "ii:i", COMPONENT_CANON_STREAM_READ,
     COMPONENT_CANON_FUTURE_READ, true},
    {"write-", "iii:i", "ii:i", COMPONENT_CANON_STREAM_WRITE,
     COMPONENT_CANON_FUTURE_WRITE, true},
    {"cancel-read-", "i:i", "i:i", COMPONENT_CANON_STREAM_CANCEL_READ,
     COMPONENT_CANON_FUTURE_CANCEL_READ, true},
    {"cancel-write-", "i:i", "i:i", COMPONENT_CANON_STREAM_CANCEL_WRITE,
     COMPONENT_CANON_FUTURE_CANCEL_WRITE, true},
    {"drop-readable-", "i:", "i:", COMPONENT_CANON_STREAM_DROP_READABLE,
     COMPONENT_CANON_FUTURE_DROP_READABLE, false},
    {"drop-writable-", "i:", "i:", COMPONENT_CANON_STREAM_DROP_WRITABLE,
     COMPONENT_CANON_FUTURE_DROP_WRITABLE, false},
};

/* The type that "0]f" or "unit]" means. */
static whit_status stream_type(const place *p, const wit_item *item,
                               bool exported, bool future, slice rest)
{
    new_import *out = p->out;
    const uint8_t *end = rest.size ? memchr(rest.data, ']', rest.size) : NULL;
    if (!end)
        return fail(p, "']' is missing behind the number of the type");
    slice number = slice_of(rest.data, (size_t)(end - rest.data));
    slice name = slice_of(end + 1, rest.size - number.size - 1);
    out->item = item;
    if (slice_is(number, "unit")) {
        out->is_unit = true;
        return WHIT_OK;
    }
    uint32_t index = 0;
    for (size_t i = 0; i < number.size; i++) {
        if (number.data[i] < '0' || number.data[i] > '9' || i > 5)
            return fail(p,
                        "a number or 'unit' is expected behind the last '-'");
        index = index * 10 + (number.data[i] - '0');
    }
    out->function = find_function(p, &out->item, exported, name);
    if (!out->function) {
        whit_status status = fail(p, "the world has no such function");
        suggest_function(p, item, exported, name);
        return status;
    }
    wit_type *types;
    uint32_t count;
    TRY(wit_function_streams(p->self->set, out->function, &types, &count,
                             p->self->error));
    out->type = index < count ? types[index] : WIT_NONE;
    mem_free(types);
    if (out->type == WIT_NONE)
        return fail(p, "the function has fewer streams and futures");
    wit_kind kind = p->self->set->types[out->type].kind;
    if (kind != (future ? WIT_FUTURE : WIT_STREAM))
        return fail(p, future ? "that type of the function is a stream"
                              : "that type of the function is a future");
    return WHIT_OK;
}

static void stream_needs(const place *p)
{
    new_import *out = p->out;
    bool read = out->canon == COMPONENT_CANON_STREAM_READ ||
                out->canon == COMPONENT_CANON_FUTURE_READ;
    bool write = out->canon == COMPONENT_CANON_STREAM_WRITE ||
                 out->canon == COMPONENT_CANON_FUTURE_WRITE;
    if (!read && !write)
        return;
    out->needs = WIT_NEEDS_MEMORY;
    if (out->is_unit)
        return;
    wit_type element = p->self->set->types[out->type].element;
    if (element == WIT_NONE ||
        !(p->self->set->types[element].has & WIT_HAS_MEMORY))
        return;
    out->needs |= WIT_NEEDS_ENCODING;
    if (read)
        out->needs |= WIT_NEEDS_REALLOC;
}

static whit_status stream(const place *p, const wit_item *item, bool exported,
                          slice name, bool *found)
{
    new_import *out = p->out;
    bool is_async = slice_take(&name, "[async-lower]");
    bool future = slice_take(&name, "[future-");
    if (!future && !slice_take(&name, "[stream-"))
        return WHIT_OK;
    const stream_word *word = NULL;
    for (size_t i = 0; i < COUNT_OF(stream_words) && !word; i++)
        if (slice_take(&name, stream_words[i].name))
            word = &stream_words[i];
    *found = true;
    if (!word)
        return fail(p, "there is no such built-in for streams and futures");
    if (is_async && !word->may_async)
        return fail(p, "this built-in is never asynchronous");
    out->canon = future ? word->future_canon : word->canon;
    out->is_async = is_async;
    TRY(stream_type(p, item, exported, future, name));
    stream_needs(p);
    return component_new_check_text(p->self, p->type,
                                    future ? word->future_type : word->type,
                                    out->core->module, out->core->name);
}

static whit_status function(const place *p, const wit_item *item, slice name,
                            bool *found)
{
    new_import *out = p->out;
    slice plain = name;
    bool is_async =
        p->naming == WIT_NAMES_LEGACY && slice_take(&plain, "[async-lower]");
    const wit_item *owner = item;
    const wit_function *it = find_function(p, &owner, false, plain);
    if (!it)
        return WHIT_OK;
    *found = true;
    out->item = owner;
    out->function = it;
    out->is_async = is_async;
    out->abi = is_async ? WIT_ABI_ASYNC : WIT_ABI_SYNC;
    out->canon = COMPONENT_CANON_LOWER;
    out->needs = wit_needs_of_lower(p->self->set, it, out->abi);
    wit_signature signature;
    wit_signature_lower(p->self->set, it, out->abi, 4, &signature);
    return component_new_check_type(p->self, p->type, &signature, "import",
                                    out->core->name, it);
}

/* ---- Modules ---- */

static whit_status in_item(const place *p, const wit_item *item, bool exported)
{
    bool found = false;
    slice name = p->out->core->name;
    p->out->side = exported ? COMPONENT_WIT_EXPORT : COMPONENT_WIT_IMPORT;
    if (!exported)
        TRY(function(p, item, name, &found));
    if (!found)
        TRY(resource(p, item, exported, name, &found));
    if (!found && p->naming == WIT_NAMES_LEGACY) {
        if (exported)
            TRY(task_return(p, item, name, &found));
        if (!found)
            TRY(stream(p, item, exported, name, &found));
        if (!found && (!item || slice_is(name, "[task-cancel]")))
            TRY(component_new_builtin(p->self, name, p->type, &found, p->out));
    }
    if (found)
        return WHIT_OK;
    whit_status status =
        fail(p, item       ? "the interface has no such function"
                : exported ? "no built-in has this name"
                           : "the world imports no such function");
    suggest_function(p, item, exported, name);
    return status;
}

static whit_status in_world(place *p)
{
    slice module = p->out->core->module;
    bool exported = false;
    if (slice_take(&module, "cm32p2")) {
        p->naming = WIT_NAMES_CM32P2;
        if (!module.size)
            return in_item(p, NULL, false);
        exported = slice_take(&module, "|_ex_");
        if (!exported && !slice_take(&module, "|"))
            return fail(p, "the module's name is malformed");
    } else if (p->self->options->reject_legacy_names) {
        return fail(p, "this is a legacy name, which --reject-legacy-names "
                       "forbids");
    } else {
        exported = slice_take(&module, "[export]");
        if (slice_is(module, "$root"))
            return in_item(p, NULL, exported);
    }
    const wit_item *item = find_item(p, module, exported);
    return item ? in_item(p, item, exported)
                : fail_no_item(p, module, exported);
}

/* What LLVM and C libraries import by themselves. */
static whit_status environment(const place *p, bool *found)
{
    static const struct {
        const char *name;
        bool set, tls;
    } names[] = {{"__wasm_get_stack_pointer", false, false},
                 {"__wasm_set_stack_pointer", true, false},
                 {"__wasm_get_tls_base", false, true},
                 {"__wasm_set_tls_base", true, true}};
    new_import *out = p->out;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (!slice_is(out->core->name, names[i].name))
            continue;
        *found = true;
        bool set = names[i].set;
        const wasm_functype *type = p->type;
        bool wide = set ? type->param_count && type->params[0] == WASM_I64
                        : type->result_count && type->results[0] == WASM_I64;
        out->canon =
            set ? COMPONENT_CANON_CONTEXT_SET : COMPONENT_CANON_CONTEXT_GET;
        out->core_type = wide ? WASM_I64 : WASM_I32;
        out->number = names[i].tls;
        if (names[i].tls)
            out->source = NEW_TLS;
        return component_new_check_text(p->self, type,
                                        set    ? wide ? "l:" : "i:"
                                        : wide ? ":l"
                                               : ":i",
                                        out->core->module, out->core->name);
    }
    return WHIT_OK;
}

static bool same_functype(const wasm_functype *a, const wasm_functype *b)
{
    return a->param_count == b->param_count &&
           a->result_count == b->result_count &&
           (!a->param_count || !memcmp(a->params, b->params,
                                       a->param_count * sizeof *a->params)) &&
           (!a->result_count || !memcmp(a->results, b->results,
                                        a->result_count * sizeof *a->results));
}

/* The main module may call its allocator for adapters something else. */
static slice main_name(const new_module *main, slice name)
{
    if (!slice_is(name, "cabi_realloc") &&
        !slice_is(name, "canonical_abi_realloc"))
        return name;
    if (main->adapter_realloc.size)
        return main->adapter_realloc;
    return main->realloc.size ? main->realloc : name;
}

/* The main module, or an adapter that stands for it, which comes first. */
static whit_status from_main(const place *p)
{
    new_maker *self = p->self;
    new_import *out = p->out;
    new_module *from = &self->modules[0];
    uint64_t index;
    out->source = NEW_MAIN;
    out->name = main_name(from, out->core->name);
    for (uint32_t i = 1; i < p->module; i++)
        if (slice_is(self->modules[i].given->name, "__main_module__") &&
            map_get(&self->modules[i].exports, out->core->name, &index)) {
            from = &self->modules[i];
            out->name = out->core->name;
            out->adapter = i;
        }
    if (!map_get(&from->exports, out->name, &index))
        return fail(p, "the main module has no export of this name");
    const wasm_export *export = &from->wasm->exports[index];
    if (export->kind != out->core->kind)
        return fail(p, "the main module's export is of another kind");
    if (p->type &&
        !same_functype(p->type, wasm_function_type(from->wasm, export->index)))
        return fail(p, "the main module's function has another type");
    from->used[index] = 1;
    return WHIT_OK;
}

static whit_status from_adapter(const place *p, uint32_t adapter)
{
    new_module *it = &p->self->modules[adapter];
    const wasm_import *core = p->out->core;
    const wasm_functype *type = component_new_export_type(it, core->name);
    if (!type)
        return fail(p, "the adapter exports no such function");
    if (!same_functype(type, p->type))
        return fail(p, "the adapter's function has another type");
    component_new_use(it, core->name);
    p->out->source = NEW_ADAPTER;
    p->out->adapter = adapter;
    return WHIT_OK;
}

static whit_status classify(new_maker *self, uint32_t module, new_import *out)
{
    const wasm_module *wasm = self->modules[module].wasm;
    const wasm_import *core = out->core;
    place p = {.self = self, .module = module, .out = out};
    if (core->kind == WASM_EXTERN_FUNC)
        p.type = wasm_function_type(wasm, core->index);
    if (module && slice_is(core->module, "__main_module__"))
        return from_main(&p);
    if (slice_is(core->module, "env") && slice_is(core->name, "memory") &&
        core->kind == WASM_EXTERN_MEMORY) {
        if (self->modules[module].imports_memory)
            return fail(&p, "memory is imported twice");
        self->modules[module].imports_memory = true;
        out->source = NEW_MEMORY;
        return WHIT_OK;
    }
    if (core->kind != WASM_EXTERN_FUNC)
        return error_set(self->error, WHIT_INVALID,
                         "import '%.*s' from '%.*s' is a %s: only functions "
                         "can be imported",
                         SLICE_ARG(core->name), SLICE_ARG(core->module),
                         wasm_external_kind_text(core->kind));
    for (uint32_t i = 1; i < self->module_count && !module; i++)
        if (slice_equal(self->modules[i].given->name, core->module))
            return from_adapter(&p, i);
    bool found = false;
    if (slice_is(core->module, "env") && !self->options->reject_legacy_names)
        TRY(environment(&p, &found));
    return found ? WHIT_OK : in_world(&p);
}

whit_status component_new_imports(new_maker *self, uint32_t module)
{
    new_module *it = &self->modules[module];
    const wasm_module *wasm = it->wasm;
    it->import_count = wasm->import_count;
    it->imports =
        arena_array(&self->memory, wasm->import_count, sizeof *it->imports);
    TRY_ALLOC(it->imports, self->error);
    for (uint32_t i = 0; i < wasm->import_count; i++) {
        it->imports[i].core = &wasm->imports[i];
        it->imports[i].type = WIT_NONE;
        it->imports[i].shim = NEW_NONE;
        it->imports[i].encoding = it->given->encoding;
        TRY(classify(self, module, &it->imports[i]));
    }
    return WHIT_OK;
}
