// SPDX-License-Identifier: MIT
// RemoteKeyStatus frames that wait for one bus: what goes out in which order, and what is withdrawn.
#include "cas/call_ups.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "tests/suite.h"

#define MS TIME_MS

static call_ups_t queue;
static int64_t now_ns;

static void set_up(void)
{
    memset(&queue, 0, sizeof queue);
    now_ns = 0;
}

static can_frame_t frame_of(int key, uint8_t button)
{
    return (can_frame_t){.id = 0x23A, .length = 2, .data = {(uint8_t)key, button}};
}

// Button 0 is the end of a press.
static void add(int64_t at_ns, uint32_t call, int key, uint8_t button)
{
    const call_up_t call_up = {
        .frame = frame_of(key, button), .call = call, .key = (uint8_t)key, .calls = button != 0, .since_ns = at_ns};
    now_ns = at_ns;
    call_ups_add(&queue, &call_up);
    call_ups_elapse(&queue, at_ns);
}

// What the bus is asked for now: "1/4" key and button, "=" before it takes the place of another; "" nothing.
static const char *pulled(void)
{
    static char text[64];
    can_frame_t frame;
    uint8_t flags;
    text[0] = '\0';
    if (!call_ups_pull(&queue, now_ns, &frame, &flags)) return text;
    ck_assert_uint_ne(flags & OUTBOX_REPORT, 0);
    snprintf(text, sizeof text, "%s%u/%u", flags & OUTBOX_REPLACE ? "=" : "", frame.data[0], frame.data[1]);
    return text;
}

static void carried(int key, uint8_t button)
{
    can_frame_t frame = frame_of(key, button);
    call_ups_sent(&queue, &frame);
}

START_TEST(frames_go_out_one_after_the_other_in_their_order)
{
    add(0, 1, 1, 1);
    add(0, 1, 1, 0);
    add(0, 2, 2, 1);
    ck_assert_str_eq(pulled(), "1/1");
    ck_assert_str_eq(pulled(), ""); // until it is carried
    carried(1, 1);
    ck_assert_str_eq(pulled(), "1/0");
    carried(1, 0);
    ck_assert_str_eq(pulled(), "2/1");
    carried(2, 1);
    ck_assert_str_eq(pulled(), "");
    ck_assert_int_eq(call_ups_next(&queue), TIME_NEVER);
    ck_assert_uint_eq(queue.withdrawn, 0);
}
END_TEST

START_TEST(later_call_up_takes_the_mailbox_of_one_that_waited_50_ms)
{
    call_ups_set_alone(&queue, true, 0);
    add(0, 1, 1, 1);
    add(0, 1, 1, 0);
    ck_assert_str_eq(pulled(), "1/1");
    ck_assert_int_eq(call_ups_next(&queue), TIME_NEVER); // nothing later is there: it waits as long as it must
    add(50 * MS, 2, 2, 1);
    ck_assert_str_eq(pulled(), "=2/1");
    ck_assert_uint_eq(queue.withdrawn, 2);
    carried(2, 1);
    ck_assert_str_eq(pulled(), "");
}
END_TEST

START_TEST(younger_one_goes_first_and_is_withdrawn_when_it_is_as_old)
{
    call_ups_set_alone(&queue, true, 0);
    add(0, 1, 1, 1);
    ck_assert_str_eq(pulled(), "1/1");
    add(50 * MS - 1, 2, 2, 1);
    ck_assert_str_eq(pulled(), "");
    ck_assert_int_eq(call_ups_next(&queue), 50 * MS);
    call_ups_elapse(&queue, 50 * MS);
    ck_assert_str_eq(pulled(), "=2/1");
    ck_assert_int_eq(call_ups_next(&queue), TIME_NEVER);
}
END_TEST

START_TEST(withdrawn_frame_on_the_wire_does_not_count_as_its_successor)
{
    add(0, 1, 1, 1);
    ck_assert_str_eq(pulled(), "1/1");
    add(60 * MS, 2, 2, 1);
    ck_assert_str_eq(pulled(), "=2/1");
    carried(1, 1); // it was on the wire when its place was taken
    ck_assert_str_eq(pulled(), "");
    carried(2, 1);
    ck_assert_uint_eq(queue.count, 0);
}
END_TEST

START_TEST(held_button_repeats_nothing_that_still_waits_nor_what_was_withdrawn)
{
    add(0, 1, 1, 1);
    add(100 * MS, 1, 1, 1);
    add(200 * MS, 1, 1, 1);
    ck_assert_uint_eq(queue.count, 1);
    add(250 * MS, 2, 2, 9); // a key in the lock calls up meanwhile
    add(300 * MS, 1, 1, 1);
    ck_assert_uint_eq(queue.count, 1);
    ck_assert_str_eq(pulled(), "2/9");
}
END_TEST

START_TEST(blocked_key_is_withdrawn_and_the_end_of_its_press_is_not)
{
    add(0, 1, 1, 1);
    ck_assert_str_eq(pulled(), "1/1");
    add(0, 1, 1, 0);
    ck_assert(!call_ups_block(&queue, 2));
    ck_assert(!call_ups_block(&queue, 1)); // its end takes the place
    ck_assert_str_eq(pulled(), "=1/0");
    carried(1, 0);
    add(1 * MS, 2, 1, 9);
    ck_assert_str_eq(pulled(), "1/9");
    ck_assert(call_ups_block(&queue, 1)); // nothing is there for that
    add(1 * MS, 2, 1, 0);
    ck_assert_str_eq(pulled(), "=1/0");
}
END_TEST

START_TEST(bus_without_a_mailbox_is_asked_again_when_it_has_carried_something)
{
    add(0, 1, 1, 1);
    ck_assert_str_eq(pulled(), "1/1");
    can_frame_t frame = frame_of(1, 1);
    call_ups_not_sent(&queue, &frame);
    ck_assert_str_eq(pulled(), "");
    call_ups_retry(&queue, now_ns);
    ck_assert_str_eq(pulled(), "1/1");
}
END_TEST

START_TEST(sleep_forgets_what_waits)
{
    add(0, 1, 1, 1);
    pulled();
    call_ups_forget(&queue);
    ck_assert_str_eq(pulled(), "");
    add(TIME_S, 2, 2, 1);
    ck_assert_str_eq(pulled(), "2/1");
}
END_TEST

// ---- lost without a word -------------------------------------------------------------------------------------------

START_TEST(frame_that_was_not_carried_in_50_ms_is_taken_for_lost_and_not_asked_for_again)
{
    add(0, 1, 1, 1);
    ck_assert_str_eq(pulled(), "1/1");
    ck_assert_int_eq(call_ups_next(&queue), 50 * MS);
    call_ups_elapse(&queue, 50 * MS - 1);
    ck_assert_uint_eq(queue.count, 1);
    call_ups_elapse(&queue, 50 * MS);
    ck_assert_uint_eq(queue.withdrawn, 1);
    ck_assert_str_eq(pulled(), "");
    ck_assert_int_eq(call_ups_next(&queue), TIME_NEVER);
}
END_TEST

START_TEST(held_button_repeats_what_was_lost_in_the_mailbox_of_that)
{
    add(0, 1, 1, 1);
    ck_assert_str_eq(pulled(), "1/1");
    call_ups_elapse(&queue, 50 * MS);
    add(100 * MS, 1, 1, 1);
    ck_assert_str_eq(pulled(), "=1/1"); // should it wait all the same, it is one frame
    carried(1, 1);
    add(130 * MS, 1, 1, 0);
    ck_assert_str_eq(pulled(), "1/0");
}
END_TEST

START_TEST(end_of_a_press_whose_beginning_was_lost_stands_behind_that)
{
    add(0, 1, 1, 1);
    ck_assert_str_eq(pulled(), "1/1");
    add(20 * MS, 1, 1, 0);
    ck_assert_str_eq(pulled(), "");
    now_ns = 50 * MS;
    call_ups_elapse(&queue, now_ns);
    ck_assert_str_eq(pulled(), "1/0");
    carried(1, 1); // it was only late
    ck_assert_uint_eq(queue.count, 1);
    carried(1, 0);
    ck_assert_uint_eq(queue.count, 0);
}
END_TEST

START_TEST(no_more_than_one_frame_stands_behind_a_doubtful_one)
{
    for (uint32_t call = 1; call <= 10; call++) {
        int64_t at_ns = call * 200 * MS;
        add(at_ns, call, 1, 1);
        ck_assert_str_eq(pulled(), call == 1 ? "1/1" : "=1/1");
        call_ups_elapse(&queue, at_ns + 50 * MS);
        add(at_ns + 60 * MS, call, 1, 0);
        ck_assert_str_eq(pulled(), call == 1 ? "1/0" : "=1/0");
        call_ups_elapse(&queue, at_ns + 110 * MS);
    }
}
END_TEST

START_TEST(nobody_who_acknowledges_is_no_loss)
{
    add(0, 1, 1, 1);
    ck_assert_str_eq(pulled(), "1/1");
    call_ups_set_alone(&queue, true, 20 * MS);
    ck_assert_int_eq(call_ups_next(&queue), TIME_NEVER);
    add(100 * MS, 1, 1, 1);
    ck_assert_str_eq(pulled(), "");   // it is tried again and again
    call_ups_retry(&queue, 300 * MS); // another frame was carried: ours has its time from now on
    ck_assert_int_eq(call_ups_next(&queue), 350 * MS);
    call_ups_set_alone(&queue, true, 310 * MS);
    call_ups_set_alone(&queue, false, 400 * MS);
    ck_assert_int_eq(call_ups_next(&queue), 450 * MS);
    carried(1, 1);
    ck_assert_int_eq(call_ups_next(&queue), TIME_NEVER);
    ck_assert_uint_eq(queue.withdrawn, 0);
}
END_TEST

START_TEST(bus_off_loses_everything_and_a_button_still_held_goes_on_after_it)
{
    add(0, 1, 1, 1);
    ck_assert_str_eq(pulled(), "1/1");
    add(10 * MS, 1, 1, 0);
    add(20 * MS, 2, 2, 1);
    call_ups_lose(&queue);
    ck_assert_uint_eq(queue.withdrawn, 3);
    can_frame_t frame = frame_of(1, 1);
    call_ups_not_sent(&queue, &frame); // told of what went with the mailbox
    call_ups_retry(&queue, 30 * MS);
    ck_assert_str_eq(pulled(), "");
    add(120 * MS, 2, 2, 1); // the repetition
    ck_assert_str_eq(pulled(), "2/1");
}
END_TEST

START_TEST(full_queue_gives_up_its_oldest_call_up_and_the_newest_is_told)
{
    for (uint32_t call = 1; call <= 40; call++) {
        add(call, call, (int)call, 1);
        add(call, call, (int)call, 0);
    }
    ck_assert_uint_le(queue.count, CALL_UPS_MAX);
    ck_assert_uint_eq(queue.waiting[queue.count - 1].call, 40);
    ck_assert_uint_eq(queue.waiting[queue.count - 2].call, 40);
    ck_assert_uint_eq(queue.withdrawn + queue.count, 80);
}
END_TEST

START_TEST(calls_count_on_past_their_32_bits)
{
    queue.latest = queue.ended = UINT32_MAX - 1;
    add(0, UINT32_MAX, 1, 1);
    ck_assert_str_eq(pulled(), "1/1");
    add(60 * MS, 0, 2, 1);
    ck_assert_str_eq(pulled(), "=2/1");
}
END_TEST

int main(void)
{
    const suite_group_t groups[] = {
        {"waiting",
         {frames_go_out_one_after_the_other_in_their_order, later_call_up_takes_the_mailbox_of_one_that_waited_50_ms,
          younger_one_goes_first_and_is_withdrawn_when_it_is_as_old,
          withdrawn_frame_on_the_wire_does_not_count_as_its_successor,
          held_button_repeats_nothing_that_still_waits_nor_what_was_withdrawn,
          blocked_key_is_withdrawn_and_the_end_of_its_press_is_not,
          bus_without_a_mailbox_is_asked_again_when_it_has_carried_something, sleep_forgets_what_waits,
          full_queue_gives_up_its_oldest_call_up_and_the_newest_is_told, calls_count_on_past_their_32_bits}},
        {"lost",
         {frame_that_was_not_carried_in_50_ms_is_taken_for_lost_and_not_asked_for_again,
          held_button_repeats_what_was_lost_in_the_mailbox_of_that,
          end_of_a_press_whose_beginning_was_lost_stands_behind_that,
          no_more_than_one_frame_stands_behind_a_doubtful_one, nobody_who_acknowledges_is_no_loss,
          bus_off_loses_everything_and_a_button_still_held_goes_on_after_it}},
    };
    return suite_run_groups("call-ups", groups, sizeof groups / sizeof groups[0], set_up, NULL);
}
