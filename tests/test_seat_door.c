// SPDX-License-Identifier: MIT
// The seat whose recall waits for the driver's door, and the seat under garbage.
#include "tests/seat_sentences.h"

#include <check.h>
#include <stdlib.h>

#include "tests/suite.h"
#include "bus/car/words.h"

// ---- only when the door opens --------------------------------------------------------------------------------------

static void code_door_open(void)
{
    node_fixture_code(node, "recall", "door_open");
    code_profile_2();
}

START_TEST(recall_waits_for_the_drivers_door)
{
    code_door_open();
    at(100);
    node_fixture_remote(node, "unlock", 2);
    ck_assert_int_eq(status("Profile"), 2); // active at once
    ck_assert_int_eq(status("Moving"), 0);
    ck_assert_uint_eq(node_fixture_logged(node, LOG_RECALL_WAITS), 1);
    at(5000);
    node_fixture_door(node, false);
    ck_assert_int_eq(status("Moving"), 0);
    at(6000);
    node_fixture_door(node, true);
    at(7000);
    ck_assert_int_eq(status("Longitudinal"), 1450);
    node_fixture_door(node, false); // the recall under way goes on
    at(20000);
    ck_assert_int_eq(status("BackrestTilt"), 480);
}
END_TEST

START_TEST(recall_with_the_door_open_already_is_at_once)
{
    code_door_open();
    at(100);
    node_fixture_door(node, true);
    at(200);
    node_fixture_remote(node, "unlock", 2);
    ck_assert_int_eq(status("Moving"), 1);
}
END_TEST

START_TEST(lock_drops_a_waiting_recall)
{
    code_door_open();
    at(100);
    node_fixture_remote(node, "unlock", 2);
    at(1000);
    node_fixture_remote(node, "lock", 2);
    at(2000);
    node_fixture_door(node, true);
    ck_assert_int_eq(status("Moving"), 0);
}
END_TEST

START_TEST(switch_drops_a_waiting_recall)
{
    code_door_open();
    at(100);
    node_fixture_remote(node, "unlock", 2);
    at(1000);
    press("height", INCREASE);
    at(1100);
    press("height", RELEASED);
    ck_assert_uint_eq(node_fixture_logged(node, LOG_RECALL_STOPPED), 1);
    at(2000);
    node_fixture_door(node, true);
    ck_assert_int_eq(status("Moving"), 0);
}
END_TEST

START_TEST(waiting_for_another_profile_ends_the_recall_under_way)
{
    code_door_open();
    at(100);
    node_fixture_door(node, true);
    at(200);
    node_fixture_remote(node, "unlock", 2);
    at(300);
    node_fixture_door(node, false);
    at(700);
    node_fixture_remote(node, "unlock", 2); // the same: goes on
    ck_assert_int_eq(status("Moving"), 1);
    at(1000);
    node_fixture_remote(node, "unlock", 1);
    ck_assert_int_eq(status("Moving"), 0);
    ck_assert_int_eq(status("Longitudinal"), 1410);
}
END_TEST

START_TEST(door_state_cut_short_opens_nothing)
{
    code_door_open();
    at(100);
    node_fixture_remote(node, "unlock", 2);
    for (uint8_t length = 0; length < 7; length++) {
        at(200 + length);
        const uint8_t data[8] = {0xFF, 0x55, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
        can_frame_t frame = frame_make(0x2FC, data, length);
        node_fixture_frame(node, &frame);
    }
    ck_assert_int_eq(status("Moving"), 0);
}
END_TEST

// ---- anything at all -----------------------------------------------------------------------------------------------

static can_frame_t random_frame(random_t *random)
{
    const uint32_t ids[] = {0x23A, 0x130, 0x2FC, 0x232, 0x7FF};
    uint8_t data[8];
    for (size_t i = 0; i < 8; i++) data[i] = (uint8_t)random_next(random);
    if (random_next(random) % 2) data[0] = (uint8_t)(data[0] % 4 * 0x11);
    if (random_next(random) % 2) data[2] = random_next(random) % 2 ? 1 : 4;
    can_frame_t frame = frame_make(ids[random_next(random) % 5], data, (uint8_t)(random_next(random) % 9));
    frame.remote = random_next(random) % 16 == 0;
    return frame;
}

static void act_at_random(random_t *random)
{
    const int64_t values[] = {RELEASED, INCREASE, DECREASE, TO + 700, -1, INT64_MIN, 0x7FFFFFFFFFFF};
    switch (random_next(random) % 4) {
    case 0:
        node_fixture_line(node, node->ports.lines[random_next(random) % node->ports.line_count],
                          values[random_next(random) % 7], false);
        return;
    case 1:
        if (random_next(random) % 10 == 0)
            node_fixture_power_on(node, node->now_ns, (image_state_t)(random_next(random) % 4));
        else
            node_fixture_set_awake(node, !node->awake);
        return;
    default: {
        can_frame_t frame = random_frame(random);
        node_fixture_frame(node, &frame);
        return;
    }
    }
}

START_TEST(nothing_that_arrives_breaks_the_seat)
{
    const char *text = getenv("TEST_SEED");
    uint64_t seed = text != NULL ? strtoull(text, NULL, 10) : 1;
    printf("seat under garbage, TEST_SEED=%llu\n", (unsigned long long)seed);
    random_t random = random_derive(seed, "seat", 0);
    code_door_open();
    for (int step = 0; step < 20000; step++) {
        node_fixture_run_to(node, node->now_ns + (int64_t)(random_next(&random) % (uint64_t)(300 * TIME_MS)));
        act_at_random(&random);
        if (step % 10 != 0) continue;
        ck_assert_int_le(status("Longitudinal"), 2500);
        ck_assert_int_le(status("CushionTilt"), 150);
        ck_assert_int_le(status("Profile"), 4);
    }
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("seat_door");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, recall_waits_for_the_drivers_door);
    tcase_add_test(tests, recall_with_the_door_open_already_is_at_once);
    tcase_add_test(tests, lock_drops_a_waiting_recall);
    tcase_add_test(tests, switch_drops_a_waiting_recall);
    tcase_add_test(tests, waiting_for_another_profile_ends_the_recall_under_way);
    tcase_add_test(tests, door_state_cut_short_opens_nothing);
    tcase_add_test(tests, nothing_that_arrives_breaks_the_seat);
    return suite_run("seat_door", tests);
}
