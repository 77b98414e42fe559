/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The corpus: every text of tests/wit/good is read, printed and read again,
 * with the same meaning; every one of tests/wit/bad gives the message beside
 * it (BLESS=1 writes that; read the difference before committing it). */
#include "support.h"

#include <stdlib.h>

#include "toolchain/wit_files.h"

static const wit_resolve_options all = {.all_features = true};

/* A set of a path, or NULL and the message. */
static wit_set *load(const char *path, const wit_resolve_options *options,
                     uint32_t *root, char *message, size_t size)
{
    wit_set *set = wit_set_new();
    buffer failed;
    whit_error error;
    buffer_init(&failed);
    if (tool_wit_load(set, path, options, NULL, root, &failed, &error) !=
        WHIT_OK) {
        error_format(&error, buffer_string(&failed), message, size);
        wit_set_free(set);
        set = NULL;
    }
    buffer_release(&failed);
    return set;
}

static char *print(const wit_set *set, uint32_t root)
{
    buffer out;
    whit_error error;
    buffer_init(&out);
    CHECK_INT(wit_print_set(set, root, NULL, &out, &error), WHIT_OK);
    return buffer_string(&out);
}

static unsigned good_count, bad_count;

static bool each_good(void *context, const char *name)
{
    char path[512], message[2048] = "";
    uint32_t root, root_again;
    (void)context;
    snprintf(path, sizeof path, "tests/wit/good/%s", name);
    wit_set *set = load(path, &all, &root, message, sizeof message);
    if (!set) {
        printf("%s\n", message);
        test_failures++;
        return true;
    }
    char *text = print(set, root);
    wit_set *again = wit_set_new();
    wit_source source = {slice_text("printed"), slice_text(text), 0};
    whit_error error;
    if (wit_resolve(again, &source, 1, &all, &root_again, &error) != WHIT_OK) {
        printf("%s, printed, %u:%u: %s\n", name, error.line, error.column,
               error.message);
        test_failures++;
    } else {
        char *text_again = print(again, root_again);
        if (strcmp(text, text_again) != 0) {
            printf("%s: printing what was printed differs\n", name);
            test_failures++;
        }
        CHECK_INT(again->package_count, set->package_count);
        CHECK_INT(again->interface_count, set->interface_count);
        CHECK_INT(again->world_count, set->world_count);
        CHECK_INT(again->items, set->items);
        mem_free(text_again);
    }
    good_count++;
    mem_free(text);
    wit_set_free(again);
    wit_set_free(set);
    return true;
}

/* Compares with the file beside, or writes it. */
static void expect(const char *path, const char *message)
{
    char file[600], wanted[2048] = "";
    buffer text;
    whit_error error;
    size_t size = strlen(path);
    if (size > 4 && !strcmp(path + size - 4, ".wit"))
        size -= 4;
    snprintf(file, sizeof file, "%.*s.stderr", (int)size, path);
    buffer_init(&text);
    if (getenv("BLESS")) {
        buffer_text(&text, message);
        buffer_put(&text, '\n');
        CHECK(file_write(file, buffer_view(&text), &error) == WHIT_OK);
    } else if (file_read(file, sizeof wanted - 1, &text, &error) != WHIT_OK) {
        printf("%s: %s\n", file, error.message);
        test_failures++;
    } else {
        memcpy(wanted, text.data, text.size);
        wanted[strcspn(wanted, "\n")] = 0;
        CHECK_TEXT(message, wanted);
    }
    buffer_release(&text);
}

static bool each_bad(void *context, const char *name)
{
    char path[512], message[2048] = "";
    uint32_t root;
    (void)context;
    if (!strcmp(path_extension(name), ".stderr"))
        return true;
    snprintf(path, sizeof path, "tests/wit/bad/%s", name);
    wit_set *set = load(path, NULL, &root, message, sizeof message);
    if (set) {
        printf("%s was accepted\n", path);
        test_failures++;
        wit_set_free(set);
        return true;
    }
    /* Every message says where. */
    CHECK(strncmp(message, "tests/wit/bad/", 14) == 0);
    expect(path, message);
    bad_count++;
    return true;
}

TEST(good)
{
    whit_error error;
    CHECK_INT(file_list("tests/wit/good", each_good, NULL, &error), WHIT_OK);
    CHECK(good_count >= 130);
}

TEST(bad)
{
    whit_error error;
    CHECK_INT(file_list("tests/wit/bad", each_bad, NULL, &error), WHIT_OK);
    CHECK(bad_count >= 170);
}

/* The order in which texts are given does not matter. */
TEST(order_of_texts)
{
    const wit_source sources[] = {
        {slice_text("r"), slice_text("package r:r; world w { import a:a/i; }"),
         0},
        {slice_text("a"),
         slice_text("package a:a; interface i { use b:b/i.{t}; }"), 1},
        {slice_text("b"),
         slice_text("package b:b; interface i { use c:c/i.{t}; }"), 2},
        {slice_text("c"),
         slice_text("package c:c; interface i { type t = u8; }"), 3}};
    static const unsigned char orders[][4] = {
        {0, 1, 2, 3}, {0, 3, 2, 1}, {0, 2, 1, 3}, {0, 3, 1, 2}};
    char *first = NULL;
    for (unsigned i = 0; i < COUNT_OF(orders); i++) {
        wit_source given[4];
        uint32_t root;
        whit_error error;
        for (unsigned j = 0; j < 4; j++)
            given[j] = sources[orders[i][j]];
        wit_set *set = wit_set_new();
        CHECK_INT(wit_resolve(set, given, 4, NULL, &root, &error), WHIT_OK);
        char *text = print(set, root);
        if (first)
            CHECK_TEXT(text, first);
        mem_free(first);
        first = text;
        wit_set_free(set);
    }
    mem_free(first);
}

/* A second call sees the packages of the first. */
TEST(several_calls)
{
    wit_set *set = wit_set_new();
    const wit_source one = {
        slice_text("one"),
        slice_text("package a:a@1.0.0; interface i { type t = u8; }"), 0};
    const wit_source two = {
        slice_text("two"),
        slice_text("package b:b; interface j { use a:a/i@1.0.0.{t}; }"), 0};
    uint32_t root;
    whit_error error;
    CHECK_INT(wit_resolve(set, &one, 1, NULL, &root, &error), WHIT_OK);
    CHECK_INT(wit_resolve(set, &two, 1, NULL, &root, &error), WHIT_OK);
    CHECK(slice_is(set->packages[root].name, "b"));
    CHECK_INT(wit_resolve(set, &one, 1, NULL, &root, &error), WHIT_INVALID);
    CHECK(slice_is(wit_failed_path(set), "one"));
    wit_set_free(set);
}

TEST(features)
{
    static const char text[] =
        "package a:b@1.0.0; interface i { f: func(); @unstable(feature = x) g: "
        "func(); @unstable(feature = y) h: func(); }";
    const slice names[] = {slice_text("z"), slice_text("y")};
    const wit_resolve_options options = {.features = names, .feature_count = 2};
    wit_source source = {slice_text("t"), slice_text(text), 0};
    wit_set *set = wit_set_new();
    uint32_t root;
    CHECK_INT(wit_resolve(set, &source, 1, &options, &root, NULL), WHIT_OK);
    CHECK_INT(set->interfaces[0].function_count, 2);
    CHECK(slice_is(set->interfaces[0].functions[1].name, "h"));
    wit_set_free(set);
}

TEST_MAIN(RUN(good) RUN(bad) RUN(order_of_texts) RUN(several_calls)
              RUN(features))
