/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The names of core imports and exports. */
#include "wit/abi_names.h"

void wit_item_track_write(const wit_set *self, const wit_item *item,
                          buffer *out)
{
    size_t start = out->size;
    wit_item_write(self, item, out);
    if (item->name.size || out->failed)
        return;
    const wit_interface *it = &self->interfaces[item->index];
    const wit_version *version = &self->packages[it->package].version;
    /* The version is what the name ends with. */
    size_t more = version->text.size - wit_version_track(version);
    if (wit_version_present(version) && out->size - start > more)
        out->size -= more;
}

void wit_core_module_write(const wit_set *self, const wit_item *interface,
                           wit_naming naming, bool exported, buffer *out)
{
    if (naming == WIT_NAMES_LEGACY) {
        if (exported)
            buffer_text(out, "[export]");
        if (interface)
            wit_item_write(self, interface, out);
        else
            buffer_text(out, "$root");
        return;
    }
    buffer_text(out, "cm32p2");
    if (!interface)
        return;
    buffer_text(out, exported ? "|_ex_" : "|");
    wit_item_track_write(self, interface, out);
}

void wit_core_import_write(const wit_function *function, wit_naming naming,
                           wit_abi abi, buffer *out)
{
    if (naming == WIT_NAMES_LEGACY && abi != WIT_ABI_SYNC)
        buffer_text(out, "[async-lower]");
    buffer_slice(out, function->name);
}

static void legacy_export(const wit_set *self, const wit_item *interface,
                          wit_abi abi, wit_core_part part, buffer *out)
{
    static const char *const lifts[] = {[WIT_ABI_SYNC] = "",
                                        [WIT_ABI_ASYNC] = "[async-lift]",
                                        [WIT_ABI_ASYNC_STACKFUL] =
                                            "[async-lift-stackful]"};
    if (part == WIT_CORE_POST_RETURN)
        buffer_text(out, "cabi_post_");
    if (part == WIT_CORE_CALLBACK)
        buffer_text(out, "[callback]");
    buffer_text(out, lifts[abi]);
    if (interface) {
        wit_item_write(self, interface, out);
        buffer_put(out, '#');
    }
}

static void standard_export(const wit_set *self, const wit_item *interface,
                            buffer *out)
{
    buffer_text(out, "cm32p2|");
    if (interface)
        wit_item_track_write(self, interface, out);
    buffer_put(out, '|');
}

void wit_core_export_write(const wit_set *self, const wit_item *interface,
                           const wit_function *function, wit_naming naming,
                           wit_abi abi, wit_core_part part, buffer *out)
{
    if (naming == WIT_NAMES_LEGACY)
        legacy_export(self, interface, abi, part, out);
    else
        standard_export(self, interface, out);
    buffer_slice(out, function->name);
    if (naming == WIT_NAMES_CM32P2 && part == WIT_CORE_POST_RETURN)
        buffer_text(out, "_post");
}

void wit_core_resource_write(const wit_set *self, wit_type resource,
                             wit_naming naming,
                             wit_resource_intrinsic intrinsic, buffer *out)
{
    static const char *const words[] = {[WIT_RESOURCE_DROP] = "drop",
                                        [WIT_RESOURCE_NEW] = "new",
                                        [WIT_RESOURCE_REP] = "rep"};
    slice name = self->types[resource].name;
    if (naming == WIT_NAMES_LEGACY)
        buffer_printf(out, "[resource-%s]%.*s", words[intrinsic],
                      SLICE_ARG(name));
    else
        buffer_printf(out, "%.*s_%s", SLICE_ARG(name), words[intrinsic]);
}

void wit_core_destructor_write(const wit_set *self, const wit_item *interface,
                               wit_type resource, wit_naming naming,
                               buffer *out)
{
    slice name = self->types[resource].name;
    if (naming == WIT_NAMES_LEGACY) {
        legacy_export(self, interface, WIT_ABI_SYNC, WIT_CORE_FUNCTION, out);
        buffer_text(out, "[dtor]");
        buffer_slice(out, name);
        return;
    }
    standard_export(self, interface, out);
    buffer_slice(out, name);
    buffer_text(out, "_dtor");
}

void wit_core_task_return_write(const wit_function *function, buffer *out)
{
    buffer_text(out, "[task-return]");
    buffer_slice(out, function->name);
}

void wit_core_stream_write(const wit_function *function, bool future,
                           uint32_t index, wit_stream_intrinsic intrinsic,
                           bool is_async, buffer *out)
{
    static const char *const words[WIT_STREAM_INTRINSICS] = {
        [WIT_STREAM_NEW] = "new",
        [WIT_STREAM_READ] = "read",
        [WIT_STREAM_WRITE] = "write",
        [WIT_STREAM_CANCEL_READ] = "cancel-read",
        [WIT_STREAM_CANCEL_WRITE] = "cancel-write",
        [WIT_STREAM_DROP_READABLE] = "drop-readable",
        [WIT_STREAM_DROP_WRITABLE] = "drop-writable"};
    if (is_async)
        buffer_text(out, "[async-lower]");
    buffer_printf(out, "[%s-%s-", future ? "future" : "stream",
                  words[intrinsic]);
    if (index == WIT_NONE)
        buffer_text(out, "unit");
    else
        buffer_printf(out, "%u", index);
    buffer_put(out, ']');
    buffer_slice(out, function->name);
}

const char *wit_core_memory_name(wit_naming naming)
{
    return naming == WIT_NAMES_LEGACY ? "memory" : "cm32p2_memory";
}

const char *wit_core_realloc_name(wit_naming naming)
{
    return naming == WIT_NAMES_LEGACY ? "cabi_realloc" : "cm32p2_realloc";
}

const char *wit_core_initialize_name(wit_naming naming)
{
    return naming == WIT_NAMES_LEGACY ? "_initialize" : "cm32p2_initialize";
}
