// SPDX-License-Identifier: MIT
// JSON as the tools write it, read back by Jansson.
#include <check.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/printed.h"
#include "tests/suite.h"
#include "tools/json_printer.h"

START_TEST(json_is_written_as_it_is_told)
{
    json_printer_t json;
    json_printer_init(&json, printed_begin());
    json_printer_begin_object(&json, NULL);
    json_printer_text(&json, "unit", "seat");
    json_printer_begin_array(&json, "profiles");
    json_printer_whole(&json, NULL, -3);
    json_printer_number(&json, NULL, 2003 * 0.1);
    json_printer_bool(&json, NULL, true);
    json_printer_null(&json, NULL);
    json_printer_end(&json);
    json_printer_begin_array(&json, "empty");
    json_printer_end(&json);
    json_printer_begin_object(&json, "none");
    json_printer_end(&json);
    json_printer_bool(&json, "last", false);
    json_printer_end(&json);
    printed_is("{\n"
               "  \"unit\": \"seat\",\n"
               "  \"profiles\": [\n"
               "    -3,\n"
               "    200.3,\n"
               "    true,\n"
               "    null\n"
               "  ],\n"
               "  \"empty\": [],\n"
               "  \"none\": {},\n"
               "  \"last\": false\n"
               "}\n");
}
END_TEST

START_TEST(every_character_comes_back)
{
    char text[0x80];
    for (int i = 1; i < 0x80; i++) text[i - 1] = (char)i;
    text[0x7F] = '\0';
    json_printer_t json;
    json_printer_init(&json, printed_begin());
    json_printer_begin_object(&json, NULL);
    json_printer_text(&json, text, text);
    json_printer_end(&json);
    char *printed = printed_end();
    json_t *whole = json_loads(printed, 0, NULL);
    ck_assert_ptr_nonnull(whole);
    ck_assert_str_eq(json_string_value(json_object_get(whole, text)), text);
    json_decref(whole);
    free(printed);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("JSON printer");
    tcase_add_test(tests, json_is_written_as_it_is_told);
    tcase_add_test(tests, every_character_comes_back);
    return suite_run("JSON printer", tests);
}
