// SPDX-License-Identifier: MIT
// The table of requirements says what scenarios/REQUIREMENTS.md says.
#include <check.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/story/requirements.h"
#include "tests/suite.h"

#define LINE_MAX 1024

// Without what marks words as emphasized, or as code.
static void take_marks_away(char *line)
{
    char *into = line;
    for (const char *c = line; *c; c++)
        if (*c != '*' && *c != '`') *into++ = *c;
    *into = '\0';
}

static bool has_row(const requirement_t *requirement)
{
    char line[LINE_MAX], row[LINE_MAX];
    FILE *file = fopen("scenarios/REQUIREMENTS.md", "re");
    ck_assert_ptr_nonnull(file);
    snprintf(row, sizeof row, "| %s | %s |\n", requirement->name, requirement->sentence);
    bool found = false;
    while (!found && fgets(line, sizeof line, file)) {
        take_marks_away(line);
        found = strcmp(line, row) == 0;
    }
    fclose(file);
    return found;
}

START_TEST(every_requirement_says_what_its_page_says)
{
    for (size_t i = 0; i < REQUIREMENT_COUNT; i++)
        ck_assert_msg(has_row(&REQUIREMENTS[i]), "%s: %s", REQUIREMENTS[i].name, REQUIREMENTS[i].sentence);
}
END_TEST

START_TEST(the_car_comes_first_and_then_the_simulator)
{
    for (size_t i = 0; i < REQUIREMENT_COUNT; i++) {
        char name[32];
        bool car = i < REQUIREMENTS_OF_THE_CAR;
        snprintf(name, sizeof name, "%c%zu", car ? 'R' : 'S', car ? i + 1 : i - REQUIREMENTS_OF_THE_CAR + 1);
        ck_assert_str_eq(REQUIREMENTS[i].name, name);
        ck_assert_ptr_eq(requirement_find(name), &REQUIREMENTS[i]);
    }
}
END_TEST

START_TEST(what_is_none_is_not_found)
{
    static const char *const NONE[] = {"", "R", "R0", "R15", "R01", "S8", "r1", "R1 ", "T1"};
    for (size_t i = 0; i < sizeof NONE / sizeof NONE[0]; i++)
        ck_assert_msg(!requirement_find(NONE[i]), "\"%s\"", NONE[i]);
}
END_TEST

int main(void)
{
    const TTest *const TESTS[] = {
        every_requirement_says_what_its_page_says,
        the_car_comes_first_and_then_the_simulator,
        what_is_none_is_not_found,
    };
    TCase *tcase = tcase_create("requirements");
    suite_add_tests(tcase, TESTS, sizeof TESTS / sizeof TESTS[0]);
    return suite_run("requirements", tcase);
}
