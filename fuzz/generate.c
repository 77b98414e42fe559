/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Choices, and the sections of generated modules. */
#include "generate_private.h"

#include <stdlib.h>
#include <string.h>

const char generate_globals[GLOBALS + 1] = "iiildfvs";
const char *const generate_tags[TAGS] = {"", "i", "ld"};

unsigned generate_choose(generator *g, unsigned below)
{
    unsigned byte = g->at < g->choices.size ? g->choices.data[g->at++] : 0;
    return byte % below;
}

uint64_t generate_number(generator *g)
{
    static const uint64_t some[] = {
        0,          1,          2,         3,           4,
        8,          31,         32,        64,          255,
        0x7fffffff, 0x80000000, 0xfffffff, 0x100000000, 0x7fffffffffffffff,
        65535};
    uint64_t value = 0;
    switch (generate_choose(g, 8)) {
    case 0:
    case 1:
    case 2:
        return generate_choose(g, 16);
    case 3:
        return (uint64_t)(int64_t)(int8_t)generate_choose(g, 256);
    case 4:
        return some[generate_choose(g, 16)];
    case 5:
        return ~some[generate_choose(g, 16)];
    case 6:
        return generate_choose(g, 256) * 256u + generate_choose(g, 256);
    }
    for (int i = 0; i < 8; i++)
        value = value << 8 | generate_choose(g, 256);
    return value;
}

void generate_types(generator *g, char *out, unsigned most)
{
    static const char letters[] = "iiiillfddsnrv";
    unsigned count = generate_choose(g, most + 1);
    for (unsigned i = 0; i < count; i++)
        out[i] = letters[generate_choose(g, g->vectors ? 13 : 12)];
    out[count] = 0;
}

unsigned generate_type(generator *g, const char *params, const char *results)
{
    for (unsigned i = 0; i < g->type_count; i++)
        if (!strcmp(g->types[i].params, params) &&
            !strcmp(g->types[i].results, results))
            return i;
    if (g->type_count == TYPES_MOST)
        abort();
    signature *s = &g->types[g->type_count];
    strncpy(s->params, params, sizeof s->params - 1);
    strncpy(s->results, results, sizeof s->results - 1);
    return g->type_count++;
}

void generate_valtype(buffer *out, char type)
{
    switch (type) {
    case 'i':
        buffer_put(out, 0x7f);
        break;
    case 'l':
        buffer_put(out, 0x7e);
        break;
    case 'f':
        buffer_put(out, 0x7d);
        break;
    case 'd':
        buffer_put(out, 0x7c);
        break;
    case 'v':
        buffer_put(out, 0x7b);
        break;
    case 's':
        buffer_put(out, 0x63);
        buffer_put(out, TYPE_STRUCT);
        break;
    case 'r':
        buffer_put(out, 0x63);
        buffer_put(out, TYPE_ARRAY);
        break;
    case 'n':
        buffer_put(out, 0x6e);
        break;
    case 'c':
        buffer_put(out, 0x70);
        break;
    default:
        buffer_put(out, 0x69);
    }
}

void generate_op(generator *g, uint32_t op)
{
    static const uint8_t prefixes[] = {0, 0xfb, 0xfc, 0xfd, 0xfd, 0xfe};
    unsigned page = op >> 8;
    if (page)
        buffer_put(g->code, prefixes[page]);
    if (page)
        buffer_uleb(g->code, op - (page == 4 ? 3u : page) * 0x100);
    else
        buffer_put(g->code, (uint8_t)op);
}

void generate_op1(generator *g, uint32_t op, uint64_t number)
{
    generate_op(g, op);
    buffer_uleb(g->code, number);
}

/* Sections. */

static void put_section(buffer *out, uint8_t id, buffer *contents)
{
    buffer_put(out, id);
    buffer_uleb(out, contents->size);
    buffer_slice(out, buffer_view(contents));
    buffer_clear(contents);
}

static void put_list(buffer *out, const char *types)
{
    buffer_uleb(out, strlen(types));
    while (*types)
        generate_valtype(out, *types++);
}

static void put_types(const generator *g, buffer *out, buffer *b)
{
    static const uint8_t objects[] = {0x5f, 5,    0x7f,        1, 0x78, 1, 0x7c,
                                      1,    0x63, TYPE_STRUCT, 1, 0x7e, 1, 0x5e,
                                      0x7f, 1};
    buffer_uleb(b, TYPE_FIRST_FUNCTION + g->type_count);
    buffer_append(b, objects, sizeof objects);
    for (unsigned i = 0; i < g->type_count; i++) {
        buffer_put(b, 0x60);
        put_list(b, g->types[i].params);
        put_list(b, g->types[i].results);
    }
    put_section(out, 1, b);
}

static void put_memories(const generator *g, buffer *out, buffer *b)
{
    buffer_uleb(b, g->memory_count);
    for (unsigned i = 0; i < g->memory_count; i++) {
        buffer_put(b, g->is64[i] ? 5 : 1);
        buffer_uleb(b, 1);
        buffer_uleb(b, 3);
    }
    put_section(out, 5, b);
}

static void put_globals(buffer *out, buffer *b)
{
    static const uint8_t zeros[16];
    buffer_uleb(b, GLOBALS);
    for (unsigned i = 0; i < GLOBALS; i++) {
        generate_valtype(b, generate_globals[i]);
        buffer_put(b, 1);
        switch (generate_globals[i]) {
        case 'i':
        case 'l':
            buffer_put(b, generate_globals[i] == 'i' ? 0x41 : 0x42);
            buffer_sleb(b, i == GENERATE_BUDGET ? 50
                           : i == GENERATE_NAN  ? 0
                                                : 3);
            break;
        case 'f':
        case 'd':
            buffer_put(b, generate_globals[i] == 'f' ? 0x43 : 0x44);
            buffer_append(b, zeros, generate_globals[i] == 'f' ? 4 : 8);
            break;
        case 'v':
            buffer_put(b, 0xfd);
            buffer_uleb(b, 12);
            buffer_append(b, zeros, 16);
            break;
        default:
            buffer_put(b, 0xd0);
            buffer_put(b, TYPE_STRUCT);
        }
        buffer_put(b, 0x0b);
    }
    put_section(out, 6, b);
}

/* One table: two nulls, every function, one more null. */
static void put_elements(const generator *g, buffer *out, buffer *b)
{
    static const uint8_t head[] = {1, 0, 0x41, 2, 0x0b};
    buffer_append(b, head, sizeof head);
    buffer_uleb(b, g->function_count);
    for (unsigned i = 0; i < g->function_count; i++)
        buffer_uleb(b, i);
    put_section(out, 9, b);
}

static void put_data(const generator *g, buffer *out, buffer *b)
{
    const uint8_t head[] = {2, 0, g->is64[0] ? 0x42 : 0x41, 0, 0x0b};
    buffer_append(b, head, sizeof head);
    buffer_uleb(b, 200);
    for (unsigned i = 0; i < 200; i++)
        buffer_put(b, (uint8_t)(i * i * 7 + i));
    buffer_put(b, 1);
    buffer_uleb(b, 32);
    for (unsigned i = 0; i < 32; i++)
        buffer_put(b, (uint8_t)(255 - i));
    put_section(out, 11, b);
}

static void put_declarations(generator *g, buffer *out, buffer *b)
{
    unsigned tags[TAGS];
    for (unsigned i = 0; i < TAGS; i++)
        tags[i] = generate_type(g, generate_tags[i], "");
    put_types(g, out, b);
    buffer_uleb(b, g->function_count);
    for (unsigned i = 0; i < g->function_count; i++)
        buffer_uleb(b, TYPE_FIRST_FUNCTION + g->functions[i]);
    put_section(out, 3, b);
    const uint8_t table[] = {1, 0x70, 0, (uint8_t)(g->function_count + 3)};
    buffer_append(b, table, sizeof table);
    put_section(out, 4, b);
    put_memories(g, out, b);
    buffer_uleb(b, TAGS);
    for (unsigned i = 0; i < TAGS; i++) {
        buffer_put(b, 0);
        buffer_uleb(b, TYPE_FIRST_FUNCTION + tags[i]);
    }
    put_section(out, 13, b);
    put_globals(out, b);
    buffer_uleb(b, g->function_count);
    for (unsigned i = 0; i < g->function_count; i++) {
        const uint8_t name[] = {2, 'f', (uint8_t)('0' + i), 0, (uint8_t)i};
        buffer_append(b, name, sizeof name);
    }
    put_section(out, 7, b);
    put_elements(g, out, b);
    buffer_uleb(b, 2);
    put_section(out, 12, b);
}

/* Function 0: counts down the budget. */
static void put_tick(buffer *code)
{
    static const uint8_t body[] = {18,   0, /* no locals */
                                   0x23, GENERATE_BUDGET,
                                   0x41, 1,
                                   0x6b, /* budget - 1 */
                                   0x24, GENERATE_BUDGET,
                                   0x23, GENERATE_BUDGET, /* to the budget */
                                   0x41, 0,
                                   0x48, /* below 0? */
                                   0x04, 0x40,
                                   0x00, 0x0b,
                                   0x0b};
    buffer_append(code, body, sizeof body);
}

static void put_function(generator *g, unsigned index, buffer *code)
{
    buffer body, whole;
    buffer_init(&body);
    buffer_init(&whole);
    g->code = &body;
    generate_body(g, &g->types[g->functions[index]]);
    buffer_uleb(&whole, g->local_count - g->param_count);
    for (unsigned i = g->param_count; i < g->local_count; i++) {
        buffer_put(&whole, 1);
        generate_valtype(&whole, g->locals[i]);
    }
    buffer_slice(&whole, buffer_view(&body));
    buffer_uleb(code, whole.size);
    buffer_slice(code, buffer_view(&whole));
    buffer_release(&body);
    buffer_release(&whole);
}

static void choose_signatures(generator *g)
{
    g->function_count = 2 + generate_choose(g, FUNCTIONS_MOST - 1);
    g->functions[0] = generate_type(g, "", "");
    for (unsigned i = 1; i < g->function_count; i++) {
        signature s;
        g->vectors = generate_choose(g, 8) == 7;
        generate_types(g, s.params, 6);
        generate_types(g, s.results, 3);
        g->functions[i] = generate_type(g, s.params, s.results);
    }
}

void generate_module(slice choices, bool watch, buffer *out)
{
    generator *g = calloc(1, sizeof *g);
    if (!g)
        abort();
    buffer code, b;
    buffer_init(&code);
    buffer_init(&b);
    g->choices = choices;
    g->watch = watch;
    g->memory_count = generate_choose(g, 4) == 3 ? 2 : 1;
    g->is64[1] = generate_choose(g, 2);
    g->is64[0] = generate_choose(g, 16) == 15;
    choose_signatures(g);
    buffer_uleb(&code, g->function_count);
    put_tick(&code);
    for (unsigned i = 1; i < g->function_count; i++)
        put_function(g, i, &code);
    static const uint8_t head[] = {0, 'a', 's', 'm', 1, 0, 0, 0};
    buffer_append(out, head, sizeof head);
    put_declarations(g, out, &b);
    put_section(out, 10, &code);
    put_data(g, out, &b);
    buffer_release(&code);
    buffer_release(&b);
    free(g);
}

void generate_choices(uint64_t seed, buffer *out)
{
    uint64_t state = seed * 0x9e3779b97f4a7c15 + 0x1234567;
    unsigned size = 0;
    for (unsigned i = 0; i < 2 + size; i++) {
        state += 0x9e3779b97f4a7c15;
        uint64_t z = state;
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
        z = (z ^ z >> 27) * 0x94d049bb133111eb;
        z ^= z >> 31;
        if (!i)
            size = 100 + (unsigned)(z % 1200);
        buffer_put(out, (uint8_t)z);
    }
}
