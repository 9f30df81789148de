// SPDX-License-Identifier: MIT
// What a unit makes of the public messages that come before its grant.
#include <check.h>
#include <string.h>

#include "bus/zmq/runner_inbox.h"
#include "tests/suite.h"

static runner_inbox_t inbox;
static wire_grant_t grant;
static node_input_t inputs[NODE_INPUTS_MAX];
static uint8_t body[WIRE_SIZE_MAX];

static void set_up(void)
{
    memset(&inbox, 0, sizeof inbox);
    memset(&grant, 0, sizeof grant);
}

static wire_public_t frame_message(int64_t time_ns, uint64_t sequence, uint32_t id)
{
    wire_public_t message = {.kind = WIRE_FRAME, .stream = 1, .sequence = sequence, .time_ns = time_ns};
    message.frame = frame_make(id, NULL, 0);
    return message;
}

static void keep(const wire_public_t *message)
{
    runner_inbox_keep(&inbox, body, wire_encode_public(message, body));
}

static void keep_frame(int64_t time_ns, uint64_t sequence, uint32_t id)
{
    wire_public_t message = frame_message(time_ns, sequence, id);
    keep(&message);
}

static void name_frame(uint64_t sequence)
{
    wire_input_t *input = &grant.inputs[grant.count++];
    *input = (wire_input_t){.is_public = true, .stream = 1, .sequence = sequence, .input = {.kind = INPUT_FRAME}};
}

START_TEST(inputs_come_in_the_order_of_the_grant_not_in_that_of_arrival)
{
    keep_frame(5, 1, 0x101);
    keep_frame(5, 2, 0x102);
    name_frame(2);
    name_frame(1);
    ck_assert_ptr_null(runner_inbox_fill(&inbox, &grant, inputs));
    ck_assert_uint_eq(inputs[0].frame.id, 0x102);
    ck_assert_uint_eq(inputs[1].frame.id, 0x101);
}
END_TEST

START_TEST(the_grant_brings_bus_and_line_the_message_the_content)
{
    wire_public_t line = {.kind = WIRE_LINE, .stream = WIRE_STREAM_LINE, .sequence = 9, .time_ns = 5, .line = -3};
    wire_public_t air = {.kind = WIRE_AIR, .stream = WIRE_STREAM_AIR, .sequence = 9, .time_ns = 5};
    air.air = (air_t){.channel = AIR_RF, .size = 2, .transmission = 7, .bytes = {1, 2}};
    keep(&line);
    keep(&air);
    keep_frame(5, 9, 0x101);
    name_frame(9);
    grant.inputs[0].input.bus = 2;
    grant.inputs[1] = (wire_input_t){.is_public = true, .stream = WIRE_STREAM_LINE, .sequence = 9};
    grant.inputs[1].input = (node_input_t){.kind = INPUT_LINE, .line = {.line = 4, .momentary = true}};
    grant.inputs[2] = (wire_input_t){.is_public = true, .stream = WIRE_STREAM_AIR, .sequence = 9};
    grant.inputs[2].input.kind = INPUT_AIR;
    grant.count = 3;
    ck_assert_ptr_null(runner_inbox_fill(&inbox, &grant, inputs));
    ck_assert(inputs[0].kind == INPUT_FRAME && inputs[0].bus == 2 && inputs[0].frame.id == 0x101);
    ck_assert(inputs[1].line.line == 4 && inputs[1].line.momentary && inputs[1].line.value == -3);
    ck_assert(inputs[2].air.transmission == 7 && inputs[2].air.size == 2 && inputs[2].air.bytes[1] == 2);
}
END_TEST

START_TEST(private_inputs_need_no_message)
{
    grant.inputs[0].input = (node_input_t){.kind = INPUT_SENT, .bus = 1, .frame = frame_make(0x123, NULL, 0)};
    grant.inputs[1].input.kind = INPUT_DEADLINE;
    grant.count = 2;
    ck_assert_ptr_null(runner_inbox_fill(&inbox, &grant, inputs));
    ck_assert(inputs[0].kind == INPUT_SENT && inputs[0].bus == 1 && inputs[0].frame.id == 0x123);
    ck_assert_int_eq(inputs[1].kind, INPUT_DEADLINE);
}
END_TEST

START_TEST(what_never_came_is_named)
{
    keep_frame(5, 1, 0x101);
    keep_frame(5, 3, 0x103);
    for (uint64_t i = 1; i <= 3; i++) name_frame(i);
    ck_assert_ptr_eq(runner_inbox_fill(&inbox, &grant, inputs), &grant.inputs[1]);
}
END_TEST

START_TEST(the_same_number_in_another_stream_is_another_message)
{
    keep_frame(5, 1, 0x101);
    name_frame(1);
    grant.inputs[0].stream = 0;
    ck_assert_ptr_eq(runner_inbox_fill(&inbox, &grant, inputs), &grant.inputs[0]);
}
END_TEST

START_TEST(messages_of_an_earlier_instant_are_gone_with_the_first_of_a_later_one)
{
    keep_frame(5, 1, 0x101);
    keep_frame(5, 2, 0x102);
    keep_frame(6, 3, 0x103);
    keep_frame(6, 4, 0x104);
    name_frame(3);
    name_frame(4);
    ck_assert_ptr_null(runner_inbox_fill(&inbox, &grant, inputs));
    ck_assert(inputs[0].frame.id == 0x103 && inputs[1].frame.id == 0x104);
    name_frame(2);
    ck_assert_ptr_eq(runner_inbox_fill(&inbox, &grant, inputs), &grant.inputs[2]);
}
END_TEST

START_TEST(what_is_no_message_is_left_out)
{
    keep_frame(5, 1, 0x101);
    wire_public_t message = frame_message(6, 2, 0x102);
    size_t size = wire_encode_public(&message, body);
    runner_inbox_keep(&inbox, body, size - 1);
    runner_inbox_keep(&inbox, body, 0);
    name_frame(1); // the instant has not changed
    ck_assert_ptr_null(runner_inbox_fill(&inbox, &grant, inputs));
}
END_TEST

START_TEST(what_finds_no_room_is_named_and_harms_nothing)
{
    const uint64_t all = RUNNER_INBOX_MAX + 100;
    for (uint64_t i = 1; i <= all; i++) keep_frame(5, i, 0x100);
    ck_assert_uint_eq(inbox.count, RUNNER_INBOX_MAX);
    name_frame(RUNNER_INBOX_MAX);
    ck_assert_ptr_null(runner_inbox_fill(&inbox, &grant, inputs));
    name_frame(RUNNER_INBOX_MAX + 1);
    ck_assert_ptr_eq(runner_inbox_fill(&inbox, &grant, inputs), &grant.inputs[1]);
    keep_frame(6, all + 1, 0x107);
    grant.count = 0;
    name_frame(all + 1);
    ck_assert_ptr_null(runner_inbox_fill(&inbox, &grant, inputs));
    ck_assert_uint_eq(inputs[0].frame.id, 0x107);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("inbox");
    tcase_add_checked_fixture(cases, set_up, NULL);
    tcase_add_test(cases, inputs_come_in_the_order_of_the_grant_not_in_that_of_arrival);
    tcase_add_test(cases, the_grant_brings_bus_and_line_the_message_the_content);
    tcase_add_test(cases, private_inputs_need_no_message);
    tcase_add_test(cases, what_never_came_is_named);
    tcase_add_test(cases, the_same_number_in_another_stream_is_another_message);
    tcase_add_test(cases, messages_of_an_earlier_instant_are_gone_with_the_first_of_a_later_one);
    tcase_add_test(cases, what_is_no_message_is_left_out);
    tcase_add_test(cases, what_finds_no_room_is_named_and_harms_nothing);
    return suite_run("runner inbox", cases);
}
