// SPDX-License-Identifier: MIT
// Sets of small numbers, and the least of many numbers, beside arrays that are looked through.
#include <check.h>
#include <string.h>

#include "bus/base/index_set.h"
#include "bus/base/minima.h"
#include "bus/base/random.h"
#include "tests/suite.h"

#define ROUNDS 20000

// One assertion for all: each costs more than what it asks.
static void expect_set(index_set_t set, const bool *in)
{
    int first = -1;
    bool good = true;
    index_set_t rest = set;
    for (unsigned i = 0; i < INDEX_SET_MAX; i++) {
        good = good && index_set_has(set, i) == in[i];
        if (!in[i]) continue;
        if (first < 0) first = (int)i;
        good = index_set_take(&rest) == (int)i && good;
    }
    good = good && index_set_first(set) == first && index_set_is_empty(set) == (first < 0);
    ck_assert_msg(good && index_set_take(&rest) == -1, "%016llx %016llx", (unsigned long long)set.high,
                  (unsigned long long)set.low);
}

START_TEST(set_is_what_was_put_into_it)
{
    random_t random = random_derive(1, "set", 0);
    index_set_t set = {0};
    bool in[INDEX_SET_MAX] = {false};
    expect_set(set, in);
    for (int i = 0; i < 2000; i++) {
        uint64_t draw = random_next(&random);
        unsigned index = (unsigned)(draw % INDEX_SET_MAX);
        in[index] = draw >> 16 & 1;
        index_set_put(&set, index, in[index]);
        expect_set(set, in);
    }
}
END_TEST

START_TEST(sets_are_joined_and_taken_from_each_other)
{
    random_t random = random_derive(2, "sets", 0);
    for (int i = 0; i < 500; i++) {
        index_set_t a = {random_next(&random), random_next(&random)}, b = {random_next(&random), random_next(&random)};
        bool both[INDEX_SET_MAX], either[INDEX_SET_MAX], without[INDEX_SET_MAX];
        for (unsigned k = 0; k < INDEX_SET_MAX; k++) {
            bool in_a = index_set_has(a, k), in_b = index_set_has(b, k);
            both[k] = in_a && in_b;
            either[k] = in_a || in_b;
            without[k] = in_a && !in_b;
        }
        expect_set(index_set_both(a, b), both);
        expect_set(index_set_either(a, b), either);
        expect_set(index_set_without(a, b), without);
    }
}
END_TEST

START_TEST(set_of_one_has_that_one)
{
    for (unsigned i = 0; i < INDEX_SET_MAX; i++) {
        bool in[INDEX_SET_MAX] = {false};
        in[i] = true;
        expect_set(index_set_of(i), in);
    }
}
END_TEST

// ---- the least of many ---------------------------------------------------------------------------------------------

static int64_t least_of(const int64_t *numbers)
{
    int64_t least = INT64_MAX;
    for (unsigned i = 0; i < INDEX_SET_MAX; i++)
        if (numbers[i] < least) least = numbers[i];
    return least;
}

START_TEST(least_number_is_known_while_numbers_change)
{
    static minima_t minima;
    int64_t numbers[INDEX_SET_MAX];
    random_t random = random_derive(3, "minima", 0);
    memset(&minima, 0x5A, sizeof minima);
    minima_init(&minima);
    for (unsigned i = 0; i < INDEX_SET_MAX; i++) numbers[i] = INT64_MAX;
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t draw = random_next(&random);
        unsigned index = (unsigned)(draw % INDEX_SET_MAX);
        numbers[index] = (draw >> 8 & 3) == 0 ? INT64_MAX : (int64_t)(draw >> 16 & 63); // many are the same
        minima_set(&minima, index, numbers[index]);
        ck_assert_int_eq(minima_least(&minima), least_of(numbers));
        ck_assert_int_eq(minima_get(&minima, index), numbers[index]);
        int64_t limit = (int64_t)(draw >> 24 & 63);
        bool in[INDEX_SET_MAX];
        for (unsigned i = 0; i < INDEX_SET_MAX; i++) in[i] = numbers[i] <= limit;
        expect_set(minima_up_to(&minima, limit), in);
    }
}
END_TEST

int main(void)
{
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 120);
    tcase_add_test(all, set_is_what_was_put_into_it);
    tcase_add_test(all, sets_are_joined_and_taken_from_each_other);
    tcase_add_test(all, set_of_one_has_that_one);
    tcase_add_test(all, least_number_is_known_while_numbers_change);
    return suite_run("index_set", all);
}
