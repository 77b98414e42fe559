/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Fuzz target: components that run. What validates is instantiated with a
 * host that has every import and answers at random: at once, later, never,
 * wrongly, twice, or after calling the guest itself. Every export is called,
 * polled, cancelled and freed in a random order, under tight limits. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <whit.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    KEPT = 64,    /* calls, completions and ends that are remembered */
    DEPTH = 6,    /* of values, and of calls from host functions */
    ACTIONS = 80, /* of one input */
    FUEL = 200000,
    NAME = 300
};

typedef struct block {
    struct block *next;
    _Alignas(16) uint8_t bytes[];
} block;

typedef struct host {
    uint64_t random;
    whit_store *store;
    whit_imports *imports;
    whit_component_instance *instance;
    const whit_component *component;
    block *blocks; /* what buffers and values are in, until the end */
    whit_region *region;
    whit_completion *later[KEPT];
    whit_call *calls[KEPT];
    uint32_t ends[KEPT], end_count;
    const whit_type *end_types[KEPT];
    unsigned depth, actions;
} host;

static void expect(int condition)
{
    if (!condition)
        abort();
}

static uint32_t roll(host *h, uint32_t sides)
{
    h->random = h->random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(h->random >> 33) % sides;
}

static void *allocate(host *h, size_t size)
{
    block *made = calloc(1, sizeof *made + size);
    expect(made != NULL);
    made->next = h->blocks;
    h->blocks = made;
    return made->bytes;
}

/* ---- Values ---- */

static whit_val make(host *h, const whit_type *type, unsigned depth);

static void make_list(host *h, const whit_type *type, size_t count,
                      unsigned depth, whit_val *out)
{
    out->list.count = count;
    out->list.items = allocate(h, count * sizeof(whit_val));
    for (size_t i = 0; i < count; i++) {
        whit_kind kind = whit_type_kind(type);
        if (kind == WHIT_MAP) {
            out->list.items[i].kind = WHIT_TUPLE;
            out->list.items[i].list.count = 2;
            whit_val *entry = allocate(h, 2 * sizeof(whit_val));
            entry[0] = make(h, whit_type_part(type, 0), depth);
            entry[1] = make(h, whit_type_part(type, 1), depth);
            out->list.items[i].list.items = entry;
        } else {
            size_t part = kind == WHIT_RECORD || kind == WHIT_TUPLE ? i : 0;
            out->list.items[i] = make(h, whit_type_part(type, part), depth);
        }
    }
}

static void remember(host *h, uint32_t end, const whit_type *type)
{
    h->ends[h->end_count % KEPT] = end;
    h->end_types[h->end_count++ % KEPT] = type;
}

static uint32_t make_end(host *h, const whit_type *type)
{
    whit_component_func *func = NULL;
    whit_error error;
    uint32_t readable, writable;
    for (size_t i = 0; i < whit_component_export_count(h->component); i++) {
        whit_entity entity = whit_component_export(h->component, i);
        char name[NAME];
        if (entity.kind != WHIT_ENTITY_FUNCTION || entity.name.size >= NAME)
            continue;
        memcpy(name, entity.name.data, entity.name.size);
        name[entity.name.size] = 0;
        func = h->instance ? whit_component_instance_func(h->instance, name)
                           : NULL;
    }
    if (!func || roll(h, 4) == 0)
        return roll(h, 8);
    if (whit_stream_new(func, type, &readable, &writable, &error) != WHIT_OK)
        return 0;
    remember(h, writable, type);
    return readable;
}

static const char *const strings[] = {
    "",
    "a",
    "ab\xc3\xa9",
    "\xff\xfe",
    "\xf0\x9f\x92\xa9 \xe2\x82\xac",
    "a string that is somewhat longer than the others, for reallocations"};

static whit_val make(host *h, const whit_type *type, unsigned depth)
{
    whit_val out = {.kind = type ? whit_type_kind(type) : WHIT_U32};
    size_t parts = type ? whit_type_count(type) : 0;
    bool deep = depth >= DEPTH;
    if (roll(h, 200) == 0)
        out.kind = (whit_kind)roll(h, WHIT_ERROR_CONTEXT + 1);
    if (!type || out.kind != whit_type_kind(type))
        return out;
    switch (out.kind) {
    case WHIT_STRING:
        out.string.data = strings[roll(h, sizeof strings / sizeof *strings)];
        out.string.size = strlen(out.string.data);
        break;
    case WHIT_LIST:
    case WHIT_MAP:
        make_list(h, type, deep ? 0 : roll(h, 4), depth + 1, &out);
        break;
    case WHIT_FIXED_LIST:
        parts = whit_type_length(type);
        make_list(h, type, deep || parts > 100 ? 0 : parts, depth + 1, &out);
        break;
    case WHIT_RECORD:
    case WHIT_TUPLE:
        make_list(h, type, deep || parts > 100 ? 0 : parts, depth + 1, &out);
        break;
    case WHIT_VARIANT:
    case WHIT_ENUM:
    case WHIT_OPTION:
    case WHIT_RESULT:
        out.index = roll(h, (uint32_t)parts + (roll(h, 50) == 0));
        if (out.kind == WHIT_ENUM || out.index >= parts || deep)
            break;
        type = whit_type_part(type, out.kind == WHIT_OPTION ? 1 : out.index);
        out.payload = allocate(h, sizeof(whit_val));
        *out.payload = make(h, type, depth + 1);
        break;
    case WHIT_STREAM:
    case WHIT_FUTURE:
        out.u32 = make_end(h, type);
        break;
    case WHIT_OWN:
    case WHIT_BORROW:
    case WHIT_ERROR_CONTEXT:
        out.u32 = roll(h, 6);
        break;
    case WHIT_BOOL:
        out.boolean = roll(h, 2) != 0;
        break;
    default: /* numbers, characters, flags: often small */
        out.u64 = roll(h, 3) ? roll(h, 256) : ~(uint64_t)roll(h, 65536);
        break;
    }
    return out;
}

/* What a guest gave is read to its last byte, and its ends are kept. */
static uint64_t look(host *h, const whit_type *type, const whit_val *val)
{
    uint64_t sum = val->index;
    switch (val->kind) {
    case WHIT_STRING:
        for (size_t i = 0; i < val->string.size; i++)
            sum += (uint8_t)val->string.data[i];
        return sum;
    case WHIT_NUMBERS:
        for (size_t i = 0; i < val->numbers.count; i++)
            sum += ((const uint8_t *)val->numbers.data)[i];
        return sum;
    case WHIT_LIST:
    case WHIT_FIXED_LIST:
    case WHIT_MAP:
    case WHIT_RECORD:
    case WHIT_TUPLE:
        for (size_t i = 0; i < val->list.count; i++)
            sum += look(h, NULL, &val->list.items[i]);
        return sum;
    case WHIT_VARIANT:
    case WHIT_OPTION:
    case WHIT_RESULT:
        return sum + (val->payload ? look(h, NULL, val->payload) : 0);
    case WHIT_STREAM:
    case WHIT_FUTURE:
        if (type)
            remember(h, val->u32, type);
        return sum + val->u32;
    default:
        return sum + val->u64;
    }
}

/* ---- The host's functions ---- */

static void act(host *h);

static void on_cancel(void *env)
{
    host *h = env;
    whit_completion *token = h->later[roll(h, KEPT)];
    if (roll(h, 2) && token)
        (void)!whit_complete_cancelled(token);
}

static whit_status import(whit_host_call *call, void *env,
                          const whit_val *arguments, size_t count,
                          whit_val *result, whit_error *error)
{
    host *h = env;
    const whit_function_type *type = whit_host_call_type(call);
    const whit_type *wanted = whit_function_type_result(type);
    uint64_t sum = 0;
    (void)error;
    for (size_t i = 0; i < count; i++)
        sum += look(h, whit_function_type_param(type, i), &arguments[i]);
    h->random ^= sum;
    expect(whit_host_call_store(call) == h->store);
    uint32_t kind = roll(h, 10);
    if (kind == 0 && roll(h, 3) == 0)
        return WHIT_TRAP;
    if (kind < 4) {
        whit_completion *token = whit_host_call_defer(call, on_cancel, h);
        h->later[roll(h, KEPT)] = token;
        h->later[0] = token;
        if (kind == 3)
            act(h);
        return roll(h, 30) ? WHIT_OK : WHIT_TRAP;
    }
    if (kind == 4 && h->depth < DEPTH)
        act(h);
    if (wanted)
        *result = make(h, wanted, 0);
    return WHIT_OK;
}

static void dropped(void *env, uint32_t representation)
{
    ((host *)env)->random += representation;
}

static bool name_of(whit_name name, char *out)
{
    if (name.size >= NAME || memchr(name.data, 0, name.size))
        return false;
    memcpy(out, name.data, name.size);
    out[name.size] = 0;
    return true;
}

static void define(host *h, const char *interface, const whit_entity *entity)
{
    char name[NAME];
    whit_error error;
    if (!name_of(entity->name, name))
        return;
    switch (entity->kind) {
    case WHIT_ENTITY_FUNCTION:
        expect(whit_imports_define(h->imports, interface, name, import, h,
                                   &error) == WHIT_OK);
        break;
    case WHIT_ENTITY_RESOURCE:
        expect(whit_imports_define_resource(h->imports, interface, name,
                                            dropped, h, &error) == WHIT_OK);
        break;
    case WHIT_ENTITY_INSTANCE:
        for (size_t i = 0; i < entity->count && !interface; i++) {
            whit_entity inner = whit_entity_at(entity, i);
            define(h, name, &inner);
        }
        break;
    default:
        break;
    }
}

/* ---- What the host does of itself ---- */

static whit_component_func *pick_in(host *h, const char *outer,
                                    const whit_entity *entity)
{
    char name[NAME], path[2 * NAME + 2];
    if (!name_of(entity->name, name))
        return NULL;
    if (entity->kind == WHIT_ENTITY_INSTANCE && !outer && entity->count) {
        whit_entity inner =
            whit_entity_at(entity, roll(h, (uint32_t)entity->count));
        return pick_in(h, name, &inner);
    }
    if (entity->kind != WHIT_ENTITY_FUNCTION)
        return NULL;
    snprintf(path, sizeof path, "%s%s%s", outer ? outer : "", outer ? "#" : "",
             name);
    return whit_component_instance_func(h->instance, path);
}

static whit_component_func *pick(host *h)
{
    uint32_t count = (uint32_t)whit_component_export_count(h->component);
    if (!count || !h->instance)
        return NULL;
    whit_entity entity = whit_component_export(h->component, roll(h, count));
    return pick_in(h, NULL, &entity);
}

static size_t make_arguments(host *h, const whit_function_type *type,
                             whit_val **out)
{
    size_t count = whit_function_type_params(type);
    *out = allocate(h, count * sizeof **out);
    for (size_t i = 0; i < count; i++)
        (*out)[i] = make(h, whit_function_type_param(type, i), 0);
    return count;
}

/* Calls that could wait for ever are not for blocking. */
static void start(host *h)
{
    whit_component_func *func = pick(h);
    uint32_t slot = roll(h, KEPT);
    whit_error error;
    whit_val *arguments;
    if (!func || h->calls[slot])
        return;
    size_t count =
        make_arguments(h, whit_component_func_type(func), &arguments);
    if (whit_call_start(func, arguments, count, &h->calls[slot], &error) !=
        WHIT_OK)
        h->calls[slot] = NULL;
}

static whit_call **pick_call(host *h)
{
    uint32_t at = roll(h, KEPT);
    for (uint32_t i = 0; i < KEPT; i++, at = (at + 1) % KEPT)
        if (h->calls[at])
            return &h->calls[at];
    return NULL;
}

static void finish(host *h, whit_call **call)
{
    whit_val value;
    whit_error error;
    if (*call && whit_call_poll(*call) == WHIT_CALL_RETURNED &&
        whit_call_result(*call, &value, &error) == WHIT_OK) {
        h->random ^= look(h, NULL, &value);
        whit_val_release(&value);
    }
    if (*call && whit_call_poll(*call) == WHIT_CALL_FAILED)
        expect(whit_call_error(*call) != NULL);
    whit_call *gone = *call;
    *call = NULL;
    whit_call_free(gone);
}

static void answer(host *h)
{
    whit_completion *token = h->later[roll(h, 2) ? 0 : roll(h, KEPT)];
    whit_val value = {.kind = WHIT_U32, .u32 = roll(h, 100)};
    if (!token)
        return;
    switch (roll(h, 6)) {
    case 0:
        (void)!whit_complete_error(token, "no");
        break;
    case 1:
        (void)!whit_complete_cancelled(token);
        break;
    case 2:
        (void)!whit_complete(token, NULL);
        break;
    default:
        (void)!whit_complete(token, &value);
        expect(whit_complete(token, &value) == WHIT_NOT_FOUND);
        break;
    }
}

static void copied(void *env, whit_copy_result result, size_t count)
{
    ((host *)env)->random += count + (unsigned)result;
}

static void copy(host *h)
{
    whit_error error;
    uint32_t at = roll(h, KEPT), count = roll(h, 5);
    const whit_type *type = h->end_types[at];
    const whit_type *element = type ? whit_type_part(type, 0) : NULL;
    size_t size = element ? whit_type_size(element) : 0;
    if (!type || size > 4096)
        return;
    void *elements = allocate(h, size * 5);
    switch (roll(h, 6)) {
    case 0:
        whit_stream_cancel(h->store, h->ends[at]);
        break;
    case 1:
        (void)!whit_stream_drop(h->store, h->ends[at], &error);
        break;
    case 2:
    case 3:
        (void)!whit_stream_write(h->store, h->ends[at], elements, count, copied,
                                 h, &error);
        break;
    default:
        (void)!whit_stream_read(h->store, h->ends[at], elements, count,
                                h->region, copied, h, &error);
        break;
    }
}

static void act(host *h)
{
    whit_call **call;
    whit_error error;
    if (h->depth >= DEPTH || h->actions >= ACTIONS)
        return;
    h->depth++;
    h->actions++;
    switch (roll(h, 12)) {
    case 0:
        call = pick_call(h);
        if (call)
            whit_call_cancel(*call);
        break;
    case 1:
        call = pick_call(h);
        if (call)
            finish(h, call);
        break;
    case 2:
        (void)!whit_resource_drop(h->store, roll(h, 8), &error);
        break;
    case 3:
        whit_store_poll(h->store);
        break;
    case 4:
    case 5:
        answer(h);
        break;
    case 6:
    case 7:
        copy(h);
        break;
    default:
        start(h);
        break;
    }
    h->depth--;
}

static whit_engine *engine_of(void)
{
    static whit_engine *engine;
    whit_error error;
    if (engine)
        return engine;
    whit_config *config = whit_config_new();
    expect(config != NULL);
    whit_config_set_fuel(config, true);
    whit_config_set_guard_pages(config, false);
    whit_config_set_stacks(config, 1u << 18, 1u << 19);
    expect(whit_engine_new(config, &engine, &error) == WHIT_OK);
    whit_config_free(config);
    return engine;
}

static void run(host *h, whit_component *component)
{
    const whit_limits limits = {.memory_bytes = 4u << 20,
                                .table_elements = 10000,
                                .gc_heap_bytes = 1u << 20,
                                .call_depth = 200,
                                .instances = 100};
    whit_error error;
    h->component = component;
    h->imports = whit_imports_new();
    h->region = whit_region_new();
    expect(h->imports && h->region);
    expect(whit_store_new(engine_of(), &limits, &h->store, &error) == WHIT_OK);
    for (size_t i = 0; i < whit_component_import_count(component); i++) {
        whit_entity entity = whit_component_import(component, i);
        define(h, NULL, &entity);
    }
    whit_store_set_fuel(h->store, FUEL);
    if (whit_component_instantiate(h->store, component, h->imports,
                                   &h->instance, &error) == WHIT_OK) {
        while (h->actions < ACTIONS)
            act(h);
        while (whit_store_fuel(h->store) && whit_store_poll(h->store) &&
               h->actions++ < 2 * ACTIONS)
            answer(h);
    }
    bool first = roll(h, 2) != 0; /* calls outlive their store, or not */
    if (first)
        whit_store_free(h->store);
    for (uint32_t i = 0; i < KEPT; i++)
        whit_call_free(h->calls[i]);
    if (!first)
        whit_store_free(h->store);
    for (uint32_t i = 0; i < KEPT; i++)
        expect(!h->later[i] ||
               whit_complete(h->later[i], NULL) == WHIT_NOT_FOUND);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    host h = {.random = 14695981039346656037u};
    whit_component *component;
    whit_error error;
    for (size_t i = 0; i < size; i++)
        h.random = (h.random ^ data[i]) * 1099511628211u;
    if (!whit_is_component(data, size) ||
        whit_component_new(engine_of(), data, size, &component, &error) !=
            WHIT_OK)
        return 0;
    run(&h, component);
    whit_component_free(component);
    whit_imports_free(h.imports);
    whit_region_free(h.region);
    for (block *next, *b = h.blocks; b; b = next) {
        next = b->next;
        free(b);
    }
    return 0;
}
