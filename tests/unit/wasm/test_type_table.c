/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Canonical types: equality over modules, sub types, layout. */
#include "test.h"

#include "base/memory.h"
#include "wasm/type_table.h"

static const wasm_valtype i32_i64[] = {WASM_I32, WASM_I64};

static wasm_subtype func(const wasm_valtype *params, uint32_t count)
{
    return (wasm_subtype){.kind = WASM_COMP_FUNC,
                          .final = true,
                          .super = WASM_NO_INDEX,
                          .rec_count = 1,
                          .func = {.params = params, .param_count = count}};
}

static wasm_subtype structure(const wasm_field *fields, uint32_t count)
{
    return (wasm_subtype){.kind = WASM_COMP_STRUCT,
                          .super = WASM_NO_INDEX,
                          .rec_count = 1,
                          .fields = fields,
                          .field_count = count};
}

static whit_status add(wasm_type_table *table, wasm_subtype *types,
                       uint32_t count, const wasm_type **out, whit_error *error)
{
    wasm_module module = {.types = types, .type_count = count};
    return wasm_type_table_add(table, &module, out, error);
}

TEST(equal_types_are_one)
{
    wasm_type_table *table = wasm_type_table_new();
    wasm_subtype types[] = {func(i32_i64, 2), func(i32_i64, 1),
                            func(i32_i64, 2)};
    const wasm_type *first[3], *second[1], *host;
    CHECK_INT(add(table, types, 3, first, NULL), WHIT_OK);
    CHECK(first[0] == first[2] && first[0] != first[1]);
    CHECK_INT(add(table, types + 1, 1, second, NULL), WHIT_OK);
    CHECK(second[0] == first[1]);
    CHECK_INT(wasm_type_table_func(table, &types[0].func, &host, NULL),
              WHIT_OK);
    CHECK(host == first[0]);
    CHECK(wasm_type_table_get(table, host->id) == host);
    CHECK_INT(host->param_slots, 2);
    wasm_type_table_free(table);
}

/* Two structs that point to each other, at indices from `first` on. */
static void make_cycle(wasm_subtype out[2], wasm_field fields[2],
                       uint32_t first)
{
    for (uint32_t i = 0; i < 2; i++) {
        fields[i] = (wasm_field){wasm_ref(first + 1 - i, true), i == 0};
        out[i] = structure(&fields[i], 1);
        out[i].rec_first = first;
        out[i].rec_count = 2;
    }
}

TEST(recursive_groups_are_compared_by_structure)
{
    wasm_type_table *table = wasm_type_table_new();
    wasm_field fields[4];
    wasm_subtype types[5];
    const wasm_type *out[5];
    types[0] = func(NULL, 0);
    make_cycle(types + 1, fields, 1);
    make_cycle(types + 3, fields + 2, 3);
    CHECK_INT(add(table, types, 5, out, NULL), WHIT_OK);
    CHECK(out[1] == out[3] && out[2] == out[4] && out[1] != out[2]);
    CHECK_INT(out[1]->fields[0].type, wasm_ref(out[2]->id, true));
    CHECK_INT(wasm_type_canonical(wasm_ref(3, false), out),
              wasm_ref(out[1]->id, false));
    CHECK_INT(wasm_type_canonical(WASM_FUNCREF, out), WASM_FUNCREF);
    wasm_type_table_free(table);
}

TEST(a_group_is_more_than_its_members)
{
    wasm_type_table *table = wasm_type_table_new();
    wasm_subtype types[] = {func(NULL, 0), func(NULL, 0), func(NULL, 0)};
    const wasm_type *out[3];
    types[1].rec_first = types[2].rec_first = 1;
    types[1].rec_count = types[2].rec_count = 2;
    CHECK_INT(add(table, types, 3, out, NULL), WHIT_OK);
    CHECK(out[0] != out[1] && out[1] != out[2]);
    wasm_type_table_free(table);
}

TEST(sub_types_by_display)
{
    wasm_type_table *table = wasm_type_table_new();
    wasm_subtype types[4];
    const wasm_type *out[4];
    for (uint32_t i = 0; i < 4; i++) {
        types[i] = structure(NULL, 0);
        types[i].super = i ? i - 1 : WASM_NO_INDEX;
    }
    types[3].super = 0;
    types[3].final = true;
    CHECK_INT(add(table, types, 4, out, NULL), WHIT_OK);
    CHECK_INT(out[2]->depth, 2);
    CHECK(wasm_type_is_sub(out[2], out[0]) && wasm_type_is_sub(out[2], out[2]));
    CHECK(!wasm_type_is_sub(out[0], out[2]));
    CHECK(!wasm_type_is_sub(out[3], out[1]));
    CHECK(wasm_valtype_matches(table, wasm_ref(out[2]->id, false),
                               wasm_ref(out[1]->id, true)));
    CHECK(!wasm_valtype_matches(table, wasm_ref(out[2]->id, true),
                                wasm_ref(out[1]->id, false)));
    wasm_type_table_free(table);
}

TEST(unknown_types_are_invalid)
{
    wasm_type_table *table = wasm_type_table_new();
    whit_error error;
    const wasm_type *out[2];
    wasm_field field = {wasm_ref(1, true), false};
    wasm_subtype types[] = {structure(&field, 1), structure(NULL, 0)};
    CHECK_INT(add(table, types, 2, out, &error), WHIT_INVALID);
    CHECK_TEXT(error.message, "unknown type 1");
    types[0] = structure(NULL, 0);
    types[0].super = 0;
    CHECK_INT(add(table, types, 2, out, &error), WHIT_INVALID);
    CHECK(strstr(error.message, "unknown type 0") == error.message);
    wasm_type_table_free(table);
}

TEST(too_deep_chains_reach_a_limit)
{
    enum { DEEP = 65 };
    wasm_type_table *table = wasm_type_table_new();
    wasm_subtype types[DEEP];
    const wasm_type *out[DEEP];
    for (uint32_t i = 0; i < DEEP; i++) {
        types[i] = structure(NULL, 0);
        types[i].super = i ? i - 1 : WASM_NO_INDEX;
    }
    CHECK_INT(add(table, types, DEEP - 1, out, NULL), WHIT_OK);
    CHECK_INT(add(table, types, DEEP, out, NULL), WHIT_LIMIT);
    wasm_type_table_free(table);
}

TEST(fields_are_laid_out_naturally)
{
    wasm_type_table *table = wasm_type_table_new();
    const wasm_field fields[] = {{WASM_I8, true},       {WASM_I16, true},
                                 {WASM_I8, true},       {WASM_I64, true},
                                 {WASM_FUNCREF, false}, {WASM_F32, true},
                                 {WASM_V128, true}};
    const uint32_t offsets[] = {0, 2, 4, 8, 16, 24, 32};
    wasm_subtype type = structure(fields, COUNT_OF(fields));
    const wasm_type *out;
    CHECK_INT(add(table, &type, 1, &out, NULL), WHIT_OK);
    for (size_t i = 0; i < COUNT_OF(offsets); i++)
        CHECK_INT(out->field_offsets[i], offsets[i]);
    CHECK_INT(out->size, 48);
    CHECK(out->has_refs);
    wasm_type_table_free(table);
}

/* Rows: sub; columns: super. 1 where row <: column (section 3.3.3). */
TEST(the_abstract_hierarchies)
{
    static const wasm_heaptype heaps[] = {
        WASM_HEAP_ANY,    WASM_HEAP_EQ,       WASM_HEAP_I31,  WASM_HEAP_STRUCT,
        WASM_HEAP_ARRAY,  WASM_HEAP_NONE,     WASM_HEAP_FUNC, WASM_HEAP_NOFUNC,
        WASM_HEAP_EXTERN, WASM_HEAP_NOEXTERN, WASM_HEAP_EXN,  WASM_HEAP_NOEXN};
    static const char *const expected[] = {
        "100000000000", "110000000000", "111000000000", "110100000000",
        "110010000000", "111111000000", "000000100000", "000000110000",
        "000000001000", "000000001100", "000000000010", "000000000011"};
    wasm_type_table *table = wasm_type_table_new();
    for (size_t i = 0; i < COUNT_OF(heaps); i++)
        for (size_t j = 0; j < COUNT_OF(heaps); j++)
            CHECK_INT(wasm_heap_matches(table, heaps[i], heaps[j]),
                      expected[i][j] == '1');
    wasm_subtype types[] = {func(NULL, 0), structure(NULL, 0)};
    const wasm_type *out[2];
    CHECK_INT(add(table, types, 2, out, NULL), WHIT_OK);
    CHECK(wasm_heap_matches(table, out[0]->id, WASM_HEAP_FUNC));
    CHECK(!wasm_heap_matches(table, out[0]->id, WASM_HEAP_ANY));
    CHECK(wasm_heap_matches(table, out[1]->id, WASM_HEAP_EQ));
    CHECK(!wasm_heap_matches(table, out[1]->id, WASM_HEAP_ARRAY));
    CHECK(wasm_heap_matches(table, WASM_HEAP_NONE, out[1]->id));
    CHECK(wasm_heap_matches(table, WASM_HEAP_NOFUNC, out[0]->id));
    CHECK(!wasm_heap_matches(table, WASM_HEAP_NONE, out[0]->id));
    CHECK(!wasm_heap_matches(table, WASM_HEAP_STRUCT, out[1]->id));
    wasm_type_table_free(table);
}

TEST_MAIN(RUN(equal_types_are_one)
              RUN(recursive_groups_are_compared_by_structure)
                  RUN(a_group_is_more_than_its_members)
                      RUN(sub_types_by_display) RUN(unknown_types_are_invalid)
                          RUN(too_deep_chains_reach_a_limit)
                              RUN(fields_are_laid_out_naturally)
                                  RUN(the_abstract_hierarchies))
