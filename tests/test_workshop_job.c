// SPDX-License-Identifier: MIT
// Jobs of the workshop, request by request, and how each of them ends.
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/actors/workshop_job.h"
#include "tests/suite.h"

#define TEXT_MAX (3 * WORKSHOP_REQUEST_MAX)

static workshop_job_t job;

// ---- a unit's side -------------------------------------------------------------------------------------------------

static size_t parse(const char *hex, uint8_t *bytes)
{
    size_t size = 0;
    for (; *hex; hex += hex[2] == ' ' ? 3 : 2) bytes[size++] = (uint8_t)strtoul((char[]){hex[0], hex[1], 0}, NULL, 16);
    return size;
}

static void expect_request(const char *hex)
{
    uds_step_t step;
    ck_assert_msg(workshop_job_next(&job, &step), "over, where %s was expected", hex);
    char text[TEXT_MAX + 1] = "";
    for (size_t i = 0; i < step.size; i++) snprintf(text + 3 * i, 4, "%02X ", step.bytes[i]);
    text[3 * step.size - 1] = '\0';
    ck_assert_str_eq(text, hex);
    ck_assert_int_eq(step.kind, step.bytes[0] == UDS_SECURITY_ACCESS ? UDS_STEP_UNLOCK : UDS_STEP_REQUEST);
}

static void take(uds_outcome_t outcome, uint8_t nrc, const char *hex)
{
    uint8_t bytes[TEXT_MAX];
    size_t size = parse(hex, bytes);
    uds_answer_t answer = {.outcome = outcome, .nrc = nrc, .bytes = size > 0 ? bytes : NULL, .size = size};
    workshop_job_take(&job, &answer);
}

static void is_answered(const char *request, const char *answer)
{
    expect_request(request);
    take(UDS_OUTCOME_POSITIVE, 0, answer);
}

static void is_refused(const char *request, uint8_t nrc)
{
    char text[16];
    snprintf(text, sizeof text, "7F %.2s %02X", request, nrc);
    expect_request(request);
    take(UDS_OUTCOME_NEGATIVE, nrc, text);
}

static void opens(void)
{
    is_answered("10 03", "50 03 00 32 01 F4");
    is_answered("27 01", "67 02");
}

static void closes(void)
{
    is_answered("10 01", "50 01 00 32 01 F4");
}

static void ends(workshop_end_t end)
{
    uds_step_t step;
    ck_assert(!workshop_job_next(&job, &step));
    ck_assert(workshop_job_is_over(&job));
    ck_assert_int_eq(job.end, end);
}

static void begin_write(const char *hex)
{
    workshop_request_t write = {0};
    write.size = parse(hex, write.bytes);
    workshop_job_write(&job, &write);
}

static void begin_blocking(void)
{
    workshop_job_service(&job, &(workshop_service_t){.function = WORKSHOP_BLOCK_KEY, .key = 3});
}

static void begin_coding(void)
{
    static const workshop_change_t CHANGE = {.setting = 1, .raw = 200};
    workshop_job_coding(&job, &(workshop_coding_t){.profile = 3, .settings = 2, .count = 1, .changes = &CHANGE});
}

// ---- service functions ---------------------------------------------------------------------------------------------

START_TEST(a_service_opens_a_session_unlocks_acts_and_closes)
{
    begin_blocking();
    opens();
    is_answered("31 01 DC 73 02 01", "71 01 DC 73 00");
    closes();
    ends(WORKSHOP_ACCEPTED);
}
END_TEST

START_TEST(a_refused_service_closes_its_session)
{
    begin_blocking();
    opens();
    is_refused("31 01 DC 73 02 01", UDS_CONDITIONS_NOT_CORRECT);
    closes();
    ends(WORKSHOP_REFUSED);
    ck_assert_uint_eq(job.nrc, UDS_CONDITIONS_NOT_CORRECT);
    ck_assert_int_eq(job.ended_in, WORKSHOP_STAGE_ACT);
}
END_TEST

START_TEST(a_session_that_is_refused_is_not_closed)
{
    begin_blocking();
    is_refused("10 03", UDS_CONDITIONS_NOT_CORRECT);
    ends(WORKSHOP_REFUSED);
}
END_TEST

START_TEST(a_unit_that_falls_silent_is_not_asked_again)
{
    begin_blocking();
    opens();
    expect_request("31 01 DC 73 02 01");
    take(UDS_OUTCOME_SILENT, 0, "");
    ends(WORKSHOP_SILENT);
}
END_TEST

// ---- coding --------------------------------------------------------------------------------------------------------

START_TEST(coding_changes_what_was_told_and_keeps_the_rest)
{
    begin_coding();
    is_answered("22 30 03", "62 30 03 00 00 64 FF 9C");
    opens();
    is_answered("2E 30 03 01 00 64 00 C8", "6E 30 03");
    is_answered("22 30 03", "62 30 03 01 00 64 00 C8");
    closes();
    ends(WORKSHOP_ACCEPTED);
}
END_TEST

START_TEST(coding_that_reads_back_otherwise_is_told)
{
    begin_coding();
    is_answered("22 30 03", "62 30 03 01 00 64 FF 9C");
    opens();
    is_answered("2E 30 03 01 00 64 00 C8", "6E 30 03");
    is_answered("22 30 03", "62 30 03 01 00 64 00 C9");
    closes();
    ends(WORKSHOP_DIFFERENT);
}
END_TEST

START_TEST(a_profile_of_another_layout_is_not_written)
{
    begin_coding();
    is_answered("22 30 03", "62 30 03 01 00 64");
    ends(WORKSHOP_UNREADABLE);
}
END_TEST

// ---- writing -------------------------------------------------------------------------------------------------------

START_TEST(a_record_is_written_as_told_and_read_back)
{
    begin_write("2E 30 20 00 01");
    opens();
    is_answered("2E 30 20 00 01", "6E 30 20");
    is_answered("22 30 20", "62 30 20 00 01");
    closes();
    ends(WORKSHOP_ACCEPTED);
}
END_TEST

START_TEST(a_record_that_reads_back_otherwise_is_told)
{
    static const char *const ANSWERS[] = {"62 30 20 00 00", "62 30 20 00", "62 30 20 00 01 00", "62 30 21 00 01", "62"};
    for (size_t i = 0; i < sizeof ANSWERS / sizeof ANSWERS[0]; i++) {
        begin_write("2E 30 20 00 01");
        opens();
        is_answered("2E 30 20 00 01", "6E 30 20");
        is_answered("22 30 20", ANSWERS[i]);
        closes();
        ends(WORKSHOP_DIFFERENT);
    }
}
END_TEST

START_TEST(a_refused_record_is_not_read_back)
{
    begin_write("2E 30 21 05");
    opens();
    is_refused("2E 30 21 05", UDS_OUT_OF_RANGE);
    closes();
    ends(WORKSHOP_REFUSED);
    ck_assert_uint_eq(job.nrc, UDS_OUT_OF_RANGE);
}
END_TEST

START_TEST(a_job_after_another_has_nothing_of_it)
{
    static const uint8_t READ[] = {0x22, 0xF1, 0x90};
    begin_write("2E 30 21 05");
    is_refused("10 03", UDS_CONDITIONS_NOT_CORRECT);
    ends(WORKSHOP_REFUSED);
    workshop_job_request(&job, READ, sizeof READ);
    is_answered("22 F1 90", "62 F1 90 41");
    ends(WORKSHOP_ACCEPTED);
    ck_assert_uint_eq(job.size, 4);
    ck_assert_uint_eq(job.nrc, UDS_ACCEPTED);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("workshop jobs");
    tcase_add_test(tests, a_service_opens_a_session_unlocks_acts_and_closes);
    tcase_add_test(tests, a_refused_service_closes_its_session);
    tcase_add_test(tests, a_session_that_is_refused_is_not_closed);
    tcase_add_test(tests, a_unit_that_falls_silent_is_not_asked_again);
    tcase_add_test(tests, coding_changes_what_was_told_and_keeps_the_rest);
    tcase_add_test(tests, coding_that_reads_back_otherwise_is_told);
    tcase_add_test(tests, a_profile_of_another_layout_is_not_written);
    tcase_add_test(tests, a_record_is_written_as_told_and_read_back);
    tcase_add_test(tests, a_record_that_reads_back_otherwise_is_told);
    tcase_add_test(tests, a_refused_record_is_not_read_back);
    tcase_add_test(tests, a_job_after_another_has_nothing_of_it);
    return suite_run("workshop jobs", tests);
}
