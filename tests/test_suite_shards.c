// SPDX-License-Identifier: MIT
// Which stories are a shard's.
#include <check.h>
#include <stdlib.h>

#include "bus/base/random.h"
#include "bus/base/time.h"
#include "tests/suite.h"
#include "tools/suite_shards.h"

#define COUNT 200

static error_t error;
static int shard, shards, shard_of[COUNT];
static int64_t durations_ns[COUNT];

static void set_up(void)
{
    error_clear(&error);
    for (size_t i = 0; i < COUNT; i++) durations_ns[i] = -1;
}

START_TEST(a_shard_is_k_of_n)
{
    ck_assert(suite_shards_parse("2/3", &shard, &shards, &error));
    ck_assert_int_eq(shard, 2);
    ck_assert_int_eq(shards, 3);
    ck_assert(suite_shards_parse("10000/10000", &shard, &shards, &error));
}
END_TEST

START_TEST(anything_else_is_no_shard)
{
    static const char *const WRONG[] = {"",    "2",    "/3",   "2/",   "0/3", "4/3",     "2/3/4",
                                        "2 3", " 2/3", "2/3 ", "-1/3", "2/x", "1/10001", "99999999999999999999/3"};
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++)
        ck_assert_msg(!suite_shards_parse(WRONG[i], &shard, &shards, &error), "%s", WRONG[i]);
}
END_TEST

START_TEST(where_nothing_is_known_they_are_dealt_like_cards)
{
    suite_shards_deal(durations_ns, 8, 3, shard_of);
    const int expected[] = {1, 2, 3, 1, 2, 3, 1, 2};
    for (size_t i = 0; i < 8; i++) ck_assert_int_eq(shard_of[i], expected[i]);
}
END_TEST

START_TEST(the_longest_goes_to_whoever_has_least)
{
    const int64_t known_ns[] = {1 * TIME_S, 9 * TIME_S, 4 * TIME_S, 4 * TIME_S, 2 * TIME_S};
    suite_shards_deal(known_ns, 5, 2, shard_of);
    const int expected[] = {1, 1, 2, 2, 2}; // 9, then 4 and 4, then 2 to the one with 8, 1 to the one with 9
    for (size_t i = 0; i < 5; i++) ck_assert_int_eq(shard_of[i], expected[i]);
}
END_TEST

START_TEST(one_that_is_not_known_counts_as_the_mean)
{
    const int64_t known_ns[] = {6 * TIME_S, 2 * TIME_S, -1, 3 * TIME_S};
    suite_shards_deal(known_ns, 4, 2, shard_of); // 6; 3.67; 3 to the one with 3.67; 2 to the one with 6
    const int expected[] = {1, 1, 2, 2};
    for (size_t i = 0; i < 4; i++) ck_assert_int_eq(shard_of[i], expected[i]);
}
END_TEST

// The greedy rule leaves nobody with more than the least loaded had before his last story, which is no longer than the
// longest.
START_TEST(shards_take_about_as_long)
{
    random_t random = random_derive((uint64_t)_i, "shards", 0);
    int64_t loads_ns[7] = {0}, longest_ns = 0, least_ns = INT64_MAX, most_ns = 0;
    for (size_t i = 0; i < COUNT; i++) {
        durations_ns[i] = (int64_t)(random_next(&random) % (uint64_t)TIME_S);
        if (durations_ns[i] > longest_ns) longest_ns = durations_ns[i];
    }
    suite_shards_deal(durations_ns, COUNT, 7, shard_of);
    for (size_t i = 0; i < COUNT; i++) loads_ns[shard_of[i] - 1] += durations_ns[i];
    for (size_t i = 0; i < 7; i++) {
        if (loads_ns[i] < least_ns) least_ns = loads_ns[i];
        if (loads_ns[i] > most_ns) most_ns = loads_ns[i];
    }
    ck_assert_int_le(most_ns - least_ns, longest_ns);
}
END_TEST

int main(void)
{
    const TTest *const TESTS[] = {
        a_shard_is_k_of_n,
        anything_else_is_no_shard,
        where_nothing_is_known_they_are_dealt_like_cards,
        the_longest_goes_to_whoever_has_least,
        one_that_is_not_known_counts_as_the_mean,
    };
    TCase *tcase = tcase_create("suite shards");
    tcase_add_checked_fixture(tcase, set_up, NULL);
    suite_add_tests(tcase, TESTS, sizeof TESTS / sizeof TESTS[0]);
    tcase_add_loop_test(tcase, shards_take_about_as_long, 0, 20);
    return suite_run("suite shards", tcase);
}
