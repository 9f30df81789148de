// SPDX-License-Identifier: MIT
// The tester's jobs and its reading of fault memories: which frames, when, and what came of them.
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/base/words.h"
#include "tests/suite.h"
#include "tests/tester_bench.h"

#define TEXT_MAX (3 * UDS_MESSAGE_MAX + 1)
static const workshop_job_t *run_service(const char *const *rules)
{
    static const workshop_service_t BLOCK = {.function = WORKSHOP_BLOCK_KEY, .key = 2};
    tester_bench_expect(0, rules);
    tester_begin_service(tester_bench.tester, 0, &BLOCK);
    tester_bench_go();
    const workshop_job_t *job = tester_bench_finish();
    ck_assert_uint_eq(tester_bench.units[0].asked, tester_bench.units[0].rule_count);
    return job;
}

static const workshop_job_t *run_coding(double profile, const char *const *rules)
{
    static const workshop_change_t CHANGES[] = {{1, -3}};
    workshop_coding_t coding = {.profile = profile, .settings = 2, .count = 1, .changes = CHANGES};
    tester_bench_expect(1, rules);
    tester_begin_coding(tester_bench.tester, 1, &coding);
    tester_bench_go();
    const workshop_job_t *job = tester_bench_finish();
    ck_assert_uint_eq(tester_bench.units[1].asked, tester_bench.units[1].rule_count);
    return job;
}

static const workshop_job_t *run_request(const char *request, const char *const *rules)
{
    static uint8_t bytes[UDS_MESSAGE_MAX];
    tester_bench_expect(0, rules);
    tester_begin_request(tester_bench.tester, 0, bytes, tester_bench_hex(request, strlen(request), bytes));
    tester_bench_go();
    return tester_bench_finish();
}

// ---- the node ------------------------------------------------------------------------------------------------------

START_TEST(it_listens_to_every_unit_that_has_an_address)
{
    ck_assert_uint_eq(tester_bench.ports.accept_count, 2);
    ck_assert_uint_eq(tester_bench.ports.accepts[0].id, 0x640);
    ck_assert_uint_eq(tester_bench.ports.accepts[1].id, 0x678);
    ck_assert_uint_eq(tester_bench.ports.line_count, 1);
    ck_assert_str_eq(tester_bench.ports.lines[0], "tester/go");
    ck_assert_uint_eq(tester_bus(&tester_bench.vehicle), 1);
}
END_TEST

START_TEST(without_a_gateway_it_is_on_the_first_bus)
{
    tester_bench.vehicle.nodes[0].executable[0] = 'k';
    ck_assert_uint_eq(tester_bus(&tester_bench.vehicle), 0);
}
END_TEST

START_TEST(it_sends_nothing_until_it_is_told_to)
{
    tester_bench_activate(NULL, 0);
    tester_bench_wait(10 * TIME_S);
    tester_bench_activate(
        &(node_input_t){.kind = INPUT_FRAME, .frame = frame_make(0x640, (uint8_t[]){0xF1, 1, 0x54}, 3)}, 1);
    ck_assert_uint_eq(tester_bench.frame_count, 0);
    ck_assert_int_eq(tester_bench.deadline_ns, TIME_NEVER);
}
END_TEST

// ---- service -------------------------------------------------------------------------------------------------------

START_TEST(a_service_function_opens_unlocks_acts_and_closes)
{
    const workshop_job_t *job = run_service(RULES(OPEN, SEED, KEY, "31 01 DC 73 01 01 > 71 01 DC 73 00", CLOSE));
    ck_assert_int_eq(job->end, WORKSHOP_ACCEPTED);
    tester_bench_check_answer(job, "71 01 DC 73 00"); // the function's, not that of the closing
    tester_bench_wait(TIME_S);
    ck_assert_int_eq(tester_bench.deadline_ns, TIME_NEVER);
}
END_TEST

START_TEST(the_key_fits_the_seed_and_the_unit)
{
    uint8_t key[UDS_KEY_SIZE];
    char rule[64] = "27 02";
    uds_security_key(0x40, (const uint8_t[]){1, 2, 3, 4, 5, 6, 7, 8}, key);
    for (size_t i = 0; i < UDS_KEY_SIZE; i++) snprintf(rule + 5 + 3 * i, 4, " %02X", key[i]);
    snprintf(rule + 5 + 3 * UDS_KEY_SIZE, 16, " > 67 02");
    ck_assert_int_eq(run_service(RULES(OPEN, SEED, rule, "31 * > 71 01 DC 73 00", CLOSE))->end, WORKSHOP_ACCEPTED);
}
END_TEST

START_TEST(a_refusal_of_the_function_is_the_answer_and_the_session_is_closed)
{
    const workshop_job_t *job = run_service(RULES(OPEN, SEED, KEY, "31 * > 7F 31 22", CLOSE));
    ck_assert_int_eq(job->end, WORKSHOP_REFUSED);
    ck_assert_uint_eq(job->nrc, UDS_CONDITIONS_NOT_CORRECT);
    ck_assert_uint_eq(job->ended_by.bytes[0], 0x31);
}
END_TEST

START_TEST(a_refusal_of_the_seed_is_the_answer_too)
{
    const workshop_job_t *job = run_service(RULES(OPEN, "27 01 > 7F 27 37", CLOSE));
    ck_assert_int_eq(job->end, WORKSHOP_REFUSED);
    ck_assert_uint_eq(job->nrc, UDS_DELAY_NOT_EXPIRED);
    ck_assert_int_eq(job->ended_in, WORKSHOP_STAGE_UNLOCK);
}
END_TEST

START_TEST(a_session_that_was_not_opened_is_not_closed)
{
    const workshop_job_t *job = run_service(RULES("10 03 > 7F 10 22"));
    ck_assert_int_eq(job->end, WORKSHOP_REFUSED);
    ck_assert_uint_eq(tester_bench.frame_count, 1);
}
END_TEST

START_TEST(a_refused_closing_is_a_refusal)
{
    const workshop_job_t *job = run_service(RULES(OPEN, SEED, KEY, "31 * > 71 01 DC 73 00", "10 01 > 7F 10 22"));
    ck_assert_int_eq(job->end, WORKSHOP_REFUSED);
    ck_assert_int_eq(job->ended_in, WORKSHOP_STAGE_CLOSE);
    ck_assert(workshop_job_is_done(job)); // the key is blocked all the same
    ck_assert_int_eq(run_service(RULES(OPEN, SEED, KEY, "31 * > 71 01 DC 73 00", "10 01 > 50 03 00 32 01 F4"))->end,
                     WORKSHOP_UNREADABLE);
}
END_TEST

// The function's own answers, cut short, of another routine, of another sub-function; and one that says that it is not.
START_TEST(only_a_right_answer_of_the_routine_is_done)
{
    static const struct {
        const char *rule, *answer;
        workshop_end_t end;
    } ROWS[] = {
        {"31 * > 71", "71", WORKSHOP_UNREADABLE},
        {"31 * > 71 01", "71 01", WORKSHOP_UNREADABLE},
        {"31 * > 71 01 DC 73", "71 01 DC 73", WORKSHOP_UNREADABLE},
        {"31 * > 71 01 DC 73 00 00", "71 01 DC 73 00 00", WORKSHOP_UNREADABLE},
        {"31 * > 71 01 12 34 00", "71 01 12 34 00", WORKSHOP_UNREADABLE},
        {"31 * > 71 03 DC 73 00", "71 03 DC 73 00", WORKSHOP_UNREADABLE},
        {"31 * > 7E 00", "7E 00", WORKSHOP_UNREADABLE},
        {"31 * > 7F 31", "7F 31", WORKSHOP_UNREADABLE},
        {"31 * > 7F 31 22 00", "7F 31 22 00", WORKSHOP_UNREADABLE},
        {"31 * > 7F 27 22", "7F 27 22", WORKSHOP_UNREADABLE},
        {"31 * > 71 01 DC 73 01", "71 01 DC 73 01", WORKSHOP_NOT_DONE},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        const workshop_job_t *job = run_service(RULES(OPEN, SEED, KEY, ROWS[i].rule, CLOSE));
        ck_assert_int_eq(job->end, ROWS[i].end);
        ck_assert_int_eq(job->ended_in, WORKSHOP_STAGE_ACT);
        ck_assert(!workshop_job_is_done(job));
        tester_bench_check_answer(job, ROWS[i].answer);
    }
}
END_TEST

START_TEST(a_session_that_is_another_one_is_not_gone_on_with)
{
    const workshop_job_t *job = run_service(RULES("10 03 > 50 01 00 32 01 F4"));
    ck_assert_int_eq(job->end, WORKSHOP_UNREADABLE);
    tester_bench_check_answer(job, "50 01 00 32 01 F4");
    ck_assert_int_eq(run_service(RULES("10 03 > 50 03"))->end, WORKSHOP_UNREADABLE);
}
END_TEST

START_TEST(a_seed_of_another_size_is_no_seed)
{
    static const char *const RULES_OF_SEEDS[] = {"27 01 > 67 01", "27 01 > 67 01 61 62 63 64",
                                                 "27 01 > 67 01 00 00 00 00", "27 01 > 67 03 01 02 03 04 05 06 07 08",
                                                 "27 01 > 67 01 01 02 03 04 05 06 07 08 09"};
    for (size_t i = 0; i < sizeof RULES_OF_SEEDS / sizeof RULES_OF_SEEDS[0]; i++) {
        const workshop_job_t *job = run_service(RULES(OPEN, RULES_OF_SEEDS[i], CLOSE));
        ck_assert_int_eq(job->end, WORKSHOP_UNREADABLE);
        ck_assert_int_eq(job->ended_in, WORKSHOP_STAGE_UNLOCK);
    }
    ck_assert_int_eq(run_service(RULES(OPEN, SEED, "27 02 * > 67 01", CLOSE))->end, WORKSHOP_UNREADABLE);
}
END_TEST

// A late answer to an earlier request comes first: it is not this one's, and does not take its place.
START_TEST(a_wrong_answer_does_not_keep_the_right_one_out)
{
    const workshop_job_t *job = run_service(RULES("10 03 > 7E 00|50 01 00 32 01 F4|50 03 00 32 01 F4", SEED, KEY,
                                                  "31 * > 71 01 DC 5B 00|71 01 DC 73 00", CLOSE));
    ck_assert_int_eq(job->end, WORKSHOP_ACCEPTED);
    tester_bench_check_answer(job, "71 01 DC 73 00");
}
END_TEST

START_TEST(response_pending_without_end_is_given_up)
{
    char rule[512];
    words_t words = words_make(rule, sizeof rule);
    words_add(&words, "31 * > 7F 31 78");
    for (int i = 1; i < 30; i++) words_add(&words, "|7F 31 78");
    int64_t begin_ns = tester_bench.now_ns;
    ck_assert_int_eq(run_service(RULES(OPEN, SEED, KEY, rule))->end, WORKSHOP_SILENT); // it stops, after 30
    ck_assert_int_lt(tester_bench.now_ns - begin_ns, UDS_P2_EXTENDED_NS + TIME_S);
    tester_bench.pause_ns = TIME_S;
    begin_ns = tester_bench.now_ns;
    ck_assert_int_eq(run_service(RULES(OPEN, SEED, KEY, rule, CLOSE))->end, WORKSHOP_ENDLESS);
    ck_assert_int_gt(tester_bench.now_ns - begin_ns, UDS_CLIENT_PENDING_NS);
    ck_assert_int_lt(tester_bench.now_ns - begin_ns, UDS_CLIENT_PENDING_NS + TIME_S);
}
END_TEST

START_TEST(what_was_refused_first_is_told_though_the_closing_fails)
{
    const workshop_job_t *job = run_service(RULES(OPEN, SEED, KEY, "31 * > 7F 31 31", "10 01 > 7F 10 22"));
    ck_assert_uint_eq(job->nrc, UDS_OUT_OF_RANGE);
    job = run_service(RULES(OPEN, SEED, KEY, "31 * > 7F 31 31", "10 01 >"));
    ck_assert_int_eq(job->end, WORKSHOP_REFUSED);
}
END_TEST

START_TEST(a_unit_that_falls_silent_is_left_alone)
{
    const workshop_job_t *job = run_service(RULES(OPEN, SEED, KEY, "31 * >"));
    ck_assert_int_eq(job->end, WORKSHOP_SILENT);
    ck_assert_uint_eq(job->size, 0);
}
END_TEST

START_TEST(a_unit_without_power_is_silent)
{
    ck_assert_int_eq(run_service(NO_RULES)->end, WORKSHOP_SILENT);
    ck_assert_int_eq(tester_bench.now_ns, TIME_S + FRAME_NS + UDS_P2_NS + UDS_CLIENT_MARGIN_NS);
}
END_TEST

// ---- cip -----------------------------------------------------------------------------------------------------------

#define READ "22 30 02 > 62 30 02 00 00 05 00 07"
#define WRITE "2E 30 02 01 00 05 FF FD > 6E 30 02"

START_TEST(coding_reads_changes_writes_and_compares)
{
    const workshop_job_t *job =
        run_coding(2, RULES(READ, OPEN, SEED, KEY, WRITE, "22 30 02 > 62 30 02 01 00 05 FF FD", CLOSE));
    ck_assert_int_eq(job->end, WORKSHOP_ACCEPTED);
}
END_TEST

START_TEST(a_profile_that_does_not_exist_is_refused_at_its_first_reading)
{
    const workshop_job_t *job = run_coding(5, RULES("22 30 05 > 7F 22 31"));
    ck_assert_int_eq(job->end, WORKSHOP_REFUSED);
    ck_assert_uint_eq(job->nrc, UDS_OUT_OF_RANGE);
}
END_TEST

START_TEST(a_refused_write_closes_the_session_and_reads_nothing_back)
{
    const workshop_job_t *job =
        run_coding(2, RULES(READ, OPEN, SEED, KEY, "2E 30 02 01 00 05 FF FD > 7F 2E 31", CLOSE));
    ck_assert_int_eq(job->end, WORKSHOP_REFUSED);
}
END_TEST

START_TEST(another_value_read_back_is_noticed)
{
    const workshop_job_t *job =
        run_coding(2, RULES(READ, OPEN, SEED, KEY, WRITE, "22 30 02 > 62 30 02 01 00 05 FF FC", CLOSE));
    ck_assert_int_eq(job->end, WORKSHOP_DIFFERENT);
}
END_TEST

START_TEST(a_profile_that_stays_not_coded_is_noticed)
{
    const workshop_job_t *job =
        run_coding(2, RULES(READ, OPEN, SEED, KEY, WRITE, "22 30 02 > 62 30 02 00 00 05 FF FD", CLOSE));
    ck_assert_int_eq(job->end, WORKSHOP_DIFFERENT);
}
END_TEST

START_TEST(a_profile_with_other_settings_is_not_written)
{
    ck_assert_int_eq(run_coding(2, RULES("22 30 02 > 62 30 02 00 00 05"))->end, WORKSHOP_UNREADABLE);
}
END_TEST

// ---- requests ------------------------------------------------------------------------------------------------------

START_TEST(a_request_is_sent_as_it_is)
{
    const workshop_job_t *job = run_request("22 F1 90 F1 86 F1 8C", RULES("22 F1 90 F1 86 F1 8C > 62 F1 86 01"));
    ck_assert_int_eq(job->end, WORKSHOP_ACCEPTED);
    tester_bench_check_answer(job, "62 F1 86 01");
}
END_TEST

START_TEST(response_pending_is_no_answer)
{
    const workshop_job_t *job = run_request("14 FF FF FF", RULES("14 FF FF FF > 7F 14 78|7F 14 78|54"));
    tester_bench_check_answer(job, "54");
}
END_TEST

START_TEST(silence_that_was_asked_for_is_told_apart)
{
    const workshop_job_t *job = run_request("3E 80", RULES("3E 80 >"));
    ck_assert_int_eq(job->end, WORKSHOP_ACCEPTED);
    ck_assert_uint_eq(job->size, 0);
    ck_assert_int_eq(run_request("3E 00", RULES("3E 00 >"))->end, WORKSHOP_SILENT);
}
END_TEST

START_TEST(the_longest_request_and_answer_are_carried)
{
    char *request = malloc(TEXT_MAX), *rule = malloc(2 * TEXT_MAX + 8);
    for (size_t i = 0; i < UDS_MESSAGE_MAX; i++)
        snprintf(request + 3 * i, 4, "%02X ", i == 0 ? 0x22 : (unsigned)(i & 0xFF));
    request[3 * UDS_MESSAGE_MAX - 1] = '\0';
    snprintf(rule, 2 * TEXT_MAX + 8, "%s > 62 %s", request, request + 3);
    const workshop_job_t *job = run_request(request, RULES(rule));
    ck_assert_int_eq(job->end, WORKSHOP_ACCEPTED);
    ck_assert_uint_eq(job->size, UDS_MESSAGE_MAX);
    ck_assert_uint_eq(job->bytes[UDS_MESSAGE_MAX - 1], 0xFE);
    free(request);
    free(rule);
}
END_TEST

START_TEST(a_long_request_to_a_unit_without_power_is_silence)
{
    ck_assert_int_eq(run_request("22 F1 90 F1 86 F1 8C", NO_RULES)->end, WORKSHOP_SILENT);
}
END_TEST

START_TEST(a_frame_that_is_lost_breaks_the_transfer)
{
    tester_bench.loses = true;
    const workshop_job_t *job = run_request("10 03", RULES("10 03 > 50 03"));
    ck_assert_int_eq(job->end, WORKSHOP_BROKEN);
    ck_assert_int_eq(job->transfer, ISOTP_NOT_SENT);
}
END_TEST

int main(void)
{
    const TTest *const TESTS[] = {
        it_listens_to_every_unit_that_has_an_address,
        without_a_gateway_it_is_on_the_first_bus,
        it_sends_nothing_until_it_is_told_to,
        a_service_function_opens_unlocks_acts_and_closes,
        the_key_fits_the_seed_and_the_unit,
        a_refusal_of_the_function_is_the_answer_and_the_session_is_closed,
        a_refusal_of_the_seed_is_the_answer_too,
        a_session_that_was_not_opened_is_not_closed,
        a_refused_closing_is_a_refusal,
        only_a_right_answer_of_the_routine_is_done,
        a_session_that_is_another_one_is_not_gone_on_with,
        a_seed_of_another_size_is_no_seed,
        a_wrong_answer_does_not_keep_the_right_one_out,
        response_pending_without_end_is_given_up,
        what_was_refused_first_is_told_though_the_closing_fails,
        a_unit_that_falls_silent_is_left_alone,
        a_unit_without_power_is_silent,
        coding_reads_changes_writes_and_compares,
        a_profile_that_does_not_exist_is_refused_at_its_first_reading,
        a_refused_write_closes_the_session_and_reads_nothing_back,
        another_value_read_back_is_noticed,
        a_profile_that_stays_not_coded_is_noticed,
        a_profile_with_other_settings_is_not_written,
        a_request_is_sent_as_it_is,
        response_pending_is_no_answer,
        silence_that_was_asked_for_is_told_apart,
        the_longest_request_and_answer_are_carried,
        a_long_request_to_a_unit_without_power_is_silence,
        a_frame_that_is_lost_breaks_the_transfer,
    };
    TCase *tests = tcase_create("tester");
    tcase_add_checked_fixture(tests, tester_bench_open, tester_bench_close);
    suite_add_tests(tests, TESTS, sizeof TESTS / sizeof TESTS[0]);
    return suite_run("tester", tests);
}
