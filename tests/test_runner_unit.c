// SPDX-License-Identifier: MIT
// The unit in a runner: what it answers, what it leaves unanswered, and that a life begun anew knows nothing of the one
// before.
#include "bus/zmq/runner_unit.h"

#include <check.h>
#include <stdlib.h>

#include "tests/suite.h"

#define FIRST_LIFE 7
#define SECOND_LIFE 9

// A unit with a mistake: its power_on forgets to begin from nothing. It sends how often it was activated.
typedef struct {
    uint8_t bound, count;
} forgetful_t;

static bool bind(void *self, const node_setup_t *setup, node_ports_t *ports, const char **missing)
{
    (void)setup, (void)ports, (void)missing;
    ((forgetful_t *)self)->bound = 5;
    return true;
}

static void activate(void *self, int64_t now_ns, const node_input_t *inputs, size_t count, outbox_t *outbox)
{
    (void)inputs, (void)count;
    forgetful_t *unit = self;
    unit->count++;
    can_frame_t frame = frame_make(0x100, (uint8_t[]){unit->bound, unit->count}, 2);
    outbox_send(outbox, 0, &frame, 0);
    outbox->deadline_ns = now_ns + TIME_MS;
}

static void power_on(void *self, int64_t now_ns, const image_t *image, image_state_t state, random_t random,
                     outbox_t *outbox)
{
    (void)image, (void)state, (void)random;
    activate(self, now_ns, NULL, 0, outbox);
}

static const node_class_t FORGETFUL = {"forgetful", sizeof(forgetful_t), bind, power_on, activate};

static runner_unit_t *unit;
static uint8_t body[WIRE_SIZE_MAX];

static void begin(void)
{
    unit = calloc(1, sizeof *unit);
    ck_assert_ptr_nonnull(unit);
    runner_unit_init(unit, &FORGETFUL);
    node_ports_t ports = {0};
    ck_assert(FORGETFUL.bind(unit->node, NULL, &ports, NULL));
    runner_unit_keep_bound(unit);
    unit->incarnation = FIRST_LIFE;
}

static void end(void)
{
    runner_unit_release(unit);
    free(unit);
}

static size_t give_power(uint64_t incarnation)
{
    image_t image = {0};
    wire_power_on_t start = {.incarnation = incarnation, .round = 1, .time_ns = 0, .state = IMAGE_NONE};
    return runner_unit_power_on(unit, body, wire_encode_power_on(&start, &image, body));
}

static bool grant(uint64_t incarnation, uint64_t round, const wire_input_t *input)
{
    wire_grant_t message = {.incarnation = incarnation, .round = round, .time_ns = (int64_t)round * TIME_MS};
    if (input) message.inputs[message.count++] = *input;
    return runner_unit_take_grant(unit, body, wire_encode_grant(&message, body));
}

// The two bytes of the frame in the packet just made.
static void sent(size_t size, uint8_t bytes[2])
{
    static outbox_t outbox;
    wire_packet_t packet;
    ck_assert(wire_decode_packet(&packet, &outbox, unit->body, size));
    ck_assert_uint_eq(packet.incarnation, unit->incarnation);
    ck_assert_uint_eq(outbox.frame_count, 1);
    memcpy(bytes, outbox.frames[0].frame.data, 2);
}

START_TEST(a_grant_is_answered_by_what_the_node_says)
{
    uint8_t bytes[2];
    sent(give_power(FIRST_LIFE), bytes);
    ck_assert(grant(FIRST_LIFE, 2, NULL));
    ck_assert_ptr_null(runner_unit_missing(unit));
    sent(runner_unit_activate(unit), bytes);
    ck_assert_uint_eq(bytes[1], 2);
}
END_TEST

START_TEST(another_life_and_a_unit_without_power_are_not_answered)
{
    ck_assert(!grant(FIRST_LIFE, 2, NULL));
    ck_assert_uint_eq(give_power(SECOND_LIFE), 0);
    ck_assert_uint_gt(give_power(FIRST_LIFE), 0);
    ck_assert(!grant(SECOND_LIFE, 2, NULL));
    ck_assert(grant(FIRST_LIFE, 2, NULL));
}
END_TEST

START_TEST(begun_anew_it_is_as_it_was_bound_and_without_power)
{
    uint8_t bytes[2];
    give_power(FIRST_LIFE);
    grant(FIRST_LIFE, 2, NULL);
    runner_unit_activate(unit);
    runner_unit_begin_anew(unit, SECOND_LIFE);
    ck_assert(!grant(SECOND_LIFE, 3, NULL));
    ck_assert_uint_eq(give_power(FIRST_LIFE), 0);
    sent(give_power(SECOND_LIFE), bytes);
    ck_assert_uint_eq(bytes[0], 5); // as bound
    ck_assert_uint_eq(bytes[1], 1); // and nothing more
}
END_TEST

START_TEST(what_a_grant_names_is_missing_until_it_has_come_and_gone_with_a_new_life)
{
    wire_input_t input = {.is_public = true, .stream = 0, .sequence = 40, .input.kind = INPUT_FRAME};
    wire_public_t frame = {.kind = WIRE_FRAME, .stream = 0, .sequence = 40, .time_ns = 2 * TIME_MS};
    give_power(FIRST_LIFE);
    ck_assert(grant(FIRST_LIFE, 2, &input));
    const wire_input_t *missing = runner_unit_missing(unit);
    ck_assert_ptr_nonnull(missing);
    ck_assert_uint_eq(missing->sequence, 40);
    runner_inbox_keep(&unit->inbox, body, wire_encode_public(&frame, body));
    ck_assert_ptr_null(runner_unit_missing(unit));
    runner_unit_begin_anew(unit, SECOND_LIFE);
    ck_assert_ptr_nonnull(runner_unit_missing(unit));
}
END_TEST

START_TEST(a_gap_names_what_never_came)
{
    wire_input_t input = {.is_public = true, .stream = 3, .sequence = 41, .input.kind = INPUT_FRAME};
    wire_packet_t packet;
    static outbox_t outbox;
    give_power(FIRST_LIFE);
    grant(FIRST_LIFE, 2, &input);
    size_t size = runner_unit_gap(unit, runner_unit_missing(unit));
    ck_assert(wire_decode_packet(&packet, &outbox, unit->body, size));
    ck_assert_int_eq(packet.status, WIRE_GAP);
    ck_assert_uint_eq(packet.round, 2);
    ck_assert_uint_eq(packet.stream, 3);
    ck_assert_uint_eq(packet.sequence, 41);
}
END_TEST

START_TEST(a_ping_is_answered_by_the_life_that_it_is_meant_for)
{
    wire_beat_t ping = {SECOND_LIFE, 3}, echo;
    ck_assert_uint_eq(runner_unit_echo(unit, body, wire_encode_beat(&ping, WIRE_PING, body)), 0);
    ping.incarnation = FIRST_LIFE;
    size_t size = runner_unit_echo(unit, body, wire_encode_beat(&ping, WIRE_PING, body));
    ck_assert(wire_decode_beat(&echo, WIRE_ECHO, unit->body, size));
    ck_assert_uint_eq(echo.incarnation, FIRST_LIFE);
    ck_assert_uint_eq(echo.number, 3);
}
END_TEST

START_TEST(a_refusal_is_taken_by_the_life_that_it_is_meant_for_and_its_reason_is_harmless)
{
    wire_refuse_t refuse = {.incarnation = SECOND_LIFE, .reason = "it is a \033[2J"}, taken;
    ck_assert(!runner_unit_is_refused(unit, &taken, body, wire_encode_refuse(&refuse, body)));
    refuse.incarnation = FIRST_LIFE;
    ck_assert(runner_unit_is_refused(unit, &taken, body, wire_encode_refuse(&refuse, body)));
    ck_assert_str_eq(taken.reason, "it is a ?[2J");
}
END_TEST

int main(void)
{
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, begin, end);
    tcase_add_test(all, a_grant_is_answered_by_what_the_node_says);
    tcase_add_test(all, another_life_and_a_unit_without_power_are_not_answered);
    tcase_add_test(all, begun_anew_it_is_as_it_was_bound_and_without_power);
    tcase_add_test(all, what_a_grant_names_is_missing_until_it_has_come_and_gone_with_a_new_life);
    tcase_add_test(all, a_gap_names_what_never_came);
    tcase_add_test(all, a_ping_is_answered_by_the_life_that_it_is_meant_for);
    tcase_add_test(all, a_refusal_is_taken_by_the_life_that_it_is_meant_for_and_its_reason_is_harmless);
    return suite_run("runner_unit", all);
}
