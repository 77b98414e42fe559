/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Tasks, and what is done with streams and futures. */
#include "bindgen/c_private.h"

#include "base/memory.h"

/* In templates @w is the world's prefix, @W the same in capitals. */
static const char header[] =
    "\n// Asynchronous calls.\n"
    "//\n"
    "// Starting one gives a status: its state, and in most states a subtask.\n"
    "// A state below RETURNED is not the end; the subtask then belongs into "
    "a\n"
    "// waitable set, whose event of it brings the next state, and it must be\n"
    "// dropped after the last one. Results are written when the state is\n"
    "// RETURNED; what arguments point to must live until it is not STARTING.\n"
    "//\n"
    "// An exported async function returns what happens next: EXIT when it is\n"
    "// done, WAIT(set) to be called back (as NAME_callback) with the next "
    "event\n"
    "// of a set, YIELD to be called back soon. Before EXIT it must have "
    "called\n"
    "// NAME_return, or @w_task_cancel after an event CANCEL.\n"
    "typedef uint32_t @w_subtask_t;\n"
    "typedef uint32_t @w_subtask_status_t;\n"
    "typedef enum @w_subtask_state {\n"
    "    @W_SUBTASK_STARTING,\n"
    "    @W_SUBTASK_STARTED,\n"
    "    @W_SUBTASK_RETURNED,\n"
    "    @W_SUBTASK_STARTED_CANCELLED,\n"
    "    @W_SUBTASK_RETURNED_CANCELLED\n"
    "} @w_subtask_state_t;\n"
    "#define @W_SUBTASK_STATE(status) \\\n"
    "    ((@w_subtask_state_t)((status) & 0xf))\n"
    "#define @W_SUBTASK_HANDLE(status) ((@w_subtask_t)((status) >> 4))\n"
    "\n"
    "// Asks a call to stop; returns its last status.\n"
    "@w_subtask_status_t @w_subtask_cancel(@w_subtask_t subtask);\n"
    "void @w_subtask_drop(@w_subtask_t subtask);\n"
    "// Waits for the last state of a call and drops its subtask.\n"
    "@w_subtask_state_t @w_subtask_await(@w_subtask_status_t status);\n"
    "\n"
    "typedef uint32_t @w_waitable_set_t;\n"
    "typedef enum @w_event_code {\n"
    "    @W_EVENT_NONE,\n"
    "    @W_EVENT_SUBTASK,\n"
    "    @W_EVENT_STREAM_READ,\n"
    "    @W_EVENT_STREAM_WRITE,\n"
    "    @W_EVENT_FUTURE_READ,\n"
    "    @W_EVENT_FUTURE_WRITE,\n"
    "    @W_EVENT_CANCEL\n"
    "} @w_event_code_t;\n"
    "// `code` is the status of what `waitable` did.\n"
    "typedef struct @w_event {\n"
    "    @w_event_code_t event;\n"
    "    uint32_t waitable;\n"
    "    uint32_t code;\n"
    "} @w_event_t;\n"
    "@w_waitable_set_t @w_waitable_set_new(void);\n"
    "// Moves a subtask, stream or future into a set; 0 takes it out of any.\n"
    "void @w_waitable_join(uint32_t waitable, @w_waitable_set_t set);\n"
    "void @w_waitable_set_wait(@w_waitable_set_t set, @w_event_t *event);\n"
    "// Like wait, but gives EVENT_NONE when nothing has happened.\n"
    "void @w_waitable_set_poll(@w_waitable_set_t set, @w_event_t *event);\n"
    "void @w_waitable_set_drop(@w_waitable_set_t set);\n"
    "\n"
    "// How far a read or write of a stream or future came: BLOCKED when an\n"
    "// event will tell, else a state and how many elements were copied.\n"
    "typedef uint32_t @w_waitable_status_t;\n"
    "typedef enum @w_waitable_state {\n"
    "    @W_WAITABLE_COMPLETED,\n"
    "    @W_WAITABLE_DROPPED,\n"
    "    @W_WAITABLE_CANCELLED\n"
    "} @w_waitable_state_t;\n"
    "#define @W_WAITABLE_STATUS_BLOCKED ((@w_waitable_status_t)-1)\n"
    "#define @W_WAITABLE_STATE(status) \\\n"
    "    ((@w_waitable_state_t)((status) & 0xf))\n"
    "#define @W_WAITABLE_COUNT(status) ((uint32_t)((status) >> 4))\n"
    "\n"
    "typedef uint32_t @w_callback_code_t;\n"
    "#define @W_CALLBACK_CODE_EXIT 0u\n"
    "#define @W_CALLBACK_CODE_YIELD 1u\n"
    "#define @W_CALLBACK_CODE_WAIT(set) (2u | ((set) << 4))\n"
    "// Ends a task without a result, after an event CANCEL.\n"
    "void @w_task_cancel(void);\n"
    "// While it was raised more often than lowered, calls of async exports "
    "do\n"
    "// not start.\n"
    "void @w_backpressure_inc(void);\n"
    "void @w_backpressure_dec(void);\n"
    "// A pointer that belongs to the running task.\n"
    "void *@w_context_get_0(void);\n"
    "void @w_context_set_0(void *value);\n"
    "// Lets others run.\n"
    "void @w_thread_yield(void);\n";

typedef struct root_import {
    const char *module;
    const char *name;
    const char *c_name;
    const char *result;
    unsigned params;
} root_import;

static const root_import intrinsics[] = {
    {"$root", "[subtask-cancel]", "wasm_subtask_cancel", "int32_t", 1},
    {"$root", "[subtask-drop]", "wasm_subtask_drop", "void", 1},
    {"$root", "[waitable-set-new]", "wasm_waitable_set_new", "int32_t", 0},
    {"$root", "[waitable-join]", "wasm_waitable_join", "void", 2},
    {"$root", "[waitable-set-wait]", "wasm_waitable_set_wait", "int32_t", 2},
    {"$root", "[waitable-set-poll]", "wasm_waitable_set_poll", "int32_t", 2},
    {"$root", "[waitable-set-drop]", "wasm_waitable_set_drop", "void", 1},
    {"[export]$root", "[task-cancel]", "wasm_task_cancel", "void", 0},
    {"$root", "[backpressure-inc]", "wasm_backpressure_inc", "void", 0},
    {"$root", "[backpressure-dec]", "wasm_backpressure_dec", "void", 0},
    {"$root", "[context-get-0]", "wasm_context_get_0", "int32_t", 0},
    {"$root", "[context-set-0]", "wasm_context_set_0", "void", 1},
    {"$root", "[thread-yield]", "wasm_thread_yield", "int32_t", 0},
};

static const char source[] =
    "\n@w_subtask_status_t @w_subtask_cancel(@w_subtask_t subtask)\n"
    "{\n"
    "    return (uint32_t)wasm_subtask_cancel((int32_t)subtask);\n"
    "}\n"
    "\n"
    "void @w_subtask_drop(@w_subtask_t subtask)\n"
    "{\n"
    "    wasm_subtask_drop((int32_t)subtask);\n"
    "}\n"
    "\n"
    "@w_subtask_state_t @w_subtask_await(@w_subtask_status_t status)\n"
    "{\n"
    "    @w_subtask_t subtask = @W_SUBTASK_HANDLE(status);\n"
    "    if (!subtask)\n"
    "        return @W_SUBTASK_STATE(status);\n"
    "    @w_waitable_set_t set = @w_waitable_set_new();\n"
    "    @w_waitable_join(subtask, set);\n"
    "    while (@W_SUBTASK_STATE(status) < @W_SUBTASK_RETURNED) {\n"
    "        @w_event_t event;\n"
    "        @w_waitable_set_wait(set, &event);\n"
    "        status = event.code;\n"
    "    }\n"
    "    @w_subtask_drop(subtask);\n"
    "    @w_waitable_set_drop(set);\n"
    "    return @W_SUBTASK_STATE(status);\n"
    "}\n"
    "\n"
    "@w_waitable_set_t @w_waitable_set_new(void)\n"
    "{\n"
    "    return (uint32_t)wasm_waitable_set_new();\n"
    "}\n"
    "\n"
    "void @w_waitable_join(uint32_t waitable, @w_waitable_set_t set)\n"
    "{\n"
    "    wasm_waitable_join((int32_t)waitable, (int32_t)set);\n"
    "}\n"
    "\n"
    "void @w_waitable_set_wait(@w_waitable_set_t set, @w_event_t *event)\n"
    "{\n"
    "    uint32_t out[2];\n"
    "    int32_t code = wasm_waitable_set_wait((int32_t)set, "
    "address_of(out));\n"
    "    *event = (@w_event_t){(@w_event_code_t)code, out[0], out[1]};\n"
    "}\n"
    "\n"
    "void @w_waitable_set_poll(@w_waitable_set_t set, @w_event_t *event)\n"
    "{\n"
    "    uint32_t out[2];\n"
    "    int32_t code = wasm_waitable_set_poll((int32_t)set, "
    "address_of(out));\n"
    "    *event = (@w_event_t){(@w_event_code_t)code, out[0], out[1]};\n"
    "}\n"
    "\n"
    "void @w_waitable_set_drop(@w_waitable_set_t set)\n"
    "{\n"
    "    wasm_waitable_set_drop((int32_t)set);\n"
    "}\n"
    "\n"
    "void @w_task_cancel(void)\n"
    "{\n"
    "    wasm_task_cancel();\n"
    "}\n"
    "\n"
    "void @w_backpressure_inc(void)\n"
    "{\n"
    "    wasm_backpressure_inc();\n"
    "}\n"
    "\n"
    "void @w_backpressure_dec(void)\n"
    "{\n"
    "    wasm_backpressure_dec();\n"
    "}\n"
    "\n"
    "void *@w_context_get_0(void)\n"
    "{\n"
    "    return pointer_to(wasm_context_get_0());\n"
    "}\n"
    "\n"
    "void @w_context_set_0(void *value)\n"
    "{\n"
    "    wasm_context_set_0(address_of(value));\n"
    "}\n"
    "\n"
    "void @w_thread_yield(void)\n"
    "{\n"
    "    (void)wasm_thread_yield();\n"
    "}\n";

void c_write_async(c_generator *self, buffer *out_header, buffer *out_source)
{
    static const uint8_t params[] = {WIT_CORE_I32, WIT_CORE_I32};
    if (!self->needs_async)
        return;
    c_expand(self, header, out_header);
    for (size_t i = 0; i < COUNT_OF(intrinsics); i++)
        c_write_import(self, intrinsics[i].module, intrinsics[i].name,
                       intrinsics[i].c_name, params, intrinsics[i].params,
                       intrinsics[i].result, out_source);
    c_expand(self, source, out_source);
}

/* What the functions of one stream or future need to know. */
typedef struct stream_writer {
    c_generator *generator;
    const c_type *entry;
    const wit_function *function;
    const char *module;
    const char *element; /* NULL: none */
    uint32_t index;
    bool future;
} stream_writer;

/* Declares an intrinsic; gives the C name of the import. */
static const char *stream_import(stream_writer *self,
                                 wit_stream_intrinsic intrinsic, bool is_async,
                                 const char *word, unsigned params,
                                 const char *result)
{
    static const uint8_t types[] = {WIT_CORE_I32, WIT_CORE_I32, WIT_CORE_I32};
    c_generator *g = self->generator;
    buffer name;
    buffer_init(&name);
    wit_core_stream_write(self->function, self->future, self->index, intrinsic,
                          is_async, &name);
    const char *import =
        c_claim(g, c_text(g, "wasm_import_%s_%s", self->entry->base, word));
    c_write_import(g, self->module, c_copy(g, &name), import, types, params,
                   result, &g->c_functions);
    buffer_release(&name);
    return import;
}

/* A head goes into both files. */
static void both(c_generator *self, const char *head, const char *const *parts,
                 size_t count)
{
    c_write_call(head, parts, count, 0, &self->h_functions);
    buffer_text(&self->h_functions, ";\n");
    buffer_put(&self->c_functions, '\n');
    c_write_call(head, parts, count, 0, &self->c_functions);
    buffer_text(&self->c_functions, "\n{\n");
}

static void write_new(stream_writer *self)
{
    c_generator *g = self->generator;
    const c_type *entry = self->entry;
    const char *import =
        stream_import(self, WIT_STREAM_NEW, false, "new", 0, "int64_t");
    const char *parts[] = {c_text(g, "%s *writer", entry->own)};
    buffer_printf(&g->h_functions,
                  "// Makes both ends: returns the one that reads.\n");
    both(g,
         c_text(g, "%s %s", entry->name,
                c_claim(g, c_text(g, "%s_new", entry->base))),
         parts, 1);
    buffer_printf(&g->c_functions,
                  "    uint64_t ends = (uint64_t)%s();\n"
                  "    *writer = (uint32_t)(ends >> 32);\n"
                  "    return (uint32_t)ends;\n}\n",
                  import);
}

static void write_copy(stream_writer *self, bool write, bool blocking)
{
    c_generator *g = self->generator;
    const c_type *entry = self->entry;
    const char *word = c_text(g, "%s%s", write ? "write" : "read",
                              blocking ? "_blocking" : "");
    const char *import =
        stream_import(self, write ? WIT_STREAM_WRITE : WIT_STREAM_READ,
                      !blocking, word, self->future ? 2 : 3, "int32_t");
    const char *parts[3];
    size_t count = 0;
    parts[count++] = c_text(g, "%s %s", write ? entry->own : entry->name,
                            write ? "writer" : "reader");
    if (self->element)
        parts[count++] = c_text(g, "%s%s *%s", write ? "const " : "",
                                self->element, self->future ? "value" : "data");
    if (!self->future)
        parts[count++] = "size_t count";
    both(g,
         c_text(g, "%s_waitable_status_t %s", g->prefix,
                c_claim(g, c_text(g, "%s_%s", entry->base, word))),
         parts, count);
    const char *data = "0";
    if (self->element)
        data = self->future ? "address_of(value)" : "address_of(data)";
    const char *arguments[] = {
        c_text(g, "(int32_t)%s", write ? "writer" : "reader"), data,
        "(int32_t)count"};
    c_write_call(c_text(g, "    return (uint32_t)%s", import), arguments,
                 self->future ? 2 : 3, 4, &g->c_functions);
    buffer_text(&g->c_functions, ";\n}\n");
}

static void write_end(stream_writer *self, bool write, bool drop)
{
    static const wit_stream_intrinsic which[2][2] = {
        {WIT_STREAM_CANCEL_READ, WIT_STREAM_DROP_READABLE},
        {WIT_STREAM_CANCEL_WRITE, WIT_STREAM_DROP_WRITABLE}};
    static const char *const words[2][2] = {{"cancel_read", "drop_readable"},
                                            {"cancel_write", "drop_writable"}};
    c_generator *g = self->generator;
    const c_type *entry = self->entry;
    const char *word = words[write][drop];
    const char *import = stream_import(self, which[write][drop], false, word, 1,
                                       drop ? "void" : "int32_t");
    const char *end = write ? "writer" : "reader";
    const char *parts[] = {
        c_text(g, "%s %s", write ? entry->own : entry->name, end)};
    const char *name = drop && !write
                           ? entry->drop
                           : c_claim(g, c_text(g, "%s_%s", entry->base, word));
    const char *type =
        drop ? "void" : c_text(g, "%s_waitable_status_t", g->prefix);
    both(g, c_text(g, "%s %s", type, name), parts, 1);
    buffer_printf(&g->c_functions, "    %s%s((int32_t)%s);\n}\n",
                  drop ? "" : "return (uint32_t)", import, end);
}

static void write_stream(c_generator *self, uint32_t scope,
                         const wit_function *function, wit_type type,
                         uint32_t index)
{
    c_type *entry = c_type_of(self, scope, type);
    if (!entry || entry->has_functions || !entry->drop)
        return;
    entry->has_functions = true;
    const wit_type_def *def = wit_type_get(self->set, type);
    buffer module;
    buffer_init(&module);
    bind_write_module(self->world, &self->world->scopes[scope], &module);
    stream_writer writer = {.generator = self,
                            .entry = entry,
                            .function = function,
                            .module = c_copy(self, &module),
                            .index = index,
                            .future = def->kind == WIT_FUTURE};
    buffer_release(&module);
    if (def->element == WIT_NONE)
        writer.index = WIT_NONE;
    else
        writer.element = c_type_name(self, entry->scope, def->element);
    write_new(&writer);
    for (int i = 0; i < 4; i++)
        write_copy(&writer, i & 1, i & 2);
    for (int i = 0; i < 4; i++)
        write_end(&writer, i & 1, i & 2);
}

void c_stream_functions(c_generator *self, uint32_t scope,
                        const wit_function *function)
{
    wit_type *types;
    uint32_t count;
    if (wit_function_streams(self->set, function, &types, &count, NULL) !=
        WHIT_OK) {
        self->failed = true;
        return;
    }
    for (uint32_t i = 0; i < count; i++)
        write_stream(self, scope, function, types[i], i);
    mem_free(types);
}

void c_find_streams(c_generator *self)
{
    for (uint32_t i = 0; i < self->world->scope_count; i++) {
        const bind_scope *scope = &self->world->scopes[i];
        for (uint32_t j = 0; j < scope->function_count; j++) {
            wit_type *types;
            uint32_t count;
            if (wit_function_streams(self->set, scope->functions[j], &types,
                                     &count, NULL) != WHIT_OK) {
                self->failed = true;
                return;
            }
            for (uint32_t k = 0; k < count; k++)
                c_stream_use(self, i, types[k]);
            mem_free(types);
        }
    }
}
