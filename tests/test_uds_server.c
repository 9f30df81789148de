// SPDX-License-Identifier: MIT
// The diagnostic server of a unit: order of checks, data, sessions and their timing, functional addressing. The rest of
// it is in test_uds_security.c, the fault memory's services in test_uds_faults.c.
#include "tests/seat_and_cas.h"
#include "ecus/climate.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "bus/diagnosis/uds_server.h"
#include "tests/suite.h"

typedef struct {
    const char *request, *response;
} exchange_t;

static void all_answered(bench_t *bench, const exchange_t *exchanges, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *response = ask(bench, exchanges[i].request);
        ck_assert_msg(strcmp(response, exchanges[i].response) == 0, "%s -> %s, not %s", exchanges[i].request, response,
                      exchanges[i].response);
    }
}
#define ALL_ANSWERED(bench, exchanges) all_answered(bench, exchanges, sizeof(exchanges) / sizeof(exchanges)[0])

// ---- the order of checks -------------------------------------------------------------------------------------------

START_TEST(unknown_service_is_refused_before_anything_else)
{
    static const exchange_t EXCHANGES[] = {{"00", "7F 00 11"},       {"23 00", "7F 23 11"}, {"2F DC 73 00", "7F 2F 11"},
                                           {"34", "7F 34 11"},       {"50 01", "7F 50 11"}, {"7F 22 31", "7F 7F 11"},
                                           {"BA 00 00", "7F BA 11"}, {"FF", "7F FF 11"}};
    ALL_ANSWERED(seat, EXCHANGES);
}
END_TEST

START_TEST(session_is_checked_before_security_and_length)
{
    static const exchange_t EXCHANGES[] = {
        {"27", "7F 27 7F"},          {"27 01", "7F 27 7F"}, {"27 55", "7F 27 7F"}, {"28", "7F 28 7F"},
        {"28 00 01", "7F 28 7F"},    {"2E", "7F 2E 7F"},    {"31", "7F 31 7F"},    {"31 01 DC 73 00 00", "7F 31 7F"},
        {"2E 30 01 01", "7F 2E 7F"}, {"85", "7F 85 7F"},    {"85 01", "7F 85 7F"}};
    ALL_ANSWERED(cas, EXCHANGES);
}
END_TEST

START_TEST(security_is_checked_before_length_and_sub_function)
{
    static const exchange_t EXCHANGES[] = {
        {"10 03", "50 03 00 32 01 F4"},   {"2E", "7F 2E 33"}, {"2E F1 90 41", "7F 2E 33"},
        {"2E 30 05 00", "7F 2E 33"},      {"31", "7F 31 33"}, {"31 07 DC 73", "7F 31 33"},
        {"31 01 DC 73 00 01", "7F 31 33"}};
    ALL_ANSWERED(cas, EXCHANGES);
}
END_TEST

START_TEST(length_is_checked_before_sub_function)
{
    static const exchange_t EXCHANGES[] = {{"10", "7F 10 13"},
                                           {"11", "7F 11 13"},
                                           {"14", "7F 14 13"},
                                           {"14 FF FF", "7F 14 13"},
                                           {"19", "7F 19 13"},
                                           {"22", "7F 22 13"},
                                           {"22 F1", "7F 22 13"},
                                           {"22 F1 90 F1", "7F 22 13"},
                                           {"3E", "7F 3E 13"},
                                           {"27", "7F 27 13"},
                                           {"14 FF FF FF 00", "7F 14 13"},
                                           {"28", "7F 28 13"},
                                           {"85", "7F 85 13"},
                                           {"2E", "7F 2E 13"},
                                           {"2E F1 90", "7F 2E 13"},
                                           {"31 07", "7F 31 13"},
                                           {"31 01 DC", "7F 31 13"}};
    bench_unlock(cas);
    ALL_ANSWERED(cas, EXCHANGES);
}
END_TEST

START_TEST(sub_function_is_checked_before_the_length_that_it_needs)
{
    static const exchange_t EXCHANGES[] = {
        {"10 02", "7F 10 12"},       {"10 02 00", "7F 10 12"},       {"10 00", "7F 10 12"},
        {"10 83 00", "7F 10 13"},    {"11 02", "7F 11 12"},          {"11 03 00", "7F 11 13"},
        {"19 03", "7F 19 12"},       {"19 02", "7F 19 13"},          {"19 02 FF 00", "7F 19 13"},
        {"19 04 00", "7F 19 13"},    {"19 06 00 9C 05", "7F 19 13"}, {"19 0A 00", "7F 19 13"},
        {"27 03", "7F 27 12"},       {"27 01 00", "7F 27 13"},       {"27 02", "7F 27 13"},
        {"28 04 01", "7F 28 12"},    {"28 00", "7F 28 13"},          {"28 00 01 00", "7F 28 13"},
        {"31 02 DC 73", "7F 31 12"}, {"31 03 DC 73 00", "7F 31 13"}, {"3E 01", "7F 3E 12"},
        {"3E 00 00", "7F 3E 13"},    {"85 03", "7F 85 12"},          {"85 01 00", "7F 85 13"}};
    bench_unlock(cas);
    ALL_ANSWERED(cas, EXCHANGES);
}
END_TEST

START_TEST(session_of_a_sub_function_is_checked_before_its_length)
{
    static const exchange_t EXCHANGES[] = {
        {"11 01", "7F 11 7E"}, {"11 01 00", "7F 11 7E"}, {"10 03", "50 03 00 32 01 F4"}, {"11 01", "51 01"}};
    ALL_ANSWERED(seat, EXCHANGES);
}
END_TEST

START_TEST(out_of_range_is_checked_before_the_record_that_it_needs)
{
    static const exchange_t EXCHANGES[] = {
        {"2E 30 00 00", "7F 2E 31"}, {"2E 30 05 00", "7F 2E 31"}, {"2E F1 90 41", "7F 2E 31"},
        {"2E AC 5A 00", "7F 2E 31"}, {"2E 30 01 00", "7F 2E 31"}, {"31 01 DC 73 00 00", "7F 31 31"},
        {"28 00 00", "7F 28 31"},    {"28 00 04", "7F 28 31"},    {"28 00 11", "7F 28 31"},
        {"31 01 DC 73", "7F 31 31"}, {"31 03 DC 73", "7F 31 31"}, {"31 03 DC 73 00", "7F 31 31"}};
    bench_unlock(seat);
    ALL_ANSWERED(seat, EXCHANGES);
}
END_TEST

// ---- reading and writing -------------------------------------------------------------------------------------------

START_TEST(several_identifiers_are_read_at_once)
{
    ck_assert_str_eq(ask(seat, "22 F1 86"), "62 F1 86 01");
    ck_assert_str_eq(ask(seat, "22 F1 86 F1 8C F1 86"), "62 F1 86 01 F1 8C 4B 4D 53 49 4D 20 73 65 61 74 F1 86 01");
    ck_assert_str_eq(ask(seat, "22 12 34 F1 86 AC 5A"), "62 F1 86 01");
    ck_assert_str_eq(ask(seat, "22 12 34 AC 5A"), "7F 22 31");
    ck_assert_str_eq(ask(seat, "22 F1 90"), "62 F1 90 4B 4D 53 49 4D 45 36 35 30 30 30 30 30 30 30 30 31");
}
END_TEST

static void long_transfer(bench_t *bench, size_t size)
{
    static uint8_t request[UDS_MESSAGE_MAX] = {0x2E, 0x3E, 0x00};
    for (size_t i = 3; i < size; i++) request[i] = (uint8_t)(i * 31 + size);
    uds_answer_t answer;
    bench_exchange(bench, request, size, &answer);
    ck_assert_int_eq(answer.outcome, UDS_OUTCOME_POSITIVE);
    ck_assert_uint_eq(answer.size, 3);
    static const uint8_t READ[] = {0x22, 0x3E, 0x00};
    bench_exchange(bench, READ, sizeof READ, &answer);
    ck_assert_int_eq(answer.outcome, UDS_OUTCOME_POSITIVE);
    ck_assert_uint_eq(answer.size, size);
    ck_assert_mem_eq(answer.bytes + 3, request + 3, size - 3);
}

START_TEST(longest_messages_go_both_ways)
{
    static const size_t SIZES[] = {4, 6, 7, 8, 13, 14, 1000, 4094, 4095};
    bench_unlock(seat);
    for (size_t i = 0; i < sizeof SIZES / sizeof SIZES[0]; i++) long_transfer(seat, SIZES[i]);
}
END_TEST

START_TEST(response_that_would_be_too_long_is_refused)
{
    bench_unlock(seat);
    ck_assert_str_eq(ask(seat, "22 3E 00"), "62 3E 00"); // nothing written yet
    long_transfer(seat, 4095);
    ck_assert_str_eq(ask(seat, "22 3E 00 F1 86"), "7F 22 14");
    ck_assert_str_eq(ask(seat, "22 F1 86 3E 00"), "7F 22 14");
    ck_assert_str_eq(ask(seat, "22 F1 86"), "62 F1 86 03");
}
END_TEST

START_TEST(scratch_is_forgotten_at_a_reset)
{
    bench_unlock(seat);
    ck_assert_str_eq(ask(seat, "2E 3E 00 AA"), "6E 3E 00");
    ck_assert_str_eq(ask(seat, "11 03"), "51 03");
    ck_assert_str_eq(ask(seat, "22 3E 00"), "62 3E 00");
}
END_TEST

START_TEST(options_are_written_whole_or_not_at_all)
{
    bench_unlock(seat);
    ck_assert_str_eq(ask(seat, "22 30 21"), "62 30 21 00 00");
    ck_assert_str_eq(ask(seat, "2E 30 21 01 02"), "7F 2E 31");
    ck_assert_str_eq(ask(seat, "2E 30 21 01"), "7F 2E 31");
    ck_assert_str_eq(ask(seat, "2E 30 21 01 00 00"), "7F 2E 31");
    ck_assert_str_eq(ask(seat, "22 30 21"), "62 30 21 00 00");
    ck_assert_str_eq(ask(seat, "2E 30 21 01 01"), "6E 30 21");
    bench_power_cycle(seat);
    ck_assert_str_eq(ask(seat, "22 30 21"), "62 30 21 01 01");
}
END_TEST

START_TEST(unit_without_options_has_no_such_identifier)
{
    bench_t *climate = bench_new(&climate_class, "climate");
    bench_unlock(climate);
    ck_assert_str_eq(ask(climate, "22 30 21"), "7F 22 31");
    ck_assert_str_eq(ask(climate, "2E 30 21 00"), "7F 2E 31");
    bench_destroy(&climate);
}
END_TEST

// ---- sessions and their timing -------------------------------------------------------------------------------------

START_TEST(session_ends_five_seconds_after_the_last_response)
{
    bench_unlock(seat);
    int64_t answered_ns = seat->now_ns;
    bench_wait(seat, UDS_S3_NS - 10 * TIME_MS);
    ck_assert_str_eq(ask(seat, "22 F1 86"), "62 F1 86 03"); // any request keeps it
    bench_wait(seat, UDS_S3_NS - 10 * TIME_MS);
    ck_assert_str_eq(ask(seat, "3E 80"), ""); // that took the tester 150 ms of waiting
    bench_wait(seat, UDS_S3_NS - 200 * TIME_MS);
    ck_assert_str_eq(ask(seat, "2E 3E 00 01"), "6E 3E 00");
    ck_assert_int_gt(seat->now_ns, answered_ns + 2 * UDS_S3_NS);
    bench_wait(seat, UDS_S3_NS - 1);
    ck_assert_uint_eq(seat->outbox.hold, 1);
    bench_wait(seat, 1);
    ck_assert_uint_eq(seat->outbox.hold, 0);
    ck_assert_str_eq(ask(seat, "22 F1 86"), "62 F1 86 01");
    ck_assert_str_eq(ask(seat, "2E 3E 00 01"), "7F 2E 7F");
    bench_extend(seat);
    ck_assert_str_eq(ask(seat, "2E 3E 00 01"), "7F 2E 33"); // it locked
}
END_TEST

START_TEST(refused_request_keeps_the_session_too)
{
    bench_extend(seat);
    for (int i = 0; i < 4; i++) {
        bench_wait(seat, 4 * TIME_S);
        ck_assert_str_eq(ask(seat, "99"), "7F 99 11");
    }
    ck_assert_str_eq(ask(seat, "22 F1 86"), "62 F1 86 03");
}
END_TEST

START_TEST(open_session_keeps_the_bus_awake)
{
    ck_assert_uint_eq(cas->outbox.hold, 0);
    bench_extend(cas);
    ck_assert_uint_eq(cas->outbox.hold, 3);
    ck_assert_str_eq(ask(cas, "10 01"), "50 01 00 32 01 F4");
    ck_assert_uint_eq(cas->outbox.hold, 0);
}
END_TEST

START_TEST(asking_for_the_session_again_locks)
{
    bench_unlock(seat);
    ck_assert_str_eq(ask(seat, "2E 3E 00 01"), "6E 3E 00");
    bench_extend(seat);
    ck_assert_str_eq(ask(seat, "2E 3E 00 01"), "7F 2E 33");
}
END_TEST

START_TEST(default_session_has_nothing_to_time)
{
    ck_assert_str_eq(ask(seat, "3E 00"), "7E 00");
    bench_wait(seat, TIME_S);
    ck_assert_int_eq(seat->outbox.deadline_ns, TIME_NEVER);
}
END_TEST

START_TEST(suppressed_positive_response_is_silence_and_a_refusal_is_not)
{
    ck_assert_str_eq(ask(seat, "3E 80"), "");
    ck_assert_str_eq(ask(seat, "10 83"), "");
    ck_assert_str_eq(ask(seat, "22 F1 86"), "62 F1 86 03");
    ck_assert_str_eq(ask(seat, "3E 81"), "7F 3E 12");
    ck_assert_str_eq(ask(seat, "85 82"), "");
    ck_assert_str_eq(ask(seat, "10 82"), "7F 10 12");
    ck_assert_str_eq(ask(seat, "11 83"), "");
    ck_assert_str_eq(ask(seat, "22 F1 86"), "62 F1 86 01");
}
END_TEST

// ---- functional addressing -----------------------------------------------------------------------------------------

START_TEST(functional_requests_are_answered)
{
    ck_assert_str_eq(ask_all(seat, 0xEF, "3E 00"), "7E 00");
    ck_assert_str_eq(ask_all(seat, 0xEE, "22 F1 86"), "62 F1 86 01");
    ck_assert_str_eq(ask_all(cas, 0xEF, "22 F1 86"), "62 F1 86 01");
    ck_assert_str_eq(ask_all(cas, 0xEE, "22 F1 86"), ""); // no Key Memory
    ck_assert_str_eq(ask_all(seat, 0xEF, "3E 80"), "");
}
END_TEST

START_TEST(functional_request_is_not_answered_by_what_concerns_one_unit_alone)
{
    static const char *const UNANSWERED[] = {"99", "3E 01", "22 12 34", "11 01", "27 01", "10 02"};
    for (size_t i = 0; i < sizeof UNANSWERED / sizeof UNANSWERED[0]; i++)
        ck_assert_str_eq(ask_all(seat, 0xEF, UNANSWERED[i]), "");
    ck_assert_str_eq(ask_all(seat, 0xEF, "22 F1"), "7F 22 13");
    bench_extend(seat);
    ck_assert_str_eq(ask_all(seat, 0xEF, "2E 30 01 00"), "7F 2E 33");
}
END_TEST

START_TEST(functional_requests_are_single_frames_and_well_formed)
{
    static const char *const FRAMES[] = {
        "6F1#",         "6F1#EF",       "6F1#EF00",  "6F1#EF07010203040506", "6F1#EF033E00", "6F1#EF10083E00000000",
        "6F1#EF300000", "6F1#EF213E00", "6F1#EF023E"};
    for (size_t i = 0; i < sizeof FRAMES / sizeof FRAMES[0]; i++) bench_hear(seat, FRAMES[i]);
    bench_wait(seat, TIME_S);
    ck_assert_uint_eq(seat->responses, 0);
}
END_TEST

START_TEST(frames_for_others_are_not_answered)
{
    static const char *const FRAMES[] = {"6F1#40023E00",      "6F1#F1023E00", "6F2#6D023E00",
                                         "000006F1#6D023E00", "6F1#R",        "66D#F1023E00"};
    for (size_t i = 0; i < sizeof FRAMES / sizeof FRAMES[0]; i++) bench_hear(seat, FRAMES[i]);
    bench_wait(seat, TIME_S);
    ck_assert_uint_eq(seat->responses, 0);
}
END_TEST

// ISO 14229-1:2020, annex A.1, from the standard and not from the table in the code: all 256 codes.
static const char *const STANDARD_NAMES[UINT8_MAX + 1] = {
    [0x10] = "generalReject",
    [0x11] = "serviceNotSupported",
    [0x12] = "subFunctionNotSupported",
    [0x13] = "incorrectMessageLengthOrInvalidFormat",
    [0x14] = "responseTooLong",
    [0x21] = "busyRepeatRequest",
    [0x22] = "conditionsNotCorrect",
    [0x24] = "requestSequenceError",
    [0x25] = "noResponseFromSubnetComponent",
    [0x26] = "failurePreventsExecutionOfRequestedAction",
    [0x31] = "requestOutOfRange",
    [0x33] = "securityAccessDenied",
    [0x34] = "authenticationRequired",
    [0x35] = "invalidKey",
    [0x36] = "exceedNumberOfAttempts",
    [0x37] = "requiredTimeDelayNotExpired",
    [0x38] = "secureDataTransmissionRequired",
    [0x39] = "secureDataTransmissionNotAllowed",
    [0x3A] = "secureDataVerificationFailed",
    [0x50] = "certificateVerificationFailedInvalidTimePeriod",
    [0x51] = "certificateVerificationFailedInvalidSignature",
    [0x52] = "certificateVerificationFailedInvalidChainOfTrust",
    [0x53] = "certificateVerificationFailedInvalidType",
    [0x54] = "certificateVerificationFailedInvalidFormat",
    [0x55] = "certificateVerificationFailedInvalidContent",
    [0x56] = "certificateVerificationFailedInvalidScope",
    [0x57] = "certificateVerificationFailedInvalidCertificate",
    [0x58] = "ownershipVerificationFailed",
    [0x59] = "challengeCalculationFailed",
    [0x5A] = "settingAccessRightsFailed",
    [0x5B] = "sessionKeyCreationDerivationFailed",
    [0x5C] = "configurationDataUsageFailed",
    [0x5D] = "deAuthenticationFailed",
    [0x70] = "uploadDownloadNotAccepted",
    [0x71] = "transferDataSuspended",
    [0x72] = "generalProgrammingFailure",
    [0x73] = "wrongBlockSequenceCounter",
    [0x78] = "requestCorrectlyReceivedResponsePending",
    [0x7E] = "subFunctionNotSupportedInActiveSession",
    [0x7F] = "serviceNotSupportedInActiveSession",
    [0x81] = "rpmTooHigh",
    [0x82] = "rpmTooLow",
    [0x83] = "engineIsRunning",
    [0x84] = "engineIsNotRunning",
    [0x85] = "engineRunTimeTooLow",
    [0x86] = "temperatureTooHigh",
    [0x87] = "temperatureTooLow",
    [0x88] = "vehicleSpeedTooHigh",
    [0x89] = "vehicleSpeedTooLow",
    [0x8A] = "throttlePedalTooHigh",
    [0x8B] = "throttlePedalTooLow",
    [0x8C] = "transmissionRangeNotInNeutral",
    [0x8D] = "transmissionRangeNotInGear",
    [0x8F] = "brakeSwitchNotClosed",
    [0x90] = "shifterLeverNotInPark",
    [0x91] = "torqueConverterClutchLocked",
    [0x92] = "voltageTooHigh",
    [0x93] = "voltageTooLow",
    [0x94] = "resourceTemporarilyNotAvailable",
};

START_TEST(every_negative_response_has_its_standard_name)
{
    size_t count = 0;
    for (unsigned code = 0; code <= UINT8_MAX; code++) {
        const char *expected = STANDARD_NAMES[code], *name = uds_nrc_name((uint8_t)code);
        uint8_t found = 0x55;
        ck_assert_msg((expected == NULL) == (name == NULL), "0x%02X is %s", code, name ? name : "reserved");
        if (!name || !expected) continue;
        ck_assert_str_eq(name, expected);
        ck_assert(uds_nrc_find(name, &found));
        ck_assert_uint_eq(found, code);
        count++;
    }
    ck_assert_uint_eq(count, 59);
    uint8_t code = 0x55;
    ck_assert(!uds_nrc_find("requestOutOfrange", &code));
    ck_assert(!uds_nrc_find("", &code));
    ck_assert_uint_eq(code, 0x55);
}
END_TEST

int main(void)
{
    const suite_group_t groups[] = {
        {"order of checks",
         {unknown_service_is_refused_before_anything_else, session_is_checked_before_security_and_length,
          security_is_checked_before_length_and_sub_function, length_is_checked_before_sub_function,
          sub_function_is_checked_before_the_length_that_it_needs,
          session_of_a_sub_function_is_checked_before_its_length,
          out_of_range_is_checked_before_the_record_that_it_needs, every_negative_response_has_its_standard_name}},
        {"data",
         {several_identifiers_are_read_at_once, longest_messages_go_both_ways,
          response_that_would_be_too_long_is_refused, scratch_is_forgotten_at_a_reset,
          options_are_written_whole_or_not_at_all, unit_without_options_has_no_such_identifier}},
        {"sessions",
         {session_ends_five_seconds_after_the_last_response, refused_request_keeps_the_session_too,
          open_session_keeps_the_bus_awake, asking_for_the_session_again_locks, default_session_has_nothing_to_time,
          suppressed_positive_response_is_silence_and_a_refusal_is_not, functional_requests_are_answered,
          functional_request_is_not_answered_by_what_concerns_one_unit_alone,
          functional_requests_are_single_frames_and_well_formed, frames_for_others_are_not_answered}},
    };
    return suite_run_groups("uds server", groups, sizeof groups / sizeof groups[0], set_up, tear_down);
}
