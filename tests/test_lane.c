// SPDX-License-Identifier: MIT
// The lane: messages stay apart, waiting has an end, and whoever is gone is noticed only behind what he said.
#include "bus/zmq/lane.h"

#include <check.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/suite.h"

static int ends[2];
static uint8_t body[64];
static size_t size;

static void begin(void)
{
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
}

static void end(void)
{
    for (int i = 0; i < 2; i++) close(ends[i]);
}

static void say(const char *text)
{
    lane_send(ends[0], (const uint8_t *)text, strlen(text));
}

static void hears(const char *text)
{
    ck_assert_int_eq(lane_receive(ends[1], body, sizeof body, &size, true), LANE_MESSAGE);
    ck_assert_uint_eq(size, strlen(text));
    ck_assert_mem_eq(body, text, size);
}

START_TEST(messages_stay_apart_and_in_order)
{
    say("grant");
    say("ping");
    hears("grant");
    hears("ping");
}
END_TEST

START_TEST(a_longer_one_than_there_is_room_for_is_cut)
{
    say("0123456789");
    ck_assert_int_eq(lane_receive(ends[1], body, 4, &size, true), LANE_MESSAGE);
    ck_assert_uint_eq(size, 4);
    ck_assert_int_eq(lane_receive(ends[1], body, sizeof body, &size, false), LANE_NOTHING);
}
END_TEST

START_TEST(waiting_ends_when_nothing_comes)
{
    lane_set_wait(ends[1], 1);
    ck_assert_int_eq(lane_receive(ends[1], body, sizeof body, &size, true), LANE_NOTHING);
}
END_TEST

START_TEST(the_end_comes_behind_the_last_words)
{
    say("packet");
    close(ends[0]);
    ends[0] = open("/dev/null", O_RDONLY);
    hears("packet");
    ck_assert_int_eq(lane_receive(ends[1], body, sizeof body, &size, true), LANE_CLOSED);
}
END_TEST

START_TEST(nobody_there_or_no_room_harms_nobody)
{
    for (int i = 0; i < 100000; i++) say("more than any pair of sockets holds");
    close(ends[1]);
    ends[1] = open("/dev/null", O_RDONLY);
    say("to nobody");
}
END_TEST

START_TEST(only_a_pair_that_keeps_messages_apart_is_a_lane)
{
    int stream[2], pipe_ends[2];
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, stream), 0);
    ck_assert_int_eq(pipe(pipe_ends), 0);
    ck_assert(lane_is(ends[0]));
    ck_assert(!lane_is(stream[0]));
    ck_assert(!lane_is(pipe_ends[0]));
    ck_assert(!lane_is(-1));
    for (int i = 0; i < 2; i++) close(stream[i]), close(pipe_ends[i]);
}
END_TEST

int main(void)
{
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, begin, end);
    tcase_add_test(all, messages_stay_apart_and_in_order);
    tcase_add_test(all, a_longer_one_than_there_is_room_for_is_cut);
    tcase_add_test(all, waiting_ends_when_nothing_comes);
    tcase_add_test(all, the_end_comes_behind_the_last_words);
    tcase_add_test(all, nobody_there_or_no_room_harms_nobody);
    tcase_add_test(all, only_a_pair_that_keeps_messages_apart_is_a_lane);
    return suite_run("lane", all);
}
