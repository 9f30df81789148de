// SPDX-License-Identifier: MIT
// ISO-TP when the bus misbehaves: what is unexpected, malformed, lost, doubled, out of order, or for somebody else.
#include "tests/isotp_sentences.h"
#include "tests/suite.h"

#define FIRST "6F1#4010140001020304" // of 20 bytes
#define SECOND "6F1#402105060708090A"
#define THIRD "6F1#40220B0C0D0E0F10"
#define LAST "6F1#4023111213"

static const uint8_t COUNTING[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19};

static void begins_to_receive(void)
{
    hear(&unit, FIRST, 0);
    says(&unit, "640#F1300000", 0, 0);
}

// ---- the unexpected (ISO 15765-2, 9.8.3) ---------------------------------------------------------------------------

START_TEST(a_single_frame_ends_a_reception_and_is_received)
{
    begins_to_receive();
    hear(&unit, SECOND, 1);
    hear(&unit, "6F1#40023E00", 2);
    ck_assert_int_eq(isotp_take_receive_result(&unit), ISOTP_UNEXPECTED);
    has_message(&unit, (const uint8_t[]){0x3E, 0x00}, 2);
    hear(&unit, THIRD, 3);
    has_no_message(&unit);
    ck_assert_uint_eq(isotp_counters(&unit)->unexpected, 1);
    ck_assert_int_eq(isotp_deadline(&unit), TIME_NEVER);
}
END_TEST

START_TEST(a_first_frame_ends_a_reception_and_begins_another)
{
    begins_to_receive();
    hear(&unit, SECOND, 1);
    hear(&unit, FIRST, 2);
    ck_assert_int_eq(isotp_take_receive_result(&unit), ISOTP_UNEXPECTED);
    ck_assert_uint_eq(isotp_take_first_frame(&unit), 20);
    says(&unit, "640#F1300000", 2, 3);
    hear(&unit, SECOND, 4);
    hear(&unit, THIRD, 5);
    hear(&unit, LAST, 6);
    has_message(&unit, COUNTING, 20);
}
END_TEST

START_TEST(a_first_frame_too_large_ends_a_reception_too)
{
    begins_to_receive();
    hear(&unit, "6F1#4010000000100000", 1); // 4,096 bytes
    ck_assert_int_eq(isotp_take_receive_result(&unit), ISOTP_UNEXPECTED);
    says(&unit, "640#F1320000", 1, 2);
    ck_assert_int_eq(isotp_deadline(&unit), TIME_NEVER);
}
END_TEST

START_TEST(an_indication_that_nobody_took_goes_with_its_message)
{
    begins_to_receive();
    isotp_tick(&unit, TIME_S);
    ck_assert_int_eq(isotp_take_receive_result(&unit), ISOTP_TIMEOUT_CR);
    ck_assert_uint_eq(isotp_take_first_frame(&unit), 0);
    hear(&unit, "6F1#4010080001020304", 2 * TIME_S);
    says(&unit, "640#F1300000", 2 * TIME_S, 2 * TIME_S);
    hear(&unit, "6F1#4021050607", 2 * TIME_S);
    has_message(&unit, COUNTING, 8);
    hear(&unit, "6F1#40023E00", 3 * TIME_S);
    ck_assert_uint_eq(isotp_take_first_frame(&unit), 0);
}
END_TEST

START_TEST(the_flow_control_of_an_ended_reception_is_not_taken_for_that_of_the_next)
{
    hear(&unit, FIRST, 0);
    can_frame_t old = pull(&unit, "640#F1300000", 0);
    hear(&unit, FIRST, 1);
    says_nothing(&unit, 1);
    hear(&unit, SECOND, 2); // nobody has been told to continue yet
    ck_assert_uint_eq(isotp_counters(&unit)->unexpected, 1);
    ck_assert(isotp_sent(&unit, &old, 3));
    hear(&unit, SECOND, 3);
    ck_assert_uint_eq(isotp_counters(&unit)->unexpected, 2);
    says(&unit, "640#F1300000", 3, 4);
    hear(&unit, SECOND, 5);
    hear(&unit, THIRD, 6);
    hear(&unit, LAST, 7);
    has_message(&unit, COUNTING, 20);
}
END_TEST

START_TEST(a_flow_control_that_is_no_longer_wanted_is_not_sent)
{
    hear(&unit, FIRST, 0);
    hear(&unit, "6F1#40023E00", 0);
    says_nothing(&unit, 0);
    ck_assert_int_eq(isotp_take_receive_result(&unit), ISOTP_UNEXPECTED);
    ck_assert_uint_eq(isotp_take_first_frame(&unit), 0);
}
END_TEST

START_TEST(consecutive_and_flow_control_frames_out_of_the_blue_are_ignored)
{
    hear(&unit, "6F1#40210102030405", 0);
    hear(&unit, "6F1#40300000", 0);
    hear(&unit, "6F1#40320000", 0);
    starts(&unit, 20, 0);
    hear(&unit, "6F1#40300000", 0); // the first frame is not even sent
    can_frame_t first = pull(&unit, "640#F1101400070E151C", 0);
    hear(&unit, "6F1#40300000", 0); // nor carried
    ck_assert(isotp_sent(&unit, &first, 1));
    says_nothing(&unit, 1);
    hear(&unit, "6F1#40300000", 2);
    hear(&unit, "6F1#40320000", 2); // not waited for: it does not end the message
    says(&unit, "640#F121232A31383F46", 2, 3);
    ck_assert_uint_eq(isotp_counters(&unit)->unexpected, 6);
    ck_assert_int_eq(isotp_take_receive_result(&unit), ISOTP_NOTHING);
}
END_TEST

START_TEST(a_link_sends_and_receives_at_the_same_time)
{
    starts(&unit, 20, 0);
    starts(&tester, 4000, 0);
    talk(&unit, &tester, 0);
    ck_assert_int_eq(isotp_take_send_result(&unit), ISOTP_DONE);
    ck_assert_int_eq(isotp_take_send_result(&tester), ISOTP_DONE);
    has_message(&unit, message, 4000);
    has_message(&tester, message, 20);
    ck_assert_uint_eq(isotp_counters(&unit)->unexpected + isotp_counters(&tester)->unexpected, 0);
}
END_TEST

START_TEST(flow_control_goes_before_a_consecutive_frame)
{
    starts(&unit, 20, 0);
    says(&unit, "640#F1101400070E151C", 0, 0);
    hear(&unit, "6F1#40300000", 1);
    hear(&unit, FIRST, 1);
    can_frame_t flow = pull(&unit, "640#F1300000", 1);
    says_nothing(&unit, 1); // one frame at a time
    ck_assert(isotp_sent(&unit, &flow, 2));
    says(&unit, "640#F121232A31383F46", 2, 3);
}
END_TEST

// ---- lost, doubled, out of order -----------------------------------------------------------------------------------

START_TEST(a_lost_consecutive_frame_ends_the_reception)
{
    begins_to_receive();
    hear(&unit, SECOND, 1);
    hear(&unit, LAST, 2); // too short for a frame in the middle: ignored, as the standard has it
    ck_assert(isotp_receiving(&unit));
    hear(&unit, "6F1#4023111213FFFFFF", 2); // padded: taken for what it says
    ck_assert_int_eq(isotp_take_receive_result(&unit), ISOTP_WRONG_SEQUENCE);
    has_no_message(&unit);
}
END_TEST

START_TEST(a_doubled_consecutive_frame_ends_the_reception)
{
    begins_to_receive();
    hear(&unit, SECOND, 1);
    hear(&unit, SECOND, 2);
    ck_assert_int_eq(isotp_take_receive_result(&unit), ISOTP_WRONG_SEQUENCE);
    hear(&unit, THIRD, 3);
    hear(&unit, LAST, 4);
    has_no_message(&unit);
    ck_assert_uint_eq(isotp_counters(&unit)->unexpected, 2);
}
END_TEST

START_TEST(consecutive_frames_out_of_order_end_the_reception)
{
    begins_to_receive();
    hear(&unit, THIRD, 1);
    ck_assert_int_eq(isotp_take_receive_result(&unit), ISOTP_WRONG_SEQUENCE);
    hear(&unit, SECOND, 2);
    has_no_message(&unit);
    ck_assert_int_eq(isotp_take_receive_result(&unit), ISOTP_NOTHING);
}
END_TEST

START_TEST(the_sequence_number_begins_with_one_and_wraps_to_zero)
{
    static const uint8_t EXPECTED[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1};
    starts(&unit, 5 + 17 * 6, 0);
    says(&unit, "640#F1106B00070E151C", 0, 0);
    hear(&unit, "6F1#40300000", 0);
    for (size_t i = 0; i < sizeof EXPECTED; i++) {
        can_frame_t frame;
        ck_assert(isotp_pull(&unit, 0, &frame) && isotp_sent(&unit, &frame, 0));
        ck_assert_uint_eq(frame.data[1], 0x20 | EXPECTED[i]);
    }
    ck_assert(!isotp_sending(&unit));
}
END_TEST

// ---- overflow ------------------------------------------------------------------------------------------------------

START_TEST(what_does_not_fit_is_answered_with_overflow)
{
    static const char *const FRAMES[] = {"6F1#4010000000100000", "6F1#401000FFFFFFFFAA", "6F1#4010000001000000"};
    for (size_t i = 0; i < sizeof FRAMES / sizeof *FRAMES; i++) {
        hear(&unit, FRAMES[i], 0);
        says(&unit, "640#F1320000", 0, 1);
        ck_assert_uint_eq(isotp_counters(&unit)->overflowed, i + 1);
        ck_assert_int_eq(isotp_deadline(&unit), TIME_NEVER);
    }
    hear(&unit, "6F1#401FFF0001020304", 2); // 4,095 bytes fit
    says(&unit, "640#F1300000", 2, 3);
}
END_TEST

START_TEST(a_message_not_released_keeps_others_out_and_stays_whole)
{
    const uint8_t *payload;
    size_t size;
    hear(&unit, "6F1#40021003", 0);
    hear(&unit, "6F1#40023E00", 1);
    hear(&unit, FIRST, 2);
    says(&unit, "640#F1320000", 2, 3);
    ck_assert(isotp_received(&unit, &payload, &size));
    ck_assert(isotp_received(&unit, &payload, &size)); // asking does not release
    ck_assert_uint_eq(size, 2);
    ck_assert_mem_eq(payload, ((const uint8_t[]){0x10, 0x03}), 2);
    ck_assert_uint_eq(isotp_counters(&unit)->lost, 1);
    ck_assert_uint_eq(isotp_counters(&unit)->overflowed, 1);
    isotp_release(&unit);
    has_no_message(&unit);
    hear(&unit, "6F1#40023E00", 4);
    has_message(&unit, (const uint8_t[]){0x3E, 0x00}, 2);
}
END_TEST

START_TEST(the_sender_hears_of_an_overflow)
{
    hear(&unit, "6F1#40021003", 0);
    starts(&tester, 100, 0);
    talk(&unit, &tester, 0);
    ck_assert_int_eq(isotp_take_send_result(&tester), ISOTP_OVERFLOW);
    has_message(&unit, (const uint8_t[]){0x10, 0x03}, 2);
}
END_TEST

// ---- malformed, and for somebody else ------------------------------------------------------------------------------

START_TEST(malformed_frames_are_counted_and_change_nothing)
{
    static const char *const FRAMES[] = {
        "6F1#40",               // no PCI byte
        "6F1#4000",             // single frame of no bytes
        "6F1#4000010203040506", // the long form of CAN FD
        "6F1#4007010203040506", // single frame of more than six bytes
        "6F1#400F010203040506", //
        "6F1#400301",           // single frame cut short
        "6F1#401014",           // first frame cut short
        "6F1#40101400010203",   //
        "6F1#4010060001020304", // first frame for what a single frame holds
        "6F1#4010010001020304", //
        "6F1#4010000000000000", // 32-bit length of what twelve bits hold
        "6F1#40100000000FFF00", //
        "6F1#4030",             // flow control cut short
        "6F1#403000",           //
        "6F1#40400102",         // reserved PCI types
        "6F1#40F00102",         //
        "6F1#4021",             // consecutive frame without data
        "6F1#40210506070809",   // and one byte short of the next
    };
    size_t count = sizeof FRAMES / sizeof *FRAMES;
    begins_to_receive();
    starts(&unit, 20, 0);
    says(&unit, "640#F1101400070E151C", 0, 0);
    for (size_t i = 0; i < count; i++) {
        hear(&unit, FRAMES[i], 1);
        says_nothing(&unit, 1);
        ck_assert_uint_eq(isotp_counters(&unit)->malformed, i + 1);
    }
    ck_assert_int_eq(isotp_deadline(&unit), TIME_S);
    hear(&unit, SECOND, 2);
    hear(&unit, THIRD, 2);
    hear(&unit, LAST, 2);
    has_message(&unit, COUNTING, 20);
    ck_assert(isotp_sending(&unit));
}
END_TEST

START_TEST(an_impossible_length_is_malformed)
{
    can_frame_t frame = frame_of("6F1#40023E00");
    frame.length = 9;
    ck_assert(isotp_accept(&unit, &frame, 0));
    frame.length = 255;
    ck_assert(isotp_accept(&unit, &frame, 0));
    ck_assert_uint_eq(isotp_counters(&unit)->malformed, 2);
    has_no_message(&unit);
}
END_TEST

START_TEST(frames_for_others_are_counted_and_change_nothing)
{
    static const char *const FRAMES[] = {"6F1#41023E00", "6F0#40023E00", "640#40023E00",     "6F1#F1023E00",
                                         "6F1#",         "6F1#R",        "000006F1#40023E00"};
    begins_to_receive();
    for (size_t i = 0; i < sizeof FRAMES / sizeof *FRAMES; i++) {
        can_frame_t frame = frame_of(FRAMES[i]);
        ck_assert(!isotp_accept(&unit, &frame, 1));
        ck_assert_uint_eq(isotp_counters(&unit)->foreign, i + 1);
    }
    has_no_message(&unit);
    ck_assert(isotp_receiving(&unit));
    ck_assert_int_eq(isotp_deadline(&unit), TIME_S);
}
END_TEST

START_TEST(a_frame_without_bytes_is_foreign_even_to_address_zero)
{
    isotp_config_t config = UNIT;
    config.rx_address = 0;
    isotp_init(&unit, &config);
    can_frame_t empty = frame_of("6F1#"), remote = frame_of("6F1#R");
    ck_assert(!isotp_accept(&unit, &empty, 0));
    remote.length = 8;
    ck_assert(!isotp_accept(&unit, &remote, 0));
    hear(&unit, "6F1#00023E00", 0);
    has_message(&unit, (const uint8_t[]){0x3E, 0x00}, 2);
}
END_TEST

START_TEST(a_functional_link_knows_single_frames_only)
{
    isotp_config_t config = {
        .tx_id = 0x640, .rx_id = 0x6F1, .tx_address = 0xF1, .rx_address = 0xEF, .functional = true};
    isotp_init(&unit, &config);
    hear(&unit, "6F1#EF023E80", 0);
    has_message(&unit, (const uint8_t[]){0x3E, 0x80}, 2);
    hear(&unit, "6F1#EF10140001020304", 1);
    hear(&unit, "6F1#EF2105060708090A", 2);
    hear(&unit, "6F1#EF10000000100000", 3);
    says_nothing(&unit, 3);
    ck_assert_uint_eq(isotp_counters(&unit)->malformed, 2);
    can_frame_t physical = frame_of("6F1#40023E00");
    ck_assert(!isotp_accept(&unit, &physical, 4));

    isotp_config_t all = {.tx_id = 0x6F1, .rx_id = 0x640, .tx_address = 0xEF, .rx_address = 0xF1, .functional = true};
    isotp_init(&tester, &all);
    ck_assert(!isotp_send(&tester, message, 7, 0));
    ck_assert(isotp_send(&tester, (const uint8_t[]){0x3E, 0x80}, 2, 0));
    says(&tester, "6F1#EF023E80", 0, 1);
    ck_assert_int_eq(isotp_take_send_result(&tester), ISOTP_DONE);
}
END_TEST

START_TEST(transfers_to_two_units_at_once_do_not_meet)
{
    static isotp_t seat, tester_seat; // beside unit and tester: a second pair on the same bus
    isotp_t *links[] = {&unit, &tester, &seat, &tester_seat};
    isotp_init(&seat, &(isotp_config_t){
                          .tx_id = 0x66D, .rx_id = 0x6F1, .tx_address = 0xF1, .rx_address = 0x6D, .block_size = 3});
    isotp_init(&tester_seat, &(isotp_config_t){.tx_id = 0x6F1, .rx_id = 0x66D, .tx_address = 0x6D, .rx_address = 0xF1});
    starts(&tester, 4095, 0);
    ck_assert(isotp_send(&tester_seat, message + 1, 1000, 0));
    for (int64_t now_ns = 0, quiet = 0; quiet < 4; now_ns += FRAME_NS) { // in turn, everybody hears everything
        can_frame_t frame;
        isotp_t *speaker = links[now_ns / FRAME_NS % 4];
        quiet = isotp_pull(speaker, now_ns, &frame) ? 0 : quiet + 1;
        if (quiet) continue;
        ck_assert(isotp_sent(speaker, &frame, now_ns));
        for (size_t i = 0; i < 4; i++) {
            if (links[i] != speaker) isotp_accept(links[i], &frame, now_ns);
        }
    }
    has_message(&unit, message, 4095);
    has_message(&seat, message + 1, 1000);
    ck_assert_uint_eq(isotp_counters(&unit)->unexpected + isotp_counters(&seat)->unexpected, 0);
    ck_assert_uint_eq(isotp_counters(&seat)->malformed + isotp_counters(&tester)->malformed, 0);
}
END_TEST

// ---- what does not get on ------------------------------------------------------------------------------------------

START_TEST(a_message_that_waits_for_one_thing_too_long_is_stuck_and_can_be_given_up)
{
    can_frame_t frame;
    ck_assert(!isotp_is_stuck(&unit, 0, 0));
    starts(&unit, 20, 0);
    ck_assert(isotp_pull(&unit, 0, &frame));
    ck_assert(!isotp_is_stuck(&unit, 50, 49)); // the bus has not carried the first frame
    ck_assert(isotp_is_stuck(&unit, 50, 50));
    ck_assert(isotp_sent(&unit, &frame, 60));
    ck_assert(!isotp_is_stuck(&unit, 50, 109)); // nor has a flow control come
    ck_assert(isotp_is_stuck(&unit, 50, 110));
    isotp_give_up(&unit);
    ck_assert_int_eq(isotp_take_send_result(&unit), ISOTP_UNEXPECTED);
    ck_assert(!isotp_sending(&unit) && !isotp_is_stuck(&unit, 0, 200));
    isotp_give_up(&unit); // of nothing
    ck_assert_int_eq(isotp_take_send_result(&unit), ISOTP_NOTHING);
}
END_TEST

START_TEST(a_frame_given_up_keeps_no_other_waiting_and_its_report_is_nobody_s)
{
    can_frame_t frame, next;
    starts(&unit, 3, 0);
    ck_assert(isotp_pull(&unit, 0, &frame));
    isotp_give_up(&unit);
    ck_assert(isotp_send(&unit, (const uint8_t[]){0x7E, 0x00}, 2, 10));
    ck_assert(isotp_pull(&unit, 10, &next));
    ck_assert(!isotp_sent(&unit, &frame, 20)); // late
    ck_assert(isotp_sent(&unit, &next, 30));
    ck_assert_int_eq(isotp_take_send_result(&unit), ISOTP_DONE);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("link");
    tcase_add_checked_fixture(tcase, set_up, NULL);
    tcase_add_test(tcase, a_single_frame_ends_a_reception_and_is_received);
    tcase_add_test(tcase, a_first_frame_ends_a_reception_and_begins_another);
    tcase_add_test(tcase, a_first_frame_too_large_ends_a_reception_too);
    tcase_add_test(tcase, an_indication_that_nobody_took_goes_with_its_message);
    tcase_add_test(tcase, the_flow_control_of_an_ended_reception_is_not_taken_for_that_of_the_next);
    tcase_add_test(tcase, a_flow_control_that_is_no_longer_wanted_is_not_sent);
    tcase_add_test(tcase, consecutive_and_flow_control_frames_out_of_the_blue_are_ignored);
    tcase_add_test(tcase, a_link_sends_and_receives_at_the_same_time);
    tcase_add_test(tcase, flow_control_goes_before_a_consecutive_frame);
    tcase_add_test(tcase, a_lost_consecutive_frame_ends_the_reception);
    tcase_add_test(tcase, a_doubled_consecutive_frame_ends_the_reception);
    tcase_add_test(tcase, consecutive_frames_out_of_order_end_the_reception);
    tcase_add_test(tcase, the_sequence_number_begins_with_one_and_wraps_to_zero);
    tcase_add_test(tcase, what_does_not_fit_is_answered_with_overflow);
    tcase_add_test(tcase, a_message_not_released_keeps_others_out_and_stays_whole);
    tcase_add_test(tcase, the_sender_hears_of_an_overflow);
    tcase_add_test(tcase, malformed_frames_are_counted_and_change_nothing);
    tcase_add_test(tcase, an_impossible_length_is_malformed);
    tcase_add_test(tcase, frames_for_others_are_counted_and_change_nothing);
    tcase_add_test(tcase, a_frame_without_bytes_is_foreign_even_to_address_zero);
    tcase_add_test(tcase, a_functional_link_knows_single_frames_only);
    tcase_add_test(tcase, transfers_to_two_units_at_once_do_not_meet);
    tcase_add_test(tcase, a_message_that_waits_for_one_thing_too_long_is_stuck_and_can_be_given_up);
    tcase_add_test(tcase, a_frame_given_up_keeps_no_other_waiting_and_its_report_is_nobody_s);
    return suite_run("isotp disorder", tcase);
}
