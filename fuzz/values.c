/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Random types and values, and their way through two guests. */
#include "values.h"

#include <stdlib.h>

#include "../tests/unit/canonical/guests.h"
#include "base/utf8.h"

enum { MOST_DEPTH = 4, MOST_PARAMS = 6 };

typedef struct choices {
    const uint8_t *at, *end;
    arena arena;
} choices;

static void expect(int condition)
{
    if (!condition)
        abort();
}

static uint8_t byte(choices *c)
{
    return c->at < c->end ? *c->at++ : 0;
}

static unsigned pick(choices *c, unsigned count)
{
    return byte(c) % count;
}

/* ---- Types ---- */

static void put_type(choices *c, buffer *out, unsigned depth);

static void put_parts(choices *c, buffer *out, const char *open, bool payloads,
                      unsigned count, unsigned depth)
{
    for (unsigned i = 0; i < count; i++) {
        buffer_printf(out, " (%s \"n%u\"", open, i);
        if (payloads && (open[0] == 'f' || pick(c, 3))) {
            buffer_text(out, " ");
            put_type(c, out, depth + 1);
        }
        buffer_text(out, ")");
    }
}

static void put_names(buffer *out, const char *word, unsigned count)
{
    buffer_printf(out, "(%s", word);
    for (unsigned i = 0; i < count; i++)
        buffer_printf(out, " \"n%u\"", i);
    buffer_text(out, ")");
}

static const char *const primitives[] = {
    "u32", "string", "bool", "u8",  "s8",   "u16",    "s16",
    "s32", "u64",    "s64",  "f32", "char", "string", "f64"};

static void put_result(choices *c, buffer *out, unsigned depth)
{
    unsigned which = pick(c, 4);
    buffer_text(out, "(result");
    if (which & 1) {
        buffer_text(out, " ");
        put_type(c, out, depth + 1);
    }
    if (which & 2) {
        buffer_text(out, " (error ");
        put_type(c, out, depth + 1);
        buffer_text(out, ")");
    }
    buffer_text(out, ")");
}

static void put_map(choices *c, buffer *out, unsigned depth)
{
    buffer_printf(out, "(map %s ", primitives[pick(c, 10)]);
    put_type(c, out, depth + 1);
    buffer_text(out, ")");
}

static void put_compound(choices *c, buffer *out, unsigned depth)
{
    switch (pick(c, 12)) {
    case 0:
    case 1:
        buffer_text(out, "(list ");
        put_type(c, out, depth + 1);
        break;
    case 2:
        buffer_text(out, "(option ");
        put_type(c, out, depth + 1);
        break;
    case 3:
        buffer_text(out, "(record");
        put_parts(c, out, "field", true, 1 + pick(c, 5), depth);
        break;
    case 4:
        buffer_text(out, "(tuple");
        for (unsigned i = 1 + pick(c, 4); i; i--) {
            buffer_text(out, " ");
            put_type(c, out, depth + 1);
        }
        break;
    case 5:
    case 6:
        buffer_text(out, "(variant");
        put_parts(c, out, "case", true, 1 + pick(c, 5), depth);
        break;
    case 7:
        put_names(out, "enum", 1 + (pick(c, 8) ? pick(c, 5) : 300));
        return;
    case 8:
        put_names(out, "flags", 1 + pick(c, 32));
        return;
    case 9:
        put_result(c, out, depth);
        return;
    case 10:
        put_map(c, out, depth);
        return;
    default:
        buffer_text(out, "(list ");
        put_type(c, out, depth + 1);
        buffer_printf(out, " %u", 1 + pick(c, 6));
    }
    buffer_text(out, ")");
}

static void put_type(choices *c, buffer *out, unsigned depth)
{
    unsigned choice = pick(c, 8);
    if (choice > 2 && depth < MOST_DEPTH)
        put_compound(c, out, depth);
    else if (choice == 2)
        buffer_text(out, "(own $r)");
    else
        buffer_text(out, primitives[pick(c, COUNT_OF(primitives))]);
}

static void put_function(choices *c, buffer *out)
{
    buffer_text(out, "(component (import \"r\" (type $r (sub resource)))"
                     " (type (func");
    unsigned count = 1 + pick(c, MOST_PARAMS);
    for (unsigned i = 0; i < count; i++) {
        buffer_printf(out, " (param \"p%u\" ", i);
        put_type(c, out, 0);
        buffer_text(out, ")");
    }
    buffer_text(out, ")))");
}

/* ---- Values, as the host has them ---- */

static void put_value(choices *c, const component_node *type, uint8_t *at);

static uint64_t align_up(uint64_t at, uint64_t align)
{
    return (at + align - 1) / align * align;
}

typedef struct native_list {
    uint8_t *data;
    size_t count;
} native_list;

static uint32_t random_char(choices *c)
{
    uint32_t low = byte(c), high = byte(c);
    switch (pick(c, 5)) {
    case 0:
    case 1:
        return low & 0x7f;
    case 2:
        return low;
    case 3:
        low |= high << 8;
        return low >= 0xd800 && low < 0xe000 ? 0xfffd : low;
    default:
        return 0x10000 + (low | high << 8);
    }
}

static void put_string(choices *c, uint8_t *at)
{
    unsigned count = pick(c, 40), same = pick(c, 3);
    uint8_t *data = arena_alloc(&c->arena, 4 * 40);
    native_list list = {data, 0};
    expect(data != NULL);
    for (unsigned i = 0; i < count; i++)
        list.count +=
            utf8_encode(same ? 'a' + i : random_char(c), data + list.count);
    memcpy(at, &list, sizeof list);
}

static void put_number(choices *c, const component_node *type, uint8_t *at)
{
    uint64_t bits = 0;
    uint32_t code;
    float f32;
    double f64;
    for (int i = 0; i < 8; i++)
        bits = bits << 8 | byte(c);
    switch (type->primitive) {
    case COMPONENT_BOOL:
        bits &= 1;
        break;
    case COMPONENT_CHAR:
        code = random_char(c);
        bits = code;
        break;
    case COMPONENT_F32:
        memcpy(&f32, &bits, 4);
        if (f32 != f32)
            bits = 0x7fc00000;
        break;
    case COMPONENT_F64:
        memcpy(&f64, &bits, 8);
        if (f64 != f64)
            bits = 0x7ff8000000000000;
        break;
    default:
        break;
    }
    memcpy(at, &bits, type->layout[1].size);
}

static component_layout element_of(const component_node *type)
{
    component_layout first = type->element->layout[1];
    if (type->kind != COMPONENT_TYPE_MAP)
        return first;
    component_layout second = type->other->layout[1];
    uint32_t align = first.align > second.align ? first.align : second.align;
    uint64_t size = align_up(first.size, second.align) + second.size;
    return (component_layout){(uint32_t)align_up(size, align), align};
}

static void put_elements(choices *c, const component_node *type, uint8_t *at,
                         uint64_t count)
{
    component_layout each = element_of(type);
    for (uint64_t i = 0; i < count; i++, at += each.size) {
        put_value(c, type->element, at);
        if (type->kind == COMPONENT_TYPE_MAP)
            put_value(c, type->other,
                      at + align_up(type->element->layout[1].size,
                                    type->other->layout[1].align));
    }
}

static void put_list(choices *c, const component_node *type, uint8_t *at)
{
    native_list list = {NULL, pick(c, 5)};
    if (type->element->kind == COMPONENT_TYPE_PRIMITIVE && !pick(c, 8))
        list.count = byte(c);
    component_layout each = element_of(type);
    list.data = arena_zalloc(&c->arena, list.count * each.size);
    expect(list.data != NULL);
    put_elements(c, type, list.data, list.count);
    memcpy(at, &list, sizeof list);
}

static uint32_t case_count(const component_node *type)
{
    return type->kind == COMPONENT_TYPE_OPTION ||
                   type->kind == COMPONENT_TYPE_RESULT
               ? 2
               : type->member_count;
}

static const component_node *payload_of(const component_node *type,
                                        uint32_t index)
{
    if (type->kind == COMPONENT_TYPE_OPTION)
        return index ? type->element : NULL;
    if (type->kind == COMPONENT_TYPE_RESULT)
        return index ? type->other : type->element;
    return type->members[index].type;
}

static void put_variant(choices *c, const component_node *type, uint8_t *at)
{
    uint32_t cases = case_count(type);
    uint32_t index = (byte(c) * 2u + cases - 1) % cases;
    uint32_t tag = component_discriminant_size(cases);
    const component_node *payload = payload_of(type, index);
    memcpy(at, &index, tag);
    if (payload)
        put_value(c, payload, at + align_up(tag, type->layout[1].align));
}

static void put_value(choices *c, const component_node *type, uint8_t *at)
{
    uint64_t offset = 0;
    uint32_t bits;
    switch (type->kind) {
    case COMPONENT_TYPE_PRIMITIVE:
        if (type->primitive == COMPONENT_STRING)
            put_string(c, at);
        else
            put_number(c, type, at);
        return;
    case COMPONENT_TYPE_LIST:
    case COMPONENT_TYPE_MAP:
        put_list(c, type, at);
        return;
    case COMPONENT_TYPE_FIXED_LIST:
        put_elements(c, type, at, type->length);
        return;
    case COMPONENT_TYPE_RECORD:
    case COMPONENT_TYPE_TUPLE:
        for (uint32_t i = 0; i < type->member_count; i++) {
            const component_node *part = type->members[i].type;
            offset = align_up(offset, part->layout[1].align);
            put_value(c, part, at + offset);
            offset += part->layout[1].size;
        }
        return;
    case COMPONENT_TYPE_FLAGS:
    case COMPONENT_TYPE_OWN:
        bits = (uint32_t)byte(c) << 24 | (uint32_t)byte(c) << 16 | byte(c);
        if (type->kind == COMPONENT_TYPE_FLAGS && type->member_count < 32)
            bits &= (1u << type->member_count) - 1;
        memcpy(at, &bits, type->layout[1].size);
        return;
    default:
        put_variant(c, type, at);
    }
}

/* ---- Equality ---- */

static void same_value(const component_node *type, const uint8_t *a,
                       const uint8_t *b);

static void same_elements(const component_node *type, const uint8_t *a,
                          const uint8_t *b, uint64_t count)
{
    component_layout each = element_of(type);
    for (uint64_t i = 0; i < count; i++, a += each.size, b += each.size) {
        same_value(type->element, a, b);
        if (type->kind != COMPONENT_TYPE_MAP)
            continue;
        uint64_t offset = align_up(type->element->layout[1].size,
                                   type->other->layout[1].align);
        same_value(type->other, a + offset, b + offset);
    }
}

static void same_lists(const component_node *type, const uint8_t *a,
                       const uint8_t *b)
{
    native_list first, second;
    memcpy(&first, a, sizeof first);
    memcpy(&second, b, sizeof second);
    expect(first.count == second.count);
    if (type->kind != COMPONENT_TYPE_PRIMITIVE)
        same_elements(type, first.data, second.data, first.count);
    else if (first.count)
        expect(!memcmp(first.data, second.data, first.count));
}

static void same_variants(const component_node *type, const uint8_t *a,
                          const uint8_t *b)
{
    uint32_t tag = component_discriminant_size(case_count(type)), index = 0;
    expect(!memcmp(a, b, tag));
    memcpy(&index, a, tag);
    const component_node *payload = payload_of(type, index);
    uint64_t offset = align_up(tag, type->layout[1].align);
    if (payload)
        same_value(payload, a + offset, b + offset);
}

static void same_value(const component_node *type, const uint8_t *a,
                       const uint8_t *b)
{
    uint64_t offset = 0;
    switch (type->kind) {
    case COMPONENT_TYPE_LIST:
    case COMPONENT_TYPE_MAP:
        same_lists(type, a, b);
        return;
    case COMPONENT_TYPE_FIXED_LIST:
        same_elements(type, a, b, type->length);
        return;
    case COMPONENT_TYPE_RECORD:
    case COMPONENT_TYPE_TUPLE:
        for (uint32_t i = 0; i < type->member_count; i++) {
            const component_node *part = type->members[i].type;
            offset = align_up(offset, part->layout[1].align);
            same_value(part, a + offset, b + offset);
            offset += part->layout[1].size;
        }
        return;
    case COMPONENT_TYPE_VARIANT:
    case COMPONENT_TYPE_ENUM:
    case COMPONENT_TYPE_OPTION:
    case COMPONENT_TYPE_RESULT:
        same_variants(type, a, b);
        return;
    default:
        if (type->kind == COMPONENT_TYPE_PRIMITIVE &&
            type->primitive == COMPONENT_STRING)
            same_lists(type, a, b);
        else
            expect(!memcmp(a, b, type->layout[1].size));
    }
}

static void same_tuple(const canon_tuple *types, const uint8_t *a,
                       const uint8_t *b)
{
    uint64_t offset = 0;
    for (uint32_t i = 0; i < types->count; i++) {
        const component_node *part = types->members[i].type;
        offset = align_up(offset, part->layout[1].align);
        same_value(part, a + offset, b + offset);
        offset += part->layout[1].size;
    }
}

/* ---- The way ---- */

/* Guests by the widths of their memories and by whether these move. */
static guests worlds[8];

/* Lies make memories grow; large ones are given back. */
static bool is_large(const guest *self)
{
    return atomic_load(&self->options.memory->size) > 16u << 20;
}

static guests *world(choices *c)
{
    unsigned which = pick(c, 8);
    guests *g = &worlds[which];
    if (g->engine && (is_large(&g->a) || is_large(&g->b)))
        guests_close(g);
    if (!g->engine)
        expect(guests_open(g, which & 3, which >> 2) == WHIT_OK);
    mem_free(g->a.instance->bindings);
    g->a.instance->bindings = NULL;
    g->a.instance->binding_count = g->a.instance->binding_capacity = 0;
    guests_reset(&g->a);
    guests_reset(&g->b);
    g->a.options.encoding = (canon_encoding)pick(c, 3);
    g->b.options.encoding = (canon_encoding)pick(c, 3);
    /* Memories that grow at every call soon take too much. */
    g->a.grow->value[0].u32 = !pick(c, 16) && pick(c, 2);
    g->b.grow->value[0].u32 = !pick(c, 16) && pick(c, 2);
    return g;
}

/* Handles name a resource type that goes with the check. */
static void forget_handles(guests *g)
{
    canon_handles_release(&g->a.instance->handles);
    canon_handles_release(&g->b.instance->handles);
    canon_handles_release(&g->host->handles);
}

void values_release(void)
{
    for (size_t i = 0; i < COUNT_OF(worlds); i++)
        if (worlds[i].engine) {
            guests_close(&worlds[i]);
            memset(&worlds[i], 0, sizeof worlds[i]);
        }
}

static bool types_of(guests *g, choices *c, canon_resource *resource,
                     canon_tuple *out)
{
    buffer text;
    component_file *file = NULL;
    buffer_init(&text);
    put_function(c, &text);
    component_file_free(g->types);
    g->types = NULL;
    whit_status status =
        component_text_parse(buffer_view(&text), &file, &g->error);
    g->types = file;
    if (status == WHIT_OK)
        status = component_validate(file, &g->error);
    buffer_release(&text);
    /* Names and types are right; only sizes may be too large. */
    if (status != WHIT_OK)
        return false;
    const component_info *info = file->root.info;
    uint32_t count = info->counts[COMPONENT_SORT_TYPE];
    const component_space_item *items = info->items[COMPONENT_SORT_TYPE];
    const component_node *type = items[count - 1].type;
    *resource = (canon_resource){.instance = g->host};
    expect(canon_instance_bind(g->a.instance, items[0].type->resource, resource,
                               &g->error) == WHIT_OK);
    canon_tuple_init(out, type->members, type->member_count, g->a.instance);
    return true;
}

static canon_form form_of(choices *c, const canon_tuple *types)
{
    uint32_t flat = 0;
    for (uint32_t i = 0; i < types->count; i++)
        flat += types->members[i].type->flat_count;
    return flat <= COMPONENT_FLAT_PARAMS && pick(c, 4) ? CANON_FLAT
                                                       : CANON_INDIRECT;
}

/* A value of the host's, and where guests have it. */
typedef struct trip {
    guests *g;
    choices *c;
    canon_tuple types;
    uint8_t *in, *out;
    canon_values first, second;
} trip;

static whit_status pass(trip *t, const canon_side *from,
                        const canon_values *source, const canon_side *to,
                        const canon_values *target)
{
    return canon_pass(&t->types, from, source, to, target, &t->g->error);
}

static void check_way(trip *t)
{
    guests *g = t->g;
    const canon_tuple *types = &t->types;
    uint64_t offset = 0;
    for (uint32_t i = 0; i < types->count; i++) {
        const component_node *part = types->members[i].type;
        offset = align_up(offset, part->layout[1].align);
        put_value(t->c, part, t->in + offset);
        offset += part->layout[1].size;
    }
    canon_values source = guests_native(t->in), target = guests_native(t->out);
    expect(!pass(t, &g->host_side, &source, &g->a.side, &t->first));
    expect(!pass(t, &g->a.side, &t->first, &g->b.side, &t->second));
    expect(!pass(t, &g->b.side, &t->second, &g->host_side, &target));
    same_tuple(types, t->in, t->out);
}

static void expect_no_harm(whit_status status)
{
    expect(status == WHIT_OK || status == WHIT_TRAP || status == WHIT_LIMIT ||
           status == WHIT_OUT_OF_MEMORY);
}

/* Bytes of a guest's memory and slots change; so does what realloc says. */
static void tell_lies(choices *c, guest *liar, rt_slot *slots, guest *other)
{
    uint64_t used = liar->options.memory->is64 ? liar->next->value[0].u64
                                               : liar->next->value[0].u32;
    for (unsigned i = pick(c, 4); i && used > 8192; i--) {
        uint64_t at = (uint64_t)byte(c) << 8 | byte(c);
        *guests_memory(liar, 8192 + at % (used - 8192)) = byte(c);
    }
    if (!pick(c, 3))
        slots[pick(c, COMPONENT_FLAT_PARAMS)].u64 ^= 1ull << pick(c, 64);
    if (!pick(c, 4))
        other->answer->value[0].u64 =
            pick(c, 2) ? 8192u + byte(c) : 131072u - 2 * byte(c);
}

static void check_lies(trip *t)
{
    guests *g = t->g;
    canon_values source = guests_native(t->in), target = guests_native(t->out);
    canon_side views = g->host_side;
    views.views = true;
    for (int round = 0; round < 4; round++) {
        g->b.answer->value[0].u64 = 0;
        expect(!pass(t, &g->host_side, &source, &g->b.side, &t->second));
        tell_lies(t->c, &g->b, t->second.slots, &g->a);
        expect_no_harm(pass(t, &g->b.side, &t->second,
                            round & 1 ? &views : &g->host_side, &target));
        expect(!pass(t, &g->host_side, &source, &g->b.side, &t->second));
        tell_lies(t->c, &g->b, t->second.slots, &g->a);
        expect_no_harm(pass(t, &g->b.side, &t->second, &g->a.side, &t->first));
    }
}

void values_check(slice bytes)
{
    choices c = {bytes.data, bytes.data + bytes.size, {0}};
    rt_slot a[COMPONENT_FLAT_PARAMS], b[COMPONENT_FLAT_PARAMS];
    trip t = {.g = world(&c), .c = &c};
    canon_resource resource;
    memset(b, 0, sizeof b);
    arena_init(&c.arena);
    t.g->host_side.arena = &c.arena;
    if (types_of(t.g, &c, &resource, &t.types)) {
        t.in = arena_zalloc(&c.arena, t.types.layout[1].size);
        t.out = arena_zalloc(&c.arena, t.types.layout[1].size);
        expect(t.in && t.out);
        t.first = (canon_values){form_of(&c, &t.types), a, NULL};
        t.second = (canon_values){form_of(&c, &t.types), b, NULL};
        check_way(&t);
        check_lies(&t);
        forget_handles(t.g);
    }
    arena_release(&c.arena);
}

void values_check_seed(uint64_t seed)
{
    uint8_t bytes[2048];
    uint64_t state = seed;
    for (size_t i = 0; i < sizeof bytes; i += 8) {
        state += 0x9e3779b97f4a7c15;
        uint64_t z = state;
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
        z = (z ^ z >> 27) * 0x94d049bb133111eb;
        z ^= z >> 31;
        memcpy(bytes + i, &z, 8);
    }
    values_check(slice_of(bytes, sizeof bytes));
}
