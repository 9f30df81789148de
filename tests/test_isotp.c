// SPDX-License-Identifier: MIT
#include "tests/isotp_sentences.h"

#include "bus/can/can_bus.h"
#include "tests/suite.h"

// ---- what is on the wire -------------------------------------------------------------------------------------------

START_TEST(single_frames_have_the_manufacturers_form)
{
    hear(&unit, "6F1#40021003", 0);
    has_message(&unit, (const uint8_t[]){0x10, 0x03}, 2);
    ck_assert(isotp_send(&unit, (const uint8_t[]){0x50, 0x03, 0x00, 0x32, 0x01, 0xF4}, 6, 0));
    says(&unit, "640#F1065003003201F4", 0, 1);
    ck_assert_int_eq(isotp_take_send_result(&unit), ISOTP_DONE);
    ck_assert_int_eq(isotp_take_send_result(&unit), ISOTP_NOTHING);
    ck_assert_int_eq(isotp_deadline(&unit), TIME_NEVER);
}
END_TEST

START_TEST(a_vehicle_identification_number_takes_four_frames)
{
    const uint8_t vin[] = "\x62\xF1\x90WBAGL61000DP12345";
    ck_assert(isotp_send(&unit, vin, 20, 0));
    says(&unit, "640#F1101462F1905742", 0, 1);
    says_nothing(&unit, 1);
    hear(&tester, "640#F1101462F1905742", 1);
    ck_assert_uint_eq(isotp_take_first_frame(&tester), 20);
    ck_assert_uint_eq(isotp_take_first_frame(&tester), 0);
    says(&tester, "6F1#40300000", 1, 2);
    hear(&unit, "6F1#40300000", 2);
    says(&unit, "640#F12141474C363130", 2, 3);
    says(&unit, "640#F122303044503132", 3, 4);
    says(&unit, "640#F123333435", 4, 5);
    ck_assert_int_eq(isotp_take_send_result(&unit), ISOTP_DONE);
    hear(&tester, "640#F12141474C363130", 3);
    hear(&tester, "640#F122303044503132", 4);
    has_no_message(&tester);
    hear(&tester, "640#F123333435", 5);
    has_message(&tester, vin, 20);
}
END_TEST

START_TEST(padding_fills_every_frame_to_eight_bytes)
{
    isotp_config_t config = UNIT;
    config.padding = true;
    config.padding_byte = 0xAA;
    isotp_init(&unit, &config);
    ck_assert(isotp_send(&unit, (const uint8_t[]){0x7E}, 1, 0));
    says(&unit, "640#F1017EAAAAAAAAAA", 0, 1);
    hear(&unit, "6F1#4010080102030405", 1);
    says(&unit, "640#F1300000AAAAAAAA", 1, 2);
    hear(&unit, "6F1#4021060708FFFFFF", 3); // padded by the other side
    has_message(&unit, (const uint8_t[]){1, 2, 3, 4, 5, 6, 7, 8}, 8);
    ck_assert(isotp_send(&unit, (const uint8_t[]){1, 2, 3, 4, 5, 6, 7}, 7, 4));
    says(&unit, "640#F110070102030405", 4, 5);
    hear(&unit, "6F1#40300000FFFFFFFF", 6);
    says(&unit, "640#F1210607AAAAAAAA", 6, 7);
}
END_TEST

START_TEST(every_size_arrives_whole)
{
    static const uint8_t BLOCKS[] = {0, 1, 2, 7, 8, 15, 16, 17, 255};
    for (size_t size = 1; size <= ISOTP_PAYLOAD_MAX; size++) {
        isotp_config_t config = UNIT;
        config.block_size = BLOCKS[size % sizeof BLOCKS];
        config.padding = size % 2;
        isotp_init(&unit, &config);
        starts(&tester, size, 0);
        int64_t end_ns = talk(&unit, &tester, 0);
        size_t consecutive = size <= ISOTP_SINGLE_MAX ? 0 : size / ISOTP_CONSECUTIVE_MAX;
        size_t flows = consecutive == 0 ? 0 : config.block_size ? (consecutive - 1) / config.block_size + 1 : 1;
        ck_assert_int_eq(end_ns, (int64_t)(1 + consecutive + flows) * FRAME_NS);
        ck_assert_int_eq(isotp_take_send_result(&tester), ISOTP_DONE);
        has_message(&unit, message, size);
    }
}
END_TEST

START_TEST(sizes_out_of_range_and_a_second_message_are_refused)
{
    ck_assert(!isotp_send(&unit, message, 0, 0));
    ck_assert(!isotp_send(&unit, message, ISOTP_PAYLOAD_MAX + 1, 0));
    starts(&unit, 1, 0);
    ck_assert(!isotp_send(&unit, message, 2, 0));
    says(&unit, "640#F10100", 0, 1);
    starts(&unit, 1, 1);
}
END_TEST

// ---- the other side's wishes ---------------------------------------------------------------------------------------

START_TEST(the_separation_time_is_kept_from_the_frames_confirmation)
{
    static const struct {
        const char *flow;
        int64_t gap_ns;
    } CASES[] = {{"6F1#40300000", 0},
                 {"6F1#40300001", TIME_MS},
                 {"6F1#4030007F", 127 * TIME_MS},
                 {"6F1#40300080", 127 * TIME_MS},
                 {"6F1#403000F0", 127 * TIME_MS},
                 {"6F1#403000F1", 100 * TIME_US},
                 {"6F1#403000F9", 900 * TIME_US},
                 {"6F1#403000FA", 127 * TIME_MS},
                 {"6F1#403000FF", 127 * TIME_MS}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        set_up();
        starts(&unit, 23, 0);
        says(&unit,
             "640#F11017"
             "00070E151C",
             0, 10);
        hear(&unit, CASES[i].flow, 20);
        says(&unit,
             "640#F121"
             "232A31383F46",
             20, 50);
        if (CASES[i].gap_ns > 0) {
            ck_assert_int_eq(isotp_deadline(&unit), 50 + CASES[i].gap_ns);
            says_nothing(&unit, 49 + CASES[i].gap_ns);
        }
        says(&unit,
             "640#F122"
             "4D545B626970",
             50 + CASES[i].gap_ns, 60 + CASES[i].gap_ns);
    }
}
END_TEST

START_TEST(the_separation_time_holds_across_a_flow_control)
{
    starts(&unit, 30, 0);
    says(&unit, "640#F1101E00070E151C", 0, 10);
    hear(&unit, "6F1#40300105", 20);
    says(&unit, "640#F121232A31383F46", 20, 30);
    hear(&unit, "6F1#40300005", 40);
    says_nothing(&unit, 29 + 5 * TIME_MS);
    says(&unit, "640#F1224D545B626970", 30 + 5 * TIME_MS, 31 + 5 * TIME_MS);
}
END_TEST

START_TEST(a_block_ends_with_a_wait_for_flow_control_and_the_last_one_does_not)
{
    starts(&unit, 29, 0); // first frame and four consecutive frames: two blocks of two
    says(&unit, "640#F1101D00070E151C", 0, 1);
    for (int block = 0; block < 2; block++) {
        hear(&unit, "6F1#40300200", 2);
        for (int i = 0; i < 2; i++) {
            can_frame_t frame;
            ck_assert(isotp_pull(&unit, 2, &frame) && isotp_sent(&unit, &frame, 2));
        }
        says_nothing(&unit, 2);
    }
    ck_assert_int_eq(isotp_take_send_result(&unit), ISOTP_DONE);
}
END_TEST

START_TEST(a_newer_flow_control_changes_block_size_and_separation_time)
{
    starts(&unit, 40, 0);
    says(&unit, "640#F1102800070E151C", 0, 0);
    hear(&unit, "6F1#40300100", 0);
    says(&unit, "640#F121232A31383F46", 0, 0);
    says_nothing(&unit, 0);
    hear(&unit, "6F1#40300002", 0);
    says(&unit, "640#F1224D545B626970", 2 * TIME_MS, 2 * TIME_MS);
    says_nothing(&unit, 4 * TIME_MS - 1);
    says(&unit, "640#F123777E858C939A", 4 * TIME_MS, 4 * TIME_MS);
}
END_TEST

START_TEST(our_block_size_and_separation_time_are_asked_for_after_every_block)
{
    isotp_config_t config = UNIT;
    config.block_size = 2;
    config.st_min = 0xF3;
    isotp_init(&unit, &config);
    hear(&unit, "6F1#40101A0001020304", 0); // 26 bytes: 5 + 6 + 6 | 6 + 3
    says(&unit, "640#F13002F3", 0, 1);
    hear(&unit, "6F1#402105060708090A", 2);
    says_nothing(&unit, 2);
    hear(&unit, "6F1#40220B0C0D0E0F10", 3);
    says(&unit, "640#F13002F3", 3, 4);
    hear(&unit, "6F1#4023111213141516", 5);
    hear(&unit, "6F1#4024171819", 6);
    says_nothing(&unit, 6);
    ck_assert_uint_eq(isotp_counters(&unit)->received, 1);
}
END_TEST

START_TEST(waits_are_put_up_with_as_often_as_configured)
{
    isotp_config_t config = UNIT;
    config.wait_maximum = 2;
    isotp_init(&unit, &config);
    starts(&unit, 20, 0);
    says(&unit, "640#F1101400070E151C", 0, 10);
    for (int64_t now_ns = TIME_S; now_ns <= 2 * TIME_S - TIME_MS; now_ns += TIME_S - TIME_MS) {
        hear(&unit, "6F1#4031FF7F", now_ns); // its block size and separation time mean nothing
        ck_assert_int_eq(isotp_deadline(&unit), now_ns + TIME_S);
    }
    hear(&unit, "6F1#40300100", 2 * TIME_S);
    says(&unit, "640#F121232A31383F46", 2 * TIME_S, 2 * TIME_S);
    for (int i = 0; i < 2; i++) hear(&unit, "6F1#40310000", 2 * TIME_S); // counted anew
    ck_assert(isotp_sending(&unit));
    hear(&unit, "6F1#40310000", 2 * TIME_S);
    ck_assert_int_eq(isotp_take_send_result(&unit), ISOTP_TOO_MANY_WAITS);
}
END_TEST

START_TEST(overflow_and_reserved_flow_states_end_the_message)
{
    for (int status = 2; status <= 0xF; status++) {
        set_up();
        starts(&unit, 20, 0);
        says(&unit, "640#F1101400070E151C", 0, 1);
        can_frame_t flow = frame_make(0x6F1, (const uint8_t[]){0x40, (uint8_t)(0x30 | status), 0, 0}, 4);
        ck_assert(isotp_accept(&unit, &flow, 2));
        ck_assert_int_eq(isotp_take_send_result(&unit), status == 2 ? ISOTP_OVERFLOW : ISOTP_INVALID_FLOW);
        ck_assert_uint_eq(isotp_counters(&unit)->send_failed, 1);
        says_nothing(&unit, 2);
        starts(&unit, 1, 2);
    }
}
END_TEST

// ---- time-outs -----------------------------------------------------------------------------------------------------

START_TEST(n_as_runs_from_pull_to_confirmation_of_each_frame)
{
    starts(&unit, 3, 5);
    can_frame_t single = pull(&unit, "640#F10300070E", 10);
    send_fails_at(&unit, 10 + TIME_S, ISOTP_TIMEOUT_A);
    ck_assert(!isotp_sent(&unit, &single, 11 + TIME_S));

    starts(&unit, 20, 2 * TIME_S);
    says(&unit, "640#F1101400070E151C", 2 * TIME_S, 2 * TIME_S);
    hear(&unit, "6F1#40300000", 2 * TIME_S);
    pull(&unit, "640#F121232A31383F46", 2 * TIME_S);
    send_fails_at(&unit, 3 * TIME_S, ISOTP_TIMEOUT_A);
}
END_TEST

START_TEST(n_as_of_a_flow_control_ends_the_reception)
{
    hear(&unit, "6F1#4010140001020304", 0);
    pull(&unit, "640#F1300000", 7);
    receive_fails_at(&unit, 7 + TIME_S, ISOTP_TIMEOUT_A);
}
END_TEST

START_TEST(n_bs_runs_from_the_first_frame_and_from_the_end_of_a_block)
{
    starts(&unit, 20, 0);
    says(&unit, "640#F1101400070E151C", 0, 10);
    send_fails_at(&unit, 10 + TIME_S, ISOTP_TIMEOUT_BS);

    starts(&unit, 20, 2 * TIME_S);
    says(&unit, "640#F1101400070E151C", 2 * TIME_S, 2 * TIME_S);
    hear(&unit, "6F1#40300100", 3 * TIME_S); // in the very instant of the time-out: in time
    says(&unit, "640#F121232A31383F46", 3 * TIME_S, 3 * TIME_S + 5);
    send_fails_at(&unit, 4 * TIME_S + 5, ISOTP_TIMEOUT_BS);
}
END_TEST

START_TEST(n_cr_runs_from_the_flow_control_and_from_each_consecutive_frame)
{
    hear(&unit, "6F1#4010140001020304", 0);
    says(&unit, "640#F1300000", 0, 10);
    receive_fails_at(&unit, 10 + TIME_S, ISOTP_TIMEOUT_CR);

    hear(&unit, "6F1#4010140001020304", 2 * TIME_S);
    says(&unit, "640#F1300000", 2 * TIME_S, 2 * TIME_S);
    hear(&unit, "6F1#402105060708090A", 3 * TIME_S); // in time
    receive_fails_at(&unit, 4 * TIME_S, ISOTP_TIMEOUT_CR);
    ck_assert_uint_eq(isotp_counters(&unit)->receive_failed, 2);
}
END_TEST

START_TEST(n_cs_runs_from_the_instant_a_consecutive_frame_is_due)
{
    isotp_config_t config = UNIT;
    config.n_cs_ns = 50 * TIME_MS;
    isotp_init(&unit, &config);
    starts(&unit, 20, 0);
    says(&unit, "640#F1101400070E151C", 0, 0);
    hear(&unit, "6F1#4030007F", 0);
    says(&unit, "640#F121232A31383F46", 50 * TIME_MS, 100 * TIME_MS); // at its last instant
    isotp_tick(&unit, 277 * TIME_MS - 1);
    ck_assert(isotp_sending(&unit));
    isotp_tick(&unit, 277 * TIME_MS);
    ck_assert_int_eq(isotp_take_send_result(&unit), ISOTP_TIMEOUT_CS);
}
END_TEST

START_TEST(configured_timeouts_replace_the_defaults)
{
    isotp_config_t config = UNIT;
    config.n_as_ns = 1 * TIME_MS;
    config.n_bs_ns = 2 * TIME_MS;
    config.n_cr_ns = 3 * TIME_MS;
    isotp_init(&unit, &config);
    starts(&unit, 20, 0);
    pull(&unit, "640#F1101400070E151C", 0);
    send_fails_at(&unit, 1 * TIME_MS, ISOTP_TIMEOUT_A);
    starts(&unit, 20, TIME_S);
    says(&unit, "640#F1101400070E151C", TIME_S, TIME_S);
    send_fails_at(&unit, TIME_S + 2 * TIME_MS, ISOTP_TIMEOUT_BS);
    hear(&unit, "6F1#4010140001020304", 2 * TIME_S);
    says(&unit, "640#F1300000", 2 * TIME_S, 2 * TIME_S);
    receive_fails_at(&unit, 2 * TIME_S + 3 * TIME_MS, ISOTP_TIMEOUT_CR);
}
END_TEST

START_TEST(a_late_frame_does_not_revive_what_has_timed_out)
{
    starts(&unit, 20, 0);
    says(&unit, "640#F1101400070E151C", 0, 0);
    hear(&unit, "6F1#40300000", TIME_S + 1); // nobody called isotp_tick
    ck_assert_int_eq(isotp_take_send_result(&unit), ISOTP_TIMEOUT_BS);
    says_nothing(&unit, TIME_S + 1);
    ck_assert_uint_eq(isotp_counters(&unit)->unexpected, 1);
}
END_TEST

START_TEST(a_frame_that_the_host_lost_ends_its_message_at_once)
{
    starts(&unit, 20, 0);
    can_frame_t first = pull(&unit, "640#F1101400070E151C", 0), other = frame_of("640#F1300000");
    ck_assert(!isotp_not_sent(&unit, &other, 1) && !isotp_sent(&unit, &other, 1));
    ck_assert(isotp_not_sent(&unit, &first, 1));
    ck_assert_int_eq(isotp_take_send_result(&unit), ISOTP_NOT_SENT);
    hear(&unit, "6F1#4010140001020304", 2);
    can_frame_t flow = pull(&unit, "640#F1300000", 2);
    ck_assert(isotp_not_sent(&unit, &flow, 3));
    ck_assert_int_eq(isotp_take_receive_result(&unit), ISOTP_NOT_SENT);
}
END_TEST

// ---- speed ---------------------------------------------------------------------------------------------------------

typedef struct {
    int64_t end_ns, minimum_ns; // the minimum: the frames' bits and the intermissions between them
} transfer_t;

// On a real medium of 100 kbit/s; link 0 sends, what is carried is heard in the same instant.
static transfer_t transfer(isotp_t *links[2], size_t size)
{
    const int64_t bit_ns = 10 * TIME_US;
    static can_bus_t bus;
    transfer_t result = {0};
    can_bus_init(&bus, 100000);
    for (uint8_t i = 0; i < 2; i++) {
        can_bus_set_power(&bus, i, true, 0);
        can_bus_set_hold(&bus, i, true, 0);
    }
    starts(links[0], size, 0);
    int64_t start_ns = -1;
    for (int64_t now_ns = 0; isotp_sending(links[0]); now_ns = can_bus_next(&bus)) {
        ck_assert_int_lt(now_ns, 10 * TIME_S);
        can_bus_outcome_t outcome;
        can_bus_finish(&bus, now_ns, &outcome);
        if (outcome.kind == CAN_BUS_WOKE) start_ns = now_ns;
        if (outcome.kind == CAN_BUS_CARRIED) {
            uint8_t sender = index_set_has(outcome.senders, 0) ? 0 : 1;
            result.minimum_ns += (frame_bits(&outcome.frame) + (result.end_ns > 0 ? 3 : 0)) * bit_ns;
            result.end_ns = now_ns - start_ns;
            ck_assert(isotp_sent(links[sender], &outcome.frame, now_ns));
            ck_assert(isotp_accept(links[!sender], &outcome.frame, now_ns));
        }
        for (uint8_t i = 0; i < 2; i++) {
            can_frame_t frame;
            if (isotp_pull(links[i], now_ns, &frame)) can_bus_request(&bus, i, &frame, 0, now_ns);
        }
        can_bus_start(&bus, now_ns);
    }
    return result;
}

START_TEST(the_longest_message_needs_no_more_than_the_bus_does)
{
    for (int way = 0; way < 2; way++) {
        isotp_t *links[] = {way ? &tester : &unit, way ? &unit : &tester};
        set_up();
        transfer_t result = transfer(links, ISOTP_PAYLOAD_MAX);
        has_message(links[1], message, ISOTP_PAYLOAD_MAX);
        ck_assert_int_gt(result.minimum_ns, 684 * TIME_MS); // 684 frames of at least 100 bits
        ck_assert_int_eq(result.end_ns, result.minimum_ns);
    }
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("link");
    tcase_add_checked_fixture(tcase, set_up, NULL);
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, single_frames_have_the_manufacturers_form);
    tcase_add_test(tcase, a_vehicle_identification_number_takes_four_frames);
    tcase_add_test(tcase, padding_fills_every_frame_to_eight_bytes);
    tcase_add_test(tcase, every_size_arrives_whole);
    tcase_add_test(tcase, sizes_out_of_range_and_a_second_message_are_refused);
    tcase_add_test(tcase, the_separation_time_is_kept_from_the_frames_confirmation);
    tcase_add_test(tcase, the_separation_time_holds_across_a_flow_control);
    tcase_add_test(tcase, a_block_ends_with_a_wait_for_flow_control_and_the_last_one_does_not);
    tcase_add_test(tcase, a_newer_flow_control_changes_block_size_and_separation_time);
    tcase_add_test(tcase, our_block_size_and_separation_time_are_asked_for_after_every_block);
    tcase_add_test(tcase, waits_are_put_up_with_as_often_as_configured);
    tcase_add_test(tcase, overflow_and_reserved_flow_states_end_the_message);
    tcase_add_test(tcase, n_as_runs_from_pull_to_confirmation_of_each_frame);
    tcase_add_test(tcase, n_as_of_a_flow_control_ends_the_reception);
    tcase_add_test(tcase, n_bs_runs_from_the_first_frame_and_from_the_end_of_a_block);
    tcase_add_test(tcase, n_cr_runs_from_the_flow_control_and_from_each_consecutive_frame);
    tcase_add_test(tcase, n_cs_runs_from_the_instant_a_consecutive_frame_is_due);
    tcase_add_test(tcase, configured_timeouts_replace_the_defaults);
    tcase_add_test(tcase, a_late_frame_does_not_revive_what_has_timed_out);
    tcase_add_test(tcase, a_frame_that_the_host_lost_ends_its_message_at_once);
    tcase_add_test(tcase, the_longest_message_needs_no_more_than_the_bus_does);
    return suite_run("isotp", tcase);
}
