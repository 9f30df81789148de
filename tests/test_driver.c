// SPDX-License-Identifier: MIT
// What the driver does with buttons, switches, lock and radio, as a unit that listens hears it.
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "tests/story_fixture.h"
#include "tests/suite.h"

static const story_heard_t *heard(const story_fixture_t *fixture, size_t index)
{
    ck_assert_uint_lt(index, fixture->heard_count);
    return &fixture->heard[index];
}

static void hears_line(const story_fixture_t *fixture, size_t index, int64_t set_ns, const char *line, int64_t value)
{
    const story_heard_t *h = heard(fixture, index);
    ck_assert_int_eq(h->kind, INPUT_LINE);
    ck_assert_int_eq(h->at_ns, set_ns + KERNEL_LINE_NS);
    ck_assert_str_eq(h->line, line);
    ck_assert_int_eq(h->value.value, value);
}

static const air_t *hears_air(const story_fixture_t *fixture, size_t index, int64_t sent_ns, air_channel_t channel)
{
    const story_heard_t *h = heard(fixture, index);
    ck_assert_int_eq(h->kind, INPUT_AIR);
    ck_assert_int_eq(h->at_ns, sent_ns + KERNEL_RF_NS);
    ck_assert_int_eq(h->air.channel, channel);
    return &h->air;
}

static key_telegram_t telegram_of(const air_t *air)
{
    key_telegram_t telegram;
    ck_assert(key_telegram_decode(air, &telegram));
    return telegram;
}

static bool is_authentic(const air_t *air, uint64_t seed, int key)
{
    uint8_t secret[KEY_SECRET_SIZE];
    key_derive_secret(seed, key, secret);
    return key_telegram_authentic(air, secret);
}

// ---- remote control ------------------------------------------------------------------------------------------------

START_TEST(a_pressed_button_sends_one_telegram_and_ends_after_its_hold)
{
    story_fixture_t *fixture = story_fixture_play_with(
        "'seed': 7, 'keys': [{'number': 10, 'personalization': 4, 'battery': 'low'}],",
        "{'at': '1 s', 'remote': {'key': 10, 'button': 'lock', 'hold': '300 ms'}}, {'wait': '1 s'}");
    const air_t *air = hears_air(fixture, 0, TIME_S, AIR_RF);
    key_telegram_t telegram = telegram_of(air);
    ck_assert_int_eq(telegram.button, KEY_BUTTON_LOCK);
    ck_assert_int_eq(telegram.key, 10);
    ck_assert_int_eq(telegram.personalization, 4);
    ck_assert_uint_eq(telegram.code, 1);
    ck_assert(telegram.battery_low);
    ck_assert(is_authentic(air, 7, 10));
    ck_assert(!is_authentic(air, 8, 10));
    const air_t *end = hears_air(fixture, 1, TIME_S + 300 * TIME_MS, AIR_RF_END);
    ck_assert_uint_eq(end->transmission, air->transmission);
    ck_assert_uint_eq(fixture->heard_count, 2);
    story_fixture_destroy(&fixture);
}
END_TEST

START_TEST(a_button_is_held_100_ms_unless_told)
{
    story_fixture_t *fixture = story_fixture_play("{'remote': {'key': 1, 'button': 'unlock'}}, {'wait': '1 s'}");
    hears_air(fixture, 0, 0, AIR_RF);
    hears_air(fixture, 1, 100 * TIME_MS, AIR_RF_END);
    story_fixture_destroy(&fixture);
}
END_TEST

START_TEST(pressing_a_held_remote_ends_the_hold_and_is_a_new_press)
{
    story_fixture_t *fixture =
        story_fixture_play("{'remote': {'key': 1, 'button': 'unlock', 'hold': '10 s'}}, {'wait': '1 s'}, "
                           "{'remote': {'key': 1, 'button': 'lock'}}, {'wait': '20 s'}");
    uint32_t first = hears_air(fixture, 0, 0, AIR_RF)->transmission;
    ck_assert_uint_eq(hears_air(fixture, 1, TIME_S, AIR_RF_END)->transmission, first);
    const air_t *second = hears_air(fixture, 2, TIME_S, AIR_RF);
    ck_assert_uint_eq(telegram_of(second).code, 2);
    ck_assert_uint_eq(hears_air(fixture, 3, TIME_S + 100 * TIME_MS, AIR_RF_END)->transmission, second->transmission);
    ck_assert_uint_eq(fixture->heard_count, 4);
    story_fixture_destroy(&fixture);
}
END_TEST

START_TEST(another_remote_does_not_end_the_hold)
{
    story_fixture_t *fixture = story_fixture_play("{'remote': {'key': 1, 'button': 'unlock'}}, "
                                                  "{'remote': {'key': 2, 'button': 'lock'}}, {'wait': '1 s'}");
    ck_assert_int_eq(telegram_of(hears_air(fixture, 0, 0, AIR_RF)).key, 1);
    ck_assert_int_eq(telegram_of(hears_air(fixture, 1, 0, AIR_RF)).key, 2);
    hears_air(fixture, 2, 100 * TIME_MS, AIR_RF_END);
    hears_air(fixture, 3, 100 * TIME_MS, AIR_RF_END);
    story_fixture_destroy(&fixture);
}
END_TEST

START_TEST(out_of_range_only_the_code_advances)
{
    story_fixture_t *fixture = story_fixture_play("{'remote': {'key': 1, 'button': 'unlock', 'out_of_range': true}}, "
                                                  "{'remote': {'key': 1, 'button': 'unlock', 'out_of_range': true}}, "
                                                  "{'remote': {'key': 1, 'button': 'unlock'}}, {'wait': '1 s'}");
    ck_assert_uint_eq(telegram_of(hears_air(fixture, 0, 0, AIR_RF)).code, 3);
    ck_assert_uint_eq(fixture->heard_count, 2);
    story_fixture_destroy(&fixture);
}
END_TEST

// ---- radio ---------------------------------------------------------------------------------------------------------

START_TEST(every_telegram_of_the_story_can_be_replayed_bit_by_bit)
{
    story_fixture_t *fixture = story_fixture_play(
        "{'remote': {'key': 2, 'button': 'unlock', 'out_of_range': true}}, {'radio': {'hex': '00ffA0'}}, "
        "{'radio': {'forge': {'key': 2, 'button': 'boot'}}}, {'radio': {'replay': 1}}, {'radio': {'replay': 2}}, "
        "{'radio': {'replay': 3}}, {'radio': {'replay': 4}}, {'wait': '1 s'}");
    ck_assert_int_eq(fixture->verdict.state, PLAYER_PASSED);
    const air_t *raw = hears_air(fixture, 0, 0, AIR_RF), *forged = hears_air(fixture, 1, 0, AIR_RF);
    const air_t *first = hears_air(fixture, 2, 0, AIR_RF), *raw_again = hears_air(fixture, 3, 0, AIR_RF);
    const air_t *forged_again = hears_air(fixture, 4, 0, AIR_RF), *first_again = hears_air(fixture, 5, 0, AIR_RF);
    ck_assert_mem_eq(raw->bytes, "\x00\xFF\xA0", 3);
    ck_assert_uint_eq(raw->size, 3);
    ck_assert_uint_eq(telegram_of(first).code, 1);
    ck_assert(is_authentic(first, 1, 2));
    ck_assert_mem_eq(first_again->bytes, first->bytes, first->size);
    ck_assert_mem_eq(raw_again->bytes, raw->bytes, raw->size);
    ck_assert_mem_eq(forged_again->bytes, forged->bytes, forged->size);
    ck_assert_uint_ne(first_again->transmission, first->transmission);
    for (size_t i = 6; i < 12; i++) hears_air(fixture, i, 100 * TIME_MS, AIR_RF_END);
    story_fixture_destroy(&fixture);
}
END_TEST

START_TEST(a_forged_telegram_has_the_next_code_and_a_wrong_secret)
{
    story_fixture_t *fixture =
        story_fixture_play("{'remote': {'key': 2, 'button': 'unlock', 'out_of_range': true}}, "
                           "{'radio': {'forge': {'key': 2, 'button': 'unlock', 'personalization': 3}}}, "
                           "{'radio': {'forge': {'key': 2, 'button': 'lock'}}}, {'remote': {'key': 2, 'button': "
                           "'unlock'}}, {'wait': '1 ms'}");
    const air_t *air = hears_air(fixture, 0, 0, AIR_RF);
    ck_assert_uint_eq(telegram_of(air).code, 2);
    ck_assert_int_eq(telegram_of(air).personalization, 3);
    ck_assert(!is_authentic(air, 1, 2));
    ck_assert_int_eq(telegram_of(hears_air(fixture, 1, 0, AIR_RF)).personalization, 2);
    // the fob itself knows nothing of it
    ck_assert_uint_eq(telegram_of(hears_air(fixture, 2, 0, AIR_RF)).code, 2);
    story_fixture_destroy(&fixture);
}
END_TEST

START_TEST(a_replay_of_what_was_never_sent_fails_the_step)
{
    story_fails("{'remote': {'key': 1, 'button': 'unlock'}}, {'radio': {'replay': 2}}", 1,
                "telegram 2 to replay: only 1 were sent so far");
    story_fails("{'radio': {'replay': 1}}", 0, "telegram 1 to replay: only 0 were sent so far");
}
END_TEST

// ---- lock ----------------------------------------------------------------------------------------------------------

START_TEST(a_key_goes_in_turns_and_comes_out_with_the_terminals_off)
{
    story_fixture_t *fixture = story_fixture_play(
        "{'ignition': {'insert': 2}}, {'ignition': {'terminal': '15'}}, {'at': '1 s', 'ignition': {'remove': true}}, "
        "{'ignition': {'remove': true}}, {'wait': '1 s'}");
    hears_line(fixture, 0, 0, "ignition/key", 1);
    hears_line(fixture, 1, 0, "ignition/terminal", 2);
    hears_line(fixture, 2, TIME_S, "ignition/terminal", 0);
    hears_line(fixture, 3, TIME_S, "ignition/key", 0);
    ck_assert_uint_eq(fixture->heard_count, 4);
    ck_assert_int_eq(fixture->fobs.inserted, FOBS_NONE);
    story_fixture_destroy(&fixture);
}
END_TEST

START_TEST(lock_that_has_a_key_keeps_it_and_takes_no_other)
{
    story_fixture_t *fixture = story_fixture_play(
        "{'ignition': {'insert': 2}}, {'at': '1 s', 'ignition': {'insert_foreign': true}}, {'wait': '1 s'}");
    ck_assert_uint_eq(fixture->heard_count, 1);
    ck_assert_int_eq(fixture->fobs.inserted, 2);
    ck_assert_int_eq(fixture->verdict.state, PLAYER_PASSED);
    story_fixture_destroy(&fixture);
}
END_TEST

START_TEST(without_a_key_there_is_nothing_to_turn)
{
    story_fixture_t *fixture = story_fixture_play("{'ignition': {'terminal': '50'}}, {'wait': '1 s'}");
    ck_assert_uint_eq(fixture->heard_count, 0);
    story_fixture_destroy(&fixture);
}
END_TEST

// ---- doors, gear, switches, knobs ----------------------------------------------------------------------------------

START_TEST(door_and_gear_are_levels)
{
    story_fixture_t *fixture =
        story_fixture_play("{'door': {'driver': 'open'}}, {'door': {'driver': 'closed'}}, {'gear': 'p'}, "
                           "{'gear': 'r'}, {'gear': 'n'}, {'gear': 'd'}, {'wait': '1 s'}");
    hears_line(fixture, 0, 0, "door/driver", 1);
    hears_line(fixture, 1, 0, "door/driver", 0);
    for (size_t i = 0; i < 4; i++) hears_line(fixture, 2 + i, 0, "gear", (int64_t)i);
    ck_assert(!fixture->heard[0].value.momentary);
    story_fixture_destroy(&fixture);
}
END_TEST

#define SEAT(more) "'switch': {'ecu': 'seat', 'axis': 'longitudinal', " more "}"

START_TEST(a_switch_is_released_after_its_hold)
{
    story_fixture_t *fixture =
        story_fixture_play("{" SEAT("'direction': 'increase', 'hold': '1.5 s'") "}, {'at': '3 s', " SEAT(
            "'direction': 'decrease', 'hold': '1 us'") "}, {'wait': '1 s'}");
    hears_line(fixture, 0, 0, "switch/seat/longitudinal", 1);
    hears_line(fixture, 1, 1500 * TIME_MS, "switch/seat/longitudinal", 0);
    hears_line(fixture, 2, 3 * TIME_S, "switch/seat/longitudinal", 2);
    hears_line(fixture, 3, 3 * TIME_S + TIME_US, "switch/seat/longitudinal", 0);
    ck_assert_uint_eq(fixture->heard_count, 4);
    story_fixture_destroy(&fixture);
}
END_TEST

START_TEST(a_later_switch_of_the_axis_supersedes_the_release_of_the_earlier)
{
    story_fixture_t *fixture =
        story_fixture_play("{" SEAT("'direction': 'increase', 'hold': '2 s'") "}, {'at': '1 s', " SEAT(
            "'direction': 'decrease', 'hold': '3 s'") "}, "
                                                      "{'switch': {'ecu': 'seat', 'axis': 'height', 'direction': "
                                                      "'increase', 'hold': '10 ms'}}, {'wait': '10 s'}");
    hears_line(fixture, 0, 0, "switch/seat/longitudinal", 1);
    hears_line(fixture, 1, TIME_S, "switch/seat/longitudinal", 2);
    hears_line(fixture, 2, TIME_S, "switch/seat/height", 1);
    hears_line(fixture, 3, TIME_S + 10 * TIME_MS, "switch/seat/height", 0);
    hears_line(fixture, 4, 4 * TIME_S, "switch/seat/longitudinal", 0);
    ck_assert_uint_eq(fixture->heard_count, 5);
    story_fixture_destroy(&fixture);
}
END_TEST

START_TEST(a_switch_held_to_a_value_is_released_when_the_status_shows_it)
{
    // 124.9 mm, then 125.0 mm
    story_fixture_t *fixture = story_fixture_play(
        "{" SEAT("'to': 125.0") "}, {'at': '1 s', 'frame': {'bus': 'kcan-p', 'frame': '232#19E104990C4B2C01'}}, "
                                "{'at': '2 s', 'frame': {'bus': 'kcan-p', 'frame': '232#19E204990C4B2C01'}}, "
                                "{'expect': {'message': 'SeatStatus'}, 'within': '1 s'}, {'wait': '1 s'}");
    hears_line(fixture, 0, 0, "switch/seat/longitudinal", 0x10000 + 1250);
    const story_heard_t *release = heard(fixture, 1);
    ck_assert_int_eq(release->value.value, 0);
    ck_assert_int_gt(release->at_ns, 2 * TIME_S);
    ck_assert_int_lt(release->at_ns, 2 * TIME_S + 2 * TIME_MS);
    ck_assert_uint_eq(fixture->heard_count, 2);
    story_fixture_destroy(&fixture);
}
END_TEST

START_TEST(a_knob_is_turned_once)
{
    story_fixture_t *fixture = story_fixture_play("{'adjust': {'ecu': 'climate', 'settings': {'temperature_offset': "
                                                  "-3, 'style': 'intensive'}}}, {'wait': '1 s'}");
    hears_line(fixture, 0, 0, "knob/climate/temperature_offset", 0);
    hears_line(fixture, 1, 0, "knob/climate/style", 2);
    ck_assert(fixture->heard[0].value.momentary);
    ck_assert(fixture->heard[1].value.momentary);
    story_fixture_destroy(&fixture);
}
END_TEST

START_TEST(a_line_that_nobody_listens_to_goes_nowhere)
{
    story_passes("{'switch': {'ecu': 'mirror', 'axis': 'driver_vertical', 'to': 1}}, "
                 "{'adjust': {'ecu': 'climate', 'settings': {'auto': 'off'}}}, {'wait': '1 s'}");
}
END_TEST

START_TEST(more_frames_than_a_node_has_mailboxes_for_fail_the_step)
{
    char steps[4096];
    size_t length = 0;
    for (int i = 0; i < 33; i++)
        length += (size_t)snprintf(steps + length, sizeof steps - length,
                                   "%s{'frame': {'bus': 'kcan-s', 'frame': '123#01'}}", i ? ", " : "");
    story_fails(steps, 32, "more at one instant than can be under way");
}
END_TEST

// ---- the suite -----------------------------------------------------------------------------------------------------

int main(void)
{
    const TTest *const TESTS[] = {
        a_pressed_button_sends_one_telegram_and_ends_after_its_hold,
        a_button_is_held_100_ms_unless_told,
        pressing_a_held_remote_ends_the_hold_and_is_a_new_press,
        another_remote_does_not_end_the_hold,
        out_of_range_only_the_code_advances,
        every_telegram_of_the_story_can_be_replayed_bit_by_bit,
        a_forged_telegram_has_the_next_code_and_a_wrong_secret,
        a_replay_of_what_was_never_sent_fails_the_step,
        a_key_goes_in_turns_and_comes_out_with_the_terminals_off,
        lock_that_has_a_key_keeps_it_and_takes_no_other,
        without_a_key_there_is_nothing_to_turn,
        door_and_gear_are_levels,
        a_switch_is_released_after_its_hold,
        a_later_switch_of_the_axis_supersedes_the_release_of_the_earlier,
        a_switch_held_to_a_value_is_released_when_the_status_shows_it,
        a_knob_is_turned_once,
        a_line_that_nobody_listens_to_goes_nowhere,
        more_frames_than_a_node_has_mailboxes_for_fail_the_step,
    };
    TCase *tcase = tcase_create("acts");
    suite_add_tests(tcase, TESTS, sizeof TESTS / sizeof TESTS[0]);
    return suite_run("driver", tcase);
}
