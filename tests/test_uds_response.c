// SPDX-License-Identifier: MIT
// What is a positive response to a request, a row each from ISO 14229-1; and what is made of it by one byte less or
// more, or another byte where the request's must come back.
#include <check.h>
#include <string.h>

#include "bus/diagnosis/uds_response.h"
#include "tests/suite.h"

#define BYTES_MAX 32

typedef struct {
    const char *request, *response;
    size_t echoed;      // bytes behind the service that are the request's
    bool shorter, more; // that are right, too, with one byte less or more
} row_t;

static const row_t ROWS[] = {
    {"10 03", "50 03 00 32 01 F4", 1, false, false},
    {"10 83", "50 03 00 32 01 F4", 1, false, false}, // after a "response pending"
    {"11 01", "51 01", 1, false, false},
    {"11 04", "51 04 1E", 1, false, false},
    {"14 FF FF FF", "54", 0, false, false},
    {"19 01 FF", "59 01 2F 01 00 03", 1, false, false},
    {"19 02 FF", "59 02 2F", 1, false, false},
    {"19 02 FF", "59 02 2F 00 99 07 2F", 1, false, false},
    {"19 02 FF", "59 02 2F 00 99 07 2F 01 02 03 28", 1, false, false},
    {"19 03", "59 03 00 99 07 01", 1, false, false},
    {"19 04 00 99 07 FF", "59 04 00 99 07 2F", 4, false, true},
    {"19 06 00 99 07 FF", "59 06 00 99 07 2F 01 03", 4, true, true},
    {"19 07 01 FF", "59 07 2F 01 00 03", 1, false, false},
    {"19 08 01 FF", "59 08 2F 20 00 00 99 07 2F", 1, false, false},
    {"19 09 00 99 07", "59 09 2F 20 00 00 99 07 2F", 1, false, false},
    {"19 0A", "59 0A 2F 00 99 07 00 00 99 08 00", 1, false, false},
    {"19 0B", "59 0B 2F 00 99 07 2F", 1, false, false},
    {"19 0E", "59 0E 2F", 1, false, false},
    {"19 14", "59 14 00 99 07 01", 1, false, false},
    {"19 15", "59 15 2F 00 99 07 2F", 1, false, false},
    {"22 F1 86", "62 F1 86 01", 2, true, true}, // a record may be empty
    {"22 3E 00", "62 3E 00", 2, false, true},
    {"27 01", "67 01 01 02 03 04 05 06 07 08", 1, true, true}, // how long a seed is, is the unit's business
    {"27 01", "67 01 01", 1, false, true},
    {"27 02 01 02 03 04 05 06 07 08", "67 02", 1, false, false},
    {"28 01 01", "68 01", 1, false, false},
    {"2E 30 01 00", "6E 30 01", 2, false, false},
    {"2F 10 01 03 08", "6F 10 01 03", 3, false, true},
    {"31 01 DC 73 02 01", "71 01 DC 73", 3, false, true},
    {"31 81 DC 73 02 01", "71 01 DC 73 00", 3, true, true},
    {"31 03 DC 73", "71 03 DC 73 00", 3, true, true},
    {"36 01 00", "76 01", 1, false, true},
    {"3E 00", "7E 00", 1, false, false},
    {"85 02", "C5 02", 1, false, false},
};

static size_t parse(const char *hex, uint8_t *bytes)
{
    static const char DIGITS[] = "0123456789ABCDEF";
    size_t size = 0;
    for (; *hex; hex += hex[2] == ' ' ? 3 : 2)
        bytes[size++] = (uint8_t)((strchr(DIGITS, hex[0]) - DIGITS) << 4 | (strchr(DIGITS, hex[1]) - DIGITS));
    return size;
}

static uds_response_t judge(const char *request, const char *response)
{
    uint8_t asked[BYTES_MAX], came[BYTES_MAX];
    size_t asked_size = parse(request, asked);
    return uds_response_judge(asked, asked_size, came, parse(response, came));
}

START_TEST(a_right_response_is_positive_and_its_length_counts)
{
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        uint8_t request[BYTES_MAX], response[BYTES_MAX] = {0};
        size_t request_size = parse(ROWS[i].request, request), size = parse(ROWS[i].response, response);
        uds_response_t shorter = ROWS[i].shorter ? UDS_RESPONSE_POSITIVE : UDS_RESPONSE_WRONG;
        uds_response_t longer = ROWS[i].more ? UDS_RESPONSE_POSITIVE : UDS_RESPONSE_WRONG;
        ck_assert_msg(uds_response_judge(request, request_size, response, size) == UDS_RESPONSE_POSITIVE, "%s > %s",
                      ROWS[i].request, ROWS[i].response);
        ck_assert_msg(uds_response_judge(request, request_size, response, size - 1) == shorter, "%s > %s, less",
                      ROWS[i].request, ROWS[i].response);
        ck_assert_msg(uds_response_judge(request, request_size, response, size + 1) == longer, "%s > %s, more",
                      ROWS[i].request, ROWS[i].response);
    }
}
END_TEST

START_TEST(a_response_that_echoes_another_byte_is_wrong)
{
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        uint8_t request[BYTES_MAX], response[BYTES_MAX];
        size_t request_size = parse(ROWS[i].request, request), size = parse(ROWS[i].response, response);
        for (size_t at = 0; at <= ROWS[i].echoed; at++) {
            for (int bit = 0; bit < 8; bit++) {
                response[at] ^= (uint8_t)(1 << bit);
                ck_assert_msg(uds_response_judge(request, request_size, response, size) == UDS_RESPONSE_WRONG,
                              "%s > %s, byte %zu is %02X", ROWS[i].request, ROWS[i].response, at, response[at]);
                response[at] ^= (uint8_t)(1 << bit);
            }
        }
    }
}
END_TEST

START_TEST(first_and_most_recent_fault_are_one_at_most)
{
    ck_assert_int_eq(judge("19 0B", "59 0B 2F 00 99 07 2F 00 99 08 2F"), UDS_RESPONSE_WRONG);
    ck_assert_int_eq(judge("19 09 00 99 07", "59 09 2F"), UDS_RESPONSE_POSITIVE);
}
END_TEST

START_TEST(identifiers_that_a_unit_does_not_have_may_be_left_out)
{
    ck_assert_int_eq(judge("22 F1 90 F1 86 F1 8C", "62 F1 86 01"), UDS_RESPONSE_POSITIVE);
    ck_assert_int_eq(judge("22 F1 90 F1 86", "62 F1 90 41 F1 86 01"), UDS_RESPONSE_POSITIVE);
    ck_assert_int_eq(judge("22 F1 90 F1 86", "62 90 F1 01"), UDS_RESPONSE_WRONG); // across two
    ck_assert_int_eq(judge("22 F1 90 F1 86", "62"), UDS_RESPONSE_WRONG);
}
END_TEST

START_TEST(a_refusal_is_three_bytes_of_this_service)
{
    ck_assert_int_eq(judge("31 01 DC 73", "7F 31 22"), UDS_RESPONSE_NEGATIVE);
    ck_assert_int_eq(judge("31 01 DC 73", "7F 31 78"), UDS_RESPONSE_NEGATIVE);
    ck_assert_int_eq(judge("31 01 DC 73", "7F 31 F0"), UDS_RESPONSE_NEGATIVE);
    static const char *const WRONG[] = {"7F", "7F 31", "7F 31 22 00", "7F 27 22", "7F 31 00"};
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++)
        ck_assert_int_eq(judge("31 01 DC 73", WRONG[i]), UDS_RESPONSE_WRONG);
}
END_TEST

START_TEST(what_was_not_asked_in_full_has_no_positive_response)
{
    ck_assert_int_eq(judge("10", "50 00 00 32 01 F4"), UDS_RESPONSE_WRONG);
    ck_assert_int_eq(judge("22 F1", "62 F1 00"), UDS_RESPONSE_WRONG);
    ck_assert_int_eq(judge("31 01", "71 01 DC 73 00"), UDS_RESPONSE_WRONG);
    ck_assert_int_eq(judge("10 03", ""), UDS_RESPONSE_WRONG);
    ck_assert_int_eq(judge("3F", "7F"), UDS_RESPONSE_WRONG); // not its positive response, though 3F + 40 is 7F
}
END_TEST

START_TEST(of_an_unknown_service_any_positive_response_is_right)
{
    ck_assert_int_eq(judge("BA 00", "FA"), UDS_RESPONSE_POSITIVE);
    ck_assert_int_eq(judge("BA 00", "FA 01 02"), UDS_RESPONSE_POSITIVE);
    ck_assert_int_eq(judge("BA 00", "FB 00"), UDS_RESPONSE_WRONG);
}
END_TEST

int main(void)
{
    const TTest *const TESTS[] = {
        a_right_response_is_positive_and_its_length_counts,
        a_response_that_echoes_another_byte_is_wrong,
        first_and_most_recent_fault_are_one_at_most,
        identifiers_that_a_unit_does_not_have_may_be_left_out,
        a_refusal_is_three_bytes_of_this_service,
        what_was_not_asked_in_full_has_no_positive_response,
        of_an_unknown_service_any_positive_response_is_right,
    };
    TCase *tests = tcase_create("UDS responses");
    suite_add_tests(tests, TESTS, sizeof TESTS / sizeof TESTS[0]);
    return suite_run("UDS responses", tests);
}
