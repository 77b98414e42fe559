/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Methods that take their time. */
#define TOPIC contract_async_resources
#include "../host.h"

static char names[64][32];
static uint32_t made, gone;

GIVE(constructor, OURS(file_t), guest_string_t name)
{
    if (made == COUNT(names) || name.len >= sizeof names[0])
        return WHIT_LIMIT;
    memcpy(names[made], name.ptr, name.len);
    *result = made++;
    return WHIT_OK;
}

static void finish_read(job *it)
{
    const char *name = names[it->handle];
    API(method_file_read_complete)(
        it->completion, (guest_list_u8_t){(const uint8_t *)name, strlen(name)});
    free(it);
}

GIVE(read, guest_list_u8_t, OURS(file_t) self)
{
    return later(call, finish_read, (job){.handle = self});
}

static void finish_open(job *it)
{
    OURS(result_own_file_string_t) out = {.is_err = !it->text.len};
    if (out.is_err)
        out.val.err = TEXT("no name");
    else
        CHECK(constructor(NULL, NULL, it->text, &out.val.ok, E) == WHIT_OK);
    API(static_file_open_complete)(it->completion, &out);
    free(it);
}

GIVE(open_, OURS(result_own_file_string_t), guest_string_t name)
{
    return later(call, finish_open, (job){.text = name});
}

static void drop_file(void *env, OURS(file_t) representation)
{
    CHECK(representation < made);
    gone++;
}

static void test(void)
{
    API(file_t) file;
    API(result_own_file_string_t) opened;
    guest_list_u8_t bytes;
    struct API(method_file_read_args) args;
    whit_call *call;
    OK(API(constructor_file)(W, TEXT("made"), &file, E));
    OK(API(method_file_read)(W, file, &bytes, region, E));
    CHECK(bytes.len == 4 && !memcmp(bytes.ptr, "made", 4));
    args.self = file;
    OK(API(method_file_read_start)(W, &args, &bytes, &call, E));
    CHECK(await_call(call) == WHIT_CALL_RETURNED);
    CHECK(bytes.len == 4 && !memcmp(bytes.ptr, "made", 4));
    whit_call_free(call);
    OK(API(file_drop_own)(W, file, E));
    OK(API(static_file_open)(W, TEXT("ö"), &opened, region, E));
    if (!CHECK(!opened.is_err))
        return;
    OK(API(method_file_read)(W, opened.val.ok, &bytes, region, E));
    CHECK(bytes.len == 2 && !memcmp(bytes.ptr, "ö", 2));
    OK(API(file_drop_own)(W, opened.val.ok, E));
    OK(API(static_file_open)(W, TEXT(""), &opened, region, E));
    CHECK(opened.is_err);
}

static const struct guest_imports given = {
    .GIVEN = {.drop_file = drop_file,
              .constructor_file = constructor,
              .method_file_read = read,
              .static_file_open = open_}};

HOST_LATER(given, test)
