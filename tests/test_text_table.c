// SPDX-License-Identifier: MIT
// Tables as people see them.
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/printed.h"
#include "tests/suite.h"
#include "tools/text_table.h"

static void print(text_table_t *table, const char *text)
{
    text_table_print(table, printed_begin());
    text_table_destroy(&table);
    ck_assert_ptr_null(table);
    printed_is(text);
}

START_TEST(columns_are_as_wide_as_their_widest_cell)
{
    static const char *const HEADINGS[] = {"unit", ">value", "meaning"};
    text_table_t *table = text_table_new(HEADINGS, 3);
    text_table_add(table, "seat");
    text_table_add(table, "%.1f mm", 125.0);
    text_table_add(table, "where it is");
    text_table_add(table, "a long name");
    text_table_add(table, "1");
    text_table_add(table, "x");
    print(table, "unit            value  meaning\n"
                 "seat         125.0 mm  where it is\n"
                 "a long name         1  x\n");
}
END_TEST

START_TEST(no_line_ends_with_a_blank)
{
    static const char *const HEADINGS[] = {"a", "b", ">c"};
    text_table_t *table = text_table_new(HEADINGS, 3);
    text_table_add(table, "wide cell");
    text_table_add(table, "%s", "");
    text_table_add(table, "%s", "");
    text_table_add(table, "%s", "");
    text_table_add(table, "%s", "");
    text_table_add(table, "end");
    print(table, "a          b    c\n"
                 "wide cell\n"
                 "              end\n");
}
END_TEST

START_TEST(a_row_that_is_not_complete_is_printed_as_far_as_it_goes)
{
    static const char *const HEADINGS[] = {"a", "b"};
    text_table_t *table = text_table_new(HEADINGS, 2);
    text_table_add(table, "1");
    print(table, "a  b\n1\n");
}
END_TEST

START_TEST(characters_count_not_bytes)
{
    static const char *const HEADINGS[] = {">temperature", "b"};
    text_table_t *table = text_table_new(HEADINGS, 2);
    text_table_add(table, "22 \xc2\xb0"
                          "C");
    text_table_add(table, "x");
    print(table, "temperature  b\n      22 \xc2\xb0"
                 "C  x\n");
}
END_TEST

START_TEST(a_cell_that_is_too_long_is_cut_and_many_rows_fit)
{
    static const char *const HEADINGS[] = {"a"};
    char text[2 * TEXT_TABLE_CELL_MAX];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    text_table_t *table = text_table_new(HEADINGS, 1);
    for (int i = 0; i < 1000; i++) text_table_add(table, "%s", text);
    text_table_print(table, printed_begin());
    text_table_destroy(&table);
    char *printed = printed_end();
    // The heading's line, then a line of cut cells each.
    ck_assert_uint_eq(strlen(printed), 2 + 1000 * (TEXT_TABLE_CELL_MAX + 1));
    free(printed);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("text table");
    tcase_add_test(tests, columns_are_as_wide_as_their_widest_cell);
    tcase_add_test(tests, no_line_ends_with_a_blank);
    tcase_add_test(tests, a_row_that_is_not_complete_is_printed_as_far_as_it_goes);
    tcase_add_test(tests, characters_count_not_bytes);
    tcase_add_test(tests, a_cell_that_is_too_long_is_cut_and_many_rows_fit);
    return suite_run("text table", tests);
}
