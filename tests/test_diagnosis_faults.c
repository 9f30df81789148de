// SPDX-License-Identifier: MIT
// Diagnosis on a bus that fails: requests, answers and parts of them are lost, doubled or late on their way through the
// whole car. What is asked then is not answered, and what is asked next is, at once.
#include <check.h>
#include <string.h>

#include "bus/can/fault_plan.h"
#include "tests/diagnosis_car.h"
#include "tests/suite.h"

#define READ_NAME "22 F1 8C"
#define NAME "62 F1 8C 4B 4D 53 49 4D 20 73 65 61 74" // in two frames

#define READ_SESSION "22 F1 86"
#define SESSION "62 F1 86 01" // in one

enum { REQUEST = 0x6F1, RESPONSE = 0x66D };

static const uint8_t NAME_REQUEST[] = {0x22, 0xF1, 0x8C};

static diagnosis_car_t *car;
static fault_plan_t plan;
static uint32_t hits;

static void set_up(void)
{
    car = diagnosis_car_new(CAR_KCAN_S);
    fault_plan_init(&plan, 1);
    kernel_set_plan(car->kernel, &plan);
    hits = 0;
    ck_assert_str_eq(diagnosis_car_ask(car, CAR_SEAT, READ_SESSION), SESSION); // both buses are awake
    diagnosis_car_wait(car, 200 * TIME_MS);
}

static void tear_down(void)
{
    diagnosis_car_destroy(&car);
}

static int8_t node(const char *name)
{
    return (int8_t)kernel_find_node(car->kernel, name);
}

// The next `count` frames of that identifier from the node.
static fault_t fault_of(fault_kind_t kind, const char *sender, uint32_t id, uint32_t count)
{
    return (fault_t){.kind = (uint8_t)kind,
                     .bus = FAULT_ANY,
                     .sender = node(sender),
                     .to = FAULT_ANY,
                     .selects = true,
                     .id = id,
                     .count = count,
                     .for_ns = TIME_NEVER,
                     .hits = &hits};
}

static void begin(const fault_t *fault)
{
    ck_assert(fault_plan_begin(&plan, fault, kernel_now(car->kernel)));
}

static void begin_of(fault_kind_t kind, const char *sender, uint32_t id, uint32_t count)
{
    fault_t fault = fault_of(kind, sender, id, count);
    begin(&fault);
}

static uds_answer_t read_name(void)
{
    static const uds_step_t STEP = {.bytes = NAME_REQUEST, .size = sizeof NAME_REQUEST};
    return diagnosis_car_run(car, CAR_SEAT, &STEP, 1);
}

// Begins to ask, and stops when so many frames of diagnosis have been carried by the second bus: request, first frame,
// flow control, consecutive frames.
static void ask_until(const uint8_t *bytes, size_t size, unsigned frames)
{
    static uds_step_t step;
    step = (uds_step_t){.bytes = bytes, .size = size};
    while (kernel_now(car->kernel) < car->now_ns - 10 * TIME_US) diagnosis_car_wait(car, 10 * TIME_US);
    frames += car->requests[CAR_KCAN_P] + car->responses[CAR_KCAN_P];
    diagnosis_car_begin(car, 0, CAR_SEAT, &step, 1);
    while (car->requests[CAR_KCAN_P] + car->responses[CAR_KCAN_P] < frames) diagnosis_car_wait(car, 10 * TIME_US);
}

static const uds_answer_t *answer_in(int64_t span_ns)
{
    diagnosis_car_wait(car, span_ns);
    ck_assert(car->tester.answered[0]);
    return &car->tester.answers[0];
}

// What is asked at once after a loss; answered in time, and rightly.
static void next_works(void)
{
    ck_assert_uint_ge(hits, 1);
    int64_t asked_ns = car->now_ns;
    ck_assert_str_eq(diagnosis_car_ask(car, CAR_SEAT, READ_SESSION), SESSION);
    ck_assert_int_lt(car->tester.answered_ns[0] - asked_ns, UDS_P2_NS);
    ck_assert_str_eq(diagnosis_car_ask(car, CAR_SEAT, READ_NAME), NAME);
}

START_TEST(a_lost_request_is_silence_and_the_next_one_works)
{
    begin_of(FAULT_DROP, "tester", REQUEST, 1);
    uds_answer_t answer = read_name();
    ck_assert_int_eq(answer.outcome, UDS_OUTCOME_BROKEN);
    ck_assert_int_eq(answer.transfer, ISOTP_TIMEOUT_A); // nobody tells the tester
    next_works();
}
END_TEST

START_TEST(a_request_that_the_gateway_alone_did_not_hear_goes_no_further)
{
    fault_t fault = fault_of(FAULT_DROP, "tester", REQUEST, 1);
    fault.to = node("cas");
    begin(&fault);
    unsigned forwarded = car->requests[CAR_KCAN_P];
    ck_assert_int_eq(read_name().outcome, UDS_OUTCOME_SILENT);
    ck_assert_uint_eq(car->requests[CAR_KCAN_P], forwarded);
    next_works();
}
END_TEST

START_TEST(a_lost_answer_is_silence_and_the_next_one_works)
{
    begin_of(FAULT_DROP, "seat", RESPONSE, 1);
    ck_assert_str_eq(diagnosis_car_ask(car, CAR_SEAT, READ_SESSION), "");
    next_works();
}
END_TEST

START_TEST(an_answer_that_the_tester_did_not_hear_is_silence)
{
    fault_t fault = fault_of(FAULT_DROP, "cas", RESPONSE, 1);
    fault.to = node("tester");
    begin(&fault);
    ck_assert_str_eq(diagnosis_car_ask(car, CAR_SEAT, READ_SESSION), "");
    next_works();
}
END_TEST

START_TEST(a_lost_first_frame_is_silence)
{
    begin_of(FAULT_DROP, "cas", RESPONSE, 1); // the seat's was carried: it waits for flow control
    ck_assert_int_eq(read_name().outcome, UDS_OUTCOME_SILENT);
    next_works();
}
END_TEST

START_TEST(a_lost_flow_control_ends_the_answer)
{
    ask_until(NAME_REQUEST, sizeof NAME_REQUEST, 2);
    begin_of(FAULT_DROP, "cas", REQUEST, 1);
    const uds_answer_t *answer = answer_in(2 * TIME_S);
    ck_assert_int_eq(answer->outcome, UDS_OUTCOME_BROKEN);
    ck_assert_int_eq(answer->transfer, ISOTP_TIMEOUT_CR);
    next_works();
}
END_TEST

START_TEST(a_lost_consecutive_frame_ends_the_answer)
{
    ask_until(NAME_REQUEST, sizeof NAME_REQUEST, 2);
    begin_of(FAULT_DROP, "seat", RESPONSE, 1);
    const uds_answer_t *answer = answer_in(2 * TIME_S);
    ck_assert_int_eq(answer->outcome, UDS_OUTCOME_BROKEN);
    ck_assert_int_eq(answer->transfer, ISOTP_TIMEOUT_CR);
    next_works();
}
END_TEST

START_TEST(doubled_single_frames_break_no_unlock)
{
    static const uint8_t EXTEND[] = {0x10, 0x03}, WRITE[] = {0x2E, 0x3E, 0x00, 0x42}, READ[] = {0x22, 0x3E, 0x00};
    static const uds_step_t SCRIPT[] = {{.bytes = EXTEND, .size = 2},
                                        {.kind = UDS_STEP_UNLOCK},
                                        {.bytes = WRITE, .size = 4},
                                        {.bytes = READ, .size = 3}};
    begin_of(FAULT_DUPLICATE, "tester", REQUEST, 2); // the session, the seed
    uds_answer_t answer = diagnosis_car_run(car, CAR_SEAT, SCRIPT, 4);
    ck_assert_uint_eq(hits, 2);
    ck_assert_uint_eq(answer.step, 3);
    ck_assert_int_eq(answer.outcome, UDS_OUTCOME_POSITIVE);
    ck_assert_mem_eq(answer.bytes, ((const uint8_t[]){0x62, 0x3E, 0x00, 0x42}), 4);
    ck_assert_uint_gt(car->tester.clients[0].strays, 0);
}
END_TEST

START_TEST(a_doubled_request_is_answered_twice_at_most)
{
    begin_of(FAULT_DUPLICATE, "tester", REQUEST, 1);
    unsigned responses = car->responses[CAR_KCAN_P];
    ck_assert_str_eq(diagnosis_car_ask(car, CAR_SEAT, READ_SESSION), SESSION);
    diagnosis_car_wait(car, 100 * TIME_MS);
    ck_assert_uint_eq(car->responses[CAR_KCAN_P], responses + 2);
    next_works();
}
END_TEST

START_TEST(a_doubled_consecutive_frame_corrupts_no_answer)
{
    ask_until((const uint8_t[]){0x19, 0x0A}, 2, 2); // its answer is longer than two frames
    begin_of(FAULT_DUPLICATE, "seat", RESPONSE, 1);
    const uds_answer_t *answer = answer_in(2 * TIME_S);
    ck_assert_int_eq(answer->outcome, UDS_OUTCOME_BROKEN);
    ck_assert_int_eq(answer->transfer, ISOTP_WRONG_SEQUENCE);
    next_works();
}
END_TEST

START_TEST(a_late_answer_is_none_to_the_next_request)
{
    fault_t fault = fault_of(FAULT_DELAY, "seat", RESPONSE, 1);
    fault.by_ns = 151 * TIME_MS; // after P2 and the margin, and while the next one is awaited
    begin(&fault);
    ck_assert_str_eq(diagnosis_car_ask(car, CAR_SEAT, READ_SESSION), "");
    ck_assert_str_eq(diagnosis_car_ask(car, CAR_SEAT, READ_NAME), NAME);
    ck_assert_uint_ge(car->tester.clients[0].strays, 1);
    next_works();
}
END_TEST

START_TEST(a_unit_that_goes_bus_off_with_its_answer_does_not_wait_for_it)
{
    begin_of(FAULT_CORRUPT, "seat", RESPONSE, 32); // 32 times 8
    ck_assert_str_eq(diagnosis_car_ask(car, CAR_SEAT, READ_SESSION), "");
    ck_assert_uint_eq(hits, 32);
    next_works();
    ck_assert_str_eq(diagnosis_car_ask(car, CAR_SEAT, "19 06 00 9C 20 01"),
                     "59 06 00 9C 20 2F 01 01"); // one occurrence
}
END_TEST

int main(void)
{
    const suite_group_t groups[] = {
        {"lost",
         {a_lost_request_is_silence_and_the_next_one_works,
          a_request_that_the_gateway_alone_did_not_hear_goes_no_further,
          a_lost_answer_is_silence_and_the_next_one_works, an_answer_that_the_tester_did_not_hear_is_silence,
          a_lost_first_frame_is_silence, a_lost_flow_control_ends_the_answer, a_lost_consecutive_frame_ends_the_answer,
          a_unit_that_goes_bus_off_with_its_answer_does_not_wait_for_it}},
        {"doubled and late",
         {doubled_single_frames_break_no_unlock, a_doubled_request_is_answered_twice_at_most,
          a_doubled_consecutive_frame_corrupts_no_answer, a_late_answer_is_none_to_the_next_request}},
    };
    return suite_run_groups("diagnosis, faults", groups, 2, set_up, tear_down);
}
