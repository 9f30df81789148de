// SPDX-License-Identifier: MIT
// The ignition lock as a value: no ecu, no DBC, no bus; exact instants.
#include "tests/ignition_sentences.h"

// ---- a key ---------------------------------------------------------------------------------------------------------

START_TEST(key_is_challenged_at_once_judged_after_314_ms_and_calls_up_150_ms_later)
{
    ck_assert_str_eq(plug(IN, true), "coil challenge, terminal");
    ck_assert_str_eq(answer(1, 1), "store");
    ck_assert_int_eq(ignition.state, LOCK_IDENTIFYING);
    expect_at(IN + 314 * MS, "terminal, log identified 1 1");
    ck_assert_int_eq(ignition.state, LOCK_VALID);
    expect_burst_of_key(IN);
    expect_nothing_more();
}
END_TEST

START_TEST(only_a_key_that_is_put_in_takes_a_random_number)
{
    random_t before = chance;
    ck_assert_str_eq(plug(IN, false), "");
    ck_assert_uint_eq(chance.state, before.state);
    plug(IN, true);
    random_next(&before);
    ck_assert_uint_eq(chance.state, before.state);
    ck_assert_str_eq(plug(IN + 1, true), ""); // it is in already
    ck_assert_uint_eq(chance.state, before.state);
}
END_TEST

START_TEST(key_that_says_nothing_is_refused_as_silent)
{
    plug(IN, true);
    expect_at(IN + 314 * MS, "log refused 0 39177, fault 9909, terminal");
    ck_assert_str_eq(turn(IN + TIME_S, TERMINAL_15), "");
    expect_nothing_more();
    ck_assert_uint_eq(ignition.silent_keys, 1);
}
END_TEST

START_TEST(key_of_another_car_is_refused_as_foreign_unless_a_right_answer_follows)
{
    plug(IN, true);
    keys.slots[0].secret[0] ^= 1;
    air_t wrong = key_answer_encode(&(key_answer_t){1, 1, 77}, &coil, keys.slots[0].secret);
    keys.slots[0].secret[0] ^= 1;
    ck_assert_str_eq(hear(&wrong), "");
    ignition_t other = ignition;
    expect_at(IN + 314 * MS, "log refused 0 39176, fault 9908, terminal");
    ck_assert_uint_eq(ignition.foreign_keys, 1);
    ignition = other;
    ck_assert_str_eq(answer(1, 1), "store");
    expect_at(IN + 314 * MS, "terminal, log identified 1 1");
}
END_TEST

START_TEST(answer_with_any_bit_inverted_starts_nothing)
{
    ignition_t plugged;
    keys_t before = keys;
    plug(IN, true);
    plugged = ignition;
    air_t right = key_answer_encode(&(key_answer_t){1, 1, 77}, &coil, keys.slots[0].secret);
    for (unsigned bit = 0; bit < 8u * right.size; bit++) {
        ignition = plugged;
        keys = before;
        air_t inverted = right;
        inverted.bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
        ck_assert_str_eq(hear(&inverted), "");
        const char *refused = bit < 8 ? "log refused 0 39177, fault 9909, terminal"  // that is no answer at all
                                      : "log refused 0 39176, fault 9908, terminal"; // nor is this one the key's
        expect_at(IN + 314 * MS, refused);
        ck_assert_mem_eq(&keys, &before, sizeof keys);
    }
}
END_TEST

START_TEST(answer_heard_twice_counts_once)
{
    plug(IN, true);
    air_t right = key_answer_encode(&(key_answer_t){1, 1, 77}, &coil, keys.slots[0].secret);
    ck_assert_str_eq(hear(&right), "store");
    ck_assert_str_eq(hear(&right), "");
    ck_assert_uint_eq(ignition.answers_ignored, 1);
    expect_at(IN + 314 * MS, "terminal, log identified 1 1");
}
END_TEST

START_TEST(answer_that_comes_after_the_judgement_is_ignored)
{
    plug(IN, true);
    air_t right = key_answer_encode(&(key_answer_t){1, 1, 77}, &coil, keys.slots[0].secret);
    ignition_t other = ignition;
    expect_at(IN + 314 * MS, "log refused 0 39177, fault 9909, terminal");
    ck_assert_str_eq(hear(&right), "");
    ck_assert_uint_eq(ignition.answers_ignored, 1);
    ck_assert_int_eq(ignition.state, LOCK_REFUSED);
    expect_nothing_more();
    ignition = other; // late, and in time all the same
    ck_assert_str_eq(hear(&right), "store");
    expect_at(IN + 314 * MS, "terminal, log identified 1 1");
}
END_TEST

START_TEST(blocked_key_is_refused_and_its_code_is_stored)
{
    keys.slots[0].blocked = true;
    plug(IN, true);
    ck_assert_str_eq(answer(1, 1), "store");
    expect_at(IN + 314 * MS, "log refused 1 39175, fault 9907, terminal");
    ck_assert(ignition_holds(&ignition, 1));
    ck_assert_uint_eq(ignition.blocked_keys, 1);
    ck_assert_uint_eq(keys.slots[0].code, 77);
}
END_TEST

START_TEST(spare_key_is_learned)
{
    keys.slots[4].learned = false;
    plug(IN, true);
    ck_assert_str_eq(answer(5, 1), "store, log learned 5");
    ck_assert(keys.slots[4].learned);
}
END_TEST

START_TEST(number_that_differs_is_written_to_the_key_and_its_receipt_is_logged)
{
    plug(IN, true);
    air_t challenge = coil;
    ck_assert_str_eq(answer(2, 3), "store, coil write");
    ck_assert_int_eq(key_write_decode(KEY_LF_WRITE, &coil, &challenge, keys.slots[1].secret), 2);
    air_t receipt = key_write_encode(KEY_LF_WRITTEN, 2, &challenge, keys.slots[1].secret);
    ck_assert_str_eq(hear(&receipt), "log rewritten 2 2");
    receipt.bytes[KEY_WRITE_SIZE - 1] ^= 1;
    ck_assert_str_eq(hear(&receipt), "");
}
END_TEST

START_TEST(number_entered_while_the_key_is_in_is_written_to_it_and_told_by_the_next_frame)
{
    plug(IN, true);
    answer(1, 1);
    elapse(IN + 314 * MS);
    expect_at(IN + 464 * MS, FRAME_1);
    expect_at(IN + 474 * MS, "");
    ignition_rewrite(&ignition, &keys, 2); // another
    ck_assert_str_eq(wanted(), "");
    keys.slots[0].personalization = 3;
    ignition_rewrite(&ignition, &keys, 1);
    ck_assert_str_eq(wanted(), "coil write");
    expect_at(IN + 564 * MS, "key 1 number 3 none inserted");
}
END_TEST

START_TEST(key_taken_out_is_forgotten_with_all_that_was_to_come)
{
    plug(IN, true);
    answer(1, 1);
    turn(IN + MS, TERMINAL_15);
    elapse(IN + 314 * MS);
    elapse(IN + 464 * MS);
    ck_assert_str_eq(elapse(IN + 474 * MS), "terminal, log terminal 2");
    ck_assert_str_eq(plug(IN + 500 * MS, false), "terminal, log terminal, terminal, log removed");
    ck_assert(!ignition_holds(&ignition, 1));
    expect_nothing_more();
    ck_assert_str_eq(plug(IN + 600 * MS, true), "coil challenge, terminal"); // and the next finds the terminals off
    answer(1, 1);
    expect_at(IN + 914 * MS, "terminal, log identified 1 1");
    expect_burst_of_key(IN + 600 * MS);
    expect_nothing_more();
}
END_TEST

START_TEST(key_taken_out_early_is_never_judged)
{
    plug(IN, true);
    answer(1, 1);
    ck_assert_str_eq(plug(IN + 314 * MS, false), "terminal, log removed"); // at the very instant
    expect_nothing_more();
}
END_TEST

// ---- terminals and bursts ------------------------------------------------------------------------------------------

START_TEST(key_turned_early_is_followed_after_474_ms_if_it_still_stands_there)
{
    plug(IN, true);
    answer(1, 1);
    ck_assert_str_eq(turn(IN + MS, TERMINAL_15), "");
    expect_at(IN + 314 * MS, "terminal, log identified 1 1");
    ck_assert_str_eq(turn(IN + 400 * MS, TERMINAL_R), "");
    expect_at(IN + 464 * MS, FRAME_1);
    expect_at(IN + 474 * MS, "terminal, log terminal 1"); // ends the key's own call-up
    expect_burst(IN + 614 * MS);
}
END_TEST

START_TEST(key_that_is_heard_of_behind_its_turn_is_followed_all_the_same)
{
    ck_assert_str_eq(turn(IN, TERMINAL_R), "");
    plug(IN, true);
    answer(1, 1);
    expect_at(IN + 314 * MS, "terminal, log identified 1 1");
    expect_at(IN + 464 * MS, FRAME_1);
    expect_at(IN + 474 * MS, "terminal, log terminal 1");
}
END_TEST

START_TEST(position_that_there_is_not_changes_nothing)
{
    int64_t now_ns = put_in_and_wait();
    ck_assert_str_eq(turn(now_ns, -1), "");
    ck_assert_str_eq(turn(now_ns, 4), "");
    ck_assert_str_eq(turn(now_ns, INT64_MAX), "");
    ck_assert_uint_eq(ignition.positions_ignored, 3);
    ck_assert_str_eq(turn(now_ns, TERMINAL_OFF), "");
    expect_nothing_more();
}
END_TEST

START_TEST(terminal_r_calls_up_after_140_ms_and_again_1100_ms_later)
{
    int64_t now_ns = put_in_and_wait();
    ck_assert_str_eq(turn(now_ns, TERMINAL_R), "terminal, log terminal 1");
    expect_burst(now_ns + 140 * MS);
    expect_burst(now_ns + 1240 * MS);
    expect_nothing_more();
}
END_TEST

START_TEST(terminal_15_from_off_calls_up_after_142_ms_and_again_when_r_would)
{
    int64_t now_ns = put_in_and_wait();
    turn(now_ns, TERMINAL_15);
    expect_burst(now_ns + 142 * MS);
    expect_burst(now_ns + 1240 * MS);
    expect_nothing_more();
}
END_TEST

START_TEST(terminal_15_after_r_ends_what_r_began_but_for_the_repetition_that_waits)
{
    int64_t now_ns = put_in_and_wait();
    turn(now_ns, TERMINAL_R);
    expect_at(now_ns + 140 * MS, FRAME_1);
    turn(now_ns + 240 * MS, TERMINAL_15); // at the very instant of the second frame
    expect_burst(now_ns + 382 * MS);
    expect_burst(now_ns + 1240 * MS);
    expect_nothing_more();
}
END_TEST

START_TEST(repetition_that_has_begun_is_ended_by_terminal_15)
{
    int64_t now_ns = put_in_and_wait();
    turn(now_ns, TERMINAL_R);
    expect_burst(now_ns + 140 * MS);
    expect_at(now_ns + 1240 * MS, FRAME_1);
    turn(now_ns + 1241 * MS, TERMINAL_15);
    expect_burst(now_ns + 1383 * MS);
    expect_nothing_more();
}
END_TEST

// 15 comes so late that its own call-up would still run, or be about to begin, when the repetition is due.
START_TEST(repetition_is_dropped_while_terminal_15_calls_up)
{
    static const int64_t AFTER_R_MS[] = {899, 1000, 1239, 1240};
    int64_t after_ns = AFTER_R_MS[_i] * MS, now_ns = put_in_and_wait();
    turn(now_ns, TERMINAL_R);
    expect_burst(now_ns + 140 * MS);
    turn(now_ns + after_ns, TERMINAL_15);
    for (int frame = 0; frame < 3;) {
        int64_t due_ns = ignition_next(&ignition);
        const char *brings = elapse(due_ns);
        if (due_ns == now_ns + 1240 * MS) {
            ck_assert_str_eq(brings, "");
            continue;
        }
        ck_assert_int_eq(due_ns, now_ns + after_ns + (142 + frame++ * 100) * MS);
        ck_assert_str_eq(brings, FRAME_1);
    }
    expect_nothing_more();
}
END_TEST

START_TEST(repetition_follows_when_terminal_15_has_just_called_up)
{
    int64_t now_ns = put_in_and_wait();
    turn(now_ns, TERMINAL_R);
    expect_burst(now_ns + 140 * MS);
    turn(now_ns + 898 * MS, TERMINAL_15);
    expect_at(now_ns + 1040 * MS, FRAME_1);
    expect_at(now_ns + 1140 * MS, FRAME_1);
    expect_at(now_ns + 1240 * MS, FRAME_1 ", " FRAME_1); // the last of 15, the first of the repetition
    expect_at(now_ns + 1340 * MS, FRAME_1);
    expect_at(now_ns + 1440 * MS, FRAME_1);
    expect_nothing_more();
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("ignition");
    tcase_add_checked_fixture(tests, set_up, NULL);
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, key_is_challenged_at_once_judged_after_314_ms_and_calls_up_150_ms_later);
    tcase_add_test(tests, only_a_key_that_is_put_in_takes_a_random_number);
    tcase_add_test(tests, key_that_says_nothing_is_refused_as_silent);
    tcase_add_test(tests, key_of_another_car_is_refused_as_foreign_unless_a_right_answer_follows);
    tcase_add_test(tests, answer_with_any_bit_inverted_starts_nothing);
    tcase_add_test(tests, answer_heard_twice_counts_once);
    tcase_add_test(tests, answer_that_comes_after_the_judgement_is_ignored);
    tcase_add_test(tests, blocked_key_is_refused_and_its_code_is_stored);
    tcase_add_test(tests, spare_key_is_learned);
    tcase_add_test(tests, number_that_differs_is_written_to_the_key_and_its_receipt_is_logged);
    tcase_add_test(tests, number_entered_while_the_key_is_in_is_written_to_it_and_told_by_the_next_frame);
    tcase_add_test(tests, key_taken_out_is_forgotten_with_all_that_was_to_come);
    tcase_add_test(tests, key_taken_out_early_is_never_judged);
    tcase_add_test(tests, key_turned_early_is_followed_after_474_ms_if_it_still_stands_there);
    tcase_add_test(tests, key_that_is_heard_of_behind_its_turn_is_followed_all_the_same);
    tcase_add_test(tests, position_that_there_is_not_changes_nothing);
    tcase_add_test(tests, terminal_r_calls_up_after_140_ms_and_again_1100_ms_later);
    tcase_add_test(tests, terminal_15_from_off_calls_up_after_142_ms_and_again_when_r_would);
    tcase_add_test(tests, terminal_15_after_r_ends_what_r_began_but_for_the_repetition_that_waits);
    tcase_add_test(tests, repetition_that_has_begun_is_ended_by_terminal_15);
    tcase_add_loop_test(tests, repetition_is_dropped_while_terminal_15_calls_up, 0, 4);
    tcase_add_test(tests, repetition_follows_when_terminal_15_has_just_called_up);
    return suite_run("ignition", tests);
}
