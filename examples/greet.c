/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Calls a component from C, and answers its async import from a thread:
 *
 *     whit build --release examples/greeter -o greeter.wasm
 *     whit bind c --host examples/greeter/wit -o .
 *     cc -I. greet.c greeter_host.c -lwhit -lpthread -o greet
 *     ./greet greeter.wasm
 *
 * The guest's function is `async fn greet`, and it awaits each answer. Here
 * that is one call that is started and polled; meanwhile the host's loop is
 * its own. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "greeter_host.h"

static whit_error error;

static void must(whit_status status, const char *what)
{
    if (status == WHIT_OK)
        return;
    fprintf(stderr, "greet: %s: %s\n", what, error.message);
    exit(1);
}

/* A question on its way to whoever knows. */
typedef struct question {
    whit_completion *completion;
    char language[8];
    pthread_t thread;
} question;

static const char *look_up(const char *language)
{
    if (strcmp(language, "fr") == 0)
        return "Bonjour";
    return strcmp(language, "ja") == 0 ? "Konnichiwa" : NULL;
}

/* A slow service, on a thread of its own. */
static void *answer(void *argument)
{
    question *q = argument;
    nanosleep(&(struct timespec){.tv_nsec = 50 * 1000 * 1000}, NULL);
    const char *hello = look_up(q->language);
    whit_val text = {.kind = WHIT_STRING};
    whit_val value = {.kind = WHIT_OPTION};
    if (hello) {
        text.string.data = hello;
        text.string.size = strlen(hello);
        value.index = 1;
        value.payload = &text;
    }
    whit_complete(q->completion, &value);
    free(q);
    return NULL;
}

/* hello: async func(language: string) -> option<string>; */
static whit_status hello(void *env, whit_host_call *call,
                         greeter_string_t language,
                         greeter_option_string_t *result, whit_error *e)
{
    int *asked = env;
    question *q = calloc(1, sizeof *q);
    (void)result; /* it comes later */
    (void)e;
    if (!q || language.len >= sizeof q->language)
        abort();
    memcpy(q->language, language.ptr, language.len);
    q->completion = whit_host_call_defer(call, NULL, NULL);
    if (!q->completion || pthread_create(&q->thread, NULL, answer, q))
        abort();
    pthread_detach(q->thread);
    ++*asked;
    return WHIT_OK;
}

static whit_component *load(whit_engine *engine, const char *path)
{
    static char bytes[1 << 20];
    whit_component *component;
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        exit(1);
    }
    size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    must(whit_component_new(engine, bytes, size, &component, &error), path);
    return component;
}

int main(int argc, char **argv)
{
    static const greeter_person_t people[] = {
        {{"Amélie", 7}, {"fr", 2}},
        {{"Haruki", 6}, {"ja", 2}},
        {{"Ada", 3}, {"xx", 2}},
    };
    int asked = 0, turns = 0;
    whit_engine *engine;
    whit_store *store;
    struct greeter greeter;
    whit_call *call;
    if (argc != 2) {
        fprintf(stderr, "usage: greet greeter.wasm\n");
        return 2;
    }
    must(whit_engine_new(NULL, &engine, &error), "engine");
    must(whit_store_new(engine, NULL, &store, &error), "store");
    whit_imports *imports = whit_imports_new();
    struct greeter_imports given = {
        .env = &asked, .example_phrases_phrases = {.hello = hello}};
    must(greeter_define(imports, &given, &error), "imports");
    whit_component *component = load(engine, argv[1]);
    must(greeter_instantiate(store, component, imports, &greeter, &error),
         argv[1]);

    struct greeter_greet_args args = {{people, 3}};
    greeter_list_string_t lines = {NULL, 0};
    must(greeter_greet_start(&greeter, &args, &lines, &call, &error), "greet");
    while (whit_call_poll(call) == WHIT_CALL_RUNNING) {
        turns++; /* here the host does what it likes */
        whit_store_wait(store, 1000 * 1000 * 1000);
    }
    if (whit_call_poll(call) != WHIT_CALL_RETURNED) {
        fprintf(stderr, "greet: %s\n", whit_call_error(call)->message);
        return 1;
    }
    for (size_t i = 0; i < lines.len; i++)
        printf("%.*s\n", (int)lines.ptr[i].len, lines.ptr[i].ptr);
    printf("asked %d times, waited %d times\n", asked, turns);

    whit_call_free(call);
    whit_store_free(store);
    whit_imports_free(imports);
    whit_component_free(component);
    whit_engine_free(engine);
    return 0;
}
