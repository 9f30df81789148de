// SPDX-License-Identifier: MIT
// Diagnosis in the whole car: from a sleeping bus, through the gateway, two transfers at once, units without power; and
// the tester's client, which does the asking.
#include "tests/diagnosis_car.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/suite.h"

#define BIT_NS (10 * TIME_US) // both buses have 100 kbit/s

static diagnosis_car_t *car;

static void set_up(void)
{
    car = diagnosis_car_new(CAR_KCAN_S);
}

static void tear_down(void)
{
    diagnosis_car_destroy(&car);
}

static uint8_t long_request[UDS_MESSAGE_MAX] = {0x2E, 0x3E, 0x00};
static const uint8_t EXTEND[] = {0x10, 0x03};
static const uint8_t READ_SCRATCH[] = {0x22, 0x3E, 0x00};
static const uds_step_t LONG_TRANSFER[] = {
    {.bytes = EXTEND, .size = sizeof EXTEND},
    {.kind = UDS_STEP_UNLOCK},
    {.bytes = long_request, .size = sizeof long_request},
    {.bytes = READ_SCRATCH, .size = sizeof READ_SCRATCH},
};

static void fill_long_request(void)
{
    for (size_t i = 3; i < sizeof long_request; i++) long_request[i] = (uint8_t)(i * 7 + i / 256);
}

static void long_answer(const uds_answer_t *answer)
{
    ck_assert_int_eq(answer->outcome, UDS_OUTCOME_POSITIVE);
    ck_assert_uint_eq(answer->step, 3);
    ck_assert_uint_eq(answer->size, sizeof long_request);
    ck_assert_mem_eq(answer->bytes + 3, long_request + 3, sizeof long_request - 3);
}

// ---- where the units are -------------------------------------------------------------------------------------------

START_TEST(request_wakes_the_bus_and_is_answered_within_p2)
{
    ck_assert_str_eq(diagnosis_car_ask(car, CAR_CAS, "22 F1 86"), "62 F1 86 01");
    ck_assert_int_lt(car->tester.answered_ns[0], UDS_P2_NS); // after all that a waking bus has to carry
    ck_assert_uint_eq(car->requests[CAR_KCAN_P], 0);         // 0x40 stays local
    ck_assert_int_eq(kernel_bus(car->kernel, CAR_KCAN_S)->wire.state, CAN_BUS_AWAKE);
}
END_TEST

START_TEST(every_unit_answers_through_the_gateway_or_directly)
{
    ck_assert_str_eq(diagnosis_car_ask(car, CAR_SEAT, "22 F1 8C"), "62 F1 8C 4B 4D 53 49 4D 20 73 65 61 74");
    ck_assert_str_eq(diagnosis_car_ask(car, CAR_MIRROR, "22 F1 8C"), "62 F1 8C 4B 4D 53 49 4D 20 6D 69 72 72 6F 72");
    ck_assert_uint_eq(car->requests[CAR_KCAN_P], car->requests[CAR_KCAN_S]);
    ck_assert_uint_eq(car->responses[CAR_KCAN_P], car->responses[CAR_KCAN_S]);
    ck_assert_uint_eq(car->responders[CAR_KCAN_S], 1); // the CAS, for the others
    unsigned requests = car->requests[CAR_KCAN_P];
    ck_assert_str_eq(diagnosis_car_ask(car, CAR_CLIMATE, "22 F1 8C"),
                     "62 F1 8C 4B 4D 53 49 4D 20 63 6C 69 6D 61 74 65");
    ck_assert_uint_eq(car->requests[CAR_KCAN_P], requests); // it is here
}
END_TEST

START_TEST(gateway_passes_a_request_on_one_millisecond_later)
{
    diagnosis_car_ask(car, CAR_SEAT, "3E 00");
    diagnosis_car_wait(car, 2050 * TIME_MS); // both awake, and nothing cyclic just now
    ck_assert_str_eq(diagnosis_car_ask(car, CAR_SEAT, "3E 00"), "7E 00");
    can_frame_t request, response;
    ck_assert(frame_parse("6F1#6D023E00", &request) && frame_parse("66D#F1027E00", &response));
    ck_assert_int_eq(car->last_request_ns[CAR_KCAN_P] - car->last_request_ns[CAR_KCAN_S],
                     TIME_MS + (int64_t)frame_bits(&request) * BIT_NS);
    ck_assert_int_eq(car->last_response_ns[CAR_KCAN_S] - car->last_response_ns[CAR_KCAN_P],
                     TIME_MS + (int64_t)frame_bits(&response) * BIT_NS);
}
END_TEST

START_TEST(functional_request_reaches_all_units)
{
    diagnosis_car_ask(car, UDS_FUNCTIONAL_ALL, "3E 00");
    diagnosis_car_wait(car, 200 * TIME_MS);
    ck_assert_uint_eq(car->requests[CAR_KCAN_S], 1);
    ck_assert_uint_eq(car->requests[CAR_KCAN_P], 1);
    ck_assert_uint_eq(car->responses[CAR_KCAN_S], 4);
    ck_assert_uint_eq(car->responders[CAR_KCAN_S], 1 | 8); // CAS, also for seat and mirror, and climate
    ck_assert_uint_eq(car->responders[CAR_KCAN_P], 2 | 4);
}
END_TEST

START_TEST(personalization_group_is_seat_mirror_and_climate)
{
    diagnosis_car_ask(car, UDS_FUNCTIONAL_PERSONALIZATION, "3E 00");
    diagnosis_car_wait(car, 200 * TIME_MS);
    ck_assert_uint_eq(car->responses[CAR_KCAN_S], 3);
    ck_assert_uint_eq(car->responses[CAR_KCAN_P], 2);
}
END_TEST

START_TEST(unit_that_is_not_there_is_silence)
{
    ck_assert_str_eq(diagnosis_car_ask(car, 0x33, "3E 00"), "");
    ck_assert_int_eq(car->tester.answers[0].outcome, UDS_OUTCOME_SILENT);
    ck_assert_uint_eq(car->requests[CAR_KCAN_P], 0);
    diagnosis_car_set_power(car, "seat", false);
    ck_assert_str_eq(diagnosis_car_ask(car, CAR_SEAT, "3E 00"), "");
    diagnosis_car_set_power(car, "seat", true);
    ck_assert_str_eq(diagnosis_car_ask(car, CAR_SEAT, "3E 00"), "7E 00");
    diagnosis_car_set_power(car, "cas", false); // no gateway
    ck_assert_str_eq(diagnosis_car_ask(car, CAR_SEAT, "3E 00"), "");
    ck_assert_str_eq(diagnosis_car_ask(car, CAR_CLIMATE, "3E 00"), "7E 00");
}
END_TEST

static uint32_t called_by(uint8_t target)
{
    car->called = 0;
    diagnosis_car_ask(car, target, "3E 00");
    diagnosis_car_wait(car, 50 * TIME_MS); // until the gateway has passed it on
    return car->called;
}

static uint32_t only(const char *unit)
{
    return UINT32_C(1) << kernel_find_node(car->kernel, unit);
}

// The CAS is the gateway: it must hear them all.
START_TEST(request_calls_the_unit_that_it_names_and_the_gateway_alone)
{
    ck_assert_uint_eq(called_by(CAR_CAS), only("cas"));
    ck_assert_uint_eq(called_by(CAR_SEAT), only("cas") | only("seat"));
    ck_assert_uint_eq(called_by(CAR_CLIMATE), only("cas") | only("climate"));
    ck_assert_uint_eq(called_by(UDS_FUNCTIONAL_ALL), only("cas") | only("seat") | only("mirror") | only("climate"));
    ck_assert_uint_eq(called_by(0x12), only("cas")); // nobody's
}
END_TEST

START_TEST(tester_on_the_other_bus_reaches_everybody_too)
{
    diagnosis_car_destroy(&car);
    car = diagnosis_car_new(CAR_KCAN_P);
    ck_assert_str_eq(diagnosis_car_ask(car, CAR_SEAT, "22 F1 86"), "62 F1 86 01");
    ck_assert_uint_eq(car->requests[CAR_KCAN_S] + car->responses[CAR_KCAN_S], 0);
    ck_assert_str_eq(diagnosis_car_ask(car, CAR_CAS, "22 F1 86"), "62 F1 86 01");
    ck_assert_str_eq(diagnosis_car_ask(car, CAR_CLIMATE, "22 F1 90"),
                     "62 F1 90 4B 4D 53 49 4D 45 36 35 30 30 30 30 30 30 30 30 31");
}
END_TEST

START_TEST(session_keeps_the_unit_s_bus_awake_and_then_lets_it_sleep)
{
    ck_assert_str_eq(diagnosis_car_ask(car, CAR_SEAT, "10 03"), "50 03 00 32 01 F4");
    for (int i = 0; i < 20; i++) {
        diagnosis_car_wait(car, 4 * TIME_S);
        ck_assert_int_eq(kernel_bus(car->kernel, CAR_KCAN_P)->wire.state, CAN_BUS_AWAKE);
        ck_assert_str_eq(diagnosis_car_ask(car, CAR_SEAT, "3E 00"), "7E 00");
    }
    diagnosis_car_wait(car, UDS_S3_NS + CAN_BUS_LINGER_NS + TIME_S);
    ck_assert_int_eq(kernel_bus(car->kernel, CAR_KCAN_P)->wire.state, CAN_BUS_ASLEEP);
    ck_assert_int_eq(kernel_bus(car->kernel, CAR_KCAN_S)->wire.state, CAN_BUS_ASLEEP);
    ck_assert(!kernel_begin(car->kernel, car->now_ns + TIME_MIN * 1000)); // a quiet car costs nothing
}
END_TEST

// ---- long transfers ------------------------------------------------------------------------------------------------

START_TEST(longest_transfer_is_lossless_through_the_gateway_while_motors_move)
{
    fill_long_request();
    kernel_set_line(car->kernel, (uint16_t)kernel_find_line(car->kernel, "switch/seat/longitudinal"), 1, false);
    kernel_set_line(car->kernel, (uint16_t)kernel_find_line(car->kernel, "switch/mirror/driver_horizontal"), 1, false);
    diagnosis_car_wait(car, 50 * TIME_MS);
    uds_answer_t answer = diagnosis_car_run(car, CAR_SEAT, LONG_TRANSFER, 4);
    long_answer(&answer);
    ck_assert_uint_eq(car->tester.lost, 0);
}
END_TEST

START_TEST(two_transfers_to_different_units_at_once)
{
    fill_long_request();
    diagnosis_car_begin(car, 0, CAR_SEAT, LONG_TRANSFER, 4);
    diagnosis_car_begin(car, 1, CAR_CLIMATE, LONG_TRANSFER, 4);
    diagnosis_car_wait(car, 6 * TIME_S);
    for (size_t i = 0; i < CAR_CLIENTS; i++) {
        ck_assert(!uds_client_busy(&car->tester.clients[i]));
        long_answer(&car->tester.answers[i]);
    }
    ck_assert_uint_eq(car->tester.lost, 0);
}
END_TEST

// The bus's minimum: every frame of the transfer, and three bits between frames, one after the other.
static int64_t physical_minimum(const uint8_t *payload, size_t size)
{
    static isotp_t sender;
    isotp_config_t config = uds_tester_link(CAR_CAS);
    isotp_init(&sender, &config);
    ck_assert(isotp_send(&sender, payload, size, 0));
    can_frame_t frame, flow;
    int64_t bits = 0;
    ck_assert(frame_parse("640#F1300000", &flow));
    for (int64_t now_ns = 0; isotp_pull(&sender, now_ns, &frame); now_ns++) {
        bits += frame_bits(&frame) + FRAME_INTERMISSION_BITS;
        isotp_sent(&sender, &frame, now_ns);
        if ((frame.data[1] >> 4) != 1) continue;
        bits += frame_bits(&flow) + FRAME_INTERMISSION_BITS;
        isotp_accept(&sender, &flow, now_ns);
    }
    return bits * BIT_NS;
}

START_TEST(longest_transfer_takes_hardly_more_than_its_frames)
{
    fill_long_request();
    uds_answer_t answer = diagnosis_car_run(car, CAR_CAS, LONG_TRANSFER, 2);
    ck_assert_int_eq(answer.outcome, UDS_OUTCOME_POSITIVE);
    int64_t begun_ns = car->now_ns;
    answer = diagnosis_car_run(car, CAR_CAS, LONG_TRANSFER + 2, 1);
    ck_assert_int_eq(answer.outcome, UDS_OUTCOME_POSITIVE);
    int64_t took_ns = car->last_request_ns[CAR_KCAN_S] - begun_ns;
    ck_assert_int_gt(took_ns, physical_minimum(long_request, sizeof long_request));
    ck_assert_int_le(took_ns * 100, physical_minimum(long_request, sizeof long_request) * 105);
}
END_TEST

START_TEST(unit_that_loses_power_in_a_transfer_breaks_it_and_is_there_again)
{
    fill_long_request();
    diagnosis_car_begin(car, 0, CAR_SEAT, LONG_TRANSFER, 4);
    diagnosis_car_wait(car, 400 * TIME_MS);
    diagnosis_car_set_power(car, "seat", false);
    diagnosis_car_wait(car, 3 * TIME_S);
    ck_assert(!uds_client_busy(&car->tester.clients[0]));
    ck_assert_int_ne(car->tester.answers[0].outcome, UDS_OUTCOME_POSITIVE);
    diagnosis_car_set_power(car, "seat", true);
    uds_answer_t answer = diagnosis_car_run(car, CAR_SEAT, LONG_TRANSFER, 4);
    long_answer(&answer);
}
END_TEST

// ---- the client ----------------------------------------------------------------------------------------------------

START_TEST(script_ends_at_a_refusal_unless_a_step_goes_on)
{
    static const uint8_t UNKNOWN[] = {0x99}, READ[] = {0x22, 0xF1, 0x86};
    uds_step_t steps[] = {{.bytes = UNKNOWN, .size = 1}, {.bytes = READ, .size = 3}};
    uds_answer_t answer = diagnosis_car_run(car, CAR_SEAT, steps, 2);
    ck_assert_uint_eq(answer.step, 0);
    ck_assert_int_eq(answer.outcome, UDS_OUTCOME_NEGATIVE);
    ck_assert_uint_eq(answer.nrc, UDS_SERVICE_NOT_SUPPORTED);
    steps[0].go_on = true;
    answer = diagnosis_car_run(car, CAR_SEAT, steps, 2);
    ck_assert_uint_eq(answer.step, 1);
    ck_assert_int_eq(answer.outcome, UDS_OUTCOME_POSITIVE);
    steps[0].kind = UDS_STEP_UNLOCK; // in the default session
    steps[0].go_on = false;
    answer = diagnosis_car_run(car, CAR_SEAT, steps, 2);
    ck_assert_uint_eq(answer.step, 0);
    ck_assert_uint_eq(answer.nrc, UDS_SERVICE_NOT_IN_SESSION);
}
END_TEST

START_TEST(unlocking_twice_is_no_mistake)
{
    static const uds_step_t STEPS[] = {
        {.bytes = EXTEND, .size = 2}, {.kind = UDS_STEP_UNLOCK}, {.kind = UDS_STEP_UNLOCK}};
    uds_answer_t answer = diagnosis_car_run(car, CAR_CAS, STEPS, 3);
    ck_assert_uint_eq(answer.step, 2);
    ck_assert_int_eq(answer.outcome, UDS_OUTCOME_POSITIVE);
}
END_TEST

START_TEST(steps_that_cannot_be_sent_are_invalid)
{
    static uint8_t bytes[UDS_MESSAGE_MAX + 1] = {0x3E};
    static const size_t SIZES[] = {0, UDS_MESSAGE_MAX + 1};
    for (size_t i = 0; i < 2; i++) {
        uds_step_t step = {.bytes = bytes, .size = SIZES[i]};
        ck_assert_int_eq(diagnosis_car_run(car, CAR_CAS, &step, 1).outcome, UDS_OUTCOME_INVALID);
    }
    uds_step_t step = {.bytes = bytes, .size = ISOTP_SINGLE_MAX + 1};
    ck_assert_int_eq(diagnosis_car_run(car, UDS_FUNCTIONAL_ALL, &step, 1).outcome, UDS_OUTCOME_INVALID);
    ck_assert(!uds_client_begin(&car->tester.clients[0], CAR_CAS, &step, 0));
    ck_assert_str_eq(diagnosis_car_ask(car, CAR_CAS, "3E 00"), "7E 00");
}
END_TEST

START_TEST(client_ignores_what_is_no_answer_to_its_request)
{
    static const uint8_t READ[] = {0x22, 0xF1, 0x86};
    static const uds_step_t STEP = {.bytes = READ, .size = sizeof READ};
    static const char *const STRAYS[] = {"640#F1037F1011", "640#F1025003", "640#F1027F22", "640#F1017F",
                                         "640#F1047F223100"};
    static uds_client_t client;
    can_frame_t frame;
    uds_answer_t answer;
    uds_client_init(&client);
    ck_assert(uds_client_begin(&client, CAR_CAS, &STEP, 1));
    ck_assert(!uds_client_begin(&client, CAR_CAS, &STEP, 1));
    ck_assert(uds_client_pull(&client, 0, &frame));
    ck_assert(uds_client_sent(&client, &frame, TIME_MS));
    for (size_t i = 0; i < 5; i++) {
        can_frame_t stray;
        ck_assert(frame_parse(STRAYS[i], &stray));
        ck_assert(uds_client_accept(&client, &stray, 2 * TIME_MS));
        ck_assert(!uds_client_pull(&client, 2 * TIME_MS, &frame));
        ck_assert(!uds_client_take_answer(&client, &answer));
    }
    ck_assert_uint_eq(client.strays, 5);
    int64_t deadline_ns = TIME_MS + UDS_P2_NS + UDS_CLIENT_MARGIN_NS;
    ck_assert_int_eq(uds_client_deadline(&client), deadline_ns);
    ck_assert(frame_parse("640#F1037F2278", &frame)); // pending: P2* from here
    ck_assert(uds_client_accept(&client, &frame, deadline_ns));
    deadline_ns += UDS_P2_EXTENDED_NS + UDS_CLIENT_MARGIN_NS;
    ck_assert_int_eq(uds_client_deadline(&client), deadline_ns);
    ck_assert(!uds_client_pull(&client, deadline_ns, &frame));
    ck_assert(uds_client_take_answer(&client, &answer));
    ck_assert_int_eq(answer.outcome, UDS_OUTCOME_SILENT);
    ck_assert(!uds_client_busy(&client));
}
END_TEST

// The right bytes from another unit, for another tester, or as no message of ours; then the unit's own.
START_TEST(client_hears_the_unit_that_it_asked)
{
    static const uint8_t READ[] = {0x22, 0xF1, 0x86};
    static const uds_step_t STEP = {.bytes = READ, .size = sizeof READ};
    static const char *const OTHERS[] = {"678#F10462F18601", "640#F20462F18601", "6F1#F10462F18601",
                                         "00000640#F10462F18601"};
    static uds_client_t client;
    can_frame_t frame;
    uds_answer_t answer;
    uds_client_init(&client);
    ck_assert(uds_client_begin(&client, CAR_CAS, &STEP, 1));
    ck_assert(uds_client_pull(&client, 0, &frame));
    ck_assert(uds_client_sent(&client, &frame, TIME_MS));
    for (size_t i = 0; i < sizeof OTHERS / sizeof OTHERS[0]; i++) {
        ck_assert(frame_parse(OTHERS[i], &frame));
        ck_assert(!uds_client_accept(&client, &frame, 2 * TIME_MS));
        ck_assert(!uds_client_take_answer(&client, &answer));
    }
    ck_assert_uint_eq(client.strays, 0);
    ck_assert(frame_parse("640#F10462F18601", &frame));
    ck_assert(uds_client_accept(&client, &frame, 2 * TIME_MS));
    ck_assert(uds_client_take_answer(&client, &answer));
    ck_assert_int_eq(answer.outcome, UDS_OUTCOME_POSITIVE);
}
END_TEST

// A late answer to the request before, and one to somebody's functional request: the right one is waited for; when it
// does not come, the last of them is what there was.
START_TEST(client_waits_for_the_right_answer_and_else_tells_the_wrong_one)
{
    static const uint8_t READ[] = {0x22, 0xF1, 0x86};
    static const uds_step_t STEP = {.bytes = READ, .size = sizeof READ};
    static const char *const WRONG[] = {"640#F10462F19041", "640#F1027E00"};
    static uds_client_t client;
    for (int right = 0; right <= 1; right++) {
        can_frame_t frame;
        uds_answer_t answer;
        uds_client_init(&client);
        ck_assert(uds_client_begin(&client, CAR_CAS, &STEP, 1));
        ck_assert(uds_client_pull(&client, 0, &frame));
        ck_assert(uds_client_sent(&client, &frame, TIME_MS));
        for (size_t i = 0; i < 2; i++) {
            ck_assert(frame_parse(WRONG[i], &frame) && uds_client_accept(&client, &frame, 2 * TIME_MS));
            ck_assert(!uds_client_take_answer(&client, &answer));
        }
        ck_assert(frame_parse("640#F10462F18601", &frame));
        if (right) ck_assert(uds_client_accept(&client, &frame, 3 * TIME_MS));
        int64_t deadline_ns = TIME_MS + UDS_P2_NS + UDS_CLIENT_MARGIN_NS;
        ck_assert(!uds_client_pull(&client, right ? 3 * TIME_MS : deadline_ns, &frame));
        ck_assert(uds_client_take_answer(&client, &answer));
        ck_assert_int_eq(answer.outcome, right ? UDS_OUTCOME_POSITIVE : UDS_OUTCOME_UNREADABLE);
        ck_assert_uint_eq(answer.size, right ? 4 : 2);
        if (!right) ck_assert_mem_eq(answer.bytes, "\x7E\x00", 2);
    }
}
END_TEST

// Found by fuzzing: the answer that was taken last, still in the link, was looked at with the request that it was for.
START_TEST(script_that_is_over_is_not_looked_at_again)
{
    uint8_t read[] = {0x22, 0xF1, 0x86};
    uds_step_t step = {.bytes = read, .size = sizeof read};
    static uds_client_t client;
    can_frame_t frame;
    uds_answer_t answer;
    uds_client_init(&client);
    ck_assert(uds_client_begin(&client, CAR_CAS, &step, 1));
    ck_assert(uds_client_pull(&client, 0, &frame));
    ck_assert(uds_client_sent(&client, &frame, TIME_MS));
    ck_assert(frame_parse("640#F10462F18601", &frame));
    ck_assert(uds_client_accept(&client, &frame, 2 * TIME_MS));
    ck_assert(uds_client_take_answer(&client, &answer));
    ck_assert_int_eq(answer.outcome, UDS_OUTCOME_POSITIVE);
    memset(read, 0, sizeof read);
    step = (uds_step_t){0};
    ck_assert(!uds_client_pull(&client, 3 * TIME_MS, &frame));
    ck_assert(!uds_client_accept(&client, &frame, 3 * TIME_MS));
    ck_assert_uint_eq(client.strays, 0);
    ck_assert_int_eq(uds_client_deadline(&client), TIME_NEVER);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("diagnosis");
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_set_timeout(cases, 120); // wall clock under a sanitizer or valgrind
    tcase_add_test(cases, request_wakes_the_bus_and_is_answered_within_p2);
    tcase_add_test(cases, every_unit_answers_through_the_gateway_or_directly);
    tcase_add_test(cases, gateway_passes_a_request_on_one_millisecond_later);
    tcase_add_test(cases, functional_request_reaches_all_units);
    tcase_add_test(cases, personalization_group_is_seat_mirror_and_climate);
    tcase_add_test(cases, unit_that_is_not_there_is_silence);
    tcase_add_test(cases, request_calls_the_unit_that_it_names_and_the_gateway_alone);
    tcase_add_test(cases, tester_on_the_other_bus_reaches_everybody_too);
    tcase_add_test(cases, session_keeps_the_unit_s_bus_awake_and_then_lets_it_sleep);
    tcase_add_test(cases, longest_transfer_is_lossless_through_the_gateway_while_motors_move);
    tcase_add_test(cases, two_transfers_to_different_units_at_once);
    tcase_add_test(cases, longest_transfer_takes_hardly_more_than_its_frames);
    tcase_add_test(cases, unit_that_loses_power_in_a_transfer_breaks_it_and_is_there_again);
    tcase_add_test(cases, script_ends_at_a_refusal_unless_a_step_goes_on);
    tcase_add_test(cases, unlocking_twice_is_no_mistake);
    tcase_add_test(cases, steps_that_cannot_be_sent_are_invalid);
    tcase_add_test(cases, client_ignores_what_is_no_answer_to_its_request);
    tcase_add_test(cases, client_hears_the_unit_that_it_asked);
    tcase_add_test(cases, client_waits_for_the_right_answer_and_else_tells_the_wrong_one);
    tcase_add_test(cases, script_that_is_over_is_not_looked_at_again);
    return suite_run("diagnosis", cases);
}
