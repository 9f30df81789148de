// SPDX-License-Identifier: MIT
// Stories at units that answer wrongly: the verbs service, cip and uds, and the condition dtc. What is no answer is
// never a success; the step fails and says so, with the bytes. Runs from the root of the tree.
#include <check.h>
#include <string.h>

#include "scenarios/play/car.h"
#include "tests/story_fixture.h"
#include "tests/suite.h"
#include "tests/wrong_unit.h"

#define OPEN                                                                                                           \
    {                                                                                                                  \
        "10 03", "50 03 00 32 01 F4"                                                                                   \
    }
#define SEED                                                                                                           \
    {                                                                                                                  \
        "27 01", "67 01 01 02 03 04 05 06 07 08"                                                                       \
    }
#define KEY                                                                                                            \
    {                                                                                                                  \
        "27 02", "67 02"                                                                                               \
    }
#define CLOSE                                                                                                          \
    {                                                                                                                  \
        "10 01", "50 01 00 32 01 F4"                                                                                   \
    }
#define BLOCKED                                                                                                        \
    {                                                                                                                  \
        "31 01", "71 01 DC 73 00"                                                                                      \
    }
#define BLOCK "{'at': '1 s', 'service': {'function': 'block_key', 'key': 2}}"
// The climate control has eight settings.
#define PROFILE "01 00 0C 00 0C 00 00 00 00 00 01 00 00 00 00 00 01"
#define READ                                                                                                           \
    {                                                                                                                  \
        "22 30 02", "62 30 02 " PROFILE                                                                                \
    }
#define CODE "{'at': '1 s', 'cip': {'ecu': 'climate', 'profile': 2, 'settings': {}}}"

#define ROWS(...) ((const wrong_unit_row_t[]){__VA_ARGS__, {NULL, NULL}})

static player_verdict_t verdict;

static void play(const wrong_unit_row_t *rows, const char *steps)
{
    error_t error;
    error_clear(&error);
    wrong_unit_rows = rows;
    garage_t *garage = garage_new();
    const story_t *story = story_fixture_parse(garage, "", steps);
    car_plan_t plan = story_plan(story);
    car_t *car = car_new(&plan, &(car_host_t){.find = wrong_unit_find}, &error);
    ck_assert_msg(car, "%s", error.text);
    car_play(car, story);
    ck_assert_msg(car_run(car, &error), "%s", error.text);
    verdict = *player_verdict(car->player);
    car_destroy(&car);
    story_destroy(&story);
    garage_destroy(&garage);
}

static void passes(const wrong_unit_row_t *rows, const char *steps)
{
    play(rows, steps);
    story_assert_passed(&verdict);
}

static void fails(const wrong_unit_row_t *rows, const char *steps, const char *problem)
{
    play(rows, steps);
    story_assert_failed(&verdict, 0, problem);
}

START_TEST(a_service_function_is_done_by_its_own_answer_only)
{
    passes(ROWS(OPEN, SEED, KEY, BLOCKED, CLOSE), BLOCK);
    fails(ROWS(OPEN, SEED, KEY, {"31 01", "71 01"}, CLOSE), BLOCK, "the answer cannot be read: 71 01");
    ck_assert_str_eq(verdict.seen, "31 01 DC 73 01 01 was answered by 71 01");
    fails(ROWS(OPEN, SEED, KEY, {"31 01", "71 01 12 34 00"}, CLOSE), BLOCK,
          "the answer cannot be read: 71 01 12 34 00");
    fails(ROWS(OPEN, SEED, KEY, {"31 01", "71 03 DC 73 00"}, CLOSE), BLOCK,
          "the answer cannot be read: 71 03 DC 73 00");
    fails(ROWS(OPEN, SEED, KEY, {"31 01", "71 01 DC 73 01"}, CLOSE), BLOCK, "not done, the routine's result is 0x01");
    fails(ROWS(OPEN, SEED, KEY, {"31 01", ""}, CLOSE), BLOCK, "no answer");
}
END_TEST

START_TEST(session_and_seed_must_be_what_was_asked_for)
{
    fails(ROWS({"10 03", "50 01 00 32 01 F4"}), BLOCK,
          "opening the session: the answer cannot be read: 50 01 00 32 01 F4");
    fails(ROWS(OPEN, {"27 01", "67 01 61 62 63 64"}, CLOSE), BLOCK,
          "security access: the answer cannot be read: 67 01 61 62 63 64");
    fails(ROWS(OPEN, SEED, {"27 02", "67 01"}, CLOSE), BLOCK, "security access: the answer cannot be read: 67 01");
    fails(ROWS(OPEN, {"27 01", "7F 27 37"}, CLOSE), BLOCK, "security access: refused with requiredTimeDelayNotExpired");
}
END_TEST

START_TEST(a_refused_closing_is_no_refusal_of_what_was_done)
{
    fails(ROWS(OPEN, SEED, KEY, BLOCKED, {"10 01", "7F 10 22"}), BLOCK,
          "done, but closing the session: refused with conditionsNotCorrect");
    ck_assert_str_eq(verdict.seen, "10 01 was answered by 7F 10 22 (conditionsNotCorrect)");
    fails(ROWS(OPEN, SEED, KEY, BLOCKED, {"10 01", ""}), BLOCK, "done, but closing the session: no answer");
    fails(ROWS(OPEN, SEED, KEY, BLOCKED, {"10 01", "7F 10 22"}),
          "{'at': '1 s', 'service': {'function': 'block_key', 'key': 2, 'refused': 'conditionsNotCorrect'}}",
          "done, but closing the session: refused with conditionsNotCorrect, not refused with conditionsNotCorrect");
}
END_TEST

START_TEST(a_profile_is_coded_when_every_answer_says_so)
{
    passes(ROWS(READ, OPEN, SEED, KEY, {"2E 30 02", "6E 30 02"}, CLOSE), CODE);
    fails(ROWS({"22 30 02", "62 30 02 01 00"}), CODE, "the answer cannot be read: 62 30 02 01 00");
    fails(ROWS({"22 30 02", "62 30 03 " PROFILE}), CODE, "the answer cannot be read: 62 30 03 " PROFILE);
    fails(ROWS(READ, OPEN, SEED, KEY, {"2E 30 02", "6E"}, CLOSE), CODE, "the answer cannot be read: 6E");
    fails(ROWS(READ, OPEN, SEED, KEY, {"2E 30 02", "6E 30 03"}, CLOSE), CODE, "the answer cannot be read: 6E 30 03");
}
END_TEST

#define UDS(request, response) "{'at': '1 s', 'uds': {'ecu': 'climate', 'request': '" request "'" response "}}"

START_TEST(any_answer_will_do_but_it_must_be_one)
{
    passes(ROWS({"22 F1 90", "62 F1 90 41"}), UDS("22 F1 90", ""));
    passes(ROWS({"22 F1 90", "7F 22 31"}), UDS("22 F1 90", ""));
    fails(ROWS({"22 F1 90", "62 F1"}), UDS("22 F1 90", ""), "the answer cannot be read: 62 F1");
    fails(ROWS({"22 F1 90", "62 12 34 41"}), UDS("22 F1 90", ""), "the answer cannot be read: 62 12 34 41");
    fails(ROWS({"22 F1 90", "7F 22"}), UDS("22 F1 90", ""), "the answer cannot be read: 7F 22");
    fails(ROWS({"22 F1 90", "54"}), UDS("22 F1 90", ""), "the answer cannot be read: 54");
}
END_TEST

START_TEST(what_begins_as_told_must_be_an_answer_to_its_end)
{
    passes(ROWS({"19 02", "59 02 2F 00 99 07 2F"}), UDS("19 02 FF", ", 'response': '59 02 *'"));
    fails(ROWS({"19 02", "59 02 2F 00 99 07"}), UDS("19 02 FF", ", 'response': '59 02 *'"),
          "the answer cannot be read: 59 02 2F 00 99 07");
}
END_TEST

START_TEST(a_story_may_want_to_see_a_wrong_answer_and_says_it_whole)
{
    passes(ROWS({"19 02", "59 02 2F 00"}), UDS("19 02 FF", ", 'response': '59 02 ?? 00'"));
    fails(ROWS({"19 02", "59 02 2F 00"}), UDS("19 02 FF", ", 'response': '59 02 2F 01'"),
          "the answer cannot be read: 59 02 2F 00");
}
END_TEST

START_TEST(a_fault_memory_that_cannot_be_read_is_not_empty)
{
    passes(ROWS({"19 02", "59 02 2F"}), "{'never': {'ecu': 'climate', 'dtc': '0x9907'}, 'for': '1 s'}");
    fails(ROWS({"19 02", "59 02 2F 00"}), "{'never': {'ecu': 'climate', 'dtc': '0x9907'}, 'for': '1 s'}",
          "cannot be told");
    ck_assert_ptr_nonnull(strstr(verdict.seen, " s: the answer cannot be read: 59 02 2F 00"));
    fails(ROWS({"19 02", "59 0A 2F"}), "{'always': {'ecu': 'climate', 'dtc': '0x9907'}, 'for': '1 s'}",
          "cannot be told");
    fails(ROWS({"19 02", "59 02 2F 00 99 07"}), "{'expect': {'ecu': 'climate', 'dtc': '0x9907'}}", "does not hold now");
    ck_assert_ptr_nonnull(strstr(verdict.seen, " s: the answer cannot be read: 59 02 2F 00 99 07"));
}
END_TEST

int main(void)
{
    const TTest *const TESTS[] = {
        a_service_function_is_done_by_its_own_answer_only,
        session_and_seed_must_be_what_was_asked_for,
        a_refused_closing_is_no_refusal_of_what_was_done,
        a_profile_is_coded_when_every_answer_says_so,
        any_answer_will_do_but_it_must_be_one,
        what_begins_as_told_must_be_an_answer_to_its_end,
        a_story_may_want_to_see_a_wrong_answer_and_says_it_whole,
        a_fault_memory_that_cannot_be_read_is_not_empty,
    };
    TCase *tests = tcase_create("wrong answers");
    suite_add_tests(tests, TESTS, sizeof TESTS / sizeof TESTS[0]);
    return suite_run("wrong answers", tests);
}
